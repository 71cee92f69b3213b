"""The context of records that were found: the other records of their threads that the maker may see, all of them or none."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator

from indexer.catalog.threads import families
from indexer.exports import ExportError
from indexer.i18n import say
from indexer.query.filters import Filters, Sort
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest

CONTEXT_MOST = 100_000
"""How many records of context a package may have; more are refused, never cut."""


def surroundings(plan: Plan) -> Plan:
    """Return the search of everything that the maker of a search may see: of it the context is made."""
    request = plan.request
    return Plan(plan.repository, SearchRequest("*", Filters(permission=request.filters.permission), Sort.OLDEST, as_of=request.as_of))


def context(found: array[int], everything: Plan) -> array[int]:
    """Return the numbers of the records that share a thread with one that was found and were not found, oldest first.

    Threads are those of the record page, walked only through records that the maker may see. Raises ExportError when
    they are more than CONTEXT_MOST, NotAnswered when the index cannot be used.
    """
    visible = everything.ids()
    grouped = families(everything.repository.db, _places(visible))
    threads, counted = bytearray(len(grouped)), bytearray(len(grouped))
    for pk in found:
        if pk < len(grouped):
            threads[grouped.root(pk)] = counted[pk] = 1
    around = array("q", _around(visible, grouped.root, threads, counted))
    if len(around) > CONTEXT_MOST:
        raise ExportError(
            say(
                "The conversations of these records contain {count} related records; a package can hold at most {most} of them. "
                "Nothing was exported. Narrow the search, or export without related records.",
                count=len(around),
                most=CONTEXT_MOST,
            )
        )
    return around


def _places(pks: Iterable[int]) -> bytearray:
    places = bytearray()
    for pk in pks:
        if pk >= len(places):
            places.extend(bytes(pk + 1 - len(places) + 4096))
        places[pk] = 1
    return places


def _around(visible: Iterable[int], root: Callable[[int], int], threads: bytearray, counted: bytearray) -> Iterator[int]:
    for pk in visible:
        if pk < len(counted) and not counted[pk] and threads[root(pk)]:
            yield pk
