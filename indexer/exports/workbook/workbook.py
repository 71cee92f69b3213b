"""The Excel workbook: sheets for people and of all columns, written row by row in constant memory, and the sheet "About"."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from indexer.exports.columns import COLUMNS
from indexer.exports.values import Cell, Description, Exact, FormatReport
from indexer.exports.workbook.readable import READABLE_COLUMNS, readable_cells
from indexer.exports.workbook.sheets import LINKS_PER_SHEET, ReadableSheet, RecordSheet, Styles
from indexer.query import ENGLISH
from indexer.spreadsheets import CELL_LIMIT, fit_xlsx

ROWS_PER_SHEET: Final = 1_048_576  # Excel's limit, header row included
RECORDS, ALL_COLUMNS, ABOUT = "Records", "All columns", "About"
COMPRESSION: Final = 1  # measured: a third of the time of 6 for a file a fifth larger
_LETTER: Final = 1
_PART_DATE: Final = (1980, 1, 31, 0, 0, 0)


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
    """Writer of one row per record on two sheets, continued on others when they are full."""

    def __init__(self, path: Path, columns: list[str], description: Description, rows_per_sheet: int) -> None:
        self._columns, self._description, self._rows_per_sheet = columns, description, rows_per_sheet
        self._book: Any = _Workbook(
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
        self._styles = _styles(self._book)
        sheets = max(1, -(-description.total // (rows_per_sheet - 1)))
        self._readable = [self._readable_sheet(_numbered(RECORDS, number)) for number in range(1, sheets + 1)]
        self._whole = [self._whole_sheet(_numbered(ALL_COLUMNS, number)) for number in range(1, sheets + 1)]
        self._about = self._book.add_worksheet(ABOUT)
        self._readable[0].activate()
        self._cut = self._replaced = self._rows = 0

    def add(self, exact: Mapping[str, Exact], cells: list[Cell]) -> None:
        """Write a record. Empty cells are omitted. Raises IndexError for more records than the description counts."""
        at, row = divmod(self._rows, self._rows_per_sheet - 1)
        self._readable[at].add_row(row + 1, readable_cells(exact), _only_fit)
        self._whole[at].add_row(row + 1, cells, self._fit)
        self._rows += 1

    def abandon(self) -> None:
        """Close the sheets' files without building the workbook. Does nothing after `close`."""
        for sheet in self._book.worksheets():
            if sheet.row_data_fh is not None:
                sheet.row_data_fh.close()

    def close(self) -> FormatReport:
        """Write the headers and the sheet "About", and finish the workbook."""
        for sheet in self._readable:
            sheet.end(_header(self._description.zone, has_all_links=not sheet.unlinked))
        for sheet in self._whole:
            sheet.autofilter(0, 0, max(sheet.dim_rowmax, 1), len(self._columns) - 1)
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
            ("sheets", ", ".join(sheet.name for sheet in (*self._readable, *self._whole))),
            *(("note", line) for line in (*about.notes, *written.notes)),
            *(("archive", f"{line.name}, SHA-256 {line.digest}") for line in about.captures),
            *((f"{RECORDS}: {column.name}", column.meaning) for column in READABLE_COLUMNS),
            *((f"column {column.name}", column.meaning) for column in COLUMNS),
        ]
        self._about.set_column(0, 0, 26)
        self._about.set_column(1, 1, 110)
        for number, (name, value) in enumerate(lines):
            self._about.write_string(number, 0, name, self._bold)
            self._about.write_string(number, 1, fit_xlsx(value)[0].replace("<r>", "< r>"))  # the library takes "<r>" for rich text
        self._book.close()
        return written

    def _readable_sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name, ReadableSheet)
        sheet.begin(self._styles, len(READABLE_COLUMNS))
        for number, column in enumerate(READABLE_COLUMNS):
            sheet.set_column(number, number, column.width)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        _set_up_print(sheet, self._description)
        return sheet

    def _whole_sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name, RecordSheet)
        sheet.freeze_panes(1, 1)
        widths = {column.name: column.width for column in COLUMNS}
        for number, column in enumerate(self._columns):
            sheet.set_column(number, number, widths.get(column, 14))
            sheet.write_string(0, number, column, self._bold)
        return sheet

    def _fit(self, cell: str) -> str:
        fitted, was_cut, was_replaced = fit_xlsx(cell)
        self._cut += was_cut
        self._replaced += was_replaced
        return fitted

    def _notes(self) -> Iterable[str]:
        sheets, unlinked = len(self._whole), sum(sheet.unlinked for sheet in self._readable)
        if sheets > 1:
            yield f"records.xlsx: a sheet holds at most {self._rows_per_sheet:,} rows, so the records are on {sheets} sheets, twice."
        if unlinked:
            yield (
                f"records.xlsx: Excel allows {LINKS_PER_SHEET:,} links on a sheet; {unlinked:,} more addresses and files are there as "
                "plain text."
            )
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


class _Workbook(xlsxwriter.Workbook):  # type: ignore[misc, unused-ignore]  # the library has no types in some releases
    """A workbook compressed quickly: the library knows the zlib default only, which takes longer than writing all rows."""

    def _store_workbook(self) -> None:
        """Assemble the parts and pack them (of the base class)."""
        book: Any = self
        book.worksheets_objs[book.worksheet_meta.activesheet].active = 1
        book._prepare_sst_string_data()  # noqa: SLF001  # of the base class, as the following
        book._prepare_defined_names()  # noqa: SLF001
        packager = book._get_packager()  # noqa: SLF001
        packager._add_workbook(book)  # noqa: SLF001
        packager._set_tmpdir(book.tmpdir)  # noqa: SLF001
        packager._set_in_memory(book.in_memory)  # noqa: SLF001
        with zipfile.ZipFile(book.filename, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            for name, part_name, _is_binary in packager._create_package():  # noqa: SLF001
                part = Path(name)
                entry = zipfile.ZipInfo(part_name, _PART_DATE)
                entry.compress_type, entry.file_size = zipfile.ZIP_DEFLATED, part.stat().st_size
                entry._compresslevel = COMPRESSION  # type: ignore[attr-defined]  # noqa: SLF001  # as in exports/bag.py
                with part.open("rb") as stream, archive.open(entry, "w") as packed:
                    while block := stream.read(1 << 20):
                        packed.write(block)
                part.unlink()


def _styles(book: Any) -> Styles:
    """Add the formats of the readable sheets; return their numbers."""
    cell = {"text_wrap": True, "valign": "top"}
    formats = (
        {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8F0F6", "bottom": 1},
        cell,
        {**cell, "num_format": "mmm d, yyyy h:mm AM/PM", "align": "left"},
        {**cell, "font_color": "#17507A", "underline": 1},
    )
    return Styles(*(book.add_format(look)._get_xf_index() for look in formats))  # noqa: SLF001  # the library's rows use it, too


def _set_up_print(sheet: Any, about: Description) -> None:
    """Landscape on US letter, all columns on a page's width, the subject above and "Page 1 of 9" below."""
    sheet.set_landscape()
    sheet.set_paper(_LETTER)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    title = f"{about.organization}: {about.title}" if about.organization else about.title
    sheet.set_header(f"&L{_print_text(title)}&R{about.made_at:%Y-%m-%d}")
    sheet.set_footer("&L&A&RPage &P of &N")


def _print_text(text: str) -> str:
    """Fit a text into a page header, where `&` begins a code and a digit after a code would join it."""
    plain = " ".join(fit_xlsx(text)[0].split())
    return (plain if len(plain) <= 100 else f"{plain[:99].rstrip()}…").replace("&", "&&")


def _header(zone: str, *, has_all_links: bool) -> list[str]:
    """Return the headings. The date's names the time zone; where Excel could not hold all links, the links' say so."""
    limit = f" (only the first {LINKS_PER_SHEET:,} on this sheet open: Excel's limit)"
    notes = {"Date": f" ({ENGLISH.get(f'zone {zone}', zone)})"}
    if not has_all_links:
        notes |= {"Link": limit, "Pictures": limit}
    return [column.name + notes.get(column.name, "") for column in READABLE_COLUMNS]


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"


def _only_fit(cell: str) -> str:
    """Fit a cell that is counted on the sheet of all columns."""
    return fit_xlsx(cell)[0]
