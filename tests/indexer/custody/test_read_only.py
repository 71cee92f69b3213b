"""A data folder on a read-only disk is searched and verified; what would write there is refused in words."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from indexer import private_files
from indexer.catalog.database import transaction
from indexer.custody.ingest import ingest
from indexer.custody.verify import verify
from indexer.engines import IndexDamaged
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.repositories import repository_at, tweet, x_files

ROOT = Path(__file__).parents[3]
SAID = "is read-only: it can be searched and verified"


@pytest.fixture(name="data")
def a_data_folder(tmp_path: Path) -> Path:
    data = tmp_path / "disk # 100%"
    repository = repository_at(data)
    ingest(repository, [zip_files(x_files([tweet(1, "flood"), tweet(2, "parade")]), tmp_path / "a.zip")], taken_by="Pat", source="test")
    repository.close()
    return data


def on_a_read_only_disk(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the indexer with the data folder mounted read-only, in a mount namespace of its own."""
    unshare = shutil.which("unshare")
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" || exit 77; exec "$@"'
    if unshare is None:
        pytest.skip("this computer has no unshare")
    command = [unshare, "--mount", "sh", "-c", mount, str(data), sys.executable, "-m", "indexer", "--data", str(data), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("no mount is allowed here")
    assert "Traceback" not in done.stderr
    return done


def test_search_status_coverage_and_verify_work_on_a_read_only_disk(data: Path) -> None:
    before = sorted((path.relative_to(data), path.stat().st_mtime_ns) for path in data.rglob("*"))
    for arguments in (["search", "flood"], ["status"], ["coverage"], ["problems"], ["verify"]):
        done = on_a_read_only_disk(data, *arguments, "--json")
        assert (done.returncode, SAID in done.stderr) == (0, True), (arguments, done.stderr)
        shape = json.loads(done.stdout)
        if arguments[0] == "search":
            assert shape["total"] == 1
        elif arguments[0] == "status":
            assert (shape["read_only"], shape["in_step"], shape["held"]) == (True, True, 2)
    assert sorted((path.relative_to(data), path.stat().st_mtime_ns) for path in data.rglob("*")) == before
    assert SAID in on_a_read_only_disk(data, "status").stdout


@pytest.mark.parametrize("arguments", [["sync"], ["rebuild"], ["ingest", "{file}"], ["certificate", "make", "*", "--out", "{out}"]])
def test_what_would_write_is_refused_in_words(data: Path, tmp_path: Path, arguments: list[str]) -> None:
    file = zip_files(x_files([tweet(3, "ferry")]), tmp_path / "b.zip")
    done = on_a_read_only_disk(data, *(one.format(file=file, out=tmp_path / "paper") for one in arguments))
    assert done.returncode == 1
    assert "read-only" in done.stderr.splitlines()[-1]
    assert not list(tmp_path.glob("paper*"))


def read_only(data: Path, monkeypatch: pytest.MonkeyPatch, engine: str = "tantivy") -> Repository:
    monkeypatch.setattr(private_files.os, "access", lambda path, _mode: Path(path) != data)
    return repository_at(data, engine)


def test_changes_that_are_still_in_sqlites_own_log_are_read_too(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(data / "catalog.sqlite3")) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE captures SET name = 'renamed.zip'")
        writer.commit()
        assert (data / "catalog.sqlite3-wal").stat().st_size
        repository = read_only(data, monkeypatch)
        assert [one.name for one in repository.catalog.captures()] == ["renamed.zip"]
        spare = repository._scratch_folder()
        repository.close()
    assert not spare.exists()


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_both_engines_are_read_without_a_lock_in_the_folder(data: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    writable = repository_at(data, engine)
    from indexer.custody.indexing import sync

    sync(writable)
    writable.close()
    before = sorted((data / "index").rglob("*"))
    repository = read_only(data, monkeypatch, engine)
    assert Plan(repository, SearchRequest("flood OR parade")).page().total == 2
    assert verify(repository, "Pat").went_well
    with pytest.raises(private_files.ReadOnlyFolder), repository.writing():
        pass
    with pytest.raises(private_files.ReadOnlyFolder), transaction(repository.db):
        pass
    repository.close()
    assert sorted((data / "index").rglob("*")) == before


def test_an_index_or_a_catalog_that_cannot_be_made_anew_is_said(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(data / "index" / "tantivy")
    (data / "index" / "tantivy").mkdir()
    (data / "index" / "tantivy" / "meta.json").write_text("{}")
    repository = read_only(data, monkeypatch)
    with pytest.raises(IndexDamaged, match="rebuild"):
        _ = repository.index
    repository.close()
    with closing(sqlite3.connect(data / "catalog.sqlite3")) as writer:
        writer.execute("UPDATE alembic_version SET version_num = '0001'")
        writer.commit()
    with pytest.raises(private_files.ReadOnlyFolder, match="another version"):
        read_only(data, monkeypatch)
    (data / "catalog.sqlite3").unlink()
    with pytest.raises(private_files.ReadOnlyFolder, match="is not there"):
        read_only(data, monkeypatch)
