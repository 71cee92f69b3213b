"""The content of a version as the catalog stores it, and the digest that distinguishes versions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec

from indexer.catalog.tables import versions
from indexer.i18n import pack, to_json, unpack
from indexer.local_time import from_ms, to_ms
from indexer.record import CaptureFacts, Moment, Problem, Record, TimeRule


class StoredMoment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A Moment as JSON: instants in milliseconds since 1970 UTC, the wall time as ISO text."""

    written: str
    rule: str
    ms: int | None = None
    wall: str = ""


class StoredAttachment(msgspec.Struct, frozen=True, omit_defaults=True):
    """An attachment without its member, which differs between captures and is stored in the sighting."""

    name: str
    media_type: str
    url: str = ""
    description: str = ""


class StoredFacts(msgspec.Struct):
    """The part of CaptureFacts stored as JSON. Days are ISO text.

    Sentences are stored as template and values; older versions stored the English text, and `form` only in its column.
    """

    first_day: str = ""
    last_day: str = ""
    is_partial: bool = False
    cannot_contain: list[str | dict[str, Any]] = []  # msgspec copies mutable defaults for each instance
    kinds: list[str] = []  # as above
    form: dict[str, Any] | None = None
    is_whole_history: bool = False

    @property
    def limits(self) -> tuple[str, ...]:
        """Sentences on the archive's limits: content that it cannot contain."""
        return tuple(unpack(line) for line in self.cannot_contain)


def stored_facts(facts: CaptureFacts) -> StoredFacts:
    """Return the part of an archive's facts that is stored as JSON."""
    return StoredFacts(
        first_day=facts.first_day.isoformat() if facts.first_day else "",
        last_day=facts.last_day.isoformat() if facts.last_day else "",
        is_partial=facts.is_partial,
        cannot_contain=pack(facts.cannot_contain),
        kinds=sorted(facts.kinds),
        form=pack(facts.form),
        is_whole_history=facts.is_whole_history,
    )


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of a version: the single list of its fields, from catalog rows to views, index and exports.

    Fields with a column of the same name in `versions`, for sorting and joining, are stored there; the others as JSON in `data`.
    """

    author_id: str = ""
    thread_title: str = ""
    posted_wall: str = ""  # ISO text
    edited: StoredMoment | None = None
    deleted: StoredMoment | None = None
    attachments: tuple[StoredAttachment, ...] = ()
    links: tuple[str, ...] = ()
    short_links: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    language: str = ""
    id_is_made: bool = False
    extra: dict[str, str] = {}  # msgspec copies mutable defaults for each instance
    author: str = ""
    title: str = ""
    text: str = ""
    url: str = ""
    posted_ms: int | None = None
    posted_written: str = ""
    posted_rule: str = ""  # TimeRule value
    parent_id: str = ""
    thread_id: str = ""

    @property
    def posted_at(self) -> datetime | None:
        """Time posted (UTC); None if unknown."""
        return from_ms(self.posted_ms)

    @property
    def edited_at(self) -> datetime | None:
        """Time of the last edit (UTC); None if not edited or unknown."""
        return from_ms(self.edited.ms) if self.edited else None

    @property
    def deleted_at(self) -> datetime | None:
        """Time of deletion (UTC); None if not deleted or unknown."""
        return from_ms(self.deleted.ms) if self.deleted else None

    @property
    def time_is_assumed(self) -> bool:
        """Whether the archive leaves out the zone of the posting time."""
        return self.posted_rule in _ASSUMED_RULES


_ASSUMED_RULES: Final = frozenset(str(rule) for rule in TimeRule if rule.is_assumption)
_FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Content)}
COLUMNS: Final = tuple(column.name for column in versions.columns if column.name in _FIELDS)
"""The fields with their own column, in table order."""

CONTENT_COLUMNS: Final = (*(versions.c[name] for name in COLUMNS), versions.c.data)
"""Columns that a query must select for `content` to read its rows."""

_NULLABLE: Final = frozenset(name for name in COLUMNS if versions.c[name].nullable)
_SAME_IN_RECORD: Final = tuple(
    name for name in _FIELDS if name in Record.__struct_fields__ and name not in {"edited", "deleted", "attachments", "extra"}
)
_same_in_record = attrgetter(*_SAME_IN_RECORD)
_in_columns = attrgetter(*COLUMNS)

# The fields without their own column, in the order of `Content`: encoded, it is a Content whose other fields are omitted.
_IN_DATA: Final = tuple(name for name in _FIELDS if name not in COLUMNS)
_in_data = attrgetter(*_IN_DATA)
_Data = msgspec.defstruct(
    "_Data",
    [(name, _FIELDS[name].type, {} if name == "extra" else _FIELDS[name].default) for name in _IN_DATA],
    frozen=True,
    omit_defaults=True,
    gc=False,
)

_decoder = msgspec.json.Decoder(Content)
_encoder = msgspec.json.Encoder(order="deterministic")


def problem_columns(problem: Problem) -> dict[str, Any]:
    """Return a problem as a row of its table."""
    return {
        "member": problem.member,
        "item": problem.index,
        "code": problem.code,
        "message": str(problem.message),
        "sentence": to_json(problem.message),
    }


def build(record: Record) -> Content:
    """Return the content of a record whose moments have been derived."""
    posted = record.posted
    return Content(
        posted_ms=to_ms(posted.utc) if posted else None,
        posted_written=posted.written if posted else "",
        posted_rule=str(posted.rule) if posted else "",
        posted_wall=posted.wall.isoformat() if posted and posted.wall else "",
        edited=_stored_moment(record.edited),
        deleted=_stored_moment(record.deleted),
        attachments=tuple(StoredAttachment(a.name, a.media_type, a.url, a.description) for a in record.attachments),
        extra=dict(record.extra),
        **dict(zip(_SAME_IN_RECORD, _same_in_record(record), strict=True)),
    )


def encode(content: Content) -> bytes:
    """Encode the fields without their own column as JSON."""
    return _encoder.encode(_Data(*_in_data(content)))


def decode(data: bytes) -> Content:
    """Decode the fields without their own column."""
    return _decoder.decode(data)


def row_values(content: Content) -> tuple[Any, ...]:
    """Return the values of CONTENT_COLUMNS for a content."""
    values = zip(COLUMNS, _in_columns(content), strict=True)
    return (*[None if value == "" and name in _NULLABLE else value for name, value in values], encode(content))


def content(row: Any) -> Content:
    """Return the content of a row that has CONTENT_COLUMNS."""
    return content_of([*(getattr(row, name) for name in COLUMNS), row.data])


def content_of(values: Sequence[Any]) -> Content:
    """Return the content of the values of CONTENT_COLUMNS."""
    *columns, data = values
    filled = {name: value for name, value in zip(COLUMNS, columns, strict=True) if value is not None}
    return msgspec.structs.replace(_decoder.decode(data), **filled)


def with_moments(content: Content, edited: StoredMoment | None, deleted: StoredMoment | None) -> Content:
    """Return the content with its moments of edit and deletion replaced."""
    return msgspec.structs.replace(content, edited=edited, deleted=deleted)


def digest(record: Record) -> str:
    """Return the content digest of a record."""
    return digest_of(str(record.kind), record.native_id, build(record))


def digest_of(kind: str, native_id: str, content: Content) -> str:
    """Return the content digest: sightings with the same digest are the same version.

    Leaves out everything that changes without an edit: counters, handles and names (a renamed Page would make a new
    version of every post), the place and download name of media, and the posting time (some forms of archive give
    seconds, others only minutes). Times without a zone count as written, so that a corrected zone makes no new version.
    """
    parts = (
        kind,
        native_id,
        content.title,
        content.text,
        _instant(content.edited),
        _instant(content.deleted),
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
    """Return the stable part of a media file name: Meta's number, whose surroundings change from year to year."""
    numbers = _MEDIUM_NUMBER.findall(name)
    return numbers[-1] if numbers else name


def _stored_moment(moment: Moment | None) -> StoredMoment | None:
    if moment is None:
        return None
    return StoredMoment(moment.written, str(moment.rule), to_ms(moment.utc), moment.wall.isoformat() if moment.wall else "")


def _instant(moment: StoredMoment | None) -> str:
    if moment is None:
        return ""
    return moment.wall or (str(moment.ms) if moment.ms is not None else moment.written)


class CaptureResult(msgspec.Struct):
    """Counts of a capture, stored with it and shown on its page."""

    records: int = 0
    versions: int = 0
    sightings: int = 0
    problems: int = 0
    folded: int = 0
    members_read: int = 0
    members_ignored: int = 0
    members_unknown: int = 0
    gone: int = 0
    reconciliation: list[tuple[str, int | None, int]] = []  # msgspec copies mutable defaults for each instance
    time_rules: dict[str, int] = {}  # as above


class IndexRow(NamedTuple):
    """The searchable part of a record's current version."""

    pk: int
    kind: str
    account_id: int
    versions: int
    content: Content
    earlier: tuple[str, ...] = ()  # texts of earlier versions
    absent_from: tuple[int, ...] = ()  # later captures that do not contain the record


TAKING_IN, COMPLETE, SET_ASIDE = "taking in", "complete", "set aside"
