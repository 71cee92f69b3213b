"""Deeds since a certificate was made that explain why its search finds something else now: a table of event tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from indexer.catalog.audit import Event
from indexer.certificates.file_format import Stored
from indexer.i18n import say
from indexer.local_time import local_day
from indexer.query.filters import Filters
from indexer.repository import Repository

Sentence = Callable[[str, date], str]

REASONS: Final[Mapping[str, Sentence]] = {
    "capture:zone-set": lambda subject, day: say(
        "Reason: the time zone of {subject} was set on {day}, and its times were derived anew.", subject=subject, day=day
    ),
    "capture:reread": lambda subject, day: say(
        "Reason: {subject} was read again on {day} by a newer importer; corrected texts and times are new versions.",
        subject=subject,
        day=day,
    ),
    "capture:set-aside": lambda subject, day: say(
        "Reason: {subject} was set aside on {day}: it is left out of searches; the evidence is kept.", subject=subject, day=day
    ),
    "capture:restored": lambda subject, day: say(
        "Reason: {subject}, which had been set aside, counts again since {day}.", subject=subject, day=day
    ),
    "account:merged": lambda subject, day: say("Reason: {subject} was merged into another account on {day}.", subject=subject, day=day),
    "account:unmerged": lambda subject, day: say(
        "Reason: {subject} was separated again on {day} from the account that it had been merged into.", subject=subject, day=day
    ),
}
"""Event tag -> the sentence of a subject ("capture 3") and a local day. Each tag may be absent from a log."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One deed since the certificate was made. `at` is UTC."""

    tag: str
    subject: str
    at: datetime

    def sentence(self, zone: str) -> str:
        """Return the deed in words, with its local day."""
        return REASONS[self.tag](self.subject, local_day(self.at, zone))


def reasons(repository: Repository, stored: Stored, filters: Filters) -> tuple[Reason, ...]:
    """Return the deeds since a certificate was made, the oldest first; of captures and accounts that the maker might see."""
    since = [event for event in repository.audit.of(*REASONS) if _is_later(event, stored)]
    allowed = filters.allowed_accounts
    if allowed is not None:
        seen = {f"capture {one.id}" for one in repository.catalog.captures(allowed)} | {f"account {number}" for number in allowed}
        since = [event for event in since if event.subject in seen]
    return tuple(Reason(event.tag, event.subject, event.at) for event in since)


def _is_later(event: Event, stored: Stored) -> bool:
    return event.id > stored.anchor.events if stored.anchor else event.at >= stored.made.at_utc
