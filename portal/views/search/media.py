"""Pictures, video, audio and files of records. The address names the record, so that the access rule for records applies."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from portal import media
from portal.access import Right, needs, reader
from portal.records import chosen_version, visible_record
from portal.site import site

pages = Blueprint("media", __name__)


@pages.get("/media/<int:number>/<path:record_id>")
@needs(Right.SEARCH)
def file(number: int, record_id: str) -> ResponseReturnValue:
    """Return an attachment of a record, counted from 0, or the byte range requested."""
    current = visible_record(record_id)
    view = chosen_version(current, site().repository.catalog.versions(current.pk)) if "version" in request.args else current
    if number >= len(view.attachments) or not view.attachments[number].member:
        abort(404)
    attachment = view.attachments[number]
    response = media.respond(request, attachment, site().repository.open_media(attachment.capture_id, attachment.member))
    if media.is_opening(request, response):
        kind = "shown" if response.headers["Content-Disposition"].startswith("inline") else "downloaded"
        detail = {"file": attachment.name, "number": number, "sha256": attachment.sha256, "version": view.version, "how": kind}
        site().note_later("media:opened", reader().name, record_id, detail)
    return response
