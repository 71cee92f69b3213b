"""Names and merges are shown everywhere and change no evidence; taken back, all is as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from indexer.certificates import certify, write
from indexer.certificates import verify as certificate_check
from indexer.certificates.check_words import sentences
from indexer.custody import accounts
from indexer.custody.indexing import rebuild
from indexer.custody.ingest import ingest
from indexer.custody.set_aside import DecisionRefused, set_aside
from indexer.custody.verify import Level, verify
from indexer.query.filters import Filters
from indexer.repository import Repository
from indexer.search.as_json import results as results_json
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.repositories import repository_at
from tests.support.town import CITY_ID, MESSAGE_CANARY, city_archive, post, x_archive

pytestmark = pytest.mark.databases

OTHER, OTHER_ID = "BluffCity", "880011"
SENDER = "990011"


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", request.param)
    ingest(opened, [city_archive(tmp_path / "city.zip")], taken_by="Pat", source="test")
    posts = [
        post(1_000_000_000_000_000_500 + at, f"An older notice {at} on the flood", "Mon Mar 05 18:00:00 +0000 2012") for at in range(3)
    ]
    ingest(opened, [x_archive(tmp_path / "other.zip", OTHER, OTHER_ID, posts, [], {})], taken_by="Pat", source="test")
    yield opened
    opened.close()


def number(repository: Repository, native_id: str) -> int:
    return next(one.id for one in repository.catalog.accounts() if one.native_id == native_id)


def count(repository: Repository, query: str = "*", **filters: object) -> int:
    results = Plan(repository, SearchRequest(query, Filters(**filters))).page()  # type: ignore[arg-type]  # one filter at a time
    assert results.answered
    return results.total


def state(repository: Repository) -> str:
    """Return what a reader sees: all records, counts, facets, coverage, the accounts and the captures."""
    views = [str(view) for view in Plan(repository, SearchRequest("*")).views()]
    answer = results_json(Plan(repository, SearchRequest("flood")).page(), repository.zone, None)
    answer.pop("took_ms", None)
    accounts_now = [str(one) for one in repository.catalog.accounts()]
    finds = [count(repository, query) for query in (f"account:{OTHER}", "account:OsageBluffMO", f"account:{OTHER_ID}", f"author:{SENDER}")]
    return json.dumps([views, answer, accounts_now, [str(one) for one in repository.catalog.captures()], finds], default=str)


def merged(repository: Repository) -> None:
    accounts.merge(repository, number(repository, OTHER_ID), number(repository, CITY_ID), "Rhea")


UNDONE: dict[str, tuple[Callable[[Repository], object], Callable[[Repository], object], list[str]]] = {
    "account": (
        lambda repository: accounts.name_account(repository, number(repository, OTHER_ID), handle="@renamed", name="A Name", actor="Rhea"),
        lambda repository: accounts.unname_account(repository, number(repository, OTHER_ID), "Rhea"),
        ["account:unnamed", "account:named"],
    ),
    "person": (
        lambda repository: accounts.name_person(repository, "twitter", SENDER, "Jane Roe", "Rhea"),
        lambda repository: accounts.unname_person(repository, "twitter", SENDER, "Rhea"),
        ["person:unnamed", "person:named"],
    ),
    "merge": (merged, lambda repository: accounts.unmerge(repository, 2, "Rhea"), ["account:unmerged", "account:merged"]),
}


@pytest.mark.parametrize("what", UNDONE)
def test_what_is_taken_back_leaves_all_as_it_was_and_both_are_events(repository: Repository, what: str) -> None:
    do, undo, tags = UNDONE[what]
    before = state(repository)
    do(repository)
    during = state(repository)
    assert list(verify(repository, "Pat", level=Level.FULL).findings) == []
    assert during != before
    rebuild(repository, "Pat")
    assert state(repository) == during, "the index follows without being built anew"
    undo(repository)
    assert state(repository) == before
    assert [one.tag for one in repository.audit.newest(4) if one.tag not in {"index:rebuilt", "vault:verified"}] == tags
    assert all(one.actor == "Rhea" for one in repository.audit.newest(4) if one.tag in tags)


def test_a_named_account_is_called_so_everywhere_and_found_by_its_name(repository: Repository) -> None:
    this = number(repository, OTHER_ID)
    ids = sorted(view.record_id for view in Plan(repository, SearchRequest("notice")).views())
    accounts.name_account(repository, this, handle="@Bluff_Archive", name="The old account", actor="Rhea")
    view = next(iter(Plan(repository, SearchRequest("notice")).views()))
    assert (view.account.handle_or_name, view.account.name) == ("Bluff_Archive", "The old account")
    assert sorted(view.record_id for view in Plan(repository, SearchRequest("notice")).views()) == ids
    assert count(repository, "account:bluff_archive") == count(repository, 'account:"the old account"') == 3
    results = Plan(repository, SearchRequest("notice")).page()
    assert results.coverage is not None
    assert "@Bluff_Archive" in {one.label for one in results.coverage.accounts}
    assert {one.label for one in results.facets["account"]} == {"@Bluff_Archive (X / Twitter)"}


def test_a_later_archive_does_not_undo_a_given_name(repository: Repository, tmp_path: Path) -> None:
    accounts.name_account(repository, number(repository, OTHER_ID), handle="given", actor="Rhea")
    later = [post(1_700_000_000_000_000_001, "A later notice", "Mon Mar 06 18:00:00 +0000 2023")]
    ingest(repository, [x_archive(tmp_path / "c.zip", "renamed", OTHER_ID, later, [], {})], taken_by="Pat", source="test")
    assert count(repository, "account:given") == 4
    accounts.unname_account(repository, number(repository, OTHER_ID), "Rhea")
    assert count(repository, "account:renamed") == 4


def test_a_named_person_is_shown_and_found_and_the_evidence_is_as_it_was(repository: Repository) -> None:
    before = next(iter(Plan(repository, SearchRequest(MESSAGE_CANARY)).views()))
    raw = repository.raw(before.origin)
    assert accounts.name_person(repository, "twitter", SENDER, "Jane Roe", "Rhea") == count(repository, f"author:{SENDER}") == 3
    view = next(iter(Plan(repository, SearchRequest(MESSAGE_CANARY)).views()))
    assert (view.content.author, view.content.author_id) == (f"Jane Roe (X user {SENDER})", SENDER)
    assert (view.content_digest, repository.raw(view.origin), view.record_id) == (before.content_digest, raw, before.record_id)
    assert count(repository, 'author:"jane roe"') == 3
    assert count(repository, authors=frozenset({SENDER})) == 3, "a kept filter still means the person"
    facet = Plan(repository, SearchRequest(MESSAGE_CANARY)).page().facets["author"]
    assert [(one.value, one.label) for one in facet] == [(SENDER, f"Jane Roe (X user {SENDER})")]


def test_merged_accounts_are_one_in_search_facets_coverage_and_captures(repository: Repository) -> None:
    city, other = number(repository, CITY_ID), number(repository, OTHER_ID)
    ids = sorted(view.record_id for view in Plan(repository, SearchRequest("*")).views())
    both = count(repository, accounts=frozenset({city})) + count(repository, accounts=frozenset({other}))
    merged(repository)
    (whole,) = repository.catalog.accounts()
    assert (whole.id, whole.records, [part.id for part in whole.parts]) == (city, both, [other])
    assert count(repository, accounts=frozenset({city})) == both == count(repository)
    assert (
        count(repository, f"account:{OTHER}")
        == count(repository, f"account:{OTHER_ID}")
        == count(repository, "account:OsageBluffMO")
        == both
    )
    results = Plan(repository, SearchRequest("*")).page()
    assert [(one.value, one.count) for one in results.facets["account"]] == [(str(city), both)]
    assert results.coverage is not None
    (days,) = results.coverage.accounts
    assert (days.label, days.first_record) == ("@OsageBluffMO", date(2012, 3, 5))
    assert {one.account.id for one in Plan(repository, SearchRequest("*")).views()} == {city}
    assert {one.account.id for one in repository.catalog.captures() if one.account} == {city}
    assert sorted(view.record_id for view in Plan(repository, SearchRequest("*")).views()) == ids
    assert Plan(repository, SearchRequest("flood", as_of=date(2023, 5, 1))).page().total == count(repository, "flood")


def test_a_later_archive_of_a_part_belongs_to_the_whole(repository: Repository, tmp_path: Path) -> None:
    merged(repository)
    later = [post(1_700_000_000_000_000_001, "A later notice", "Mon Mar 06 18:00:00 +0000 2023")]
    ingest(repository, [x_archive(tmp_path / "c.zip", OTHER, OTHER_ID, later, [], {})], taken_by="Pat", source="test")
    (whole,) = repository.catalog.accounts()
    assert count(repository, accounts=frozenset({whole.id})) == count(repository) == whole.records


def test_a_part_whose_captures_are_set_aside_leaves_the_rest(repository: Repository) -> None:
    merged(repository)
    before = count(repository)
    set_aside(repository, 2, "not ours", "Rhea")
    (whole,) = repository.catalog.accounts()
    assert (whole.records, count(repository), whole.parts) == (before - 3, before - 3, ())
    assert [part.native_id for part in repository.catalog.accounts(with_set_aside=True)[0].parts] == [OTHER_ID]


def test_what_is_merged_into_a_part_goes_along(repository: Repository, tmp_path: Path) -> None:
    third = [post(1_700_000_000_000_000_009, "A third", "Mon Mar 06 18:00:00 +0000 2023")]
    ingest(repository, [x_archive(tmp_path / "c.zip", "third", "990099", third, [], {})], taken_by="Pat", source="test")
    accounts.merge(repository, 3, 2, "Rhea")
    accounts.merge(repository, 2, 1, "Rhea")
    (whole,) = repository.catalog.accounts()
    assert whole.numbers == {1, 2, 3}
    accounts.unmerge(repository, 2, "Rhea")
    assert [sorted(one.numbers) for one in sorted(repository.catalog.accounts(), key=lambda one: one.id)] == [[1, 3], [2]]


@pytest.mark.parametrize(
    "refused",
    [
        lambda repository: accounts.merge(repository, 1, 1, "Rhea"),
        lambda repository: accounts.merge(repository, 1, 99, "Rhea"),
        lambda repository: accounts.unmerge(repository, 1, "Rhea"),
        lambda repository: accounts.name_account(repository, 1, handle=" @ ", name="  ", actor="Rhea"),
        lambda repository: accounts.name_account(repository, 1, handle="two words", actor="Rhea"),
        lambda repository: accounts.name_account(repository, 99, handle="x", actor="Rhea"),
        lambda repository: accounts.unname_account(repository, 1, "Rhea"),
        lambda repository: accounts.name_person(repository, "twitter", "Jane", "Jane Roe", "Rhea"),
        lambda repository: accounts.name_person(repository, "twitter", "12", " ", "Rhea"),
        lambda repository: accounts.name_person(repository, "myspace", "12", "Jane Roe", "Rhea"),
        lambda repository: accounts.unname_person(repository, "twitter", "12", "Rhea"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(
    repository: Repository, refused: Callable[[Repository], object]
) -> None:
    before, events = state(repository), repository.audit.last_id()
    with pytest.raises(DecisionRefused) as told:
        refused(repository)
    assert str(told.value)
    assert (state(repository), repository.audit.last_id()) == (before, events)


def test_a_certificate_of_a_part_is_checked_against_the_whole(repository: Repository, tmp_path: Path) -> None:
    request = SearchRequest("flood", Filters(accounts=frozenset({number(repository, OTHER_ID)})))
    with certify(Plan(repository, request), by="Rhea") as made:
        write(repository, made, tmp_path / "c.json", actor="Rhea")
    merged(repository)
    check = certificate_check.verify(repository, tmp_path / "c.json", by="Rhea")
    assert (check.accounts_missing, check.gone, len(check.new)) == ((), (), 4)
    assert any("was merged into another account" in line for line in sentences(check))
