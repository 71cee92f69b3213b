"""Times kept with each capture: what they hold, and that an ingest costs the same after five years of quarterly archives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from indexer.catalog.tables import captures, sightings, versions
from indexer.custody.ingest import ingest
from indexer.custody.set_aside import restore, set_aside
from indexer.custody.zone import set_zone
from indexer.repository import Repository
from tests.support.builders import CASES
from tests.support.databases import set_back
from tests.support.platforms.facebook import POSTS as POSTS_FILE
from tests.support.platforms.facebook import SECOND, archive_of, post
from tests.support.repositories import repository_at, tweet, x_zip

POSTS = 200
PROFILE_FILE = {
    "this_profile's_activity_across_facebook/x.txt": "",
    "personal_information/profile_information/profile_information.json": {"profile_v2": {"name": {"full_name": "City of Kestrel Bend"}}},
}
META = [CASES / "facebook" / "html_2020", CASES / "facebook" / "html_2024", CASES / "instagram" / "json_2024_es"]


def kept(repository: Repository) -> dict[int, tuple[int | None, int | None]]:
    with repository.db.connect() as connection:
        return {row.id: (row.first_ms, row.last_ms) for row in connection.execute(sa.select(captures))}


def counted(repository: Repository) -> dict[int, tuple[int | None, int | None]]:
    query = (
        sa.select(sightings.c.capture_id, sa.func.min(versions.c.posted_ms), sa.func.max(versions.c.posted_ms))
        .select_from(sightings.join(versions, versions.c.id == sightings.c.version_id))
        .group_by(sightings.c.capture_id)
    )
    with repository.db.connect() as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def test_a_capture_keeps_the_times_of_its_oldest_and_newest_record(repository: Repository) -> None:
    for sample in META:
        ingest(repository, [sample / "archive"], taken_by="Pat", source="test")
    assert kept(repository) == counted(repository)
    before = kept(repository)
    for number in before:
        set_zone(repository, number, "Pacific/Honolulu", "Pat")
        assert kept(repository) == counted(repository)
    assert kept(repository) != before
    set_aside(repository, 1, "not ours", "Pat")
    restore(repository, 1, "Pat")
    assert kept(repository) == counted(repository)


def test_captures_of_before_get_their_times(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    for sample in META:
        ingest(repository, [sample / "archive"], taken_by="Pat", source="test")
    expected = kept(repository)
    with repository.db.begin() as connection:
        set_back(connection, "0008")
    repository.close()
    again = repository_at(tmp_path / "data")
    assert kept(again) == expected
    again.close()


class Meter:
    """Counts the statements of a repository and the steps of SQLite's machine, which grow with the rows read."""

    def __init__(self, repository: Repository) -> None:
        self.statements = self.steps = 0
        sa.event.listen(repository.db, "before_cursor_execute", self._statement)
        sa.event.listen(repository.db, "checkout", lambda connection, *_: connection.set_progress_handler(self._step, 100))

    def _statement(self, *_: Any) -> None:
        self.statements += 1

    def _step(self) -> int:
        self.steps += 1
        return 0

    def reset(self) -> tuple[int, int]:
        figures = self.statements, self.steps
        self.statements = self.steps = 0
        return figures


@pytest.mark.parametrize("platform", ["x", "facebook"])
def test_the_twentieth_quarterly_archive_costs_what_the_third_did(tmp_path: Path, platform: str) -> None:
    repository = repository_at(tmp_path / "data")
    meter = Meter(repository)
    costs = []
    for quarter in range(20):
        ingest(repository, [_archive(tmp_path, platform, quarter)], taken_by="Pat", source="test")
        costs.append(meter.reset())
    assert repository.catalog.count() == POSTS + 19
    (statements, steps), (later_statements, later_steps) = costs[2], costs[19]
    assert later_statements == statements
    assert later_steps < steps * 1.25, costs
    repository.close()


def _archive(folder: Path, platform: str, quarter: int) -> Path:
    """An archive of all posts so far, of which the oldest was deleted in each quarter and one is new."""
    if platform == "x":
        posts = [tweet(at, f"Notice {at}", f"Wed Jul {at % 28 + 1:02} 18:00:00 +0000 2018") for at in range(quarter, POSTS + quarter)]
        return x_zip(folder / f"{quarter}.zip", posts, generated=f"{2019 + quarter // 4}-{quarter % 4 * 3 + 1:02}-01T00:00:00.000Z")
    path = folder / f"{quarter}.zip"
    archive_of(
        folder, {**PROFILE_FILE, POSTS_FILE: [post(f"Notice {at}", at=SECOND + at * 86400) for at in range(quarter, POSTS + quarter)]}
    )
    (folder / "facebook.zip").rename(path)
    return path
