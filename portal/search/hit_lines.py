"""Hits as lines of a page: who said something to whom, when, and the states that matter; ready values for the template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from indexer.catalog import AttachmentView, Parties, RecordView, parties
from indexer.query import Sort
from indexer.record import RecordKind
from indexer.search import Grouped, Hit, Results, TextPiece
from portal import words
from portal.addresses import url_for
from portal.i18n import _, _n
from portal.search.address import SearchParams

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a record, as a browser shows it."""

    address: str
    viewer: str
    description: str
    name: str


@dataclass(frozen=True, slots=True)
class LineGroup:
    """The other hits of a group; `unseen` counts those that the page does not list."""

    size: int
    others: tuple[HitLine, ...]
    unseen: int


@dataclass(frozen=True, slots=True)
class HitLine:
    """A hit. `heading` is on the first line of each day or month; `tags` are pairs of style class and word; `at` is UTC."""

    record_id: str
    address: str
    platform: str
    kind: str
    who: str
    to: str
    about: str
    title: str
    snippet: tuple[TextPiece, ...]
    tags: tuple[tuple[str, str], ...]
    at: datetime | None
    day: str  # empty below the heading of a day
    time: str
    is_assumed: bool  # its time zone
    heading: str
    pictures: tuple[Picture, ...]
    group: LineGroup | None = None

    @property
    def picture(self) -> str:
        """Address of the first picture; empty without one."""
        return self.pictures[0].address if self.pictures else ""

    @property
    def viewer(self) -> str:
        """Address of the page that shows the first picture; empty without one."""
        return self.pictures[0].viewer if self.pictures else ""


def lines(params: SearchParams, results: Results, grouped: Grouped | None) -> list[HitLine]:
    """Return the lines of a page, under headings if the order is by time and records are not grouped."""
    if grouped is not None and not grouped.is_too_many:
        return [
            _line(params, place.first.hit, place.first.number, _group(params, place.size, [(o.hit, o.number) for o in place.others]))
            for place in grouped.groups
        ]
    if params.sort is Sort.RELEVANCE:
        return [_line(params, hit, number) for number, hit in enumerate(results.records, params.offset + 1)]
    return list(_under_headings(params, results.records))


def _under_headings(params: SearchParams, hits: Sequence[Hit]) -> Iterator[HitLine]:
    """Yield lines under headings: of days, or of months or years if most days or months have a single hit on the page."""
    days = [words.local_day_of(hit.view.content.posted_at) if hit.view.content.posted_at else None for hit in hits]
    name = next(
        (name for name in (words.weekday, words.long_month) if len({day and name(day) for day in days}) * 2 <= len(days)), words.year
    )
    last = ""
    for number, (hit, day) in enumerate(zip(hits, days, strict=True), params.offset + 1):
        heading = _("Without a date") if day is None else name(day)
        shown = "" if day is None or name is words.weekday else words.short_day(day)
        yield _line(params, hit, number, heading="" if heading == last else heading, day=shown)
        last = heading


def _group(params: SearchParams, size: int, others: Sequence[tuple[Hit, int]]) -> LineGroup | None:
    if size < 2:
        return None
    return LineGroup(size, tuple(_line(params, hit, number) for hit, number in others), size - 1 - len(others))


def _line(
    params: SearchParams, hit: Hit, number: int, group: LineGroup | None = None, *, heading: str = "", day: str | None = None
) -> HitLine:
    """Return a line; without `day`, it states its own day in full."""
    view = hit.view
    between = parties(view)
    who, to, about = _people(view, between)
    title = view.content.title if view.content.text else ""
    if title.startswith(f"{who} ") and not to:  # "City of Kestrel Bend added a new photo."
        about, title = f"{title.removeprefix(who).strip().rstrip('.')} {about}".strip(), ""
    is_note = between is not None and between.is_event and bool(view.content.title)
    posted = view.content.posted_at
    return HitLine(
        record_id=view.record_id,
        address=_address(params, hit, number),
        platform=view.account.platform,
        kind=words.kind_word(view.kind),
        who=who,
        to=to,
        about=about,
        title="" if is_note else " · ".join(filter(None, (_thread(view), title))),
        snippet=((view.content.title, False),) if is_note else hit.snippet,
        tags=tuple(_tags(params, hit, between)),
        at=posted,
        day=(words.day(words.local_day_of(posted)) if posted else "") if day is None else day,
        time=words.clock(posted) if posted else _("no date"),
        is_assumed=view.content.time_is_assumed,
        heading=heading,
        pictures=tuple(_pictures(view)),
        group=group,
    )


def _address(params: SearchParams, hit: Hit, number: int) -> str:
    parts = []
    if hit.version != hit.view.version or (params.as_of and hit.view.versions > 1):
        parts.append(f"version={hit.version}")
    if way := params.way:
        parts.append(way)
    return f"{url_for('records.record', record_id=hit.view.record_id)}?{'&'.join([*parts, f'hit={number}'])}"


def _people(view: RecordView, between: Parties | None) -> tuple[str, str, str]:
    """Return who wrote a record, to whom, and a remark that names its account if neither does."""
    account, author = view.account.handle_or_name, view.content.author
    if between is not None and between.is_event:
        return account, "", _("conversation event")
    if between is not None and between.line:
        first = between.shown_recipients
        names = {between.sender, *between.recipients}
        return between.sender or first, first if between.sender else "", "" if account in names else f"· {account}"
    if not author or author in {account, view.account.name}:
        return author or account, "", ""
    if view.kind == RecordKind.REPOST:
        return author, "", _("reposted by %(account)s", account=account)
    return author, "", f"· {account}"


def _thread(view: RecordView) -> str:
    """Return the name of a conversation, unless it only repeats who wrote."""
    content = view.content
    return content.thread_title if content.thread_title != content.author else ""


def _tags(params: SearchParams, hit: Hit, between: Parties | None) -> Iterator[tuple[str, str]]:
    view = hit.view
    if between is not None and not between.is_event:
        yield "", _("private message")
    elif view.kind not in {RecordKind.POST, RecordKind.REPOST, RecordKind.MESSAGE}:
        yield "", words.kind_word(view.kind)
    if hit.version != view.version:
        yield "tag-warn", _("found in version %(number)s of %(count)s, not in the current version", number=hit.version, count=view.versions)
    elif params.as_of and view.versions > 1:
        yield "tag-good", _("version %(number)s of %(count)s, current on that day", number=hit.version, count=view.versions)
    yield from state_tags(view, params.as_of)
    if view.attachments:
        yield "", _attachments(view.attachments)


def state_tags(view: RecordView, as_of: date | None) -> Iterator[tuple[str, str]]:
    """Yield a record's states; what was deleted after the day asked for did not look deleted then."""
    content = view.content
    if content.deleted_at:
        deleted_on = words.local_day_of(content.deleted_at)
        if as_of and deleted_on > as_of:
            yield "", _("deleted on %(day)s, after the date shown", day=words.day(deleted_on))
        else:
            yield "tag-bad", _("deleted")
    if view.versions > 1:
        yield "tag-warn", _("edited, %(count)s versions", count=words.number(view.versions))
    elif content.edited_at:
        yield "tag-warn", _("edited")
    for day in view.not_in_capture_of:
        yield "tag-bad", _("gone by %(day)s", day=words.day(day))


def _attachments(attachments: Sequence[AttachmentView]) -> str:
    pictures = sum(attachment.media_type.startswith("image/") for attachment in attachments)
    if pictures == len(attachments):
        return _n("%(num)s picture", "%(num)s pictures", pictures)
    if len(attachments) == 1 and attachments[0].media_type.startswith("video/"):
        return _("video")
    return _n("%(num)s file", "%(num)s files", len(attachments))


def _pictures(view: RecordView) -> Iterator[Picture]:
    for number, attachment in enumerate(view.attachments):
        if attachment.member and attachment.media_type in PICTURES:
            address = url_for("media.file", number=number, record_id=view.record_id)
            viewer = url_for("media.viewer", number=number, record_id=view.record_id)
            yield Picture(address, viewer, attachment.description or "", attachment.name)
