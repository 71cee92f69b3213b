"""Records as an Excel workbook: a sheet "about", then the records, written row by row in constant memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from indexer.exports.columns import COLUMNS
from indexer.exports.values import Cell, Description, Exact, FormatReport
from indexer.spreadsheets import CELL_LIMIT, fit_xlsx

# Must be escaped in a cell's XML: markup, invalid characters, and text that looks like an Excel character escape.
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_SHORT = 16_383  # any text up to this length fits: half of Excel's 32,767 UTF-16 units
_MARKUP = re.compile("[&<>]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_": "_x005F_"}
_SPACE = frozenset(" \t\n\u00a0")


class RecordSheet(Worksheet):  # type: ignore[misc, unused-ignore]  # the library has no types in some releases
    """A sheet of records. The header is written cell by cell, then whole rows from the top down.

    Rows bypass the library's cell methods: 100,000 records of 43 columns take 9 seconds of CPU time instead of 26
    (XlsxWriter 3.3). A test compares each kind of cell with the library's own output.
    """

    def add_row(self, row: int, cells: list[Cell], fit: Callable[[str], str]) -> None:
        """Write a row, numbered from 0.

        `fit` is called for every text that is long or has unusual characters; it returns a text that is valid in XML and
        has at most 32,767 UTF-16 units.
        """
        sheet: Any = self
        if sheet.table:
            sheet._write_single_row(row)  # noqa: SLF001  # of the base class; finishes the header
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


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES[match[0]]


ROWS_PER_SHEET = 1_048_576  # Excel's limit, header row included


class XlsxFile:
    """The Excel exporter."""

    name = "xlsx"
    title = "Excel workbook"
    suffix = ".xlsx"

    def __init__(self, rows_per_sheet: int = ROWS_PER_SHEET) -> None:
        self._rows_per_sheet = rows_per_sheet

    def open(self, path: Path, columns: Iterable[str], description: Description) -> XlsxRows:
        """Create the workbook; its parts are kept beside `path` until it is closed. Raises OSError."""
        return XlsxRows(path, list(columns), description, self._rows_per_sheet)


class XlsxRows:
    """Writer of one row per record, continued on another sheet when a sheet is full."""

    def __init__(self, path: Path, columns: list[str], description: Description, rows_per_sheet: int) -> None:
        self._columns, self._description, self._rows_per_sheet = columns, description, rows_per_sheet
        self._widths = {column.name: column.width for column in COLUMNS}
        self._book: Any = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": str(path.parent),
            },
        )
        self._book.use_zip64()
        self._book.set_properties({"title": "Records", "author": description.made_by, "created": description.made_at.replace(tzinfo=None)})
        self._bold = self._book.add_format({"bold": True})
        self._about = self._book.add_worksheet("about")
        self._sheets: list[str] = []
        self._rows = self._cut = self._replaced = 0
        self._sheet: Any = None
        self._row = 0
        self._next_sheet()

    def add(self, exact: Mapping[str, Exact], cells: list[Cell]) -> None:  # noqa: ARG002  # part of the protocol
        """Write a record. Empty cells are omitted."""
        if self._row >= self._rows_per_sheet:
            self._next_sheet()
        self._sheet.add_row(self._row, cells, self._fit)
        self._row += 1
        self._rows += 1

    def abandon(self) -> None:
        """Close the sheets' files without building the workbook. Does nothing after `close`."""
        for sheet in self._book.worksheets():
            if sheet.row_data_fh is not None:
                sheet.row_data_fh.close()

    def close(self) -> FormatReport:
        """Write the sheet "about" and finish the workbook."""
        self._end_sheet()
        written = FormatReport(tuple(self._notes()), self._cut, self._replaced)
        about = self._description
        lines = [
            ("records", f"{self._rows:,}"),
            ("query as typed", about.query),
            ("searched for", about.reading),
            *(("filter", line) for line in about.filters),
            ("sort", about.sort),
            ("time zone", about.zone),
            ("created (UTC)", about.made_at.strftime("%Y-%m-%d %H:%M:%S")),
            ("made by", about.made_by),
            ("software", f"Show-Me Records {about.version}"),
            ("sheets", ", ".join(self._sheets)),
            *(("note", line) for line in (*about.notes, *written.notes)),
            *(("archive", f"{line.name}, SHA-256 {line.digest}") for line in about.captures),
            *((f"column {column.name}", column.meaning) for column in COLUMNS),
        ]
        self._about.set_column(0, 0, 26)
        self._about.set_column(1, 1, 110)
        for number, (name, value) in enumerate(lines):
            self._about.write_string(number, 0, name, self._bold)
            self._about.write_string(number, 1, fit_xlsx(value)[0].replace("<r>", "< r>"))  # the library takes "<r>" for rich text
        self._book.close()
        return written

    def _next_sheet(self) -> None:
        if self._sheet is not None:
            self._end_sheet()
        name = "records" if not self._sheets else f"records {len(self._sheets) + 1}"
        self._sheets.append(name)
        self._sheet = self._book.add_worksheet(name, RecordSheet)
        self._sheet.freeze_panes(1, 1)
        for number, column in enumerate(self._columns):
            self._sheet.set_column(number, number, self._widths.get(column, 14))
            self._sheet.write_string(0, number, column, self._bold)
        self._row = 1
        if len(self._sheets) == 1:
            self._sheet.activate()

    def _end_sheet(self) -> None:
        self._sheet.autofilter(0, 0, max(self._row - 1, 1), len(self._columns) - 1)

    def _fit(self, cell: str) -> str:
        fitted, was_cut, was_replaced = fit_xlsx(cell)
        self._cut += was_cut
        self._replaced += was_replaced
        return fitted

    def _notes(self) -> Iterable[str]:
        if len(self._sheets) > 1:
            yield f"records.xlsx: a sheet holds at most {self._rows_per_sheet:,} rows, so the records are on {len(self._sheets)} sheets."
        if self._cut:
            yield (
                f"records.xlsx: {self._cut:,} cells are longer than the {CELL_LIMIT:,} characters that Excel allows and are cut at "
                "a visible mark. records.csv and records.jsonl have the full text."
            )
        if self._replaced:
            yield (
                f"records.xlsx: {self._replaced:,} cells had control characters that Excel does not allow; a visible character replaces "
                "each. records.csv and records.jsonl have them as they are."
            )
