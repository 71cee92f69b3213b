"""The related records of a search: the other records of the same threads that the maker may see, all of them or none."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator

from indexer.catalog import families
from indexer.exports import ExportError
from indexer.i18n import say
from indexer.query import Filters, Sort
from indexer.search import Plan, SearchRequest

MAX_RELATED = 100_000
"""Related records a package may have; more are refused, never cut off."""


def visible_records(plan: Plan) -> Plan:
    """Return the search for every record that the maker of a search may see."""
    request = plan.request
    return Plan(plan.repository, SearchRequest("*", Filters(permission=request.filters.permission), Sort.OLDEST, as_of=request.as_of))


def related_records(hits: array[int], visible: Plan) -> array[int]:
    """Return the pks of records in the same threads as the hits, without the hits, oldest first.

    Threads are those of the record page, followed only through records that the maker may see (`visible`). Raises
    ExportError for more than MAX_RELATED records, NotAnswered if the index cannot be used.
    """
    pks = visible.ids()
    threads = families(visible.repository.db, _flags(pks))
    has_hit, is_hit = bytearray(len(threads)), bytearray(len(threads))
    for pk in hits:
        if pk < len(threads):
            has_hit[threads.root(pk)] = is_hit[pk] = 1
    related = array("q", _related(pks, threads.root, has_hit, is_hit))
    if len(related) > MAX_RELATED:
        raise ExportError(
            say(
                "The conversations of these records contain {count} related records; a package can hold at most {most} of them. "
                "Nothing was exported. Narrow the search, or export without related records.",
                count=len(related),
                most=MAX_RELATED,
            )
        )
    return related


def _flags(pks: Iterable[int]) -> bytearray:
    flags = bytearray()
    for pk in pks:
        if pk >= len(flags):
            flags.extend(bytes(pk + 1 - len(flags) + 4096))
        flags[pk] = 1
    return flags


def _related(pks: Iterable[int], root: Callable[[int], int], has_hit: bytearray, is_hit: bytearray) -> Iterator[int]:
    for pk in pks:
        if pk < len(is_hit) and not is_hit[pk] and has_hit[root(pk)]:
            yield pk
