"""The page of a record: content, origin, thread, versions, sightings and raw item."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from indexer.catalog import RecordView
from indexer.masking import mask_raw
from indexer.query import Node, parse
from indexer.search import COMPARED, GroupBy, TextPiece, find_near_duplicates, highlight_text, spans
from portal.access import Right, may_see, may_see_raw, needs, reader
from portal.records import chosen_version, visible_record, word_diff
from portal.search import SearchParams, address, plan, search_request
from portal.site import site

pages = Blueprint("records", __name__)

THREAD_SHOWN = 200
SAME_SHOWN = 20
TEXT_SHOWN = 100_000  # characters; a link leads to the full text
RAW_SHOWN = 200_000


@pages.get("/records/<path:record_id>")
@needs(Right.SEARCH)
def record(record_id: str) -> ResponseReturnValue:
    """Show a record in its current version or the version named by `version`; status 503 if the index is unusable."""
    current = visible_record(record_id)
    versions = site().repository.catalog.versions(current.pk)
    view = chosen_version(current, versions)
    position = _position_in_results()
    found_by = {"address": position["params"].address(), "hit": position["hit"]} if position["hit"] else {}
    site().note("record:viewed", reader().name, record_id, {"version": view.version, **found_by})
    tree = _tree(position["params"])
    elsewhere = find_near_duplicates(site().repository, view, reader().permission)
    thread = [post for post in site().repository.catalog.thread(current, THREAD_SHOWN) if may_see(reader(), post)]
    page = render_template(
        "records/record.html",
        view=view,
        marked=_marked(view.content.text[:TEXT_SHOWN], tree),
        marked_title=_marked(view.content.title, tree),
        marked_elsewhere=_other_marked_versions(view, versions, tree),
        current=current,
        versions=[(version, _changes(versions, index)) for index, version in enumerate(versions)],
        is_not_read=site().repository.catalog.is_not_read(current.pk),
        earlier_readings=site().repository.catalog.earlier_readings(current.pk),
        sightings=site().repository.catalog.sightings(current.pk),
        thread=thread,
        same=[match for match in elsewhere.records if may_see(reader(), match)],
        elsewhere=elsewhere,
        same_compared=COMPARED,
        same_shown=SAME_SHOWN,
        thread_shown=THREAD_SHOWN,
        text_shown=TEXT_SHOWN,
        may_see_raw=may_see_raw(reader(), view),
        **position,
    )
    return page, 200 if elsewhere.is_known else 503


@pages.get("/raw/<path:record_id>")
@needs(Right.SEE_RAW)
def raw(record_id: str) -> ResponseReturnValue:
    """Show the raw item as held in the archive, with personal technical data masked."""
    current = visible_record(record_id)
    view = chosen_version(current, site().repository.catalog.versions(current.pk))
    if not may_see_raw(reader(), view):
        abort(404)
    masked = mask_raw(site().repository.raw(view.origin))
    site().note("raw:viewed", reader().name, record_id, {"version": view.version})
    return render_template(
        "records/raw.html", view=view, text=masked.text[:RAW_SHOWN], length=len(masked.text), count=masked.count, **_way_back()
    )


@pages.get("/text/<path:record_id>")
@needs(Right.SEARCH)
def text(record_id: str) -> ResponseReturnValue:
    """Return the full text of a record as plain text, for a text too long for a page."""
    current = visible_record(record_id)
    view = chosen_version(current, site().repository.catalog.versions(current.pk))
    site().note_later("text:opened", reader().name, record_id, {"version": view.version})
    response = Response(view.content.text.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _changes(versions: list[RecordView], index: int) -> Any:
    return word_diff(versions[index - 1].content.text, versions[index].content.text) if index else None


def _tree(params: SearchParams) -> Node | None:
    """Return the tree of the query that led here; None if there is none or it is invalid."""
    return parse(params.query, params.dialect).tree if params.query else None


def _marked(text: str, tree: Node | None) -> tuple[TextPiece, ...]:
    """Split a text into pieces, each with whether the query marks it."""
    return highlight_text(text, tree) if tree is not None else ((text, False),)


def _other_marked_versions(view: RecordView, versions: list[RecordView], tree: Node | None) -> list[int]:
    """Return the other versions in which the query marks something, if it marks nothing in the version shown."""
    if tree is None or len(versions) < 2 or _marks(view, tree):
        return []
    return [other.version for other in versions if other.version != view.version and _marks(other, tree)]


def _marks(view: RecordView, tree: Node) -> bool:
    return bool(spans(view.content.text[:TEXT_SHOWN], tree) or spans(view.content.title, tree))


def _way_back() -> dict[str, Any]:
    """Return the search that led here and the hit's number in its results, or 0."""
    params = address.parse(request.args)
    number = request.args.get("hit", "")
    if params.errors or not (number.isascii() and number.isdigit() and 0 < len(number) < 9 and int(number)):
        return {"params": params if not params.errors else SearchParams(), "hit": 0}
    return {"params": params, "hit": int(number)}


def _position_in_results() -> dict[str, Any]:
    """Return the way back to the results, and the hits before and after this record; `hit` counts from 1."""
    way = _way_back()
    params, hit = way["params"], way["hit"]
    if not hit:
        return {**way, "before": None, "after": None, "total": 0}
    start = max(0, hit - 2)
    nearby = replace(search_request(params), limit=3 if hit > 1 else 2, offset=start)
    results = plan(nearby).head()
    hits = results.records
    index = hit - 1 - start
    return {
        "params": params if params.group is not GroupBy.NONE else replace(params, page=(hit - 1) // params.size + 1),
        "hit": hit,
        "before": hits[index - 1] if index and len(hits) >= index else None,
        "after": hits[index + 1] if len(hits) > index + 1 else None,
        "total": results.total,
    }
