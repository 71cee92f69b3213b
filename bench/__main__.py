"""`python -m bench`: makes a corpus, compares us with plain tantivy, SQLite FTS5 and Datasette, prints tables, writes results.json."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

from bench import corpus, export, ingest, language, many, pages, peers, queries
from bench.figures import MB, Goal, Line, show_goals

PARTS = ("corpus", "ingest", "queries", "language", "http", "many", "export")
OUT = Path(__file__).with_name("out")
BIG, GOALS_SIZE = 100_000, 1_000_000


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--records", type=click.IntRange(1), default=1_000_000, show_default=True, help="Posts of all accounts together.")
@click.option("--accounts", type=click.IntRange(1, 99), default=40, show_default=True, help="Accounts: one archive each.")
@click.option("--years", type=click.IntRange(5, 30), default=15, show_default=True, help="Years that the posts are spread over.")
@click.option("--only", default=",".join(PARTS), show_default=True, help="Parts to run, with commas between them.")
@click.option(
    "--big", type=click.IntRange(0), help=f"Posts of one archive in one file, taken in besides; 0: none. At the goals' size {BIG}, else 0."
)
@click.option("--out", type=click.Path(path_type=Path), default=OUT, help="Folder for corpus, repository and results.")
@click.option("--datasette", type=click.Path(path_type=Path, exists=True), help="The datasette command; else the one beside this Python.")
def main(*, records: int, accounts: int, years: int, only: str, big: int | None, out: Path, datasette: Path | None) -> None:
    """Measure speed and memory side by side with peers. About 20 minutes for 1,000,000 records on two cores."""
    selected = tuple(part.strip() for part in only.split(","))
    if unknown := [part for part in selected if part not in PARTS]:
        raise click.BadParameter(f"{unknown[0]!r} is no part. The parts are {', '.join(PARTS)}.")
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    size = corpus.Size(records, accounts, years)
    results = _load_earlier(out / "results.json", {"records": records, "accounts": accounts, "years": years})
    built = _corpus(out, size)
    results["parts"]["corpus"] = {"archives": len(built.archives), "json_bytes": built.bytes}
    goals: list[Goal] = []
    parts: dict[str, Callable[[], tuple[Any, list[Goal]]]] = {
        "ingest": lambda: _with_goals(ingest.measure(out, built), lambda figures: ingest.show(figures, size)),
        "queries": lambda: _queries(out, built),
        "language": lambda: _language(out, built),
        "http": lambda: _http(out, built, datasette),
        "many": lambda: _with_goals(many.measure(out, many.Many()), many.show),
        "export": lambda: _with_goals(export.measure(out, size), export.show),
    }
    if set(selected) - {"corpus", "ingest", "many"} and "ingest" not in selected and not ingest.is_there(ingest.repository_of(out, size)):
        selected = ("ingest", *selected)
    for name, part in parts.items():
        if name in selected:
            goals += _run(name, part, results, out)
    if big is None:
        big = BIG if records >= GOALS_SIZE and selected == PARTS else 0
    if big:
        goals += _run("one large archive", lambda: _with_goals(ingest.measure_big(out, big), ingest.show_big), results, out)
    print("\nAll goals of this run")
    show_goals(goals)
    print(out / "results.json")


def _load_earlier(path: Path, size: dict[str, int]) -> dict[str, Any]:
    """Load the results of earlier parts of a run of the same size, so that a single part can be measured again."""
    if path.exists() and (stored := json.loads(path.read_text()))["size"] == size:
        return {**stored, "machine": _machine()}
    return {"size": size, "machine": _machine(), "parts": {}}


def _run(name: str, part: Callable[[], tuple[Any, list[Goal]]], results: dict[str, Any], out: Path) -> list[Goal]:
    """Measure a part and save its results immediately."""
    print(f"\n[{name}]", flush=True)
    load = os.getloadavg()[0]
    figures, goals = part()
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    results["parts"][name] = {**figures, "at": finished, "load_before": load, "goals": [goal.as_json() for goal in goals]}
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    return goals


def _corpus(out: Path, size: corpus.Size) -> corpus.Corpus:
    print(f"[corpus] {size.records:,} posts of {size.accounts} accounts over {size.years} years", flush=True)
    made = corpus.make(out, size, Line("writing archives"))
    packed = sum(path.stat().st_size for path in made.archives)
    print(f"  {made.bytes / MB:,.0f} MB of JSON in {len(made.archives)} ZIPs of {packed / MB:,.0f} MB: {made.archives[0].parent}")
    return made


def _with_goals(figures: Any, show: Callable[[Any], list[Goal]]) -> tuple[Any, list[Goal]]:
    return figures, show(figures)


def _queries(out: Path, made: corpus.Corpus) -> tuple[Any, list[Goal]]:
    built = peers.measure(out, made)
    peers.show(built)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # keeps this process small for later measurements
        measured = pool.submit(queries.measure, out, made.size).result()
    return {"peers": built, **measured}, queries.show(measured)


def _language(out: Path, made: corpus.Corpus) -> tuple[Any, list[Goal]]:
    peers.measure(out, made)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # as above
        return _with_goals(pool.submit(language.measure, out, made.size).result(), language.show)


def _http(out: Path, made: corpus.Corpus, datasette: Path | None) -> tuple[Any, list[Goal]]:
    peers.measure(out, made)
    return _with_goals(pages.measure(out, made.size, pages.find_datasette(datasette)), pages.show)


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "tantivy": metadata.version("tantivy"),
        "system": f"{platform.system()} {platform.machine()}",
    }


if __name__ == "__main__":
    sys.exit(main())
