"""Puts the same questions to our search, to a plain tantivy index and to FTS5, compares the answers and times them."""

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

MOST, LEAST = 25, 3  # times that a question is put
PATIENCE = 4.0  # seconds for one question and one engine
RAW_RATIO, FTS5_RATIO = 3.0, 10.0


def measure(out: Path, size: Size) -> dict[str, Any]:
    """Return the times of every question; to be run in a process of its own, because it holds three engines."""
    ours, raw, fts5 = Ours(repository_of(out, size)), RawTantivy(out, size), Fts5(out, size)
    rows = []
    try:
        for question in questions(FIRST_YEAR + size.years - 1):
            answers = {one.name: one.answer(one.ask(question)) for one in (ours, raw, fts5)}
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
                    "times": {name: {"median": median(one), "p95": percentile(one, 0.95), "runs": len(one)} for name, one in times.items()},
                }
            )
            print(f"  {question.group}: {question.words} ({answers['ours'].total:,})", flush=True)
    finally:
        ours.close()
    return {"records": size.records, "questions": rows}


def differences(answers: Mapping[str, Answer], our_months: Mapping[str, int]) -> list[str]:
    """Return in which way the answers are not the same; empty when they are."""
    ours, found = answers["ours"], []
    for name, other in answers.items():
        if name == "ours":
            continue
        for what, one, two in (
            ("total", ours.total, other.total),
            ("rows shown", ours.shown, other.shown),
            ("accounts", ours.accounts, other.accounts),
            ("kinds", dict(ours.kinds), dict(other.kinds)),
            ("months", dict(our_months), dict(other.months)),
        ):
            if one != two:
                found.append(f"{name}: {what} {one} against {two}"[:200])
    return found


def _timed(call: Callable[[], object]) -> list[float]:
    """Return milliseconds of several runs, after one that warms up."""
    call()
    times: list[float] = []
    ends = time.perf_counter() + PATIENCE
    while len(times) < MOST and (len(times) < LEAST or time.perf_counter() < ends):
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
    unlike = [f"{row['question']}: {difference}" for row in rows for difference in row["differences"]]
    print("  all three give the same totals, facets and months" if not unlike else "  ANSWERS DIFFER:\n    " + "\n    ".join(unlike))
    size = figures["records"] >= 1_000_000
    to_raw = [row["times"]["ours"]["median"] / row["times"]["raw tantivy"]["median"] for row in rows]
    sums = {name: sum(row["times"][name]["median"] for row in rows) for name in ("ours", "raw tantivy", "FTS5")}
    common = [row for row in rows if row["group"] in {"common", "common in days"}]
    to_fts5 = [row["times"]["FTS5"]["median"] / row["times"]["ours"]["median"] for row in common]
    engine = sum(row["times"]["engine"]["median"] for row in rows)
    index_to_raw, to_engine = engine / sums["raw tantivy"], sums["ours"] / engine
    print(f"  our index alone / raw tantivy, all questions together: {number(index_to_raw)}")
    goals = [
        Goal("ours / raw tantivy <= 3 (all questions together)", sums["ours"] / sums["raw tantivy"], RAW_RATIO, counts=size),
        Goal("ours / raw tantivy <= 3 (median question)", median(to_raw), RAW_RATIO, counts=size),
        Goal("ours / raw tantivy <= 3 (worst question)", max(to_raw), RAW_RATIO, counts=size),
        Goal("first page / our engine alone <= 3 (all questions together)", to_engine, RAW_RATIO, counts=size),
        Goal("FTS5 / ours >= 10 (common words, median)", median(to_fts5), FTS5_RATIO, at_least=True, counts=size),
        Goal("FTS5 / ours >= 10 (common words, worst)", min(to_fts5), FTS5_RATIO, at_least=True, counts=size),
        Goal("questions answered differently", len(unlike), 0),
    ]
    show_goals(goals)
    return goals
