"""Undated records: a date filter excludes them, so their count is reported separately."""

from __future__ import annotations

from dataclasses import replace

from indexer.engines import Engine
from indexer.query import And, DayRange, Everything, Filters, Node, Not, canonical

UNDATED = Not(DayRange(None, None))


def without_days(tree: Node) -> Node:
    """Remove the date ranges that every hit must satisfy."""
    if isinstance(tree, DayRange):
        return Everything()
    if isinstance(tree, And):
        rest = tuple(without_days(child) for child in tree.children if not isinstance(child, DayRange))
        return rest[0] if len(rest) == 1 else And(rest) if rest else Everything()
    return tree


def undated_query(tree: Node) -> str:
    """Query text (plain dialect) that finds the undated records of a search without its date ranges."""
    return canonical(And((without_days(tree), UNDATED)))


def undated_outside(engine: Engine, tree: Node, filters: Filters) -> int:
    """Count the undated records that match apart from the date filter; 0 without a date filter. Raises TooBroad."""
    without_range, without_ranges = replace(filters, first_day=None, last_day=None), without_days(tree)
    if without_range == filters and without_ranges == tree:
        return 0
    return engine.total(And((without_ranges, UNDATED)), without_range)
