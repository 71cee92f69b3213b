"""What a page asks of the catalog: a fixed number of statements, however many accounts, captures and records are held."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from indexer.custody import ingest
from portal import config, create_app
from tests.support.town import CITY, CITY_ID, Town, fill, post, x_archive

SEARCH_STATEMENTS = 15
"""Of a search page: who reads (2), four looks at the counters, the index's position, four for the records, three for the event, one for
jobs that have ended."""

PAGES = (
    "/search",
    "/search?q=flood",
    "/search?q=agenda&page=2",
    "/search?q=nothingofthekind",
    "/search.json?q=flood",
    "/captures",
    "/coverage",
    "/coverage?from=2019-01-01&to=2019-12-31",
    "/accounts",
    "/users",
)


@pytest.fixture(name="growing")
def growing_town(tmp_path: Path) -> Iterator[Town]:
    """A town of its own: more is taken in during the test."""
    repository = fill(tmp_path / "data")
    app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path / "data"))
    app.testing = True
    yield Town(tmp_path / "data", app, repository)
    app.extensions["showme"].close()
    repository.close()


def statements(client: FlaskClient, path: str) -> list[str]:
    """Return what a page sends to the database when it is opened again; events of earlier pages, which wait, are no part of it."""
    sent: list[str] = []
    own_thread = threading.get_ident()  # another one writes the waiting events

    def note(_connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001  # SQLAlchemy's signature
        if threading.get_ident() == own_thread:
            sent.append(" ".join(statement.split()))

    assert client.get(path).status_code == 200
    client.application.extensions["showme"]._event_queue.write_all()
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert sent
    return sent


def test_a_page_asks_as_much_of_a_large_catalog_as_of_a_small_one(growing: Town, tmp_path: Path) -> None:
    client = growing.client("ada")
    small = {path: statements(client, path) for path in PAGES}
    posts = [post(1_400_000_000_000_000_000 + at, f"flood agenda {at}", "Mon Sep 07 15:00:00 +0000 2020") for at in range(30)]
    for number in range(6):  # as many captures of one account, and as many further accounts
        for handle, account in ((CITY, CITY_ID), (f"Office{number}", f"88{number}")):
            archive = x_archive(tmp_path / f"{handle}-{number}.zip", handle, account, posts[number:], [], {})
            ingest(growing.repository, [archive], taken_by="rhea", source="incoming")
    large = {path: statements(client, path) for path in PAGES}
    assert {path: len(sent) for path, sent in large.items()} == {path: len(sent) for path, sent in small.items()}
    for path in ("/search", "/search?q=flood"):
        assert len(large[path]) <= SEARCH_STATEMENTS, large[path]


def test_a_granted_reader_costs_no_statement_for_each_grant(growing: Town) -> None:
    granted, all_seeing = (statements(growing.client(name), "/search?q=flood") for name in ("gwen", "ada"))
    assert len(granted) <= len(all_seeing)
