"""User administration: add users, set roles and grants, disable, make one-time links for passwords."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.catalog import by_number
from portal.access import Right, Role, User, UserError, needs, reader
from portal.i18n import _, error_text
from portal.site import site
from portal.views import account_choice

pages = Blueprint("users", __name__)


@pages.get("/users")
@needs(Right.MANAGE_USERS)
def index() -> ResponseReturnValue:
    """List the users."""
    return _list()


@pages.post("/users")
@needs(Right.MANAGE_USERS)
def add() -> ResponseReturnValue:
    """Add a user with the accounts granted, and show the one-time link for the first password."""
    if account_choice.is_find(request.form):
        return _list(given=request.form, granted=_granted())
    role, granted = _role(), _granted()
    try:
        added = site().users.add(request.form.get("name", ""), request.form.get("full_name", ""), role, reader().name)
        if granted:
            site().users.change(added.id, full_name=added.full_name, role=role, granted=granted, is_disabled=False)
    except UserError as error:
        return _list(problem=error_text(error), given=request.form, granted=granted), 422
    site().note("user:added", reader().name, added.name, {"role": role.value, "grants": sorted(granted)})
    return _show_link(_user(added.id))


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
    if account_choice.is_find(request.form):
        return _show(before, given=request.form, granted=_granted())
    granted = _granted() | (
        before.grants - by_number(site().repository.catalog.accounts()).keys()
    )  # accounts set aside are not on the page
    disabled = "is_disabled" in request.form
    if disabled and user_id == reader().user_id:
        return _show(before, problem=_("You cannot disable your own account."), given=request.form, granted=granted), 422
    try:
        site().users.change(user_id, full_name=request.form.get("full_name", ""), role=_role(), granted=granted, is_disabled=disabled)
    except UserError as error:
        return _show(before, problem=error_text(error), given=request.form, granted=granted), 422
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
    return _show_link(_user(user_id))


def _list(problem: str = "", given: Mapping[str, str] | None = None, granted: Collection[int] = ()) -> str:
    return render_template(
        "users/index.html", users=site().users.all(), roles=list(Role), problem=problem, given=given or {}, choice=_choice(granted)
    )


def _show(user: User, *, given: Mapping[str, str] | None = None, granted: Collection[int] | None = None, **values: Any) -> str:
    """Return a user's page with what is stored, or with what was typed into its form."""
    if given is None:
        given = {"full_name": user.full_name, "role": user.role.value, **({"is_disabled": "1"} if user.is_disabled else {})}
    choice = _choice(user.grants if granted is None else granted)
    return render_template("users/user.html", user=user, roles=list(Role), given=given, choice=choice, **values)


def _choice(granted: Collection[int]) -> account_choice.AccountChoice:
    accounts = site().repository.catalog.accounts()
    chosen = {account.id for account in accounts if account.id in granted}
    return account_choice.choose(accounts, chosen, request.form if account_choice.is_find(request.form) else None)


def _show_link(user: User) -> str:
    """Make a one-time link, which ends the user's earlier links, and show it."""
    token = site().links.make(user.id, reader().name)
    site().note("user:link-made", reader().name, user.name)
    return _show(user, link=site().config.public_url + url_for("signing_in.link", token=token))


def _granted() -> set[int]:
    """Return the accounts chosen in the form, listed there or not, with every part of a merged account."""
    chosen = {int(value) for value in account_choice.chosen_values(request.form) if value.isascii() and value.isdigit()}
    return {number for account in site().repository.catalog.accounts() if account.id in chosen for number in account.numbers}


def _user(user_id: int) -> User:
    return site().users.by_id(user_id) or abort(404)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
