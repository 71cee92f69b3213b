"""Drawn records and drawn queries: tantivy, Whoosh and the naive search find the same, in the same order, with the same counts.

A draw is one drawn query tree with drawn filters in a drawn order, asked of a drawn corpus (records written, replaced and
deleted in some commits) in both engines and of the naive evaluator: ids in order, streamed ids, total, facets, months and what
each wildcard, fuzzy word, stem and range stands for must be the same. (By relevance the two engines may order otherwise; then
the set of ids is compared.) Where the tree can be typed, it is typed in both dialects, and the parser must read that very tree
or one that finds the same. Several draws share a corpus, because making two indexes costs more than asking them. The naive
search looks at every pair of places in every record; it shares nothing with the engines but the words.

`SHOWME_DRAWS=20000 pytest tests/indexer/engines/test_agreement.py --hypothesis-seed=7` makes so many draws; half of them are asked of a few
records of every kind, half of crowded records whose words are near each other.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines import COUNTED, DAYS, Document, open_engine, tantivy_query
from indexer.query import (
    Dialect,
    Node,
    expanding,
    parse,
)
from indexer.query.filters import Sort
from tests.support.engines import naive_engine
from tests.support.engines.drawn_queries import (
    MEMORY,
    Asked,
    Written,
    _crowd,
    crowded_filters,
    crowded_trees,
    documents,
    questions,
    thresholds,
)

DRAWS = int(os.environ.get("SHOWME_DRAWS", "300"))
FEW_DRAWS, CROWD_DRAWS = 15, 25  # draws that share a corpus


def test_both_engines_find_what_the_naive_search_finds() -> None:
    typed = Counter[str]()

    @settings(max_examples=math.ceil(DRAWS / 2 / FEW_DRAWS), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        batches=st.lists(st.lists(documents(), min_size=2, max_size=8), min_size=1, max_size=2),
        deleted=st.sets(st.integers(0, 9), max_size=2),
        asked=st.tuples(*[questions] * FEW_DRAWS),
        thresholds=thresholds,
    )
    def draw(batches: list[list[Document]], deleted: set[int], asked: Sequence[Asked], thresholds: dict[str, int]) -> None:
        with mock.patch.multiple(tantivy_query, **thresholds):
            typed.update(_compare(batches, deleted, asked))

    draw()
    _check_enough(typed)


def _check_enough(typed: Counter[str]) -> None:
    """As many draws as promised were made, and a good part of them could be typed."""
    print(f"{typed.total():,} draws: {dict(typed)}")  # noqa: T201  # who draws many by hand writes the number down
    assert typed.total() >= DRAWS / 2
    assert typed["both dialects"] > typed.total() / 4


def _compare(batches: list[list[Document]], deleted: set[int], asked: Sequence[Asked]) -> Counter[str]:
    """Ask each question in every way. Return how many draws were also typed, and how many not."""
    living: dict[int, Document] = {}
    for batch in batches:
        living.update((document.pk, document) for document in batch)
    living = {pk: document for pk, document in living.items() if pk not in deleted}
    typed = Counter[str]()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        engines = [open_engine(name, Path(folder) / name) for name in ("tantivy", "whoosh")]
        for engine in engines:
            for at, batch in enumerate(batches):
                engine.write(batch)
                engine.commit(at)
            if deleted:
                engine.delete(deleted)
                engine.commit(len(batches))
            assert engine.count() == len(living)
        for written, narrowed, sort in asked:
            trees = _read(written)
            typed["both dialects" if written.plain is not None else "not typed"] += 1
            wanted = naive_engine.found(living.values(), written.tree, narrowed, sort)
            counts = naive_engine.counts(living.values(), wanted)
            for engine in engines:
                for tree in trees:
                    hits = engine.search(tree, narrowed, sort, 100, 0)
                    streamed = list(engine.ids(tree, narrowed, sort))
                    note = (engine.name, written, tree, narrowed, sort)
                    assert streamed == list(hits.pks), note
                    assert (sorted(streamed) if sort is Sort.RELEVANCE else streamed) == (
                        sorted(wanted) if sort is Sort.RELEVANCE else wanted
                    ), note
                    assert hits.total == len(wanted), note
                    counted = engine.counts(tree, narrowed, (*COUNTED, DAYS), hits.answered)
                    assert (counted, hits.undated) == counts, note
                    assert engine.total(tree, narrowed) == hits.total, note
            for node in expanding(written.tree):
                meant = naive_engine.expansion(living.values(), node, narrowed.permission)
                for engine in engines:
                    assert list(engine.expand(node, narrowed.permission).items()) == list(meant.items()), (engine.name, node, narrowed)
        for engine in engines:
            engine.close()
    return typed


def _read(written: Written) -> list[Node]:
    """Return the drawn tree, and what the parser makes of its texts where that is another one."""
    trees = [written.tree]
    for text, dialect in ((written.plain, Dialect.PLAIN), (written.dtsearch, Dialect.DTSEARCH)):
        if text is not None:
            parsed = parse(text, dialect)
            assert parsed.tree is not None, (text, dialect, parsed.diagnostics)
            trees += [parsed.tree] if parsed.tree not in trees else []
    return trees


def test_what_is_near_is_found_exactly_where_the_naive_search_finds_it() -> None:
    typed = Counter[str]()
    questions = st.tuples(crowded_trees, crowded_filters, st.sampled_from(Sort))

    @settings(max_examples=math.ceil(DRAWS / 2 / CROWD_DRAWS), deadline=None, suppress_health_check=list(HealthCheck))
    @given(seed=st.integers(0, 1 << 32), asked=st.tuples(*[questions] * CROWD_DRAWS), thresholds=thresholds)
    def draw(seed: int, asked: Sequence[Asked], thresholds: dict[str, int]) -> None:
        with mock.patch.multiple(tantivy_query, **thresholds):
            typed.update(_compare([_crowd(seed)], set(), asked))

    draw()
    _check_enough(typed)
