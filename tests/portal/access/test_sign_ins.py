"""A sign-in or a link that is later than the clock is not good: the clock was set back, or somebody wrote the row by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from indexer import local_time
from indexer.repository import open_repository
from portal.access import sign_ins
from portal.access.rules import Role
from portal.access.sign_ins import Links, SignIns
from portal.access.users import Users

NOW = 1_700_000_000_000


@pytest.mark.parametrize(("ahead", "is_good"), [(0, True), (30_000, True), (61_000, False), (36_000_000, False), (10**12, False)])
def test_a_sign_in_and_a_link_of_the_future_are_not_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: int, *, is_good: bool
) -> None:
    repository = open_repository(tmp_path)
    user = Users(repository.db).add("ada", "Ada", Role.ADMINISTRATOR, "test")
    book, links = SignIns(repository.db, timedelta(hours=10), timedelta(hours=1)), Links(repository.db)
    monkeypatch.setattr(sign_ins, "now_ms", lambda: NOW + ahead)
    token, link = book.start(user.id), links.make(user.id, "test")
    monkeypatch.setattr(sign_ins, "now_ms", lambda: NOW)
    assert (book.user_of(token) is not None) == is_good
    assert (links.user_of(link) is not None) == is_good
    assert local_time.now_ms() > NOW
    repository.close()
