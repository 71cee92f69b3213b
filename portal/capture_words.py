"""An archive in sentences: what it holds, and the platform's count against ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.catalog import CaptureContents, CaptureView, Reconciled
from indexer.record import RecordKind
from portal import words
from portal.i18n import _, _n

_NOT_POSTS = (RecordKind.COMMENT, RecordKind.MESSAGE, RecordKind.LIKE)


@dataclass(frozen=True, slots=True)
class PlatformSum:
    """The sum of the platform's counts, and of ours of the same units; `different` are the units that differ."""

    declared: int
    read: int
    different: tuple[Reconciled, ...]
    same: tuple[Reconciled, ...]
    uncounted: tuple[Reconciled, ...]  # the platform states no count


def describe(capture: CaptureView, contents: CaptureContents) -> str:
    """Say what an archive holds: "2,313 posts of @congressedits, Jul 2014 to Sep 2018."."""
    counts = ", ".join(_counts(contents.kinds)) or _("No records")
    account = capture.account.label if capture.account else capture.name
    if contents.first is None or contents.last is None:
        return _("%(records)s of %(account)s.", records=counts, account=account)
    first, last = words.month(words.local_day_of(contents.first)), words.month(words.local_day_of(contents.last))
    if first == last:
        return _("%(records)s of %(account)s, %(month)s.", records=counts, account=account, month=first)
    return _("%(records)s of %(account)s, %(first)s to %(last)s.", records=counts, account=account, first=first, last=last)


def faults(capture: CaptureView) -> list[str]:
    """Say what is wrong with an archive; empty if everything is accounted for."""
    lines = []
    if capture.is_short:
        short = sum(line.short for line in capture.reconciliation)
        lines.append(
            _n(
                "%(count)s item that the platform counts was not found.",
                "%(count)s items that the platform counts were not found.",
                short,
                count=words.number(short),
            )
        )
    if capture.problems:
        lines.append(
            _n(
                "%(count)s item was not understood.",
                "%(count)s items were not understood.",
                capture.problems,
                count=words.number(capture.problems),
            )
        )
    if capture.unreadable_dates:
        lines.append(
            _n(
                "%(count)s date could not be read.",
                "%(count)s dates could not be read.",
                capture.unreadable_dates,
                count=words.number(capture.unreadable_dates),
            )
        )
    return lines


def platform_sum(capture: CaptureView) -> PlatformSum | None:
    """Return the sum of the platform's counts; None if it states none."""
    counted = [line for line in capture.reconciliation if line.declared is not None]
    if not counted:
        return None
    return PlatformSum(
        declared=sum(line.declared or 0 for line in counted),
        read=sum(line.read for line in counted),
        different=tuple(line for line in counted if line.declared != line.read),
        same=tuple(line for line in counted if line.declared == line.read),
        uncounted=tuple(line for line in capture.reconciliation if line.declared is None),
    )


def _counts(kinds: Mapping[str, int]) -> list[str]:
    posts = sum(count for kind, count in kinds.items() if kind not in _NOT_POSTS)
    comments, messages, likes = (kinds.get(kind.value, 0) for kind in _NOT_POSTS)
    parts = []
    if posts:
        parts.append(_n("%(count)s post", "%(count)s posts", posts, count=words.number(posts)))
    if comments:
        parts.append(_n("%(count)s comment", "%(count)s comments", comments, count=words.number(comments)))
    if messages:
        parts.append(_n("%(count)s message", "%(count)s messages", messages, count=words.number(messages)))
    if likes:
        parts.append(_n("%(count)s like", "%(count)s likes", likes, count=words.number(likes)))
    return parts
