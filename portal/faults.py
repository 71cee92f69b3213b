"""A query with faults as a page shows it: the whole text once, each fault underlined at its place and numbered."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from indexer.query import Diagnostic

Piece = tuple[str, bool, tuple[int, ...]]
"""A piece of the text, whether something is wrong in it, and the numbers of the faults that end with it."""

NO_PLACE = "\N{NO-BREAK SPACE}"


def pieces(text: str, faults: Sequence[Diagnostic]) -> list[Piece]:
    """Cut a text at the bounds of its faults. A fault without letters, such as one at the end, gets a place to underline."""
    cuts = sorted({0, len(text), *(min(bound, len(text)) for one in faults for bound in (one.start, one.end))})
    found: list[Piece] = []
    for start, end in pairwise(cuts):
        is_wrong = any(one.start < end and one.end > start for one in faults)
        found += _points(start, faults)
        found.append((text[start:end], is_wrong, _ending(end, faults)))
    return found + _points(len(text), faults)


def _ending(at: int, faults: Sequence[Diagnostic]) -> tuple[int, ...]:
    return tuple(number for number, one in enumerate(faults, 1) if one.end == at and one.start < one.end)


def _points(at: int, faults: Sequence[Diagnostic]) -> list[Piece]:
    """Return the faults that lie between two letters here."""
    numbers = tuple(number for number, one in enumerate(faults, 1) if one.start >= one.end and one.start == at)
    return [(NO_PLACE, True, numbers)] if numbers else []
