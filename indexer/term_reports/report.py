"""A search term report as a file: CSV, Excel or JSON, all from the JSON shape of run.py. Numbers are numbers, and no cell is run."""

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
from indexer.coverage import scope as captured
from indexer.coverage.summary import Coverage
from indexer.i18n import say
from indexer.local_time import utc_text
from indexer.query import Diagnostic, Dialect
from indexer.search.announced import Announced, sentences
from indexer.search.announced import shape as announced_shape
from indexer.search.as_of import Limits
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
    """Return the report as CSV (RFC 4180, UTF-8 with a byte order mark): a line for each term, then one for the whole list."""
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
    """Return the report as an Excel workbook: a sheet "terms", and a sheet "about" that says what the counts are counts of."""
    stream = io.BytesIO()
    quiet = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Any = xlsxwriter.Workbook(stream, quiet)
    book.set_properties({"title": "Search term report"})
    bold, wrapped, number = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"}), _number(book)
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
    sheet.autofilter(0, 0, max(last - 1, 1), len(COLUMNS) - 1)  # the line of totals stays below
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
"""Forms of a report by the end of the file's name."""


def rows(report: ReportJson) -> Iterator[list[Cell]]:
    """Yield the cells of each term in the order of COLUMNS, then those of the whole list."""
    for term in report["terms"]:
        stands_for = "; ".join(f"{one['typed']}: {one['words']}" for one in term["expansions"])
        counts = [term[name] for name in ("hits", "unique", "family", "families", "media")]
        yield [term["line"], str(term["text"]), str(term["reading"]), announced(term), *counts, stands_for, note(term)]
    totals = report["totals"]
    whole = f"whole list, each record once ({report['list']['terms'] - report['list']['not_searched']} terms searched for)"
    yield [None, "", whole, announced(report), totals["hits"], None, totals["family"], totals["families"], totals["media"], "", ""]


def announced(told: ReportJson) -> str:
    """Return the doubtful readings of a term, or of the list; reports of before there were any have none."""
    return " ".join(str(sentence) for one in told.get("announcements", ()) for sentence in sentences(Announced(**one)))


def note(term: ReportJson) -> str:
    """Return what there is to say of a term besides its counts."""
    told: list[str] = [
        say("Not searched for: {message} {suggestion}", message=one["message"], suggestion=one["suggestion"]).strip()
        for one in term["diagnostics"]
    ]
    if term["same_as"] is not None:
        told.append(say("Same as line {line}.", line=term["same_as"]))
    return " ".join(told)


def about_lines(report: ReportJson) -> Iterator[tuple[str, str | int]]:
    """Yield what the report says of itself: enough to run the same list again."""
    corpus, listed = report["corpus"], report["list"]
    for one in report.get("announcements", ()):
        yield "announced", str(one["message"])
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
    yield "lines", listed["lines"]
    yield "terms", listed["terms"]
    yield "terms not searched for", listed["not_searched"]
    yield "blank lines", listed["blank"]
    for one in listed["repeats"]:
        yield "repeated line", f"line {one['line']} repeats line {one['repeats']}: {one['text']}"
    yield "SHA-256 of the list", listed["sha256"]
    yield "software", f"{report['software']}, {report['engine']}"
    yield "families", FAMILY
    for name, meaning in COLUMNS.items():
        yield f"column {name}", meaning


def _number(book: Any) -> Any:
    return book.add_format({"num_format": "#,##0", "valign": "top"})


def _fit(text: str) -> str:
    return fit_xlsx(text)[0].replace("<r>", "< r>")  # "<r>" is the library's own mark of rich text


Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """One term: its line as it was given, counted from 1, and the query that is run.

    `mark` is a number or bullet that was taken off, `marked` the query with it; `column` the first column of a line that has several.
    """

    line: int
    text: str
    query: str
    mark: str = ""
    marked: str = ""
    column: str = ""

    @property
    def shift(self) -> int:
        """Where the query begins in the line."""
        return max(0, len(self.text) - len(self.query))


@dataclass(frozen=True, slots=True)
class TermList:
    """A list as it was given: each term once, in order. `repeats` are (line, the line it repeats, text)."""

    terms: tuple[Term, ...]
    lines: int
    blank: int
    repeats: tuple[tuple[int, int, str], ...]
    digest: str  # SHA-256 of the text as given, UTF-8
    announcements: tuple[Announced, ...] = ()  # of the list as a whole


@dataclass(frozen=True, slots=True)
class TermResult:
    """What became of one term. With diagnostics there are no counts: then they are None, which is not zero.

    `unique` are hits of this term and of no other one of the list. `family` are the records of the families of its
    hits, each once; `families` how many of those there are; `media` their files in custody. `expansions` say of each
    wildcard, fuzzy word, stem or range of numbers for how many different words it stands. `same_as` is the line of an
    earlier term that is typed otherwise and means the same.
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
    announcements: tuple[Announced, ...] = ()  # doubtful readings, to be said before the counts


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of the whole list, each record once."""

    hits: int
    families: int
    family: int
    media: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the list was run over. The numbers of the whole repository are None where the reader may not see all of it.

    `searched` counts the records within the filters; `in_step` says that the index held every record; `coverage` says which
    days of which accounts within the filters are captured, `limits` what an as-of day leaves unknown of them.
    """

    searched: int
    in_step: bool
    position: int | None
    indexed: int | None
    held: int | None
    coverage: Coverage | None
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A search term report. `run_at` is UTC; `zone` is the body's, whose days the filters mean."""

    listed: TermList
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
    def unread(self) -> tuple[TermResult, ...]:
        """The terms that were not searched for, each with its diagnostics."""
        return tuple(one for one in self.results if one.diagnostics)


def shape(report: Report) -> Shape:
    """Return a report as JSON holds it; the keys stand in docs/command-line.md. Sentences stay what they are (i18n.py)."""
    listed, corpus, totals = report.listed, report.corpus, report.totals
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
        "announcements": [announced_shape(one) for one in listed.announcements],
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
            "lines": listed.lines,
            "terms": len(listed.terms),
            "not_searched": len(report.unread),
            "blank": listed.blank,
            "repeats": [{"line": line, "repeats": first, "text": text} for line, first, text in listed.repeats],
            "sha256": listed.digest,
        },
        "totals": {"hits": totals.hits, "families": totals.families, "family": totals.family, "media": totals.media},
        "terms": [_term(one) for one in report.results],
    }


def _limits(found: Limits | None) -> Shape | None:
    if found is None:
        return None
    return {"undated": found.undated, "unknown": found.unknown, "last_seen_before": found.last_seen_before}


def _coverage(found: Coverage | None) -> Shape | None:
    if found is None:
        return None
    return {**captured.shape(found), "summary": found.summary, "gaps": list(found.gaps), "notes": list(found.notes)}


def _term(one: TermResult) -> Mapping[str, Any]:
    return {
        "line": one.term.line,
        "text": one.term.text,
        "query": one.term.query,
        "reading": one.reading,
        "hits": one.hits,
        "unique": one.unique,
        "families": one.families,
        "family": one.family,
        "media": one.media,
        "expansions": [{"typed": typed, "words": words} for typed, words in one.expansions],
        "same_as": one.same_as,
        "announcements": [announced_shape(doubt) for doubt in one.announcements],
        "diagnostics": [
            {"start": fault.start, "end": fault.end, "message": fault.message, "suggestion": fault.suggestion} for fault in one.diagnostics
        ],
    }
