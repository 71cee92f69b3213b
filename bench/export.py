"""Exports about 100,000 records with the real command line, plain and with viewer and certificate: seconds and peak memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import children
from bench.corpus import Size
from bench.figures import MB, Goal, show_goals
from bench.ingest import repository_of
from bench.posts import Poster

RECORDS, PEAK = 100_000, 400 * MB
PACKAGES = {  # name: options, goal in seconds
    "plain": (("--no-viewer", "--no-certificate"), 18.0),
    "with viewer and certificate": ((), 28.0),
}


class NotExported(Exception):
    """The export has a different number of records than requested."""


def measure(out: Path, size: Size) -> dict[str, Any]:
    """Export all posts of enough accounts to reach 100,000, and return the figures."""
    chosen, records = [], 0
    for number in range(1, size.accounts + 1):
        if records < RECORDS:
            chosen.append(Poster(number).handle)
            records += size.of_account(number)
    accounts = [word for handle in chosen for word in ("--account", handle)]
    target, repository = out / f"export-{size.name}.zip", repository_of(out, size)
    packages = {name: _export(target, repository, [*options, *accounts], records) for name, (options, _) in PACKAGES.items()}
    return {"records": records, "packages": packages}


def _export(target: Path, repository: Path, options: list[str], records: int) -> dict[str, Any]:
    target.unlink(missing_ok=True)
    result = children.indexer(repository, "export", "*", "--out", target, "--by", "bench", *options)
    if result.answer["rows"] != records:
        raise NotExported(f"{result.answer['rows']:,} of {records:,} records")
    package_bytes = target.stat().st_size
    target.unlink()
    return {"seconds": result.seconds, "processor_seconds": result.processor, "peak_bytes": result.peak, "package_bytes": package_bytes}


def show(figures: dict[str, Any]) -> list[Goal]:
    """Print the figures and return the goals."""
    print(f"\nExport of {figures['records']:,} records to CSV, XLSX and JSON Lines in one bag")
    goals = []
    for name, package in figures["packages"].items():
        print(
            f"  {name}: {package['seconds']:.1f} s (processor {package['processor_seconds']:.1f} s), "
            f"{figures['records'] / package['seconds']:,.0f} records/s, peak memory {package['peak_bytes'] / MB:,.0f} MB, "
            f"{package['package_bytes'] / MB:,.0f} MB"
        )
        seconds, is_goal_size = PACKAGES[name][1], figures["records"] >= RECORDS
        goals += [
            Goal(f"export of 100,000 records, {name}, < {seconds:.0f} s", package["seconds"], seconds, counts=is_goal_size),
            Goal(f"export of 100,000 records, {name}: peak memory < 400 MB", package["peak_bytes"] / MB, PEAK / MB, counts=is_goal_size),
        ]
    show_goals(goals)
    return goals
