"""Near-duplicate texts: identical, nearly identical, or truncated. Links, closing hashtags and "RT @name:" are ignored.

Two texts are nearly identical if they share at least four fifths of their three-word sequences (Jaccard index 0.8). A
text of at least eight words is a truncated copy of any text that begins with it. Clusters are connected components, so
the order of the texts does not matter.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from indexer.catalog import DisjointSets, RecordView, by_date, current_texts
from indexer.engines import IndexDamaged
from indexer.query import Filters, Node, Or, Permission, Phrase, Sort, Word
from indexer.repository import Repository
from indexer.search.answering import IndexUnusable, check_index
from indexer.text import words

SEQUENCE: Final = 3
"""Words per compared sequence."""

LEAST_BEGINNING: Final = 8
"""Fewest words of a truncated copy."""

_LINK: Final = re.compile(r"(?:https?://|\bpic\.twitter\.com/|\bt\.co/)\S+")
_PASSED_ON: Final = re.compile(r"\s*RT @\w+:\s*")
_CLOSING: Final = re.compile(r"(?:\s*[#＃]\w+)+\s*$")
_CUT: Final = ("…", "...")

_MAX_COMPARISONS: Final = 1_000_000  # comparisons: about three seconds; a reader does not wait longer

Words = tuple[str, ...]


class TooManySimilarTexts(Exception):
    """Too many texts share passages without being near-duplicates, so comparing them takes too long."""


def compared_words(text: str) -> tuple[Words, Words]:
    """Return the compared words of a text, and its words as a prefix: the last word of a truncated text may be incomplete."""
    plain = (_LINK.sub(" ", text) if "/" in text else text).strip()
    if plain.startswith("RT @"):
        plain = _PASSED_ON.sub("", plain, count=1)
    is_cut = plain.endswith(_CUT)
    counted = tuple(words(_CLOSING.sub("", plain))) if "#" in plain or "＃" in plain else ()
    counted = counted or tuple(words(plain))
    return counted, counted[:-1] if is_cut else counted


def are_near_duplicates(left: str, right: str) -> bool:
    """Whether two texts are near-duplicates. A text without words is not a duplicate of anything."""
    return clusters((left, right)) == [0, 0]


def clusters(texts: Sequence[str]) -> list[int]:
    """For each text, return the index of the first text in its cluster.

    Raises TooAlike.
    """
    copies: dict[str, int] = {}  # text -> first index
    first: dict[Words, int] = {}
    beginnings: dict[Words, list[int]] = {}
    joined = DisjointSets(len(texts))
    for at, text in enumerate(texts):
        copy_of = copies.setdefault(text, at)
        counted, beginning = compared_words(text) if copy_of == at else ((), ())
        if not counted:
            if copy_of != at and compared_words(text)[0]:
                joined.join(copy_of, at)
            continue
        if first.setdefault(counted, at) != at:
            joined.join(first[counted], at)
        if len(beginning) >= LEAST_BEGINNING:
            beginnings.setdefault(beginning, []).append(at)
    _join_beginnings(first, beginnings, joined)
    _join_near(first, joined)
    return [joined.root(at) for at in range(len(texts))]


def _join_beginnings(first: dict[Words, int], beginnings: dict[Words, list[int]], joined: DisjointSets) -> None:
    """Join each text with those that begin with it; candidates share their first LEAST_BEGINNING words."""
    rows: dict[Words, list[Words]] = {}
    for counted in first:
        if len(counted) >= LEAST_BEGINNING:
            rows.setdefault(counted[:LEAST_BEGINNING], []).append(counted)
    for row in rows.values():
        row.sort()  # texts that begin with a text follow it directly
    for beginning, places in beginnings.items():
        row = rows[beginning[:LEAST_BEGINNING]]
        length, at = len(beginning), bisect_left(row, beginning)
        while at < len(row) and row[at][:length] == beginning:
            for place in places:
                joined.join(place, first[row[at]])
            at += 1


@dataclass(slots=True, eq=False)
class _Sequences:
    """A text as a set of sequence hashes. `longest`: most sequences that a near-duplicate of it can have."""

    place: int
    hashes: set[int]
    longest: int


def _join_near(first: dict[Words, int], joined: DisjointSets) -> None:
    """Join nearly identical texts that are not in the same cluster already.

    Texts are processed from shortest to longest. Two texts that share four fifths share one of the rarest sequences of
    each (prefix filtering: a fifth of the longer one, a ninth of the shorter one), so only those are looked up. Texts of
    the same cluster are not compared again: a thousand copies of a form letter do not cost a million comparisons.
    """
    texts = _select_comparable(first)
    looks = 0
    frequency = Counter(chain.from_iterable(text.hashes for text in texts))
    by_sequence: dict[int, dict[int, list[_Sequences]]] = {}  # rare sequence -> cluster root -> texts
    for text in texts:
        size = len(text.hashes)
        rare = sorted(text.hashes)  # breaks ties between equally rare sequences the same way for all texts
        rare.sort(key=frequency.__getitem__)
        compared: set[int] = set()
        for sequence in rare[: size - _ceil_div(4 * size, 5) + 1]:
            bucket = by_sequence.get(sequence)
            if bucket and (len(bucket) > 1 or joined.root(text.place) not in bucket):
                bucket = by_sequence[sequence] = _regroup(bucket, joined)
                looks += len(bucket)
                for root, others in bucket.items():
                    if joined.root(root) != joined.root(text.place):
                        bucket[root] = _join_first_duplicate(others, text, compared, joined)
        looks += len(compared)
        if looks > _MAX_COMPARISONS:
            raise TooManySimilarTexts
        root = joined.root(text.place)
        for sequence in rare[: size - _ceil_div(8 * size, 9) + 1]:
            if frequency[sequence] > 1:
                by_sequence.setdefault(sequence, {}).setdefault(root, []).append(text)


def _select_comparable(first: dict[Words, int]) -> list[_Sequences]:
    """Keep the texts that share enough sequences with any other texts, shortest first.

    Two texts that share four fifths each share four fifths of their own sequences; most texts share hardly any with all
    others combined. Sequences are 64-bit hashes: a chance collision among 20,000 texts does not happen in a hundred
    million searches.
    """
    texts = [_Sequences(place, set(map(hash, zip(counted, counted[1:], counted[2:], strict=False))), 0) for counted, place in first.items()]
    size = -1
    while size != len(texts):  # dropping a text may isolate others
        size = len(texts)
        once: set[int] = set()
        twice: set[int] = set()
        for text in texts:
            twice |= once & text.hashes
            once |= text.hashes
        for text in texts:
            text.longest = 9 * len(text.hashes & twice) // 4 - len(text.hashes)
        texts = [text for text in texts if text.hashes and text.longest >= _ceil_div(4 * len(text.hashes), 5)]
    texts.sort(key=lambda text: len(text.hashes))
    return texts


def _join_first_duplicate(candidates: list[_Sequences], text: _Sequences, compared: set[int], joined: DisjointSets) -> list[_Sequences]:
    """Join a text with the first near-duplicate among shorter ones; return those that longer texts may still match."""
    size = len(text.hashes)
    candidates = [shorter for shorter in candidates if shorter.longest >= size]
    for shorter in candidates:
        if shorter.place in compared or 5 * len(shorter.hashes) < 4 * size or len(shorter.hashes) > text.longest:
            continue
        compared.add(shorter.place)
        if 9 * len(text.hashes & shorter.hashes) >= 4 * (size + len(shorter.hashes)):
            joined.join(text.place, shorter.place)
            break
    return candidates


def _regroup(bucket: dict[int, list[_Sequences]], joined: DisjointSets) -> dict[int, list[_Sequences]]:
    """Regroup a bucket by the current cluster roots."""
    if all(others and joined.root(root) == root for root, others in bucket.items()):
        return bucket
    renewed: dict[int, list[_Sequences]] = {}
    for root, others in bucket.items():
        if others:
            renewed.setdefault(joined.root(root), []).extend(others)
    return renewed


def _ceil_div(number: int, divisor: int) -> int:
    return -(-number // divisor)


COMPARED: Final = 300
"""Most records compared, those with the most and rarest shared words first."""

_MOST_PHRASES: Final = 40  # reached by texts of about 190 words; the longest phrases are used


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Other records with nearly the same text, oldest first, undated last.

    `is_whole` is False if there were more candidates than COMPARED. `is_known` is False if the index is unusable.
    """

    records: tuple[RecordView, ...] = ()
    is_whole: bool = True
    is_known: bool = True


def find_near_duplicates(repository: Repository, view: RecordView, permission: Permission) -> NearDuplicates:
    """Find indexed records within `permission` whose text is a near-duplicate of this record's."""
    text = view.content.text or view.content.title
    phrases = list(_phrases(*compared_words(text)))
    if not phrases:
        return NearDuplicates()
    tree: Node = phrases[0] if len(phrases) == 1 else Or(tuple(phrases))
    try:
        check_index(repository)
        hits = repository.index.search(tree, Filters(permission=permission), Sort.RELEVANCE, COMPARED, 0)
    except (IndexDamaged, IndexUnusable):  # the page states it; every search names the remedy
        return NearDuplicates(is_known=False)
    with repository.db.connect() as connection:
        texts = current_texts(connection, [pk for pk in hits.pks if pk != view.pk])
    duplicates = repository.catalog.views([pk for pk, other in texts.items() if other == text or are_near_duplicates(text, other)])
    duplicates.sort(key=by_date)
    return NearDuplicates(tuple(duplicates), hits.total <= COMPARED)


def _phrases(counted: Words, beginning: Words) -> Iterator[Node]:
    """Yield phrases such that every near-duplicate contains at least one."""
    sequences = list(dict.fromkeys(zip(counted, counted[1:], counted[2:], strict=False)))
    if not sequences:
        if counted:
            yield _phrase(counted)
        return
    sequences.sort(key=lambda sequence: -sum(map(len, sequence)))  # long words are rare words
    for sequence in sequences[: min(len(sequences) // 5 + SEQUENCE, _MOST_PHRASES)]:
        yield _phrase(sequence)
    if len(beginning) >= LEAST_BEGINNING:
        yield _phrase(beginning[:LEAST_BEGINNING])  # for truncated copies of this text


def _phrase(phrase: Words) -> Node:
    return Phrase(tuple(Word(word) for word in phrase)) if len(phrase) > 1 else Word(phrase[0])
