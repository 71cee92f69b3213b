"""An index that is damaged, gone or behind: 503 in words on every page that needs it, and /healthz says which."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.custody.indexing import sync
from indexer.repository import open_repository
from tests.support.town import Town, token

SEARCHING = ("/search?q=flood", "/search?group=threads", "/search.json?q=flood", "/saved", "/help/search")
OTHERS = ("/coverage", "/captures", "/history", "/terms", "/exports", "/certificates", "/help/exports")


def flip(folder: Path) -> None:
    file = max(folder.glob("*.fast"), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[160] ^= 1
    with file.open("r+b") as mapped:  # in place: a file that is mapped into memory must not be cut
        mapped.write(content)


@pytest.fixture(name="kept")
def an_index_that_is_put_back(town: Town, tmp_path: Path) -> Iterator[Path]:
    folder = town.data / "index" / "tantivy"
    shutil.copytree(folder, tmp_path / "kept")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(tmp_path / "kept", folder)


@pytest.mark.parametrize("damage", [flip, shutil.rmtree])
def test_a_damaged_index_is_503_in_words_on_every_page_that_needs_it(town: Town, kept: Path, damage: object) -> None:
    client = town.client("rhea")
    record = town.record_id("Parade on Main Street")
    csrf = token(client, "/search")
    damage(kept)  # type: ignore[operator]  # one of two functions of a folder
    for path in (*SEARCHING, f"/records/{record}"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "index" in answer.text, path
    assert client.get("/search.json?q=flood").json["diagnostics"][0]["code"] == "index-damaged"
    for path in OTHERS:
        assert client.get(path).status_code == 200, path
    assert client.post("/exports", data={"q": "flood", "csrf_token": csrf}).status_code == 302
    health = town.client().get("/healthz")
    assert (health.status_code, health.json["index"], health.json["status"]) == (503, "damaged", "failed")


def test_sync_in_another_process_mends_a_folder_that_was_deleted(town: Town, kept: Path) -> None:
    client = town.client("rhea")
    before = client.get("/search.json?q=flood").json["total"]
    shutil.rmtree(kept)
    assert client.get("/search?q=flood").status_code == 503
    other = open_repository(town.data)
    sync(other)
    other.close()
    assert client.get("/search.json?q=flood").json["total"] == before
    assert client.get("/healthz").json["index"] == "in step"


def test_an_empty_index_is_no_healthy_one(town: Town, kept: Path) -> None:
    shutil.rmtree(kept)
    other = open_repository(town.data)
    assert other.index.position() == 0
    other.close()
    health = town.client().get("/healthz")
    assert (health.status_code, health.json["index"]) == (503, "empty")
