"""The state of a running portal: its settings, and the repository (catalog, search, event log) of this process.

The repository is opened on first use, so that each web worker opens its own after the fork.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from typing import cast

from flask import current_app

from indexer.repository import Repository, open_repository
from portal.access import Links, SignIns, Users
from portal.config import Config
from portal.event_queue import EventQueue

DAMAGE_EVERY = 3600.0  # seconds


class Site:
    """A portal in one process."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._lock = threading.Lock()
        self._event_queue: EventQueue | None = None
        self._repository: Repository | None = None
        self._owner = 0
        self._damage_noted_until = 0.0

    @property
    def repository(self) -> Repository:
        """The repository of this process, opened on first use."""
        with self._lock:
            if self._repository is None or self._owner != os.getpid():
                self._repository, self._owner = open_repository(self.config.data), os.getpid()
                self._event_queue = EventQueue(self.config.event_queue_file, self._repository.db)
            return self._repository

    @property
    def users(self) -> Users:
        """The portal's users."""
        return Users(self.repository.db)

    @property
    def sign_ins(self) -> SignIns:
        """The portal's sign-ins."""
        return SignIns(self.repository.db, self.config.sign_in_life, self.config.idle_life)

    @property
    def links(self) -> Links:
        """One-time links."""
        return Links(self.repository.db)

    def note(self, tag: str, actor: str, subject: str = "", detail: Mapping[str, object] | None = None) -> None:
        """Write an event to the log: now or, while an archive is being completed, as soon as that is done."""
        repository = self.repository
        queue = self._event_queue or EventQueue(self.config.event_queue_file, repository.db)
        queue.note(repository.audit, tag, actor, subject, detail)

    def note_later(self, tag: str, actor: str, subject: str = "", detail: Mapping[str, object] | None = None) -> None:
        """Queue an event that must not slow the page down: no write to the catalog during the request."""
        repository = self.repository
        queue = self._event_queue or EventQueue(self.config.event_queue_file, repository.db)
        queue.note_later(repository.audit, tag, actor, subject, detail)

    def note_damaged_index(self, actor: str, why: str) -> None:
        """Log that the index is unusable: once an hour, however many pages run into it."""
        now = time.monotonic()
        with self._lock:
            if now < self._damage_noted_until:
                return
            self._damage_noted_until = now + DAMAGE_EVERY
        self.note_later("index:damaged", actor, self.repository.engine_name, {"why": why})

    def close(self) -> None:
        """Close the repository of this process."""
        with self._lock:
            if self._repository is not None and self._owner == os.getpid():
                if self._event_queue is not None:
                    self._event_queue.close()
                self._repository.close()
            self._repository = None


def site() -> Site:
    """Return the portal that serves the current request."""
    return cast("Site", current_app.extensions["showme"])
