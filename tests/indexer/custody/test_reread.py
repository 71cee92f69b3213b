"""An archive that is read again ends as if today's importer had read it at first, whatever an older one made of it; nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.database import transaction
from indexer.catalog.tables import captures, problems, records, sightings, versions
from indexer.custody.indexing import rebuild
from indexer.custody.ingest import ingest
from indexer.custody.read_again import differences, open_again
from indexer.custody.reread import outdated, reread
from indexer.custody.set_aside import DecisionRefused, set_aside
from indexer.custody.verify import Level, verify
from indexer.evidence.archive import ArchiveError
from indexer.importers import get_importer
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.repositories import repository_at, tweet, x_zip

pytestmark = pytest.mark.databases

FACEBOOK = {
    "profile_information/profile_information.json": '{"profile_v2": {"name": {"full_name": "City of Ozark Bend"}}}',
    "posts/your_posts_1.json": msgspec.json.encode(
        [{"timestamp": 1_600_000_000 + at, "data": [{"post": f"Notice number {at}"}], "title": ""} for at in range(5)]
    ).decode(),
}


@pytest.fixture(params=["x", "facebook"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """One platform that gives ids, and one whose ids are made of what is read."""
    if request.param == "x":
        return x_zip(tmp_path / "a.zip", [tweet(at, f"Notice number {at}") for at in range(5)])
    return zip_files(FACEBOOK, tmp_path / "a.zip")


def take(repository: Repository, path: Path) -> int:
    return ingest(repository, [path], taken_by="Pat", source="test").capture_id


def texts(repository: Repository, query: str = "*") -> list[tuple[str, str]]:
    return sorted((view.content.text, str(view.content.posted_at)) for view in Plan(repository, SearchRequest(query)).views())


Old = Callable[[sa.Connection], None]


def _change(connection: sa.Connection, **values: Any) -> None:
    """Let an older importer have read the second record otherwise."""
    connection.execute(versions.update().where(versions.c.id == 2).values(**values))
    row = connection.execute(
        sa.select(versions, records.c.kind, records.c.native_id)
        .join(records, records.c.pk == versions.c.record_pk)
        .where(versions.c.id == 2)
    ).one()
    made = stored_data.digest_of(row.kind, row.native_id, stored_data.content(row))
    connection.execute(versions.update().where(versions.c.id == 2).values(digest=made))


def other_id(connection: sa.Connection) -> None:
    was = connection.execute(sa.select(records.c.record_id).where(records.c.pk == 2)).scalar_one()
    record_id = f"{was.rpartition(':')[0]}:made-otherwise"
    connection.execute(records.update().where(records.c.pk == 2).values(native_id="made-otherwise", record_id=record_id))
    _change(connection, text="read otherwise", posted_ms=None, posted_written="", posted_rule="")


def unread(connection: sa.Connection) -> None:
    for table, column in ((sightings, sightings.c.record_pk), (versions, versions.c.record_pk), (records, records.c.pk)):
        connection.execute(table.delete().where(column == 2))


def a_problem(connection: sa.Connection) -> None:
    connection.execute(problems.insert().values(capture_id=1, member="x", item=1, code="bad-date", message="?"))


OLD: dict[str, Old] = {
    "as today": lambda _connection: None,
    "another text": lambda connection: _change(connection, text="read otherwise"),
    "a text cut off": lambda connection: _change(connection, text=""),
    "no time": lambda connection: _change(connection, posted_ms=None, posted_written="", posted_rule=""),
    "another time": lambda connection: _change(connection, posted_ms=1_000_000_000_000),
    "another author": lambda connection: _change(connection, author="an address"),
    "other data": lambda connection: _change(connection, data=b'{"hashtags":["no"]}'),
    "wrong record ID": other_id,
    "another place": lambda connection: (
        connection.execute(sightings.update().where(sightings.c.id == 2).values(item=99, pointer="there")) and None
    ),
    "not read": unread,
    "a problem that is none": a_problem,
}


@pytest.mark.parametrize("old", OLD)
def test_what_an_older_importer_read_otherwise_becomes_as_a_first_reading_would_be(repository: Repository, archive: Path, old: str) -> None:
    number = take(repository, archive)
    wanted = texts(repository)
    with transaction(repository.db) as connection:
        OLD[old](connection)
        connection.execute(captures.update().values(importer_version="0"))
    rebuild(repository, "Pat")
    assert [one.id for one in outdated(repository)] == [number]
    report = reread(repository, number, "Rhea")
    assert texts(repository) == wanted
    capture = repository.catalog.capture(number)
    assert capture is not None
    assert (capture.importer_version, capture.problems, capture.sightings, outdated(repository)) == (
        get_importer(capture.importer).version,
        0,
        5,
        [],
    )
    assert list(differences(repository, open_again(repository, capture))) == []
    assert report.not_read == ()
    assert repository.index.count() == repository.catalog.count() == 5
    assert all(view.versions == 1 for view in Plan(repository, SearchRequest("*")).views()), "a reading is no edit"
    assert list(verify(repository, "Pat", level=Level.FULL).findings) == []
    event = repository.audit.newest(2)[1]
    assert (event.tag, event.actor, event.subject) == ("capture:reread", "Rhea", f"capture {number}")
    again = reread(repository, number, "Rhea")
    assert (again.corrected, again.added) == (0, 0), "a second time there is nothing to do"


@pytest.mark.parametrize("old", ["another text", "no time", "another time", "wrong record ID"])
def test_the_reading_before_stays_with_the_record_and_its_id(repository: Repository, archive: Path, old: str) -> None:
    number = take(repository, archive)
    with transaction(repository.db) as connection:
        OLD[old](connection)
        record_id, was = connection.execute(
            sa.select(records.c.record_id, versions.c.text).join(versions, versions.c.record_pk == records.c.pk).where(records.c.pk == 2)
        ).one()
    assert reread(repository, number, "Rhea").corrected == 1
    view = repository.catalog.record(record_id)
    assert view is not None
    assert (view.content.text.startswith("Notice number"), view.version) == (True, 2)
    (before,) = repository.catalog.earlier_readings(view.pk)
    capture = repository.catalog.capture(number)
    assert capture is not None
    taken_in_by = get_importer(capture.importer).version
    assert (before.view.content.text, before.view.version, before.importer_version, before.capture_id) == (was, 1, taken_in_by, number)
    assert [one.version for one in repository.catalog.versions(view.pk)] == [2]


def test_a_wrong_reading_is_not_found_any_more(repository: Repository, archive: Path) -> None:
    number = take(repository, archive)
    with transaction(repository.db) as connection:
        _change(connection, text="quagfire")
    reread(repository, number, "Rhea")
    assert texts(repository, "quagfire") == []
    assert len(texts(repository, "notice")) == 5


def test_a_record_that_is_not_read_any_more_stays_and_is_told(repository: Repository, archive: Path) -> None:
    number = take(repository, archive)
    with transaction(repository.db) as connection:
        row = connection.execute(sa.select(records).where(records.c.pk == 1)).one()._mapping
        version = connection.execute(sa.select(versions).where(versions.c.record_pk == 1)).one()._mapping
        seen = connection.execute(sa.select(sightings).where(sightings.c.record_pk == 1)).one()._mapping
        connection.execute(
            records.insert().values(**{**row, "pk": 90, "record_id": "only:then", "native_id": "then", "current_version_id": 90})
        )
        connection.execute(
            versions.insert().values(**{**version, "id": 90, "record_pk": 90, "text": "only the older importer", "digest": "d"})
        )
        connection.execute(sightings.insert().values(**{**seen, "id": 90, "record_pk": 90, "version_id": 90, "start": 7}))
    report = reread(repository, number, "Rhea")
    assert report.not_read == ("only:then",)
    assert texts(repository, '"only the older importer"') != []
    (event,) = repository.audit.newest(1)
    assert msgspec.json.decode(event.detail)["not_read_ids"] == ["only:then"]
    for _ in range(2):
        capture = repository.catalog.capture(number)
        assert capture is not None
        assert list(differences(repository, open_again(repository, capture))) == []
        assert (repository.catalog.is_not_read(90), repository.catalog.is_not_read(1)) == (True, False)
        assert repository.catalog.earlier_readings(90) == []
        assert reread(repository, number, "Rhea").not_read == ("only:then",)


def test_readings_of_two_archives_become_one_again(repository: Repository, tmp_path: Path) -> None:
    """An archive that was read by the older importer, and a later one by today's: made ids differ until the first is read again."""
    first = take(repository, zip_files(FACEBOOK, tmp_path / "a.zip"))
    with transaction(repository.db) as connection:
        other_id(connection)
        cited = connection.execute(sa.select(records.c.record_id).where(records.c.pk == 2)).scalar_one()
    second = take(repository, zip_files({**FACEBOOK, "posts/note.txt": "x"}, tmp_path / "b.zip"))
    assert repository.catalog.count() == 6
    report = reread(repository, first, "Rhea")
    assert (report.corrected, report.not_read, repository.catalog.count(), repository.index.count()) == (1, (), 5, 5)
    moved = repository.catalog.record(cited)
    assert moved is not None, "the id that was cited leads to the record"
    assert {one.origin.capture_id for one in repository.catalog.sightings(moved.pk)} == {first, second}
    assert [one.view.content.text for one in repository.catalog.earlier_readings(moved.pk)] == ["read otherwise"]
    assert list(verify(repository, "Pat", level=Level.FULL).findings) == []
    for number in (first, second):
        capture = repository.catalog.capture(number)
        assert capture is not None
        assert list(differences(repository, open_again(repository, capture))) == []


def test_a_later_archive_finds_a_record_whose_id_comes_out_otherwise_today(repository: Repository, tmp_path: Path) -> None:
    first = take(repository, zip_files(FACEBOOK, tmp_path / "a.zip"))
    with transaction(repository.db) as connection:
        other_id(connection)
    reread(repository, first, "Rhea")
    take(repository, zip_files({**FACEBOOK, "posts/note.txt": "x"}, tmp_path / "b.zip"))
    assert repository.catalog.count() == repository.index.count() == 5
    assert all(view.versions == 1 for view in Plan(repository, SearchRequest("*")).views())


def test_a_zone_that_was_set_is_kept(repository: Repository, tmp_path: Path) -> None:
    number = ingest(repository, [zip_files(FACEBOOK, tmp_path / "a.zip")], taken_by="Pat", source="test", zone_name="Asia/Tokyo").capture_id
    before = texts(repository)
    assert reread(repository, number, "Rhea").corrected == 0
    assert texts(repository) == before


def test_what_cannot_be_read_again_changes_nothing(repository: Repository, archive: Path) -> None:
    number = take(repository, archive)
    with pytest.raises(DecisionRefused):
        reread(repository, 77, "Rhea")
    set_aside(repository, number, "wrong", "Rhea")
    with pytest.raises(DecisionRefused):
        reread(repository, number, "Rhea")
    assert outdated(repository) == []


def test_missing_evidence_is_said_and_nothing_is_changed(repository: Repository, archive: Path) -> None:
    number = take(repository, archive)
    before = texts(repository)
    repository.vault.path(repository.catalog.archive_digests(number)[0]).rename(archive.parent / "away")
    with pytest.raises((ArchiveError, OSError)):
        reread(repository, number, "Rhea")
    assert texts(repository) == before
    assert repository.audit.newest(1)[0].tag == "capture:taken"


KILLED = """
import sys
from pathlib import Path
from tests.support.repositories import repository_at
from indexer.custody.reread import reread
repository = repository_at(Path(sys.argv[1]))
print("begun", flush=True)
reread(repository, 1, "Rhea")
print("done", flush=True)
"""


@pytest.mark.parametrize("after", [0.0, 0.02, 0.05, 0.1, 0.2])
def test_killed_anywhere_the_catalog_is_as_before_or_as_after(tmp_path: Path, after: float) -> None:
    repository = repository_at(tmp_path / "data")
    take(repository, x_zip(tmp_path / "a.zip", [tweet(at, f"Notice number {at}") for at in range(600)]))
    wanted = texts(repository)
    with transaction(repository.db) as connection:
        connection.execute(versions.update().values(text="read otherwise", digest="other"))
    repository.close()
    root = Path(__file__).parents[3]
    killed = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / "data")], cwd=root, stdout=subprocess.PIPE)
    assert killed.stdout is not None
    killed.stdout.readline()
    time.sleep(after)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    repository = repository_at(tmp_path / "data")
    held = {view.content.text for view in repository.catalog.stream(range(1, 601))}
    assert held == {"read otherwise"} or len(held) == 600
    reread(repository, 1, "Rhea")
    assert texts(repository) == wanted
    assert repository.audit.broken_at() is None
    repository.close()
