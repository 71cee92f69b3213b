"""Reports: the latest term lists, certificates and exports, each with the way to make one."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.access import Right, needs, reader
from portal.jobs import Job, JobKind, job_rows, may_open

pages = Blueprint("reports", __name__)

LATEST = 5
JOBS_READ = 25  # of each kind; the reader may not open all of them


@pages.get("/reports")
@needs(Right.SEARCH)
def index() -> ResponseReturnValue:
    """List the latest reports of each kind that the reader may open."""
    return render_template(
        "reports/index.html",
        term_lists=_latest(JobKind.TERM_LIST),
        certificates=_latest(JobKind.CERTIFICATE) if reader().may(Right.CERTIFY) else [],
        exports=_latest(JobKind.EXPORT) if reader().may(Right.EXPORT) else [],
    )


def _latest(kind: JobKind) -> list[Job]:
    everyone = kind is not JobKind.TERM_LIST and reader().may(Right.TAKE_IN)
    jobs = job_rows().recent(JOBS_READ, kinds=frozenset({kind}), user_id=None if everyone else reader().user_id)
    return [job for job in jobs if may_open(reader(), job)][:LATEST]
