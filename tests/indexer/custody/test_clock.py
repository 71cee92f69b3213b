"""A clock that was set back is said: at the ingest, in `status` and `verify`; and nobody is signed in from the future."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from indexer.catalog import audit
from indexer.cli.main import main
from indexer.custody import clock
from tests.support.builders import zip_files
from tests.support.repositories import repository_at, tweet, x_files

ingest_module = import_module("indexer.custody.ingest")  # by name: the package exports a function or table of the same name

pytestmark = pytest.mark.databases

EXPORTED = "2023-02-01T12:00:00.000Z"
LONG_BEFORE, AFTER = datetime(2013, 2, 1, 12, tzinfo=UTC), datetime(2023, 3, 1, 12, tzinfo=UTC)


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # always UTC here
            assert tz is UTC
            return now

    for module in (audit, ingest_module, clock):
        monkeypatch.setattr(module, "datetime", Clock)


def run(data: Path, *arguments: str) -> tuple[int, dict[str, object], str]:
    as_json = CliRunner().invoke(main, ["--data", str(data), *arguments, "--json"])
    return as_json.exit_code, json.loads(as_json.stdout), as_json.output


def archive(tmp_path: Path, number: int) -> str:
    return str(zip_files(x_files([tweet(number, f"flood {number}")], generated=EXPORTED), tmp_path / f"{number}.zip"))


@pytest.mark.parametrize("hours", [0, 1, 20])
def test_a_clock_that_is_right_or_an_export_date_without_zone_is_not_remarked_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    data = tmp_path / "data"
    set_clock(monkeypatch, datetime(2023, 2, 1, 12, tzinfo=UTC) - timedelta(hours=hours))
    assert run(data, "ingest", archive(tmp_path, 1))[0] == 0
    for command in ("status", "verify"):
        code, shape, _text = run(data, command)
        assert (code, shape["clock"]) == (0, [])


def test_an_archive_from_the_future_is_said_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    set_clock(monkeypatch, LONG_BEFORE)
    done = CliRunner().invoke(main, ["--data", str(data), "ingest", archive(tmp_path, 1)])
    assert done.exit_code == 1
    assert "clock said 2013-02-01 12:00 UTC when the archive was taken in, which is earlier than its export (2023-02-01 12:00 UTC)" in (
        done.output
    )
    assert [one["code"] for one in run(data, "problems")[1]["problems"]] == [clock.CODE]  # type: ignore[attr-defined]  # JSON
    set_clock(monkeypatch, AFTER)
    for command in ("status", "verify"):
        _code, shape, text = run(data, command)
        assert len(shape["clock"]) == 1  # type: ignore[arg-type]  # JSON
        assert "Capture 1: This computer's clock said 2013" in text


def test_a_clock_earlier_than_the_newest_event_is_said_and_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    set_clock(monkeypatch, AFTER + timedelta(days=400))
    assert run(data, "ingest", archive(tmp_path, 1))[0] == 0
    set_clock(monkeypatch, AFTER)
    assert "earlier than the newest event of the log (2024-04-04 12:00 UTC)" in run(data, "status")[2]
    code, _shape, _text = run(data, "ingest", archive(tmp_path, 2))
    assert code == 1
    assert [one["code"] for one in run(data, "problems", "--capture", "2")[1]["problems"]] == [clock.CODE]  # type: ignore[attr-defined]  # JSON
    assert run(data, "ingest", archive(tmp_path, 3))[0] == 0  # the newest event is of today again
    for command in ("status", "verify"):
        said = run(data, command)[1]["clock"]
        assert len(said) == 1  # type: ignore[arg-type]  # JSON
        assert said[0].startswith("The clock was set back before event ")  # type: ignore[index]  # JSON


def test_events_that_waited_for_their_turn_are_no_clock_that_was_set_back(tmp_path: Path) -> None:
    repository = repository_at(tmp_path)
    now = datetime.now(UTC)
    with repository.db.connect() as plain, plain.execution_options(showme_write=True) as connection, connection.begin():
        for minutes, detail in ((0, {}), (-30, {"late": "00ff"}), (-2, {}), (-40, {"late": "00fe"}), (0, {})):
            audit.append(connection, "search:run", "Pat", "flood", detail, now + timedelta(minutes=minutes))
    assert clock.notices(repository) == []
    with repository.db.connect() as plain, plain.execution_options(showme_write=True) as connection, connection.begin():
        audit.append(connection, "search:run", "Pat", "flood", {}, now - timedelta(minutes=6))
    assert len(clock.notices(repository, now)) == 1
    assert sa.inspect(repository.db).has_table("events")
    repository.close()
