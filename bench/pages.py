"""Requests pages over HTTP like browsers: our search page against Datasette's table page, with 1, 8 and 32 clients."""

from __future__ import annotations

import http.client
import itertools
import re
import shutil
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.corpus import FIRST_YEAR, Size
from bench.engines import Fts5
from bench.figures import Goal, median, percentile, show_goals, show_table
from bench.ingest import repository_of
from bench.language import QUESTIONS, totals_of
from bench.peers import database_of
from bench.questions import Question, questions
from bench.servers import HOST, NotServed, Server, datasette, portal

OWN_ENVIRONMENT = Path(__file__).parent / "out" / "venv" / "bin"  # keeps the peers out of the product's environment
CLIENTS = (1, 8, 32)
GOAL_CLIENTS = 8
REQUESTS, SECONDS = 400, 20.0  # a run ends at the limit reached first
TIMEOUT = 120.0
P95 = 150.0  # milliseconds


@dataclass(slots=True)
class Run:
    """The results of a run: milliseconds of each page, and errors."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0


def measure(out: Path, size: Size, command: Path | None) -> dict[str, Any]:
    """Return the figures of both servers; without Datasette's if it is not installed."""
    search_questions = questions(FIRST_YEAR + size.years - 1)
    totals = [Fts5(out, size).total(question) for question in search_questions]
    figures: dict[str, Any] = {"records": size.records, "runs": []}
    with portal(repository_of(out, size)) as server:
        figures["runs"] += _runs(server, [our_path(question) for question in search_questions], totals, "answers")
        near = ["/search?" + urlencode({"q": question.ours}) for question in QUESTIONS]
        figures["runs"] += _runs(server, near, totals_of(repository_of(out, size)), "near, similar, other forms")
    if command is None:
        print("  Datasette is not installed (requirements-bench.txt): its half is left out", flush=True)
        return figures
    for limits in (False, True):
        note = "cut off at its own limits" if limits else "whole answers"
        with datasette(command, database_of(out, size), limits=limits) as server:
            paths = [datasette_path(question, database_of(out, size).stem) for question in search_questions]
            figures["runs"] += _runs(server, paths, totals, note)
    return figures


def find_datasette(named: Path | None) -> Path | None:
    """Find the datasette command: `named`, else in its own environment, beside this Python, or on PATH. None if not found."""
    if named is not None:
        return named.resolve()
    for folder in (OWN_ENVIRONMENT, Path(sys.executable).parent):
        if (folder / "datasette").exists():
            return folder / "datasette"
    found = shutil.which("datasette")
    return Path(found) if found else None


def our_path(question: Question) -> str:
    """Return the URL of our search page for a question."""
    values = {"q": "" if question.ours == "*" else question.ours}
    if question.first and question.last:
        values.update({"from": question.first.isoformat(), "to": question.last.isoformat()})
    return "/search?" + urlencode({name: value for name, value in values.items() if value})


def datasette_path(question: Question, database: str) -> str:
    """Return the URL of Datasette's table page for a question, with the same page size, order and facets."""
    values = [("_size", "25"), ("_sort_desc", "posted"), ("_facet_size", "max")]
    values += [("_facet", name) for name in ("account", "kind", "month")]
    if question.every:
        values += [("_search", question.fts5), ("_searchmode", "raw")]
    if question.first and question.last:
        values += [("day__gte", question.first.isoformat()), ("day__lte", question.last.isoformat())]
    return f"/{database}/posts?" + urlencode(values)


def _runs(server: Server, paths: Sequence[str], totals: Sequence[int], note: str) -> list[dict[str, Any]]:
    """Check each page once, then measure with each number of clients. Raises NotServed for a page without the right total."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=TIMEOUT)
    for path, total in zip(paths, totals, strict=True):
        error = _fetch(connection, path, server.headers, f"{total:,}" if total else "")
        if error:
            raise NotServed(f"{server.name}: {error}.")
    connection.close()
    rows = []
    for clients in CLIENTS:
        result = run(server, paths, clients, REQUESTS, SECONDS)
        if result.errors:
            raise NotServed(f"{server.name}: {len(result.errors)} of {len(result.times)} pages went wrong: {result.errors[0]}")
        row = {
            "server": server.name,
            "note": note,
            "clients": clients,
            "pages": len(result.times),
            "p50": median(result.times),
            "p95": percentile(result.times, 0.95),
            "per_second": len(result.times) / result.seconds,
        }
        print(f"  {server.name} ({note}), {clients} clients: {row['pages']} pages, p95 {row['p95']:.0f} ms", flush=True)
        rows.append(row)
    return rows


def run(server: Server, paths: Sequence[str], clients: int, max_pages: int, seconds: float) -> Run:
    """Let clients request the paths in turn over persistent connections, up to `most` pages or `seconds`."""
    result = Run()
    tickets = itertools.count()
    started = time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection(HOST, server.port, timeout=TIMEOUT)
        try:
            while (ticket := next(tickets)) < max_pages and time.perf_counter() - started < seconds:
                sent = time.perf_counter()
                error = _fetch(connection, paths[ticket % len(paths)], server.headers)
                result.times.append((time.perf_counter() - sent) * 1000)
                if error:
                    result.errors.append(error)
        except (OSError, http.client.HTTPException) as error:
            result.errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - started
    return result


def _fetch(connection: http.client.HTTPConnection, path: str, headers: dict[str, str], holds: str = "") -> str:
    """Fetch a page, which must contain the text `holds` (a total); return the error, "" for none."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    if answer.status != http.client.OK or not body:
        return f"{path} answered {answer.status}"
    return "" if re.search(rf"(?<![\d,]){holds}(?![\d,])", body) else f"{path} does not show the total {holds}"


def show(figures: dict[str, Any]) -> list[Goal]:
    """Print the table and return the goals."""
    runs = figures["runs"]
    show_table(
        f"Search pages over HTTP on {figures['records']:,} records, the questions above in turn (milliseconds)",
        ("", "clients", "pages", "p50", "p95", "pages/s"),
        [(f"{row['server']} ({row['note']})", row["clients"], row["pages"], row["p50"], row["p95"], row["per_second"]) for row in runs],
    )
    ours = next(row for row in runs if row["note"] == "answers" and row["clients"] == GOAL_CLIENTS)
    goals = [Goal(f"search page p95 < 150 ms at {GOAL_CLIENTS} clients", ours["p95"], P95, counts=figures["records"] >= 1_000_000)]
    show_goals(goals)
    return goals
