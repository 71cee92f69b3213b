"""The reader's basket: open it as a search, put records in, take them out, empty it, undo."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.search import RecordSet, SetOrigin
from portal import stored_sets, words
from portal.access import Right, needs, reader
from portal.search import baskets, selections
from portal.site import site
from portal.views.search import sets
from portal.views.site.signing_in import own_address

pages = Blueprint("baskets", __name__)


@pages.get("/basket")
@needs(Right.SEARCH)
def page() -> ResponseReturnValue:
    """Open the basket as a search within its records; an empty one has a page that says how to fill it.

    `removed`: the name of the set that was just taken out, so that the next page can undo it.
    """
    removed = request.args.get("removed", "")
    record_ids = baskets.Basket(site().repository.db, reader().user_id).record_ids()
    if not record_ids:
        return render_template("baskets/empty.html", removed=stored_sets.load(removed) and removed)
    chosen = RecordSet.of(SetOrigin.BASKET, record_ids, by=selections.reader_name(), day=words.local_day_of(datetime.now(UTC)))
    address = selections.opened(chosen).address()
    return redirect(f"{url_for('search.page')}?{address}{f'&removed={removed}' if stored_sets.load(removed) else ''}")


@pages.post("/basket/add")
@needs(Right.SEARCH)
def add() -> ResponseReturnValue:
    """Put records into the basket: those named by the form (`record`), or those of a set (`set`), such as to undo a removal."""
    back = own_address(request.form.get("back", ""))
    stored = stored_sets.load(request.form.get("set", ""))
    chosen = stored or RecordSet.of(SetOrigin.CHOSEN, request.form.getlist("record"), by=selections.reader_name())
    visible = sets.make(lambda: selections.select(SetOrigin.CHOSEN, chosen.record_ids))
    return sets.put_in(visible, back) if visible is not None else redirect(back)


@pages.post("/basket/remove")
@needs(Right.SEARCH)
def remove() -> ResponseReturnValue:
    """Take records out of the basket and return to a page, or to the basket with a way to undo."""
    name = sets.take_out(request.form.getlist("record"))
    back = request.form.get("back", "")
    return redirect(own_address(back) if back else url_for("baskets.page", removed=name))


@pages.post("/basket/empty")
@needs(Right.SEARCH)
def empty() -> ResponseReturnValue:
    """Take everything out of the basket; the next page can undo it."""
    return redirect(url_for("baskets.page", removed=sets.take_out(baskets.Basket(site().repository.db, reader().user_id).record_ids())))
