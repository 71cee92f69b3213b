"""Error pages that need a broken server."""

from __future__ import annotations

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
