"""A list of terms, run as one batch: what each one finds, what it alone finds, and what belongs to it (a search term report)."""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from indexer.catalog.threads import families
from indexer.i18n import say
from indexer.progress import Tick
from indexer.query import Announcement, Diagnostic, Dialect, Node
from indexer.query.doubts import pasted
from indexer.query.filters import Filters, Sort
from indexer.repository import Repository
from indexer.search.announced import CountedAnnouncement
from indexer.search.answering import IndexUnusable, NotAnswered
from indexer.search.plan import Plan
from indexer.search.reading import describe_filters, describe_scope
from indexer.search.request import SearchRequest
from indexer.term_reports.family_counts import FamilyCounts
from indexer.term_reports.report import Corpus, Report, Shape, Term, TermList, TermResult, Totals, shape

MOST_TERMS: Final = 1_000
MOST_CHARACTERS: Final = 50_000
_TRIES: Final = 3


__all__ = ["IndexMoved", "ListError", "Report", "Shape", "Totals", "read_list", "run", "shape"]


class ListError(ValueError):
    """The list cannot be run: it is empty or too long. The text is meant for people."""


class IndexMoved(Exception):
    """The index changed while the list ran, each time: counts of two states would not fit each other."""


def read_list(text: str, *, keep_numbers: bool = False) -> TermList:
    """Return the terms of a text, one a line, without the numbers and bullets of a list unless the numbers are kept.

    Raises ListError for none, too many or too long a text.
    """
    if len(text) > MOST_CHARACTERS:
        raise ListError(say("The list has {length} characters; the limit is {most}.", length=len(text), most=MOST_CHARACTERS))
    raw = text.removeprefix("\ufeff").splitlines()
    marks = pasted.find_marks(raw)
    first: dict[str, int] = {}
    repeats, terms, blank = [], [], 0
    for number, (line, mark) in enumerate(zip(raw, marks, strict=True), 1):
        term = _term(number, line, mark, keep_numbers=keep_numbers)
        if not term.query:
            blank += not (mark and mark.is_head)
        elif first.setdefault(term.query, number) == number:
            terms.append(term)
        else:
            repeats.append((number, first[term.query], term.text))
    if not terms:
        raise ListError(say("The list is empty. Enter one term per line."))
    if len(terms) > MOST_TERMS:
        raise ListError(say("The list has {count} terms; the limit is {most}.", count=len(terms), most=MOST_TERMS))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return TermList(tuple(terms), len(raw), blank, tuple(repeats), digest, tuple(_announced(marks, keep_numbers=keep_numbers)))


def _term(number: int, line: str, mark: pasted.Mark | None, *, keep_numbers: bool) -> Term:
    """Return the term of a line. A number that is kept is a word like any other; bullets and heads of columns never are."""
    text = " ".join(line.split())
    if mark is None:
        return Term(number, text, text, column=pasted.first_column(line))
    rest = " ".join(line[mark.end :].split())
    kept = mark.kept if keep_numbers else ""
    column = pasted.first_column(line[mark.end :])
    return Term(number, text, f"{kept} {rest}".strip(), "" if kept else mark.text, f"{mark.kept} {rest}".strip(), column)


def _announced(marks: Sequence[pasted.Mark | None], *, keep_numbers: bool) -> Iterator[CountedAnnouncement]:
    """Yield what is to be said of a list as a whole."""
    taken = pasted.describe_removed([mark for mark in marks if mark and not (keep_numbers and mark.number is not None)])
    if taken is not None:
        yield CountedAnnouncement("list-marks", taken, 0, 0)
    if any(mark and mark.is_head for mark in marks):
        yield CountedAnnouncement("columns", say("The column headings were skipped."), 0, 0)


def run(
    repository: Repository,
    listed: TermList,
    request: SearchRequest,
    *,
    by: str,
    progress: Tick | None = None,
) -> Report:
    """Run every term of a list within the filters, dialect and as-of day of a request (its query and order do not count).

    The run is an event. Raises IndexUnusable, and IndexMoved
    when records were being indexed all the while: a report is of one state of the index or is none.
    """
    started, run_at = time.perf_counter(), datetime.now(UTC)
    for _ in range(_TRIES):
        before = repository.index.position()
        try:
            results, totals = _Run(repository, listed, request).results(progress)
            corpus = _corpus(repository, request)
        except _Grown:
            continue
        if repository.index.position() == before:
            break
    else:
        raise IndexMoved(say("Records were being indexed while the list ran, so its counts would not be consistent. Run it again."))
    accounts = repository.catalog.accounts()
    filters = describe_filters(request.filters, accounts)
    report = Report(
        listed=listed,
        results=results,
        totals=totals,
        corpus=corpus,
        scope=describe_scope(request.filters.permission, accounts),
        filters=filters,
        dialect=request.dialect,
        as_of=request.as_of,
        zone=repository.zone,
        run_at=run_at.replace(microsecond=0),
        run_by=by,
        took_ms=(time.perf_counter() - started) * 1000,
        engine=f"{repository.index.name} {repository.index.version}",
    )
    detail = {
        "terms": [term.text for term in listed.terms],
        "not_searched": len(report.unread),
        "hits": totals.hits,
        "filters": [str(one) for one in filters],
        "dialect": request.dialect.value,
        "as_of": request.as_of.isoformat() if request.as_of else None,
        "sha256": listed.digest,
    }
    repository.audit.add("terms:run", by, f"{len(listed.terms)} terms", detail)
    return report


class _Grown(Exception):
    """A record was found that was not there when the run began."""


class _Run:
    """One pass over a list: the hits of one term at a time."""

    def __init__(self, repository: Repository, listed: TermList, request: SearchRequest) -> None:
        self._repository, self._listed, self._request = repository, listed, replace(request, sort=Sort.OLDEST)

    def results(self, progress: Tick | None) -> tuple[tuple[TermResult, ...], Totals]:
        """Return what became of every term, and the totals."""
        total = len(self._listed.terms)
        if progress:
            progress(0, total)
        counts = FamilyCounts(families(self._repository.db, self._scope()))
        results: list[TermResult] = []
        trees: dict[Node, int] = {}
        for number, term in enumerate(self._listed.terms, 1):
            result, hits = self._one(term, trees)
            if hits is not None:
                try:
                    count = counts.add(number, hits)
                except IndexError as error:
                    raise _Grown from error
                result = replace(result, hits=len(hits), families=count.families, family=count.records, media=count.media)
            results.append(result)
            if progress:
                progress(number, total)
        alone = counts.alone()
        whole = tuple(replace(one, unique=alone[number]) if one.hits is not None else one for number, one in enumerate(results, 1))
        return whole, Totals(counts.hits, *counts.total)

    def _scope(self) -> bytearray | None:
        """Return which records may be in a family: None for all of them."""
        permission = self._request.filters.permission
        if permission.is_all and self._request.as_of is None:
            return None
        scope = bytearray()
        visible = SearchRequest("*", Filters(permission=permission), Sort.OLDEST, as_of=self._request.as_of)
        for pk in Plan(self._repository, visible).ids():
            if pk >= len(scope):
                scope.extend(bytes(pk + 1 - len(scope)))
            scope[pk] = 1
        return scope

    def _one(self, term: Term, trees: dict[Node, int]) -> tuple[TermResult, array[int] | None]:
        """Return a term's reading and hits; None where it was not searched for."""
        plan = Plan(self._repository, replace(self._request, query=term.query))
        parsed, announcements = plan.parsed, _doubts(term, plan)
        if parsed.tree is None:
            return TermResult(term, "", diagnostics=_shifted(parsed.diagnostics, term), announcements=announcements), None
        first = trees.setdefault(parsed.tree, term.line)
        result = TermResult(term, parsed.reading, same_as=first if first != term.line else None, announcements=announcements)
        try:
            hits = plan.ids()
            return replace(result, expansions=tuple((one.typed, len(one.words)) for one in plan.expansions)), hits
        except IndexUnusable:
            raise
        except NotAnswered as error:
            return replace(result, diagnostics=_shifted(error.diagnostics, term)), None


def _doubts(term: Term, plan: Plan) -> tuple[CountedAnnouncement, ...]:
    """Return the doubtful readings of a term, with places in the line as it was given."""
    doubts = [replace(one, start=one.start + term.shift, end=one.end + term.shift) for one in plan.parsed.announcements]
    if term.column:
        message = say("This line has several columns; they were read as one term.")
        doubts.insert(0, Announcement("columns", 0, len(term.text), message, term.column))
    if term.mark:
        message = say("“{mark}” was removed from the beginning of the line.", mark=term.mark)
        doubts.insert(0, Announcement("list-marks", 0, term.shift, message, term.marked if term.marked != term.query else None))
    return plan.count_alternatives(doubts)


def _shifted(faults: Sequence[Diagnostic], term: Term) -> tuple[Diagnostic, ...]:
    return tuple(replace(one, start=one.start + term.shift, end=one.end + term.shift) for one in faults)


def _corpus(repository: Repository, request: SearchRequest) -> Corpus:
    searched = Plan(repository, replace(request, query="*", sort=Sort.NEWEST, limit=0, offset=0, dialect=Dialect.PLAIN)).counts()
    sees_all = request.filters.permission.is_all
    return Corpus(
        searched=searched.total,
        in_step=searched.in_step,
        position=repository.index.position() if sees_all else None,
        indexed=searched.indexed if sees_all else None,
        held=searched.held if sees_all else None,
        coverage=searched.coverage,
        limits=searched.as_of,
    )
