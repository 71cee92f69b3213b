"""Any page of the catalog's file can be damaged: verify says so in words and never breaks off."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.cli.main import main
from indexer.custody.ingest import ingest
from tests.support.repositories import repository_at, tweet, x_zip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    opened = repository_at(folder / "data")
    posts = [tweet(at, f"council meets at place {at} " * 20) for at in range(60)]
    ingest(opened, [x_zip(folder / "first.zip", posts)], taken_by="ada", source="test")
    opened.close()
    connection = sqlite3.connect(folder / "data" / "catalog.sqlite3")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return folder / "data"


@pytest.mark.parametrize("share", [at / 24 for at in range(24)])
def test_a_damaged_page_is_found_wherever_it_is(whole: Path, tmp_path: Path, share: float) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole, data)
    path = data / "catalog.sqlite3"
    size = 4096
    pages = path.stat().st_size // size
    with path.open("r+b") as file:
        file.seek(int(share * pages) * size)
        file.write(b"\xde\xad" * (size // 2))
    result = CliRunner().invoke(main, ["--data", str(data), "verify"])
    assert result.exit_code == 1, f"page {int(share * pages) + 1} of {pages}"
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "evidence" in result.output
