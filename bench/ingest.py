"""Measures ingest until records are searchable, with the real command line: all archives in one command."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from bench import children, corpus
from bench.figures import MB, Goal, show_goals
from indexer.custody.member_accounts import member_digests, member_outcomes
from indexer.evidence import open_archive
from indexer.importers import get_importer

RATE, PEAK = 5_500, 400 * MB  # records a second, 40 archives of 25,000 in one command
BIG_RATE, BIG_RECORDS, BIG_PEAK = 7_000, 100_000, 400 * MB  # one archive


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
    result = children.indexer(repository, "ingest", "--by", "bench", "--separate", *made.archives)
    answers = result.answer["archives"] if len(made.archives) > 1 else [result.answer]
    for number, answer in enumerate(answers, 1):
        _check(answer, made.size.of_account(number))
    status = children.indexer(repository, "status")
    counts = status.answer
    if (counts["indexed"], counts["held"]) != (made.size.records, made.size.records):
        raise NotWhole(f"{counts['indexed']:,} indexed and {counts['held']:,} held of {made.size.records:,} records")
    figures = {
        "records": made.size.records,
        "seconds": result.seconds,
        "records_per_second": made.size.records / result.seconds,
        "processor_seconds": result.processor,
        "peak_bytes": result.peak,
        "seconds_of_an_idle_command": status.seconds,
        "seconds_of_accounting": _accounting_seconds(made),
        "house_bytes": {name: _bytes(repository / name) for name in ("vault", "catalog.sqlite3", "index")},
    }
    (repository / "bench.json").write_text(json.dumps(figures))
    return figures


def show(figures: dict[str, Any], size: corpus.Size) -> list[Goal]:
    """Print the figures of an ingest and return its goals."""
    print(f"\nIngest to searchable: {size.records:,} records in {size.accounts} archives, one command")
    print(
        f"  {figures['records_per_second']:,.0f} records/s, {figures['seconds']:.1f} s (processor {figures['processor_seconds']:.1f} s), "
        f"peak memory {figures['peak_bytes'] / MB:,.0f} MB"
    )
    accounting = figures["seconds_of_accounting"]
    print(f"  of it the account of every member (a SHA-256 and an outcome for each): {accounting:.1f} s of a processor, beside the reading")
    print(f"  a command that only starts (status) takes {figures['seconds_of_an_idle_command']:.2f} s")
    print("  on disk: " + ", ".join(f"{name} {size_in_bytes / MB:,.0f} MB" for name, size_in_bytes in figures["house_bytes"].items()))
    is_goal_size = size.records >= 1_000_000
    goals = [
        Goal(f"ingest >= {RATE:,} records/s", figures["records_per_second"], RATE, at_least=True, counts=is_goal_size),
        Goal("ingest: peak memory < 400 MB", figures["peak_bytes"] / MB, PEAK / MB, counts=is_goal_size),
    ]
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
        Goal(f"one archive: ingest >= {BIG_RATE:,} records/s", figures["records_per_second"], BIG_RATE, at_least=True, counts=is_goal_size),
        Goal("one archive: peak memory < 400 MB", figures["peak_bytes"] / MB, BIG_PEAK / MB, counts=is_goal_size),
    ]
    show_goals(goals)
    return goals


def _accounting_seconds(made: corpus.Corpus) -> float:
    """Return the CPU seconds of what ingest does for every member of the archives: its SHA-256 and its outcome."""
    started = time.process_time()
    for path in made.archives:
        archive = open_archive(path)
        digests = member_digests(archive)
        list(member_outcomes(archive, get_importer("twitter"), set(), digests))
    return time.process_time() - started


def _check(answer: dict[str, Any], records: int) -> None:
    """Raise NotWhole if an ingest did not give a record for each post, or gave a problem."""
    if (answer["records"], answer["problems"], answer["members"]["unknown"]) != (records, 0, 0):
        raise NotWhole(f"{records:,} posts became {answer['records']:,} records with {answer['problems']:,} problems")


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0
