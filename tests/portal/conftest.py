"""A portal with two accounts and a user of each role, for each test file; passwords are hashed at the least cost."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest
from argon2 import PasswordHasher

from portal import config, create_app
from tests.support.town import Town, fill

users = import_module("portal.access.users")  # by name: the package exports a function or table of the same name


@pytest.fixture(scope="session", autouse=True)
def product_hasher() -> Iterator[PasswordHasher]:
    """The product's own hasher, replaced for the tests: a fifth of a second of work for each sign-in proves nothing a second time."""
    with pytest.MonkeyPatch.context() as patch:
        own = users._HASHER
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(users, "_HASHER", cheap)
        patch.setattr(users, "_NOBODY", cheap.hash("no user has this name"))
        yield own


@pytest.fixture(name="town", scope="module")
def a_town(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:  # noqa: ARG001  # a town of its own over each
    data = tmp_path_factory.mktemp("town")
    repository = fill(data)
    app = create_app(config.read({"SHOWME_DEMO": "1"}, data))
    app.testing = True
    yield Town(data, app, repository)
    app.extensions["showme"].close()
    repository.close()
