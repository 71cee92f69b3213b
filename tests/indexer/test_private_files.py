"""A data folder is for its owner only, whatever the umask, and one of an earlier version is tightened and said."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.custody.ingest import ingest
from indexer.private_files import make_private
from indexer.repository import open_repository
from portal import config, create_app
from tests.support.town import city_archive


@pytest.fixture(autouse=True)
def _a_wide_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def wide(data: Path) -> list[str]:
    return [str(path) for path in (data, *data.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def fill(data: Path) -> None:
    repository = open_repository(data)
    ingest(repository, [city_archive(data.parent / "made.zip")], taken_by="test", source="incoming")
    repository.close()
    app = create_app(config.read({"SHOWME_DEMO": "1"}, data))
    assert app.test_client().get("/healthz").status_code == 200
    app.test_client().post("/sign-in")
    app.extensions["showme"].close()


def test_everything_new_is_private(tmp_path: Path) -> None:
    fill(tmp_path / "data")
    assert len(list((tmp_path / "data").rglob("*"))) > 10
    assert not wide(tmp_path / "data")


def test_an_open_folder_is_tightened_once_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = tmp_path / "data"
    fill(data)
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (data / "samples").mkdir()
    (data / "samples" / "note.txt").touch()
    (data / "samples" / "note.txt").chmod(0o644)
    with caplog.at_level(logging.WARNING):
        open_repository(data).close()
    assert "could be read by other users" in caplog.text
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert [path for path in wide(data) if "samples" not in path] == []
    assert stat.S_IMODE((data / "samples" / "note.txt").stat().st_mode) & 0o077  # not ours
    assert make_private(data) == 0


@pytest.mark.parametrize("name", ["catalog.sqlite3", "ingest.lock", "secret_key", "vault", "exports", "certificates", "uploads"])
def test_any_open_part_is_tightened(tmp_path: Path, name: str) -> None:
    part = tmp_path / name
    part.touch(mode=0o666) if "." in name or name == "secret_key" else part.mkdir(mode=0o777)
    make_private(tmp_path)
    assert not wide(tmp_path)


def test_a_link_in_the_folder_changes_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.touch(mode=0o644)
    data = tmp_path / "data"
    (data / "vault").mkdir(parents=True)
    (data / "vault" / "link").symlink_to(outside)
    make_private(data)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
