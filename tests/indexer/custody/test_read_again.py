"""A held capture read again from the vault: the same reading has no difference, and a forged field is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.catalog.database import transaction
from indexer.catalog.stored_data import digest_of
from indexer.catalog.tables import records, versions
from indexer.custody import zone
from indexer.custody.ingest import ingest
from indexer.custody.read_again import Deviation, Difference, fact_differences, record_differences, reopen_capture
from indexer.repository import Repository
from tests.support.builders import zip_files
from tests.support.golden import archive_of, cases
from tests.support.platforms.facebook_pages import HEADER_PAGE
from tests.support.repositories import tweet, x_zip


def read(repository: Repository, number: int = 1) -> list[Difference]:
    capture = repository.catalog.capture(number)
    assert capture is not None
    reading = reopen_capture(repository, capture)
    assert not reading.importer_has_changed
    return [*record_differences(repository, reading), *fact_differences(repository, reading)]


def test_every_case_reads_again_as_it_was_taken_in(repository: Repository) -> None:
    for case in cases():
        ingest(repository, [archive_of(case)], taken_by="ada", source="test")
    for capture in repository.catalog.captures():
        assert read(repository, capture.id) == [], capture.name
    with repository.db.connect() as connection:
        held = connection.execute(
            sa.select(versions, records.c.kind, records.c.native_id).join(records, records.c.pk == versions.c.record_pk)
        )
        from indexer.catalog.stored_data import content

        for row in held:
            assert digest_of(row.kind, row.native_id, content(row)) == row.digest


def test_two_captures_with_versions_read_again_as_they_were_taken_in(repository: Repository, tmp_path: Path) -> None:
    ingest(repository, [x_zip(tmp_path / "a.zip", [tweet(1, "one"), tweet(2, "two")])], taken_by="ada", source="test")
    second = x_zip(tmp_path / "b.zip", [tweet(1, "other"), tweet(2, "two")], generated="2024-01-01T00:00:00.000Z")
    ingest(repository, [second], taken_by="ada", source="test")
    assert read(repository, 1) == read(repository, 2) == []


def test_a_zone_set_by_hand_is_no_difference(repository: Repository, tmp_path: Path) -> None:
    page = {"posts/your_posts_1.html": HEADER_PAGE}
    ingest(repository, [zip_files(page, tmp_path / "f.zip")], taken_by="ada", source="test")
    ingest(repository, [zip_files({**page, "posts/a.txt": "x"}, tmp_path / "g.zip")], taken_by="ada", source="test", zone_name="Asia/Tokyo")
    assert read(repository, 1) == read(repository, 2) == []
    for capture, name in ((1, "America/Denver"), (2, "Europe/Berlin"), (1, "America/New_York")):
        zone.set_zone(repository, capture, name, "ada")
        assert read(repository, 1) == read(repository, 2) == []


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("text", "forged", "text"),
        ("title", "forged", "title"),
        ("author", "mallory", "author"),
        ("url", "https://example.org/forged", "url"),
        ("posted_ms", 1_000_000_000_000, "posted"),
        ("posted_written", "yesterday", "posted_as_written"),
        ("posted_rule", "epoch", "time_rule"),
        ("parent_id", "77", "parent_id"),
        ("thread_id", "77", "thread_id"),
        ("digest", "0" * 64, "digest"),
        ("data", b'{"author_id":"666"}', "author_id"),
        ("data", b'{"mentions":["mallory"]}', "mentions"),
        ("data", b'{"attachments":[{"name":"x","media_type":"y"}]}', "attachments"),
    ],
)
def test_a_forged_field_is_named(repository: Repository, tmp_path: Path, column: str, value: object, field: str) -> None:
    ingest(repository, [x_zip(tmp_path / "a.zip", [tweet(1, "one"), tweet(2, "two")])], taken_by="ada", source="test")
    with transaction(repository.db) as connection:
        connection.execute(versions.update().where(versions.c.id == 2).values({column: value}))
    found = read(repository)
    assert field in {one.field for one in found}
    assert {one.record_id.rpartition(":")[2] for one in found} == {tweet(2, "")["id"]}


def test_a_record_too_few_and_one_too_many_are_named(repository: Repository, tmp_path: Path) -> None:
    ingest(repository, [x_zip(tmp_path / "a.zip", [tweet(1, "one"), tweet(2, "two")])], taken_by="ada", source="test")
    with transaction(repository.db) as connection:
        connection.execute(records.update().where(records.c.pk == 1).values(native_id="4711"))
    found = read(repository)
    assert [one.deviation for one in found] == [Deviation.NOT_HELD, Deviation.NOT_READ]
    assert (found[0].read, found[1].held) == ("one", "one")
