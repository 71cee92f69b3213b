"""The JSON file of a certificate: its parts, how it is written byte for byte, and how it is read again (docs/certificate.md)."""

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
FORMAT_VERSION: Final = 2
OLDER: Final = frozenset({1})
"""Formats that are still read: 1 (until 2026) has no anchor and no announcements, and another name for the catalog's position."""


class NoCertificate(Exception):
    """The file is no certificate that can be read; the text says what it is and what to do."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a certificate: nothing unknown is passed over in silence."""


class AccountRef(_Part, frozen=True):
    """An account. `id` is this catalog's number; platform and native id name it anywhere."""

    id: int
    platform: str
    native_id: str
    label: str


class Scope(_Part, frozen=True):
    """What the maker was permitted to see, in words and as data. `allowed_accounts` None is every account."""

    words: str
    allowed_accounts: tuple[AccountRef, ...] | None
    without_conversations: bool


class Made(_Part, frozen=True):
    """Who made the certificate, and when: in UTC, and on the body's own clock with its offset."""

    by: str
    at_utc: datetime
    at_local: datetime
    scope: Scope


class Query(_Part, frozen=True):
    """What was asked. `canonical` is the query as the program understood it, with every parenthesis; readings are sentences."""

    typed: str
    canonical: str
    dialect: str
    reading_english: str
    reading_spanish: str
    as_of: date | None


class Narrowed(_Part, frozen=True):
    """The filters that the maker chose. None is "not narrowed"; days are local, both included."""

    first_day: date | None
    last_day: date | None
    accounts: tuple[AccountRef, ...] | None
    platforms: tuple[str, ...] | None
    kinds: tuple[str, ...] | None
    authors: tuple[str, ...] | None
    has_media: bool | None
    states: tuple[str, ...] | None = None  # a certificate of before the filter has none


class Software(_Part, frozen=True):
    """What did the search: the program, its engine and library, and the fingerprint of how text becomes words."""

    program: str
    engine: str
    engine_version: str
    analyzer: str


class State(_Part, frozen=True):
    """How far catalog and index were. Numbers of the whole repository are None where the maker may not see all of it."""

    in_step: bool
    catalog_position: int | None
    index_position: int | None
    held: int | None
    indexed: int | None


class LogAnchor(_Part, frozen=True):
    """How many events the log had when the certificate was made, and the hash of its newest one."""

    events: int
    hash: str


class CaptureRef(_Part, frozen=True):
    """A capture that was held, with the SHA-256 of its archive. `in_scope`: it is of an account that was searched."""

    id: int
    name: str
    digest: str
    account: AccountRef | None
    taken_at: datetime
    exported_at: datetime | None
    in_scope: bool


class TermCount(_Part, frozen=True):
    """How many records one term finds alone, within the same filters. `query` can be searched for by itself."""

    query: str
    reading: str
    records: int


class AccountCount(_Part, frozen=True):
    """How many of the found records one account has."""

    account: AccountRef
    records: int


class Expansion(_Part, frozen=True):
    """The words that a wildcard, fuzzy word, stem or range stood for, each with the records that hold it."""

    query: str
    words: Mapping[str, int]


class Found(_Part, frozen=True):
    """What was found. `digest` is the SHA-256 over the lines of `records`, each with a line feed."""

    total: int
    undated: int
    digest: str
    by_term: tuple[TermCount, ...]
    by_account: tuple[AccountCount, ...]
    expansions: tuple[Expansion, ...]


class Announcement(_Part, frozen=True):
    """A doubtful reading of the query: what was done, the query that says the other thing, and how many records that finds."""

    code: str
    message: str
    start: int
    end: int
    other_query: str | None
    other_total: int | None


class Header(_Part, frozen=True, kw_only=True):
    """Everything of a certificate but its records."""

    format: str = FORMAT
    format_version: int = FORMAT_VERSION
    id: str
    made: Made
    query: Query
    filters: Narrowed
    zone: str
    software: Software
    state: State
    captures: tuple[CaptureRef, ...]
    coverage: Any
    found: Found
    warnings: tuple[str, ...]
    anchor: LogAnchor | None = None
    announcements: tuple[Announcement, ...] = ()


class Stored(Header, frozen=True, kw_only=True):
    """A certificate as its file holds it. A record is "record_id TAB version number TAB content digest"."""

    records: list[str]


_Certificate = TypeVar("_Certificate", bound=Header)


def line(record_id: str, version: int, digest: str) -> str:
    """Return the line of one record, without its line feed."""
    return f"{record_id}\t{version}\t{digest}"


class LineDigest:
    """The SHA-256 over lines: each in UTF-8 with one line feed after it."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self.count = 0

    def add(self, text: str) -> bytes:
        """Take in one line; return its bytes."""
        raw = f"{text}\n".encode()
        self._sha.update(raw)
        self.count += 1
        return raw

    def hex(self) -> str:
        """Return the digest of what was taken in so far."""
        return self._sha.hexdigest()


def write(header: Header, lines: Iterable[str], out: IO[bytes]) -> None:
    """Write the file: one name a line in alphabetical order, names sorted within, no blanks; each record on a line of its own."""
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
    """Return a sentence as plain text, for an encoder that does not know it. Raises NotImplementedError for anything else."""
    if isinstance(value, Sentence):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} is no part of a certificate")


def _write_lines(lines: Iterable[str], out: IO[bytes]) -> None:
    out.write(b"[")
    before = b"\n"
    for one in lines:
        out.write(before + msgspec.json.encode(one))
        before = b",\n"
    out.write(b"]")


def read(path: Path) -> Stored:
    """Return the certificate of a file. Raises NoCertificate for everything else, OSError when it cannot be read."""
    with path.open("rb") as file:
        start = file.read(8)
        if start.startswith(b"%PDF"):
            raise NoCertificate(say("{name} is the PDF. Give the JSON file beside it: it holds the list of records.", name=path.name))
        if not start.strip():
            raise NoCertificate(say("{name} is empty.", name=path.name))
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
            return _decoded(raw, path.name)


def read_header(path: Path) -> Header:
    """Return a certificate without its records: quick for a million of them too. Raises NoCertificate, OSError."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        return _typed(raw, path.name, _kind(raw, path.name), _Head)


class _Head(Header, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Passes the list of records over."""


def _decoded(raw: mmap.mmap, name: str) -> Stored:
    return _typed(raw, name, _kind(raw, name), Stored)


def _kind(raw: mmap.mmap, name: str) -> int:
    """Return the format of a certificate that can be read. Raises NoCertificate."""
    try:
        kind = msgspec.json.decode(raw, type=_Kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NoCertificate(say("{name} is not a certificate: {why}", name=name, why=str(error))) from error
    if kind.format != FORMAT:
        raise NoCertificate(say("{name} is JSON, but not a certificate of a search.", name=name))
    if kind.format_version not in {FORMAT_VERSION, *OLDER}:
        raise NoCertificate(
            say(
                "{name} is a certificate of format {found}; this program reads formats up to {known}.",
                name=name,
                found=kind.format_version,
                known=FORMAT_VERSION,
            )
        )
    return kind.format_version


def _typed(raw: mmap.mmap, name: str, version: int, kind: type[_Certificate]) -> _Certificate:
    try:
        if version == FORMAT_VERSION:
            return msgspec.json.decode(raw, type=kind)
        return msgspec.convert(_upgraded(msgspec.json.decode(raw, type=dict[str, Any])), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NoCertificate(say("{name} was a certificate, but it is damaged or was changed: {why}", name=name, why=str(error))) from error


def _upgraded(content: dict[str, Any]) -> dict[str, Any]:
    """Return a certificate of format 1 under the names of format 2. Raises msgspec.ValidationError for names that format 1 lacks."""
    state = content.get("state")
    if not isinstance(state, dict):
        return content
    new = sorted({"anchor", "announcements"} & content.keys() | {"catalog_position"} & state.keys())
    if new:
        raise msgspec.ValidationError(f"Object contains unknown field `{new[0]}`")
    renamed = {"catalog_position" if key == "catalogue_position" else key: value for key, value in state.items()}
    return {**content, "state": renamed}


class _Kind(msgspec.Struct):
    format: str = ""
    format_version: int = 0
