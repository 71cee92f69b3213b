"""What every reader of an Instagram archive needs: the archive, whose it is, the ids made so far, media and the insights.

Instagram gives its records no ids (seen 2018-2026). What it gives is the number of each picture and video, 17 or 18
digits at the end of its file name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from typing import TypeVar

import msgspec

from indexer.evidence.archive import Archive, MemberDamaged
from indexer.evidence.json_members import JsonDamaged, JsonItem, json_items
from indexer.i18n import say
from indexer.importers.meta.json_values import UNKNOWN_TYPE, MadeIds, MediaFiles, bad_item, items_of, read_epoch
from indexer.importers.meta.times import PageDates
from indexer.importers.meta.unread import UnknownKeys
from indexer.record import Attachment, Locator, Moment, Problem, Record, RecordKind

Decoded = TypeVar("Decoded")

# What decoding an item can raise: not JSON of that shape, not UTF-8, or nested a thousand deep.
UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
_MEDIA_NUMBER = re.compile(r"(?<!\d)(\d{17,18})(?:\.[A-Za-z0-9]{2,5})?\Z")
_NOTHING = re.compile(rb'"(?:You have no data in this section|[^"\\]{0,80}no data[^"\\]{0,80})\.?"', re.IGNORECASE)
# A file of several records is a list, or an object whose first key names a section ("ig_stories").
_ONE_RECORD = re.compile(
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
class Piece:
    """The exact bytes of one item or box, and where they stand."""

    place: Locator
    raw: bytes


def piece(member: str, number: int, item: JsonItem) -> Piece:
    """Return the piece of an item of a JSON member."""
    return Piece(Locator(member, number, item.start, len(item.raw)), item.raw)


@dataclass(slots=True)
class Insights:
    """The items of `past_instagram_insights`, which say posts again beside their reach, by what finds the post.

    Holds places and short keys only, not the captions.
    """

    places: dict[int, Locator] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def add(self, place: Locator, picture: str, posted: Moment | None, text: str) -> None:
        """Remember one item. `picture` is the file name of its thumbnail."""
        number = len(self.places)
        self.places[number] = place
        for key in insight_keys([picture], posted, text):
            self.keys.setdefault(key, number)

    def take(self, pictures: Iterable[str], posted: Moment | None, text: str) -> tuple[Locator, ...]:
        """Return the places that say this post again; each is given out once."""
        if not self.places:
            return ()
        for key in insight_keys(pictures, posted, text):
            place = self.places.pop(self.keys.get(key, -1), None)
            if place is not None:
                return (place,)
        return ()


@dataclass(slots=True)
class Context:
    """One reading of one archive. `owner` is the account's handle as the archive states it, "" when it does not."""

    archive: Archive
    owner: str = ""
    names: frozenset[str] = frozenset()
    made: MadeIds = field(default_factory=MadeIds)
    insights: Insights = field(default_factory=Insights)
    media: MediaFiles = field(init=False)
    dates: PageDates = field(init=False)
    unknown_keys: UnknownKeys = field(default_factory=UnknownKeys)

    def __post_init__(self) -> None:
        self.media = MediaFiles(self.archive)
        self.dates = PageDates(self.archive)

    def attachment(self, uri: str, description: str = "", address: str = "") -> Attachment:
        """Return the attachment of a `uri` of the archive. `address` is where the platform also keeps the file.

        A file whose name has no known ending gets its media type from its first bytes.
        """
        attachment = self.media.attachment(uri, description)
        if attachment.media_type == UNKNOWN_TYPE and attachment.member:
            attachment = replace(attachment, media_type=self._sniffed(attachment.member))
        if address and not attachment.member and not attachment.url:
            attachment = replace(attachment, url=address.split("?", 1)[0])  # behind it stands a signature that expires
        return attachment

    def _sniffed(self, member: str) -> str:
        try:
            head = self.archive.peek(member, 16)
        except MemberDamaged:
            return UNKNOWN_TYPE  # whoever reads the file itself reports the damage
        return next((kind for at, mark, kind in _SIGNATURES if head.startswith(mark, at)), UNKNOWN_TYPE)

    def media_id(self, kind: RecordKind, posted: Moment | None, text: str, attachments: Iterable[Attachment]) -> str:
        """Return the made id of something that was published.

        Where the platform numbered every picture of it, the numbers are the identity: then a caption that was edited
        later is a new version of the same record, and a JSON and an HTML archive name the record alike.
        """
        names = [attachment.name for attachment in attachments]
        numbers = [number for name in names if (number := media_number(name))]
        if numbers and len(numbers) == len(names):
            return self.made.make(kind, "", "", numbers)
        return self.made.make(kind, minute(posted), text, names)


def insight_keys(pictures: Iterable[str], posted: Moment | None, text: str) -> Iterator[str]:
    """Yield what an insight and its post have in common: a picture, or minute and caption."""
    for picture in pictures:
        if picture:
            yield f"picture {media_number(picture) or picture}"
    if posted is not None:
        yield f"minute {minute(posted)} {hash(' '.join(text.split()))}"


def media_number(name: str) -> str:
    """Return the platform's number of a picture or video from its file name; "" when the name has none."""
    found = _MEDIA_NUMBER.search(name)
    return found[1] if found else ""


def minute(posted: Moment | None) -> str:
    """Return the UTC minute of a moment: JSON states seconds and HTML does not, and both must make one id."""
    return posted.utc.strftime("%Y-%m-%dT%H:%M") if posted and posted.utc else ""


def items(archive: Archive, member: str) -> Iterator[tuple[int, JsonItem] | Problem]:
    """Yield the numbered items of a JSON member. Sections that say that they are empty hold nothing.

    The number counts through the whole member, whatever the lists in it. A file that is one record where a list of
    records is usual is one item.
    """
    number = 0
    for item in _one_record(archive, member) or items_of(archive, member):
        if isinstance(item, Problem):
            yield item
        elif not _NOTHING.fullmatch(item.raw):
            yield number, item
            number += 1


def decoded(context: Context, member: str, decoder: msgspec.json.Decoder[Decoded]) -> Iterator[tuple[int, JsonItem, Decoded] | Problem]:
    """Yield the items of a JSON member with what they decode to; what does not read becomes a Problem and the others stay."""
    for found in items(context.archive, member):
        if isinstance(found, Problem):
            yield found
            continue
        number, item = found
        try:
            value = decoder.decode(item.raw)
        except UNREADABLE as error:
            yield bad_item(member, number, error)
            continue
        yield number, item, value


def _one_record(archive: Archive, member: str) -> list[JsonItem | Problem] | None:
    """Return the item of a file that is one record; None for every other file."""
    try:
        if not _ONE_RECORD.match(archive.peek(member, 256)):
            return None
        content = archive.read(member)
    except MemberDamaged as error:
        return [Problem(member, "member-damaged", error.message)]
    found: list[JsonItem | Problem] = []
    try:
        # As the only item of a list it is found, or found to be cut.
        found.extend(JsonItem("", item.index, item.start - 1, item.raw) for item in json_items(BytesIO(b"[" + content + b"]")))
    except JsonDamaged as damage:
        found.append(Problem(member, damage.code, damage.message))
    return found


def read_stamp(value: float | str | None, member: str, number: int) -> tuple[Moment | None, Problem | None]:
    """Return the moment of a number of seconds since 1970 UTC, or the problem "bad-date" that names what stands there."""
    if isinstance(value, str):
        if not _SECONDS.fullmatch(value):
            message = say("The time {written} is not a number of seconds since 1970.", written=repr(value[:40]))
            return None, Problem(member, "bad-date", message, number)
        value = float(value)
    return read_epoch(value, member, number)


def with_extra(base: Mapping[str, str], **more: str) -> dict[str, str]:
    """Return the facts of a role and those of one record that are not empty."""
    extra = dict(base)
    extra.update((key, value) for key, value in more.items() if value)
    return extra


def old_time(text: str) -> datetime | None:
    """Return the instant of an ISO time with its offset (2018-2020); None where it does not read or has no offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def reaction_record(context: Context, message: Record, number: int, *, actor: str, sign: str, posted: Moment | None) -> Record:
    """Return the like of one reaction to a message; `number` counts the reactions of the message from 0.

    Its raw item is the message's. Most reactions state no time of their own; then the record has none.
    """
    at = f"{message.place.pointer}/" if message.place.pointer else ""
    return Record(
        kind=RecordKind.LIKE,
        native_id=context.made.make(f"reactions/{message.native_id}", posted.written if posted else "", f"{actor} {sign}"),
        place=replace(message.place, pointer=f"{at}reactions/{number}"),
        raw=message.raw,
        title=f"{actor} reacted {sign} to a message.",
        author=actor,
        posted=posted,
        parent_id=message.native_id,
        thread_id=message.thread_id,
        thread_title=message.thread_title,
        id_is_made=True,
        extra={"reaction": sign},
    )
