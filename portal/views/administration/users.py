"""User administration: add users, set roles and grants, disable, make one-time links for passwords."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.catalog import by_number
from portal.access import Right, Role, User, UserError, needs, reader
from portal.i18n import _, error_text
from portal.site import site

pages = Blueprint("users", __name__)


@pages.get("/users")
@needs(Right.MANAGE_USERS)
def index() -> ResponseReturnValue:
    """List the users."""
    return render_template("users/index.html", users=site().users.all(), roles=list(Role))


@pages.post("/users")
@needs(Right.MANAGE_USERS)
def add() -> ResponseReturnValue:
    """Add a user, and continue to the page that grants accounts and makes the one-time link."""
    try:
        user = site().users.add(request.form.get("name", ""), request.form.get("full_name", ""), _role(), reader().name)
    except UserError as error:
        problem = error_text(error)
        return render_template("users/index.html", users=site().users.all(), roles=list(Role), problem=problem, given=request.form), 422
    site().note("user:added", reader().name, user.name, {"role": user.role.value})
    flash(_("%(name)s was added. Make a one-time link so that they can set a password.", name=user.name))
    return redirect(url_for("users.user", user_id=user.id))


@pages.get("/users/<int:user_id>")
@needs(Right.MANAGE_USERS)
def user(user_id: int) -> ResponseReturnValue:
    """Show a user."""
    return _show(_user(user_id))


@pages.post("/users/<int:user_id>")
@needs(Right.MANAGE_USERS)
def change(user_id: int) -> ResponseReturnValue:
    """Set full name, role, grants and state; a disabled user is signed out everywhere at once."""
    before = _user(user_id)
    accounts = site().repository.catalog.accounts()
    chosen = {int(value) for value in request.form.getlist("account") if value.isascii() and value.isdigit()}
    granted = {number for account in accounts if account.id in chosen for number in account.numbers}  # every part of a merged account
    granted |= before.grants - by_number(accounts).keys()  # accounts set aside are not on the page
    disabled = "is_disabled" in request.form
    if disabled and user_id == reader().user_id:
        return _show(before, problem=_("You cannot disable your own account.")), 422
    try:
        site().users.change(user_id, full_name=request.form.get("full_name", ""), role=_role(), granted=granted, is_disabled=disabled)
    except UserError as error:
        return _show(before, problem=error_text(error)), 422
    if disabled:
        site().sign_ins.end_all(user_id)
    detail = {
        "role": _role().value,
        "grants": sorted(granted),
        "disabled": disabled,
        "role_before": before.role.value,
        "grants_before": sorted(before.grants),
    }
    site().note("user:changed", reader().name, before.name, detail)
    flash(_("Saved."))
    return redirect(url_for("users.user", user_id=user_id))


@pages.post("/users/<int:user_id>/link")
@needs(Right.MANAGE_USERS)
def make_link(user_id: int) -> ResponseReturnValue:
    """Make a one-time link and show it once."""
    user = _user(user_id)
    token = site().links.make(user.id, reader().name)
    site().note("user:link-made", reader().name, user.name)
    return _show(user, link=site().config.public_url + url_for("signing_in.link", token=token))


def _show(user: User, **values: str) -> str:
    return render_template("users/user.html", user=user, roles=list(Role), accounts=site().repository.catalog.accounts(None), **values)


def _user(user_id: int) -> User:
    return site().users.by_id(user_id) or abort(404)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
