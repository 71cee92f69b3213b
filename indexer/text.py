"""What a reader saw, and what a search sees: repaired text, folded text, and the one token pattern of both engines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple


def repair_mojibake(text: str) -> str:
    """Return the text that Meta meant where its JSON holds UTF-8 bytes written as Latin-1 letters (seen 2018-2026).

    A string that is not such a string comes back unchanged, so it can be applied to every string of an archive.
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def unescape_x(text: str) -> str:
    """Undo the three entities that X writes into a post's text (`&amp; &lt; &gt;`), once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


# Where combining marks stand: looking through the private and empty planes as well takes five times as long at each start.
_MARKED = (range(0x300, 0x1F000), range(0xE0100, 0xE01F0))


def _class(*categories: str) -> str:
    """Return the members of Unicode categories of marks as the inside of a regular expression's class."""
    ranges: list[list[int]] = []
    for code in chain(*_MARKED):
        if unicodedata.category(chr(code)) in categories:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" if low != high else f"\\U{low:08x}" for low, high in ranges)


_MARKS = _class("Mn", "Mc", "Me")
_HALF_WIDTH = "\uff66-\uff9d"  # half-width katakana; \uff9e and \uff9f are their voicing marks, each a sign of its own
_VOICING = "\uff9e\uff9f"
# scripts without spaces: one sign, one token
_SINGLE = f"{_HALF_WIDTH}{_VOICING}\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PICTURE = (
    "\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_MODIFIER = "\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_EMOJI = (
    r"[\U0001f1e6-\U0001f1ff]{2}"  # flags
    r"|[0-9#*]\ufe0f?\u20e3"  # keycaps
    rf"|[{_PICTURE}][{_MODIFIER}]*(?:\u200d[{_PICTURE}][{_MODIFIER}]*)*"
)
# letters that stand for an apostrophe: the word parts at them as it does at '
_APOSTROPHES = "\u02b9-\u02bf\u02c8\u02ca\u02cb\ua78b\ua78c"
_LETTER = rf"[^\W_{_SINGLE}{_APOSTROPHES}]"  # an underscore is a sign: who looks for flood finds _flood_ and flood_2018.pdf
_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"  # soft hyphen, joiners, marks of direction: a reader sees one word
TOKEN = re.compile(rf"{_EMOJI}|[{_HALF_WIDTH}][{_VOICING}]?|[{_SINGLE}]|{_LETTER}+(?:[{_MARKS}{_INVISIBLE}]+{_LETTER}*)*")
_ASCII_TOKEN = re.compile(r"[^\W_]+", re.ASCII)
# how an emoji or a word is drawn, not which one it is; a joiner between two emoji tells which one
_UNSEEN = re.compile(r"[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\u00ad\u0640\u200b\u200c\u200e\u200f\u2060\ufeff]|(?<=\w)\u200d")
_BASE_LETTER = re.compile(r"LATIN (?:CAPITAL|SMALL) LETTER (?:DOTLESS )?([A-Z])(?: WITH .+)?")
_LATIN = (range(0x80, 0x250), range(0x1D6C, 0x1D9B), range(0x1E00, 0x1F00), range(0x2C60, 0x2C80), range(0xA720, 0xA800))
_SPELLED = {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n", "ĸ": "q", "ƿ": "w", "ȝ": "gh"}
_ARABIC = {
    "ك": "ک",  # Arabic and Persian kaf
    "ڪ": "ک",
    "ي": "ی",  # Arabic and Persian yeh, and alef maksura
    "ى": "ی",
    "ٱ": "ا",
    "ہ": "ه",
    "ۀ": "ه",
    "ۃ": "ة",
    "ە": "ه",
}


def _same_letters() -> dict[int, str]:
    """Return what is written for a letter in another keyboard or another land, and is no accent: ł, ø, đ, ı, æ, Persian kaf."""
    table = {ord(letter): plain for letter, plain in {**_SPELLED, **_ARABIC}.items()}
    for code in chain(*_LATIN):
        letter = chr(code).casefold()
        named = _BASE_LETTER.fullmatch(unicodedata.name(chr(code), ""))
        if named and len(letter) == 1 and not unicodedata.normalize("NFKD", letter).isascii():
            table.setdefault(ord(letter), named[1].lower())
    for zero in ("٠", "۰"):  # Arabic-Indic digits
        table |= {ord(zero) + digit: str(digit) for digit in range(10)}
    return table


_SAME = _same_letters()
FOLDING = f"{_UNSEEN.pattern} {sorted(_SAME.items())}"
"""How words are folded besides Unicode's own rules: an index that was made otherwise counts as outdated."""


class Token(NamedTuple):
    """A folded token and where it stands in the text (code points)."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return a text without case, accents and presentation: what two spellings of one word share (help page "How to search")."""
    if text.isascii():
        return text.lower()
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", _UNSEEN.sub("", plain).casefold().translate(_SAME))


def _word(token: str) -> str:
    """Return a token folded, as one word: some single letters fold into several words (U+FDFA) or into nothing (U+1F3FB)."""
    return token.lower() if token.isascii() else "".join(fold(token).split())


def words(text: str) -> list[str]:
    """Return the folded tokens of a text in order: what an index holds and a query looks for. None is empty or holds a space."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text.lower())
    return [word for found in TOKEN.findall(text) if (word := found.lower() if found.isascii() else _word(found))]


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text with their places: for highlights and exact checks. Same words as `words()`."""
    if text.isascii():
        for found in _ASCII_TOKEN.finditer(text.lower()):
            yield Token(found[0], found.start(), found.end())
        return
    for found in TOKEN.finditer(text):
        if word := _word(found[0]):
            yield Token(word, found.start(), found.end())


_HASHTAG = re.compile(rf"(?<![\w&/])[#＃]([\w{_MARKS}]*[^\W\d][\w{_MARKS}]*)")
_MENTION = re.compile(r"(?<![\w@/.])[@＠]([A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?)")
_LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}]+[^\s<>\"'()\[\]{}.,;:!?]")


def hashtags(text: str) -> tuple[str, ...]:
    """Return the hashtags of a text without '#', each once, in order."""
    return tuple(dict.fromkeys(_HASHTAG.findall(text)))


def mentions(text: str) -> tuple[str, ...]:
    """Return the mentioned handles of a text without '@', each once, in order."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def links(text: str) -> tuple[str, ...]:
    """Return the web addresses that stand in a text, each once, in order."""
    return tuple(dict.fromkeys(_LINK.findall(text)))
