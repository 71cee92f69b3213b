"""What a reader saw is found: words with signs nobody sees, and the names that stand around a record's text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.custody.ingest import ingest
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.repositories import tweet, x_zip


def total(repository: Repository, query: str) -> int:
    results = Plan(repository, SearchRequest(query)).page()
    assert results.answered, results.diagnostics
    return results.total


@pytest.mark.parametrize(
    ("written", "query"),
    [
        ("flood\u00adplain", "floodplain"),
        ("flood\u200bplain", "floodplain"),
        ("flood\u2060plain\ufeff", "floodplain"),
        ("\u200eflood\u200f!", "flood"),
        ("floodplain", "flood\u00adplain"),
        ("نمی\u200cخواهم", "نمیخواهم"),
        ("👩\u200d👩\u200d👧 at the flood", "👩\u200d👩\u200d👧"),
        ("so _flood_ it is", "flood"),
        ("__Flood warning__", '"flood warning"'),
        ("see flood_map_2018.pdf", "flood AND map AND 2018"),
        ("see flood_map_2018.pdf", "flood_map*"),
        ("#Flood_2018", "flood"),
        ("@city_hall, please", "city_hall"),
        ("@city_hall, please", "@city_hall"),
        ("#Flood_2018", "#flood_2018"),
    ],
)
def test_signs_that_nobody_sees_do_not_part_a_word(repository: Repository, tmp_path: Path, written: str, query: str) -> None:
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, written)])], taken_by="Pat", source="test")
    assert total(repository, query) == 1


@pytest.mark.parametrize(
    ("written", "query"),
    [
        ("alpha beta gamma", "alpha not w/2 (beta not w/2 gamma)"),  # beta is near gamma, so alpha is near nothing
        ("alpha beta x x x gamma", 'alpha not w/2 "beta gamma"'),
        ("alpha beta x x x gamma", "alpha not w/3 (beta w/2 gamma)"),
        ("gamma beta alpha", "alpha not w/5 (beta pre/1 gamma)"),
    ],
)
def test_what_only_seems_to_be_near_does_not_hide_a_record(repository: Repository, tmp_path: Path, written: str, query: str) -> None:
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, written)])], taken_by="Pat", source="test")
    assert total(repository, query) == 1


def test_names_around_a_text_are_found(repository: Repository, tmp_path: Path) -> None:
    picture = {
        "uri": "your_facebook_activity/posts/media/a_100000000001.jpg",
        "creation_timestamp": 1_600_000_000,
        "title": "Flood of 1993",
    }
    message = {"sender_name": "Pat Quill", "timestamp_ms": 1_600_000_000_000, "content": "Thank you"}
    conversation = {
        "participants": [{"name": "Pat Quill"}, {"name": "Birdie Fenn"}, {"name": "City of Ozark Bend"}],
        "messages": [message],
        "title": "Levee talk",
        "thread_path": "inbox/leveetalk_1",
    }
    posts = [{"timestamp": 1_600_000_000, "data": [{"post": "Look"}], "title": "", "attachments": [{"data": [{"media": picture}]}]}]
    files = {
        "your_facebook_activity/posts/your_posts_1.json": json.dumps(posts),
        "your_facebook_activity/messages/inbox/leveetalk_1/message_1.json": json.dumps(conversation),
    }
    ingest(repository, [zip_files(files, tmp_path / "page.zip")], taken_by="Pat", source="test", account="ozarkbend")
    assert total(repository, '"flood of 1993"') == 1
    assert total(repository, '"birdie fenn"') == 1
    assert total(repository, '"levee talk"') == 1


def test_whose_post_a_comment_answers_is_found(repository: Repository, tmp_path: Path) -> None:
    comment = {
        "string_map_data": {
            "Comment": {"value": "Well said"},
            "Media Owner": {"value": "kbend.parks"},
            "Time": {"timestamp": 1_600_000_000},
        }
    }
    files = {
        "your_instagram_activity/comments/post_comments_1.json": json.dumps([comment]),
        "personal_information/personal_information/personal_information.json": json.dumps(
            {"profile_user": [{"string_map_data": {"Username": {"value": "ozarkbend"}}}]}
        ),
    }
    ingest(repository, [zip_files(files, tmp_path / "ig.zip")], taken_by="Pat", source="test")
    assert total(repository, "kbend.parks") == 1


def test_a_post_is_found_by_whom_it_answers(repository: Repository, tmp_path: Path) -> None:
    ids = {"in_reply_to_status_id_str": "5", "in_reply_to_user_id_str": "6", "in_reply_to_screen_name": "sable_gauge"}
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "It will crest at noon", **ids)])], taken_by="Pat", source="test")
    assert total(repository, "sable_gauge") == 1
