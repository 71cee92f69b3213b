"""Types of columns that hold and sort the same in SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

ESCAPE: Final = "\U0010ff00"  # of a private use area, which no archive was seen to use
_NUL, _ITSELF = f"{ESCAPE}0", f"{ESCAPE}1"


class Text(sa.types.TypeDecorator[str]):
    """Text compared and sorted by its UTF-8 bytes.

    PostgreSQL cannot hold the character NUL, which archives have: there it is kept as ESCAPE and a digit, and comes back as it was.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the database's own type."""
        return sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text()

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
        """Return what is done to a value before the driver gets it; None: nothing."""
        return escaped if dialect.name == "postgresql" else None

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Return what is done to a value that the driver gives; None: nothing."""
        return _unescaped if dialect.name == "postgresql" else None


def escaped(value: Any) -> Any:
    """Return text as PostgreSQL can hold it; all else as it is."""
    if isinstance(value, str) and ("\0" in value or ESCAPE in value):
        return value.replace(ESCAPE, _ITSELF).replace("\0", _NUL)
    return value


def _unescaped(value: str | None) -> str | None:
    if value is not None and ESCAPE in value:
        return value.replace(_NUL, "\0").replace(_ITSELF, ESCAPE)
    return value
