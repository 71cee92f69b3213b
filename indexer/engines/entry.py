"""The exact words that both engines index for a document, and the sort keys of hits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, Required, TypedDict

from indexer.engines.engine import Document
from indexer.query import HAS, LONGEST_WORD, And, Node, Or, Phrase, Word, clip, state_of, tag_key
from indexer.text import words

LARGEST_PK: Final = (1 << 30) - 1
UNDATED: Final = "undated"
"""The `has` word of documents without a day; not in `Document.has`."""
_LAST: Final = (1 << 34) - 1
_HALF: Final = 1 << 33
_PIECE: Final = 1_000_000
_SPACE = re.compile(r"\s")
_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


class Entry(TypedDict, total=False):
    """A document as indexed: each text is a string of its folded words joined by spaces, one string per part.

    A plain dict, because a million are made per minute; empty fields are left out.
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


def make_entry(document: Document) -> Entry:
    """Convert a document to its index entry. Raises ValueError for a number or a `has` word that no index can hold."""
    if not 0 <= document.pk <= LARGEST_PK:
        raise ValueError(f"record number {document.pk} is not within 0..{LARGEST_PK}")
    posted = document.posted
    fields: Entry = {
        "pk": document.pk,
        "account_id": document.account_id,
        "platform": document.platform,
        "kind": document.kind,
        "newest": newest_key(posted, document.pk),
        "oldest": oldest_key(posted, document.pk),
    }
    text = fold_texts(document.parts)
    if document.account_words:
        fields["account"] = _fold_names(document.account_words)
    if document.author:
        fields["author"] = fit_name(document.author)
        fields["author_words"] = _fold_names((document.author, *document.author_names))
    if document.day is not None:
        fields["day"] = document.day.toordinal()
        fields["month"] = document.day.year * 12 + document.day.month - 1
    has = _map_has(document.has) if document.day is not None else _map_has(document.has) | {UNDATED}
    if document.urls:
        fields["url"] = fold_texts(document.urls)
    if document.hashtags and (tags := [key for tag in document.hashtags if (key := tag_key(tag))]):
        fields["hashtag"] = tags
        has = has | {"hashtag"}
        # a platform may list a hashtag that its truncated text no longer shows: a search for `flood` must still find it
        text += [tag for tag in fold_texts(document.hashtags) if not any(f" {tag} " in f" {part} " for part in text)]
    if document.mentions and (tags := [key for name in document.mentions if (key := tag_key(name))]):
        fields["mention"] = tags
        has = has | {"mention"}
    if has:
        fields["has"] = sorted(has)
    if text:
        fields["text"] = text
    return fields


@lru_cache(maxsize=10_000)
def _fold_names(names: tuple[str, ...]) -> list[str]:
    """Fold the names of an account or an author; cached, because an archive repeats a few of them all the time."""
    return fold_texts(names)


@lru_cache(maxsize=1_000)
def _map_has(has: tuple[str, ...]) -> frozenset[str]:
    unknown = [word for word in has if word not in HAS and (word == UNDATED or not state_of(word))]
    if unknown:
        raise ValueError(f"has:{unknown[0]} cannot be searched for; add it to HAS or STATES in indexer/query/nodes.py")
    return frozenset(HAS.get(word, word) for word in has)


def fold_texts(texts: Iterable[str]) -> list[str]:
    """Fold each text to its words joined by spaces; texts without words are left out."""
    return [joined for text in texts if (joined := _join_words(text))]


def _join_words(text: str) -> str:
    joined = " ".join(words(text) if len(text) <= _PIECE else _words_of_long_text(text))
    return _LONG.sub(lambda match: clip(match[0]), joined) if len(joined) > LONGEST_WORD else joined


def _words_of_long_text(text: str) -> Iterator[str]:
    """Yield the words of a text of many megabytes in pieces, split at white space, without a list of them all."""
    start = 0
    while start < len(text):
        space = _SPACE.search(text, min(start + _PIECE, len(text)))
        end = space.start() if space else len(text)
        yield " ".join(words(text[start:end]))
        start = end + 1


def fit_name(value: str) -> str:
    """Fit a name into an index: cut to the longest word length, without lone surrogates."""
    return clip(value).encode("utf-8", "replace").decode("utf-8")


def oldest_key(posted: int | None, pk: int) -> int:
    """Sort key: ascending order gives oldest first, ties by pk, undated last. Times outside of 1697..2242 are clamped."""
    return (_LAST if posted is None else _clamp(posted)) << 30 | pk


def newest_key(posted: int | None, pk: int) -> int:
    """Sort key: descending order gives newest first, ties by pk, undated last."""
    return (0 if posted is None else _clamp(posted)) << 30 | (LARGEST_PK - pk)


def _clamp(posted: int) -> int:
    return min(max(posted + _HALF, 1), _LAST - 1)


def scored_part(tree: Node) -> Node | None:
    """Return the part of a tree whose hits have a relevance score, or None if there is none.

    Only plain words and phrases in the text give a score. All other hits (by wildcard, fuzzy word, stem, proximity,
    field, day, or negation) have the same score and follow in order of date. A query without any scored part is
    answered newest first.
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
    """Tell whether every hit of a tree has a relevance score."""
    if isinstance(tree, And):
        return any(always_scored(child) for child in tree.children)
    if isinstance(tree, Or):
        return bool(tree.children) and all(always_scored(child) for child in tree.children)
    if isinstance(tree, Phrase):
        return tree.field == "text" and all(isinstance(item, Word) for item in tree.items)
    return isinstance(tree, Word) and tree.field == "text"
