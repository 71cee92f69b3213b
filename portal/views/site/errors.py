"""Error pages in plain words: what is wrong, that the evidence is safe where that is in doubt, and what to do."""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from indexer.catalog.database import Busy
from indexer.evidence.archive import ArchiveError
from portal.i18n import _l
from portal.jobs.uploads import NoRoom

TEXTS = {
    400: (_l("That request could not be read"), _l("Go back, reload the page, and try once more. Nothing was changed.")),
    403: (_l("Your role does not include this"), _l("Ask an administrator of the portal if you need it. Nothing was changed.")),
    404: (_l("There is no such page for you"), _l("It may have moved, or it is not among what you may see.")),
    405: (_l("That request could not be read"), _l("Go back, reload the page, and try once more. Nothing was changed.")),
    413: (
        _l("That is too large"),
        _l("Nothing was taken in and your file was not changed. Put the file into the folder incoming/ on the server instead."),
    ),
    415: (_l("That request could not be read"), _l("Go back, reload the page, and try once more. Nothing was changed.")),
    429: (_l("Too many attempts"), _l("Wait a quarter of an hour, then try again. If you forgot your password, ask for a one-time link.")),
    500: (
        _l("Something went wrong on our side"),
        _l("The evidence is safe: it is never changed. Try once more; if it happens again, tell whoever runs this portal when it was."),
    ),
    503: (_l("The portal cannot answer just now"), _l("Try again in a minute.")),
    507: (
        _l("The server's disk is too full for that file"),
        _l("Nothing was taken in and your file was not changed. Ask whoever runs this portal to free some space."),
    ),
}


def install(app: Flask) -> None:
    """Show these pages for every error."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NoRoom, lambda _error: _page(507))
    app.register_error_handler(ArchiveError, _archive)
    app.register_error_handler(Busy, lambda _error: _busy())
    app.register_error_handler(OperationalError, _database)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, InternalServerError):
        code = 500
    return _page(code)


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, detail=str(_l("The form was too old: your sign-in has changed since the page was opened.")))


def _busy() -> ResponseReturnValue:
    return _page(503, detail=str(_l("An archive is being taken in, so nothing else can be written just now. Nothing was changed.")))


def _database(error: OperationalError) -> ResponseReturnValue:
    if "locked" in str(error.orig):
        return _busy()
    current_app.logger.error("the catalog cannot be used", exc_info=error)
    return _page(500)


def _archive(error: ArchiveError) -> ResponseReturnValue:
    return _page(500, kept=str(error))


def _page(code: int, detail: str = "", kept: str = "") -> ResponseReturnValue:
    """Answer with a page; `detail` is in the reader's language, `kept` is what an archive's error says."""
    title, text = TEXTS.get(code, TEXTS[500])
    if request.path.endswith(".json") or request.accept_mimetypes.best == "application/json":
        return jsonify(error=str(title), detail=detail or kept or str(text)), code
    try:
        return render_template("errors/error.html", code=code, title=title, text=text, detail=detail, kept=kept), code
    except Exception:  # the page around it needs the catalog, which may be what is broken
        current_app.logger.exception("the error page itself")
        return Response(f"{title}\n{detail or kept}\n{text}\n", code, content_type="text/plain; charset=utf-8")
