"""Saved searches with their last run and the number of hits today."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.access import reader
from portal.search import facets, selections
from portal.search.address import SearchParams
from portal.search.facets import Chip
from portal.search.history import LastRun, last_runs, parse_address, search_key
from portal.search.run import plan, search_request
from portal.search.saved import SavedSearch
from portal.site import site


@dataclass(frozen=True, slots=True)
class CountedSearch:
    """A saved search for a page. `now` is None if not counted; `more` compares with the reader's last run."""

    saved: SavedSearch
    params: SearchParams
    chips: tuple[Chip, ...]
    run: LastRun | None
    now: int | None
    may_have_news: bool  # an archive was added, reread or restored since

    @property
    def more(self) -> int:
        """Hits added since the last run; 0 if either count is unknown."""
        return self.now - self.run.total if self.now is not None and self.run and self.run.total is not None else 0


def count_saved(searches: Sequence[SavedSearch], seconds: float) -> list[CountedSearch]:
    """Count the hits of saved searches for at most about `seconds`; the remaining searches are counted when they are run."""
    if not searches:
        return []
    searched = [parse_address(saved.address) for saved in searches]
    runs = last_runs(site().repository.db, reader().name, [search_key(params) for params in searched])
    accounts = site().repository.catalog.accounts(reader().permission.accounts)
    newest = selections.last_change()
    deadline = time.monotonic() + seconds
    rows = []
    for saved, params in zip(searches, searched, strict=True):
        now = None
        if not params.errors and time.monotonic() < deadline:
            results = plan(replace(search_request(params), limit=0, offset=0)).head()
            now = results.total if results.answered else None
        run = runs.get(search_key(params))
        moment = run.at if run and run.at else saved.made_at
        may_have_news = moment is not None and newest is not None and newest > moment - selections.INDEXING
        rows.append(CountedSearch(saved, params, tuple(facets.chips(params, accounts)), run, now, may_have_news))
    return rows
