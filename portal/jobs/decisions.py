"""Decisions of a records custodian, carried out by the worker: each may touch every record of an archive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.custody import accounts, outdated, reread, restore, set_aside
from indexer.evidence import ArchiveError
from indexer.i18n import message_of, pack
from indexer.progress import Progress, Report
from indexer.repository import Repository
from portal.access import User
from portal.jobs.rows import Job


def reread_captures(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    """Reread the captures named by the job, or all read by an older importer. A failure does not stop the others."""
    numbers = job.arguments["captures"] or [capture.id for capture in outdated(repository)]
    reports, failed = [], []
    for number in numbers:
        try:
            report = reread(repository, number, user.name, lambda stage, done, total: tell(Progress(stage, done, total, 0.0, None)))
        except ArchiveError as error:
            if len(numbers) == 1:
                raise
            failed.append({"capture": number, "why": pack(message_of(error))})
            continue
        reports.append(
            {
                "capture": report.capture_id,
                "corrected": report.corrected,
                "added": report.added,
                "not_read": len(report.not_read),
                "not_read_ids": list(report.not_read[:20]),
                "other_account": report.other_account,
            }
        )
    return {"reports": reports, "failed": failed}


def set_capture_aside(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    """Set a capture aside, or restore it."""
    tell(Progress("indexing", 0, 0, 0.0, None))
    number, is_restored = job.arguments["capture"], job.arguments["restore"]
    actor = user.name
    count = restore(repository, number, actor) if is_restored else set_aside(repository, number, job.arguments["why"], actor)
    return {"capture": number, "records": count, "restore": is_restored}


def name_account(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    """Name an account, or remove its name."""
    tell(Progress("indexing", 0, 0, 0.0, None))
    number = job.arguments["account"]
    if job.arguments["remove"]:
        return {"label": accounts.unname_account(repository, number, user.name).label, "namesakes": []}
    named = accounts.name_account(repository, number, handle=job.arguments["handle"], name=job.arguments["name"], actor=user.name)
    return {"label": named.account.label, "namesakes": [one.id for one in named.namesakes]}


def name_person(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    """Name the person behind a platform's user number, or remove the name."""
    tell(Progress("indexing", 0, 0, 0.0, None))
    platform, number, name = (job.arguments[key] for key in ("platform", "number", "name"))
    if name:
        count = accounts.name_person(repository, platform, number, name, user.name)
    else:
        count = accounts.unname_person(repository, platform, number, user.name)
    return {"records": count, "name": name}


def merge_accounts(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    """Merge two accounts, or undo a merge."""
    tell(Progress("indexing", 0, 0, 0.0, None))
    part, into = job.arguments["part"], job.arguments["into"]
    if into is None:
        own, rest = accounts.unmerge(repository, part, user.name)
        return {"part": own.label, "whole": rest.label, "merged": False}
    whole = accounts.merge(repository, part, into, user.name)
    label = next((account.label for account in whole.parts if account.id == part), whole.label)
    return {"part": label, "whole": whole.label, "merged": True}
