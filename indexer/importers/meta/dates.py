"""Reads the dates that Meta's HTML pages print for people (2010-2026), in every language that Meta offers.

"Thursday, November 30, 2017 at 3:39pm PST", "Jul 26, 2024 1:35:01pm", "26 août 2024, 13:35", "11 de nov de 2021 03:47",
"2 月 22, 2022 1:22:02 下午", "مايو 26, 2024 1:35:01م", "2024. 7. 26. 오후 1:35", "2025-04-21T09:14Z". The words are those of
`date_words`. Not read are dates whose parts could stand for several days ("04/05/2021").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from indexer.importers.meta.date_words import FILLER_WORDS, MONTH_STARTS, PERIODS, WEEKDAYS, Period, months_at, period_at
from indexer.text import fold

# Zones that Meta printed on its pages until 2018, in hours from UTC. Abbreviations that stand for several zones in the
# world (CST, IST, BST) are read as the zone of the United States; where there is none (IST, BST) they are not read.
ZONES = {
    "UTC": 0.0, "GMT": 0.0, "PST": -8.0, "PDT": -7.0, "MST": -7.0, "MDT": -6.0, "CST": -6.0, "CDT": -5.0, "EST": -5.0,
    "EDT": -4.0, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0, "HDT": -9.0, "AST": -4.0, "ADT": -3.0, "SST": -11.0, "CHST": 10.0,
}  # fmt: skip
LONGEST = 160  # letters of a printed date with its weekday and zone, with room
_WINDOW = 18  # tokens of the longest date inside a sentence
_HEAD = 120  # tokens of a header's sentence that are looked at

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)")
_OFFSET = re.compile(r"(?<![a-z])(?:utc|gmt)\s*([+-])\s*(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_ZONE = re.compile(r"(?<=[\sapm.])([A-Z][A-Za-z]?[A-Z]{1,3}T?)\s*\Z")
_CLOCK = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:[:.]|\s?h\s?|\s?[時时點点시]\s?)(\d{2})(?:(?:[:.]|\s?min\s?|\s?[分분]\s?)(\d{2})(?:\.\d{1,6})?)?(?![\d:])(?:\s?(?:[分秒분초]|s\b))?"
)
# Year first, or with dots or dashes: no language of CLDR writes these with the month before the day in another order.
_YEAR_FIRST = re.compile(r"(?<![\d./-])(\d{4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?![\d/-])\.?")
_DAY_FIRST = re.compile(r"(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4})(?![\d/-])\.?")
_TOKEN = re.compile(r"\d+|[^\W\d_][^\s\d.,:;/()\[\]{}<>|\u2010-\u2015'’‘‚\"“”„״׳·•،؛。、፣።॰`-]*")
_UNITS = re.compile(r"(?<=\d)\s?([年月日号號년월일])")
_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e", "")
)
_BUDDHIST = 543  # Thai pages may count the years of the Buddhist calendar


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as read from a page: the wall time, and its offset from UTC where a zone is printed with it.

    `zone` is a printed abbreviation that is not in our table ("" otherwise). `choices` are the other readings of a month
    whose name means another month in another language ("lip": July in Polish, June in Croatian), by language.
    """

    wall: datetime
    offset: timedelta | None = None
    zone: str = ""
    has_seconds: bool = False
    has_clock: bool = True
    choices: tuple[tuple[int, frozenset[str]], ...] = ()

    @property
    def utc(self) -> datetime | None:
        """The instant, None while the zone is not known."""
        return None if self.offset is None else self.wall.replace(tzinfo=timezone(self.offset)).astimezone(UTC)

    def in_language(self, languages: frozenset[str]) -> PrintedDate:
        """Return the date as a page in one of these languages means it."""
        months = [month for month, spoken in self.choices if spoken & languages]
        if len(months) != 1 or months[0] == self.wall.month:
            return self
        try:
            return replace(self, wall=self.wall.replace(month=months[0]))
        except ValueError:  # the 31st of a month with 30 days: the page cannot mean that
            return self


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date inside a sentence, and where it stands there."""

    start: int
    end: int
    date: PrintedDate


def parse_date(text: str, *, strict: bool = False, clock: bool = True, day_first: bool | None = None) -> PrintedDate | None:
    """Return the date that a text is, or None when it cannot be read with certainty.

    `strict` refuses a text in which a word stands that is no part of a date. With `clock` there must be a clock time.
    `day_first` is the order of dates like "04/05/2021"; None where it is not known.
    """
    if not text or len(text) > LONGEST:
        return None
    return _parsed(text, strict, clock, day_first)


def find_dates(text: str) -> list[FoundDate]:
    """Return the dates that stand in a sentence, in order; a day without a clock time counts."""
    plain = _plain(text)
    spans = [(found.start(), found.end()) for found in _TOKEN.finditer(plain)][:_HEAD]
    found, at = [], 0
    while at < len(spans):
        first = fold(plain[spans[at][0] : spans[at][1]])
        if first in FILLER_WORDS and first not in MONTH_STARTS:
            at += 1  # "el", "on": the date begins behind it
            continue
        for until in range(min(len(spans), at + _WINDOW), at, -1):
            start, end = spans[at][0], spans[until - 1][1]
            if not any(char.isdigit() for char in plain[start:end]):
                break
            read = parse_date(plain[start:end], strict=True, clock=False)
            if read is not None:
                found.append(FoundDate(start, end, read))
                at = until - 1
                break
        at += 1
    return found if plain == text else [_moved(one, plain, text) for one in found]


def printed_offset(text: str) -> timedelta | None:
    """Return the offset from UTC that a text states ("... at 11:40 UTC+01:00"), None where it states none."""
    found = _OFFSET.search(_plain(text))
    if not found:
        return None
    hours = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return hours if found[1] == "+" else -hours


@lru_cache(maxsize=8192)
def _parsed(text: str, strict: bool, clock: bool, day_first: bool | None) -> PrintedDate | None:  # noqa: FBT001  # cached by position
    text = _plain(text).strip()
    try:
        return _iso(text) or _printed(text, strict=strict, clock=clock, day_first=day_first)
    except (ValueError, OverflowError):
        return None  # the 31st of June, a 25th hour: the caller reports the text


def _plain(text: str) -> str:
    """Return a text with plain digits, spaces and dashes, without marks of direction; letters stay."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() and not char.isascii() else char for char in text)


def _moved(found: FoundDate, plain: str, text: str) -> FoundDate:
    """Return a find with its place in the text as it was printed (the plain text may be shorter or longer)."""
    if len(plain) == len(text):
        return found
    starts = [len(_plain(text[:at])) for at in range(len(text) + 1)]
    start = next((at for at, width in enumerate(starts) if width >= found.start), 0)
    return FoundDate(start, next((at for at, width in enumerate(starts) if width >= found.end), len(text)), found.date)


def _iso(text: str) -> PrintedDate | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone = found[7]
    offset = timedelta(0) if zone == "Z" else timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[-2:]))
    return PrintedDate(datetime(year, month, day, hour, minute, second), offset, has_seconds=found[6] is not None)  # noqa: DTZ001  # a wall time has no zone by definition


def _printed(text: str, *, strict: bool, clock: bool, day_first: bool | None) -> PrintedDate | None:
    offset, rest, zone = printed_offset(text), _OFFSET.sub(" ", text), ""
    if offset is None and (found := _ZONE.search(rest)) and not _is_date_word(found[1]):
        zone, rest = found[1], rest[: found.start()]
        if zone in ZONES:
            offset, zone = timedelta(hours=ZONES[zone]), ""
    plain = fold(rest)
    numbers, plain = _all_digits(plain, day_first=day_first)
    times = list(_CLOCK.finditer(plain))
    if len(times) > 1 or (clock and not times):
        return None
    before, after, minutes, period = plain, "", 0, None
    if times:
        before, after = plain[: times[0].start()], plain[times[0].end() :]
    words, behind = _tokens(before), _tokens(after)
    if times:
        period, words, behind = _period(words, behind)
        minutes = _minutes(times[0], period)
        if minutes < 0:
            return None
    day = _day([*words, "", *behind], numbers, strict=strict)
    if day is None:
        return None
    year, month, number, choices = day
    if year > 2400 and any("th" in spoken for _, spoken in choices):
        year -= _BUDDHIST
    second = int(times[0][3] or 0) if times else 0
    wall = datetime(year, month, number, minutes // 60, minutes % 60, second)  # noqa: DTZ001  # a wall time has no zone by definition
    several = tuple(choices) if len(choices) > 1 else ()
    return PrintedDate(wall, offset, zone, bool(times and times[0][3]), bool(times), several)


def _is_date_word(word: str) -> bool:
    plain = fold(word)
    return plain in MONTH_STARTS or plain in WEEKDAYS or plain in {name[0] for name in PERIODS}


def _tokens(text: str) -> list[str]:
    return [found[0] for found in _TOKEN.finditer(_UNITS.sub(r" \1 ", text))]


def _all_digits(text: str, *, day_first: bool | None) -> tuple[tuple[int, int, int] | None, str]:
    """Return a date of digits only whose order is certain, and the text without it."""
    found = _YEAR_FIRST.search(text)
    if found:
        return (int(found[1]), int(found[3]), int(found[4])), f"{text[: found.start()]} {text[found.end() :]}"
    found = _DAY_FIRST.search(text)
    if not found:
        return None, text
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    if found[2] != "/" or first > 12 or first == second:
        return (year, second, first), rest
    if second > 12 or day_first is False:
        return (year, first, second), rest
    return ((year, second, first), rest) if day_first else (None, text)


def _period(words: list[str], behind: list[str]) -> tuple[Period | None, list[str], list[str]]:
    """Return the period of the day that is printed beside a clock time, and the words without it."""
    length, period = period_at(behind, 0)
    if period is not None:
        return period, words, behind[length:]
    for at in range(max(0, len(words) - 4), len(words)):
        length, period = period_at(words, at)
        if period is not None and at + length == len(words):
            return period, words[:at], behind
    return None, words, behind


def _minutes(clock: re.Match[str], period: Period | None) -> int:
    """Return the minute of the day, -1 for a clock time that there is not ("18:11 pm")."""
    hour, minute = int(clock[1]), int(clock[2])
    if minute > 59:
        return -1
    if period is None:
        return hour * 60 + minute if hour < 24 else -1
    if hour > 12 or (hour == 0 and period.is_latin):
        return -1 if period.is_latin or hour > 23 else hour * 60 + minute
    early = hour % 12 * 60 + minute
    fitting = [at for at in (early, early + 720) if period.covers(at)]
    return fitting[0] if len(fitting) == 1 else early + (720 if period.is_late else 0)


def _day(
    words: list[str], numbers: tuple[int, int, int] | None, *, strict: bool
) -> tuple[int, int, int, list[tuple[int, frozenset[str]]]] | None:
    """Return year, month and day of what is left of a date, and the months that its name may mean."""
    if numbers is not None:
        if strict and not all(word in FILLER_WORDS or word in WEEKDAYS for word in words if word):
            return None
        return None if any(word.isdigit() for word in words) else (*numbers, [])
    named, rest, at = [], [], 0
    while at < len(words):
        length, months = months_at(words, at)
        if length:
            named.append((" ".join(words[at : at + length]), months))
        else:
            rest.append(words[at])
        at += length or 1
    if len(named) > 1:  # "mar" is also Tuesday in Spanish ("mar, 3 mar 2020"), "sept" a word of French
        sure = [name for name in named if name[0] not in WEEKDAYS and name[0] not in FILLER_WORDS]
        named = sure or named[-1:]
    if len(named) != 1:
        return None
    years = [word for word in rest if word.isdigit() and len(word) == 4]
    days = [word for word in rest if word.isdigit() and len(word) != 4]
    if len(years) != 1 or len(days) != 1 or len(days[0]) > 2:
        return None
    if strict and not all(word.isdigit() or word in FILLER_WORDS or word in WEEKDAYS for word in rest if word):
        return None
    spoken = _spoken([word for word in rest if word in WEEKDAYS])
    choices = [(month, languages) for month, languages in named[0][1].items() if not spoken or languages & spoken] or list(
        named[0][1].items()
    )
    return int(years[0]), choices[0][0], int(days[0]), choices


def _spoken(weekdays: list[str]) -> frozenset[str]:
    return frozenset().union(*(WEEKDAYS[word] for word in weekdays)) if weekdays else frozenset()


def common_languages(texts: Iterable[str]) -> frozenset[str]:
    """Return the languages in which the months of all these dates have a name; empty where no language has all."""
    common: frozenset[str] | None = None
    for text in texts:
        for spoken in _months_of(text):
            common = spoken if common is None else common & spoken
    return common or frozenset()


def slash_order(text: str) -> str | None:
    """Return what a date like "13/05/2021 9:00" shows of its order: "day" or "month" first, "" for nothing; None for any other text."""
    found = _DAY_FIRST.search(_plain(text)) if "/" in text and len(text) <= LONGEST else None
    if not found or found[2] != "/" or not _CLOCK.search(_DAY_FIRST.sub(" ", _plain(text))):
        return None
    first, second = int(found[1]), int(found[3])
    return "day" if first > 12 else "month" if second > 12 else ""


@lru_cache(maxsize=1024)
def _months_of(text: str) -> tuple[frozenset[str], ...]:
    words = [found[0] for found in _TOKEN.finditer(_UNITS.sub(r" \1 ", fold(_plain(text))))]
    months = [months_at(words, at)[1] for at in range(len(words)) if words[at] not in WEEKDAYS and words[at] not in FILLER_WORDS]
    return tuple(frozenset().union(*found.values()) for found in months if found)
