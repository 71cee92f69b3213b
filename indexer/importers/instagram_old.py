"""The JSON of 2018 to November 2020: a few files at the root, times in ISO form with their offset, text in real UTF-8.

`media.json` {photos, videos, stories, profile, direct: [{caption, taken_at, path}]}, `comments.json` and `likes.json`
with lists of [time, text, account], `stories_activities.json`. Each picture of a carousel is an item of its own with
the caption of the post.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

import msgspec

from indexer.importers.instagram_context import UNREADABLE, Context, Piece, items, minute, old_time, piece, with_extra
from indexer.importers.instagram_members import Role
from indexer.meta_json import bad_item
from indexer.record import Moment, Place, Problem, Record, RecordKind, TimeRule
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
    """Return the moment of an ISO time with its offset, or the problem "bad-date"."""
    if not value:
        return None, Problem(member, "bad-date", "This item has no time.", number)
    written = str(value)
    found = old_time(written)
    if found is None:
        return None, Problem(member, "bad-date", f"The time {written[:40]!r} does not read as a time with its zone.", number)
    return Moment(written, TimeRule.UTC, found.astimezone(UTC)), None


def old_media(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the posts, stories and other pictures of `media.json`; what does not read becomes a Problem."""
    for found in items(context.archive, member):
        if isinstance(found, Problem):
            yield found
            continue
        number, item = found
        kind, extra = _SECTIONS.get(item.key, (role.kind, {"section": item.key}))
        try:
            medium = _MEDIUM.decode(item.raw)
        except UNREADABLE as error:
            yield bad_item(member, number, error)
            continue
        if not medium.path and not medium.taken_at and not medium.caption:
            yield Problem(member, "bad-item", "This item has neither a file nor a caption nor a time.", number)
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
            place=Place(member, number, item.start, len(item.raw)),
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


def old_lists(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the comments, likes and story reactions that are written as lists; what does not read becomes a Problem."""
    for found in items(context.archive, member):
        if isinstance(found, Problem):
            yield found
            continue
        number, item = found
        try:
            values = [value or "" for value in _LIST.decode(item.raw)]
        except UNREADABLE as error:
            yield bad_item(member, number, error)
            continue
        length = 3 if role.kind is RecordKind.COMMENT else 2
        if len(values) != length:
            yield Problem(member, "bad-item", f"This item has {len(values)} values where {length} were expected.", number)
            continue
        posted, problem = read_old_time(values[0], member, number)
        if problem:
            yield problem
        yield _listed(context, role, piece(member, number, item), item.key, posted=posted, values=values)


def _listed(context: Context, role: Role, source: Piece, key: str, *, posted: Moment | None, values: list[str]) -> Record:
    text, owner = ("", values[1]) if role.kind is RecordKind.LIKE else (values[1], values[2])
    section = _COMMENTS.get(key) if role.kind is RecordKind.COMMENT else _LIKES.get(key)
    if section is None:
        section = f"story {key}".replace("_", " ")
    reaction = "like" if role.kind is RecordKind.LIKE and key in _LIKES else ""
    return Record(
        kind=role.kind,
        native_id=context.made.make(role.kind, minute(posted), text if role.kind is RecordKind.COMMENT else owner),
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


def old_empty(context: Context, role: Role, member: str) -> Iterator[Problem]:
    """Yield a problem where a file that was empty in every archive seen holds something after all."""
    held = 0
    for found in items(context.archive, member):
        if isinstance(found, Problem):
            yield found
        else:
            held += 1
    if held:
        message = f"This file holds {held} items. No archive with content in it was seen, so they did not become {role.kind}s."
        yield Problem(member, "unknown-section", message)
