"""How many pixels a picture has, from its first bytes: what is drawn must not fill the memory, whatever a file claims.

JPEG (ITU T.81), PNG (ISO 15948), GIF89a, WebP (RFC 9649). A picture that states no size here is named instead of drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Final

_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended and progressive: what a PDF's reader shows


def picture_size(stream: IO[bytes]) -> tuple[str, int, int]:
    """Return (suffix, width, height) in pixels of a JPEG, PNG, GIF or WebP; ("", 0, 0) for anything else.

    Reads from the stream's beginning and leaves it somewhere inside.
    """
    stream.seek(0)
    head = stream.read(32)
    for suffix, is_it, size in _FORMATS:
        if is_it(head):
            found = size(head, stream)
            return (suffix, *found) if found and min(found) > 0 else ("", 0, 0)
    return "", 0, 0


def _png(head: bytes, _stream: IO[bytes]) -> tuple[int, int] | None:
    return (_big(head[16:20]), _big(head[20:24])) if head[12:16] == b"IHDR" and len(head) >= 24 else None


def _gif(head: bytes, _stream: IO[bytes]) -> tuple[int, int] | None:
    return (_little(head[6:8]), _little(head[8:10])) if len(head) >= 10 else None


def _webp(head: bytes, _stream: IO[bytes]) -> tuple[int, int] | None:
    if len(head) < 30:
        return None
    if head[12:16] == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if head[12:16] == b"VP8L":
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8 ":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    return None


def _jpeg(_head: bytes, stream: IO[bytes]) -> tuple[int, int] | None:
    stream.seek(2)
    while True:
        marker = stream.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return None
        if marker[1] == 0xFF:  # a filling byte
            stream.seek(-1, 1)
            continue
        length = _big(stream.read(2))
        if length < 2:
            return None
        if marker[1] in _FRAMES:
            frame = stream.read(5)
            return (_big(frame[3:5]), _big(frame[1:3])) if len(frame) == 5 else None
        if marker[1] == 0xDA:  # the picture itself, and no frame before it
            return None
        stream.seek(length - 2, 1)


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


_FORMATS: Final[tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes, IO[bytes]], tuple[int, int] | None]], ...]] = (
    ("png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    ("gif", lambda head: head[:6] in {b"GIF87a", b"GIF89a"}, _gif),
    ("webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _webp),
    ("jpg", lambda head: head.startswith(b"\xff\xd8\xff"), _jpeg),
)
