"""Records from HTML pages of 2021 to now: publications, comments, likes, messages.

Times are printed in UTC-8 without a zone (see `times`). Labels are in the account's language, so comments are read
by label or, if a label is not in our tables, by order: comment, owner, time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from indexer.i18n import say
from indexer.importers.instagram.context import Context, Source, reaction_record, with_extra
from indexer.importers.instagram.entries import EntryContent, entry_record
from indexer.importers.instagram.labels import COMMENT, OWNER, TAGGED, USERNAME, is_label
from indexer.importers.instagram.media import Publication, publication_record
from indexer.importers.instagram.members import ItemFormat, Role
from indexer.importers.instagram.times import read_printed
from indexer.importers.meta.html_boxes import Box, TableRow
from indexer.importers.meta.html_header import page_header
from indexer.importers.meta.html_pages import PageBox, page_boxes
from indexer.importers.meta.messages import thread_key
from indexer.record import Attachment, Locator, Moment, Problem, Record
from indexer.text import hashtags, links, mentions

_TAGGED_HANDLE = re.compile(r"(?<![A-Za-z0-9_.])([A-Za-z0-9_.]++) \([^()]*+\)")
_PARTICIPANTS = re.compile(r"^[^:：\n]{1,60}[:：]\s*(.+)$", re.DOTALL)
_REACTION = re.compile(r"([^\w\s]\S*?)\s*(\w.*?)(?:\s*\(([^()]*)\))?\Z", re.DOTALL)
_LIKE_A_DATE = re.compile(r"\d{1,2}[:.h]\d\d")
_PENDING = "message_requests/"


def read_page(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the records of a page; a box that does not fit the role becomes a Problem ("bad-item")."""
    if role.format is ItemFormat.MESSAGES:
        yield from _read_conversation(context, role, member)
        return
    read: _Reader = _read_publication if role.format is ItemFormat.MEDIA else _read_entry
    for item in page_boxes(context.archive, member, keep_breaks=True):
        if isinstance(item, Problem):
            yield item
        elif item.box is not None:
            source = _source_of(member, item)
            inner_boxes = item.box.take_dated_parts()
            if not (inner_boxes and item.box.is_empty and not item.box.title):
                yield from read(context, role, source, item.box)
            for number, inner_box in enumerate(inner_boxes):
                place = replace(source.place, pointer=f"boxes/{number}")
                yield from read(context, role, Source(place, item.raw), inner_box)


_Reader = Callable[[Context, Role, Source, Box], Iterator[Record | Problem]]


def _source_of(member: str, item: PageBox) -> Source:
    return Source(Locator(member, item.index, item.start, len(item.raw)), item.raw)


def _read_publication(context: Context, role: Role, source: Source, box: Box) -> Iterator[Record | Problem]:
    place = source.place
    caption = _value_of(box.rows, COMMENT)
    text, captions = _read_caption(box, caption)
    if not text and not box.pictures:
        message = say("This box has neither a caption nor media, so it is not what the page is for.")
        yield Problem(place.member, "bad-item", message, place.index)
        return
    posted, problem = _read_date(context, box, place)
    if problem:
        yield problem
    tagged = _value_of(box.rows, TAGGED)
    attachments = [
        *(context.attachment(picture.uri, description) for picture, description in zip(box.pictures, captions, strict=True)),
        *(context.attachment(path, "subtitles") for path in box.subtitles),
    ]
    unique = tuple(dict.fromkeys(attachments))
    yield publication_record(context, role, source, Publication(text, posted, unique, tagged=", ".join(_TAGGED_HANDLE.findall(tagged))))


def _read_caption(box: Box, labeled: str) -> tuple[str, list[str]]:
    """Return the caption, once, and for each picture its own caption if it differs.

    A caption may be printed as heading and again under each picture; text next to them belongs to the caption too.
    """
    rest = box.text
    for picture in box.pictures:
        rest = rest.replace(picture.caption, "", 1) if picture.caption else rest
    text = box.title or labeled
    if not text and len({picture.caption for picture in box.pictures}) == 1:
        text = box.pictures[0].caption
    if (rest := rest.strip()) and rest not in text:
        text = f"{text}\n{rest}" if text else rest
    return text, ["" if picture.caption in text else picture.caption for picture in box.pictures]


def _read_entry(context: Context, role: Role, source: Source, box: Box) -> Iterator[Record | Problem]:
    place = source.place
    if not box.rows and not box.text and not box.title:
        yield Problem(place.member, "bad-item", say("This box says nothing that its page is for."), place.index)
        return
    posted, problem = _read_date(context, box, place)
    if problem:
        yield problem
    yield entry_record(context, role, source, _read_content(box, role, posted), posted)


def _value_of(rows: list[TableRow], labels: frozenset[str]) -> str:
    return next((row.value for row in rows if row.value and is_label(row.label, labels)), "")


def _read_content(box: Box, role: Role, posted: Moment | None) -> EntryContent:
    """Read a comment or like: a table of labels and values, or a heading (the owner) with lines below."""
    rows = [row for row in box.rows if row.value and not (posted and row.value == posted.written and not is_label(row.label, COMMENT))]
    owner = _value_of(rows, USERNAME) or _value_of(rows, OWNER)
    texts = [row.value for row in rows if is_label(row.label, COMMENT)]
    unknown = [row.value for row in rows if not any(is_label(row.label, table) for table in (COMMENT, OWNER, USERNAME))]
    if role.format is ItemFormat.COMMENTS and unknown and not any(is_label(row.label, COMMENT) for row in box.rows):
        texts.append(unknown.pop(0))
    if role.format is ItemFormat.COMMENTS and unknown and not owner:
        owner = unknown.pop(0)
    lines = box.text.split("\n")
    if posted and posted.written in lines:
        lines.reverse()
        lines.remove(posted.written)  # the time is last; the same words further up were written by the person
        lines.reverse()
    texts.extend(line for line in lines if line.strip() and line not in box.links)
    return EntryContent("\n".join(dict.fromkeys(texts)), owner or box.title, box.links[0] if box.links else "")


def _read_date(context: Context, box: Box, place: Locator) -> tuple[Moment | None, Problem | None]:
    """Return the time of a box: its date line, else the first date in its table or the last date below its heading."""
    cells = [row.value for row in box.rows if row.has_own_cell]
    inside = [row.value for row in reversed(box.rows) if not row.has_own_cell and not is_label(row.label, COMMENT)]
    candidates = [box.date] if box.date else [*cells, *inside, *reversed(box.text.split("\n"))]
    moment = next((moment for written in candidates if (moment := read_printed(written, context.dates))), None)
    if moment is not None:
        return moment, None
    written = box.date or next(filter(None, reversed(cells)), "") or next((value for value in inside if _LIKE_A_DATE.search(value)), "")
    if not written and box.has_date and not box.date:
        return None, None  # the platform prints no time for this box
    if not written:
        return None, Problem(place.member, "no-date", say("This record has no time."), place.index)
    message = say("The time {written} does not read as a date with a clock time.", written=repr(written[:60]))
    return None, Problem(place.member, "bad-date", message, place.index)


def _read_conversation(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the messages of a conversation's page, newest first. The page's title is the conversation's."""
    key, title = thread_key(member), page_header(context.archive, member).title
    people, in_messages = "", False
    for item in page_boxes(context.archive, member, keep_breaks=True):
        if isinstance(item, Problem):
            yield item
            continue
        box = item.box
        if box is None:
            continue
        match = _PARTICIPANTS.match(box.title)
        dated_boxes = box.take_dated_parts()
        for number, inner_box in enumerate(dated_boxes):
            place = replace(_source_of(member, item).place, pointer=f"boxes/{number}")
            posted, problem = _read_date(context, inner_box, place)
            if problem:
                yield problem
            yield _message_record(context, role, Source(place, item.raw), inner_box, posted=posted, thread=(key, title, people))
        if dated_boxes and not box.date and box.is_empty:
            continue
        if not box.date and box.is_empty and (not in_messages or not box.has_date):  # or a setting: "Group Invite Link: On"
            people = people or (match[1].strip() if match else "")  # the box above the messages lists the participants
            continue
        in_messages = in_messages or box.has_date
        box.has_date = box.has_date or not in_messages  # boxes above the messages are undated settings of the conversation
        source = _source_of(member, item)
        if not box.date and not box.text and not box.pictures:
            yield Problem(member, "bad-item", say("This box is not a message: it has neither words nor a time."), item.index)
            continue
        posted, problem = _read_date(context, box, source.place)
        if problem:
            yield problem
        message = _message_record(context, role, source, box, posted=posted, thread=(key, title, people))
        yield message
        for number, written in enumerate(box.reactions):
            reaction = _REACTION.match(written) if len(written) < 500 else None
            emoji, actor, time = (reaction[1], reaction[2], reaction[3] or "") if reaction else (written, "", "")
            yield reaction_record(context, message, number, actor=actor, emoji=emoji, posted=read_printed(time, context.dates))


def _message_record(
    context: Context, role: Role, source: Source, box: Box, *, posted: Moment | None, thread: tuple[str, str, str]
) -> Record:
    key, title, people = thread
    lines = [line for line in box.text.split("\n") if line not in box.links]
    text, author = "\n".join(lines).strip(), box.title
    attachments: list[Attachment] = [context.attachment(picture.uri) for picture in box.pictures]
    return Record(
        kind=role.kind,
        # A printed time has minutes only, so several messages may share it: the text is part of the identity.
        native_id=context.made_ids.make(
            f"messages/{key}", posted.written if posted else "", f"{author} {text}", [attachment.name for attachment in attachments]
        ),
        place=source.place,
        raw=source.raw,
        text=text,
        author=author,
        posted=posted,
        thread_id=key,
        thread_title=title,
        attachments=tuple(dict.fromkeys(attachments)),
        links=tuple(dict.fromkeys((*box.links, *links(text)))),
        hashtags=hashtags(text),
        mentions=mentions(text),
        id_is_made=True,
        extra=with_extra(
            {},
            participants=people,
            direction=("sent" if author in context.names else "received") if context.names else "",
            box="message request" if _PENDING in source.place.member else "",
        ),
    )
