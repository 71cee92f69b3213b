"""What one running portal holds: its settings, and the house (catalogue, search, audit log) of this process.

The house is opened on first use, so that each web worker opens its own after the fork.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import cast

from flask import current_app

from indexer.house import House, open_house
from portal.config import Config
from portal.jobs import Jobs
from portal.late_events import LateEvents
from portal.sign_ins import Links, SignIns
from portal.users import Users


class Site:
    """One portal in one process."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._lock = threading.Lock()
        self._late: LateEvents | None = None
        self._house: House | None = None
        self._owner = 0

    @property
    def house(self) -> House:
        """The house of this process, opened on first use."""
        with self._lock:
            if self._house is None or self._owner != os.getpid():
                self._house, self._owner = open_house(self.config.data), os.getpid()
                self._late = LateEvents(self.config.late_events_file, self._house.db)
            return self._house

    @property
    def users(self) -> Users:
        """The users of the portal."""
        return Users(self.house.db)

    @property
    def sign_ins(self) -> SignIns:
        """Who is signed in."""
        return SignIns(self.house.db, self.config.sign_in_life, self.config.idle_life)

    @property
    def links(self) -> Links:
        """One-time links."""
        return Links(self.house.db)

    @property
    def jobs(self) -> Jobs:
        """Long work."""
        return Jobs(self.house.db)

    def note(self, tag: str, actor: str, subject: str = "", detail: Mapping[str, object] | None = None) -> None:
        """Write an event into the log, at once or, while an archive is being settled, as soon as that is done."""
        house = self.house
        late = self._late or LateEvents(self.config.late_events_file, house.db)
        late.note(house.audit, tag, actor, subject, detail)

    def close(self) -> None:
        """Let go of the house of this process."""
        with self._lock:
            if self._house is not None and self._owner == os.getpid():
                if self._late is not None:
                    self._late.close()
                self._house.close()
            self._house = None


def site() -> Site:
    """Return the portal that serves the present request."""
    return cast("Site", current_app.extensions["showme"])
