"""Walks through the items of a JSON member of a Facebook archive, in whichever of its wrappings (2018-2026).

A bare array; an object with one array under a versioned name (`comments_v2`); an object in an object
(`{"group_posts": {"activity_log_data": [...]}}`); one single object. Only one item is held in memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.archive import Archive, ArchiveError, MemberDamaged
from indexer.json_members import JsonDamaged, json_items
from indexer.meta_json import items_of
from indexer.record import Place, Problem

_WHOLE = frozenset({"cover_photo"})  # an album's cover is a photo by itself; what is inside of it are no items
_SINGLE = re.compile(rb'\s*\{\s*"(?:timestamp|attachments|label_values|fbid)"\s*:')


@dataclass(frozen=True, slots=True)
class Item:
    """One item: the names of the arrays that it stands in ("event_responses_v2/events_joined"), its place and bytes."""

    way: str
    place: Place
    raw: bytes


def walk(archive: Archive, member: str) -> Iterator[Item | Problem]:
    """Yield the items of a member in file order, numbered from 0 over the whole member, and its damage as a Problem."""
    try:
        is_single = bool(_SINGLE.match(archive.peek(member, 256)))
    except MemberDamaged:
        is_single = False  # reading it tells what is damaged
    if is_single:
        yield from _single(archive, member)
        return
    index, scalar = 0, ""
    for item in items_of(archive, member):
        if isinstance(item, Problem):
            yield item
            scalar = ""
        elif item.index >= 0 or (item.raw[:1] == b"{" and item.key in _WHOLE):
            yield Item(item.key, Place(member, index, item.start, len(item.raw)), item.raw)
            index += 1
        elif item.raw[:1] == b"{":
            for found in _inside(member, item.key, item.start, item.raw):
                if isinstance(found, Problem):
                    yield found
                    continue
                way, start, raw = found
                yield Item(way, Place(member, index, start, len(raw)), raw)
                index += 1
        else:
            scalar = item.key
    if scalar and not index:
        yield Problem(member, "no-items", f"The file has no list of items, only {scalar!r} and the like.")


def _single(archive: Archive, member: str) -> Iterator[Item | Problem]:
    try:
        raw = archive.read(member)
    except ArchiveError as error:
        yield Problem(member, "member-damaged", str(error))
        return
    start = len(raw) - len(raw.lstrip())
    raw = raw.strip()
    yield Item("", Place(member, 0, start, len(raw)), raw)


def _inside(member: str, way: str, start: int, raw: bytes, depth: int = 0) -> Iterator[tuple[str, int, bytes] | Problem]:
    """Yield the items of the arrays inside of an object that was read whole."""
    try:
        for item in json_items(io.BytesIO(raw)):
            if item.index >= 0:
                yield f"{way}/{item.key}", start + item.start, item.raw
            elif item.raw[:1] == b"{" and depth < 3:
                yield from _inside(member, f"{way}/{item.key}", start + item.start, item.raw, depth + 1)
    except JsonDamaged as error:
        yield Problem(member, error.code, f"{error} It stands in {way!r}.")
