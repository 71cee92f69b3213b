"""Coverage at the edges: accounts of one day, scopes of one day, faults of the program, undated matches. Nothing takes search away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.certificates.certify import certify
from indexer.coverage.days import AFTER, FIRST, DayStatus, Interval, Reason
from indexer.coverage.scope import CoverageCalculator, as_json, as_sentences
from indexer.coverage.summary import OLD, AccountDays, Coverage
from indexer.custody.ingest import ingest
from indexer.query.filters import Filters
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.repositories import ACCOUNT_ID, HANDLE, repository_at, tweet, x_files, x_zip

pytestmark = pytest.mark.databases

NOW = datetime(2026, 6, 1, 18, tzinfo=UTC)
DAY = date(2024, 1, 1)
POSTED = 1_704_110_400  # 2024-01-01 12:00 UTC, 6 a.m. in Missouri


def facebook(target: Path, times: list[int]) -> Path:
    posts = [{"timestamp": at, "data": [{"post": f"Road works {at}"}]} for at in times]
    return zip_files({"posts/your_posts_1.json": json.dumps(posts)}, target)


def instagram(target: Path, times: list[int]) -> Path:
    posts = [{"media": [{"uri": f"media/posts/{at}.jpg", "creation_timestamp": at, "title": f"Road works {at}"}]} for at in times]
    return zip_files({"your_instagram_activity/media/posts_1.json": json.dumps(posts)}, target)


def twitter(target: Path, times: list[int]) -> Path:
    stamps = [datetime.fromtimestamp(at, UTC).strftime("%a %b %d %H:%M:%S +0000 %Y") for at in times]
    files = x_files([tweet(number, f"Road works {number}", at) for number, at in enumerate(stamps)])
    del files["data/manifest.js"]  # which states when the archive was made
    return zip_files(
        {**files, "data/account.js": files["data/account.js"].replace(ACCOUNT_ID, "9001").replace(HANDLE, "cityexample")}, target
    )


PLATFORMS = {"facebook": facebook, "instagram": instagram, "twitter": twitter}


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data")
    opened.coverage = CoverageCalculator(opened.db, opened.zone, now=lambda: NOW)
    yield opened
    opened.close()


@pytest.mark.parametrize("times", [[POSTED], [POSTED, POSTED + 60]], ids=["one post", "two posts of one day"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_account_of_one_day_leaves_search_to_the_others(repository: Repository, tmp_path: Path, platform: str, times: list[int]) -> None:
    ingest(
        repository, [x_zip(tmp_path / "other.zip", [tweet(1, "flood", "Wed Jul 04 18:00:00 +0000 2018")])], taken_by="Pat", source="test"
    )
    ingest(repository, [PLATFORMS[platform](tmp_path / "one.zip", times)], taken_by="Pat", source="test")
    account = max(one.id for one in repository.catalog.accounts())
    edges = [None, *(DAY + timedelta(days) for days in (-1, 0, 1)), NOW.date()]
    for first in edges:
        for last in edges:
            for accounts in (None, frozenset({account})):
                filters = Filters(first_day=first, last_day=last, accounts=accounts)
                for as_of in (None, DAY, DAY + timedelta(1)):
                    found = Plan(repository, SearchRequest("*", filters, as_of=as_of)).page()
                    assert found.answered
                    assert found.coverage is not None
                    assert not found.coverage.has_failed, (first, last, as_of)
                    assert found.coverage.failed == ()
                    assert as_sentences(found.coverage)
                    assert as_json(found.coverage)["failed"] is False
    only = repository.coverage.of(Filters(accounts=frozenset({account})))
    assert only.captured_to == DAY
    own_day = repository.coverage.of(Filters(first_day=DAY, last_day=DAY, accounts=frozenset({account})))
    assert [(one.status, one.reasons) for one in own_day.accounts[0].intervals] == [
        (DayStatus.IN_PART, frozenset({Reason.EXPORT_NOT_STATED}))
    ]
    with certify(Plan(repository, SearchRequest("*")), by="Pat") as certificate:
        assert "January 1, 2024" in " ".join(certificate.header.coverage["notes"])


REASON_SETS = st.frozensets(st.sampled_from(Reason), max_size=3)


@st.composite
def account_days(draw: st.DrawFn, number: int) -> AccountDays:
    """Draw any days an account may have: they follow each other without a hole, one day is enough."""
    begin = draw(st.integers(date(2020, 1, 1).toordinal(), date(2020, 1, 10).toordinal()))
    intervals = []
    for _ in range(draw(st.integers(1, 5))):
        end = begin + draw(st.sampled_from([1, 1, 2, 40]))
        intervals.append(
            Interval(begin, end, draw(st.sampled_from(DayStatus)), draw(st.sampled_from([(), (1,), (1, 2)])), draw(REASON_SETS))
        )
        begin = end
    before = draw(st.sampled_from([None, *DayStatus]))
    return AccountDays(
        number, f"@city{number}", "twitter", None, tuple(intervals), before, draw(st.sampled_from([frozenset(), frozenset({"post"})]))
    )


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_days_can_be_put_into_words_and_no_account_s_end_is_left_out(data: st.DataObject) -> None:
    accounts = tuple(data.draw(account_days(number)) for number in range(data.draw(st.integers(0, 3))))
    flags = {name: data.draw(st.booleans()) for name in ("has_first", "has_last", "without_messages")}
    found = Coverage("America/Chicago", date(2020, 1, 1), date(2020, 3, 1), accounts=accounts, kinds=None, today=date(2026, 1, 1), **flags)
    assert as_sentences(found)
    for one in accounts:
        assert sum(one.full_label in line for line in map(str, found.ends)) == 1, "each account's end is said once"


def test_the_newest_account_s_end_is_said_beside_the_gap_of_another(repository: Repository, tmp_path: Path) -> None:
    for name, generated in (("old", "2020-03-01T12:00:00.000Z"), ("new", "2026-05-20T12:00:00.000Z")):
        files = x_files([tweet(1, name)], generated=generated)
        own = {member: text.replace(ACCOUNT_ID, f"77{generated[:4]}").replace(HANDLE, f"{name}city") for member, text in files.items()}
        path = zip_files(own, tmp_path / f"{name}.zip")
        ingest(repository, [path], taken_by="Pat", source="test")
    found = repository.coverage.of(Filters())
    assert found.ends == ("Captured through May 20, 2026: @newcity (X / Twitter).", "Captured through Mar 1, 2020: @oldcity (X / Twitter).")
    assert any("@oldcity" in gap for gap in found.gaps)
    assert any("newest archive ends" in str(line) and "@oldcity" in str(line) for line in found.remarks)
    assert not any("newest archive ends" in str(line) and "@newcity" in str(line) for line in found.remarks)


@pytest.mark.parametrize(("days", "is_old"), [(OLD, False), (OLD + 1, True), (400, True)])
def test_an_archive_of_more_than_a_year_ago_is_said_to_be_old(repository: Repository, tmp_path: Path, *, days: int, is_old: bool) -> None:
    made = (NOW - timedelta(days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "flood")], generated=made)], taken_by="Pat", source="test")
    said = [str(line) for line in repository.coverage.of(Filters()).notes if "Request a new archive" in str(line)]
    assert bool(said) is is_old
    assert not is_old or f"{days} days ago" in said[0]
    past = repository.coverage.of(Filters(last_day=(NOW - timedelta(days + 3)).date()))
    assert not any("Request a new archive" in str(line) for line in past.notes), "old days need no new archive"


@pytest.mark.parametrize(("count", "notes"), [(3, 3), (4, 1), (400, 1)])
def test_many_old_archives_are_one_note_and_each_account_s_end_is_stated_all_the_same(count: int, notes: int) -> None:
    today = date(2026, 1, 1)
    accounts = []
    for number in range(count):
        first, after = today - timedelta(1000), today - timedelta(400 + number % 300)
        days = (Interval(first.toordinal(), after.toordinal(), DayStatus.CAPTURED),)
        accounts.append(AccountDays(number, f"@Office{number:03}", "twitter", first, days, None, frozenset()))
    coverage = Coverage("UTC", today - timedelta(1000), today, False, False, tuple(accounts), today=today)
    old = [str(line) for line in coverage.remarks if "newest archive" in str(line)]
    assert len(old) == notes
    assert notes > 1 or f"All {count} accounts: " in old[0]
    ends = " ".join(map(str, coverage.ends))
    assert all(account.label in ends for account in accounts)


def test_a_fault_in_one_account_s_days_is_stated_and_the_others_are_told(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "flood")])], taken_by="Pat", source="test")
    ingest(repository, [facebook(tmp_path / "f.zip", [POSTED])], taken_by="Pat", source="test")
    broken = max(one.id for one in repository.catalog.accounts())
    plain = CoverageCalculator._derive

    def derive(self: CoverageCalculator, account: object, seen: object, *, is_all: bool) -> object:
        if account.view.id == broken:  # type: ignore[attr-defined]
            raise ZeroDivisionError("a fault of the program")
        return plain(self, account, seen, is_all=is_all)  # type: ignore[arg-type]

    monkeypatch.setattr(CoverageCalculator, "_derive", derive)
    found = Plan(repository, SearchRequest("*")).page()
    assert found.answered
    assert found.total == 2
    assert found.coverage is not None
    assert not found.coverage.is_whole
    assert "could not be determined" in found.coverage.summary
    assert [one.label for one in found.coverage.accounts] == ["@OzarkBendMO"]
    assert "ZeroDivisionError" in caplog.text


def test_a_fault_in_all_of_it_is_stated(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "flood")])], taken_by="Pat", source="test")
    monkeypatch.setattr(Coverage, "gaps", property(lambda _self: 1 // 0))
    found = repository.coverage.of(Filters())
    assert (found.has_failed, found.is_whole, found.accounts) == (True, False, ())
    assert "could not be determined" in found.summary


def test_undated_matches_are_counted_where_days_leave_them_out(repository: Repository, tmp_path: Path) -> None:
    posts = [tweet(1, "flood one", "Wed Jul 04 18:00:00 +0000 2018"), tweet(2, "creek", "Wed Jul 04 19:00:00 +0000 2018")]
    likes = [{"like": {"tweetId": str(900 + at), "fullText": f"flood liked {at}"}} for at in range(3)]
    path = zip_files({**x_files(posts), "data/like.js": "window.YTD.like.part0 = " + json.dumps(likes)}, tmp_path / "x.zip")
    ingest(repository, [path], taken_by="Pat", source="test")
    day = date(2018, 7, 4)
    for query, filters in [
        ("flood", Filters(first_day=day, last_day=day)),
        ("flood date:2018-07-04", Filters()),
        ("flood", Filters(last_day=day)),
    ]:
        found = Plan(repository, SearchRequest(query, filters)).page()
        assert (found.total, found.undated_outside) == (1, 3), query
        assert Plan(repository, SearchRequest(found.undated_query)).page().total == 3
    assert Plan(repository, SearchRequest("flood")).page().undated_outside == 0
    assert Plan(repository, SearchRequest("creek", Filters(first_day=day))).page().undated_outside == 0


def test_first_and_last_possible_days_do_not_overflow(repository: Repository, tmp_path: Path) -> None:
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "flood")])], taken_by="Pat", source="test")
    for first, last in ((date.min, None), (None, date.max), (date.min, date.max), (date.max, date.max), (date.min, date.min)):
        found = repository.coverage.of(Filters(first_day=first, last_day=last))
        assert not found.has_failed, (first, last)
    assert FIRST < AFTER
