"""Tables, percentiles and goals: how the measurements are shown."""

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
    """What a figure should be: at least or at most `bound`. `counts` is False where another size was measured than the goal names."""

    words: str
    measured: float
    bound: float
    at_least: bool = False
    counts: bool = True

    @property
    def reached(self) -> bool:
        """Tell whether the figure is as it should be."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    @property
    def verdict(self) -> str:
        """Say it in a word."""
        return ("reached" if self.reached else "MISSED") + ("" if self.counts else " (at another size than the goal's)")

    def as_json(self) -> dict[str, Any]:
        """Return it for results.json."""
        return {"goal": self.words, "measured": self.measured, "bound": self.bound, "reached": self.reached, "at_goal_size": self.counts}


def show_goals(goals: Sequence[Goal]) -> None:
    """Print goals, each with its verdict."""
    for goal in goals:
        print(f"  goal {goal.words}: {number(goal.measured)} -> {goal.verdict}", flush=True)


def show_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, the first column to the left, the others to the right."""
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
    """Return a figure with as many digits as say something."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed (nearest rank). Raises ValueError for none."""
    if not values:
        raise ValueError("there are no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return percentile(values, 0.5)


class Line:
    """One line of progress, written over on a terminal and now and then elsewhere."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._started = time.perf_counter()
        self._every = 0.3 if sys.stderr.isatty() else 20.0
        self._shown = self._started

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        now = time.perf_counter()
        if now - self._shown < self._every and done < total:
            return
        self._shown = now
        rate = done / max(now - self._started, 0.001)
        text = f"  {self._stage}: {done:,} of {total:,} ({rate:,.0f}/s, {now - self._started:,.0f} s)"
        ends = done >= total
        print(
            ("\r" if sys.stderr.isatty() else "") + text, end="\n" if ends or not sys.stderr.isatty() else "", file=sys.stderr, flush=True
        )


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000
