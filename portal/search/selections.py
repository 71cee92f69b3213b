"""Record sets made for a reader: only of records that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from flask_login import current_user

from indexer import cost
from indexer.catalog import absences, events, records, versions
from indexer.local_time import from_ms, to_ms
from indexer.query import Filters
from indexer.search import MOST_RECORDS, Plan, RecordSet, SearchRequest, SetOrigin, record_ids
from portal import stored_sets, words
from portal.access import reader, restrict
from portal.i18n import _
from portal.search.address import SearchParams
from portal.search.run import plan, search_request
from portal.site import site

_CHANGES = ("capture:taken", "capture:reread", "capture:restored")
INDEXING = timedelta(minutes=5)  # at most between the entry of an archive in the log and its records in the index


class TooManyRecords(ValueError):
    """A set would be larger than a set may be; the message is shown to the user."""


def select(origin: SetOrigin, chosen_ids: Iterable[str], *, day: date | None = None) -> RecordSet:
    """Make a set of those records that the reader may see, and log it. `day`: today by default.

    Raises TooManyRecords, NotAnswered if the index cannot be used.
    """
    given = RecordSet.of(origin, chosen_ids, by=reader_name(), day=day or words.local_day_of(datetime.now(UTC)))
    if given.count > MOST_RECORDS:
        raise TooManyRecords(
            _("A selection holds at most %(most)s records; these are %(count)s.", most=f"{MOST_RECORDS:,}", count=f"{given.count:,}")
        )
    request = SearchRequest("*", restrict(Filters(), reader()), records=given)
    visible = record_ids(site().repository, Plan(site().repository, request, cost.PAGE).ids())
    chosen = replace(given, record_ids=tuple(sorted(visible)))
    site().note("set:made", reader().name, origin.value, {"set": stored_sets.store(chosen), "records": chosen.count})
    return chosen


def opened(chosen: RecordSet) -> SearchParams:
    """Return the search for every record of a set."""
    return SearchParams(records=chosen)


def name_of(chosen: RecordSet) -> str:
    """Return the stored name of a set."""
    return stored_sets.store(chosen)


def reader_name() -> str:
    """Return the reader's name as a set states it."""
    user = current_user.user
    return str(user.full_name or user.name)


def new_since(params: SearchParams, moment: datetime) -> list[str]:
    """Return the records a search finds now that were added or changed after a moment; also those of the minutes before it.

    An archive may have been added, but not yet indexed, when the search was run.
    """
    captures = _captures_since(moment - INDEXING)
    if not captures:
        return []
    changed = (
        sa.select(records.c.pk, records.c.record_id)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(sa.or_(records.c.first_capture_id.in_(captures), versions.c.first_capture_id.in_(captures)))
    )
    with site().repository.db.connect() as connection:
        ids_by_pk = {row.pk: row.record_id for row in connection.execute(changed)}
    return [ids_by_pk[pk] for pk in plan(search_request(params)).ids() if pk in ids_by_pk]


def last_change() -> datetime | None:
    """Return when an archive was last added, reread or restored."""
    query = sa.select(sa.func.max(events.c.at_ms)).where(events.c.tag.in_(_CHANGES))
    with site().repository.db.connect() as connection:
        return from_ms(connection.execute(query).scalar())


def not_among(params: SearchParams, known: Iterable[str]) -> list[str]:
    """Return the records a search finds now that are not among the known ones."""
    return sorted(set(record_ids(site().repository, plan(search_request(params)).ids())) - set(known))


def first_in_capture(capture_id: int) -> list[str]:
    """Return the records that no earlier archive has."""
    return _read(sa.select(records.c.record_id).where(records.c.first_capture_id == capture_id, records.c.current_version_id.is_not(None)))


def gone_from_capture(capture_id: int) -> list[str]:
    """Return the records of earlier archives that an archive no longer has."""
    in_earlier = sa.select(records.c.record_id).join(absences, absences.c.record_pk == records.c.pk)
    return _read(in_earlier.where(absences.c.capture_id == capture_id))


def union(params: SearchParams, queries: Iterable[str]) -> list[str]:
    """Return the records that any of the queries finds within the filters of an address."""
    pks: set[int] = set()
    for query in queries:
        pks.update(plan(search_request(replace(params, query=query))).ids())
    return record_ids(site().repository, sorted(pks))


def _captures_since(moment: datetime) -> list[int]:
    query = sa.select(events.c.subject).where(events.c.tag.in_(_CHANGES), events.c.at_ms > to_ms(moment))
    return sorted({int(subject.removeprefix("capture ")) for subject in _read(query)})


def _read(query: sa.Select[tuple[str]]) -> list[str]:
    with site().repository.db.connect() as connection:
        return [str(value) for value in connection.execute(query).scalars()]
