"""No member of a Facebook archive is read for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.evidence.archive import open_archive
from indexer.importers.facebook import FacebookImporter
from tests.support.builders import CASES, values, zip_files

FORMS = sorted(path.name for path in (CASES / "facebook").iterdir())


@pytest.mark.parametrize("form", FORMS)
def test_every_member_with_text_of_a_golden_archive_counts(form: str, tmp_path: Path) -> None:
    """Take any one member away and the reading changes: none is read for nothing."""
    folder = CASES / "facebook" / form / "archive"
    whole = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    archive = open_archive(zip_files(whole, tmp_path / "whole.zip"))
    everything = values(FacebookImporter(), archive)
    read = [
        name
        for name in archive.opened
        if name.endswith((".json", ".html", ".htm")) and "profile_information" not in name and name != "index.htm"
    ]
    for name in read:
        rest = open_archive(zip_files({one: raw for one, raw in whole.items() if one != name}, tmp_path / "rest.zip"))
        if whole[name].strip() != b"[]":
            assert values(FacebookImporter(), rest) != everything, name
