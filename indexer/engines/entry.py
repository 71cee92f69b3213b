"""What both engines index of a document, word for word, and the order both put hits in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from indexer.engines import Document, Filters
from indexer.query_nodes import HAS, LONGEST_WORD, And, Node, Or, Phrase, Wildcard, Word, clip, tag_key
from indexer.text import words

LARGEST_PK: Final = (1 << 30) - 1
_UNDATED: Final = (1 << 34) - 1
_HALF: Final = 1 << 33
_PIECE: Final = 1_000_000
_SPACE = re.compile(r"\s")
_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it is indexed: each text is its folded words with one space between them, each part apart."""

    pk: int
    text: tuple[str, ...]
    account: tuple[str, ...]
    author_words: tuple[str, ...]
    url: tuple[str, ...]
    hashtag: tuple[str, ...]
    mention: tuple[str, ...]
    has: tuple[str, ...]
    account_id: int
    platform: str
    kind: str
    author: str
    posted: int | None
    day: date | None


def entry(document: Document) -> Entry:
    """Return what is indexed of a document. Raises ValueError for a number or a `has` word that no index can hold."""
    if not 0 <= document.pk <= LARGEST_PK:
        raise ValueError(f"record number {document.pk} is not within 0..{LARGEST_PK}")
    unknown = [word for word in document.has if word not in HAS]
    if unknown:
        raise ValueError(f"has:{unknown[0]} cannot be searched for; add it to HAS in indexer/query_nodes.py")
    text = folded(document.parts)
    hashtag = tuple(dict.fromkeys(key for tag in document.hashtags if (key := tag_key(tag))))
    mention = tuple(dict.fromkeys(key for name in document.mentions if (key := tag_key(name))))
    if hashtag:  # a platform may name a hashtag that its cut text no longer shows: `flood` finds it all the same
        text += tuple(tag for tag in folded(document.hashtags) if not any(f" {tag} " in f" {part} " for part in text))
    has = {HAS[word] for word in document.has}
    has.update(word for word, present in (("hashtag", hashtag), ("mention", mention), ("link", document.urls)) if present)
    return Entry(
        document.pk,
        text,
        folded(document.account_words),
        folded((document.author,)),
        folded(document.urls),
        hashtag,
        mention,
        tuple(sorted(has)),
        document.account_id,
        document.platform,
        document.kind,
        plain(document.author),
        document.posted,
        document.day,
    )


def folded(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each text as its words with one space between them; texts without a word are left out."""
    return tuple(joined for text in texts if (joined := _joined(text)))


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


def accounts_of(filters: Filters) -> frozenset[int] | None:
    """Return the accounts a search may show: the reader's choice within the reader's permission."""
    if filters.accounts is None or filters.allowed_accounts is None:
        return filters.allowed_accounts if filters.accounts is None else filters.accounts
    return filters.accounts & filters.allowed_accounts


def has_relevance(tree: Node) -> bool:
    """Tell whether a query looks for words of the text: only these make one hit more relevant than another."""
    if isinstance(tree, (And, Or)):
        return any(has_relevance(child) for child in tree.children)
    return isinstance(tree, (Word, Phrase, Wildcard)) and tree.field == "text"


def fits(pattern: str) -> re.Pattern[str]:
    """Return the expression that a word fits as a whole when the wildcard stands for it."""
    return re.compile("".join({"*": ".*", "?": "."}.get(sign) or re.escape(sign) for sign in pattern), re.DOTALL)
