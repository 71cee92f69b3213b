from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest import mock

import bagit
import pytest

from indexer.catalog.models import RecordView
from indexer.exports import COLUMNS, Choices, ExportMismatch, PdfLayout, remove_partials
from indexer.exports.media import MEDIA_COLUMNS
from indexer.exports.workbook import READABLE_COLUMNS
from indexer.local_time import UnknownZone
from tests.support.export_samples import COVERAGE, NASTY, attachment, description, make, record, unpack

ROOT = Path(__file__).parents[3]


def test_the_package_is_a_valid_bag_for_the_library_of_congress(tmp_path: Path) -> None:
    views = [record(1, attachments=(attachment(), attachment("b.png"))), *(record(n + 2, text) for n, text in enumerate(NASTY))]
    report = make(tmp_path / "request-17.zip", views)
    folder = unpack(report.path, tmp_path / "out")
    assert folder.name == "request-17"
    bag = bagit.Bag(str(folder))
    bag.validate(processes=1)
    assert bag.version_info == (1, 0)
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    assert bag.info["Payload-Oxum"] == f"{sum(path.stat().st_size for path in files)}.{len(files)}"
    assert bag.info["Bagging-Date"] == "2026-03-04"
    assert "flood OR roads" in bag.info["External-Description"]
    assert {path.name for path in (folder / "data").iterdir()} == {
        "README.txt",
        "media",
        "media.csv",
        "records.csv",
        "records.jsonl",
        "records.xlsx",
        "search.json",
    }
    assert (report.rows, report.media_files) == (len(views), 2)
    assert report.bytes == report.path.stat().st_size
    assert report.sha256 == hashlib.sha256(report.path.read_bytes()).hexdigest()


def test_the_page_to_start_with_says_what_this_is_and_links_what_is_here(tmp_path: Path) -> None:
    about = description(
        3, query="*", organization="City of <b>Riverbend", first_day=date(2018, 7, 1), last_day=date(2018, 7, 31), coverage=COVERAGE
    )
    views = [record(1, attachments=(attachment(),)), record(2), record(3, id=2, handle="riverpages", platform="facebook")]
    choices = Choices(viewer=True, pdf=PdfLayout.RUN_ON, context=True)
    folder = unpack(make(tmp_path / "a.zip", views, about=about, choices=choices).path, tmp_path / "out")
    bag = bagit.Bag(str(folder))
    bag.validate(processes=1)
    assert {"START-HERE.html", "README.txt", "bagit.txt", "bag-info.txt", "manifest-sha256.txt"} == set(bag.tagfile_entries())
    page = (folder / "START-HERE.html").read_text()
    for words in (
        "<h1>All records</h1>",
        "City of &lt;b&gt;Riverbend",
        "Jul 1, 2018 to Jul 31, 2018",
        "3 social media records of 2 accounts",
        "<dt>@riverbendmo, X / Twitter</dt><dd>2</dd>",
        "2 records carry no date",
        "sha256sum -c manifest-sha256.txt",
        r"certutil -hashfile data\records.csv SHA256",
        "All days of @riverbendmo",
    ):
        assert words in page
    links = re.findall('href="([^"]*)"', page)
    assert {"data/viewer/index.html", "data/records.xlsx", "data/records-0001.pdf", "data/records.csv", "README.txt"} <= set(links)
    assert all((folder / link).is_file() for link in links)
    assert "context" not in page
    assert "script" not in re.sub("description|transcript", "", page)
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    readme = (folder / "README.txt").read_text()
    assert readme == (folder / "data" / "README.txt").read_text()
    assert "context.jsonl are empty: the conversations of these records have no other records" in readme
    assert "All records: social media records" in bag.info["External-Description"]


def test_a_package_of_nothing_says_so_on_its_first_page(tmp_path: Path) -> None:
    folder = unpack(make(tmp_path / "a.zip", [], about=description(0, query="zebra")).path, tmp_path / "out")
    page = (folder / "START-HERE.html").read_text()
    assert "found no records" in page
    assert "<h1>zebra</h1>" in page


def test_a_changed_byte_is_found_by_the_bag(tmp_path: Path) -> None:
    folder = unpack(make(tmp_path / "a.zip", [record(1)]).path, tmp_path / "out")
    with (folder / "data" / "records.csv").open("ab") as file:
        file.write(b"x")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate(processes=1)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    views = [record(n, text, attachments=(attachment(f"{n}.jpg"),)) for n, text in enumerate(NASTY)]
    first = make(tmp_path / "one" / "a.zip", views)
    with mock.patch("time.time", return_value=1.8e9):
        second = make(tmp_path / "two" / "a.zip", views)
    assert first.sha256 == second.sha256
    assert first.path.read_bytes() == second.path.read_bytes()
    other = make(tmp_path / "three" / "a.zip", views[:-1])
    assert other.sha256 != first.sha256


def test_the_workbook_is_the_same_on_another_day_and_in_another_zone(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.support.export_samples import make, record\n"
        "print(make(Path(sys.argv[1]) / 'a.zip', [record(1), record(2)]).sha256)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / zone.replace("/", "-"))],
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        ).stdout
        for zone, seed in (("UTC", "1"), ("Asia/Tokyo", "2"))
    }
    assert len(found) == 1


@pytest.mark.parametrize(("given", "counted"), [(2, 3), (3, 2), (0, 1), (1, 0)])
def test_another_number_than_was_counted_leaves_nothing(tmp_path: Path, given: int, counted: int) -> None:
    with pytest.raises(ExportMismatch, match="Nothing was exported"):
        make(tmp_path / "a.zip", (record(n) for n in range(given)), total=counted)
    assert list(tmp_path.iterdir()) == []


def test_one_record_twice_leaves_nothing_though_the_count_is_right(tmp_path: Path) -> None:
    with pytest.raises(ExportMismatch, match="twice"):
        make(tmp_path / "a.zip", [record(1), record(2), record(1)])
    assert list(tmp_path.iterdir()) == []


def test_two_versions_of_one_record_are_two_rows(tmp_path: Path) -> None:
    views = [
        record(1, "before", versions=2, attachments=(attachment(),)),
        record(1, "after", version=2, versions=2, attachments=(attachment(),)),
    ]
    report = make(tmp_path / "a.zip", views)
    assert (report.rows, report.media_files) == (2, 2)


def test_no_records_make_an_empty_but_whole_package(tmp_path: Path) -> None:
    folder = unpack(make(tmp_path / "a.zip", []).path, tmp_path / "out")
    bagit.Bag(str(folder)).validate(processes=1)
    assert (folder / "data" / "records.jsonl").read_bytes() == b""
    assert "Records counted by the search: 0" in (folder / "data" / "README.txt").read_text()


@pytest.mark.parametrize("error", [RuntimeError("the catalog went away"), KeyboardInterrupt()])
def test_an_error_in_the_middle_leaves_no_target_and_no_old_one_is_touched(tmp_path: Path, error: BaseException) -> None:
    (tmp_path / "a.zip").write_bytes(b"an earlier export")

    def breaking() -> Iterator[RecordView]:
        yield record(1, attachments=(attachment(),))
        raise error

    with pytest.raises(type(error)):
        make(tmp_path / "a.zip", breaking(), total=2)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
    assert (tmp_path / "a.zip").read_bytes() == b"an earlier export"


def test_a_disk_that_is_full_at_the_last_moment_leaves_nothing(tmp_path: Path) -> None:
    with (
        mock.patch("indexer.atomic_files.os.fsync", side_effect=OSError(28, "No space left on device")),
        pytest.raises(OSError, match="No space"),
    ):
        make(tmp_path / "a.zip", [record(1)])
    assert list(tmp_path.iterdir()) == []


def test_a_kill_leaves_only_a_partial_that_the_next_start_removes(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from tests.support.export_samples import make, record\n"
        "def views():\n"
        "    for n in range(500):\n"
        "        yield record(n)\n"
        "    print('half', flush=True); sys.stdin.read()\n"
        "make(Path(sys.argv[1]), views(), total=1000)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "a.zip")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "half\n"
        assert remove_partials(tmp_path) == []  # one that is at work is left alone
        child.send_signal(signal.SIGKILL)
        child.wait()
    left = [path.name for path in tmp_path.iterdir()]
    assert len(left) == 1
    assert left[0].startswith("a.zip.")
    assert left[0].endswith(".partial")
    assert remove_partials(tmp_path) == left
    assert list(tmp_path.iterdir()) == []


def test_a_zone_that_does_not_exist_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownZone):
        make(tmp_path / "a.zip", [record(1)], about=description(1, zone="America/Riverbend"))
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_with_all_records(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    make(tmp_path / "a.zip", [record(n) for n in range(600)], progress=lambda done, total: calls.append((done, total)))
    assert calls == [(250, 600), (500, 600), (600, 600)]


def test_the_readme_says_the_query_its_reading_the_zone_and_the_counts(tmp_path: Path) -> None:
    views = [record(1, attachments=(attachment(), attachment("gone.jpg", member=""))), record(2)]
    folder = unpack(make(tmp_path / "a.zip", views).path, tmp_path / "out")
    text = (folder / "data" / "README.txt").read_text(encoding="utf-8")
    for words in (
        "flood OR roads",
        'records that hold "flood" or "roads"',
        "America/Chicago",
        "posted from 2018-07-01 to 2018-07-31",
        "2026-03-03 23:06:08 CST",
        "Records in each file:          2",
        "Media files in this package:   1",
        "Attachments that are not in the archive:          1",
        "2 records carry no date",
        "twitter-riverbendmo.zip, SHA-256 " + "d" * 64,
        "manifest-sha256.txt",
    ):
        assert words in text
    table = json.loads((folder / "data" / "search.json").read_text())
    assert (table["rows"], table["total"], table["zone"], table["media"]["stored"]) == (2, 2, "America/Chicago", 1)


def test_a_query_of_several_lines_cannot_add_a_line_to_the_bag_info(tmp_path: Path) -> None:
    about = description(1, query="flood\nPayload-Oxum: 0.0\r\nX: y")
    folder = unpack(make(tmp_path / "a.zip", [record(1)], about=about).path, tmp_path / "out")
    bag = bagit.Bag(str(folder))
    bag.validate(processes=1)
    assert "X" not in bag.info
    assert isinstance(bag.info["Payload-Oxum"], str)


def test_every_entry_of_the_zip_carries_the_time_of_the_export(tmp_path: Path) -> None:
    with zipfile.ZipFile(make(tmp_path / "a.zip", [record(1, attachments=(attachment(),))]).path) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2026, 3, 4, 5, 6, 8)}


def test_the_documentation_names_every_column_with_its_meaning() -> None:
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    rows = [line for line in text.partition("\n## Columns of")[2].splitlines() if line.startswith("| `")]
    wanted = [f"| `{column.name}` | {column.meaning} |" for column in (*READABLE_COLUMNS, *COLUMNS)]
    wanted += [f"| `{name}` | {meaning} |" for name, meaning in MEDIA_COLUMNS.items()]
    assert rows == wanted
