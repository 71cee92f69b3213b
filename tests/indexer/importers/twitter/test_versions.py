"""Edits, long posts, deleted posts and duplicates in X archives: which make the same record, and as which version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indexer.importers.twitter.posts import SeenPosts
from tests.support.platforms.twitter import archive_with, codes, months, only, post, records, results, tallies, ytd


def edits(*numbers: str) -> dict[str, Any]:
    return {"editTweetIds": list(numbers), "editableUntil": "2023-01-11T05:30:15.137Z", "editsRemaining": "4", "isEditEligible": True}


def test_an_edited_post_is_two_versions_of_one_record(tmp_path: Path) -> None:
    later = post(
        22,
        "April 3",
        "Wed Jan 11 04:40:15 +0000 2023",
        edit_info={"edit": {"initialTweetId": "20", "editControlInitial": edits("20", "21", "22")}},
    )
    first = post(20, "April 2", edit_info={"initial": edits("20", "21", "22")})
    version_1, version_2 = records(archive_with(tmp_path, later, first))
    assert [(version.native_id, version.version_order, version.text, version.extra["tweet_id"]) for version in (version_1, version_2)] == [
        ("20", 0, "April 2", "20"),
        ("20", 2, "April 3", "22"),
    ]
    assert version_1.edited is None
    assert version_2.edited
    assert version_2.edited.written == "Wed Jan 11 04:40:15 +0000 2023"
    assert version_2.posted == version_1.posted
    assert version_2.url.endswith("/22")


def test_a_post_that_could_have_been_edited_but_was_not_is_one_version(tmp_path: Path) -> None:
    record = only(tmp_path, post(20, "April 2", edit_info={"initial": edits("20")}))
    assert (record.version_order, record.edited, record.extra) == (0, None, {})


def note(number: str, text: str, at: str = "2023-01-11T04:30:15.000Z", **core: Any) -> dict[str, Any]:
    return {
        "noteTweet": {"noteTweetId": number, "createdAt": at, "core": {"text": text, "urls": [], "mentions": [], "hashtags": []} | core}
    }


LONG = "The plan & its <maps> can be read at https://t.co/plan1 until May. " * 5 + "#zoning"


def test_a_long_post_has_its_full_text_and_the_note_is_folded_into_it(tmp_path: Path) -> None:
    short = LONG[:270].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "…"
    urls = [{"shortUrl": "https://t.co/plan1", "expandedUrl": "https://cedar.example/plan"}]
    record = only(tmp_path, post(1, short), note_tweet=ytd("note_tweet", [note("7", LONG, urls=urls)]))
    assert record.text == LONG.replace("https://t.co/plan1", "https://cedar.example/plan")
    assert [place.member for place in record.folded] == ["data/note-tweet.js"]
    assert (record.hashtags, record.links) == (("zoning",), ("https://cedar.example/plan",))
    assert record.native_id == "1"


def test_each_note_is_used_once_and_the_longest_beginning_wins(tmp_path: Path) -> None:
    output = archive_with(
        tmp_path,
        post(1, "Road…"),
        post(2, "Road work on…"),
        note_tweet=ytd("note_tweet", [note("7", "Road work on Elm"), note("8", "Road salt is here")]),
    )
    assert {record.native_id: record.text for record in records(output)} == {"1": "Road salt is here", "2": "Road work on Elm"}


def test_a_post_of_another_second_does_not_take_a_note(tmp_path: Path) -> None:
    output = archive_with(
        tmp_path, post(1, "Road work…", "Wed Jan 11 04:30:16 +0000 2023"), note_tweet=ytd("note_tweet", [note("7", "Road work on Elm")])
    )
    assert {record.native_id: record.text for record in records(output)} == {"1": "Road work…", "7": "Road work on Elm"}


def test_a_post_that_is_only_like_the_beginning_of_a_note_does_not_take_it(tmp_path: Path) -> None:
    output = archive_with(tmp_path, post(1, "Road"), note_tweet=ytd("note_tweet", [note("7", "Road work on Elm")]))
    assert {record.native_id: record.text for record in records(output)} == {"1": "Road", "7": "Road work on Elm"}


def test_exact_copies_of_a_note_are_folded_and_counted(tmp_path: Path) -> None:
    output = archive_with(
        tmp_path, post(1, "Road work…"), note_tweet=ytd("note_tweet", [note("7", "Road work on Elm"), note("8", "Road work on Elm")])
    )
    (record,) = records(output)
    assert [place.index for place in record.folded] == [0, 1]
    assert tallies(output)["data/note-tweet.js"] == 2


def test_both_versions_of_an_edited_long_post_have_their_own_full_text(tmp_path: Path) -> None:
    later = post(
        21,
        "Road work on O…",
        "Wed Jan 11 04:40:15 +0000 2023",
        edit_info={"edit": {"initialTweetId": "20", "editControlInitial": edits("20", "21")}},
    )
    first = post(20, "Road work on E…", edit_info={"initial": edits("20", "21")})
    notes = [note("7", "Road work on Elm"), note("8", "Road work on Oak", "2023-01-11T04:40:15.000Z")]
    output = records(archive_with(tmp_path, later, first, note_tweet=ytd("note_tweet", notes)))
    assert [(version.version_order, version.text) for version in output] == [(0, "Road work on Elm"), (1, "Road work on Oak")]


def test_a_note_with_a_broken_date_is_kept_alone(tmp_path: Path) -> None:
    output = archive_with(tmp_path, note_tweet=ytd("note_tweet", [note("7", "Road work on Elm", "soon")]))
    assert [record.text for record in records(output)] == ["Road work on Elm"]
    assert codes(output) == ["bad-date"]


def test_deleted_posts_say_when_they_were_deleted(tmp_path: Path) -> None:
    gone = {"tweet": post(5, "Typo", deleted_at="Thu Jan 12 04:30:15 +0000 2023")}
    record = only(tmp_path, deleted_tweets=ytd("deleted_tweets", [gone]))
    assert record.extra["state"] == "deleted"
    assert record.deleted
    assert record.deleted.written == "Thu Jan 12 04:30:15 +0000 2023"


def test_a_deleted_post_that_is_still_among_the_posts_is_one_record(tmp_path: Path) -> None:
    gone = post(5, "Typo", deleted_at="Thu Jan 12 04:30:15 +0000 2023")
    heads = [{"tweet": {"tweet_id": "5", "deleted_at": "Thu Jan 12 04:30:15 +0000 2023", "created_at": "Wed Jan 11 04:30:15 +0000 2023"}}]
    record = only(
        tmp_path,
        post(5, "Typo"),
        deleted_tweets=ytd("deleted_tweets", [{"tweet": gone}]),
        deleted_tweet_headers=ytd("deleted_tweet_headers", heads),
    )
    assert record.deleted
    assert record.extra["state"] == "deleted"
    assert record.place.member == "data/tweets.js"
    assert sorted(place.member for place in record.folded) == ["data/deleted-tweet-headers.js", "data/deleted-tweets.js"]


def test_a_deleted_post_without_text_is_a_record_that_says_so(tmp_path: Path) -> None:
    heads = [{"tweet": {"tweet_id": "5", "deleted_at": "Thu Jan 12 04:30:15 +0000 2023", "created_at": "Wed Jan 11 04:30:15 +0000 2023"}}]
    record = only(tmp_path, deleted_tweet_headers=ytd("deleted_tweet_headers", heads))
    assert "its text is not in the archive" in record.title
    assert (record.text, record.native_id) == ("", "5")


def test_an_unchanged_duplicate_in_the_large_files_is_reported_and_yielded_once(tmp_path: Path) -> None:
    output = archive_with(tmp_path, post(1, "Once", favorite_count="1"), post(2, "x"), post(1, "Once", favorite_count="9"))
    assert [record.native_id for record in records(output)] == ["1", "2"]
    assert codes(output) == ["doubled-item"]
    assert tallies(output) == {"data/tweets.js": 3}


def test_a_changed_duplicate_is_a_version(tmp_path: Path) -> None:
    output = archive_with(tmp_path, post(1, "One"), post(1, "Two"), post(1, "Three"), post(1, "Two"))
    assert [(record.text, record.version_order) for record in records(output)] == [("One", 0), ("Two", 1), ("Three", 2)]
    assert codes(output) == ["doubled-item"]


def test_duplicates_that_a_tool_left_in_a_month_are_folded_into_the_first(tmp_path: Path) -> None:
    def item(text: str, likes: int) -> dict[str, Any]:
        return {"id_str": "9", "id": 900, "text": text, "created_at": "2015-06-01 00:00:00 +0000", "favorite_count": likes}

    output = results(tmp_path, months([item("Same", 1), item("Other", 1), item("Same", 2), item("Other", 5)]))
    assert codes(output) == []
    assert [(record.text, record.version_order, [place.index for place in record.folded]) for record in records(output)] == [
        ("Same", 0, [2]),
        ("Other", 1, [3]),
    ]
    assert tallies(output) == {"data/js/tweets/2015_06.js": 4}


def test_a_post_is_known_by_its_contents_in_the_order_they_came() -> None:
    seen = SeenPosts()
    assert seen.add(7, 10)
    assert not seen.add(7, 11)
    assert [seen.add_version(7, digest) for digest in (10, 11, 12, 11)] == [(0, False), (1, True), (2, True), (1, False)]
    assert (7 in seen, 8 in seen) == (True, False)
