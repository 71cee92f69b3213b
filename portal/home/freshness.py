"""How fresh the archives of each account are: captured to which day, and whether a new archive is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from indexer.coverage import OLD, AccountDays, Coverage
from portal.i18n import _n
from portal.search import Segment, coverage_band

SHOWN_AS_DAYS = 60
SHOWN_AS_MONTHS = 730  # days
MONTH = 30.44  # days


@dataclass(frozen=True, slots=True)
class AccountFreshness:
    """An account and the last day that its archives capture; `days` have passed since. Both are None without such a day."""

    account: AccountDays
    captured_to: date | None
    days: int | None

    @property
    def is_old(self) -> bool:
        """Whether a new archive should be requested."""
        return self.days is None or self.days > OLD

    def segments(self, coverage: Coverage) -> tuple[Segment, ...]:
        """Return the account's bar over the days of a coverage."""
        return coverage_band.segments(self.account, coverage)


def freshness(coverage: Coverage) -> list[AccountFreshness]:
    """Return the accounts of a coverage that extends to today, the stalest first."""
    accounts = [AccountFreshness(account, account.captured_to, _days(account.captured_to, coverage.today)) for account in coverage.accounts]
    return sorted(accounts, key=lambda account: (account.captured_to or date.min, account.account.full_label))


def time_since(days: int) -> str:
    """Describe a number of days in the largest unit that is not vague: days, months or years."""
    if days <= SHOWN_AS_DAYS:
        return _n("%(num)s day ago", "%(num)s days ago", days)
    if days < SHOWN_AS_MONTHS:
        return _n("%(num)s month ago", "%(num)s months ago", round(days / MONTH))
    return _n("%(num)s year ago", "%(num)s years ago", int(days / 365.25))


def _days(last: date | None, today: date | None) -> int | None:
    return max(0, (today - last).days) if last and today else None
