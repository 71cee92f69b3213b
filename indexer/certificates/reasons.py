"""Events since a certificate was made that explain why its search has another result now, by event tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec

from indexer.catalog import Event
from indexer.certificates.file_format import Stored
from indexer.i18n import say
from indexer.local_time import local_day
from indexer.query import Permission
from indexer.repository import Repository

Sentence = Callable[[str, date], str]

REASONS: Final[Mapping[str, Sentence]] = {
    "capture:zone-set": lambda number, day: say(
        "Reason: the time zone of archive {number} was set on {day}, and its times were recalculated.", number=number, day=day
    ),
    "capture:reread": lambda number, day: say(
        "Reason: archive {number} was reread on {day} by a newer importer; corrected text and times are new versions.",
        number=number,
        day=day,
    ),
    "capture:set-aside": lambda number, day: say(
        "Reason: archive {number} was set aside on {day}. It is excluded from searches; the evidence is kept.", number=number, day=day
    ),
    "capture:restored": lambda number, day: say(
        "Reason: archive {number}, which had been set aside, was restored on {day}.", number=number, day=day
    ),
    "account:merged": lambda number, day: say("Reason: account {number} was merged into another account on {day}.", number=number, day=day),
    "account:unmerged": lambda number, day: say(
        "Reason: account {number} was separated again on {day} from the account it had been merged into.", number=number, day=day
    ),
}
"""Event tag -> sentence, given the id of a capture or account and a local day."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An event since the certificate was made. `subject` is "capture 3" or "account 3"; `at` is UTC."""

    tag: str
    subject: str
    at: datetime

    def sentence(self, zone: str) -> str:
        """Return the event in words, with its local day."""
        return REASONS[self.tag](self.subject.rpartition(" ")[2], local_day(self.at, zone))


def reasons(repository: Repository, stored: Stored, permission: Permission) -> tuple[Reason, ...]:
    """Return the events since a certificate was made, oldest first, of captures and accounts its maker may see."""
    later_events = [event for event in repository.audit.with_tags(*REASONS) if _is_later(event, stored) and _changes_results(event)]
    if permission.accounts is not None:
        captures = repository.catalog.captures(permission.accounts)
        visible = {f"capture {capture.id}" for capture in captures} | {f"account {number}" for number in permission.accounts}
        later_events = [event for event in later_events if event.subject in visible]
    return tuple(Reason(event.tag, event.subject, event.at) for event in later_events)


def _changes_results(event: Event) -> bool:
    """Return whether an event can explain a difference: rereading an archive with the same result cannot."""
    if event.tag != "capture:reread":
        return True
    detail = msgspec.json.decode(event.detail)
    return any(detail.get(name, 1) for name in ("corrected", "added", "not_read"))


def _is_later(event: Event, stored: Stored) -> bool:
    return event.id > stored.anchor.events if stored.anchor else event.at >= stored.made.at_utc
