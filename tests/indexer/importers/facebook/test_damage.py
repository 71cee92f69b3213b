"""However an archive is damaged: what is wrong is told as problems, and nothing is raised."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from indexer.evidence.archive import open_archive
from indexer.importers.facebook import FacebookImporter
from indexer.record import Problem, Record
from tests.support.builders import CASES, values, zip_files

FORMS = sorted(path.name for path in (CASES / "facebook").iterdir())
SNIPPETS = (
    b"\0",
    b"\xff\xfe",
    b'"',
    b"[[[[",
    b"}}",
    b"null",
    b"-1e999",
    b'{"uri":null}',
    b"</div>",
    b"<p>",
    b'<div class="_a6-g">',
    b"\\ud800",
    b"&#0;",
)


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """Cut, swap, repeat or fill in some bytes of a member."""
    at, end = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
    return chance.choice(
        (
            raw[:at],
            raw[:at] + raw[end:],
            raw[:end] + raw[at:],
            raw[:at] + chance.choice(SNIPPETS) + raw[at:],
            raw[:at] + chance.choice(SNIPPETS) + raw[end:],
            raw[:at] + bytes(chance.randrange(256) for _ in range(8)) + raw[at + 8 :],
        )
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_archive_is_read_without_an_exception(form: str, tmp_path: Path) -> None:
    folder = CASES / "facebook" / form / "archive"
    whole = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    chance = random.Random(form)  # noqa: S311  # the same damage in every run
    for _ in range(40):
        files = {name: damaged(raw, chance) if chance.random() < 0.7 else raw for name, raw in whole.items()}
        archive = open_archive(zip_files(files, tmp_path / "damaged.zip"))
        FacebookImporter().identify(archive)
        assert FacebookImporter().facts(archive).form.startswith("Facebook")
        for value in values(FacebookImporter(), archive):
            assert isinstance(value, (Record, Problem))
            if isinstance(value, Record) and value.place.length:
                assert archive.read(value.place.member)[value.place.start : value.place.start + value.place.length] == value.raw


@pytest.mark.parametrize("form", FORMS)
def test_every_member_with_text_of_a_golden_archive_counts(form: str, tmp_path: Path) -> None:
    """Take any one member away and the reading changes: none is read for nothing."""
    folder = CASES / "facebook" / form / "archive"
    whole = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    archive = open_archive(zip_files(whole, tmp_path / "whole.zip"))
    everything = values(FacebookImporter(), archive)
    read = [
        name
        for name in archive.asked
        if name.endswith((".json", ".html", ".htm")) and "profile_information" not in name and name != "index.htm"
    ]
    for name in read:
        rest = open_archive(zip_files({one: raw for one, raw in whole.items() if one != name}, tmp_path / "rest.zip"))
        if whole[name].strip() != b"[]":
            assert values(FacebookImporter(), rest) != everything, name
