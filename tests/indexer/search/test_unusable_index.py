"""What an index that is empty, old, deleted or behind answers: never a zero by error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.cli.main import main
from indexer.custody.indexing import sync
from indexer.custody.ingest import ingest
from indexer.repository import Repository
from indexer.search.answering import IndexUnusable
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.repositories import repository_at, tweet, x_zip

POSTS = [tweet(number, f"Flood notice {number}") for number in range(5)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    repository = repository_at(tmp_path / "data")
    ingest(repository, [x_zip(tmp_path / "x.zip", POSTS)], taken_by="Pat Custodian", source="test")
    repository.close()
    return tmp_path / "data"


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *words])


def opened(data: Path) -> Repository:
    return repository_at(data)


@pytest.mark.parametrize("damage", ["deleted", "other version", "killed while it was built"])
def test_an_empty_index_is_said_and_is_no_zero(data: Path, damage: str) -> None:
    mark = data / "index" / "tantivy" / "position.json"
    if damage == "deleted":
        shutil.rmtree(data / "index")
    elif damage == "other version":
        mark.write_text(json.dumps({**json.loads(mark.read_text()), "analyzer": "another"}))
    else:
        repository = opened(data)
        repository.delete_index()
        assert repository.index.position() == 0
        repository.close()
    result = run(data, "search", "flood", "--json")
    assert result.exit_code == 1
    shape = json.loads(result.stdout)
    assert shape["total"] is None
    assert "index is empty" in shape["diagnostics"][0]["message"]
    assert "sync" in run(data, "search", "flood").stdout
    export = run(data, "export", "flood", "--out", str(data / "out.zip"))
    assert export.exit_code == 1
    assert "sync" in export.stderr
    assert not (data / "out.zip").exists()
    assert run(data, "sync").exit_code == 0
    assert json.loads(run(data, "search", "flood", "--json").stdout)["total"] == 5


def test_a_repository_without_records_has_a_true_zero(tmp_path: Path) -> None:
    result = run(tmp_path / "data", "search", "flood", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["total"] == 0


def test_an_export_of_an_empty_index_is_refused(data: Path) -> None:
    repository = opened(data)
    repository.delete_index()
    with pytest.raises(IndexUnusable):
        list(Plan(repository, SearchRequest("flood")).views())
    repository.close()


def test_an_older_catalog_put_back_gives_no_number_of_records_that_it_does_not_have(data: Path, tmp_path: Path) -> None:
    backup = (data / "catalog.sqlite3").read_bytes()
    repository = opened(data)
    later = [tweet(number, f"Flood notice {number}") for number in range(8)]
    ingest(repository, [x_zip(tmp_path / "later.zip", later, generated="2024-02-01T12:00:00.000Z")], taken_by="Pat", source="test")
    repository.close()
    for beside in data.glob("catalog.sqlite3-*"):
        beside.unlink()
    (data / "catalog.sqlite3").write_bytes(backup)
    result = run(data, "search", "flood")
    assert result.exit_code == 1
    assert "ahead of the catalog" in result.stdout
    assert run(data, "sync").exit_code == 0
    assert json.loads(run(data, "search", "flood", "--json").stdout)["total"] == 5


@pytest.mark.parametrize("command", [["status"], ["search", "flood"], ["verify"], ["problems"], ["sync"]])
@pytest.mark.parametrize("where", [0, 8 * 4096])
def test_a_damaged_catalog_is_named_with_its_repair(data: Path, command: list[str], where: int) -> None:
    with (data / "catalog.sqlite3").open("r+b") as file:
        file.seek(where)
        size = max((data / "catalog.sqlite3").stat().st_size - where, 100) if where else 100
        file.write(b"\xa5" * size)
    result = run(data, *command)
    assert result.exit_code == 1
    assert "put catalog.sqlite3 back from a backup" in (result.stdout + result.stderr).lower()


def test_a_disk_that_takes_nothing_is_an_error_in_words(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for words in (["export", "flood", "--out", str(tmp_path / "file" / "out.zip")],):
        result = run(data, *words)
        assert result.exit_code == 1
        assert "evidence in the vault is safe" in result.stderr
    assert run(tmp_path / "file" / "data", "search", "flood").exit_code == 1
    assert "could not be read or written" in run(tmp_path / "file" / "data", "status").stderr


def test_an_index_without_a_new_wording_says_that_it_is_behind(tmp_path: Path) -> None:
    """No record is new, so the counts are equal, and what only the new wording says is not found."""
    repository = repository_at(tmp_path / "data")
    ingest(repository, [x_zip(tmp_path / "a.zip", [tweet(1, "the levee holds")])], taken_by="Pat", source="test")
    repository.release_index()
    shutil.copytree(repository.paths.index, tmp_path / "kept")
    later = x_zip(tmp_path / "b.zip", [tweet(1, "the levee holds, floodgate shut")], generated="2023-03-01T12:00:00.000Z")
    assert ingest(repository, [later], taken_by="Pat", source="test").capture.went_well
    assert Plan(repository, SearchRequest("floodgate")).page().total == 1
    repository.release_index()
    shutil.rmtree(repository.paths.index)
    shutil.copytree(tmp_path / "kept", repository.paths.index)
    found = Plan(repository, SearchRequest("floodgate")).page()
    assert (found.total, found.indexed, found.held) == (0, 1, 1)
    assert not found.in_step
    assert found.coverage is not None
    assert not found.coverage.in_step
    told = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "search", "floodgate"])
    assert "python -m indexer sync" in told.output
    assert CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "status"]).exit_code == 1
    assert sync(repository) == 1
    found = Plan(repository, SearchRequest("floodgate")).page()
    assert (found.total, found.in_step) == (1, True)
    repository.close()


def test_a_list_of_terms_that_is_not_there_is_said_by_its_name(data: Path) -> None:
    told = run(data, "terms", "not-there.txt")
    assert told.exit_code == 2
    assert "not-there.txt cannot be read: No such file or directory." in told.output


def test_a_list_from_another_program_with_its_mark_and_its_line_ends_is_read(data: Path, tmp_path: Path) -> None:
    pasted = tmp_path / "list.txt"
    pasted.write_bytes("\ufeffflood w/3 notice\r\n“flood notice”\r\n\r\n".encode())
    told = run(data, "terms", str(pasted), "--dialect", "dtsearch", "--json")
    assert [row["hits"] for row in json.loads(told.output)["terms"]] == [5, 5]
