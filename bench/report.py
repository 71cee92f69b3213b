"""`python -m bench.report [RESULTS.json]`: formats the figures of a run as the Markdown tables of docs/speed.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import pages
from bench.figures import MB, median, number

RESULTS = Path(__file__).with_name("out") / "results.json"


def report(results: dict[str, Any]) -> str:
    """Format the figures of results.json as Markdown; parts that were not run are left out."""
    size, machine, parts = results["size"], results["machine"], results["parts"]
    measured = [part for part in parts.values() if "at" in part]
    first = min(part["at"][:10] for part in measured)
    lines = [
        (
            f"Measured {first} on {machine['cores']} cores ({machine['system']}, Python {machine['python']}, "
            f"tantivy {machine['tantivy']}, SQLite {machine['sqlite']}); "
            f"load of other work before the run {min(part['load_before'] for part in measured):.1f}. "
            f"Corpus: {size['records']:,} posts, {size['accounts']} accounts, {size['years']} years, "
            f"{parts['corpus']['json_bytes'] / MB:,.0f} MB of JSON."
        ),
    ]
    writers: dict[str, Callable[[Any], Iterator[str]]] = {
        "ingest": _ingest,
        "one large archive": _big,
        "queries": _queries,
        "language": _language,
        "http": _pages,
        "many": _many,
        "export": _export,
    }
    for name, write in writers.items():
        if name in parts:
            lines += ["", *write(parts[name])]
    lines += [
        "",
        *_table(("goal", "measured", "verdict"), [(g["goal"], g["measured"], _verdict(g)) for part in measured for g in part["goals"]]),
    ]
    return "\n".join(lines) + "\n"


def _verdict(goal: dict[str, Any]) -> str:
    return ("reached" if goal["reached"] else "missed") + ("" if goal["at_goal_size"] else ", at another size")


def _ingest(part: dict[str, Any]) -> Iterator[str]:
    rows = [("ours: ingest to searchable, custody and catalog included", part["records_per_second"], part["peak_bytes"] / MB)]
    yield from _table(("ingest", "records/s", "peak MB"), rows)


def _big(part: dict[str, Any]) -> Iterator[str]:
    head = f"one archive, {part['records']:,} posts in one file of {part['member_bytes'] / MB:,.0f} MB"
    yield from _table((head, "records/s", "peak MB"), [("ours", part["records_per_second"], part["peak_bytes"] / MB)])


def _queries(part: dict[str, Any]) -> Iterator[str]:
    peers = part["peers"]
    rows = [(name, peers["records"] / peers[f"{key}_seconds"]) for name, key in (("raw tantivy", "tantivy"), ("SQLite FTS5", "fts5"))]
    yield from _table(("indexing ready posts only", "records/s"), rows)
    yield ""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in part["questions"]:
        groups.setdefault(row["group"], []).append(row["times"])
    lines = []
    for group, times in groups.items():
        names = ("ours", "engine", "raw tantivy", "FTS5")
        ours, index, raw, fts5 = (median([engine_times[name]["median"] for engine_times in times]) for name in names)
        lines.append((group, ours, index, raw, fts5, ours / raw, fts5 / ours))
    yield from _table(("queries, median ms", "ours", "of it the index", "raw tantivy", "FTS5", "ours / raw", "FTS5 / ours"), lines)


def _language(part: dict[str, Any]) -> Iterator[str]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in part["questions"]:
        groups.setdefault(row["group"], []).append(row)
    lines: list[tuple[object, ...]] = []
    for group, rows in groups.items():
        times = [median([row[when][way]["median"] for row in rows]) for when in ("first", "again") for way in ("page", "engine")]
        fts5 = [row["fts5"]["median"] for row in rows if "fts5" in row]
        lines.append((group, *times, times[2] / times[3], median(fts5) if fts5 else "cannot be asked"))
    heads = ("the whole language, median ms", "first time", "of it the index", "again", "of it the index", "again / index", "FTS5")
    yield from _table(heads, lines)


def _pages(part: dict[str, Any]) -> Iterator[str]:
    yield from _table(("pages over HTTP (ms)", *pages.HEADS), [pages.cells(run) for run in part["runs"]])
    alone = ("our search page, one at a time", part["alone"]["first"], part["alone"]["whole"])
    yield ""
    yield from _table(("CPU of the server, ms a page", "until total and hits are there", "in all"), [alone])


def _many(part: dict[str, Any]) -> Iterator[str]:
    head = f"pages where {part['accounts']} accounts and {part['captures']} captures of one of them are held"
    yield from _table((head, "CPU ms", "kB"), [(f"`{row['path']}`", row["cpu"], row["bytes"] / 1000) for row in part["pages"]])


def _export(part: dict[str, Any]) -> Iterator[str]:
    head = f"export of {part['records']:,} records (CSV, XLSX, JSON Lines)"
    rows = [
        (name, package["seconds"], package["processor_seconds"], package["peak_bytes"] / MB) for name, package in part["packages"].items()
    ]
    yield from _table((head, "seconds", "processor s", "peak MB"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|---|" + "---:|" * (len(heads) - 1)
    for row in rows:
        yield "| " + " | ".join(value if isinstance(value, str) else number(value) for value in row) + " |"


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    print(report(json.loads(path.read_text())), end="")
