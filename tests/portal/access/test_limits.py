"""Attempts to sign in are counted in one file by all web workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal import config, create_app
from portal.access import limits
from portal.access.limits import SqliteStorage
from tests.support.town import token


def test_attempts_are_counted_over_all_web_workers(tmp_path: Path) -> None:
    settings = config.read({"SHOWME_DEMO": "1"}, tmp_path)
    apps = [create_app(settings), create_app(settings)]
    codes = []
    for at in range(32):
        client = apps[at % 2].test_client()
        codes.append(
            client.post("/sign-in", data={"name": f"n{at}", "password": "wrong", "csrf_token": token(client, "/sign-in")}).status_code
        )
    assert codes == [401] * 30 + [429] * 2
    for app in apps:
        app.extensions["showme"].close()


def test_a_window_ends_and_counting_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, other = (SqliteStorage(f"showme+sqlite://{tmp_path / 'limits.sqlite3'}") for _ in range(2))
    now = [1000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    assert [store.incr("a", 60), other.incr("a", 60), store.incr("b", 60)] == [1, 2, 1]
    assert (other.get("a"), other.get_expiry("a")) == (2, 1060.0)
    now[0] = 1061.0
    assert (store.get("a"), store.get_expiry("a")) == (0, 1061.0)
    assert store.incr("a", 60) == 1
    store.clear("a")
    assert store.get("a") == 0
    store.incr("a", 60)
    assert store.reset() == 1
    assert store.check()


def test_counts_of_many_threads_are_not_lost(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    store = SqliteStorage(f"showme+sqlite://{tmp_path / 'limits.sqlite3'}")
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: store.incr("a", 600), range(80)))
    assert sorted(counts) == list(range(1, 81))
