"""A certificate is compared with the evidence: forged contents, cut logs and old files, and reasons that are named."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.catalog.audit import AnchorState
from indexer.certificates import check_words, document, file_format
from indexer.certificates.certify import CertificateFailed, certify, write
from indexer.certificates.check import Check, FileState, load_check, save_check
from indexer.certificates.file_format import NotACertificate
from indexer.certificates.reasons import REASONS
from indexer.certificates.verify import verify
from indexer.cli.main import main
from indexer.custody import zone
from indexer.custody.indexing import rebuild
from indexer.custody.ingest import ingest
from indexer.custody.reread import reread
from indexer.custody.set_aside import set_aside
from indexer.custody.verify import Level
from indexer.query.filters import Filters, Permission
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.platforms.facebook_pages import HEADER_PAGE
from tests.support.repositories import repository_at, tweet, x_zip
from tests.support.tampering import recompute, sql

BOX = HEADER_PAGE[HEADER_PAGE.index('<div class="pam') : HEADER_PAGE.index("</div></body>")]
TWO_DAYS = HEADER_PAGE.replace(BOX, BOX + BOX.replace("Jul 04", "Jul 09").replace("Late", "Early"))
POSTS = [tweet(at, f"flood {at}") for at in range(4)]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data")
    ingest(opened, [x_zip(tmp_path / "first.zip", POSTS)], taken_by="ada", source="test")
    yield opened
    opened.close()


def certified(repository: Repository, target: Path, query: str = "*", **more: Any) -> Path:
    with certify(Plan(repository, SearchRequest(query, **more)), by="rhea") as certificate:
        return write(repository, certificate, target).json


def says(check: Check) -> str:
    return "\n".join(check_words.sentences(check))


def forge(column: str, value: object) -> Callable[[Repository], None]:
    def do(repository: Repository) -> None:
        sql(repository, f"UPDATE versions SET {column}={value!r} WHERE id=2")
        rebuild(repository, "mallory")

    return do


def forge_with_digest(repository: Repository) -> None:
    from indexer.catalog import stored_data

    forge("text", "flood FORGED")(repository)
    with repository.db.connect() as connection:
        row = connection.exec_driver_sql("SELECT v.*, kind, native_id FROM versions v JOIN records ON pk=record_pk WHERE v.id=2").one()
    sql(
        repository,
        f"UPDATE versions SET digest='{stored_data.digest_of(row.kind, row.native_id, stored_data.content(row))}' WHERE id=2",
    )


def forge_raw(repository: Repository) -> None:
    sql(repository, f"UPDATE sightings SET raw_digest='{'0' * 64}' WHERE id=2")


def lose_evidence(repository: Repository) -> None:
    for path in repository.paths.vault.iterdir():
        path.unlink()


QUICK = [forge("text", "flood FORGED"), forge("title", "FORGED"), forge_with_digest, forge_raw, lose_evidence]


@pytest.mark.parametrize("deed", QUICK)
def test_a_forged_catalog_is_never_identical_and_well(repository: Repository, tmp_path: Path, deed: Callable[[Repository], None]) -> None:
    path = certified(repository, tmp_path / "c.json", "flood*")
    assert verify(repository, path, by="rhea").went_well
    deed(repository)
    check = verify(repository, path, by="rhea")
    assert check.altered_total
    assert not check.went_well
    assert says(check).startswith("Altered")
    assert CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "certificate", "verify", str(path)]).exit_code == 1


@pytest.mark.parametrize(("column", "value"), [("author", "mallory"), ("posted_ms", 1530727260000), ("url", "https://example.org/")])
def test_full_names_what_quick_does_not_promise(repository: Repository, tmp_path: Path, column: str, value: object) -> None:
    path = certified(repository, tmp_path / "c.json")
    forge(column, value)(repository)
    assert "does not verify author and time" in says(verify(repository, path, by="rhea"))
    check = verify(repository, path, by="rhea", level=Level.FULL)
    assert [one.record_id[-1] for one in check.alterations] == ["1"]
    assert not check.went_well
    assert {"posted_ms": "posted"}.get(column, column) in check.alterations[0].message


def test_full_of_what_nobody_touched_is_identical(repository: Repository, tmp_path: Path) -> None:
    path = certified(repository, tmp_path / "c.json")
    check = verify(repository, path, by="rhea", level=Level.FULL)
    assert check.went_well
    assert "every stored field was compared" in says(check)


def test_a_forged_record_is_never_certified(repository: Repository, tmp_path: Path) -> None:
    sql(repository, "UPDATE versions SET text='flood FORGED' WHERE id=2")
    with pytest.raises(CertificateFailed, match="The catalog was altered"):
        certified(repository, tmp_path / "c.json")
    assert not list(tmp_path.glob("c.*"))


def test_a_check_is_kept_whole(repository: Repository, tmp_path: Path) -> None:
    path = certified(repository, tmp_path / "c.json")
    forge("text", "flood FORGED")(repository)
    check = verify(repository, path, by="rhea")
    save_check(check, tmp_path / "check.json")
    again = load_check(tmp_path / "check.json")
    assert check_words.as_json(again) == check_words.as_json(check)
    shape = json.loads((tmp_path / "check.json").read_bytes())
    new = {"level", "anchor", "anchor_events", "alterations", "altered_total", "raw_only", "reasons", "zone"}
    (tmp_path / "old.json").write_text(json.dumps({name: value for name, value in shape.items() if name not in new}))
    assert load_check(tmp_path / "old.json").level is None, "a check that an earlier version kept is still shown"


# the anchor


def test_a_certificate_holds_the_anchor_and_its_pdf_names_it(repository: Repository, tmp_path: Path) -> None:
    anchor = repository.audit.anchor()
    path = certified(repository, tmp_path / "c.json")
    stored = file_format.read(path)
    assert stored.anchor == file_format.LogAnchor(anchor.events, anchor.hash)
    assert verify(repository, path, by="rhea").anchor is AnchorState.HOLDS
    result = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "verify", "--anchor", str(path), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["anchor"]) == (0, "holds")


@pytest.mark.parametrize(
    ("statements", "state"),
    [
        (["DELETE FROM events WHERE id > (SELECT max(id) FROM events) - 200"], AnchorState.CUT),
        (["DELETE FROM events"], AnchorState.CUT),
        (["UPDATE events SET actor='nora' WHERE actor='gwen'"], AnchorState.REWRITTEN),
    ],
)
def test_a_cut_or_rewritten_log_is_found_by_the_certificate(
    repository: Repository, tmp_path: Path, statements: list[str], state: AnchorState
) -> None:
    for at in range(210):
        repository.audit.add("search:run", "gwen", str(at))
    path = certified(repository, tmp_path / "c.json")
    sql(repository, *statements)
    recompute(repository)
    check = verify(repository, path, by="rhea")
    assert (check.anchor, check.went_well, check.log_broken_at) == (state, False, None)
    assert "The event log was" in says(check)


def test_the_anchor_command_writes_what_verify_reads(repository: Repository, tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["--data", str(tmp_path / "data"), *words])

    out = str(tmp_path / "keep" / "anchor.json")
    (tmp_path / "keep").mkdir()
    made = run("anchor", "--out", out, "--json")
    assert (made.exit_code, json.loads(made.stdout)["events"]) == (0, 1)
    assert run("anchor", "--out", out).exit_code == 2, "never written over"
    assert run("verify", "--anchor", out).exit_code == 0
    sql(repository, "DELETE FROM events WHERE id=1", "UPDATE events SET id=1 WHERE id=2")
    recompute(repository)
    result = run("verify", "--anchor", out, "--json")
    assert (result.exit_code, json.loads(result.stdout)["anchor"]) == (1, "rewritten")
    for other in ("data/ingest.lock", "nothing.json"):
        assert run("verify", "--anchor", str(tmp_path / other)).exit_code == 2
    (tmp_path / "old.json").write_text('{"format": "Show-Me Records certificate of a search", "format_version": 1}')
    assert run("verify", "--anchor", str(tmp_path / "old.json")).exit_code == 2


# certificates of older formats


def as_older_format(path: Path, version: int) -> None:
    """Write a certificate as older versions of the program did."""
    content = json.loads(path.read_bytes())
    content["format_version"] = version
    del content["body"], content["subject"], content["filters"]["selection"], content["found"]["undated_outside"]
    del content["query"]["words_english"], content["query"]["words_spanish"]
    if version == 1:  # until 2026
        del content["anchor"], content["announcements"]
        content["state"]["catalogue_position"] = content["state"].pop("catalog_position")
    names = sorted(content)
    lines = [f'"{name}":{json.dumps(content[name], sort_keys=True, separators=(",", ":"), ensure_ascii=False)}' for name in names]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def test_a_certificate_of_format_1_is_read_and_checked(repository: Repository, tmp_path: Path) -> None:
    from indexer.evidence.fixity import file_digest

    path = certified(repository, tmp_path / "c.json", "flood*")
    now = file_format.read(path)
    as_older_format(path, 1)
    repository.audit.add("certificate:made", "rhea", now.id, {"sha256": file_digest(path)})
    stored = file_format.read(path)
    assert (stored.format_version, stored.anchor, stored.announcements) == (1, None, ())
    assert (stored.state, stored.records, stored.found.digest) == (now.state, now.records, now.found.digest)
    assert file_format.read_header(path).state == now.state
    check = verify(repository, path, by="lena")
    assert (check.went_well, check.anchor, check.file) == (True, None, FileState.UNALTERED)
    forge("text", "flood FORGED")(repository)
    assert not verify(repository, path, by="lena").went_well


def test_a_certificate_of_format_2_is_read_shown_and_checked(repository: Repository, tmp_path: Path) -> None:
    from indexer.evidence.fixity import file_digest

    path = certified(repository, tmp_path / "c.json", "flood*")
    now = file_format.read(path)
    as_older_format(path, 2)
    repository.audit.add("certificate:made", "rhea", now.id, {"sha256": file_digest(path)})
    stored = file_format.read(path)
    assert (stored.format_version, stored.anchor, stored.body, stored.subject) == (2, now.anchor, None, "")
    assert file_format.read_header(path).query.reading_english == now.query.reading_english
    assert now.query.reading_english in json.dumps(document(file_format.read_header(path), "c.json", "0" * 64), default=str)
    assert verify(repository, path, by="lena").went_well


@pytest.mark.parametrize(
    ("key", "value"),
    [("subject", "a matter"), ("body", {"name": "x", "address": [], "contact": "", "custodian": "", "custodian_title": ""})],
)
def test_a_format_2_file_with_values_of_format_3_is_refused(repository: Repository, tmp_path: Path, key: str, value: object) -> None:
    path = certified(repository, tmp_path / "c.json")
    as_older_format(path, 2)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), key: value}))
    for read in (file_format.read, file_format.read_header):
        with pytest.raises(NotACertificate, match=key):
            read(path)


@pytest.mark.parametrize("key", ["anchor", "announcements"])
def test_a_format_1_file_with_names_of_format_2_is_refused(repository: Repository, tmp_path: Path, key: str) -> None:
    path = certified(repository, tmp_path / "c.json")
    as_older_format(path, 1)
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps({**content, key: None}))
    with pytest.raises(NotACertificate, match=key):
        file_format.read(path)


# reasons


def test_a_deed_since_then_is_named_as_the_reason(repository: Repository, tmp_path: Path) -> None:
    page = zip_files({"posts/your_posts_1.html": TWO_DAYS}, tmp_path / "f.zip")
    number = ingest(repository, [page], taken_by="ada", source="test").capture_id
    day = date(2019, 7, 4)
    path = certified(repository, tmp_path / "c.json", filters=Filters(first_day=day, last_day=day))
    repository.audit.add("search:run", "gwen", "x")
    assert "Reason:" not in says(verify(repository, path, by="rhea"))
    zone.set_zone(repository, number, "America/Los_Angeles", "ada")
    check = verify(repository, path, by="rhea")
    assert [one.tag for one in check.reasons] == ["capture:zone-set"]
    assert not check.altered_total, "a zone that was set is no alteration"
    assert len(check.gone) == 1
    assert f"the time zone of archive {number} was set on" in says(check)
    assert verify(repository, path, by="rhea", level=Level.FULL).altered_total == 0


def test_a_maker_with_few_accounts_learns_of_their_deeds_only(repository: Repository, tmp_path: Path) -> None:
    page = zip_files({"posts/your_posts_1.html": TWO_DAYS}, tmp_path / "f.zip")
    number = ingest(repository, [page], taken_by="ada", source="test").capture_id
    first = repository.catalog.capture(1)
    assert first is not None
    assert first.account is not None
    path = certified(
        repository, tmp_path / "c.json", filters=Filters(permission=Permission(frozenset({first.account.id}), without_messages=False))
    )
    zone.set_zone(repository, number, "Asia/Tokyo", "ada")
    assert verify(repository, path, by="rhea").reasons == ()


def test_every_reason_has_a_sentence_with_its_subject() -> None:
    for sentence in REASONS.values():
        text = str(sentence("7", date(2026, 3, 2)))
        assert text.startswith("Reason: ")
        assert re.search(r"(archive|account) 7\b", text)
        assert "Mar 2, 2026" in text


def test_sqlite_is_what_these_tests_alter(repository: Repository) -> None:
    with sqlite3.connect(repository.paths.data / str(repository.db.url.database)) as connection:
        assert connection.execute("SELECT count(*) FROM versions").fetchone() == (4,)
    connection.close()


@pytest.mark.parametrize("query", ["*", "nothing holds this"])
def test_a_capture_that_is_set_aside_is_not_called_lost(repository: Repository, tmp_path: Path, query: str) -> None:
    path = certified(repository, tmp_path / "c.json", query)
    set_aside(repository, 1, "not ours", "rhea")
    check = verify(repository, path, by="rhea")
    assert [one.name for one in check.captures_aside] == ["first.zip"]
    assert check.captures_missing == ()
    assert "Set aside since" in says(check)
    assert "No longer on file" not in says(check)


def test_an_archive_that_was_read_again_with_the_same_result_explains_nothing(repository: Repository, tmp_path: Path) -> None:
    path = certified(repository, tmp_path / "c.json")
    report = reread(repository, 1, "rhea")
    assert (report.corrected, report.added) == (0, 0)
    ingest(repository, [x_zip(tmp_path / "second.zip", [*POSTS, tweet(9, "flood 9")])], taken_by="ada", source="test")
    check = verify(repository, path, by="rhea")
    assert check.total_now == check.total_then + 1
    assert [one.tag for one in check.reasons] == []
