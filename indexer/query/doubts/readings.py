"""Ambiguous readings of a query, each with its place, its interpretation and the alternative query."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from whoosh.qparser import plugins, syntax

from indexer.i18n import Sentence, say
from indexer.query import lexer, other_systems
from indexer.query.diagnostics import OTHER_SYSTEM, Announcement, InvalidToken
from indexer.query.nodes import Dialect
from indexer.query.tree_builder import OperandOrToken, or_first
from indexer.text import words

_Open, _Close = plugins.GroupPlugin.OpenBracket, plugins.GroupPlugin.CloseBracket
MOST: Final = 20
"""Most announcements per query: each alternative is counted."""

_LOWERCASE_OPERATORS: Final = frozenset({"and", "or", "not"})
_SENTENCE_END: Final = re.compile(r"(?P<word>[^?*=%~\\]*\w['’\")\]]*)(?P<mark>[!?！？]*[?？][!?！？]*)$")
_SIGNIFICANT: Final = frozenset("#＃%$=^+&|<>\\!！")
"""Characters that have a meaning in other programs when attached to a word."""
_SIGNIFICANT_AT_EDGE: Final = frozenset("&")
_PLURALS: Final = frozenset({"s", "es", "ies", "ed", "d", "ing", "er", "ers", "al", "ly"})
_LETTERED: Final = re.compile(r"\s*(?P<mark>\(?(?:[A-Za-z]|[ivxIVX]{1,5})[.)])\s+(?=\S)")
_NEAR_IN_QUOTES: Final = re.compile(r"(?<!\S)(?:(?i:not)\s+)?(?i:w|pre)[/⁄∕／][0-9]+(?!\S)")


@dataclass(frozen=True, slots=True)
class TokenizedQuery:
    """A tokenized query. `body` is the normalized text, of the same length; `signs` are the flat tokens without whitespace."""

    text: str
    body: str
    dialect: Dialect
    tokens: Sequence[Any]
    operands: Sequence[OperandOrToken]
    unsearched: Sequence[tuple[int, bool]]
    is_sound: bool


def find_sentence_ends(tokens: Sequence[Any]) -> list[tuple[int, int]]:
    """Return the places of question marks that end a sentence, after two or more words without other wildcards.

    The sentence is the last one, or the next word is capitalized, or a later sentence also ends with a question mark.
    """
    flat = [token for token in tokens if not token.is_ws()]
    candidates: list[tuple[int, int, bool]] = []
    word_count = 0
    for token, following in zip(flat, [*flat[1:], None], strict=True):
        match = _SENTENCE_END.match(token.text) if _is_word(token) else None
        is_alone = _is_word(token) and set(token.text) <= set("?？!！") and bool(set(token.text) & set("?？"))
        if word_count and (match or is_alone):
            is_last = following is None or not _is_word(following) or following.text[:1].isupper()
            start = token.startchar + (match.start("mark") if match else 0)
            candidates.append((start, token.endchar, is_last))
        ends = not _is_word(token) or match or any(mark in token.text for mark in "*=%~?？\\")
        word_count = 0 if ends else word_count + 1
    last = max((at for at, (_start, _end, is_last) in enumerate(candidates) if is_last), default=-1)
    return [(start, end) for start, end, _is_last in candidates[: last + 1]]


def find_ambiguities(query: TokenizedQuery, ends: Sequence[tuple[int, int]]) -> list[Announcement]:
    """Return the ambiguous readings of a query in order of place."""
    detectors: list[Callable[[TokenizedQuery], Iterator[Announcement]]] = [
        _other_operators,
        _glued,
        _dropped_characters,
        _in_quotes,
        _lettered,
    ]
    detectors += [_small_operators] if query.dialect is Dialect.PLAIN else [_similar_words]
    doubts = [doubt for detect in detectors for doubt in detect(query)]
    doubts += _question_marks(query, ends)
    doubts += _precedence(query)
    return sorted(dict.fromkeys(doubts), key=lambda doubt: (doubt.start, doubt.end))[:MOST]


def _is_word(token: Any) -> bool:
    return isinstance(token, syntax.WordNode)


def _splice(text: str, start: int, end: int, instead: str) -> str:
    return text[:start] + instead + text[end:]


def _question_marks(query: TokenizedQuery, ends: Sequence[tuple[int, int]]) -> Iterator[Announcement]:
    for start, end in ends:
        literal = _splice(query.text, start, end, "\\?").strip()
        message = say("The question mark at the end of the sentence was ignored.")
        yield Announcement("question-mark", start, end, message, literal)
    for token in query.tokens:
        if isinstance(token, lexer.Phrase):
            for match in re.finditer(r"(?<=[^\W_])\?+(?![\w*?])", token.text):
                at = token.textstartchar + match.start()
                message = say("The question mark at the end of a quoted word was ignored.")
                yield Announcement("question-mark", at, at + len(match[0]), message, _splice(query.text, at, at, "\\"))
        elif _is_word(token) and (ending := re.search(r"(?<=[^\W_])\?+$", token.text)):
            start = token.startchar + ending.start()
            message = say("“{word}” matches any word with one more letter for each question mark.", word=token.text)
            yield Announcement("question-mark", start, token.endchar, message, _splice(query.text, start, token.endchar, ""))


def _small_operators(query: TokenizedQuery) -> Iterator[Announcement]:
    """Find lowercase `and`, `or`, `not`, which were read as words; a single announcement covers all."""
    small = [token for token in query.tokens if _is_word(token) and token.text.lower() in _LOWERCASE_OPERATORS]
    if not small:
        return
    text = query.text
    previous = {id(token): query.tokens[at - 1] if at else None for at, token in enumerate(query.tokens)}
    for token in reversed(small):
        text = _splice(text, token.startchar, token.endchar, token.text.upper())
        earlier = previous[id(token)]
        if token.text.lower() == "not" and earlier is not None and _is_word(earlier) and earlier.text.lower() == "but":
            text = _splice(text, earlier.startchar, token.startchar, "")
    names = list(dict.fromkeys(token.text for token in small))
    if len(names) == 1:
        message = say("Lowercase “{word}” was searched for as a word. Did you mean {operator}?", word=names[0], operator=names[0].upper())
    else:
        message = say(
            "In lowercase these were searched for as words: {words}. Did you mean {operators}?",
            words=", ".join(names),
            operators=", ".join(name.upper() for name in names),
        )
    yield Announcement("small-operator", small[0].startchar, small[0].endchar, message, text)


def _lettered(query: TokenizedQuery) -> Iterator[Announcement]:
    """Find a list letter before a single line (`a. budget`): a single line may not be a list, so the letter was searched for."""
    if match := _LETTERED.match(query.text):
        message = say("“{mark}” was searched for as a word. Did you mean the line without it?", mark=match["mark"])
        yield Announcement("list-marks", match.start("mark"), match.end("mark"), message, query.text[match.end() :])


def _precedence(query: TokenizedQuery) -> Iterator[Announcement]:
    if not query.is_sound:
        return
    other = or_first(query.operands, query.text)
    if other is not None:
        token = next(token for token in query.tokens if isinstance(token, syntax.InfixOperator) and token.grouptype is syntax.OrGroup)
        message = say("AND and OR are combined without parentheses, so AND was applied first.")
        yield Announcement("mixed-and-or", token.startchar, token.endchar, message, other)


def _other_operators(query: TokenizedQuery) -> Iterator[Announcement]:
    """Find operators of other programs: rejected ones, with the repaired query, and those read as words."""
    rejected = [token for token in query.tokens if isinstance(token, InvalidToken) and token.why == OTHER_SYSTEM]
    repaired = query.text
    for token in reversed(rejected):
        spelling = other_systems.find_operator(token.text)
        repaired = _splice(repaired, token.startchar, token.endchar, other_systems.rewrite(token.text, spelling) if spelling else "")
    for token in rejected[:1]:
        message = say("“{sign}” is an operator of another search program.", sign=token.text)
        yield Announcement("other-operator", token.startchar, token.endchar, message, " ".join(repaired.split()))
    flat = list(query.tokens)
    for at, token in enumerate(flat):
        before = flat[at - 2 : at] if at > 1 and isinstance(flat[at - 1], syntax.PrefixOperator) else flat[max(0, at - 1) : at]
        after = flat[at + 1 : at + 2]
        if not (_is_word(token) and before and after and _is_operand(before[0]) and _is_operand(after[0])):
            continue
        if _is_word(after[0]) and _is_operand_at(flat, at + 2) and (apart := other_systems.join_spaced(token.text, after[0].text)):
            start, end = token.startchar, after[0].endchar
            message = say("“{sign}” was searched for as a word. Did you mean {written}?", sign=query.text[start:end], written=apart)
            yield Announcement("other-operator", start, end, message, _splice(query.text, start, end, apart))
        elif spelling := other_systems.find_word_operator(token.text):
            written = other_systems.rewrite(token.text, spelling)
            message = say("“{sign}” was searched for as a word. Did you mean {written}?", sign=token.text, written=written)
            yield Announcement(
                "other-operator", token.startchar, token.endchar, message, _splice(query.text, token.startchar, token.endchar, written)
            )


def _is_operand_at(tokens: Sequence[Any], at: int) -> bool:
    return at < len(tokens) and _is_operand(tokens[at])


def _is_operand(token: Any) -> bool:
    return isinstance(token, (syntax.TextNode, _Open, _Close)) and not isinstance(token, InvalidToken)


def _in_quotes(query: TokenizedQuery) -> Iterator[Announcement]:
    """Find operators in quotation marks, where they are words, and other programs' `!`."""
    for token in query.tokens:
        if not isinstance(token, lexer.Phrase) or not token.text.strip():
            continue
        for match in re.finditer(r"(?<=\w)[!！]+(?!\w)", token.text):
            at = token.textstartchar + match.start()
            message = say("“{sign}” inside quotation marks was ignored. Did you mean any ending of the word?", sign=match[0])
            yield Announcement("other-operator", at, at + len(match[0]), message, _splice(query.text, at, at + len(match[0]), "*"))
        near = _NEAR_IN_QUOTES.search(token.text)
        pieces = [
            match for match in re.finditer(r"\S+", token.text) if (spelling := other_systems.find_operator(match[0])) and not spelling.glued
        ]
        if operator := near or next((piece for piece in pieces if any(mark.isdigit() for mark in piece[0])), None):
            at = token.textstartchar + operator.start()
            inside = _splice(token.text, operator.start(), operator.end(), _translate(operator[0]))
            message = say("“{sign}” inside quotation marks was searched for as words.", sign=operator[0])
            yield Announcement(
                "other-operator", at, at + len(operator[0]), message, _splice(query.text, token.startchar, token.endchar, f"({inside})")
            )


def _translate(text: str) -> str:
    spelling = other_systems.find_operator(text)
    return other_systems.rewrite(text, spelling) if spelling else text


def _glued(query: TokenizedQuery) -> Iterator[Announcement]:
    for at, token in enumerate(query.tokens):
        if isinstance(token, lexer.Glued):
            if not words(token.text):
                continue
            message = say("“{word}” was searched for as the phrase “{phrase}”.", word=token.text, phrase=" ".join(words(token.text)))
            other = _splice(query.text, token.startchar, token.endchar, _split_glued(token.text, query.dialect))
            yield Announcement("glued-parenthesis", token.startchar, token.endchar, message, other)
        elif isinstance(token, _Open) and at and _ends_at(query.tokens[at - 1], token.startchar):
            inside = _group_end(query.tokens[at:])
            if inside is not None:
                before, last = query.tokens[at - 1], inside
                phrase = " ".join(words(query.text[before.startchar : last.endchar]))
                message = say("The parenthesis touches the word before it; it was read as a group.")
                other = _splice(query.text, before.startchar, last.endchar, f'"{phrase}"')
                yield Announcement("glued-parenthesis", token.startchar, last.endchar, message, other)


def _split_glued(text: str, dialect: Dialect) -> str:
    """Return the alternative for a glued word: both forms of `council(s)`, or the parts of `610.021(1)` anywhere."""
    ending = re.fullmatch(r"([^\W\d_]+)\(([^\W\d_]{1,3})\)", text)
    is_dtsearch = dialect is Dialect.DTSEARCH
    if ending and ending[2].lower() in _PLURALS:
        return f"({ending[1]} {'or' if is_dtsearch else 'OR'} {ending[1]}{ending[2]})"
    return re.sub(r"(?<=[^\s(])\(", " and (" if is_dtsearch else " (", re.sub(r"\)(?=[^\s)(])", ") and " if is_dtsearch else ") ", text))


def _ends_at(token: Any, place: int) -> bool:
    return isinstance(token, syntax.TextNode) and not isinstance(token, InvalidToken) and token.endchar == place


def _group_end(tokens: Sequence[Any]) -> Any | None:
    """Return the closing token of a group of plain words; None if it has operators, fields or groups."""
    for at, token in enumerate(tokens[1:], 1):
        if isinstance(token, _Close):
            return token if at > 1 else None
        if not _is_word(token):
            return None
    return None


def _dropped_characters(query: TokenizedQuery) -> Iterator[Announcement]:
    """Find words whose dropped characters may have been significant."""
    places = {at for at, is_quoted in query.unsearched if not is_quoted}
    for token in query.tokens:
        if not _is_word(token) or isinstance(token, lexer.Glued):
            continue
        for match in re.finditer(r"\S+", token.text):
            start = token.startchar + match.start()
            lost = [at for at, letter in enumerate(match[0]) if start + at in places and letter in _SIGNIFICANT]
            lost = [at for at in lost if match[0][at] not in _SIGNIFICANT_AT_EDGE or at in {0, len(match[0]) - 1}]
            if lost and words(match[0]):
                yield _dropped_announcement(query, match[0], start, lost)


def _dropped_announcement(query: TokenizedQuery, word: str, start: int, lost: Sequence[int]) -> Announcement:
    characters = " ".join(dict.fromkeys(word[at] for at in lost))
    message: Sentence = say("“{word}” was searched for without {signs}", word=word, signs=characters)
    other = None
    stem = word.strip("%$!！")
    if word != stem and stem.isalpha() and stem.isascii() and {word[at] for at in lost} <= set("%$!！"):
        wild = re.sub(r"[%$!！]+", "*", word)
        other = _splice(query.text, start, start + len(word), wild)
    return Announcement("sign-not-searched", start, start + len(word), message, other)


def _similar_words(query: TokenizedQuery) -> Iterator[Announcement]:
    """Find a `%` before or after a word in the dtSearch dialect, where other programs mean any letters."""
    for token in query.tokens:
        if not _is_word(token) or isinstance(token, InvalidToken):
            continue
        for match in re.finditer(r"(?<!\S)(?:%+\w+%*|\w+%+)(?!\S)", token.text):
            start = token.startchar + match.start()
            message = say(
                "“{word}” was read as a search for similar words: in dtSearch syntax, “%” allows one different letter.", word=match[0]
            )
            other = _splice(query.text, start, start + len(match[0]), re.sub("%+", "*", match[0]))
            yield Announcement("similar-words", start, start + len(match[0]), message, other)
        if (digit := re.search(r"(?<=[^\W\d_])=+$", token.text)) is not None:
            start = token.startchar + digit.start()
            message = say("“{sign}” at the end of “{word}” means one digit in dtSearch syntax.", sign=digit[0], word=token.text)
            yield Announcement("sign-not-searched", start, token.endchar, message, _splice(query.text, start, token.endchar, ""))
