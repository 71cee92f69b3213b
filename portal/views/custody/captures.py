"""Captures: the archives in custody, the page of each, and adding archives."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.catalog import CaptureView
from indexer.custody import LONGEST_NAME, LONGEST_WHY, Level, is_outdated
from indexer.i18n import say
from indexer.local_time import UnknownZone, zone
from portal import capture_words
from portal.access import Right, needs, reader
from portal.i18n import _, error_text
from portal.jobs import LOCKING, JobKind, is_running, job_rows, start
from portal.site import site

pages = Blueprint("captures", __name__)

LISTED = 100  # archives on a page
PROBLEMS_SHOWN = 100
TITLE = 200  # characters of a job's title
JOBS_SHOWN = 5


@pages.get("/captures")
@needs(Right.SEE_CAPTURES)
def index() -> ResponseReturnValue:
    """List captures; readers who may add archives also see the forms and the jobs."""
    may_take_in = reader().may(Right.TAKE_IN)
    held = site().repository.catalog.captures(with_set_aside=True)
    active = [view for view in held if view.aside is None]
    number, pages_in_all = _page_number(), max(1, -(-len(active) // LISTED))
    number = min(number, pages_in_all)
    site().note_later("capture:viewed", reader().name, "all captures")
    return render_template(
        "captures/index.html",
        captures=active[(number - 1) * LISTED : number * LISTED],
        number=number,
        pages_in_all=pages_in_all,
        set_aside=[view for view in held if view.aside is not None],
        unnamed=[view for view in active if view.account is not None and view.account.is_unnamed],
        outdated=[view for view in active if is_outdated(view)],
        may_take_in=may_take_in,
        jobs=job_rows().recent(JOBS_SHOWN, kinds=LOCKING) if may_take_in else [],
        worker_runs=is_running(site().config),
    )


@pages.get("/captures/<int:capture_id>")
@needs(Right.SEE_CAPTURES)
def capture(capture_id: int) -> ResponseReturnValue:
    """Show a capture: facts, limits, reconciliation, problems, files not read, times."""
    view = _capture(capture_id)
    number = _page_number()
    catalog = site().repository.catalog
    site().note_later("capture:viewed", reader().name, f"capture {capture_id}")
    return render_template(
        "captures/capture.html",
        capture=view,
        summary=capture_words.describe(view, catalog.contents(capture_id)),
        faults=capture_words.faults(view),
        platform_sum=capture_words.platform_sum(view),
        problems=catalog.problems(capture_id, PROBLEMS_SHOWN, (number - 1) * PROBLEMS_SHOWN),
        page=number,
        pages_in_all=max(1, -(-view.problems // PROBLEMS_SHOWN)),
        unreadable_dates=view.unreadable_dates,
        ignored=catalog.ignored(capture_id),
        zones=_zones(),
        is_outdated=view.aside is None and is_outdated(view),
        with_it=[capture for capture in _outdated_of(view) if capture.id != view.id],
        may_take_in=reader().may(Right.TAKE_IN),
    )


@pages.post("/captures/<int:capture_id>/zone")
@needs(Right.TAKE_IN)
def set_zone(capture_id: int) -> ResponseReturnValue:
    """Set the time zone of a capture's account, after a confirmation page."""
    view = _capture(capture_id)
    name = request.form.get("zone", "").strip()
    try:
        zone(name)
    except UnknownZone as error:
        flash(error_text(error), "problem")
        return redirect(url_for("captures.capture", capture_id=capture_id))
    if "sure" not in request.form:
        return render_template("captures/zone.html", capture=view, zone=name)
    job = start(JobKind.SET_ZONE, f"{view.name}: {view.zone} → {name}", {"capture": capture_id, "zone": name})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/captures/<int:capture_id>/name")
@needs(Right.TAKE_IN)
def name_account(capture_id: int) -> ResponseReturnValue:
    """Name the account of an archive that was added again with a handle."""
    view = _capture(capture_id)
    handle = "".join(request.form.get("handle", "").split()).removeprefix("@")[:LONGEST_NAME]
    if view.account is None or not handle:
        abort(404)
    arguments = {"account": view.account.id, "handle": handle, "name": "", "remove": False}
    return redirect(url_for("jobs.job", job_id=start(JobKind.NAME_ACCOUNT, f"{view.account.label} → @{handle}", arguments)))


@pages.post("/captures/<int:capture_id>/set-aside")
@needs(Right.TAKE_IN)
def set_aside(capture_id: int) -> ResponseReturnValue:
    """Exclude a capture from searches and certificates, after a confirmation page."""
    view = _capture(capture_id)
    why = " ".join(request.form.get("why", "").split())[:LONGEST_WHY]
    if view.aside is not None:
        return redirect(url_for("captures.capture", capture_id=capture_id))
    if not why:
        flash(_("State why the archive is set aside. The reason is kept in the event log."), "problem")
        return redirect(url_for("captures.capture", capture_id=capture_id))
    if "sure" not in request.form:
        return render_template("captures/set_aside.html", capture=view, why=why)
    job = start(JobKind.SET_ASIDE, view.name, {"capture": capture_id, "why": why, "restore": False})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/captures/<int:capture_id>/restore")
@needs(Right.TAKE_IN)
def restore(capture_id: int) -> ResponseReturnValue:
    """Restore a capture that was set aside."""
    view = _capture(capture_id)
    job = start(JobKind.SET_ASIDE, view.name, {"capture": capture_id, "why": "", "restore": True})
    return redirect(url_for("jobs.job", job_id=job))


@pages.post("/captures/<int:capture_id>/reread")
@needs(Right.TAKE_IN)
def reread(capture_id: int) -> ResponseReturnValue:
    """Reread a capture together with the other captures of its account read by an older importer: they share records."""
    view = _capture(capture_id)
    numbers = sorted({view.id, *(capture.id for capture in _outdated_of(view))})
    return redirect(url_for("jobs.job", job_id=start(JobKind.REREAD, view.name, {"captures": numbers})))


@pages.post("/captures/reread")
@needs(Right.TAKE_IN)
def reread_all() -> ResponseReturnValue:
    """Reread every capture read by an older importer."""
    outdated = [view for view in site().repository.catalog.captures() if is_outdated(view)]
    if not outdated:
        flash(_("Every archive was read by the current importers."))
        return redirect(url_for("captures.index"))
    title = ", ".join(view.name for view in reversed(outdated))[:TITLE]
    return redirect(url_for("jobs.job", job_id=start(JobKind.REREAD, title, {"captures": []})))


@pages.post("/captures/verify")
@needs(Right.TAKE_IN)
def verify() -> ResponseReturnValue:
    """Start verifying evidence, catalog and event log: quickly, or in full."""
    is_full = request.form.get("level") == Level.FULL
    title = say("Full: archives are reread") if is_full else say("Quick: evidence, catalog and event log")
    level = Level.FULL if is_full else Level.QUICK
    return redirect(url_for("jobs.job", job_id=start(JobKind.VERIFY, str(title), {"level": level.value})))


@cache
def _zones() -> list[str]:
    """Return the names of all time zones: they are read from hundreds of files."""
    return sorted(available_timezones())


def _page_number() -> int:
    """Return the page of the address, from 1."""
    page = request.args.get("page", "1")
    return max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 8 else 1


def _capture(capture_id: int) -> CaptureView:
    return site().repository.catalog.capture(capture_id, with_set_aside=True) or abort(404)


def _outdated_of(view: CaptureView) -> list[CaptureView]:
    """Return the captures of the same account read by an older importer."""
    if view.account is None:
        return []
    held = site().repository.catalog.captures(view.account.numbers)
    return [capture for capture in held if is_outdated(capture)]
