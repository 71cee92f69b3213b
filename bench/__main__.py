"""`python -m bench`: makes a corpus, measures us beside tantivy alone, SQLite FTS5 and Datasette, prints tables and writes results.json."""

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

from bench import corpus, export, ingest, language, pages, peers, queries
from bench.figures import MB, Goal, Line, show_goals

PARTS = ("corpus", "ingest", "queries", "language", "http", "export")
OUT = Path(__file__).with_name("out")
BIG, GOALS_SIZE = 500_000, 1_000_000


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--records", type=click.IntRange(1), default=1_000_000, show_default=True, help="Posts of all accounts together.")
@click.option("--accounts", type=click.IntRange(1, 99), default=40, show_default=True, help="Accounts: one archive each.")
@click.option("--years", type=click.IntRange(5, 30), default=15, show_default=True, help="Years that the posts are spread over.")
@click.option("--only", default=",".join(PARTS), show_default=True, help="Parts to run, with commas between them.")
@click.option(
    "--big", type=click.IntRange(0), help=f"Posts of one archive in one file, taken in besides; 0: none. At the goals' size {BIG}, else 0."
)
@click.option("--out", type=click.Path(path_type=Path), default=OUT, help="Folder of corpus, house and results.")
@click.option("--datasette", type=click.Path(path_type=Path, exists=True), help="The datasette command; else the one beside this Python.")
def main(*, records: int, accounts: int, years: int, only: str, big: int | None, out: Path, datasette: Path | None) -> None:
    """Measure speed and memory side by side with peers. Some 20 minutes for 1,000,000 records on two cores."""
    wanted = tuple(part.strip() for part in only.split(","))
    if unknown := [part for part in wanted if part not in PARTS]:
        raise click.BadParameter(f"{unknown[0]!r} is no part. The parts are {', '.join(PARTS)}.")
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    size = corpus.Size(records, accounts, years)
    results = _earlier(out / "results.json", {"records": records, "accounts": accounts, "years": years})
    made = _corpus(out, size)
    results["parts"]["corpus"] = {"archives": len(made.archives), "json_bytes": made.bytes}
    goals: list[Goal] = []
    parts: dict[str, Callable[[], tuple[Any, list[Goal]]]] = {
        "ingest": lambda: _shown(ingest.measure(out, made), lambda figures: ingest.show(figures, size)),
        "queries": lambda: _queries(out, made),
        "language": lambda: _language(out, made),
        "http": lambda: _http(out, made, datasette),
        "export": lambda: _shown(export.measure(out, size), export.show),
    }
    if set(wanted) - {"corpus", "ingest"} and "ingest" not in wanted and not ingest.is_there(ingest.repository_of(out, size)):
        wanted = ("ingest", *wanted)
    for name, part in parts.items():
        if name in wanted:
            goals += _run(name, part, results, out)
    if big is None:
        big = BIG if records >= GOALS_SIZE and wanted == PARTS else 0
    if big:
        goals += _run("one large archive", lambda: _shown(ingest.measure_big(out, big), ingest.show_big), results, out)
    print("\nAll goals of this run")
    show_goals(goals)
    print(out / "results.json")


def _earlier(path: Path, size: dict[str, int]) -> dict[str, Any]:
    """Return the results of earlier parts of a run of the same size, so that a part can be measured again alone."""
    if path.exists() and (told := json.loads(path.read_text()))["size"] == size:
        return {**told, "machine": _machine()}
    return {"size": size, "machine": _machine(), "parts": {}}


def _run(name: str, part: Callable[[], tuple[Any, list[Goal]]], results: dict[str, Any], out: Path) -> list[Goal]:
    """Measure one part and write down at once what it came to."""
    print(f"\n[{name}]", flush=True)
    load = os.getloadavg()[0]
    figures, goals = part()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    results["parts"][name] = {**figures, "at": at, "load_before": load, "goals": [goal.as_json() for goal in goals]}
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    return goals


def _corpus(out: Path, size: corpus.Size) -> corpus.Corpus:
    print(f"[corpus] {size.records:,} posts of {size.accounts} accounts over {size.years} years", flush=True)
    made = corpus.make(out, size, Line("writing archives"))
    packed = sum(path.stat().st_size for path in made.archives)
    print(f"  {made.bytes / MB:,.0f} MB of JSON in {len(made.archives)} ZIPs of {packed / MB:,.0f} MB: {made.archives[0].parent}")
    return made


def _shown(figures: Any, show: Callable[[Any], list[Goal]]) -> tuple[Any, list[Goal]]:
    return figures, show(figures)


def _queries(out: Path, made: corpus.Corpus) -> tuple[Any, list[Goal]]:
    built = peers.measure(out, made)
    peers.show(built)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # so that this process stays small for what it measures later
        asked = pool.submit(queries.measure, out, made.size).result()
    return {"peers": built, **asked}, queries.show(asked)


def _language(out: Path, made: corpus.Corpus) -> tuple[Any, list[Goal]]:
    peers.measure(out, made)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # as above
        return _shown(pool.submit(language.measure, out, made.size).result(), language.show)


def _http(out: Path, made: corpus.Corpus, datasette: Path | None) -> tuple[Any, list[Goal]]:
    peers.measure(out, made)
    return _shown(pages.measure(out, made.size, pages.find_datasette(datasette)), pages.show)


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
