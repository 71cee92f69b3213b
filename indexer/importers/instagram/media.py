"""Publications from JSON of 2021 to now: posts, reels, stories, IGTV, profile photos, other content, Threads.

A post is `{"media": [...], "title", "creation_timestamp"}`. With one medium the caption and the time are the medium's;
with several (a carousel) they are the post's. A story is a medium without an enclosing post; the format of
2025/26 has labeled lines instead of keys. Times are epoch seconds UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.evidence import JsonItem
from indexer.i18n import say
from indexer.importers.instagram.context import Context, Source, decode_items, media_number, read_stamp, source_of, with_extra
from indexer.importers.instagram.labels import COMMENT, is_label
from indexer.importers.instagram.members import Role
from indexer.importers.instagram.shapes import ENTRY, MEDIUM, Medium, TextAppPost
from indexer.importers.instagram.times import read_printed
from indexer.importers.meta.html_pages import page_boxes
from indexer.record import Attachment, Locator, Moment, Problem, Record, RecordKind
from indexer.text import hashtags, links, mentions, repair_mojibake


def read_publications(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the publications of a JSON member; unreadable items become Problems."""
    for result in decode_items(context, member, MEDIUM):
        if isinstance(result, Problem):
            yield result
        else:
            yield from _read_post(context, role, member, *result)


def _read_post(context: Context, role: Role, member: str, number: int, item: JsonItem, post: Medium) -> Iterator[Record | Problem]:  # noqa: PLR0917  # the parts of an item
    context.unknown_keys.check(f"{role.format} {role.kind}", member, number, item.raw, Medium)
    media = _as_list(post.media) or ([post] if post.uri is not None else [])
    lines = list(post.lines()) if post.label_values else []
    media = media or [medium for _, line in lines for medium in _as_list(line.media)]
    labeled = next((line.value for path, line in lines if isinstance(line.value, str) and is_label(path.rsplit("/", 1)[-1], COMMENT)), "")
    if not media and not post.title and not post.creation_timestamp and not labeled:
        message = say("This item has neither media nor a caption nor a time, so it is not what the file is for.")
        yield Problem(member, "bad-item", message, number)
        return
    titles = [repair_mojibake(medium.title or "") for medium in media]
    text = repair_mojibake(post.title or labeled) or next((title for title in titles if title), "")
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
    yield publication_record(context, role, source_of(member, number, item), Publication(text, posted, attachments, is_reply=reply))


def _as_list(media: list[Medium] | Medium | None) -> list[Medium]:
    return [media] if isinstance(media, Medium) else media or []


def _attachments(context: Context, media: list[Medium], titles: list[str], post_text: str) -> Iterator[Attachment]:
    for medium, title in zip(media, titles, strict=True):
        description = repair_mojibake(medium.description or "") or (title if title != post_text else "")
        if medium.uri:
            yield context.attachment(medium.uri, description, medium.backup_uri or "")
        if medium.subtitles:
            yield context.attachment(medium.subtitles, "subtitles")


@dataclass(frozen=True, slots=True)
class Publication:
    """The content of a publication. `tagged` are the accounts tagged in the picture."""

    text: str
    posted: Moment | None
    attachments: tuple[Attachment, ...]
    is_reply: bool = False
    tagged: str = ""


def publication_record(context: Context, role: Role, source: Source, content: Publication) -> Record:
    """Make the record of a publication, from JSON or HTML. Its repetition in the insights is folded in."""
    text, posted, attachments = content.text, content.posted, content.attachments
    kind = _kind_of(role, attachments, is_reply=content.is_reply)
    media = [attachment for attachment in attachments if attachment.description != "subtitles"]
    first_number = media_number(media[0].name) if media else ""
    repeats = kind in {RecordKind.POST, RecordKind.REEL, RecordKind.VIDEO}
    return Record(
        kind=kind,
        native_id=context.media_id(kind, posted, text, media),
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
        folded=context.insights.take([attachment.name for attachment in media], posted, text) if repeats else (),
        extra=with_extra(role.extra, media_id=first_number, tagged=content.tagged),
    )


def _kind_of(role: Role, attachments: tuple[Attachment, ...], *, is_reply: bool) -> RecordKind:
    if is_reply and RecordKind.REPLY in role.also:
        return RecordKind.REPLY
    if role.kind is RecordKind.PHOTO and RecordKind.VIDEO in role.also and attachments and attachments[0].media_type.startswith("video/"):
        return RecordKind.VIDEO
    return role.kind


def load_insights(context: Context, member: str) -> Iterator[Problem]:
    """Load the locations of insights and the keys of their posts; yield the problems of the member."""
    for result in _read_insights(context, member):
        if isinstance(result, Problem):
            yield result
        else:
            place, _, text, posted, attachment = result
            context.insights.add(place, attachment.name if attachment else "", posted, text)


def unmatched_insights(context: Context, role: Role, member: str) -> Iterator[Record]:
    """Yield the posts found only in the insights, after all posts of the archive were read."""
    unmatched = {place.index for place in context.insights.places.values() if place.member == member}
    for result in _read_insights(context, member) if unmatched else ():
        if isinstance(result, Problem) or result[0].index not in unmatched:
            continue
        place, raw, text, posted, attachment = result
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


_Insight = tuple[Locator, bytes, str, Moment | None, Attachment | None]


def _read_insights(context: Context, member: str) -> Iterator[_Insight | Problem]:
    if member.endswith(".html"):
        for page_box in page_boxes(context.archive, member, keep_breaks=True):
            if isinstance(page_box, Problem):
                yield page_box
                continue
            box = page_box.box
            if box is None:
                continue
            if len(box.pictures) > 1 or box.inner:
                message = say("This item holds another one whose beginning is not of a known form; only the first of them was read.")
                yield Problem(member, "bad-item", message, page_box.index)
            posted = next((moment for row in box.rows if (moment := read_printed(row.value, context.dates))), None)
            picture = box.pictures[0] if box.pictures else None
            attachment = context.attachment(picture.uri) if picture else None
            place = Locator(member, page_box.index, page_box.start, len(page_box.raw))
            yield place, page_box.raw, picture.caption if picture else box.title, posted, attachment
        return
    for result in decode_items(context, member, ENTRY):
        if isinstance(result, Problem):
            yield result
            continue
        number, item, entry = result
        media = list(entry.media_map_data.values()) if isinstance(entry.media_map_data, dict) else []
        medium = media[0] if media else Medium()
        times = (value.timestamp for value in entry.mapped().values() if value.timestamp)
        posted, _ = read_stamp(medium.creation_timestamp or next(times, None), member, number)
        attachment = context.attachment(medium.uri) if medium.uri else None
        place = Locator(member, number, item.start, len(item.raw))
        yield place, item.raw, repair_mojibake(medium.title or entry.title or ""), posted, attachment
