"""One term of a query - a word, phrase, tag, address or field value as typed - becomes a node of the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer import platforms
from indexer.i18n import Sentence, say
from indexer.query.dates import day_node
from indexer.query.diagnostics import Diagnostic, closest, listed
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
MOST_MARKS: Final = 20  # more of them make an index think for minutes
MOST_DIGITS: Final = 18  # of a number in a range
LEAST_LETTERS: Final = {1: 3, 2: 5}
"""How many letters a word has at least for so many changes: shorter ones are similar to nearly every short word."""

_RANGE = r"(?P<range>(?<!\w)[0-9]+~~[0-9]+(?!\w))"
_SIGNS: Final = {
    Dialect.PLAIN: re.compile(rf"{_RANGE}|\\\{{(?P<literal>[^{{}}\\]+)\}}|\\[=%?*]|[*?]|~+(?:[0-9]+(?!\w))?"),
    Dialect.DTSEARCH: re.compile(rf"{_RANGE}|(?P<literal>(?!))|\\[?]|[*?=%]|~+(?:[0-9]+(?!\w))?"),
}
_SIGNS_OF_LINKS: Final = re.compile(r"(?P<range>(?!))|\\\{(?P<literal>[^{}\\]+)\}|[*]")  # the other signs are parts of addresses
_WILD: Final = frozenset("*?=")
_ROW: Final = re.compile(r"\*[*]*")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word or a sign of a typed text. `kind` is "word", "range", "~" or the sign itself; `word` is folded."""

    kind: str
    word: str
    start: int
    end: int


def items(field: str, typed: str, start: int, dialect: Dialect, *, quoted: bool) -> list[Word | Expanding] | Diagnostic:
    """Return the words of a typed text, or what is wrong with one of them. `start` is the place of the text in the query."""
    found: list[Word | Expanding] = []
    for group in _groups(_pieces(field, typed, dialect, quoted=quoted)):
        item = _item(field, typed, group, dialect)
        if isinstance(item, tuple):
            return Diagnostic(start + group[0].start, start + group[-1].end, *item)
        found.append(item)
    return found


def _pieces(field: str, typed: str, dialect: Dialect, *, quoted: bool) -> list[_Piece]:
    expression = _SIGNS_OF_LINKS if field == "url" else _SIGNS[dialect]
    said = list(tokens(typed))
    keys = {token.start for token in said if typed[token.start] == "*"}  # *️⃣ is an emoji
    ends = {token.end for token in said}
    signs: list[_Piece] = []
    for match in expression.finditer(typed):
        first, after = match.span()
        if first in keys or not _is_sign(typed, first, quoted=quoted):
            continue
        kind = "range" if match["range"] else "word" if match["literal"] else match[0].lstrip("\\")[0]
        if kind == "~" and quoted and first not in ends:
            continue  # no word is before it: in a phrase it only separates
        word = "".join(match["literal"].casefold().split()) if match["literal"] else match[0]
        signs.append(_Piece(kind, word, first, after))
        ends.add(after)
    covered = {at for sign in signs for at in range(sign.start, sign.end)}
    plain = [_Piece("word", token.word, token.start, token.end) for token in said if token.start not in covered]
    return sorted((piece for piece in signs + plain if piece.word), key=lambda piece: piece.start)


def unread(field: str | None, typed: str, dialect: Dialect, *, quoted: bool) -> list[int]:
    """Return the places in the text of a term by which nothing is looked for: they only separate words."""
    if field in _CLOSED or field in {"date", "from", "to"} or field in _TAGS or (field is None and not quoted and tag_of(typed)):
        return []
    if not quoted and field is None and set(typed) == {"*"}:
        return []
    covered = {at for piece in _pieces(field or TEXT, typed, dialect, quoted=quoted) for at in range(piece.start, piece.end)}
    return [at for at, sign in enumerate(typed) if at not in covered and not sign.isspace() and sign.isprintable()]


def _is_sign(typed: str, at: int, *, quoted: bool) -> bool:
    """Tell whether a sign is meant as one: a `?` at the end of a quoted word is a question mark ("who pays?")."""
    return typed[at] != "?" or not quoted or bool(re.match(r"\?+[\w*]", typed[at:]))


def _groups(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Yield the pieces that touch each other; two words that touch (東京) are two."""
    group: list[_Piece] = []
    for piece in pieces:
        if group and (group[-1].end != piece.start or group[-1].kind == piece.kind == "word"):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _item(field: str, typed: str, group: list[_Piece], dialect: Dialect) -> Word | Expanding | tuple[Sentence, Sentence]:
    """Return what a group of pieces stands for, or a message and a suggestion."""
    kinds = [piece.kind for piece in group]
    written = typed[group[0].start : group[-1].end]
    if len(group) == 1 and kinds == ["word"]:
        return Word(clip(group[0].word), field)
    if len(group) == 1 and kinds == ["range"]:
        return _range(field, written)
    special = {"~", "%", "range", "wild"} & {"wild" if kind in _WILD else kind for kind in kinds}
    if "word" not in kinds and special <= {"~", "%"}:
        return (
            say("“{sign}” stands directly after a word, or in it.", sign=written),
            say("Write it without a space, like budget~, or leave it out"),
        )
    if len(special) > 1 or "range" in special:
        return (
            say("“{word}” combines signs that cannot be used together.", word=written),
            say("Write one of them: tax* for a beginning, or a sign for similar words or other forms"),
        )
    if special == {"wild"}:
        return _wildcard(field, written, group)
    if special == {"%"}:
        return _fuzzy_inside(field, written, group)
    return _after(field, written, group, dialect)


def _range(field: str, written: str) -> NumberRange | tuple[Sentence, Sentence]:
    least, most = written.split("~~")
    if max(len(least), len(most)) > MOST_DIGITS:
        return say("A number of a range has at most {most} digits.", most=MOST_DIGITS), say("Write smaller numbers, like 12~~24")
    if int(least) > int(most):
        return (
            say("The range “{range}” ends before it begins.", range=written),
            say("Write the smaller number first: {repaired}", repaired=f"{most}~~{least}"),
        )
    return NumberRange(int(least), int(most), field, written)


def _wildcard(field: str, written: str, group: list[_Piece]) -> Wildcard | tuple[Sentence, Sentence]:
    if any(piece.kind == "word" and _WILD & set(piece.word) for piece in group):
        return say("“{word}” cannot have a wildcard next to it.", word=written), say("Leave the * or the ? out")
    pattern = _ROW.sub("*", "".join(piece.word if piece.kind == "word" else piece.kind for piece in group))
    return wildcard_faults(pattern) or Wildcard(pattern, field, written)


def wildcard_faults(pattern: str) -> tuple[Sentence, Sentence] | None:
    """Return what is wrong with a folded pattern of a wildcard, and what would be right."""
    if not pattern.strip("*?"):
        return say("A wildcard stands alone: it would be any word at all."), say("Write it with letters, like tax* or wo?d")
    if pattern.count("*") > MOST_STARS or pattern.count("?") + pattern.count("=") > MOST_MARKS:
        return (
            say("A word may hold {stars} * and {marks} ? at most.", stars=MOST_STARS, marks=MOST_MARKS),
            say("Write more letters, or * for a row of ?"),
        )
    return None


def _fuzzy_inside(field: str, written: str, group: list[_Piece]) -> Fuzzy | tuple[Sentence, Sentence]:
    """Return what `ba%nana` means: what stands before the first % must be as it is, the number of % is that of the changes."""
    first = next(at for at, piece in enumerate(group) if piece.kind == "%")
    kept = sum(len(piece.word) for piece in group[:first])
    word = "".join(piece.word for piece in group if piece.kind == "word")
    edits = sum(piece.kind == "%" for piece in group)
    return fuzzy_faults(written, word, edits) or Fuzzy(clip(word), edits, kept, field, written)


def _after(field: str, written: str, group: list[_Piece], dialect: Dialect) -> Fuzzy | Stem | tuple[Sentence, Sentence]:
    """Return what a word with `~` after it means."""
    words = [piece for piece in group if piece.kind == "word"]
    if len(words) != 1 or len(group) != 2 or group[-1].kind != "~":
        return (
            say("In “{word}” the sign ~ stands inside of a word.", word=written),
            say("Write ~ at the end of a word; for a range of whole numbers, write 12~~24"),
        )
    word, sign = clip(words[0].word), group[-1].word
    if sign == "~~" or (sign == "~" and dialect is Dialect.DTSEARCH):
        if sign == "~~" and dialect is Dialect.DTSEARCH:
            return (
                say("“~~” stands between two whole numbers here."),
                say("Write 12~~24 for a range, or {word}~ for the other forms of a word", word=words[0].word),
            )
        return Stem(stem(word), field, written)
    if dialect is Dialect.DTSEARCH:
        return (
            say("“{sign}” has no meaning in the dtSearch dialect.", sign=sign),
            say("For similar words, write “%” in the word, one for each letter that may differ, like ba%nana"),
        )
    if sign not in {"~", "~1", "~2"}:
        return (
            say("“{sign}” is no number of changes: a similar word may differ by 1 or 2 letters.", sign=sign),
            say("Write {word}~ or {word}~2, or {word}~~ for the other forms of the word", word=words[0].word),
        )
    edits = 2 if sign == "~2" else 1
    return fuzzy_faults(written, word, edits) or Fuzzy(word, edits, 0, field, written)


def fuzzy_faults(written: str, word: str, edits: int) -> tuple[Sentence, Sentence] | None:
    """Return what is wrong with a word of which so many letters may differ, and what would be right."""
    if edits not in LEAST_LETTERS:
        return (
            say("In “{word}” more than 2 letters may differ.", word=written),
            say("Let 1 or 2 letters differ, or use a wildcard, like tax*"),
        )
    if len(word) < LEAST_LETTERS[edits]:
        return (
            say("“{word}” is too short: nearly every short word is similar to it.", word=written),
            say(
                "Leave the sign out: a word needs {one} letters or more for 1 change and {two} for 2",
                one=LEAST_LETTERS[1],
                two=LEAST_LETTERS[2],
            ),
        )
    return None


_CLOSED: Final = frozenset({"platform", "kind", "has", "is"})
_TAGS: Final = {"hashtag": "#", "mention": "@"}
_SIGNED: Final = re.compile(r"([#＃@＠])(.+)", re.DOTALL)
_LITERAL: Final = re.compile(r"\\\{([^{}\\]+)\}")
_SUFFIX: Final = re.compile(r"(.*?)(~~|~[12]?)", re.DOTALL)


def term(field: str | None, typed: str, start: int, *, quoted: bool = False, dialect: Dialect = Dialect.PLAIN) -> Node | Diagnostic:
    """Return the node of a term, or what is wrong with it. `start` is its place; `field` is None for the text."""
    end = start + len(typed)
    if field in _CLOSED:
        return _closed(field, typed.strip(), start, end)
    if field in {"date", "from", "to"}:
        return day_node(field, typed.strip(), start, end)
    if field in _TAGS:
        return _tag(field, typed, start, dialect)
    if field is None and not quoted and (signed := tag_of(typed)):
        return _tag(signed, typed, start, dialect)
    return _words(field or TEXT, typed, start, dialect, quoted=quoted)


def tag_of(typed: str) -> str | None:
    """Return "hashtag" or "mention" when a typed word is one tag: `#flood`, `@city.hall`, `#flo*`, but not `#1,000` or `@`."""
    signed = _SIGNED.fullmatch(typed.strip())
    if not signed:
        return None
    inside = re.sub(r"[*?]|~{1,2}[0-9]*$", "", signed[2])
    if signed[1] in "#＃":
        return "hashtag" if re.fullmatch(r"\w[\w\u0300-\u036f]*", inside) and not inside.isdigit() else None
    return "mention" if re.fullmatch(r"\w[\w.]*", inside) else None


def address(field: str | None, typed: str, start: int, dialect: Dialect = Dialect.PLAIN) -> Node | Diagnostic:
    """Return the node of a web address: a link of the record, or the same words in its text."""
    inside = tuple(Word(clip(word), "url") for word in words(typed))
    if field not in {None, "url"}:
        return term(field, typed, start, dialect=dialect)
    link = Phrase(inside, "url") if len(inside) > 1 else inside[0]
    said = tuple(Word(word.word) for word in inside)
    return link if field else Or((link, Phrase(said) if len(said) > 1 else said[0]))


def _closed(field: str, typed: str, start: int, end: int) -> Node | Diagnostic:
    known = {"platform": platforms.codes(), "kind": KINDS, "has": HAS, "is": STATES}[field]
    if value := known.get(typed.lower()):
        return Word(value, "has" if field == "is" else field)
    if field == "is" and ABSENT_FROM.fullmatch(typed.lower()):
        return Word(typed.lower(), "has")
    message = say("“{value}” is not a value of {field}:.", value=typed, field=field)
    if near := closest(typed, known):
        return Diagnostic(
            start,
            end,
            message,
            say("Did you mean {field}:{near}? {field}: is one of these: {known}", field=field, near=near, known=listed(known)),
        )
    return Diagnostic(start, end, message, say("{field}: is one of these: {known}", field=field, known=listed(known)))


def _tag(field: str, typed: str, start: int, dialect: Dialect) -> Node | Diagnostic:
    end, sign = start + len(typed), _TAGS[field]
    exact = _LITERAL.fullmatch(typed.strip())
    if exact and (key := "".join(fold_tag(exact[1]).split())):
        return Word(clip(key), field)
    suffixed = _SUFFIX.fullmatch(typed.strip())
    key = _ROW.sub("*", tag_key(suffixed[1] if suffixed else typed)).strip("\u200d")  # a joiner that joins nothing
    if not re.sub(r"[*?]", "", key):
        message = say("“{tag}” names no hashtag.", tag=typed) if field == "hashtag" else say("“{tag}” names no mention.", tag=typed)
        return Diagnostic(start, end, message, say("For records with any of them, write has:{field}", field=field))
    if len(typed.split()) > 1:
        return Diagnostic(
            start,
            end,
            say("A hashtag or a mention is one word without spaces."),
            say("Write {tag}", tag=sign + key),
        )
    if '"' in key or "\\" in key or "~" in key or ("%" in key and dialect is Dialect.DTSEARCH):
        return Diagnostic(
            start,
            end,
            say("“{tag}” holds a sign that no hashtag or mention has.", tag=typed),
            say("Write its letters, digits and _ only, like {tag}", tag=f"{sign}flood"),
        )
    if "*" in typed or "?" in typed:
        wrong = wildcard_faults(key)
        if suffixed:
            wrong = say("“{word}” combines signs that cannot be used together.", word=typed), say("Leave the ~ or the wildcard out")
        return Diagnostic(start, end, *wrong) if wrong else Wildcard(key, field, sign + typed.strip().lstrip("#＃@＠"))
    if suffixed:
        return _tag_after(field, typed, key, suffixed[2], start=start, dialect=dialect)
    return Word(key, field)


def fold_tag(key: str) -> str:
    """Return a tag's key folded without looking for its sign, which is a part of it here."""
    return tag_key("#" + key) if not key.startswith(("#", "＃", "@", "＠")) else key.lower()


def _tag_after(field: str, typed: str, key: str, sign: str, *, start: int, dialect: Dialect) -> Node | Diagnostic:
    """Return what `#flod~` means: hashtags that are similar, or with the same stem."""
    written = _TAGS[field] + typed.strip().lstrip("#＃@＠")
    if sign == "~~" or dialect is Dialect.DTSEARCH:
        return Stem(stem(key), field, written)
    edits = 2 if sign == "~2" else 1
    wrong = fuzzy_faults(written, key, edits)
    return Diagnostic(start, start + len(typed), *wrong) if wrong else Fuzzy(key, edits, 0, field, written)


def _words(field: str, typed: str, start: int, dialect: Dialect, *, quoted: bool) -> Node | Diagnostic:
    end = start + len(typed)
    if not quoted and field == TEXT and set(typed) == {"*"}:
        return Everything()
    found = items(field, typed, start, dialect, quoted=quoted)
    if isinstance(found, Diagnostic):
        return found
    if not found:
        return Diagnostic(
            start,
            end,
            say("“{sign}” holds no letter, digit or emoji, so it cannot be searched for.", sign=typed.strip()),
            say(
                "Leave it out, or write AND; for words that follow each other, use quotation marks: {example}",
                example='"parks & recreation"',
            ),
        )
    return found[0] if len(found) == 1 else Phrase(tuple(found), field)
