"""Column types that store and sort the same in SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

ESCAPE: Final = "\U0010ff00"  # private use area; not seen in any archive
_ESCAPED_NUL, _ESCAPED_ESCAPE = f"{ESCAPE}0", f"{ESCAPE}1"


class Text(sa.types.TypeDecorator[str]):
    """Text compared and sorted by its UTF-8 bytes.

    PostgreSQL cannot store the NUL character, which archives contain. There it is stored as ESCAPE and a digit and restored
    on reading.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the type for this database."""
        return sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text()

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
        """Return the conversion of values for the driver; None if there is none."""
        return escape if dialect.name == "postgresql" else None

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Return the conversion of values from the driver; None if there is none."""
        return _unescape if dialect.name == "postgresql" else None


def escape(value: Any) -> Any:
    """Escape text for PostgreSQL; other values are returned unchanged."""
    if isinstance(value, str) and ("\0" in value or ESCAPE in value):
        return value.replace(ESCAPE, _ESCAPED_ESCAPE).replace("\0", _ESCAPED_NUL)
    return value


def _unescape(value: str | None) -> str | None:
    if value is not None and ESCAPE in value:
        return value.replace(_ESCAPED_NUL, "\0").replace(_ESCAPED_ESCAPE, ESCAPE)
    return value
