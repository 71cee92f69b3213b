"""Reads the dates that Meta's HTML pages print for people (2010-2026), in every language that Meta offers.

"Thursday, November 30, 2017 at 3:39pm PST", "Jul 26, 2024 1:35:01pm", "26 août 2024, 13:35", "11 de nov de 2021 03:47",
"2 月 22, 2022 1:22:02 下午", "مايو 26, 2024 1:35:01م", "2024. 7. 26. 오후 1:35", "2025-04-21T09:14Z". The words come
from `date_words`. Dates that could mean several days ("04/05/2021") are not read unless their order is known.
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

# Zones that Meta printed on its pages until 2018, in hours from UTC. Abbreviations shared by several zones of the
# world (CST, IST, BST) are read as the United States zone; those without a United States zone (IST, BST) are not read.
ZONES = {
    "UTC": 0.0, "GMT": 0.0, "PST": -8.0, "PDT": -7.0, "MST": -7.0, "MDT": -6.0, "CST": -6.0, "CDT": -5.0, "EST": -5.0,
    "EDT": -4.0, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0, "HDT": -9.0, "AST": -4.0, "ADT": -3.0, "SST": -11.0, "CHST": 10.0,
}  # fmt: skip
MAX_LENGTH = 160  # characters of a printed date with its weekday and zone, with a margin
_WINDOW = 18  # tokens of the longest date inside a sentence
_MAX_TOKENS = 120  # tokens of a header sentence that are searched

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)")
_OFFSET = re.compile(r"(?<![a-z])(?:utc|gmt)\s*([+-])\s*(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_ZONE = re.compile(r"(?<=[\sapm.])([A-Z][A-Za-z]?[A-Z]{1,3}T?)\s*\Z")
_CLOCK = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:[:.]|\s?h\s?|\s?[時时點点시]\s?)(\d{2})(?:(?:[:.]|\s?min\s?|\s?[分분]\s?)(\d{2})(?:\.\d{1,6})?)?(?![\d:])(?:\s?(?:[分秒분초]|s\b))?"
)
# Year first, or with dots or dashes: no CLDR language writes these parts in another order.
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
    """A date as printed on a page: its wall time, and its offset from UTC if a zone is printed with it.

    `zone` is a printed abbreviation that is not in `ZONES` ("" otherwise). `choices` lists the possible months, each with its
    languages, if the name means different months in different languages ("lip": July in Polish, June in Croatian).
    """

    wall: datetime
    offset: timedelta | None = None
    zone: str = ""
    has_seconds: bool = False
    has_clock: bool = True
    choices: tuple[tuple[int, frozenset[str]], ...] = ()

    @property
    def utc(self) -> datetime | None:
        """The instant in UTC; None if the zone is unknown."""
        return None if self.offset is None else self.wall.replace(tzinfo=timezone(self.offset)).astimezone(UTC)

    def in_language(self, languages: frozenset[str]) -> PrintedDate:
        """Resolve an ambiguous month name for a page in one of these languages."""
        months = [month for month, month_languages in self.choices if month_languages & languages]
        if len(months) != 1 or months[0] == self.wall.month:
            return self
        try:
            return replace(self, wall=self.wall.replace(month=months[0]))
        except ValueError:  # the 31st of a month with 30 days: not what the page means
            return self


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date inside a sentence, with its position."""

    start: int
    end: int
    date: PrintedDate


def parse_date(text: str, *, strict: bool = False, needs_clock: bool = True, day_first: bool | None = None) -> PrintedDate | None:
    """Parse a text that consists of one date. Returns None if it cannot be read with certainty.

    `strict` rejects texts with words that are not part of a date; `needs_clock` rejects dates without a clock time.
    `day_first` is the order of dates like "04/05/2021"; None if unknown.
    """
    if not text or len(text) > MAX_LENGTH:
        return None
    return _parse_cached(text, strict, needs_clock, day_first)


def find_dates(text: str) -> list[FoundDate]:
    """Find the dates in a sentence, in order, including days without a clock time."""
    plain = _normalize(text)
    spans = [(token.start(), token.end()) for token in _TOKEN.finditer(plain)][:_MAX_TOKENS]
    dates, at = [], 0
    while at < len(spans):
        first = fold(plain[spans[at][0] : spans[at][1]])
        if first in FILLER_WORDS and first not in MONTH_STARTS:
            at += 1  # "el", "on": the date begins after it
            continue
        for until in range(min(len(spans), at + _WINDOW), at, -1):
            start, end = spans[at][0], spans[until - 1][1]
            if not any(char.isdigit() for char in plain[start:end]):
                break
            date = parse_date(plain[start:end], strict=True, needs_clock=False)
            if date is not None:
                dates.append(FoundDate(start, end, date))
                at = until - 1
                break
        at += 1
    return dates if plain == text else [_map_to_original(match, plain, text) for match in dates]


def printed_offset(text: str) -> timedelta | None:
    """Return the offset from UTC stated in a text ("... at 11:40 UTC+01:00"), or None."""
    match = _OFFSET.search(_normalize(text))
    if not match:
        return None
    hours = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return hours if match[1] == "+" else -hours


@lru_cache(maxsize=8192)
def _parse_cached(text: str, strict: bool, needs_clock: bool, day_first: bool | None) -> PrintedDate | None:  # noqa: FBT001  # lru_cache keys are positional
    text = _normalize(text).strip()
    try:
        return _parse_iso(text) or _parse_printed(text, strict=strict, needs_clock=needs_clock, day_first=day_first)
    except (ValueError, OverflowError):
        return None  # the 31st of June, a 25th hour: the caller reports the text


def _normalize(text: str) -> str:
    """Return a text with ASCII digits, plain spaces and dashes, and no direction marks. Letters stay as they are."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() and not char.isascii() else char for char in text)


def _map_to_original(match: FoundDate, plain: str, text: str) -> FoundDate:
    """Map a date's position in the normalized text back to the printed text (lengths may differ)."""
    if len(plain) == len(text):
        return match
    starts = [len(_normalize(text[:at])) for at in range(len(text) + 1)]
    start = next((at for at, width in enumerate(starts) if width >= match.start), 0)
    return FoundDate(start, next((at for at, width in enumerate(starts) if width >= match.end), len(text)), match.date)


def _parse_iso(text: str) -> PrintedDate | None:
    match = _ISO.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    zone = match[7]
    offset = timedelta(0) if zone == "Z" else timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[-2:]))
    return PrintedDate(datetime(year, month, day, hour, minute, second), offset, has_seconds=match[6] is not None)  # noqa: DTZ001  # a wall time has no zone


def _parse_printed(text: str, *, strict: bool, needs_clock: bool, day_first: bool | None) -> PrintedDate | None:
    offset, rest, zone = printed_offset(text), _OFFSET.sub(" ", text), ""
    if offset is None and (match := _ZONE.search(rest)) and not _is_date_word(match[1]):
        zone, rest = match[1], rest[: match.start()]
        if zone in ZONES:
            offset, zone = timedelta(hours=ZONES[zone]), ""
    plain = fold(rest)
    numeric_date, plain = _take_numeric_date(plain, day_first=day_first)
    times = list(_CLOCK.finditer(plain))
    if len(times) > 1 or (needs_clock and not times):
        return None
    before, after, minutes, period = plain, "", 0, None
    if times:
        before, after = plain[: times[0].start()], plain[times[0].end() :]
    words_before, words_after = _tokenize(before), _tokenize(after)
    if times:
        period, words_before, words_after = _take_period(words_before, words_after)
        minutes = _minute_of_day(times[0], period)
        if minutes < 0:
            return None
    parts = _parse_day([*words_before, "", *words_after], numeric_date, strict=strict)
    if parts is None:
        return None
    year, month, day, choices = parts
    if year > 2400 and any("th" in languages for _, languages in choices):
        year -= _BUDDHIST
    second = int(times[0][3] or 0) if times else 0
    wall = datetime(year, month, day, minutes // 60, minutes % 60, second)  # noqa: DTZ001  # a wall time has no zone
    ambiguous = tuple(choices) if len(choices) > 1 else ()
    return PrintedDate(wall, offset, zone, bool(times and times[0][3]), bool(times), ambiguous)


def _is_date_word(word: str) -> bool:
    folded = fold(word)
    return folded in MONTH_STARTS or folded in WEEKDAYS or folded in {name[0] for name in PERIODS}


def _tokenize(text: str) -> list[str]:
    return [token[0] for token in _TOKEN.finditer(_UNITS.sub(r" \1 ", text))]


def _take_numeric_date(text: str, *, day_first: bool | None) -> tuple[tuple[int, int, int] | None, str]:
    """Take an all-digit date with a certain order out of a text. Returns year, month, day, and the rest of the text."""
    match = _YEAR_FIRST.search(text)
    if match:
        return (int(match[1]), int(match[3]), int(match[4])), f"{text[: match.start()]} {text[match.end() :]}"
    match = _DAY_FIRST.search(text)
    if not match:
        return None, text
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    if match[2] != "/" or first > 12 or first == second:
        return (year, second, first), rest
    if second > 12 or day_first is False:
        return (year, first, second), rest
    return ((year, second, first), rest) if day_first else (None, text)


def _take_period(before: list[str], after: list[str]) -> tuple[Period | None, list[str], list[str]]:
    """Take the day period out of the words before and after a clock time."""
    length, period = period_at(after, 0)
    if period is not None:
        return period, before, after[length:]
    for at in range(max(0, len(before) - 4), len(before)):
        length, period = period_at(before, at)
        if period is not None and at + length == len(before):
            return period, before[:at], after
    return None, before, after


def _minute_of_day(clock: re.Match[str], period: Period | None) -> int:
    """Return the minute of the day; -1 for an impossible clock time ("18:11 pm")."""
    hour, minute = int(clock[1]), int(clock[2])
    if minute > 59:
        return -1
    if period is None:
        return hour * 60 + minute if hour < 24 else -1
    if hour > 12 or (hour == 0 and period.is_latin):
        return -1 if period.is_latin or hour > 23 else hour * 60 + minute
    early = hour % 12 * 60 + minute
    covered = [minute for minute in (early, early + 720) if period.covers(minute)]
    return covered[0] if len(covered) == 1 else early + (720 if period.is_late else 0)


def _parse_day(
    words: list[str], numeric_date: tuple[int, int, int] | None, *, strict: bool
) -> tuple[int, int, int, list[tuple[int, frozenset[str]]]] | None:
    """Return year, month and day from the words around the clock time, and the months that the name may mean."""
    if numeric_date is not None:
        if strict and not all(word in FILLER_WORDS or word in WEEKDAYS for word in words if word):
            return None
        return None if any(word.isdigit() for word in words) else (*numeric_date, [])
    named, rest, at = [], [], 0
    while at < len(words):
        length, months = months_at(words, at)
        if length:
            named.append((" ".join(words[at : at + length]), months))
        else:
            rest.append(words[at])
        at += length or 1
    if len(named) > 1:  # "mar" is also Tuesday in Spanish ("mar, 3 mar 2020"), "sept" a word of French
        unambiguous = [name for name in named if name[0] not in WEEKDAYS and name[0] not in FILLER_WORDS]
        named = unambiguous or named[-1:]
    if len(named) != 1:
        return None
    years = [word for word in rest if word.isdigit() and len(word) == 4]
    days = [word for word in rest if word.isdigit() and len(word) != 4]
    if len(years) != 1 or len(days) != 1 or len(days[0]) > 2:
        return None
    if strict and not all(word.isdigit() or word in FILLER_WORDS or word in WEEKDAYS for word in rest if word):
        return None
    weekday_languages = _languages_of_weekdays([word for word in rest if word in WEEKDAYS])
    meanings = named[0][1].items()
    choices = [(month, languages) for month, languages in meanings if not weekday_languages or languages & weekday_languages] or list(
        meanings
    )
    return int(years[0]), choices[0][0], int(days[0]), choices


def _languages_of_weekdays(weekdays: list[str]) -> frozenset[str]:
    return frozenset().union(*(WEEKDAYS[word] for word in weekdays)) if weekdays else frozenset()


def common_languages(texts: Iterable[str]) -> frozenset[str]:
    """Return the languages that have all the month names of these dates; empty if no language has all of them."""
    common: frozenset[str] | None = None
    for text in texts:
        for languages in _languages_of_months(text):
            common = languages if common is None else common & languages
    return common or frozenset()


def slash_order(text: str) -> str | None:
    """Return the order of a date like "13/05/2021 9:00": "day" or "month" first, "" if ambiguous; None for any other text."""
    match = _DAY_FIRST.search(_normalize(text)) if "/" in text and len(text) <= MAX_LENGTH else None
    if not match or match[2] != "/" or not _CLOCK.search(_DAY_FIRST.sub(" ", _normalize(text))):
        return None
    first, second = int(match[1]), int(match[3])
    return "day" if first > 12 else "month" if second > 12 else ""


@lru_cache(maxsize=1024)
def _languages_of_months(text: str) -> tuple[frozenset[str], ...]:
    words = _tokenize(fold(_normalize(text)))
    months = [months_at(words, at)[1] for at in range(len(words)) if words[at] not in WEEKDAYS and words[at] not in FILLER_WORDS]
    return tuple(frozenset().union(*meanings.values()) for meanings in months if meanings)
