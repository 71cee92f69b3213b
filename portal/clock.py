"""The time as the portal's tables keep it: milliseconds since 1970 UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


def now_ms() -> int:
    """Return the present time in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def instant(milliseconds: int | None) -> datetime | None:
    """Return the UTC instant of a column; None stays None."""
    return None if milliseconds is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def milliseconds(span: timedelta) -> int:
    """Return a length of time in milliseconds."""
    return span // timedelta(milliseconds=1)
