"""`url_for` with the addresses kept: a page has a hundred of them, and the next page mostly the same."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import flask
from flask import Flask, request

KEPT: Final = 10_000
"""Addresses kept; those used longest ago are dropped."""

_PLAIN: Final = (str, int, type(None))
_SPECIAL: Final = frozenset({"_anchor", "_method", "_scheme", "_external"})
"""Flask's own arguments: an external address also depends on the host of the request."""


def install(app: Flask) -> None:
    """Give the templates this `url_for` instead of Flask's."""
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: Any) -> str:
    """Return the address of a page, as Flask's function does."""
    if not all(isinstance(value, _PLAIN) for value in values.values()) or not _SPECIAL.isdisjoint(values):
        return flask.url_for(endpoint, **values)
    blueprint = request.blueprint if endpoint.startswith(".") else None
    return _address(request.script_root, blueprint, endpoint, tuple(values), *values.values())


@lru_cache(maxsize=KEPT, typed=True)
def _address(_root: str, _blueprint: str | None, endpoint: str, names: tuple[str, ...], *values: Any) -> str:
    """Return an address below the root that the portal is served under."""
    return flask.url_for(endpoint, **dict(zip(names, values, strict=True)))
