"""`messages.json` of 2018 to November 2020: a list of conversations, each with its messages, newest first.

`{"participants": [handle], "conversation": [{sender, created_at, text, ...}]}`. Times are ISO with microseconds and
offset, people are handles, text is real UTF-8. Conversations have no ids; they are known by who takes part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from indexer.importers.instagram_chat import reaction_record
from indexer.importers.instagram_context import UNREADABLE, Context, Piece, items, piece, with_extra
from indexer.importers.instagram_members import Role
from indexer.importers.instagram_old import read_old_time
from indexer.meta_json import bad_item, media_type
from indexer.record import Attachment, Place, Problem, Record
from indexer.text import hashtags, links, mentions


class _Conversation(msgspec.Struct):
    participants: list[str | None] | None = None
    conversation: list[msgspec.Raw] | None = None


class _Like(msgspec.Struct):
    username: str | None = None
    date: str | float | None = None


class _Message(msgspec.Struct):
    sender: str | None = None
    created_at: str | float | None = None
    text: str | None = None
    heart: Any = None  # no message with it was seen
    link: str | None = None
    media: str | None = None
    media_owner: str | None = None
    media_share_caption: str | None = None
    media_share_url: str | None = None
    story_share: str | None = None
    mentioned_username: str | None = None
    profile_share_username: str | None = None
    profile_share_name: str | None = None
    video_call_action: str | None = None
    voice_media: Any = None  # no message with it was seen
    live_video_share: Any = None  # no message with it was seen
    likes: list[_Like] | None = None
    animated_media_images: Any = None  # {name: {url, width, ...}}, and other values among them


_CONVERSATION = msgspec.json.Decoder(_Conversation)
_MESSAGE = msgspec.json.Decoder(_Message)


def old_messages(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the messages of every conversation; one that does not read becomes a Problem and the others stay."""
    for found in items(context.archive, member):
        if isinstance(found, Problem):
            yield found
            continue
        number, item = found
        try:
            conversation = _CONVERSATION.decode(item.raw)
        except UNREADABLE as error:
            yield bad_item(member, number, error)
            continue
        if conversation.conversation is None:
            yield Problem(member, "bad-item", "This item is not a conversation: it has no list of messages.", number)
            continue
        yield from _messages(context, role, piece(member, number, item), conversation)


def _messages(context: Context, role: Role, source: Piece, conversation: _Conversation) -> Iterator[Record | Problem]:
    member, number = source.place.member, source.place.index
    people = [name for name in conversation.participants or () if name]
    key = "+".join(sorted(people))
    title = ", ".join(name for name in people if name != context.owner) or ", ".join(people)
    at = 0
    for index, part in enumerate(conversation.conversation or ()):
        raw = bytes(part)
        at = source.raw.index(raw, at)
        place = Place(member, number, source.place.start + at, len(raw), f"conversation/{index}")
        at += len(raw)
        try:
            message = _MESSAGE.decode(raw)
        except UNREADABLE as error:
            yield Problem(member, "bad-item", f"Message {index + 1} of this conversation does not read: {error}.", number)
            continue
        posted, problem = read_old_time(message.created_at, member, number)
        if problem:
            yield problem
        text, sender = _text(message), message.sender or ""
        found = [link for link in (message.link, *links(text)) if link]
        record = Record(
            kind=role.kind,
            # The microsecond inside its conversation is the message, as for the messages of later years.
            native_id=context.made.make(f"messages/{key}", posted.written if posted else "", "" if posted else f"{sender} {text}"),
            place=place,
            raw=raw,
            text=text,
            title=message.story_share or message.video_call_action or "",
            author=sender,
            posted=posted,
            thread_id=key,
            thread_title=title,
            attachments=tuple(_attachments(message)),
            links=tuple(dict.fromkeys(found)),
            hashtags=hashtags(text),
            mentions=tuple(dict.fromkeys([*([message.mentioned_username] if message.mentioned_username else []), *mentions(text)])),
            id_is_made=True,
            extra=with_extra(
                {},
                participants=", ".join(people),
                direction=("sent" if sender == context.owner else "received") if context.owner else "",
                media_owner=message.media_owner or "",
                profile=message.profile_share_username or "",
            ),
        )
        yield record
        for count, like in enumerate(message.likes or ()):
            liked, problem = read_old_time(like.date, member, number) if like.date else (None, None)
            if problem:
                yield problem
            yield reaction_record(context, record, count, actor=like.username or "", sign="❤", posted=liked)


def _text(message: _Message) -> str:
    """Return the words that stand in a message: its own, then those of the post or profile that it passes on."""
    parts = (message.text, message.heart, message.media_share_caption, message.profile_share_name, message.live_video_share)
    return "\n".join(dict.fromkeys(part for part in parts if isinstance(part, str) and part))


def _attachments(message: _Message) -> Iterator[Attachment]:
    """Yield what a message carries: addresses only, this form of archive holds no files of messages by name."""
    for address, default, note in (
        (message.media, "image/jpeg", ""),
        (message.voice_media, "audio/mp4", ""),
        (message.media_share_url, "image/jpeg", "picture of the shared post"),
        (_animation(message), "image/gif", ""),
    ):
        if isinstance(address, str) and address.startswith("http"):
            lasting = address.split("?", 1)[0]  # behind it stand the signature and the end of its validity
            name = lasting.rstrip("/").rsplit("/", 1)[-1]
            yield Attachment(name, media_type(name, default), url=lasting, description=note)


def _animation(message: _Message) -> str:
    images = message.animated_media_images if isinstance(message.animated_media_images, dict) else {}
    found = (images.get(name) for name in ("original", "downsized_large", *images))
    return next((str(image["url"]) for image in found if isinstance(image, dict) and image.get("url")), "")
