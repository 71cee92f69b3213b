"""Accounts and people: their names, and which accounts are one. Only for who may take archives in: it lists every account."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import platforms
from indexer.catalog.models import AccountView, by_number
from indexer.custody.accounts import LONGEST_NAME, check_merge
from indexer.custody.set_aside import DecisionRefused
from portal.access.guard import needs
from portal.access.rules import Right
from portal.access.users import User, grants_of
from portal.i18n import _, error_text
from portal.jobs.queue import start
from portal.jobs.rows import JobKind
from portal.site import site

pages = Blueprint("accounts", __name__)


@pages.get("/accounts")
@needs(Right.TAKE_IN)
def index() -> ResponseReturnValue:
    """List accounts and named people, with the forms to name and to merge."""
    catalog = site().repository.catalog
    held = catalog.accounts()
    people = sorted((platform, number, name) for (platform, number), name in catalog.people().items())
    return render_template(
        "accounts/index.html",
        accounts=held,
        same=_same_handle(held),
        people=people,
        platforms=[one.code for one in platforms.registered()],
        longest=LONGEST_NAME,
    )


@pages.post("/accounts/<int:account_id>/name")
@needs(Right.TAKE_IN)
def name(account_id: int) -> ResponseReturnValue:
    """Give an account a handle or a name, or take it back."""
    account = _account(account_id)
    handle, given = _line("handle").removeprefix("@"), _line("name")
    remove = "remove" in request.form
    if not remove and (problem := _name_problem(handle, given)):
        flash(problem, "problem")
        return redirect(url_for("accounts.index"))
    title = f"{account.label} → {('@' + handle) if handle else given}" if not remove else account.label
    job = start(JobKind.NAME_ACCOUNT, title, {"account": account.id, "handle": handle, "name": given, "remove": remove})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/accounts/merge")
@needs(Right.TAKE_IN)
def merge() -> ResponseReturnValue:
    """Make one account of two, after a page that says what that means and for whom."""
    part, into = _account(_number("part")), _account(_number("into"))
    try:
        check_merge(part, into)
    except DecisionRefused as error:
        flash(error_text(error), "problem")
        return redirect(url_for("accounts.index"))
    if "sure" not in request.form:
        return render_template("accounts/merge.html", part=part, into=into, losing=_losing(part, into))
    job = start(JobKind.MERGE_ACCOUNTS, f"{part.label} → {into.label}", {"part": part.id, "into": into.id})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/accounts/unmerge")
@needs(Right.TAKE_IN)
def unmerge() -> ResponseReturnValue:
    """Make a part an account of its own again."""
    number = _number("part")
    whole = _account(number)
    part = next((one for one in whole.parts if one.id == number), None) or abort(404)
    job = start(JobKind.MERGE_ACCOUNTS, f"{whole.label} → {part.label}", {"part": number, "into": None})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/accounts/people")
@needs(Right.TAKE_IN)
def person() -> ResponseReturnValue:
    """Give a platform's number the name of a person; an empty name takes it back."""
    platform, number, given = request.form.get("platform", ""), _line("number"), _line("name")
    known = (platform, number) in site().repository.catalog.people()
    if not platforms.is_registered(platform) or not (number.isascii() and number.isdigit()):
        flash(_("Enter the platform's user number, digits only, such as 3051921866."), "problem")
    elif not given and not known:
        flash(_("Enter the person's name."), "problem")
    else:
        job = start(JobKind.NAME_PERSON, f"{number} → {given or '–'}", {"platform": platform, "number": number, "name": given})
        return redirect(url_for("jobs.job", job_id=job))
    return redirect(url_for("accounts.index"))


def _name_problem(handle: str, given: str) -> str:
    if not handle and not given:
        return _("Enter a handle or a name.")
    if " " in handle:
        return _("A handle has no spaces. Enter a name with spaces in the name field.")
    return ""


def _losing(part: AccountView, into: AccountView) -> list[User]:
    """Return the users who were granted only some of the parts: they will see neither until all are granted."""
    users = site().users
    wanted = part.numbers | into.numbers
    granted = grants_of(users.db)
    limited = [user for user in users.all() if not user.reader.may(Right.SEE_ALL_ACCOUNTS)]
    return [user for user in limited if 0 < len(granted.get(user.id, set()) & wanted) < len(wanted)]


def _same_handle(held: list[AccountView]) -> list[tuple[AccountView, AccountView]]:
    """Return pairs of accounts of one platform with the same handle: perhaps they are one."""
    first: dict[tuple[str, str], AccountView] = {}
    pairs = []
    for one in sorted(held, key=lambda account: account.id):
        if one.handle:
            other = first.setdefault((one.platform, one.handle.casefold()), one)
            if other is not one:
                pairs.append((other, one))
    return pairs


def _account(number: int) -> AccountView:
    return by_number(site().repository.catalog.accounts()).get(number) or abort(404)


def _number(field: str) -> int:
    value = request.form.get(field, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else abort(404)


def _line(field: str) -> str:
    return " ".join(request.form.get(field, "").split())[:LONGEST_NAME]
