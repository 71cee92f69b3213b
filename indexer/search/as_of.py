"""What was visible at the end of a local day, and in which wording: from what versions, sightings and absences tell.

A record stands from the moment it was posted until it is known to be gone: the platform's own time of deletion, or a
capture, exported by then, that does not hold it any more. Its first wording stands from the moment it was posted; a
later one from its time of edit, else from the export of the first capture that saw it. An archive that does not state
its export was exported by the day when it was taken into custody, and not before the day of its last record: what is
not certain by that day is not taken as known.

An index holds all wordings of a record as one. So the few records of which more is known than one wording are looked at
one by one (matching.py), and all others are asked of the index.
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

from indexer.catalog import stored_data
from indexer.catalog.database import select_keys
from indexer.catalog.history import _GONE, _ROWS, _SEEN, ExportTimes, _moments, _Seen, _Story, export_times
from indexer.catalog.models import AccountView, by_number
from indexer.catalog.stored_data import IndexRow
from indexer.catalog.tables import absences, sightings
from indexer.engines import Document, Engine
from indexer.engines.documents import make_document
from indexer.engines.matching import matches
from indexer.i18n import say
from indexer.local_time import day_range, from_ms, local_day, to_ms
from indexer.query import And, DayRange, Node, Not, Numbered, Or, Word
from indexer.query.filters import Filters, Permission, Sort
from indexer.query.nodes import STATES
from indexer.repository import Repository


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer as of a day cannot know; each counts records. `undated` and `unknown` stand outside of the answer."""

    day: date
    undated: int  # fit, and carry no date
    unknown: int  # fit in a later wording; the one of that day is not held
    last_seen_before: int  # are in the answer, and no capture of that day or a later one holds them

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader of the answer must know; empty where everything is known."""
        before, unknown, undated = self.last_seen_before, self.unknown, self.undated
        found = []
        if before == 1:
            found.append(say("One of them was last captured before that day; whether it was still online then is not known."))
        elif before:
            found.append(
                say("{count} of them were last captured before that day; whether they were still online then is not known.", count=before)
            )
        if unknown == 1:
            found.append(
                say("One more record existed then, but only a later version of it, which matches, is available. It is not included.")
            )
        elif unknown:
            found.append(
                say(
                    "{count} more records existed then, but only later versions of them, which match, are available. They are not "
                    "included.",
                    count=unknown,
                )
            )
        if undated == 1:
            found.append(
                say("One more record matches but has no date, so it is not known whether it was posted by then. It is not included.")
            )
        elif undated:
            found.append(
                say(
                    "{count} more records match but have no date, so it is not known whether they were posted by then. They are not "
                    "included.",
                    count=undated,
                )
            )
        return tuple(found)


__all__ = ["Asked", "Limits", "Stood", "stood"]

_DAYS_KEPT: Final = 4  # days whose facts are kept in memory
_DOCUMENTS_KEPT: Final = 5_000
_ANSWERS_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as of a day, as the index can answer it: another tree, and filters without what the tree now says.

    `unknown` are the records that fit in the wording held, which is of a later day than the one asked for: they are not
    found. `stood` says in which version a record is shown.
    """

    tree: Node
    filters: Filters
    unknown: frozenset[int]
    stood: Stood


class Stood:
    """What is known of one day: the same for every query and every reader. Made once, then only read."""

    def __init__(self, db: sa.Engine, engine: Engine, accounts: Sequence[AccountView], zone: str, day: date) -> None:
        self._db, self._zone, self.day = db, zone, day
        self._accounts = by_number(accounts)
        _start, end = day_range(None, day, zone)
        end_ms = to_ms(end)
        self._end_ms = end_ms if end_ms is not None else 1 << 62
        with db.connect() as connection:
            self._times = export_times(connection)
            gone = self._absent(connection)
            known = engine.ids(Or((Word("edit", "has"), Word("deletion", "has"), Word("absent", "has"))), Filters(), Sort.OLDEST)
            self.looked_at = frozenset(known) | gone
            stories = self._stories(connection, sorted(self.looked_at))
            self.early_accounts, self._seen_before = self._early(connection)
        self._standing: dict[int, int] = {}  # record -> its version of that day
        self._later: dict[int, int] = {}  # record -> the first wording held, which is later than that day
        self._edited: set[int] = set()  # records that had been edited by that day
        for pk, story in stories.items():
            self._tell(pk, story)
        self._documents: dict[int, Document] | None = None
        self._answers: OrderedDict[Any, tuple[frozenset[int], frozenset[int]]] = OrderedDict()
        self._lock = threading.Lock()

    def version_ids(self, pks: Iterable[int]) -> dict[int, int]:
        """Return the versions of that day, by record; a record that is not here stands in its only version."""
        return {pk: self._standing[pk] for pk in pks if pk in self._standing}

    def asked(self, tree: Node, filters: Filters) -> Asked:
        """Return what finds in the index what a tree finds within filters as of this day."""
        chosen = _as_nodes(filters)
        found, unknown = self._answer((tree, *chosen), filters.permission)
        usual: list[Node] = [tree, DayRange(None, self.day), *chosen]
        if self.looked_at:
            usual.append(Not(Numbered(self.looked_at)))
        whole: Node = And(tuple(usual))
        if found:
            whole = Or((whole, Numbered(found)))
        return Asked(whole, _without(filters), unknown, self)

    def limits(self, engine: Engine, asked: Asked, tree: Node, filters: Filters, per_account: Mapping[str, int]) -> Limits:
        """Count what an answer cannot know. `per_account` are the answer's records by account number. Raises TooBroad."""

        def count(what: Node) -> int:
            return engine.search(what, asked.filters, Sort.OLDEST, 0, 0).total

        is_narrowed = filters.first_day is not None or filters.last_day is not None
        undated = 0 if is_narrowed else count(And((tree, *_as_nodes(filters), Not(DayRange(None, None)))))
        unknown = count(Numbered(asked.unknown)) if asked.unknown else 0
        before = sum(per_account.get(str(account), 0) for account in self.early_accounts)
        if self._seen_before:
            before += count(And((asked.tree, Numbered(self._seen_before))))
        return Limits(self.day, undated, unknown, before)

    # what fits among the records that are looked at one by one

    def _answer(self, wanted: tuple[Node, ...], permission: Permission) -> tuple[frozenset[int], frozenset[int]]:
        key = (wanted, permission)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        tree = And(wanted)
        fit = [
            one.pk
            for one in self._held()
            if permission.allows(one.account_id, in_conversation="conversation" in one.has) and one.day is not None and matches(tree, one)
        ]
        answer = frozenset(pk for pk in fit if pk in self._standing), frozenset(pk for pk in fit if pk in self._later)
        with self._lock:
            self._answers[key] = answer
            if len(self._answers) > _ANSWERS_KEPT:
                self._answers.popitem(last=False)
        return answer

    def _held(self) -> Iterable[Document]:
        wanted = {**self._standing, **self._later}
        if len(wanted) > _DOCUMENTS_KEPT:
            return self._read(wanted)
        if self._documents is None:
            self._documents = {one.pk: one for one in self._read(wanted)}
        return self._documents.values()

    def _read(self, wanted: Mapping[int, int]) -> Iterator[Document]:
        with self._db.connect() as connection:
            for row in select_keys(connection, _ROWS, wanted.values()):
                yield self._document(row)

    def _document(self, row: Any) -> Document:
        """Return what an index would have held of a version on that day: nothing that came later."""
        content = stored_data.content(row)
        deleted = content.deleted if content.deleted and content.deleted.ms is not None and content.deleted.ms < self._end_ms else None
        is_edited = row.pk in self._edited
        then = stored_data.with_moments(content, content.edited if is_edited else None, deleted)
        made = IndexRow(row.pk, row.kind, row.account_id, 2 if is_edited else 1, then)
        return make_document(made, self._accounts[row.account_id], self._zone)

    # what the catalog tells

    def _absent(self, connection: sa.Connection) -> frozenset[int]:
        by_then = [one for one in self._times if self._times[one].by_ms < self._end_ms]
        return frozenset(connection.execute(sa.select(absences.c.record_pk).where(absences.c.capture_id.in_(by_then))).scalars())

    def _stories(self, connection: sa.Connection, pks: Sequence[int]) -> dict[int, _Story]:
        found: dict[int, _Story] = {pk: _Story([], []) for pk in pks}
        for row in select_keys(connection, _SEEN, pks):
            if row.capture_id in self._times:
                found[row.record_pk].seen.append(_Seen(row.capture_id, row.id, row.version_id, row.posted_ms, *_moments(row.data)))
        for pk, capture_id in select_keys(connection, _GONE, pks):
            if capture_id in self._times:
                found[pk].gone.append(capture_id)
        return found

    def _tell(self, pk: int, story: _Story) -> None:
        """Note in which version a record stood on that day, when it did."""
        story.seen.sort(key=lambda one: (*self._order(one.capture_id), one.sighting_id))
        if not story.seen or (posted := story.seen[-1].posted_ms) is None or posted >= self._end_ms or self._is_gone(story):
            return
        lines = self._wordings(story.seen, posted)
        standing = [at for at, (start, _version) in enumerate(lines) if start < self._end_ms]
        if not standing:
            self._later[pk] = lines[0][1]
            return
        self._standing[pk] = lines[standing[-1]][1]
        if standing[-1] or lines[0][0] > posted:
            self._edited.add(pk)

    def _order(self, capture_id: int) -> tuple[int, int]:
        return self._times[capture_id].not_before_ms, capture_id

    def _is_gone(self, story: _Story) -> bool:
        """Tell whether the last that is known by that day is that the record is gone."""
        known = [(self._order(capture), 1) for capture in story.gone if self._times[capture].by_ms < self._end_ms]
        for one in story.seen:
            times = self._times[one.capture_id]
            if one.is_deleted:
                at = one.deleted_ms if one.deleted_ms is not None else times.by_ms
                if at < self._end_ms:
                    known.append(((at, one.capture_id), 1))
            elif times.not_before_ms < self._end_ms:
                known.append((self._order(one.capture_id), 0))
        return bool(known) and max(known)[1] == 1

    def _wordings(self, seen: Sequence[_Seen], posted: int) -> list[tuple[int, int]]:
        """Return the wordings of a record in order: (since when, version). `seen` is in order of the captures."""
        lines: list[tuple[int, int]] = []
        captures: OrderedDict[int, list[_Seen]] = OrderedDict()
        for one in seen:
            captures.setdefault(one.capture_id, []).append(one)
        for capture_id, ones in captures.items():
            if lines and lines[-1][1] == ones[-1].version_id:
                continue  # nothing is new since the capture before
            known = {version for _start, version in lines}
            for one in ones:
                if one.version_id in known and one is not ones[-1]:
                    continue  # an archive repeats the wordings before its last one
                last = lines[-1][0] if lines else None
                usual = posted if last is None and not one.is_edited else self._times[capture_id].by_ms
                edited = one.edited_ms if one.edited_ms is not None and (last is None or one.edited_ms >= last) else None
                start = usual if edited is None else edited
                lines.append((start if last is None else max(start, last), one.version_id))
        return lines

    def _early(self, connection: sa.Connection) -> tuple[frozenset[int], frozenset[int]]:
        """Return the accounts that no capture of the day or later holds, and the records of others that none of these holds."""
        late = {one for one, times in self._times.items() if self._is_late(times)}
        of_account: dict[int, set[int]] = {}
        for capture_id, times in self._times.items():
            if times.account_id is not None:
                of_account.setdefault(times.account_id, set()).add(capture_id)
        early_accounts = frozenset(account for account, ones in of_account.items() if not ones & late)
        mixed = [one for account, ones in of_account.items() if ones & late and ones - late for one in ones]
        if not mixed:
            return early_accounts, frozenset()
        early = sa.select(sightings.c.record_pk).where(sightings.c.capture_id.in_([one for one in mixed if one not in late]))
        seen_late = sa.select(sightings.c.record_pk).where(sightings.c.capture_id.in_([one for one in mixed if one in late]))
        return early_accounts, frozenset(connection.execute(early.except_(seen_late)).scalars())

    def _is_late(self, times: ExportTimes) -> bool:
        instant = from_ms(times.not_before_ms)
        return instant is not None and local_day(instant, self._zone) >= self.day


def stood(repository: Repository, accounts: Sequence[AccountView], day: date) -> Stood:
    """Return what is known of a local day; kept in memory as long as neither catalog nor index move on."""
    key = (day, repository.zone, repository.catalog.position(), repository.index.position())
    made = partial(Stood, repository.db, repository.index, accounts, repository.zone, day)
    return repository.cache.get_or_compute("stood", key, made, _DAYS_KEPT)


def _as_nodes(filters: Filters) -> tuple[Node, ...]:
    """Return the filters that one version may pass and another not, as parts of a tree."""
    found: list[Node] = []
    if filters.first_day is not None or filters.last_day is not None:
        found.append(DayRange(filters.first_day, filters.last_day))
    if filters.has_media is not None:
        media = Word("media", "has")
        found.append(media if filters.has_media else Not(media))
    if filters.states is not None:
        found.append(Or(tuple(Word(STATES[state], "has") for state in sorted(filters.states))))
    return tuple(found)


def _without(filters: Filters) -> Filters:
    return replace(filters, first_day=None, last_day=None, has_media=None, states=None)
