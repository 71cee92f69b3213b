"""Doubtful readings with the number that the other reading finds: said before the answer's own number, everywhere alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from indexer.i18n import Sentence, say
from indexer.query import Announcement, Dialect, Node, parse


@dataclass(frozen=True, slots=True)
class Announced:
    """One doubtful reading. `start` and `end` are places in the query as typed.

    `other_query` is the query that says the other thing, in the same dialect, None where there is none; `other_total` how many
    records that finds within the same filters and permission, None where it was not counted.
    """

    code: str
    message: str
    start: int
    end: int
    other_query: str | None = None
    other_total: int | None = None


def announced(doubts: Iterable[Announcement], dialect: Dialect, count: Callable[[Node], int | None]) -> tuple[Announced, ...]:
    """Return doubts with the counts of their other readings; `count` gives None for a query that is too broad."""
    found = []
    for one in doubts:
        tree = parse(one.other_query, dialect).tree if one.other_query is not None else None
        if tree is None:  # a query that cannot be run is no other reading
            found.append(Announced(one.code, one.message, one.start, one.end))
        else:
            found.append(Announced(one.code, one.message, one.start, one.end, one.other_query, count(tree)))
    return tuple(found)


def sentences(one: Announced) -> list[Sentence | str]:
    """Return what is said of a doubtful reading where there are no links: the reading, and what the other one finds."""
    if one.other_query is None:
        return [one.message]
    if one.other_total is None:
        return [one.message, say("The other reading is written {query}.", query=one.other_query)]
    if one.other_total == 1:
        return [one.message, say("The other reading, {query}, finds 1 record.", query=one.other_query)]
    return [one.message, say("The other reading, {query}, finds {count} records.", query=one.other_query, count=one.other_total)]


def shape(one: Announced) -> dict[str, Any]:
    """Return a doubtful reading as JSON holds it (docs/command-line.md)."""
    return {
        "code": one.code,
        "message": one.message,
        "start": one.start,
        "end": one.end,
        "other_query": one.other_query,
        "other_total": one.other_total,
    }
