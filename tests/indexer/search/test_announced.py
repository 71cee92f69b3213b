"""Doubtful readings with counts: the same in search, JSON, term list and certificate, and within what the reader may see."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from indexer.certificates import file_format
from indexer.certificates import pdf as certificate_pdf
from indexer.certificates.certify import certify, write_into
from indexer.cli.main import main
from indexer.custody.ingest import ingest
from indexer.query import Dialect
from indexer.query.filters import Filters, Permission
from indexer.query.other_systems import TABLE, Spelling
from indexer.repository import Repository
from indexer.search.answering import NotAnswered
from indexer.search.as_json import results as results_json
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.results import Results
from indexer.term_reports import report as term_report
from indexer.term_reports.report import as_json
from indexer.term_reports.run import read_list, run
from tests.support.repositories import repository_at, tweet, x_zip

POSTS = [
    tweet(1, "The city council adopts the budget; adobe"),
    tweet(2, "Budget of the council and more: flood at the creek"),
    tweet(3, "A councilman speaks of the flood, budgets and tax"),
    tweet(4, "Who approved the budget"),
    tweet(5, "Closed under 610.021(1) by the council"),
    tweet(6, "The council's tax"),
]
SPELLINGS = [(one, example) for one in TABLE for example in one.examples]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    folder = tmp_path_factory.mktemp("announced")
    opened = repository_at(folder / "data")
    ingest(opened, [x_zip(folder / "x.zip", POSTS)], taken_by="Pat", source="test")
    yield opened
    opened.close()


def search(repository: Repository, query: str, dialect: Dialect = Dialect.PLAIN, filters: Filters | None = None) -> Results:
    return Plan(repository, SearchRequest(query, filters or Filters(), dialect=dialect)).page()


def total(repository: Repository, query: str, dialect: Dialect = Dialect.PLAIN) -> int:
    results = search(repository, query, dialect)
    assert results.answered, results.diagnostics
    return results.total


@pytest.mark.parametrize(
    ("query", "dialect", "found", "code", "other", "other_total"),
    [
        ("flood or creek", Dialect.PLAIN, 0, "small-operator", "flood OR creek", 2),
        ("council and budget", Dialect.PLAIN, 1, "small-operator", "council AND budget", 2),
        ("council and budget or tax", Dialect.DTSEARCH, 4, "mixed-and-or", "council and (budget or tax)", 3),
        ("610.021(1)", Dialect.PLAIN, 1, "glued-parenthesis", "610.021 (1)", 1),
        ("610.021(1)", Dialect.DTSEARCH, 1, "glued-parenthesis", "610.021 and (1)", 1),
        ("council(s)", Dialect.PLAIN, 1, "glued-parenthesis", "(council OR councils)", 4),
        ("who approved the budget?", Dialect.PLAIN, 1, "question-mark", "who approved the budget\\?", 0),
        ("who approved the budget?", Dialect.DTSEARCH, 1, "question-mark", "who approved the budget\\?", 0),
        ("1. budget", Dialect.PLAIN, 3, "list-marks", "1 budget", 0),
        ("1. budget\n2. tax", Dialect.PLAIN, 0, "several-lines", "(budget) OR (tax)", 5),
        ("council w5 budget", Dialect.PLAIN, 0, "other-operator", "council w/5 budget", 2),
        ("%council", Dialect.DTSEARCH, 4, "similar-words", "*council", 4),
        ("council%", Dialect.PLAIN, 4, "sign-not-searched", "council*", 5),
        ("#1", Dialect.PLAIN, 1, "sign-not-searched", None, None),
    ],
)
def test_a_doubt_is_counted_both_ways(  # noqa: PLR0917  # the columns of the table
    repository: Repository, query: str, dialect: Dialect, found: int, code: str, other: str | None, other_total: int | None
) -> None:
    results = search(repository, query, dialect)
    assert results.total == found
    doubt = next(one for one in results.announcements if one.code == code)
    assert (doubt.other_query, doubt.other_total) == (other, other_total)
    if other is not None:
        assert total(repository, other, dialect) == other_total
    told = results_json(results, "America/Chicago")["announcements"]
    assert [set(one) for one in told] == [{"code", "message", "start", "end", "other_query", "other_total"}] * len(results.announcements)
    assert (code, other, other_total) in [(one["code"], one["other_query"], one["other_total"]) for one in told]


@pytest.mark.parametrize("dialect", Dialect)
def test_no_operator_of_the_table_gives_a_silent_zero_anywhere(repository: Repository, dialect: Dialect) -> None:
    """Search, term list and certificate: each spelling is refused with what to write, or announced with the other count."""
    queries = [written_in(one, example) for one, example in SPELLINGS]
    report = run(repository, read_list("\n".join(dict.fromkeys(queries))), SearchRequest("*", dialect=dialect), by="Pat")
    by_query = {one.term.query: one for one in report.results}
    for query in queries:
        results, term = search(repository, query, dialect), by_query[query]
        assert [one.message for one in term.diagnostics] == [one.message for one in results.diagnostics]
        assert term.announcements == results.announcements
        assert term.hits == (results.total if results.answered else None)
        if results.answered:
            assert results.announcements, query
            with certify(Plan(repository, SearchRequest(query, dialect=dialect)), by="Pat") as made:
                assert [one.code for one in made.header.announcements] == [one.code for one in results.announcements]
        else:
            with pytest.raises(NotAnswered):
                certify(Plan(repository, SearchRequest(query, dialect=dialect)), by="Pat")


def written_in(spelling: Spelling, written: str) -> str:
    return f"{written} council" if spelling.glued else f"{written}(council)" if spelling.name == "often" else f"council {written} budget"


def test_an_other_total_counts_only_what_the_reader_may_see(repository: Repository) -> None:
    doubts = search(repository, "flood or creek", filters=Filters(permission=Permission(frozenset(), without_messages=False))).announcements
    assert [one.other_total for one in doubts] == [0]


def test_another_reading_that_is_too_broad_is_offered_without_a_number(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.engines.tantivy_words.WILDCARD_LIMIT", 1)
    results = search(repository, "ado$")
    assert [(one.other_query, one.other_total) for one in results.announcements] == [("ado*", None)]
    assert (results.total, results.answered) == (0, True)


def test_a_numbered_list_is_searched_by_its_terms_and_says_so_in_every_form(repository: Repository) -> None:
    text = "1. budget\n2. council\n3. flood or creek\n4. counc!\n5. budget"
    report = run(repository, read_list(text), SearchRequest("*"), by="Pat")
    assert [(one.term.text, one.hits) for one in report.results] == [
        ("1. budget", 3),
        ("2. council", 4),
        ("3. flood or creek", 0),
        ("4. counc!", None),
    ]
    assert report.term_list.repeats == ((5, 1, "5. budget"),)
    assert [str(one.message) for one in report.term_list.announcements] == ["The numbers 1. to 5. were removed."]
    told = as_json(report)
    third = told["terms"][2]
    assert [(one["code"], one["other_total"]) for one in third["announcements"]] == [("list-marks", 0), ("small-operator", 2)]
    assert third["text"][third["announcements"][1]["start"] : third["announcements"][1]["end"]] == "or"
    fourth = told["terms"][3]
    assert fourth["text"][fourth["diagnostics"][0]["start"] : fourth["diagnostics"][0]["end"]] == "counc!"
    table = list(csv.reader(io.StringIO(term_report.csv_bytes(told).decode("utf-8-sig"), newline="")))
    assert table[0].index("announced") < table[0].index("hits")
    announced = [row[table[0].index("announced")] for row in table[1:]]
    assert "flood OR creek, finds 2 records" in announced[2]
    assert "counc*, finds 5 records" in announced[3]
    assert announced[-1] == "The numbers 1. to 5. were removed."
    book = openpyxl.load_workbook(io.BytesIO(term_report.xlsx_bytes(told)))
    assert [row[3].value for row in book["terms"].iter_rows(min_row=2)] == announced
    assert json.loads(term_report.json_bytes(told)) == told


def test_the_numbers_of_a_list_can_be_kept(repository: Repository) -> None:
    kept = read_list("1. budget\n2. council", keep_numbers=True)
    assert [term.query for term in kept.terms] == ["1 budget", "2 council"]
    assert kept.announcements == ()
    report = run(repository, kept, SearchRequest("*"), by="Pat")
    assert [one.hits for one in report.results] == [0, 0]
    assert [one.announcements for one in report.results] == [(), ()]


def test_two_columns_of_a_spreadsheet_are_a_numbered_list(repository: Repository) -> None:
    listed = read_list("No.\tTerm\n1\tbudget\n2\tcity council\tJones")
    assert [(term.line, term.query, term.column) for term in listed.terms] == [(2, "budget", ""), (3, "city council Jones", "city council")]
    report = run(repository, listed, SearchRequest("*"), by="Pat")
    assert [(one.code, one.other_query, one.other_total) for one in report.results[1].announcements if one.code == "columns"] == [
        ("columns", "city council", 1)
    ]
    assert [one.code for one in listed.announcements] == ["list-marks", "columns"]


def test_the_certificate_says_the_doubt_before_the_number_in_both_files(repository: Repository, tmp_path: Path) -> None:
    with certify(Plan(repository, SearchRequest("flood or creek")), by="Pat") as made:
        write_into(tmp_path, made)
        blocks = certificate_pdf.document(made.header, "x.json", "0")["front"]
    stored = file_format.read(tmp_path / "certificate.json")
    (doubt,) = stored.announcements
    assert (doubt.code, doubt.start, doubt.end, doubt.other_query, doubt.other_total) == ("small-operator", 6, 8, "flood OR creek", 2)
    (rows,) = [block["rows"] for block in blocks if block["kind"] == "points"]
    result = next(at for at, row in enumerate(rows) if row.get("has_result"))
    before = " ".join(str(line) for row in rows[:result] for line in row["lines"])
    assert "Lowercase “or”" in before
    assert "flood OR creek, finds 2 records" in before
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF")


def test_a_certificate_of_before_there_were_announcements_can_be_read(repository: Repository, tmp_path: Path) -> None:
    with certify(Plan(repository, SearchRequest("budget")), by="Pat") as made:
        assert made.header.announcements == ()
        write_into(tmp_path, made)
    file = tmp_path / "certificate.json"
    file.write_text(file.read_text().replace('"announcements":[],\n', ""))
    assert file_format.read(file).announcements == ()


def test_the_command_line_says_the_doubt_before_the_number(repository: Repository, tmp_path: Path) -> None:
    data = str(repository.paths.data)
    told = CliRunner().invoke(main, ["--data", data, "search", "flood or creek"]).output
    assert told.index("flood OR creek, finds 2 records") < told.index("0 records: ")
    refused = CliRunner().invoke(main, ["--data", data, "search", "counc!"])
    assert refused.exit_code == 2
    assert "counc*, finds 5 records" in refused.output
    listed = tmp_path / "terms.txt"
    listed.write_text("1. budget\n2. council\n")
    for option, hits in (([], [3, 4]), (["--keep-numbers"], [0, 0])):
        answer = CliRunner().invoke(main, ["--data", data, "terms", str(listed), "--json", *option])
        assert [one["hits"] for one in json.loads(answer.output.splitlines()[-1])["terms"]] == hits
    assert "The numbers 1. to 2. were removed." in CliRunner().invoke(main, ["--data", data, "terms", str(listed)]).output


def test_doubts_are_the_same_with_the_other_engine(repository: Repository, tmp_path: Path) -> None:
    other = repository_at(tmp_path / "data", "whoosh")
    ingest(other, [x_zip(tmp_path / "x.zip", POSTS)], taken_by="Pat", source="test")
    for query in ("flood or creek", "610.021(1)", "council%", "1. budget\n2. tax", "counc!"):
        assert search(other, query).announcements == search(repository, query).announcements
        assert replace(search(other, query).explained, suggestions=()) == replace(search(repository, query).explained, suggestions=())
    other.close()


def test_another_reading_that_cannot_be_run_is_not_offered(repository: Repository) -> None:
    report = run(repository, read_list('1. "city council"\n2. tax'), SearchRequest("*", dialect=Dialect.DTSEARCH), by="Pat")
    assert [(one.code, one.other_query) for one in report.results[0].announcements] == [("list-marks", None)]
    assert [(one.code, one.other_query) for one in report.results[1].announcements] == [("list-marks", "2 tax")]
