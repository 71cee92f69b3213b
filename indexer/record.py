"""The nouns that everything else speaks of: Record, Account, Attachment, Moment, Problem.

Floor 0: imports nothing of ours. Values are immutable; importers make them, ingest stores them.
All instants are UTC (`datetime` with `tzinfo=UTC`); a wall-clock time is a `datetime` without zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from indexer.i18n import Sentence


class RecordKind(StrEnum):
    """What a record is. One word each, the same on screen, in a search and in an export."""

    POST = "post"
    REPLY = "reply"
    REPOST = "repost"  # a retweet or a share: somebody else's words passed on
    COMMENT = "comment"
    MESSAGE = "message"
    LIKE = "like"  # and every other one-click reaction
    STORY = "story"
    REEL = "reel"
    PHOTO = "photo"  # a picture that no post of the archive shows
    VIDEO = "video"
    EVENT = "event"


def is_conversation(kind: str, thread_id: str | None) -> bool:
    """Tell whether a record is part of a conversation of direct messages: a message, or a reaction to one.

    Only reactions to messages have a thread: a like of a post has none in any form of archive (seen 2018-2025).
    """
    return kind == RecordKind.MESSAGE or (kind == RecordKind.LIKE and bool(thread_id))


class TimeRule(StrEnum):
    """How a time as written became UTC. Shown to people wherever it `is_assumption`."""

    UTC = "utc"
    EPOCH = "epoch"
    PRINTED_ZONE = "zone printed with the time"
    HEADER_OFFSET = "header offset"
    ACCOUNT_LOCAL = "account-local, assumed"
    ZONE_SET = "account-local, zone set by the records custodian"
    INSTAGRAM_FIXED = "Instagram fixed UTC-8"

    @property
    def is_assumption(self) -> bool:
        """True where the archive does not state the zone of its times (formats seen 2018-2025)."""
        return self in {TimeRule.HEADER_OFFSET, TimeRule.ACCOUNT_LOCAL, TimeRule.INSTAGRAM_FIXED}


@dataclass(frozen=True, slots=True)
class Moment:
    """One time, as the platform wrote it and as we read it.

    `written` is the platform's own string (a number is kept as its digits). `utc` is the instant, or None
    while only `wall` is known: for `TimeRule.ACCOUNT_LOCAL` the importer gives `wall` (no zone) and
    ingest derives `utc` from the zone of the capture, so that a corrected zone can derive it again.
    """

    written: str
    rule: TimeRule
    utc: datetime | None = None
    wall: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an archive something stands: member, which item of it, and its exact bytes.

    `index` counts the items of a member from 0. `start` and `length` are bytes of the uncompressed
    member: `member[start:start+length]` is the raw item. `pointer` adds the way inside the item where
    an item holds several records ("messages/3").
    """

    member: str
    index: int
    start: int
    length: int
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A social account. `native_id` is the platform's own id, or the handle or name where it gives none."""

    platform: str  # code of a registered platform (indexer.platforms)
    native_id: str
    handle: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, video, sound or file of a record.

    `member` names the archive member that holds it; empty when the archive does not hold it (older X
    archives only link to pictures). `name` is the file's own name without folders.
    """

    name: str
    media_type: str  # "image/jpeg"; guessed from the name, "application/octet-stream" when unknown
    member: str = ""
    url: str = ""
    description: str = ""  # alternative text or the medium's own caption when it is not the record's text


@dataclass(frozen=True, slots=True)
class Record:
    """One post, comment, message, like ... as its archive gives it.

    `native_id` is the platform's id, or one made by `made_ids` (then `id_is_made`). Records that share
    kind and native id inside one archive are versions of one record, told apart by `version_order`
    (an X post and its edits). `folded` are further places of the archive that say the same record again
    (the empty shell of a Facebook share, the note of a long X post): counted, never lost.
    `title` is the platform's own sentence ("City of X shared a link."). `text` is what a reader saw.
    `extra` holds small facts for the record page ({"quoted": url, "reaction": "LIKE", "state": "archived"}).
    """

    kind: RecordKind
    native_id: str
    place: Place
    raw: bytes
    text: str = ""
    title: str = ""
    author: str = ""  # handle or name as the platform shows it
    author_id: str = ""
    posted: Moment | None = None
    edited: Moment | None = None
    deleted: Moment | None = None
    url: str = ""
    parent_id: str = ""  # native id of the record that this one answers
    thread_id: str = ""  # conversation: shared by the records of one thread
    thread_title: str = ""
    attachments: tuple[Attachment, ...] = ()
    links: tuple[str, ...] = ()  # expanded addresses
    short_links: tuple[str, ...] = ()  # the t.co forms, so that `url:` finds both
    hashtags: tuple[str, ...] = ()  # without '#'
    mentions: tuple[str, ...] = ()  # without '@'
    language: str = ""
    id_is_made: bool = False
    version_order: int = 0
    folded: tuple[Place, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of an archive that could not become a record. A value, never an exception.

    `code` is a short stable word ("json-cut", "bad-date", "unknown-member"); `message` says
    what is wrong. `index` is the item of the member, -1 for the member as a whole.
    """

    member: str
    code: str
    message: Sentence
    index: int = -1


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items of one of the platform's own units were read (compared with `CaptureFacts.counts`)."""

    unit: str
    read: int


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """What an archive says of itself.

    `form` names the layout and its years. `exported` is when the platform made it. `first_day` and
    `last_day` are the range that was chosen for the download, where the archive states one. `is_whole_history`:
    archives of this form always begin with the account; nobody can choose their days. `counts` are
    the platform's own, by its own unit. `cannot_contain` are sentences shown to people: what this
    form of archive never holds. `kinds` are the record kinds that this very archive has files for: only
    those can be missed in it when an earlier capture had them.
    """

    account: Account
    form: Sentence
    exported: Moment | None = None
    first_day: date | None = None
    last_day: date | None = None
    is_whole_history: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    is_partial: bool = False
    cannot_contain: tuple[Sentence, ...] = ()
    kinds: frozenset[RecordKind] = frozenset()
