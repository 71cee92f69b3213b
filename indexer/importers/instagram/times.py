"""Reads the times that Instagram's HTML pages print (seen 2021-2026): no zone, in the language of the account.

The clock of these pages is UTC-8 all the year, wherever the account is and whatever the season: compared with camera
times in the same records, none of them follows daylight saving. So UTC is the printed time plus eight hours. It is an
assumption (`TimeRule.INSTAGRAM_FIXED`) that the pages do not state. Proven on pages of late 2021 and 2025; those of early
2021 are taken to be alike.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from indexer.importers.meta.times import PageDates, parse_date
from indexer.record import Moment, TimeRule

BEHIND_UTC = timedelta(hours=8)
_LONGEST = 80


def read_printed(text: str, dates: PageDates | None = None) -> Moment | None:
    """Return the moment of a printed time, with its wall time and the UTC it means; None where it does not read.

    A text with other words is none: lines of a caption are looked at as well. `dates` tells how the archive writes dates
    that would mean several days else.
    """
    if len(text) > _LONGEST:
        return None
    read = dates.read(text, strict=True) if dates is not None else parse_date(text, strict=True)
    if read is None:
        return None
    if read.utc is not None:
        return Moment(text, TimeRule.PRINTED_ZONE, read.utc, read.wall)
    try:
        return Moment(text, TimeRule.INSTAGRAM_FIXED, read.wall.replace(tzinfo=UTC) + BEHIND_UTC, read.wall)
    except OverflowError:  # the last hours of the year 9999 have no UTC
        return None
