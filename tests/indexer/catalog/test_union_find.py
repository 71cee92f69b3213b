"""Sets that are put together, against sets kept by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.catalog.union_find import DisjointSets

SIZE = 12
NUMBERS = st.integers(0, SIZE - 1)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=30))
def test_every_set_goes_by_its_lowest_number(pairs: list[tuple[int, int]]) -> None:
    joined, plain = DisjointSets(SIZE), [{number} for number in range(SIZE)]
    for left, right in pairs:
        roots = min(plain[left]), min(plain[right])
        assert joined.join(left, right) == (min(roots), max(roots))
        whole = plain[left] | plain[right]
        for number in whole:
            plain[number] = whole
    assert [joined.root(number) for number in range(SIZE)] == [min(plain[number]) for number in range(SIZE)]
    assert len(joined) == SIZE
