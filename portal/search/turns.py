"""Limits how many searches run at once in a web worker, so that neither one reader nor all of them take every thread.

A search waits briefly for its turn. If the running searches are slow, it is refused at once with an explanation, so that a
thread remains for other pages and `/healthz`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import Flask, Response, g, request

from portal.access import reader

SEARCHING = frozenset({"search.page", "search.as_json", "search.ask", "records.record", "saved.index", "exports.make", "certificates.make"})
"""Endpoints that search while the reader waits."""

PATIENCE = 1.5  # seconds a search waits for its turn
SLOW = 1.0  # seconds after which a running search counts as slow


class TooManySearches(Exception):
    """All turns are taken; `is_own` if by searches of the same reader."""

    def __init__(self, *, is_own: bool) -> None:
        super().__init__("Too many searches run at once.")
        self.is_own = is_own


class Turns:
    """The turns of a process: one of `threads` is never given to a search, and at most two go to the same reader."""

    def __init__(self, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = max(1, threads - 1)
        self._most_own = min(2, self._most)
        self._clock = clock
        self._running: dict[int, tuple[int, float]] = {}  # turn -> reader and start time
        self._next = 0
        self._free = threading.Condition()

    def take(self, user_id: int) -> int:
        """Wait for a turn and return its number. Raises TooManySearches."""
        with self._free:
            deadline = self._clock() + PATIENCE
            while (blocking := self._blocking(user_id)) is not None:
                now = self._clock()
                if now >= deadline or all(now - began > SLOW for _user, began in blocking):
                    raise TooManySearches(is_own=all(user == user_id for user, _began in blocking))
                self._free.wait(min(deadline - now, SLOW / 4))
            self._next += 1
            self._running[self._next] = user_id, self._clock()
            return self._next

    def give_back(self, turn: int) -> None:
        """Release a turn, so that the next search can run."""
        with self._free:
            self._running.pop(turn, None)
            self._free.notify_all()

    def _blocking(self, user_id: int) -> list[tuple[int, float]] | None:
        """Return the searches that must end before the reader's next search may run; None if it may run now."""
        own = [running for running in self._running.values() if running[0] == user_id]
        if len(own) >= self._most_own:
            return own
        return list(self._running.values()) if len(self._running) >= self._most else None


def install(app: Flask) -> None:
    """Make each search take a turn before its view runs, after the guard has admitted the request."""
    turns = app.extensions["showme-turns"] = Turns(app.extensions["showme"].config.web_threads)

    @app.before_request
    def begin() -> None:
        if request.endpoint in SEARCHING:
            g.turn = turns.take(reader().user_id)

    @app.after_request
    def hold(response: Response) -> Response:
        if response.is_streamed and "turn" in g:  # the search goes on while the response is sent
            turn = g.pop("turn")
            response.call_on_close(lambda: turns.give_back(turn))
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if (turn := g.pop("turn", None)) is not None:
            turns.give_back(turn)
