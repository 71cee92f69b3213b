"""The home page: what to do, what needs a decision, how fresh the archives are, what runs, what was searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from indexer import platforms
from indexer.catalog import AccountView
from indexer.local_time import zone
from indexer.query import Filters
from portal import words
from portal.access import Reader, Right, User, needs, reader, restrict, signed_in_user
from portal.config import DEMO_BODY
from portal.home import freshness, open_decisions, time_since
from portal.i18n import _
from portal.jobs import OPEN_STATES, Job, is_running, job_rows, may_open
from portal.search import HistoryEntry, SavedSearches, SearchParams, count_saved, facets, history, warn_if_index_unusable
from portal.site import site
from portal.views.custody.jobs import OWN_PAGES

pages = Blueprint("home", __name__)

ACCOUNTS_SHOWN = 12
SEARCHES_SHOWN = 5
PROBLEMS_SHOWN = 3  # lines of each kind
JOBS_READ = 20
COUNTING_SECONDS = 0.05  # for the hits of saved searches today
NOON, EVENING = 12, 17  # hours


@dataclass(frozen=True, slots=True)
class _PastSearch:
    """A search that the reader ran, and its filters in words."""

    entry: HistoryEntry
    filters: tuple[str, ...]


@pages.get("/")
@needs(Right.SEARCH)
def page() -> ResponseReturnValue:
    """Show the reader's home page; 503 if the index is unusable, which the page says."""
    repository, who = site().repository, reader()
    status = warn_if_index_unusable()
    accounts = repository.catalog.accounts(who.permission.accounts)
    coverage = repository.coverage.of(restrict(Filters(), who))
    fresh = freshness(coverage)
    running = _running(who)
    saved = SavedSearches(repository.db, who).all()
    page = render_template(
        "home/page.html",
        greeting=greeting(signed_in_user(), datetime.now(UTC)),
        has_accounts=bool(accounts),
        is_demo=site().config.demo and site().config.body_name == DEMO_BODY,
        records=sum(account.records for account in accounts),
        coverage=coverage,
        fresh=fresh[:ACCOUNTS_SHOWN],
        accounts_in_all=len(fresh),
        old=sum(account.is_old for account in fresh),
        time_since=time_since,
        platforms=[platform.code for platform in platforms.registered()],
        decisions=open_decisions(repository, who, job_rows()),
        most=PROBLEMS_SHOWN,
        running=running,
        own_pages=OWN_PAGES,
        is_stuck=bool(running) and not is_running(site().config),
        searches=_past_searches(who, accounts),
        saved=count_saved(saved[:SEARCHES_SHOWN], COUNTING_SECONDS if status == 200 else 0),
        saved_in_all=len(saved),
    )
    return page, status


def greeting(user: User, at: datetime) -> str:
    """Greet a user by first name, if there is a full name, at an instant (UTC)."""
    hour = at.astimezone(zone(site().repository.zone)).hour
    name = user.full_name.split()[0] if user.full_name.strip() else ""
    if hour < NOON:
        return _("Good morning, %(name)s.", name=name) if name else _("Good morning.")
    if hour < EVENING:
        return _("Good afternoon, %(name)s.", name=name) if name else _("Good afternoon.")
    return _("Good evening, %(name)s.", name=name) if name else _("Good evening.")


def _running(who: Reader) -> list[Job]:
    mine = None if who.may(Right.TAKE_IN) else who.user_id
    return [job for job in job_rows().recent(JOBS_READ, states=OPEN_STATES, user_id=mine) if job.is_open and may_open(who, job)]


def _past_searches(who: Reader, accounts: list[AccountView]) -> list[_PastSearch]:
    entries, _before = history(site().repository.db, who.name, most=SEARCHES_SHOWN)
    return [_PastSearch(entry, _filters(entry.params, accounts)) for entry in entries]


def _filters(params: SearchParams, accounts: list[AccountView]) -> tuple[str, ...]:
    first, last = params.filters.first_day, params.filters.last_day
    chosen = (words.days(first, last),) if first or last else ()
    return (*chosen, *(chip.label for chip in facets.chips(params, accounts)))
