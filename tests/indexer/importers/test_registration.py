"""Platforms are known to their importers only, and an archive is identified and asked for its facts once."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from indexer import platforms
from indexer.custody.ingest import IngestFailed, ingest
from indexer.custody.reread import reread
from indexer.evidence import Archive
from indexer.importers import IMPORTERS, NotIdentified
from indexer.importers.twitter import TwitterImporter
from indexer.record import CaptureFacts
from tests.support.repositories import repository_at, tweet, x_zip

ROOT = Path(__file__).parents[3]
# The migration speaks of captures taken in before platforms registered themselves.
ALLOWED = {"indexer/catalog/migrations/versions/0006_whole_history.py"}


def constants(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_module_but_an_importer_s_names_a_platform() -> None:
    names = {*platforms.codes(), *(one.title for one in platforms.registered()), *(importer.name for importer in IMPORTERS)} - {"x"}
    assert {"twitter", "facebook", "instagram"} <= names
    found = [
        (path.relative_to(ROOT).as_posix(), value)
        for top in ("indexer", "portal")
        for path in sorted((ROOT / top).rglob("*.py"))
        if "importers" not in path.parts or path.parent.name == "importers"
        for value in constants(path)
        if value in names
    ]
    assert [place for place, _ in found if place not in ALLOWED] == []


def test_every_platform_expects_some_kinds_and_calls_a_number_by_its_short_name() -> None:
    assert [one.code for one in platforms.registered()] == ["twitter", "facebook", "instagram"]
    assert all(one.usual_kinds for one in platforms.registered())
    assert platforms.codes()["x"] == "twitter"
    assert platforms.user_label("twitter", "17") == "X user 17"
    assert platforms.user_label("facebook", "17") == "Facebook user 17"


def test_an_archive_is_identified_and_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Counter[str]()
    for name in ("identify", "facts", "records"):
        plain = getattr(TwitterImporter, name)

        def counted(*given: Any, plain: Any = plain, name: str = name) -> Any:
            calls[name] += 1
            return plain(*given)

        monkeypatch.setattr(TwitterImporter, name, counted)
    repository = repository_at(tmp_path / "data")
    capture = ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "Road closed.")])], taken_by="Pat", source="test").capture
    assert calls == {"identify": 1, "facts": 1, "records": 1}
    calls.clear()
    reread(repository, capture.id, "Pat")
    assert calls == {"identify": 1, "facts": 1, "records": 1}
    repository.close()


def test_an_archive_that_names_its_account_leaves_nothing_behind_when_another_is_named(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    with pytest.raises(NotIdentified, match="names its own account"):
        ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "x")])], taken_by="Pat", source="test", account="somebody")
    assert list(repository.paths.staging.iterdir()) == []
    assert repository.vault.digests() == []
    repository.close()


class Failing(TwitterImporter):
    """An importer that fails before it reads a record."""

    def __init__(self, step: str) -> None:
        self.step = step

    def identify(self, archive: Archive) -> bool:
        return super().identify(archive) if self.step != "identify" else bool(1 / 0)

    def facts(self, archive: Archive) -> CaptureFacts:
        return super().facts(archive) if self.step != "facts" else None  # type: ignore[return-value]  # what a careless importer returns


@pytest.mark.parametrize("step", ["identify", "facts"])
def test_an_importer_that_fails_early_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.setattr(import_module("indexer.importers.identify"), "IMPORTERS", [Failing(step)])
    repository = repository_at(tmp_path / "data")
    with pytest.raises(IngestFailed, match="This is an error in Show-Me Records: keep the file"):
        ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "x")])], taken_by="Pat", source="test")
    assert list(repository.paths.staging.iterdir()) == []
    assert repository.audit.newest()[0].tag == "capture:refused"
    repository.close()


def test_a_platform_s_code_and_aliases_are_given_once() -> None:
    for code, aliases in (("twitter", ()), ("other", ("x",)), ("x", ())):
        with pytest.raises(ValueError, match="Another platform"):
            platforms.register(platforms.Platform(code, "Other", aliases=aliases))
    assert platforms.title("twitter") == "X / Twitter"
