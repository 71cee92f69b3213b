"""A search: request -> tree -> engine -> numbers -> catalog -> results. The catalog has the last word on every hit."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from indexer import cost
from indexer.catalog.models import AccountView, RecordView
from indexer.engines import Engine, Hits
from indexer.query import And, Announcement, Node, Word, parse
from indexer.query.filters import Filters, Sort
from indexer.query.highlight import cut_out, spans
from indexer.query.nodes import STATES
from indexer.repository import Repository
from indexer.search.announced import Announced, announced
from indexer.search.answering import IndexUnusable, NotAnswered, answering, check_index
from indexer.search.as_of import Asked, Limits, Stood, stood
from indexer.search.facets import FacetValue, bars, facets_of, state_values
from indexer.search.reading import readings
from indexer.search.request import SearchRequest
from indexer.search.results import Hit, Results
from indexer.search.suggestions import Expansion, Explained, expansions_of, explain
from indexer.search.undated import undated_outside, undated_query


class _Found(NamedTuple):
    """What one search of the index tells."""

    hits: Hits
    in_step: bool
    limits: Limits | None
    undated_outside: int
    indexed: int


class Plan:
    """One search of one repository, parsed once and answered once: its page, list, counts and certificate are made of it.

    Search is a floor above the repository, so a plan is made of one. What is asked of it is worked out when it is first
    asked for, and kept; what the catalog holds later needs a plan of its own (`anew`). Each page, list and count may cost
    as much as `bounds` allow.
    """

    def __init__(self, repository: Repository, request: SearchRequest, bounds: cost.Bounds = cost.PATIENT) -> None:
        self.repository = repository
        self.request = replace(request, limit=max(0, request.limit))
        self.parsed = parse(request.query, request.dialect)
        self._bounds = bounds

    def anew(self) -> Plan:
        """Return the same search of what the catalog holds now."""
        return Plan(self.repository, self.request, self._bounds)

    def ordered(self, sort: Sort) -> Plan:
        """Return the same search in another order; what was parsed and counted is shared."""
        if sort is self.request.sort:
            return self
        other = copy(self)
        other.request = replace(self.request, sort=sort)
        for name in ("_found", "_ids"):  # what depends on the order; the counts do not
            other.__dict__.pop(name, None)
        return other

    @property
    def tree(self) -> Node:
        """The parsed query. Raises NotAnswered."""
        if self.parsed.tree is None:
            raise NotAnswered(self.parsed.diagnostics)
        return self.parsed.tree

    def page(self, *, with_records: bool = True) -> Results:
        """Return one page of records, with the exact total, facets and bars over all of them. Why there is none is in it."""
        if self.parsed.tree is None:
            announcements = self.announced(self.parsed.announcements)
            return Results(self.request, self.parsed.reading, diagnostics=self.parsed.diagnostics, announcements=announcements)
        try:
            with self._answering():
                pks = self._found.hits.pks
                explained = self._explained if self.request.limit else Explained()
                states = {"state": self._states} if self.request.limit else {}
            counts = self.counts()
        except NotAnswered as error:
            return self.not_answered(error)
        records = self.hits(pks) if with_records else ()
        return replace(counts, records=records, explained=explained, facets={**counts.facets, **states})

    def counts(self) -> Results:
        """Return a page without its records and without what explains its query. Raises NotAnswered."""
        return replace(self._counts, request=self.request)

    def not_answered(self, error: NotAnswered) -> Results:
        """Return the results of a search that broke off: there are none, and why is said."""
        unusable = isinstance(error, IndexUnusable)
        return Results(self.request, self.parsed.reading, diagnostics=error.diagnostics, index_unusable=unusable, stopped=error.stopped)

    def ids(self) -> array[int]:
        """Return the numbers of all results in order, whatever the page. Raises NotAnswered."""
        return self._ids

    def views(self, pks: Iterable[int] | None = None) -> Iterator[RecordView]:
        """Yield all results in order, or some, each in the version that counts: as of a day, the one that stood then."""
        return self.repository.catalog.stream(self.ids() if pks is None else pks, self._asked.stood.version_ids if self._asked else None)

    def count(self, node: Node) -> int:
        """Return how many records one part of a query finds within the request's filters and day. Raises NotAnswered."""
        if node == self.parsed.tree:
            return self.counts().total
        with self._answering():
            return self._index.search(*self._in_index(self._as_of(node), node), Sort.NEWEST, 0, 0).total

    def hits(self, pks: Sequence[int]) -> tuple[Hit, ...]:
        """Return some results as the page shows them, in the order given. Raises NotAnswered."""
        asked, catalog = self._asked, self.repository.catalog
        if asked is None:
            return tuple(self._hit(view) for view in catalog.views(pks))
        return tuple(self._shown(view) for view in catalog.views(pks, asked.stood.version_ids))

    def standing(self, pks: Sequence[int]) -> dict[int, int]:
        """Return, as of the request's day, the version (its number in the table) of results that do not stand in their current one."""
        return self._asked.stood.version_ids(pks) if self._asked else {}

    def announced(self, doubts: Sequence[Announcement]) -> tuple[Announced, ...]:
        """Return doubtful readings of the query, each with the number of records that the other reading finds."""
        return announced(doubts, self.request.dialect, self._counted_other)

    @cached_property
    def expansions(self) -> tuple[Expansion, ...]:
        """What each wildcard, fuzzy word, stem and range stands for among what the reader may see. Raises NotAnswered."""
        with self._answering():
            return expansions_of(self._index, self.tree, self.request.filters.permission)

    @cached_property
    def _found(self) -> _Found:
        tree, filters, asked = self.tree, self.request.filters, self._asked
        with self._answering():
            in_step = check_index(self.repository)
            order, limit, offset = self.request.sort, self.request.limit, max(0, self.request.offset)
            hits = self._index.search(*self._in_index(asked, tree), order, limit, offset)
            limits = asked.stood.limits(self._index, asked, tree, filters, hits.facets.get("account", {})) if asked else None
            return _Found(hits, in_step, limits, undated_outside(self._index, tree, filters), self._index.count())

    @cached_property
    def _counts(self) -> Results:
        found, forms = self._found, {one.node: [word for word, _count in one.words] for one in self.expansions}
        tree, request, repository = self.tree, self.request, self.repository
        held = sum(account.records for account in self._accounts)
        facets = facets_of(found.hits, self._accounts, repository.catalog.people())
        if found.limits is not None:
            del facets["state"]  # the index tells that of today
        return Results(
            request=request,
            reading=self.parsed.reading,
            total=found.hits.total,
            announcements=self.announced(self.parsed.announcements),
            facets=facets,
            bars=bars(found.hits.months),
            undated=found.hits.undated,
            undated_outside=found.undated_outside,
            undated_query=undated_query(tree) if found.undated_outside else "",
            indexed=found.indexed,
            held=held,
            in_step=found.in_step,
            as_of=found.limits,
            coverage=repository.coverage.of(request.filters, tree, request.as_of, indexed=found.indexed, held=held, in_step=found.in_step),
            canonical=self.parsed.canonical,
            readings=readings(tree, request.filters, self._accounts, repository.zone, as_of=request.as_of, forms=forms),
        )

    @cached_property
    def _ids(self) -> array[int]:
        with self._answering():
            check_index(self.repository)
            return array("q", self._index.ids(*self._in_index(self._asked, self.tree), self.request.sort))

    @cached_property
    def _explained(self) -> Explained:
        return explain(self._index, self.parsed, self.expansions, self.request.filters.permission, self._found.hits.total)

    @cached_property
    def _states(self) -> tuple[FacetValue, ...]:
        """How many of the results are in each state, the most first: as of a day not what the index says of today."""
        if self._asked is None or not self._found.hits.total:
            return state_values(self._found.hits.facets["state"])
        return state_values({state: self.count(And((self.tree, Word(word, "has")))) for state, word in STATES.items()})

    @cached_property
    def _accounts(self) -> Sequence[AccountView]:
        return self.repository.catalog.accounts()

    # as of a day

    @cached_property
    def _asked(self) -> Asked | None:
        """The search as the index can answer it as of the request's day; None without a day."""
        with self._answering():
            return self._as_of(self.tree)

    @cached_property
    def _stood(self) -> Stood | None:
        return stood(self.repository, self._accounts, self.request.as_of) if self.request.as_of is not None else None

    def _as_of(self, node: Node) -> Asked | None:
        return self._stood.asked(node, self.request.filters) if self._stood is not None else None

    def _in_index(self, asked: Asked | None, node: Node) -> tuple[Node, Filters]:
        return (node, self.request.filters) if asked is None else (asked.tree, asked.filters)

    # one by one

    @property
    def _index(self) -> Engine:
        return self.repository.index

    def _answering(self) -> AbstractContextManager[None]:
        return answering(self.request.query, self._bounds)

    def _counted_other(self, node: Node) -> int | None:
        try:
            with self._answering():
                check_index(self.repository)
            return self.count(node)
        except NotAnswered:  # the search itself says what is wrong; the other reading is offered without a number
            return None

    def _hit(self, view: RecordView) -> Hit:
        """Show the current version; an earlier one where the query marks nothing in the current and something in that."""
        hit = self._shown(view)
        if view.versions > 1 and not any(is_hit for _text, is_hit in hit.snippet):
            for earlier in reversed(self.repository.catalog.versions(view.pk)):
                if marked := spans(earlier.content.text, self.tree):
                    return Hit(view, cut_out(earlier.content.text, marked), earlier.version)
        return hit

    def _shown(self, view: RecordView) -> Hit:
        """Show a version as it is: its text, or its title where only that is marked."""
        text, marked = view.content.text or view.content.title, spans(view.content.text, self.tree)
        if not marked and (in_title := spans(view.content.title, self.tree)):
            text, marked = view.content.title, in_title
        return Hit(view, cut_out(text, marked), view.version)
