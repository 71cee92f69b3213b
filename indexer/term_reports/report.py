"""Search term reports as CSV, Excel or JSON files, all made from the report's JSON. Numbers stay numbers; formulas are neutralized."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter

from indexer import __version__
from indexer.coverage import Coverage
from indexer.coverage import scope as captured
from indexer.i18n import say
from indexer.local_time import utc_text
from indexer.query import Diagnostic, Dialect
from indexer.search import CountedAnnouncement, Limits, announcement_json, sentences
from indexer.spreadsheets import escape_formula, fit_xlsx

ReportJson = Mapping[str, Any]
Cell = str | int | None

COLUMNS: Final = {
    "line": "line number in the list as received, starting with 1",
    "term": "the term as typed",
    "read as": "what was searched for",
    "announced": "doubts about the term, with the alternative and what it finds",
    "hits": "records found by the term; empty: it was not searched for",
    "unique hits": "records found by this term and no other term on the list",
    "hits with family": "the hits and everything that belongs with them, each record once",
    "families": "number of families",
    "media files": "media files on file for the hits with family, counted for each record",
    "stands for": "wildcards and similar, each with the number of different words it matches",
    "note": "why it was not searched for, or which earlier line is the same",
}
FAMILY: Final = say(
    "A family is a record and everything that belongs with it: the other records of the same conversation, and the "
    "chain of replies above and below it, such as a post and its comments. Filters apply to the hits, not to their "
    "families. Records the reader has no access to are not in any family."
)


def csv_bytes(report: ReportJson) -> bytes:
    """Return the report as CSV (RFC 4180, UTF-8 with a byte order mark): a line per term, then the totals."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    for row in rows(report):
        writer.writerow(["" if cell is None else escape_formula(cell) if isinstance(cell, str) else cell for cell in row])
    return codecs.BOM_UTF8 + text.getvalue().encode("utf-8", "replace")


def json_bytes(report: ReportJson) -> bytes:
    """Return the report as JSON."""
    return (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def xlsx_bytes(report: ReportJson) -> bytes:
    """Return the report as an Excel workbook with a sheet "terms", and a sheet "about" on what was counted."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Any = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": "Search term report"})
    bold, wrapped, number = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"}), _number_format(book)
    sheet = book.add_worksheet("terms")
    widths = (6, 40, 50, 50, 10, 12, 16, 10, 12, 30, 50)
    for at, (name, width) in enumerate(zip(COLUMNS, widths, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name, bold)
    last = 0
    for last, row in enumerate(rows(report), 1):
        for at, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(last, at, cell, number)
            elif cell:
                sheet.write_string(last, at, _fit(cell), wrapped)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(last - 1, 1), len(COLUMNS) - 1)  # leaves the totals out
    about = book.add_worksheet("about")
    about.set_column(0, 0, 28)
    about.set_column(1, 1, 110)
    for at, (name, value) in enumerate(about_lines(report)):
        about.write_string(at, 0, name, bold)
        if isinstance(value, int):
            about.write_number(at, 1, value, number)
        else:
            about.write_string(at, 1, _fit(value), wrapped)
    book.close()
    return stream.getvalue()


FORMS: Final[Mapping[str, Callable[[ReportJson], bytes]]] = {"csv": csv_bytes, "xlsx": xlsx_bytes, "json": json_bytes}
"""File suffix -> function that makes the file."""


def rows(report: ReportJson) -> Iterator[list[Cell]]:
    """Yield the cells of each term in the order of COLUMNS, then the totals."""
    for term in report["terms"]:
        stands_for = "; ".join(f"{expansion['typed']}: {expansion['words']}" for expansion in term["expansions"])
        counts = [term[name] for name in ("hits", "unique", "family", "families", "media")]
        yield [term["line"], str(term["text"]), str(term["reading"]), announced(term), *counts, stands_for, note(term)]
    totals = report["totals"]
    whole = f"whole list, each record once ({report['list']['terms'] - report['list']['not_searched']} terms searched for)"
    yield [None, "", whole, announced(report), totals["hits"], None, totals["family"], totals["families"], totals["media"], "", ""]


def announced(term_or_report: ReportJson) -> str:
    """Return the announcements of a term or of the whole list; older reports have none."""
    announcements = [CountedAnnouncement(**values) for values in term_or_report.get("announcements", ())]
    return " ".join(str(sentence) for announcement in announcements for sentence in sentences(announcement))


def note(term: ReportJson) -> str:
    """Return the remarks on a term, besides its counts."""
    remarks: list[str] = [
        say("Not searched for: {message} {suggestion}", message=diagnostic["message"], suggestion=diagnostic["suggestion"]).strip()
        for diagnostic in term["diagnostics"]
    ]
    if term["same_as"] is not None:
        remarks.append(say("Same as line {line}.", line=term["same_as"]))
    return " ".join(remarks)


def about_lines(report: ReportJson) -> Iterator[tuple[str, str | int]]:
    """Yield the report's description, complete enough to run the same list again."""
    corpus, term_list = report["corpus"], report["list"]
    for announcement in report.get("announcements", ()):
        yield "announced", str(announcement["message"])
    yield "run at (UTC)", report["run_at"]
    yield "run by", report["run_by"]
    yield "time zone", report["zone"]
    yield "accounts searched", str(report["scope"])
    for line in report["filters"]:
        yield "filter", str(line)
    yield "as it was on (end of day)", report["as_of"] or "now, everything on file"
    if limits := corpus["as_of_limits"]:
        yield "without a date: not counted", limits["undated"]
        yield "available only as a later version: not counted", limits["unknown"]
        yield "last captured before that day: counted", limits["last_seen_before"]
    yield "search syntax", report["dialect"]
    yield "records within the filters", corpus["searched"]
    if corpus["held"] is not None:
        yield "records on file", corpus["held"]
        yield "records indexed", corpus["indexed"]
        yield "catalog position", corpus["position"]
    yield "index", "contained every record" if corpus["in_step"] else "was not up to date: there may be more"
    if coverage := report["coverage"]:
        for sentence in (coverage["summary"], *coverage["gaps"], *coverage["notes"]):
            yield "coverage", str(sentence)
    yield "lines", term_list["lines"]
    yield "terms", term_list["terms"]
    yield "terms not searched for", term_list["not_searched"]
    yield "blank lines", term_list["blank"]
    for repeat in term_list["repeats"]:
        yield "repeated line", f"line {repeat['line']} repeats line {repeat['repeats']}: {repeat['text']}"
    yield "SHA-256 of the list", term_list["sha256"]
    yield "software", f"{report['software']}, {report['engine']}"
    yield "families", FAMILY
    for name, meaning in COLUMNS.items():
        yield f"column {name}", meaning


def _number_format(book: Any) -> Any:
    return book.add_format({"num_format": "#,##0", "valign": "top"})


def _fit(text: str) -> str:
    return fit_xlsx(text)[0].replace("<r>", "< r>")  # the library takes "<r>" for rich text


JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its line number (from 1), the line as received, and the query to run.

    `mark`: number or bullet removed from the line; `marked`: the query with it; `column`: the first column, if the line has several.
    """

    line: int
    text: str
    query: str
    mark: str = ""
    marked: str = ""
    column: str = ""

    @property
    def shift(self) -> int:
        """Offset of the query in the line."""
        return max(0, len(self.text) - len(self.query))


@dataclass(frozen=True, slots=True)
class TermList:
    """A list as received: each term once, in order. `repeats`: (line, the line it repeats, text)."""

    terms: tuple[Term, ...]
    lines: int
    blank: int
    repeats: tuple[tuple[int, int, str], ...]
    digest: str  # SHA-256 of the text as received, UTF-8
    announcements: tuple[CountedAnnouncement, ...] = ()  # on the list as a whole


@dataclass(frozen=True, slots=True)
class TermResult:
    """The result of a term. With diagnostics it was not searched for, and the counts are None (not zero).

    `unique`: hits of no other term on the list. `families`: families of its hits; `family`: records in them, each
    counted once; `media`: their media files on file. `expansions`: number of different words that each wildcard, fuzzy
    word, stem or number range matches. `same_as`: line of an earlier term that means the same but is typed differently.
    """

    term: Term
    reading: str
    hits: int | None = None
    unique: int | None = None
    families: int | None = None
    family: int | None = None
    media: int | None = None
    expansions: tuple[tuple[str, int], ...] = ()
    same_as: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    announcements: tuple[CountedAnnouncement, ...] = ()  # doubtful readings, shown before the counts


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of the list, each record counted once."""

    hits: int
    families: int
    family: int
    media: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """The records the list was run over. Numbers of the whole repository are None if the reader may not see all of it.

    `searched`: records within the filters; `in_step`: the index contained every record; `coverage`: captured days of the
    accounts within the filters; `limits`: records that an as-of search cannot decide.
    """

    searched: int
    in_step: bool
    position: int | None
    indexed: int | None
    held: int | None
    coverage: Coverage | None
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class TermReport:
    """A search term report. `run_at` is UTC; days in the filters are days in `zone`, the public body's time zone."""

    term_list: TermList
    results: tuple[TermResult, ...]
    totals: Totals
    corpus: Corpus
    scope: str
    filters: tuple[str, ...]
    dialect: Dialect
    as_of: date | None
    zone: str
    run_at: datetime
    run_by: str
    took_ms: float
    engine: str
    version: str = field(default=__version__)

    @property
    def not_searched(self) -> tuple[TermResult, ...]:
        """The terms that were not searched for, each with its diagnostics."""
        return tuple(result for result in self.results if result.diagnostics)


def as_json(report: TermReport) -> JsonObject:
    """Return a report as JSON; docs/command-line.md lists the keys. Sentences stay translatable (i18n.py)."""
    term_list, corpus, totals = report.term_list, report.corpus, report.totals
    return {
        "run_at": utc_text(report.run_at),
        "run_by": report.run_by,
        "took_ms": round(report.took_ms),
        "zone": report.zone,
        "dialect": report.dialect.value,
        "as_of": report.as_of.isoformat() if report.as_of else None,
        "filters": list(report.filters),
        "scope": report.scope,
        "software": f"Show-Me Records {report.version}",
        "engine": report.engine,
        "announcements": [announcement_json(announcement) for announcement in term_list.announcements],
        "corpus": {
            "searched": corpus.searched,
            "in_step": corpus.in_step,
            "position": corpus.position,
            "indexed": corpus.indexed,
            "held": corpus.held,
            "as_of_limits": _limits(corpus.limits),
        },
        "coverage": _coverage(corpus.coverage),
        "list": {
            "lines": term_list.lines,
            "terms": len(term_list.terms),
            "not_searched": len(report.not_searched),
            "blank": term_list.blank,
            "repeats": [{"line": line, "repeats": first, "text": text} for line, first, text in term_list.repeats],
            "sha256": term_list.digest,
        },
        "totals": {"hits": totals.hits, "families": totals.families, "family": totals.family, "media": totals.media},
        "terms": [_term(result) for result in report.results],
    }


def _limits(limits: Limits | None) -> JsonObject | None:
    if limits is None:
        return None
    return {"undated": limits.undated, "unknown": limits.unknown, "last_seen_before": limits.last_seen_before}


def _coverage(coverage: Coverage | None) -> JsonObject | None:
    if coverage is None:
        return None
    return {
        **captured.as_json(coverage),
        "summary": coverage.summary,
        "gaps": list(coverage.gaps),
        "notes": list(coverage.notes),
    }


def _term(result: TermResult) -> Mapping[str, Any]:
    return {
        "line": result.term.line,
        "text": result.term.text,
        "query": result.term.query,
        "reading": result.reading,
        "hits": result.hits,
        "unique": result.unique,
        "families": result.families,
        "family": result.family,
        "media": result.media,
        "expansions": [{"typed": typed, "words": words} for typed, words in result.expansions],
        "same_as": result.same_as,
        "announcements": [announcement_json(doubt) for doubt in result.announcements],
        "diagnostics": [
            {
                "start": diagnostic.start,
                "end": diagnostic.end,
                "message": diagnostic.message,
                "suggestion": diagnostic.suggestion,
            }
            for diagnostic in result.diagnostics
        ],
    }
