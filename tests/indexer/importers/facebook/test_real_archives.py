"""Real Facebook archives, where they are at hand: exact counts, checked against another way of counting."""

from __future__ import annotations

import fnmatch
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from indexer.evidence.archive import Archive, open_archive
from indexer.importers import COMMON_IGNORED, NotIdentified, identify
from indexer.record import Problem, Record
from tests.support.builders import REAL

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real archives are not here")

EXPECTED = {
    "facebook_html_2017/ashloren__FB-Timeline__REDACTED": ({"post": 55, "repost": 35, "comment": 24, "photo": 5}, 0),
    "facebook_html_2018-2021/SYNTHETIC__from_real_shapes": ({"post": 4}, 0),
    "facebook_html_2022-now/squirreljizz__squizzwhizz__REDACTED": ({"post": 13, "repost": 2, "photo": 6, "video": 3}, 4),
    "facebook_json_SYNTHETIC/layout_2018": ({"post": 4, "comment": 1}, 0),
    "facebook_json_SYNTHETIC/layout_2021": ({"post": 6, "repost": 1, "comment": 3}, 0),
    "facebook_json_SYNTHETIC/layout_2024": ({"post": 6, "repost": 1, "comment": 1, "message": 3, "like": 1}, 0),
    "facebook_page_json_2025/SYNTHETIC__from_real_shapes": ({"post": 4, "repost": 3, "video": 1, "comment": 1}, 2),
    "facebook_page_json_2025/sorin-create__arhiva-orbitronica__REDACTED": ({"post": 173}, 4),
}


def items(folder: Path) -> int:
    """Count the items of an archive without our readers: JSON decoded whole, HTML by its dates."""
    total = 0
    for path in folder.rglob("*"):
        text = path.read_text(encoding="utf-8") if path.suffix in {".json", ".html", ".htm"} else ""
        if path.suffix == ".json":
            value = json.loads(text)
            while isinstance(value, dict):
                value = value["messages"] if "messages" in value else next(iter(value.values()))
            total += len(value) + text.count('"reaction":')
        elif path.suffix == ".html":
            total += len(re.findall(r'class="[^"]*\b(?:_a6-o|_2lem)\b', text))
        else:
            total += len(re.findall(r'class="meta">\w+day, ', text))
    return total


def outcome(archive: Archive) -> tuple[Counter[str], int, list[Problem], list[str]]:
    identified = identify(archive)
    assert identified.importer.name == "facebook"
    values = list(identified.records())
    records = [value for value in values if isinstance(value, Record)]
    attached = {one.member for record in records for one in record.attachments}
    ignored = {**COMMON_IGNORED, **identified.importer.ignored}
    unknown = [
        name
        for name in archive.names
        if name not in archive.opened and name not in attached and not any(fnmatch.fnmatchcase(name, pattern) for pattern in ignored)
    ]
    for record in records:
        assert len(record.raw) == record.place.length
        assert archive.read(record.place.member)[record.place.start :].startswith(record.raw)
    assert len({(record.kind, record.native_id) for record in records}) == len(records)
    folded = sum(len(record.folded) for record in records)
    return Counter(record.kind.value for record in records), folded, [value for value in values if isinstance(value, Problem)], unknown


@pytest.mark.parametrize("name", EXPECTED)
def test_every_item_of_a_real_archive_is_a_record_or_is_folded(name: str) -> None:
    kinds, folded, problems, unknown = outcome(open_archive(REAL / name))
    assert (dict(kinds), folded) == EXPECTED[name]
    assert (problems, unknown) == ([], [])
    assert sum(kinds.values()) + folded == items(REAL / name)


def test_every_real_facebook_archive_is_in_the_table() -> None:
    there = {path.relative_to(REAL).as_posix() for path in REAL.glob("facebook_*/*") if path.is_dir()}
    assert there == {*EXPECTED, "facebook_json_2018-2019_SCHEMAS/SamuelePilleri__facebook-schemas"}


def test_schemas_of_an_archive_are_no_archive() -> None:
    with pytest.raises(NotIdentified):
        identify(open_archive(REAL / "facebook_json_2018-2019_SCHEMAS/SamuelePilleri__facebook-schemas"))


@pytest.mark.parametrize(
    "path", sorted(path for path in REAL.glob("*/*") if path.is_dir() and not path.parent.name.startswith("facebook_")), ids=str
)
def test_no_other_real_archive_is_claimed_by_facebook(path: Path) -> None:
    try:
        identified = identify(open_archive(path))
    except NotIdentified as error:
        assert "Facebook archive and" not in str(error)  # noqa: PT017  # none may claim it; two of which one is Facebook may not
        assert "and Facebook archive" not in str(error)  # noqa: PT017  # the same
    else:
        assert identified.importer.name != "facebook"
