"""Saved searches and search history: run again, save, rename, share, delete, undo."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Right, needs, reader
from portal.i18n import _
from portal.search import (
    SavedSearch,
    SavedSearches,
    SavingError,
    SearchParams,
    address,
    count_saved,
    facets,
    history,
    parse_address,
    warn_if_index_unusable,
)
from portal.site import site

pages = Blueprint("saved", __name__)

COUNTING_SECONDS = 1.5  # time limit for counting current hits on the page; the remaining searches are counted when they are run


@pages.get("/saved")
@needs(Right.SEARCH)
def index() -> ResponseReturnValue:
    """List the reader's saved searches and those shared with them."""
    deleted_id = request.args.get("deleted", type=int)
    deleted = _searches().own(deleted_id, is_deleted=True) if deleted_id and deleted_id < 2**63 else None
    status = warn_if_index_unusable()
    return render_template("saved/index.html", searches=count_saved(_searches().all(), COUNTING_SECONDS), gone=deleted), status


@pages.get("/saved/new")
@needs(Right.SEARCH)
def new() -> ResponseReturnValue:
    """Ask for the name of the search of this address."""
    return _form(address.parse(request.args))


@pages.post("/saved")
@needs(Right.SEARCH)
def add() -> ResponseReturnValue:
    """Save a search."""
    params = parse_address(request.form.get("address", ""))
    name, is_shared = request.form.get("name", ""), request.form.get("shared") == "1"
    if params.errors:
        problem = _("This search cannot be saved: its address is not valid.")
        return _form(params, name=name, is_shared=is_shared, problem=problem), 400
    try:
        _searches().add(name, replace(params, page=1).address(), is_shared=is_shared)
    except SavingError as error:
        return _form(params, name=name, is_shared=is_shared, problem=str(error)), 400
    site().note("search:saved", reader().name, name, {"address": params.address(), "shared": is_shared})
    flash(_("Saved as “%(name)s”.", name=" ".join(name.split())), "good")
    return redirect(url_for("saved.index"))


@pages.get("/saved/<int:saved_id>")
@needs(Right.SEARCH)
def edit(saved_id: int) -> ResponseReturnValue:
    """Show the form of one of the reader's own searches."""
    saved = _own(saved_id)
    return _form(parse_address(saved.address), name=saved.name, is_shared=saved.is_shared, saved=saved)


@pages.post("/saved/<int:saved_id>")
@needs(Right.SEARCH)
def change(saved_id: int) -> ResponseReturnValue:
    """Rename, share, or make private again."""
    saved, name, is_shared = _own(saved_id), request.form.get("name", ""), request.form.get("shared") == "1"
    try:
        _searches().change(saved_id, name, is_shared=is_shared)
    except SavingError as error:
        return _form(parse_address(saved.address), name=name, is_shared=is_shared, saved=saved, problem=str(error)), 400
    site().note("search:saved", reader().name, name, {"was": saved.name, "shared": is_shared})
    flash(_("“%(name)s” was changed.", name=" ".join(name.split())), "good")
    return redirect(url_for("saved.index"))


@pages.post("/saved/<int:saved_id>/delete")
@needs(Right.SEARCH)
def delete(saved_id: int) -> ResponseReturnValue:
    """Delete one of the reader's own searches; the next page can undo it."""
    saved = _own(saved_id)
    _searches().delete(saved_id)
    site().note("search:saved", reader().name, saved.name, {"deleted": True})
    return redirect(url_for("saved.index", deleted=saved_id))


@pages.post("/saved/<int:saved_id>/restore")
@needs(Right.SEARCH)
def restore(saved_id: int) -> ResponseReturnValue:
    """Undo a deletion."""
    try:
        _searches().restore(saved_id)
    except SavingError as error:
        flash(str(error), "problem")
        return redirect(url_for("saved.index"))
    saved = _own(saved_id)
    site().note("search:saved", reader().name, saved.name, {"brought_back": True})
    flash(_("“%(name)s” is back.", name=saved.name), "good")
    return redirect(url_for("saved.index"))


@pages.get("/history")
@needs(Right.SEARCH)
def past() -> ResponseReturnValue:
    """List the reader's past searches, newest first."""
    before = request.args.get("before", type=int)
    entries, next_before = history(site().repository.db, reader().name, before if before and before < 2**63 else None)
    accounts = site().repository.catalog.accounts(reader().permission.accounts)
    chips = [facets.chips(entry.params, accounts) for entry in entries]
    return render_template("saved/history.html", lines=list(zip(entries, chips, strict=True)), further=next_before, is_first=not before)


def _searches() -> SavedSearches:
    return SavedSearches(site().repository.db, reader())


def _own(saved_id: int) -> SavedSearch:
    saved = _searches().own(saved_id)
    if saved is None:
        abort(404)
    return saved


def _form(params: SearchParams, *, name: str = "", is_shared: bool = False, saved: SavedSearch | None = None, problem: str = "") -> str:
    accounts = site().repository.catalog.accounts(reader().permission.accounts)
    chips = facets.chips(params, accounts)
    given = {"name": name, "is_shared": is_shared}
    return render_template("saved/form.html", params=params, chips=chips, given=given, saved=saved, problem=problem)
