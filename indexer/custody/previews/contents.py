"""Counts the records and days of an archive within a time limit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import IO, Self, cast

from indexer.evidence import Archive, Member
from indexer.importers import IdentifiedArchive
from indexer.local_time import local_day
from indexer.record import Moment, Problem, Record, RecordKind


@dataclass(frozen=True, slots=True)
class Contents:
    """The records and local days read so far. `is_whole`: the archive was read to its end, so that they are all of it."""

    kinds: Mapping[RecordKind, int] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    is_whole: bool = False
    problems: int = 0


class _TimeIsUp(Exception):
    """The time limit was reached inside of a member. No module of the importers or of `evidence` catches it."""


class _LimitedStream:
    """A member's stream that raises _TimeIsUp after the deadline."""

    def __init__(self, stream: IO[bytes], deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, size: int = -1) -> bytes:
        self._check()
        return self._stream.read(size)

    def readline(self, size: int = -1) -> bytes:
        self._check()
        return self._stream.readline(size)

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check(self) -> None:
        if time.monotonic() > self._deadline:
            raise _TimeIsUp


class _Days:
    """The first and last local day of moments. A time without a zone is a local time already."""

    def __init__(self) -> None:
        self._instants: tuple[datetime, datetime] | None = None
        self._walls: tuple[datetime, datetime] | None = None

    def add(self, moment: Moment) -> None:
        if moment.utc is not None:
            self._instants = _stretched(self._instants, moment.utc)
        elif moment.wall is not None:
            self._walls = _stretched(self._walls, moment.wall)

    def range(self, zone_name: str) -> tuple[date | None, date | None]:
        days = [local_day(instant, zone_name) for instant in self._instants or ()] + [wall.date() for wall in self._walls or ()]
        return min(days, default=None), max(days, default=None)


def _stretched(span: tuple[datetime, datetime] | None, at: datetime) -> tuple[datetime, datetime]:
    return (at, at) if span is None else (min(span[0], at), max(span[1], at))


def read_contents(opened: IdentifiedArchive, zone_name: str, seconds: float) -> Contents:
    """Read an archive's records for at most about `seconds`; a record with several versions counts once."""
    deadline = time.monotonic() + seconds
    kinds: Counter[RecordKind] = Counter()
    seen: set[int] = set()
    days, is_whole, problems = _Days(), False, 0
    limited = replace(opened, archive=_limited(opened.archive, deadline))
    try:
        for value in limited.records():
            if isinstance(value, Record):
                key = hash((value.kind, value.native_id))
                if key not in seen:
                    seen.add(key)
                    kinds[value.kind] += 1
                if value.posted is not None:
                    days.add(value.posted)
            elif isinstance(value, Problem):
                problems += 1
            if time.monotonic() > deadline:
                break
        else:
            is_whole = True
    except _TimeIsUp:
        pass
    except Exception:  # noqa: BLE001  # an error of the importer: ingest reports it with all it knows
        is_whole = False
    first_day, last_day = days.range(zone_name)
    return Contents(dict(kinds), first_day, last_day, is_whole, problems)


def _limited(archive: Archive, deadline: float) -> Archive:
    """Return the archive with members that cannot be read after the deadline."""
    members = {name: replace(member, open=_opener(member, deadline)) for name, member in archive.members.items()}
    return Archive(archive.label, members, archive.root, handles=archive.handles)


def _opener(member: Member, deadline: float) -> Callable[[], IO[bytes]]:
    return lambda: cast("IO[bytes]", _LimitedStream(member.open(), deadline))
