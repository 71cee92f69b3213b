"""A search: request -> tree -> engine -> record numbers -> catalog -> results. Every hit is read from the catalog."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from indexer import cost
from indexer.catalog import AccountView, RecordView
from indexer.engines import Engine, Hits
from indexer.query import STATES, And, Announcement, Filters, Node, Numbered, Sort, Word, parse
from indexer.repository import Repository
from indexer.search.announced import CountedAnnouncement, count_alternatives
from indexer.search.answering import IndexUnusable, NotAnswered, answering, check_index
from indexer.search.as_of import AsOfQuery, DayState, Limits, day_state
from indexer.search.facets import FacetValue, bars, facets_of, state_values
from indexer.search.highlight import excerpt, spans
from indexer.search.reading import paraphrases
from indexer.search.record_sets import record_numbers
from indexer.search.request import SearchRequest
from indexer.search.results import Hit, Results
from indexer.search.suggestions import Expansion, Explanation, expand_terms, explain
from indexer.search.undated import undated_outside, undated_query


class _Answer(NamedTuple):
    """The answer of one index search."""

    hits: Hits
    in_step: bool
    limits: Limits | None
    undated_outside: int
    indexed: int


class Plan:
    """One search of a repository, parsed and answered once; its page, list, counts and certificate all come from it.

    Each part is computed on first use and then kept; for later changes of the catalog, make a new plan (`refreshed`).
    `bounds` apply to each page, list and count separately.
    """

    def __init__(self, repository: Repository, request: SearchRequest, bounds: cost.Bounds = cost.PATIENT) -> None:
        self.repository = repository
        self.request = replace(request, limit=max(0, request.limit))
        self.parsed = parse(request.query, request.dialect)
        self._bounds = bounds

    def refreshed(self) -> Plan:
        """Plan the same search on the current catalog."""
        return Plan(self.repository, self.request, self._bounds)

    def ordered(self, sort: Sort) -> Plan:
        """Plan the same search in another order; the parse and the counts are shared."""
        if sort is self.request.sort:
            return self
        plan = copy(self)
        plan.request = replace(self.request, sort=sort)
        for name in ("_answer", "_ids"):  # these depend on the order; the counts do not
            plan.__dict__.pop(name, None)
        return plan

    @property
    def tree(self) -> Node:
        """The parsed query. Raises NotAnswered."""
        if self.parsed.tree is None:
            raise NotAnswered(self.parsed.diagnostics)
        return self.parsed.tree

    def page(self, *, with_records: bool = True) -> Results:
        """One page of records, with total, facets and bars over all hits. Diagnostics explain an unanswered search."""
        if self.parsed.tree is None:
            announcements = self.count_alternatives(self.parsed.announcements)
            return Results(self.request, self.parsed.reading, diagnostics=self.parsed.diagnostics, announcements=announcements)
        try:
            with self._bounded():
                pks = self._answer.hits.pks
                explained = self._explained if self.request.limit else Explanation()
                states = {"state": self._states} if self.request.limit else {}
            counts = self.counts()
        except NotAnswered as error:
            return self.not_answered(error)
        records = self.hits(pks) if with_records else ()
        return replace(counts, records=records, explained=explained, facets={**counts.facets, **states})

    def counts(self) -> Results:
        """Return a page without records and explanation. Raises NotAnswered."""
        return replace(self._counts, request=self.request)

    def not_answered(self, error: NotAnswered) -> Results:
        """Return the results of a search that was stopped: no records, but the reason."""
        unusable = isinstance(error, IndexUnusable)
        return Results(self.request, self.parsed.reading, diagnostics=error.diagnostics, index_unusable=unusable, stopped=error.stopped)

    def ids(self) -> array[int]:
        """Record numbers of all results in order, independent of the page. Raises NotAnswered."""
        return self._ids

    def views(self, pks: Iterable[int] | None = None) -> Iterator[RecordView]:
        """Yield all results, or the given ones, in order; each in its current version or the version of the as-of day."""
        return self.repository.catalog.stream(
            self.ids() if pks is None else pks, self._as_of_query.state.version_ids if self._as_of_query else None
        )

    def count(self, node: Node) -> int:
        """Count the records of one part of the query within the request's filters and as-of day. Raises NotAnswered."""
        if node == self.parsed.tree:
            return self.counts().total
        with self._bounded():
            return self._index.search(*self._in_index(self._as_of(node), node), Sort.NEWEST, 0, 0).total

    def hits(self, pks: Sequence[int]) -> tuple[Hit, ...]:
        """Return the given results as hits of a page, in that order. Raises NotAnswered."""
        query, catalog = self._as_of_query, self.repository.catalog
        if query is None:
            return tuple(self._hit(view) for view in catalog.views(pks))
        return tuple(self._hit_of_version(view) for view in catalog.views(pks, query.state.version_ids))

    def version_ids(self, pks: Sequence[int]) -> dict[int, int]:
        """Version ids by record, for results whose version on the as-of day may differ from the current one."""
        return self._as_of_query.state.version_ids(pks) if self._as_of_query else {}

    def count_alternatives(self, doubts: Sequence[Announcement]) -> tuple[CountedAnnouncement, ...]:
        """Ambiguous readings of the query, with the count of each alternative."""
        return count_alternatives(doubts, self.request.dialect, self._count_alternative)

    @cached_property
    def expansions(self) -> tuple[Expansion, ...]:
        """Expansion of each wildcard, fuzzy word, stem and range, within the permission. Raises NotAnswered."""
        with self._bounded():
            return expand_terms(self._index, self.tree, self.request.filters.permission)

    @cached_property
    def _answer(self) -> _Answer:
        tree, filters, query = self.tree, self.request.filters, self._as_of_query
        with self._bounded():
            in_step = check_index(self.repository)
            order, limit, offset = self.request.sort, self.request.limit, max(0, self.request.offset)
            hits = self._index.search(*self._in_index(query, tree), order, limit, offset)
            limits = query.state.limits(self._index, query, self._within(tree), filters, hits.facets.get("account", {})) if query else None
            return _Answer(hits, in_step, limits, undated_outside(self._index, self._within(tree), filters), self._index.count())

    @cached_property
    def _counts(self) -> Results:
        answer, forms = self._answer, {expansion.node: [word for word, _count in expansion.words] for expansion in self.expansions}
        tree, request, repository = self.tree, self.request, self.repository
        held_records = sum(account.records for account in self._accounts)
        facets = facets_of(answer.hits, self._accounts, repository.catalog.people())
        if answer.limits is not None:
            del facets["state"]  # the index has the current states
        return Results(
            request=request,
            reading=self.parsed.reading,
            total=answer.hits.total,
            announcements=self.count_alternatives(self.parsed.announcements),
            facets=facets,
            bars=bars(answer.hits.months),
            undated=answer.hits.undated,
            undated_outside=answer.undated_outside,
            undated_query=undated_query(tree) if answer.undated_outside else "",
            indexed=answer.indexed,
            held=held_records,
            in_step=answer.in_step,
            as_of=answer.limits,
            coverage=None
            if request.records is not None
            else repository.coverage.of(
                request.filters, tree, request.as_of, indexed=answer.indexed, held=held_records, in_step=answer.in_step
            ),
            left_out=self._left_out,
            canonical=self.parsed.canonical,
            readings=paraphrases(tree, request, self._accounts, repository.zone, forms=forms),
        )

    @cached_property
    def _ids(self) -> array[int]:
        with self._bounded():
            check_index(self.repository)
            return array("q", self._index.ids(*self._in_index(self._as_of_query, self.tree), self.request.sort))

    @cached_property
    def _explained(self) -> Explanation:
        return explain(self._index, self.parsed, self.expansions, self.request.filters.permission, self._answer.hits.total)

    @cached_property
    def _states(self) -> tuple[FacetValue, ...]:
        """Results by state, most frequent first; counted as of the request's day if there is one."""
        if self._as_of_query is None or not self._answer.hits.total:
            return state_values(self._answer.hits.facets["state"])
        return state_values({state: self.count(And((self.tree, Word(word, "has")))) for state, word in STATES.items()})

    @cached_property
    def _accounts(self) -> Sequence[AccountView]:
        return self.repository.catalog.accounts()

    # as of a day

    @cached_property
    def _as_of_query(self) -> AsOfQuery | None:
        """The search rewritten for the index as of the request's day; None without a day."""
        with self._bounded():
            return self._as_of(self.tree)

    @cached_property
    def _day_state(self) -> DayState | None:
        return day_state(self.repository, self._accounts, self.request.as_of) if self.request.as_of is not None else None

    def _as_of(self, node: Node) -> AsOfQuery | None:
        return self._day_state.rewrite(self._within(node), self.request.filters) if self._day_state is not None else None

    def _in_index(self, query: AsOfQuery | None, node: Node) -> tuple[Node, Filters]:
        return (self._within(node), self.request.filters) if query is None else (query.tree, query.filters)

    # within a record set

    @cached_property
    def _members(self) -> Numbered | None:
        """The records of the request's set; None without a set."""
        chosen = self.request.records
        return None if chosen is None else Numbered(record_numbers(self.repository, chosen))

    def _within(self, node: Node) -> Node:
        return node if self._members is None else And((node, self._members))

    @property
    def _left_out(self) -> int:
        """Records of the set that are no longer on file, for readers who may see every record."""
        if self.request.records is None or self._members is None or not self.request.filters.permission.is_all:
            return 0
        return len(self.request.records) - len(self._members.pks)

    # helpers

    @property
    def _index(self) -> Engine:
        return self.repository.index

    def _bounded(self) -> AbstractContextManager[None]:
        return answering(self.request.query, self._bounds)

    def _count_alternative(self, node: Node) -> int | None:
        try:
            with self._bounded():
                check_index(self.repository)
            return self.count(node)
        except NotAnswered:  # the search itself reports the problem; the alternative is offered without a count
            return None

    def _hit(self, view: RecordView) -> Hit:
        """Hit in the current version, or in the latest earlier one with a highlight if the current has none."""
        hit = self._hit_of_version(view)
        if view.versions > 1 and not any(is_hit for _text, is_hit in hit.snippet):
            for earlier in reversed(self.repository.catalog.versions(view.pk)):
                if marked := spans(earlier.content.text, self.tree):
                    return Hit(view, excerpt(earlier.content.text, marked), earlier.version)
        return hit

    def _hit_of_version(self, view: RecordView) -> Hit:
        """Hit with a snippet of this version's text, or of its title if only that has highlights."""
        text, marked = view.content.text or view.content.title, spans(view.content.text, self.tree)
        if not marked and (in_title := spans(view.content.title, self.tree)):
            text, marked = view.content.title, in_title
        return Hit(view, excerpt(text, marked), view.version)
