"""One document against a whole tree: the same as both engines say of an index that holds only this document."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines import Document, open_engine
from indexer.engines.matching import matches
from indexer.query import Node, Numbered
from indexer.query.filters import Filters, Sort
from tests.support.engines.drawn_queries import MEMORY, Written, documents, queries

DRAWS = int(os.environ.get("SHOWME_DRAWS", "60"))


@settings(max_examples=DRAWS, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(document=documents(), asked=st.lists(queries, min_size=4, max_size=12))
def test_a_document_fits_a_tree_when_an_index_of_it_finds_it(document: Document, asked: list[Written]) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        for name in ("tantivy", "whoosh"):
            engine = open_engine(name, Path(folder) / name)
            engine.write([document])
            engine.commit(1)
            for tree, text, _dtsearch in asked:
                found = bool(list(engine.ids(tree, Filters(), Sort.OLDEST)))
                assert matches(tree, document) == found, (name, text, tree)
            engine.close()


def test_numbers_and_nodes_that_are_none() -> None:
    document = Document(7, ("flood",), 1, ("hall",), "twitter", "post", "", None, None)
    assert matches(Numbered(frozenset({7})), document)
    assert not matches(Numbered(frozenset({8})), document)
    with pytest.raises(TypeError):
        matches(Node(), document)
