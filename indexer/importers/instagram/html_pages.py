"""Records from HTML pages of 2021 to now: what was published, comments, likes, messages.

Times are printed in UTC-8 without a zone (see `times`). The labels are in the account's language, so comments
are read by label and, where it is not in our tables, by order: comment, owner, time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from indexer.i18n import say
from indexer.importers.instagram.context import Context, Piece, reaction_record, with_extra
from indexer.importers.instagram.entries import Said, entry_record
from indexer.importers.instagram.labels import COMMENT, OWNER, TAGGED, USERNAME, is_label
from indexer.importers.instagram.media import Published, publication
from indexer.importers.instagram.members import Role, Shape
from indexer.importers.instagram.times import read_printed
from indexer.importers.meta.html_boxes import Box, TableRow
from indexer.importers.meta.html_header import page_header
from indexer.importers.meta.html_pages import PageBox, page_boxes
from indexer.importers.meta.messages import thread_key
from indexer.record import Attachment, Locator, Moment, Problem, Record
from indexer.text import hashtags, links, mentions

_TAGGED = re.compile(r"(?<![A-Za-z0-9_.])([A-Za-z0-9_.]++) \([^()]*+\)")
_PEOPLE = re.compile(r"^[^:：\n]{1,60}[:：]\s*(.+)$", re.DOTALL)
_REACTION = re.compile(r"([^\w\s]\S*?)\s*(\w.*?)(?:\s*\(([^()]*)\))?\Z", re.DOTALL)
_LIKE_A_DATE = re.compile(r"\d{1,2}[:.h]\d\d")
_PENDING = "message_requests/"


def page_records(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the records of one page; a box that is none of the role's becomes a Problem ("bad-item")."""
    if role.shape is Shape.MESSAGES:
        yield from _conversation(context, role, member)
        return
    read: _Reader = _publication if role.shape is Shape.MEDIA else _entry
    for item in page_boxes(context.archive, member, keep_breaks=True):
        if isinstance(item, Problem):
            yield item
        elif item.box is not None:
            source = _piece(member, item)
            parts = item.box.take_dated_parts()
            if not (parts and item.box.is_empty and not item.box.title):
                yield from read(context, role, source, item.box)
            for number, part in enumerate(parts):
                at = replace(source.place, pointer=f"boxes/{number}")
                yield from read(context, role, Piece(at, item.raw), part)


_Reader = Callable[[Context, Role, Piece, Box], Iterator[Record | Problem]]


def _piece(member: str, item: PageBox) -> Piece:
    return Piece(Locator(member, item.index, item.start, len(item.raw)), item.raw)


def _publication(context: Context, role: Role, source: Piece, parts: Box) -> Iterator[Record | Problem]:
    place = source.place
    caption = _value(parts.rows, COMMENT)
    text, captions = _caption(parts, caption)
    if not text and not parts.pictures:
        message = say("This box has neither a caption nor media, so it is not what the page is for.")
        yield Problem(place.member, "bad-item", message, place.index)
        return
    posted, problem = _date(context, parts, place)
    if problem:
        yield problem
    tagged = _value(parts.rows, TAGGED)
    attachments = [
        *(context.attachment(picture.uri, own) for picture, own in zip(parts.pictures, captions, strict=True)),
        *(context.attachment(source, "subtitles") for source in parts.subtitles),
    ]
    unique = tuple(dict.fromkeys(attachments))
    yield publication(context, role, source, Published(text, posted, unique, tagged=", ".join(_TAGGED.findall(tagged))))


def _caption(parts: Box, labelled: str) -> tuple[str, list[str]]:
    """Return the caption, once, and for each picture the words under it that are not in the caption.

    A caption may stand as heading and again under each picture; what stands beside both belongs to the text too.
    """
    rest = parts.text
    for picture in parts.pictures:
        rest = rest.replace(picture.caption, "", 1) if picture.caption else rest
    text = parts.title or labelled
    if not text and len({picture.caption for picture in parts.pictures}) == 1:
        text = parts.pictures[0].caption
    if (rest := rest.strip()) and rest not in text:
        text = f"{text}\n{rest}" if text else rest
    return text, ["" if picture.caption in text else picture.caption for picture in parts.pictures]


def _entry(context: Context, role: Role, source: Piece, parts: Box) -> Iterator[Record | Problem]:
    place = source.place
    if not parts.rows and not parts.text and not parts.title:
        yield Problem(place.member, "bad-item", say("This box says nothing that its page is for."), place.index)
        return
    posted, problem = _date(context, parts, place)
    if problem:
        yield problem
    yield entry_record(context, role, source, _said(parts, role, posted), posted)


def _value(rows: list[TableRow], labels: frozenset[str]) -> str:
    return next((row.value for row in rows if row.value and is_label(row.label, labels)), "")


def _said(parts: Box, role: Role, posted: Moment | None) -> Said:
    """Read a comment or like: a table of labels and values, or a heading (the owner) with lines below it."""
    rows = [row for row in parts.rows if row.value and not (posted and row.value == posted.written and not is_label(row.label, COMMENT))]
    owner = _value(rows, USERNAME) or _value(rows, OWNER)
    words = [row.value for row in rows if is_label(row.label, COMMENT)]
    strange = [row.value for row in rows if not any(is_label(row.label, table) for table in (COMMENT, OWNER, USERNAME))]
    if role.shape is Shape.COMMENTS and strange and not any(is_label(row.label, COMMENT) for row in parts.rows):
        words.append(strange.pop(0))
    if role.shape is Shape.COMMENTS and strange and not owner:
        owner = strange.pop(0)
    lines = parts.text.split("\n")
    if posted and posted.written in lines:
        lines.reverse()
        lines.remove(posted.written)  # the time stands last; the same words further up are the person's own
        lines.reverse()
    words.extend(line for line in lines if line.strip() and line not in parts.links)
    return Said("\n".join(dict.fromkeys(words)), owner or parts.title, parts.links[0] if parts.links else "")


def _date(context: Context, parts: Box, place: Locator) -> tuple[Moment | None, Problem | None]:
    """Return the time of a box: its date line, else the first date in its table or the last one below its heading."""
    cells = [row.value for row in parts.rows if row.has_own_cell]
    inside = [row.value for row in reversed(parts.rows) if not row.has_own_cell and not is_label(row.label, COMMENT)]
    candidates = [parts.date] if parts.date else [*cells, *inside, *reversed(parts.text.split("\n"))]
    moment = next((moment for written in candidates if (moment := read_printed(written, context.dates))), None)
    if moment is not None:
        return moment, None
    written = parts.date or next(filter(None, reversed(cells)), "") or next((value for value in inside if _LIKE_A_DATE.search(value)), "")
    if not written and parts.has_date and not parts.date:
        return None, None  # the platform prints no time for it
    if not written:
        return None, Problem(place.member, "no-date", say("This record has no time."), place.index)
    message = say("The time {written} does not read as a date with a clock time.", written=repr(written[:60]))
    return None, Problem(place.member, "bad-date", message, place.index)


def _conversation(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the messages of one conversation's page, newest first. Its title is the page's."""
    key, title = thread_key(member), page_header(context.archive, member).title
    people, begun = "", False
    for item in page_boxes(context.archive, member, keep_breaks=True):
        if isinstance(item, Problem):
            yield item
            continue
        parts = item.box
        if parts is None:
            continue
        found = _PEOPLE.match(parts.title)
        dated = parts.take_dated_parts()
        for number, part in enumerate(dated):
            at = replace(_piece(member, item).place, pointer=f"boxes/{number}")
            posted, problem = _date(context, part, at)
            if problem:
                yield problem
            yield _message(context, role, Piece(at, item.raw), part, posted=posted, thread=(key, title, people))
        if dated and not parts.date and parts.is_empty:
            continue
        if not parts.date and parts.is_empty and (not begun or not parts.has_date):  # or a setting: "Group Invite Link: On"
            people = people or (found[1].strip() if found else "")  # what stands above the messages says who takes part
            continue
        begun = begun or parts.has_date
        parts.has_date = parts.has_date or not begun  # above the messages stand settings of the conversation, without a date
        source = _piece(member, item)
        if not parts.date and not parts.text and not parts.pictures:
            yield Problem(member, "bad-item", say("This box is not a message: it has neither words nor a time."), item.index)
            continue
        posted, problem = _date(context, parts, source.place)
        if problem:
            yield problem
        message = _message(context, role, source, parts, posted=posted, thread=(key, title, people))
        yield message
        for number, written in enumerate(parts.reactions):
            reaction = _REACTION.match(written) if len(written) < 500 else None
            sign, actor, when = (reaction[1], reaction[2], reaction[3] or "") if reaction else (written, "", "")
            yield reaction_record(context, message, number, actor=actor, sign=sign, posted=read_printed(when, context.dates))


def _message(context: Context, role: Role, source: Piece, parts: Box, *, posted: Moment | None, thread: tuple[str, str, str]) -> Record:
    key, title, people = thread
    lines = [line for line in parts.text.split("\n") if line not in parts.links]
    text, author = "\n".join(lines).strip(), parts.title
    attachments: list[Attachment] = [context.attachment(picture.uri) for picture in parts.pictures]
    return Record(
        kind=role.kind,
        # A printed time has minutes only, so several messages share it: the words belong to the identity.
        native_id=context.made.make(f"messages/{key}", posted.written if posted else "", f"{author} {text}", [a.name for a in attachments]),
        place=source.place,
        raw=source.raw,
        text=text,
        author=author,
        posted=posted,
        thread_id=key,
        thread_title=title,
        attachments=tuple(dict.fromkeys(attachments)),
        links=tuple(dict.fromkeys((*parts.links, *links(text)))),
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
