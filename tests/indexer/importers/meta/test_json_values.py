"""What the JSON of Facebook and Instagram archives share."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.importers.meta.json_values import MediaFiles, media_type, read_epoch, repair_all
from indexer.record import TimeRule
from tests.support.platforms.facebook import archive_of


def test_every_string_is_repaired_keys_included() -> None:
    assert repair_all({"Ubicaci\u00c3\u00b3n": ["caf\u00c3\u00a9", {"n": 1, "ya está": None}]}) == {
        "Ubicación": ["café", {"n": 1, "ya está": None}]
    }


@pytest.mark.parametrize(
    ("uri", "member"),
    [
        ("posts/media/A_1/10.jpg", "posts/media/A_1/10.jpg"),
        ("./posts/media/A_1/10.jpg", "posts/media/A_1/10.jpg"),
        ("facebook-old-batch/posts/media/A_1/10.jpg", "posts/media/A_1/10.jpg"),
        ("elsewhere/A_1/10.jpg", "posts/media/A_1/10.jpg"),
        ("posts/media/C_3/10.jpg", ""),  # the name alone is not enough
        ("x/same/20.jpg", ""),  # two would fit
        ("https://interncache.example.org/posts/media/A_1/10.jpg", ""),
        ("", ""),
    ],
)
def test_a_uri_is_the_member_that_it_surely_means(tmp_path: Path, uri: str, member: str) -> None:
    names = ("posts/media/A_1/10.jpg", "posts/media/B_2/10.jpg", "a/same/20.jpg", "b/same/20.jpg")
    assert MediaFiles(archive_of(tmp_path, dict.fromkeys(names, b"x"))).member(uri) == member


def test_a_web_address_is_kept_with_the_file_name_in_it(tmp_path: Path) -> None:
    files = MediaFiles(archive_of(tmp_path, {"a": b"x"}))
    attachment = files.attachment("https://cdn.example.org/v/pool.mp4?token=1")
    assert (attachment.name, attachment.media_type, attachment.member) == ("pool.mp4", "video/mp4", "")
    assert attachment.url == "https://cdn.example.org/v/pool.mp4?token=1"


def test_a_name_without_an_ending_has_the_type_of_its_place() -> None:
    assert (media_type("1234", "image/jpeg"), media_type("1234"), media_type("A.JPG")) == (
        "image/jpeg",
        "application/octet-stream",
        "image/jpeg",
    )


def test_seconds_and_milliseconds_are_utc() -> None:
    seconds, none = read_epoch(1_541_309_400, "m", 0)
    milliseconds, _ = read_epoch("1541309400123", "m", 0, milliseconds=True)
    assert seconds is not None
    assert milliseconds is not None
    assert (seconds.rule, seconds.written, seconds.utc and seconds.utc.isoformat()) == (
        TimeRule.EPOCH,
        "1541309400",
        "2018-11-04T05:30:00+00:00",
    )
    assert milliseconds.utc is not None
    assert milliseconds.utc.isoformat() == "2018-11-04T05:30:00.123000+00:00"
    assert none is None


@pytest.mark.parametrize("value", [None, 0, -1, 1e12, float("inf"), float("nan"), "soon", "inf"])
def test_what_is_no_time_is_a_problem_with_its_place(value: float | str | None) -> None:
    moment, problem = read_epoch(value, "posts.json", 7)
    assert moment is None
    assert problem is not None
    assert (problem.member, problem.code, problem.index) == ("posts.json", "no-date" if value is None else "bad-date", 7)
