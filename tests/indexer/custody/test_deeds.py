"""Deeds against catalog, event log and vault, each with what finds it: without an anchor, with one, and by full verification."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.catalog.audit import AnchorState
from indexer.custody.indexing import rebuild
from indexer.custody.ingest import ingest
from indexer.custody.verify import Level, Verification, verify
from indexer.repository import Repository
from tests.support.repositories import repository_at, tweet, x_zip
from tests.support.tampering import recompute, sql

EVENTS = 260


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data")
    ingest(opened, [x_zip(tmp_path / "first.zip", [tweet(at, f"council {at}") for at in range(6)])], taken_by="ada", source="test")
    changed = [tweet(0, "council 0 and more"), *(tweet(at, f"council {at}") for at in range(1, 6))]
    second = x_zip(tmp_path / "second.zip", changed, generated="2024-02-01T12:00:00.000Z")
    ingest(opened, [second], taken_by="ada", source="test")
    for at in range(EVENTS):
        opened.audit.add("search:run", "gwen", f"query {at}")
    yield opened
    opened.close()


def change_event(repository: Repository) -> None:
    sql(repository, "UPDATE events SET actor='nora' WHERE id=5")


def delete_event(repository: Repository) -> None:
    sql(repository, "DELETE FROM events WHERE id=6")


def delete_first_event(repository: Repository) -> None:
    sql(repository, "DELETE FROM events WHERE id=1")


def delete_newest(repository: Repository) -> None:
    sql(repository, "DELETE FROM events WHERE id > (SELECT max(id) FROM events) - 200")


def delete_all(repository: Repository) -> None:
    sql(repository, "DELETE FROM events")


def recompute_chain(repository: Repository) -> None:
    sql(repository, "DELETE FROM events WHERE actor='gwen' AND id % 2", "UPDATE events SET actor='nora' WHERE actor='gwen'")
    recompute(repository)


def recompute_chain_of_same_length(repository: Repository) -> None:
    sql(repository, "UPDATE events SET actor='nora' WHERE actor='gwen'")
    recompute(repository)


def change_text(repository: Repository) -> None:
    sql(repository, "UPDATE versions SET text='FORGED' WHERE id=2")
    rebuild(repository, "mallory")


def change_title(repository: Repository) -> None:
    sql(repository, "UPDATE versions SET title='FORGED' WHERE id=2")


def change_text_and_digest(repository: Repository) -> None:
    from indexer.catalog import stored_data

    sql(repository, "UPDATE versions SET text='FORGED' WHERE id=2")
    with repository.db.connect() as connection:
        row = connection.exec_driver_sql("SELECT v.*, kind, native_id FROM versions v JOIN records ON pk=record_pk WHERE v.id=2").one()
    digest = stored_data.digest_of(row.kind, row.native_id, stored_data.content(row))
    sql(repository, f"UPDATE versions SET digest='{digest}' WHERE id=2")


def change_author(repository: Repository) -> None:
    sql(repository, "UPDATE versions SET author='mallory' WHERE id=2")


def change_time(repository: Repository) -> None:
    sql(repository, "UPDATE versions SET posted_ms=posted_ms+86400000 WHERE id=2")


def change_raw_digest(repository: Repository) -> None:
    sql(repository, f"UPDATE sightings SET raw_digest='{'0' * 64}' WHERE id=3")


def move_a_sighting(repository: Repository) -> None:
    sql(repository, "UPDATE sightings SET start=start+7 WHERE id=3")


def delete_record(repository: Repository) -> None:
    sql(
        repository,
        "DELETE FROM sightings WHERE record_pk=3",
        "DELETE FROM versions WHERE record_pk=3",
        "DELETE FROM records WHERE pk=3",
    )
    rebuild(repository, "mallory")


def delete_row_of_record(repository: Repository) -> None:
    sql(repository, "DELETE FROM records WHERE pk=3")


def delete_version(repository: Repository) -> None:
    sql(repository, "DELETE FROM versions WHERE record_pk=3")


def delete_sightings(repository: Repository) -> None:
    sql(repository, "DELETE FROM sightings WHERE record_pk=3")


def delete_problem_and_capture_counts(repository: Repository) -> None:
    sql(repository, "UPDATE captures SET zone='Asia/Tokyo' WHERE id=1")


def delete_capture(repository: Repository) -> None:
    digest = repository.catalog.archive_digests(2)[0]
    tables = ("sightings", "problems", "members", "capture_files", "absences")
    sql(
        repository,
        *(f"DELETE FROM {table} WHERE capture_id=2" for table in tables),
        "UPDATE records SET current_version_id=1, versions=1 WHERE pk=1",
        "DELETE FROM versions WHERE first_capture_id=2",
        "DELETE FROM captures WHERE id=2",
    )
    (repository.paths.vault / digest).unlink()


def delete_capture_with_events(repository: Repository) -> None:
    delete_capture(repository)
    sql(repository, "DELETE FROM events WHERE subject='capture 2'")
    recompute(repository)


def add_a_record(repository: Repository) -> None:
    sql(
        repository,
        "INSERT INTO records SELECT 99, replace(record_id, native_id, '77'), account_id, kind, '77', first_capture_id, 99, 1 FROM records WHERE pk=3",
        "INSERT INTO versions SELECT 99, 99, 1, first_capture_id, digest, author, title, text, url, posted_ms, posted_written, posted_rule, "
        "parent_id, thread_id, data FROM versions WHERE record_pk=3",
        "INSERT INTO sightings SELECT 99, 99, 99, capture_id, member, item, start, length, pointer, raw_digest, attached, folded FROM sightings "
        "WHERE record_pk=3 AND capture_id=1",
    )


def exchange_archive(repository: Repository) -> None:
    """Put another file in the vault, with all rows that name its digest."""
    digest = repository.catalog.archive_digests(1)[0]
    path = repository.paths.vault / digest
    forged = path.read_bytes() + b"\0" * 8
    other = hashlib.sha256(forged).hexdigest()
    (repository.paths.vault / other).write_bytes(forged)
    path.unlink()
    sql(repository, f"UPDATE captures SET digest='{other}' WHERE id=1", f"UPDATE capture_files SET digest='{other}' WHERE capture_id=1")


def show_an_older_version(repository: Repository) -> None:
    sql(repository, "UPDATE records SET current_version_id=1 WHERE pk=1")
    rebuild(repository, "mallory")


def rename_the_account(repository: Repository) -> None:
    sql(repository, "UPDATE accounts SET handle='mallory'")


def overwrite_a_page(repository: Repository) -> None:
    repository.db.dispose()
    path = repository.paths.data / str(repository.db.url.database)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name='versions'").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xde\xad" * (size // 2))


@dataclass(frozen=True)
class Deed:
    """Something done to a repository; which findings show it without anything, with an anchor, and by full verification."""

    do: Callable[[Repository], None]
    alone: frozenset[str] = frozenset()
    anchored: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()


def deed(do: Callable[[Repository], None], alone: str = "", anchored: str = "", full: str = "") -> Deed:
    return Deed(do, frozenset(alone.split()), frozenset(anchored.split()), frozenset(full.split()))


DEEDS = [
    deed(change_event, "broken"),
    deed(delete_event, "broken"),
    deed(delete_first_event, "broken EventMissing"),
    deed(delete_newest, anchored="LogCut"),
    deed(delete_all, "EventMissing", anchored="LogCut"),
    deed(recompute_chain, anchored="LogCut"),
    deed(recompute_chain_of_same_length, anchored="LogRewritten"),
    deed(change_text, "ContentChanged"),
    deed(change_title, "ContentChanged"),
    deed(change_text_and_digest, full="RecordChanged"),
    deed(change_author, full="RecordChanged"),
    deed(change_time, full="RecordChanged"),
    deed(change_raw_digest, "RawChanged"),
    deed(move_a_sighting, "RawChanged"),
    deed(delete_record, "CaptureChanged"),
    deed(delete_row_of_record, "RowsMissing CaptureChanged"),
    deed(delete_version, "RowsMissing CaptureChanged"),
    deed(delete_sightings, "RowsMissing CaptureChanged"),
    deed(delete_problem_and_capture_counts, "CaptureChanged"),
    deed(delete_capture, "CaptureMissing"),
    deed(delete_capture_with_events, anchored="LogCut"),
    deed(add_a_record, "CaptureChanged"),
    deed(exchange_archive, "CaptureChanged"),
    deed(show_an_older_version, full="RecordChanged"),
    deed(rename_the_account, full="RecordChanged"),
    deed(overwrite_a_page, "CatalogDamaged"),
]


def kinds(check: Verification) -> set[str]:
    return {*check.counts, *(["broken"] if check.log_broken_at is not None else [])}


@pytest.mark.parametrize("deed", DEEDS, ids=lambda one: one.do.__name__)
def test_a_deed_is_found(repository: Repository, deed: Deed) -> None:
    anchor = repository.audit.anchor()
    deed.do(repository)
    assert deed.alone | deed.anchored <= kinds(verify(repository, "ada", anchor=anchor))
    alone = kinds(verify(repository, "ada"))
    assert deed.alone <= alone
    if not deed.alone:
        assert alone == set(), "the documentation says that this cannot be found so"
    if deed.full:
        assert deed.full <= kinds(verify(repository, "ada", level=Level.FULL))


@pytest.mark.parametrize("level", Level)
def test_what_nobody_touched_has_no_finding(repository: Repository, level: Level) -> None:
    anchor = repository.audit.anchor()
    repository.audit.add("search:run", "gwen", "one more")
    seen = []
    check = verify(repository, "ada", lambda stage, _done, _total: seen.append(stage), level=level, anchor=anchor)
    assert (check.findings, check.went_well, check.anchor, check.raw_only) == ((), True, AnchorState.HOLDS, ())
    assert "hashing" in seen
    assert ("reading again" in seen) == (level is Level.FULL)
    assert repository.audit.newest(1)[0].tag == "vault:verified"


def test_full_verification_changes_nothing(repository: Repository) -> None:
    def state_of() -> list[object]:
        with repository.db.connect() as connection:
            tables = ("records", "versions", "sightings", "outbox", "meta", "accounts", "captures", "absences")
            return [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]

    before = state_of()
    assert verify(repository, "ada", level=Level.FULL).went_well
    assert state_of() == before


def test_full_names_the_record_the_field_and_both_values(repository: Repository) -> None:
    sql(repository, "UPDATE versions SET author='mallory' WHERE id=2")
    (found,) = verify(repository, "ada", level=Level.FULL).findings
    assert found.name.endswith(tweet(1, "")["id"])
    assert "author is mallory in the catalog and OzarkBendMO in archive 1" in found.message


def test_a_changed_importer_is_said_and_the_raw_level_counts(repository: Repository) -> None:
    sql(repository, "UPDATE captures SET importer_version='0' WHERE id=1", "UPDATE versions SET author='mallory' WHERE id=2")
    from indexer.custody.verify import proves

    check = verify(repository, "ada", level=Level.FULL)
    assert (check.findings, check.raw_only) == ((), (1,))
    assert any("The importer has changed since these archives were read" in one for one in proves(check))


@pytest.mark.parametrize("deed", ["flip", "remove"])
def test_a_damaged_file_of_the_index_is_named(repository: Repository, deed: str) -> None:
    assert repository.index.count()
    repository.release_index()
    path = max(repository.index_folder.glob("*.term"), key=lambda one: one.stat().st_size)
    content = bytearray(path.read_bytes())
    path.unlink()
    if deed == "flip":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    check = verify(repository, "ada")
    assert kinds(check) == {"IndexDamaged"}
    assert path.name in {one.name for one in check.findings}
