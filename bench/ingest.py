"""Measures ingest until records are searchable, with the real command line, archive by archive."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from bench import children, corpus
from bench.figures import MB, Goal, Line, median, show_goals, show_table

RATE = 8_000  # records a second
BIG_RECORDS, BIG_PEAK = 500_000, 800 * MB


class NotWhole(Exception):
    """An ingest did not take in the whole corpus, so its time is meaningless."""


def repository_of(out: Path, size: corpus.Size) -> Path:
    """Return the data folder for the corpus of a size."""
    return out / f"house-{size.name}"


def is_there(repository: Path) -> bool:
    """Tell whether the repository has the complete corpus."""
    return (repository / "bench.json").exists()


def measure(out: Path, made: corpus.Corpus) -> dict[str, Any]:
    """Ingest every archive of a corpus into a new repository and return the figures."""
    repository = repository_of(out, made.size)
    shutil.rmtree(repository, ignore_errors=True)
    line = Line("ingest")
    rates, seconds, processor, peak, records = [], 0.0, 0.0, 0, 0
    for number, archive in enumerate(made.archives, 1):
        result = children.indexer(repository, "ingest", "--by", "bench", archive)
        _check(result.answer, made.size.of_account(number))
        rates.append(made.size.of_account(number) / result.seconds)
        seconds, processor, peak = seconds + result.seconds, processor + result.processor, max(peak, result.peak)
        records += made.size.of_account(number)
        line(records, made.size.records)
    status = children.indexer(repository, "status")
    counts = status.answer
    if (counts["indexed"], counts["held"]) != (made.size.records, made.size.records):
        raise NotWhole(f"{counts['indexed']:,} indexed and {counts['held']:,} held of {made.size.records:,} records")
    largest = max(range(len(rates)), key=lambda at: made.size.of_account(at + 1))
    figures = {
        "records": records,
        "seconds": seconds,
        "records_per_second": records / seconds,
        "records_per_second_of_largest_archive": rates[largest],
        "records_of_largest_archive": made.size.of_account(largest + 1),
        "records_per_second_first_median_last": [rates[0], median(rates), rates[-1]],
        "processor_seconds": processor,
        "peak_bytes": peak,
        "seconds_of_an_idle_command": status.seconds,
        "house_bytes": {name: _bytes(repository / name) for name in ("vault", "catalog.sqlite3", "index")},
    }
    (repository / "bench.json").write_text(json.dumps(figures))
    return figures


def show(figures: dict[str, Any], size: corpus.Size) -> list[Goal]:
    """Print the figures of an ingest and return its goals."""
    first, middle, last = figures["records_per_second_first_median_last"]
    show_table(
        f"Ingest to searchable: {size.records:,} records in {size.accounts} archives, one command each",
        ("", "records/s"),
        [
            ("all archives", figures["records_per_second"]),
            (f"largest archive ({figures['records_of_largest_archive']:,} records)", figures["records_per_second_of_largest_archive"]),
            ("first archive", first),
            ("median archive", middle),
            ("last archive", last),
        ],
    )
    print(f"  {figures['seconds']:.1f} s; processor {figures['processor_seconds']:.1f} s; peak memory {figures['peak_bytes'] / MB:,.0f} MB")
    idle = figures["seconds_of_an_idle_command"]
    print(f"  a command that only starts (status) takes {idle:.2f} s: {idle * size.accounts:.0f} s of the time above are starts")
    print("  on disk: " + ", ".join(f"{name} {size_in_bytes / MB:,.0f} MB" for name, size_in_bytes in figures["house_bytes"].items()))
    goals = [Goal(f"ingest >= {RATE:,} records/s", figures["records_per_second"], RATE, at_least=True, counts=size.records >= 1_000_000)]
    show_goals(goals)
    return goals


def measure_big(out: Path, records: int) -> dict[str, Any]:
    """Ingest an archive with all posts in a single file, to check the memory goal."""
    size = corpus.Size(records, accounts=1, part=records)
    made = corpus.make(out, size)
    repository = out / f"house-{size.name}"
    shutil.rmtree(repository, ignore_errors=True)
    result = children.indexer(repository, "ingest", "--by", "bench", made.archives[0])
    _check(result.answer, records)
    shutil.rmtree(repository)
    return {
        "records": records,
        "member_bytes": made.bytes,
        "seconds": result.seconds,
        "records_per_second": records / result.seconds,
        "processor_seconds": result.processor,
        "peak_bytes": result.peak,
    }


def show_big(figures: dict[str, Any]) -> list[Goal]:
    """Print the figures of the single large archive and return its goals."""
    print(f"\nOne archive, {figures['records']:,} records in one file of {figures['member_bytes'] / MB:,.0f} MB")
    print(
        f"  {figures['records_per_second']:,.0f} records/s, {figures['seconds']:.1f} s (processor {figures['processor_seconds']:.1f} s), "
        f"peak memory {figures['peak_bytes'] / MB:,.0f} MB"
    )
    is_goal_size = figures["records"] >= BIG_RECORDS
    goals = [
        Goal("one archive: ingest >= 8,000 records/s", figures["records_per_second"], RATE, at_least=True, counts=is_goal_size),
        Goal("one archive: peak memory < 800 MB", figures["peak_bytes"] / MB, BIG_PEAK / MB, counts=is_goal_size),
    ]
    show_goals(goals)
    return goals


def _check(answer: dict[str, Any], records: int) -> None:
    """Raise NotWhole if an ingest did not give a record for each post, or gave a problem."""
    if (answer["records"], answer["problems"], answer["members"]["unknown"]) != (records, 0, 0):
        raise NotWhole(f"{records:,} posts became {answer['records']:,} records with {answer['problems']:,} problems")


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0
