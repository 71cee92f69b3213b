"""How the database goes about the questions of a capture's last transaction: no question is asked once for each record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from indexer.catalog import completion
from indexer.custody.ingest import ingest
from indexer.repository import open_repository
from tests.support.town import CITY, CITY_ID, city_archive, post, x_archive


def test_no_question_of_the_last_transaction_walks_a_capture_once_for_each_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = open_repository(tmp_path / "data")
    ingest(repository, [city_archive(tmp_path / "first.zip")], taken_by="rhea", source="incoming")
    asked: list[tuple[str, Any]] = []
    monkeypatch.setattr(completion, "_mark", _watched(completion._mark, asked))
    kept = [post(1_020_000_000_000_000_001, "The flood has closed Mill Bridge. Take Route 9.", "Wed Jul 04 18:00:00 +0000 2018")]
    report = ingest(repository, [x_archive(tmp_path / "later.zip", CITY, CITY_ID, kept, [], {})], taken_by="rhea", source="incoming")
    assert report.capture.absent > 40
    assert asked
    with repository.db.connect() as connection:
        for statement, values in asked:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            walks = [line for at, line in enumerate(plan) if "ix_sightings_capture_id" in line and "CORRELATED" in plan[at - 1]]
            assert not walks, plan
    repository.close()


def _watched(mark: Any, asked: list[tuple[str, Any]]) -> Any:
    def run(connection: sa.Connection, *arguments: Any) -> int:
        def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001  # SQLAlchemy's signature
            if statement.startswith("SELECT records.pk"):
                asked.append((statement, values))

        sa.event.listen(connection, "before_cursor_execute", note)
        return int(mark(connection, *arguments))

    return run
