"""Queries with many parameter values, run in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa

_T = TypeVar("_T")
BATCH: Final = 500
"""Values per query. SQLite builds of older systems accept at most 999 variables."""


def in_batches(values: Iterable[_T], size: int = BATCH) -> Iterator[list[_T]]:
    """Yield the values in lists of at most `size`."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def among_keys(column: sa.ColumnElement[Any], parameter: str = "keys") -> sa.ColumnElement[bool]:
    """Build an IN condition on an expanding parameter; `select_keys` fills in "keys"."""
    return column.in_(sa.bindparam(parameter, expanding=True))


def select_keys(connection: sa.Connection, query: sa.Select[Any], keys: Iterable[Any]) -> Iterator[Any]:
    """Yield the rows of a query that has an `among_keys` condition, running it per batch of keys."""
    for batch in in_batches(keys):
        yield from connection.execute(query, {"keys": batch})
