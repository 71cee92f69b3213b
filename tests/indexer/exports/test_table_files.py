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

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet

from indexer.exports import COLUMNS
from indexer.exports.csv_file import CsvFile, CsvRows
from indexer.exports.xlsx_file import RecordSheet, XlsxFile
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


def sheet_rows(path: Path, sheet: str = "records") -> list[list[str]]:
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
            self._writer = csv.writer(self, quoting=csv.QUOTE_ALL)
            self._guarded = self._replaced = self._nul = self._separated = 0

    memory = Memory()
    for row in rows:
        memory.add({}, list(row))
    read = csv.reader(io.StringIO(memory._file.getvalue().decode(), newline=""), strict=True)
    assert [[unescape_formula(cell) for cell in row] for row in read] == [[cell.replace("\0", "\u2400") for cell in row] for row in rows]


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


def test_the_workbook_holds_no_formula_no_link_and_no_number_made_of_text(tmp_path: Path) -> None:
    data = data_of(tmp_path, [record(1, "=1+1"), record(2, "0123"), record(3, "https://example.org/"), record(4, "1e5")])
    book = openpyxl.load_workbook(data / "records.xlsx")
    cells = [row[TEXT] for row in book["records"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["=1+1", "0123", "https://example.org/", "1e5"]
    assert [cell.hyperlink for cell in cells] == [None] * 4
    version = NAMES.index("version")
    assert [row[version].data_type for row in book["records"].iter_rows(min_row=2)] == ["n"] * 4
    assert b"<f>" not in (data / "records.xlsx").read_bytes()


def test_the_workbook_can_be_read_by_people(tmp_path: Path) -> None:
    data = data_of(tmp_path, [record(n) for n in range(5)])
    book = openpyxl.load_workbook(data / "records.xlsx")
    assert book.sheetnames == ["about", "records"]
    sheet = book["records"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(6, len(NAMES)).coordinate}"
    assert sheet["A1"].font.b
    assert sheet.dimensions == sheet.auto_filter.ref
    about = {str(name): str(value) for name, value in book["about"].iter_rows(values_only=True)}
    assert about["query as typed"] == "flood OR roads"
    assert about["time zone"] == "America/Chicago"
    assert about["records"] == "5"
    assert about["column posted_local"].startswith("When it was posted")


def test_what_excel_cannot_hold_is_cut_at_a_visible_mark_and_counted(tmp_path: Path) -> None:
    data = data_of(
        tmp_path,
        [record(1, "x" * 40_000), record(2, "😀" * 20_000), record(3, "y" * CELL_LIMIT), record(4, "bell \x07"), record(5, "a\r\nb")],
    )
    cells = [row[TEXT] for row in sheet_rows(data / "records.xlsx")[1:]]
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
    about = " ".join(str(row[1]) for row in sheet_rows(data / "records.xlsx", "about"))
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
    assert book.sheetnames == ["about", "records", "records 2", "records 3"]
    ids = [row[0] for name in book.sheetnames[1:] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert ids == [row[0] for row in csv_rows(data / "records.csv")[1:]]
    assert [book[name]["A1"].value for name in book.sheetnames[1:]] == ["record_id"] * 3
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
