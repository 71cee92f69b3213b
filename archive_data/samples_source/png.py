"""A small PNG writer with its own deflate: output of libraries differs between versions, these bytes never do."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

Pixel = tuple[int, int, int]


def png(width: int, height: int, rows: Sequence[Sequence[Pixel]]) -> bytes:
    """Return a PNG with a palette of up to 256 colors; rows hold (red, green, blue)."""
    palette = sorted({pixel for row in rows for pixel in row})
    place = {pixel: number for number, pixel in enumerate(palette)}
    above = bytes(width)
    lines = bytearray()
    for row in rows:
        line = bytes(place[pixel] for pixel in row)
        lines += b"\x02" + bytes((now - up) % 256 for now, up in zip(line, above, strict=True))
        above = line
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(bytes(pixel) for pixel in palette)),
            _chunk(b"IDAT", _zlib(bytes(lines))),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _zlib(data: bytes) -> bytes:
    """Return a zlib stream of a single block with fixed codes, compressing only runs of the same byte."""
    value, length, out = 0b011, 3, bytearray()  # the last block, fixed codes

    def put(code: int, bits: int) -> None:
        nonlocal value, length
        for at in range(bits - 1, -1, -1):  # codes are stored highest bit first
            value |= (code >> at & 1) << length
            length += 1
        while length >= 8:
            out.append(value & 255)
            value >>= 8
            length -= 8

    at = 0
    while at < len(data):
        byte, run = data[at], 1
        while at + run < len(data) and data[at + run] == byte and run < 4096:
            run += 1
        put(0x30 + byte, 8) if byte < 144 else put(0x190 + byte - 144, 9)
        rest = run - 1
        while rest >= 3:
            step = 258 if rest >= 258 else min(rest, 10)
            put(0xC0 + 5, 8) if step == 258 else put(step - 3 + 1, 7)
            put(0, 5)  # the distance of 1
            rest -= step
        at += run - rest
    put(0, 7)
    put(0, -length % 8)
    return b"\x78\x01" + bytes(out) + struct.pack(">I", zlib.adler32(data))
