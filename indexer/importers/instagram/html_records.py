"""Records from HTML pages of 2022 to now: what was published, comments, likes, messages.

Times are printed in UTC-8 without a zone (see `instagram_dates`). The labels are in the account's language, so comments
are read by label and, where it is not in our tables, by order: comment, owner, time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from indexer.importers.instagram.context import Context, Piece, reaction_record, with_extra
from indexer.importers.instagram.entries import Said, entry_record
from indexer.importers.instagram.html_pages import Box, Parts, Row, boxes, page_title, take_apart
from indexer.importers.instagram.labels import COMMENT, OWNER, TAGGED, USERNAME, is_label
from indexer.importers.instagram.media import publication
from indexer.importers.instagram.members import Role, Shape
from indexer.importers.instagram.times import read_printed
from indexer.importers.meta.messages import thread_key
from indexer.record import Attachment, Moment, Place, Problem, Record
from indexer.text import hashtags, links, mentions

_TAGGED = re.compile(r"(?<![A-Za-z0-9_.])([A-Za-z0-9_.]++) \([^()]*+\)")
_PEOPLE = re.compile(r"^(?:Participants|Participantes|Peserta)\s*:\s*(.+)$", re.DOTALL)
_REACTION = re.compile(r"([^\w\s]\S*?)\s*(\w.*?)(?:\s*\(([^()]*)\))?\Z", re.DOTALL)
_PENDING = "message_requests/"


def page_records(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the records of one page; a box that is none of the role's becomes a Problem ("bad-item")."""
    if role.shape is Shape.MESSAGES:
        yield from _conversation(context, role, member)
        return
    read = _publication if role.shape is Shape.MEDIA else _entry
    for box in boxes(context.archive, member):
        if isinstance(box, Problem):
            yield box
        else:
            yield from _one(context, role, member, box, read)


_Reader = Callable[[Context, Role, Piece, Parts], Iterator[Record | Problem]]


def _one(context: Context, role: Role, member: str, box: Box, read: _Reader) -> Iterator[Record | Problem]:
    problem = _not_utf8(member, box)
    if problem:
        yield problem
    yield from read(context, role, _piece(member, box), take_apart(box.raw))


def _piece(member: str, box: Box) -> Piece:
    return Piece(Place(member, box.number, box.start, len(box.raw)), box.raw)


def _not_utf8(member: str, box: Box) -> Problem | None:
    try:
        box.raw.decode()
    except UnicodeDecodeError:
        message = "This record is not UTF-8 text; letters that do not read are shown as replacement signs."
        return Problem(member, "html-encoding", message, box.number)
    return None


def _publication(context: Context, role: Role, source: Piece, parts: Parts) -> Iterator[Record | Problem]:
    place = source.place
    caption = _value(parts.rows, COMMENT)
    text, captions = _caption(parts, caption)
    if not text and not parts.pictures:
        yield Problem(place.member, "bad-item", "This box has neither a caption nor media, so it is not what the page is for.", place.index)
        return
    posted, problem = _date(parts, place)
    if problem:
        yield problem
    tagged = _value(parts.rows, TAGGED)
    attachments = [
        *(context.attachment(picture.source, own) for picture, own in zip(parts.pictures, captions, strict=True)),
        *(context.attachment(source, "subtitles") for source in parts.subtitles),
    ]
    unique = tuple(dict.fromkeys(attachments))
    yield publication(context, role, source, text, posted, attachments=unique, tagged=", ".join(_TAGGED.findall(tagged)))


def _caption(parts: Parts, labelled: str) -> tuple[str, list[str]]:
    """Return the caption, once, and for each picture the words under it that are not in the caption.

    A caption may stand as heading and again under each picture; what stands beside both belongs to the text too.
    """
    rest = parts.text
    for picture in parts.pictures:
        rest = rest.replace(picture.caption, "", 1) if picture.caption else rest
    text = parts.heading or labelled
    if not text and len({picture.caption for picture in parts.pictures}) == 1:
        text = parts.pictures[0].caption
    if (rest := rest.strip()) and rest not in text:
        text = f"{text}\n{rest}" if text else rest
    return text, ["" if picture.caption in text else picture.caption for picture in parts.pictures]


def _entry(context: Context, role: Role, source: Piece, parts: Parts) -> Iterator[Record | Problem]:
    place = source.place
    if not parts.rows and not parts.text and not parts.heading:
        yield Problem(place.member, "bad-item", "This box says nothing that its page is for.", place.index)
        return
    posted, problem = _date(parts, place)
    if problem:
        yield problem
    yield entry_record(context, role, source, _said(parts, role, posted), posted)


def _value(rows: list[Row], labels: frozenset[str]) -> str:
    return next((row.value for row in rows if row.value and is_label(row.label, labels)), "")


def _said(parts: Parts, role: Role, posted: Moment | None) -> Said:
    """Read a comment or like: a table of labels and values, or a heading (the owner) with lines below it."""
    rows = [row for row in parts.rows if row.value and not (row.beside and posted and row.value == posted.written)]
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
    return Said("\n".join(dict.fromkeys(words)), owner or parts.heading, parts.links[0] if parts.links else "")


def _date(parts: Parts, place: Place) -> tuple[Moment | None, Problem | None]:
    """Return the time of a box: its date line, else the first date in its table or the last one below its heading."""
    cells = [row.value for row in parts.rows if row.beside]
    candidates = [parts.date] if parts.date else [*cells, *reversed(parts.text.split("\n"))]
    moment = next((moment for written in candidates if (moment := read_printed(written))), None)
    if moment is not None:
        return moment, None
    written = parts.date or next(filter(None, reversed(cells)), "")
    if not written:
        return None, Problem(place.member, "bad-date", "This record has no time.", place.index)
    return None, Problem(place.member, "bad-date", f"The time {written[:60]!r} does not read as a date with a clock time.", place.index)


def _conversation(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the messages of one conversation's page, newest first. Its title is the page's."""
    key, title = thread_key(member), page_title(context.archive, member)
    people, begun = "", False
    for box in boxes(context.archive, member):
        if isinstance(box, Problem):
            yield box
            continue
        parts = take_apart(box.raw)
        found = _PEOPLE.match(parts.heading)
        if not begun and not parts.date and not parts.text and not parts.pictures:
            people = found[1].strip() if found else people  # what stands above the messages says who takes part
            continue
        begun = True
        source = _piece(member, box)
        if not parts.date and not parts.text and not parts.pictures:
            yield Problem(member, "bad-item", "This box is not a message: it has neither words nor a time.", box.number)
            continue
        problem = _not_utf8(member, box)
        if problem:
            yield problem
        posted, problem = _date(parts, source.place)
        if problem:
            yield problem
        message = _message(context, role, source, parts, posted=posted, thread=(key, title, people))
        yield message
        for number, written in enumerate(parts.reactions):
            reaction = _REACTION.match(written) if len(written) < 500 else None
            sign, actor, when = (reaction[1], reaction[2], reaction[3] or "") if reaction else (written, "", "")
            yield reaction_record(context, message, number, actor=actor, sign=sign, posted=read_printed(when))


def _message(context: Context, role: Role, source: Piece, parts: Parts, *, posted: Moment | None, thread: tuple[str, str, str]) -> Record:
    key, title, people = thread
    lines = [line for line in parts.text.split("\n") if line not in parts.links]
    text, author = "\n".join(lines).strip(), parts.heading
    attachments: list[Attachment] = [context.attachment(picture.source) for picture in parts.pictures]
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
