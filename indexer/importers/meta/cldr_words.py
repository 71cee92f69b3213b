"""Makes `date_words.json` from Babel's CLDR data: `python -m indexer.importers.meta.cldr_words`. A test compares the two.

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
# month's abbreviation means different months ("lip" is July in Polish and June in Croatian) and nothing else tells the
# language, the earlier one counts.
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
    """Return the words of every language: twelve lists of month names, the words of day periods, weekdays, other words."""
    return {code: _words(load_locale(code)) for code in LANGUAGES.split() if localedata.exists(code)}


def load_locale(code: str) -> Locale:
    """Return a locale that no other one has spoiled: Babel shares what all inherit, and reading an alias writes to it."""
    localedata._cache.clear()  # noqa: SLF001  # there is no public way
    return Locale.parse(code)


def render_table() -> str:
    """Return the table as the file holds it: a line for each language."""
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
        for listed in names:
            listed += [name for plain in tuple(listed) if (name := f"{before}{plain}{after}") not in listed]
    for before, after in _affixes(locale, "Ec"):
        weekdays |= dict.fromkeys(f"{before}{name}{after}" for name in tuple(weekdays))
    return {"months": names, "periods": _periods(locale), "weekdays": list(weekdays), "others": list(dict.fromkeys(_literals(locale)))}


def _periods(locale: Locale) -> dict[str, list[list[int]]]:
    """Return the minutes of the day that each word beside a clock time stands for."""
    rules = locale.day_period_rules.get(None, {})
    found: dict[str, list[list[int]]] = {}
    for context in locale.day_periods.values():
        for width in ("abbreviated", "wide", "narrow"):
            for period, name in context.get(width, {}).items():
                if len(name) == 1 and name.isascii():
                    continue  # "a" and "p" are words of many languages
                for low, high in _RANGES.get(period) or [_range(rule) for rule in rules.get(period, ())]:
                    ranges = found.setdefault(name, [])
                    if [low, high] not in ranges:
                        ranges.append([low, high])
    return found


def _range(rule: dict[str, int]) -> list[int]:
    # CLDR's rules are in seconds of the day
    return [rule["from"] // 60, rule["before"] // 60] if "from" in rule else [rule["at"] // 60, rule["at"] // 60 + 60]


def _affixes(locale: Locale, letters: str) -> Iterator[tuple[str, str]]:
    """Yield what is render_table together with a month or weekday: Hebrew "ב" before it, a case ending behind it."""
    joined = r"'([^\s'.]+)'|([^\x00-\x7f\s]+)"
    part = re.compile(rf"(?:{joined})?[{letters}]{{3,}}(?:{joined})?")
    found = {(one[1] or one[2] or "", one[3] or one[4] or "") for pattern in _patterns(locale) for one in part.finditer(pattern)}
    yield from sorted((before, after) for before, after in found if _LETTERS.search(before + after))


def _patterns(locale: Locale) -> list[str]:
    return [
        *(pattern.pattern for pattern in locale.date_formats.values()),
        *(pattern.pattern for pattern in locale.time_formats.values()),
        *(pattern.pattern for pattern in locale.datetime_skeletons.values()),
        *map(str, locale.datetime_formats.values()),
    ]


def _literals(locale: Locale) -> Iterator[str]:
    """Yield the words that stand between the parts of a date ("de", "at", "г.")."""
    for pattern in _patterns(locale):
        yield from (part for part in _quoted(pattern) if _LETTERS.search(part))


def _quoted(pattern: str) -> list[str]:
    """Return what a CLDR pattern prints as it stands: words in quotes, and signs that are no pattern letters."""
    words = [(found[1] or "").replace("''", "'").strip() for found in _PATTERN_LETTERS.finditer(pattern)]
    return [*words, *_PATTERN_LETTERS.sub(" ", pattern).split()]


if __name__ == "__main__":
    target = Path(__file__).with_name("date_words.json")
    target.write_text(render_table(), encoding="utf-8")
    sys.stdout.write(f"{target}: {len(build())} languages\n")
