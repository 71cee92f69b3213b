"""The certificate of a search: whole, exact, readable, and checked again months later."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from click.testing import CliRunner, Result

from indexer.certificates import check_words, contents, file_format
from indexer.certificates.certify import CertificateFailed, certify, write
from indexer.certificates.check import FileState
from indexer.certificates.file_format import NotACertificate
from indexer.certificates.verify import verify
from indexer.cli.main import main
from indexer.coverage import AccountDays, Coverage, DayStatus, Interval
from indexer.custody.ingest import ingest
from indexer.query import Dialect
from indexer.query.filters import Filters, Permission
from indexer.repository import Repository
from indexer.search.answering import NotAnswered
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.results import Results
from tests.support.repositories import repository_at, tweet, x_zip

AT = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
POSTS = [
    tweet(1, "Flood closes the bridge", "Wed Jul 04 18:00:00 +0000 2018"),
    tweet(2, "Flooding at half past eleven", "Thu Jul 05 04:30:00 +0000 2018"),
    tweet(3, "Budget of the council", "Fri Jul 06 18:00:00 +0000 2018"),
    tweet(4, "A flood of thanks", "Sat Jul 07 18:00:00 +0000 2018"),
]


@pytest.fixture
def repository(tmp_path: Path) -> Any:
    made = repository_at(tmp_path / "data")
    ingest(made, [x_zip(tmp_path / "first.zip", POSTS)], taken_by="rhea", source="test")
    yield made
    made.close()


def made(repository: Repository, target: Path, query: str = "flood*", **more: Any) -> Path:
    with certify(Plan(repository, SearchRequest(query, **more)), by="rhea", at=AT) as certificate:
        return write(repository, certificate, target).json


def text_of(path: Path) -> str:
    pages = pypdf.PdfReader(io.BytesIO(path.with_suffix(".pdf").read_bytes())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def later(repository: Repository, tmp_path: Path) -> None:
    """Take in a second capture: post 1 has other words, post 4 is not about a flood any more, post 5 is new."""
    posts = [
        tweet(1, "Flood closes the bridge and the road", "Wed Jul 04 18:00:00 +0000 2018"),
        POSTS[1],
        POSTS[2],
        tweet(5, "Flood insurance", "Sun Jul 08 18:00:00 +0000 2018"),
    ]
    ingest(repository, [x_zip(tmp_path / "second.zip", posts, generated="2023-05-01T12:00:00.000Z")], taken_by="ada", source="test")


def test_the_digest_is_what_the_documentation_says(repository: Repository, tmp_path: Path) -> None:
    stored = json.loads(made(repository, tmp_path / "c.json").read_bytes())
    found = [repository.catalog.record(one.split("\t")[0]) for one in stored["records"]]
    assert [view.content.text for view in found if view] == ["A flood of thanks", "Flooding at half past eleven", "Flood closes the bridge"]
    lines = "".join(f"{view.record_id}\t{view.version}\t{view.content_digest}\n" for view in found if view)
    assert stored["found"]["digest"] == hashlib.sha256(lines.encode()).hexdigest()
    assert stored["found"]["total"] == 3


def test_the_same_search_twice_has_the_same_digest_and_all_that_was_asked(repository: Repository, tmp_path: Path) -> None:
    first, second = (json.loads(made(repository, tmp_path / f"{name}.json", "flood* OR budget").read_bytes()) for name in "ab")
    assert first["records"] == second["records"]
    assert {key for key in first if first[key] != second[key]} <= {"id", "state", "anchor"}
    assert first["found"]["by_account"][0]["records"] == 4
    assert [one["records"] for one in first["found"]["by_term"]] == [3, 1]
    assert first["found"]["expansions"][0]["words"] == {"flood": 2, "flooding": 1}
    assert first["captures"][0]["digest"] == repository.catalog.captures()[0].digest
    assert first["made"]["at_utc"] == "2026-03-02T17:30:00Z"
    assert first["made"]["at_local"] == "2026-03-02T11:30:00-06:00"


def test_the_file_is_canonical_and_read_back_whole(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json")
    stored = file_format.read(path)
    header = file_format.Header(**{name: getattr(stored, name) for name in file_format.Header.__struct_fields__})
    again = io.BytesIO()
    file_format.write(header, stored.records, again)
    assert again.getvalue() == path.read_bytes()


def test_days_accounts_and_kinds_narrow_it_and_are_said(repository: Repository, tmp_path: Path) -> None:
    account = repository.catalog.accounts()[0].id
    filters = Filters(first_day=date(2018, 7, 4), last_day=date(2018, 7, 4), accounts=frozenset({account}), kinds=frozenset({"post"}))
    path = made(repository, tmp_path / "c.json", filters=filters)
    stored = file_format.read(path)
    assert stored.found.total == 2
    assert stored.filters.accounts is not None
    assert stored.filters.accounts[0].native_id == repository.catalog.accounts()[0].native_id
    text = text_of(path)
    assert "July 4, 2018" in text
    assert "@OzarkBendMO (X / Twitter)" in text
    assert verify(repository, path, by="rhea").went_well


def test_a_search_without_a_hit_is_a_whole_document(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "none.json", "zeppelin")
    stored = file_format.read(path)
    assert (stored.found.total, stored.records) == (0, [])
    assert stored.found.digest == hashlib.sha256(b"").hexdigest()
    text = text_of(path)
    assert "No records. The query was valid, the search ran to completion, and no record on file matches it." in text
    assert "and that it found no record." in text
    assert "zeppelin" in text
    assert repository.catalog.captures()[0].digest in text
    assert verify(repository, path, by="rhea").went_well


def test_the_pdf_can_be_read_by_everybody_and_pins_the_json(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json", 'flood* AND "the bridge"')
    reader = pypdf.PdfReader(path.with_suffix(".pdf"))
    assert "pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of a search"
    text = text_of(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    assert file_format.read(path).found.digest in text
    assert 'flood* AND "the bridge"' in text
    assert f"Page 1 of {len(reader.pages)}" in text


def test_the_whole_language_is_certified_with_readings_in_both_languages(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json", "(flood* w/3 bridge) OR budgets~~")
    stored = file_format.read(path)
    assert stored.found.total == 2
    assert [(one.query, one.records) for one in stored.found.by_term] == [("flood* w/3 bridge", 1), ("budgets~~", 1)]
    assert {one.query: dict(one.words) for one in stored.found.expansions} == {
        "flood*": {"flood": 2, "flooding": 1},
        "budgets~~": {"budget": 1},
    }
    assert "within 3 words of" in stored.query.reading_english
    assert "3 palabras" in stored.query.reading_spanish
    assert stored.query.words_english in text_of(path)
    assert "palabras" not in text_of(path)  # the paper is in English
    assert verify(repository, path, by="rhea").went_well


def test_the_dialect_is_kept_and_the_query_grouped_in_the_plain_one(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json", "the bridge", dialect=Dialect.DTSEARCH)
    stored = file_format.read(path)
    assert (stored.query.dialect, stored.query.canonical, stored.found.total) == ("dtsearch", '"the bridge"', 1)
    assert verify(repository, path, by="rhea").went_well


def test_as_of_a_day_certifies_the_wording_of_then(repository: Repository, tmp_path: Path) -> None:
    later(repository, tmp_path)
    path = made(repository, tmp_path / "c.json", "bridge", as_of=date(2023, 3, 1))
    stored = file_format.read(path)
    assert [one.split("\t")[1] for one in stored.records] == ["1"]
    assert stored.found.by_term[0].records == 1
    some = file_format.read(made(repository, tmp_path / "terms.json", "flood OR council OR budget", as_of=date(2018, 7, 6)))
    assert [(one.query, one.records) for one in some.found.by_term] == [("flood", 1), ("council", 1), ("budget", 1)]  # post 4 is later
    assert sum(one.records for one in some.found.by_account) == some.found.total == 2
    now = file_format.read(made(repository, tmp_path / "now.json", "bridge"))
    assert [one.split("\t")[1] for one in now.records] == ["2"]
    assert "March 1, 2023: only what was visible" in text_of(path)
    assert verify(repository, path, by="rhea").went_well


def test_the_coverage_and_its_gaps_are_in_both_files(repository: Repository, tmp_path: Path) -> None:
    filters = Filters(first_day=date(2023, 1, 1), last_day=date(2023, 12, 31))
    path = made(repository, tmp_path / "c.json", "flood", filters=filters)
    stored = file_format.read(path)
    assert stored.coverage["gaps"]
    text = text_of(path)
    assert all(" ".join(one.split()) in text for one in stored.coverage["gaps"])


def test_any_sign_and_any_length_of_a_query_can_be_set(repository: Repository, tmp_path: Path) -> None:
    for at, query in enumerate(['漢字 OR "🎉 flood" OR שלום OR "$x$ [#panic]" OR \u0378abc', "url:https://example.org/" + "a" * 900]):
        path = made(repository, tmp_path / f"{at}.json", query)
        assert "No records." in text_of(path)
        assert file_format.read(path).query.typed == query


def test_nothing_has_changed_is_identical(repository: Repository, tmp_path: Path) -> None:
    check = verify(repository, made(repository, tmp_path / "c.json"), by="lena")
    assert check.went_well
    assert (check.file, check.new, check.changed, check.gone) == (FileState.UNALTERED, (), (), ())
    assert [one.tag for one in repository.audit.newest(2)] == ["certificate:checked", "certificate:made"]


def test_a_further_capture_is_told_record_by_record(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json", "flood* NOT road")
    later(repository, tmp_path)
    check = verify(repository, path, by="lena")
    assert not check.is_identical
    assert [one.record_id[-1] for one in check.new] == ["5"]
    assert [one.record_id[-1] for one in check.gone] == ["1"]
    assert check.changed == ()
    new, gone = check.new[0], check.gone[0]
    assert new.origin is not None
    assert (new.origin.capture_name, new.origin.taken_by, new.capture_is_new) == ("second.zip", "ada", True)
    assert gone.origin is not None, "it is on file, but no longer matches"
    assert (gone.was_version, gone.origin.version, gone.origin.capture_name) == (1, 2, "second.zip")
    assert [one.name for one in check.captures_added] == ["second.zip"]
    assert check.file is FileState.UNALTERED


def test_a_changed_record_names_the_version_and_the_capture_that_changed_it(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json", "bridge")
    later(repository, tmp_path)
    check = verify(repository, path, by="lena")
    assert (check.new, check.gone, len(check.changed)) == ((), (), 1)
    one = check.changed[0]
    assert one.origin is not None
    assert (one.was_version, one.version, one.origin.capture_name) == (1, 2, "second.zip")
    assert one.was_digest != one.digest == one.origin.digest


def test_a_record_that_is_not_held_any_more_is_gone(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json")
    other = repository_at(tmp_path / "other")
    ingest(other, [x_zip(tmp_path / "less.zip", POSTS[:2])], taken_by="rhea", source="test")
    check = verify(other, path, by="rhea")
    assert [(one.record_id[-1], one.origin) for one in check.gone] == [("4", None)]
    assert check.file is FileState.UNKNOWN
    assert [one.name for one in check.captures_missing] == ["first.zip"]
    other.close()


@pytest.mark.parametrize("part", ['"typed":"flood*"', '"total":3', '"by":"rhea"', "\\t1\\t"])
def test_a_changed_byte_is_noticed(repository: Repository, tmp_path: Path, part: str) -> None:
    path = made(repository, tmp_path / "c.json")
    content = path.read_text(encoding="utf-8")
    assert part in content
    changed = {'"typed":"flood*"': '"typed":"flood"', '"total":3': '"total":4', '"by":"rhea"': '"by":"ada"', "\\t1\\t": "\\t2\\t"}[part]
    path.write_text(content.replace(part, changed, 1), encoding="utf-8")
    check = verify(repository, path, by="lena")
    assert check.file is FileState.ALTERED
    assert not check.went_well
    assert any("changed afterward" in one for one in check_words.sentences(check))


def test_another_zone_and_another_program_are_said(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(repository, tmp_path / "c.json", filters=Filters(first_day=date(2018, 7, 4), last_day=date(2018, 7, 4)))
    repository.close()
    moved = repository_at(tmp_path / "data", zone="America/New_York")
    moved.delete_index()
    from indexer.custody.indexing import sync

    sync(moved)
    monkeypatch.setattr(contents, "__version__", "9.9")
    check = verify(moved, path, by="lena")
    assert {(one.what, one.then, one.now) for one in check.differences} == {
        ("time zone", "America/Chicago", "America/New_York"),
        ("program", file_format.read(path).software.program, "9.9"),
    }
    assert [one.record_id[-1] for one in check.gone] == ["2"], "half past eleven in Chicago is the next day in New York"
    moved.close()


def test_an_index_that_is_behind_is_said_loudly_in_certificate_and_check(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = made(repository, tmp_path / "good.json")
    position = repository.index.position()
    monkeypatch.setattr(type(repository.catalog), "position", lambda _self: position + 1)
    behind = made(repository, tmp_path / "behind.json")
    assert file_format.read(behind).warnings
    assert "The search index was behind" in text_of(behind)
    check = verify(repository, good, by="rhea")
    assert check.is_identical
    assert not check.went_well


def test_what_moves_all_the_while_is_not_certified(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(range(1_000, 2_000))
    monkeypatch.setattr(type(repository.catalog), "position", lambda _self: next(numbers))
    with pytest.raises(CertificateFailed, match="right now"):
        made(repository, tmp_path / "c.json")
    assert not list(tmp_path.glob("c.*"))


def test_a_query_that_cannot_be_read_is_never_certified(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(NotAnswered):
        made(repository, tmp_path / "c.json", '"unbalanced')
    assert not list(tmp_path.glob("c.*"))


def test_who_may_not_see_everything_learns_nothing_of_the_rest(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json", filters=Filters(permission=Permission(frozenset(), without_messages=False)))
    stored = file_format.read(path)
    assert (stored.found.total, stored.captures, stored.found.by_account) == (0, (), ())
    assert (stored.state.held, stored.state.catalog_position) == (None, None)
    assert stored.found.expansions[0].words == {}
    assert "OzarkBend" not in path.read_text(encoding="utf-8") + text_of(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7 \xff", "Use the JSON file that goes with it"),
        (b"hello", "is not a certificate"),
        (b"{}", "not a search certificate"),
        (b"[1]", "is not a certificate"),
        (b'{"format":"Show-Me Records certificate of a search","format_version":4}', "reads formats up to 3"),
        (b'{"format":"Show-Me Records certificate of a search","format_version":1}', "damaged or was changed"),
        (b'{"format":"\xff"}', "is not a certificate"),
        (b"[" * 2_000_000, "is not a certificate"),
        (b'{"format":"Show-Me Records certificate of a search","coverage":' + b"[" * 2_000_000, "is not a certificate"),
    ],
)
def test_other_files_are_refused_in_words(repository: Repository, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(NotACertificate, match=words):
        verify(repository, path, by="rhea")


def test_a_field_too_many_or_a_line_of_another_shape_is_refused(repository: Repository, tmp_path: Path) -> None:
    path = made(repository, tmp_path / "c.json")
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps({**content, "more": 1}))
    with pytest.raises(NotACertificate, match="more"):
        verify(repository, path, by="rhea")
    path.write_text(json.dumps({**content, "records": ["x"]}))
    with pytest.raises(NotACertificate, match="not a record"):
        verify(repository, path, by="rhea")
    path.write_text(json.dumps({**content, "query": {**content["query"], "dialect": "klingon"}}))
    with pytest.raises(NotACertificate, match="klingon"):
        verify(repository, path, by="rhea")


SLOW = """
import sys, time
from pathlib import Path
from indexer.certificates import pdf
from indexer.certificates.certify import certify, write
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.repositories import repository_at
plain = pdf.render_pdf
def slow(*words):
    print("begun", flush=True)
    time.sleep(60)
    return plain(*words)
pdf.render_pdf = slow
repository = repository_at(Path(sys.argv[1]))
with certify(Plan(repository, SearchRequest("flood")), by="rhea") as certificate:
    write(repository, certificate, Path(sys.argv[2]))
"""


def test_killed_in_the_middle_nothing_half_is_there(repository: Repository, tmp_path: Path) -> None:
    target = tmp_path / "out" / "c.json"
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(repository.paths.data), str(target)],
        cwd=root,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert [path.name for path in target.parent.iterdir() if not path.name.endswith(".partial")] == []
    assert not any(one.tag == "certificate:made" for one in repository.audit.newest())
    assert made(repository, target).is_file()


def test_a_pdf_that_cannot_be_made_leaves_nothing(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.certificates import pdf
    from indexer.typeset import PdfFailed

    def broken(*_words: object) -> bytes:
        raise PdfFailed("The PDF could not be made: no paper.")

    monkeypatch.setattr(pdf, "render_pdf", broken)
    with pytest.raises(CertificateFailed, match="no paper"):
        made(repository, tmp_path / "out" / "c.json")
    assert list((tmp_path / "out").iterdir()) == []


def test_ten_thousand_records_are_certified_and_checked_quickly(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    many = [tweet(at, f"flood number {at}", "Wed Jul 04 18:00:00 +0000 2018") for at in range(10_000)]
    ingest(repository, [x_zip(tmp_path / "many.zip", many)], taken_by="rhea", source="test")
    started = time.monotonic()
    path = made(repository, tmp_path / "c.json")
    assert verify(repository, path, by="rhea").went_well
    assert time.monotonic() - started < 20
    assert len(file_format.read(path).records) == 10_000
    repository.close()


# the command line


def run(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(tmp_path / "data"), *words])


def test_the_command_line_makes_and_verifies(repository: Repository, tmp_path: Path) -> None:
    out = str(tmp_path / "c")
    result = run(tmp_path, "certificate", "make", "flood*", "--out", out, "--json")
    assert result.exit_code == 0, result.output
    shape = json.loads(result.stdout.splitlines()[-1])
    assert shape["total"] == 3
    assert Path(shape["pdf"]).read_bytes().startswith(b"%PDF")
    assert run(tmp_path, "certificate", "make", "flood*", "--out", out).exit_code == 2, "never written over"
    good = run(tmp_path, "certificate", "verify", f"{out}.json")
    assert (good.exit_code, good.stdout.split(":")[0]) == (0, "Identical")
    later(repository, tmp_path)
    after = run(tmp_path, "certificate", "verify", f"{out}.json", "--json")
    assert after.exit_code == 1
    told = json.loads(after.stdout.splitlines()[-1])
    assert [one["record_id"][-1] for one in told["new"]] == ["5"]
    assert told["new"][0]["held"]["capture_name"] == "second.zip"
    assert told["changed"][0]["now"]["version"] == 2
    words = run(tmp_path, "certificate", "verify", f"{out}.json").stdout
    assert "from second.zip (capture 2, added since then)" in words
    assert run(tmp_path, "certificate", "verify", f"{out}.pdf").exit_code == 2
    assert run(tmp_path, "certificate", "verify", f"{out}.nothing").exit_code == 2
    assert run(tmp_path, "certificate", "make", '"open', "--out", str(tmp_path / "d")).exit_code == 2


def test_every_key_of_the_command_line_is_documented(repository: Repository, tmp_path: Path) -> None:
    docs = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text(encoding="utf-8")
    result = run(tmp_path, "certificate", "make", "flood*", "--out", str(tmp_path / "c"), "--json")
    shapes = {"make": json.loads(result.stdout.splitlines()[-1])}
    later(repository, tmp_path)
    shapes["verify"] = json.loads(run(tmp_path, "certificate", "verify", str(tmp_path / "c.json"), "--json").stdout.splitlines()[-1])
    for name, shape in shapes.items():
        paragraph = docs.split(f"`certificate {name}`:", 1)[1].split("\n\n")[0]
        keys = {*shape, *(shape.get("new") or [{}])[0], *((shape.get("new") or [{}])[0].get("held") or {})}
        for key in keys:
            assert f"{key}" in paragraph, f"{name}: {key}"


@pytest.mark.parametrize("accounts", [1, 3, 4, 40])
def test_a_certificate_gives_no_advice_to_the_body(accounts: int) -> None:
    today, end = date(2026, 11, 28), date(2022, 3, 31)
    interval = Interval(end.toordinal() - 99, end.toordinal() + 1, DayStatus.CAPTURED, (1,))
    held = tuple(AccountDays(number, f"@city{number}", "twitter", None, (interval,), None, frozenset()) for number in range(accounts))
    covered = Coverage("America/Chicago", end, today, has_first=False, has_last=False, accounts=held, today=today)
    assert any("Request" in str(line) for line in covered.notes), "pages do"
    shape = contents.coverage_json(Results(SearchRequest(), "", coverage=covered))
    assert shape is not None
    assert not any("Request" in str(line) for line in shape["notes"])
