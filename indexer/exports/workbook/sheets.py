"""Sheets that are written row by row in constant memory, past the library's slow cell methods.

100,000 records of 43 columns take 9 seconds of CPU time instead of 26 (XlsxWriter 3.3). A test compares each kind of cell
with the library's own output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from indexer.exports.values import Cell
from indexer.exports.workbook.readable import Linked, ReadableCell

# Must be escaped in a cell's XML: markup, invalid characters, and text that looks like an Excel character escape.
_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_SHORT: Final = 16_383  # any text up to this length fits: half of Excel's 32,767 UTF-16 units
_MARKUP: Final = re.compile("[&<>]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_": "_x005F_"}
_SPACE: Final = frozenset(" \t\n\u00a0")
_REPEATED: Final = 64  # distinct texts of a column that are kept; a column with more is taken for one of ever new texts

LINKS_PER_SHEET: Final = 65_530
"""Links a sheet may have: Excel's limit."""

Fit = Callable[[str], str]
"""Called for every text that is long or has unusual characters; returns one valid in XML and of at most 32,767 UTF-16 units."""


def text_element(text: str, fit: Fit) -> str:
    """Return the content of a text cell: an `is` element."""
    if len(text) > _SHORT or _SPECIAL.search(text):
        text = _MARKUP.sub(_escape, fit(text))
    space = ' xml:space="preserve"' if text[0] in _SPACE or text[-1] in _SPACE else ""
    return f"<is><t{space}>{text}</t></is>"


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES[match[0]]


class _StreamedSheet(Worksheet):  # type: ignore[misc, unused-ignore]  # the library has no types in some releases
    """A sheet whose rows are streamed to its temporary file."""

    def write_row_xml(self, row: int, cells: list[str]) -> None:
        """Write a row, numbered from 0, of cells that are XML already."""
        sheet: Any = self
        sheet.row_data_fh.write(f'<row r="{row + 1}">{"".join(cells)}</row>')
        sheet.previous_row = sheet.dim_rowmax = row

    def column_names(self, count: int) -> list[str]:
        """Return the letters of the first columns."""
        names: list[str] = self.__dict__.setdefault("_our_column_names", [])
        while len(names) < count:
            names.append(xl_col_to_name(len(names)))
        return names


class RecordSheet(_StreamedSheet):
    """A sheet of all columns. The header is written cell by cell, then whole rows from the top down."""

    def add_row(self, row: int, cells: list[Cell], fit: Fit) -> None:
        """Write a row, numbered from 0. Empty cells are omitted."""
        sheet: Any = self
        if sheet.table:
            sheet._write_single_row(row)  # noqa: SLF001  # of the base class; finishes the header
        names = self.column_names(len(cells))
        known: list[dict[str, str] | None] = self.__dict__.setdefault("_known_texts", [{} for _ in cells])
        number = str(row + 1)
        parts = []
        for at, cell in enumerate(cells):
            if cell == "":
                continue
            if cell.__class__ is int:
                parts.append(f'<c r="{names[at]}{number}"><v>{cell}</v></c>')
                continue
            texts = known[at]
            element = None if texts is None else texts.get(cell)  # type: ignore[arg-type]  # a text
            if element is None:
                element = text_element(cell, fit)  # type: ignore[arg-type]  # a text
                if texts is not None:
                    if len(texts) < _REPEATED:
                        texts[cell] = element  # type: ignore[index]  # a text
                    else:
                        known[at] = None
            parts.append(f'<c r="{names[at]}{number}" t="inlineStr">{element}</c>')
        self.write_row_xml(row, parts)


class Styles(NamedTuple):
    """Numbers of the workbook's formats."""

    header: int
    text: int
    date: int
    link: int


class ReadableSheet(_StreamedSheet):
    """The sheet of the columns for people. Its header is written last, because it says whether all links could be made."""

    def begin(self, styles: Styles, columns: int) -> None:
        """Set up the sheet. Call it once, before the first row."""
        sheet: Any = self
        self._styles = styles
        self._header: Sequence[str] = ()
        self._links: list[tuple[str, str]] = []  # cell, target
        self._columns = columns
        self.unlinked = 0
        sheet.dim_rowmin = sheet.dim_rowmax = sheet.dim_colmin = 0
        sheet.dim_colmax = columns - 1

    def add_row(self, row: int, cells: Sequence[ReadableCell], fit: Fit) -> None:
        """Write a row, numbered from 0. Links beyond Excel's limit are plain text and counted."""
        names, styles = self.column_names(len(cells)), self._styles
        number = str(row + 1)
        parts = []
        for name, cell in zip(names, cells, strict=True):
            if cell.__class__ is float:
                parts.append(f'<c r="{name}{number}" s="{styles.date}"><v>{cell:.9f}</v></c>')
            elif cell.__class__ is Linked:
                style = self._link(f"{name}{number}", cell.target)
                parts.append(f'<c r="{name}{number}" s="{style}" t="inlineStr">{text_element(cell.text, fit)}</c>')
            elif cell:
                parts.append(f'<c r="{name}{number}" s="{styles.text}" t="inlineStr">{text_element(cell, fit)}</c>')  # type: ignore[arg-type]  # a text
        self.write_row_xml(row, parts)

    def end(self, header: Sequence[str]) -> None:
        """Give the header row and filters. Call it once, after the last row."""
        self._header = header
        self.autofilter(0, 0, max(self.dim_rowmax, 1), self._columns - 1)

    def _link(self, cell: str, target: str) -> int:
        if len(self._links) >= LINKS_PER_SHEET:
            self.unlinked += 1
            return self._styles.text
        self._links.append((cell, target))
        return self._styles.link

    def _write_optimized_sheet_data(self) -> None:
        """Copy the rows to the sheet, after its header (of the base class)."""
        sheet: Any = self
        sheet._xml_start_tag("sheetData")  # noqa: SLF001  # of the base class
        names = self.column_names(len(self._header))
        cells = "".join(
            f'<c r="{name}1" s="{self._styles.header}" t="inlineStr">{text_element(text, str)}</c>'
            for name, text in zip(names, self._header, strict=True)
        )
        sheet.fh.write(f'<row r="1">{cells}</row>')
        sheet.row_data_fh.seek(0)
        while block := sheet.row_data_fh.read(1 << 16):
            sheet.fh.write(block)
        sheet.row_data_fh.close()
        sheet._xml_end_tag("sheetData")  # noqa: SLF001  # of the base class

    def _write_hyperlinks(self) -> None:
        """Write the links (of the base class, which would keep an object for each)."""
        sheet: Any = self
        if not self._links:
            return
        sheet._xml_start_tag("hyperlinks")  # noqa: SLF001  # of the base class
        for cell, link in self._links:
            sheet.rel_count += 1
            target, _, anchor = link.partition("#")
            attributes = [("ref", cell), ("r:id", f"rId{sheet.rel_count}"), *([("location", anchor)] if anchor else [])]
            sheet._xml_empty_tag("hyperlink", attributes)  # noqa: SLF001  # of the base class
            sheet.external_hyper_links.append(["/hyperlink", _escape_target(target), "External"])
        sheet._xml_end_tag("hyperlinks")  # noqa: SLF001  # of the base class


_NOT_IN_ADDRESS: Final = re.compile(r'[\x00-\x20"<>\[\]\\^`{|}\x7f\ud800-\udfff\ufffe\uffff]')


def _escape_target(address: str) -> str:
    """Percent-encode what an address in a workbook cannot hold."""
    return _NOT_IN_ADDRESS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")), address)
