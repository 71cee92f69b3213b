"""A capture that is set aside is nowhere any more but in the vault and the log; restored, all is as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from indexer.catalog.database import transaction
from indexer.catalog.tables import captures, records
from indexer.custody.indexing import rebuild
from indexer.custody.ingest import ingest, recover
from indexer.custody.set_aside import DecisionRefused, restore, set_aside
from indexer.custody.verify import Level, verify
from indexer.evidence.fixity import Finding
from indexer.query.filters import Filters
from indexer.repository import Repository
from indexer.search.as_json import results as results_json
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.repositories import repository_at, tweet, x_zip

pytestmark = pytest.mark.databases


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", request.param)
    yield opened
    opened.close()


def take(repository: Repository, folder: Path, name: str, tweets: list[dict[str, Any]], generated: str) -> int:
    return ingest(repository, [x_zip(folder / name, tweets, generated=generated)], taken_by="Pat", source="test").capture_id


@pytest.fixture
def both(repository: Repository, tmp_path: Path) -> tuple[int, int]:
    """Two archives: 1 only in the first, 2 in both, 3 with other words in each, 4 only in the second."""
    first = take(
        repository, tmp_path, "a.zip", [tweet(1, "only first"), tweet(2, "both"), tweet(3, "old wording")], "2021-02-01T12:00:00.000Z"
    )
    second = take(
        repository, tmp_path, "b.zip", [tweet(2, "both"), tweet(3, "new wording"), tweet(4, "only second")], "2023-02-01T12:00:00.000Z"
    )
    return first, second


def whole(repository: Repository) -> bool:
    """Verify in full: evidence, catalog, event log and index fit each other."""
    check = verify(repository, "Pat", level=Level.FULL)
    assert list(check.findings) == []
    return check.log_broken_at is None


def find(repository: Repository, query: str) -> list[str]:
    return sorted(view.content.text for view in Plan(repository, SearchRequest(query)).views())


def state(repository: Repository) -> str:
    """Return all that a reader sees: every record with versions, sightings and absences, coverage and counts."""
    found = []
    for view in Plan(repository, SearchRequest("*")).views():
        versions = [(one.version, one.content.text) for one in repository.catalog.versions(view.pk)]
        sightings = [(one.origin.capture_id, one.version) for one in repository.catalog.sightings(view.pk)]
        found.append([view.record_id, view.version, view.versions, str(view.not_in_capture_of), versions, sightings])
    answer = results_json(Plan(repository, SearchRequest("wording")).page(), "America/Chicago", None)
    captures = [(one.id, one.absent, one.state) for one in repository.catalog.captures()]
    counts = [repository.catalog.count(), repository.index.count(), captures, [a.records for a in repository.catalog.accounts()]]
    answer.pop("took_ms", None)
    return json.dumps([found, answer, counts], default=str)


def test_what_only_a_set_aside_archive_lacks_is_absent_no_more(repository: Repository, both: tuple[int, int]) -> None:
    assert find(repository, "is:absent") == ["only first"]
    set_aside(repository, both[1], "not ours", "Pat")
    assert find(repository, "is:absent") == []
    restore(repository, both[1], "Pat")
    assert find(repository, "is:absent") == ["only first"]


@pytest.mark.parametrize("aside", [0, 1])
def test_restored_all_is_as_it_was(repository: Repository, both: tuple[int, int], aside: int) -> None:
    before = state(repository)
    set_aside(repository, both[aside], "not ours", "Pat")
    assert state(repository) != before
    restore(repository, both[aside], "Pat")
    assert state(repository) == before
    assert whole(repository)
    assert [one.tag for one in repository.audit.newest(3)][1:] == ["capture:restored", "capture:set-aside"]


@pytest.mark.parametrize("aside", [0, 1])
def test_what_is_left_is_what_the_other_archive_alone_would_be(repository: Repository, both: tuple[int, int], aside: int) -> None:
    set_aside(repository, both[aside], "not ours", "Pat")
    kept = [["both", "new wording", "only second"], ["both", "old wording", "only first"]][aside]
    gone = [["old wording", "only first"], ["new wording", "only second"]][aside]
    assert find(repository, "*") == kept
    assert [find(repository, f'"{text}"') for text in gone] == [[], []]
    assert repository.index.count() == repository.catalog.count() == 3
    assert all(view.versions == 1 and not view.not_in_capture_of for view in Plan(repository, SearchRequest("*")).views())
    assert [one.id for one in repository.catalog.captures()] == [both[1 - aside]]
    rebuild(repository, "Pat")
    assert find(repository, "*") == kept


def test_an_account_with_nothing_left_is_in_no_scope(repository: Repository, both: tuple[int, int]) -> None:
    for capture_id in both:
        set_aside(repository, capture_id, "somebody else's", "Pat")
    results = Plan(repository, SearchRequest("*")).page()
    assert (results.total, results.held, repository.catalog.accounts()) == (0, 0, [])
    assert results.coverage is not None
    assert results.coverage.accounts == ()
    assert [one.id for one in repository.catalog.captures(with_set_aside=True)] == [2, 1]


def test_a_record_that_only_a_set_aside_capture_holds_is_not_there_and_its_captures_are_named(
    repository: Repository, both: tuple[int, int]
) -> None:
    lost, kept = (next(iter(Plan(repository, SearchRequest(words)).views())).record_id for words in ('"only first"', '"both"'))
    set_aside(repository, both[0], "wrong", "Pat")
    assert repository.catalog.record(lost) is None
    assert [one.id for one in repository.catalog.captures_set_aside(lost)] == [both[0]]
    assert repository.catalog.captures_set_aside(kept) == []


def test_the_evidence_stays_and_is_verified(repository: Repository, both: tuple[int, int]) -> None:
    files = repository.catalog.vault_files()
    set_aside(repository, both[0], "wrong", "Pat")
    recover(repository)
    assert whole(repository)
    assert repository.catalog.vault_files() == files
    assert len(set(repository.vault.digests())) == 2


def test_handing_in_a_set_aside_archive_again_takes_nothing_in_and_shows_nothing(
    repository: Repository, both: tuple[int, int], tmp_path: Path
) -> None:
    set_aside(repository, both[0], "wrong", "Pat")
    report = ingest(repository, [tmp_path / "a.zip"], taken_by="Pat", source="test")
    assert (report.already_captured, report.capture_id, report.capture.aside is not None) == (True, both[0], True)
    assert "only first" not in find(repository, "*")


def test_a_later_archive_brings_a_hidden_record_back(repository: Repository, both: tuple[int, int], tmp_path: Path) -> None:
    set_aside(repository, both[0], "wrong", "Pat")
    take(repository, tmp_path, "c.zip", [tweet(1, "only first"), tweet(2, "both")], "2024-02-01T12:00:00.000Z")
    assert find(repository, '"only first"') == ["only first"]
    assert find(repository, '"old wording"') == []


@pytest.mark.parametrize(("why", "number", "twice"), [("", 1, False), ("   ", 1, False), ("wrong", 99, False), ("wrong", 1, True)])
def test_what_cannot_be_set_aside_is_refused_and_changes_nothing(
    repository: Repository, both: tuple[int, int], why: str, number: int, *, twice: bool
) -> None:
    assert both == (1, 2)
    if twice:
        set_aside(repository, 1, "wrong", "Pat")
    before = state(repository)
    with pytest.raises(DecisionRefused):
        set_aside(repository, number, why, "Pat")
    with pytest.raises(DecisionRefused):
        restore(repository, 2, "Pat")
    assert state(repository) == before


def test_filters_of_an_account_find_what_is_left(repository: Repository, both: tuple[int, int]) -> None:
    set_aside(repository, both[0], "wrong", "Pat")
    account = repository.catalog.accounts()[0]
    assert account.records == 3
    assert Plan(repository, SearchRequest("*", Filters(accounts=frozenset({account.id})))).page().total == 3


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        (captures.update().where(captures.c.id == 1).values(state="set aside"), Finding.CAPTURE_CHANGED),
        (records.update().where(records.c.pk == 1).values(current_version_id=None), Finding.ROWS_MISSING),
    ],
)
def test_what_is_hidden_without_an_event_is_found(
    repository: Repository, both: tuple[int, int], tampering: sa.Update, finding: Finding
) -> None:
    assert both == (1, 2)
    with transaction(repository.db) as connection:
        connection.execute(tampering)
    assert finding in {one.finding for one in verify(repository, "Pat").findings}
