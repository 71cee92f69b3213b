"""/healthz: whether the portal can answer. Open to everybody, so it holds no counts, names or paths."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify

from indexer.engines import IndexDamaged, IndexOutdated
from portal.jobs.worker import is_running
from portal.site import site

pages = Blueprint("health", __name__)

FAILED = frozenset({"failed", "damaged", "empty", "ahead"})
"""States with which no search is answered."""


@pages.get("/healthz")
def healthz() -> Response:
    """Answer 200 while catalog and index can answer, 503 otherwise. An index that is behind answers, and says so."""
    state = {"catalog": _state(_catalog), "index": _state(_index), "worker": "running" if is_running(site().config) else "not running"}
    healthy = FAILED.isdisjoint(state.values())
    answer = jsonify(status="ok" if healthy else "failed", **state)
    answer.status_code = 200 if healthy else 503
    return answer


def _catalog() -> str:
    with site().repository.db.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    return "ok"


def _index() -> str:
    """Say how the index stands; its files are compared with their sums, some more of them each time where they are large."""
    repository = site().repository
    try:
        repository.index.check()
        reached, target = repository.index.position(), repository.catalog.position()
    except (IndexDamaged, IndexOutdated) as error:
        current_app.logger.error("health check: %s", error)  # noqa: TRY400  # asked for every few seconds: one line each
        return "damaged"
    if reached > target:
        return "ahead"
    if target and not reached:
        return "empty"
    return "in step" if reached == target else "behind"


def _state(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:  # whatever is wrong, the answer is "failed" and the log says why
        current_app.logger.exception("health check")
        return "failed"
