"""The JSON file of a certificate: its structure, exact bytes, writer and reader (docs/certificate.md)."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import msgspec

from indexer.i18n import Sentence, say

FORMAT: Final = "Show-Me Records certificate of a search"
FORMAT_VERSION: Final = 3
OLDER: Final = frozenset({1, 2})
"""Older formats that can be read: 2 has no letterhead, subject or selection; 1 (until 2026) has neither anchor nor announcements,
and another name for the catalog position."""


UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading JSON raises for a damaged file, or one that is nested deeper than any certificate."""


class NotACertificate(Exception):
    """The file is not a readable certificate; the message gives the reason and the remedy."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a certificate. Unknown fields are errors."""


class AccountRef(_Part, frozen=True):
    """An account. `id` is local to this catalog; platform and native id identify it anywhere."""

    id: int
    platform: str
    native_id: str
    label: str


class Scope(_Part, frozen=True):
    """The maker's permission, in words and as data. `allowed_accounts` is None for all accounts."""

    words: str
    allowed_accounts: tuple[AccountRef, ...] | None
    without_conversations: bool


class Creation(_Part, frozen=True):
    """Who made the certificate and when, in UTC and in the public body's local time with its offset."""

    by: str
    at_utc: datetime
    at_local: datetime
    scope: Scope


class Query(_Part, frozen=True):
    """The query. `canonical` is the query as interpreted, fully parenthesized; readings are sentences."""

    typed: str
    canonical: str
    dialect: str
    reading_english: str
    reading_spanish: str
    as_of: date | None
    words_english: str = ""  # the query alone, without filters; empty in older formats
    words_spanish: str = ""


class Selection(_Part, frozen=True):
    """The record set that was searched: then the certificate proves a list, not a search.

    `origin` is how its records were selected (`SetOrigin`), `by` the person, `day` a local day; the records are ids.
    """

    origin: str
    by: str
    day: date | None
    record_ids: tuple[str, ...]


class ChosenFilters(_Part, frozen=True):
    """The filters that the maker chose. None means not filtered; days are local, both included."""

    first_day: date | None
    last_day: date | None
    accounts: tuple[AccountRef, ...] | None
    platforms: tuple[str, ...] | None
    kinds: tuple[str, ...] | None
    authors: tuple[str, ...] | None
    has_media: bool | None
    states: tuple[str, ...] | None = None  # missing in certificates made before this filter existed
    selection: Selection | None = None  # likewise
    media: tuple[str, ...] | None = None  # likewise


class Software(_Part, frozen=True):
    """The software that ran the search: program, engine, library, and the fingerprint of the tokenizer."""

    program: str
    engine: str
    engine_version: str
    analyzer: str


class State(_Part, frozen=True):
    """Positions of catalog and index. Numbers of the whole repository are None if the maker may not see all of it."""

    in_step: bool
    catalog_position: int | None
    index_position: int | None
    held: int | None
    indexed: int | None


class LogAnchor(_Part, frozen=True):
    """Number of events in the log when the certificate was made, and the hash of the latest."""

    events: int
    hash: str


class CaptureRef(_Part, frozen=True):
    """A capture in the catalog, with the SHA-256 of its archive. `in_scope`: its account was searched."""

    id: int
    name: str
    digest: str
    account: AccountRef | None
    taken_at: datetime
    exported_at: datetime | None
    in_scope: bool


class TermCount(_Part, frozen=True):
    """Records that a term finds by itself, within the same filters. `query` can be run as a search."""

    query: str
    reading: str
    records: int


class AccountCount(_Part, frozen=True):
    """Records found in an account."""

    account: AccountRef
    records: int


class Expansion(_Part, frozen=True):
    """Words matched by a wildcard, fuzzy word, stem or range, each with its number of records."""

    query: str
    words: Mapping[str, int]


class ResultSummary(_Part, frozen=True):
    """The result. `digest` is the SHA-256 of the lines of `records`, each with a line feed."""

    total: int
    undated: int
    digest: str
    by_term: tuple[TermCount, ...]
    by_account: tuple[AccountCount, ...]
    expansions: tuple[Expansion, ...]
    undated_outside: int = 0  # matches without a date, which no range of days contains; 0 in older formats


class Announcement(_Part, frozen=True):
    """An ambiguity in the query: how it was read, the query for the other reading, and its number of records."""

    code: str
    message: str
    start: int
    end: int
    other_query: str | None
    other_total: int | None


class Body(_Part, frozen=True):
    """The public body and its records custodian, as on the letterhead. Empty texts were not set."""

    name: str
    address: tuple[str, ...]
    contact: str
    custodian: str
    custodian_title: str


class Header(_Part, frozen=True, kw_only=True):
    """A certificate without its records."""

    format: str = FORMAT
    format_version: int = FORMAT_VERSION
    id: str
    made: Creation
    query: Query
    filters: ChosenFilters
    zone: str
    software: Software
    state: State
    captures: tuple[CaptureRef, ...]
    coverage: Any
    found: ResultSummary
    warnings: tuple[str, ...]
    anchor: LogAnchor | None = None
    announcements: tuple[Announcement, ...] = ()
    body: Body | None = None
    subject: str = ""

    @property
    def is_list(self) -> bool:
        """Whether the certificate proves a list of records that somebody selected, not a search."""
        return self.filters.selection is not None


class Stored(Header, frozen=True, kw_only=True):
    """A certificate as stored in its file. A record is "record_id TAB version number TAB content digest"."""

    records: list[str]


_Certificate = TypeVar("_Certificate", bound=Header)


def line(record_id: str, version: int, digest: str) -> str:
    """Return the line of a record, without the line feed."""
    return f"{record_id}\t{version}\t{digest}"


class LineDigest:
    """SHA-256 of lines, each in UTF-8 and followed by a line feed."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self.count = 0

    def add(self, text: str) -> bytes:
        """Add a line; return its bytes."""
        raw = f"{text}\n".encode()
        self._sha.update(raw)
        self.count += 1
        return raw

    def hex(self) -> str:
        """Return the digest of the lines so far."""
        return self._sha.hexdigest()


def write(header: Header, lines: Iterable[str], out: IO[bytes]) -> None:
    """Write the file: a key per line in alphabetical order, nested keys sorted, no spaces; each record on its own line."""
    parts = msgspec.to_builtins(header, order="sorted", enc_hook=plain)
    names = sorted([*parts, "records"])
    for at, name in enumerate(names):
        out.write(b"{\n" if at == 0 else b",\n")
        out.write(b'"%s":' % name.encode())
        if name == "records":
            _write_lines(lines, out)
        else:
            out.write(msgspec.json.encode(parts[name], order="sorted"))
    out.write(b"\n}\n")


def plain(value: object) -> str:
    """Encode a sentence as plain text (hook for an encoder). Raises NotImplementedError for any other type."""
    if isinstance(value, Sentence):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} is no part of a certificate")


def _write_lines(lines: Iterable[str], out: IO[bytes]) -> None:
    out.write(b"[")
    separator = b"\n"
    for line_text in lines:
        out.write(separator + msgspec.json.encode(line_text))
        separator = b",\n"
    out.write(b"]")


def read(path: Path) -> Stored:
    """Read a certificate. Raises NotACertificate for any other file, OSError."""
    with path.open("rb") as file:
        start = file.read(8)
        if start.startswith(b"%PDF"):
            raise NotACertificate(
                say("{name} is the PDF. Use the JSON file that goes with it: it contains the list of records.", name=path.name)
            )
        if not start.strip():
            raise NotACertificate(say("{name} is empty.", name=path.name))
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
            return _decode(raw, path.name)


def read_header(path: Path) -> Header:
    """Read a certificate without its records: fast even for a million. Raises NotACertificate, OSError."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        return _decode_as(raw, path.name, _format_version(raw, path.name), _HeaderOnly)


class _HeaderOnly(Header, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Skips the list of records."""


def _decode(raw: mmap.mmap, name: str) -> Stored:
    return _decode_as(raw, name, _format_version(raw, name), Stored)


def _format_version(raw: mmap.mmap, name: str) -> int:
    """Return the format version of a certificate. Raises NotACertificate for other files and unknown formats."""
    try:
        head = msgspec.json.decode(raw, type=_Format)
    except UNREADABLE as error:
        raise NotACertificate(say("{name} is not a certificate: {why}", name=name, why=str(error))) from error
    if head.format != FORMAT:
        raise NotACertificate(say("{name} is JSON, but not a search certificate.", name=name))
    if head.format_version not in {FORMAT_VERSION, *OLDER}:
        raise NotACertificate(
            say(
                "{name} is a certificate in format {found}; this program reads formats up to {known}.",
                name=name,
                found=head.format_version,
                known=FORMAT_VERSION,
            )
        )
    return head.format_version


def _decode_as(raw: mmap.mmap, name: str, version: int, kind: type[_Certificate]) -> _Certificate:
    try:
        if version == FORMAT_VERSION:
            return msgspec.json.decode(raw, type=kind)
        if version == 2:  # a format version
            return _refuse_newer_fields(msgspec.json.decode(raw, type=kind))
        return _refuse_newer_fields(msgspec.convert(_upgrade(msgspec.json.decode(raw, type=dict[str, Any])), type=kind))
    except UNREADABLE as error:
        raise NotACertificate(
            say("{name} was a certificate, but it is damaged or was changed: {why}", name=name, why=str(error))
        ) from error


def _upgrade(content: dict[str, Any]) -> dict[str, Any]:
    """Convert a certificate from format 1 to 2. Raises msgspec.ValidationError for fields that format 1 does not have."""
    state = content.get("state")
    if not isinstance(state, dict):
        return content
    newer_fields = sorted({"anchor", "announcements"} & content.keys() | {"catalog_position"} & state.keys())
    if newer_fields:
        raise msgspec.ValidationError(f"Object contains unknown field `{newer_fields[0]}`")
    renamed = {"catalog_position" if key == "catalogue_position" else key: value for key, value in state.items()}
    return {**content, "state": renamed}


def _refuse_newer_fields(header: _Certificate) -> _Certificate:
    """Return a certificate of format 1 or 2. Raises msgspec.ValidationError for values of fields that only format 3 has."""
    values = {
        "body": header.body,
        "selection": header.filters.selection is not None,
        "subject": header.subject,
        "undated_outside": header.found.undated_outside,
        "words_english": header.query.words_english or header.query.words_spanish,
    }
    for name, value in values.items():
        if value:
            raise msgspec.ValidationError(f"Object contains unknown field `{name}`")
    return header


class _Format(msgspec.Struct):
    format: str = ""
    format_version: int = 0
