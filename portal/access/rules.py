"""The access rule: the rights of each role, and the records a reader may see.

A role and its grants become a `Permission` here and nowhere else; it serves as a filter (`restrict`) and as a check on
every record, picture, raw item and export (`may_see`). It fails closed: an empty grant matches nothing, an unknown role
has no rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from indexer.catalog import RecordView
from indexer.query import Filters, Permission
from indexer.record import is_conversation


class Role(StrEnum):
    """A user's role; the value is stored and named in the event log."""

    ADMINISTRATOR = "administrator"
    RECORDS_CUSTODIAN = "records custodian"
    LEGAL_STAFF = "legal staff"
    REQUEST_STAFF = "request staff"


class Right(StrEnum):
    """A right that a page requires of its reader."""

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


@dataclass(frozen=True, slots=True)
class Reader:
    """A signed-in user for the access rule.

    `grants` are the accounts granted by an administrator; of a merged account all parts, or none unless all are granted.
    `merged` maps each part's number to its whole account, so that searches stored before a merge still find it.
    """

    user_id: int
    name: str
    role: Role
    grants: frozenset[int] = frozenset()
    merged: Mapping[int, int] = field(default_factory=dict, hash=False, compare=False)

    def may(self, right: Right) -> bool:
        """Whether the reader's role has a right."""
        return right in RIGHTS.get(self.role, frozenset())

    @property
    def permission(self) -> Permission:
        """The accounts and kinds of records that the reader may see."""
        if not self.may(Right.SEARCH):
            return Permission(frozenset(), without_messages=True)
        accounts = None if self.may(Right.SEE_ALL_ACCOUNTS) else self.grants
        return Permission(accounts, without_messages=not self.may(Right.SEE_MESSAGES))


def restrict(filters: Filters, reader: Reader) -> Filters:
    """Restrict filters to the reader's permission; never widens them."""
    account_ids = filters.accounts
    if account_ids is not None and reader.merged:
        account_ids = frozenset(reader.merged.get(number, number) for number in account_ids)
    return replace(filters, accounts=account_ids, permission=filters.permission & reader.permission)


def may_see(reader: Reader, view: RecordView) -> bool:
    """Whether the reader may see a record, its pictures and its thread."""
    return reader.permission.allows(view.account.id, in_conversation=is_conversation(view.kind, view.content.thread_id))


def may_see_raw(reader: Reader, view: RecordView) -> bool:
    """Whether the reader may see a record and its raw item."""
    return reader.may(Right.SEE_RAW) and may_see(reader, view)


def still_covers(reader: Reader, filters: Filters) -> bool:
    """Whether the reader's permission today covers a search made with these (restricted) filters.

    An export made before a grant was revoked can no longer be downloaded.
    """
    return reader.permission.covers(filters.permission)
