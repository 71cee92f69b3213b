"""One record: what it says, where it comes from, its thread, its versions, its sightings, its raw item."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from indexer.catalog.models import RecordView
from indexer.masking import mask_raw
from indexer.query import Node, parse
from indexer.query.highlight import TextPiece, highlight_text, spans
from indexer.search.groups import GroupBy
from indexer.search.near_duplicates import COMPARED, find_near_duplicates
from portal.access.guard import needs, reader
from portal.access.rules import Right, may_see, may_see_raw
from portal.records import chosen, differences, visible
from portal.search import address
from portal.search.address import Asked
from portal.search.run import plan, wanted
from portal.site import site

pages = Blueprint("records", __name__)

THREAD_SHOWN = 200
SAME_SHOWN = 20
TEXT_SHOWN = 100_000  # characters; the rest is one click away
RAW_SHOWN = 200_000


@pages.get("/records/<path:record_id>")
@needs(Right.SEARCH)
def record(record_id: str) -> ResponseReturnValue:
    """Show a record in its current version, or in the one that `version` names; 503 beside it when the index cannot be used."""
    current = visible(record_id)
    versions = site().repository.catalog.versions(current.pk)
    view = chosen(current, versions)
    around = _neighbours()
    found_by = {"address": around["asked"].address(), "hit": around["hit"]} if around["hit"] else {}
    site().note("record:viewed", reader().name, record_id, {"version": view.version, **found_by})
    tree = _tree(around["asked"])
    elsewhere = find_near_duplicates(site().repository, view, reader().permission)
    thread = [one for one in site().repository.catalog.thread(current, THREAD_SHOWN) if may_see(reader(), one)]
    shown = render_template(
        "records/record.html",
        view=view,
        marked=_marked(view.content.text[:TEXT_SHOWN], tree),
        marked_title=_marked(view.content.title, tree),
        marked_elsewhere=_elsewhere(view, versions, tree),
        current=current,
        versions=[(one, _changes(versions, at)) for at, one in enumerate(versions)],
        is_not_read=site().repository.catalog.is_not_read(current.pk),
        earlier_readings=site().repository.catalog.earlier_readings(current.pk),
        sightings=site().repository.catalog.sightings(current.pk),
        thread=thread,
        same=[one for one in elsewhere.records if may_see(reader(), one)],
        elsewhere=elsewhere,
        same_compared=COMPARED,
        same_shown=SAME_SHOWN,
        thread_shown=THREAD_SHOWN,
        text_shown=TEXT_SHOWN,
        may_see_raw=may_see_raw(reader(), view),
        **around,
    )
    return shown, 200 if elsewhere.is_known else 503


@pages.get("/raw/<path:record_id>")
@needs(Right.SEE_RAW)
def raw(record_id: str) -> ResponseReturnValue:
    """Show the raw item as the archive holds it, personal technical data masked."""
    current = visible(record_id)
    view = chosen(current, site().repository.catalog.versions(current.pk))
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
    """Give the whole text of a record as plain text: for the rare one that is too long for a page."""
    current = visible(record_id)
    view = chosen(current, site().repository.catalog.versions(current.pk))
    site().note_later("text:opened", reader().name, record_id, {"version": view.version})
    answer = Response(view.content.text.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _changes(versions: list[RecordView], at: int) -> Any:
    return differences(versions[at - 1].content.text, versions[at].content.text) if at else None


def _tree(question: Asked) -> Node | None:
    """Return the query that led here, None when there is none or it cannot be read."""
    return parse(question.query, question.dialect).tree if question.query else None


def _marked(text: str, tree: Node | None) -> tuple[TextPiece, ...]:
    """Return a text in pieces, each with whether the query marks it."""
    return highlight_text(text, tree) if tree is not None else ((text, False),)


def _elsewhere(view: RecordView, versions: list[RecordView], tree: Node | None) -> list[int]:
    """Return the other versions that the query marks something in, when it marks nothing in the one shown."""
    if tree is None or len(versions) < 2 or _marks(view, tree):
        return []
    return [one.version for one in versions if one.version != view.version and _marks(one, tree)]


def _marks(view: RecordView, tree: Node) -> bool:
    return bool(spans(view.content.text[:TEXT_SHOWN], tree) or spans(view.content.title, tree))


def _way_back() -> dict[str, Any]:
    """Return the question that led here and the hit's number in its results; 0 where there is none."""
    question = address.read(request.args)
    number = request.args.get("hit", "")
    if question.errors or not (number.isascii() and number.isdigit() and 0 < len(number) < 9 and int(number)):
        return {"asked": question if not question.errors else Asked(), "hit": 0}
    return {"asked": question, "hit": int(number)}


def _neighbours() -> dict[str, Any]:
    """Return the way back to the results, and the hits before and after this one: `hit` counts them from 1."""
    way = _way_back()
    question, hit = way["asked"], way["hit"]
    if not hit:
        return {**way, "before": None, "after": None, "total": 0}
    start = max(0, hit - 2)
    asked_again = replace(wanted(question), limit=3 if hit > 1 else 2, offset=start)
    results = plan(asked_again).page()
    found = results.records
    here = hit - 1 - start
    return {
        "asked": question if question.group is not GroupBy.NONE else replace(question, page=(hit - 1) // question.size + 1),
        "hit": hit,
        "before": found[here - 1] if here and len(found) >= here else None,
        "after": found[here + 1] if len(found) > here + 1 else None,
        "total": results.total,
    }
