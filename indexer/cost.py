"""Cost of a search, counted while it runs, and the limits at which it is refused with a message instead of answered late.

Counts are the same for the same query and records, so tests can assert them without a clock. The time limit is the safety net.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Measure(StrEnum):
    """Counted units of work."""

    WORDS = "words"  # dictionary words examined for wildcards, similar words, stems and ranges
    POSTINGS = "postings"  # records that contain a word, counted at each visit
    POSITIONS = "positions"  # words of records read, and pairs of positions compared, for proximity
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on the cost of a search."""

    words: int
    postings: int
    positions: int
    seconds: float


PAGE: Final = Bounds(words=20_000_000, postings=100_000_000, positions=10_000_000, seconds=10.0)
"""For a person who waits for a page."""

PATIENT: Final = Bounds(words=400_000_000, postings=2_000_000_000, positions=200_000_000, seconds=300.0)
"""For the command line and for long jobs: certificates, exports, each term of a list."""


class TooCostly(Exception):
    """A search exceeded a limit. Its answer is unknown, which is not the same as zero hits."""

    def __init__(self, measure: Measure, limit: float) -> None:
        super().__init__(f"The search was stopped: it takes more than {limit:,g} {measure}.")
        self.measure, self.limit = measure, limit

    @property
    def is_time(self) -> bool:
        """True if the clock stopped the search: it may succeed when the computer is less busy."""
        return self.measure is Measure.SECONDS


@dataclass(slots=True)
class Meter:
    """Cost of a search so far."""

    bounds: Bounds
    until: float
    words: int = 0
    postings: int = 0
    positions: int = 0

    def check(self, measure: Measure, count: int, limit: int) -> None:
        """Raise TooCostly if a count exceeds its limit or the time is up."""
        if count > limit:
            raise TooCostly(measure, limit)
        if time.monotonic() > self.until:
            raise TooCostly(Measure.SECONDS, self.bounds.seconds)


_running: ContextVar[Meter | None] = ContextVar("running search", default=None)


@contextmanager
def bounded(bounds: Bounds) -> Iterator[Meter]:
    """Count the work done in this context; inside of a search that is already counted, add to its counts."""
    outer = _running.get()
    if outer is not None:
        yield outer
        return
    with isolated(bounds) as meter:
        yield meter


@contextmanager
def isolated(bounds: Bounds) -> Iterator[Meter]:
    """Count the work done in this context separately, even inside of a search that is already counted."""
    meter = Meter(bounds, time.monotonic() + bounds.seconds)
    mark = _running.set(meter)
    try:
        yield meter
    finally:
        _running.reset(mark)


def words(count: int) -> None:
    """Count dictionary words examined. Raises TooCostly."""
    if (meter := _running.get()) is not None:
        meter.words += count
        meter.check(Measure.WORDS, meter.words, meter.bounds.words)


def postings(count: int) -> None:
    """Count records that contain a word. Raises TooCostly."""
    if (meter := _running.get()) is not None:
        meter.postings += count
        meter.check(Measure.POSTINGS, meter.postings, meter.bounds.postings)


def positions(count: int) -> None:
    """Count words of records read and positions compared. Raises TooCostly."""
    if (meter := _running.get()) is not None:
        meter.positions += count
        meter.check(Measure.POSITIONS, meter.positions, meter.bounds.positions)
