"""Views of the catalog for pages, exports and the command line: plain, derived values instead of raw rows.

All instants are UTC; whoever displays them converts to the body's zone and states it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from indexer.catalog.stored_data import Content, StoredAttachment


@dataclass(frozen=True, slots=True)
class AccountRef:
    """A social account's id and names."""

    id: int
    platform: str
    native_id: str
    handle: str
    name: str

    @property
    def label(self) -> str:
        """The handle with its at sign, or the name."""
        return f"@{self.handle}" if self.handle else self.name or self.native_id

    @property
    def handle_or_name(self) -> str:
        """The handle without at sign, or the name."""
        return self.handle or self.name or self.native_id


class AttachmentView(StoredAttachment, frozen=True):
    """A picture, video or file of a record. If no capture contains it, `member` is empty and `size` is 0."""

    member: str = ""
    capture_id: int = 0
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The location of a record in a capture: an item in a member of the archive."""

    capture_id: int
    capture_digest: str  # SHA-256 of the archive
    member: str
    item: int  # index of the item in its member, from 0
    start: int  # byte offset in the uncompressed member
    length: int
    pointer: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record in a version (usually the current one) and its origin.

    In `content`, user numbers carry the names that a records custodian gave them; `account` is the whole account.
    """

    pk: int  # the catalog's record number, also used by the index
    record_id: str  # stable across captures: platform:account:kind:native id
    kind: str
    native_id: str
    account: AccountRef
    content: Content
    attachments: tuple[AttachmentView, ...]  # the content's attachments with their files in custody
    version: int  # from 1
    versions: int
    content_digest: str
    origin: Origin
    not_in_capture_of: tuple[date, ...] = ()  # export days of later captures that it is absent from


@dataclass(frozen=True, slots=True)
class SightingView:
    """A version in a capture. `folded` lists further places in that archive that repeat it."""

    version: int
    capture_name: str
    exported_at: datetime | None
    origin: Origin
    raw_digest: str
    folded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Content of an archive that could not become a record."""

    member: str
    item: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A count by the platform against the number read. `declared` is None if the platform states no count."""

    unit: str
    declared: int | None
    read: int

    @property
    def short(self) -> int:
        """Number missing; 0 if none are or nothing was declared."""
        return max(0, (self.declared or 0) - self.read)


@dataclass(frozen=True, slots=True)
class AccountView(AccountRef):
    """A whole social account with its merged parts and its number of records."""

    records: int
    first_posted: datetime | None
    last_posted: datetime | None
    is_given: bool = False  # a records custodian gave it a handle or name
    parts: tuple[AccountRef, ...] = ()  # accounts merged into it: the same account under another id of the platform

    @property
    def is_unnamed(self) -> bool:
        """Whether neither its archive nor a records custodian names it."""
        return self.native_id.startswith(UNNAMED) and not self.is_given

    @property
    def numbers(self) -> frozenset[int]:
        """The ids of the account and of its parts."""
        return frozenset({self.id, *(part.id for part in self.parts)})

    @property
    def native_ids(self) -> tuple[str, ...]:
        """The platform's ids of the account and of its parts."""
        return (self.native_id, *(part.native_id for part in self.parts))


UNNAMED = "unnamed:"
"""Prefix of the native id of an account that its archive does not name."""


def by_number(accounts: Iterable[AccountView]) -> dict[int, AccountView]:
    """Index whole accounts by their own id and the ids of their parts."""
    return {number: account for account in accounts for number in account.numbers}


def namesakes(accounts: Iterable[AccountView]) -> list[tuple[AccountView, AccountView]]:
    """Return pairs of accounts on the same platform with the same handle, which may be one account."""
    first: dict[tuple[str, str], AccountView] = {}
    pairs = []
    for account in sorted(accounts, key=lambda account: account.id):
        if account.handle:
            earlier = first.setdefault((account.platform, account.handle.casefold()), account)
            if earlier is not account:
                pairs.append((earlier, account))
    return pairs


@dataclass(frozen=True, slots=True)
class SetAside:
    """The time, user and reason of setting a capture aside."""

    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class EarlierReading:
    """A version from before its archive was reread, with the importer version of that earlier reading."""

    view: RecordView
    capture_id: int
    importer_version: str
    read_again_at: datetime


@dataclass(frozen=True, slots=True)
class CaptureView:
    """One act of taking an archive into custody."""

    id: int
    digest: str
    name: str  # file name as handed in
    size: int
    taken_at: datetime
    taken_by: str
    source: str  # "upload", "incoming", "command line"
    importer: str
    importer_version: str
    form: str
    account: AccountView | None
    exported_at: datetime | None
    zone: str
    state: str  # "taking in", "complete", "set aside"
    records: int
    versions: int
    sightings: int
    problems: int
    folded: int
    members_read: int
    members_ignored: int
    members_unknown: int
    reconciliation: tuple[Reconciled, ...] = ()
    cannot_contain: tuple[str, ...] = ()
    files: tuple[str, ...] = ()  # the vault's files of this capture
    absent: int = 0  # records of earlier captures that are not in this one
    is_partial: bool = False
    time_rules: Mapping[str, int] = field(default_factory=dict)
    unreadable_dates: int = 0  # items with a date that could not be read
    aside: SetAside | None = None

    @property
    def is_short(self) -> bool:
        """Whether the platform declared more than was read."""
        return any(row.short for row in self.reconciliation)

    @property
    def went_well(self) -> bool:
        """Whether everything was read or ignored for a reason, and every count of the platform is met."""
        return self.state != "taking in" and not self.problems and not self.is_short and not self.unreadable_dates
