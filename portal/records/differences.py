"""Two versions of a text, compared word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_WORDS = 5_000
_WORD = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """The change of a run of words between two versions."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffRun:
    """A run of words with the same change."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> list[DiffRun] | None:
    """Compare two texts word by word; None if they are too long."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        return None
    return list(_diff_runs(old, new))


def _diff_runs(old: list[str], new: list[str]) -> Iterator[DiffRun]:
    for tag, old_start, old_end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield DiffRun(Change.KEPT, "".join(old[old_start:old_end]))
            continue
        if old_end > old_start:
            yield DiffRun(Change.REMOVED, "".join(old[old_start:old_end]))
        if new_end > new_start:
            yield DiffRun(Change.ADDED, "".join(new[new_start:new_end]))
