"""The words of printed dates in every language: months, periods of the day, weekdays and the words between them.

From `date_words.json` (CLDR, see `cldr_words`), plus words seen on Meta's pages. Words are folded and tokenized the way
`dates` does it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from indexer.text import fold

# Month names on Meta's pages that are not in CLDR (seen 2018-2026), by language.
_OBSERVED_MONTHS: Mapping[str, str] = {
    "en": "jan feb mar apr may jun jul aug sept oct nov dec",
    "es": "ene feb mar abr may jun jul ago set|setiembre|sept oct nov dic",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "fr": "jan fev mars avr mai jun|juin jul aou|aout sep oct nov dec",
    "de": "jan feb mrz|mar apr mai jun|juni jul|juli aug sep okt nov dez",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "id": "jan feb|peb|pebruari mar apr mei jun jul agu|agt|ags sep okt nov|nop|nopember des",
    "ru": "янв фев|февр мар апр май|мая июн июл авг сен|сент окт ноя|нояб дек",
    "tr": "oca şub mar nis may haz tem ağu eyl eki kas ara",
    "hi": "जन फर|फ़र मार्च|मार अप्रै|अप्रैल मई जून जुल अग|अगस्त सित|सितंबर अक्तू|अक्तूबर नव|नवंबर दिस|दिसंबर",
    "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
}
# Words beside a clock time that are not in CLDR: PHP's date() prints English words in every language.
_OBSERVED_PERIODS: Mapping[str, Sequence[tuple[int, int]]] = {
    "am": ((0, 720),), "pm": ((720, 1440),), "a m": ((0, 720),), "p m": ((720, 1440),), "晚上": ((1080, 1440),), "早上": ((240, 720),),
    "凌晨": ((0, 360),), "中午": ((660, 840),), "πμ": ((0, 720),), "μμ": ((720, 1440),), "fm": ((0, 720),), "em": ((720, 1440),),
}  # fmt: skip
_OBSERVED_WORDS = (
    "on at el la las los a al en de del da das às as à o os um uhr am om op te kl klo kello klockan kloka alle ore il le les du h min s "
    "pukul jam pada lúc vào ngày um в во у в г год года р року о ob u o godz na k v ve saat tarihinde "
    "日 年 月 号 號 일 년 월 العام في الساعة "
    "عند को बजे पर เวลา น วันที่ ที่ ปี พ ศ ค ὥρα στις την të në më ora orë kell ar pl val год ч ж м d i il-ta ta "
    "st nd rd th der den dem dne ve"
)
_TOKEN = re.compile(r"\d+|[^\W\d_][^\s\d.,:;/()\[\]{}<>|\u2010-\u2015'’‘‚\"“”„״׳·•،؛。、፣።॰`-]*")


@dataclass(frozen=True, slots=True)
class Period:
    """A day-period word and the minutes of the day it covers. A range may cross midnight."""

    ranges: tuple[tuple[int, int], ...]
    is_latin: bool

    def covers(self, minute: int) -> bool:
        """Tell whether a minute of the day falls into the period."""
        return any(low <= minute < high if low < high else minute >= low or minute < high for low, high in self.ranges)

    @property
    def is_late(self) -> bool:
        """True if the period begins at noon or later."""
        return self.ranges[0][0] >= 720


class _Words(msgspec.Struct):
    months: list[list[str]]
    periods: dict[str, list[tuple[int, int]]]
    weekdays: list[str]
    others: list[str]


def _tokenize(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(fold(text)))


def _load() -> dict[str, _Words]:
    table = msgspec.json.decode(Path(__file__).with_name("date_words.json").read_bytes(), type=dict[str, _Words])
    for language, months in _OBSERVED_MONTHS.items():
        for names, observed in zip(table[language].months, months.split(), strict=True):
            names.extend(observed.split("|"))
    return table


_TABLE = _load()


def _index_months() -> dict[tuple[str, ...], dict[int, frozenset[str]]]:
    by_name: dict[tuple[str, ...], dict[int, set[str]]] = {}
    for language, words in _TABLE.items():
        for number, names in enumerate(words.months, start=1):
            for name in names:
                tokens = _without_prepositions(_tokenize(name))
                by_name.setdefault(tokens, {}).setdefault(number, set()).add(language)
    return {tokens: {number: frozenset(languages) for number, languages in months.items()} for tokens, months in by_name.items() if tokens}


def _without_prepositions(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Drop the preposition of a month's name: Catalan "d’abril" becomes "abril"."""
    return tokens[1:] if len(tokens) > 1 and tokens[0] in {"d", "de"} else tokens


def _index_periods() -> dict[tuple[str, ...], Period]:
    by_name: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    cldr_periods = [(name, ranges) for words in _TABLE.values() for name, ranges in words.periods.items()]
    for name, ranges in [*_OBSERVED_PERIODS.items(), *cldr_periods]:
        tokens = _tokenize(name)
        for form in {tokens, ("".join(tokens),)}:
            by_name.setdefault(form, list(ranges))
    return {
        tokens: Period(tuple(ranges), all(word.isascii() for word in tokens))
        for tokens, ranges in by_name.items()
        if len("".join(tokens)) > 1 or not "".join(tokens).isascii()
    }


def _index_weekdays() -> dict[str, frozenset[str]]:
    by_word: dict[str, set[str]] = {}
    for language, words in _TABLE.items():
        for name in words.weekdays:
            for token in _tokenize(name):
                by_word.setdefault(token, set()).add(language)
    return {word: frozenset(languages) for word, languages in by_word.items()}


MONTHS = _index_months()
PERIODS = _index_periods()
WEEKDAYS = _index_weekdays()
FILLER_WORDS = frozenset(token for words in _TABLE.values() for word in words.others for token in _tokenize(word)) | frozenset(
    token for word in _OBSERVED_WORDS.split() for token in _tokenize(word)
)
MONTH_STARTS = frozenset(tokens[0] for tokens in MONTHS)
_PERIOD_STARTS = frozenset(tokens[0] for tokens in PERIODS)
_MAX_MONTH_WORDS = max(map(len, MONTHS))
_MAX_PERIOD_WORDS = max(map(len, PERIODS))


def months_at(words: Sequence[str], at: int) -> tuple[int, Mapping[int, frozenset[str]]]:
    """Match a month name at position `at`. Returns its length in words (0 for no match) and its months, each with its languages."""
    if words[at] in MONTH_STARTS:
        for length in range(min(_MAX_MONTH_WORDS, len(words) - at), 0, -1):
            months = MONTHS.get(tuple(words[at : at + length]))
            if months:
                return length, months
    return 0, {}


def period_at(words: Sequence[str], at: int) -> tuple[int, Period | None]:
    """Match a day-period name at position `at`. Returns its length in words (0 for no match) and the period."""
    if at < len(words) and words[at] in _PERIOD_STARTS:
        for length in range(min(_MAX_PERIOD_WORDS, len(words) - at), 0, -1):
            period = PERIODS.get(tuple(words[at : at + length]))
            if period:
                return length, period
    return 0, None
