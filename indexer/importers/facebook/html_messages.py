"""Reads the message pages of a Facebook archive (mid-2018 to 2026): one conversation, newest message first.

Above the messages are the participants, in the account's language: a box with only a title. A box with only a picture
is the picture of a group. The title of a message may be empty: then the platform does not name its sender.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from indexer.importers.facebook.content import Content
from indexer.importers.facebook.context import Context, media_key
from indexer.importers.facebook.html_values import fill_content, read_date
from indexer.importers.meta.html_boxes import Box
from indexer.importers.meta.html_header import PageHeader
from indexer.importers.meta.html_pages import page_boxes
from indexer.importers.meta.messages import thread_key
from indexer.record import Locator, Problem, Record, RecordKind
from indexer.text import hashtags, links, mentions

_REACTION = re.compile(r"(?P<emoji>[^\w\s]+[^\w\s\u200d\ufe0f]*)\s*(?P<actor>\w.*)")
_PARTICIPANTS = re.compile(r"[^:：]{1,60}[:：]\s*(?P<names>.+)")


def thread_records(context: Context, member: str, header: PageHeader) -> Iterator[Record | Problem]:
    """Yield the messages of a page with their reactions."""
    people, has_begun = "", False
    for item in page_boxes(context.archive, member):
        if isinstance(item, Problem):
            yield item
            continue
        if item.box is None:
            continue
        box, place = item.box, Locator(member, item.index, item.start, len(item.raw))
        match = _PARTICIPANTS.fullmatch(box.title)
        parts = box.take_dated_parts()
        for number, part in enumerate(parts):  # replies by support to a report
            yield from _message_records(context, part, replace(place, pointer=f"boxes/{number}"), item.raw, (header, people))
        if not box.date and box.is_empty and (parts or not has_begun or not box.has_date):
            people = people or ("" if parts else match["names"] if match else box.title)  # or a setting of the conversation
        elif not box.date and box.pictures and not box.lines and not box.has_date:
            yield from _group_picture(context, box, place, item.raw, header)
        else:
            has_begun = has_begun or box.has_date
            box.has_date = box.has_date or not has_begun  # above the messages are the settings of the conversation, without a date
            yield from _message_records(context, box, place, item.raw, (header, people))


def _conversation_key(member: str) -> str:
    """Return the key of a conversation: from its folder, or the page's name if it has no folder of its own."""
    page = member.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return thread_key(member) if re.fullmatch(r"message(?:_\d+)?", page) else page


def _group_picture(context: Context, box: Box, place: Locator, raw: bytes, header: PageHeader) -> Iterator[Record]:
    key, content = _conversation_key(place.member), Content()
    fill_content(context, box, content)
    yield Record(
        kind=RecordKind.PHOTO,
        native_id=context.made.make(f"thread pictures/{key}", "", "", map(media_key, content.uris)),
        place=place,
        raw=raw,
        title="Picture of the conversation.",
        thread_id=key,
        thread_title=header.title or box.title,
        attachments=tuple(content.attachments),
        id_is_made=True,
    )


def _message_records(
    context: Context, box: Box, place: Locator, raw: bytes, conversation: tuple[PageHeader, str]
) -> Iterator[Record | Problem]:
    header, people = conversation
    content, key = Content(), _conversation_key(place.member)
    fill_content(context, box, content)
    posted, problems = read_date(context, box.date, header.offset, place, states_none=box.has_date)
    yield from problems
    native_id = context.made.make(
        f"messages/{key}", posted.written if posted else "", f"{box.title} {content.text}", map(media_key, content.uris)
    )
    if box.date and posted is None:
        content.extra["date_as_written"] = box.date
    if people:
        content.extra["participants"] = people
    if context.account:
        content.extra["direction"] = "sent" if box.title == context.account else "received"
    yield Record(
        kind=RecordKind.MESSAGE,
        native_id=native_id,
        place=place,
        raw=raw,
        text=content.text,
        author=box.title,
        posted=posted,
        thread_id=key,
        thread_title=header.title,
        attachments=tuple(content.attachments),
        links=tuple(dict.fromkeys((*content.links, *links(content.text)))),
        hashtags=hashtags(content.text),
        mentions=mentions(content.text),
        id_is_made=True,
        extra=content.extra,
    )
    for number, reaction in enumerate(box.reactions):
        match = _REACTION.match(reaction)
        emoji, actor = (match["emoji"], match["actor"]) if match else (reaction, "")
        yield Record(
            kind=RecordKind.LIKE,
            native_id=context.made.make(f"reactions/{native_id}", "", reaction),
            place=Locator(place.member, place.index, place.start, place.length, f"reactions/{number}"),
            raw=raw,
            title=f"{actor} reacted {emoji} to a message." if actor else reaction,
            author=actor,
            parent_id=native_id,
            thread_id=key,
            thread_title=header.title,
            id_is_made=True,
            extra={"reaction": emoji},
        )
