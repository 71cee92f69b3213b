"""Which texts are the same notice: word for word, nearly, or cut short. Links, closing hashtags and "RT @name:" do not count.

Nearly the same are two texts with at least four fifths of their sequences of three words in common (a Jaccard index of
0.8). Cut short is a text of at least eight words that another one begins with. What is like the same third text is put
together, too (connected components), so that the order of the texts changes nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from indexer.text import words

SEQUENCE: Final = 3
"""Words in one of the sequences that are compared."""

LEAST_BEGINNING: Final = 8
"""Words that a text must have to count as the cut beginning of another one."""

_LINK: Final = re.compile(r"(?:https?://|\bpic\.twitter\.com/|\bt\.co/)\S+")
_PASSED_ON: Final = re.compile(r"\s*RT @\w+:\s*")
_CLOSING: Final = re.compile(r"(?:\s*[#＃]\w+)+\s*$")
_CUT: Final = ("…", "...")

Words = tuple[str, ...]


class Joined:
    """Numbers from 0 that are put together; each set of them goes by one of its numbers."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, number: int) -> int:
        """Return the number that stands for the set of a number."""
        above = self._above
        while (up := above[number]) != number:
            above[number] = above[up]  # each look makes the next one shorter
            number = above[up]
        return number

    def join(self, one: int, other: int) -> None:
        """Make one set of two; it goes by the lower number."""
        one, other = self.root(one), self.root(other)
        self._above[max(one, other)] = min(one, other)


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
    """Return for each text the place of the first text that it is put together with: its own where there is none."""
    first: dict[Words, int] = {}
    beginnings: dict[Words, list[int]] = {}
    joined = Joined(len(texts))
    for at, text in enumerate(texts):
        counted, beginning = compared_words(text)
        if not counted:
            continue
        if first.setdefault(counted, at) != at:
            joined.join(first[counted], at)
        if len(beginning) >= LEAST_BEGINNING:
            beginnings.setdefault(beginning, []).append(at)
    _join_beginnings(first, beginnings, joined)
    _join_near(first, joined)
    return [joined.root(at) for at in range(len(texts))]


def _join_beginnings(first: dict[Words, int], beginnings: dict[Words, list[int]], joined: Joined) -> None:
    """Put each text together with those that begin with it: in order of their words these stand in one row."""
    ordered = sorted(first)
    for beginning, places in beginnings.items():
        length, at = len(beginning), bisect_left(ordered, beginning)
        while at < len(ordered) and ordered[at][:length] == beginning:
            for place in places:
                joined.join(place, first[ordered[at]])
            at += 1


def _join_near(first: dict[Words, int], joined: Joined) -> None:
    """Put nearly equal texts together, finding each such pair that is not together already.

    Two sets that share four fifths of all share one of the few rarest of each (prefix filtering): only those are looked
    up. What is known to be together is not compared again, so that a thousand copies of a form letter cost no million looks.
    """
    sets, lonely = _sequences(first)
    known: dict[int, dict[int, list[int]]] = {}  # rare sequence -> root -> texts of it, by their place in `sets`
    for at, (place, sequences, held) in enumerate(sets):
        size = len(sequences)
        compared: set[int] = set()
        for rare in sequences[: size - _ceil(4 * size, 5) + 1]:
            if rare < lonely:
                continue  # no other text has it
            bucket = known.setdefault(rare, {})
            root = joined.root(place)
            if bucket and (len(bucket) > 1 or root not in bucket):
                bucket = known[rare] = _renewed(bucket, joined)
                for one, others in bucket.items():
                    if joined.root(one) != joined.root(place):
                        _join_first_near(others, sets, (place, held), compared, joined)
                root = joined.root(place)
            bucket.setdefault(root, []).append(at)


_Set = tuple[int, list[int], frozenset[int]]  # place of the text; its sequences, the rare first; the same as a set


def _sequences(first: dict[Words, int]) -> tuple[list[_Set], int]:
    """Return the sequences of each text that is long enough, the shortest text first; and the number of lonely ones.

    A sequence is the number that it has when all are counted from the rarest: the first ones stand in one text only.
    """
    numbers: dict[str, int] = {}
    how_often: Counter[int] = Counter()
    found: list[tuple[int, set[int]]] = []
    for counted, place in first.items():
        said = [numbers.setdefault(word, len(numbers)) for word in counted]
        held = {one << 64 | two << 32 | three for one, two, three in zip(said, said[1:], said[2:], strict=False)}
        if held:
            how_often.update(held)
            found.append((place, held))
    found.sort(key=lambda one: len(one[1]))
    ordered = sorted(how_often.items(), key=lambda pair: (pair[1], pair[0]))
    lonely = bisect_left(ordered, 2, key=lambda pair: pair[1])
    rank = {sequence: at for at, (sequence, _count) in enumerate(ordered)}
    sets = []
    for place, held in found:
        ranks = sorted(rank[one] for one in held)
        sets.append((place, ranks, frozenset(ranks)))
    return sets, lonely


def _join_first_near(
    others: Iterable[int], sets: Sequence[_Set], this: tuple[int, frozenset[int]], compared: set[int], joined: Joined
) -> None:
    place, held = this
    for other in others:
        if other in compared:
            continue
        compared.add(other)
        other_place, _rare, other_held = sets[other]
        if 5 * len(other_held) < 4 * len(held):
            continue  # too short to share four fifths
        if 9 * len(held & other_held) >= 4 * (len(held) + len(other_held)):
            joined.join(place, other_place)
            return


def _renewed(bucket: dict[int, list[int]], joined: Joined) -> dict[int, list[int]]:
    """Return a bucket by the roots of now."""
    if all(joined.root(root) == root for root in bucket):
        return bucket
    made: dict[int, list[int]] = {}
    for root, ones in bucket.items():
        made.setdefault(joined.root(root), []).extend(ones)
    return made


def _ceil(number: int, by: int) -> int:
    return -(-number // by)
