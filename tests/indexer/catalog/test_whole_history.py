"""A data folder of before the capture kept whether its archive begins with the account gives the same answers after the migration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from indexer.catalog.tables import captures
from indexer.coverage.scope import as_json
from indexer.custody.ingest import ingest
from indexer.custody.verify import Level, verify
from indexer.query.filters import Filters
from indexer.repository import Repository
from tests.support.builders import CASES
from tests.support.databases import set_back
from tests.support.repositories import repository_at, tweet, x_zip


def facts(repository: Repository) -> dict[str, dict[str, Any]]:
    with repository.db.connect() as connection:
        rows = connection.execute(sa.select(captures.c.importer, captures.c.facts)).all()
    return {row.importer: msgspec.json.decode(row.facts) for row in rows}


def test_the_captures_of_x_become_whole_histories_and_no_others(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "Road closed.")])], taken_by="Pat", source="test")
    for platform, case in (("facebook", "json_2024"), ("instagram", "json_2024_es")):
        ingest(repository, [CASES / platform / case / "archive"], taken_by="Pat", source="test")
    before, covered = facts(repository), as_json(repository.coverage.of(Filters()))
    assert {name: one["is_whole_history"] for name, one in before.items()} == {"twitter": True, "facebook": False, "instagram": False}
    with repository.db.begin() as connection:  # as the revision before left them
        for row in connection.execute(sa.select(captures.c.id, captures.c.facts)).all():
            old = msgspec.json.decode(row.facts)
            del old["is_whole_history"]
            connection.execute(captures.update().where(captures.c.id == row.id).values(facts=msgspec.json.encode(old)))
        set_back(connection, "0005")
    repository.close()
    again = repository_at(tmp_path / "data")
    now = facts(again)
    assert now["twitter"] == before["twitter"]
    assert all(not now[name].get("is_whole_history") for name in ("facebook", "instagram"))
    assert as_json(again.coverage.of(Filters())) == covered
    assert [finding for finding in verify(again, Level.FULL).findings if "is_whole_history" in finding.message] == []
    again.close()
