"""A page in two parts: what its reader waits for is sent before the rest is worked out.

The template prints `REST_FOLLOWS` between the parts. The first part is rendered before the response begins, so an error in it has
a page and a status of its own; an error in the second part is logged and said at the end of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from flask import Response, current_app, stream_with_context
from markupsafe import Markup

from portal.i18n import _

MARK: Final = Markup("<!-- the rest follows -->")


def render_in_two_parts(template: str, status: int, values: dict[str, Any]) -> Response:
    """Return a response whose first part is ready; the second is rendered when the server asks for it."""
    current_app.update_template_context(values)
    pieces = current_app.jinja_env.get_template(template).generate({**values, "REST_FOLLOWS": MARK})
    first = "".join(_until_mark(pieces))
    response = Response(stream_with_context(_send(first, pieces)), status, content_type="text/html; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"  # nginx passes the first part on at once
    return response


def _until_mark(pieces: Iterator[str]) -> Iterator[str]:
    for piece in pieces:
        if piece == MARK:
            return
        yield piece


def _send(first: str, pieces: Iterator[str]) -> Iterator[str]:
    yield first
    try:
        rest = "".join(pieces)
    except Exception:  # the status is sent; the page itself must say that it is not whole
        current_app.logger.exception("the rest of a page")
        rest = Markup('<p class="note note-bad" role="alert">{}</p></main></body></html>').format(
            _("Something went wrong, so the rest of this page is missing. The list of records above is complete.")
        )
    yield rest
