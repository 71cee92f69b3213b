"""An index that was made with other rules for folding words counts as outdated, and is filled anew by sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.custody import indexing
from indexer.custody.ingest import ingest
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.repositories import repository_at, tweet, x_zip


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_an_index_of_other_folding_rules_is_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    with monkeypatch.context() as before:
        before.setattr("indexer.engines.state.FOLDING", "the rules of an earlier version")
        repository = repository_at(tmp_path / "data", engine)
        ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "Łódź donʼt ｶﾀｶﾅ كتاب")])], taken_by="Pat", source="test")
        repository.close()
    repository = repository_at(tmp_path / "data", engine)
    unanswered = Plan(repository, SearchRequest("lodz")).page()
    assert unanswered.index_unusable
    assert not unanswered.answered
    with repository.writing():
        indexing.sync_locked(repository)
    for query in ("lodz", "don't", "カタカナ", "کتاب"):
        assert Plan(repository, SearchRequest(query)).page().total == 1, query
    repository.close()
