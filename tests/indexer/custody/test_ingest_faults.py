"""What goes wrong around an archive is told as what it is, and what is harmless in an archive is no reason to refuse it."""

from __future__ import annotations

import sqlite3
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.catalog.database import sqlite, storage_error
from indexer.catalog.tables import members
from indexer.custody.ingest import IngestFailed, ingest
from indexer.importers import COMMON_IGNORED
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import CASES, zip_files, zip_folder
from tests.support.repositories import tweet, x_files, x_zip

FACEBOOK = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json"


def outcomes(repository: Repository, capture: int) -> dict[str, tuple[str, str]]:
    with repository.db.connect() as connection:
        rows = connection.execute(sa.select(members.c.name, members.c.outcome, members.c.reason).where(members.c.capture_id == capture))
        return {row.name: (row.outcome, row.reason) for row in rows}


def taken(repository: Repository, path: Path) -> int:
    return ingest(repository, [path], taken_by="test", source="test").capture_id


def fill_up(repository: Repository) -> None:
    sa.event.listen(repository.db, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))


def damage(repository: Repository) -> None:
    path = repository.paths.data / "catalog.sqlite3"
    for more in path.parent.glob(f"{path.name}-*"):
        more.unlink()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xde\xad" * ((len(content) - 4096) // 2))


@pytest.mark.parametrize(
    ("fault", "says"), [(fill_up, "The disk is full"), (damage, "The catalog file is damaged")], ids=["full", "damaged"]
)
def test_a_catalog_that_cannot_be_used_is_told_as_what_it_is(
    repository: Repository, tmp_path: Path, fault: Callable[[Repository], None], says: str
) -> None:
    path = x_zip(tmp_path / "x.zip", [tweet(number, f"Notice {number}") for number in range(400)])
    repository.db.dispose()
    fault(repository)
    with pytest.raises((IngestFailed, sa.exc.DatabaseError)) as caught:
        taken(repository, path)
    told = str(caught.value) if isinstance(caught.value, IngestFailed) else storage_error(caught.value, repository.paths.data)
    assert says in told
    assert "error in Show-Me Records" not in told


def test_a_locked_catalog_is_not_called_damaged(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = x_zip(tmp_path / "x.zip", [tweet(1, "Notice")])
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    repository.db.dispose()
    other = sqlite3.connect(repository.paths.data / "catalog.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sa.exc.OperationalError) as caught:
        taken(repository, path)
    told = storage_error(caught.value, repository.paths.data)
    assert "locked by another program; it is not damaged" in told
    assert "backup" not in told
    other.execute("ROLLBACK")
    other.close()
    assert taken(repository, path) == 1


def test_each_kind_of_storage_error_has_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space") as full, Path("/dev/full").open("w", encoding="ascii") as stream:
        stream.write("x" * 100_000)
    assert "The disk is full" in storage_error(full.value, tmp_path / "not" / "there")
    (tmp_path / "no.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError) as none:
        sqlite3.connect(tmp_path / "no.sqlite3").execute("SELECT * FROM records")
    assert "damaged" in storage_error(none.value, tmp_path)
    with pytest.raises(sqlite3.OperationalError) as absent:
        sqlite3.connect(tmp_path / "no" / "folder.sqlite3")
    assert "cannot be written to" in storage_error(absent.value, tmp_path)
    wrapped = RuntimeError("broke off")
    wrapped.__cause__ = full.value
    assert "The disk is full" in storage_error(wrapped, tmp_path)
    assert storage_error(ValueError("our own"), tmp_path) == ""
    assert storage_error(FileNotFoundError(2, "No such file"), tmp_path) == ""


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("member", ["tweets.csv", "data/js/tweets/2016_06.js", "js/viewer.js", "data/js/user_details.js", "README.txt"])
def test_a_damaged_member_is_a_problem_of_that_member_only(repository: Repository, tmp_path: Path, method: int, member: str) -> None:
    folder, path = CASES / "twitter/months_2016/archive", tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            archive.write(file, file.relative_to(folder).as_posix())
        info = archive.getinfo(member)
    data = bytearray(path.read_bytes())
    at = info.header_offset + 30 + len(member)
    data[at + 4 : at + info.compress_size] = bytes(byte ^ 0xA5 for byte in data[at + 4 : at + info.compress_size])
    path.write_bytes(bytes(data))
    capture = taken(repository, path)
    assert [problem.member for problem in repository.catalog.problems(capture) if problem.code == "member-damaged"] == [member]


@pytest.mark.parametrize(
    "name", ["Icon\r", "data/Icon\r", "__MACOSX/data/._tweets.js", "data/.DS_Store", "Desktop.ini", "$RECYCLE.BIN/x", "._a"]
)
def test_what_a_computer_adds_is_ignored_with_a_reason(repository: Repository, tmp_path: Path, name: str) -> None:
    capture = taken(repository, zip_files({**x_files([tweet(1, "finder icon")]), name: ""}, tmp_path / "x.zip"))
    assert outcomes(repository, capture)[name] == ("ignored", COMMON_IGNORED["Icon\r"])
    assert repository.catalog.problems(capture) == []


def test_pictures_whose_names_differ_in_case_only_are_each_found(repository: Repository, tmp_path: Path) -> None:
    media = [
        {"id_str": str(n), "media_url_https": f"https://pbs.twimg.com/media/{base}", "type": "photo"}
        for n, base in enumerate(["FsAb.png", "FsAB.png"])
    ]
    number = tweet(1, "two pictures")["id_str"]
    files: dict[str, bytes | str] = {**x_files([tweet(1, "two pictures", extended_entities={"media": media})])}
    files |= {f"data/tweets_media/{number}-FsAb.png": b"one", f"data/tweets_media/{number}-FsAB.png": b"two"}
    taken(repository, zip_files(files, tmp_path / "x.zip"))
    (hit,) = Plan(repository, SearchRequest("pictures")).page().records
    assert [(attachment.member, attachment.size) for attachment in hit.view.attachments] == [(name, 3) for name in list(files)[-2:]]


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_picture_is_found_however_the_accents_of_its_name_are_written(
    repository: Repository, tmp_path: Path, stored: str, written: str
) -> None:
    picture = "your_facebook_activity/posts/media/Caf\u00e9/\u00e9t\u00e9.jpg"
    uri = unicodedata.normalize(written, picture).encode().decode("latin-1")  # as Meta writes it
    post = (
        '[{"timestamp": 1700000000, "attachments": [{"data": [{"media": {"uri": "' + uri + '", "creation_timestamp": 1700000000}}]}], '
        '"data": [{"post": "Summer"}], "title": "City"}]'
    )
    files = {FACEBOOK: post, unicodedata.normalize(stored, picture): b"jpeg"}
    capture = taken(repository, zip_files(files, tmp_path / "f.zip"))
    assert repository.catalog.problems(capture) == []
    assert {outcome for outcome, _ in outcomes(repository, capture).values()} == {"read"}
    (hit,) = Plan(repository, SearchRequest("summer")).page().records
    assert [(one.member, one.size) for one in hit.view.attachments] == [(picture, 4)]
    assert repository.vault.open_cached(repository.catalog.archive_digests(capture)).read(picture) == b"jpeg"


def test_encrypted_messages_and_renamed_files_reach_the_catalog(repository: Repository, tmp_path: Path) -> None:
    capture = taken(repository, zip_folder(CASES / "twitter/xchat_2026/archive", tmp_path / "x.zip"))
    view = repository.catalog.capture(capture)
    assert view is not None
    assert view.cannot_contain[0].startswith("Encrypted private messages: data/message-event.js holds 2 of them")
    assert outcomes(repository, capture)["data/block (1).js"][0] == "ignored"
