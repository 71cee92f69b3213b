"""Reads the parts of one JSON entry of a Facebook archive (2018-2026) into the words, media and links that it shows."""

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
# "a link", never "Link Example's post": the words stand after an article or a possessive, or alone at the end
_ARTICLE = r"(?:\b(?:a|an|the|this|his|her|its|their|un|una|uma?|el|la|o|một|einen|ein|eine)\s|['’]s\s|1\s*[個个則则]\s*|^)"
_LINK = re.compile(rf"{_ARTICLE}(?:link|enlace|vínculo|liên kết|lien|連結|链接)(?!\w)")
_OWN = re.compile(
    rf"{_ARTICLE}(?P<what>memory|recuerdo|lembrança|amintire|kỷ niệm|event|evento|eveniment|sự kiện|回憶|回忆|活動|活动)(?!\w)"
)
_GROUP = re.compile(
    r"(?:posted in|shared .{1,80}? to the group:?|commented .{1,120}? in|publicó en|compartió .{1,80}? en el grupo:?) (?P<group>.+?)\.?$"
)
_WRITER = re.compile(
    r"^(?P<name>.{1,200}?) (?:wrote on|posted (?:on|to|in|something)|shared|added|tagged|sent|updated|likes|is with|was with|wished"
    r"|escribió en|publicó|compartió|agregó|añadió|etiquetó|đã|escreveu|publicou|compartilhou)\b"
)


class RecordFields(TypedDict):
    """The fields of a Record that come from a Content."""

    text: str
    attachments: tuple[Attachment, ...]
    links: tuple[str, ...]
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    extra: dict[str, str]


@dataclass(slots=True)
class Content:
    """What a post shows, gathered part by part: words once, links once, pictures in their order."""

    words: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    uris: list[str] = field(default_factory=list)  # of the attachments, as the archive writes them
    links: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    def add_text(self, text: str | None) -> str:
        """Add words unless they already stand there; returns them as a reader saw them."""
        if not text:
            return ""
        seen = self.read(text)
        if seen and not any(_same(seen) in _same(word) for word in self.words):  # whole words: "Yes" is not in "Yesterday"
            self.words.append(seen)
        return seen

    def read(self, text: str | None) -> str:
        """Return a text of the archive as a reader saw it, and keep whom it mentions."""
        if not text:
            return ""
        text = repair_mojibake(text)
        if "@[" in text:
            self.mentions += [_unescaped(found[3]) for found in _MENTION.finditer(text)]
            text = _MENTION.sub(lambda found: _unescaped(found[3]), text)
        return text.strip("\n")

    def link(self, url: str | None) -> None:
        """Add a link; one whose target is gone is noted instead."""
        if url is None:
            return
        url = repair_mojibake(url).strip()
        if url in {"", "http://0.0.0.0/", "https://0.0.0.0/", "http://0.0.0.0"}:
            self.extra["link"] = "gone"
        elif url not in self.links:
            self.links.append(url)

    @property
    def text(self) -> str:
        """All words, one part below the other."""
        return "\n".join(self.words)

    def fields(self) -> RecordFields:
        """Return what a record says of this."""
        return {
            "text": self.text,
            "attachments": tuple(self.attachments),
            "links": self.all_links(),
            "hashtags": self.all_hashtags(),
            "mentions": self.all_mentions(),
            "extra": self.extra,
        }

    def all_links(self) -> tuple[str, ...]:
        """Return the attached links and then those in the words, each once."""
        text = self.text
        return tuple(dict.fromkeys((*self.links, *links(text)))) if "://" in text else tuple(self.links)

    def all_mentions(self) -> tuple[str, ...]:
        """Return whom the words mention, each once."""
        text = self.text
        return (
            tuple(dict.fromkeys((*self.mentions, *mentions(text)))) if "@" in text or "＠" in text else tuple(dict.fromkeys(self.mentions))
        )

    def all_hashtags(self) -> tuple[str, ...]:
        """Return the hashtags of the words, each once."""
        text = self.text
        return hashtags(text) if "#" in text or "＃" in text else ()


def share_kind(title: str, extra: dict[str, str]) -> RecordKind:
    """Return what a post is by the platform's sentence: sharing somebody's post is a repost, a link or memory a post.

    Notes in `extra["share"]` what was shared. A sentence in a language that is not known here is a post.
    """
    found = _SHARED.search(title)
    if not found:
        return RecordKind.POST
    what = (found[1] or found[2] or found[3] or "").strip().rstrip(".。")
    if _LINK.search(what):
        extra["share"] = "link"
        return RecordKind.POST
    if own := _OWN.search(what):
        extra["share"] = own["what"]
        return RecordKind.POST
    extra["share"] = what or "post"
    return RecordKind.REPOST


def group_of(title: str) -> str:
    """Return the group that a sentence names ("X posted in Example Neighbors."), "" when it names none."""
    found = _GROUP.search(title)
    return found["group"] if found else ""


def writer_of(title: str) -> str:
    """Return who a sentence is about ("Pat Example wrote on ..."), "" when that cannot be read from it."""
    found = _WRITER.match(title)
    return found["name"] if found else ""


def _unescaped(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name)


def _same(text: str) -> str:
    return f" {' '.join(text.split())} "


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
            content.extra["backdated to"] = format_time(part.backdated_timestamp)


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


def add_event(event: Event, content: Content) -> None:
    """Say an event: name, place, description; its times (UTC) go into `extra`."""
    name = content.add_text(event.name)
    add_place(event.place, content)
    content.add_text(event.description)
    content.extra["event"] = name
    if event.start_timestamp:
        content.extra["event start"] = format_time(event.start_timestamp)
    if event.end_timestamp:
        content.extra["event end"] = format_time(event.end_timestamp)


def add_place(place: TaggedPlace | None, content: Content) -> None:
    """Say a place: name and address."""
    if place is not None and (place.name or place.address):
        said = ", ".join(content.read(part) for part in (place.name, place.address) if part)
        content.add_text(said)
        content.extra["place"] = said


def add_note(note: Note, entry: EntryParts) -> None:
    """Say a note: heading, then text; its pictures are the entry's."""
    entry.content.add_text(note.title)
    entry.content.add_text(note.text)
    entry.media += [medium for medium in (note.cover_photo, *(note.media or ())) if medium is not None and medium.uri]


def format_time(stated: Number) -> str:
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
    elif part.media is not None:  # a photo whose file is not named still has its words
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
        said = content.add_text(option.option)
        if option.voted and said:
            voted.append(said)
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


def _without_unknown(holder: dict[str, Any], known: frozenset[str], unknown: list[str]) -> None:
    """Take the fields that are not known here out of the parts of `holder["data"]`; their words are added to `unknown`."""
    parts = holder.get("data")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict):
            for key in [key for key in part if key not in known]:
                unknown += strings_of(repair_all(part.pop(key)))
