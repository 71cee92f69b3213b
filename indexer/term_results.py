"""What a list of terms finds, term by term and as a whole, and the same as JSON: a search term report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from indexer import __version__
from indexer import coverage as captured
from indexer.as_of import Limits
from indexer.coverage_words import Coverage
from indexer.query import Diagnostic, Dialect

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """One term as it was typed; lines are counted from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class TermList:
    """A list as it was given: each term once, in order. `repeats` are (line, the line it repeats, text)."""

    terms: tuple[Term, ...]
    lines: int
    blank: int
    repeats: tuple[tuple[int, int, str], ...]
    digest: str  # SHA-256 of the text as given, UTF-8


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


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of the whole list, each record once."""

    hits: int
    families: int
    family: int
    media: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the list was run over. The numbers of the whole house are None where the reader may not see all of it.

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
    """Return a report as JSON holds it; the keys stand in docs/command-line.md. Sentences stay what they are (saying.py)."""
    listed, corpus, totals = report.listed, report.corpus, report.totals
    return {
        "run_at": report.run_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "run_by": report.run_by,
        "took_ms": round(report.took_ms),
        "zone": report.zone,
        "dialect": report.dialect.value,
        "as_of": report.as_of.isoformat() if report.as_of else None,
        "filters": list(report.filters),
        "scope": report.scope,
        "software": f"Show-Me Records {report.version}",
        "engine": report.engine,
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
        "reading": one.reading,
        "hits": one.hits,
        "unique": one.unique,
        "families": one.families,
        "family": one.family,
        "media": one.media,
        "expansions": [{"typed": typed, "words": words} for typed, words in one.expansions],
        "same_as": one.same_as,
        "diagnostics": [
            {"start": fault.start, "end": fault.end, "message": fault.message, "suggestion": fault.suggestion} for fault in one.diagnostics
        ],
    }
