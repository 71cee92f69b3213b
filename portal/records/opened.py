"""The check in front of every record, picture and raw item: 404 for anything the reader may not see."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, render_template, request

from indexer.catalog import RecordView
from portal.access import Right, may_see, reader
from portal.search import SearchParams, address
from portal.site import site


def visible_record(record_id: str) -> RecordView:
    """Return a record; 404 if it does not exist or the reader may not see it."""
    view = site().repository.catalog.record(record_id)
    if view is None:
        _show_set_aside(record_id)
    if view is None or not may_see(reader(), view):
        abort(404)
    return view


def _show_set_aside(record_id: str) -> None:
    """Tell readers of every archive that a record is only in archives set aside. Still 404; nobody else learns of it."""
    if not (reader().may(Right.SEE_CAPTURES) and reader().may(Right.SEE_ALL_ACCOUNTS)):
        return
    held = site().repository.catalog.captures_set_aside(record_id)
    if held:
        abort(make_response(render_template("records/set_aside.html", record_id=record_id, captures=held), 404))


def chosen_version(current: RecordView, versions: list[RecordView]) -> RecordView:
    """Return the version named in the address, the current version if none is named; 404 for an unknown number."""
    number = request.args.get("version", "")
    if not number:
        return current
    return next((view for view in versions if str(view.version) == number), None) or abort(404)


def way_back() -> dict[str, Any]:
    """Return the search that led here and the hit's number in its results, or 0."""
    params = address.parse(request.args)
    number = request.args.get("hit", "")
    if params.errors or not (number.isascii() and number.isdigit() and 0 < len(number) < 9 and int(number)):
        return {"params": params if not params.errors else SearchParams(), "hit": 0}
    return {"params": params, "hit": int(number)}
