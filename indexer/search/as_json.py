"""Records and results as JSON: one documented shape for the command line and the portal."""

from __future__ import annotations

from typing import Any

from indexer.catalog.models import AccountView, RecordView
from indexer.catalog.parties import parties
from indexer.coverage import scope
from indexer.local_time import to_local, utc_text
from indexer.masking import mask_tokens
from indexer.search.announced import shape as announced_shape
from indexer.search.groups import Grouped
from indexer.search.results import Hit, Results
from indexer.search.suggestions import Explained

Shape = dict[str, Any]


def record(view: RecordView, zone_name: str) -> Shape:
    """Shape of one record, in `search` and in the portal's /search.json."""
    return {
        "id": view.record_id,
        "platform": view.account.platform,
        "account": view.account.handle_or_name,
        "kind": view.kind,
        "author": view.content.author,
        **_parties(view),
        "posted_at": utc_text(view.content.posted_at) or None,
        "posted_local": to_local(view.content.posted_at, zone_name).isoformat() if view.content.posted_at else None,
        "posted_as_written": view.content.posted_written,
        "time_rule": view.content.posted_rule,
        "time_is_assumed": view.content.time_is_assumed,
        "title": view.content.title,
        "text": view.content.text,
        "url": mask_tokens(view.content.url),
        "thread": view.content.thread_id,
        "parent": view.content.parent_id,
        "hashtags": list(view.content.hashtags),
        "mentions": list(view.content.mentions),
        "links": [mask_tokens(link) for link in view.content.links],
        "attachments": [{"name": a.name, "media_type": a.media_type, "held": bool(a.member)} for a in view.attachments],
        "edited_at": utc_text(view.content.edited_at) or None,
        "deleted_at": utc_text(view.content.deleted_at) or None,
        "version": view.version,
        "versions": view.versions,
        "not_in_capture_of": [day.isoformat() for day in view.not_in_capture_of],
        "capture": {
            "id": view.origin.capture_id,
            "sha256": view.origin.capture_digest,
            "member": view.origin.member,
            "item": view.origin.item,
        },
        "content_digest": view.content_digest,
    }


def _parties(view: RecordView) -> Shape:
    """Return from whom and to whom a message went; all null for another record."""
    found = parties(view)
    if found is None:
        return {"from": None, "to": None, "direction": None}
    return {"from": found.sender or None, "to": list(found.recipients), "direction": found.direction.value or None}


def results(found: Results, zone_name: str, grouped: Grouped | None = None) -> Shape:
    """Shape of `search` and of the portal's /search.json. `total` is null when the query could not be run."""
    hits = _hits_of(grouped) if grouped and grouped.groups else found.records
    limits = found.as_of
    return {
        "query": found.request.query,
        "dialect": str(found.request.dialect),
        "canonical": found.canonical,
        "reading": found.reading,
        "readings": dict(found.readings),
        "zone": zone_name,
        "total": found.total if found.answered else None,
        "undated": found.undated,
        "undated_outside": found.undated_outside,
        "indexed": found.indexed,
        "held": found.held,
        "in_step": found.in_step,
        "sort": str(found.request.sort),
        "limit": found.request.limit,
        "offset": found.request.offset,
        "records": [{**record(hit.view, zone_name), "found_in_version": hit.version} for hit in hits],
        "as_of": {
            "day": limits.day.isoformat(),
            "undated": limits.undated,
            "unknown": limits.unknown,
            "last_seen_before": limits.last_seen_before,
        }
        if limits
        else None,
        "grouping": {
            "by": grouped.by.value,
            "groups": None if grouped.is_too_many else grouped.total,
            "page": [{"size": one.size, "shown": 1 + len(one.others)} for one in grouped.groups],
        }
        if grouped and found.answered
        else None,
        "facets": {
            name: [{"value": value.value, "label": value.label, "count": value.count} for value in values]
            for name, values in found.facets.items()
        },
        "bars": [{"from": bar.first_day.isoformat(), "to": bar.last_day.isoformat(), "count": bar.count} for bar in found.bars],
        "coverage": scope.shape(found.coverage) if found.coverage else None,
        **_explained(found.explained),
        "announcements": [announced_shape(one) for one in found.announcements],
        "diagnostics": [
            {"start": one.start, "end": one.end, "message": one.message, "suggestion": one.suggestion, "code": one.code}
            for one in found.diagnostics
        ],
    }


def _explained(found: Explained) -> Shape:
    return {
        "expansions": [
            {"typed": one.typed, "words": [{"word": word, "records": count} for word, count in one.words]} for one in found.expansions
        ],
        "missing": list(found.missing),
        "unchecked": found.unchecked,
        "suggestions": [
            {"start": one.start, "end": one.end, "word": one.node.word, "instead": one.instead, "records": one.records, "query": one.query}
            for one in found.suggestions
        ],
        "unsearchable": list(found.unsearchable),
    }


def _hits_of(grouped: Grouped) -> list[Hit]:
    return [place.hit for one in grouped.groups for place in (one.first, *one.others)]


def _item(item: int) -> str:
    return f", item {item + 1}" if item >= 0 else ""


def _account(view: AccountView | None) -> Shape | None:
    if view is None:
        return None
    return {
        "id": view.id,
        "platform": view.platform,
        "native_id": view.native_id,
        "handle": view.handle,
        "name": view.name,
        "records": view.records,
        "first_posted": utc_text(view.first_posted) or None,
        "last_posted": utc_text(view.last_posted) or None,
    }
