"""Builds `date_words.json` from Babel's CLDR data: `python -m indexer.importers.meta.cldr_words`. A test compares the two.

The table is kept in the repository so that the same archive gives the same times with every version of Babel.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale, localedata

# The languages in which Facebook and Instagram can be set (Meta's language menus, 2018-2026), most used first: where a
# month's abbreviation means different months ("lip" is July in Polish and June in Croatian) and nothing else reveals the
# language, the language listed first wins.
LANGUAGES = (
    "en en_GB es es_419 es_MX pt pt_PT fr fr_CA de it id vi nl tr pl ru ar ar_MA ar_DZ ar_SY ja ko zh zh_Hant zh_Hant_HK hi "
    "th fil ms bn ur fa uk ro el cs hu sv da nb nn fi he bg sk sr sr_Latn hr bs sl lt lv et sq mk ca gl eu ta te ml kn mr gu "
    "pa ne si my km lo ka hy az kk uz ky tg mn be is fo ga cy br af sw ha am so rw mg zu xh ig ff ku ckb ps ug as or ceb jv "
    "su ht co fy nl_BE lb szl sc gn qu eo kab tzm zgh ti tk tt dv"
)
_LETTERS = re.compile(r"[^\W\d_]")
_PATTERN_LETTERS = re.compile(r"'((?:[^']|'')*)'|[A-Za-z]+")
_RANGES = {"am": [[0, 720]], "pm": [[720, 1440]], "midnight": [[0, 60]], "noon": [[720, 780]]}


def build() -> dict[str, dict[str, object]]:
    """Build the word table of every language: twelve lists of month names, day periods, weekdays, other words."""
    return {code: _words(load_locale(code)) for code in LANGUAGES.split() if localedata.exists(code)}


def load_locale(code: str) -> Locale:
    """Load a locale with an empty cache: Babel shares inherited data between locales, and reading an alias modifies it."""
    localedata._cache.clear()  # noqa: SLF001  # Babel has no public API for this
    return Locale.parse(code)


def render_table() -> str:
    """Return the text of `date_words.json`: one line per language."""
    lines = (f"{json.dumps(code)}: {json.dumps(words, ensure_ascii=False)}" for code, words in build().items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _words(locale: Locale) -> dict[str, object]:
    names: list[list[str]] = [[] for _ in range(12)]
    for context in locale.months.values():
        for width in ("wide", "abbreviated"):
            for number, name in context.get(width, {}).items():
                if _LETTERS.search(name) and name not in names[number - 1]:
                    names[number - 1].append(name)
    weekdays = dict.fromkeys(
        name for context in locale.days.values() for width in ("wide", "abbreviated", "short") for name in context.get(width, {}).values()
    )
    for before, after in _affixes(locale, "ML"):
        for month_names in names:
            month_names += [name for plain in tuple(month_names) if (name := f"{before}{plain}{after}") not in month_names]
    for before, after in _affixes(locale, "Ec"):
        weekdays |= dict.fromkeys(f"{before}{name}{after}" for name in tuple(weekdays))
    return {"months": names, "periods": _periods(locale), "weekdays": list(weekdays), "others": list(dict.fromkeys(_literals(locale)))}


def _periods(locale: Locale) -> dict[str, list[list[int]]]:
    """Return the ranges, in minutes of the day, that each day-period word covers."""
    rules = locale.day_period_rules.get(None, {})
    periods: dict[str, list[list[int]]] = {}
    for context in locale.day_periods.values():
        for width in ("abbreviated", "wide", "narrow"):
            for period, name in context.get(width, {}).items():
                if len(name) == 1 and name.isascii():
                    continue  # "a" and "p" are ordinary words in many languages
                for low, high in _RANGES.get(period) or [_range(rule) for rule in rules.get(period, ())]:
                    ranges = periods.setdefault(name, [])
                    if [low, high] not in ranges:
                        ranges.append([low, high])
    return periods


def _range(rule: dict[str, int]) -> list[int]:
    # CLDR gives these rules in seconds of the day
    return [rule["from"] // 60, rule["before"] // 60] if "from" in rule else [rule["at"] // 60, rule["at"] // 60 + 60]


def _affixes(locale: Locale, letters: str) -> Iterator[tuple[str, str]]:
    """Yield the prefixes and suffixes joined to a month or weekday: Hebrew "ב" before it, a case ending after it."""
    joined = r"'([^\s'.]+)'|([^\x00-\x7f\s]+)"
    part = re.compile(rf"(?:{joined})?[{letters}]{{3,}}(?:{joined})?")
    matches = (match for pattern in _patterns(locale) for match in part.finditer(pattern))
    affixes = {(match[1] or match[2] or "", match[3] or match[4] or "") for match in matches}
    yield from sorted((before, after) for before, after in affixes if _LETTERS.search(before + after))


def _patterns(locale: Locale) -> list[str]:
    return [
        *(pattern.pattern for pattern in locale.date_formats.values()),
        *(pattern.pattern for pattern in locale.time_formats.values()),
        *(pattern.pattern for pattern in locale.datetime_skeletons.values()),
        *map(str, locale.datetime_formats.values()),
    ]


def _literals(locale: Locale) -> Iterator[str]:
    """Yield the words between the parts of a date ("de", "at", "г.")."""
    for pattern in _patterns(locale):
        yield from (part for part in _quoted(pattern) if _LETTERS.search(part))


def _quoted(pattern: str) -> list[str]:
    """Return the literal text of a CLDR pattern: quoted words, and characters other than pattern letters."""
    words = [(match[1] or "").replace("''", "'").strip() for match in _PATTERN_LETTERS.finditer(pattern)]
    return [*words, *_PATTERN_LETTERS.sub(" ", pattern).split()]


if __name__ == "__main__":
    target = Path(__file__).with_name("date_words.json")
    target.write_text(render_table(), encoding="utf-8")
    sys.stdout.write(f"{target}: {len(build())} languages\n")
