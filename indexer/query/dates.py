"""Dates in a query: 2018, 2018-07 or 2018-07-04, and ranges of them. Always local days of the body's zone."""

from __future__ import annotations

import calendar
import re
from datetime import date

from indexer.i18n import Sentence, say
from indexer.query.diagnostics import Diagnostic
from indexer.query.nodes import DayRange

_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))  # word processors replace hyphens with these
_NUMBERS = re.compile(r"[0-9][0-9.,]*|")
_AMERICAN = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def days(text: str) -> tuple[date, date] | None:
    """Return the first and last day of a date, or None if it is not one."""
    match = _DAY.fullmatch(text.translate(_DASHES))
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last = first if day else date(first.year, month or 12, calendar.monthrange(first.year, month or 12)[1])
    except ValueError:
        return None
    return first, last


def day_node(field: str, text: str, start: int, end: int) -> DayRange | Diagnostic:
    """Parse the value of `date:`, `from:` or `to:`, which is at start..end of the query."""
    bounds = days(text)
    if bounds is None:
        return Diagnostic(start, end, say("“{value}” is not a date.", value=text), _repair(field, text))
    first, last = bounds
    return DayRange(first if field != "to" else None, last if field != "from" else None)


def range_node(first: str, last: str, start: int, end: int) -> DayRange | Diagnostic:
    """Parse `[first TO last]`; an empty side or `*` is open."""
    numbers = (first.strip(), last.strip())
    if any(numbers) and all(_NUMBERS.fullmatch(text) for text in numbers) and not all(days(text) or not text for text in numbers):
        return Diagnostic(start, end, say("A range in [ ] is for dates, and these are numbers."), _repair_numbers(*numbers))
    sides: list[tuple[date, date] | None] = []
    for text in (first.strip(), last.strip()):
        side = days(text) if text not in {"", "*"} else None
        if side is None and text not in {"", "*"}:
            return Diagnostic(start, end, say("“{value}” is not a date.", value=text), _repair("date", text))
        sides.append(side)
    opening, closing = sides
    if opening and closing and opening[0] > closing[1]:
        return Diagnostic(
            start,
            end,
            say("The range ends before it begins."),
            say("Write the earlier day first: {range}", range=f"[{last.strip()} TO {first.strip()}]"),
        )
    return DayRange(opening[0] if opening else None, closing[1] if closing else None)


def _repair_numbers(first: str, last: str) -> Sentence:
    if first.isdigit() and last.isdigit():
        return say("For whole numbers in this range, write {range}", range=f"{first}~~{last}")
    return say("For a range of whole numbers, write both numbers, such as 12~~24; for dates, write [2018-07-01 TO 2018-07-31]")


def _repair(field: str, text: str) -> Sentence:
    american = _AMERICAN.fullmatch(text.translate(_DASHES))
    if american:
        month, day, year = (int(part) for part in american.groups())
        return say("Write the year first: {day}", day=f"{year:04}-{month:02}-{day:02}")
    if field == "from" and not text[:1].isdigit():
        return say("from: takes a date, such as from:2018-07-01. For the author, write {author}", author=f"author:{text}")
    return say("Write a year, month or day: 2018, 2018-07 or 2018-07-04")
