from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.catalog.models import AttachmentView
from indexer.evidence.archive import MemberDamaged
from indexer.exports import Choices, ExportMismatch
from indexer.exports.media import NameTable, folder_name, safe_name
from tests.support.export_samples import attachment, make, record, unpack

RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
TRICKS = (
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\evil.exe",
    "/etc/shadow",
    "C:\\autoexec.bat",
    "..",
    ".",
    "",
    "con.jpg",
    "NUL",
    "com1.tar.gz",
    "a\x00b.jpg",
    "line\nbreak.jpg",
    "photo\u202egpj.exe",
    "name. . .",
    "-rf",
    "a:b.jpg",
    "100%.png",
    "x" * 5000 + ".jpeg",
    "😀" * 200 + ".png",
    "\ud83d.jpg",
    ".hidden",
    "~",
)


def listing(data: Path) -> list[dict[str, str]]:
    with (data / "media.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def is_safe(name: str) -> bool:
    plain = name and name not in {".", ".."} and not set(name) & {*'<>:"/\\|?*%\x7f', *map(chr, range(32))}
    return (
        bool(plain)
        and not name.endswith((" ", "."))
        and name.split(".", maxsplit=1)[0].strip().casefold() not in RESERVED
        and len(name.encode()) <= 110
    )


@given(st.text(st.characters()) | st.sampled_from(TRICKS) | st.sampled_from(sorted(RESERVED)).map(lambda word: f"{word.upper()} .txt"))
def test_a_safe_name_is_safe_on_every_system(name: str) -> None:
    assert is_safe(safe_name(name))
    assert safe_name(safe_name(name)) == safe_name(name)


@given(
    st.lists(
        st.text(st.characters(), max_size=12)
        | st.sampled_from(["A.jpg", "a.JPG", "é.png", "e\u0301.png", "a-2.jpg", "a.jpg", "..", "ß", "SS"])
    )
)
def test_no_two_files_of_a_folder_share_a_name_whatever_their_case(names: list[str]) -> None:
    table = NameTable()
    taken = [table.take(name) for name in names]
    assert all(is_safe(name) for name in taken)
    assert len({name.casefold() for name in taken}) == len(names)


@given(st.text(st.characters(), max_size=80), st.text(st.characters(), max_size=80))
def test_the_folder_of_a_record_is_its_own(one: str, other: str) -> None:
    for made in (folder_name(one, 1), folder_name(other, 1)):
        assert is_safe(made)
        assert made.isascii()
    assert (folder_name(one, 1).casefold() == folder_name(other, 1).casefold()) == (one == other)
    assert folder_name(one, 1) != folder_name(one, 2)


def test_no_attachment_leaves_the_media_folder(tmp_path: Path) -> None:
    report = make(tmp_path / "a.zip", [record(1, attachments=tuple(attachment(name, member=f"m/{n}") for n, name in enumerate(TRICKS)))])
    assert report.media_files == len(TRICKS)
    with zipfile.ZipFile(report.path) as archive:
        names = [name for name in archive.namelist() if "/media/" in name]
    assert len({name.casefold() for name in names}) == len(TRICKS)
    folder = f"a/data/media/{folder_name('twitter:riverbendmo:post:1001', 1)}"
    assert {name.rsplit("/", 1)[0] for name in names} == {folder}
    assert all(is_safe(name.rsplit("/", 1)[1]) for name in names)


def test_media_csv_maps_every_file_to_its_record_and_its_original(tmp_path: Path) -> None:
    views = [record(1, attachments=(attachment("a.jpg"), attachment("b.jpg", member=""))), record(2, attachments=(attachment("a.jpg"),))]
    data = unpack(make(tmp_path / "a.zip", views).path, tmp_path / "out") / "data"
    rows = listing(data)
    assert [(row["record_id"][-4:], row["attachment"], row["status"]) for row in rows] == [
        ("1001", "1", "stored"),
        ("1001", "2", "not in the archive"),
        ("1002", "1", "stored"),
    ]
    for row in (rows[0], rows[2]):
        content = (data / row["file"]).read_bytes()
        assert content == b"bytes of data/tweets_media/a.jpg"
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert row["size"] == str(len(content))
        assert row["member"] == "data/tweets_media/a.jpg"
        assert row["capture_digest"] == "d" * 64
    assert rows[1]["file"] == ""
    assert rows[1]["url"] == "https://pbs.example/media/road.jpg"


def test_a_file_that_a_record_names_twice_is_stored_once(tmp_path: Path) -> None:
    report = make(tmp_path / "a.zip", [record(1, attachments=(attachment(), attachment()))])
    rows = listing(unpack(report.path, tmp_path / "out") / "data")
    assert report.media_files == 1
    assert [row["file"] for row in rows] == [rows[0]["file"]] * 2


def test_media_can_be_left_out_and_are_listed_all_the_same(tmp_path: Path) -> None:
    report = make(tmp_path / "a.zip", [record(1, attachments=(attachment(),))], choices=Choices(media=False))
    data = unpack(report.path, tmp_path / "out") / "data"
    assert [row["status"] for row in listing(data)] == ["media were left out of this export"]
    assert not (data / "media").exists()
    assert "left out because media were not requested: 1" in (data / "README.txt").read_text()


def test_a_medium_that_changed_since_its_capture_stops_the_export(tmp_path: Path) -> None:
    with pytest.raises(ExportMismatch, match="verify"):
        make(tmp_path / "a.zip", [record(1, attachments=(attachment(sha256="0" * 64),))])
    assert list(tmp_path.iterdir()) == []


def test_a_medium_that_was_never_readable_is_listed_and_counted(tmp_path: Path) -> None:
    def damaged(view: AttachmentView) -> IO[bytes]:
        raise MemberDamaged(f"{view.member} is damaged")

    report = make(tmp_path / "a.zip", [record(1, attachments=(attachment(),))], open_media=damaged)
    data = unpack(report.path, tmp_path / "out") / "data"
    assert (report.media_files, report.missing_media) == (0, 1)
    assert [row["status"] for row in listing(data)] == ["cannot be read in the archive"]
    assert "cannot be read in the archive:   1" in (data / "README.txt").read_text()


def test_a_medium_that_was_whole_and_cannot_be_read_any_more_stops_the_export(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(ExportMismatch, match="cannot be read now"):
        make(tmp_path / "a.zip", [record(1, attachments=(attachment(sha256="0" * 64),))], open_media=lambda _: Broken())
    assert list(tmp_path.iterdir()) == []


def test_a_large_medium_passes_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * (80 * 4096)
    report = make(tmp_path / "a.zip", [record(1, attachments=(attachment("film.mp4"),))], open_media=lambda _: io.BytesIO(content))
    data = unpack(report.path, tmp_path / "out") / "data"
    assert (data / listing(data)[0]["file"]).read_bytes() == content
