"""Encrypted private messages (XChat, seen 2026): `message-event.js` says that there are some and when, never what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from indexer.evidence.archive import Archive
from indexer.i18n import Sentence, message_of, say
from indexer.importers.twitter.items import decode, items_of
from indexer.importers.twitter.text import Number
from indexer.importers.twitter.times import x_moment
from indexer.importers.twitter.tweets import text_of
from indexer.record import Account, Problem

_NAMED = 10  # conversations and senders that the sentence names


class _Event(msgspec.Struct, frozen=True, rename="camel"):
    created_at_msec: Number = None
    sender_id: Number = None
    conversation_id: Number = None
    detail: dict[str, msgspec.Raw] | None = None


class _Item(msgspec.Struct, frozen=True, rename="camel"):
    message_event: _Event | None = None


_DECODER = msgspec.json.Decoder(_Item)


@dataclass(slots=True)
class Encrypted:
    """What one file says of encrypted messages."""

    items: int = 0
    messages: int = 0
    first: datetime | None = None
    last: datetime | None = None
    senders: dict[str, None] = field(default_factory=dict)
    conversations: dict[str, None] = field(default_factory=dict)

    def sentence(self, member: str, account: Account) -> Sentence:
        """Return what is held and cannot be read, for the list of what an archive cannot contain."""
        if not self.messages:
            return say("Encrypted conversations: {member} holds {count} entries of them, but no message.", member=member, count=self.items)
        names = [f"@{account.handle}" if number == account.native_id and account.handle else number for number in self.senders]
        values = {"member": member, "count": self.messages, "senders": _listed(names), "conversations": _listed(list(self.conversations))}
        if self.first is None or self.last is None:
            return say(
                "Encrypted private messages: {member} holds {count} of them without a date, sent by {senders}, in conversation "
                "{conversations}. X hands out no key with the archive, so what they say cannot be read or searched.",
                **values,
            )
        return say(
            "Encrypted private messages: {member} holds {count} of them, the first of {first}, the last of {last}, sent by {senders}, in "
            "conversation {conversations}. X hands out no key with the archive, so what they say cannot be read or searched.",
            first=f"{self.first:%Y-%m-%d %H:%M:%S} UTC",
            last=f"{self.last:%Y-%m-%d %H:%M:%S} UTC",
            **values,
        )


def read_encrypted(archive: Archive, member: str, problems: list[Problem]) -> Encrypted:
    """Count the encrypted messages of a file; what is no event of a conversation is a Problem."""
    found = Encrypted()
    for item in items_of(archive, member):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        result = decode(_DECODER, item.raw)
        event = None if isinstance(result, str) else result[0].message_event
        if event is None or not event.detail:
            why = result if isinstance(result, str) else say("it holds no event")
            note = say("This item cannot be read as an encrypted message: {why}.", why=why)
            problems.append(Problem(member, "bad-item", note, item.index))
            continue
        found.items += 1
        if not any(name.lower().startswith("messagecreate") for name in event.detail):
            continue  # a change of keys, a deletion, a mark of reading: no message
        found.messages += 1
        found.senders.setdefault(text_of(event.sender_id) or "?")
        found.conversations.setdefault(text_of(event.conversation_id) or "?")
        try:
            moment = x_moment(text_of(event.created_at_msec)).utc
        except ValueError as error:
            note = say("The date of this encrypted message cannot be read ({why}).", why=message_of(error))
            problems.append(Problem(member, "bad-date", note, item.index))
            continue
        if moment is not None:
            found.first = min(found.first or moment, moment)
            found.last = max(found.last or moment, moment)
    return found


def _listed(names: list[str]) -> str:
    """Return the first names, and how many there are besides: the same in every language."""
    return ", ".join(names[:_NAMED]) + (f" (+{len(names) - _NAMED:,})" if len(names) > _NAMED else "")
