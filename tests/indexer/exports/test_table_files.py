from __future__ import annotations

import csv
import io
import json
import string
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel
from xlsxwriter.worksheet import Worksheet

from indexer.exports import COLUMNS
from indexer.exports.csv_file import CsvFile, CsvRows
from indexer.exports.workbook import READABLE_COLUMNS, XlsxFile
from indexer.exports.workbook import sheets as sheets_module
from indexer.exports.workbook.readable import excel_time
from indexer.exports.workbook.sheets import RecordSheet
from indexer.local_time import to_ms
from indexer.spreadsheets import CELL_LIMIT, escape_formula, fit_xlsx, unescape_formula
from tests.support.export_samples import NASTY, attachment, description, make, record, unpack

NAMES = [column.name for column in COLUMNS]
TEXT = NAMES.index("text")
csv.field_size_limit(1 << 24)


def data_of(tmp_path: Path, views: list[Any], **options: Any) -> Path:
    return unpack(make(tmp_path / "a.zip", views, **options).path, tmp_path / "out") / "data"


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, strict=True))


def sheet_rows(path: Path, sheet: str = "All columns") -> list[list[str]]:
    book = openpyxl.load_workbook(path, read_only=True)
    rows = [["" if value is None else value for value in row] for row in book[sheet].iter_rows(values_only=True)]
    book.close()
    return rows


def json_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_nasty_texts_come_back_exactly_from_json_and_csv(tmp_path: Path) -> None:
    data = data_of(tmp_path, [record(n, text) for n, text in enumerate(NASTY)])
    assert [row["text"] for row in json_rows(data / "records.jsonl")] == list(NASTY)
    rows = csv_rows(data / "records.csv")
    assert rows[0] == NAMES
    whole = [text.replace("\ud83d", "\ufffd").replace("\0", "\u2400") for text in NASTY]  # half a letter is no UTF-8; NUL ends files
    assert [unescape_formula(row[TEXT]) for row in rows[1:]] == whole


def test_the_csv_is_what_its_standard_says(tmp_path: Path) -> None:
    raw = (data_of(tmp_path, [record(1, 'a "b"\nc')]) / "records.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b'"\r\n')
    assert b'"a ""b""\nc"' in raw
    assert raw.count(b"\r\n") == 2


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_of_the_csv_begins_like_a_formula(tmp_path: Path, start: str) -> None:
    view = record(
        1, f"{start}1+1", author=f"{start}cmd", title=f"{start}title", url=f"{start}url", thread_title=f"{start}t", member=f"{start}m"
    )
    data = data_of(tmp_path, [view])
    row = csv_rows(data / "records.csv")[1]
    assert not [cell for cell in row if cell.startswith(start)]
    assert row[TEXT] == f"'{start}1+1"
    assert "cells begin with an apostrophe" in (data / "README.txt").read_text()


@given(st.text())
def test_the_guard_of_a_csv_cell_can_be_undone(text: str) -> None:
    guarded = escape_formula(text)
    assert unescape_formula(guarded) == text
    assert guarded[:1] not in {*"=+-@\t\r\n＝＋－＠"}
    assert guarded in {text, "'" + text}


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2), max_size=5))
def test_a_csv_gives_back_every_text(rows: list[list[str]]) -> None:
    class Memory(CsvRows):
        def __init__(self) -> None:
            self._file: Any = io.BytesIO()
            self._guarded = self._replaced = self._nul = self._separated = 0

    memory = Memory()
    for row in rows:
        memory.add({}, list(row))
    read = csv.reader(io.StringIO(memory._file.getvalue().decode(), newline=""), strict=True)
    assert [[unescape_formula(cell) for cell in row] for row in read] == [[cell.replace("\0", "\u2400") for cell in row] for row in rows]


@pytest.mark.parametrize("text", ["=\0", "=a\u2028b", "'=\"", '"=', "\0", '","=', "a\r\n=b"])
def test_a_cell_that_needs_more_than_one_change_gets_them_all(tmp_path: Path, text: str) -> None:
    row = csv_rows(data_of(tmp_path, [record(1, text)]) / "records.csv")[1]
    assert unescape_formula(row[TEXT]) == text.replace("\0", "\u2400")
    assert not row[TEXT].startswith("=")


def test_the_workbook_has_the_same_values_as_the_csv(tmp_path: Path) -> None:
    plain = [text for text in NASTY if fit_xlsx(text) == (text, False, False)]
    views = [record(n, text, attachments=(attachment(), attachment("gone.png", member=""))) for n, text in enumerate(plain)]
    data = data_of(tmp_path, views)
    sheet = sheet_rows(data / "records.xlsx")
    table = csv_rows(data / "records.csv")
    # Excel reads "_x005F_" as "_" (ECMA-376, ST_Xstring); openpyxl leaves it in cells of this kind.
    assert [[str(cell).replace("_x005F_", "_") for cell in row] for row in sheet] == [table[0]] + [
        [unescape_formula(cell) for cell in row] for row in table[1:]
    ]
    assert len(plain) > 15


def test_the_workbook_holds_no_formula_and_no_number_made_of_text(tmp_path: Path) -> None:
    data = data_of(tmp_path, [record(1, "=1+1"), record(2, "0123"), record(3, "https://example.org/"), record(4, "1e5")])
    book = openpyxl.load_workbook(data / "records.xlsx")
    cells = [row[TEXT] for row in book["All columns"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["=1+1", "0123", "https://example.org/", "1e5"]
    assert [cell.hyperlink for cell in cells] == [None] * 4
    version = NAMES.index("version")
    assert [row[version].data_type for row in book["All columns"].iter_rows(min_row=2)] == ["n"] * 4
    with zipfile.ZipFile(data / "records.xlsx") as parts:
        for name in parts.namelist():
            assert b"<f>" not in parts.read(name)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_readable_cell_is_run(tmp_path: Path, start: str) -> None:
    view = record(1, f"{start}1+1", author=f"{start}cmd", handle=f"{start}h", url=f"{start}url", kind="message", extra={"to": f"{start}to"})
    sheet = openpyxl.load_workbook(data_of(tmp_path, [view]) / "records.xlsx")["Records"]
    assert [cell.data_type for cell in sheet[2] if cell.value is not None] == ["d", *["s"] * 8][
        : sum(cell.value is not None for cell in sheet[2])
    ]
    assert not [cell for cell in sheet[2] if cell.hyperlink]


def readable(tmp_path: Path, *views: Any, **options: Any) -> list[dict[str, Any]]:
    """Return the rows of the sheet Records by heading; the date's without its zone."""
    sheet = openpyxl.load_workbook(data_of(tmp_path, list(views), **options) / "records.xlsx")["Records"]
    names = [column.name for column in READABLE_COLUMNS]
    return [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2)]


def test_the_first_sheet_says_when_who_and_what_for_people(tmp_path: Path) -> None:
    post, message, undated, broken = readable(
        tmp_path,
        record(1, "Road closed", attachments=(attachment(),), not_in_capture_of=()),
        record(
            2, "Is it open?", kind="message", author="Neva Thornquill", extra={"participants": "Neva Thornquill, City"}, versions=2, url=""
        ),
        record(3, "", title="The City shared a link.", posted_ms=None, posted_written="", url="javascript:alert(1)"),
        record(
            4, posted_ms=None, posted_written="???", attachments=(attachment("a.png"), attachment("b.png"), attachment("c.png", member=""))
        ),
    )
    assert (post["Date"].value, post["Date"].is_date) == (datetime(2018, 7, 5, 0, 30), True)
    assert post["Date"].number_format == "mmm d, yyyy h:mm AM/PM"
    assert [post[name].value for name in ("Account", "From", "To", "Kind", "Text", "State")] == [
        "riverbendmo (X)",
        "riverbendmo",
        None,
        "Post",
        "Road closed",
        None,
    ]
    assert post["Link"].hyperlink.target == post["Link"].value == "https://twitter.com/riverbendmo/status/1001"
    assert (post["Pictures"].value, post["Pictures"].hyperlink.target.startswith("media/twitter-riverbendmo-post-1001-")) == (
        "road.jpg",
        True,
    )
    assert [message[name].value for name in ("From", "To", "Kind", "State")] == [
        "Neva Thornquill",
        "City",
        "Message",
        "version 1 of 2; gone from the archive of May 6, 2021",
    ]
    assert (undated["Date"].value, undated["Text"].value, undated["Link"].hyperlink) == (None, "The City shared a link.", None)
    assert undated["State"].value == "gone from the archive of May 6, 2021; without a date"
    assert broken["State"].value == "gone from the archive of May 6, 2021; date cannot be read: ???"
    assert broken["Pictures"].value == "3 files:\na.png\nb.png\nc.png (not in the archive)"
    assert broken["Pictures"].hyperlink.target.endswith("/")


def test_the_links_of_the_first_sheet_lead_to_files_of_the_package(tmp_path: Path) -> None:
    names = ("a b#1.jpg", "résumé [1].jpg", "100% {x}.jpg", "洪水.jpg")
    data = data_of(tmp_path, [record(number, attachments=(attachment(name),)) for number, name in enumerate(names)])
    sheet = openpyxl.load_workbook(data / "records.xlsx")["Records"]
    links = [row[8].hyperlink for row in sheet.iter_rows(min_row=2)]
    targets = [unquote(link.target + (f"#{link.location}" if link.location else "")) for link in links]
    assert all((data / target).is_file() for target in targets)
    assert len(targets) == len(names)


def test_links_beyond_excel_s_limit_are_text_and_the_sheet_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets_module, "LINKS_PER_SHEET", 3)
    data = data_of(tmp_path, [record(number) for number in range(5)])
    sheet = openpyxl.load_workbook(data / "records.xlsx")["Records"]
    assert [bool(row[6].hyperlink) for row in sheet.iter_rows(min_row=2)] == [True] * 3 + [False] * 2
    assert all(row[6].value for row in sheet.iter_rows(min_row=2))
    assert "Excel's limit" in sheet["G1"].value
    assert "2 more addresses and files are there as plain text" in (data / "README.txt").read_text()


def test_the_workbook_can_be_read_and_printed_by_people(tmp_path: Path) -> None:
    about = description(5, organization="City of R & B", subject="Request 7: flood")
    data = data_of(tmp_path, [record(n) for n in range(5)], about=about)
    book = openpyxl.load_workbook(data / "records.xlsx")
    assert book.sheetnames == ["Records", "All columns", "About"]
    assert book.active.title == "Records"
    sheet = book["Records"]
    assert [cell.value for cell in sheet[1]] == ["Date (Central Time)", *(column.name for column in READABLE_COLUMNS[1:])]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.dimensions) == ("B2", "A1:J6", "A1:J6")
    assert sheet["A1"].font.b
    assert all(cell.alignment.wrap_text and cell.alignment.vertical == "top" for cell in sheet[2] if cell.value and not cell.is_date)
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == ("landscape", None, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddHeader.left.text == "City of R && B: Request 7: flood"
    assert sheet.oddFooter.right.text == "Page &P of &N"
    whole = book["All columns"]
    assert whole.freeze_panes == "B2"
    assert whole.auto_filter.ref == f"A1:{whole.cell(6, len(NAMES)).coordinate}"
    assert whole["A1"].font.b
    assert whole.dimensions == whole.auto_filter.ref
    lines = {str(name): str(value) for name, value in book["About"].iter_rows(values_only=True)}
    assert lines["query as typed"] == "flood OR roads"
    assert lines["time zone"] == "America/Chicago"
    assert lines["records"] == "5"
    assert lines["Records: Link"].startswith("The record on the platform")
    assert lines["column posted_local"].startswith("When it was posted")


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)))
def test_a_date_is_the_day_and_time_that_excel_shows(local: datetime) -> None:
    local = local.replace(microsecond=0)
    days = excel_time(f"{local.isoformat(' ')} CDT")
    assert isinstance(days, float)
    assert from_excel(round(days, 9)) == local


def test_a_day_before_excel_s_calendar_stays_text() -> None:
    assert excel_time("1900-02-28 23:30:00 CST") == "1900-02-28 23:30:00 CST"


def test_what_excel_cannot_hold_is_cut_at_a_visible_mark_and_counted(tmp_path: Path) -> None:
    data = data_of(
        tmp_path,
        [record(1, "x" * 40_000), record(2, "😀" * 20_000), record(3, "y" * CELL_LIMIT), record(4, "bell \x07"), record(5, "a\r\nb")],
    )
    cells = [row[TEXT] for row in sheet_rows(data / "records.xlsx")[1:]]
    assert [row[5] for row in sheet_rows(data / "records.xlsx", "Records")[1:]] == cells
    assert cells[0].startswith("x" * 30_000)
    assert cells[0].endswith("[… cut here: 40,000 characters in all, whole in records.csv]")
    assert cells[1].endswith("[… cut here: 20,000 characters in all, whole in records.csv]")
    assert all(len(cell.encode("utf-16-le")) // 2 <= CELL_LIMIT for cell in cells)
    assert cells[2] == "y" * CELL_LIMIT
    assert cells[3] == "bell ␇"
    assert cells[4] == "a␍\nb"
    readme = (data / "README.txt").read_text()
    assert "records.xlsx: 2 cells are longer than the 32,767 characters" in readme
    assert "records.xlsx: 2 cells had control characters" in readme
    about = " ".join(str(row[1]) for row in sheet_rows(data / "records.xlsx", "About"))
    assert "2 cells are longer" in about


@given(st.text(st.characters(), max_size=60))
def test_every_text_becomes_one_that_a_workbook_can_hold(text: str) -> None:
    fitted, was_cut, was_replaced = fit_xlsx(text)
    assert not was_cut
    assert was_replaced == (fitted != text)
    assert all(char in "\t\n" or (char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff") for char in fitted)
    assert len(fitted) == len(text)


def test_records_beyond_a_sheet_go_on_the_next_one(tmp_path: Path) -> None:
    data = data_of(tmp_path, [record(n) for n in range(25)], exporters=(CsvFile(), XlsxFile(rows_per_sheet=11)))
    book = openpyxl.load_workbook(data / "records.xlsx")
    assert book.sheetnames == ["Records", "Records 2", "Records 3", "All columns", "All columns 2", "All columns 3", "About"]
    assert [row[9] for name in book.sheetnames[:3] for row in book[name].iter_rows(min_row=2, values_only=True)] == [
        row[0] for row in csv_rows(data / "records.csv")[1:]
    ]
    ids = [row[0] for name in book.sheetnames[3:6] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert ids == [row[0] for row in csv_rows(data / "records.csv")[1:]]
    assert [book[name]["A1"].value for name in book.sheetnames[3:6]] == ["record_id"] * 3
    assert "are on 3 sheets" in (data / "README.txt").read_text()


def test_the_three_files_hold_the_same_records_in_the_same_order(tmp_path: Path) -> None:
    data = data_of(tmp_path, [record(n) for n in (5, 3, 9, 1)])
    wanted = [f"twitter:riverbendmo:post:{1000 + n}" for n in (5, 3, 9, 1)]
    assert [row[0] for row in csv_rows(data / "records.csv")[1:]] == wanted
    assert [row[0] for row in sheet_rows(data / "records.xlsx")[1:]] == wanted
    assert [row["record_id"] for row in json_rows(data / "records.jsonl")] == wanted


def test_a_late_post_is_on_its_local_day_and_the_zone_is_named(tmp_path: Path) -> None:
    summer, winter = datetime(2018, 7, 5, 4, 30, tzinfo=UTC), datetime(2018, 1, 5, 5, 30, tzinfo=UTC)
    views = [record(1, posted_ms=to_ms(summer)), record(2, posted_ms=to_ms(winter)), record(3, posted_ms=None, posted_written="???")]
    rows = json_rows(data_of(tmp_path, views) / "records.jsonl")
    assert [row["posted_local"] for row in rows] == ["2018-07-04 23:30:00 CDT", "2018-01-04 23:30:00 CST", ""]
    assert [row["posted_utc"] for row in rows] == ["2018-07-05T04:30:00Z", "2018-01-05T05:30:00Z", ""]
    assert rows[2]["posted_as_written"] == "???"


def test_the_last_day_of_the_calendar_does_not_stop_an_export(tmp_path: Path) -> None:
    rows = json_rows(data_of(tmp_path, [record(1, posted_ms=to_ms(datetime(1, 1, 1, tzinfo=UTC)))]) / "records.jsonl")
    assert rows[0]["posted_local"] == "0001-01-01 00:00:00 UTC"


def test_json_lines_keep_lists_and_numbers(tmp_path: Path) -> None:
    row = json_rows(data_of(tmp_path, [record(7, attachments=(attachment(),))]) / "records.jsonl")[0]
    assert list(row) == NAMES
    assert row["hashtags"] == ["flood", "roads"]
    assert row["not_in_capture_of"] == ["2021-05-06"]
    assert row["item"] == 7
    assert row["extra"] == {"favorites": "3"}
    assert row["attachments"][0]["name"] == "road.jpg"
    assert row["attachments"][0]["status"] == "stored"


def test_column_names_are_words_and_each_stands_once() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(set(name) <= {*string.ascii_lowercase, "_"} for name in NAMES)


def test_a_path_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        CsvFile().open(tmp_path / "no" / "folder.csv", NAMES, description(0))


def sheet_xml(path: Path, kind: type[Worksheet], write: Callable[[Any, int, list[Any]], object], rows: list[list[Any]]) -> bytes:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("records", kind)
    for at, name in enumerate(("a", "b", "c")):
        sheet.write_string(0, at, name)
    for number, row in enumerate(rows, 1):
        write(sheet, number, row)
    book.close()
    with zipfile.ZipFile(path) as file:
        return file.read("xl/worksheets/sheet1.xml")


def write_by_the_library(sheet: Any, number: int, row: list[Any]) -> None:
    for at, cell in enumerate(row):
        if isinstance(cell, int):
            sheet.write_number(number, at, cell)
        elif cell:
            sheet.write_string(number, at, fit_xlsx(cell)[0])


def test_rows_that_go_past_the_library_are_what_the_library_itself_writes(tmp_path: Path) -> None:
    texts = [
        *NASTY,
        "a & b",
        "<b>",
        "_x000D_",
        "_x",
        " led",
        "trailed\t",
        "\u00a0nbsp",
        'say "so"',
        "=1+1",
        "http://a.example/",
        "x" * 40_000,
    ]
    rows = [[text, number, ""] for number, text in enumerate(texts)] + [["", "", 7], [0, "", "last"]]
    ours = sheet_xml(
        tmp_path / "ours.xlsx", RecordSheet, lambda sheet, number, row: sheet.add_row(number, row, lambda text: fit_xlsx(text)[0]), rows
    )
    assert ours == sheet_xml(tmp_path / "library.xlsx", Worksheet, write_by_the_library, rows)
