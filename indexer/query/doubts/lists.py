"""Lists pasted into the search box: removes numbering and announces that the lines are one query."""

from __future__ import annotations

import re
from itertools import pairwise

from indexer.i18n import say
from indexer.query.diagnostics import Announcement
from indexer.query.doubts import pasted
from indexer.query.nodes import Dialect


def remove_marks(text: str, dialect: Dialect) -> tuple[str, list[Announcement]]:
    """Replace list marks with spaces of the same length; also return the announcements."""
    starts = pasted.find_inline_items(text) if "\n" not in text.strip() else []
    bounds = list(pairwise([*starts, len(text)])) if starts else [(line.start(), line.end()) for line in re.finditer(r"[^\n\r]+", text)]
    lines = [text[start:end] for start, end in bounds]
    marks = pasted.find_marks(lines)
    body, with_marks, items = text, text, []
    first, last = 0, 0
    for (start, end), mark in reversed(list(zip(bounds, marks, strict=True))):
        line = text[start:end]
        if mark:
            first, last = start, last or start + mark.end
            body = body[:start] + " " * mark.end + body[start + mark.end :]
            with_marks = f"{with_marks[:start]}{mark.kept} {with_marks[start + mark.end :]}"
            line = line[mark.end :]
        if line.strip():
            items.append(" ".join(line.split()))
    announcements = []
    if (removal := pasted.describe_removed(marks)) is not None:
        has_numbers = any(mark and mark.number is not None for mark in marks)
        announcements.append(Announcement("list-marks", first, last, removal, " ".join(with_marks.split()) if has_numbers else None))
    if len(items) > 1:
        operator = " or " if dialect is Dialect.DTSEARCH else " OR "
        message = say("{count} lines were read as one query. To count each line separately, run them as a term list.", count=len(items))
        announcements.append(
            Announcement("several-lines", bounds[0][0], bounds[-1][1], message, operator.join(f"({item})" for item in reversed(items)))
        )
    return body, announcements
