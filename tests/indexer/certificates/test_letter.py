"""A certificate as a letter: letterhead, Re: line, a first page that is complete, annexes, and one style of dates."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from click.testing import CliRunner

from indexer.certificates import Paper, certify, check_words, file_format, write
from indexer.certificates.certify import CertificateFailed
from indexer.certificates.verify import verify
from indexer.cli.main import main
from indexer.custody.ingest import ingest
from indexer.query.filters import Filters, Permission
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.record_sets import RecordSet, SetOrigin
from indexer.search.request import SearchRequest
from indexer.settings import BadSetting, read_letterhead
from tests.support.builders import zip_files
from tests.support.repositories import ACCOUNT_ID, HANDLE, repository_at, tweet, x_files, x_zip
from tests.support.town import png

AT = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
SETTINGS = {
    "SHOWME_BODY_NAME": "City of Osage Bluff",
    "SHOWME_BODY_ADDRESS": "Office of the City Clerk / 7 Levee Road",
    "SHOWME_BODY_CONTACT": "(573) 555-0107 · clerk@osagebluff.example",
    "SHOWME_CUSTODIAN_NAME": "Rhea Tolliver",
}
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    made = repository_at(tmp_path / "data")
    posts = [tweet(at, f"flood {at}", f"Wed Jul {at + 4:02} 18:00:00 +0000 2018") for at in range(4)]
    ingest(made, [x_zip(tmp_path / "first.zip", posts)], taken_by="rhea", source="test")
    yield made
    made.close()


def pages_of(repository: Repository, target: Path, request: SearchRequest, paper: Paper) -> list[str]:
    """Certify a search; return the text of each page of its PDF."""
    with certify(Plan(repository, request), by="Lena (lena)", paper=paper, at=AT) as made:
        written = write(repository, made, target)
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(written.pdf.read_bytes())).pages]


def paper(subject: str = "", **more: str) -> Paper:
    return Paper(read_letterhead({**SETTINGS, **more}), subject)


def test_the_first_page_is_a_letter_that_is_complete(repository: Repository, tmp_path: Path) -> None:
    filters = Filters(first_day=date(2018, 7, 4), last_day=date(2018, 7, 6))
    first, *others = pages_of(repository, tmp_path / "c.json", SearchRequest("flood", filters), paper("Sunshine request 2026-114"))
    for words in (
        "City of Osage Bluff Office of the City Clerk, 7 Levee Road (573) 555-0107 · clerk@osagebluff.example",
        "Re: Sunshine request 2026-114",
        "Date: March 2, 2026",
        "Records that match: flood. Only records posted July 4 to July 6, 2018, both days included.",
        "3 records.",
        "Searched to July 6, 2018: @OzarkBendMO (X / Twitter)",
        "Gaps None in the days asked.",
        "I, Rhea Tolliver, Records Custodian, City of Osage Bluff, state that the search described above was run with the program",
        "Show-Me Records on March 2, 2026, 11:30 AM CST",
        "and that it found the records counted above, which the file c.json lists.",
        "Rhea Tolliver Name",
        "This statement is not sworn.",
    ):
        assert words in first, words
    for heading in (
        "Annex A. The exact query",
        "Annex B. Accounts and days",
        "Annex C. What these",
        "Annex D. How to check",
        "Annex E. Digests",
    ):
        assert heading not in first
        assert sum(heading in page for page in others) == 1, heading


def test_subject_and_letterhead_are_in_the_file_and_its_digest(repository: Repository, tmp_path: Path) -> None:
    pages_of(repository, tmp_path / "c.json", SearchRequest("flood"), paper("Doe v. City"))
    stored = file_format.read(tmp_path / "c.json")
    assert stored.subject == "Doe v. City"
    assert stored.body == file_format.Body(
        "City of Osage Bluff",
        ("Office of the City Clerk", "7 Levee Road"),
        "(573) 555-0107 · clerk@osagebluff.example",
        "Rhea Tolliver",
        "Records Custodian",
    )


def test_without_settings_there_are_blanks_to_fill_in_and_no_letterhead(repository: Repository, tmp_path: Path) -> None:
    first, *_ = pages_of(repository, tmp_path / "c.json", SearchRequest("flood"), Paper(read_letterhead({})))
    assert first.startswith("Date: March 2, 2026")
    assert "I, ____________________, Records Custodian, ____________________, state that" in first
    assert "Re:" not in first


def test_every_date_is_written_in_one_style(repository: Repository, tmp_path: Path) -> None:
    later = [tweet(9, "flood again", "Wed Jul 11 18:00:00 +0000 2018")]
    ingest(repository, [x_zip(tmp_path / "b.zip", later, generated="2023-05-01T12:00:00.000Z")], taken_by="rhea", source="test")
    for at, request in enumerate(
        (
            SearchRequest("flood"),
            SearchRequest("flood", Filters(first_day=date(2017, 1, 1), last_day=date(2026, 2, 1))),
            SearchRequest("flood", as_of=date(2023, 3, 1)),
        )
    ):
        text = " ".join(pages_of(repository, tmp_path / f"{at}.json", request, paper()))
        text = re.sub(r"[0-9a-f]{32,}", "", text)
        assert not re.findall(r"\b\d{4}-\d\d-\d\d\b", text)
        assert not re.findall(rf"\b(?!May)(?:{'|'.join(name[:3] for name in MONTHS)}) \d", text)
        assert "–" not in text
        assert re.search(rf"(?:{'|'.join(MONTHS)}) \d+, \d{{4}}", text)


def test_the_first_page_holds_forty_accounts_a_long_query_and_doubts(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    for at in range(40):
        posts = [tweet(at * 100, f"flood {at}", f"Wed Jul 04 18:00:00 +0000 {2012 + at % 8}")]
        name, number, year = f"Account{at:02}", str(9000 + at), 2020 + at % 4
        members = x_files(posts, generated=f"{year}-06-01T12:00:00.000Z")
        renamed = {path: text.replace(HANDLE, name).replace(ACCOUNT_ID, number) for path, text in members.items()}
        archive = zip_files(renamed, tmp_path / f"{at}.zip")
        ingest(repository, [archive], taken_by="rhea", source="test")
    words = " OR ".join(f"flood{at}" for at in range(300)) + " OR flood and creek or bridge"
    filters = Filters(first_day=date(2012, 1, 1), last_day=date(2026, 1, 1))
    subject = "Petition for access to the records of the flooding of 2019, case number " + "26AB-CC00114, " * 8
    with certify(Plan(repository, SearchRequest(words, filters)), by="Lena (lena)", paper=paper(subject), at=AT) as made:
        assert made.header.announcements
        assert len(made.header.coverage["accounts"]) == 40
        pdf = write(repository, made, tmp_path / "c.json").pdf
    first, *others = [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(pdf).pages]
    assert "Annex B lists all of them." in first
    assert "I, Rhea Tolliver, Records Custodian, City of Osage Bluff, state" in first
    assert "This statement is not sworn." in first
    assert others[0].partition("Annex A")[2]
    assert all(f"Account{at:02}" in " ".join(others) for at in range(40))
    repository.close()


def test_limited_access_is_said_on_the_first_page(repository: Repository, tmp_path: Path) -> None:
    filters = Filters(permission=Permission(None, without_messages=True))
    first, *_ = pages_of(repository, tmp_path / "c.json", SearchRequest("flood", filters), paper())
    assert "Within the access of the person who searched: all accounts, without direct messages." in first


@pytest.mark.parametrize("name", ["seal.png", "seal.svg"])
def test_the_seal_is_a_picture_with_a_text_for_screen_readers(repository: Repository, tmp_path: Path, name: str) -> None:
    seal = tmp_path / name
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'
    seal.write_bytes(png() if name.endswith("png") else drawing)
    pages_of(repository, tmp_path / "c.json", SearchRequest("flood"), paper(SHOWME_BODY_SEAL=str(seal)))
    reader = pypdf.PdfReader(tmp_path / "c.pdf")
    assert "pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    alternatives = [one.get_object().get("/Alt") for one in _objects(reader) if isinstance(one, pypdf.generic.DictionaryObject)]
    assert "Seal of City of Osage Bluff" in alternatives


def _objects(reader: pypdf.PdfReader) -> Iterator[Any]:
    for number in range(1, int(reader.trailer["/Size"])):
        yield reader.get_object(pypdf.generic.IndirectObject(number, 0, reader))


def test_a_seal_that_cannot_be_printed_is_named_and_nothing_is_left(repository: Repository, tmp_path: Path) -> None:
    seal = tmp_path / "seal.png"
    seal.write_bytes(png()[:40])
    with pytest.raises(CertificateFailed, match="SHOWME_BODY_SEAL"):
        pages_of(repository, tmp_path / "c.json", SearchRequest("flood"), paper(SHOWME_BODY_SEAL=str(seal)))
    assert not list(tmp_path.glob("c.*"))


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.gif", b"GIF89a"), ("a.png", b"hello"), ("a.svg", b"hello"), ("a.jpg", b"\xff" * 3_000_000), ("none.png", None)],
)
def test_a_seal_of_another_kind_is_refused_at_the_start(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSetting, match="SHOWME_BODY_SEAL"):
        read_letterhead({"SHOWME_BODY_SEAL": str(tmp_path / name)})


def test_what_archives_cannot_contain_is_said_once(repository: Repository, tmp_path: Path) -> None:
    pages = pages_of(repository, tmp_path / "c.json", SearchRequest("flood"), paper())
    limits = json.loads((tmp_path / "c.json").read_bytes())["coverage"]["cannot_contain"]
    assert limits
    for limit in limits:
        assert " ".join(pages).count(" ".join(limit["text"].split())) == 1


def test_a_list_proves_records_and_claims_neither_search_nor_coverage(repository: Repository, tmp_path: Path) -> None:
    ids = [view.record_id for view in repository.catalog.views(repository_ids(repository))]
    chosen = RecordSet.of(SetOrigin.CHOSEN, [*ids[:2], "twitter:1:post:999"], by="R. Delgado")
    request = SearchRequest("*", records=chosen)
    first, *others = pages_of(repository, tmp_path / "c.json", request, paper("Doe v. City"))
    everything = " ".join([first, *others])
    for words in (
        "Certificate of a list of records",
        "Re: Doe v. City",
        "3 records selected by R. Delgado.",
        "1 of the records selected are no longer on file",
        "How many 2 records.",
        "This is a list that a person chose, not a search.",
        "I do not state that these are all the records on any subject.",
    ):
        assert words in first, words
    for claim in (
        "Gaps",
        "Searched to",
        "Captured to",
        "is captured",
        "the search described",
        "No records",
        "Days searched",
        "repeats the search",
    ):
        assert claim not in everything, claim
    stored = file_format.read(tmp_path / "c.json")
    assert (stored.is_list, stored.coverage, stored.found.total) == (True, None, 2)
    assert [capture.name for capture in stored.captures] == ["first.zip"]


def repository_ids(repository: Repository) -> Any:
    return Plan(repository, SearchRequest("*")).ids()


def test_a_check_of_a_list_compares_only_the_list(repository: Repository, tmp_path: Path) -> None:
    ids = [view.record_id for view in repository.catalog.views(repository_ids(repository))]
    request = SearchRequest("*", records=RecordSet.of(SetOrigin.CHOSEN, ids[:2], by="R. Delgado"))
    pages_of(repository, tmp_path / "c.json", request, paper())
    before = verify(repository, tmp_path / "c.json", by="lena")
    assert before.went_well
    assert check_words.sentences(before)[0] == "Identical: the same 2 records are on file with the same content."
    posts = [tweet(at, f"flood {at}", f"Wed Jul {at + 4:02} 18:00:00 +0000 2018") for at in range(8)]
    posts[3] = tweet(3, "another text", "Wed Jul 07 18:00:00 +0000 2018")
    archive = x_zip(tmp_path / "second.zip", posts, generated="2023-05-01T12:00:00.000Z")
    ingest(repository, [archive], taken_by="ada", source="test")
    after = verify(repository, tmp_path / "c.json", by="lena")
    assert (after.new, after.captures_added, len(after.changed)) == ((), (), 1)
    assert check_words.sentences(after)[0] == (
        "Not identical: of the 2 records listed, 2 are on file now; see which have changed or are gone."
    )


def test_a_part_of_a_list_says_which_part(repository: Repository, tmp_path: Path) -> None:
    ids = [view.record_id for view in repository.catalog.views(repository_ids(repository))]
    chosen = RecordSet.of(SetOrigin.BASKET, ids, by="R. Delgado", day=date(2026, 3, 1))
    filters = Filters(first_day=date(2018, 7, 4), last_day=date(2018, 7, 5))
    first, *_ = pages_of(repository, tmp_path / "c.json", SearchRequest("flood", filters, records=chosen), paper())
    assert "4 records in the basket of R. Delgado on March 1, 2026." in first
    assert "Of these, only records that match: flood. Of these, only records posted July 4 to July 5, 2018, both days included." in first
    assert "no longer on file" not in first


def test_the_certificate_in_a_package_has_the_letterhead_of_the_settings(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWME_BODY_NAME", "City of Osage Bluff")
    options = ["--out", str(tmp_path / "a.zip"), "--data", str(repository.paths.data), "--subject", "flood"]
    run = CliRunner().invoke(main, ["export", "flood", *options])
    assert run.exit_code == 0, run.output
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        name = next(name for name in package.namelist() if name.endswith("certificate.json"))
        stored = json.loads(package.read(name))
    assert stored["body"]["name"] == "City of Osage Bluff"
    assert not stored["subject"]  # what a package is about is no request or matter
