"""The doubts of one query: each with its place, what was read, and the query that says the other thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from whoosh.qparser import plugins, syntax

from indexer.i18n import Sentence, say
from indexer.query import lexer, other_systems
from indexer.query.diagnostics import OTHER_SYSTEM, Announcement, Trouble
from indexer.query.nodes import Dialect
from indexer.query.parser import Step, or_first
from indexer.text import words

_Open, _Close = plugins.GroupPlugin.OpenBracket, plugins.GroupPlugin.CloseBracket
MOST: Final = 20
"""How many places of one query are announced: each one's other reading is counted."""

_SMALL: Final = frozenset({"and", "or", "not"})
_SENTENCE_END: Final = re.compile(r"(?P<word>[^?*=%~\\]*\w['’\")\]]*)(?P<mark>[!?！？]*[?？][!?！？]*)$")
_MEANT: Final = frozenset("#＃%$=^+&|<>\\!！")
"""Signs that mean something elsewhere when they touch a word."""
_AT_AN_EDGE_ONLY: Final = frozenset("&")
_PLURALS: Final = frozenset({"s", "es", "ies", "ed", "d", "ing", "er", "ers", "al", "ly"})
_LETTERED: Final = re.compile(r"\s*(?P<mark>\(?(?:[A-Za-z]|[ivxIVX]{1,5})[.)])\s+(?=\S)")
_NEAR_IN_QUOTES: Final = re.compile(r"(?<!\S)(?:(?i:not)\s+)?(?i:w|pre)[/⁄∕／][0-9]+(?!\S)")


@dataclass(frozen=True, slots=True)
class Read:
    """A query on its way: `body` is its text as it was read, of the same length; `signs` are the flat signs without spaces."""

    text: str
    body: str
    dialect: Dialect
    signs: Sequence[Any]
    steps: Sequence[Step]
    unread: Sequence[tuple[int, bool]]
    is_sound: bool


def sentence_ends(signs: Sequence[Any]) -> list[tuple[int, int]]:
    """Return the places of question marks that end a sentence: behind a row of two words or more without other wildcards.

    The row is the last one, or the next word begins with a capital letter, or what follows ends as a question too.
    """
    flat = [sign for sign in signs if not sign.is_ws()]
    found: list[tuple[int, int, bool]] = []
    row = 0
    for sign, following in zip(flat, [*flat[1:], None], strict=True):
        match = _SENTENCE_END.match(sign.text) if _is_word(sign) else None
        is_alone = _is_word(sign) and set(sign.text) <= set("?？!！") and bool(set(sign.text) & set("?？"))
        if row and (match or is_alone):
            is_last = following is None or not _is_word(following) or following.text[:1].isupper()
            start = sign.startchar + (match.start("mark") if match else 0)
            found.append((start, sign.endchar, is_last))
        ends = not _is_word(sign) or match or any(mark in sign.text for mark in "*=%~?？\\")
        row = 0 if ends else row + 1
    last = max((at for at, (_start, _end, is_last) in enumerate(found) if is_last), default=-1)
    return [(start, end) for start, end, _is_last in found[: last + 1]]


def announcements(read: Read, ends: Sequence[tuple[int, int]]) -> list[Announcement]:
    """Return the doubts of a query in order of place."""
    ways: list[Callable[[Read], Iterator[Announcement]]] = [_other_operators, _glued, _signs, _in_quotes, _lettered]
    ways += [_small_operators] if read.dialect is Dialect.PLAIN else [_similar_words]
    found = [one for way in ways for one in way(read)]
    found += _questions(read, ends)
    found += _precedence(read)
    return sorted(dict.fromkeys(found), key=lambda one: (one.start, one.end))[:MOST]


def _is_word(sign: Any) -> bool:
    return isinstance(sign, syntax.WordNode)


def _put(text: str, start: int, end: int, instead: str) -> str:
    return text[:start] + instead + text[end:]


def _questions(read: Read, ends: Sequence[tuple[int, int]]) -> Iterator[Announcement]:
    for start, end in ends:
        written = _put(read.text, start, end, "\\?").strip()
        message = say("The question mark at the end of a sentence was not searched for.")
        yield Announcement("question-mark", start, end, message, written)
    for sign in read.signs:
        if isinstance(sign, lexer.Phrase):
            for match in re.finditer(r"(?<=[^\W_])\?+(?![\w*?])", sign.text):
                at = sign.textstartchar + match.start()
                message = say("A question mark at the end of a word in quotation marks was not searched for.")
                yield Announcement("question-mark", at, at + len(match[0]), message, _put(read.text, at, at, "\\"))
        elif _is_word(sign) and (ending := re.search(r"(?<=[^\W_])\?+$", sign.text)):
            start = sign.startchar + ending.start()
            message = say("“{word}” stands for any word with one more letter for each question mark.", word=sign.text)
            yield Announcement("question-mark", start, sign.endchar, message, _put(read.text, start, sign.endchar, ""))


def _small_operators(read: Read) -> Iterator[Announcement]:
    """Find `and`, `or`, `not` that were read as words; one announcement for all of them."""
    small = [sign for sign in read.signs if _is_word(sign) and sign.text.lower() in _SMALL]
    if not small:
        return
    text = read.text
    before = {id(sign): read.signs[at - 1] if at else None for at, sign in enumerate(read.signs)}
    for sign in reversed(small):
        text = _put(text, sign.startchar, sign.endchar, sign.text.upper())
        earlier = before[id(sign)]
        if sign.text.lower() == "not" and earlier is not None and _is_word(earlier) and earlier.text.lower() == "but":
            text = _put(text, earlier.startchar, sign.startchar, "")
    names = list(dict.fromkeys(sign.text for sign in small))
    if len(names) == 1:
        message = say("“{word}” in small letters is a word here. Did you mean {operator}?", word=names[0], operator=names[0].upper())
    else:
        message = say(
            "In small letters these are words here: {words}. Did you mean {operators}?",
            words=", ".join(names),
            operators=", ".join(name.upper() for name in names),
        )
    yield Announcement("small-operator", small[0].startchar, small[0].endchar, message, text)


def _lettered(read: Read) -> Iterator[Announcement]:
    """Find the letter of a list before a single line (`a. budget`): one line alone does not tell a list, so it was searched for."""
    if found := _LETTERED.match(read.text):
        message = say("“{mark}” was searched for as a word. Did you mean the line without it?", mark=found["mark"])
        yield Announcement("list-marks", found.start("mark"), found.end("mark"), message, read.text[found.end() :])


def _precedence(read: Read) -> Iterator[Announcement]:
    if not read.is_sound:
        return
    other = or_first(read.steps, read.text)
    if other is not None:
        sign = next(sign for sign in read.signs if isinstance(sign, syntax.InfixOperator) and sign.grouptype is syntax.OrGroup)
        message = say("AND and OR are side by side without parentheses: AND was read first.")
        yield Announcement("mixed-and-or", sign.startchar, sign.endchar, message, other)


def _other_operators(read: Read) -> Iterator[Announcement]:
    """Find operators of other programs: refused ones with the repaired query, and those that were read as words."""
    refused = [sign for sign in read.signs if isinstance(sign, Trouble) and sign.why == OTHER_SYSTEM]
    repaired = read.text
    for sign in reversed(refused):
        spelling = other_systems.certain(sign.text)
        repaired = _put(repaired, sign.startchar, sign.endchar, other_systems.instead(sign.text, spelling) if spelling else "")
    for sign in refused[:1]:
        message = say("“{sign}” is an operator of another search program.", sign=sign.text)
        yield Announcement("other-operator", sign.startchar, sign.endchar, message, " ".join(repaired.split()))
    flat = list(read.signs)
    for at, sign in enumerate(flat):
        before = flat[at - 2 : at] if at > 1 and isinstance(flat[at - 1], syntax.PrefixOperator) else flat[max(0, at - 1) : at]
        after = flat[at + 1 : at + 2]
        if not (_is_word(sign) and before and after and _is_operand(before[0]) and _is_operand(after[0])):
            continue
        if _is_word(after[0]) and _is_operand_at(flat, at + 2) and (apart := other_systems.apart(sign.text, after[0].text)):
            start, end = sign.startchar, after[0].endchar
            message = say("“{sign}” was searched for as a word. Did you mean {written}?", sign=read.text[start:end], written=apart)
            yield Announcement("other-operator", start, end, message, _put(read.text, start, end, apart))
        elif spelling := other_systems.as_word(sign.text):
            written = other_systems.instead(sign.text, spelling)
            message = say("“{sign}” was searched for as a word. Did you mean {written}?", sign=sign.text, written=written)
            yield Announcement(
                "other-operator", sign.startchar, sign.endchar, message, _put(read.text, sign.startchar, sign.endchar, written)
            )


def _is_operand_at(signs: Sequence[Any], at: int) -> bool:
    return at < len(signs) and _is_operand(signs[at])


def _is_operand(sign: Any) -> bool:
    return isinstance(sign, (syntax.TextNode, _Open, _Close)) and not isinstance(sign, Trouble)


def _in_quotes(read: Read) -> Iterator[Announcement]:
    """Find operators in quotation marks, where they are words, and the `!` of other programs."""
    for sign in read.signs:
        if not isinstance(sign, lexer.Phrase) or not sign.text.strip():
            continue
        for match in re.finditer(r"(?<=\w)[!！]+(?!\w)", sign.text):
            at = sign.textstartchar + match.start()
            message = say("“{sign}” in quotation marks was not searched for. Did you mean any ending of the word?", sign=match[0])
            yield Announcement("other-operator", at, at + len(match[0]), message, _put(read.text, at, at + len(match[0]), "*"))
        near = _NEAR_IN_QUOTES.search(sign.text)
        pieces = [match for match in re.finditer(r"\S+", sign.text) if (one := other_systems.certain(match[0])) and not one.glued]
        if operator := near or next((piece for piece in pieces if any(mark.isdigit() for mark in piece[0])), None):
            at = sign.textstartchar + operator.start()
            inside = _put(sign.text, operator.start(), operator.end(), _native(operator[0]))
            message = say("“{sign}” in quotation marks was searched for as words.", sign=operator[0])
            yield Announcement(
                "other-operator", at, at + len(operator[0]), message, _put(read.text, sign.startchar, sign.endchar, f"({inside})")
            )


def _native(text: str) -> str:
    spelling = other_systems.certain(text)
    return other_systems.instead(text, spelling) if spelling else text


def _glued(read: Read) -> Iterator[Announcement]:
    for at, sign in enumerate(read.signs):
        if isinstance(sign, lexer.Glued):
            if not words(sign.text):
                continue
            message = say(
                "“{word}” was searched for as words that follow each other: “{phrase}”.", word=sign.text, phrase=" ".join(words(sign.text))
            )
            other = _put(read.text, sign.startchar, sign.endchar, _apart(sign.text, read.dialect))
            yield Announcement("glued-parenthesis", sign.startchar, sign.endchar, message, other)
        elif isinstance(sign, _Open) and at and _ends_at(read.signs[at - 1], sign.startchar):
            inside = _group(read.signs[at:])
            if inside is not None:
                before, last = read.signs[at - 1], inside
                phrase = " ".join(words(read.text[before.startchar : last.endchar]))
                message = say("The parenthesis touches the word before it; it was read as a group.")
                other = _put(read.text, before.startchar, last.endchar, f'"{phrase}"')
                yield Announcement("glued-parenthesis", sign.startchar, last.endchar, message, other)


def _apart(text: str, dialect: Dialect) -> str:
    """Return the other reading of a glued word: both forms of `council(s)`, or the parts of `610.021(1)` anywhere."""
    ending = re.fullmatch(r"([^\W\d_]+)\(([^\W\d_]{1,3})\)", text)
    is_dtsearch = dialect is Dialect.DTSEARCH
    if ending and ending[2].lower() in _PLURALS:
        return f"({ending[1]} {'or' if is_dtsearch else 'OR'} {ending[1]}{ending[2]})"
    return re.sub(r"(?<=[^\s(])\(", " and (" if is_dtsearch else " (", re.sub(r"\)(?=[^\s)(])", ") and " if is_dtsearch else ") ", text))


def _ends_at(sign: Any, place: int) -> bool:
    return isinstance(sign, syntax.TextNode) and not isinstance(sign, Trouble) and sign.endchar == place


def _group(signs: Sequence[Any]) -> Any | None:
    """Return the end of a group that holds words only; None for one with operators, fields or other groups."""
    for at, sign in enumerate(signs[1:], 1):
        if isinstance(sign, _Close):
            return sign if at > 1 else None
        if not _is_word(sign):
            return None
    return None


def _signs(read: Read) -> Iterator[Announcement]:
    """Find words that lost a sign which may have been meant."""
    places = {at for at, is_quoted in read.unread if not is_quoted}
    for sign in read.signs:
        if not _is_word(sign) or isinstance(sign, lexer.Glued):
            continue
        for match in re.finditer(r"\S+", sign.text):
            start = sign.startchar + match.start()
            lost = [at for at, letter in enumerate(match[0]) if start + at in places and letter in _MEANT]
            lost = [at for at in lost if match[0][at] not in _AT_AN_EDGE_ONLY or at in {0, len(match[0]) - 1}]
            if lost and words(match[0]):
                yield _lost(read, match[0], start, lost)


def _lost(read: Read, word: str, start: int, lost: Sequence[int]) -> Announcement:
    named = " ".join(dict.fromkeys(word[at] for at in lost))
    message: Sentence = say("“{word}” was searched for without its sign: {signs}", word=word, signs=named)
    other = None
    stem = word.strip("%$!！")
    if word != stem and stem.isalpha() and stem.isascii() and {word[at] for at in lost} <= set("%$!！"):
        wild = re.sub(r"[%$!！]+", "*", word)
        other = _put(read.text, start, start + len(word), wild)
    return Announcement("sign-not-searched", start, start + len(word), message, other)


def _similar_words(read: Read) -> Iterator[Announcement]:
    """Find a `%` before or after a word of the dtSearch dialect, where others mean any letters by it."""
    for sign in read.signs:
        if not _is_word(sign) or isinstance(sign, Trouble):
            continue
        for match in re.finditer(r"(?<!\S)(?:%+\w+%*|\w+%+)(?!\S)", sign.text):
            start = sign.startchar + match.start()
            message = say("“{word}” was read as a similar word: “%” lets one letter differ in the dtSearch dialect.", word=match[0])
            other = _put(read.text, start, start + len(match[0]), re.sub("%+", "*", match[0]))
            yield Announcement("similar-words", start, start + len(match[0]), message, other)
        if (digit := re.search(r"(?<=[^\W\d_])=+$", sign.text)) is not None:
            start = sign.startchar + digit.start()
            message = say("“{sign}” at the end of “{word}” stands for one digit in the dtSearch dialect.", sign=digit[0], word=sign.text)
            yield Announcement("sign-not-searched", start, sign.endchar, message, _put(read.text, start, sign.endchar, ""))
