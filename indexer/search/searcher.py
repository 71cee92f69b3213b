"""A search: request -> engine -> numbers -> catalog -> results. The catalog has the last word on every hit."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from indexer import cost
from indexer.catalog.models import RecordView
from indexer.coverage.summary import Coverage
from indexer.engines import Hits, IndexDamaged, TooBroad
from indexer.i18n import say
from indexer.query import And, Announcement, Diagnostic, Dialect, Node, Word, parse
from indexer.query.filters import Filters, Sort
from indexer.query.highlight import cut_out, spans
from indexer.query.nodes import STATES
from indexer.query.reading_words import ENGLISH
from indexer.repository import Repository
from indexer.search.announced import Announced, announced
from indexer.search.as_of import Asked, Limits, stood
from indexer.search.facets import Bar, FacetValue, bars, facets_of
from indexer.search.reading import readings
from indexer.search.suggestions import Explained, explain
from indexer.search.undated import undated_outside, undated_query


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What somebody looks for. Days in `filters` are local days of the body's zone."""

    query: str = "*"
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.NEWEST
    limit: int = 25
    offset: int = 0
    dialect: Dialect = Dialect.PLAIN
    as_of: date | None = None  # only what was visible at the end of this local day, as it stood then


@dataclass(frozen=True, slots=True)
class Hit:
    """One record of a page of results; `snippet` is its text in pieces, each with whether it is a hit.

    `version` is the version that the snippet shows: an earlier one where only that was found.
    """

    view: RecordView
    snippet: tuple[tuple[str, bool], ...]
    version: int


class Stopped(StrEnum):
    """Why a sound query was not answered."""

    TOO_BROAD = "too-broad"  # one wildcard stands for too many words
    TOO_COSTLY = "too-costly"  # all of it together takes too much work
    TOO_SLOW = "too-slow"  # the time was over: the same search may be answered on a less busy computer


@dataclass(frozen=True, slots=True)
class Results:
    """The answer. With diagnostics there is no answer: then `total` is no zero but unknown (`answered` is False)."""

    request: SearchRequest
    reading: str
    total: int = 0
    records: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    bars: tuple[Bar, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    announcements: tuple[Announced, ...] = ()  # doubtful readings, to be said before the total
    undated: int = 0
    undated_outside: int = 0  # records that fit but for the days asked for, because they carry no date
    undated_query: str = ""  # what finds them without the days, in the plain dialect; empty where there are none
    indexed: int = 0
    held: int = 0
    in_step: bool = True  # the index knows all of the catalog: the counts alone do not tell, a new wording is no new record
    took_ms: float = 0.0
    index_unusable: bool = False  # then the diagnostic is no fault of the query
    stopped: Stopped | None = None  # the query is sound and takes more work than one search may: it was refused
    as_of: Limits | None = None  # what an answer as of a day cannot know
    coverage: Coverage | None = None  # what of the search's scope is captured; None where there is no answer
    canonical: str = ""  # the query as it was understood, with every parenthesis, in the plain dialect
    readings: Mapping[str, str] = field(default_factory=dict)  # the whole search in one sentence, by language ("en", "es")
    explained: Explained = field(default_factory=Explained)  # only where a page was asked for

    @property
    def answered(self) -> bool:
        """True when the query was understood and run."""
        return not self.diagnostics


class NotAnswered(Exception):
    """The query cannot be run; the diagnostics say why and where."""

    def __init__(self, diagnostics: Sequence[Diagnostic], stopped: Stopped | None = None) -> None:
        super().__init__("; ".join(one.message for one in diagnostics))
        self.diagnostics, self.stopped = tuple(diagnostics), stopped


class IndexUnusable(NotAnswered):
    """The query is well, but the index is damaged, holds nothing of a catalog that has records, or what the catalog does not have."""


class Searcher:
    """Searches one repository. Each search, list of numbers and count may cost as much as `bounds` allow."""

    def __init__(self, repository: Repository, bounds: cost.Bounds = cost.PATIENT) -> None:
        self._repository, self._bounds = repository, bounds

    def search(self, request: SearchRequest) -> Results:
        """Answer a request: one page of records, the exact total, facets and bars over all of them."""
        started = time.perf_counter()
        parsed = parse(request.query, request.dialect)
        if parsed.tree is None:
            announcements = self.announced(request, parsed.announcements)
            return Results(request, parsed.reading, diagnostics=parsed.diagnostics, announcements=announcements)
        limit = max(0, request.limit)
        try:
            with self._answering(request.query):
                in_step = self._usable()
                asked = self._as_of(request, parsed.tree)
                tree, filters = (asked.tree, asked.filters) if asked else (parsed.tree, request.filters)
                hits = self._repository.index.search(tree, filters, request.sort, limit, max(0, request.offset))
                limits = self._limits(asked, parsed.tree, request, hits) if asked else None
                states = self._states(request, parsed.tree, hits) if limit else ()
                outside = undated_outside(self._repository.index, parsed.tree, request.filters)
                explained = explain(self._repository.index, parsed, request.filters.permission, hits.total) if limit else Explained()
                indexed = self._repository.index.count()
        except NotAnswered as error:
            return self.not_answered(request, parsed.reading, error)
        accounts = self._repository.catalog.accounts()
        facets = facets_of(hits, accounts, self._repository.catalog.people()) | ({"state": states} if limit else {})
        forms = {one.node: [word for word, _count in one.words] for one in explained.expansions}
        held = sum(account.records for account in accounts)
        return Results(
            request=replace(request, limit=limit),
            reading=parsed.reading,
            total=hits.total,
            announcements=self.announced(request, parsed.announcements),
            records=self._hits(hits.pks, parsed.tree, asked),
            facets=facets,
            bars=bars(hits.months),
            undated=hits.undated,
            undated_outside=outside,
            undated_query=undated_query(parsed.tree) if outside else "",
            indexed=indexed,
            held=held,
            in_step=in_step,
            as_of=limits,
            coverage=self._repository.coverage.of(request.filters, parsed.tree, request.as_of, indexed=indexed, held=held, in_step=in_step),
            canonical=parsed.canonical,
            readings=readings(parsed.tree, request.filters, accounts, self._repository.zone, as_of=request.as_of, forms=forms),
            explained=explained,
            took_ms=(time.perf_counter() - started) * 1000,
        )

    @staticmethod
    def not_answered(request: SearchRequest, reading: str, error: NotAnswered) -> Results:
        """Return the results of a search that broke off: there are none, and why is said."""
        unusable = isinstance(error, IndexUnusable)
        return Results(request, reading, diagnostics=error.diagnostics, index_unusable=unusable, stopped=error.stopped)

    def ids(self, request: SearchRequest) -> Iterator[int]:
        """Yield the numbers of all results in order, whatever the page. Raises NotAnswered."""
        tree = self._tree(request)
        with self._answering(request.query):
            self._usable()
            asked = self._as_of(request, tree)
            tree, filters = (asked.tree, asked.filters) if asked else (tree, request.filters)
            pks = self._repository.index.ids(tree, filters, request.sort)
            first = next(pks, None)  # all that is counted is done before the first number comes
        if first is None:
            return
        yield first
        try:
            yield from pks
        except IndexDamaged as error:
            raise IndexUnusable((_damaged(error),)) from error

    def views(self, request: SearchRequest) -> Iterator[RecordView]:
        """Yield all results in order, each in the version that counts: as of a day, the one that stood then. Raises NotAnswered."""
        with self._answering(request.query):
            asked = self._as_of(request, self._tree(request)) if request.as_of else None
        return self._repository.catalog.stream(self.ids(request), asked.stood.version_ids if asked else None)

    def count(self, node: Node, request: SearchRequest) -> int:
        """Return how many records one part of a query finds within the request's filters and day. Raises NotAnswered."""
        with self._answering(request.query):
            asked = self._as_of(request, node)
            tree, filters = (asked.tree, asked.filters) if asked else (node, request.filters)
            return self._repository.index.search(tree, filters, Sort.NEWEST, 0, 0).total

    def announced(self, request: SearchRequest, doubts: Sequence[Announcement]) -> tuple[Announced, ...]:
        """Return the doubtful readings of a request's query, each with the number of records that the other reading finds."""
        return announced(doubts, request.dialect, lambda node: self._counted(node, request))

    def _counted(self, node: Node, request: SearchRequest) -> int | None:
        try:
            with self._answering(request.query):
                self._usable()
            return self.count(node, request)
        except NotAnswered:  # the search itself says what is wrong; the other reading is offered without a number
            return None

    def hits(self, request: SearchRequest, pks: Sequence[int]) -> tuple[Hit, ...]:
        """Return some results of a request as its page shows them, in the order given. Raises NotAnswered."""
        tree = self._tree(request)
        with self._answering(request.query):
            asked = self._as_of(request, tree)
        return self._hits(pks, tree, asked)

    def standing(self, request: SearchRequest, pks: Sequence[int]) -> dict[int, int]:
        """Return, as of the request's day, the version (its number in the table) of results that do not stand in their current one."""
        with self._answering(request.query):
            asked = self._as_of(request, self._tree(request)) if request.as_of else None
        return asked.stood.version_ids(pks) if asked else {}

    def _as_of(self, request: SearchRequest, tree: Node) -> Asked | None:
        """Return the search as the index can answer it as of the request's day; None without a day."""
        if request.as_of is None:
            return None
        repository = self._repository
        known = stood(
            repository.db, repository.index, repository.catalog.accounts(), repository.zone, request.as_of, repository.catalog.position()
        )
        return known.asked(tree, request.filters)

    def _states(self, request: SearchRequest, tree: Node, hits: Hits) -> tuple[FacetValue, ...]:
        """Count the results in each state, the most first. Raises TooBroad, IndexDamaged."""
        if not hits.total:
            return ()
        asked = [(state, word) for state, word in STATES.items() if word != "undated"]
        counts = {"undated": hits.undated} | {state: self.count(And((tree, Word(word, "has"))), request) for state, word in asked}
        found = [FacetValue(state, ENGLISH[f"is {state}"], count) for state, count in counts.items() if count]
        return tuple(sorted(found, key=lambda one: (-one.count, one.value)))

    def _limits(self, asked: Asked, tree: Node, request: SearchRequest, hits: Hits) -> Limits:
        return asked.stood.limits(self._repository.index, asked, tree, request.filters, hits.facets.get("account", {}))

    def _hits(self, pks: Sequence[int], tree: Node, asked: Asked | None) -> tuple[Hit, ...]:
        if asked is None:
            return tuple(self._hit(view, tree) for view in self._repository.catalog.views(pks))
        return tuple(_hit_as_of(view, tree) for view in self._repository.catalog.views(pks, asked.stood.version_ids))

    @contextmanager
    def _answering(self, query: str) -> Iterator[None]:
        """Count what is done within, and say in words why there is no answer. Raises NotAnswered."""
        try:
            with cost.bounded(self._bounds):
                yield
        except TooBroad as error:
            raise NotAnswered((_too_broad(error, query),), Stopped.TOO_BROAD) from error
        except cost.TooCostly as error:
            stopped = Stopped.TOO_SLOW if error.is_time else Stopped.TOO_COSTLY
            raise NotAnswered((_too_costly(error, query, stopped),), stopped) from error
        except IndexDamaged as error:
            raise IndexUnusable((_damaged(error),)) from error

    def _usable(self) -> bool:
        """Return whether the index knows all of the catalog. Raises IndexUnusable where it cannot answer at all, IndexDamaged."""
        reached, target = self._repository.index.position(), self._repository.catalog.position()
        if (unusable := _unusable_index(reached, target)) is not None:
            raise IndexUnusable((unusable,))
        return reached == target

    def _hit(self, view: RecordView, tree: Node) -> Hit:
        """Show the current version; an earlier one where the query marks nothing in the current and something in that."""
        marked = spans(view.content.text, tree)
        if marked or not view.content.title:
            shown, text = view, view.content.text
        else:
            shown, text, marked = view, view.content.title, spans(view.content.title, tree)
        if not marked:
            text = view.content.text or view.content.title
            earlier = self._repository.catalog.versions(view.pk) if view.versions > 1 else []
            for one in reversed(earlier):
                if found := spans(one.content.text, tree):
                    shown, text, marked = one, one.content.text, found
                    break
        return Hit(view, cut_out(text, marked), shown.version)

    def _tree(self, request: SearchRequest) -> Node:
        parsed = parse(request.query, request.dialect)
        if parsed.tree is None:
            raise NotAnswered(parsed.diagnostics)
        return parsed.tree


def _unusable_index(reached: int, target: int) -> Diagnostic | None:
    """Say why the index cannot answer, where it cannot: no number by error.

    It is empty after it was deleted, made by another version of the program, or its building was broken off. It is
    ahead when an older catalog was put back.
    """
    if reached <= target and (reached or not target):
        return None
    if reached:
        code, message = (
            "index-ahead",
            say("Nothing was searched: the search index is ahead of the catalog. The evidence in the vault is safe."),
        )
    else:
        code, message = "index-empty", say("Nothing was searched: the search index is empty. The evidence in the vault is safe.")
    return Diagnostic(0, 0, message, say("Bring the index up to date with: python -m indexer sync"), code)


def _hit_as_of(view: RecordView, tree: Node) -> Hit:
    """Show a version of a day as it is: no other one was found."""
    marked = spans(view.content.text, tree)
    text = view.content.text or view.content.title
    if not marked and (in_title := spans(view.content.title, tree)):
        text, marked = view.content.title, in_title
    return Hit(view, cut_out(text, marked), view.version)


def _damaged(error: IndexDamaged) -> Diagnostic:
    message = say("Nothing was searched. {reason} The evidence in the vault is safe.", reason=str(error))
    return Diagnostic(0, 0, message, say("Make the index anew with: python -m indexer rebuild"), "index-damaged")


def _too_broad(error: TooBroad, query: str) -> Diagnostic:
    start = max(query.lower().find(error.pattern.lower()), 0)
    message = say("{pattern} stands for more than {limit} different words.", pattern=error.pattern, limit=error.limit)
    return Diagnostic(start, start + len(error.pattern), message, say("Write more letters before the wildcard."), Stopped.TOO_BROAD.value)


def _too_costly(error: cost.TooCostly, query: str, stopped: Stopped) -> Diagnostic:
    if error.is_time:
        message = say(
            "Nothing was searched: the search was stopped after {seconds} seconds. This is not a result of zero.", seconds=error.limit
        )
        suggestion = say(
            "Try again in a few minutes. If it is stopped again: narrow the search by days or accounts, write more letters before "
            "wildcards, or search for its parts one after the other"
        )
    else:
        message = say("Nothing was searched: this query takes more work than one search may. This is not a result of zero.")
        suggestion = say(
            "Write more letters before wildcards, put fewer words near each other, or search for its parts one after the other"
        )
    return Diagnostic(0, len(query), message, suggestion, stopped.value)
