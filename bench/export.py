"""Exports about 100,000 records with the real command line: seconds and peak memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import children
from bench.corpus import Size
from bench.figures import MB, Goal, show_goals
from bench.ingest import repository_of
from bench.posts import Poster

RECORDS, SECONDS, PEAK = 100_000, 20.0, 400 * MB


class NotExported(Exception):
    """The export has a different number of records than requested."""


def measure(out: Path, size: Size) -> dict[str, Any]:
    """Export all posts of enough accounts to reach 100,000, and return the figures."""
    chosen, records = [], 0
    for number in range(1, size.accounts + 1):
        if records < RECORDS:
            chosen.append(Poster(number).handle)
            records += size.of_account(number)
    target = out / f"export-{size.name}.zip"
    target.unlink(missing_ok=True)
    accounts = [word for handle in chosen for word in ("--account", handle)]
    result = children.indexer(repository_of(out, size), "export", "*", "--out", target, "--by", "bench", *accounts)
    if result.answer["rows"] != records:
        raise NotExported(f"{result.answer['rows']:,} of {records:,} records")
    package_bytes = target.stat().st_size
    target.unlink()
    return {
        "records": records,
        "seconds": result.seconds,
        "processor_seconds": result.processor,
        "peak_bytes": result.peak,
        "package_bytes": package_bytes,
    }


def show(figures: dict[str, Any]) -> list[Goal]:
    """Print the figures and return the goals."""
    print(f"\nExport of {figures['records']:,} records to CSV, XLSX and JSON Lines in one bag ({figures['package_bytes'] / MB:,.0f} MB)")
    print(
        f"  {figures['seconds']:.1f} s (processor {figures['processor_seconds']:.1f} s), "
        f"{figures['records'] / figures['seconds']:,.0f} records/s, peak memory {figures['peak_bytes'] / MB:,.0f} MB"
    )
    is_goal_size = figures["records"] >= RECORDS
    goals = [
        Goal("export of 100,000 records < 20 s", figures["seconds"], SECONDS, counts=is_goal_size),
        Goal("export of 100,000 records: peak memory < 400 MB", figures["peak_bytes"] / MB, PEAK / MB, counts=is_goal_size),
    ]
    show_goals(goals)
    return goals
