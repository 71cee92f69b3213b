"""Error pages in plain words: what is wrong, that the evidence is safe where that is in doubt, and what to do."""

from __future__ import annotations

import sqlite3
import time

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, HTTPException, InternalServerError

from indexer.catalog.database import Busy, is_locked
from indexer.engines import IndexDamaged, IndexOutdated
from indexer.evidence.archive import ArchiveError
from indexer.search.answering import IndexUnusable, NotAnswered, StopReason
from portal.access.guard import OPEN, UPLOADS, reader
from portal.i18n import Lazy, _, _l, spoken
from portal.jobs.uploads import NoRoom
from portal.search.turns import TooManySearches
from portal.serving.client_socket import SlowClient
from portal.site import site as the_site

BUSY_SECONDS = 5  # after which a program may ask again

TEXTS = {
    400: (_l("Invalid request"), _l("Go back, reload the page, and try again. Nothing was changed.")),
    403: (_l("Your role does not include this"), _l("Ask an administrator if you need access. Nothing was changed.")),
    404: (_l("You don't have access to this page or it doesn't exist"), _l("Check the address, or ask an administrator for access.")),
    405: (_l("Invalid request"), _l("Go back, reload the page, and try again. Nothing was changed.")),
    413: (
        _l("File too large"),
        _l("Nothing was added and your file was not changed. Put the file into the incoming/ folder on the server instead."),
    ),
    415: (_l("Invalid request"), _l("Go back, reload the page, and try again. Nothing was changed.")),
    429: (_l("Too many attempts"), _l("Wait a quarter of an hour, then try again. If you forgot your password, ask for a one-time link.")),
    500: (
        _l("Something went wrong"),
        _l(
            "The evidence is safe; it is never changed. Try again. If the problem continues, tell your system administrator "
            "when it happened."
        ),
    ),
    503: (_l("The portal is temporarily unavailable"), _l("Try again in a minute.")),
    507: (
        _l("The server does not have enough disk space for that file"),
        _l("Nothing was added and your file was not changed. Ask your system administrator to free up disk space."),
    ),
}


BUSY = (
    _l("Too many searches at once"),
    _l("Nothing was searched; this is not a result of zero. Wait until a search has finished, then reload this page."),
)
DAMAGED = (
    _l("The search index is unavailable"),
    _l("The evidence is safe. Your system administrator can rebuild the index with: python -m indexer rebuild"),
)
STOPPED = (_l("Nothing was searched"), _l("The evidence is safe. Go back and change the query, or try again later."))
LONGEST_PATH = 200  # characters of an address in the log


def install(app: Flask) -> None:
    """Show these pages for every error."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NoRoom, lambda _error: _no_room())
    app.register_error_handler(ArchiveError, _archive)
    app.register_error_handler(Busy, lambda _error: _catalog_busy())
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(IndexDamaged, lambda _error: _page(503, words=DAMAGED, reason="index-damaged"))
    app.register_error_handler(IndexOutdated, lambda _error: _page(503, words=DAMAGED, reason="index-damaged"))
    app.register_error_handler(NotAnswered, _not_answered)
    app.register_error_handler(TooManySearches, _busy)


STATIC = frozenset({"static", "bootstrap.static"})
REFUSALS = frozenset({403, 404, 429})
TOLD_AGAIN = 60.0  # seconds: a stranger must not be able to fill the log
MOST_TOLD = 1_000
_told: dict[tuple[str, str], float] = {}


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, InternalServerError):
        code = 500
    if request.endpoint == UPLOADS:
        _note("upload:failed", _why(error, code))
    elif code in REFUSALS:
        _note_refusal(code)
    return _page(code)


def _note_refusal(code: int) -> None:
    """Note a page that was refused to a reader; of strangers only the first of a minute, from one address to one page."""
    if request.endpoint in STATIC:
        return
    if current_user.is_authenticated:
        _note("page:refused", str(code))
        return
    now, key = time.monotonic(), (str(request.remote_addr), str(request.endpoint))
    if now - _told.get(key, -TOLD_AGAIN) < TOLD_AGAIN:
        return
    if len(_told) >= MOST_TOLD:
        _told.clear()
    _told[key] = now
    _note("page:refused", str(code))


def _why(error: HTTPException, code: int) -> str:
    """Return why an upload failed."""
    if isinstance(error, ClientDisconnected):
        return "the browser was too slow" if isinstance(error.__context__, SlowClient) else "the connection ended"
    return str(code)


def _note(tag: str, why: str) -> None:
    """Write an event of a refusal; the refusal is answered even where the catalog is what is broken."""
    actor = reader().name if current_user.is_authenticated else f"nobody signed in ({request.remote_addr})"
    place = str(request.url_rule) if request.endpoint in OPEN else request.path[:LONGEST_PATH]  # a link's address is a key
    try:
        the_site().note_later(tag, actor, f"{request.method} {place}", {"why": why, "from": str(request.remote_addr)})
    except (SQLAlchemyError, sqlite3.Error):
        current_app.logger.exception("%s could not be noted", tag)


def _no_room() -> ResponseReturnValue:
    _note("upload:failed", "no room on the disk")
    return _page(507)


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    if request.endpoint == UPLOADS:
        _note("upload:failed", "the form was too old")
    return _page(400, detail=str(_l("The form has expired: your sign-in has changed since the page was opened.")))


def _catalog_busy() -> ResponseReturnValue:
    return _page(503, detail=str(_l("An archive is being added, so nothing else can be saved right now. Nothing was changed.")))


def _database(error: OperationalError) -> ResponseReturnValue:
    if is_locked(error):
        return _catalog_busy()
    current_app.logger.error("the catalog cannot be used", exc_info=error)
    return _page(500)


def _archive(error: ArchiveError) -> ResponseReturnValue:
    return _page(500, kept=str(error))


def _not_answered(error: NotAnswered) -> ResponseReturnValue:
    """Say why there is no answer: for pages that search beside what they are for."""
    detail = " ".join(spoken(one.message) for one in error.diagnostics)
    reason = next((one.code for one in error.diagnostics), "")
    if isinstance(error, IndexUnusable):
        return _page(503, detail, words=DAMAGED, reason=reason)
    return _page(503 if error.stopped is StopReason.TOO_SLOW else 400, detail, words=STOPPED, reason=reason)


def _busy(error: TooManySearches) -> ResponseReturnValue:
    who = _("Two of your searches are already running.") if error.is_own else _("Other long searches are running.")
    answer = current_app.make_response(_page(429, who, words=BUSY, reason="too-many-searches"))
    answer.headers["Retry-After"] = str(BUSY_SECONDS)
    return answer


def _page(code: int, detail: str = "", kept: str = "", words: tuple[Lazy, Lazy] | None = None, reason: str = "") -> ResponseReturnValue:
    """Answer with a page; `detail` is in the reader's language, `kept` is what an archive's error says, `reason` is JSON's code."""
    title, text = words or TEXTS.get(code, TEXTS[500])
    if request.path.endswith(".json") or request.accept_mimetypes.best == "application/json":
        more = {"code": reason} if reason else {}
        return jsonify(error=str(title), detail=detail or kept or str(text), **more), code
    try:
        return render_template("errors/error.html", code=code, title=title, text=text, detail=detail, kept=kept), code
    except Exception:  # the page around it needs the catalog, which may be what is broken
        current_app.logger.exception("the error page itself")
        return Response(f"{title}\n{detail or kept}\n{text}\n", code, content_type="text/plain; charset=utf-8")
