"""Reads the times that Instagram's HTML pages print (seen 2022-2026): no zone, in the language of the account.

The clock of these pages is UTC-8 all the year, wherever the account is and whatever the season: compared with camera
times in the same records, none of them follows daylight saving. So UTC is the printed time plus eight hours. It is an
assumption (`TimeRule.INSTAGRAM_FIXED`) that the pages do not state.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from indexer.record import Moment, TimeRule

BEHIND_UTC = timedelta(hours=8)

# Abbreviated and full names: English, Spanish, Portuguese, Indonesian; French, German, Italian, Dutch share most of them.
_NAMES = (
    "jan january ene enero janeiro januari janv janvier januar gen gennaio",
    "feb february febrero fev fevereiro februari pebruari fevr fevrier februar febbraio",
    "mar march marzo marco maret mars marz mrz mrt maart",
    "apr april abr abril avr avril aprile",
    "may mayo mai maio mei mag maggio",
    "jun june junio junho juni juin giu giugno",
    "jul july julio julho juli juil juillet lug luglio",
    "aug august ago agosto agt agu ags agustus aout augustus",
    "sep sept september septiembre setiembre set setembro septembre settembre",
    "oct october octubre out outubro okt oktober octobre ott ottobre",
    "nov november noviembre novembro nop nopember novembre",
    "dec december dic diciembre dez dezembro des desember dezember decembre dicembre",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_FILLERS = frozenset({"de", "del", "a", "las", "la", "as", "at", "pukul", "jam", "um", "uhr", "om", "alle", "h"})
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?!\d)(?:\s*([ap])\.?\s?m\b\.?)?")
_WORD = re.compile(r"[^\W\d_]+|\d+")


def read_printed(text: str) -> Moment | None:
    """Return the moment of a printed time, with its wall time and the UTC it stands for; None where it does not read.

    The month must be a word: "03/04/2021" is not certain and is not read.
    """
    wall = _wall(text)
    if wall is None:
        return None
    return Moment(text, TimeRule.INSTAGRAM_FIXED, wall.replace(tzinfo=UTC) + BEHIND_UTC, wall)


@lru_cache(maxsize=8192)
def _wall(text: str) -> datetime | None:
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).casefold()
    clocks = list(_CLOCK.finditer(plain))
    if len(clocks) != 1 or len(text) > 80:
        return None
    clock = clocks[0]
    month = day = year = 0
    for word in _WORD.findall(plain[: clock.start()] + " " + plain[clock.end() :]):
        if word.isascii() and word.isdigit():
            if len(word) == 4 and not year:
                year = int(word)
            elif len(word) <= 2 and not day:
                day = int(word)
            else:
                return None
        elif word in _MONTHS and not month:
            month = _MONTHS[word]
        elif word not in _FILLERS:
            return None
    hour, minute, second, half = int(clock[1]), int(clock[2]), int(clock[3] or 0), clock[4]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        wall = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # the page prints a wall time without a zone
        _ = wall + BEHIND_UTC  # the last hours of the year 9999 have no UTC
    except (ValueError, OverflowError):
        return None
    return wall
