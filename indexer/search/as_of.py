"""Records visible at the end of a local day, and their version on that day, from versions, sightings and absences.

A record is visible from its posting until it is known to be gone: the platform's deletion time, or a capture exported by
that day that no longer has it. Its first version applies from its posting; a later one from its edit time or, without
one, from the export of the first capture that has it. An archive without a stated export time was exported between the
day of its last record and the day of intake; anything not certain by the as-of day counts as unknown.

The index merges all versions of a record. So the few records with several versions, a deletion or an absence are matched
individually (engines/matching.py); the index answers for all others.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from indexer.catalog import (
    ABSENCES,
    SEEN_VERSIONS,
    VERSION_ROWS,
    AccountView,
    ExportTimes,
    IndexRow,
    RecordHistory,
    SeenVersion,
    absences,
    by_number,
    decode_moments,
    export_times,
    select_keys,
    sightings,
    stored_data,
)
from indexer.engines import Document, Engine, make_document, matches
from indexer.i18n import say
from indexer.local_time import day_range, from_ms, local_day, to_ms
from indexer.query import STATES, And, DayRange, Filters, Node, Not, Numbered, Or, Permission, Sort, Word
from indexer.repository import Repository


@dataclass(frozen=True, slots=True)
class Limits:
    """Record counts for the limits of an as-of answer. `undated` and `unknown` records are not in the answer."""

    day: date
    undated: int  # match, but have no date
    unknown: int  # match in a later version; the version of that day is not in any archive
    last_seen_before: int  # in the answer, but not in any capture of that day or later

    @property
    def sentences(self) -> tuple[str, ...]:
        """Caveats for the reader; empty if everything is known."""
        before, unknown, undated = self.last_seen_before, self.unknown, self.undated
        sentences = []
        if before == 1:
            sentences.append(say("One of them was last captured before that day; whether it was still online then is not known."))
        elif before:
            sentences.append(
                say("{count} of them were last captured before that day; whether they were still online then is not known.", count=before)
            )
        if unknown == 1:
            sentences.append(
                say("One more record existed then, but only a later version of it, which matches, is available. It is not included.")
            )
        elif unknown:
            sentences.append(
                say(
                    "{count} more records existed then, but only later versions of them, which match, are available. They are not "
                    "included.",
                    count=unknown,
                )
            )
        if undated == 1:
            sentences.append(
                say("One more record matches but has no date, so it is not known whether it was posted by then. It is not included.")
            )
        elif undated:
            sentences.append(
                say(
                    "{count} more records match but have no date, so it is not known whether they were posted by then. They are not "
                    "included.",
                    count=undated,
                )
            )
        return tuple(sentences)


__all__ = ["AsOfQuery", "DayState", "Limits", "day_state"]

_CACHED_DAYS: Final = 4
_MAX_CACHED_DOCUMENTS: Final = 5_000
_MAX_CACHED_ANSWERS: Final = 64


@dataclass(frozen=True, slots=True)
class AsOfQuery:
    """An as-of search for the index: the rewritten tree, and the filters it does not already express.

    `found`: hits among the records matched individually, each with the `has` words of its version of that day. `unknown`:
    records excluded because only a version later than the as-of day is available, which matches. `state` has
    the version of each record on that day.
    """

    tree: Node
    filters: Filters
    found: Mapping[int, tuple[str, ...]]
    unknown: frozenset[int]
    state: DayState


_Matched = tuple[Mapping[int, tuple[str, ...]], frozenset[int]]
"""Hits with their `has` words, and the records of which only a later version matches."""


class DayState:
    """Record versions of one as-of day, the same for every query and reader. Built once, then read-only."""

    def __init__(self, db: sa.Engine, engine: Engine, accounts: Sequence[AccountView], zone: str, day: date) -> None:
        self._db, self._zone, self.day = db, zone, day
        self._accounts = by_number(accounts)
        _start, end = day_range(None, day, zone)
        end_ms = to_ms(end)
        self._end_ms = end_ms if end_ms is not None else 1 << 62
        with db.connect() as connection:
            self._times = export_times(connection)
            absent = self._absent_by_then(connection)
            changed = engine.ids(Or((Word("edit", "has"), Word("deletion", "has"), Word("absent", "has"))), Filters(), Sort.OLDEST)
            self.matched_individually = frozenset(changed) | absent
            stories = self._stories(connection, sorted(self.matched_individually))
            self.early_accounts, self._seen_before = self._find_early(connection)
        self._version_of_day: dict[int, int] = {}  # record -> version of that day
        self._later_version: dict[int, int] = {}  # record -> first available version, later than that day
        self._edited: set[int] = set()  # records that had been edited by that day
        for pk, story in stories.items():
            self._note_version(pk, story)
        self._documents: dict[int, Document] | None = None
        self._answers: OrderedDict[Any, _Matched] = OrderedDict()
        self._lock = threading.Lock()

    def version_ids(self, pks: Iterable[int]) -> dict[int, int]:
        """Versions of that day, by record; a record that is missing here has only one version."""
        return {pk: self._version_of_day[pk] for pk in pks if pk in self._version_of_day}

    def rewrite(self, tree: Node, filters: Filters) -> AsOfQuery:
        """Rewrite a search so that the index answers it as of this day."""
        filter_nodes = _as_nodes(filters)
        found, unknown = self._match((tree, *filter_nodes), filters.permission)
        conditions: list[Node] = [tree, DayRange(None, self.day), *filter_nodes]
        if self.matched_individually:
            conditions.append(Not(Numbered(self.matched_individually)))
        rewritten: Node = And(tuple(conditions))
        if found:
            rewritten = Or((rewritten, Numbered(frozenset(found))))
        return AsOfQuery(rewritten, _without_version_filters(filters), found, unknown, self)

    def limits(self, engine: Engine, query: AsOfQuery, tree: Node, filters: Filters) -> Limits:
        """Count the records affected by unknowns. Raises TooBroad."""

        def count(node: Node) -> int:
            return engine.total(node, query.filters)

        has_days = filters.first_day is not None or filters.last_day is not None
        undated = 0 if has_days else count(And((tree, *_as_nodes(filters), Not(DayRange(None, None)))))
        unknown = count(Numbered(query.unknown)) if query.unknown else 0
        early = self.early_accounts if filters.accounts is None else self.early_accounts & filters.accounts
        before = engine.total(query.tree, replace(query.filters, accounts=early)) if early else 0
        if self._seen_before:
            before += count(And((query.tree, Numbered(self._seen_before))))
        return Limits(self.day, undated, unknown, before)

    # records matched individually

    def _match(self, parts: tuple[Node, ...], permission: Permission) -> _Matched:
        key = (parts, permission)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        tree = And(parts)
        hits = [
            entry
            for entry in self._documents_to_match()
            if permission.allows(entry.account_id, in_conversation="conversation" in entry.has)
            and entry.day is not None
            and matches(tree, entry)
        ]
        answer = (
            {entry.pk: entry.has for entry in hits if entry.pk in self._version_of_day},
            frozenset(entry.pk for entry in hits if entry.pk in self._later_version),
        )
        with self._lock:
            self._answers[key] = answer
            if len(self._answers) > _MAX_CACHED_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def _documents_to_match(self) -> Iterable[Document]:
        version_ids = {**self._version_of_day, **self._later_version}
        if len(version_ids) > _MAX_CACHED_DOCUMENTS:
            return self._read(version_ids)
        if self._documents is None:
            self._documents = {entry.pk: entry for entry in self._read(version_ids)}
        return self._documents.values()

    def _read(self, versions_by_pk: Mapping[int, int]) -> Iterator[Document]:
        with self._db.connect() as connection:
            for row in select_keys(connection, VERSION_ROWS, versions_by_pk.values()):
                yield self._document(row)

    def _document(self, row: Any) -> Document:
        """Return the index document of a version as of that day, without later edits and deletions."""
        content = stored_data.content(row)
        deleted = content.deleted if content.deleted and content.deleted.ms is not None and content.deleted.ms < self._end_ms else None
        is_edited = row.pk in self._edited
        content_of_day = stored_data.with_moments(content, content.edited if is_edited else None, deleted)
        row_of_day = IndexRow(row.pk, row.kind, row.account_id, 2 if is_edited else 1, content_of_day)
        return make_document(row_of_day, self._accounts[row.account_id], self._zone)

    # reading the catalog

    def _absent_by_then(self, connection: sa.Connection) -> frozenset[int]:
        by_then = [capture_id for capture_id, times in self._times.items() if times.by_ms < self._end_ms]
        return frozenset(connection.execute(sa.select(absences.c.record_pk).where(absences.c.capture_id.in_(by_then))).scalars())

    def _stories(self, connection: sa.Connection, pks: Sequence[int]) -> dict[int, RecordHistory]:
        stories: dict[int, RecordHistory] = {pk: RecordHistory([], []) for pk in pks}
        for row in select_keys(connection, SEEN_VERSIONS, pks):
            if row.capture_id in self._times:
                stories[row.record_pk].seen.append(
                    SeenVersion(row.capture_id, row.id, row.version_id, row.posted_ms, *decode_moments(row.data))
                )
        for pk, capture_id in select_keys(connection, ABSENCES, pks):
            if capture_id in self._times:
                stories[pk].absent_from.append(capture_id)
        return stories

    def _note_version(self, pk: int, story: RecordHistory) -> None:
        """Note the version of a record that was visible on that day, if any."""
        story.seen.sort(key=lambda sighting: (*self._order(sighting.capture_id), sighting.sighting_id))
        if not story.seen or (posted := story.seen[-1].posted_ms) is None or posted >= self._end_ms or self._is_gone(story):
            return
        starts = self._version_starts(story.seen, posted)
        begun = [at for at, (start, _version) in enumerate(starts) if start < self._end_ms]
        if not begun:
            self._later_version[pk] = starts[0][1]
            return
        self._version_of_day[pk] = starts[begun[-1]][1]
        if begun[-1] or starts[0][0] > posted:
            self._edited.add(pk)

    def _order(self, capture_id: int) -> tuple[int, int]:
        return self._times[capture_id].not_before_ms, capture_id

    def _is_gone(self, story: RecordHistory) -> bool:
        """Whether the latest evidence by that day says that the record is gone."""
        evidence = [(self._order(capture), 1) for capture in story.absent_from if self._times[capture].by_ms < self._end_ms]
        for sighting in story.seen:
            times = self._times[sighting.capture_id]
            if sighting.is_deleted:
                at = sighting.deleted_ms if sighting.deleted_ms is not None else times.by_ms
                if at < self._end_ms:
                    evidence.append(((at, sighting.capture_id), 1))
            elif times.not_before_ms < self._end_ms:
                evidence.append((self._order(sighting.capture_id), 0))
        return bool(evidence) and max(evidence)[1] == 1

    def _version_starts(self, seen: Sequence[SeenVersion], posted: int) -> list[tuple[int, int]]:
        """Versions of a record in order: (start in ms, version). `seen` is in capture order."""
        starts: list[tuple[int, int]] = []
        captures: OrderedDict[int, list[SeenVersion]] = OrderedDict()
        for sighting in seen:
            captures.setdefault(sighting.capture_id, []).append(sighting)
        for capture_id, in_capture in captures.items():
            if starts and starts[-1][1] == in_capture[-1].version_id:
                continue  # unchanged since the previous capture
            known = {version for _start, version in starts}
            for sighting in in_capture:
                if sighting.version_id in known and sighting is not in_capture[-1]:
                    continue  # an archive repeats the versions before its last one
                last = starts[-1][0] if starts else None
                usual = posted if last is None and not sighting.is_edited else self._times[capture_id].by_ms
                edited = sighting.edited_ms if sighting.edited_ms is not None and (last is None or sighting.edited_ms >= last) else None
                start = usual if edited is None else edited
                starts.append((start if last is None else max(start, last), sighting.version_id))
        return starts

    def _find_early(self, connection: sa.Connection) -> tuple[frozenset[int], frozenset[int]]:
        """Accounts without a capture of that day or later, and records of other accounts that no such capture has."""
        late = {number for number, times in self._times.items() if self._is_late(times)}
        by_account: dict[int, set[int]] = {}
        for number, times in self._times.items():
            if times.account_id is not None:
                by_account.setdefault(times.account_id, set()).add(number)
        early_accounts = frozenset(account for account, numbers in by_account.items() if not numbers & late)
        mixed = [number for numbers in by_account.values() if numbers & late and numbers - late for number in numbers]
        if not mixed:
            return early_accounts, frozenset()
        early = sa.select(sightings.c.record_pk).where(sightings.c.capture_id.in_([number for number in mixed if number not in late]))
        seen_late = sa.select(sightings.c.record_pk).where(sightings.c.capture_id.in_([number for number in mixed if number in late]))
        return early_accounts, frozenset(connection.execute(early.except_(seen_late)).scalars())

    def _is_late(self, times: ExportTimes) -> bool:
        instant = from_ms(times.not_before_ms)
        return instant is not None and local_day(instant, self._zone) >= self.day


def day_state(repository: Repository, accounts: Sequence[AccountView], day: date) -> DayState:
    """Return the state of a local day, cached until the catalog or the index changes."""
    key = (day, repository.zone, repository.catalog.position(), repository.index.position())
    build = partial(DayState, repository.db, repository.index, accounts, repository.zone, day)
    return repository.cache.get_or_compute("day_state", key, build, _CACHED_DAYS)


def _as_nodes(filters: Filters) -> tuple[Node, ...]:
    """Express filters whose result depends on the version as tree nodes."""
    filter_nodes: list[Node] = []
    if filters.first_day is not None or filters.last_day is not None:
        filter_nodes.append(DayRange(filters.first_day, filters.last_day))
    if filters.has_media is not None:
        media = Word("media", "has")
        filter_nodes.append(media if filters.has_media else Not(media))
    if filters.states is not None:
        filter_nodes.append(Or(tuple(Word(STATES[state], "has") for state in sorted(filters.states))))
    return tuple(filter_nodes)


def _without_version_filters(filters: Filters) -> Filters:
    return replace(filters, first_day=None, last_day=None, has_media=None, states=None)
