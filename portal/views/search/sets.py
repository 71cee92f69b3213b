"""Record sets: selected hits, and what is new since a search, a certificate or an archive. Each opens as a search within the set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from indexer.catalog import CaptureView
from indexer.certificates import NotACertificate, file_format, load_check
from indexer.i18n import message_of
from indexer.search import NotAnswered, RecordSet, SetOrigin
from portal import certificates, words
from portal.access import Right, needs, reader
from portal.i18n import _, _n, translate
from portal.jobs import JobKind, certificate_file, check_file
from portal.search import SavedSearches, baskets, last_runs, parse_address, search_key, selections
from portal.site import site
from portal.views.site.signing_in import own_address

pages = Blueprint("sets", __name__)

CHANGES = ("new", "changed", "gone")


@pages.post("/selection")
@needs(Right.SEARCH)
def choose() -> ResponseReturnValue:
    """Use the records that a form selects: show only these, hand them over, or put them into the basket or out of it."""
    then, back = request.form.get("then", "show"), own_address(request.form.get("back", ""))
    chosen_ids = request.form.getlist("record")
    if not chosen_ids:
        flash(_("Select records first."), "problem")
        return redirect(back)
    if then == "unbasket":
        return redirect(url_for("baskets.page", removed=take_out(chosen_ids)))
    chosen = make(lambda: selections.select(SetOrigin.CHOSEN, chosen_ids))
    if chosen is None or not chosen.record_ids:
        return redirect(back)
    if then == "basket":
        return put_in(chosen, back)
    return redirect(_hand_over(chosen) if then == "hand-over" and reader().may(Right.EXPORT) else _search(chosen))


def put_in(chosen: RecordSet, back: str) -> ResponseReturnValue:
    """Put the records of a set into the reader's basket, and go back to a page."""
    basket = baskets.Basket(site().repository.db, reader().user_id)
    try:
        added = basket.add(chosen.record_ids)
    except baskets.BasketFull as error:
        flash(str(error), "problem")
        return redirect(back)
    if added:
        site().note("basket:changed", reader().name, f"{added} records", {"added": added})
    count = len(basket.record_ids())
    flash(
        _n("%(num)s record added to your basket.", "%(num)s records added to your basket.", added)
        + " "
        + _n("It holds %(num)s record.", "It holds %(num)s records.", count),
        "good",
    )
    return redirect(back)


def take_out(chosen_ids: Iterable[str]) -> str:
    """Take records out of the reader's basket; return the name of the set that puts them back."""
    removed = baskets.Basket(site().repository.db, reader().user_id).remove(chosen_ids)
    site().note("basket:changed", reader().name, f"{len(removed)} records", {"removed": len(removed)})
    return selections.name_of(RecordSet.of(SetOrigin.CHOSEN, removed, by=selections.reader_name()))


@pages.get("/new-since/saved/<int:saved_id>")
@needs(Right.SEARCH)
def since_saved(saved_id: int) -> ResponseReturnValue:
    """Open what a saved search finds that was added or changed since the reader last ran it, or else since it was saved."""
    searches = SavedSearches(site().repository.db, reader()).all()
    saved = next((search for search in searches if search.id == saved_id), None)
    if saved is None:
        abort(404)
    params = parse_address(saved.address)
    run = last_runs(site().repository.db, reader().name, [search_key(params)]).get(search_key(params))
    moment = run.at if run and run.at else saved.made_at
    if params.errors or moment is None:
        return redirect(f"{url_for('search.page')}?{saved.address}")
    day = words.local_day_of(moment)
    return _open(SetOrigin.NEW_SINCE_SEARCH, lambda: selections.new_since(params, moment), day, url_for("saved.index"))


@pages.get("/new-since/certificate/<int:job_id>")
@needs(Right.CERTIFY)
def since_certificate(job_id: int) -> ResponseReturnValue:
    """Open what the search of a certificate finds now that the certificate does not list."""
    job = certificates.finished_job(job_id)
    back, path = url_for("certificates.certificate", job_id=job_id), certificate_file(site().repository, job_id)
    if not path.is_file():
        abort(404)
    params = parse_address(job.arguments["address"])

    def find() -> Iterable[str]:
        return selections.not_among(params, (line.partition("\t")[0] for line in file_format.read(path).records))

    return _open(SetOrigin.NEW_SINCE_CERTIFICATE, find, _day_of_certificate(job_id), back)


@pages.get("/new-since/check/<int:job_id>/<change>")
@needs(Right.CERTIFY)
def of_check(job_id: int, change: str) -> ResponseReturnValue:
    """Open the records that a check of a certificate found to be new, changed or gone, as far as they are on file."""
    job = certificates.finished_job(job_id, JobKind.CERTIFICATE_CHECK)
    path = check_file(site().repository, job_id)
    if change not in CHANGES or not path.is_file():
        abort(404)
    changes = getattr(load_check(path), change)
    origin = SetOrigin.NEW_SINCE_CERTIFICATE if change == "new" else SetOrigin.CHOSEN
    day = _day_of_certificate(job.arguments["certificate"])
    return _open(origin, lambda: [item.record_id for item in changes], day, url_for("certificates.checked", job_id=job_id))


@pages.get("/captures/<int:capture_id>/first-seen")
@needs(Right.SEE_CAPTURES)
def first_seen(capture_id: int) -> ResponseReturnValue:
    """Open the records that no archive before this one has."""
    capture = _capture(capture_id)
    return _open(SetOrigin.FIRST_IN_CAPTURE, lambda: selections.first_in_capture(capture_id), _day_of(capture), _page_of(capture_id))


@pages.get("/captures/<int:capture_id>/gone")
@needs(Right.SEE_CAPTURES)
def gone(capture_id: int) -> ResponseReturnValue:
    """Open the records of earlier archives that this one no longer has."""
    capture = _capture(capture_id)
    return _open(SetOrigin.GONE_FROM_CAPTURE, lambda: selections.gone_from_capture(capture_id), _day_of(capture), _page_of(capture_id))


def _open(origin: SetOrigin, find: Callable[[], Iterable[str]], day: date | None, back: str) -> ResponseReturnValue:
    """Make a set of the records found and redirect to it; back to its page, in words, if there are none or too many."""
    chosen = make(lambda: selections.select(origin, find(), day=day))
    if chosen is None:
        return redirect(back)
    if not chosen.record_ids:
        flash(_("There is nothing new: no such records are on file."))
        return redirect(back)
    return redirect(_search(chosen))


def make(make: Callable[[], RecordSet]) -> RecordSet | None:
    """Make a set; None, with a message, if it cannot be made."""
    try:
        chosen = make()
    except selections.TooManyRecords as error:
        flash(str(error), "problem")
    except NotAnswered as error:
        flash(" ".join(translate(diagnostic.message) for diagnostic in error.diagnostics), "problem")
    except NotACertificate as error:
        flash(translate(message_of(error)), "problem")
    else:
        return chosen
    return None


def _search(chosen: RecordSet) -> str:
    return f"{url_for('search.page')}?{selections.opened(chosen).address()}"


def _hand_over(chosen: RecordSet) -> str:
    return f"{url_for('hand_over.page')}?{selections.opened(chosen).address()}"


def _capture(capture_id: int) -> CaptureView:
    capture = site().repository.catalog.capture(capture_id)
    if capture is None:
        abort(404)
    return capture


def _day_of(capture: CaptureView) -> date:
    return words.local_day_of(capture.exported_at or capture.taken_at)


def _page_of(capture_id: int) -> str:
    return url_for("captures.capture", capture_id=capture_id)


def _day_of_certificate(job_id: int) -> date | None:
    job = certificates.certificate_job(job_id)
    return words.local_day_of(job.ended_at) if job.ended_at else None
