"""Records and results as JSON, the same for the command line and the portal (docs/command-line.md)."""

from __future__ import annotations

from typing import Any

from indexer.catalog import AccountView, RecordView, parties
from indexer.coverage import scope
from indexer.local_time import to_local, utc_text
from indexer.masking import mask_tokens
from indexer.query import ENGLISH
from indexer.search.announced import announcement_json
from indexer.search.groups import Grouped
from indexer.search.record_sets import describe_set
from indexer.search.results import Hit, Results
from indexer.search.suggestions import Explanation

JsonObject = dict[str, Any]


def record(view: RecordView, zone_name: str) -> JsonObject:
    """One record, as in `search` and the portal's /search.json."""
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
        "attachments": [{"name": file.name, "media_type": file.media_type, "held": bool(file.member)} for file in view.attachments],
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


def _parties(view: RecordView) -> JsonObject:
    """Sender, recipients and direction of a message; all null for other records."""
    ends = parties(view)
    if ends is None:
        return {"from": None, "to": None, "direction": None}
    return {
        "from": ends.sender or None,
        "to": list(ends.recipients),
        "direction": ends.direction.value or None,
    }


def results(answer: Results, zone_name: str, grouped: Grouped | None = None) -> JsonObject:
    """Return the output of `search` and of the portal's /search.json. `total` is null if the query was not run."""
    hits = grouped_hits(grouped) if grouped and grouped.groups else answer.records
    limits = answer.as_of
    return {
        "query": answer.request.query,
        "dialect": str(answer.request.dialect),
        "canonical": answer.canonical,
        "reading": answer.reading,
        "readings": dict(answer.readings),
        "zone": zone_name,
        "total": answer.total if answer.answered else None,
        "undated": answer.undated,
        "undated_outside": answer.undated_outside,
        "indexed": answer.indexed,
        "held": answer.held,
        "in_step": answer.in_step,
        "sort": str(answer.request.sort),
        "limit": answer.request.limit,
        "offset": answer.request.offset,
        "records": [{**record(hit.view, zone_name), "found_in_version": hit.version} for hit in hits],
        "set": _set_shape(answer),
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
            "page": [{"size": group.size, "shown": 1 + len(group.others)} for group in grouped.groups],
        }
        if grouped and answer.answered
        else None,
        "facets": {
            name: [{"value": value.value, "label": value.label, "count": value.count} for value in values]
            for name, values in answer.facets.items()
        },
        "bars": [{"from": bar.first_day.isoformat(), "to": bar.last_day.isoformat(), "count": bar.count} for bar in answer.bars],
        "coverage": scope.as_json(answer.coverage) if answer.coverage else None,
        **_explained(answer.explained),
        "announcements": [announcement_json(announcement) for announcement in answer.announcements],
        "diagnostics": [
            {
                "start": diagnostic.start,
                "end": diagnostic.end,
                "message": diagnostic.message,
                "suggestion": diagnostic.suggestion,
                "code": diagnostic.code,
            }
            for diagnostic in answer.diagnostics
        ],
    }


def _set_shape(answer: Results) -> JsonObject | None:
    """Return the record set searched; its number of records only for a reader who may see all of them."""
    chosen = answer.request.records
    if chosen is None:
        return None
    sees_all = answer.request.filters.permission.is_all
    return {
        "description": describe_set(chosen, ENGLISH, with_count=sees_all),
        "records": chosen.count if sees_all else None,
        "left_out": answer.left_out if sees_all else None,
        "digest": chosen.digest,
    }


def _explained(explanation: Explanation) -> JsonObject:
    return {
        "expansions": [
            {"typed": expansion.typed, "words": [{"word": word, "records": count} for word, count in expansion.words]}
            for expansion in explanation.expansions
        ],
        "missing": list(explanation.missing),
        "unchecked": explanation.unchecked,
        "suggestions": [
            {
                "start": suggestion.start,
                "end": suggestion.end,
                "word": suggestion.node.word,
                "instead": suggestion.instead,
                "records": suggestion.records,
                "query": suggestion.query,
            }
            for suggestion in explanation.suggestions
        ],
        "unsearchable": list(explanation.unsearchable),
    }


def grouped_hits(grouped: Grouped) -> list[Hit]:
    """Return the hits of all groups, in the order shown."""
    return [place.hit for group in grouped.groups for place in (group.first, *group.others)]


def item_suffix(item: int) -> str:
    """Return ", item 3" for an item number from 0; empty for a member as a whole."""
    return f", item {item + 1}" if item >= 0 else ""


def account_json(view: AccountView | None) -> JsonObject | None:
    """JSON of an account; None for none."""
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
