"""Queries that name many values: a batch of them at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa

_T = TypeVar("_T")
BATCH: Final = 500
"""Values that one query names: SQLite as older systems build it takes 999 variables."""


def in_batches(values: Iterable[_T], size: int = BATCH) -> Iterator[list[_T]]:
    """Yield the values in lists of at most `size`."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def among_keys(column: sa.ColumnElement[Any], parameter: str = "keys") -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of the values of a parameter; `select_keys` fills in "keys"."""
    return column.in_(sa.bindparam(parameter, expanding=True))


def select_keys(connection: sa.Connection, query: sa.Select[Any], keys: Iterable[Any]) -> Iterator[Any]:
    """Yield the rows of a query with an `among_keys` condition, a batch of keys at a time."""
    for batch in in_batches(keys):
        yield from connection.execute(query, {"keys": batch})
