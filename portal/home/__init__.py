"""What the home page tells: how fresh the archives are, and what needs a person's decision."""

from portal.home.decisions import Decisions, open_decisions
from portal.home.freshness import AccountFreshness, freshness, time_since

__all__ = ["AccountFreshness", "Decisions", "freshness", "open_decisions", "time_since"]
