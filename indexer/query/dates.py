"""Days as a query writes them: 2018, 2018-07 or 2018-07-04, and ranges of them. Always local days of the body's zone."""

from __future__ import annotations

import calendar
import re
from datetime import date

from indexer.i18n import Sentence, say
from indexer.query.diagnostics import Diagnostic
from indexer.query.nodes import DayRange

_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))  # what word processors make of a hyphen
_NUMBERS = re.compile(r"[0-9][0-9.,]*|")
_AMERICAN = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day that a date means, or None when it is no date."""
    found = _DAY.fullmatch(text.translate(_DASHES))
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
        return Diagnostic(start, end, say("“{value}” is not a date.", value=text), _repair(field, text))
    first, last = found
    return DayRange(first if field != "to" else None, last if field != "from" else None)


def range_node(first: str, last: str, start: int, end: int) -> DayRange | Diagnostic:
    """Return what `[first TO last]` means; an empty side or `*` is open."""
    numbers = (first.strip(), last.strip())
    if any(numbers) and all(_NUMBERS.fullmatch(text) for text in numbers) and not all(days(text) or not text for text in numbers):
        return Diagnostic(start, end, say("A range in [ ] is one of days, and these are numbers."), _repair_numbers(*numbers))
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
    return say("For whole numbers in a range, write both of them, like 12~~24; for days, write [2018-07-01 TO 2018-07-31]")


def _repair(field: str, text: str) -> Sentence:
    american = _AMERICAN.fullmatch(text.translate(_DASHES))
    if american:
        month, day, year = (int(part) for part in american.groups())
        return say("Write the year first: {day}", day=f"{year:04}-{month:02}-{day:02}")
    if field == "from" and not text[:1].isdigit():
        return say("from: takes a day, like from:2018-07-01. For who wrote it: {author}", author=f"author:{text}")
    return say("Write a year, month or day: 2018, 2018-07 or 2018-07-04")
