"""Default deny: every address requires a signed-in user whose role has the right that its view names.

OPEN lists every address that requires no sign-in, OPEN_BY_SETTING those that a setting opens. The portal does not start with a
view that is neither listed nor names a right (`refuse_unguarded`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, flash, jsonify, redirect, request, url_for
from flask_login import current_user

from portal.access.rules import Reader, Right
from portal.access.users import User
from portal.i18n import _

View = TypeVar("View", bound=Callable[..., Any])

OPEN = frozenset({"static", "health.healthz", "languages.choose", "signing_in.sign_in", "signing_in.link"})
OPEN_BY_SETTING = {"public_check.page": "PUBLIC_CHECK"}
"""Addresses that require no sign-in if the configuration key is true; otherwise they ask for it like any other."""

UPLOAD_ENDPOINT = "adding.upload"
LARGE_BODIES = {UPLOAD_ENDPOINT: "MAX_UPLOAD", "certificates.handed_in": "MAX_CHECK", "public_check.page": "MAX_PUBLIC_CHECK"}
"""Addresses that take files, with the configuration key of their largest request; others take SMALL_BODY."""

CHECK_ROOM = "showme-check-room"
SMALL_BODY = 2**20  # bytes; enough for every form but the upload


class SignedIn:
    """The current user for Flask-Login; its id is the sign-in's token, not the user's id."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User, token: str) -> None:
        self.user, self.token = user, token

    def get_id(self) -> str:
        """Return the token stored in the cookie."""
        return self.token


def needs(right: Right) -> Callable[[View], View]:
    """Name the right that a view requires."""

    def mark(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]  # read by _guard
        return view

    return mark


def reader() -> Reader:
    """Return the signed-in reader of the current request. Only for views that name a right."""
    signed_in: SignedIn = current_user
    return signed_in.user.reader


def signed_in_user() -> User:
    """Return the signed-in user of the current request, with the full name. Only for views that name a right."""
    signed_in: SignedIn = current_user
    return signed_in.user


def reader_if_any() -> Reader | None:
    """Return the signed-in reader, or None: for pages open to everyone."""
    return reader() if current_user.is_authenticated else None


def install(app: Flask, check_room: Callable[[int | None], None]) -> None:
    """Run the guard before anything else reads a request; `check_room` refuses an upload that does not fit on the disk."""
    app.extensions[CHECK_ROOM] = check_room
    app.before_request(_guard)


def refuse_unguarded(app: Flask) -> None:
    """Raise LookupError for an address that names no right and is neither in OPEN nor in OPEN_BY_SETTING."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in OPEN and rule.endpoint not in OPEN_BY_SETTING and not isinstance(right_of(app, rule.endpoint), Right):
            raise LookupError(f"{rule.rule} ({rule.endpoint}) names no right and is not open to everybody.")


def right_of(app: Flask, endpoint: str) -> Right | None:
    """Return the right that a view names."""
    right: Right | None = getattr(app.view_functions[endpoint], "right", None)
    return right


def _guard() -> Response | None:
    endpoint = request.endpoint
    request.max_content_length = current_app.config[LARGE_BODIES[endpoint]] if endpoint in LARGE_BODIES else SMALL_BODY
    if endpoint in OPEN:
        return None
    if endpoint in OPEN_BY_SETTING and current_app.config[OPEN_BY_SETTING[endpoint]]:
        _check_room()
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if endpoint is None:
        return None  # an unknown address: 404 when signed in, no hint otherwise
    right = right_of(current_app, endpoint)
    if right is None or not reader().may(right):
        abort(403)
    if endpoint in LARGE_BODIES:
        _check_room()
    return None


def _check_room() -> None:
    """Refuse files that do not fit on the disk, before the CSRF check reads the whole form."""
    check_room: Callable[[int | None], None] = current_app.extensions[CHECK_ROOM]
    check_room(request.content_length)


def _ask_to_sign_in() -> Response:
    if request.path.endswith(".json"):
        answer = jsonify(error="Sign in first.")
        answer.status_code = 401
        return answer
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    if target is None:
        flash(_("You were signed out, so your change was not saved. Sign in and try again."), "problem")
    return redirect(url_for("signing_in.sign_in", next=target))  # type: ignore[return-value]  # Werkzeug's Response; Flask serves both
