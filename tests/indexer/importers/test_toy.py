"""One package is enough for a platform: the toy importer is registered, and everything else knows it without a change."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import platforms
from indexer.cli.options import platform_of
from indexer.coverage.days import DayStatus
from indexer.custody.ingest import ingest
from indexer.custody.verify import Level, verify
from indexer.importers import IMPORTERS, get_importer, register
from indexer.platforms import Platform
from indexer.productions.package_search import Maker, export_search
from indexer.query.nodes import Word
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from portal import config, create_app
from tests.support.builders import zip_folder
from tests.support.importer_case import ImporterCase
from tests.support.town import Town, fill
from tests.support.toy_importer import ToyImporter
from tests.support.toy_importer.registered import a_toy  # noqa: F401  # a_toy is the fixture

ARCHIVES = Path(__file__).parents[2] / "support" / "toy_importer" / "archives"


def toy_archive(target: Path) -> Path:
    return zip_folder(ARCHIVES / "three_posts" / "archive", target)


@pytest.fixture(name="toy_town", scope="module")
def a_toy_town(tmp_path_factory: pytest.TempPathFactory, toy: ToyImporter) -> Iterator[Town]:
    assert get_importer("toy") is toy
    data = tmp_path_factory.mktemp("toy-town")
    from tests.support.town import city_archive

    repository = fill(data, (city_archive, toy_archive))
    app = create_app(config.read({"SHOWME_DEMO": "1"}, data))
    app.testing = True
    yield Town(data, app, repository)
    app.extensions["showme"].close()
    repository.close()


class TestToyArchives(ImporterCase):
    importer = ToyImporter()
    archives = ARCHIVES


@pytest.mark.parametrize("query", ["platform:toy", "platform:ty", "PLATFORM:Toy footbridge OR platform:ty"])
def test_a_search_knows_the_platform_by_its_code_and_alias(toy_town: Town, query: str) -> None:
    results = Plan(toy_town.repository, SearchRequest(query)).page()
    assert results.answered
    assert results.total == 3
    assert {hit.view.account.platform for hit in results.records} == {"toy"}
    assert "Toy Town" in results.reading


def test_a_word_that_is_no_platform_is_refused_with_the_registered_ones(toy_town: Town) -> None:
    results = Plan(toy_town.repository, SearchRequest("platform:toyy")).page()
    assert not results.answered
    assert "toy" in str(results.diagnostics[0].suggestion)


def test_the_command_line_knows_the_platform() -> None:
    assert (platform_of("toy"), platform_of("Ty"), platform_of("X")) == ("toy", "toy", "twitter")


def test_the_pages_name_the_platform_as_it_calls_itself(toy_town: Town) -> None:
    custodian = toy_town.client("rhea")
    account = toy_town.account_id("kestrelbend")
    capture = toy_town.repository.catalog.captures()[0]
    for address in (
        "/search?q=platform:toy",
        "/search?q=footbridge&platform=toy",
        f"/captures/{capture.id}",
        "/captures",
        "/coverage",
        f"/coverage?account={account}",
        "/accounts",
        "/terms",
        f"/records/{toy_town.record_id('footbridge is closed')}",
    ):
        answer = custodian.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        assert "Toy Town" in answer.text, address
    assert "Toy does not hand out messages." in custodian.get(f"/captures/{capture.id}").text


def test_coverage_expects_what_the_platform_usually_holds_and_takes_its_archive_as_whole(toy_town: Town) -> None:
    page = json.loads(toy_town.client("rhea").get("/search.json?q=platform:toy&from=2020-01-01").text)
    (account,) = page["coverage"]["accounts"]
    assert (account["platform"], account["kinds"]) == ("toy", ["post"])
    assert account["intervals"][0]["status"] == str(DayStatus.BEFORE_FIRST)  # nobody can leave days out of a whole history
    assert not [line for line in page["coverage"]["gaps"] if "no archive in scope has a file of" in line]


def test_a_package_holds_its_records_and_pictures(toy_town: Town, tmp_path: Path) -> None:
    target = tmp_path / "toy.zip"
    report = export_search(toy_town.repository, SearchRequest("platform:toy"), target, maker=Maker("Pat Example"))
    assert (report.rows, report.media_files) == (3, 1)
    with zipfile.ZipFile(target) as package:
        table = next(name for name in package.namelist() if name.endswith("records.csv"))
        rows = list(csv.DictReader(io.StringIO(package.read(table).decode("utf-8-sig"))))
        assert {row["platform"] for row in rows} == {"toy"}
        assert [name for name in package.namelist() if name.endswith(".png")]


def test_the_archive_is_verified_against_the_evidence(toy_town: Town) -> None:
    assert verify(toy_town.repository, Level.FULL).findings == ()


def test_a_second_archive_that_lacks_a_post_shows_it_as_absent(toy_town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    (folder / "media").mkdir(parents=True)
    posts = json.loads((ARCHIVES / "three_posts" / "archive" / "posts.json").read_text())["toy_posts"]
    (folder / "posts.json").write_text(json.dumps({"toy_posts": posts[1:2]}))
    (folder / "profile.json").write_text('{"id": "42", "handle": "kestrelbend", "exported": 1691000000, "posts": 1}')
    report = ingest(toy_town.repository, [folder], taken_by="rhea", source="incoming")
    assert report.capture.absent == 2


def test_names_are_given_once() -> None:
    with pytest.raises(ValueError, match="already"):
        register(ToyImporter())
    with pytest.raises(ValueError, match="Another platform"):
        platforms.register(Platform("ty", "Another"))
    assert [importer.name for importer in IMPORTERS].count("toy") == 1


def test_a_platform_whose_importer_is_gone_is_called_by_its_code() -> None:
    assert (platforms.title("gone"), platforms.user_label("gone", "7")) == ("gone", "gone user 7")
    assert Word("gone", "platform").word == "gone"
