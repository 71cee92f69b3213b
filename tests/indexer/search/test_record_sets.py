"""A record set limits a search as one more condition: whatever is made of it stays inside, and it never proves zero or coverage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexer.certificates import certify, write
from indexer.certificates.verify import verify
from indexer.custody.ingest import ingest
from indexer.productions.package_search import describe
from indexer.query.filters import Filters, Permission, Sort
from indexer.query.reading_words import TABLES
from indexer.repository import Repository
from indexer.search import as_json, groups
from indexer.search.groups import GroupBy
from indexer.search.plan import Plan
from indexer.search.record_sets import RecordSet, SetOrigin, describe_set, set_from_json, set_json
from indexer.search.request import SearchRequest, from_json, request_json
from tests.support.repositories import repository_at, tweet, x_zip

NOBODY = Permission(frozenset(), without_messages=True)


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", str(request.param))
    posts = [tweet(number, f"Flood or creek, notice {number}", f"Wed Jul {number:02} 18:00:00 +0000 2018") for number in range(1, 8)]
    ingest(opened, [x_zip(tmp_path / "x.zip", posts)], taken_by="Pat", source="test")
    yield opened
    opened.close()


def chosen(repository: Repository, *places: int, origin: SetOrigin = SetOrigin.CHOSEN) -> RecordSet:
    """Return the set of the records at these places of all records, oldest first."""
    record_ids = [view.record_id for view in Plan(repository, SearchRequest(sort=Sort.OLDEST)).views()]
    return RecordSet.of(origin, [record_ids[place] for place in places], by="R. Delgado", day=date(2026, 11, 3))


def ids(plan: Plan) -> list[str]:
    return sorted(view.record_id for view in plan.views())


@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(),
        SearchRequest("flood"),
        SearchRequest("flood AND NOT creek OR notice"),
        SearchRequest("notice", sort=Sort.RELEVANCE),
        SearchRequest("flood w/3 creek"),
        SearchRequest("flood", Filters(first_day=date(2018, 7, 2))),
        SearchRequest("flood", as_of=date(2018, 7, 4)),
        SearchRequest("fl*", limit=1, offset=1),
    ],
)
def test_a_search_within_a_set_finds_what_both_have(repository: Repository, request_: SearchRequest) -> None:
    inside = chosen(repository, 1, 3, 5)
    everywhere, within = Plan(repository, request_), Plan(repository, replace(request_, records=inside))
    expected = sorted(set(ids(everywhere)) & set(inside.record_ids))
    assert ids(within) == expected
    page = within.page()
    assert page.total == len(expected) == within.count(within.tree)
    assert sum(bar.count for bar in page.bars) + page.undated == page.total
    assert all(hit.view.record_id in inside.record_ids for hit in page.records)


def test_groups_stay_inside_and_are_not_those_of_another_set(repository: Repository) -> None:
    for places in [(0, 1), (2, 3, 4)]:
        grouped = groups.search(repository, SearchRequest("flood", records=chosen(repository, *places)), GroupBy.SAME)
        assert grouped.results.total == sum(group.size for group in grouped.groups) == len(places)


def test_the_other_reading_is_counted_inside_the_set(repository: Repository) -> None:
    page = Plan(repository, SearchRequest("flood or creek", records=chosen(repository, 1, 2))).page()
    assert [doubt.other_total for doubt in page.announcements] == [2]


def test_an_empty_set_and_unknown_records_match_nothing(repository: Repository) -> None:
    nothing = RecordSet.of(SetOrigin.CHOSEN, [])
    assert Plan(repository, SearchRequest(records=nothing)).page().total == 0
    unknown = replace(chosen(repository, 1), record_ids=(*chosen(repository, 1).record_ids, "twitter:post:never-seen"))
    page = Plan(repository, SearchRequest(records=unknown)).page()
    assert (page.total, page.left_out) == (1, 1)


def test_permission_applies_to_every_record_and_hides_how_many_there_are(repository: Repository) -> None:
    for permission in (NOBODY, Permission(frozenset({1}), without_messages=False)):
        request = SearchRequest("flood", Filters(permission=permission), records=chosen(repository, 1, 2, 4))
        page = Plan(repository, request).page()
        assert page.total == (0 if permission is NOBODY else 3)
        assert page.left_out == 0
        assert "within records selected by R. Delgado" in page.readings["en"]
        shape = as_json.results(page, repository.zone)["set"]
        assert shape["description"] == "records selected by R. Delgado"
        assert shape["records"] is shape["left_out"] is None


def test_a_set_claims_no_coverage_and_no_zero(repository: Repository) -> None:
    for query in ("flood", "nowhere"):
        page = Plan(repository, SearchRequest(query, records=chosen(repository, 1, 2))).page()
        assert page.proves_list
        assert page.coverage is None
        assert as_json.results(page, repository.zone)["coverage"] is None
    assert not Plan(repository, SearchRequest("flood")).page().proves_list


def test_the_set_is_named_in_every_language_in_exports_and_in_json(repository: Repository) -> None:
    request = SearchRequest("flood", records=chosen(repository, 1, 2))
    page = Plan(repository, request).page()
    assert page.readings["en"].endswith(", within 2 records selected by R. Delgado")
    assert page.readings["es"].endswith(", entre 2 registros seleccionados por R. Delgado")
    assert describe(Plan(repository, request), "Pat").filters[-1] == "within 2 records selected by R. Delgado"
    assert from_json(json.loads(json.dumps(request_json(request)))).records == request.records
    assert from_json({name: value for name, value in request_json(request).items() if name != "records"}).records is None  # an older job


@pytest.mark.parametrize("origin", SetOrigin)
@pytest.mark.parametrize("count", [1, 2, 1_200])
def test_every_origin_has_words_with_its_own_number(origin: SetOrigin, count: int) -> None:
    made = RecordSet.of(origin, [f"r{number}" for number in range(count)], by="R. Delgado", day=date(2026, 11, 3))
    for table in TABLES.values():
        assert describe_set(made, table, with_count=True).startswith(f"{count:,} ")
        assert not any(letter.isdigit() for letter in describe_set(made, table, with_count=False).split(" 3", 1)[0].replace("3,", ""))


def test_a_set_is_a_value(repository: Repository) -> None:
    made = chosen(repository, 3, 1, 1)
    assert made == chosen(repository, 1, 3)
    assert made.digest == chosen(repository, 1, 3).digest != chosen(repository, 1, 2).digest
    assert set_from_json(json.loads(json.dumps(set_json(made)))) == made
    with pytest.raises(ValueError, match="elsewhere"):
        set_from_json({**set_json(made), "origin": "elsewhere"})


def test_the_certificate_of_a_set_is_checked_within_it(repository: Repository, tmp_path: Path) -> None:
    inside = chosen(repository, 1, 2)
    with certify(Plan(repository, SearchRequest("flood", records=inside)), by="Pat") as draft:
        assert draft.header.found.total == 2
        assert draft.header.coverage is None
        selection = draft.header.filters.selection
        assert selection is not None
        assert selection.record_ids == inside.record_ids
        files = write(repository, draft, tmp_path / "certificate.json")
    check = verify(repository, files.json, by="Pat")
    assert check.went_well
    ingest(repository, [x_zip(tmp_path / "more.zip", [tweet(40, "Another flood")])], taken_by="Pat", source="test")
    assert verify(repository, files.json, by="Pat").is_identical  # a new flood post is no change of a list
