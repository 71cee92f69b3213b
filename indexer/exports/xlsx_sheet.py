"""A worksheet that takes whole rows of text at a third of the cost of cell by cell (measured with XlsxWriter 3.3).

The library does all the rest: parts of the package, styles, header, filter. In its constant-memory mode each sheet has
a text file of finished rows (`row_data_fh`); here a row is finished by us and added to it. A test reads the workbook
back with another library, so a release that changes this mode is noticed at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from indexer.exports.values import Cell

# What cannot stand in a cell's XML as it is: markup, and a text that looks like Excel's own escape of a character.
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_SHORT = 16_383  # below it a text fits, whatever its letters: half of Excel's 32,767 UTF-16 units
_MARKUP = re.compile("[&<>]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_": "_x005F_"}
_SPACE = frozenset(" \t\n\u00a0")


class RecordSheet(Worksheet):  # type: ignore[misc, unused-ignore]  # the library has no types in some releases
    """One sheet of records. The header is written cell by cell; then come whole rows, from the top down."""

    def add_row(self, row: int, cells: list[Cell], fit: Callable[[str], str]) -> None:
        """Write one row, counted from 0.

        `fit` is asked for every text that is long or holds an unusual sign, and returns one that holds only what XML
        can hold, in at most 32,767 UTF-16 units.
        """
        sheet: Any = self
        if sheet.table:
            sheet._write_single_row(row)  # noqa: SLF001  # our base class's own; finishes the header
        names = self._column_names(len(cells))
        number = str(row + 1)
        parts = [f'<row r="{number}">']
        for name, cell in zip(names, cells, strict=True):
            if cell == "":
                continue
            if isinstance(cell, int):
                parts.append(f'<c r="{name}{number}"><v>{cell}</v></c>')
                continue
            text = cell if len(cell) <= _SHORT and not _SPECIAL.search(cell) else _MARKUP.sub(_escape, fit(cell))
            space = ' xml:space="preserve"' if cell[0] in _SPACE or cell[-1] in _SPACE else ""
            parts.append(f'<c r="{name}{number}" t="inlineStr"><is><t{space}>{text}</t></is></c>')
        parts.append("</row>")
        sheet.row_data_fh.write("".join(parts))
        sheet.previous_row = sheet.dim_rowmax = row

    def _column_names(self, count: int) -> list[str]:
        names: list[str] = self.__dict__.setdefault("_our_column_names", [])
        while len(names) < count:
            names.append(xl_col_to_name(len(names)))
        return names


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES[found[0]]
