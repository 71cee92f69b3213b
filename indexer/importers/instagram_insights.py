"""`past_instagram_insights/posts`: the posts once more, with reach figures (seen HTML 2025; JSON by its documentation).

Each item repeats caption, time and first picture of a post. It is folded into that post, so that nothing is counted
twice; an item whose post is not in the archive any more (deleted since) is the only trace of it and becomes a record.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.importers.instagram_context import UNREADABLE, Context, items, read_stamp, with_extra
from indexer.importers.instagram_dates import read_printed
from indexer.importers.instagram_members import Role
from indexer.importers.instagram_pages import boxes, take_apart
from indexer.importers.instagram_shapes import ENTRY, Medium
from indexer.meta_json import bad_item
from indexer.record import Attachment, Moment, Place, Problem, Record
from indexer.text import hashtags, links, mentions, repair_mojibake


def learn_insights(context: Context, member: str) -> Iterator[Problem]:
    """Remember where each item stands and what finds its post; yields the problems of the member."""
    for found in _items(context, member):
        if isinstance(found, Problem):
            yield found
        else:
            place, _, text, posted, attachment = found
            context.insights.add(place, attachment.name if attachment else "", posted, text)


def left_insights(context: Context, role: Role, member: str) -> Iterator[Record]:
    """Yield the posts that only the insights know, once all posts of the archive were read."""
    left = {place.index for place in context.insights.places.values() if place.member == member}
    for found in _items(context, member) if left else ():
        if isinstance(found, Problem) or found[0].index not in left:
            continue
        place, raw, text, posted, attachment = found
        attachments = (attachment,) if attachment else ()
        yield Record(
            kind=role.kind,
            native_id=context.media_id(role.kind, posted, text, attachments),
            place=place,
            raw=raw,
            text=text,
            author=context.owner,
            posted=posted,
            attachments=attachments,
            links=links(text),
            hashtags=hashtags(text),
            mentions=mentions(text),
            id_is_made=True,
            extra=with_extra({}, state="known from its reach figures only"),
        )


_Found = tuple[Place, bytes, str, Moment | None, Attachment | None]


def _items(context: Context, member: str) -> Iterator[_Found | Problem]:
    if member.endswith(".html"):
        for box in boxes(context.archive, member):
            if isinstance(box, Problem):
                yield box
                continue
            parts = take_apart(box.raw)
            posted = next((moment for row in parts.rows if (moment := read_printed(row.value))), None)
            picture = parts.pictures[0] if parts.pictures else None
            attachment = context.attachment(picture.source) if picture else None
            place = Place(member, box.number, box.start, len(box.raw))
            yield place, box.raw, picture.caption if picture else parts.heading, posted, attachment
        return
    for found in items(context.archive, member):
        if isinstance(found, Problem):
            yield found
            continue
        number, item = found
        try:
            entry = ENTRY.decode(item.raw)
        except UNREADABLE as error:
            yield bad_item(member, number, error)
            continue
        media = list(entry.media_map_data.values()) if isinstance(entry.media_map_data, dict) else []
        medium = media[0] if media else Medium()
        mapped = (value.timestamp for value in entry.mapped().values() if value.timestamp)
        posted, _ = read_stamp(medium.creation_timestamp or next(mapped, None), member, number)
        attachment = context.attachment(medium.uri) if medium.uri else None
        place = Place(member, number, item.start, len(item.raw))
        yield place, item.raw, repair_mojibake(medium.title or entry.title or ""), posted, attachment
