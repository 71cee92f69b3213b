"""Progress of long work: callbacks, and counts turned into a rate and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Tick = Callable[[int, int], None]
"""Called with the amount done and the total."""

StageTick = Callable[[str, int, int], None]
"""Called with the stage, the amount done and the total."""

ByteTick = Callable[[int], None]
"""Called with the bytes done since the last call."""

_EVERY: Final = 0.25  # seconds between two reports


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of an ingest. `done` and `total` are bytes while copying, records while reading and indexing.

    `total` is 0 while unknown, and an estimate (from the bytes read) while reading; `rate` is per second;
    `seconds_left` is None while unknown.
    """

    stage: str  # "copying", "reading", "indexing"
    done: int
    total: int
    rate: float
    seconds_left: float | None


Report = Callable[[Progress], None]


class ProgressMeter:
    """Turns counts into Progress, a few times a second."""

    def __init__(self, report: Report | None) -> None:
        self._report = report
        self._stage = ""
        self._started = self._last = 0.0
        self._done = 0

    def copied(self, total: int) -> ByteTick:
        """Return the callback for each block of bytes copied."""
        return lambda block: self._add("copying", block, total)

    def read(self, records: int, share: float) -> None:
        """Add records read; `share` is the fraction of the archive read so far."""
        done = records + (self._done if self._stage == "reading" else 0)
        self._add("reading", records, max(done, round(done / share)) if share else 0)

    def indexed(self, done: int, total: int) -> None:
        """Set the number of records indexed."""
        self._add("indexing", done - (self._done if self._stage == "indexing" else 0), total)

    def _add(self, stage: str, amount: int, total: int) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._started, self._done, self._last = stage, now, 0, 0.0
        self._done += amount
        if self._report and now - self._last >= _EVERY:
            self._last = now
            rate = self._done / max(now - self._started, 0.001)
            left = (total - self._done) / rate if total and rate else None
            self._report(Progress(stage, self._done, total, rate, left))
