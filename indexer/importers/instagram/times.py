"""Times printed on Instagram's HTML pages (seen 2021-2026): without a zone, in the language of the account.

These pages print UTC-8 all year, wherever the account is: compared with camera times in the same records, no page
follows daylight saving time. So UTC is the printed time plus eight hours, an assumption the pages do not state
(`TimeRule.INSTAGRAM_FIXED`). Verified on pages of late 2021 and 2025; pages of early 2021 are assumed to match.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from indexer.importers.meta.times import PageDates, parse_date
from indexer.record import Moment, TimeRule

BEHIND_UTC = timedelta(hours=8)
_LONGEST = 80


def read_printed(text: str, dates: PageDates | None = None) -> Moment | None:
    """Parse a printed time into wall time and UTC; None if it cannot be read.

    A text with other words is rejected, because lines of a caption are tried as well. `dates` resolves ambiguous dates
    by the archive's usual order.
    """
    if len(text) > _LONGEST:
        return None
    parsed = dates.read(text, strict=True) if dates is not None else parse_date(text, strict=True)
    if parsed is None:
        return None
    if parsed.utc is not None:
        return Moment(text, TimeRule.PRINTED_ZONE, parsed.utc, parsed.wall)
    try:
        return Moment(text, TimeRule.INSTAGRAM_FIXED, parsed.wall.replace(tzinfo=UTC) + BEHIND_UTC, parsed.wall)
    except OverflowError:  # the last hours of the year 9999 have no UTC
        return None
