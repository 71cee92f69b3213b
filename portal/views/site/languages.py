"""Choice of the page language."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from portal.i18n import COOKIE, LANGUAGES
from portal.views.site.signing_in import own_address

pages = Blueprint("languages", __name__)

A_YEAR = 365 * 24 * 3600  # seconds


@pages.get("/language/<code>")
def choose(code: str) -> ResponseReturnValue:
    """Store the language in a cookie and go back to the page; it is stored nowhere else."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(own_address(request.args.get("next", "")))
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(COOKIE, code, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
