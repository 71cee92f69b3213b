"""Where the notice of one record stands elsewhere: what a comparison with every record finds, within permission."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.custody.ingest import ingest
from indexer.engines import IndexDamaged
from indexer.query.filters import SEES_ALL, Permission
from indexer.repository import Repository
from indexer.search import near_duplicates as module
from indexer.search.near_duplicates import are_near_duplicates, find_near_duplicates
from tests.support.repositories import repository_at, tweet, x_zip

NOTICE = "Mill Bridge is closed from Monday 9 July until Friday because of high water on the river. Please take Route 9 instead"
TEXTS = [
    NOTICE,
    NOTICE.upper() + "!",
    NOTICE.replace("on the river", "on the river https://t.co/abc"),
    "https://t.co/xyz City notice: " + NOTICE,
    f"RT @OzarkBendMO: {NOTICE}",
    NOTICE[:60] + "… https://t.co/abc",
    NOTICE + " #flood #bridge",
    NOTICE + ". Thank you for your patience",
    NOTICE.replace("Mill", "Elm"),
    NOTICE.replace("Mill", "Elm").replace("Monday", "Tuesday").replace("9 July", "10 July"),
    "Mill Bridge is closed",
    "The council meets on Monday",
    "Thanks",
    "thanks!",
    "#flood",
    "https://t.co/only",
]


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", request.param)
    posts = [tweet(at, text, f"Wed Jul {at + 1:02} 18:00:00 +0000 2018") for at, text in enumerate(TEXTS)]
    ingest(opened, [x_zip(tmp_path / "x.zip", posts)], taken_by="Pat", source="test")
    yield opened
    opened.close()


def test_it_finds_what_a_comparison_with_every_record_finds_the_oldest_first(repository: Repository) -> None:
    views = sorted(repository.catalog.views(range(1, len(TEXTS) + 1)), key=lambda one: one.native_id)
    assert len(views) == len(TEXTS)
    for view in views:
        found = find_near_duplicates(repository, view, SEES_ALL)
        assert [one.content.text for one in found.records] == [
            one.content.text for one in views if one.pk != view.pk and are_near_duplicates(view.content.text, one.content.text)
        ], view.content.text
        assert (found.is_whole, found.is_known) == (True, True)


def test_nothing_outside_of_what_the_reader_may_see_is_found_or_counted(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (first, *_others) = repository.catalog.views([1])
    monkeypatch.setattr(module, "COMPARED", 0)
    assert not find_near_duplicates(repository, first, SEES_ALL).is_whole
    nothing = find_near_duplicates(repository, first, Permission(frozenset(), without_messages=False))
    assert (nothing.records, nothing.is_whole) == ((), True)


def test_more_than_are_compared_is_said(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = repository.catalog.views([1])
    monkeypatch.setattr(module, "COMPARED", 3)
    found = find_near_duplicates(repository, first, SEES_ALL)
    assert not found.is_whole
    assert 1 <= len(found.records) <= 3


def test_an_index_that_cannot_be_used_is_said(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = repository.catalog.views([1])

    def damaged(*_asked: object) -> None:
        raise IndexDamaged("index", "a file is missing")

    monkeypatch.setattr(type(repository.index), "search", damaged)
    assert not find_near_duplicates(repository, first, SEES_ALL).is_known
    monkeypatch.setattr(type(repository.index), "position", lambda _self: 0)
    assert not find_near_duplicates(repository, first, SEES_ALL).is_known
