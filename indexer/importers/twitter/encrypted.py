"""Encrypted private messages (XChat, seen 2026): `message-event.js` has their senders and times, but no text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from indexer.evidence import Archive
from indexer.i18n import Sentence, message_of, say
from indexer.importers.twitter.items import decode, items_of
from indexer.importers.twitter.text import Number
from indexer.importers.twitter.times import parse_time
from indexer.importers.twitter.tweets import text_of
from indexer.record import Account, Problem

_NAMES_SHOWN = 10  # conversations and senders named in the sentence


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
    """Counts, dates, and participants of the encrypted messages in a file."""

    items: int = 0
    messages: int = 0
    first: datetime | None = None
    last: datetime | None = None
    senders: dict[str, None] = field(default_factory=dict)
    conversations: dict[str, None] = field(default_factory=dict)

    def sentence(self, member: str, account: Account) -> Sentence:
        """Describe the unreadable messages, for the list of limits of an archive."""
        if not self.messages:
            return say("Encrypted conversations: {member} holds {count} entries of them, but no message.", member=member, count=self.items)
        names = [f"@{account.handle}" if number == account.native_id and account.handle else number for number in self.senders]
        values = {"member": member, "count": self.messages, "senders": _join(names), "conversations": _join(list(self.conversations))}
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
    """Count the encrypted messages of a file; anything but a conversation event is a Problem."""
    encrypted = Encrypted()
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
        encrypted.items += 1
        if not any(name.lower().startswith("messagecreate") for name in event.detail):
            continue  # a key change, a deletion, or a read receipt
        encrypted.messages += 1
        encrypted.senders.setdefault(text_of(event.sender_id) or "?")
        encrypted.conversations.setdefault(text_of(event.conversation_id) or "?")
        try:
            moment = parse_time(text_of(event.created_at_msec)).utc
        except ValueError as error:
            note = say("The date of this encrypted message cannot be read ({why}).", why=message_of(error))
            problems.append(Problem(member, "bad-date", note, item.index))
            continue
        if moment is not None:
            encrypted.first = min(encrypted.first or moment, moment)
            encrypted.last = max(encrypted.last or moment, moment)
    return encrypted


def _join(names: list[str]) -> str:
    """Join the first names and the number of the others; reads the same in every language."""
    return ", ".join(names[:_NAMES_SHOWN]) + (f" (+{len(names) - _NAMES_SHOWN:,})" if len(names) > _NAMES_SHOWN else "")
