"""Opens every page where 400 accounts and 200 captures of one of them are held: none may cost much or be long."""

from __future__ import annotations

import http.client
import random
import re
import shutil
import zipfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.corpus import FIRST_YEAR, SEED, add_account, write_part
from bench.figures import Goal, Line, show_goals, show_table
from bench.posts import Poster, Writer
from bench.servers import HOST, NotServed, Server, portal
from bench.vocabulary import vocabulary
from indexer import settings
from indexer.custody import ingest
from indexer.repository import open_repository

ROUNDS = 5  # times each page is opened; the least counts
TIMEOUT = 120.0
CPU, KILOBYTES = 60.0, 80.0
PAGES = (
    "/",
    "/search",
    "/search?q=council",
    "/search?q=custodian",
    "/search?q=council&page=3",
    "/search?q=nothingofthekind",
    "/coverage",
    "/coverage?from=2020-01-01&to=2020-12-31",
    "/captures",
    "/captures/1",
    "/accounts",
    "/users",
    "/saved",
    "/terms",
    "/exports",
    "/certificates",
    "/help",
)
_RECORD = re.compile(r'href="(/records/[^"?]+)')


@dataclass(frozen=True, slots=True)
class Many:
    """The size of a house: accounts with an archive each, and quarterly archives of the first of them."""

    accounts: int = 400
    captures: int = 200
    posts: int = 100  # of each account

    @property
    def name(self) -> str:
        """The name of its folder."""
        return f"house-many-{self.accounts}x{self.captures}x{self.posts}"


def measure(out: Path, many: Many) -> dict[str, Any]:
    """Make the house unless it is there, and return milliseconds of the server's processors and bytes of each page."""
    house = out / many.name
    if not (house / "whole").exists():
        shutil.rmtree(house, ignore_errors=True)
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # keeps this process small for later measurements
            pool.submit(build, house, many).result()
    with portal(house) as server:
        rows = [_measure(server, path) for path in _paths(server)]
    return {"accounts": many.accounts, "captures": many.captures, "pages": rows}


def build(house: Path, many: Many) -> None:
    """Take the archives in, each as a capture of its own."""
    line = Line("taking in many archives")
    settings.paths(house)
    repository = open_repository(house)
    made = house / "made"
    made.mkdir()
    total = many.accounts + many.captures - 1
    for number in range(1, total + 1):
        of = max(1, number - many.captures + 1)  # first the archives of the first account, each longer than the one before
        share = number / many.captures if number < many.captures else 1.0
        archive = made / f"{Poster(of).handle}-{number}.zip"
        _write(archive, of, many.posts, share)
        ingest(repository, [archive], taken_by="bench", source="command line")
        archive.unlink()
        line(number, total)
    repository.close()
    (house / "whole").touch()


def _write(path: Path, number: int, posts: int, share: float) -> None:
    """Write an account's archive as it was when a share of its posts had been made."""
    poster = Poster(number)
    start, days = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), 365 * 14
    writer = Writer(poster, vocabulary(), random.Random(f"{SEED} many {number}"))
    items = list(writer.items(posts, start, days))[: max(1, round(posts * share))]
    generated = start + timedelta(days=round(days * share) + 1)
    with zipfile.ZipFile(path, "w") as archive:
        count, _ = write_part(archive, "data/tweets.js", 0, iter(items), posts)
        add_account(archive, poster, [("data/tweets.js", "YTD.tweets.part0", count)], generated)


def _paths(server: Server) -> list[str]:
    with closing(http.client.HTTPConnection(HOST, server.port, timeout=TIMEOUT)) as connection:
        record = _RECORD.search(_open(connection, server, "/search?q=council").decode())
    if record is None:
        raise NotServed("the search page shows no record")
    return [*PAGES, record[1]]


def _measure(server: Server, path: str) -> dict[str, Any]:
    times, body = [], b""
    with closing(http.client.HTTPConnection(HOST, server.port, timeout=TIMEOUT)) as connection:
        for _ in range(ROUNDS + 2):
            before = server.processor()
            body = _open(connection, server, path)
            times.append((server.processor() - before) * 1000)
    return {"path": path, "cpu": min(times[2:]), "bytes": len(body)}


def _open(connection: http.client.HTTPConnection, server: Server, path: str) -> bytes:
    connection.request("GET", path, headers=server.headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status not in {http.client.OK, http.client.FOUND}:
        raise NotServed(f"{path} answered {answer.status}")
    return body


def show(figures: dict[str, Any]) -> list[Goal]:
    """Print the table and return the goals."""
    rows = figures["pages"]
    show_table(
        f"Pages where {figures['accounts']} accounts and {figures['captures']} captures of one of them are held",
        ("", "CPU ms", "kB"),
        [(row["path"], row["cpu"], row["bytes"] / 1000) for row in rows],
    )
    counts = (figures["accounts"], figures["captures"]) == (400, 200)
    slowest, longest = max(rows, key=lambda row: row["cpu"]), max(rows, key=lambda row: row["bytes"])
    goals = [
        Goal(f"no page above {CPU:.0f} ms of CPU ({slowest['path']})", slowest["cpu"], CPU, counts=counts),
        Goal(f"no page above {KILOBYTES:.0f} kB ({longest['path']})", longest["bytes"] / 1000, KILOBYTES, counts=counts),
    ]
    show_goals(goals)
    return goals
