"""PDFs of the records: all of them, legible to every reader, whatever a picture or a text is."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pypdf
import pypdfium2
import pytest

from indexer.catalog.models import AttachmentView, RecordView
from indexer.exports import Choices, ExportError, PdfLayout, pdf_process
from indexer.exports import pdf_file as pdf_module
from indexer.exports.pdf_file import picture_size
from tests.support.export_samples import NASTY, attachment, description, make, png, record, unpack

RUN_ON, PAGES = Choices(pdf=PdfLayout.RUN_ON), Choices(pdf=PdfLayout.PAGES)


def files(**contents: bytes) -> Any:
    def open_media(view: AttachmentView) -> IO[bytes]:
        return io.BytesIO(contents[view.name.split(".")[0]])

    return open_media


def words(data: Path) -> str:
    return " ".join(page.extract_text() for file in sorted(data.glob("*.pdf")) for page in pypdf.PdfReader(file).pages).replace("\n", " ")


def package(tmp_path: Path, views: list[Any], choices: Choices = RUN_ON, **options: Any) -> Path:
    return unpack(make(tmp_path / "a.zip", views, choices=choices, **options).path, tmp_path / "out") / "data"


def test_every_record_is_in_it_with_its_time_account_id_and_digest(tmp_path: Path) -> None:
    views = [record(1, "The road is closed."), record(2, "The bridge is open.", posted_ms=None, posted_written="")]
    data = package(tmp_path, views, about=description(2, organization="City of Riverbend"))
    text = words(data)
    for expected in (
        "Social media records of City of Riverbend",
        'records that hold "flood" or "roads"',
        "Records 1 to 2 of 2",
        "1. Jul 5, 2018, 12:30 AM CDT · riverbendmo on X",
        "2. No date · riverbendmo on X",
        "flood OR roads",
        "The road is closed.",
        "2018-07-05 00:30:00 CDT, in UTC 2018-07-05T05:30:00Z",
        "twitter:riverbendmo:post:1001",
        "The archive gives no time.",
        "Page 1 of",
    ):
        assert expected in text
    assert "c" * 64 in text.replace("\u200b", "").replace(" ", "")


def test_it_is_tagged_and_says_so(tmp_path: Path) -> None:
    reader = pypdf.PdfReader(package(tmp_path, [record(1)]) / "records-0001.pdf")
    root: Any = reader.trailer["/Root"]
    assert "pdfuaid:part>1<" in root["/Metadata"].get_data().decode()
    assert root["/MarkInfo"]["/Marked"]


def outline(reader: pypdf.PdfReader) -> list[str]:
    """Return the titles of all bookmarks, in order."""

    def titles(level: Any) -> Iterator[str]:
        for entry in level:
            if isinstance(entry, list):
                yield from titles(entry)
            else:
                yield str(entry.title)

    return list(titles(reader.outline))


def test_a_heading_and_a_bookmark_say_when_and_who(tmp_path: Path) -> None:
    message = {"kind": "message", "author": "Neva Thornquill", "extra": {"participants": "Neva Thornquill, City of Riverbend"}}
    event = {"kind": "message", "author": "", "title": "Somebody left", "thread_title": "Flood desk", "extra": {"event": "left"}}
    views = [record(1, author="3051921866"), record(2, **message), record(3, **event), record(4, author="")]
    reader = pypdf.PdfReader(package(tmp_path, views, about=description(4, subject="Request 7")) / "records-0001.pdf")
    assert outline(reader) == [
        "Social media records",
        "1. Jul 5, 2018, 12:30 AM CDT · X user 3051921866 on X",
        "2. Jul 5, 2018, 1:30 AM CDT · Neva Thornquill → City of Riverbend on X",
        "3. Jul 5, 2018, 2:30 AM CDT · Flood desk on X",
        "4. Jul 5, 2018, 3:30 AM CDT · riverbendmo on X",
    ]
    assert "Request 7" in reader.pages[0].extract_text()


def test_a_record_stays_together_with_its_pictures_where_a_page_holds_it(tmp_path: Path) -> None:
    views = [record(n, f"Text-{n}- " * (1 + 9 * n), attachments=(attachment("a.png", description=f"Words-{n}-"),)) for n in range(6)]
    reader = pypdf.PdfReader(package(tmp_path, views, open_media=files(a=png(400, 300))) / "records-0001.pdf")
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 2
    for n in range(6):
        on = [number for number, text in enumerate(pages) if f"Text-{n}-" in text]
        assert len(on) == 1
        assert [number for number, text in enumerate(pages) if f"Words-{n}-" in text] == on
        assert [number for number, text in enumerate(pages) if f"post:100{n}" in text] == on


def test_a_record_longer_than_a_page_begins_where_its_heading_is_and_loses_nothing(tmp_path: Path) -> None:
    first, last = (tuple(attachment(f"{name}.png", description=f"Words-{name}-") for name in names) for names in ("abcde", "fghij"))
    long = "\n".join(f"Line-{n}-" for n in range(200))
    views = [record(1), record(2, long, attachments=first), record(3, "Short", attachments=last)]
    opened = files(**{name: png(400, 300 + ord(name)) for name in "abcdefghij"})
    reader = pypdf.PdfReader(package(tmp_path, views, open_media=opened) / "records-0001.pdf")
    pages = [page.extract_text() for page in reader.pages]
    text = "\n".join(pages)
    assert all(f"Line-{n}-" in text for n in range(200))
    assert all(text.count(f"Words-{name}-") == 1 for name in "abcdefghij")
    assert sum(len(page.images) for page in reader.pages) == 10
    assert any("3. Jul" in page and "Short" in page and "Words-f-" in page for page in pages)


@pytest.mark.parametrize("text", ["W" * 900, "Wide words " * 60, "漢字" * 200, "\n".join("W" * 12), "🎉" * 60, "\U0001f1fa" * 30])
def test_a_record_taken_to_fit_a_page_does(tmp_path: Path, text: str) -> None:
    views = [
        record(n, text, attachments=(attachment("a.png", description=f"Words-{n}-"),), links=("https://a.example/" + "x" * 200,))
        for n in range(3)
    ]
    path = package(tmp_path, views, open_media=files(a=png(300, 200))) / "records-0001.pdf"
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            text_page = page.get_textpage()
            assert min(text_page.get_charbox(at)[1] for at in range(text_page.count_chars())) >= 0, "nothing is below the page"
    reader = pypdf.PdfReader(path)
    text_of_all = " ".join(page.extract_text() for page in reader.pages)
    assert all(f"Words-{n}-" in text_of_all and f"post:100{n}" in text_of_all for n in range(3))


def test_no_text_stops_it(tmp_path: Path) -> None:
    views = [record(number, text[:3000], title=text[:300]) for number, text in enumerate(NASTY)]
    assert f"Records 1 to {len(NASTY)} of {len(NASTY)}" in words(package(tmp_path, views))


def test_each_record_begins_a_page_where_that_is_asked_for(tmp_path: Path) -> None:
    views = [record(number, f"Text number {number}") for number in range(3)]
    pages = pypdf.PdfReader(package(tmp_path, views, PAGES) / "records-0001.pdf").pages
    assert len(pages) == 4
    for number in range(3):
        assert f"Text number {number}" in pages[number + 1].extract_text()


def test_a_large_set_is_cut_into_files_that_hold_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "RECORDS", 4)
    data = package(tmp_path, [record(number, f"Text-{number}-") for number in range(10)])
    assert [file.name for file in sorted(data.glob("*.pdf"))] == ["records-0001.pdf", "records-0002.pdf", "records-0003.pdf"]
    text = words(data)
    assert all(f"Text-{number}-" in text for number in range(10))
    assert "Records 9 to 10 of 10" in text


def test_pictures_are_drawn_with_their_words_and_one_without_gets_a_name(tmp_path: Path) -> None:
    views = [record(1, attachments=(attachment("a.png"), attachment("b.png", description="")))]
    data = package(tmp_path, views, open_media=files(a=png(), b=png(9, 9)))
    reader = pypdf.PdfReader(data / "records-0001.pdf")
    assert sum(len(page.images) for page in reader.pages) == 2
    raw = "".join(str(item.get_object()) for item in (reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1)) if item)
    assert "A flooded road" in raw
    assert "Picture 2 of record twitter:riverbendmo:post:1001" in raw


@pytest.mark.parametrize("bad", [png(broken=True), png(50_000, 50_000, rows_held=1), b"\xff\xd8\xff cut", b"not a picture", b""])
def test_a_picture_that_cannot_be_drawn_is_named_and_counted_and_the_others_stay(tmp_path: Path, bad: bytes) -> None:
    views = [record(1, attachments=(attachment("bad.png"), attachment("good.png")))]
    data = package(tmp_path, views, open_media=files(bad=bad, good=png()))
    assert "This picture cannot be displayed here." in words(data)
    assert sum(len(page.images) for page in pypdf.PdfReader(data / "records-0001.pdf").pages) == 1
    assert "1 pictures could not be displayed and are listed by name instead" in (data / "README.txt").read_text()


def test_too_many_records_are_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "MAX_RECORDS", 2)
    with pytest.raises(ExportError, match=r"at most 2 records; this export has 3\. Nothing was exported"):
        make(tmp_path / "a.zip", [record(number) for number in range(3)], choices=RUN_ON)
    assert list(tmp_path.iterdir()) == []


def test_the_same_records_give_the_same_pdf(tmp_path: Path) -> None:
    views = [record(1, "🎉 flood", attachments=(attachment("a.png"),))]
    found = {make(tmp_path / name / "a.zip", views, choices=RUN_ON, open_media=files(a=png())).sha256 for name in ("one", "two")}
    assert len(found) == 1


def test_nothing_found_is_a_pdf_too(tmp_path: Path) -> None:
    assert "No records" in words(package(tmp_path, []))


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.kill(os.getpid(), 9)", r"stopped from outside \(SIGKILL\)"),
        ("raise SystemExit(3)", "ended with status 3 and returned nothing"),
        ('print(\'{"undrawn": 0, "failed": "No more room."}\')', "No more room"),
        ("import time; time.sleep(60)", "more than 0 seconds"),
    ],
)
def test_a_process_that_fails_leaves_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, reason: str) -> None:
    monkeypatch.setattr(pdf_process, "PROGRAM", (sys.executable, "-S", "-c", program))
    monkeypatch.setattr(pdf_process, "TIMEOUT", 0.3 if "sleep" in program else 60.0)
    with pytest.raises(ExportError, match=rf"records 1 to 1 could not be made: .*{reason}.*Nothing was exported"):
        make(tmp_path / "a.zip", [record(1)], choices=RUN_ON)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_stops_the_pdfs_that_are_being_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def begin(*arguments: Any, **named: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **named))
        return started[-1]

    monkeypatch.setattr(pdf_process, "PROGRAM", (sys.executable, "-S", "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(subprocess, "Popen", begin)
    monkeypatch.setattr(pdf_module, "RECORDS", 1)

    def views() -> Iterator[RecordView]:
        yield from (record(1), record(2))
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="disk is gone"):
        make(tmp_path / "a.zip", views(), 3, choices=RUN_ON)
    assert [process.returncode for process in started] == [-signal.SIGKILL] * 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(300, 200), ("png", 300, 200)),
        (b"GIF89a\x2c\x01\xc8\x00" + bytes(30), ("gif", 300, 200)),
        (b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x2b\x01\0\xc7\0\0" + bytes(9), ("webp", 300, 200)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc2\x00\x11\x08\x00\xc8\x01\x2c\x03" + bytes(20), ("jpg", 300, 200)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x04", ("", 0, 0)),
        (b"\xff\xd8\xff\xe0\x00\x01", ("", 0, 0)),
        (b"\xff\xd8\xff", ("", 0, 0)),
        (b"\x89PNG\r\n\x1a\n", ("", 0, 0)),
        (png(0, 9), ("", 0, 0)),
        (b"<svg/>", ("", 0, 0)),
    ],
)
def test_the_size_of_a_picture_is_read_from_its_first_bytes(data: bytes, size: tuple[str, int, int]) -> None:
    assert picture_size(io.BytesIO(data)) == size
