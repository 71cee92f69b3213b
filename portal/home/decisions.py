"""What waits for a records custodian's decision: problems, names, merges, outdated readings, failed jobs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from indexer.catalog import AccountView, CaptureView, CatalogState, namesakes
from indexer.custody import is_outdated
from indexer.repository import Repository
from portal.access import Reader, Right
from portal.jobs import Job, JobKind, Jobs, JobState, may_open

FAILED_WITHIN = timedelta(days=14)
JOBS_READ = 100
_FAILED: Final = frozenset({JobState.FAILED, JobState.INTERRUPTED})  # a job that its user stopped is decided


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything that needs a person. Readers who may not add archives get only their own failed jobs."""

    short: tuple[CaptureView, ...] = ()  # fewer records than the platform counts
    with_problems: tuple[CaptureView, ...] = ()
    unnamed: tuple[AccountView, ...] = ()
    people: int = 0  # numbers without a name
    namesakes: tuple[tuple[AccountView, AccountView], ...] = ()
    outdated: tuple[CaptureView, ...] = ()
    failed: tuple[Job, ...] = ()

    @property
    def count(self) -> int:
        """Number of lines on the page."""
        kinds = (self.people, self.unnamed, self.namesakes, self.outdated)
        return len(self.short) + len(self.with_problems) + len(self.failed) + sum(1 for kind in kinds if kind)


_kept: Final[dict[Path, tuple[CatalogState, Decisions]]] = {}  # by data folder, for a state of its catalog


def open_decisions(repository: Repository, reader: Reader, jobs: Jobs) -> Decisions:
    """Return what waits for the reader's decision."""
    failed = tuple(_failed(jobs, reader))
    if not reader.may(Right.TAKE_IN):
        return Decisions(failed=failed)
    return replace(_of_archives(repository), people=repository.catalog.unnamed_people(), failed=failed)


def _of_archives(repository: Repository) -> Decisions:
    """Return what archives and accounts need; read again only after the catalog has changed."""
    state = repository.catalog.state()
    kept = _kept.get(repository.paths.data)
    if kept is not None and kept[0] == state:
        return kept[1]
    captures = repository.catalog.captures()
    accounts = repository.catalog.accounts()
    found = Decisions(
        short=tuple(capture for capture in captures if capture.is_short),
        with_problems=tuple(capture for capture in captures if (capture.problems or capture.unreadable_dates) and not capture.is_short),
        unnamed=tuple(account for account in accounts if account.is_unnamed),
        namesakes=tuple(namesakes(accounts)),
        outdated=tuple(capture for capture in captures if is_outdated(capture)),
    )
    _kept[repository.paths.data] = (state, found)
    return found


def _failed(jobs: Jobs, reader: Reader) -> list[Job]:
    """Return the reader's jobs that failed lately and were not repeated since with success."""
    since = datetime.now(UTC) - FAILED_WITHIN
    succeeded: set[tuple[JobKind, str]] = set()
    failed = []
    for job in jobs.recent(JOBS_READ, user_id=reader.user_id):
        if job.state is JobState.DONE:
            succeeded.add((job.kind, job.title))
        elif job.state in _FAILED and (job.kind, job.title) not in succeeded and (job.ended_at or since) >= since and may_open(reader, job):
            succeeded.add((job.kind, job.title))  # the same failure once
            failed.append(job)
    return failed
