"""The product's own words for the offline viewer: how a text is cut and folded, taken from indexer.text when a package is made.

A browser's tables of Unicode are of another year than ours; so the viewer gets ours, as ranges of code points and a table.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final

from indexer.text import TOKEN, fold

_SAME: Final = (range(0x3400, 0xA000), range(0xAC00, 0xD7A4), range(0xD800, 0xE000), range(0x20000, 0x2F800), range(0x2FA20, 0xE0000))
"""Code points that no folding changes: Chinese characters, Hangul syllables, halves of pairs, planes that are empty."""

_LETTERS: Final = 0x32400  # no letter or digit has a code point from here on (Unicode 16)
_LAST: Final = 0xE01F0
_WORD: Final = re.compile(r"\w")


@lru_cache(maxsize=1)
def tables() -> str:
    """Return the script tables.js: `window.SHOWME_TABLES`, plain ASCII."""
    word = list(_ranges(chr(code) for code in range(_LETTERS) if _WORD.match(chr(code))))
    letters = _class(_ranges(chr(code) for code in range(_LETTERS) if chr(code).isalnum()))
    folded = [(char, fold(char)) for char in _changing()]
    changed = [char for char, made in folded if made != char]
    unseen = [char for char, made in folded if not made]
    values = {
        "token": _script_pattern(TOKEN.pattern, letters),
        "word": f"[{_class(word)}]",
        "space": f"[{_class(_ranges(chr(code) for code in range(0x10000) if chr(code).isspace()))}]+",
        "transparent": f"[{_class(_ranges(char for char in unseen if not _plain(char)))}]",
        "unseenWord": f"[{_class(_ranges(char for char in unseen if _WORD.search(_plain(char)[-1:])))}]",  # [] fits nothing
        "fold": list(_runs(changed)),
    }
    return f"window.SHOWME_TABLES = {json.dumps(values, ensure_ascii=True, separators=(',', ':'))};\n".replace("<", "\\u003c")


def _changing() -> Iterator[str]:
    return (chr(code) for code in range(0x80, _LAST) if not any(code in same for same in _SAME))


def _plain(char: str) -> str:
    """Return a character as folding has it before it leaves out what is not seen: decomposed, without accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))


def _runs(chars: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the first code point of each row of neighbors, and what each of them is folded to."""
    first, row = -1, list[str]()
    for char in chars:
        if ord(char) != first + len(row):
            if row:
                yield first, row
            first, row = ord(char), []
        row.append(fold(char))
    if row:
        yield first, row


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


_PIECE: Final = re.compile(r"\[\^\\W_([^\]]*)\]|\\U([0-9a-f]{8})|\\u([0-9a-f]{4})|([^\x00-\x7f])")


def _script_pattern(pattern: str, letters: str) -> str:
    """Return a pattern of ours as one of JavaScript with the flag u: code points in braces, and letters as ranges."""

    def piece(found: re.Match[str]) -> str:
        if found[0].startswith("[^"):
            inside = _PIECE.sub(piece, found[1])
            return f"(?:(?![_{inside}])[{letters}])"
        return f"\\u{{{int(found[2] or found[3], 16) if found[2] or found[3] else ord(found[4]):x}}}"

    made: Callable[[re.Match[str]], str] = piece
    return _PIECE.sub(made, pattern)
