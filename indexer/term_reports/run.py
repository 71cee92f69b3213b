"""Run a list of terms in one batch and count hits, unique hits and families of each term (a search term report)."""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from indexer.catalog import families
from indexer.i18n import say
from indexer.progress import Tick
from indexer.query import Announcement, Diagnostic, Dialect, Filters, Node, Sort, pasted
from indexer.repository import Repository
from indexer.search import CountedAnnouncement, IndexUnusable, NotAnswered, Plan, SearchRequest, describe_filters, describe_scope
from indexer.term_reports.family_counts import FamilyCounts
from indexer.term_reports.report import Corpus, JsonObject, Term, TermList, TermReport, TermResult, Totals, as_json

MOST_TERMS: Final = 1_000
MOST_CHARACTERS: Final = 50_000
_TRIES: Final = 3


__all__ = ["IndexChanged", "JsonObject", "ListError", "TermReport", "Totals", "as_json", "read_list", "run"]


class ListError(ValueError):
    """The list is empty or too long. The message is for users."""


class IndexChanged(Exception):
    """The index changed during every attempt, so the counts would not be consistent."""


def read_list(text: str, *, keep_numbers: bool = False) -> TermList:
    """Parse a list of terms, one per line. Bullets are removed, and so are list numbers unless `keep_numbers`.

    Raises ListError for an empty list, too many terms or too long a text.
    """
    if len(text) > MOST_CHARACTERS:
        raise ListError(say("The list has {length} characters; the limit is {most}.", length=len(text), most=MOST_CHARACTERS))
    raw = text.removeprefix("\ufeff").splitlines()
    marks = pasted.find_marks(raw)
    first_lines: dict[str, int] = {}
    repeats, terms, blank = [], [], 0
    for number, (line, mark) in enumerate(zip(raw, marks, strict=True), 1):
        term = _parse_term(number, line, mark, keep_numbers=keep_numbers)
        if not term.query:
            blank += not (mark and mark.is_head)
        elif first_lines.setdefault(term.query, number) == number:
            terms.append(term)
        else:
            repeats.append((number, first_lines[term.query], term.text))
    if not terms:
        raise ListError(say("The list is empty. Enter one term per line."))
    if len(terms) > MOST_TERMS:
        raise ListError(say("The list has {count} terms; the limit is {most}.", count=len(terms), most=MOST_TERMS))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return TermList(tuple(terms), len(raw), blank, tuple(repeats), digest, tuple(_list_announcements(marks, keep_numbers=keep_numbers)))


def _parse_term(number: int, line: str, mark: pasted.Mark | None, *, keep_numbers: bool) -> Term:
    """Parse the term of a line. A number that is kept is an ordinary word; bullets and column headings never are."""
    text = " ".join(line.split())
    if mark is None:
        return Term(number, text, text, column=pasted.first_column(line))
    rest = " ".join(line[mark.end :].split())
    kept = mark.kept if keep_numbers else ""
    column = pasted.first_column(line[mark.end :])
    return Term(number, text, f"{kept} {rest}".strip(), "" if kept else mark.text, f"{mark.kept} {rest}".strip(), column)


def _list_announcements(marks: Sequence[pasted.Mark | None], *, keep_numbers: bool) -> Iterator[CountedAnnouncement]:
    """Yield announcements on the list as a whole."""
    removed = pasted.describe_removed([mark for mark in marks if mark and not (keep_numbers and mark.number is not None)])
    if removed is not None:
        yield CountedAnnouncement("list-marks", removed, 0, 0)
    if any(mark and mark.is_head for mark in marks):
        yield CountedAnnouncement("columns", say("The column headings were skipped."), 0, 0)


def run(
    repository: Repository,
    term_list: TermList,
    request: SearchRequest,
    *,
    by: str,
    progress: Tick | None = None,
) -> TermReport:
    """Run every term of a list with the filters, dialect and as-of day of a request (its query and sort are ignored).

    Logs the run. Raises IndexUnusable, and IndexChanged if records keep being indexed: a report describes a single state
    of the index.
    """
    started, run_at = time.perf_counter(), datetime.now(UTC)
    for _ in range(_TRIES):
        before = repository.index.position()
        try:
            results, totals = _Run(repository, term_list, request).results(progress)
            corpus = _describe_corpus(repository, request)
        except _RecordAdded:
            continue
        if repository.index.position() == before:
            break
    else:
        raise IndexChanged(say("Records were being indexed while the list ran, so its counts would not be consistent. Run it again."))
    accounts = repository.catalog.accounts()
    filters = describe_filters(replace(request, as_of=None), accounts)
    report = TermReport(
        term_list=term_list,
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
        "terms": [term.text for term in term_list.terms],
        "not_searched": len(report.not_searched),
        "hits": totals.hits,
        "filters": [str(words) for words in filters],
        "dialect": request.dialect.value,
        "as_of": request.as_of.isoformat() if request.as_of else None,
        "sha256": term_list.digest,
    }
    repository.audit.add("terms:run", by, f"{len(term_list.terms)} terms", detail)
    return report


class _RecordAdded(Exception):
    """A term found a record that was added after the run began."""


class _Run:
    """A run over a list, term by term."""

    def __init__(self, repository: Repository, term_list: TermList, request: SearchRequest) -> None:
        self._repository, self._term_list, self._request = repository, term_list, replace(request, sort=Sort.OLDEST)

    def results(self, progress: Tick | None) -> tuple[tuple[TermResult, ...], Totals]:
        """Return the result of every term, and the totals."""
        total = len(self._term_list.terms)
        if progress:
            progress(0, total)
        counts = FamilyCounts(families(self._repository.db, self._scope()))
        results: list[TermResult] = []
        trees: dict[Node, int] = {}
        for number, term in enumerate(self._term_list.terms, 1):
            result, hits = self._run_term(term, trees)
            if hits is not None:
                try:
                    count = counts.add(number, hits)
                except IndexError as error:
                    raise _RecordAdded from error
                result = replace(result, hits=len(hits), families=count.families, family=count.records, media=count.media)
            results.append(result)
            if progress:
                progress(number, total)
        unique = counts.unique_hits()
        complete = tuple(
            replace(result, unique=unique[number]) if result.hits is not None else result for number, result in enumerate(results, 1)
        )
        return complete, Totals(counts.hits, *counts.total)

    def _scope(self) -> bytearray | None:
        """Return a flag per pk for records that may be in a family, or None for all."""
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

    def _run_term(self, term: Term, trees: dict[Node, int]) -> tuple[TermResult, array[int] | None]:
        """Return a term's result and hits; no hits if it was not searched for."""
        plan = Plan(self._repository, replace(self._request, query=term.query))
        parsed, announcements = plan.parsed, _doubts(term, plan)
        if parsed.tree is None:
            return TermResult(term, "", diagnostics=_shift(parsed.diagnostics, term), announcements=announcements), None
        first = trees.setdefault(parsed.tree, term.line)
        result = TermResult(term, parsed.reading, same_as=first if first != term.line else None, announcements=announcements)
        try:
            hits = plan.ids()
            return replace(result, expansions=tuple((expansion.typed, len(expansion.words)) for expansion in plan.expansions)), hits
        except IndexUnusable:
            raise
        except NotAnswered as error:
            return replace(result, diagnostics=_shift(error.diagnostics, term)), None


def _doubts(term: Term, plan: Plan) -> tuple[CountedAnnouncement, ...]:
    """Return the doubtful readings of a term, with offsets in the line as received."""
    doubts = [replace(doubt, start=doubt.start + term.shift, end=doubt.end + term.shift) for doubt in plan.parsed.announcements]
    if term.column:
        message = say("This line has several columns; they were read as one term.")
        doubts.insert(0, Announcement("columns", 0, len(term.text), message, term.column))
    if term.mark:
        message = say("“{mark}” was removed from the beginning of the line.", mark=term.mark)
        doubts.insert(0, Announcement("list-marks", 0, term.shift, message, term.marked if term.marked != term.query else None))
    return plan.count_alternatives(doubts)


def _shift(diagnostics: Sequence[Diagnostic], term: Term) -> tuple[Diagnostic, ...]:
    return tuple(replace(diagnostic, start=diagnostic.start + term.shift, end=diagnostic.end + term.shift) for diagnostic in diagnostics)


def _describe_corpus(repository: Repository, request: SearchRequest) -> Corpus:
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
