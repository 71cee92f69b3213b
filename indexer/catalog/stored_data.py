"""What one version of a record says, as the catalog keeps it, and the digest that tells two versions apart."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
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
    """An attachment without its member, which differs from capture to capture and stands in the sighting."""

    name: str
    media_type: str
    url: str = ""
    description: str = ""


class StoredFacts(msgspec.Struct):
    """The part of CaptureFacts that is kept as JSON. Days are ISO text.

    Sentences are kept as their template and values; older versions kept the English text, and no `form` beside the column.
    """

    first_day: str = ""
    last_day: str = ""
    is_partial: bool = False
    cannot_contain: list[str | dict[str, Any]] = []  # msgspec copies a mutable default for each instance
    kinds: list[str] = []  # as above
    form: dict[str, Any] | None = None
    is_whole_history: bool = False

    @property
    def limits(self) -> tuple[str, ...]:
        """What the archive cannot contain, in sentences."""
        return tuple(unpack(line) for line in self.cannot_contain)


def stored_facts(facts: CaptureFacts) -> StoredFacts:
    """Return the part of an archive's facts that is kept as JSON."""
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
    """What one version of a record says: the one list of its facts, from the catalog's rows to views, index and exports.

    A fact that has a column of its own name in `versions`, to sort or join by, is kept there; all others as JSON in `data`.
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
    extra: dict[str, str] = {}  # msgspec copies a mutable default for each instance
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
        """When it was posted (UTC); None where that is not known."""
        return from_ms(self.posted_ms)

    @property
    def edited_at(self) -> datetime | None:
        """When it was edited (UTC); None where it was not, or that is not known."""
        return from_ms(self.edited.ms) if self.edited else None

    @property
    def deleted_at(self) -> datetime | None:
        """When it was deleted (UTC); None where it was not, or that is not known."""
        return from_ms(self.deleted.ms) if self.deleted else None

    @property
    def time_is_assumed(self) -> bool:
        """True where the archive does not state the zone of its time."""
        return bool(self.posted_rule) and TimeRule(self.posted_rule).is_assumption


_FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Content)}
COLUMNS: Final = tuple(column.name for column in versions.columns if column.name in _FIELDS)
"""The facts with a column of their own, in the order of the table."""

CONTENT_COLUMNS: Final = (*(versions.c[name] for name in COLUMNS), versions.c.data)
"""What a query selects so that `content` can read its rows."""

_IN_COLUMNS: Final = {name: _FIELDS[name].default for name in COLUMNS}
_NULLABLE: Final = frozenset(name for name in COLUMNS if versions.c[name].nullable)
_AS_IN_RECORD: Final = tuple(
    name for name in _FIELDS if name in Record.__dataclass_fields__ and name not in {"edited", "deleted", "attachments", "extra"}
)

_decoder = msgspec.json.Decoder(Content)
_encoder = msgspec.json.Encoder(order="deterministic")


def problem_columns(problem: Problem) -> dict[str, Any]:
    """Return a problem as columns of its table."""
    return {
        "member": problem.member,
        "item": problem.index,
        "code": problem.code,
        "message": str(problem.message),
        "sentence": to_json(problem.message),
    }


def build(record: Record) -> Content:
    """Return what a record says. Its moments must have been derived."""
    posted = record.posted
    return Content(
        posted_ms=to_ms(posted.utc) if posted else None,
        posted_written=posted.written if posted else "",
        posted_rule=str(posted.rule) if posted else "",
        posted_wall=posted.wall.isoformat() if posted and posted.wall else "",
        edited=_stored(record.edited),
        deleted=_stored(record.deleted),
        attachments=tuple(StoredAttachment(a.name, a.media_type, a.url, a.description) for a in record.attachments),
        extra=dict(record.extra),
        **{name: getattr(record, name) for name in _AS_IN_RECORD},
    )


def encode(content: Content) -> bytes:
    """Return the JSON of the facts without a column of their own."""
    return _encoder.encode(msgspec.structs.replace(content, **_IN_COLUMNS))


def decode(data: bytes) -> Content:
    """Return the facts without a column of their own."""
    return _decoder.decode(data)


def row_values(content: Content) -> tuple[Any, ...]:
    """Return CONTENT_COLUMNS of a version's row."""
    facts = (getattr(content, name) for name in COLUMNS)
    return (*(None if fact == "" and name in _NULLABLE else fact for name, fact in zip(COLUMNS, facts, strict=True)), encode(content))


def content(row: Any) -> Content:
    """Return what the version of a row with CONTENT_COLUMNS says."""
    return msgspec.structs.replace(
        _decoder.decode(row.data), **{name: fact for name in COLUMNS if (fact := getattr(row, name)) is not None}
    )


def with_moments(content: Content, edited: StoredMoment | None, deleted: StoredMoment | None) -> Content:
    """Return the content with other moments of edit and deletion."""
    return msgspec.structs.replace(content, edited=edited, deleted=deleted)


def digest(record: Record) -> str:
    """Return the digest of what a record says."""
    return digest_of(str(record.kind), record.native_id, build(record))


def digest_of(kind: str, native_id: str, content: Content) -> str:
    """Return the digest of a record's content: two sightings with the same digest are the same version.

    Left out is what changes without anybody writing anything: counters, a handle or a name (a renamed Page would
    make a version of every post), where media lie in the archive and which name the platform's download gives them,
    when it was posted (one form of archive has seconds, another only minutes). A time without zone counts as
    written, so that a corrected zone makes no new version.
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
    """Return what a medium is known by: Meta's number in its file name, which stands there in other company each year."""
    numbers = _MEDIUM_NUMBER.findall(name)
    return numbers[-1] if numbers else name


def _stored(moment: Moment | None) -> StoredMoment | None:
    if moment is None:
        return None
    return StoredMoment(moment.written, str(moment.rule), to_ms(moment.utc), moment.wall.isoformat() if moment.wall else "")


def _instant(moment: StoredMoment | None) -> str:
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
    """The part of a record's current version that is searched."""

    pk: int
    kind: str
    account_id: int
    versions: int
    content: Content
    earlier: tuple[str, ...] = ()  # texts of the versions before
    absent_from: tuple[int, ...] = ()  # later captures that do not hold the record


TAKING_IN, COMPLETE, SET_ASIDE = "taking in", "complete", "set aside"
