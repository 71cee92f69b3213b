"""The check that stands before every record, picture and raw item: 404 for what the reader may not see."""

from __future__ import annotations

from flask import abort, request

from indexer.shown import RecordView
from portal.access import may_see
from portal.guard import reader
from portal.site import site


def visible(record_id: str) -> RecordView:
    """Return a record that the reader may see; 404 for every other, whether it is there or not."""
    view = site().house.catalogue.record(record_id)
    if view is None or not may_see(reader(), view):
        abort(404)
    return view


def chosen(current: RecordView, versions: list[RecordView]) -> RecordView:
    """Return the version that the address names, the current one when it names none; 404 for one that is not there."""
    number = request.args.get("version", "")
    if not number:
        return current
    return next((one for one in versions if str(one.version) == number), None) or abort(404)
