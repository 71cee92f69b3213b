"""Archives that wait are taken in one after another in one session, and a decision that waits is not held up by them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.access import Users
from portal.jobs import runners
from portal.jobs.rows import JobKind, Jobs, JobState
from tests.support.town import Town, post, x_archive


def test_waiting_archives_share_a_session_until_a_decision_wants_the_lock(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rhea = Users(town.repository.db).by_name("rhea")
    assert rhea is not None
    jobs, sessions = Jobs(town.repository.db), []
    original = runners.IngestSession
    monkeypatch.setattr(runners, "IngestSession", lambda *arguments: sessions.append(1) or original(*arguments))

    def archive(number: int) -> int:
        path = x_archive(
            tmp_path / f"{number}.zip",
            f"Mo{number}",
            f"77190{number}",
            [post(1_500_000_000_000_000_000 + number, "w", "Tue Jun 01 15:00:00 +0000 2021")],
            [],
            {},
        )
        arguments: dict[str, Any] = {"paths": [str(path)], "source": "incoming", "zone": None}
        return jobs.add(JobKind.TAKE_IN, "archive", rhea.id, arguments)

    first, second = archive(1), archive(2)
    decision = jobs.add(JobKind.VERIFY, "verify", rhea.id, {})
    last = archive(3)
    runners.run(town.repository, first)
    states = [job.state for number in (first, second, decision, last) if (job := jobs.get(number))]
    assert states == [JobState.DONE, JobState.DONE, JobState.WAITING, JobState.WAITING]
    assert len(sessions) == 1
    assert town.repository.index.position() == town.repository.catalog.position()
    runners.run(town.repository, decision)
    runners.run(town.repository, last)
    ended = [jobs.get(number) for number in (decision, last)]
    assert [job.state if job else None for job in ended] == [JobState.DONE, JobState.DONE]
