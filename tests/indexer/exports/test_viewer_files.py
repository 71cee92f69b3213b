"""The offline viewer's files: every record is in them, no text is ever a script, the same input gives the same bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import bagit
import pytest

from indexer.catalog.models import RecordView
from indexer.exports import Choices, ExportMismatch, Extras
from indexer.exports import viewer_files as viewer_module
from indexer.exports.viewer_files import SOURCES, utf16_offsets
from tests.support.export_samples import HOSTILE, NASTY, attachment, description, make, record, unpack

VIEWER = Choices(viewer=True)


def called(text: str, name: str) -> list[Any]:
    """Return what a script of data hands over."""
    found = re.fullmatch(rf"SHOWME\.{name}\((.*)\);\n", text, re.DOTALL)
    assert found
    return json.loads(f"[{found[1]}]")  # type: ignore[no-any-return]  # a list


def package(tmp_path: Path, views: list[RecordView], name: str = "a", **options: Any) -> Path:
    options.setdefault("choices", VIEWER)
    return unpack(make(tmp_path / f"{name}.zip", views, **options).path, tmp_path / f"{name}-out") / "data"


def rows_of(data: Path, call: str = "list") -> list[Any]:
    meta = called((data / "viewer/data/meta.js").read_text(), "meta")[0]
    names = meta["lists"] if call == "list" else [name for name, _ in meta["details"]]
    found: list[Any] = []
    for name in names:
        start, rows = called((data / "viewer" / name).read_text(), call)
        assert start == len(found)
        found += rows
    return found


def test_the_viewer_is_in_the_bag_and_holds_every_record_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_module, "LIST_ROWS", 10)
    monkeypatch.setattr(viewer_module, "DETAIL_ROWS", 7)
    views = [record(number, text) for number, text in enumerate([*NASTY, *HOSTILE])]
    data = package(tmp_path, views)
    bagit.Bag(str(data.parent)).validate(processes=1)
    rows, details = rows_of(data), rows_of(data, "detail")
    assert [row[5] for row in rows] == [view.content.text for view in views]
    assert [one["record_id"] for one in details] == [view.record_id for view in views]
    meta = called((data / "viewer/data/meta.js").read_text(), "meta")[0]
    assert (meta["total"], meta["context_total"], len(meta["lists"]), len(meta["details"])) == (len(views), 0, 4, 5)
    assert meta["details"][1] == ["data/detail-0002.js", 7]
    assert meta["reading"] == 'records that hold "flood" or "roads"'


def test_no_text_of_a_record_can_be_markup_or_end_a_script(tmp_path: Path) -> None:
    views = [record(n, text, title=text, author=text, url=text, thread_title=text) for n, text in enumerate(HOSTILE)]
    about = description(len(views), query=HOSTILE[0], reading=HOSTILE[1], organization=HOSTILE[0])
    data = package(tmp_path, views, about=about)
    for file in (data / "viewer/data").iterdir():
        raw = file.read_bytes()
        assert raw.isascii()
        assert b"<" not in raw
    page = (data / "viewer/index.html").read_text()
    assert "<script>" not in page
    assert "<img" not in page
    assert len(re.findall("<script", page)) == 7
    assert "&lt;/script&gt;" in page


def test_the_page_may_load_nothing_but_its_own_files() -> None:
    page = (SOURCES / "index.html").read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none';")
    assert not re.search(r"https?:|unsafe|\*", policy[1])
    for file in SOURCES.iterdir():
        text = file.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|fetch\(|XMLHttp|import\(", text), file
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), file
        assert "style=" not in text


def test_both_languages_say_the_same_things() -> None:
    text = (SOURCES / "words.js").read_text()
    english, spanish = text.split("  es: {")
    places = r"\{\w+\}"
    tables = [dict(re.findall(r'(\w+): "((?:[^"\\]|\\.)*)"', part)) for part in (english, spanish)]
    assert list(tables[0]) == list(tables[1])
    assert len(tables[0]) > 80
    for name, words in tables[0].items():
        assert sorted(re.findall(places, words)) == sorted(re.findall(places, tables[1][name])), name
    used = set(re.findall(r'say\("(\w+)"', "".join((SOURCES / name).read_text() for name in ("page.js", "record.js", "viewer.js"))))
    assert used <= set(tables[0])


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    views = [record(n, text, attachments=(attachment(f"{n}.jpg"),)) for n, text in enumerate(NASTY)]
    first = make(tmp_path / "one" / "a.zip", views, choices=VIEWER)
    second = make(tmp_path / "two" / "a.zip", views, choices=VIEWER)
    assert first.path.read_bytes() == second.path.read_bytes()


def test_marks_are_counted_as_a_browser_counts() -> None:
    text = "🎉 flood 🌊 road"
    assert [text[2:7], text[10:14]] == ["flood", "road"]
    units = text.encode("utf-16-le")
    found = utf16_offsets(text, [2, 7, 10, 14])
    assert [units[2 * a : 2 * b].decode("utf-16-le") for a, b in (found[:2], found[2:])] == ["flood", "road"]
    assert utf16_offsets("plain flood", [6, 11]) == [6, 11]
    assert utf16_offsets("", []) == []


def test_earlier_versions_and_marks_come_with_the_record(tmp_path: Path) -> None:
    now, before = record(1, "The road is open", version=2, versions=2), record(1, "The road is closed", versions=2)
    extras = Extras(versions=lambda _view: [before, now], marks=lambda text: [(text.index("road"), text.index("road") + 4)])
    data = package(tmp_path, [now], extras=extras)
    assert [one["text"] for one in rows_of(data, "detail")[0]["versions"]] == ["The road is closed", "The road is open"]
    assert rows_of(data)[0][9] == [4, 8]


def test_pictures_are_linked_where_they_lie(tmp_path: Path) -> None:
    data = package(tmp_path, [record(1, attachments=(attachment("a b#1.jpg"), attachment("gone.jpg", member="")))])
    held, gone = rows_of(data, "detail")[0]["attachments"]
    assert (data / held["file"]).is_file()
    assert (gone["file"], gone["status"]) == ("", "not in the archive")


def test_context_is_apart_and_never_counted(tmp_path: Path) -> None:
    context = [record(50, "the question", attachments=(attachment("q.jpg"),)), record(51, "another answer")]
    views = [record(1, "found", attachments=(attachment(),))]
    extras = Extras(context=context, context_total=2)
    data = package(tmp_path, views, choices=Choices(viewer=True, context=True), extras=extras)
    bagit.Bag(str(data.parent)).validate(processes=1)
    assert len((data / "records.jsonl").read_text().splitlines()) == 1
    lines = [json.loads(line) for line in (data / "context.jsonl").read_text().splitlines()]
    assert [(line["text"], line["is_context"]) for line in lines] == [("the question", "yes"), ("another answer", "yes")]
    assert lines[0]["attachments"][0]["file"].startswith("context-media/")
    assert (data / lines[0]["attachments"][0]["file"]).is_file()
    assert "the question" not in (data / "records.csv").read_text(encoding="utf-8-sig")
    assert "the question" in (data / "context.csv").read_text(encoding="utf-8-sig")
    assert "context-media" not in (data / "media.csv").read_text(encoding="utf-8-sig")
    table = json.loads((data / "search.json").read_text())
    assert (table["rows"], table["contents"]["context"], table["media"]["stored"]) == (1, 2, 1)
    readme = (data / "README.txt").read_text()
    assert "Records in each file:          1\n" in readme
    assert "they are context, not part of the result" in readme
    meta = called((data / "viewer/data/meta.js").read_text(), "meta")[0]
    assert (meta["total"], meta["context_total"]) == (1, 2)
    assert [row[5] for row in rows_of(data)] == ["found", "the question", "another answer"]


@pytest.mark.parametrize("given", [0, 1, 3])
def test_another_number_of_context_than_was_counted_leaves_nothing(tmp_path: Path, given: int) -> None:
    extras = Extras(context=[record(50 + n) for n in range(given)], context_total=2)
    with pytest.raises(ExportMismatch, match="Nothing was exported"):
        make(tmp_path / "a.zip", [record(1)], choices=Choices(context=True), extras=extras)
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_was_found_is_never_context_too(tmp_path: Path) -> None:
    with pytest.raises(ExportMismatch, match="though the search found it"):
        make(tmp_path / "a.zip", [record(1)], choices=Choices(context=True), extras=Extras(context=[record(1)], context_total=1))
    assert list(tmp_path.iterdir()) == []
