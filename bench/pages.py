"""Requests pages over HTTP like browsers: our search page against Datasette's table page, with 1, 8 and 32 clients."""

from __future__ import annotations

import http.client
import itertools
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
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
from bench.servers import HOST, PEER, NotServed, Server, datasette, portal

OWN_ENVIRONMENT = Path(__file__).parent / "out" / "venv" / "bin"  # keeps the peers out of the product's environment
CLIENTS = (1, 8, 32)
GOAL_CLIENTS = 8
CPU_ROUNDS = 3  # times each page is opened alone
REQUESTS, SECONDS = 400, 20.0  # a run ends at the limit reached first
TIMEOUT = 120.0
FIRST_P95, P95 = 100.0, 170.0  # milliseconds until the total and the hits have arrived, and until the whole page has
FIRST_CPU, CPU = 15.0, 25.0  # the same, in milliseconds of the server's processors


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page: milliseconds until its total had arrived and until all of it had, its bytes, and the error, "" for none."""

    first: float
    whole: float
    bytes: int
    error: str


@dataclass(slots=True)
class Run:
    """The results of a run; `processor` are the seconds that the server used."""

    pages: list[Fetched] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0


def measure(out: Path, size: Size, command: Path | None) -> dict[str, Any]:
    """Return the figures of both servers; without Datasette's if it is not installed."""
    search_questions = questions(FIRST_YEAR + size.years - 1)
    totals = [Fts5(out, size).total(question) for question in search_questions]
    figures: dict[str, Any] = {"records": size.records, "runs": []}
    with portal(repository_of(out, size)) as server:
        ours = Pages([our_path(question) for question in search_questions], totals)
        figures["alone"] = alone(server, ours)
        figures["runs"] += runs(server, ours, "answers")
        near = ["/search?" + urlencode({"q": question.ours}) for question in QUESTIONS]
        figures["runs"] += runs(server, Pages(near, totals_of(repository_of(out, size))), "near, similar, other forms")
    if command is None:
        print("  Datasette is not installed (requirements-bench.txt): its half is left out", flush=True)
        return figures
    for limits in (False, True):
        note = "cut off at its own limits" if limits else "whole answers"
        paths = [datasette_path(question, database_of(out, size).stem) for question in search_questions]
        try:
            with datasette(command, database_of(out, size), limits=limits) as server:
                figures["runs"] += runs(server, Pages(paths, totals), note, is_peer=True)
        except NotServed as error:  # it did not start, or cannot answer one question at a time: no figures, and ours stand
            print(f"  {PEER} ({note}): {error}", flush=True)
            figures["runs"].append({"server": PEER, "note": note, "clients": 0, "pages": 0, "failed": 0, "error": str(error)[:300]})
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


class Pages:
    """Pages to be fetched, and the total that each must show."""

    def __init__(self, paths: Sequence[str], totals: Sequence[int]) -> None:
        self.paths = paths
        self._shown = [re.compile(rf"(?<![\d,]){total:,}(?![\d,])".encode()) if total else None for total in totals]

    def __len__(self) -> int:
        return len(self.paths)

    def fetch(
        self, connection: http.client.HTTPConnection, number: int, headers: dict[str, str], at_first: Callable[[], None] = lambda: None
    ) -> Fetched:
        """Fetch a page, whose first part must show its total; call `at_first` as soon as that part is there."""
        path, shown = self.paths[number % len(self)], self._shown[number % len(self)]
        sent = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body, first = b"", 0.0
        while chunk := answer.read1(1 << 16):
            body += chunk
            if not first and (shown is None or shown.search(body)):
                first = (time.perf_counter() - sent) * 1000
                at_first()
        answer.read()  # after a body of a stated length, only this makes the connection ready for the next request
        whole = (time.perf_counter() - sent) * 1000
        if answer.status != http.client.OK or not body:
            return Fetched(whole, whole, len(body), f"{path} answered {answer.status}")
        return Fetched(first or whole, whole, len(body), "" if first else f"{path} does not show its total")


def alone(server: Server, pages: Pages) -> dict[str, float]:
    """Open each page alone; return the server's processor milliseconds a page, until its total and hits are there and in all.

    Raises NotServed for a page without the right total.
    """
    firsts: list[float] = []
    with closing(http.client.HTTPConnection(HOST, server.port, timeout=TIMEOUT)) as connection:
        _check(server, pages, connection)  # what is remembered after a start is remembered now
        begun = server.processor()
        for number in range(CPU_ROUNDS * len(pages)):
            before = server.processor()
            _raise_for(server, pages.fetch(connection, number, server.headers, lambda: firsts.append(server.processor() - before)))  # noqa: B023  # called at once
        whole = server.processor() - begun
    return {"first": sum(firsts) / len(firsts) * 1000, "whole": whole / len(firsts) * 1000}


def runs(server: Server, pages: Pages, note: str, *, is_peer: bool = False) -> list[dict[str, Any]]:
    """Check each page once, then measure with each number of clients.

    A peer's pages that go wrong are counted; for ours, and for a page without the right total when it is opened alone, raises NotServed.
    """
    with closing(http.client.HTTPConnection(HOST, server.port, timeout=TIMEOUT)) as connection:
        _check(server, pages, connection)
    rows = []
    for clients in CLIENTS:
        result = run(server, pages, clients, REQUESTS, SECONDS)
        if result.errors and not is_peer:
            raise NotServed(f"{server.name}: {len(result.errors)} of {len(result.pages)} pages went wrong: {result.errors[0]}")
        rows.append(_row(server, note, clients, result))
        print(f"  {_in_words(rows[-1])}", flush=True)
    return rows


def _row(server: Server, note: str, clients: int, result: Run) -> dict[str, Any]:
    """Return the figures of a run: the times are those of the pages that were right."""
    right = [page for page in result.pages if not page.error]
    row: dict[str, Any] = {"server": server.name, "note": note, "clients": clients, "pages": len(right), "failed": len(result.errors)}
    if result.errors:
        row["error"] = result.errors[0][:300]
    if right:
        firsts, wholes = [page.first for page in right], [page.whole for page in right]
        row |= {"first_p50": median(firsts), "first_p95": percentile(firsts, 0.95), "p50": median(wholes), "p95": percentile(wholes, 0.95)}
        row |= {"per_second": len(right) / result.seconds, "cpu": result.processor / len(result.pages) * 1000}
    return row


def _in_words(row: dict[str, Any]) -> str:
    failed = f", {row['failed']} failed: {row['error']}" if row["failed"] else ""
    p95 = f", p95 {row['p95']:.0f} ms" if "p95" in row else ""
    return f"{row['server']} ({row['note']}), {row['clients']} clients: {row['pages']} pages{p95}{failed}"


def _check(server: Server, pages: Pages, connection: http.client.HTTPConnection) -> None:
    for number in range(len(pages)):
        _raise_for(server, pages.fetch(connection, number, server.headers))


def _raise_for(server: Server, page: Fetched) -> None:
    if page.error:
        raise NotServed(f"{server.name}: {page.error}.")


def run(server: Server, pages: Pages, clients: int, max_pages: int, seconds: float) -> Run:
    """Let clients request the pages in turn over persistent connections, up to `max_pages` or `seconds`."""
    result = Run()
    tickets = itertools.count()
    begun, started = server.processor(), time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection(HOST, server.port, timeout=TIMEOUT)
        try:
            while (ticket := next(tickets)) < max_pages and time.perf_counter() - started < seconds:
                page = pages.fetch(connection, ticket, server.headers)
                result.pages.append(page)
                if page.error:
                    result.errors.append(page.error)
        except (OSError, http.client.HTTPException) as error:
            result.errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds, result.processor = time.perf_counter() - started, server.processor() - begun
    return result


HEADS = ("clients", "pages", "failed", "first part p50", "p95", "whole p50", "p95", "pages/s", "CPU ms/page")


def cells(row: dict[str, Any]) -> tuple[object, ...]:
    """Return a row of the table below HEADS: the name, then the figures; a dash where there is none."""
    names = ("clients", "pages", "failed", "first_p50", "first_p95", "p50", "p95", "per_second", "cpu")
    error = f": {row['error']}" if row.get("error") else ""
    return (f"{row['server']} ({row['note']}{error})", *(row.get(name, "–") for name in names))


def show(figures: dict[str, Any]) -> list[Goal]:
    """Print the table and return the goals."""
    records, cpu = figures["records"], figures["alone"]
    title = f"Search pages over HTTP on {records:,} records, the questions above in turn (milliseconds; the first part has total and hits)"
    show_table(title, ("", *HEADS), [cells(row) for row in figures["runs"]])
    print(f"  one at a time: {cpu['first']:.1f} ms of the server's processors until total and hits are there, {cpu['whole']:.1f} ms in all")
    ours = next(row for row in figures["runs"] if row["note"] == "answers" and row["clients"] == GOAL_CLIENTS)
    counts = records >= 1_000_000
    goals = [
        Goal(f"total and hits p95 <= {FIRST_P95:.0f} ms at {GOAL_CLIENTS} clients", ours["first_p95"], FIRST_P95, counts=counts),
        Goal(f"whole search page p95 <= {P95:.0f} ms at {GOAL_CLIENTS} clients", ours["p95"], P95, counts=counts),
        Goal(f"total and hits: CPU <= {FIRST_CPU:.0f} ms", cpu["first"], FIRST_CPU, counts=counts),
        Goal(f"whole search page: CPU <= {CPU:.0f} ms", cpu["whole"], CPU, counts=counts),
    ]
    show_goals(goals)
    return goals
