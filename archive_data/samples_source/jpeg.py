"""A small baseline JPEG writer using only integers, so that every machine writes the same bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence

Pixel = tuple[int, int, int]

# cos((2x+1)u*pi/16) times 2^13, with the factor of the transform's first row included: a table of integers
# has no rounding that could differ between processors.
_COS = (8192, 8035, 7568, 6811, 5793, 4551, 3135, 1598)
_ZIGZAG = tuple(
    y * 8 + x
    for x, y in sorted(((x, y) for x in range(8) for y in range(8)), key=lambda p: (p[0] + p[1], p[1] if (p[0] + p[1]) % 2 else p[0]))
)
_QUANT = tuple(10 + 3 * (number // 8 + number % 8) for number in range(64))  # row by row


def _basis() -> list[list[int]]:
    rows = [[5793] * 8]
    for u in range(1, 8):
        row = []
        for x in range(8):
            turn = (2 * x + 1) * u % 32
            turn = 32 - turn if turn > 16 else turn
            row.append(_COS[turn] if turn <= 7 else 0 if turn == 8 else -_COS[16 - turn])
        rows.append(row)
    return rows


_BASIS = _basis()

# Custom Huffman tables: (length in bits, symbols of that length). The most common symbols have the shortest codes.
_DC = ((1, (0,)), (5, tuple(range(1, 12))))
_OFTEN = (0x01, 0x02, 0x03, 0x04, 0x05, 0x11, 0x12, 0x21, 0x31, 0x06, 0x13, 0x22)  # zeros before, then bits of the value
_SELDOM = tuple(code for code in (*(run << 4 | size for run in range(16) for size in range(1, 11)), 0xF0) if code not in _OFTEN)
_AC = ((2, (0x00,)), (5, _OFTEN), (9, _SELDOM))
_Table = tuple[tuple[int, tuple[int, ...]], ...]


def _codes(table: _Table) -> dict[int, tuple[int, int]]:
    """Return symbol -> (code, bits); codes count upward, as the format requires."""
    codes: dict[int, tuple[int, int]] = {}
    code = before = 0
    for bits, symbols in table:
        code <<= bits - before
        for symbol in symbols:
            codes[symbol] = (code, bits)
            code += 1
        before = bits
    return codes


_DC_CODES, _AC_CODES = _codes(_DC), _codes(_AC)


def jpeg(width: int, height: int, rows: Sequence[Sequence[Pixel]]) -> bytes:
    """Return a JPEG (baseline, 4:2:0). Width and height are multiples of 16 pixels; rows hold (red, green, blue)."""
    head = [b"\xff\xd8", _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), _segment(0xDB, b"\0" + bytes(_QUANT[at] for at in _ZIGZAG))]
    head.append(_segment(0xC0, struct.pack(">BHHB", 8, height, width, 3) + b"\x01\x22\0\x02\x11\0\x03\x11\0"))
    head.append(_segment(0xC4, _huffman(0x00, _DC)))
    head.append(_segment(0xC4, _huffman(0x10, _AC)))
    head.append(_segment(0xDA, b"\x03\x01\0\x02\0\x03\0\0\x3f\0"))
    return b"".join(head) + _scan(width, height, rows) + b"\xff\xd9"


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _huffman(kind: int, table: _Table) -> bytes:
    counts = {bits: len(symbols) for bits, symbols in table}
    return bytes([kind, *(counts.get(bits, 0) for bits in range(1, 17)), *(symbol for _, symbols in table for symbol in symbols)])


def _scan(width: int, height: int, rows: Sequence[Sequence[Pixel]]) -> bytes:
    bits = _Bits()
    before = [0, 0, 0]
    transformed: dict[tuple[int, ...], list[int]] = {}

    def block(plane: int, values: tuple[int, ...]) -> None:
        if values not in transformed:
            transformed[values] = _transform(values)
        coefficients = transformed[values]
        _write(bits, coefficients, before[plane])
        before[plane] = coefficients[0]

    for top in range(0, height, 16):
        for left in range(0, width, 16):
            area = [rows[top + y][left : left + 16] for y in range(16)]
            light = [[(77 * r + 150 * g + 29 * b >> 8) - 128 for r, g, b in row] for row in area]
            for y, x in ((0, 0), (0, 8), (8, 0), (8, 8)):
                block(0, tuple(value for row in light[y : y + 8] for value in row[x : x + 8]))
            thin = [row[::2] for row in area[::2]]
            block(1, tuple(-43 * r - 85 * g + 128 * b >> 8 for row in thin for r, g, b in row))
            block(2, tuple(128 * r - 107 * g - 21 * b >> 8 for row in thin for r, g, b in row))
    return bits.done()


def _transform(values: tuple[int, ...]) -> list[int]:
    """Return the quantized coefficients of 8 x 8 values in zigzag order."""
    across = [[sum(values[y * 8 + x] * _BASIS[u][x] for x in range(8)) for u in range(8)] for y in range(8)]
    coefficients = []
    for at in _ZIGZAG:
        v, u = divmod(at, 8)
        total = sum(across[y][u] * _BASIS[v][y] for y in range(8))
        step = _QUANT[at] << 28  # two factors of 2^13 and the transform's own quarter
        coefficients.append((abs(total) + step // 2) // step * (1 if total >= 0 else -1))
    return coefficients


def _write(bits: _Bits, coefficients: list[int], before: int) -> None:
    step = coefficients[0] - before
    size = abs(step).bit_length()
    bits.put(*_DC_CODES[size])
    bits.put(step if step >= 0 else step + (1 << size) - 1, size)
    run = 0
    for value in coefficients[1:]:
        if value == 0:
            run += 1
            continue
        while run > 15:
            bits.put(*_AC_CODES[0xF0])
            run -= 16
        size = abs(value).bit_length()
        bits.put(*_AC_CODES[run << 4 | size])
        bits.put(value if value >= 0 else value + (1 << size) - 1, size)
        run = 0
    if run:
        bits.put(*_AC_CODES[0x00])


class _Bits:
    """Bits of the scan; a byte FF is followed by 00, as the format requires."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._value = 0
        self._length = 0

    def put(self, value: int, length: int) -> None:
        """Add the lowest `length` bits of a value."""
        self._value = self._value << length | value
        self._length += length
        while self._length >= 8:
            self._length -= 8
            byte = self._value >> self._length
            self._value &= (1 << self._length) - 1
            self._bytes.append(byte)
            if byte == 0xFF:
                self._bytes.append(0)

    def done(self) -> bytes:
        """Pad the last byte with 1 bits and return all bytes."""
        if self._length:
            self.put((1 << 8 - self._length) - 1, 8 - self._length)
        return bytes(self._bytes)
