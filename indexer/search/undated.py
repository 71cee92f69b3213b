"""Records without a date that fit a search but for its days: outside of every range of days, and said so."""

from __future__ import annotations

from dataclasses import replace

from indexer.engines import Engine
from indexer.query.canonical import canonical
from indexer.query.filters import Filters, Sort
from indexer.query.nodes import And, DayRange, Everything, Node, Not

UNDATED = Not(DayRange(None, None))


def without_days(tree: Node) -> Node:
    """Return a query without the ranges of days that everything it finds must lie in."""
    if isinstance(tree, DayRange):
        return Everything()
    if isinstance(tree, And):
        kept = tuple(without_days(child) for child in tree.children if not isinstance(child, DayRange))
        return kept[0] if len(kept) == 1 else And(kept) if kept else Everything()
    return tree


def undated_query(tree: Node) -> str:
    """Return the query, in the plain dialect, that finds the undated records of another one without its days."""
    return canonical(And((without_days(tree), UNDATED)))


def undated_outside(engine: Engine, tree: Node, filters: Filters) -> int:
    """Return how many records fit but for the days, because they carry no date; 0 where no days were asked for. Raises TooBroad."""
    free, undemanding = replace(filters, first_day=None, last_day=None), without_days(tree)
    if free == filters and undemanding == tree:
        return 0
    return engine.search(And((undemanding, UNDATED)), free, Sort.NEWEST, 0, 0).total
