"""A tiny MP4 writer: H.264 in its simplest form, with every block uncompressed (I_PCM)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

Color = tuple[int, int, int]  # luma, blue and red difference, each 16 to 235

FRAMES_PER_SECOND = 2


def mp4(frames: Sequence[Sequence[Sequence[Color]]]) -> bytes:
    """Return a video of frames; a frame is rows of blocks of 16 x 16 pixels, each of one color."""
    across, down = len(frames[0][0]), len(frames[0])
    samples = [_sample(frame, number) for number, frame in enumerate(frames)]
    kind = _box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
    moov = _moov(across * 16, down * 16, [len(sample) for sample in samples], 0)
    return (
        kind
        + _moov(across * 16, down * 16, [len(sample) for sample in samples], len(kind) + len(moov) + 8)
        + _box(b"mdat", b"".join(samples))
    )


def _sample(frame: Sequence[Sequence[Color]], number: int) -> bytes:
    head = _Bits()
    head.ue(0)  # first block
    head.ue(7)  # all slices are intra
    head.ue(0)  # picture parameter set
    head.put(0, 4)  # frame number
    head.ue(number % 2)  # neighbors differ
    head.put(0, 2)  # nothing is kept for later
    head.se(0)  # quantizer unchanged
    blocks = [color for row in frame for color in row]
    data = bytearray()
    for place, (luma, blue, red) in enumerate(blocks):
        if place == 0:
            head.ue(25)
            data += head.aligned()
        else:
            data += b"\x0d\x00"  # block type 25 (I_PCM), then up to the next byte
        data += bytes([luma]) * 256 + bytes([blue]) * 64 + bytes([red]) * 64
    unit = b"\x65" + bytes(data) + b"\x80"
    return struct.pack(">I", len(unit)) + unit


def _sps(across: int, down: int) -> bytes:
    bits = _Bits()
    for value in (0, 0, 2, 0):  # id, frame number bits, order of pictures, reference frames
        bits.ue(value)
    bits.put(0, 1)
    bits.ue(across - 1)
    bits.ue(down - 1)
    bits.put(0b1000, 4)  # frames only; no 8x8 inference, cropping or usability information
    return b"\x67\x42\xc0\x0a" + bits.ended()


def _pps() -> bytes:
    bits = _Bits()
    bits.ue(0)
    bits.ue(0)
    bits.put(0, 2)
    for _ in range(3):
        bits.ue(0)
    bits.put(0, 3)
    for _ in range(3):
        bits.se(0)
    bits.put(0, 3)
    return b"\x68" + bits.ended()


class _Bits:
    def __init__(self) -> None:
        self._bits = ""

    def put(self, value: int, length: int) -> None:
        self._bits += f"{value:0{length}b}"

    def ue(self, value: int) -> None:
        """Add a non-negative integer in the standard's Exp-Golomb code."""
        digits = f"{value + 1:b}"
        self._bits += "0" * (len(digits) - 1) + digits

    def se(self, value: int) -> None:
        """Add a signed integer."""
        self.ue(2 * value - 1 if value > 0 else -2 * value)

    def aligned(self) -> bytes:
        """Return all bytes, padded with zeros."""
        bits = self._bits + "0" * (-len(self._bits) % 8)
        return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))

    def ended(self) -> bytes:
        """Return all bytes, closed by a stop bit."""
        self._bits += "1"
        return self.aligned()


def _box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, body: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags), body)


def _moov(width: int, height: int, sizes: list[int], first: int) -> bytes:
    count = len(sizes)
    length = count * 1000 // FRAMES_PER_SECOND
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    mvhd = _full(b"mvhd", struct.pack(">4IIH10x", 0, 0, 1000, length, 0x10000, 0x100) + matrix + bytes(24) + struct.pack(">I", 2))
    tkhd = _full(
        b"tkhd", struct.pack(">5I8x4H", 0, 0, 1, 0, length, 0, 0, 0, 0) + matrix + struct.pack(">II", width << 16, height << 16), 3
    )
    mdhd = _full(b"mdhd", struct.pack(">4IHH", 0, 0, 1000, length, 0x55C4, 0))
    hdlr = _full(b"hdlr", bytes(4) + b"vide" + bytes(12) + b"video\0")
    dinf = _box(b"dinf", _full(b"dref", struct.pack(">I", 1) + _full(b"url ", b"", 1)))
    sps, pps = _sps(width // 16, height // 16), _pps()
    avcc = _box(b"avcC", b"\x01" + sps[1:4] + b"\xff\xe1" + struct.pack(">H", len(sps)) + sps + b"\x01" + struct.pack(">H", len(pps)) + pps)
    avc1 = _box(b"avc1", bytes(6) + struct.pack(">H16xHHIII H32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1) + avcc)
    stbl = _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1) + avc1),
        _full(b"stts", struct.pack(">3I", 1, count, 1000 // FRAMES_PER_SECOND)),
        _full(b"stsc", struct.pack(">4I", 1, 1, count, 1)),
        _full(b"stsz", struct.pack(">2I", 0, count) + struct.pack(f">{count}I", *sizes)),
        _full(b"stco", struct.pack(">2I", 1, first)),
    )
    minf = _box(b"minf", _full(b"vmhd", bytes(8), 1), dinf, stbl)
    return _box(b"moov", mvhd, _box(b"trak", tkhd, _box(b"mdia", mdhd, hdlr, minf)))
