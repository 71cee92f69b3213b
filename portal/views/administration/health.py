"""/healthz: whether the portal can answer. Open to everybody, so it holds no counts, names or paths."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify

from portal.jobs.worker import is_running
from portal.site import site

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> Response:
    """Answer 200 while catalog and index can be read, 503 otherwise."""
    state = {"catalog": _state(_catalog), "index": _state(_index), "worker": "running" if is_running(site().config) else "not running"}
    healthy = "failed" not in state.values()
    answer = jsonify(status="ok" if healthy else "failed", **state)
    answer.status_code = 200 if healthy else 503
    return answer


def _catalog() -> str:
    with site().repository.db.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    return "ok"


def _index() -> str:
    repository = site().repository
    return "in step" if repository.index.position() >= repository.catalog.position() else "behind"


def _state(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:  # whatever is wrong, the answer is "failed" and the log says why
        current_app.logger.exception("health check")
        return "failed"
