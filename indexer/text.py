"""Text as readers see it and as searches see it: repair, folding, and the token pattern shared by both engines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple


def repair_mojibake(text: str) -> str:
    """Restore text in Meta's JSON whose UTF-8 bytes were written as Latin-1 letters (seen 2018-2026).

    Any other string is returned unchanged, so this can be applied to every string of an archive.
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def unescape_x(text: str) -> str:
    """Undo, once, the three entities that X writes into a post's text (`&amp; &lt; &gt;`)."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


# Code points of combining marks: scanning the private and empty planes as well takes five times as long at each start.
_MARK_RANGES = (range(0x300, 0x1F000), range(0xE0100, 0xE01F0))


def _char_class(*categories: str) -> str:
    """Body of a regular expression character class with all marks of these Unicode categories."""
    ranges: list[list[int]] = []
    for code in chain(*_MARK_RANGES):
        if unicodedata.category(chr(code)) in categories:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" if low != high else f"\\U{low:08x}" for low, high in ranges)


_MARKS = _char_class("Mn", "Mc", "Me")
_HALF_WIDTH = "\uff66-\uff9d"  # half-width katakana; \uff9e and \uff9f are their voicing marks, separate characters
_VOICING = "\uff9e\uff9f"
# scripts without spaces: each character is a token
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
# letters used as an apostrophe: they split a word as ' does
_APOSTROPHES = "\u02b9-\u02bf\u02c8\u02ca\u02cb\ua78b\ua78c"
_LETTER = rf"[^\W_{_SINGLE}{_APOSTROPHES}]"  # an underscore separates words: a search for flood finds _flood_ and flood_2018.pdf
_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"  # soft hyphen, joiners, direction marks: a reader sees a single word
TOKEN = re.compile(rf"{_EMOJI}|[{_HALF_WIDTH}][{_VOICING}]?|[{_SINGLE}]|{_LETTER}+(?:[{_MARKS}{_INVISIBLE}]+{_LETTER}*)*")
_ASCII_TOKEN = re.compile(r"[^\W_]+", re.ASCII)
# presentation only, dropped when folding; a joiner between two emoji is kept because it makes a different emoji
_PRESENTATION = re.compile(r"[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\u00ad\u0640\u200b\u200c\u200e\u200f\u2060\ufeff]|(?<=\w)\u200d")
_BASE_LETTER = re.compile(r"LATIN (?:CAPITAL|SMALL) LETTER (?:DOTLESS )?([A-Z])(?: WITH .+)?")
_LATIN = (range(0x80, 0x250), range(0x1D6C, 0x1D9B), range(0x1E00, 0x1F00), range(0x2C60, 0x2C80), range(0xA720, 0xA800))
_LIGATURES = {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n", "ĸ": "q", "ƿ": "w", "ȝ": "gh"}
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


def _letter_variants() -> dict[int, str]:
    """Map letter variants that are not accents to their common form: ł, ø, đ, ı, æ, Persian kaf."""
    table = {ord(letter): plain for letter, plain in {**_LIGATURES, **_ARABIC}.items()}
    for code in chain(*_LATIN):
        letter = chr(code).casefold()
        name_match = _BASE_LETTER.fullmatch(unicodedata.name(chr(code), ""))
        if name_match and len(letter) == 1 and not unicodedata.normalize("NFKD", letter).isascii():
            table.setdefault(ord(letter), name_match[1].lower())
    for zero in ("٠", "۰"):  # Arabic-Indic digits
        table |= {ord(zero) + digit: str(digit) for digit in range(10)}
    return table


_VARIANTS = _letter_variants()
FOLDING = f"{_PRESENTATION.pattern} {sorted(_VARIANTS.items())}"
"""Fingerprint of the folding rules beyond Unicode's own: an index made with other rules counts as outdated."""


class Token(NamedTuple):
    """A folded token and its position in the text (code points)."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """Remove case, accents and presentation, so that spellings of a word match (help page "How to search")."""
    if text.isascii():
        return text.lower()
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", _PRESENTATION.sub("", plain).casefold().translate(_VARIANTS))


def _word(token: str) -> str:
    """Fold a token to a single word: some letters fold to several words (U+FDFA) or to nothing (U+1F3FB)."""
    return token.lower() if token.isascii() else "".join(fold(token).split())


def words(text: str) -> list[str]:
    """Folded tokens of a text in order, as indexed and as queried. No token is empty or contains a space."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text.lower())
    folded: list[str] = []
    for part in text.split():  # no token contains white space; most parts are ASCII, which has the faster pattern
        if part.isascii():
            folded += _ASCII_TOKEN.findall(part.lower())
        else:
            folded += [word for token in TOKEN.findall(part) if (word := token.lower() if token.isascii() else _word(token))]
    return folded


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text with their positions, for highlights and exact checks. Same words as `words()`."""
    if text.isascii():
        for match in _ASCII_TOKEN.finditer(text.lower()):
            yield Token(match[0], match.start(), match.end())
        return
    for match in TOKEN.finditer(text):
        if word := _word(match[0]):
            yield Token(word, match.start(), match.end())


_HASHTAG = re.compile(rf"(?<![\w&/])[#＃]([\w{_MARKS}]*[^\W\d][\w{_MARKS}]*)")
_MENTION = re.compile(r"(?<![\w@/.])[@＠]([A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?)")
_LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}]+[^\s<>\"'()\[\]{}.,;:!?]")


def hashtags(text: str) -> tuple[str, ...]:
    """Hashtags in a text without '#', each once, in order."""
    return tuple(dict.fromkeys(_HASHTAG.findall(text)))


def mentions(text: str) -> tuple[str, ...]:
    """Return the handles mentioned in a text without '@', each once, in order."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def links(text: str) -> tuple[str, ...]:
    """URLs in a text, each once, in order."""
    return tuple(dict.fromkeys(_LINK.findall(text)))
