"""Reads the parts of one JSON entry of a Facebook archive (2018-2026) into the words, media and links that it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from indexer.importers.facebook_shapes import (
    AttachmentPart,
    Attachments,
    Comment,
    DataPart,
    Entry,
    Event,
    ForSale,
    LifeEvent,
    Medium,
    Note,
    Number,
    Place,
    Poll,
    Reaction,
    strings_of,
)
from indexer.importers.facebook_text import Content
from indexer.meta_json import UNKNOWN_TYPE, MediaFiles, repair_all, seconds_of
from indexer.text import repair_mojibake

_ENTRY = msgspec.json.Decoder(Entry, strict=False)
_KNOWN_PARTS = frozenset(AttachmentPart.__struct_fields__)
_KNOWN_DATA = frozenset(DataPart.__struct_fields__)


@dataclass(slots=True)
class EntryParts:
    """What an entry shows. `media` are its photos and videos in order; `post` the words that the account wrote itself."""

    content: Content = field(default_factory=Content)
    media: list[Medium] = field(default_factory=list)
    post: str = ""
    comment: Comment | None = None
    reaction: Reaction | None = None
    updated: Number = None


def read_entry(raw: bytes) -> tuple[Entry, list[str]]:
    """Return an entry, and the words in those of its parts that are of a kind not known here (a search finds them too).

    Raises msgspec.DecodeError for an item that is no entry.
    """
    try:
        return _ENTRY.decode(raw), []
    except msgspec.ValidationError:
        value = msgspec.json.decode(raw)
        if not isinstance(value, dict):
            raise
    unknown: list[str] = []
    _without_unknown(value, _KNOWN_DATA, unknown)
    groups = value.get("attachments")
    for group in groups if isinstance(groups, list) else ():
        if isinstance(group, dict):
            _without_unknown(group, _KNOWN_PARTS, unknown)
    return msgspec.convert(value, Entry, strict=False), unknown


def read_data(parts: Iterable[DataPart], entry: EntryParts) -> None:
    """Add the data of an entry."""
    content = entry.content
    for part in parts:
        if part.post:
            entry.post = "\n".join(text for text in (entry.post, content.add_text(part.post)) if text)
        if part.comment is not None:
            entry.comment = part.comment
            content.add_text(part.comment.comment)
            if part.comment.group:
                content.extra["group"] = repair_mojibake(part.comment.group)
        if part.reaction is not None:
            entry.reaction = part.reaction
        content.add_text(part.text)
        content.add_text(part.name)
        if part.update_timestamp:
            entry.updated = part.update_timestamp
        if part.backdated_timestamp:
            content.extra["backdated to"] = when(part.backdated_timestamp)


def read_attachments(groups: Iterable[Attachments], entry: EntryParts) -> None:
    """Add the attachments of an entry."""
    for group in groups:
        for part in group.data or ():
            _attachment(part, entry)


def add_media(entry: EntryParts, files: MediaFiles, default: str = UNKNOWN_TYPE) -> None:
    """Make the attachments of an entry's media. A caption that is the entry's text is not said again.

    The caption of the only medium of an entry without words is its text.
    """
    content = entry.content
    captions = [content.read(medium.description) for medium in entry.media]
    if not content.words and len(captions) == 1 and captions[0]:
        content.add_text(captions[0])
    albums = {repair_mojibake(medium.title) for medium in entry.media if medium.title}
    if len(albums) == 1:
        content.extra["album"] = albums.pop()
    for medium, caption in zip(entry.media, captions, strict=True):
        description = "" if " ".join(caption.split()) == " ".join(content.text.split()) else caption
        content.attachments.append(files.attachment(medium.uri, description, default))
        content.uris.append(repair_mojibake(medium.uri))
        if medium.thumbnail is not None and medium.thumbnail.uri:
            content.attachments.append(files.attachment(medium.thumbnail.uri, "Preview picture of the video", "image/jpeg"))


def say_event(event: Event, content: Content) -> None:
    """Say an event: name, place, description; its times (UTC) go into `extra`."""
    name = content.add_text(event.name)
    say_place(event.place, content)
    content.add_text(event.description)
    content.extra["event"] = name
    if event.start_timestamp:
        content.extra["event start"] = when(event.start_timestamp)
    if event.end_timestamp:
        content.extra["event end"] = when(event.end_timestamp)


def say_place(place: Place | None, content: Content) -> None:
    """Say a place: name and address."""
    if place is not None and (place.name or place.address):
        said = ", ".join(content.read(part) for part in (place.name, place.address) if part)
        content.add_text(said)
        content.extra["place"] = said


def say_note(note: Note, entry: EntryParts) -> None:
    """Say a note: heading, then text; its pictures are the entry's."""
    entry.content.add_text(note.title)
    entry.content.add_text(note.text)
    entry.media += [medium for medium in (note.cover_photo, *(note.media or ())) if medium is not None and medium.uri]


def when(stated: Number) -> str:
    """Return a time for `extra`: "2019-04-09 23:00 UTC", or what is stated when it is no time."""
    seconds = seconds_of(stated)
    try:
        return (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds or 0)).strftime("%Y-%m-%d %H:%M UTC") if seconds else f"{stated}"
        )
    except (OverflowError, ValueError):
        return f"{stated}"


def _attachment(part: AttachmentPart, entry: EntryParts) -> None:
    content = entry.content
    if part.media is not None and part.media.uri:
        entry.media.append(part.media)
    if part.external_context is not None:
        content.link(part.external_context.url)
        content.add_text(part.external_context.name)
        content.add_text(part.external_context.source)
    say_place(part.place, content)
    if part.event is not None:
        say_event(part.event, content)
    content.add_text(part.text)
    content.add_text(part.name)
    if part.poll is not None:
        _say_poll(part.poll, content)
    if part.note is not None:
        say_note(part.note, entry)
    if part.for_sale_item is not None:
        _say_sale(part.for_sale_item, content)
    if part.life_event is not None:
        _say_life_event(part.life_event, content)


def _say_poll(poll: Poll, content: Content) -> None:
    content.add_text(poll.question)
    voted = []
    for option in poll.options or ():
        said = content.add_text(option.option)
        if option.voted and said:
            voted.append(said)
    if voted:
        content.extra["voted for"] = ", ".join(voted)


def _say_sale(sale: ForSale, content: Content) -> None:
    content.add_text(sale.title)
    content.add_text(sale.price)
    content.add_text(sale.description)
    content.add_text(sale.category)
    say_place(sale.location, content)
    content.extra["for sale"] = ", ".join(repair_mojibake(part) for part in (sale.title, sale.price) if part)


def _say_life_event(event: LifeEvent, content: Content) -> None:
    title = content.add_text(event.title)
    content.add_text(event.description)
    say_place(event.place, content)
    start = event.start_date or {}
    days = "-".join(
        f"{int(start[part]):02}" for part in ("year", "month", "day") if isinstance(start.get(part), (int, float)) and start[part]
    )
    content.extra["life event"] = f"{title} ({days})" if days else title


def _without_unknown(holder: dict[str, Any], known: frozenset[str], unknown: list[str]) -> None:
    """Take the fields that are not known here out of the parts of `holder["data"]`; their words are added to `unknown`."""
    parts = holder.get("data")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict):
            for key in [key for key in part if key not in known]:
                unknown += strings_of(repair_all(part.pop(key)))
