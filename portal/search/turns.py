"""How many searches run at once in one web worker: one reader, or all of them, cannot take every thread.

A search waits a moment for its turn. Where those that run are slow ones, it is refused at once in words, so that a thread is
left for other pages and `/healthz`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import Flask, g, request

from portal.access.guard import reader

SEARCHING = frozenset({"search.page", "search.as_json", "search.ask", "records.record", "saved.index", "exports.make", "certificates.make"})
"""The endpoints that search while their reader waits."""

PATIENCE = 1.5  # seconds that a search waits for its turn
SLOW = 1.0  # seconds after which a running search is a slow one


class TooManySearches(Exception):
    """All turns are taken: `is_own` by searches of the same reader."""

    def __init__(self, *, is_own: bool) -> None:
        super().__init__("Too many searches run at once.")
        self.is_own = is_own


class Turns:
    """The turns of one process. One thread of `threads` is never given to a search, and two at most to one reader."""

    def __init__(self, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = max(1, threads - 1)
        self._most_own = min(2, self._most)
        self._clock = clock
        self._running: dict[int, tuple[int, float]] = {}  # turn -> reader and when it began
        self._next = 0
        self._free = threading.Condition()

    def take(self, user_id: int) -> int:
        """Wait for a turn and return its number. Raises TooManySearches."""
        with self._free:
            until = self._clock() + PATIENCE
            while (blocking := self._blocking(user_id)) is not None:
                now = self._clock()
                if now >= until or all(now - began > SLOW for _user, began in blocking):
                    raise TooManySearches(is_own=all(user == user_id for user, _began in blocking))
                self._free.wait(min(until - now, SLOW / 4))
            self._next += 1
            self._running[self._next] = user_id, self._clock()
            return self._next

    def give_back(self, turn: int) -> None:
        """Let the next search run."""
        with self._free:
            self._running.pop(turn, None)
            self._free.notify_all()

    def _blocking(self, user_id: int) -> list[tuple[int, float]] | None:
        """Return the searches that have to end before a reader's next one; None where it may run."""
        own = [one for one in self._running.values() if one[0] == user_id]
        if len(own) >= self._most_own:
            return own
        return list(self._running.values()) if len(self._running) >= self._most else None


def install(app: Flask) -> None:
    """Give each search its turn before its view begins; the guard has looked at it before."""
    turns = app.extensions["showme-turns"] = Turns(app.extensions["showme"].config.web_threads)

    @app.before_request
    def begin() -> None:
        if request.endpoint in SEARCHING:
            g.turn = turns.take(reader().user_id)

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if (turn := g.pop("turn", None)) is not None:
            turns.give_back(turn)
