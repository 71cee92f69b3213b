"""A portal with two accounts and a user of each role, for each test file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal import config, create_app
from tests.support.town import Town, fill


@pytest.fixture(name="town", scope="module")
def a_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    data = tmp_path_factory.mktemp("town")
    repository = fill(data)
    app = create_app(config.read({"SHOWME_DEMO": "1"}, data))
    app.testing = True
    yield Town(data, app, repository)
    app.extensions["showme"].close()
    repository.close()
