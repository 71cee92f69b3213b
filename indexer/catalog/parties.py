"""Sender and recipients of a message, in the same words on pages, in PDFs and in data files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from indexer import platforms
from indexer.catalog.models import RecordView
from indexer.record import RecordKind

ARROW: Final = "\N{RIGHTWARDS ARROW}"
SHOWN: Final = 3
"""Recipients named in a line; a record's page and the files name all."""

_EVENTS_OF_META: Final = frozenset({"Subscribe", "Unsubscribe"})  # someone joined or left (seen until 2021)


class Direction(StrEnum):
    """Whether the archive's account sent or received a message."""

    SENT = "sent"
    RECEIVED = "received"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Parties:
    """Sender and recipients of a message, as displayed; `group` is the name of a group whose members the archive does not list.

    `is_event`: the platform noted that someone joined, left or renamed the conversation; no person wrote the message.
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
        """Number of recipients that `line` leaves out."""
        return max(0, len(self.recipients) - SHOWN)

    @property
    def line(self) -> str:
        """The parties as a line of text: "Neva Thornquill → City of Kestrel Bend"; empty for an event."""
        if self.is_event:
            return ""
        first = self.shown_recipients
        return f"{self.sender} {ARROW} {first}" if self.sender and first else self.sender or first

    @property
    def shown_recipients(self) -> str:
        """The recipients of a line: the first few, or the name of the group."""
        return ", ".join(self.recipients[:SHOWN]) + (f" +{self.more}" if self.more else "") or self.group


def parties(view: RecordView) -> Parties | None:
    """Return the parties of a message; None for a record of another kind."""
    if view.kind != RecordKind.MESSAGE:
        return None
    if "event" in view.content.extra or view.content.extra.get("type") in _EVENTS_OF_META:
        return Parties(group=view.content.thread_title, is_event=True)
    recipients = _recipients(view)
    return Parties(
        person(view.content.author, view.account.platform),
        tuple(person(recipient, view.account.platform) for recipient in recipients),
        "" if recipients else view.content.thread_title,
        _direction(view),
    )


def person(name: str, platform: str) -> str:
    """Return the display name of a person; a bare number on a platform that identifies people by number gets the platform's name."""
    is_number = platforms.get(platform).names_by_number and name.isascii() and name.isdigit()
    return platforms.user_label(platform, name) if is_number else name


def _recipients(view: RecordView) -> list[str]:
    if to := view.content.extra.get("to"):
        return [to]
    people = [name for name in view.content.extra.get("participants", "").split(", ") if name]
    if view.content.author in people:
        people.remove(view.content.author)
    return people


def _direction(view: RecordView) -> Direction:
    if stated := view.content.extra.get("direction"):
        return Direction(stated) if stated in set(Direction) else Direction.UNKNOWN
    if not view.content.author:
        return Direction.UNKNOWN
    own_names = {view.account.handle_or_name, view.account.name, view.record_id.split(":", 2)[1]} - {""}
    return Direction.SENT if {view.content.author, view.content.author_id} & own_names else Direction.RECEIVED
