"""The words of coverage: statuses, reasons, kinds of records, and the sentences that name a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from indexer.coverage.days import DayStatus, Reason
from indexer.i18n import Sentence, say

SENTENCES: Final[Mapping[str, Callable[..., Sentence]]] = {
    "not captured: all": lambda **v: say("{accounts}: not captured for any of these days.", **v),
    "not captured: before": lambda **v: say("{accounts}: nothing captured before {days}.", **v),
    "not captured: after": lambda **v: say("{accounts}: nothing captured after {days}.", **v),
    "not captured: days": lambda **v: say("{accounts}: not captured for {days}.", **v),
    "in part: all": lambda **v: say("{accounts}: all of these days are only partly captured: {why}.", **v),
    "in part: all, no reason": lambda **v: say("{accounts}: all of these days are only partly captured.", **v),
    "in part: days": lambda **v: say("{accounts}: only partly captured for {days}: {why}.", **v),
    "in part: days, no reason": lambda **v: say("{accounts}: only partly captured for {days}.", **v),
    "not certain: all": lambda **v: say("{accounts}: coverage of these days is uncertain: {why}.", **v),
    "not certain: days": lambda **v: say("{accounts}: coverage of {days} is uncertain: {why}.", **v),
}
ACCOUNT_SENTENCES: Final[Mapping[str, Callable[..., Sentence]]] = {
    "not captured: all": lambda **v: say("not captured for any of these days", **v),
    "not captured: before": lambda **v: say("nothing captured before {days}", **v),
    "not captured: after": lambda **v: say("nothing captured after {days}", **v),
    "not captured: days": lambda **v: say("not captured for {days}", **v),
    "in part: all": lambda **v: say("only partly captured: {why}", **v),
    "in part: all, no reason": lambda **v: say("only partly captured", **v),
    "in part: days": lambda **v: say("only partly captured for {days}: {why}", **v),
    "in part: days, no reason": lambda **v: say("only partly captured for {days}", **v),
    "not certain: all": lambda **v: say("coverage of these days is uncertain: {why}", **v),
    "not certain: days": lambda **v: say("coverage of {days} is uncertain: {why}", **v),
}
WITHOUT_REASON: Final = {"in part: all": "in part: all, no reason", "in part: days": "in part: days, no reason"}

REASONS: Final[Mapping[Reason, Callable[[], Sentence]]] = {
    Reason.UNREAD: lambda: say("parts of an archive could not be read"),
    Reason.SHORT: lambda: say("fewer records were read than the platform counts"),
    Reason.ONE_PART: lambda: say("the archive is one of several parts"),
    Reason.DAY_OF_EXPORT: lambda: say("the archive was made during that day"),
    Reason.RANGE_NOT_STATED: lambda: say("the archive does not state its date range"),
    Reason.EXPORT_NOT_STATED: lambda: say("the archive does not state when it was made"),
}
STATUSES: Final[Mapping[DayStatus, Callable[[], Sentence]]] = {
    DayStatus.CAPTURED: lambda: say("captured"),
    DayStatus.BEFORE_FIRST: lambda: say("captured, before the account's first record"),
    DayStatus.IN_PART: lambda: say("partly captured"),
    DayStatus.NOT_CERTAIN: lambda: say("not certain"),
    DayStatus.NOT_CAPTURED: lambda: say("not captured"),
}
KINDS: Final[Mapping[str, Callable[[], Sentence]]] = {
    "post": lambda: say("posts"),
    "reply": lambda: say("replies"),
    "repost": lambda: say("reposts"),
    "comment": lambda: say("comments"),
    "message": lambda: say("direct messages"),
    "like": lambda: say("likes"),
    "story": lambda: say("stories"),
    "reel": lambda: say("reels"),
    "photo": lambda: say("photos"),
    "video": lambda: say("videos"),
    "event": lambda: say("events"),
}


def join_list(words: Iterable[str]) -> str | None:
    """Join words with commas as one value of a sentence; None without words. Each may be translatable itself.

    The halves are joined, then their halves: hundreds of words nested one in the other would be too deep to translate.
    """
    joined = list(words)
    if len(joined) < 2:
        return joined[0] if joined else None
    middle = len(joined) // 2
    return say("{words}, {word}", words=join_list(joined[:middle]), word=join_list(joined[middle:]))
