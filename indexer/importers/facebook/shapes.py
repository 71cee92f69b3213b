"""The JSON objects of Facebook archives (2018-2026) as typed structs. Every field may be missing or null.

`DataPart` and `AttachmentPart` reject unknown fields, so that these are noticed and their words kept.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from indexer.evidence import Archive, JsonDamaged, MemberDamaged, json_items
from indexer.i18n import say
from indexer.importers.meta.json_values import Uri, items_of, not_a_list
from indexer.record import Locator, Problem

Number = float | str | None  # a time: a number, or a text if the file was changed by hand
Text = str | None


class MediumComment(msgspec.Struct):
    """A comment by any person under a photo or video (2018-2021)."""

    timestamp: Number = None
    comment: Text = None
    author: Text = None
    group: Text = None


class Medium(msgspec.Struct):
    """A photo or video. `title` is usually the album's name, `description` the caption."""

    uri: str = ""
    creation_timestamp: Number = None
    title: Text = None
    description: Text = None
    comments: list[MediumComment] | None = None
    thumbnail: Uri | None = None


class Coordinate(msgspec.Struct):
    """A point on the map, in degrees."""

    latitude: float | None = None
    longitude: float | None = None


class TaggedPlace(msgspec.Struct):
    """A place of a check-in or event."""

    name: Text = None
    address: Text = None
    url: Text = None
    coordinate: Coordinate | None = None


class Event(msgspec.Struct):
    """An event, as an attachment and as an item of your_events.json. Seconds since 1970; an end of 0 means no end."""

    name: Text = None
    start_timestamp: Number = None
    end_timestamp: Number = None
    place: TaggedPlace | None = None
    description: Text = None
    create_timestamp: Number = None


class External(msgspec.Struct):
    """A link to another page."""

    name: Text = None
    source: Text = None
    url: Text = None


class PollOption(msgspec.Struct):
    """An option of a poll."""

    option: Text = None
    voted: bool | None = None


class Poll(msgspec.Struct):
    """A poll."""

    question: Text = None
    options: list[PollOption] | None = None


class Note(msgspec.Struct):
    """A note (a long text with a heading), as an attachment and as an item of notes.json."""

    title: Text = None
    text: Text = None
    created_timestamp: Number = None
    updated_timestamp: Number = None
    cover_photo: Medium | None = None
    media: list[Medium] | None = None
    tags: list[Any] | None = None


class ForSale(msgspec.Struct):
    """An item for sale."""

    title: Text = None
    price: Text = None
    seller: Text = None
    created_timestamp: Number = None
    updated_timestamp: Number = None
    category: Text = None
    marketplace: Text = None
    location: TaggedPlace | None = None
    description: Text = None


class LifeEvent(msgspec.Struct):
    """A life event ("Opened in 1890")."""

    title: Text = None
    description: Text = None
    start_date: dict[str, Any] | None = None
    end_date: dict[str, Any] | None = None
    place: TaggedPlace | None = None


class AttachmentPart(msgspec.Struct, forbid_unknown_fields=True):
    """A part of an attachment. Usually only one field is set."""

    media: Medium | None = None
    external_context: External | None = None
    place: TaggedPlace | None = None
    event: Event | None = None
    text: Text = None
    name: Text = None
    poll: Poll | None = None
    note: Note | None = None
    for_sale_item: ForSale | None = None
    life_event: LifeEvent | None = None


class Attachments(msgspec.Struct):
    """A group of attachments."""

    data: list[AttachmentPart] | None = None


class Comment(msgspec.Struct):
    """A comment by the account. Only the sentence of the entry names the post."""

    timestamp: Number = None
    comment: Text = None
    author: Text = None
    group: Text = None


class Reaction(msgspec.Struct):
    """A reaction by the account: LIKE, LOVE, WOW ..."""

    reaction: Text = None
    actor: Text = None


class DataPart(msgspec.Struct, forbid_unknown_fields=True):
    """A part of an entry's data. Page archives contain empty parts as filler."""

    post: Text = None
    update_timestamp: Number = None
    backdated_timestamp: Number = None
    comment: Comment | None = None
    reaction: Reaction | None = None
    text: Text = None
    name: Text = None


class LabelValue(msgspec.Struct):
    """A labeled value (seen since 2023). Labels are in the account's language."""

    label: Text = None
    value: Any = None
    href: Text = None
    title: Text = None
    timestamp_value: Number = None
    vec: list[Any] | None = None
    dict: list[Any] | None = None
    media: list[Medium] | None = None


class Entry(msgspec.Struct):
    """An item of a posts, comments or reactions file, in any of its forms."""

    timestamp: Number = None
    title: Text = None
    data: list[DataPart] | None = None
    attachments: list[Attachments] | None = None
    tags: list[Any] | None = None
    label_values: list[LabelValue] | None = None
    media: Any = None
    fbid: str | int | None = None
    name: Text = None
    url: Text = None
    uri: Text = None


_ITEM_FIELDS = frozenset(
    name for struct in (Entry, Medium, Event, Note, MediumComment, DataPart, AttachmentPart) for name in struct.__struct_fields__
)


class ShellPart(msgspec.Struct):
    """The fields of an entry's data that distinguish a shell from its full record."""

    post: Text = None
    update_timestamp: Number = None


class Shell(msgspec.Struct):
    """The fields of an entry that distinguish a shell from its full record."""

    timestamp: Number = None
    data: list[ShellPart] | None = None
    attachments: msgspec.Raw = msgspec.Raw(b"")


def strings_of(value: Any) -> list[str]:
    """Return the strings of a decoded value that a person could have read (no web addresses), in order."""
    if isinstance(value, str):
        return [value] if value.strip() and not _ADDRESS.fullmatch(value.strip()) else []
    if isinstance(value, dict):
        return [text for key, item in value.items() if key not in {"uri", "media_metadata"} for text in strings_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings_of(item)]
    return []


_SCALARS = frozenset({"name", "description", "last_modified_timestamp"})  # an album's own fields
_ADDRESS = re.compile(r"\S+://\S+")
_WRAPPING = re.compile(rb'\{\s*"([^"\\]+)"\s*:\s*[\[{]')
_SINGLE_ITEMS = frozenset({"cover_photo"})  # an album's cover is an item itself, not a container of items
_SINGLE = re.compile(rb'\s*\{\s*"(?:timestamp|attachments|label_values|fbid)"\s*:')


@dataclass(frozen=True, slots=True)
class Item:
    """An item: the names of the arrays that contain it ("event_responses_v2/events_joined"), its place and bytes."""

    key_path: str
    place: Locator
    raw: bytes


def walk(archive: Archive, member: str) -> Iterator[Item | Problem]:
    """Yield the items of a member in file order, numbered from 0 across the member, and its damage as Problems."""
    try:
        is_single = bool(_SINGLE.match(archive.peek(member, 256)))
    except MemberDamaged:
        is_single = False  # the damage is reported when the member is read
    if is_single:
        yield from _single_item(archive, member)
        return
    index, scalar, scalars = 0, "", list[Problem]()
    for item in items_of(archive, member):
        if isinstance(item, Problem):
            yield item
            scalar = ""
        elif item.index >= 0 and _is_wrapping(item.raw):
            for inner in _inner_items(member, item.key, item.start, item.raw):
                if isinstance(inner, Problem):
                    yield inner
                    continue
                key_path, start, raw = inner
                yield Item(key_path, Locator(member, index, start, len(raw)), raw)
                index += 1
        elif item.index >= 0 or (item.raw[:1] == b"{" and (item.key in _SINGLE_ITEMS or _is_item(item.raw))):
            yield Item(item.key, Locator(member, index, item.start, len(item.raw)), item.raw)
            index += 1
        elif item.raw[:1] == b"{":
            for inner in _inner_items(member, item.key, item.start, item.raw):
                if isinstance(inner, Problem):
                    yield inner
                    continue
                key_path, start, raw = inner
                yield Item(key_path, Locator(member, index, start, len(raw)), raw)
                index += 1
        else:
            scalar = item.key
            if item.key not in _SCALARS and item.key:
                scalars.append(_wrong_type(member, item.key, item.raw))
    if index:
        yield from scalars
    elif scalar:
        yield Problem(member, "no-items", say("The file has no list of items, only {name} and the like.", name=repr(scalar)))


def _is_item(raw: bytes) -> bool:
    """Tell whether an object in the place of a list is an item itself, that is, has its own time."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False  # reported when its parts are read
    return isinstance(value, dict) and "timestamp" in value


def _is_wrapping(raw: bytes) -> bool:
    """Tell whether an item only wraps a list of items (`[{"comments_v2": [...]}]`): its single key is not a field of an item."""
    match = _WRAPPING.match(raw)
    if not match or match[1].decode() in _ITEM_FIELDS:
        return False
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False  # reported as "bad-item" when it is read
    return isinstance(value, dict) and len(value) == 1


def _wrong_type(member: str, key_path: str, raw: bytes) -> Problem:
    shown = raw[:40].decode("utf-8", "replace")
    return Problem(member, "wrong-type", not_a_list(key_path, shown))


def _single_item(archive: Archive, member: str) -> Iterator[Item | Problem]:
    try:
        raw = archive.read(member)
    except MemberDamaged as error:
        yield Problem(member, "member-damaged", error.message)
        return
    start = len(raw) - len(raw.lstrip())
    raw = raw.strip()
    yield Item("", Locator(member, 0, start, len(raw)), raw)


def _inner_items(member: str, key_path: str, start: int, raw: bytes, depth: int = 0) -> Iterator[tuple[str, int, bytes] | Problem]:
    """Yield the items of the arrays inside an object that was read whole."""
    try:
        for item in json_items(io.BytesIO(raw)):
            if item.index >= 0:
                yield f"{key_path}/{item.key}", start + item.start, item.raw
            elif item.raw[:1] == b"{" and _is_item(item.raw):
                yield key_path if item.key.isdigit() else f"{key_path}/{item.key}", start + item.start, item.raw
            elif item.raw[:1] == b"{" and depth < 3:
                yield from _inner_items(member, f"{key_path}/{item.key}", start + item.start, item.raw, depth + 1)
            else:
                yield _wrong_type(member, f"{key_path}/{item.key}".strip("/"), item.raw)
    except JsonDamaged as error:
        yield Problem(member, error.code, say("{damage} It stands in {name}.", damage=error.message, name=repr(key_path)))
