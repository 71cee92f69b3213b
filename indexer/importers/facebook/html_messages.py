"""The message pages of a Facebook archive (mid-2018 to 2026): one conversation, newest message first.

Above the messages stands who takes part, in the account's language: a box with a title and nothing else. A box with a
picture only is the picture of a group. A title of a message may be empty: the platform does not name its sender.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from indexer.importers.facebook.content import Content
from indexer.importers.facebook.context import Reading, media_key
from indexer.importers.facebook.html_values import fill, read_date
from indexer.importers.meta.html_boxes import Box
from indexer.importers.meta.html_header import Header
from indexer.importers.meta.html_pages import page_boxes
from indexer.importers.meta.messages import thread_key
from indexer.record import Locator, Problem, Record, RecordKind
from indexer.text import hashtags, links, mentions

_REACTION = re.compile(r"(?P<sign>[^\w\s]+[^\w\s\u200d\ufe0f]*)\s*(?P<actor>\w.*)")
_PARTICIPANTS = re.compile(r"[^:：]{1,60}[:：]\s*(?P<names>.+)")


def thread_records(reading: Reading, member: str, header: Header) -> Iterator[Record | Problem]:
    """Yield the messages of one page with their reactions."""
    people, begun = "", False
    for item in page_boxes(reading.archive, member):
        if isinstance(item, Problem):
            yield item
            continue
        if item.box is None:
            continue
        box, place = item.box, Locator(member, item.index, item.start, len(item.raw))
        found = _PARTICIPANTS.fullmatch(box.title)
        parts = box.take_dated()
        for number, part in enumerate(parts):  # what support wrote on one report
            yield from _message(reading, part, replace(place, pointer=f"boxes/{number}"), item.raw, (header, people))
        if not box.date and box.is_empty and (parts or not begun or not box.has_date):
            people = people or ("" if parts else found["names"] if found else box.title)  # or a setting of the conversation
        elif not box.date and box.pictures and not box.lines and not box.has_date:
            yield from _group_picture(reading, box, place, item.raw, header)
        else:
            begun = begun or box.has_date
            box.has_date = box.has_date or not begun  # above the messages stand settings of the conversation, without a date
            yield from _message(reading, box, place, item.raw, (header, people))


def _key(member: str) -> str:
    """Return the key of a conversation: its folder's, or the page's own name where it is not in a folder of its own."""
    page = member.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return thread_key(member) if re.fullmatch(r"message(?:_\d+)?", page) else page


def _group_picture(reading: Reading, box: Box, place: Locator, raw: bytes, header: Header) -> Iterator[Record]:
    key, content = _key(place.member), Content()
    fill(reading, box, content)
    yield Record(
        kind=RecordKind.PHOTO,
        native_id=reading.made.make(f"thread pictures/{key}", "", "", map(media_key, content.uris)),
        place=place,
        raw=raw,
        title="Picture of the conversation.",
        thread_id=key,
        thread_title=header.title or box.title,
        attachments=tuple(content.attachments),
        id_is_made=True,
    )


def _message(reading: Reading, box: Box, place: Locator, raw: bytes, about: tuple[Header, str]) -> Iterator[Record | Problem]:
    header, people = about
    content, key = Content(), _key(place.member)
    fill(reading, box, content)
    posted, problems = read_date(reading, box.date, header.offset, place, states_none=box.has_date)
    yield from problems
    native_id = reading.made.make(
        f"messages/{key}", posted.written if posted else "", f"{box.title} {content.text}", map(media_key, content.uris)
    )
    if box.date and posted is None:
        content.extra["date_as_written"] = box.date
    if people:
        content.extra["participants"] = people
    if reading.account:
        content.extra["direction"] = "sent" if box.title == reading.account else "received"
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
        found = _REACTION.match(reaction)
        sign, actor = (found["sign"], found["actor"]) if found else (reaction, "")
        yield Record(
            kind=RecordKind.LIKE,
            native_id=reading.made.make(f"reactions/{native_id}", "", reaction),
            place=Locator(place.member, place.index, place.start, place.length, f"reactions/{number}"),
            raw=raw,
            title=f"{actor} reacted {sign} to a message." if actor else reaction,
            author=actor,
            parent_id=native_id,
            thread_id=key,
            thread_title=header.title,
            id_is_made=True,
            extra={"reaction": sign},
        )
