"""`python -m bench.costs`: short, expensive queries on the sample archives over HTTP, alone and eight at once.

Each must be answered or refused within 2 seconds, and while eight run, /healthz must answer within 2 seconds; otherwise
the exit status is 1. Takes about a minute.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from bench.children import ROOT
from bench.figures import show_table
from bench.servers import HOST, Server, portal

GOAL = 2.0  # seconds
AT_ONCE = 8
SAMPLES = ROOT / "archive_data" / "samples"
ANSWERED = {200, 400, 429, 503}  # a page of records, or a refusal with a message
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def nested(depth: int) -> str:
    """Return `(((a* w/5 b*) w/5 b*) …`."""
    query = "a*"
    for _ in range(depth):
        query = f"({query} w/5 b*)"
    return query


QUERIES = {
    "nearness 10 deep": nested(10),
    "nearness 20 deep": nested(20),
    "nearness 40 deep": nested(40),
    "286 wildcards": " OR ".join(f"{first}{second}*" for first in LETTERS for second in LETTERS[:11]),
    "286 wildcards in front": " OR ".join(f"*{first}{second}" for first in LETTERS for second in LETTERS[:11]),
    "260 similar words": " OR ".join(f"{first}{second}uncil~" for first in LETTERS for second in LETTERS[:10]),
    "250 ranges": " OR ".join(f"{number}-{number + 50}" for number in range(1_000, 1_500, 2)),
}


def main() -> int:
    """Ingest the samples, send the queries, print a table; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "SHOWME_DATA": folder}
        for archive in sorted(SAMPLES.glob("*.zip")):
            words = [sys.executable, "-m", "indexer", "ingest", "--by", "bench", str(archive)]
            subprocess.run(words, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, check=False)  # noqa: S603  # our own command
        subprocess.run([sys.executable, "-m", "indexer", "sync"], cwd=ROOT, env=environ, check=True)  # our own command
        with portal(Path(folder)) as server:
            rows = [_measure(server, name, query) for name, query in QUERIES.items()]
    heads = ("query", "letters", "one alone, s", "its status", f"slowest of {AT_ONCE}, s", "their statuses", "/healthz, s", "goal")
    show_table("Queries that cost much, on the sample archives", heads, rows)
    return int(any(row[-1] != "kept" for row in rows))


def _measure(server: Server, name: str, query: str) -> tuple[object, ...]:
    path = "/search?" + urlencode({"q": query})
    status, alone = _fetch(server, path)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(_fetch, server, path + f"&size={(25, 50)[at % 2]}") for at in range(AT_ONCE)]
        health = []
        while not all(future.done() for future in futures):
            health.append(_fetch(server, "/healthz")[1])
            time.sleep(0.05)
    results = [future.result() for future in futures]
    slowest, waited = max(seconds for _status, seconds in results), max(health, default=0.0)
    statuses = " ".join(map(str, sorted({code for code, _seconds in results})))
    is_answered = {status, *(code for code, _seconds in results)} <= ANSWERED
    verdict = "kept" if is_answered and max(alone, waited) <= GOAL else "missed"
    return name, len(query), f"{alone:.2f}", status, f"{slowest:.2f}", statuses, f"{waited:.2f}", verdict


def _fetch(server: Server, path: str) -> tuple[int, float]:
    started = time.perf_counter()
    connection = http.client.HTTPConnection(HOST, server.port, timeout=120)
    connection.request("GET", path, headers=server.headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
