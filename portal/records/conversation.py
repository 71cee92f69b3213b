"""The conversation around a record: the nearest records before and after it, or all of them on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.catalog import RecordView

AROUND = 3
"""Records shown before and after."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Part of a thread, oldest first: `shown`, with the number of records left out `before` and `after` it, of `total`."""

    shown: tuple[RecordView, ...] = ()
    before: int = 0
    after: int = 0
    total: int = 0

    @property
    def is_part(self) -> bool:
        """Whether any record is left out."""
        return bool(self.before or self.after)


def conversation_of(thread: Sequence[RecordView], pk: int, *, is_whole: bool) -> Conversation:
    """Return the records around record number `pk`, or the whole thread. A single record left out at an end is shown instead."""
    total = len(thread)
    position = next((index for index, view in enumerate(thread) if view.pk == pk), 0)
    start, end = (0, total) if is_whole else (max(0, position - AROUND), min(total, position + AROUND + 1))
    start, end = (0 if start == 1 else start), (total if end == total - 1 else end)
    return Conversation(tuple(thread[start:end]), start, total - end, total)
