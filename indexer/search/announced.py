"""Ambiguous readings of a query with the count of the alternative; every output shows them before its own total."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from indexer.i18n import Sentence, say
from indexer.query import Announcement, Dialect, Node, parse


@dataclass(frozen=True, slots=True)
class CountedAnnouncement:
    """One ambiguous reading. `start` and `end` are offsets in the query as typed.

    `other_query` is the alternative in the same dialect, or None. `other_total` counts its records within the same filters
    and permission; None if not counted.
    """

    code: str
    message: str
    start: int
    end: int
    other_query: str | None = None
    other_total: int | None = None


def count_alternatives(
    doubts: Iterable[Announcement], dialect: Dialect, count: Callable[[Node], int | None]
) -> tuple[CountedAnnouncement, ...]:
    """Add the count of each alternative; `count` returns None for a query that is too broad."""
    counted = []
    for doubt in doubts:
        tree = parse(doubt.other_query, dialect).tree if doubt.other_query is not None else None
        if tree is None:  # an alternative that does not parse is not offered
            counted.append(CountedAnnouncement(doubt.code, doubt.message, doubt.start, doubt.end))
        else:
            counted.append(CountedAnnouncement(doubt.code, doubt.message, doubt.start, doubt.end, doubt.other_query, count(tree)))
    return tuple(counted)


def uncounted(doubts: Iterable[Announcement]) -> tuple[CountedAnnouncement, ...]:
    """Return announcements whose alternatives are not counted yet."""
    return tuple(CountedAnnouncement(doubt.code, doubt.message, doubt.start, doubt.end, doubt.other_query) for doubt in doubts)


def sentences(doubt: CountedAnnouncement) -> list[Sentence | str]:
    """Sentences for output without links: the reading, then the alternative and its count."""
    if doubt.other_query is None:
        return [doubt.message]
    if doubt.other_total is None:
        return [doubt.message, say("The alternative is {query}.", query=doubt.other_query)]
    if doubt.other_total == 1:
        return [doubt.message, say("The alternative, {query}, finds 1 record.", query=doubt.other_query)]
    return [
        doubt.message,
        say("The alternative, {query}, finds {count} records.", query=doubt.other_query, count=doubt.other_total),
    ]


def announcement_json(doubt: CountedAnnouncement) -> dict[str, Any]:
    """Return the JSON object documented in docs/command-line.md."""
    return {
        "code": doubt.code,
        "message": doubt.message,
        "start": doubt.start,
        "end": doubt.end,
        "other_query": doubt.other_query,
        "other_total": doubt.other_total,
    }
