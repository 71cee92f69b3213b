"""Which days of each account are captured."""

from indexer.coverage import scope
from indexer.coverage.days import DayStatus, Interval, clip, merge_runs
from indexer.coverage.scope import CoverageCalculator
from indexer.coverage.summary import OLD, AccountDays, Coverage
from indexer.coverage.words import STATUSES

__all__ = [
    "OLD",
    "STATUSES",
    "AccountDays",
    "Coverage",
    "CoverageCalculator",
    "DayStatus",
    "Interval",
    "clip",
    "merge_runs",
    "scope",
]
