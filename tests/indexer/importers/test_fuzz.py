"""A small part of `make fuzz`: no crash, nothing lost in silence, nothing written outside of the vault; every fault is a value."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from indexer.custody.ingest import ingest
from indexer.evidence.archive import ArchiveError
from indexer.importers.twitter.keys import KeyWatch
from tests.support.builders import REAL
from tests.support.fuzz.mutations import FAMILIES, Mutant, packed
from tests.support.fuzz.oracle import check, files_of, outcome, run
from tests.support.golden import cases
from tests.support.repositories import repository_at, tweet, x_files

COUNT = int(os.environ.get("SHOWME_FUZZ_EXAMPLES", "150"))


@pytest.mark.parametrize("platform", ["twitter", "facebook", "instagram"])
def test_a_damaged_archive_is_read_refused_or_told(tmp_path: Path, platform: str) -> None:
    findings = [finding for _, finding in run(7, COUNT, tmp_path, platforms=[platform]) if finding]
    assert not findings, "\n".join(map(str, findings))


def test_each_family_of_damage_is_drawn_and_a_number_draws_the_same_again(tmp_path: Path) -> None:
    report, _ = [*run(1, 60, tmp_path)][-1]
    assert set(report.families) == {family.__name__ for family in FAMILIES}
    files = files_of(next(case for case in cases() if case.name == "html_2020"))
    for family in FAMILIES:
        first, again = (family(files, random.Random("1/5")) for _ in range(2))
        assert first == again


def test_a_loss_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = x_files([tweet(1, "The levee road is closed tonight")])
    files = {**{name: content.encode() for name, content in posts.items()}, "data/like.js": LIKE}
    (tmp_path / "whole.zip").write_bytes(packed(files))
    whole = outcome(tmp_path / "whole.zip", with_needles=True)
    renamed = Mutant(packed({**files, "data/like.js": LIKE.replace(b"fullText", b"value_x")}), "renamed")
    assert check(0, "x", whole, renamed, tmp_path)[0] == "told"
    monkeypatch.setattr(KeyWatch, "unknown", lambda *_: [])
    result, finding = check(0, "x", whole, renamed, tmp_path)
    assert result == "silent loss"
    assert finding is not None
    assert "Sirens are tested at noon" in finding.detail
    monkeypatch.setattr(KeyWatch, "unknown", lambda *_: 1 // 0)
    assert check(0, "x", whole, renamed, tmp_path)[0] == "traceback"


LIKE = b'window.YTD.like.part0 = [{"like": {"tweetId": "12", "fullText": "Sirens are tested at noon", "expandedUrl": "https://x.com/i/1"}}]'


def test_a_damaged_zip_is_taken_in_or_refused_and_writes_nowhere_else(tmp_path: Path) -> None:
    files = {name: content.encode() for name, content in x_files([tweet(number, f"Notice {number}") for number in range(3)]).items()}
    for number in range(max(12, COUNT // 8)):
        draw = random.Random(f"zip/{number}")
        mutated = draw.choice(FAMILIES[:3])(files, draw)
        assert mutated is not None
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "x.zip").write_bytes(mutated.data)
        repository = repository_at(folder / "data")
        try:
            ingest(repository, [folder / "x.zip"], taken_by="test", source="test")
        except ArchiveError as error:
            assert "nothing was added" in str(error), mutated.deed  # noqa: PT017  # either outcome is right; a refusal must say this
            assert "error in Show-Me Records" not in str(error), mutated.deed  # noqa: PT017  # as above
            assert repository.vault.digests() == []
        finally:
            repository.close()
        assert sorted(one.name for one in folder.iterdir()) == ["data", "x.zip"]
        assert list((folder / "data" / "staging").iterdir()) == []


REAL_ONES = sorted(path for path in REAL.glob("*/*") if path.is_dir() and path.parent.name.startswith(("twitter", "facebook", "instagram")))


@pytest.mark.skipif(not REAL_ONES, reason="the real archives are not here")
@pytest.mark.parametrize("folder", REAL_ONES, ids=lambda path: path.name)
def test_a_damaged_real_archive_gives_values_and_never_an_exception(folder: Path, tmp_path: Path) -> None:
    files = {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and one.stat().st_size < 2_000_000
    }
    (tmp_path / "whole.zip").write_bytes(packed(files))
    whole = outcome(tmp_path / "whole.zip")
    for number in range(max(3, COUNT // 30)):
        draw = random.Random(f"real/{number}")
        if mutated := draw.choice(FAMILIES)(files, draw):
            assert check(number, folder.name, whole, mutated, tmp_path)[0] != "traceback"
