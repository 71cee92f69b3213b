"""Makes cells safe for spreadsheet programs: shown as text, never run as formulas."""

from __future__ import annotations

import re

# Spreadsheets run a cell that begins with one of these characters (also in their full-width forms).
FORMULA_STARTS = frozenset("'=+-@\t\r\n＝＋－＠")
_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def escape_formula(cell: str) -> str:
    """Put an apostrophe before a leading `=`, `+`, `-`, `@`, tab or line break, so that no spreadsheet runs the cell.

    A cell that already has apostrophes there gets another, so that `unescape_formula` restores every text.
    """
    return "'" + cell if cell[:1] in FORMULA_STARTS and _RISKY.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """Undo `escape_formula`."""
    return cell[1:] if cell[:1] == "'" and _RISKY.match(cell) else cell


CELL_LIMIT = 32_767  # Excel's own limit, in UTF-16 units

_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def fit_xlsx(cell: str) -> tuple[str, bool, bool]:
    """Fit a text into a workbook cell; also return whether it was cut, and whether characters were replaced."""
    fitted = _NOT_XML.sub(_visible_substitute, cell)
    replaced = fitted != cell
    if len(fitted) <= CELL_LIMIT // 2 or _utf16_units(fitted) <= CELL_LIMIT:
        return fitted, False, replaced
    mark = f" [… cut here: {len(cell):,} characters in all, whole in records.csv]"
    room = CELL_LIMIT - _utf16_units(mark)
    kept = fitted.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    return kept + mark, True, replaced


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _visible_substitute(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
