"""The measurement of pages: what it counts, and that a peer that fails is a figure."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bench import many, pages, processor, report, servers
from bench.pages import Pages
from bench.servers import NotServed, Server

WORK = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\ntime.sleep(60)"


class Site(BaseHTTPRequestHandler):
    """Answers a page in two parts: the first shows the total; refuses from the given number of requests at once."""

    protocol_version = "HTTP/1.1"
    refuses_at: ClassVar[int] = 99
    running: ClassVar[int] = 0
    lock: ClassVar[threading.Lock] = threading.Lock()

    def do_GET(self) -> None:
        with self.lock:
            Site.running += 1
            is_refused = Site.running >= Site.refuses_at
        time.sleep(0.01)
        parts = [b"<p>1,234 records</p>", b"<p>the rest</p>"]
        self.send_response(400 if is_refused else 200)
        if self.path == "/whole":
            self.send_header("Content-Length", str(sum(map(len, parts))))
            self.end_headers()
            self.wfile.write(b"".join(parts))
            with self.lock:
                Site.running -= 1
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in parts:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.flush()
            time.sleep(0.08)
        self.wfile.write(b"0\r\n\r\n")
        with self.lock:
            Site.running -= 1

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def serving(refuses_at: int = 99) -> Iterator[Server]:
    Site.refuses_at, Site.running = refuses_at, 0
    with ThreadingHTTPServer((servers.HOST, 0), Site) as site:
        site.daemon_threads = True
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        try:
            yield Server("a peer", site.server_address[1], {}, os.getpgid(0))
        finally:
            site.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "REQUESTS", 24)


def test_the_first_part_of_a_page_is_told_from_the_whole() -> None:
    with serving() as server:
        row = pages.runs(server, Pages(["/"], [1234]), "answers")[0]
        assert row["failed"] == 0
        assert row["pages"] == 24
        assert row["first_p50"] + 40 < row["p50"]
        assert row["cpu"] > 0


def test_pages_of_a_stated_length_are_fetched_one_after_the_other() -> None:
    with serving() as server:
        rows = pages.runs(server, Pages(["/whole", "/"], [1234, 0]), "answers")
        assert [row["pages"] for row in rows] == [24, 24, 24]
        assert pages.alone(server, Pages(["/whole"], [1234]))["whole"] > 0


def test_a_peer_that_fails_at_eight_clients_is_a_figure_and_the_run_goes_on() -> None:
    with serving(refuses_at=3) as server:
        rows = pages.runs(server, Pages(["/"], [1234]), "whole answers", is_peer=True)
        assert [row["clients"] for row in rows] == list(pages.CLIENTS)
        assert rows[0]["failed"] == 0
        assert rows[1]["failed"] > 0
        assert rows[1]["pages"] + rows[1]["failed"] == 24
        assert rows[1]["error"] == "/ answered 400"
        shown = "\n".join(report._pages({"runs": rows, "alone": {"first": 1.0, "whole": 2.0}}))
        assert "/ answered 400" in shown
        with pytest.raises(NotServed, match=r"of 24 pages went wrong: / answered 400"):
            pages.runs(server, Pages(["/"], [1234]), "answers")


def test_a_peer_without_the_right_total_or_that_does_not_start_has_no_times(monkeypatch: pytest.MonkeyPatch) -> None:
    figures: dict[str, Any] = {"records": 1, "alone": {"first": 1.0, "whole": 2.0}}
    ours = {"server": "ours", "note": "answers", "clients": 8, "pages": 1, "failed": 0, "first_p95": 1.0, "p95": 2.0}
    with serving() as server, pytest.raises(NotServed, match="does not show its total"):
        pages.runs(server, Pages(["/"], [4321]), "whole answers", is_peer=True)

    @contextmanager
    def does_not_start(*_arguments: object, **_options: object) -> Iterator[Server]:
        raise NotServed("Datasette did not answer within 60 s")
        yield  # pragma: no cover

    @contextmanager
    def portal(_repository: Path) -> Iterator[Server]:
        with serving() as server:
            yield server

    monkeypatch.setattr(pages, "datasette", does_not_start)
    monkeypatch.setattr(pages, "portal", portal)
    monkeypatch.setattr(pages, "questions", lambda _year: [])
    monkeypatch.setattr(pages, "totals_of", lambda _repository: [])
    monkeypatch.setattr(pages, "QUESTIONS", [])
    monkeypatch.setattr(pages, "alone", lambda _server, _pages: figures["alone"])
    monkeypatch.setattr(pages, "runs", lambda _server, _pages, note: [{**ours, "note": note}])
    measured = pages.measure(Path("/nowhere"), pages.Size(1), Path("/nowhere/datasette"))
    assert [row["pages"] for row in measured["runs"]] == [1, 1, 0, 0]
    assert pages.show(measured)
    assert "did not answer within 60 s" in "\n".join(report._pages(measured))


def test_the_processor_time_of_a_group_is_that_of_all_its_processes() -> None:
    parent = f"import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', {WORK!r}])\n{WORK}"
    group = subprocess.Popen([sys.executable, "-c", parent], start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while processor.seconds_of(group.pid) < 0.6 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert 0.6 <= processor.seconds_of(group.pid) < 2
        assert processor.seconds_of(2**22 + 1) == 0
    finally:
        os.killpg(group.pid, 9)
        group.wait()


def test_a_house_of_many_has_its_accounts_and_its_captures_of_one_of_them(tmp_path: Path) -> None:
    from indexer.repository import open_repository

    many.build(tmp_path / "house", many.Many(accounts=3, captures=4, posts=8))
    repository = open_repository(tmp_path / "house")
    captures = repository.catalog.captures()
    assert [capture.account.handle for capture in captures if capture.account] == [
        "OsageBluff03",
        "OsageBluff02",
        *["OsageBluff01"] * 4,
    ]
    assert [capture.sightings for capture in captures] == [8, 8, 8, 6, 4, 2]
    assert all(capture.went_well and not capture.absent for capture in captures)
    repository.close()
