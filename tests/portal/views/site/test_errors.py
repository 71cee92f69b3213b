"""Error pages that need a broken server."""

from __future__ import annotations

import logging
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal import config, create_app
from tests.support import postgres
from tests.support.databases import SETTING
from tests.support.town import Town, fill


@pytest.mark.postgresql
@pytest.mark.skipif(postgres.binaries() is None, reason=postgres.MISSING)
def test_a_stopped_database_server_is_named_and_never_a_zero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as server:
        monkeypatch.setenv(SETTING, server.enter_context(postgres.running()).empty_database())
        repository = fill(tmp_path)
        app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path))
        town = Town(tmp_path, app, repository)
        client = town.client("rhea")
        assert client.get("/search.json?q=flood").json["total"] > 0
        server.close()
        answer = client.get("/search.json?q=flood")
        assert (answer.status_code, answer.json["code"]) == (503, "database-unavailable")
        assert "total" not in answer.json
        page = client.get("/search?q=flood")
        assert page.status_code == 503
        assert "The database is unavailable" in page.text
        assert client.get("/healthz").status_code == 503
    app.extensions["showme"].close()
    repository.close()


def test_a_failure_has_its_time_and_a_number_that_the_log_has_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    repository = fill(tmp_path)
    app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path))
    client = Town(tmp_path, app, repository).client("rhea")
    site = app.extensions["showme"]

    def breaks(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(type(site.repository.catalog), "sightings", breaks)
    record = repository.catalog.views([1])[0].record_id
    with caplog.at_level(logging.ERROR):
        page = client.get(f"/records/{record}")
    assert page.status_code == 500
    number = re.search(r"Reference number: ([0-9a-f]{8})", page.text)
    assert number
    assert re.search(r'<time datetime="20\d\d-[^"]+">[A-Z][a-z]{2} \d', page.text)
    assert f"reference {number[1]}: GET /records/<path:record_id> answered 500" in caplog.text
    assert "the disk is gone" not in page.text
    answer = client.get(f"/records/{record}", headers={"Accept": "application/json"})
    assert re.fullmatch("[0-9a-f]{8}", answer.json["reference"])
    assert "Reference number" not in client.get("/no-such-page").text
    site.close()
    repository.close()
