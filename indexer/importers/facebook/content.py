"""Reads the parts of a JSON entry of a Facebook archive (2018-2026) into words, media and links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

import msgspec

from indexer.importers.facebook.shapes import (
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
    Poll,
    Reaction,
    TaggedPlace,
    strings_of,
)
from indexer.importers.meta.json_values import UNKNOWN_TYPE, MediaFiles, repair_all, seconds_of
from indexer.record import Attachment, RecordKind
from indexer.text import hashtags, links, mentions, repair_mojibake

_MENTION = re.compile(r"@\[(\d+):(\d+):((?:[^\]\\]|\\.)*)\]")
_SHARED = re.compile(
    r"\b(?:shared|compartió|ha compartido|compartilhou|a distribuit|partagé|đã chia sẻ)\s(.*)|(?:分享了|分享)(.*)|\bhat (.+) geteilt",
    re.DOTALL,
)
# "a link", never "Link Example's post": the word follows an article or a possessive, or is alone at the end
_ARTICLE = r"(?:\b(?:a|an|the|this|his|her|its|their|un|una|uma?|el|la|o|một|einen|ein|eine)\s|['’]s\s|1\s*[個个則则]\s*|^)"
_LINK = re.compile(rf"{_ARTICLE}(?:link|enlace|vínculo|liên kết|lien|連結|链接)(?!\w)")
_OWN_OBJECT = re.compile(
    rf"{_ARTICLE}(?P<object>memory|recuerdo|lembrança|amintire|kỷ niệm|event|evento|eveniment|sự kiện|回憶|回忆|活動|活动)(?!\w)"
)
_GROUP = re.compile(
    r"(?:posted in|shared .{1,80}? to the group:?|commented .{1,120}? in|publicó en|compartió .{1,80}? en el grupo:?) (?P<group>.+?)\.?$"
)
_WRITER = re.compile(
    r"^(?P<name>.{1,200}?) (?:wrote on|posted (?:on|to|in|something)|shared|added|tagged|sent|updated|likes|is with|was with|wished"
    r"|escribió en|publicó|compartió|agregó|añadió|etiquetó|đã|escreveu|publicou|compartilhou)\b"
)


class RecordFields(TypedDict):
    """The Record fields that a Content supplies."""

    text: str
    attachments: tuple[Attachment, ...]
    links: tuple[str, ...]
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    extra: dict[str, str]


@dataclass(slots=True)
class Content:
    """The content of a post, collected part by part: words and links without duplicates, pictures in order."""

    words: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    uris: list[str] = field(default_factory=list)  # of the attachments, as the archive writes them
    links: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    def add_text(self, text: str | None) -> str:
        """Add words unless they are already there. Returns them as a reader saw them."""
        if not text:
            return ""
        shown = self.read(text)
        if shown and not any(_padded(shown) in _padded(words) for words in self.words):  # whole words: "Yes" is not in "Yesterday"
            self.words.append(shown)
        return shown

    def read(self, text: str | None) -> str:
        """Return a text as a reader saw it, and collect its mentions."""
        if not text:
            return ""
        text = repair_mojibake(text)
        if "@[" in text:
            self.mentions += [_unescaped(match[3]) for match in _MENTION.finditer(text)]
            text = _MENTION.sub(lambda match: _unescaped(match[3]), text)
        return text.strip("\n")

    def link(self, url: str | None) -> None:
        """Add a link. If its target was deleted, note that in `extra` instead."""
        if url is None:
            return
        url = repair_mojibake(url).strip()
        if url in {"", "http://0.0.0.0/", "https://0.0.0.0/", "http://0.0.0.0"}:
            self.extra["link"] = "gone"
        elif url not in self.links:
            self.links.append(url)

    @property
    def text(self) -> str:
        """All words, one part per line."""
        return "\n".join(self.words)

    def fields(self) -> RecordFields:
        """Return the fields for a Record."""
        return {
            "text": self.text,
            "attachments": tuple(self.attachments),
            "links": self.all_links(),
            "hashtags": self.all_hashtags(),
            "mentions": self.all_mentions(),
            "extra": self.extra,
        }

    def all_links(self) -> tuple[str, ...]:
        """Return the attached links, then those in the words, without duplicates."""
        text = self.text
        return tuple(dict.fromkeys((*self.links, *links(text)))) if "://" in text else tuple(self.links)

    def all_mentions(self) -> tuple[str, ...]:
        """Return the names mentioned, without duplicates."""
        text = self.text
        return (
            tuple(dict.fromkeys((*self.mentions, *mentions(text)))) if "@" in text or "＠" in text else tuple(dict.fromkeys(self.mentions))
        )

    def all_hashtags(self) -> tuple[str, ...]:
        """Return the hashtags of the words, each once."""
        text = self.text
        return hashtags(text) if "#" in text or "＃" in text else ()


def share_kind(title: str, extra: dict[str, str]) -> RecordKind:
    """Return the kind of a post by the sentence above it: a shared post is a repost, a shared link or memory is a post.

    Sets `extra["share"]` to the shared object. If the language of the sentence is unknown, the kind is post.
    """
    match = _SHARED.search(title)
    if not match:
        return RecordKind.POST
    shared = (match[1] or match[2] or match[3] or "").strip().rstrip(".。")
    if _LINK.search(shared):
        extra["share"] = "link"
        return RecordKind.POST
    if own_object := _OWN_OBJECT.search(shared):
        extra["share"] = own_object["object"]
        return RecordKind.POST
    extra["share"] = shared or "post"
    return RecordKind.REPOST


def group_of(title: str) -> str:
    """Return the group named in a sentence ("X posted in Example Neighbors."), "" if none."""
    match = _GROUP.search(title)
    return match["group"] if match else ""


def writer_of(title: str) -> str:
    """Return the person a sentence is about ("Pat Example wrote on ..."), "" if it cannot be read."""
    match = _WRITER.match(title)
    return match["name"] if match else ""


def _unescaped(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name)


def _padded(text: str) -> str:
    return f" {' '.join(text.split())} "


_ENTRY = msgspec.json.Decoder(Entry, strict=False)
_KNOWN_PARTS = frozenset(AttachmentPart.__struct_fields__)
_KNOWN_DATA = frozenset(DataPart.__struct_fields__)


@dataclass(slots=True)
class EntryParts:
    """The parts of an entry. `media` are its photos and videos in order, `post` is the text that the account itself wrote."""

    content: Content = field(default_factory=Content)
    media: list[Medium] = field(default_factory=list)
    post: str = ""
    comment: Comment | None = None
    reaction: Reaction | None = None
    updated: Number = None


def read_entry(raw: bytes) -> tuple[Entry, list[str]]:
    """Decode an entry. Returns it with the words of its parts of unknown kinds, so that a search finds them too.

    Raises msgspec.DecodeError if the item is not an entry.
    """
    try:
        return _ENTRY.decode(raw), []
    except msgspec.ValidationError:
        value = msgspec.json.decode(raw)
        if not isinstance(value, dict):
            raise
    unknown: list[str] = []
    _take_unknown(value, _KNOWN_DATA, unknown)
    groups = value.get("attachments")
    for group in groups if isinstance(groups, list) else ():
        if isinstance(group, dict):
            _take_unknown(group, _KNOWN_PARTS, unknown)
    return msgspec.convert(value, Entry, strict=False), unknown


def read_data(parts: Iterable[DataPart], entry: EntryParts) -> None:
    """Add the data parts to an entry."""
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
            content.extra["backdated to"] = format_time(part.backdated_timestamp)


def read_attachments(groups: Iterable[Attachments], entry: EntryParts) -> None:
    """Add the attachments to an entry."""
    for group in groups:
        for part in group.data or ():
            _add_attachment(part, entry)


def add_media(entry: EntryParts, files: MediaFiles, default: str = UNKNOWN_TYPE) -> None:
    """Turn the media of an entry into attachments. A caption equal to the entry's text is not repeated.

    If an entry without words has a single photo or video, its caption becomes the text.
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


def add_event(event: Event, content: Content) -> None:
    """Add the name, place and description of an event. Its times (UTC) go into `extra`."""
    name = content.add_text(event.name)
    add_place(event.place, content)
    content.add_text(event.description)
    content.extra["event"] = name
    if event.start_timestamp:
        content.extra["event start"] = format_time(event.start_timestamp)
    if event.end_timestamp:
        content.extra["event end"] = format_time(event.end_timestamp)


def add_place(place: TaggedPlace | None, content: Content) -> None:
    """Add the name and address of a place."""
    if place is not None and (place.name or place.address):
        name_and_address = ", ".join(content.read(part) for part in (place.name, place.address) if part)
        content.add_text(name_and_address)
        content.extra["place"] = name_and_address


def add_note(note: Note, entry: EntryParts) -> None:
    """Add the heading and text of a note. Its pictures become the entry's."""
    entry.content.add_text(note.title)
    entry.content.add_text(note.text)
    entry.media += [medium for medium in (note.cover_photo, *(note.media or ())) if medium is not None and medium.uri]


def format_time(value: Number) -> str:
    """Format a time for `extra`: "2019-04-09 23:00 UTC", or the value as stated if it is not a time."""
    seconds = seconds_of(value)
    try:
        return (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds or 0)).strftime("%Y-%m-%d %H:%M UTC") if seconds else f"{value}"
        )
    except (OverflowError, ValueError):
        return f"{value}"


def _add_attachment(part: AttachmentPart, entry: EntryParts) -> None:
    content = entry.content
    if part.media is not None and part.media.uri:
        entry.media.append(part.media)
    elif part.media is not None:  # a photo without a file name still has words
        content.add_text(part.media.title)
        content.add_text(part.media.description)
    if part.external_context is not None:
        content.link(part.external_context.url)
        content.add_text(part.external_context.name)
        content.add_text(part.external_context.source)
    add_place(part.place, content)
    if part.event is not None:
        add_event(part.event, content)
    content.add_text(part.text)
    content.add_text(part.name)
    if part.poll is not None:
        _add_poll(part.poll, content)
    if part.note is not None:
        add_note(part.note, entry)
    if part.for_sale_item is not None:
        _add_sale(part.for_sale_item, content)
    if part.life_event is not None:
        _add_life_event(part.life_event, content)


def _add_poll(poll: Poll, content: Content) -> None:
    content.add_text(poll.question)
    voted = []
    for option in poll.options or ():
        answer = content.add_text(option.option)
        if option.voted and answer:
            voted.append(answer)
    if voted:
        content.extra["voted for"] = ", ".join(voted)


def _add_sale(sale: ForSale, content: Content) -> None:
    content.add_text(sale.title)
    content.add_text(sale.price)
    content.add_text(sale.description)
    content.add_text(sale.category)
    add_place(sale.location, content)
    content.extra["for sale"] = ", ".join(repair_mojibake(part) for part in (sale.title, sale.price) if part)


def _add_life_event(event: LifeEvent, content: Content) -> None:
    title = content.add_text(event.title)
    content.add_text(event.description)
    add_place(event.place, content)
    start = event.start_date or {}
    days = "-".join(
        f"{int(start[part]):02}" for part in ("year", "month", "day") if isinstance(start.get(part), (int, float)) and start[part]
    )
    content.extra["life event"] = f"{title} ({days})" if days else title


def _take_unknown(holder: dict[str, Any], known: frozenset[str], unknown: list[str]) -> None:
    """Remove the unknown fields from the parts of `holder["data"]` and add their words to `unknown`."""
    parts = holder.get("data")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict):
            for key in [key for key in part if key not in known]:
                unknown += strings_of(repair_all(part.pop(key)))
