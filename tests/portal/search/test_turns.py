"""How many searches run at once: one reader cannot take all threads, and a thread is left for other pages."""

from __future__ import annotations

import threading
import time

import pytest

from portal.search import turns
from portal.search.turns import TooManySearches, Turns
from tests.support.town import Town


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_thread_is_left_and_a_reader_has_two() -> None:
    clock = Clock()
    running = Turns(4, clock)
    first = running.take(1)
    running.take(1)
    clock.now += turns.SLOW + 0.1
    with pytest.raises(TooManySearches) as own:
        running.take(1)
    assert own.value.is_own
    running.take(2)
    clock.now += turns.SLOW + 0.1
    with pytest.raises(TooManySearches) as others:
        running.take(3)
    assert not others.value.is_own
    running.give_back(first)
    running.take(3)
    for threads in (1, 2):
        few = Turns(threads, clock)
        few.take(1)
        clock.now += turns.SLOW + 0.1
        with pytest.raises(TooManySearches):
            few.take(2)


def test_a_quick_search_is_waited_for() -> None:
    running = Turns(2)
    turn = running.take(1)
    threading.Timer(0.1, running.give_back, (turn,)).start()
    started = time.monotonic()
    running.take(2)
    assert time.monotonic() - started < turns.PATIENCE


def test_a_search_that_has_no_turn_is_refused_in_words_and_other_pages_are_answered(town: Town) -> None:
    running: Turns = town.app.extensions["showme-turns"]
    client, other = town.client("rhea"), town.client("lena")
    taken = [running.take(user) for user in (9001, 9001, 9002)]
    began = {turn: (user, at - 60) for turn, (user, at) in running._running.items()}
    running._running.update(began)
    try:
        for path in ("/search?q=flood", "/search.json?q=flood", "/saved"):
            answer = client.get(path)
            assert answer.status_code == 429, path
            assert answer.headers["Retry-After"] == "5"
        assert client.get("/search.json?q=flood").json["code"] == "too-many-searches"
        assert "not a result of zero" in other.get("/search?q=flood").text
        assert client.get("/healthz").status_code == 200
        assert client.get("/help").status_code == 200
    finally:
        for turn in taken:
            running.give_back(turn)
    assert client.get("/search?q=flood").status_code == 200
    assert not running._running  # every search gives its turn back
    assert client.get("/search?q=flood AND (").status_code == 400
    assert not running._running
