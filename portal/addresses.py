"""`url_for` for templates, with the addresses kept: a page has a hundred of them, and the next page mostly the same."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import flask
from flask import Flask, request

KEPT: Final = 10_000
"""Addresses kept per portal; those used longest ago are dropped."""

_PLAIN: Final = (str, int, type(None))
"""Types of values whose address depends on nothing else."""


def install(app: Flask) -> None:
    """Give the templates this `url_for` instead of Flask's."""

    @lru_cache(maxsize=KEPT, typed=True)
    def address(_root: str, endpoint: str, _names: tuple[str, ...], *values: Any) -> str:
        return flask.url_for(endpoint, **dict(zip(_names, values, strict=True)))

    def url_for(endpoint: str, **values: Any) -> str:
        """Return the address of a page below the root that the portal is served under."""
        is_kept = endpoint[0] != "." and all(isinstance(value, _PLAIN) for value in values.values()) and not _SPECIAL.intersection(values)
        if not is_kept:
            return flask.url_for(endpoint, **values)
        return address(request.script_root, endpoint, tuple(values), *values.values())

    app.jinja_env.globals["url_for"] = url_for


_SPECIAL: Final = frozenset({"_anchor", "_method", "_scheme", "_external"})
"""Flask's own arguments: an external address also depends on the host of the request."""
