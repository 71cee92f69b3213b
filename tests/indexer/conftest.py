"""An empty data folder, opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.repository import Repository
from tests.support.repositories import repository_at


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data")
    yield opened
    opened.close()
