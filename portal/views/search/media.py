"""Pictures, video, audio and files of records. The address names the record, so that the access rule for records applies."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from indexer.catalog import RecordView
from portal import media
from portal.access import Right, needs, reader
from portal.records import chosen_version, viewed, visible_record, way_back
from portal.site import site

pages = Blueprint("media", __name__)

ZOOMS = ("fit", "50", "100", "200", "400")
"""Steps of the viewer: the whole picture, then percent of its pixels."""


@pages.get("/media/<int:number>/<path:record_id>")
@needs(Right.SEARCH)
def file(number: int, record_id: str) -> ResponseReturnValue:
    """Return an attachment of a record, counted from 0, or the byte range requested."""
    view = _chosen(record_id)
    if number >= len(view.attachments) or not view.attachments[number].member:
        abort(404)
    attachment = view.attachments[number]
    response = media.respond(request, attachment, site().repository.open_media(attachment.capture_id, attachment.member))
    if media.is_opening(request, response):
        kind = "shown" if response.headers["Content-Disposition"].startswith("inline") else "downloaded"
        detail = {"file": attachment.name, "number": number, "sha256": attachment.sha256, "version": view.version, "how": kind}
        site().note_later("media:opened", reader().name, record_id, detail)
    return response


@pages.get("/viewer/<int:number>/<path:record_id>")
@needs(Right.SEARCH)
def viewer(number: int, record_id: str) -> ResponseReturnValue:
    """Show a picture, video or sound of a record on a page of its own, with its description, size and digest."""
    view = _chosen(record_id)
    item = viewed(view, number, lambda one: site().repository.open_media(one.capture_id, one.member))
    if item is None:
        abort(404)
    zoom = request.args.get("zoom", ZOOMS[0])
    return render_template("records/viewer.html", view=view, item=item, zoom=zoom if zoom in ZOOMS else ZOOMS[0], zooms=ZOOMS, **way_back())


def _chosen(record_id: str) -> RecordView:
    current = visible_record(record_id)
    return chosen_version(current, site().repository.catalog.versions(current.pk)) if "version" in request.args else current
