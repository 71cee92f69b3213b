"""Tokenizing and folding tables for the offline viewer, derived from indexer.text when a package is made.

A browser may have another Unicode version than this software, so the viewer gets its tables: code point ranges and a map.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final

from indexer.text import TOKEN, fold

_UNFOLDED: Final = (range(0x3400, 0xA000), range(0xAC00, 0xD7A4), range(0xD800, 0xE000), range(0x20000, 0x2F800), range(0x2FA20, 0xE0000))
"""Code points that folding never changes: Chinese characters, Hangul syllables, surrogates, empty planes."""

_LETTERS: Final = 0x32400  # no letter or digit has a code point from here on (Unicode 16)
_LAST: Final = 0xE01F0
_WORD: Final = re.compile(r"\w")


@lru_cache(maxsize=1)
def tables() -> str:
    """Return the script tables.js: `window.SHOWME_TABLES`, plain ASCII."""
    word = list(_ranges(chr(code) for code in range(_LETTERS) if _WORD.match(chr(code))))
    letters = _class(_ranges(chr(code) for code in range(_LETTERS) if chr(code).isalnum()))
    folded = [(char, fold(char)) for char in _foldable()]
    changed = [char for char, result in folded if result != char]
    removed = [char for char, result in folded if not result]
    values = {
        "token": _script_pattern(TOKEN.pattern, letters),
        "word": f"[{_class(word)}]",
        "space": f"[{_class(_ranges(chr(code) for code in range(0x10000) if chr(code).isspace()))}]+",
        "transparent": f"[{_class(_ranges(char for char in removed if not _plain(char)))}]",
        "unseenWord": f"[{_class(_ranges(char for char in removed if _WORD.search(_plain(char)[-1:])))}]",  # [] matches nothing
        "fold": list(_runs(changed)),
    }
    return f"window.SHOWME_TABLES = {json.dumps(values, ensure_ascii=True, separators=(',', ':'))};\n".replace("<", "\\u003c")


def _foldable() -> Iterator[str]:
    return (chr(code) for code in range(0x80, _LAST) if not any(code in block for block in _UNFOLDED))


def _plain(char: str) -> str:
    """Return a character decomposed and without accents, as folding has it before it drops invisible characters."""
    return "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))


def _runs(chars: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the first code point of each run of adjacent characters, and their folded forms."""
    first, run = -1, list[str]()
    for char in chars:
        if ord(char) != first + len(run):
            if run:
                yield first, run
            first, run = ord(char), []
        run.append(fold(char))
    if run:
        yield first, run


def _ranges(chars: Iterable[str]) -> Iterator[tuple[int, int]]:
    first = last = -2
    for char in chars:
        if ord(char) != last + 1:
            if first >= 0:
                yield first, last
            first = ord(char)
        last = ord(char)
    if first >= 0:
        yield first, last


def _class(ranges: Iterable[tuple[int, int]]) -> str:
    return "".join(f"\\u{{{low:x}}}" if low == high else f"\\u{{{low:x}}}-\\u{{{high:x}}}" for low, high in ranges)


_TOKEN_PART: Final = re.compile(r"\[\^\\W_([^\]]*)\]|\\U([0-9a-f]{8})|\\u([0-9a-f]{4})|([^\x00-\x7f])")


def _script_pattern(pattern: str, letters: str) -> str:
    """Convert a Python pattern to JavaScript with the flag u: code points in braces, letters as ranges."""

    def convert(match: re.Match[str]) -> str:
        if match[0].startswith("[^"):
            inside = _TOKEN_PART.sub(convert, match[1])
            return f"(?:(?![_{inside}])[{letters}])"
        return f"\\u{{{int(match[2] or match[3], 16) if match[2] or match[3] else ord(match[4]):x}}}"

    replace: Callable[[re.Match[str]], str] = convert
    return _TOKEN_PART.sub(replace, pattern)
