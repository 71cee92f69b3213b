"""What an account published, from JSON of 2021 to now: posts, reels, stories, IGTV, profile photos, other content, Threads.

A post is `{"media": [...], "title", "creation_timestamp"}`. With one medium the caption and the time are the medium's;
with several (a carousel) they are the post's. A story is a medium without a post around it; the form of
2025/26 has lines with labels instead of keys. Times are epoch seconds UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.evidence.json_members import JsonItem
from indexer.i18n import say
from indexer.importers.instagram.context import Context, Piece, decoded, media_number, piece, read_stamp, with_extra
from indexer.importers.instagram.labels import COMMENT, is_label
from indexer.importers.instagram.members import Role
from indexer.importers.instagram.shapes import ENTRY, MEDIUM, Medium, TextAppPost
from indexer.importers.instagram.times import read_printed
from indexer.importers.meta.html_pages import page_boxes
from indexer.record import Attachment, Locator, Moment, Problem, Record, RecordKind
from indexer.text import hashtags, links, mentions, repair_mojibake


def published(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the posts (or whatever the role says) of one JSON member; what does not read becomes a Problem."""
    for found in decoded(context, member, MEDIUM):
        if isinstance(found, Problem):
            yield found
        else:
            yield from _post(context, role, member, *found)


def _post(context: Context, role: Role, member: str, number: int, item: JsonItem, post: Medium) -> Iterator[Record | Problem]:  # noqa: PLR0917  # an item as it was found
    context.unknown_keys.check(f"{role.shape} {role.kind}", member, number, item.raw, Medium)
    media = _many(post.media) or ([post] if post.uri is not None else [])
    lines = list(post.lines()) if post.label_values else []
    media = media or [medium for _, line in lines for medium in _many(line.media)]
    labelled = next((line.value for path, line in lines if isinstance(line.value, str) and is_label(path.rsplit("/", 1)[-1], COMMENT)), "")
    if not media and not post.title and not post.creation_timestamp and not labelled:
        message = say("This item has neither media nor a caption nor a time, so it is not what the file is for.")
        yield Problem(member, "bad-item", message, number)
        return
    titles = [repair_mojibake(medium.title or "") for medium in media]
    text = repair_mojibake(post.title or labelled) or next((title for title in titles if title), "")
    seconds = (
        post.creation_timestamp
        or post.timestamp
        or next((medium.creation_timestamp for medium in media if medium.creation_timestamp), None)
    )
    posted, problem = read_stamp(seconds, member, number)
    if problem:
        yield problem
    attachments = tuple(_attachments(context, media, titles, text))
    reply = any(isinstance(medium.text_app_post, TextAppPost) and medium.text_app_post.is_reply for medium in [post, *media])
    yield publication(context, role, piece(member, number, item), Published(text, posted, attachments, is_reply=reply))


def _many(media: list[Medium] | Medium | None) -> list[Medium]:
    return [media] if isinstance(media, Medium) else media or []


def _attachments(context: Context, media: list[Medium], titles: list[str], text: str) -> Iterator[Attachment]:
    for medium, title in zip(media, titles, strict=True):
        own = repair_mojibake(medium.description or "") or (title if title != text else "")
        if medium.uri:
            yield context.attachment(medium.uri, own, medium.backup_uri or "")
        if medium.subtitles:
            yield context.attachment(medium.subtitles, "subtitles")


@dataclass(frozen=True, slots=True)
class Published:
    """What an archive says of something published. `tagged` are the accounts that were tagged in the picture."""

    text: str
    posted: Moment | None
    attachments: tuple[Attachment, ...]
    is_reply: bool = False
    tagged: str = ""


def publication(context: Context, role: Role, source: Piece, published: Published) -> Record:
    """Return the record of something published, for JSON and HTML alike. What stands in the insights again is folded in."""
    text, posted, attachments = published.text, published.posted, published.attachments
    kind = _kind(role, attachments, is_reply=published.is_reply)
    shown = [attachment for attachment in attachments if attachment.description != "subtitles"]
    first = media_number(shown[0].name) if shown else ""
    repeats = kind in {RecordKind.POST, RecordKind.REEL, RecordKind.VIDEO}
    return Record(
        kind=kind,
        native_id=context.media_id(kind, posted, text, shown),
        place=source.place,
        raw=source.raw,
        text=text,
        author=context.owner,
        posted=posted,
        attachments=attachments,
        links=links(text),
        hashtags=hashtags(text),
        mentions=mentions(text),
        id_is_made=True,
        folded=context.insights.take([attachment.name for attachment in shown], posted, text) if repeats else (),
        extra=with_extra(role.extra, media_id=first, tagged=published.tagged),
    )


def _kind(role: Role, attachments: tuple[Attachment, ...], *, is_reply: bool) -> RecordKind:
    if is_reply and RecordKind.REPLY in role.also:
        return RecordKind.REPLY
    if role.kind is RecordKind.PHOTO and RecordKind.VIDEO in role.also and attachments and attachments[0].media_type.startswith("video/"):
        return RecordKind.VIDEO
    return role.kind


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


_Found = tuple[Locator, bytes, str, Moment | None, Attachment | None]


def _items(context: Context, member: str) -> Iterator[_Found | Problem]:
    if member.endswith(".html"):
        for box in page_boxes(context.archive, member, keep_breaks=True):
            if isinstance(box, Problem):
                yield box
                continue
            parts = box.box
            if parts is None:
                continue
            if len(parts.pictures) > 1 or parts.inner:
                message = say("This item holds another one whose beginning is not of a known form; only the first of them was read.")
                yield Problem(member, "bad-item", message, box.index)
            posted = next((moment for row in parts.rows if (moment := read_printed(row.value, context.dates))), None)
            picture = parts.pictures[0] if parts.pictures else None
            attachment = context.attachment(picture.uri) if picture else None
            place = Locator(member, box.index, box.start, len(box.raw))
            yield place, box.raw, picture.caption if picture else parts.title, posted, attachment
        return
    for found in decoded(context, member, ENTRY):
        if isinstance(found, Problem):
            yield found
            continue
        number, item, entry = found
        media = list(entry.media_map_data.values()) if isinstance(entry.media_map_data, dict) else []
        medium = media[0] if media else Medium()
        mapped = (value.timestamp for value in entry.mapped().values() if value.timestamp)
        posted, _ = read_stamp(medium.creation_timestamp or next(mapped, None), member, number)
        attachment = context.attachment(medium.uri) if medium.uri else None
        place = Locator(member, number, item.start, len(item.raw))
        yield place, item.raw, repair_mojibake(medium.title or entry.title or ""), posted, attachment
