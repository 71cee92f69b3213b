"""/healthz: whether the portal can answer. Open to everybody, so it holds no counts, names or paths."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify

from portal.site import site
from portal.worker import is_running

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> Response:
    """Answer 200 while catalogue and index can be read, 503 otherwise."""
    state = {"catalogue": _state(_catalogue), "index": _state(_index), "worker": "running" if is_running(site().config) else "not running"}
    healthy = "failed" not in state.values()
    answer = jsonify(status="ok" if healthy else "failed", **state)
    answer.status_code = 200 if healthy else 503
    return answer


def _catalogue() -> str:
    with site().house.db.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    return "ok"


def _index() -> str:
    house = site().house
    return "in step" if house.index.position() >= house.catalogue.position() else "behind"


def _state(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:  # whatever is wrong, the answer is "failed" and the log says why
        current_app.logger.exception("health check")
        return "failed"
