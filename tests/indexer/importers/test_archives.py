"""Each platform's sample archives: what every importer must do. `make golden` writes the golden files anew."""

from __future__ import annotations

from typing import ClassVar

from indexer.importers import IMPORTERS
from indexer.importers.facebook import FacebookImporter
from indexer.importers.instagram import InstagramImporter
from indexer.importers.twitter import TwitterImporter
from indexer.record import RecordKind
from tests.support.builders import CASES
from tests.support.importer_case import ImporterCase


class TestTwitter(ImporterCase):
    importer = TwitterImporter()
    problems: ClassVar = {
        "damaged_2023": {"account-not-read": 1, "bad-date": 1, "bad-item": 1, "declared-missing": 2, "json-cut": 1},
        "xchat_2026": {"bad-item": 1},
    }


class TestFacebook(ImporterCase):
    importer = FacebookImporter()
    problems: ClassVar = {
        "html_2017": {"bad-date": 1, "unknown-zone": 1},
        "html_2024": {"bad-date": 1},
        "html_cut_2024": {"bad-encoding": 1, "html-cut": 1},
        "json_damaged_2021": {"bad-date": 3, "json-cut": 1, "json-encoding": 1, "no-items": 1},
    }
    unknown: ClassVar = {"json_2024": frozenset({"your_facebook_activity/mystery/box.json"})}
    beside: ClassVar = {"json_2024": frozenset({RecordKind.PHOTO})}


class TestInstagram(ImporterCase):
    importer = InstagramImporter()
    problems: ClassVar = {
        "html_2025_es_id": {"bad-date": 1},
        "json_damaged": {
            "bad-date": 2,
            "bad-item": 5,
            "html-cut": 1,
            "json-cut": 1,
            "json-empty": 1,
            "json-encoding": 1,
            "no-date": 1,
        },
    }
    unknown: ClassVar = {"json_2025_media": frozenset({"your_instagram_activity/media/brand_new_section.json"})}


def test_every_importer_has_sample_archives_and_every_sample_an_importer() -> None:
    assert {path.name for path in CASES.iterdir()} == {importer.name for importer in IMPORTERS}
