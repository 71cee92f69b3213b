"""Cells that a spreadsheet program shows as text and never runs."""

from __future__ import annotations

import re

# Spreadsheets run a cell that begins with one of these (also in their full-width forms).
_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def guard(cell: str) -> str:
    """Return a cell that no spreadsheet runs: an apostrophe stands before `=`, `+`, `-`, `@`, tab or line break.

    Apostrophes that already stood there get one more, so that `unguard` gives back every text.
    """
    return "'" + cell if cell[:1] in _FIRST and _RISKY.match(cell) else cell


_FIRST = frozenset("'=+-@\t\r\n＝＋－＠")


def unguard(cell: str) -> str:
    """Return what `guard` was given."""
    return cell[1:] if cell[:1] == "'" and _RISKY.match(cell) else cell


CELL_LIMIT = 32_767  # Excel's own limit, in UTF-16 units

_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def fit_xlsx(cell: str) -> tuple[str, bool, bool]:
    """Return a text as a workbook can hold it, whether it was cut, and whether signs in it were replaced."""
    fitted = _NOT_XML.sub(_visible, cell)
    replaced = fitted != cell
    if len(fitted) <= CELL_LIMIT // 2 or _units(fitted) <= CELL_LIMIT:
        return fitted, False, replaced
    mark = f" [… cut here: {len(cell):,} characters in all, whole in records.csv]"
    room = CELL_LIMIT - _units(mark)
    kept = fitted.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    return kept + mark, True, replaced


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
