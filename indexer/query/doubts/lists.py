"""A list that was pasted into the search box: its marks are taken off, and its lines are one query, which is said."""

from __future__ import annotations

import re
from itertools import pairwise

from indexer.i18n import say
from indexer.query.diagnostics import Announcement
from indexer.query.doubts import pasted
from indexer.query.nodes import Dialect


def unmarked(text: str, dialect: Dialect) -> tuple[str, list[Announcement]]:
    """Return a text of the same length with spaces for the marks of a list, and what is to be said of it."""
    starts = pasted.inline(text) if "\n" not in text.strip() else []
    bounds = list(pairwise([*starts, len(text)])) if starts else [(line.start(), line.end()) for line in re.finditer(r"[^\n\r]+", text)]
    lines = [text[start:end] for start, end in bounds]
    marks = pasted.marks(lines)
    body, kept, items = text, text, []
    first, last = 0, 0
    for (start, end), mark in reversed(list(zip(bounds, marks, strict=True))):
        inside = text[start:end]
        if mark:
            first, last = start, last or start + mark.end
            body = body[:start] + " " * mark.end + body[start + mark.end :]
            kept = f"{kept[:start]}{mark.kept} {kept[start + mark.end :]}"
            inside = inside[mark.end :]
        if inside.strip():
            items.append(" ".join(inside.split()))
    found = []
    if (taken := pasted.taken_off(marks)) is not None:
        number = any(mark and mark.number is not None for mark in marks)
        found.append(Announcement("list-marks", first, last, taken, " ".join(kept.split()) if number else None))
    if len(items) > 1:
        operator = " or " if dialect is Dialect.DTSEARCH else " OR "
        message = say("{count} lines were read as one query. To count each line separately, run them as a term list.", count=len(items))
        found.append(
            Announcement("several-lines", bounds[0][0], bounds[-1][1], message, operator.join(f"({item})" for item in reversed(items)))
        )
    return body, found
