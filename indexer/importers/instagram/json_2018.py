"""The JSON of 2018 to November 2020: a few files at the root, ISO times with offset, text in proper UTF-8.

`media.json` {photos, videos, stories, profile, direct: [{caption, taken_at, path}]}, `comments.json` and `likes.json`
with lists of [time, text, account], `stories_activities.json`. Each picture of a carousel is an item of its own with
the caption of the post.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import msgspec

from indexer.i18n import say
from indexer.importers.instagram.context import (
    UNREADABLE,
    Context,
    Source,
    decode_items,
    minute,
    parse_old_time,
    reaction_record,
    read_items,
    source_of,
    with_extra,
)
from indexer.importers.instagram.members import Role
from indexer.importers.meta.json_values import media_type
from indexer.record import Attachment, Locator, Moment, Problem, Record, RecordKind, TimeRule
from indexer.text import hashtags, links, mentions

_SECTIONS: dict[str, tuple[RecordKind, dict[str, str]]] = {
    "photos": (RecordKind.POST, {}),
    "videos": (RecordKind.POST, {}),
    "stories": (RecordKind.STORY, {}),
    "profile": (RecordKind.PHOTO, {"section": "profile photo"}),
    "direct": (RecordKind.PHOTO, {"section": "sent in a message"}),
}
_COMMENTS = {"media_comments": "", "live_comments": "live video"}
_LIKES = {"media_likes": "posts", "comment_likes": "comments"}


class _OldMedium(msgspec.Struct):
    path: str | None = None
    taken_at: str | float | None = None
    caption: str | None = None
    location: str | None = None


_MEDIUM = msgspec.json.Decoder(_OldMedium)
_LIST = msgspec.json.Decoder(list[str | None])


def read_old_time(value: str | float | None, member: str, number: int) -> tuple[Moment | None, Problem | None]:
    """Read an ISO time with its offset, or return the problem "no-date" or "bad-date"."""
    if not value:
        return None, Problem(member, "no-date", say("This item has no time."), number)
    written = str(value)
    parsed = parse_old_time(written)
    if parsed is None:
        message = say("The time {written} does not read as a time with its zone.", written=repr(written[:40]))
        return None, Problem(member, "bad-date", message, number)
    return Moment(written, TimeRule.UTC, parsed.astimezone(UTC)), None


def read_old_media(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the posts, stories and other pictures of `media.json`; unreadable items become Problems."""
    for result in decode_items(context, member, _MEDIUM):
        if isinstance(result, Problem):
            yield result
            continue
        number, item, medium = result
        kind, extra = _SECTIONS.get(item.key, (role.kind, {"section": item.key}))
        context.unknown_keys.check("media of 2018", member, number, item.raw, _OldMedium)
        if not medium.path and not medium.taken_at and not medium.caption:
            yield Problem(member, "bad-item", say("This item has neither a file nor a caption nor a time."), number)
            continue
        posted, problem = read_old_time(medium.taken_at, member, number)
        if problem:
            yield problem
        attachments = (context.attachment(medium.path),) if medium.path else ()
        if kind is RecordKind.PHOTO and attachments and attachments[0].media_type.startswith("video/"):
            kind = RecordKind.VIDEO
        text = medium.caption or ""
        yield Record(
            kind=kind,
            native_id=context.media_id(kind, posted, text, attachments),
            place=Locator(member, number, item.start, len(item.raw)),
            raw=item.raw,
            text=text,
            author=context.owner,
            posted=posted,
            attachments=attachments,
            links=links(text),
            hashtags=hashtags(text),
            mentions=mentions(text),
            id_is_made=True,
            extra=with_extra(extra, place=medium.location or ""),
        )


def read_old_lists(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the comments, likes and story reactions written as lists; unreadable items become Problems."""
    for result in decode_items(context, member, _LIST):
        if isinstance(result, Problem):
            yield result
            continue
        number, item, listed = result
        values = [value or "" for value in listed]
        length = 3 if role.kind is RecordKind.COMMENT else 2
        if len(values) != length:
            why = say("This item has {count} values where {expected} were expected.", count=len(values), expected=length)
            yield Problem(member, "bad-item", why, number)
            continue
        posted, problem = read_old_time(values[0], member, number)
        if problem:
            yield problem
        yield _list_record(context, role, source_of(member, number, item), item.key, posted=posted, values=values)


def _list_record(context: Context, role: Role, source: Source, key: str, *, posted: Moment | None, values: list[str]) -> Record:
    text, owner = ("", values[1]) if role.kind is RecordKind.LIKE else (values[1], values[2])
    section = _COMMENTS.get(key) if role.kind is RecordKind.COMMENT else _LIKES.get(key)
    if section is None:
        section = f"story {key}".replace("_", " ")
    reaction = "like" if role.kind is RecordKind.LIKE and key in _LIKES else ""
    return Record(
        kind=role.kind,
        native_id=context.made_ids.make(role.kind, minute(posted), text if role.kind is RecordKind.COMMENT else owner),
        place=source.place,
        raw=source.raw,
        text=text,
        author=context.owner,
        posted=posted,
        links=links(text),
        hashtags=hashtags(text),
        mentions=mentions(text),
        id_is_made=True,
        extra=with_extra({}, section=section, media_owner=owner, reaction=reaction),
    )


def read_old_empty(context: Context, _role: Role, member: str) -> Iterator[Problem]:
    """Yield a problem if a file that was empty in every archive seen has content."""
    count = 0
    for item in read_items(context.archive, member):
        if isinstance(item, Problem):
            yield item
        else:
            count += 1
    if count:
        message = say("This file holds {count} items. No archive with content in it was seen, so they did not become records.", count=count)
        yield Problem(member, "unknown-section", message)


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


def read_old_messages(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the messages of every conversation; unreadable messages become Problems, the others are kept."""
    for result in decode_items(context, member, _CONVERSATION):
        if isinstance(result, Problem):
            yield result
            continue
        number, item, conversation = result
        if conversation.conversation is None:
            yield Problem(member, "bad-item", say("This item is not a conversation: it has no list of messages."), number)
            continue
        yield from _read_messages(context, role, source_of(member, number, item), conversation)


def _read_messages(context: Context, role: Role, source: Source, conversation: _Conversation) -> Iterator[Record | Problem]:
    member, number = source.place.member, source.place.index
    people = [name for name in conversation.participants or () if name]
    key = "+".join(sorted(people))
    title = ", ".join(name for name in people if name != context.owner) or ", ".join(people)
    offset = 0
    for position, part in enumerate(conversation.conversation or ()):
        raw = bytes(part)
        offset = source.raw.index(raw, offset)
        place = Locator(member, number, source.place.start + offset, len(raw), f"conversation/{position}")
        offset += len(raw)
        try:
            message = _MESSAGE.decode(raw)
        except UNREADABLE as error:
            why = say("Message {number} of this conversation does not read: {why}.", number=position + 1, why=str(error))
            yield Problem(member, "bad-item", why, number)
            continue
        context.unknown_keys.check("message of 2018", member, number, raw, _Message)
        posted, problem = read_old_time(message.created_at, member, number)
        if problem:
            yield problem
        text, sender = _message_text(message), message.sender or ""
        addresses = [link for link in (message.link, *links(text)) if link]
        record = Record(
            kind=role.kind,
            # The microsecond identifies the message in its conversation, as in later years.
            native_id=context.made_ids.make(f"messages/{key}", posted.written if posted else "", "" if posted else f"{sender} {text}"),
            place=place,
            raw=raw,
            text=text,
            title=message.story_share or message.video_call_action or "",
            author=sender,
            posted=posted,
            thread_id=key,
            thread_title=title,
            attachments=tuple(_attachments(message)),
            links=tuple(dict.fromkeys(addresses)),
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
            liked_at, problem = read_old_time(like.date, member, number) if like.date else (None, None)
            if problem:
                yield problem
            yield reaction_record(context, record, count, actor=like.username or "", emoji="❤", posted=liked_at)


def _message_text(message: _Message) -> str:
    """Return the text of a message, then that of the post or profile it shares."""
    parts = (message.text, message.heart, message.media_share_caption, message.profile_share_name, message.live_video_share)
    return "\n".join(dict.fromkeys(part for part in parts if isinstance(part, str) and part))


def _attachments(message: _Message) -> Iterator[Attachment]:
    """Yield the attachments of a message as addresses: this form of archive names no files of messages."""
    for address, default, note in (
        (message.media, "image/jpeg", ""),
        (message.voice_media, "audio/mp4", ""),
        (message.media_share_url, "image/jpeg", "picture of the shared post"),
        (_animation_address(message), "image/gif", ""),
    ):
        if isinstance(address, str) and address.startswith("http"):
            permanent = address.split("?", 1)[0]  # the query holds a signature and its expiration
            name = permanent.rstrip("/").rsplit("/", 1)[-1]
            yield Attachment(name, media_type(name, default), url=permanent, description=note)


def _animation_address(message: _Message) -> str:
    images = message.animated_media_images if isinstance(message.animated_media_images, dict) else {}
    candidates = (images.get(name) for name in ("original", "downsized_large", *images))
    return next((str(image["url"]) for image in candidates if isinstance(image, dict) and image.get("url")), "")
