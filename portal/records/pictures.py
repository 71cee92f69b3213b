"""The pictures, videos and sounds of a record, one at a time, for the media viewer."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final

from indexer.catalog import AttachmentView, RecordView
from portal.media import inline_type

READ: Final = 1 << 19
"""Bytes of a picture that are searched for its size: a JPEG has its profile and preview before it."""

_SHOWN: Final = ("image/", "video/", "audio/")
_NO_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a segment
_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG markers of a frame, which begins with height and width


@dataclass(frozen=True, slots=True)
class Viewed:
    """An attachment in the viewer. `kind` is image, video, audio, or "" for a file that is a download only.

    `width` and `height` are pixels, 0 if unknown; `place` counts from 1 among the `count` attachments that the viewer shows.
    """

    attachment: AttachmentView
    number: int  # among the record's attachments, from 0
    kind: str
    width: int
    height: int
    place: int
    count: int
    before: int | None
    after: int | None


def viewable(view: RecordView) -> list[int]:
    """Return the numbers of the attachments that the viewer shows: pictures, videos and sounds on file."""
    return [number for number, one in enumerate(view.attachments) if one.member and one.media_type.startswith(_SHOWN)]


def viewed(view: RecordView, number: int, open_file: Callable[[AttachmentView], IO[bytes]]) -> Viewed | None:
    """Return an attachment for the viewer with its neighbors; None if the viewer does not show it."""
    numbers = viewable(view)
    if number not in numbers:
        return None
    place = numbers.index(number)
    attachment = view.attachments[number]
    with open_file(attachment) as stream:
        head = stream.read(READ if attachment.media_type.startswith("image/") else 16)
    content_type = inline_type(attachment, head)
    width, height = picture_size(head) if content_type.startswith("image/") else (0, 0)
    before, after = numbers[place - 1] if place else None, numbers[place + 1] if place + 1 < len(numbers) else None
    return Viewed(attachment, number, content_type.partition("/")[0], width, height, place + 1, len(numbers), before, after)


def picture_size(head: bytes) -> tuple[int, int]:
    """Return the width and height that a PNG, JPEG, GIF or WebP states in its first bytes; (0, 0) if it states none."""
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", head[16:24])
        elif head[:6] in {b"GIF87a", b"GIF89a"}:
            width, height = struct.unpack("<HH", head[6:10])
        elif head.startswith(b"RIFF") and head[8:12] == b"WEBP":
            width, height = _webp_size(head)
        elif head.startswith(b"\xff\xd8"):
            width, height = _jpeg_size(head)
        else:
            return 0, 0
    except (struct.error, IndexError):
        return 0, 0
    return width, height


def _jpeg_size(head: bytes) -> tuple[int, int]:
    position = 2
    while head[position] == 0xFF:
        marker = head[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
        elif marker in _NO_LENGTH:
            position += 2
        elif marker in _FRAME:
            height, width = struct.unpack(">HH", head[position + 5 : position + 9])
            return width, height
        else:
            position += 2 + int(struct.unpack(">H", head[position + 2 : position + 4])[0])
    return 0, 0


def _webp_size(head: bytes) -> tuple[int, int]:
    """Read the size from the first chunk: VP8X (extended), VP8L (lossless) or VP8 (lossy), as in WebP's container specification."""
    chunk = head[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if chunk == b"VP8L":
        bits = int(struct.unpack("<I", head[21:25])[0])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF
