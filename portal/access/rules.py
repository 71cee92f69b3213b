"""The one access rule: who may do what, and which records a reader may see.

A role and its grants become a `Permission` here and nowhere else; it is used as a filter (`restrict`) and as a check on
every record, picture, raw item and export (`may_see`). It fails closed: an empty grant matches nothing, an unknown role
may do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from indexer.catalog.models import RecordView
from indexer.query.filters import Filters, Permission
from indexer.record import is_conversation


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

    @property
    def permission(self) -> Permission:
        """What the reader may see."""
        if not self.may(Right.SEARCH):
            return Permission(frozenset(), without_messages=True)
        accounts = None if self.may(Right.SEE_ALL_ACCOUNTS) else self.grants
        return Permission(accounts, without_messages=not self.may(Right.SEE_MESSAGES))


def restrict(filters: Filters, reader: Reader) -> Filters:
    """Return a reader's filters within what the reader may see. Whatever was permitted can only become less."""
    chosen = filters.accounts
    if chosen is not None and reader.merged:
        chosen = frozenset(reader.merged.get(number, number) for number in chosen)
    return replace(filters, accounts=chosen, permission=filters.permission & reader.permission)


def may_see(reader: Reader, view: RecordView) -> bool:
    """Tell whether the reader may see this record, its pictures and its thread."""
    return reader.permission.allows(view.account.id, in_conversation=is_conversation(view.kind, view.content.thread_id))


def may_see_raw(reader: Reader, view: RecordView) -> bool:
    """Tell whether the reader may see the record and the raw items of records at all."""
    return reader.may(Right.SEE_RAW) and may_see(reader, view)


def still_covers(reader: Reader, filters: Filters) -> bool:
    """Tell whether what was searched with these (restricted) filters lies within what the reader may see today.

    An export that was made before a grant was taken back is not handed out any more.
    """
    return reader.permission.covers(filters.permission)
