"""Reads the dates that Meta's HTML pages print for people (2010-2025): English, Spanish, Portuguese, Vietnamese, Chinese.

"Thursday, November 30, 2017 at 3:39pm PST", "Dec 15, 2014, 11:20 PM", "Jul 26, 2024 1:35:01pm", "11 de nov de 2021 03:47",
"2 月 22, 2022 1:22:02 下午", "Tháng 11 24, 2023 7:24:32chiều", "2025-04-21T09:14Z". Dates of digits only ("04/05/2021") are not
read: which part is the month is not certain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from indexer.record import Moment, TimeRule
from indexer.text import fold

# Zones that Meta printed on its pages until 2018, in hours from UTC. Abbreviations that stand for several zones in the
# world (CST, IST, BST) are read as the zone of the United States; where there is none (IST, BST) they are not read.
ZONES = {
    "UTC": 0.0, "GMT": 0.0, "PST": -8.0, "PDT": -7.0, "MST": -7.0, "MDT": -6.0, "CST": -6.0, "CDT": -5.0, "EST": -5.0,
    "EDT": -4.0, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0, "HDT": -9.0, "AST": -4.0, "ADT": -3.0, "SST": -11.0, "CHST": 10.0,
}  # fmt: skip

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero janeiro",
            "feb february febrero fev fevereiro",
            "mar march marzo marco",
            "apr april abr abril",
            "may mayo mai maio",
            "jun june junio junho",
            "jul july julio julho",
            "aug august ago agosto",
            "sep sept september septiembre setiembre set setembro",
            "oct october octubre out outubro",
            "nov november noviembre novembro",
            "dec december dic diciembre dez dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)")
_TIME = re.compile(
    r"(上午|下午|凌晨|早上|中午|晚上)?\s*(\d{1,2})[:.h](\d\d)(?::(\d\d))?\s*(上午|下午|[ap]\.?\s?m\b\.?|sáng|chiều|trưa|tối|SA\b|CH\b)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\b(?:UTC|GMT)\s*([+\-−–])\s*(\d{1,2})(?::?(\d\d))?")
_ZONE = re.compile(r"\b([A-Z][A-Za-z]?[A-Z]{1,3}T?)\s*$")
_NUMBERED_MONTH = re.compile(r"(\d{1,2})\s*月|\btháng\s+(\d{1,2})\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
_AFTERNOON = {"pm", "下午", "晚上", "chieu", "toi", "ch"}
_FORENOON = {"am", "上午", "凌晨", "早上", "sang", "sa"}


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as read from a page: the wall time, and its offset from UTC where a zone is printed with it.

    `zone` is a printed abbreviation that is not in our table ("" otherwise).
    """

    wall: datetime
    offset: timedelta | None = None
    zone: str = ""
    has_seconds: bool = False

    @property
    def utc(self) -> datetime | None:
        """The instant, None while the zone is not known."""
        return None if self.offset is None else self.wall.replace(tzinfo=timezone(self.offset)).astimezone(UTC)


@lru_cache(maxsize=4096)
def parse_date(text: str) -> PrintedDate | None:
    """Return the date that a page prints, or None when it cannot be read with certainty."""
    text = text.replace("\u202f", " ").replace("\xa0", " ").strip()
    try:
        return _iso(text) or _printed(text)
    except ValueError:
        return None  # the 31st of June, a 25th hour: the caller reports the text


def moment(text: str, offset: timedelta | None = None) -> Moment | None:
    """Return the moment of a printed date. `offset` is that of the page's header, None where there is none.

    A printed zone goes first, then the header's offset, else the time is the account's local one (an assumption; ingest
    derives its UTC). None when the date cannot be read.
    """
    read = parse_date(text)
    if read is None:
        return None
    if read.offset is not None:
        return Moment(text, TimeRule.PRINTED_ZONE, read.utc, read.wall)
    if offset is not None:
        utc = read.wall.replace(tzinfo=timezone(offset)).astimezone(UTC)
        return Moment(text, TimeRule.HEADER_OFFSET, utc, read.wall)
    return Moment(text, TimeRule.ACCOUNT_LOCAL, None, read.wall)


def header_offset(text: str) -> timedelta | None:
    """Return the offset that a page's header states ("... at 11:40 UTC+01:00"), None where it states none."""
    found = _OFFSET.search(text)
    if not found:
        return None
    hours = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return hours if found[1] == "+" else -hours


def _iso(text: str) -> PrintedDate | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone = found[7]
    offset = timedelta(0) if zone == "Z" else timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[-2:]))
    return PrintedDate(datetime(year, month, day, hour, minute, second), offset, has_seconds=found[6] is not None)  # noqa: DTZ001  # a wall time has no zone by definition


def _printed(text: str) -> PrintedDate | None:
    offset, zone = header_offset(text), ""
    rest = _OFFSET.sub(" ", text)
    if offset is None and (found := _ZONE.search(rest)) and found[1] not in {"AM", "PM", "SA", "CH"}:
        zone, rest = found[1], rest[: found.start()]
        if zone in ZONES:
            offset, zone = timedelta(hours=ZONES[zone]), ""
    time = _TIME.search(rest)
    if not time:
        return None
    rest = rest[: time.start()] + " " + rest[time.end() :]
    year = _YEAR.search(rest)
    if not year:
        return None
    rest = rest[: year.start()] + " " + rest[year.end() :]
    month, rest = _month(rest)
    days = _DAY.findall(rest)
    if not month or len(days) != 1:
        return None
    wall = datetime(int(year[1]), month, int(days[0]), _hour(time), int(time[3]), int(time[4] or 0))  # noqa: DTZ001  # a wall time has no zone by definition
    return PrintedDate(wall, offset, zone, time[4] is not None)


def _month(text: str) -> tuple[int, str]:
    found = _NUMBERED_MONTH.search(text)
    if found:
        return int(found[1] or found[2]), text[: found.start()] + " " + text[found.end() :]
    months = [_MONTHS[word] for word in map(fold, _WORD.findall(text)) if word in _MONTHS]
    # "Mar" is also Tuesday in Spanish ("mar, 3 mar 2020"): the month is the last such word
    return (months[-1] if months else 0), text


def _hour(time: re.Match[str]) -> int:
    hour, half = int(time[2]), fold(time[1] or time[5] or "").replace(".", "").replace(" ", "")
    if half in _AFTERNOON and hour < 12:
        return hour + 12
    return 0 if half in _FORENOON and hour == 12 else hour
