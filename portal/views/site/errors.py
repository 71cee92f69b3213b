"""Error pages in plain words: the problem, the safety of the evidence where it is in doubt, and the remedy."""

from __future__ import annotations

import secrets
import sqlite3
import time

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, HTTPException, InternalServerError

from indexer.catalog import Busy, is_locked
from indexer.engines import IndexDamaged, IndexOutdated
from indexer.evidence import ArchiveError
from indexer.local_time import from_ms, now_ms
from indexer.search import IndexUnusable, NotAnswered, StopReason
from portal.access import LARGE_BODIES, OPEN, UPLOAD_ENDPOINT, reader
from portal.i18n import Lazy, _, _l, translate
from portal.jobs import NoRoom
from portal.search import TooManySearches
from portal.serving.client_socket import SlowClient
from portal.site import site as the_site

BUSY_SECONDS = 5  # Retry-After for programs
FAILURES = 500  # from this status on, a page has its time and a reference number, which the server's log has too

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
            "The evidence is safe; it is never changed. Try again. If the problem continues, give your system administrator "
            "this time and number."
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
NO_DATABASE = (
    _l("The database is unavailable"),
    _l("Nothing was saved and the evidence is safe. Your system administrator can check the database server; then reload this page."),
)
STOPPED = (_l("Nothing was searched"), _l("The evidence is safe. Go back and change the query, or try again later."))
LONGEST_PATH = 200  # characters of a path in the event log


def install(app: Flask) -> None:
    """Register the error pages."""
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


REFUSALS = frozenset({403, 404, 429})
REFUSAL_EVERY = 60.0  # seconds; keeps a stranger from filling the log
MAX_REFUSALS = 1_000
_refused_at: dict[tuple[str, str], float] = {}


FILE_TO_CHECK_TOO_LARGE = (
    _l("File too large"),
    _l("Check the certificate.json on its own: in an export, it is in the folder data. Nothing was kept."),
)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, InternalServerError):
        code = 500
    if request.endpoint == UPLOAD_ENDPOINT:
        _log_event("upload:failed", _upload_failure(error, code))
        return _page(code)
    if code in REFUSALS:
        _log_refusal(code)
    return _page(code, words=FILE_TO_CHECK_TOO_LARGE if code == 413 and request.endpoint in LARGE_BODIES else None)


def _log_refusal(code: int) -> None:
    """Log a refused page; for visitors not signed in, once a minute per address and page."""
    if request.endpoint == "static":
        return
    if current_user.is_authenticated:
        _log_event("page:refused", str(code))
        return
    now, key = time.monotonic(), (str(request.remote_addr), str(request.endpoint))
    if now - _refused_at.get(key, -REFUSAL_EVERY) < REFUSAL_EVERY:
        return
    if len(_refused_at) >= MAX_REFUSALS:
        _refused_at.clear()
    _refused_at[key] = now
    _log_event("page:refused", str(code))


def _upload_failure(error: HTTPException, code: int) -> str:
    """Return the reason an upload failed."""
    if isinstance(error, ClientDisconnected):
        return "the browser was too slow" if isinstance(error.__context__, SlowClient) else "the connection ended"
    return str(code)


def _log_event(tag: str, why: str) -> None:
    """Log an event of a refusal; the response is sent even if the catalog itself is broken."""
    actor = reader().name if current_user.is_authenticated else f"nobody signed in ({request.remote_addr})"
    place = str(request.url_rule) if request.endpoint in OPEN else request.path[:LONGEST_PATH]  # the address of a one-time link is a secret
    try:
        the_site().note_later(tag, actor, f"{request.method} {place}", {"why": why, "from": str(request.remote_addr)})
    except (SQLAlchemyError, sqlite3.Error):
        current_app.logger.exception("%s could not be logged", tag)


def _no_room() -> ResponseReturnValue:
    _log_event("upload:failed", "no room on the disk")
    return _page(507)


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    if request.endpoint == UPLOAD_ENDPOINT:
        _log_event("upload:failed", "the form was too old")
    return _page(400, detail=str(_l("The form has expired: your sign-in has changed since the page was opened.")))


def _catalog_busy() -> ResponseReturnValue:
    return _page(503, detail=str(_l("An archive is being added, so nothing else can be saved right now. Nothing was changed.")))


def _database(error: OperationalError) -> ResponseReturnValue:
    if is_locked(error):
        return _catalog_busy()
    current_app.logger.error("the catalog cannot be used", exc_info=error)
    return _page(500) if isinstance(error.orig, sqlite3.Error) else _page(503, words=NO_DATABASE, reason="database-unavailable")


def _archive(error: ArchiveError) -> ResponseReturnValue:
    return _page(500, kept=str(error))


def _not_answered(error: NotAnswered) -> ResponseReturnValue:
    """Explain why there is no answer, on pages for which searching is secondary."""
    detail = " ".join(translate(diagnostic.message) for diagnostic in error.diagnostics)
    reason = next((diagnostic.code for diagnostic in error.diagnostics), "")
    if isinstance(error, IndexUnusable):
        return _page(503, detail, words=DAMAGED, reason=reason)
    return _page(503 if error.stopped is StopReason.TOO_SLOW else 400, detail, words=STOPPED, reason=reason)


def _busy(error: TooManySearches) -> ResponseReturnValue:
    detail = _("Two of your searches are already running.") if error.is_own else _("Other long searches are running.")
    response = current_app.make_response(_page(429, detail, words=BUSY, reason="too-many-searches"))
    response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


def _page(code: int, detail: str = "", kept: str = "", words: tuple[Lazy, Lazy] | None = None, reason: str = "") -> ResponseReturnValue:
    """Return an error page; `detail` is translated, `kept` is an archive error's message in English, `reason` the code in JSON."""
    title, text = words or TEXTS.get(code, TEXTS[500])
    at, reference = from_ms(now_ms()), ""
    if code >= FAILURES:
        reference = secrets.token_hex(4)
        current_app.logger.error("reference %s: %s %s answered %s", reference, request.method, request.url_rule, code)
    if request.path.endswith(".json") or request.accept_mimetypes.best == "application/json":
        extra = {name: value for name, value in (("code", reason), ("reference", reference)) if value}
        return jsonify(error=str(title), detail=detail or kept or str(text), **extra), code
    try:
        return render_template(
            "errors/error.html", code=code, title=title, text=text, detail=detail, kept=kept, at=at, reference=reference
        ), code
    except Exception:  # the page layout needs the catalog, which may itself be broken
        current_app.logger.exception("the error page itself")
        lines = (str(title), detail or kept, str(text), f"{at:%Y-%m-%d %H:%M:%S} UTC {reference}")
        return Response("\n".join(lines) + "\n", code, content_type="text/plain; charset=utf-8")
