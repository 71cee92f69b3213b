"""Shared state of the readers of an Instagram archive: archive, account, ids made so far, media, and insights.

Instagram records have no ids (seen 2018-2026), but each picture and video has a number of 17 or 18 digits at the end of
its file name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from indexer.evidence import Archive, JsonDamaged, JsonItem, MemberDamaged, json_items
from indexer.i18n import say
from indexer.importers.meta.json_values import UNKNOWN_TYPE, MadeIds, MediaFiles, bad_item, items_of, read_epoch
from indexer.importers.meta.times import PageDates
from indexer.importers.meta.unread import UnknownKeys
from indexer.record import Attachment, Locator, Moment, Problem, Record, RecordKind

Item = TypeVar("Item")

# Errors of decoding an item: not JSON of that type, not UTF-8, or nested a thousand deep.
UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
_MEDIA_NUMBER = re.compile(r"(?<!\d)(\d{17,18})(?:\.[A-Za-z0-9]{2,5})?\Z")
_EMPTY_NOTICE = re.compile(rb'"(?:You have no data in this section|[^"\\]{0,80}no data[^"\\]{0,80})\.?"', re.IGNORECASE)
# A file of several records is a list, or an object whose first key names a section ("ig_stories").
_SINGLE_RECORD = re.compile(
    rb'[\s\xef\xbb\xbf]*\{\s*"(?:media|uri|title|creation_timestamp|timestamp|fbid|label_values'
    rb'|string_list_data|string_map_data|media_list_data|media_map_data)"'
)
_SECONDS = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,9})?")
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"%PDF-", "application/pdf"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """The exact bytes of an item or box, and their location."""

    place: Locator
    raw: bytes


def source_of(member: str, number: int, item: JsonItem) -> Source:
    """Return the source of an item of a JSON member."""
    return Source(Locator(member, number, item.start, len(item.raw)), item.raw)


@dataclass(slots=True)
class Insights:
    """The items of `past_instagram_insights`, which repeat posts with their reach, by keys that match the post.

    Holds locations and short keys only, not the captions.
    """

    places: dict[int, Locator] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def add(self, place: Locator, picture: str, posted: Moment | None, text: str) -> None:
        """Add an item. `picture` is the file name of its thumbnail."""
        number = len(self.places)
        self.places[number] = place
        for key in insight_keys([picture], posted, text):
            self.keys.setdefault(key, number)

    def take(self, pictures: Iterable[str], posted: Moment | None, text: str) -> tuple[Locator, ...]:
        """Return and remove the location that repeats this post, if any."""
        if not self.places:
            return ()
        for key in insight_keys(pictures, posted, text):
            place = self.places.pop(self.keys.get(key, -1), None)
            if place is not None:
                return (place,)
        return ()


@dataclass(slots=True)
class Context:
    """The state of reading one archive. `owner` is the account's handle as the archive states it, "" if it does not."""

    archive: Archive
    owner: str = ""
    names: frozenset[str] = frozenset()
    made_ids: MadeIds = field(default_factory=MadeIds)
    insights: Insights = field(default_factory=Insights)
    media: MediaFiles = field(init=False)
    dates: PageDates = field(init=False)
    unknown_keys: UnknownKeys = field(default_factory=UnknownKeys)

    def __post_init__(self) -> None:
        self.media = MediaFiles(self.archive)
        self.dates = PageDates(self.archive)

    def attachment(self, uri: str, description: str = "", address: str = "") -> Attachment:
        """Return the attachment of a `uri` of the archive. `address` is the platform's own address of the file.

        A file without a known suffix gets its media type from its first bytes.
        """
        attachment = self.media.attachment(uri, description)
        if attachment.media_type == UNKNOWN_TYPE and attachment.member:
            attachment = replace(attachment, media_type=self._detect_type(attachment.member))
        if address and not attachment.member and not attachment.url:
            attachment = replace(attachment, url=address.split("?", 1)[0])  # without the query, a signature that expires
        return attachment

    def _detect_type(self, member: str) -> str:
        try:
            head = self.archive.peek(member, 16)
        except MemberDamaged:
            return UNKNOWN_TYPE  # reported where the file itself is read
        return next((kind for offset, signature, kind in _SIGNATURES if head.startswith(signature, offset)), UNKNOWN_TYPE)

    def media_id(self, kind: RecordKind, posted: Moment | None, text: str, attachments: Iterable[Attachment]) -> str:
        """Make the id of a publication.

        If the platform numbered all its pictures, the numbers are the identity: an edited caption is then a new
        version of the same record, and JSON and HTML archives give the record the same id.
        """
        names = [attachment.name for attachment in attachments]
        numbers = [number for name in names if (number := media_number(name))]
        if numbers and len(numbers) == len(names):
            return self.made_ids.make(kind, "", "", numbers)
        return self.made_ids.make(kind, minute(posted), text, names)


def insight_keys(pictures: Iterable[str], posted: Moment | None, text: str) -> Iterator[str]:
    """Yield the keys shared by an insight and its post: a picture, or minute and caption."""
    for picture in pictures:
        if picture:
            yield f"picture {media_number(picture) or picture}"
    if posted is not None:
        yield f"minute {minute(posted)} {hash(' '.join(text.split()))}"


def media_number(name: str) -> str:
    """Return the platform's number of a picture or video from its file name, "" if it has none."""
    match = _MEDIA_NUMBER.search(name)
    return match[1] if match else ""


def minute(posted: Moment | None) -> str:
    """Format the UTC minute of a moment: JSON has seconds and HTML does not, but both must make the same id."""
    return posted.utc.strftime("%Y-%m-%dT%H:%M") if posted and posted.utc else ""


def read_items(archive: Archive, member: str) -> Iterator[tuple[int, JsonItem] | Problem]:
    """Yield the numbered items of a JSON member, skipping notices that a section is empty.

    Numbers run through the whole member, across its lists. A file that is a single record instead of a list of
    records is one item.
    """
    number = 0
    for item in _read_single_record(archive, member) or items_of(archive, member):
        if isinstance(item, Problem):
            yield item
        elif not _EMPTY_NOTICE.fullmatch(item.raw):
            yield number, item
            number += 1


def decode_items(context: Context, member: str, decoder: msgspec.json.Decoder[Item]) -> Iterator[tuple[int, JsonItem, Item] | Problem]:
    """Decode the items of a JSON member; unreadable items become Problems, the others are kept."""
    for result in read_items(context.archive, member):
        if isinstance(result, Problem):
            yield result
            continue
        number, item = result
        try:
            value = decoder.decode(item.raw)
        except UNREADABLE as error:
            yield bad_item(member, number, error)
            continue
        yield number, item, value


def _read_single_record(archive: Archive, member: str) -> list[JsonItem | Problem] | None:
    """Return the item of a file that is a single record; None for any other file."""
    try:
        if not _SINGLE_RECORD.match(archive.peek(member, 256)):
            return None
        content = archive.read(member)
    except MemberDamaged as error:
        return [Problem(member, "member-damaged", error.message)]
    items: list[JsonItem | Problem] = []
    try:
        # Read as the only item of a list, so a truncated record is detected.
        items.extend(JsonItem("", item.index, item.start - 1, item.raw) for item in json_items(BytesIO(b"[" + content + b"]")))
    except JsonDamaged as damage:
        items.append(Problem(member, damage.code, damage.message))
    return items


def read_stamp(value: float | str | None, member: str, number: int) -> tuple[Moment | None, Problem | None]:
    """Read seconds since 1970 UTC as a moment, or return the problem "bad-date" that quotes the value."""
    if isinstance(value, str):
        if not _SECONDS.fullmatch(value):
            message = say("The time {written} is not a number of seconds since 1970.", written=repr(value[:40]))
            return None, Problem(member, "bad-date", message, number)
        value = float(value)
    return read_epoch(value, member, number)


def with_extra(base: Mapping[str, str], **more: str) -> dict[str, str]:
    """Merge the facts of a role with the non-empty facts of a record."""
    extra = dict(base)
    extra.update((key, value) for key, value in more.items() if value)
    return extra


def parse_old_time(text: str) -> datetime | None:
    """Parse an ISO time with its offset (2018-2020); None if it cannot be read or has no offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def reaction_record(context: Context, message: Record, number: int, *, actor: str, emoji: str, posted: Moment | None) -> Record:
    """Make the record of a reaction to a message; `number` counts the message's reactions from 0.

    Its raw item is the message's. Most reactions have no time of their own; neither does their record then.
    """
    prefix = f"{message.place.pointer}/" if message.place.pointer else ""
    return Record(
        kind=RecordKind.LIKE,
        native_id=context.made_ids.make(f"reactions/{message.native_id}", posted.written if posted else "", f"{actor} {emoji}"),
        place=replace(message.place, pointer=f"{prefix}reactions/{number}"),
        raw=message.raw,
        title=f"{actor} reacted {emoji} to a message.",
        author=actor,
        posted=posted,
        parent_id=message.native_id,
        thread_id=message.thread_id,
        thread_title=message.thread_title,
        id_is_made=True,
        extra={"reaction": emoji},
    )
