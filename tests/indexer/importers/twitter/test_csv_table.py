"""The table tweets.csv of X archives: alone, beside the months, and damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.evidence.archive import open_archive
from indexer.importers.twitter import TwitterImporter
from indexer.record import RecordKind
from tests.support.builders import folder_of, values
from tests.support.platforms.twitter import CSV_HEAD, codes, months, records, results, row, tallies


def test_a_row_that_only_the_table_has_becomes_a_record(tmp_path: Path) -> None:
    files = months([{"id_str": "9", "text": "In both", "created_at": "2015-06-01 00:00:00 +0000"}])
    files["tweets.csv"] = CSV_HEAD + row(9, "In both") + row(8, 'Only\nhere, "quoted" &amp; more http://t.co/ab12', "http://a.example/,b")
    output = results(tmp_path, files)
    assert codes(output) == []
    assert {record.native_id: record.text for record in records(output)} == {
        "9": "In both",
        "8": 'Only\nhere, "quoted" & more http://a.example/,b',
    }
    assert tallies(output)["tweets.csv"] == 2


def test_a_table_that_says_another_text_than_the_month_is_reported(tmp_path: Path) -> None:
    files = months([{"id_str": "9", "text": "As posted", "created_at": "2015-06-01 00:00:00 +0000"}])
    output = results(tmp_path, files | {"tweets.csv": CSV_HEAD + row(9, "As altered")})
    assert codes(output) == ["csv-differs"]
    assert [record.text for record in records(output)] == ["As posted"]


def test_a_lone_table_gives_posts_replies_and_reposts(tmp_path: Path) -> None:
    text = (
        CSV_HEAD
        + row(8, "Look https://t.co/a1 https://t.co/a2", "https://a.example/1,https://twitter.com/CedarFordMO/status/8/photo/1")
        + row(7, "RT @Gauges: high wat…", retweeted="5")
    )
    output = results(tmp_path, {"tweets.csv": "\ufeff" + text})
    assert [(record.kind, record.text, record.author) for record in records(output)] == [
        (RecordKind.POST, "Look https://a.example/1", "CedarFordMO"),
        (RecordKind.REPOST, "RT @Gauges: high wat…", "CedarFordMO"),
    ]
    assert records(output)[1].extra["cut"] == "yes"


@pytest.mark.parametrize(
    ("damage", "code", "kept"),
    [
        (row(8, "never closed").partition(" closed")[0], "csv-cut", 1),
        (row(8, "cut between two fields")[:-4], "bad-item", 1),
        ('"8","only two"\n' + row(7, "after"), "bad-item", 2),
        (row(8, "x", at="2015-99-01 00:00:00 +0000"), "bad-date", 2),
        (row(8, "Caf\xe9").encode("latin-1") + row(7, "after").encode(), "bad-encoding", 2),
        (row(9, "first"), "doubled-item", 1),
    ],
)
def test_damage_in_a_table_is_reported_and_the_other_rows_are_kept(tmp_path: Path, damage: str | bytes, code: str, kept: int) -> None:
    tail = damage if isinstance(damage, bytes) else damage.encode()
    output = results(tmp_path, {"tweets.csv": (CSV_HEAD + row(9, "first")).encode() + tail})
    assert codes(output) == [code]
    assert len(records(output)) == kept


def test_the_csv_of_2013_is_never_read(tmp_path: Path) -> None:
    files = months([{"id_str": "9", "text": "Olé", "created_at": "Sat Jun 01 00:00:00 +0000 2013"}], "2013_06")
    files["data/csv/2013_06.csv"] = '"tweet_id","text"\n"9","Ol?"\n"10","Ragged","http://a.example","http://b.example"\n'
    archive = open_archive(folder_of(files, tmp_path / "archive"))
    assert [record.text for record in records(values(TwitterImporter(), archive))] == ["Olé"]
    assert "data/csv/2013_06.csv" not in archive.opened
