"""The command line: its text, its stable JSON, its exit status."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer.cli.main import main
from indexer.cli.output import counted
from tests.support.builders import zip_files
from tests.support.repositories import tweet, x_files, x_zip

DOCS = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text(encoding="utf-8")
POSTS = [
    tweet(1, "Council votes on the budget", "Wed Jul 04 18:00:00 +0000 2018"),
    tweet(2, "A post at half past eleven in the evening", "Thu Jul 05 04:30:00 +0000 2018"),
    tweet(3, "=HYPERLINK(1) looks like a formula", "Fri Jul 06 18:00:00 +0000 2018"),
]


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def call(*words: str) -> Result:
        return CliRunner().invoke(main, ["--data", str(tmp_path / "data"), *words])

    return call


@pytest.fixture
def archive(tmp_path: Path) -> str:
    return str(x_zip(tmp_path / "x.zip", POSTS))


def last(result: Result) -> Any:
    return json.loads(result.stdout.strip().splitlines()[-1])


def test_from_archive_to_export(run: Any, archive: str, tmp_path: Path) -> None:
    assert last(run("identify", archive, "--json"))["importer"] == "twitter"
    taken = run("ingest", archive, "--json")
    assert taken.exit_code == 0, taken.output
    shape = last(taken)
    assert (shape["records"], shape["problems"], shape["members"]) == (3, 0, {"read": 3, "ignored": 0, "unknown": 0})
    assert all(row["declared"] == row["read"] for row in shape["reconciliation"])
    results = last(run("search", "budget", "--json"))
    assert (results["total"], results["records"][0]["text"]) == (1, "Council votes on the budget")
    assert results["records"][0]["posted_at"] == "2018-07-04T18:00:00Z"
    assert run("export", "*", "--out", str(tmp_path / "out.zip"), "--json").exit_code == 0
    with zipfile.ZipFile(tmp_path / "out.zip") as bag:
        names = [name for name in bag.namelist() if name.endswith("records.jsonl")]
        assert len(bag.read(names[0]).decode().splitlines()) == 3
    assert run("verify").exit_code == 0
    assert last(run("status", "--json"))["indexed"] == 3


def test_a_second_ingest_of_the_same_archive_went_well_too(run: Any, archive: str) -> None:
    run("ingest", archive)
    again = run("ingest", archive, "--json")
    assert again.exit_code == 0
    assert last(again)["already_captured"] is True


def test_days_are_local_days(run: Any, archive: str) -> None:
    run("ingest", archive)
    assert last(run("search", "*", "--from", "2018-07-04", "--to", "2018-07-04", "--json"))["total"] == 2
    assert last(run("search", "*", "--from", "2018-07-05", "--to", "2018-07-05", "--json"))["total"] == 0


@pytest.mark.parametrize(
    ("words", "total"),
    [
        (["*", "--account", "@ozarkbendmo"], 3),
        (["*", "--account", "City of Ozark Bend"], 3),
        (["*", "--platform", "x", "--kind", "post"], 3),
        (["*", "--platform", "facebook"], 0),
        (["*", "--kind", "like"], 0),
        (["*", "--author", "OzarkBendMO"], 3),
        (["council AND NOT budget"], 0),
    ],
)
def test_filters_narrow(run: Any, archive: str, words: list[str], total: int) -> None:
    run("ingest", archive)
    assert last(run("search", *words, "--json"))["total"] == total


def test_order_limit_and_offset(run: Any, archive: str) -> None:
    run("ingest", archive)
    newest = [record["id"] for record in last(run("search", "*", "--json"))["records"]]
    oldest = [record["id"] for record in last(run("search", "*", "--sort", "oldest", "--json"))["records"]]
    assert newest == oldest[::-1]
    assert [record["id"] for record in last(run("search", "*", "--limit", "1", "--offset", "1", "--json"))["records"]] == newest[1:2]


def test_a_query_that_cannot_be_read_is_never_zero(run: Any, archive: str) -> None:
    run("ingest", archive)
    result = run("search", '"unbalanced', "--json")
    assert result.exit_code == 2
    shape = last(result)
    assert shape["total"] is None
    assert shape["diagnostics"][0]["message"]
    assert "nothing was searched" in run("search", "colour:red").stdout


def test_invalid_options_are_refused(run: Any, archive: str, tmp_path: Path) -> None:
    run("ingest", archive)
    assert run("search", "*", "--account", "nobody").exit_code == 2
    assert run("search", "*", "--platform", "myspace").exit_code == 2
    assert run("search", "*", "--from", "2018-07-05", "--to", "2018-07-04").exit_code == 2
    assert run("problems", "--capture", "99").exit_code == 2
    assert run("ingest", archive, "--zone", "Central").exit_code == 2
    (tmp_path / "there.zip").write_text("x")
    assert run("export", "*", "--out", str(tmp_path / "there.zip")).exit_code == 2
    assert (tmp_path / "there.zip").read_text() == "x"


def test_refused_evidence_has_exit_status_one_and_a_sentence(run: Any, tmp_path: Path) -> None:
    result = run("ingest", str(zip_files({"letter.txt": "x"}, tmp_path / "letter.zip")))
    assert result.exit_code == 1
    assert "nothing was added" in result.stderr


def test_problems_and_shortfalls_have_exit_status_one(run: Any, tmp_path: Path) -> None:
    path = zip_files({**x_files(POSTS, declared=5), "data/brand-new.js": "x"}, tmp_path / "x.zip")
    assert run("ingest", str(path)).exit_code == 1
    result = run("problems", "--json")
    assert result.exit_code == 1
    shape = last(result)
    assert [problem["code"] for problem in shape["problems"]] == ["unknown-member"]
    assert [row["short"] for row in shape["shortfalls"]] == [2]


def test_changed_evidence_is_named_by_verify(run: Any, archive: str, tmp_path: Path) -> None:
    run("ingest", archive)
    archive_file = next((tmp_path / "data" / "vault").iterdir())
    archive_file.chmod(0o644)
    archive_file.write_bytes(b"changed")
    result = run("verify", "--json")
    assert result.exit_code == 1
    assert [finding["finding"] for finding in last(result)["findings"]] == ["ChecksumMismatch", "RawChanged"]


def test_rebuild_and_sync_bring_the_index_back(run: Any, archive: str) -> None:
    run("ingest", archive)
    assert last(run("rebuild", "--json")) == {"indexed": 3, "held": 3}
    assert last(run("sync", "--json")) == {"removed_captures": 0, "indexed": 3, "held": 3}


def test_every_command_and_every_key_is_documented(run: Any, archive: str) -> None:
    for name in main.commands:
        assert re.search(rf"\| `{name}[ `]", DOCS), name
    shapes = {
        "identify": last(run("identify", archive, "--json")),
        "ingest": last(run("ingest", archive, "--json")),
        "problems": last(run("problems", "--json")),
        "search": last(run("search", "*", "--json")),
        "coverage": last(run("coverage", "--json")),
        "verify": last(run("verify", "--json")),
        "status": last(run("status", "--json")),
    }
    for name, shape in shapes.items():
        paragraph = next(line for line in DOCS.splitlines() if line.startswith(f"`{name}`:"))
        for key in shape:
            assert re.search(rf"\b{key}\b", paragraph), f"{name}: {key}"
    for key in shapes["search"]["records"][0]:
        assert re.search(rf"\b{key}\b", DOCS), key


@pytest.mark.parametrize(("number", "text"), [(0, "0 records"), (1, "1 record"), (2, "2 records"), (1_200, "1,200 records")])
def test_singular_and_plural(number: int, text: str) -> None:
    assert counted(number, "record") == text
    assert counted(number, "record was", "records were") == text + (" was" if number == 1 else " were")


def test_a_capture_is_set_aside_and_restored(run: Any, archive: str) -> None:
    run("ingest", archive)
    assert run("capture", "set-aside", "1", "--json").exit_code == 2
    assert last(run("capture", "set-aside", "1", "--why", "Not the city's", "--json")) == {"capture": 1, "records": 3}
    assert last(run("search", "*", "--json"))["total"] == 0
    (held,) = last(run("status", "--json"))["captures"]
    assert (held["capture"]["state"], held["capture"]["set_aside"]["why"]) == ("set aside", "Not the city's")
    again = run("ingest", archive)
    assert "It is set aside (Not the city's)" in again.output
    refused = run("capture", "set-aside", "1", "--why", "again")
    assert (refused.exit_code, "Nothing was changed" in refused.output) == (1, True)
    assert last(run("capture", "restore", "1", "--json")) == {"capture": 1, "records": 3}
    assert last(run("search", "*", "--json"))["total"] == 3


def test_an_account_and_a_person_are_named_and_the_names_removed(run: Any, archive: str) -> None:
    run("ingest", archive)
    assert run("account", "name", "nobody", "--handle", "x").exit_code == 2
    assert run("account", "name", "1").exit_code == 1
    assert last(run("account", "name", "1", "--handle", "@given", "--json"))["account"]["handle"] == "given"
    assert last(run("search", "*", "--account", "given", "--json"))["total"] == 3
    assert run("account", "name", "@given", "--remove").exit_code == 0
    assert run("search", "*", "--account", "given").exit_code == 2
    named = last(run("person", "name", "3051921866", "Jane Roe", "--json"))
    assert named == {"platform": "twitter", "number": "3051921866", "name": "Jane Roe", "records": 0}
    assert run("person", "name", "Jane", "Jane Roe").exit_code == 1
    assert run("person", "name", "3051921866", "--remove").exit_code == 0


def test_two_accounts_are_merged_and_unmerged(run: Any, archive: str, tmp_path: Path) -> None:
    from tests.support.town import post, x_archive

    run("ingest", archive)
    posts = [post(1_500_000_000_000_000_000 + day, f"Notice {day}", f"Mon Mar 0{day + 1} 18:00:00 +0000 2021") for day in range(2)]
    run("ingest", str(x_archive(tmp_path / "two.zip", "second", "990077", posts, [], {})))
    merged = last(run("account", "merge", "second", "1", "--yes", "--json"))
    assert (merged["account"]["records"], merged["parts"]) == (5, [2])
    assert last(run("search", "*", "--account", "second", "--json"))["total"] == 5
    assert run("account", "merge", "2", "1", "--yes").exit_code == 1
    assert run("account", "unmerge", "2").exit_code == 0
    assert last(run("search", "*", "--account", "second", "--json"))["total"] == 2


def test_archives_are_read_again(run: Any, archive: str) -> None:
    run("ingest", archive)
    assert "the current importer" in run("reread").output
    (report,) = last(run("reread", "1", "--json"))["reread"]
    assert (report["capture"], report["corrected"], report["added"], report["not_read"]) == (1, 0, 0, [])
    assert run("reread", "77").exit_code == 1


def test_handing_an_archive_in_again_with_a_handle_names_its_account(run: Any, tmp_path: Path) -> None:
    from tests.support.builders import zip_files
    from tests.support.platforms.instagram import UNNAMED

    path = str(zip_files(UNNAMED, tmp_path / "instagram.zip"))
    run("ingest", path)
    shape = last(run("ingest", path, "--account", "@bluffphotos", "--json"))
    assert (shape["already_captured"], shape["named"]) == (True, "@bluffphotos")
    assert last(run("search", "*", "--account", "bluffphotos", "--json"))["total"] == 2
    assert "named" not in last(run("ingest", path, "--account", "@bluffphotos", "--json"))


def test_leftovers_of_an_interrupted_certificate_are_named(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-")
    result = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "certificate", "make", "*", "--out", str(tmp_path / "paper")])
    assert result.exit_code == 2
    assert "may be left over from an interrupted certificate" in result.output
    assert (tmp_path / "paper.pdf").read_bytes() == b"%PDF-"
