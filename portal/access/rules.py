"""The one access rule: who may do what, and which records a reader may see.

Used as a filter (`narrowed`, `allowed_accounts`) and as a check on every record, picture, raw item and export
(`may_see`). It fails closed: an empty grant matches nothing, an unknown role may do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from indexer.catalog.models import RecordView
from indexer.query.filters import Filters
from indexer.record import RecordKind, is_conversation


class Role(StrEnum):
    """What a user is here for. The value is the word on the screen."""

    ADMINISTRATOR = "administrator"
    RECORDS_CUSTODIAN = "records custodian"
    LEGAL_STAFF = "legal staff"
    REQUEST_STAFF = "request staff"


class Right(StrEnum):
    """Something that a page needs its reader to be allowed."""

    SEARCH = "search and read records"
    EXPORT = "export what was found"
    CERTIFY = "certify a search and check a certificate"
    SEE_ALL_ACCOUNTS = "see every account"
    SEE_MESSAGES = "see direct messages"
    SEE_RAW = "see raw items"
    SEE_CAPTURES = "see captures and their problems"
    TAKE_IN = "take archives into custody, verify them, set a zone, name and merge accounts, set captures aside"
    MANAGE_USERS = "add users, set roles and grants"


_READ_ALL = frozenset(
    {Right.SEARCH, Right.EXPORT, Right.CERTIFY, Right.SEE_ALL_ACCOUNTS, Right.SEE_MESSAGES, Right.SEE_RAW, Right.SEE_CAPTURES}
)

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: _READ_ALL | {Right.TAKE_IN, Right.MANAGE_USERS},
    Role.RECORDS_CUSTODIAN: _READ_ALL | {Right.TAKE_IN},
    Role.LEGAL_STAFF: _READ_ALL,
    Role.REQUEST_STAFF: frozenset({Right.SEARCH, Right.EXPORT}),
}

CLOSED_KINDS = frozenset({RecordKind.MESSAGE.value})
ALL_KINDS = frozenset(kind.value for kind in RecordKind)


@dataclass(frozen=True, slots=True)
class Reader:
    """A signed-in user as the access rule sees them.

    `grants` are the accounts granted by an administrator; of merged accounts all parts, or none where one of them is not
    granted. `merged` leads from the number of each part to its whole account: what was kept before a merge still means it.
    """

    user_id: int
    name: str
    role: Role
    grants: frozenset[int] = frozenset()
    merged: Mapping[int, int] = field(default_factory=dict, hash=False, compare=False)

    def may(self, right: Right) -> bool:
        """Tell whether the reader's role has the right."""
        return right in RIGHTS.get(self.role, frozenset())


def allowed_accounts(reader: Reader) -> frozenset[int] | None:
    """Return the accounts a reader may see; None is every account, an empty set is none."""
    if not reader.may(Right.SEARCH):
        return frozenset()
    return None if reader.may(Right.SEE_ALL_ACCOUNTS) else reader.grants


def allowed_kinds(reader: Reader) -> frozenset[str] | None:
    """Return the kinds of record a reader may see; None is every kind."""
    if not reader.may(Right.SEARCH):
        return frozenset()
    return None if reader.may(Right.SEE_MESSAGES) else ALL_KINDS - CLOSED_KINDS


def narrowed(filters: Filters, reader: Reader) -> Filters:
    """Return a reader's filters within what the reader may see. Whatever was chosen can only become less."""
    kinds = allowed_kinds(reader)
    if kinds is None or filters.kinds is None:
        kinds = filters.kinds if kinds is None else kinds
    else:
        kinds &= filters.kinds
    accounts = allowed_accounts(reader)
    if filters.allowed_accounts is not None:
        accounts = filters.allowed_accounts if accounts is None else accounts & filters.allowed_accounts
    closed = filters.without_conversations or not reader.may(Right.SEE_MESSAGES)
    chosen = filters.accounts
    if chosen is not None and reader.merged:
        chosen = frozenset(reader.merged.get(number, number) for number in chosen)
    return replace(filters, accounts=chosen, kinds=kinds, allowed_accounts=accounts, without_conversations=closed)


def may_see(reader: Reader, view: RecordView) -> bool:
    """Tell whether the reader may see this record, its pictures and its thread."""
    accounts, kinds = allowed_accounts(reader), allowed_kinds(reader)
    if is_conversation(view.kind, view.content.thread_id) and not reader.may(Right.SEE_MESSAGES):
        return False  # a reaction to a message tells who talked with whom, and when
    return (accounts is None or view.account.id in accounts) and (kinds is None or view.kind in kinds)


def may_see_raw(reader: Reader, view: RecordView) -> bool:
    """Tell whether the reader may see the record and the raw items of records at all."""
    return reader.may(Right.SEE_RAW) and may_see(reader, view)


def still_covers(reader: Reader, filters: Filters) -> bool:
    """Tell whether what was searched with these (narrowed) filters lies within what the reader may see today.

    An export that was made before a grant was taken back is not handed out any more.
    """
    accounts, kinds = allowed_accounts(reader), allowed_kinds(reader)
    accounts_fit = accounts is None or (filters.allowed_accounts is not None and filters.allowed_accounts <= accounts)
    kinds_fit = kinds is None or (filters.kinds is not None and filters.kinds <= kinds)
    return accounts_fit and kinds_fit and (reader.may(Right.SEE_MESSAGES) or filters.without_conversations)
