"""Names of accounts and people, and merged accounts. Requires the right to add archives, as it lists every account."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import platforms
from indexer.catalog import AccountView, by_number, namesakes
from indexer.custody import LONGEST_NAME, DecisionRefused, check_merge
from portal.access import Right, User, grants_of, needs
from portal.i18n import _, error_text
from portal.jobs import JobKind, start
from portal.site import site

pages = Blueprint("accounts", __name__)

PER_PAGE = 25
NAMESAKES_SHOWN = 10


@pages.get("/accounts")
@needs(Right.TAKE_IN)
def index() -> ResponseReturnValue:
    """List accounts and named people, with forms to name them and the way to merge them."""
    catalog = site().repository.catalog
    held = catalog.accounts()
    find = " ".join(request.args.get("find", "").split())[:LONGEST_NAME]
    shown = [account for account in held if _matches(account, find)]
    page = request.args.get("page", "1")
    pages_in_all = max(1, -(-len(shown) // PER_PAGE))
    number = min(max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 8 else 1, pages_in_all)
    people = sorted((platform, number, name) for (platform, number), name in catalog.people().items())
    return render_template(
        "accounts/index.html",
        accounts=shown[(number - 1) * PER_PAGE : number * PER_PAGE],
        accounts_in_all=len(held),
        find=find,
        number=number,
        pages_in_all=pages_in_all,
        same=namesakes(held)[:NAMESAKES_SHOWN],
        people=people,
        platforms=[platform.code for platform in platforms.registered()],
        longest=LONGEST_NAME,
    )


@pages.get("/accounts/<int:account_id>/merge")
@needs(Right.TAKE_IN)
def choose(account_id: int) -> ResponseReturnValue:
    """Ask which account an account is part of."""
    account = _account(account_id)
    others = [other for other in site().repository.catalog.accounts() if other.platform == account.platform and other.id != account.id]
    return render_template("accounts/choose.html", account=account, others=others)


@pages.post("/accounts/<int:account_id>/name")
@needs(Right.TAKE_IN)
def name(account_id: int) -> ResponseReturnValue:
    """Give an account a handle or a name, or remove it."""
    account = _account(account_id)
    handle, full_name = _text_field("handle").removeprefix("@"), _text_field("name")
    remove = "remove" in request.form
    if not remove and (problem := _name_problem(handle, full_name)):
        flash(problem, "problem")
        return redirect(url_for("accounts.index"))
    title = f"{account.label} → {('@' + handle) if handle else full_name}" if not remove else account.label
    job = start(JobKind.NAME_ACCOUNT, title, {"account": account.id, "handle": handle, "name": full_name, "remove": remove})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/accounts/merge")
@needs(Right.TAKE_IN)
def merge() -> ResponseReturnValue:
    """Merge two accounts, after a page that explains the effect and names the users affected."""
    part, into = _account(_number_field("part")), _account(_number_field("into"))
    try:
        check_merge(part, into)
    except DecisionRefused as error:
        flash(error_text(error), "problem")
        return redirect(url_for("accounts.index"))
    if "sure" not in request.form:
        return render_template("accounts/merge.html", part=part, into=into, losing=_users_losing_access(part, into))
    job = start(JobKind.MERGE_ACCOUNTS, f"{part.label} → {into.label}", {"part": part.id, "into": into.id})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/accounts/unmerge")
@needs(Right.TAKE_IN)
def unmerge() -> ResponseReturnValue:
    """Undo a merge: make a part a separate account again."""
    number = _number_field("part")
    whole = _account(number)
    part = next((account for account in whole.parts if account.id == number), None) or abort(404)
    job = start(JobKind.MERGE_ACCOUNTS, f"{whole.label} → {part.label}", {"part": number, "into": None})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/accounts/people")
@needs(Right.TAKE_IN)
def person() -> ResponseReturnValue:
    """Name the person behind a platform's user number; an empty name removes it."""
    platform, number, full_name = request.form.get("platform", ""), _text_field("number"), _text_field("name")
    is_named = (platform, number) in site().repository.catalog.people()
    if not platforms.is_registered(platform) or not (number.isascii() and number.isdigit()):
        flash(_("Enter the platform's user number, digits only, such as 3051921866."), "problem")
    elif not full_name and not is_named:
        flash(_("Enter the person's name."), "problem")
    else:
        job = start(JobKind.NAME_PERSON, f"{number} → {full_name or '–'}", {"platform": platform, "number": number, "name": full_name})
        return redirect(url_for("jobs.job", job_id=job))
    return redirect(url_for("accounts.index"))


def _name_problem(handle: str, full_name: str) -> str:
    if not handle and not full_name:
        return _("Enter a handle or a name.")
    if " " in handle:
        return _("A handle has no spaces. Enter a name with spaces in the name field.")
    return ""


def _users_losing_access(part: AccountView, into: AccountView) -> list[User]:
    """Return the users granted only some of the parts: they will see none of them until all are granted."""
    users = site().users
    numbers = part.numbers | into.numbers
    granted = grants_of(users.db)
    limited = [user for user in users.all() if not user.reader.may(Right.SEE_ALL_ACCOUNTS)]
    return [user for user in limited if 0 < len(granted.get(user.id, set()) & numbers) < len(numbers)]


def _matches(account: AccountView, words: str) -> bool:
    name = f"{account.label} {account.name} {platforms.title(account.platform)} {account.native_id}".casefold()
    return all(word in name for word in words.casefold().split())


def _account(number: int) -> AccountView:
    return by_number(site().repository.catalog.accounts()).get(number) or abort(404)


def _number_field(field: str) -> int:
    value = request.form.get(field, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else abort(404)


def _text_field(field: str) -> str:
    return " ".join(request.form.get(field, "").split())[:LONGEST_NAME]
