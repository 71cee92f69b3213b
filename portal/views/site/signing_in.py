"""Signing in and out, one-time links, and changing the password."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from portal.access import (
    BY_ADDRESS,
    BY_NAME,
    MIN_PASSWORD,
    LinkUsed,
    Right,
    SignedIn,
    User,
    UserError,
    limiter,
    needs,
    reader,
    tried_name,
    was_refused,
)
from portal.i18n import _, error_text
from portal.site import site

pages = Blueprint("signing_in", __name__)


@pages.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(BY_ADDRESS, methods=["POST"], deduct_when=was_refused)
@limiter.limit(BY_NAME, key_func=tried_name, methods=["POST"], deduct_when=was_refused)
def sign_in() -> ResponseReturnValue:
    """Show the form, or sign in. A wrong name and a wrong password get the same answer."""
    target = own_address(request.args.get("next", ""))
    if request.method == "GET":
        return redirect(target) if current_user.is_authenticated else render_template("signing_in/sign_in.html", failed=False)
    name = request.form.get("name", "")
    user = site().users.check_password(name, request.form.get("password", ""))
    if user is None:
        site().note("user:sign-in-failed", name.strip()[:64], str(request.remote_addr))
        return render_template("signing_in/sign_in.html", failed=True, name=name), 401
    _begin(user)
    return redirect(target)


@pages.post("/sign-out")
@needs(Right.SEARCH)
def sign_out() -> ResponseReturnValue:
    """End the sign-in on the server, not only in the browser."""
    site().note("user:signed-out", reader().name)
    site().sign_ins.end(current_user.get_id())
    logout_user()
    session.clear()
    flash(_("You are signed out."))
    return redirect(url_for("signing_in.sign_in"))


@pages.route("/link/<token>", methods=["GET", "POST"])
@limiter.limit(BY_ADDRESS, deduct_when=was_refused)
def link(token: str) -> ResponseReturnValue:
    """Let the holder of a one-time link set a password. Opening the link does not use it: mail programs open links too."""
    links = site().links
    user = links.user_of(token)
    if user is None:
        return render_template("signing_in/link_used.html"), 410
    if request.method == "GET":
        return render_template("signing_in/set_password.html", user=user, least=MIN_PASSWORD)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _try_again(user, _("The two passwords do not match."))
    try:
        links.redeem(token, password)
    except UserError as error:
        return _try_again(user, error_text(error))
    except LinkUsed:
        return render_template("signing_in/link_used.html"), 410
    site().note("user:password-set", user.name)
    _begin(user)
    flash(_("Your password is set and you are signed in."))
    return redirect(url_for("home.page"))


@pages.route("/password", methods=["GET", "POST"])
@limiter.limit(BY_ADDRESS, methods=["POST"], deduct_when=was_refused)
@needs(Right.SEARCH)
def password() -> ResponseReturnValue:
    """Change the user's password, and end the user's other sign-ins."""
    if request.method == "GET":
        return render_template("signing_in/password.html", least=MIN_PASSWORD)
    user: User = current_user.user
    problem = ""
    if site().users.check_password(user.name, request.form.get("old", "")) is None:
        problem = _("The current password is wrong.")
    elif request.form.get("password", "") != request.form.get("again", ""):
        problem = _("The two passwords do not match.")
    else:
        try:
            site().users.set_password(user.id, request.form.get("password", ""))
        except UserError as error:
            problem = error_text(error)
    if problem:
        return render_template("signing_in/password.html", least=MIN_PASSWORD, problem=problem), 422
    site().sign_ins.end_all(user.id)
    site().note("user:password-set", user.name)
    _begin(user)
    flash(_("Your password is changed. You are signed out everywhere else."))
    return redirect(url_for("home.page"))


def own_address(target: str) -> str:
    """Return an address within the portal; an address that leads elsewhere becomes the home page."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return url_for("home.page")
    outside = parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target
    return url_for("home.page") if outside or any(ord(char) < 0x21 for char in target) else target


def _begin(user: User) -> None:
    token = site().sign_ins.start(user.id)  # may raise Busy; the form's token stays valid then
    session.clear()
    login_user(SignedIn(user, token))
    site().note("user:signed-in", user.name, str(request.remote_addr))


def _try_again(user: User, problem: str) -> ResponseReturnValue:
    return render_template("signing_in/set_password.html", user=user, least=MIN_PASSWORD, problem=problem), 422
