"""Private messages in X archives, direct and group (2018 to now): messages, reactions, joins, and departures.

Each item of a file is a whole conversation, newest entry first. Each entry becomes a record with its own bytes.
The archive identifies people by id only; for the account itself, the handle is used.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from indexer.evidence import Archive, JsonItem
from indexer.i18n import Sentence, message_of, say
from indexer.importers.twitter.items import Part, decode, items_of, parts_of
from indexer.importers.twitter.keys import KeyWatch
from indexer.importers.twitter.media import MediaFiles
from indexer.importers.twitter.text import Number, read_message
from indexer.importers.twitter.times import parse_time
from indexer.importers.twitter.tweets import text_of
from indexer.record import Account, Locator, Moment, Problem, Record, RecordKind, Tally

_NO_HISTORY = msgspec.Raw(b"[]")


class _Conversation(msgspec.Struct, frozen=True, rename="camel"):
    conversation_id: Number = None
    messages: list[msgspec.Raw] | None = None


class _Item(msgspec.Struct, frozen=True, rename="camel"):
    dm_conversation: _Conversation | None = None


class _Address(msgspec.Struct, frozen=True):
    url: str | None = None
    expanded: str | None = None


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    id: Number = None
    text: str | None = None
    sender_id: Number = None
    recipient_id: Number = None
    created_at: Number = None
    media_urls: list[str] | None = None
    urls: list[_Address] | None = None
    reactions: list[msgspec.Raw] | None = None
    edit_history: msgspec.Raw = _NO_HISTORY


class _Reaction(msgspec.Struct, frozen=True, rename="camel"):
    sender_id: Number = None
    reaction_key: str | None = None
    event_id: Number = None
    message_id: Number = None
    created_at: Number = None


class _Event(msgspec.Struct, frozen=True, rename="camel"):
    initiating_user_id: Number = None
    user_ids: list[Number] | None = None
    participants_snapshot: list[Number] | None = None
    name: str | None = None
    created_at: Number = None


class _Name(msgspec.Struct, frozen=True, rename="camel"):
    conversation_name_update: _Event | None = None


_ITEM, _NAME = msgspec.json.Decoder(_Item), msgspec.json.Decoder(_Name)
_ENTRY = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MESSAGE, _REACTION, _EVENT = msgspec.json.Decoder(_Message), msgspec.json.Decoder(_Reaction), msgspec.json.Decoder(_Event)
_PEOPLE = re.compile(rb'(?<!\\)"(?:senderId|initiatingUserId|userIds|participantsSnapshot)"\s*:\s*("[0-9]{1,20}"|\[[^\]\\]*\])')
_NUMBER = re.compile(rb'"([0-9]{1,20})"')
_TEXT = {"messageCreate": "", "welcomeMessageCreate": "welcome message"}


@dataclass(slots=True)
class _Thread:
    """Values shared by the entries of a conversation."""

    member: str
    item: JsonItem
    number: str
    title: str
    people: str = ""  # of a group: everybody the archive names in it, separated by commas
    made_ids: Counter[str] = field(default_factory=Counter)

    def place(self, part: Part, pointer: str) -> Locator:
        return Locator(self.member, self.item.index, self.item.start + part.offset, len(part.raw), pointer)


class MessageReader:
    """Makes records from the conversations of one archive."""

    def __init__(self, account: Account, media: MediaFiles, keys: KeyWatch) -> None:
        self._account = account
        self._media = media
        self._keys = keys

    def read(self, archive: Archive, member: str) -> Iterator[Record | Problem | Tally]:
        """Yield the records of a file, then its count of conversations: the manifest counts items, and each is a conversation."""
        count = 0
        for item in items_of(archive, member):
            if isinstance(item, Problem):
                yield item
                continue
            yield from self._keys.problems("message", member, item)
            result = decode(_ITEM, item.raw)
            conversation = None if isinstance(result, str) else result[0].dm_conversation
            if conversation is None or conversation.messages is None:
                missing = say("it has no list of messages in it") if conversation else say("it has no conversation in it")
                why = result if isinstance(result, str) else missing
                yield Problem(member, "bad-item", say("This item cannot be read as a conversation: {why}.", why=why), item.index)
                continue
            try:
                parts = parts_of(item.raw, conversation.messages)
            except ValueError:  # the item was repaired for decoding, so its parts no longer match its bytes
                yield Problem(member, "bad-item", say("The messages of this conversation hold bytes that are no text."), item.index)
                continue
            count += 1
            number = text_of(conversation.conversation_id)
            thread = _Thread(member, item, number, _title(parts), "" if "-" in number else self._people(parts))
            for position, part in enumerate(parts):
                yield from self._entry(thread, part, f"dmConversation/messages/{position}")
        yield Tally(member, count)

    def _entry(self, thread: _Thread, part: Part, pointer: str) -> Iterator[Record | Problem]:
        entry = decode(_ENTRY, part.raw)
        if isinstance(entry, str) or not entry[0]:
            yield self._bad_entry(thread, pointer, entry if isinstance(entry, str) else say("it is empty"))
            return
        for kind, body in entry[0].items():
            if kind in _TEXT:
                yield from self._message(thread, part, bytes(body), kind, pointer)
            elif kind == "reactionCreate":
                yield from self._reaction(thread, Part(part.offset, part.raw), bytes(body), "", pointer)
            else:
                yield from self._event(thread, part, bytes(body), kind, pointer)

    def _message(self, thread: _Thread, part: Part, body: bytes, kind: str, pointer: str) -> Iterator[Record | Problem]:
        result = decode(_MESSAGE, body)
        if isinstance(result, str):
            yield self._bad_entry(thread, pointer, result)
            return
        message, number = result[0], text_of(result[0].id)
        if result[1]:
            yield Problem(thread.member, "bad-text", result[1], thread.item.index)
        if message.text is None:
            yield Problem(thread.member, "bad-item", _no_text(pointer), thread.item.index)
        extra: dict[str, str] = {}
        if _TEXT[kind]:
            extra["message"] = _TEXT[kind]
        if recipient := text_of(message.recipient_id):
            extra["to"] = self._name(recipient)
        elif thread.people:
            extra["participants"] = thread.people
        if b"".join((history := bytes(message.edit_history)).split()) not in {b"[]", b"null"}:
            extra["edit_history"] = history.decode("utf-8", "replace")
        posted, problems = self._moment(thread, message.created_at, extra)
        yield from problems
        urls = [(link.url, link.expanded or link.url) for link in message.urls or () if link.url]
        rendered = read_message(message.text or "", urls)
        sender = text_of(message.sender_id)
        yield Record(
            kind=RecordKind.MESSAGE,
            native_id=number or self._make_id(thread, kind, part.raw),
            id_is_made=not number,
            place=thread.place(part, pointer),
            raw=part.raw,
            text=rendered.text,
            author=self._name(sender),
            author_id=sender,
            posted=posted,
            thread_id=thread.number,
            thread_title=thread.title,
            attachments=self._media.of_message(number, message.media_urls or ()),
            links=rendered.links,
            short_links=rendered.short_links,
            hashtags=rendered.hashtags,
            mentions=rendered.mentions,
            extra=extra,
        )
        if message.reactions:
            try:
                reaction_parts = parts_of(part.raw, message.reactions, part.offset)
            except ValueError:  # the message was repaired for decoding, so its parts no longer match its bytes
                reaction_parts = [Part(part.offset, part.raw) for _ in message.reactions]
            for position, (reaction_part, value) in enumerate(zip(reaction_parts, message.reactions, strict=True)):
                yield from self._reaction(thread, reaction_part, bytes(value), number, f"{pointer}/{kind}/reactions/{position}")

    def _reaction(self, thread: _Thread, part: Part, body: bytes, message: str, pointer: str) -> Iterator[Record | Problem]:
        result = decode(_REACTION, body)
        if isinstance(result, str):
            yield self._bad_entry(thread, pointer, result)
            return
        reaction, sender, number = result[0], text_of(result[0].sender_id), text_of(result[0].event_id)
        extra = {"reaction": reaction.reaction_key or ""}
        posted, problems = self._moment(thread, reaction.created_at, extra)
        yield from problems
        yield Record(
            kind=RecordKind.LIKE,
            native_id=number or self._make_id(thread, "reaction", body),
            id_is_made=not number,
            place=thread.place(part, pointer),
            raw=part.raw,
            title=f"{self._name(sender) or 'Somebody'} reacted to a message: {reaction.reaction_key or 'unknown'}.",
            author=self._name(sender),
            author_id=sender,
            posted=posted,
            parent_id=message or text_of(reaction.message_id),
            thread_id=thread.number or "unknown",  # never empty: a like with a thread is closed like its message
            thread_title=thread.title,
            extra=extra,
        )

    def _event(self, thread: _Thread, part: Part, body: bytes, kind: str, pointer: str) -> Iterator[Record | Problem]:
        result = decode(_EVENT, body)
        if isinstance(result, str):
            yield self._bad_entry(thread, pointer, result)
            return
        event = result[0]
        actor = text_of(event.initiating_user_id)
        extra = {"event": kind}
        posted, problems = self._moment(thread, event.created_at, extra)
        yield from problems
        yield Record(
            kind=RecordKind.MESSAGE,
            native_id=self._make_id(thread, kind, body),
            id_is_made=True,
            place=thread.place(part, pointer),
            raw=part.raw,
            title=self._describe_event(event, kind, actor),
            text=event.name or "",
            author=self._name(actor),
            author_id=actor,
            posted=posted,
            thread_id=thread.number,
            thread_title=thread.title,
            extra=extra,
        )

    def _describe_event(self, event: _Event, kind: str, actor: str) -> str:
        """Describe an event in plain words; the archive has only X's name for it (2018-2023)."""
        who = self._name(actor) or "Somebody"
        users = ", ".join(self._name(text_of(user)) for user in event.user_ids or ()) or "Somebody"
        match kind:
            case "participantsLeave":
                return f"{users} left the conversation."
            case "participantsJoin":
                return f"{who} added {users} to the conversation." if actor else f"{users} joined the conversation."
            case "conversationNameUpdate":
                return f"{who} named the conversation: {event.name or ''}".rstrip()
            case "joinConversation":
                people = ", ".join(self._name(text_of(user)) for user in event.participants_snapshot or ())
                return f"{who} added the account to a conversation" + (f" with {people}." if people else ".")
            case _:
                return f"X noted an event that it calls {kind}."

    def _moment(self, thread: _Thread, written: Number, extra: dict[str, str]) -> tuple[Moment | None, list[Problem]]:
        try:
            return parse_time(text_of(written)), []
        except ValueError as error:
            if written:
                extra["date_as_written"] = text_of(written)
            note = say("A date in this conversation cannot be read ({why}); the entry was kept without it.", why=message_of(error))
            return None, [Problem(thread.member, "bad-date", note, thread.item.index)]

    def _name(self, number: str) -> str:
        return self._account.handle if number and number == self._account.native_id and self._account.handle else number

    def _people(self, parts: list[Part]) -> str:
        """List everybody who wrote in, belonged to, joined, or left a group: an archive has no list of members."""
        numbers = {number for part in parts for people in _PEOPLE.findall(part.raw) for number in _NUMBER.findall(people)}
        return ", ".join(self._name(number.decode()) for number in sorted(numbers, key=int))

    @staticmethod
    def _make_id(thread: _Thread, kind: str, body: bytes) -> str:
        """Make an id for an entry without an id: a hash of its content, the same in every capture, with an ordinal for repetitions."""
        digest = hashlib.sha256(b"\x1f".join((thread.number.encode(), kind.encode(), b"".join(body.split())))).hexdigest()[:24]
        thread.made_ids[digest] += 1
        return digest if thread.made_ids[digest] == 1 else f"{digest}-{thread.made_ids[digest]}"

    @staticmethod
    def _bad_entry(thread: _Thread, pointer: str, why: str) -> Problem:
        message = say("The entry at {entry} cannot be read: {why}.", entry=pointer, why=why)
        return Problem(thread.member, "bad-item", message, thread.item.index)


def _no_text(pointer: str) -> Sentence:
    return say("The entry at {entry} cannot be read in full: it has no text; the message was kept without it.", entry=pointer)


def _title(parts: list[Part]) -> str:
    """Return the newest name of a group (entries are newest first), "" if it has none."""
    for part in parts:
        if b'"conversationNameUpdate"' in part.raw[:64]:
            result = decode(_NAME, part.raw)
            if not isinstance(result, str) and result[0].conversation_name_update:
                return result[0].conversation_name_update.name or ""
    return ""
