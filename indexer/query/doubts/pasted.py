"""Pasted lists: numbers, letters and bullets before lines, and spreadsheet columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.i18n import Sentence, say

_BULLETS: Final = "•●▪◦‣∙·○■□▶►➢➤✓✔❖⁃⚫⬤\uf0b7\uf0a7\uf0d8\uf076"
_BULLET: Final = re.compile(rf"\s*(?P<mark>[{_BULLETS}]+)\s*(?=\S)")
_DASH: Final = re.compile(r"\s*(?P<mark>[-–—*+]|o)\s+(?=\S)")  # these also have a meaning in queries
_NUMBER: Final = re.compile(
    r"\s*(?P<mark>(?:(?i:no|nr|item|term|search\s+term)\.?\s*|#\s*)?"
    r"(?:\((?P<a>[0-9]{1,2})\)|\[(?P<b>[0-9]{1,2})\]|(?P<c>[0-9]{1,3})(?:[.):]|\.\)))\s+)(?=\S)"
)
_CELL: Final = re.compile(r"\s*(?P<mark>[(\[#]?(?P<a>[0-9]{1,4})[.):\]]?[^\S\t]*\t)\s*(?=\S)")
_ROW: Final = re.compile(r"\s*(?P<mark>[(\[#]?(?P<a>[0-9]{1,4})[.):\]]*(?:\s*[-–—]\s+|\s+|(?<=[.):\]])))(?=\S)")
_LETTER: Final = re.compile(r"\s*(?P<mark>\(?(?P<a>[A-Za-z])(?:\.\)?|\))\s+)(?=\S)")
_ROMAN: Final = re.compile(r"\s*(?P<mark>\(?(?P<a>[ivxlIVXL]{1,7})(?:\.\)?|\))\s+)(?=\S)")
_LEVEL: Final = re.compile(r"\s*(?P<mark>[0-9]{1,3}(?:\.[0-9]{1,3})*\.(?P<a>[0-9]{1,3})[.)]?\s+)(?=\S)")
_INLINE: Final = re.compile(r"(?<!\S)(?P<open>\()?(?P<a>[0-9]{1,3})(?(open)\)|[.)])(?=\s)")
_HEAD: Final = re.compile(r"\s*(?i:#|no\.?|nr\.?|num(?:ber)?|item|line|row|id|term(?:\s+(?:no\.?|#|number|id))?)\s*\t")
_UNMARKED_ROWS: Final = 3  # lines such as "1 budget", "2 council" needed to treat bare numbers as a list
_ROMAN_DIGITS: Final = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark before a line. `end` is where the text begins; `number` is None for a bullet or a column header."""

    text: str
    end: int
    number: int | None = None
    is_head: bool = False

    @property
    def kept(self) -> str:
        """The mark as searchable words."""
        return " ".join(re.findall(r"\w+", self.text)) if self.number is not None else ""


def find_marks(lines: Sequence[str]) -> list[Mark | None]:
    """Return the mark of each line, or None."""
    line_marks: list[Mark | None] = [_match_first(line, (_BULLET, _CELL, _NUMBER)) for line in lines]
    filled = [at for at, line in enumerate(lines) if line.strip()]
    dashed = [at for at in filled if _DASH.match(lines[at])]
    if len(dashed) > 1:
        for at in dashed:
            line_marks[at] = line_marks[at] or _match_first(lines[at], (_DASH,))
    _add_runs(lines, filled, line_marks, _ROW, int)
    _add_runs(lines, filled, line_marks, _LEVEL, int)
    _add_runs(lines, filled, line_marks, _LETTER, lambda letter: ord(letter.lower()) - ord("a") + 1)
    _add_runs(lines, filled, line_marks, _ROMAN, _roman)
    if len(filled) > 1 and _HEAD.match(lines[filled[0]]) and (after := line_marks[filled[1]]) and after.number is not None:
        line_marks[filled[0]] = Mark(lines[filled[0]].strip(), len(lines[filled[0]]), is_head=True)
    return line_marks


def find_inline_items(text: str) -> list[int]:
    """Return the offsets of list items pasted into a single line (`1. budget 2. council`)."""
    places: list[int] = []
    expected = 0
    for mark in _INLINE.finditer(text):
        number = int(mark["a"])
        if not places and text[: mark.start()].strip():
            return []
        if not places or number == expected:
            places.append(mark.start())
            expected = number + 1
    return places if len(places) > 1 else []


def describe_removed(line_marks: Sequence[Mark | None]) -> Sentence | None:
    """Report the removed marks; None without any."""
    numbered = [mark for mark in line_marks if mark and mark.number is not None]
    names = list(dict.fromkeys(mark.text.strip() for mark in numbered))
    if len(names) == 1:
        return say("The number {number} was removed.", number=names[0])
    if names:
        return say("The numbers {first} to {last} were removed.", first=names[0], last=names[-1])
    bullets = [mark for mark in line_marks if mark and not mark.is_head]
    if bullets:
        return say("The bullets before the terms were removed.")
    return None


def first_column(line: str) -> str:
    """Return the first column of a tab-separated line; empty if it has only one."""
    cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
    return cells[0] if len(cells) > 1 else ""


def _match_first(line: str, patterns: Sequence[re.Pattern[str]]) -> Mark | None:
    for pattern in patterns:
        if match := pattern.match(line):
            number = next((int(value) for name, value in match.groupdict().items() if name != "mark" and value), None)
            return Mark(match["mark"].strip(), match.end(), number)
    return None


def _add_runs(
    lines: Sequence[str], filled: Sequence[int], line_marks: list[Mark | None], pattern: re.Pattern[str], value: Callable[[str], int]
) -> None:
    """Add marks that could also be words, if they count up from line to line."""
    run: list[tuple[int, Mark]] = []
    for at in [*filled, None]:
        match = pattern.match(lines[at]) if at is not None else None
        number = value(match["a"]) if match else 0
        if match is None or not number or not (number == (run[-1][1].number or 0) + 1 if run else True):
            _add_run(run, line_marks, is_roman=pattern is _ROMAN, is_letter=pattern is _LETTER)
            run = []
        if at is not None and match and number:
            run.append((at, Mark(match["mark"].strip(), match.end(), number)))


def _add_run(run: list[tuple[int, Mark]], line_marks: list[Mark | None], *, is_roman: bool, is_letter: bool) -> None:
    is_bare = any(mark.text.isdigit() for _at, mark in run)
    least = _UNMARKED_ROWS if is_bare else 2
    if len(run) < least or (run[0][1].number != 1 and (is_bare or is_roman or is_letter)):
        return
    for at, mark in run:
        line_marks[at] = line_marks[at] or mark


def _roman(letters: str) -> int:
    total = 0
    values = [_ROMAN_DIGITS[letter] for letter in letters.lower()]
    for value, following in zip(values, [*values[1:], 0], strict=True):
        total += -value if value < following else value
    return total
