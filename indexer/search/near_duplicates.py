"""Which texts are the same notice: word for word, nearly, or cut short. Links, closing hashtags and "RT @name:" do not count.

Nearly the same are two texts with at least four fifths of their sequences of three words in common (a Jaccard index of
0.8). Cut short is a text of at least eight words that another one begins with. What is like the same third text is put
together, too (connected components), so that the order of the texts changes nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from indexer.catalog.models import RecordView
from indexer.catalog.record_views import current_texts
from indexer.catalog.threads import by_date
from indexer.catalog.union_find import DisjointSets
from indexer.engines import IndexDamaged
from indexer.query import Node, Or, Phrase, Word
from indexer.query.filters import Filters, Permission, Sort
from indexer.repository import Repository
from indexer.search.answering import IndexUnusable, check_index
from indexer.text import words

SEQUENCE: Final = 3
"""Words in one of the sequences that are compared."""

LEAST_BEGINNING: Final = 8
"""Words that a text must have to count as the cut beginning of another one."""

_LINK: Final = re.compile(r"(?:https?://|\bpic\.twitter\.com/|\bt\.co/)\S+")
_PASSED_ON: Final = re.compile(r"\s*RT @\w+:\s*")
_CLOSING: Final = re.compile(r"(?:\s*[#＃]\w+)+\s*$")
_CUT: Final = ("…", "...")

_MOST_LOOKS: Final = 1_000_000  # from one text to others: some three seconds; more would take longer than a reader waits

Words = tuple[str, ...]


class TooAlike(Exception):
    """So many texts have so much in common, without being nearly the same, that comparing them takes too long."""


def compared_words(text: str) -> tuple[Words, Words]:
    """Return the words of a text that count, and those it may begin another text with: a cut text's last may be half a word."""
    plain = (_LINK.sub(" ", text) if "/" in text else text).strip()
    if plain.startswith("RT @"):
        plain = _PASSED_ON.sub("", plain, count=1)
    is_cut = plain.endswith(_CUT)
    counted = tuple(words(_CLOSING.sub("", plain))) if "#" in plain or "＃" in plain else ()
    counted = counted or tuple(words(plain))
    return counted, counted[:-1] if is_cut else counted


def are_alike(one: str, other: str) -> bool:
    """Tell whether two texts are the same notice. A text without words is like no other."""
    return clusters((one, other)) == [0, 0]


def clusters(texts: Sequence[str]) -> list[int]:
    """Return for each text the place of the first text that it is put together with: its own where there is none.

    Raises TooAlike.
    """
    copies: dict[str, int] = {}  # as it is written -> its first place
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
    """Put each text together with those that begin with it: all of them have their first words in common."""
    rows: dict[Words, list[Words]] = {}
    for counted in first:
        if len(counted) >= LEAST_BEGINNING:
            rows.setdefault(counted[:LEAST_BEGINNING], []).append(counted)
    for row in rows.values():
        row.sort()  # what begins with a text follows it without a gap
    for beginning, places in beginnings.items():
        row = rows[beginning[:LEAST_BEGINNING]]
        length, at = len(beginning), bisect_left(row, beginning)
        while at < len(row) and row[at][:length] == beginning:
            for place in places:
                joined.join(place, first[row[at]])
            at += 1


@dataclass(slots=True, eq=False)
class _Sequences:
    """A text as the set of its sequences. `longest` is how many another one can have at most to be nearly the same."""

    place: int
    held: set[int]
    longest: int


def _join_near(first: dict[Words, int], joined: DisjointSets) -> None:
    """Put nearly equal texts together, finding each such pair that is not together already.

    Texts are taken from the short to the long. Two that share four fifths share one of the few rarest sequences of each
    (prefix filtering: of a fifth of the longer one, and a ninth of the shorter one): only those are looked up. What is
    known to be together is not compared again, so that a thousand copies of a form letter cost no million looks.
    """
    found = _comparable(first)
    looks = 0
    how_often = Counter(chain.from_iterable(one.held for one in found))
    known: dict[int, dict[int, list[_Sequences]]] = {}  # rare sequence -> root -> texts of it
    for one in found:
        size = len(one.held)
        rare = sorted(one.held)  # the same order for all texts where two are equally rare
        rare.sort(key=how_often.__getitem__)
        compared: set[int] = set()
        for sequence in rare[: size - _ceil(4 * size, 5) + 1]:
            bucket = known.get(sequence)
            if bucket and (len(bucket) > 1 or joined.root(one.place) not in bucket):
                bucket = known[sequence] = _renewed(bucket, joined)
                looks += len(bucket)
                for root, others in bucket.items():
                    if joined.root(root) != joined.root(one.place):
                        bucket[root] = _join_first_near(others, one, compared, joined)
        looks += len(compared)
        if looks > _MOST_LOOKS:
            raise TooAlike
        root = joined.root(one.place)
        for sequence in rare[: size - _ceil(8 * size, 9) + 1]:
            if how_often[sequence] > 1:
                known.setdefault(sequence, {}).setdefault(root, []).append(one)


def _comparable(first: dict[Words, int]) -> list[_Sequences]:
    """Return the texts that share enough of their sequences with any other ones, the shortest first.

    Of two texts that share four fifths each shares four fifths of its own; most texts share hardly any with all others
    together. Sequences are known by their hash, of 64 bits: that two of 20,000 texts have the same one by chance does
    not happen in a hundred million searches.
    """
    found = [_Sequences(place, set(map(hash, zip(said, said[1:], said[2:], strict=False))), 0) for said, place in first.items()]
    size = -1
    while size != len(found):  # what is left alone by those that go may go, too
        size = len(found)
        once: set[int] = set()
        twice: set[int] = set()
        for one in found:
            twice |= once & one.held
            once |= one.held
        for one in found:
            one.longest = 9 * len(one.held & twice) // 4 - len(one.held)
        found = [one for one in found if one.held and one.longest >= _ceil(4 * len(one.held), 5)]
    found.sort(key=lambda one: len(one.held))
    return found


def _join_first_near(others: list[_Sequences], one: _Sequences, compared: set[int], joined: DisjointSets) -> list[_Sequences]:
    """Put a text together with the first of some shorter ones that it is like; return those that a longer one can be like."""
    size = len(one.held)
    others = [other for other in others if other.longest >= size]
    for other in others:
        if other.place in compared or 5 * len(other.held) < 4 * size or len(other.held) > one.longest:
            continue
        compared.add(other.place)
        if 9 * len(one.held & other.held) >= 4 * (size + len(other.held)):
            joined.join(one.place, other.place)
            break
    return others


def _renewed(bucket: dict[int, list[_Sequences]], joined: DisjointSets) -> dict[int, list[_Sequences]]:
    """Return a bucket by the roots of now."""
    if all(others and joined.root(root) == root for root, others in bucket.items()):
        return bucket
    made: dict[int, list[_Sequences]] = {}
    for root, others in bucket.items():
        if others:
            made.setdefault(joined.root(root), []).extend(others)
    return made


def _ceil(number: int, by: int) -> int:
    return -(-number // by)


COMPARED: Final = 300
"""Records that are compared at most, those with the most and rarest words in common first."""

_MOST_PHRASES: Final = 40  # of a text of some 190 words or more: its longest ones


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Other records with the same notice, the oldest first, the undated last.

    `is_whole` is False where more records might have been compared. `is_known` is False where the index cannot be used.
    """

    records: tuple[RecordView, ...] = ()
    is_whole: bool = True
    is_known: bool = True


def same_notice(repository: Repository, view: RecordView, permission: Permission) -> Elsewhere:
    """Return the records within permission that say the same or nearly the same as this one, as far as the index holds them."""
    text = view.content.text or view.content.title
    phrases = list(_phrases(*compared_words(text)))
    if not phrases:
        return Elsewhere()
    tree: Node = phrases[0] if len(phrases) == 1 else Or(tuple(phrases))
    try:
        check_index(repository)
        hits = repository.index.search(tree, Filters(permission=permission), Sort.RELEVANCE, COMPARED, 0)
    except (IndexDamaged, IndexUnusable):  # said on the page, and with its remedy by every search
        return Elsewhere(is_known=False)
    with repository.db.connect() as connection:
        others = current_texts(connection, [pk for pk in hits.pks if pk != view.pk])
    found = repository.catalog.views([pk for pk, other in others.items() if other == text or are_alike(text, other)])
    found.sort(key=by_date)
    return Elsewhere(tuple(found), hits.total <= COMPARED)


def _phrases(counted: Words, beginning: Words) -> Iterator[Node]:
    """Yield phrases of which every text that is the same notice holds at least one."""
    sequences = list(dict.fromkeys(zip(counted, counted[1:], counted[2:], strict=False)))
    if not sequences:
        if counted:
            yield _phrase(counted)
        return
    sequences.sort(key=lambda one: -sum(map(len, one)))  # long words are rare words
    for sequence in sequences[: min(len(sequences) // 5 + SEQUENCE, _MOST_PHRASES)]:
        yield _phrase(sequence)
    if len(beginning) >= LEAST_BEGINNING:
        yield _phrase(beginning[:LEAST_BEGINNING])  # of another one that is this text, cut short


def _phrase(said: Words) -> Node:
    return Phrase(tuple(Word(one) for one in said)) if len(said) > 1 else Word(said[0])
