"""/healthz: whether the portal is working. Open to everyone, so it shows no counts, names or paths."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify

from indexer.engines import IndexDamaged, IndexOutdated
from portal.jobs import is_running
from portal.site import site

pages = Blueprint("health", __name__)

FAILED = frozenset({"failed", "damaged", "empty", "ahead"})
"""States in which no search is answered."""


@pages.get("/healthz")
def healthz() -> Response:
    """Return 200 while catalog and index work, 503 otherwise. An index that is behind still works, and is reported as behind."""
    state = {"catalog": _state(_catalog), "index": _state(_index), "worker": "running" if is_running(site().config) else "not running"}
    healthy = FAILED.isdisjoint(state.values())
    response = jsonify(status="ok" if healthy else "failed", **state)
    response.status_code = 200 if healthy else 503
    return response


def _catalog() -> str:
    with site().repository.db.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    return "ok"


def _index() -> str:
    """Return the state of the index; large index files are compared with their checksums in portions, a few more at each call."""
    repository = site().repository
    try:
        repository.index.check()
        reached, target = repository.index.position(), repository.catalog.position()
    except (IndexDamaged, IndexOutdated) as error:
        current_app.logger.error("health check: %s", error)  # noqa: TRY400  # called every few seconds: one line each
        return "damaged"
    if reached > target:
        return "ahead"
    if target and not reached:
        return "empty"
    return "in step" if reached == target else "behind"


def _state(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:  # any error means "failed"; the log has the details
        current_app.logger.exception("health check")
        return "failed"
