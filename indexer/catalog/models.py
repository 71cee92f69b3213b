"""What pages, exports and the command line show of the catalog: plain values, already derived, never raw rows.

All instants are UTC; who shows one turns it into the body's zone and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from indexer.catalog.stored_data import Content, StoredAttachment


@dataclass(frozen=True, slots=True)
class AccountRef:
    """A social account by its names."""

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
        """The handle as the platform writes it, or the name."""
        return self.handle or self.name or self.native_id


class AttachmentView(StoredAttachment, frozen=True):
    """A picture, video or file of a record. `member` is empty when no capture holds it; then `size` is 0."""

    member: str = ""
    capture_id: int = 0
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a capture holds a record: its item in a member of the archive."""

    capture_id: int
    capture_digest: str  # SHA-256 of the archive
    member: str
    item: int  # the item's number in its member, from 0
    start: int  # bytes of the uncompressed member
    length: int
    pointer: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record in one version (usually its current one) and where it comes from.

    In `content`, people who are numbers have the names that a records custodian gave them; `account` is the whole account.
    """

    pk: int  # the catalog's own number: what the index holds
    record_id: str  # stable over captures: platform:account:kind:native id
    kind: str
    native_id: str
    account: AccountRef
    content: Content
    attachments: tuple[AttachmentView, ...]  # the content's, each with its file in custody
    version: int  # from 1
    versions: int
    content_digest: str
    origin: Origin
    not_in_capture_of: tuple[date, ...] = ()  # export days of later captures in which it was gone


@dataclass(frozen=True, slots=True)
class SightingView:
    """One presence of a version in a capture. `folded` are further places of that archive that repeat it."""

    version: int
    capture_name: str
    exported_at: datetime | None
    origin: Origin
    raw_digest: str
    folded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Something of an archive that did not become a record."""

    member: str
    item: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One of the platform's own counts against what was read. `declared` None: the platform states no count."""

    unit: str
    declared: int | None
    read: int

    @property
    def short(self) -> int:
        """How many are missing; 0 when all are there or nothing was declared."""
        return max(0, (self.declared or 0) - self.read)


@dataclass(frozen=True, slots=True)
class AccountView(AccountRef):
    """A whole social account, with what is merged into it, and how many records of it are held."""

    records: int
    first_posted: datetime | None
    last_posted: datetime | None
    is_given: bool = False  # a records custodian gave handle or name
    parts: tuple[AccountRef, ...] = ()  # the accounts that are merged into it: the same account under another id of its platform

    @property
    def is_unnamed(self) -> bool:
        """True while neither its archive nor a records custodian names it."""
        return self.native_id.startswith(UNNAMED) and not self.is_given

    @property
    def numbers(self) -> frozenset[int]:
        """Its number and those of its parts."""
        return frozenset({self.id, *(part.id for part in self.parts)})

    @property
    def native_ids(self) -> tuple[str, ...]:
        """Its id on the platform and those of its parts."""
        return (self.native_id, *(part.native_id for part in self.parts))


UNNAMED = "unnamed:"
"""What the id of an account begins with whose archive does not name it."""


def by_number(held: Iterable[AccountView]) -> dict[int, AccountView]:
    """Return whole accounts by every number that means them, those of their parts included."""
    return {number: account for account in held for number in account.numbers}


@dataclass(frozen=True, slots=True)
class SetAside:
    """When, by whom and why a capture was set aside."""

    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class EarlierReading:
    """What a record said before its archive was read again. `importer_version` is of the earlier reading."""

    view: RecordView
    capture_id: int
    importer_version: str
    read_again_at: datetime


@dataclass(frozen=True, slots=True)
class CaptureView:
    """One act of taking an archive into custody."""

    id: int
    digest: str
    name: str  # the file as it was named
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
    gone: int = 0  # records of earlier captures that are not in this one
    is_partial: bool = False
    time_rules: Mapping[str, int] = field(default_factory=dict)
    unreadable_dates: int = 0  # items that print a date which could not be read
    aside: SetAside | None = None

    @property
    def is_short(self) -> bool:
        """True when the platform declared more than was read."""
        return any(row.short for row in self.reconciliation)

    @property
    def went_well(self) -> bool:
        """True when everything was read or ignored for a reason, and every count of the platform is met."""
        return self.state != "taking in" and not self.problems and not self.is_short and not self.unreadable_dates
