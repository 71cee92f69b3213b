"""Where the notice of one record stands elsewhere: the records whose current text is the same or nearly the same.

A text that shares four fifths of its sequences of words with another one has at least one of any fifth of them and one
more: the index is asked for these as phrases, and what it finds is compared exactly (likeness.py). Two more sequences
make up for a link that stands between the words of only one of the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer.engines import Filters, IndexDamaged, Sort
from indexer.grouping import current_texts
from indexer.house import House
from indexer.likeness import LEAST_BEGINNING, SEQUENCE, Words, are_alike, compared_words
from indexer.query import Node, Or, Phrase, Word
from indexer.shown import RecordView

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


def same_notice(house: House, view: RecordView, permission: Filters) -> Elsewhere:
    """Return the records within permission that say the same or nearly the same as this one, as far as the index holds them."""
    text = view.text or view.title
    phrases = list(_phrases(*compared_words(text)))
    if not phrases:
        return Elsewhere()
    tree: Node = phrases[0] if len(phrases) == 1 else Or(tuple(phrases))
    reached, target = house.index.position(), house.catalogue.position()
    if reached > target or (target and not reached):
        return Elsewhere(is_known=False)
    try:
        hits = house.index.search(tree, permission, Sort.RELEVANCE, COMPARED, 0)
    except IndexDamaged:  # said on the page, and with its remedy by every search
        return Elsewhere(is_known=False)
    with house.db.connect() as connection:
        others = current_texts(connection, [pk for pk in hits.pks if pk != view.pk])
    found = house.catalogue.views([pk for pk, other in others.items() if other == text or are_alike(text, other)])
    found.sort(key=lambda one: (one.posted_at is None, one.posted_at.timestamp() if one.posted_at else 0.0, one.pk))
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
