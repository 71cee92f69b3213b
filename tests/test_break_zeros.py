"""What a reader saw is found: words with signs nobody sees, and the names that stand around a record's text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.house import House
from indexer.ingest import ingest
from indexer.search import Searcher, SearchRequest
from tests.houses import house_at, tweet, x_zip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = house_at(tmp_path / "data")
    yield opened
    opened.close()


def total(house: House, query: str) -> int:
    results = Searcher(house).search(SearchRequest(query))
    assert results.answered, results.diagnostics
    return results.total


@pytest.mark.parametrize(
    ("written", "query"),
    [
        ("flood\u00adplain", "floodplain"),
        ("flood\u200bplain", "floodplain"),
        ("flood\u2060plain\ufeff", "floodplain"),
        ("\u200eflood\u200f!", "flood"),
        ("floodplain", "flood\u00adplain"),
        ("نمی\u200cخواهم", "نمیخواهم"),
        ("👩\u200d👩\u200d👧 at the flood", "👩\u200d👩\u200d👧"),
    ],
)
def test_signs_that_nobody_sees_do_not_part_a_word(house: House, tmp_path: Path, written: str, query: str) -> None:
    ingest(house, [x_zip(tmp_path / "x.zip", [tweet(1, written)])], taken_by="Pat", source="test")
    assert total(house, query) == 1
