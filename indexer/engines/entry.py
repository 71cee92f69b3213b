"""What both engines index of a document, word for word, and the order both put hits in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, Required, TypedDict

from indexer.engines import Document
from indexer.query.nodes import HAS, LONGEST_WORD, And, Node, Or, Phrase, Word, clip, state_of, tag_key
from indexer.text import words

LARGEST_PK: Final = (1 << 30) - 1
_UNDATED: Final = (1 << 34) - 1
_HALF: Final = 1 << 33
_PIECE: Final = 1_000_000
_SPACE = re.compile(r"\s")
_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


class Entry(TypedDict, total=False):
    """A document as it is indexed: each text is its folded words with one space between them, each part apart.

    A plain table, because a million are made in a minute; what is empty is left out.
    """

    pk: Required[int]
    text: list[str]
    account: list[str]
    author_words: list[str]
    url: list[str]
    hashtag: list[str]
    mention: list[str]
    has: list[str]
    account_id: Required[int]
    platform: Required[str]
    kind: Required[str]
    author: str
    day: int  # ordinal: 1 is 0001-01-01
    month: int  # year * 12 + month - 1
    newest: Required[int]
    oldest: Required[int]


def entry(document: Document) -> Entry:
    """Return what is indexed of a document. Raises ValueError for a number or a `has` word that no index can hold."""
    if not 0 <= document.pk <= LARGEST_PK:
        raise ValueError(f"record number {document.pk} is not within 0..{LARGEST_PK}")
    posted = document.posted
    made: Entry = {
        "pk": document.pk,
        "account_id": document.account_id,
        "platform": document.platform,
        "kind": document.kind,
        "newest": newest_key(posted, document.pk),
        "oldest": oldest_key(posted, document.pk),
    }
    text = folded(document.parts)
    if document.account_words:
        made["account"] = _names(document.account_words)
    if document.author:
        made["author"] = plain(document.author)
        made["author_words"] = _names((document.author, *document.author_names))
    if document.day is not None:
        made["day"] = document.day.toordinal()
        made["month"] = document.day.year * 12 + document.day.month - 1
    has = _has(document.has)
    if document.urls:
        made["url"] = folded(document.urls)
    if document.hashtags and (tags := [key for tag in document.hashtags if (key := tag_key(tag))]):
        made["hashtag"] = tags
        has = has | {"hashtag"}
        # a platform may name a hashtag that its cut text no longer shows: `flood` finds it all the same
        text += [tag for tag in folded(document.hashtags) if not any(f" {tag} " in f" {part} " for part in text)]
    if document.mentions and (tags := [key for name in document.mentions if (key := tag_key(name))]):
        made["mention"] = tags
        has = has | {"mention"}
    if has:
        made["has"] = sorted(has)
    if text:
        made["text"] = text
    return made


@lru_cache(maxsize=10_000)
def _names(names: tuple[str, ...]) -> list[str]:
    """Return the folded names of an account or an author; an archive repeats a few of them over and over."""
    return folded(names)


@lru_cache(maxsize=1_000)
def _has(words_of: tuple[str, ...]) -> frozenset[str]:
    unknown = [word for word in words_of if word not in HAS and not state_of(word)]
    if unknown:
        raise ValueError(f"has:{unknown[0]} cannot be searched for; add it to HAS or STATES in indexer/query/nodes.py")
    return frozenset(HAS.get(word, word) for word in words_of)


def folded(texts: Iterable[str]) -> list[str]:
    """Return each text as its words with one space between them; texts without a word are left out."""
    return [joined for text in texts if (joined := _joined(text))]


def _joined(text: str) -> str:
    joined = " ".join(words(text) if len(text) <= _PIECE else _words_of_long(text))
    return _LONG.sub(lambda found: clip(found[0]), joined) if len(joined) > LONGEST_WORD else joined


def _words_of_long(text: str) -> Iterator[str]:
    """Yield the words of a text of many megabytes without a list of them all; cut where white space cuts anyway."""
    start = 0
    while start < len(text):
        space = _SPACE.search(text, min(start + _PIECE, len(text)))
        end = space.start() if space else len(text)
        yield " ".join(words(text[start:end]))
        start = end + 1


def plain(value: str) -> str:
    """Return a name as an index can hold it: cut at the longest word, without halves of surrogate pairs."""
    return clip(value).encode("utf-8", "replace").decode("utf-8")


def oldest_key(posted: int | None, pk: int) -> int:
    """Return the number that sorts oldest first, then by record number, undated last. Times beyond 1697..2242 are their edge."""
    return (_UNDATED if posted is None else _within(posted)) << 30 | pk


def newest_key(posted: int | None, pk: int) -> int:
    """Return the number that, falling, sorts newest first, then by record number, undated last."""
    return (0 if posted is None else _within(posted)) << 30 | (LARGEST_PK - pk)


def _within(posted: int) -> int:
    return min(max(posted + _HALF, 1), _UNDATED - 1)


def scored_part(tree: Node) -> Node | None:
    """Return what finds the hits that have a relevance of their own, or None where there are none.

    Only plain words and phrases of the text make one hit more relevant than another. The rest of the hits - found by a
    wildcard, a fuzzy word or a stem, by words near each other, a field, a day, by not holding a word - are alike, and stand
    behind in order of date. A query of nothing else is answered newest first.
    """
    if isinstance(tree, And):
        parts = tuple(part for child in tree.children if (part := scored_part(child)) is not None)
        if not parts:
            return None
        return tree if any(always_scored(child) for child in tree.children) else And((*tree.children, Or(parts)))
    if isinstance(tree, Or):
        parts = tuple(part for child in tree.children if (part := scored_part(child)) is not None)
        return Or(parts) if parts else None
    return tree if always_scored(tree) else None


def always_scored(tree: Node) -> bool:
    """Tell whether every hit of a tree has a relevance of its own."""
    if isinstance(tree, And):
        return any(always_scored(child) for child in tree.children)
    if isinstance(tree, Or):
        return bool(tree.children) and all(always_scored(child) for child in tree.children)
    if isinstance(tree, Phrase):
        return tree.field == "text" and all(isinstance(item, Word) for item in tree.items)
    return isinstance(tree, Word) and tree.field == "text"
