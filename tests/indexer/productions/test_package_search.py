"""An export of a real search: context of threads within the maker's permission, and the certificate of the same records."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.custody.ingest import ingest
from indexer.exports import Choices, ExportError, ExportMismatch
from indexer.exports.values import SetDigest
from indexer.productions import package_search, thread_context
from indexer.productions.package_search import Maker, export_search
from indexer.query.filters import Filters, Permission, Sort
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.export_samples import unpack
from tests.support.repositories import repository_at, tweet, x_zip

FLOOD = SearchRequest("flood", sort=Sort.OLDEST)


def answer(number: int, text: str, to: int, **more: Any) -> dict[str, Any]:
    native = str(1_000_000_000_000_000_000 + to)
    return tweet(number, text, in_reply_to_status_id=native, in_reply_to_status_id_str=native, **more)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    tweets = [
        tweet(1, "Is the bridge open?"),
        answer(2, "No, the flood has closed it.", 1),
        answer(3, "Thank you.", 2),
        tweet(4, "Parade on Main Street"),
        tweet(5, "A flood of joy"),
    ]
    made = repository_at(tmp_path / "data")
    ingest(made, [x_zip(tmp_path / "x.zip", tweets)], taken_by="rhea", source="test")
    yield made
    made.close()


def texts(data: Path, name: str) -> list[str]:
    return [json.loads(line)["text"] for line in (data / name).read_text().splitlines()]


def test_the_rest_of_the_thread_is_context_and_nothing_else(repository: Repository, tmp_path: Path) -> None:
    report = export_search(repository, FLOOD, tmp_path / "a.zip", maker=Maker("rhea"), choices=Choices(context=True, viewer=True))
    data = unpack(report.path, tmp_path / "out") / "data"
    assert sorted(texts(data, "records.jsonl")) == ["A flood of joy", "No, the flood has closed it."]
    assert sorted(texts(data, "context.jsonl")) == ["Is the bridge open?", "Thank you."]
    assert (report.rows, report.context) == (2, 2)
    listed = (data / "viewer/data/list-0001.js").read_text()
    assert "Parade" not in listed
    marks = [row[9] for row in json.loads(re.sub(r"^SHOWME\.list\(0, |\);\n$", "", listed))]
    assert sorted(map(str, marks)) == sorted(["[2,7]".replace(",", ", "), "[8, 13]", "0", "0"])


def test_context_never_leaves_what_the_maker_may_see(repository: Repository, tmp_path: Path) -> None:
    nobody = SearchRequest("flood", Filters(permission=Permission(frozenset({99}), without_messages=False)))
    report = export_search(repository, nobody, tmp_path / "a.zip", maker=Maker("gwen"), choices=Choices(context=True))
    assert (report.rows, report.context) == (0, 0)


def test_too_much_context_is_refused_not_cut(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_context, "MAX_RELATED", 1)
    with pytest.raises(ExportError, match="contain 2 related records; a package can hold at most 1"):
        export_search(repository, FLOOD, tmp_path / "a.zip", maker=Maker("rhea"), choices=Choices(context=True))
    assert not (tmp_path / "a.zip").exists()


def test_the_certificate_inside_speaks_of_the_same_records(repository: Repository, tmp_path: Path) -> None:
    report = export_search(repository, FLOOD, tmp_path / "a.zip", maker=Maker("rhea"), choices=Choices(certificate=True))
    data = unpack(report.path, tmp_path / "out") / "data"
    assert (data / "certificate.pdf").read_bytes().startswith(b"%PDF")
    certificate = json.loads((data / "certificate.json").read_text())
    ids = sorted(json.loads(line)["record_id"] for line in (data / "records.jsonl").read_text().splitlines())
    assert sorted(line.split("\t")[0] for line in certificate["records"]) == ids
    assert "the certificate of the search" in (data / "README.txt").read_text()


def test_a_certificate_of_other_records_fails_the_export_whole(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certify = package_search.certify
    monkeypatch.setattr(package_search, "certify", lambda plan, **more: certify(Plan(plan.repository, SearchRequest("parade")), **more))
    with pytest.raises(ExportMismatch, match="not the ones in the search certificate"):
        export_search(repository, FLOOD, tmp_path / "a.zip", maker=Maker("rhea"), choices=Choices(certificate=True))
    assert not (tmp_path / "a.zip").exists()


def test_sets_are_compared_whatever_their_order() -> None:
    def digest(*lines: str) -> str:
        held = SetDigest()
        for line in lines:
            held.add(line)
        return held.hex()

    assert digest("a", "b") == digest("b", "a")
    assert len({digest(), digest("a"), digest("a", "a"), digest("a", "b"), digest("ab")}) == 5


def test_the_event_of_a_certificate_is_written_only_with_a_whole_package(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_search(repository, FLOOD, tmp_path / "a.zip", maker=Maker("Rhea (rhea)", "rhea"), choices=Choices(certificate=True))
    made, certified = repository.audit.newest(2)
    assert (made.tag, made.actor, certified.tag, certified.actor) == ("export:made", "rhea", "certificate:made", "rhea")
    detail = json.loads(certified.detail)
    assert detail["package"] == "a.zip"
    inside = unpack(tmp_path / "a.zip", tmp_path / "out") / "data/certificate.json"
    assert detail["sha256"] == hashlib.sha256(inside.read_bytes()).hexdigest()
    before = len(repository.audit.newest(100))
    certify = package_search.certify
    monkeypatch.setattr(package_search, "certify", lambda plan, **more: certify(Plan(plan.repository, SearchRequest("parade")), **more))
    with pytest.raises(ExportMismatch):
        export_search(repository, FLOOD, tmp_path / "b.zip", maker=Maker("rhea"), choices=Choices(certificate=True))
    assert len(repository.audit.newest(100)) == before


@pytest.mark.parametrize(
    ("request_", "choices", "name"),
    [
        (SearchRequest("flood", sort=Sort.OLDEST), Choices(), "kestrel-bend_flood_2019-05-24_2019-07-09"),
        (SearchRequest("flood", sort=Sort.NEWEST), Choices(), "kestrel-bend_flood_2019-05-24_2019-07-09"),
        (SearchRequest("flood", sort=Sort.RELEVANCE), Choices(), "kestrel-bend_flood_2019-05-24_2019-07-09"),
        (SearchRequest("flood notice"), Choices(), "kestrel-bend_flood-notice_2019-05-24"),
        (SearchRequest("*"), Choices(subject="Request 26-17: the flood"), "kestrel-bend_request-26-17-the-flood_2018-01-01_2019-07-09"),
        (SearchRequest("zebra"), Choices(), "kestrel-bend_zebra"),
        (SearchRequest("flood", Filters(first_day=date(2019, 5, 1))), Choices(), "kestrel-bend_flood_2019-05-01_2019-07-09"),
        (
            SearchRequest("zebra", Filters(first_day=date(2019, 5, 1), last_day=date(2019, 8, 2))),
            Choices(),
            "kestrel-bend_zebra_2019-05-01_2019-08-02",
        ),
    ],
)
def test_a_package_in_a_folder_is_named_by_body_subject_and_days(
    tmp_path: Path, request_: SearchRequest, choices: Choices, name: str
) -> None:
    days = ("Fri May 24 14:00:00 +0000 2019", "Wed Jul 10 02:30:00 +0000 2019", "Mon Jan 01 12:00:00 +0000 2018", "no date")
    words = ("A flood notice", "The flood is over", "Parade", "A flood of joy")
    tweets = [tweet(number, text, created_at=day) for number, (day, text) in enumerate(zip(days, words, strict=True), 1)]
    held = repository_at(tmp_path / "data")
    ingest(held, [x_zip(tmp_path / "x.zip", tweets)], taken_by="rhea", source="test")
    (tmp_path / "out").mkdir()
    maker = Maker("rhea", organization="City of Kestrel Bend")
    for number in ("", "_2"):
        report = export_search(held, request_, tmp_path / "out", maker=maker, choices=choices)
        assert report.path == tmp_path / "out" / f"{name}{number}.zip"
        assert report.name == name + number
        assert unpack(report.path, tmp_path / f"unpacked{number}").name == name + number
    held.close()


def test_a_package_with_a_file_of_its_own_is_named_unlike_the_others(repository: Repository, tmp_path: Path) -> None:
    first = export_search(repository, FLOOD, tmp_path / "export-1.zip", maker=Maker("rhea"), choices=Choices(other_names=frozenset()))
    again = Choices(other_names=frozenset({first.name}))
    second = export_search(repository, FLOOD, tmp_path / "export-2.zip", maker=Maker("rhea"), choices=again)
    assert (second.path.name, second.name) == ("export-2.zip", f"{first.name}_2")
    assert unpack(second.path, tmp_path / "out").name == second.name


def test_matches_without_a_date_are_named_in_a_package_that_days_limit(tmp_path: Path) -> None:
    undated = {**tweet(2, "flood without a day"), "created_at": "whenever"}
    repository = repository_at(tmp_path / "data")
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "flood"), undated])], taken_by="rhea", source="test")
    limited = SearchRequest("flood", Filters(first_day=date(2000, 1, 1)))
    report = export_search(repository, limited, tmp_path / "a.zip", maker=Maker("rhea"), choices=Choices())
    folder = unpack(report.path, tmp_path / "out")
    for name in ("START-HERE.html", "README.txt"):
        assert "One more record matches but has no readable date" in " ".join((folder / name).read_text().split()), name
    unlimited = export_search(repository, SearchRequest("flood"), tmp_path / "b.zip", maker=Maker("rhea"), choices=Choices())
    assert "One more record" not in (unpack(unlimited.path, tmp_path / "all") / "START-HERE.html").read_text()
    repository.close()
