"""Reads the parts of one JSON entry of a Facebook archive (2018-2026) into the words, media and links that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from indexer.importers.facebook_shapes import (
    AttachmentPart,
    Attachments,
    Comment,
    DataPart,
    Event,
    ForSale,
    LifeEvent,
    Medium,
    Note,
    Number,
    Place,
    Poll,
    Reaction,
    StrictAttachmentPart,
    StrictDataPart,
    strings_of,
)
from indexer.importers.facebook_text import Content
from indexer.meta_json import UNKNOWN_TYPE, MediaFiles, repair_all
from indexer.text import repair_mojibake

_STRICT_PART = msgspec.json.Decoder(StrictAttachmentPart, strict=False)
_PART = msgspec.json.Decoder(AttachmentPart, strict=False)
_STRICT_DATA = msgspec.json.Decoder(StrictDataPart, strict=False)
_DATA = msgspec.json.Decoder(DataPart, strict=False)
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


def read_data(parts: Iterable[msgspec.Raw], entry: EntryParts) -> None:
    """Add the data of an entry. Raises msgspec.DecodeError for a part that is no object."""
    for raw in parts:
        try:
            part: DataPart = _STRICT_DATA.decode(raw)
        except msgspec.ValidationError:
            part = _DATA.decode(raw)
            _say_unknown(raw, _KNOWN_DATA, entry.content)
        if part.post:
            entry.post = "\n".join(text for text in (entry.post, entry.content.say(part.post)) if text)
        if part.comment is not None:
            entry.comment = part.comment
            entry.content.say(part.comment.comment)
            if part.comment.group:
                entry.content.extra["group"] = repair_mojibake(part.comment.group)
        if part.reaction is not None:
            entry.reaction = part.reaction
        entry.content.say(part.text)
        entry.content.say(part.name)
        if part.update_timestamp:
            entry.updated = part.update_timestamp
        if part.backdated_timestamp:
            entry.content.extra["backdated to"] = when(part.backdated_timestamp)


def read_attachments(groups: Iterable[Attachments], entry: EntryParts) -> None:
    """Add the attachments of an entry. Raises msgspec.DecodeError for a part that is no object."""
    for group in groups:
        for raw in group.data or ():
            try:
                part: AttachmentPart = _STRICT_PART.decode(raw)
            except msgspec.ValidationError:
                part = _PART.decode(raw)
                _say_unknown(raw, _KNOWN_PARTS, entry.content)
            _attachment(part, entry)


def add_media(entry: EntryParts, files: MediaFiles, default: str = UNKNOWN_TYPE) -> None:
    """Make the attachments of an entry's media. A caption that is the entry's text is not said again.

    The caption of the only medium of an entry without words is its text.
    """
    content = entry.content
    captions = [content.read(medium.description) for medium in entry.media]
    if not content.words and len(captions) == 1 and captions[0]:
        content.say(captions[0])
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
    name = content.say(event.name)
    say_place(event.place, content)
    content.say(event.description)
    content.extra["event"] = name
    if event.start_timestamp:
        content.extra["event start"] = when(event.start_timestamp)
    if event.end_timestamp:
        content.extra["event end"] = when(event.end_timestamp)


def say_place(place: Place | None, content: Content) -> None:
    """Say a place: name and address."""
    if place is not None and (place.name or place.address):
        said = ", ".join(content.read(part) for part in (place.name, place.address) if part)
        content.say(said)
        content.extra["place"] = said


def say_note(note: Note, entry: EntryParts) -> None:
    """Say a note: heading, then text; its pictures are the entry's."""
    entry.content.say(note.title)
    entry.content.say(note.text)
    entry.media += [medium for medium in (note.cover_photo, *(note.media or ())) if medium is not None and medium.uri]


def when(seconds: Number) -> str:
    """Return a time for `extra`: "2019-04-09 23:00 UTC", or the number itself when it is no time."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds or 0)).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError):
        return f"{seconds:g}"


def _attachment(part: AttachmentPart, entry: EntryParts) -> None:
    content = entry.content
    if part.media is not None and part.media.uri:
        entry.media.append(part.media)
    if part.external_context is not None:
        content.link(part.external_context.url)
        content.say(part.external_context.name)
        content.say(part.external_context.source)
    say_place(part.place, content)
    if part.event is not None:
        say_event(part.event, content)
    content.say(part.text)
    content.say(part.name)
    if part.poll is not None:
        _say_poll(part.poll, content)
    if part.note is not None:
        say_note(part.note, entry)
    if part.for_sale_item is not None:
        _say_sale(part.for_sale_item, content)
    if part.life_event is not None:
        _say_life_event(part.life_event, content)


def _say_poll(poll: Poll, content: Content) -> None:
    content.say(poll.question)
    voted = []
    for option in poll.options or ():
        said = content.say(option.option)
        if option.voted and said:
            voted.append(said)
    if voted:
        content.extra["voted for"] = ", ".join(voted)


def _say_sale(sale: ForSale, content: Content) -> None:
    content.say(sale.title)
    content.say(sale.price)
    content.say(sale.description)
    content.say(sale.category)
    say_place(sale.location, content)
    content.extra["for sale"] = ", ".join(repair_mojibake(part) for part in (sale.title, sale.price) if part)


def _say_life_event(event: LifeEvent, content: Content) -> None:
    title = content.say(event.title)
    content.say(event.description)
    say_place(event.place, content)
    start = event.start_date or {}
    days = "-".join(
        f"{int(start[part]):02}" for part in ("year", "month", "day") if isinstance(start.get(part), (int, float)) and start[part]
    )
    content.extra["life event"] = f"{title} ({days})" if days else title


def _say_unknown(raw: msgspec.Raw, known: frozenset[str], content: Content) -> None:
    """Say the words of a part of a kind that is not known here, so that a search finds them."""
    value = repair_all(msgspec.json.decode(raw))
    if isinstance(value, dict):
        for text in _unknown_words(value, known):
            content.say(text)


def _unknown_words(value: dict[str, object], known: frozenset[str]) -> Iterator[str]:
    for key, item in value.items():
        if key not in known:
            yield from strings_of(item)
