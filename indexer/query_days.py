"""Days as a query writes them: 2018, 2018-07 or 2018-07-04, and ranges of them. Always local days of the body's zone."""

from __future__ import annotations

import calendar
import re
from datetime import date

from indexer.query_diagnostics import Diagnostic
from indexer.query_nodes import DayRange

_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_AMERICAN = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day that a date means, or None when it is no date."""
    found = _DAY.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last = first if day else date(first.year, month or 12, calendar.monthrange(first.year, month or 12)[1])
    except ValueError:
        return None
    return first, last


def day_node(field: str, text: str, start: int, end: int) -> DayRange | Diagnostic:
    """Return what `date:`, `from:` or `to:` means, or what is wrong with its value (which stands at start..end)."""
    found = days(text)
    if found is None:
        return Diagnostic(start, end, f"“{text}” is not a date.", _repair(field, text))
    first, last = found
    return DayRange(first if field != "to" else None, last if field != "from" else None)


def range_node(first: str, last: str, start: int, end: int) -> DayRange | Diagnostic:
    """Return what `[first TO last]` means; an empty side or `*` is open."""
    sides: list[tuple[date, date] | None] = []
    for text in (first.strip(), last.strip()):
        side = days(text) if text not in {"", "*"} else None
        if side is None and text not in {"", "*"}:
            return Diagnostic(start, end, f"“{text}” is not a date.", _repair("date", text))
        sides.append(side)
    opening, closing = sides
    if opening and closing and opening[0] > closing[1]:
        return Diagnostic(
            start, end, "The range ends before it begins.", f"Write the earlier day first: [{last.strip()} TO {first.strip()}]"
        )
    return DayRange(opening[0] if opening else None, closing[1] if closing else None)


def _repair(field: str, text: str) -> str:
    american = _AMERICAN.fullmatch(text)
    if american:
        month, day, year = (int(part) for part in american.groups())
        return f"Write the year first: {year:04}-{month:02}-{day:02}"
    if field == "from" and not text[:1].isdigit():
        return f"from: takes a day, like from:2018-07-01. For who wrote it: author:{text}"
    return "Write a year, month or day: 2018, 2018-07 or 2018-07-04"
