"""A good archive handed in again heals the vault; existence under a digest is never taken for integrity."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.cli.main import main
from indexer.custody.ingest import ingest
from indexer.custody.verify import Level, verify
from indexer.evidence.vault import MISSING
from indexer.repository import Repository
from tests.support.builders import folder_of
from tests.support.repositories import tweet, x_files, x_zip

pytestmark = pytest.mark.databases


def remove(path: Path) -> None:
    path.unlink()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-10])


def empty(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"")


@pytest.mark.parametrize("deed", [remove, flip, cut, empty], ids=lambda one: one.__name__)
@pytest.mark.parametrize("form", ["zip", "folder"])
def test_the_same_archive_again_heals_the_vault_and_says_so(
    repository: Repository, tmp_path: Path, deed: Callable[[Path], None], form: str
) -> None:
    posts = [tweet(1, "one")]
    source = x_zip(tmp_path / "a.zip", posts) if form == "zip" else folder_of(x_files(posts), tmp_path / "a")
    first = ingest(repository, [source], taken_by="ada", source="test")
    view = next(iter(repository.catalog.stream([1])))
    repository.raw(view.origin)  # the vault keeps the archive open from here on
    path = repository.vault.path(first.capture.digest)
    deed(path)
    assert not verify(repository, "ada").went_well
    again = ingest(repository, [source], taken_by="rhea", source="test")
    assert (again.already_captured, len(again.healed)) == (True, 1)
    assert (again.healed[0].was == MISSING) == (deed is remove)
    assert "vault:healed" in [event.tag for event in repository.audit.newest(3)]
    assert verify(repository, "ada", level=Level.FULL).findings == ()
    assert path.stat().st_mode & 0o222 == 0
    assert b'"one"' in repository.raw(view.origin)
    assert list(repository.paths.staging.iterdir()) == []
    assert source.exists()
    assert ingest(repository, [source], taken_by="rhea", source="test").healed == ()


def test_a_wrong_file_under_the_right_digest_is_never_read_as_the_archive(repository: Repository, tmp_path: Path) -> None:
    import hashlib

    good = x_zip(tmp_path / "good.zip", [tweet(1, "one"), tweet(2, "two")])
    wrong = x_zip(tmp_path / "wrong.zip", [tweet(1, "one")])
    digest = hashlib.sha256(good.read_bytes()).hexdigest()
    repository.vault.path(digest).write_bytes(wrong.read_bytes())
    report = ingest(repository, [good], taken_by="ada", source="test")
    assert report.capture.records == 2
    assert repository.vault.current_digest(digest) == digest
    (event,) = repository.audit.with_tags("vault:healed")
    assert hashlib.sha256(wrong.read_bytes()).hexdigest() in event.detail


def test_the_command_line_says_what_was_healed(repository: Repository, tmp_path: Path) -> None:
    source = x_zip(tmp_path / "a.zip", [tweet(1, "one")])
    ingest(repository, [source], taken_by="ada", source="test")
    for path in repository.paths.vault.iterdir():
        path.unlink()
    result = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "ingest", str(source)])
    assert result.exit_code == 0
    assert "The file a.zip in the vault was missing; it was replaced with this good copy." in result.output
