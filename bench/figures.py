"""Output of measurements: tables, percentiles, goals and progress."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Goal:
    """A target for a figure: at least or at most `bound`. `counts` is False if the goal is for another size than measured."""

    words: str
    measured: float
    bound: float
    at_least: bool = False
    counts: bool = True

    @property
    def reached(self) -> bool:
        """Tell whether the figure meets the goal."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    @property
    def verdict(self) -> str:
        """The result in words."""
        return ("reached" if self.reached else "MISSED") + ("" if self.counts else " (at another size than the goal's)")

    def as_json(self) -> dict[str, Any]:
        """Return the goal's entry in results.json."""
        return {"goal": self.words, "measured": self.measured, "bound": self.bound, "reached": self.reached, "at_goal_size": self.counts}


def show_goals(goals: Sequence[Goal]) -> None:
    """Print goals with their verdicts."""
    for goal in goals:
        print(f"  goal {goal.words}: {number(goal.measured)} -> {goal.verdict}", flush=True)


def show_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table with the first column left-aligned, the others right-aligned."""
    cells = [[value if isinstance(value, str) else number(value) for value in row] for row in rows]
    widths = [max(len(line[at]) for line in [list(heads), *cells]) for at in range(len(heads))]
    print(f"\n{title}")
    for line in [list(heads), ["-" * width for width in widths], *cells]:
        print(
            "  "
            + "  ".join(
                value.ljust(width) if not at else value.rjust(width) for at, (value, width) in enumerate(zip(line, widths, strict=True))
            )
        )
    sys.stdout.flush()


def number(value: object) -> str:
    """Format a figure with significant digits only."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; `share` is between 0 and 1. Raises ValueError for an empty sequence."""
    if not values:
        raise ValueError("there are no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return percentile(values, 0.5)


class Line:
    """A progress line, overwritten on a terminal and printed occasionally elsewhere."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._started = time.perf_counter()
        self._interval = 0.3 if sys.stderr.isatty() else 20.0
        self._last_shown = self._started

    def __call__(self, done: int, total: int) -> None:
        """Show the progress."""
        now = time.perf_counter()
        if now - self._last_shown < self._interval and done < total:
            return
        self._last_shown = now
        rate = done / max(now - self._started, 0.001)
        text = f"  {self._stage}: {done:,} of {total:,} ({rate:,.0f}/s, {now - self._started:,.0f} s)"
        is_terminal = sys.stderr.isatty()
        print(("\r" if is_terminal else "") + text, end="\n" if done >= total or not is_terminal else "", file=sys.stderr, flush=True)


def milliseconds(call: Callable[[], object]) -> float:
    """Time a call, in milliseconds."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000
