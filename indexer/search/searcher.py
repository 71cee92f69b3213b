"""A search: request -> engine -> numbers -> catalog -> results. The catalog has the last word on every hit."""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from indexer.catalog.models import AccountView, RecordView
from indexer.coverage.summary import Coverage
from indexer.engines import Hits, IndexDamaged, TooBroad
from indexer.i18n import say
from indexer.query import And, Diagnostic, Dialect, Node, Word, parse
from indexer.query.filters import Filters, Sort
from indexer.query.highlight import cut_out, spans
from indexer.query.nodes import STATES
from indexer.query.reading_words import ENGLISH
from indexer.record import Platform
from indexer.repository import Repository
from indexer.search.as_of import Asked, Limits, stood
from indexer.search.reading import readings
from indexer.search.suggestions import Explained, explain
from indexer.search.undated import undated_outside, undated_query

MONTHS_AS_BARS = 48  # above it the bars are years


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


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with how many of all results have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One month or year of the chart; days are local."""

    first_day: date
    last_day: date
    label: str
    count: int


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
    undated: int = 0
    undated_outside: int = 0  # records that fit but for the days asked for, because they carry no date
    undated_query: str = ""  # what finds them without the days, in the plain dialect; empty where there are none
    indexed: int = 0
    held: int = 0
    in_step: bool = True  # the index knows all of the catalog: the counts alone do not tell, a new wording is no new record
    took_ms: float = 0.0
    index_unusable: bool = False  # then the diagnostic is no fault of the query
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

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(one.message for one in diagnostics))
        self.diagnostics = tuple(diagnostics)


class IndexUnusable(NotAnswered):
    """The query is well, but the index holds nothing of a catalog that has records, or what the catalog does not have."""


class Searcher:
    """Searches one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def search(self, request: SearchRequest) -> Results:
        """Answer a request: one page of records, the exact total, facets and bars over all of them."""
        started = time.perf_counter()
        parsed = parse(request.query, request.dialect)
        if parsed.tree is None:
            return Results(request, parsed.reading, diagnostics=parsed.diagnostics)
        reached, target = self._positions()
        if (empty := _unusable_index(reached, target)) is not None:
            return Results(request, parsed.reading, diagnostics=(empty,), index_unusable=True)
        limit, in_step = max(0, request.limit), reached == target
        try:
            asked = self._as_of(request, parsed.tree)
            tree, filters = (asked.tree, asked.filters) if asked else (parsed.tree, request.filters)
            hits = self._repository.index.search(tree, filters, request.sort, limit, max(0, request.offset))
            limits = self._limits(asked, parsed.tree, request, hits) if asked else None
            states = self._states(request, parsed.tree, hits) if limit else ()
            outside = undated_outside(self._repository.index, parsed.tree, request.filters)
            explained = explain(self._repository.index, parsed, request.filters, hits.total) if limit else Explained()
        except TooBroad as error:
            return Results(request, parsed.reading, diagnostics=(_too_broad(error, request.query),))
        except IndexDamaged as error:
            return Results(request, parsed.reading, diagnostics=(_damaged(error),), index_unusable=True)
        accounts = self._repository.catalog.accounts()
        facets = {**_facets(hits, accounts), "state": states} if limit else _facets(hits, accounts)
        forms = {one.node: [word for word, _count in one.words] for one in explained.expansions}
        indexed, held = self._repository.index.count(), sum(account.records for account in accounts)
        return Results(
            request=replace(request, limit=limit),
            reading=parsed.reading,
            total=hits.total,
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

    def ids(self, request: SearchRequest) -> Iterator[int]:
        """Yield the numbers of all results in order, whatever the page. Raises NotAnswered."""
        tree = self._tree(request)
        if (empty := _unusable_index(*self._positions())) is not None:
            raise IndexUnusable((empty,))
        try:
            asked = self._as_of(request, tree)
            tree, filters = (asked.tree, asked.filters) if asked else (tree, request.filters)
            yield from self._repository.index.ids(tree, filters, request.sort)
        except TooBroad as error:
            raise NotAnswered((_too_broad(error, request.query),)) from error
        except IndexDamaged as error:
            raise IndexUnusable((_damaged(error),)) from error

    def views(self, request: SearchRequest) -> Iterator[RecordView]:
        """Yield all results in order, each in the version that counts: as of a day, the one that stood then. Raises NotAnswered."""
        asked = self._as_of(request, self._tree(request)) if request.as_of else None
        return self._repository.catalog.stream(self.ids(request), asked.stood.version_ids if asked else None)

    def count(self, node: Node, request: SearchRequest) -> int:
        """Return how many records one part of a query finds within the request's filters and day. Raises TooBroad, IndexDamaged."""
        asked = self._as_of(request, node)
        tree, filters = (asked.tree, asked.filters) if asked else (node, request.filters)
        return self._repository.index.search(tree, filters, Sort.NEWEST, 0, 0).total

    def hits(self, request: SearchRequest, pks: Sequence[int]) -> tuple[Hit, ...]:
        """Return some results of a request as its page shows them, in the order given. Raises NotAnswered."""
        tree = self._tree(request)
        return self._hits(pks, tree, self._as_of(request, tree))

    def standing(self, request: SearchRequest, pks: Sequence[int]) -> dict[int, int]:
        """Return, as of the request's day, the version (its number in the table) of results that do not stand in their current one."""
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

    def _positions(self) -> tuple[int, int]:
        """Return up to where of the catalog the index reaches, and how far the catalog is."""
        return self._repository.index.position(), self._repository.catalog.position()

    def _hit(self, view: RecordView, tree: Node) -> Hit:
        """Show the current version; an earlier one where the query marks nothing in the current and something in that."""
        marked = spans(view.text, tree)
        if marked or not view.title:
            shown, text = view, view.text
        else:
            shown, text, marked = view, view.title, spans(view.title, tree)
        if not marked:
            text = view.text or view.title
            earlier = self._repository.catalog.versions(view.pk) if view.versions > 1 else []
            for one in reversed(earlier):
                if found := spans(one.text, tree):
                    shown, text, marked = one, one.text, found
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
        message = say("Nothing was searched: the search index is ahead of the catalog. The evidence in the vault is safe.")
    else:
        message = say("Nothing was searched: the search index is empty. The evidence in the vault is safe.")
    return Diagnostic(0, 0, message, say("Bring the index up to date with: python -m indexer sync"))


def _hit_as_of(view: RecordView, tree: Node) -> Hit:
    """Show a version of a day as it is: no other one was found."""
    marked = spans(view.text, tree)
    text = view.text or view.title
    if not marked and (in_title := spans(view.title, tree)):
        text, marked = view.title, in_title
    return Hit(view, cut_out(text, marked), view.version)


def bars(months: Mapping[str, int]) -> tuple[Bar, ...]:
    """Return the chart of counts by local month ("2018-07"), without gaps; by year when there are many months."""
    if not months:
        return ()
    first, last = min(months), max(months)
    spans = [(year, month) for year in range(int(first[:4]), int(last[:4]) + 1) for month in range(1, 13)]
    spans = [pair for pair in spans if first <= f"{pair[0]:04}-{pair[1]:02}" <= last]
    if len(spans) <= MONTHS_AS_BARS:
        return tuple(
            Bar(date(y, m, 1), date(y, m, calendar.monthrange(y, m)[1]), f"{y:04}-{m:02}", months.get(f"{y:04}-{m:02}", 0))
            for y, m in spans
        )
    years: dict[int, int] = dict.fromkeys(range(spans[0][0], spans[-1][0] + 1), 0)
    for month, count in months.items():
        years[int(month[:4])] += count
    return tuple(Bar(date(year, 1, 1), date(year, 12, 31), f"{year:04}", count) for year, count in years.items())


def _facets(hits: Hits, held: Sequence[AccountView]) -> dict[str, tuple[FacetValue, ...]]:
    accounts = {str(account.id): account for account in held}
    return {
        name: tuple(
            FacetValue(value, _label(name, value, accounts), count)
            for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        for name, counts in hits.facets.items()
    }


def _label(facet: str, value: str, accounts: Mapping[str, AccountView]) -> str:
    if facet == "account" and value in accounts:
        account = accounts[value]
        return f"{account.label} ({Platform(account.platform).title})"
    if facet == "platform":
        return Platform(value).title
    return value


def _damaged(error: IndexDamaged) -> Diagnostic:
    message = say("Nothing was searched. {reason} The evidence in the vault is safe.", reason=str(error))
    return Diagnostic(0, 0, message, say("Make the index anew with: python -m indexer rebuild"))


def _too_broad(error: TooBroad, query: str) -> Diagnostic:
    start = max(query.lower().find(error.pattern.lower()), 0)
    message = say("{pattern} stands for more than {limit} different words.", pattern=error.pattern, limit=error.limit)
    return Diagnostic(start, start + len(error.pattern), message, say("Write more letters before the wildcard."))
