"""Runs the same questions on our search, a plain tantivy index and FTS5, compares the answers and times them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.corpus import FIRST_YEAR, Size
from bench.engines import Answer, Fts5, Ours, RawTantivy
from bench.figures import Goal, median, milliseconds, number, percentile, show_goals, show_table
from bench.ingest import repository_of
from bench.questions import questions

MOST, LEAST = 25, 3  # number of runs per question
PATIENCE = 4.0  # seconds per question and engine
RAW_RATIO, FTS5_RATIO = 3.0, 10.0


def measure(out: Path, size: Size) -> dict[str, Any]:
    """Measure every question; run this in a separate process, because it holds three engines in memory."""
    ours, raw, fts5 = Ours(repository_of(out, size)), RawTantivy(out, size), Fts5(out, size)
    rows = []
    try:
        for question in questions(FIRST_YEAR + size.years - 1):
            answers = {engine.name: engine.answer(engine.ask(question)) for engine in (ours, raw, fts5)}
            calls: dict[str, Callable[[], object]] = {
                "ours": lambda question=question: ours.ask(question),  # type: ignore[misc]  # a default argument binds this very question
                "engine": ours.engine_only(question),
                "raw tantivy": lambda question=question: raw.ask(question),  # type: ignore[misc]  # as above
                "FTS5": lambda question=question: fts5.ask(question),  # type: ignore[misc]  # as above
            }
            times = {name: _timed(call) for name, call in calls.items()}
            rows.append(
                {
                    "group": question.group,
                    "question": question.words,
                    "total": answers["ours"].total,
                    "differences": differences(answers, ours.months(question)),
                    "times": {name: _summary(runs) for name, runs in times.items()},
                }
            )
            print(f"  {question.group}: {question.words} ({answers['ours'].total:,})", flush=True)
    finally:
        ours.close()
    return {"records": size.records, "questions": rows}


def differences(answers: Mapping[str, Answer], our_months: Mapping[str, int]) -> list[str]:
    """Return the differences between the answers; empty if they agree."""
    ours, differing = answers["ours"], []
    for name, theirs in answers.items():
        if name == "ours":
            continue
        for figure, our_value, their_value in (
            ("total", ours.total, theirs.total),
            ("rows shown", ours.shown, theirs.shown),
            ("accounts", ours.accounts, theirs.accounts),
            ("kinds", dict(ours.kinds), dict(theirs.kinds)),
            ("months", dict(our_months), dict(theirs.months)),
        ):
            if our_value != their_value:
                differing.append(f"{name}: {figure} {our_value} against {their_value}"[:200])
    return differing


def _summary(times: list[float]) -> dict[str, Any]:
    return {"median": median(times), "p95": percentile(times, 0.95), "runs": len(times)}


def _timed(call: Callable[[], object]) -> list[float]:
    """Return the milliseconds of several runs, after a warm-up run."""
    call()
    times: list[float] = []
    deadline = time.perf_counter() + PATIENCE
    while len(times) < MOST and (len(times) < LEAST or time.perf_counter() < deadline):
        times.append(milliseconds(call))
    return times


def show(figures: dict[str, Any]) -> list[Goal]:
    """Print the table of times and return the goals."""
    rows = figures["questions"]
    table = []
    for row in rows:
        ours, engine, raw, fts5 = (row["times"][name] for name in ("ours", "engine", "raw tantivy", "FTS5"))
        table.append(
            (
                f"{row['group']}: {row['question']}",
                row["total"],
                *(ours["median"], ours["p95"], engine["median"], raw["median"], raw["p95"], fts5["median"], fts5["p95"]),
                *(ours["median"] / raw["median"], fts5["median"] / ours["median"]),
            )
        )
    show_table(
        f"Queries on {figures['records']:,} records: count, newest 25, facets, months; milliseconds (p50, p95)",
        ("", "hits", "ours", "p95", "index", "raw", "p95", "FTS5", "p95", "ours/raw", "FTS5/ours"),
        table,
    )
    print('  "index" is what our engine takes of "ours"; the rest is parsing, 25 rows of the catalog with their sightings, and snippets')
    differing = [f"{row['question']}: {difference}" for row in rows for difference in row["differences"]]
    print("  all three give the same totals, facets and months" if not differing else "  ANSWERS DIFFER:\n    " + "\n    ".join(differing))
    is_goal_size = figures["records"] >= 1_000_000
    raw_ratios = [row["times"]["ours"]["median"] / row["times"]["raw tantivy"]["median"] for row in rows]
    sums = {name: sum(row["times"][name]["median"] for row in rows) for name in ("ours", "raw tantivy", "FTS5")}
    common = [row for row in rows if row["group"] in {"common", "common in days"}]
    fts5_ratios = [row["times"]["FTS5"]["median"] / row["times"]["ours"]["median"] for row in common]
    engine = sum(row["times"]["engine"]["median"] for row in rows)
    index_to_raw, to_engine = engine / sums["raw tantivy"], sums["ours"] / engine
    print(f"  our index alone / raw tantivy, all questions together: {number(index_to_raw)}")
    goals = [
        Goal("ours / raw tantivy <= 3 (all questions together)", sums["ours"] / sums["raw tantivy"], RAW_RATIO, counts=is_goal_size),
        Goal("ours / raw tantivy <= 3 (median question)", median(raw_ratios), RAW_RATIO, counts=is_goal_size),
        Goal("ours / raw tantivy <= 3 (worst question)", max(raw_ratios), RAW_RATIO, counts=is_goal_size),
        Goal("first page / our engine alone <= 3 (all questions together)", to_engine, RAW_RATIO, counts=is_goal_size),
        Goal("FTS5 / ours >= 10 (common words, median)", median(fts5_ratios), FTS5_RATIO, at_least=True, counts=is_goal_size),
        Goal("FTS5 / ours >= 10 (common words, worst)", min(fts5_ratios), FTS5_RATIO, at_least=True, counts=is_goal_size),
        Goal("questions answered differently", len(differing), 0),
    ]
    show_goals(goals)
    return goals
