"""Reads `message_N.json` of Messenger and of Instagram (2018-2026): one conversation, newest message first.

`{participants[], messages[], title, thread_path, ...}` in any order of the keys. People are names, not ids. Times are
milliseconds since 1970, UTC. Only one message is held in memory at a time. The file is read twice because title and
participants may follow the messages.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import msgspec

from indexer.evidence import Archive, JsonItem
from indexer.i18n import say
from indexer.importers.meta.json_values import MadeIds, MediaFiles, Reaction, Uri, bad_item, items_of, not_a_list, read_epoch
from indexer.importers.meta.unread import UnknownKeys
from indexer.record import Attachment, Locator, Moment, Problem, Record, RecordKind
from indexer.text import hashtags, links, mentions, repair_mojibake

_KEY = re.compile(r"_(\d{6,}|[A-Za-z0-9_-]{10})$")
_EMPTY = re.compile(rb'"messages"\s*:\s*\[\s*\]')
_THREAD_KEYS = frozenset(
    {"participants", "messages", "title", "image", "is_still_participant", "thread_type", "thread_path", "magic_words"}
)
_FOLDERS = {  # folder of a conversation -> its state
    "archived_threads": "archived conversation",
    "filtered_threads": "filtered conversation",
    "message_requests": "message request",
    "e2ee_cutover": "conversation before end-to-end encryption",
    "broadcast": "broadcast",
}


class _Name(msgspec.Struct):
    name: str | None = None


class _Share(msgspec.Struct):
    link: str | None = None
    share_text: str | None = None
    original_content_owner: str | None = None
    profile_share_username: str | None = None
    profile_share_name: str | None = None


class _Message(msgspec.Struct):
    sender_name: str | None = None
    timestamp_ms: float | str | None = None
    content: str | None = None
    type: str | None = None
    is_unsent: bool | None = None
    is_taken_down: bool | None = None
    call_duration: float | None = None
    missed: bool | None = None
    photos: list[Uri] | None = None
    videos: list[Uri] | None = None
    files: list[Uri] | None = None
    audio_files: list[Uri] | None = None
    gifs: list[Uri] | None = None
    sticker: Uri | None = None
    share: _Share | None = None
    reactions: list[Reaction] | None = None
    users: list[_Name] | None = None


_MESSAGE = msgspec.json.Decoder(_Message, strict=False)
_NAME = msgspec.json.Decoder(_Name, strict=False)
_STRING = msgspec.json.Decoder(str)
_URI = msgspec.json.Decoder(Uri, strict=False)


@dataclass(frozen=True, slots=True)
class _Thread:
    """A conversation, and the state shared while its messages are read."""

    key: str
    title: str
    participants: str
    box: str
    member: str
    names: Collection[str]
    made: MadeIds
    media: MediaFiles


def thread_key(member: str) -> str:
    """Return the stable key of a conversation from its folder ("patexample_1234567890" -> "1234567890").

    The part before the key consists of names and changes with them. A folder name without a key is used whole.
    """
    folder = member.rsplit("/", 2)[-2] if "/" in member else member
    match = _KEY.search(folder)
    return match[1] if match else folder


def messages(  # noqa: PLR0917  # state shared by an archive's conversations
    archive: Archive, member: str, account_names: Collection[str], made: MadeIds, media: MediaFiles, unknown_keys: UnknownKeys | None = None
) -> Iterator[Record | Problem]:
    """Yield the messages of a `message_N.json`, each followed by its reactions (kind like).

    `account_names` are the account's own sender names; they decide whether a message is "sent" or "received"
    (extra["direction"]). Empty if unknown. Ids are made; the files of one conversation share `made`. An unreadable
    item becomes the Problem "bad-item", an unreadable time "bad-date". A truncated file yields the messages before
    the cut. Never raises because of the file's content.
    """
    names = frozenset(repair_mojibake(name) for name in account_names)
    thread, has_messages = _read_thread(archive, member, names, made, media)
    for item in items_of(archive, member):
        if isinstance(item, Problem):
            yield item
        elif item.key == "messages" and item.index >= 0:
            yield from _message_records(item, thread)
            if unknown_keys is not None:
                unknown_keys.check("message", member, item.index, item.raw, _Message)
        elif item.key == "image" and item.index < 0:
            yield from _group_picture(item, thread)
        elif item.key == "messages":
            shown = item.raw[:40].decode("utf-8", "replace")
            yield Problem(member, "wrong-type", not_a_list("messages", shown))
        elif item.key not in _THREAD_KEYS and unknown_keys is not None:
            unknown_keys.check_key("conversation", item.key, member, item.raw)
    if not has_messages and not _EMPTY.search(archive.peek(member, 1 << 20)):
        yield Problem(member, "no-messages", say("The file has no list of messages, so it does not read as a conversation."))


def _read_thread(archive: Archive, member: str, names: Collection[str], made: MadeIds, media: MediaFiles) -> tuple[_Thread, bool]:
    """Read a file's conversation, and whether it has messages. Errors are reported when the messages are read."""
    title, people, has_messages = "", [], False
    for item in items_of(archive, member):
        if isinstance(item, Problem):
            has_messages = True  # the damage is reported when the messages are read
            continue
        has_messages = has_messages or item.key == "messages"
        try:
            if item.key == "title" and item.index < 0:
                title = repair_mojibake(_STRING.decode(item.raw))
            elif item.key == "participants":
                people.append(repair_mojibake(_NAME.decode(item.raw).name or ""))
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue  # the title is optional: the messages carry the senders' names
    states = [_FOLDERS[part] for part in member.split("/") if part in _FOLDERS]
    people = [name for name in people if name]
    everyone = ", ".join(people)
    thread = _Thread(thread_key(member), title or everyone, everyone, states[0] if states else "", member, names, made, media)
    return thread, has_messages


def _message_records(item: JsonItem, thread: _Thread) -> Iterator[Record | Problem]:
    try:
        message = _MESSAGE.decode(item.raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        yield bad_item(thread.member, item.index, error)
        return
    posted, problem = read_epoch(message.timestamp_ms, thread.member, item.index, milliseconds=True)
    if problem:
        yield problem
    attachments = tuple(_attachments(message, thread.media))
    text, author = _text(message), repair_mojibake(message.sender_name or "")
    # The millisecond identifies a message within its conversation: if it is unsent or its sender renamed later, it stays
    # the same record with a new version. Only a message without a time is identified by its words.
    names = [attachment.name for attachment in attachments]
    role = f"messages/{thread.key}"
    native_id = thread.made.make(role, posted.written, "") if posted else thread.made.make(role, author, text, names)
    share = message.share.link if message.share and message.share.link else ""
    place = Locator(thread.member, item.index, item.start, len(item.raw))
    yield Record(
        kind=RecordKind.MESSAGE,
        native_id=native_id,
        place=place,
        raw=item.raw,
        text=text,
        author=author,
        posted=posted,
        thread_id=thread.key,
        thread_title=thread.title,
        attachments=attachments,
        links=tuple(dict.fromkeys((share, *links(text)))) if share else links(text),
        hashtags=hashtags(text),
        mentions=mentions(text),
        id_is_made=True,
        extra=_extra(message, thread, author),
    )
    yield from _reaction_records(message, native_id, place, item.raw, thread)


def _text(message: _Message) -> str:
    """Return the text of a message, followed by the text of a shared post if it differs."""
    content = repair_mojibake(message.content or "")
    shared = repair_mojibake(message.share.share_text or "") if message.share else ""
    return "\n".join(part for part in (content, shared if shared not in content else "") if part)


def _attachments(message: _Message, media: MediaFiles) -> Iterator[Attachment]:
    for files, default in (
        (message.photos, "image/jpeg"),
        (message.videos, "video/mp4"),
        (message.audio_files, "audio/mp4"),
        (message.gifs, "image/gif"),
        ([message.sticker] if message.sticker else None, "image/png"),
        (message.files, "application/octet-stream"),
    ):
        for file in files or ():
            if file.uri:
                yield media.attachment(file.uri, default=default)


def _extra(message: _Message, thread: _Thread, author: str) -> dict[str, str]:
    extra = {}
    if thread.participants:
        extra["participants"] = thread.participants
    if thread.names:
        extra["direction"] = "sent" if author in thread.names else "received"
    if message.is_unsent:
        extra["state"] = "unsent"
    elif message.is_taken_down:
        extra["state"] = "taken down"
    if message.type and message.type != "Generic":
        extra["type"] = message.type
    if message.call_duration is not None:
        extra["call"] = "missed" if message.missed else f"{message.call_duration:g} seconds"
    if message.users:
        extra["people"] = ", ".join(repair_mojibake(user.name) for user in message.users if user.name)
    if message.share:
        owner = message.share.original_content_owner or message.share.profile_share_username or message.share.profile_share_name
        if owner:
            extra["shared from"] = repair_mojibake(owner)
    if thread.box:
        extra["box"] = thread.box
    return extra


def _reaction_records(message: _Message, parent: str, place: Locator, raw: bytes, thread: _Thread) -> Iterator[Record | Problem]:
    """Yield a like for each reaction. Most reactions have no time; neither do their records."""
    for number, reaction in enumerate(message.reactions or ()):
        emoji, actor = repair_mojibake(reaction.reaction), repair_mojibake(reaction.actor)
        posted: Moment | None = None
        if reaction.timestamp:
            posted, problem = read_epoch(reaction.timestamp, place.member, place.index)
            if problem:
                yield problem
        yield Record(
            kind=RecordKind.LIKE,
            native_id=thread.made.make(f"reactions/{parent}", posted.written if posted else "", f"{actor} {emoji}"),
            place=Locator(place.member, place.index, place.start, place.length, f"reactions/{number}"),
            raw=raw,
            title=f"{actor} reacted {emoji} to a message.",
            author=actor,
            posted=posted,
            parent_id=parent,
            thread_id=thread.key,
            thread_title=thread.title,
            id_is_made=True,
            extra={"reaction": emoji},
        )


def _group_picture(item: JsonItem, thread: _Thread) -> Iterator[Record | Problem]:
    """Yield the picture of a group conversation."""
    try:
        picture = _URI.decode(item.raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        yield bad_item(thread.member, -1, error)
        return
    if not picture.uri:
        return
    posted = None
    if picture.creation_timestamp:
        posted, problem = read_epoch(picture.creation_timestamp, thread.member, -1)
        if problem:
            yield problem
    attachment = thread.media.attachment(picture.uri, default="image/jpeg")
    yield Record(
        kind=RecordKind.PHOTO,
        native_id=thread.made.make(f"thread pictures/{thread.key}", posted.written if posted else "", "", [attachment.name]),
        place=Locator(thread.member, -1, item.start, len(item.raw)),
        raw=item.raw,
        title="Picture of the conversation.",
        posted=posted,
        thread_id=thread.key,
        thread_title=thread.title,
        attachments=(attachment,),
        id_is_made=True,
    )
