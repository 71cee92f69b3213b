"""A search: request -> tree -> engine -> record numbers -> catalog -> results. Every hit is read from the catalog."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Final, NamedTuple

from indexer import cost
from indexer.catalog import AccountView, RecordView
from indexer.engines import DAYS, FACETS, MONTHS, Counts, Engine, Hits
from indexer.query import And, Announcement, Filters, Node, Numbered, Sort, nodes, parse
from indexer.repository import Repository
from indexer.search.announced import CountedAnnouncement, count_alternatives, uncounted
from indexer.search.answering import IndexUnusable, NotAnswered, answering, check_index
from indexer.search.as_of import AsOfQuery, DayState, Limits, day_state
from indexer.search.facets import bars, corrected, facets_of, is_short, may_be_short, without_own
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


_KEPT_VALUES: Final = 100_000  # facet values, months, days and nodes of the trees, in all kept answers: some 15 MB


class Plan:
    """One search of a repository, parsed and answered once; its page, list, counts and certificate all come from it.

    Each part is computed on first use and then kept; for later changes of the catalog, make a new plan (`refreshed`).
    `head` is what a page shows first: hits, total and what they cover. Facets and bars are counted for `page` and `counts`, on
    the state of the index that answered, and kept in the repository's cache by query, filters and that state: another page or
    order, the neighbors of a record and the description of an export do not count again. The least recently used are dropped
    beyond `_KEPT_VALUES`. `bounds` apply to each head, count of facets, list and count separately.
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
        for name in ("_answer", "_ids", "_records"):  # these depend on the order; the counts do not
            plan.__dict__.pop(name, None)
        return plan

    @property
    def tree(self) -> Node:
        """The parsed query. Raises NotAnswered."""
        if self.parsed.tree is None:
            raise NotAnswered(self.parsed.diagnostics)
        return self.parsed.tree

    def head(self, *, with_records: bool = True) -> Results:
        """One page of records with total, coverage and readings. Diagnostics explain an unanswered search.

        Announcements lack the counts of the other readings; facets, bars and explanation are empty (see `page`).
        """
        if self.parsed.tree is None:
            return replace(self._unparsed, announcements=uncounted(self.parsed.announcements))
        try:
            return replace(self._head, request=self.request, records=self._records if with_records else ())
        except NotAnswered as error:
            return self.not_answered(error)

    def page(self, *, with_records: bool = True) -> Results:
        """Return the head with facets and bars over all hits, counts of the other readings and the explanation; nothing is run twice."""
        if self.parsed.tree is None:
            return replace(self._unparsed, announcements=self.count_alternatives(self.parsed.announcements))
        try:
            records = self._records if with_records else ()
            explained = self._explained if self.request.limit else Explanation()
            return replace(self.counts(), records=records, explained=explained)
        except NotAnswered as error:
            return self.not_answered(error)

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
            return self._head.total
        with self._bounded():
            return self._index.total(*self._in_index(self._as_of(node, self.request.filters), node))

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
            limits = query.state.limits(self._index, query, self._within(tree), filters) if query else None
            return _Answer(hits, in_step, limits, undated_outside(self._index, self._within(tree), filters), self._index.count())

    @cached_property
    def _unparsed(self) -> Results:
        return Results(self.request, self.parsed.reading, diagnostics=self.parsed.diagnostics)

    @cached_property
    def _records(self) -> tuple[Hit, ...]:
        return self.hits(self._answer.hits.pks)

    @cached_property
    def _head(self) -> Results:
        answer, forms = self._answer, {expansion.node: [word for word, _count in expansion.words] for expansion in self.expansions}
        tree, request, repository = self.tree, self.request, self.repository
        held_records = sum(account.records for account in self._accounts)
        return Results(
            request=request,
            reading=self.parsed.reading,
            total=answer.hits.total,
            announcements=uncounted(self.parsed.announcements),
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
    def _counts(self) -> Results:
        counted = self._counted
        return replace(
            self._head,
            announcements=self.count_alternatives(self.parsed.announcements),
            facets=facets_of(counted, self._accounts, self.repository.catalog.people()),
            bars=bars(counted.get(MONTHS, {}), counted.get(DAYS, {})),
        )

    @cached_property
    def _counted(self) -> Counts:
        """Facets, and months or days, of all hits; each facet without its own filter."""
        request, repository, answered = self.request, self.repository, self._answer.hits.answered
        key = (
            self.tree,
            request.filters,
            request.as_of,
            request.records,
            answered.mark,
            repository.catalog.position() if request.as_of else None,
        )
        size = sum(1 for _node in nodes(self.tree))
        with self._bounded():
            return repository.cache.get_or_compute(
                "counts", key, self._count_values, _KEPT_VALUES, lambda counts: size + sum(map(len, counts.values()))
            )

    def _count_values(self) -> Counts:
        filters, is_found = self.request.filters, self._answer.hits.total > 0
        others = {name: rest for name in FACETS if (rest := without_own(filters, name)) != filters}
        times = DAYS if is_short(filters.first_day, filters.last_day) else MONTHS
        names = [*(name for name in FACETS if name not in others), times]
        counts = dict(self._count_in(filters, names)) if is_found else {name: {} for name in names}
        for name, rest in others.items():
            counts |= self._count_in(rest, (name,))
        if times is MONTHS and may_be_short(counts[MONTHS]):
            counts |= self._count_in(filters, (DAYS,))
        return counts

    def _count_in(self, filters: Filters, names: Sequence[str]) -> Counts:
        """Count the query's hits within these filters, as of the request's day if there is one."""
        query, answered = self._as_of(self.tree, filters), self._answer.hits.answered
        if query is None:
            return self._index.counts(self._within(self.tree), filters, names, answered)
        counts = dict(self._index.counts(query.tree, query.filters, names, answered))
        if "state" in counts and query.found:  # the index has the current states
            numbered = Numbered(frozenset(query.found))
            pks = self._index.ids(numbered, query.filters, Sort.OLDEST, answered)
            current = self._index.counts(numbered, query.filters, ("state",), answered)
            counts["state"] = corrected(counts["state"], current["state"], [query.found[pk] for pk in pks])
        return counts

    @cached_property
    def _ids(self) -> array[int]:
        with self._bounded():
            check_index(self.repository)
            return array("q", self._index.ids(*self._in_index(self._as_of_query, self.tree), self.request.sort))

    @cached_property
    def _explained(self) -> Explanation:
        with self._bounded():
            return self._explain()

    def _explain(self) -> Explanation:
        return explain(self._index, self.parsed, self.expansions, self.request.filters.permission, self._answer.hits.total)

    @cached_property
    def _accounts(self) -> Sequence[AccountView]:
        return self.repository.catalog.accounts()

    # as of a day

    @cached_property
    def _as_of_query(self) -> AsOfQuery | None:
        """The search rewritten for the index as of the request's day; None without a day."""
        with self._bounded():
            return self._as_of(self.tree, self.request.filters)

    @cached_property
    def _day_state(self) -> DayState | None:
        return day_state(self.repository, self._accounts, self.request.as_of) if self.request.as_of is not None else None

    def _as_of(self, node: Node, filters: Filters) -> AsOfQuery | None:
        return self._day_state.rewrite(self._within(node), filters) if self._day_state is not None else None

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
        return self.request.records.count - len(self._members.pks)

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
