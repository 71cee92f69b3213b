"""What the readers of Facebook's HTML pages share (mid-2018 to 2026): dates, contents, events, comments under pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from indexer.i18n import say
from indexer.importers.facebook.content import Content
from indexer.importers.facebook.context import Reading, media_key
from indexer.importers.facebook.members import Role
from indexer.importers.meta.html_boxes import Box
from indexer.importers.meta.times import find_dates, parse_date
from indexer.record import Locator, Moment, Problem, Record, RecordKind

DEFAULT_TYPES = {"img": "image/jpeg", "video": "video/mp4", "audio": "audio/mp4"}


def read_date(
    reading: Reading, text: str, offset: timedelta | None, place: Locator, *, states_none: bool = False
) -> tuple[Moment | None, list[Problem]]:
    """Return the moment of a printed date and what is wrong with it; a page that `states_none` has nothing wrong."""
    posted = reading.dates.moment(text, offset)
    if posted is None and text:
        return None, [Problem(place.member, "bad-date", say("The date {written} cannot be read.", written=repr(text[:80])), place.index)]
    if posted is None:
        return None, [] if states_none else [Problem(place.member, "no-date", say("This item has no date."), place.index)]
    read = parse_date(text)
    if read is not None and read.zone:
        said = say(
            "The zone {zone} of {written} is not known or stands for several; the time is taken as the account's local one.",
            zone=repr(read.zone),
            written=repr(text[:80]),
        )
        return posted, [Problem(place.member, "unknown-zone", said, place.index)]
    return posted, []


def fill(reading: Reading, box: Box, content: Content) -> None:
    """Put what a box shows into a content: its own words, then the lines of what is attached; pictures and links."""
    content.add_text("\n".join(box.lines))
    for line in box.shown:
        content.add_text(line)
    captions = [picture.caption for picture in box.pictures]
    if not content.words and len(captions) == 1 and captions[0]:
        content.add_text(captions[0])
    for picture in box.pictures:
        description = "" if " ".join(picture.caption.split()) == " ".join(content.text.split()) else picture.caption
        content.attachments.append(reading.files.attachment(picture.uri, description, DEFAULT_TYPES.get(picture.tag, "")))
        content.uris.append(picture.uri)
    for link in box.links:
        content.link(link)


def event_record(reading: Reading, box: Box, place: Locator, raw: bytes, offset: timedelta | None) -> Record:
    """Return an event that the account answered: the page prints when it takes place, not when it was answered."""
    content = Content()
    fill(reading, box, content)
    if box.lines:
        content.extra["event"] = box.lines[0]
    if box.title:
        content.extra["response"] = box.title
    for name, found in zip(("event start", "event end"), find_dates(box.date), strict=False):
        wall = found.date.wall
        utc = wall - offset if offset is not None else None
        content.extra[name] = f"{utc:%Y-%m-%d %H:%M} UTC" if utc else f"{wall:%Y-%m-%d %H:%M}, local time of the account"
    content.extra["date_as_written"] = box.date
    return Record(
        kind=RecordKind.EVENT,
        native_id=reading.made.make(Role.EVENTS.value, box.date, content.text),
        place=place,
        raw=raw,
        title=box.title,
        id_is_made=True,
        **content.fields(),
    )


def picture_comments(reading: Reading, box: Box, place: Locator, raw: bytes, offset: timedelta | None) -> Iterator[Record | Problem]:
    """Yield the comments by anybody under the pictures of a box (2018-2019), unless another page's box had them."""
    equals: dict[tuple[str, str, str], int] = {}
    for number, comment in enumerate(box.comments):
        uri = comment.uri or next((picture.uri for picture in box.pictures), "")
        said = (comment.author, comment.date, comment.text)
        equals[said] = equals.get(said, 0) + 1
        if not reading.media.is_new_comment(uri, *said, str(equals[said])):
            continue
        key = media_key(uri)
        at = Locator(place.member, place.index, place.start, place.length, f"comments/{number}")
        content = Content()
        content.add_text(comment.text)
        posted, problems = read_date(reading, comment.date, offset, at)
        yield from problems
        yield Record(
            kind=RecordKind.COMMENT,
            native_id=reading.made.make("comments on media", posted.written if posted else "", f"{comment.author} {content.text}", [key]),
            place=at,
            raw=raw,
            title="Comment under a photo or video.",
            author=comment.author,
            posted=posted,
            thread_id=f"media/{key}",
            id_is_made=True,
            **content.fields(),
        )
