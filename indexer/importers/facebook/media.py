"""Reads photos, videos and albums in the JSON of a Facebook archive (2018-2026), and comments under them (2018-2021)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from indexer.i18n import say
from indexer.importers.facebook.content import Content, EntryParts, add_media
from indexer.importers.facebook.context import KINDS, MEDIA_ROLES, READ_ERRORS, STATES, Context, media_key
from indexer.importers.facebook.members import Role
from indexer.importers.facebook.shapes import Item, Medium, MediumComment, walk
from indexer.importers.meta.json_values import bad_item, items_of, read_epoch
from indexer.record import Locator, Problem, Record, RecordKind
from indexer.text import repair_mojibake

_MEDIUM = msgspec.json.Decoder(Medium, strict=False)
_COMMENT = msgspec.json.Decoder(MediumComment, strict=False)
_SCALAR = msgspec.json.Decoder(str | float | None)


def survey_media(context: Context, member: str) -> None:
    """Find the photos and videos of an album or media member by their file names."""
    for item in walk(context.archive, member):
        if isinstance(item, Problem):
            continue
        try:
            medium = _MEDIUM.decode(item.raw)
        except READ_ERRORS:
            continue  # reported as "bad-item" when the records are read
        if medium.uri:
            context.media.add(repair_mojibake(medium.uri), Content().read(medium.description), item.place)


def medium_records(context: Context, role: Role, item: Item) -> Iterator[Record | Problem]:
    """Yield a photo or video of an album or media file, unless a record has claimed it, and the comments under it.

    Raises msgspec.DecodeError if the item is not a photo or video.
    """
    medium = _MEDIUM.decode(item.raw)
    uri = repair_mojibake(medium.uri)
    if not uri:
        yield Problem(item.place.member, "bad-item", say("This item names no file, so it is no photo or video."), item.place.index)
        return
    if role not in MEDIA_ROLES or context.media.is_unclaimed(uri, item.place):
        posted, problem = read_epoch(medium.creation_timestamp, item.place.member, item.place.index)
        if problem:
            yield problem
        parts = EntryParts(media=[medium])
        add_media(parts, context.files, "video/mp4" if role is Role.VIDEOS else "image/jpeg")
        content = parts.content
        claimed = context.media.claim(content.uris, (content.text,)) if role in MEDIA_ROLES else ()
        is_video = content.attachments[0].media_type.startswith("video/")
        kind = KINDS.get(role, RecordKind.POST)
        if kind in {RecordKind.PHOTO, RecordKind.VIDEO}:
            kind = RecordKind.VIDEO if is_video else RecordKind.PHOTO
        if role in STATES:
            content.extra["state"] = STATES[role]
        # Album, photo and video files count as one role: the next archive may list the same photo in another of them.
        role_of_id = Role.PHOTOS if role in MEDIA_ROLES else role
        yield Record(
            kind=kind,
            native_id=context.native_id(role_of_id, posted, "", content),
            place=item.place,
            raw=item.raw,
            author=context.account,
            posted=posted,
            id_is_made=True,
            folded=tuple(place for place in claimed if place != item.place),
            **content.fields(),
        )
    yield from comments_under(context, medium, item.place, item.raw)


def comments_under(context: Context, medium: Medium, place: Locator, raw: bytes) -> Iterator[Record | Problem]:
    """Yield the comments under a photo or video, including other people's (2018-2021)."""
    equals: dict[tuple[str, str, str], int] = {}
    for number, comment in enumerate(medium.comments or ()):
        content = Content()
        content.add_text(comment.comment)
        author = repair_mojibake(comment.author or "")
        parts = (author, f"{comment.timestamp}", content.text)
        equals[parts] = equals.get(parts, 0) + 1
        if not context.media.is_new_comment(repair_mojibake(medium.uri), *parts, str(equals[parts])):
            continue
        key = media_key(repair_mojibake(medium.uri))
        comment_place = Locator(place.member, place.index, place.start, place.length, f"comments/{number}")
        yield from _comment_record(context, comment, key, comment_place, raw)


def _comment_record(context: Context, comment: MediumComment, key: str, place: Locator, raw: bytes) -> Iterator[Record | Problem]:
    content = Content()
    content.add_text(comment.comment)
    author = repair_mojibake(comment.author or "")
    posted, problem = read_epoch(comment.timestamp, place.member, place.index)
    if problem:
        yield problem
    if comment.group:
        content.extra["group"] = repair_mojibake(comment.group)
    yield Record(
        kind=RecordKind.COMMENT,
        native_id=context.made.make("comments on media", posted.written if posted else "", f"{author} {content.text}", [key]),
        place=place,
        raw=raw,
        title="Comment under a photo or video.",
        author=author,
        posted=posted,
        thread_id=f"media/{key}",
        id_is_made=True,
        **content.fields(),
    )


def album_record(context: Context, member: str) -> Iterator[Record | Problem]:
    """Yield the description of an album as a post, if it has one. Its photos are separate records."""
    values: dict[str, str | float | None] = {}
    place, raw = Locator(member, -1, 0, 0), b""
    for item in items_of(context.archive, member):
        if isinstance(item, Problem):
            return  # reported when the photos are read
        if item.index >= 0 or item.key not in {"name", "description", "last_modified_timestamp"}:
            continue
        try:
            values[item.key] = _SCALAR.decode(item.raw)
        except READ_ERRORS as error:
            yield bad_item(member, -1, error)
            continue
        if item.key == "description":
            place, raw = Locator(member, -1, item.start, len(item.raw), "description"), item.raw
    content = Content()
    name = repair_mojibake(str(values.get("name") or ""))
    if not content.add_text(str(values.get("description") or "")):
        return
    changed = values.get("last_modified_timestamp")
    edited, problem = read_epoch(changed, member, -1) if isinstance(changed, float) else (None, None)
    if problem:
        yield problem
    content.extra["album"] = name
    yield Record(
        kind=RecordKind.POST,
        native_id=context.made.make("album words", "", name),
        place=place,
        raw=raw,
        title=f"Album: {name}",
        author=context.account,
        posted=edited,
        edited=edited,
        id_is_made=True,
        **content.fields(),
    )


def album_comment(context: Context, item: Item) -> Iterator[Record | Problem]:
    """Yield a comment under an album as a whole. Raises msgspec.DecodeError if the item is not a comment."""
    comment = _COMMENT.decode(item.raw)
    yield from _comment_record(context, comment, f"album/{item.place.member.rsplit('/', 1)[-1]}", item.place, item.raw)
