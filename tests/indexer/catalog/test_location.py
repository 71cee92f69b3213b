"""A catalog under its old name is renamed once, with all that its write-ahead log holds, whoever comes first and whatever is killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.catalog import location
from indexer.catalog.location import NAME, OLD_NAME, catalog_file
from indexer.cli.main import main
from indexer.custody.ingest import ingest
from indexer.settings import BadSetting, Paths
from tests.support.repositories import repository_at, tweet, x_zip

ROOT = Path(__file__).parents[3]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as the program left it until 2026, with the newest rows in the write-ahead log only."""
    made = repository_at(tmp_path / "made")
    ingest(made, [x_zip(tmp_path / "x.zip", [tweet(1, "council"), tweet(2, "budget")])], taken_by="ada", source="test")
    copy = tmp_path / "data"
    shutil.copytree(tmp_path / "made", copy)  # while it is open: the log is copied with it, as a killed process leaves it
    made.close()
    for path in copy.glob(f"{NAME}*"):
        path.rename(path.with_name(path.name.replace(NAME, OLD_NAME)))
    assert (copy / f"{OLD_NAME}-wal").stat().st_size
    return copy


def held(data: Path) -> int:
    repository = repository_at(data)
    try:
        assert repository.audit.broken_at() is None
        return repository.catalog.count()
    finally:
        repository.close()


def names(data: Path) -> set[str]:
    return {path.name for path in data.iterdir() if path.name.startswith("catal")}


def test_the_file_is_renamed_with_all_that_its_log_holds(data: Path) -> None:
    assert held(data) == 2
    assert {name for name in names(data) if not name.endswith(("-wal", "-shm"))} == {NAME}
    assert held(data) == 2


def test_a_new_folder_has_the_new_name(tmp_path: Path) -> None:
    assert held(tmp_path / "new") == 0
    assert NAME in names(tmp_path / "new")


def test_two_names_are_refused_in_words_and_nothing_is_changed(data: Path) -> None:
    shutil.copy(data / OLD_NAME, data / NAME)
    before = {name: (data / name).read_bytes() for name in names(data)}
    result = CliRunner().invoke(main, ["--data", str(data), "status"])
    assert result.exit_code == 2
    assert "Only one of them can be the catalog" in result.output
    assert {name: (data / name).read_bytes() for name in names(data)} == before


def test_a_file_that_another_process_uses_is_left_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(data / OLD_NAME)
    other.execute("SELECT count(*) FROM records").fetchone()
    plain = sqlite3.connect
    monkeypatch.setattr(location.sqlite3, "connect", lambda path, **more: plain(path, **{**more, "timeout": 0.1}))
    with pytest.raises(BadSetting, match="Stop the portal and its worker"):
        catalog_file(Paths(data))
    assert OLD_NAME in names(data)
    assert NAME not in names(data)
    other.close()
    monkeypatch.undo()
    assert held(data) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from indexer.catalog import location
from indexer.settings import Paths
def end(*_words): os.kill(os.getpid(), signal.SIGKILL)
class Connection:
    def __init__(self, real): self.real = real
    def execute(self, text):
        if sys.argv[2] == "before the log": end()
        found = self.real.execute(text)
        if sys.argv[2] == "after the log": end()
        return found
    def close(self): self.real.close()
plain = location.sqlite3.connect
class Module:
    OperationalError = location.sqlite3.OperationalError
    @staticmethod
    def connect(*words, **more): return Connection(plain(*words, **more))
location.sqlite3 = Module
if sys.argv[2] == "before the name": Path.rename = end
if sys.argv[2] == "after the name": os.fsync = end
location.catalog_file(Paths(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("moment", ["before the log", "after the log", "before the name", "after the name"])
def test_killed_at_any_moment_the_catalog_is_whole(data: Path, moment: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.run([sys.executable, "-c", KILLED, str(data), moment], cwd=ROOT, env=environment, check=False)
    assert process.returncode == -signal.SIGKILL
    assert held(data) == 2


def test_processes_that_begin_at_once_have_one_catalog(data: Path) -> None:
    command = [sys.executable, "-m", "indexer", "--data", str(data), "status"]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for process in started:
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        assert "2 records on file" in out
    assert OLD_NAME not in names(data)
    assert held(data) == 2
