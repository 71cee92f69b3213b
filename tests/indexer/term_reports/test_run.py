"""A list of terms: counted as somebody would who reads every record, said where it could not be counted, safe as a file."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indexer.catalog.models import RecordView
from indexer.custody.ingest import ingest
from indexer.query import Dialect
from indexer.query.filters import Filters, Permission
from indexer.record import is_conversation
from indexer.repository import Repository
from indexer.search.answering import IndexUnusable
from indexer.search.request import SearchRequest
from indexer.term_reports import report as term_report
from indexer.term_reports import run as term_list
from indexer.term_reports.report import TermReport, as_json
from indexer.term_reports.run import ListError, read_list, run
from indexer.text import words
from tests.support.repositories import repository_at
from tests.support.town import pictured, png, post, x_archive

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # waiting for a disk proves nothing
DRAWS = int(os.environ.get("SHOWME_DRAWS", "300")) // 10
FIRST = 1_020_000_000_000_000_000

Predicate = Callable[[list[str]], bool]
TERMS: dict[str, Predicate] = {
    "flood": lambda said: "flood" in said,
    "FLOOD": lambda said: "flood" in said,
    "bridge": lambda said: "bridge" in said,
    "flood bridge": lambda said: "flood" in said and "bridge" in said,
    "flood OR road": lambda said: "flood" in said or "road" in said,
    "ri*": lambda said: any(word.startswith("ri") for word in said),
    "bridge AND NOT flood": lambda said: "bridge" in said and "flood" not in said,
    "nowhere": lambda said: "nowhere" in said,
    "*": lambda _said: True,
}
UNREAD = ('"open', "(flood")

texts = st.lists(st.sampled_from(["flood", "bridge", "road", "river", "council"]), min_size=1, max_size=3).map(" ".join)
posts = st.lists(st.tuples(texts, st.none() | st.integers(0, 11), st.booleans()), min_size=1, max_size=8)


def made(folder: Path, drawn: list[list[tuple[str, int | None, bool]]], messages: list[str]) -> Repository:
    """Take in two accounts; a post may answer any post of either, or one that nobody holds."""
    repository = repository_at(folder / "data")
    for account, rows in enumerate(drawn):
        items, media = [], {}
        for at, (text, parent, has_picture) in enumerate(rows):
            native, name = FIRST + account * 1000 + at * 10, f"p{account}-{at}.png"
            day = f"{'Wed Jul 04' if at % 2 else 'Sat May 25'} 18:00:{at:02} +0000 {2018 if at % 2 else 2019}"
            item = pictured(native, text, day, name) if has_picture else post(native, text, day)
            if has_picture:
                media[f"{native}-{name}"] = png(2, 2)
            if parent is not None:  # 0..5 of the first account, 6..11 of the second
                answered = str(FIRST + (parent // 6) * 1000 + parent % 6 * 10)
                item["tweet"].update(in_reply_to_status_id=answered, in_reply_to_status_id_str=answered, in_reply_to_user_id_str="1")
            items.append(item)
        archive = x_archive(folder / f"a{account}.zip", f"Acct{account}MO", f"7700{account}", items, messages if account else [], media)
        ingest(repository, [archive], taken_by="Pat", source="test")
    return repository


def in_scope(view: RecordView, filters: Filters) -> bool:
    may = filters.permission
    allowed = may.accounts is None or view.account.id in may.accounts
    return allowed and not (may.without_messages and is_conversation(view.kind, view.content.thread_id))


def chosen(view: RecordView, filters: Filters) -> bool:
    fits_kind = filters.kinds is None or view.kind in filters.kinds
    return in_scope(view, filters) and fits_kind and (filters.first_day is None or str(view.content.posted_at)[:4] >= "2019")


def family(start: RecordView, everyone: list[RecordView]) -> frozenset[int]:
    """Walk from record to record, as long as one belongs to another."""
    found, pending = {start.pk}, [start]
    while pending:
        one = pending.pop()
        for other in everyone:
            if other.pk not in found and belongs(one, other):
                found.add(other.pk)
                pending.append(other)
    return frozenset(found)


def belongs(one: RecordView, other: RecordView) -> bool:
    if one.content.thread_id and one.content.thread_id == other.content.thread_id and one.account.id == other.account.id:
        return True
    if one.account.platform != other.account.platform or "like" in {one.kind, other.kind}:
        return False
    return one.content.parent_id == other.native_id or other.content.parent_id == one.native_id


@settings(
    max_examples=DRAWS,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    drawn=st.tuples(posts, posts).map(list),
    messages=st.lists(texts, max_size=3),
    listed=st.lists(st.sampled_from([*TERMS, *UNREAD]), min_size=1, max_size=6, unique=True),
    choice=st.sampled_from(
        [
            Filters(),
            Filters(first_day=date(2019, 1, 1)),
            Filters(kinds=frozenset({"reply", "message"})),
            Filters(permission=Permission(frozenset({1}), without_messages=False)),
            Filters(permission=Permission(frozenset({1, 2}), without_messages=True), first_day=date(2019, 1, 1)),
            Filters(permission=Permission(frozenset(), without_messages=False)),
        ]
    ),
)
def test_counts_are_those_of_somebody_who_reads_every_record(
    drawn: list[list[tuple[str, int | None, bool]]], messages: list[str], listed: list[str], choice: Filters
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        repository = made(Path(folder), drawn, messages)
        report = run(repository, read_list("\n".join(listed)), SearchRequest("*", choice), by="Pat")
        everyone = [view for view in repository.catalog.views(range(1, 100)) if in_scope(view, choice)]
        repository.close()
    families = {view.pk: family(view, everyone) for view in everyone}
    files = {view.pk: sum(1 for one in view.attachments if one.member) for view in everyone}
    hits = {
        text: {view.pk for view in everyone if chosen(view, choice) and TERMS[text](words(view.content.text))}
        for text in listed
        if text in TERMS
    }
    assert [one.term.text for one in report.results] == listed
    for one in report.results:
        if one.term.text in UNREAD:
            assert (one.hits, one.unique, one.families, one.family, one.media) == (None,) * 5
            assert one.diagnostics
            continue
        mine = hits[one.term.text]
        elsewhere = set().union(*(found for text, found in hits.items() if text != one.term.text))
        together = {families[pk] for pk in mine}
        members = set().union(*together)
        assert (one.hits, one.unique) == (len(mine), len(mine - elsewhere))
        assert (one.families, one.family, one.media) == (len(together), len(members), sum(files[pk] for pk in members))
    every = set().union(*hits.values())
    together = {families[pk] for pk in every}
    members = set().union(*together)
    assert report.totals == term_list.Totals(len(every), len(together), len(members), sum(files[pk] for pk in members))
    assert report.corpus.searched == sum(chosen(view, choice) for view in everyone)


@pytest.fixture(params=["tantivy", "whoosh"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data", request.param)
    rows = [
        post(FIRST + 1, "The flood has closed the bridge", "Wed Jul 04 18:00:00 +0000 2018"),
        post(
            FIRST + 2, "Open again", "Thu Jul 05 18:00:00 +0000 2018", in_reply_to_status_id_str=str(FIRST + 1), in_reply_to_user_id_str="1"
        ),
        post(FIRST + 3, "flooding floods", "Fri Jul 06 18:00:00 +0000 2018"),
    ]
    ingest(opened, [x_archive(tmp_path / "x.zip", "OneMO", "1", rows, ["a flood of words"], {})], taken_by="Pat", source="test")
    yield opened
    opened.close()


def of(repository: Repository, text: str, request: SearchRequest = SearchRequest()) -> TermReport:  # noqa: B008  # a frozen value
    return run(repository, read_list(text), request, by="Pat")


def test_the_family_of_a_record_is_its_thread(repository: Repository) -> None:
    from indexer.catalog.threads import families

    found = families(repository.db)
    for view in repository.catalog.views(range(1, 50)):
        thread = {one.pk for one in repository.catalog.thread(view)}
        assert {pk for pk in range(1, len(found)) if found.root(pk) == found.root(view.pk)} & set(range(1, 50)) == thread
        assert found.records[found.root(view.pk)] == len(thread)


def test_wildcards_say_for_how_many_words_they_stand(repository: Repository) -> None:
    result = of(repository, "flood*").results[0]
    assert result.expansions == (("flood*", 3),)
    assert (result.hits, result.family) == (3, 5), "the answer, and the reaction to the message, are in families of hits"


def test_blank_and_repeated_lines_are_said_and_what_means_the_same_too(repository: Repository) -> None:
    report = of(repository, "flood\n\nbridge \n  flood\nFLOOD\n")
    assert [one.term.line for one in report.results] == [1, 3, 5]
    assert (report.term_list.lines, report.term_list.blank, report.term_list.repeats) == (5, 1, ((4, 1, "flood"),))
    assert [one.same_as for one in report.results] == [None, None, 1]
    assert [one.unique for one in report.results] == [0, 0, 0], "the post about the bridge is found by three"


def test_the_dialect_of_the_request_holds_for_every_term(repository: Repository) -> None:
    report = of(repository, "flood\nbridge", SearchRequest(dialect=Dialect.DTSEARCH))
    assert report.dialect is Dialect.DTSEARCH
    assert as_json(report)["dialect"] == "dtsearch"


def test_as_of_a_day_hits_and_families_are_of_what_stood_then(repository: Repository) -> None:
    told = as_json(of(repository, "flood\nflood*", SearchRequest(as_of=date(2018, 7, 4))))
    assert told["as_of"] == "2018-07-04"
    assert [(term["hits"], term["family"]) for term in told["terms"]] == [(1, 1), (1, 1)], "the answer is of the next day"
    assert told["corpus"]["searched"] == 1
    assert told["corpus"]["as_of_limits"] == {"undated": 0, "unknown": 0, "last_seen_before": 0}
    told = as_json(of(repository, "flood\nflood*", SearchRequest(as_of=date(2018, 7, 6))))
    assert [(term["hits"], term["family"]) for term in told["terms"]] == [(1, 2), (2, 3)]


def test_a_term_that_is_too_broad_has_no_number(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.engines import TooBroad

    def broad(*_given: object) -> Iterator[int]:
        raise TooBroad("flood*", 10_000)

    monkeypatch.setattr(repository.index, "ids", broad)
    report = of(repository, "flood*")
    assert report.results[0].hits is None
    assert "more than 10,000" in report.results[0].diagnostics[0].message
    assert report.totals.hits == 0
    assert len(report.not_searched) == 1


def test_an_index_that_cannot_answer_makes_no_report(repository: Repository) -> None:
    repository.delete_index()
    with pytest.raises(IndexUnusable):
        of(repository, "flood")
    with pytest.raises(IndexUnusable):
        of(repository, '"open')


def test_counts_of_two_states_of_the_index_make_no_report(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    positions = iter(range(1000))
    real = repository.index.position
    monkeypatch.setattr(repository.index, "position", lambda: real() - 1000 - next(positions))
    with pytest.raises(term_list.IndexChanged):
        of(repository, "flood")


@pytest.mark.parametrize(
    ("text", "wanted"), [("", "empty"), (" \n\n", "empty"), ("a\n" * 30_000, "50,000"), ("\n".join(map(str, range(1001))), "1,001")]
)
def test_an_empty_list_and_one_too_long_are_refused_in_words(text: str, wanted: str) -> None:
    with pytest.raises(ListError, match=wanted):
        read_list(text)


def test_the_largest_list_is_read() -> None:
    assert len(read_list("\n".join(map(str, range(1000)))).terms) == 1000
    assert len(read_list("a" * 50_000).terms) == 1


def test_the_run_is_an_event_with_its_terms(repository: Repository) -> None:
    of(repository, "flood\nbridge", SearchRequest("*", Filters(first_day=date(2018, 7, 4))))
    event = repository.audit.newest(1)[0]
    assert (event.tag, event.actor) == ("terms:run", "Pat")
    assert json.loads(event.detail)["terms"] == ["flood", "bridge"]
    assert repository.audit.broken_at() is None


def test_who_may_not_see_all_learns_no_number_of_the_whole(repository: Repository) -> None:
    narrow = Filters(permission=Permission(frozenset({1}), without_messages=True))
    report = of(repository, "flood", SearchRequest("*", narrow))
    corpus = as_json(report)["corpus"]
    assert corpus == {"searched": 3, "in_step": True, "position": None, "indexed": None, "held": None, "as_of_limits": None}
    assert report.scope == "only these accounts: @OneMO; without direct messages"
    whole = as_json(of(repository, "flood"))["corpus"]
    assert (whole["searched"], whole["held"], whole["indexed"]) == (5, 5, 5)


def test_the_files_say_the_same_with_numbers_as_numbers_and_run_nothing(repository: Repository) -> None:
    report = as_json(of(repository, 'flood\n=cmd|" /C calc"!A0\n"open\n-x'))
    table = list(csv.reader(io.StringIO(term_report.csv_bytes(report).decode("utf-8-sig"), newline="")))
    assert table[0] == list(term_report.COLUMNS)
    assert table[1][:7] == ["1", "flood", "flood", "", "2", "2", "4"]
    assert table[2][1].startswith("'="), "no spreadsheet runs it"
    assert table[3][4] == "", "never zero"
    assert "Not searched for" in table[3][10]
    assert b'1,"flood"' in term_report.csv_bytes(report), "numbers are not quoted"
    book = openpyxl.load_workbook(io.BytesIO(term_report.xlsx_bytes(report)))
    sheet = [[cell.value for cell in row] for row in book["terms"].iter_rows()]
    assert sheet[1][4:8] == [2, 2, 4, 2]
    assert book["terms"]["B3"].value.startswith("=cmd")
    assert book["terms"]["B3"].data_type == "s"
    assert sheet[3][4] is None
    about = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert (about["records on file"], about["terms not searched for"], about["time zone"]) == (
        5,
        report["list"]["not_searched"],
        "America/Chicago",
    )
    assert json.loads(term_report.json_bytes(report)) == report


def test_totals_of_a_list_count_each_record_once(repository: Repository) -> None:
    report = of(repository, "flood\nbridge\nclosed")
    assert report.totals.hits == 2
    assert sum(one.hits or 0 for one in report.results) == 4
    assert replace(report.totals, media=0) == term_list.Totals(2, 2, 4, 0)
