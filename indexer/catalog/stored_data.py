"""What one version of a record says, as the catalog keeps it, and the digest that tells two versions apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import msgspec

from indexer.local_time import to_ms
from indexer.record import CaptureFacts, Moment, Record


class StoredMoment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A Moment as JSON: instants in milliseconds since 1970 UTC, the wall time as ISO text."""

    written: str
    rule: str
    ms: int | None = None
    wall: str = ""


class StoredAttachment(msgspec.Struct, frozen=True, omit_defaults=True):
    """An attachment without its member, which differs from capture to capture and stands in the sighting."""

    name: str
    media_type: str
    url: str = ""
    description: str = ""


class StoredFacts(msgspec.Struct):
    """The part of CaptureFacts that is kept as JSON. Days are ISO text."""

    first_day: str = ""
    last_day: str = ""
    is_partial: bool = False
    cannot_contain: list[str] = []  # msgspec copies a mutable default for each instance
    kinds: list[str] = []  # as above
    is_whole_history: bool = False


def stored_facts(facts: CaptureFacts) -> StoredFacts:
    """Return the part of an archive's facts that is kept as JSON."""
    return StoredFacts(
        first_day=facts.first_day.isoformat() if facts.first_day else "",
        last_day=facts.last_day.isoformat() if facts.last_day else "",
        is_partial=facts.is_partial,
        cannot_contain=list(facts.cannot_contain),
        kinds=sorted(facts.kinds),
        is_whole_history=facts.is_whole_history,
    )


class VersionData(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of a version that nobody sorts or joins by."""

    author_id: str = ""
    thread_title: str = ""
    posted_wall: str = ""
    edited: StoredMoment | None = None
    deleted: StoredMoment | None = None
    attachments: tuple[StoredAttachment, ...] = ()
    links: tuple[str, ...] = ()
    short_links: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    language: str = ""
    id_is_made: bool = False
    extra: dict[str, str] = {}  # msgspec copies a mutable default for each instance


_decoder = msgspec.json.Decoder(VersionData)
_encoder = msgspec.json.Encoder(order="deterministic")


def encode(record: Record) -> bytes:
    """Return the JSON of a record's version data. Its moments must have been derived."""
    return _encoder.encode(build(record))


def build(record: Record) -> VersionData:
    """Return a record's version data. Its moments must have been derived."""
    posted_wall = record.posted.wall.isoformat() if record.posted and record.posted.wall else ""
    return VersionData(
        author_id=record.author_id,
        thread_title=record.thread_title,
        posted_wall=posted_wall,
        edited=_stored(record.edited),
        deleted=_stored(record.deleted),
        attachments=tuple(StoredAttachment(a.name, a.media_type, a.url, a.description) for a in record.attachments),
        links=record.links,
        short_links=record.short_links,
        hashtags=record.hashtags,
        mentions=record.mentions,
        language=record.language,
        id_is_made=record.id_is_made,
        extra=dict(record.extra),
    )


def decode(data: bytes) -> VersionData:
    """Return the version data of a row."""
    return _decoder.decode(data)


def reencode(data: VersionData) -> bytes:
    """Return the JSON of changed version data."""
    return _encoder.encode(data)


def with_moments(data: VersionData, edited: StoredMoment | None, deleted: StoredMoment | None) -> VersionData:
    """Return the version data with other moments of edit and deletion."""
    return msgspec.structs.replace(data, edited=edited, deleted=deleted)


def digest(record: Record) -> str:
    """Return the digest of what a record says: two sightings with the same digest are the same version.

    Left out is what changes without anybody writing anything: counters, a handle or a name (a renamed Page would
    make a version of every post), where media lie in the archive and which name the platform's download gives them,
    when it was posted (one form of archive has seconds, another only minutes). A time without zone counts as
    written, so that a corrected zone makes no new version.
    """
    return _content_digest(record, record.kind, _instant(record.edited), _instant(record.deleted))


def digest_of(kind: str, native_id: str, row: StoredText, data: VersionData) -> str:
    """Return the digest of a version as the catalog holds it: it equals the stored one unless the catalog was altered."""
    content = _Content(native_id, row.title, row.text, row.parent_id or "", row.thread_id or "", data.attachments, data.links, data.extra)
    return _content_digest(content, kind, _stored_instant(data.edited), _stored_instant(data.deleted))


class StoredText(Protocol):
    """The columns of a version that `digest_of` needs beside its data."""

    title: str
    text: str
    parent_id: str | None
    thread_id: str | None


class _Content(NamedTuple):
    native_id: str
    title: str
    text: str
    parent_id: str
    thread_id: str
    attachments: tuple[StoredAttachment, ...]
    links: tuple[str, ...]
    extra: Mapping[str, str]


def _content_digest(content: Record | _Content, kind: str, edited: str, deleted: str) -> str:
    parts = (
        kind,
        content.native_id,
        content.title,
        content.text,
        edited,
        deleted,
        content.parent_id,
        content.thread_id,
        tuple(sorted(_medium(attachment.name) for attachment in content.attachments)),
        tuple(sorted(attachment.description for attachment in content.attachments)),
        content.links,
        content.extra.get("state", ""),
    )
    return hashlib.sha256(_encoder.encode(parts)).hexdigest()


_MEDIUM_NUMBER = re.compile(r"\d{15,}")


def _medium(name: str) -> str:
    """Return what a medium is known by: Meta's number in its file name, which stands there in other company each year."""
    numbers = _MEDIUM_NUMBER.findall(name)
    return numbers[-1] if numbers else name


def _stored(moment: Moment | None) -> StoredMoment | None:
    if moment is None:
        return None
    return StoredMoment(moment.written, str(moment.rule), to_ms(moment.utc), moment.wall.isoformat() if moment.wall else "")


def _instant(moment: Moment | None) -> str:
    if moment is None:
        return ""
    if moment.wall is not None:
        return moment.wall.isoformat()
    return str(to_ms(moment.utc)) if moment.utc is not None else moment.written


def _stored_instant(moment: StoredMoment | None) -> str:
    if moment is None:
        return ""
    return moment.wall or (str(moment.ms) if moment.ms is not None else moment.written)


class CaptureResult(msgspec.Struct):
    """What a capture came to: stored with it, shown on its page."""

    records: int = 0
    versions: int = 0
    sightings: int = 0
    problems: int = 0
    folded: int = 0
    members_read: int = 0
    members_ignored: int = 0
    members_unknown: int = 0
    gone: int = 0
    reconciliation: list[tuple[str, int | None, int]] = []  # msgspec copies a mutable default for each instance
    time_rules: dict[str, int] = {}  # as above


class IndexRow(NamedTuple):
    """The part of a record's current version that is searched. `posted_ms` is milliseconds since 1970 UTC."""

    pk: int
    kind: str
    account_id: int
    versions: int
    text: str
    title: str
    author: str
    url: str
    posted_ms: int | None
    parent_id: str | None
    thread_id: str | None
    data: VersionData
    earlier: tuple[str, ...] = ()  # texts of the versions before
    posted_rule: str = ""  # TimeRule value
    absent_from: tuple[int, ...] = ()  # later captures that do not hold the record


def new_row(pk: int, account_id: int, record: Record) -> IndexRow:
    """Return the row of a record that is new to the catalog, as the catalog would give it back."""
    posted_ms = to_ms(record.posted.utc) if record.posted else None
    return IndexRow(
        pk,
        str(record.kind),
        account_id,
        1,
        record.text,
        record.title,
        record.author,
        record.url,
        posted_ms,
        record.parent_id or None,
        record.thread_id or None,
        build(record),
        posted_rule=str(record.posted.rule) if record.posted else "",
    )


TAKING_IN, COMPLETE, SET_ASIDE = "taking in", "complete", "set aside"
