"""What a search costs, counted while it runs, and the bounds at which it is refused in words instead of answered late.

Counts are the same for the same query and records, so a test can hold them without a clock. The time limit is the net below.
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
    """What is counted."""

    WORDS = "words"  # of the index's dictionary, looked at for wildcards, similar words, stems and ranges
    POSTINGS = "postings"  # records that single words are in, each as often as it is visited
    POSITIONS = "positions"  # words of records read, and pairs of places compared, for words near each other
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one search may cost."""

    words: int
    postings: int
    positions: int
    seconds: float


PAGE: Final = Bounds(words=20_000_000, postings=100_000_000, positions=10_000_000, seconds=10.0)
"""For somebody who waits for a page."""

PATIENT: Final = Bounds(words=400_000_000, postings=2_000_000_000, positions=200_000_000, seconds=300.0)
"""For the command line and for long jobs: certificates, exports, each term of a list."""


class TooCostly(Exception):
    """A search went beyond a bound. Nothing of its answer is known: this is no zero."""

    def __init__(self, measure: Measure, limit: float) -> None:
        super().__init__(f"The search was stopped: it takes more than {limit:,g} {measure}.")
        self.measure, self.limit = measure, limit

    @property
    def is_time(self) -> bool:
        """Tell whether the clock stopped it: the same search may be answered when the computer is less busy."""
        return self.measure is Measure.SECONDS


@dataclass(slots=True)
class Meter:
    """What one search has cost so far."""

    bounds: Bounds
    until: float
    words: int = 0
    postings: int = 0
    positions: int = 0

    def check(self, measure: Measure, count: int, limit: int) -> None:
        """Raise TooCostly beyond the limit of a count, and beyond the time."""
        if count > limit:
            raise TooCostly(measure, limit)
        if time.monotonic() > self.until:
            raise TooCostly(Measure.SECONDS, self.bounds.seconds)


_running: ContextVar[Meter | None] = ContextVar("running search", default=None)


@contextmanager
def bounded(bounds: Bounds) -> Iterator[Meter]:
    """Count what is done within; what begins inside of a search that is counted already is part of it."""
    outer = _running.get()
    if outer is not None:
        yield outer
        return
    with apart(bounds) as meter:
        yield meter


@contextmanager
def apart(bounds: Bounds) -> Iterator[Meter]:
    """Count what is done within by itself, also inside of a search that is counted."""
    meter = Meter(bounds, time.monotonic() + bounds.seconds)
    mark = _running.set(meter)
    try:
        yield meter
    finally:
        _running.reset(mark)


def words(count: int) -> None:
    """Count words of the dictionary that are looked at. Raises TooCostly."""
    if (meter := _running.get()) is not None:
        meter.words += count
        meter.check(Measure.WORDS, meter.words, meter.bounds.words)


def postings(count: int) -> None:
    """Count records that words are in. Raises TooCostly."""
    if (meter := _running.get()) is not None:
        meter.postings += count
        meter.check(Measure.POSTINGS, meter.postings, meter.bounds.postings)


def positions(count: int) -> None:
    """Count words of records that are read, and places that are compared. Raises TooCostly."""
    if (meter := _running.get()) is not None:
        meter.positions += count
        meter.check(Measure.POSITIONS, meter.positions, meter.bounds.positions)
