"""Parses a term of a query (word, phrase, tag, web address or field value) into a node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer import platforms
from indexer.i18n import Sentence, say
from indexer.query.dates import day_node
from indexer.query.diagnostics import Diagnostic, closest, join_words
from indexer.query.expansion import stem
from indexer.query.nodes import (
    ABSENT_FROM,
    HAS,
    KINDS,
    STATES,
    TEXT,
    Dialect,
    Everything,
    Expanding,
    Fuzzy,
    Node,
    NumberRange,
    Or,
    Phrase,
    Stem,
    Wildcard,
    Word,
    clip,
    tag_key,
)
from indexer.text import tokens, words

MOST_STARS: Final = 5
MOST_MARKS: Final = 20  # more would keep an index busy for minutes
MOST_DIGITS: Final = 18  # of a number in a range
LEAST_LETTERS: Final = {1: 3, 2: 5}
"""Fewest letters of a fuzzy word by number of changes: shorter words are similar to nearly every short word."""

_RANGE = r"(?P<range>(?<!\w)[0-9]+~~[0-9]+(?!\w))"
_MARKS: Final = {
    Dialect.PLAIN: re.compile(rf"{_RANGE}|\\\{{(?P<literal>[^{{}}\\]+)\}}|\\[=%?*]|[*?]|~+(?:[0-9]+(?!\w))?"),
    Dialect.DTSEARCH: re.compile(rf"{_RANGE}|(?P<literal>(?!))|\\[?]|[*?=%]|~+(?:[0-9]+(?!\w))?"),
}
_LINK_MARKS: Final = re.compile(r"(?P<range>(?!))|\\\{(?P<literal>[^{}\\]+)\}|[*]")  # the other characters are parts of addresses
_WILD: Final = frozenset("*?=")
_STARS: Final = re.compile(r"\*[*]*")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word or special character of a term. `kind` is "word", "range", "~" or the character itself; `word` is folded."""

    kind: str
    word: str
    start: int
    end: int


def items(field: str, typed: str, start: int, dialect: Dialect, *, quoted: bool) -> list[Word | Expanding] | Diagnostic:
    """Parse the words of a term. `start` is the offset of the text in the query."""
    parsed: list[Word | Expanding] = []
    for group in _groups(_pieces(field, typed, dialect, quoted=quoted)):
        item = _parse_item(field, typed, group, dialect)
        if isinstance(item, tuple):
            return Diagnostic(start + group[0].start, start + group[-1].end, *item)
        parsed.append(item)
    return parsed


def _pieces(field: str, typed: str, dialect: Dialect, *, quoted: bool) -> list[_Piece]:
    expression = _LINK_MARKS if field == "url" else _MARKS[dialect]
    word_tokens = list(tokens(typed))
    keys = {token.start for token in word_tokens if typed[token.start] == "*"}  # *️⃣ is an emoji
    ends = {token.end for token in word_tokens}
    marks: list[_Piece] = []
    for match in expression.finditer(typed):
        first, after = match.span()
        if first in keys or not _is_special(typed, first, quoted=quoted):
            continue
        kind = "range" if match["range"] else "word" if match["literal"] else match[0].lstrip("\\")[0]
        if kind == "~" and quoted and first not in ends:
            continue  # no word before it: in a phrase it only separates
        word = "".join(match["literal"].casefold().split()) if match["literal"] else match[0]
        marks.append(_Piece(kind, word, first, after))
        ends.add(after)
    covered = {at for mark in marks for at in range(mark.start, mark.end)}
    plain = [_Piece("word", token.word, token.start, token.end) for token in word_tokens if token.start not in covered]
    return sorted((piece for piece in marks + plain if piece.word), key=lambda piece: piece.start)


def unsearched_offsets(field: str | None, typed: str, dialect: Dialect, *, quoted: bool) -> list[int]:
    """Return the offsets of characters of a term that only separate words."""
    if field in _CLOSED or field in {"date", "from", "to"} or field in _TAGS or (field is None and not quoted and tag_of(typed)):
        return []
    if not quoted and field is None and set(typed) == {"*"}:
        return []
    covered = {at for piece in _pieces(field or TEXT, typed, dialect, quoted=quoted) for at in range(piece.start, piece.end)}
    return [at for at, letter in enumerate(typed) if at not in covered and not letter.isspace() and letter.isprintable()]


def _is_special(typed: str, at: int, *, quoted: bool) -> bool:
    """Whether a character is special here: a `?` at the end of a quoted word is a question mark ("who pays?")."""
    return typed[at] != "?" or not quoted or bool(re.match(r"\?+[\w*]", typed[at:]))


def _groups(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Group adjoining pieces; adjoining words (東京) stay separate."""
    group: list[_Piece] = []
    for piece in pieces:
        if group and (group[-1].end != piece.start or group[-1].kind == piece.kind == "word"):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _parse_item(field: str, typed: str, group: list[_Piece], dialect: Dialect) -> Word | Expanding | tuple[Sentence, Sentence]:
    """Parse a group of pieces, or return a message and a suggestion."""
    kinds = [piece.kind for piece in group]
    written = typed[group[0].start : group[-1].end]
    if len(group) == 1 and kinds == ["word"]:
        return Word(clip(group[0].word), field)
    if len(group) == 1 and kinds == ["range"]:
        return _parse_range(field, written)
    special = {"~", "%", "range", "wild"} & {"wild" if kind in _WILD else kind for kind in kinds}
    if "word" not in kinds and special <= {"~", "%"}:
        return (
            say("“{sign}” must come directly after a word or inside it.", sign=written),
            say("Write it without a space, such as budget~, or remove it"),
        )
    if len(special) > 1 or "range" in special:
        return (
            say("“{word}” combines characters that cannot be used together.", word=written),
            say("Use only one of them: tax* for the beginning of a word, or ~ for similar words or other forms"),
        )
    if special == {"wild"}:
        return _parse_wildcard(field, written, group)
    if special == {"%"}:
        return _parse_fuzzy_inside(field, written, group)
    return _parse_suffix(field, written, group, dialect)


def _parse_range(field: str, written: str) -> NumberRange | tuple[Sentence, Sentence]:
    least, most = written.split("~~")
    if max(len(least), len(most)) > MOST_DIGITS:
        return say("A number in a range can have at most {most} digits.", most=MOST_DIGITS), say("Use smaller numbers, such as 12~~24")
    if int(least) > int(most):
        return (
            say("The range “{range}” ends before it begins.", range=written),
            say("Write the smaller number first: {repaired}", repaired=f"{most}~~{least}"),
        )
    return NumberRange(int(least), int(most), field, written)


def _parse_wildcard(field: str, written: str, group: list[_Piece]) -> Wildcard | tuple[Sentence, Sentence]:
    if any(piece.kind == "word" and _WILD & set(piece.word) for piece in group):
        return say("“{word}” cannot be next to a wildcard.", word=written), say("Remove the * or the ?")
    pattern = _STARS.sub("*", "".join(piece.word if piece.kind == "word" else piece.kind for piece in group))
    return wildcard_error(pattern) or Wildcard(pattern, field, written)


def wildcard_error(pattern: str) -> tuple[Sentence, Sentence] | None:
    """Return message and suggestion for an invalid wildcard pattern (folded)."""
    if not pattern.strip("*?"):
        return say("A wildcard by itself would match every word."), say("Add letters, such as tax* or wo?d")
    if pattern.count("*") > MOST_STARS or pattern.count("?") + pattern.count("=") > MOST_MARKS:
        return (
            say("A word can contain at most {stars} * and {marks} ?.", stars=MOST_STARS, marks=MOST_MARKS),
            say("Write more letters, or * instead of several ?"),
        )
    return None


def _parse_fuzzy_inside(field: str, written: str, group: list[_Piece]) -> Fuzzy | tuple[Sentence, Sentence]:
    """Parse `ba%nana`: letters before the first % must match; each % allows one change."""
    first = next(at for at, piece in enumerate(group) if piece.kind == "%")
    kept = sum(len(piece.word) for piece in group[:first])
    word = "".join(piece.word for piece in group if piece.kind == "word")
    edits = sum(piece.kind == "%" for piece in group)
    return fuzzy_error(written, word, edits) or Fuzzy(clip(word), edits, kept, field, written)


def _parse_suffix(field: str, written: str, group: list[_Piece], dialect: Dialect) -> Fuzzy | Stem | tuple[Sentence, Sentence]:
    """Parse a word with a `~` suffix."""
    words = [piece for piece in group if piece.kind == "word"]
    if len(words) != 1 or len(group) != 2 or group[-1].kind != "~":
        return (
            say("In “{word}”, ~ is inside a word.", word=written),
            say("Write ~ at the end of a word; for a range of whole numbers, write 12~~24"),
        )
    word, suffix = clip(words[0].word), group[-1].word
    if suffix == "~~" or (suffix == "~" and dialect is Dialect.DTSEARCH):
        if suffix == "~~" and dialect is Dialect.DTSEARCH:
            return (
                say("Here, “~~” goes between two whole numbers."),
                say("Write 12~~24 for a range, or {word}~ for the other forms of a word", word=words[0].word),
            )
        return Stem(stem(word), field, written)
    if dialect is Dialect.DTSEARCH:
        return (
            say("“{sign}” has no meaning in dtSearch syntax.", sign=suffix),
            say("For similar words, write “%” in the word, once for each letter that may differ, such as ba%nana"),
        )
    if suffix not in {"~", "~1", "~2"}:
        return (
            say("“{sign}” is not a valid number of changes: a similar word can differ by 1 or 2 letters.", sign=suffix),
            say("Write {word}~ or {word}~2, or {word}~~ for the other forms of the word", word=words[0].word),
        )
    edits = 2 if suffix == "~2" else 1
    return fuzzy_error(written, word, edits) or Fuzzy(word, edits, 0, field, written)


def fuzzy_error(written: str, word: str, edits: int) -> tuple[Sentence, Sentence] | None:
    """Return message and suggestion for an invalid fuzzy word."""
    if edits not in LEAST_LETTERS:
        return (
            say("“{word}” allows more than 2 different letters.", word=written),
            say("Allow 1 or 2 different letters, or use a wildcard, such as tax*"),
        )
    if len(word) < LEAST_LETTERS[edits]:
        return (
            say("“{word}” is too short: nearly every short word is similar to it.", word=written),
            say(
                "Remove the ~: a word needs at least {one} letters for 1 change and {two} for 2",
                one=LEAST_LETTERS[1],
                two=LEAST_LETTERS[2],
            ),
        )
    return None


_CLOSED: Final = frozenset({"platform", "kind", "has", "is"})
_TAGS: Final = {"hashtag": "#", "mention": "@"}
_TAG_PATTERN: Final = re.compile(r"([#＃@＠])(.+)", re.DOTALL)
_LITERAL: Final = re.compile(r"\\\{([^{}\\]+)\}")
_SUFFIX: Final = re.compile(r"(.*?)(~~|~[12]?)", re.DOTALL)


def term(field: str | None, typed: str, start: int, *, quoted: bool = False, dialect: Dialect = Dialect.PLAIN) -> Node | Diagnostic:
    """Parse a term. `start` is its offset in the query; `field` is None for the text."""
    end = start + len(typed)
    if field in _CLOSED:
        return _parse_choice(field, typed.strip(), start, end)
    if field in {"date", "from", "to"}:
        return day_node(field, typed.strip(), start, end)
    if field in _TAGS:
        return _parse_tag(field, typed, start, dialect)
    if field is None and not quoted and (tag_field := tag_of(typed)):
        return _parse_tag(tag_field, typed, start, dialect)
    return _parse_words(field or TEXT, typed, start, dialect, quoted=quoted)


def tag_of(typed: str) -> str | None:
    """Return "hashtag" or "mention" if a word is a tag: `#flood`, `@city.hall`, `#flo*`, but not `#1,000` or `@`."""
    tag = _TAG_PATTERN.fullmatch(typed.strip())
    if not tag:
        return None
    inside = re.sub(r"[*?]|~{1,2}[0-9]*$", "", tag[2])
    if tag[1] in "#＃":
        return "hashtag" if re.fullmatch(r"\w[\w\u0300-\u036f]*", inside) and not inside.isdigit() else None
    return "mention" if re.fullmatch(r"\w[\w.]*", inside) else None


def address(field: str | None, typed: str, start: int, dialect: Dialect = Dialect.PLAIN) -> Node | Diagnostic:
    """Parse a web address: a link of the record, or the same words in its text."""
    url_words = tuple(Word(clip(word), "url") for word in words(typed))
    if field not in {None, "url"}:
        return term(field, typed, start, dialect=dialect)
    link = Phrase(url_words, "url") if len(url_words) > 1 else url_words[0]
    text_words = tuple(Word(word.word) for word in url_words)
    return link if field else Or((link, Phrase(text_words) if len(text_words) > 1 else text_words[0]))


def _parse_choice(field: str, typed: str, start: int, end: int) -> Node | Diagnostic:
    values = {"platform": platforms.codes(), "kind": KINDS, "has": HAS, "is": STATES}[field]
    if value := values.get(typed.lower()):
        return Word(value, "has" if field == "is" else field)
    if field == "is" and ABSENT_FROM.fullmatch(typed.lower()):
        return Word(typed.lower(), "has")
    message = say("“{value}” is not a value of {field}:.", value=typed, field=field)
    if near := closest(typed, values):
        return Diagnostic(
            start,
            end,
            message,
            say("Did you mean {field}:{near}? {field}: is one of these: {known}", field=field, near=near, known=join_words(values)),
        )
    return Diagnostic(start, end, message, say("{field}: is one of these: {known}", field=field, known=join_words(values)))


def _parse_tag(field: str, typed: str, start: int, dialect: Dialect) -> Node | Diagnostic:
    end, sign = start + len(typed), _TAGS[field]
    exact = _LITERAL.fullmatch(typed.strip())
    if exact and (key := "".join(fold_tag(exact[1]).split())):
        return Word(clip(key), field)
    suffixed = _SUFFIX.fullmatch(typed.strip())
    key = _STARS.sub("*", tag_key(suffixed[1] if suffixed else typed)).strip("\u200d")  # a trailing zero-width joiner
    if not re.sub(r"[*?]", "", key):
        message = say("“{tag}” is not a hashtag.", tag=typed) if field == "hashtag" else say("“{tag}” is not a mention.", tag=typed)
        return Diagnostic(start, end, message, say("For records with any of them, write has:{field}", field=field))
    if len(typed.split()) > 1:
        return Diagnostic(
            start,
            end,
            say("A hashtag or mention is a single word without spaces."),
            say("Write {tag}", tag=sign + key),
        )
    if '"' in key or "\\" in key or "~" in key or ("%" in key and dialect is Dialect.DTSEARCH):
        return Diagnostic(
            start,
            end,
            say("“{tag}” contains a character that hashtags and mentions cannot have.", tag=typed),
            say("Use only letters, digits, and _, such as {tag}", tag=f"{sign}flood"),
        )
    if "*" in typed or "?" in typed:
        error = wildcard_error(key)
        if suffixed:
            error = say("“{word}” combines characters that cannot be used together.", word=typed), say("Remove the ~ or the wildcard")
        return Diagnostic(start, end, *error) if error else Wildcard(key, field, sign + typed.strip().lstrip("#＃@＠"))
    if suffixed:
        return _parse_tag_suffix(field, typed, key, suffixed[2], start=start, dialect=dialect)
    return Word(key, field)


def fold_tag(key: str) -> str:
    """Fold a tag key in which # or @ is literal."""
    return tag_key("#" + key) if not key.startswith(("#", "＃", "@", "＠")) else key.lower()


def _parse_tag_suffix(field: str, typed: str, key: str, sign: str, *, start: int, dialect: Dialect) -> Node | Diagnostic:
    """Parse `#flod~`: similar tags, or tags with the same stem."""
    written = _TAGS[field] + typed.strip().lstrip("#＃@＠")
    if sign == "~~" or dialect is Dialect.DTSEARCH:
        return Stem(stem(key), field, written)
    edits = 2 if sign == "~2" else 1
    error = fuzzy_error(written, key, edits)
    return Diagnostic(start, start + len(typed), *error) if error else Fuzzy(key, edits, 0, field, written)


def _parse_words(field: str, typed: str, start: int, dialect: Dialect, *, quoted: bool) -> Node | Diagnostic:
    end = start + len(typed)
    if not quoted and field == TEXT and set(typed) == {"*"}:
        return Everything()
    parsed = items(field, typed, start, dialect, quoted=quoted)
    if isinstance(parsed, Diagnostic):
        return parsed
    if not parsed:
        return Diagnostic(
            start,
            end,
            say("“{sign}” contains no letter, digit, or emoji, so it cannot be searched for.", sign=typed.strip()),
            say(
                "Remove it, or write AND; for consecutive words, use quotation marks: {example}",
                example='"parks & recreation"',
            ),
        )
    return parsed[0] if len(parsed) == 1 else Phrase(tuple(parsed), field)
