"""Reads the records in the JSON of a Facebook archive, profile or Page, 2018 to 2026.

Times are seconds since 1970, UTC. Facebook gives these items no ids. Ids are made from values that do not
change when the account edits a post: file role, second, media and links. The words are not among them, so an edited post
in a later archive is a new version of the same record.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from indexer.importers.facebook.content import (
    Content,
    EntryParts,
    add_event,
    add_media,
    add_note,
    group_of,
    read_attachments,
    read_data,
    read_entry,
    share_kind,
)
from indexer.importers.facebook.context import KINDS, MEDIA_ROLES, READ_ERRORS, STATES, Context, digest
from indexer.importers.facebook.labeled import labeled_records
from indexer.importers.facebook.media import album_comment, album_record, comments_under, medium_records
from indexer.importers.facebook.members import Role
from indexer.importers.facebook.shapes import Entry, Event, Item, Medium, MediumComment, Note, Number, Shell, walk
from indexer.importers.meta.json_values import bad_item, read_epoch, seconds_of
from indexer.record import Locator, Moment, Problem, Record, RecordKind
from indexer.text import repair_mojibake

_SHAPES: dict[Role, type[msgspec.Struct]] = {**dict.fromkeys(MEDIA_ROLES, Medium), Role.EVENTS: Event, Role.NOTES: Note}
_KEPT = frozenset({"data", "attachments/data"})  # the words of their unknown parts are added to the record, see `read_entry`
_SHELL = msgspec.json.Decoder(Shell, strict=False)
_EVENT = msgspec.json.Decoder(Event, strict=False)
_NOTE = msgspec.json.Decoder(Note, strict=False)


def survey_shells(context: Context, member: str) -> None:
    """Find the shells of shares and their full records in a posts member. Damage is reported when it is read."""
    for item in walk(context.archive, member):
        if isinstance(item, Problem) or b'"update_timestamp"' not in item.raw or b'"attachments"' not in item.raw:
            continue
        try:
            entry = _SHELL.decode(item.raw)
            parts = entry.data or ()
            attachments = msgspec.json.decode(entry.attachments) if entry.attachments else None
        except READ_ERRORS:
            continue  # reported as "bad-item" when the records are read
        updated = next((seconds_of(part.update_timestamp) for part in parts if part.update_timestamp), None)
        posted = seconds_of(entry.timestamp)
        if not attachments or updated is None or posted is None:
            continue
        encoded = msgspec.json.encode(attachments, order="sorted")
        if any(part.post for part in parts):
            context.shells.add_full(digest(encoded, f"{updated:.0f}"), item.place)
        else:
            context.shells.add_shell(digest(encoded, f"{posted:.0f}"), item.place)


def json_records(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the records of a JSON member. Never raises because of its content."""
    if role is Role.ALBUM:
        yield from album_record(context, member)
    for item in walk(context.archive, member):
        if isinstance(item, Problem):
            yield item
            continue
        try:
            yield from _item_records(context, role, item)
        except READ_ERRORS as error:
            yield bad_item(member, item.place.index, error)
            continue
        shape = _SHAPES.get(role, Entry) if not (role is Role.ALBUM and item.key_path == "comments") else MediumComment
        context.unknown_keys.check(role, member, item.place.index, item.raw, shape, _KEPT)


def _item_records(context: Context, role: Role, item: Item) -> Iterator[Record | Problem]:
    if role is Role.ALBUM and item.key_path == "comments":
        yield from album_comment(context, item)
    elif role in MEDIA_ROLES:
        yield from medium_records(context, role, item)
    elif role is Role.EVENTS:
        yield from _event_record(context, item)
    elif role is Role.NOTES:
        yield from _note_record(context, item)
    else:
        entry, unknown = read_entry(item.raw)
        if entry.label_values is not None:
            yield from labeled_records(context, role, KINDS.get(role, RecordKind.POST), item, entry)
        elif entry.uri and not entry.attachments and entry.data is None:
            yield from medium_records(context, role, item)
        elif not context.shells.is_folded(item.place):
            yield from _entry_records(context, role, item, entry, unknown)


def _entry_records(context: Context, role: Role, item: Item, entry: Entry, unknown: list[str]) -> Iterator[Record | Problem]:
    parts = EntryParts()
    content = parts.content
    read_data(entry.data or (), parts)
    read_attachments(entry.attachments or (), parts)
    for words in unknown:
        content.add_text(words)
    add_media(parts, context.files)
    posted, problem = read_epoch(_time(entry, parts), item.place.member, item.place.index)
    if problem:
        yield problem
    edited, problem = _edited(parts.updated, entry.timestamp, item)
    if problem:
        yield problem
    title = repair_mojibake(entry.title or "") or _page_like(role, entry)
    kind = _kind(role, title, parts)
    tagged = _names(entry.tags)
    if tagged:
        content.extra["with"] = ", ".join(tagged)
        content.mentions += tagged
    if entry.url:
        content.link(entry.url)
    if "group" not in content.extra and (group := group_of(title)):
        content.extra["group"] = group
    if role in STATES:
        content.extra["state"] = STATES[role]
    if role is Role.STORY_LIKES and content.text:
        content.extra["reaction"] = content.text
    if parts.reaction is not None and parts.reaction.reaction:
        content.extra["reaction"] = repair_mojibake(parts.reaction.reaction)
    place, folded = item.place, context.shells.of(item.place)
    folded += context.media.claim(content.uris, (content.text, parts.post, *(a.description for a in content.attachments)))
    # Likes of the same second differ only in their sentence. Posts and comments keep their id when their words change.
    words_of_id = title if kind is RecordKind.LIKE else content.text if posted is None else ""
    native_id = context.native_id(role, posted, words_of_id, content)
    if kind is RecordKind.LIKE and posted is not None:
        folded += _labeled_like(context, content, posted)
    yield Record(
        kind=kind,
        native_id=native_id,
        place=place,
        raw=item.raw,
        title=title,
        author=_author(context, role, title, parts),
        posted=posted,
        edited=edited,
        id_is_made=True,
        folded=folded,
        **content.fields(),
    )
    for medium in parts.media:
        yield from comments_under(context, medium, place, item.raw)


def _time(entry: Entry, parts: EntryParts) -> Number:
    if entry.timestamp is None and parts.comment is not None:
        return parts.comment.timestamp
    return entry.timestamp


def _edited(updated: Number, posted: Number, item: Item) -> tuple[Moment | None, Problem | None]:
    if not updated or seconds_of(updated) == seconds_of(posted):
        return None, None
    return read_epoch(updated, item.place.member, item.place.index)


def _kind(role: Role, title: str, parts: EntryParts) -> RecordKind:
    if parts.comment is not None:
        return RecordKind.COMMENT
    if parts.reaction is not None:
        return RecordKind.LIKE
    kind = KINDS.get(role)
    return kind if kind is not None else share_kind(title, parts.content.extra)


def _page_like(role: Role, entry: Entry) -> str:
    if role is not Role.PAGE_LIKES or not entry.name:
        return ""
    return f"Liked the Page {repair_mojibake(entry.name)}."


def _author(context: Context, role: Role, title: str, parts: EntryParts) -> str:
    stated = (parts.comment.author if parts.comment else None) or (parts.reaction.actor if parts.reaction else None)
    if stated:
        return repair_mojibake(stated)
    return context.author_of(role, title)


def _names(tags: list[object] | None) -> list[str]:
    names = [tag.get("name") if isinstance(tag, dict) else tag for tag in tags or ()]
    return [repair_mojibake(name) for name in names if isinstance(name, str) and name]


def _labeled_like(context: Context, content: Content, posted: Moment) -> tuple[Locator, ...]:
    """Return the place of the same reaction in the archive's labeled file, and add its address to the content."""
    equal_likes = context.likes.get((int(posted.written), content.extra.get("reaction", "").casefold()))
    if not equal_likes:
        return ()
    place, url = equal_likes.pop(0)
    if url:
        content.link(url)
    return (place,)


def _event_record(context: Context, item: Item) -> Iterator[Record | Problem]:
    """Yield an event. Only events that the account created state a time; its responses to other events do not."""
    event = _EVENT.decode(item.raw)
    content, posted = Content(), None
    add_event(event, content)
    if event.create_timestamp:
        posted, problem = read_epoch(event.create_timestamp, item.place.member, item.place.index)
        if problem:
            yield problem
    response = item.key_path.rsplit("/", 1)[-1].removesuffix("_v2").removeprefix("events_").removeprefix("your_")
    if response not in {"", "events"}:
        content.extra["response"] = response
    start = content.extra.get("event start", "")
    yield Record(
        kind=RecordKind.EVENT,
        native_id=context.made.make(f"events/{response}", posted.written if posted else start, content.text if posted is None else ""),
        place=item.place,
        raw=item.raw,
        author=context.account if posted else "",
        posted=posted,
        id_is_made=True,
        **content.fields(),
    )


def _note_record(context: Context, item: Item) -> Iterator[Record | Problem]:
    note = _NOTE.decode(item.raw)
    posted, problem = read_epoch(note.created_timestamp, item.place.member, item.place.index)
    if problem:
        yield problem
    edited, problem = _edited(note.updated_timestamp, note.created_timestamp, item)
    if problem:
        yield problem
    parts = EntryParts()
    add_note(note, parts)
    add_media(parts, context.files)
    content = parts.content
    content.extra["note"] = repair_mojibake(note.title or "")
    if tagged := _names(note.tags):
        content.mentions += tagged
    folded = context.media.claim(content.uris, (content.text, *(a.description for a in content.attachments)))
    yield Record(
        kind=RecordKind.POST,
        native_id=context.native_id(Role.NOTES, posted, content.text if posted is None else "", content),
        place=item.place,
        raw=item.raw,
        author=context.account,
        posted=posted,
        edited=edited,
        id_is_made=True,
        folded=folded,
        **content.fields(),
    )
