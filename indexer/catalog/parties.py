"""From whom and to whom a message went: from what its archive gives, in the same words on pages, papers and in files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from indexer import platforms
from indexer.catalog.models import RecordView
from indexer.record import RecordKind

ARROW: Final = "\N{RIGHTWARDS ARROW}"
SHOWN: Final = 3
"""How many recipients a line names; a record's page and the files name all."""

_EVENTS_OF_META: Final = frozenset({"Subscribe", "Unsubscribe"})  # somebody joined or left (seen until 2021)


class Direction(StrEnum):
    """Whether the account of the archive sent a message or received it."""

    SENT = "sent"
    RECEIVED = "received"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who wrote a message and who got it, as shown; `group` is the name of a group whose people the archive does not name.

    `is_event`: the platform noted that somebody joined, left or renamed the conversation; nobody wrote it.
    """

    sender: str = ""
    recipients: tuple[str, ...] = ()
    group: str = ""
    direction: Direction = Direction.UNKNOWN
    is_event: bool = False

    @property
    def to(self) -> str:
        """All recipients, or the name of the group."""
        return "; ".join(self.recipients) or self.group

    @property
    def more(self) -> int:
        """How many recipients a line does not name."""
        return max(0, len(self.recipients) - SHOWN)

    @property
    def line(self) -> str:
        """The parties in one line: "Neva Thornquill → City of Kestrel Bend"; empty for an event."""
        if self.is_event:
            return ""
        first = ", ".join(self.recipients[:SHOWN]) + (f" +{self.more}" if self.more else "") or self.group
        return f"{self.sender} {ARROW} {first}" if self.sender and first else self.sender or first


def parties(view: RecordView) -> Parties | None:
    """Return the parties of a message; None for a record of another kind."""
    if view.kind != RecordKind.MESSAGE:
        return None
    if "event" in view.content.extra or view.content.extra.get("type") in _EVENTS_OF_META:
        return Parties(group=view.content.thread_title, is_event=True)
    recipients = _recipients(view)
    return Parties(
        person(view.content.author, view.account.platform),
        tuple(person(one, view.account.platform) for one in recipients),
        "" if recipients else view.content.thread_title,
        _direction(view),
    )


def person(name: str, platform: str) -> str:
    """Return a person as shown: where archives give other people as numbers, a number alone reads like no name."""
    is_number = platforms.get(platform).names_by_number and name.isascii() and name.isdigit()
    return platforms.user_label(platform, name) if is_number else name


def _recipients(view: RecordView) -> list[str]:
    if to := view.content.extra.get("to"):
        return [to]
    people = [one for one in view.content.extra.get("participants", "").split(", ") if one]
    if view.content.author in people:
        people.remove(view.content.author)
    return people


def _direction(view: RecordView) -> Direction:
    if said := view.content.extra.get("direction"):
        return Direction(said) if said in set(Direction) else Direction.UNKNOWN
    if not view.content.author:
        return Direction.UNKNOWN
    own = {view.account.handle_or_name, view.account.name, view.record_id.split(":", 2)[1]} - {""}
    return Direction.SENT if {view.content.author, view.content.author_id} & own else Direction.RECEIVED
