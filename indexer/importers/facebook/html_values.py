"""Values shared by the readers of Facebook's HTML pages (mid-2018 to 2026): dates, content, events, picture comments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from indexer.i18n import say
from indexer.importers.facebook.content import Content
from indexer.importers.facebook.context import Context, media_key
from indexer.importers.facebook.members import Role
from indexer.importers.meta.html_boxes import Box
from indexer.importers.meta.times import find_dates, parse_date
from indexer.record import Locator, Moment, Problem, Record, RecordKind

DEFAULT_TYPES = {"img": "image/jpeg", "video": "video/mp4", "audio": "audio/mp4"}


def read_date(
    context: Context, text: str, offset: timedelta | None, place: Locator, *, states_none: bool = False
) -> tuple[Moment | None, list[Problem]]:
    """Return the moment of a printed date and its problems. With `states_none`, a missing date is not a problem."""
    posted = context.dates.moment(text, offset)
    if posted is None and text:
        return None, [Problem(place.member, "bad-date", say("The date {written} cannot be read.", written=repr(text[:80])), place.index)]
    if posted is None:
        return None, [] if states_none else [Problem(place.member, "no-date", say("This item has no date."), place.index)]
    date = parse_date(text)
    if date is not None and date.zone:
        message = say(
            "The zone {zone} of {written} is not known or stands for several; the time is taken as the account's local one.",
            zone=repr(date.zone),
            written=repr(text[:80]),
        )
        return posted, [Problem(place.member, "unknown-zone", message, place.index)]
    return posted, []


def fill_content(context: Context, box: Box, content: Content) -> None:
    """Add a box to a content: its own words, the lines of its attachments, pictures and links."""
    content.add_text("\n".join(box.lines))
    for line in box.attached_lines:
        content.add_text(line)
    captions = [picture.caption for picture in box.pictures]
    if not content.words and len(captions) == 1 and captions[0]:
        content.add_text(captions[0])
    for picture in box.pictures:
        description = "" if " ".join(picture.caption.split()) == " ".join(content.text.split()) else picture.caption
        content.attachments.append(context.files.attachment(picture.uri, description, DEFAULT_TYPES.get(picture.tag, "")))
        content.uris.append(picture.uri)
    for link in box.links:
        content.link(link)


def event_record(context: Context, box: Box, place: Locator, raw: bytes, offset: timedelta | None) -> Record:
    """Return an event that the account responded to. The page prints when it takes place, not the time of the response."""
    content = Content()
    fill_content(context, box, content)
    if box.lines:
        content.extra["event"] = box.lines[0]
    if box.title:
        content.extra["response"] = box.title
    for name, match in zip(("event start", "event end"), find_dates(box.date), strict=False):
        wall = match.date.wall
        utc = wall - offset if offset is not None else None
        content.extra[name] = f"{utc:%Y-%m-%d %H:%M} UTC" if utc else f"{wall:%Y-%m-%d %H:%M}, local time of the account"
    content.extra["date_as_written"] = box.date
    return Record(
        kind=RecordKind.EVENT,
        native_id=context.made.make(Role.EVENTS.value, box.date, content.text),
        place=place,
        raw=raw,
        title=box.title,
        id_is_made=True,
        **content.fields(),
    )


def picture_comments(context: Context, box: Box, place: Locator, raw: bytes, offset: timedelta | None) -> Iterator[Record | Problem]:
    """Yield the comments by any person under a box's pictures (2018-2019), unless another page has them too."""
    equals: dict[tuple[str, str, str], int] = {}
    for number, comment in enumerate(box.comments):
        uri = comment.uri or next((picture.uri for picture in box.pictures), "")
        parts = (comment.author, comment.date, comment.text)
        equals[parts] = equals.get(parts, 0) + 1
        if not context.media.is_new_comment(uri, *parts, str(equals[parts])):
            continue
        key = media_key(uri)
        comment_place = Locator(place.member, place.index, place.start, place.length, f"comments/{number}")
        content = Content()
        content.add_text(comment.text)
        posted, problems = read_date(context, comment.date, offset, comment_place)
        yield from problems
        yield Record(
            kind=RecordKind.COMMENT,
            native_id=context.made.make("comments on media", posted.written if posted else "", f"{comment.author} {content.text}", [key]),
            place=comment_place,
            raw=raw,
            title="Comment under a photo or video.",
            author=comment.author,
            posted=posted,
            thread_id=f"media/{key}",
            id_is_made=True,
            **content.fields(),
        )
