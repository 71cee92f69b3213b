"""Posts of X archives: kinds, text, links, media, edits, long posts, deleted posts, and what stands twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.archive import open_archive
from indexer.importers.twitter import TwitterImporter
from indexer.importers.twitter_seen import SeenPosts
from indexer.record import Problem, Record, RecordKind
from tests.test_importers_twitter import ACCOUNT, codes, folder_of, records, results, tallies, ytd

CSV_HEAD = (
    '"tweet_id","in_reply_to_status_id","in_reply_to_user_id","timestamp","source","text",'
    '"retweeted_status_id","retweeted_status_user_id","retweeted_status_timestamp","expanded_urls"\n'
)


def post(number: int | str, text: str, at: str = "Wed Jan 11 04:30:15 +0000 2023", **more: Any) -> dict[str, Any]:
    return {"id_str": str(number), "id": str(number), "created_at": at, "full_text": text, **more}


def archive_with(tmp_path: Path, *posts: dict[str, Any], **files: bytes | str) -> list[Record | Problem | Any]:
    table: dict[str, bytes | str] = {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": one} for one in posts])}
    table |= {f"data/{name.replace('__', '/').replace('_', '-')}.js": text for name, text in files.items()}
    return results(tmp_path, table)


def only(tmp_path: Path, *posts: dict[str, Any], **files: bytes | str) -> Record:
    found = archive_with(tmp_path, *posts, **files)
    assert codes(found) == []
    (record,) = records(found)
    return record


def months(items: list[dict[str, Any]], month: str = "2015_06") -> dict[str, bytes | str]:
    return {f"data/js/tweets/{month}.js": f"Grailbird.data.tweets_{month} = \n {json.dumps(items)}"}


def test_kinds_follow_from_what_a_post_answers_or_repeats(tmp_path: Path) -> None:
    found = archive_with(
        tmp_path,
        post(1, "A post"),
        post(2, "@a Yes", in_reply_to_status_id_str="9", in_reply_to_user_id="8"),
        post(3, "@a Yes", in_reply_to_user_id="8"),
        post(4, "RT @a: Words"),
        post(5, "RT this please"),
        post(6, "He said RT @a: Words"),
    )
    assert [record.kind.value for record in records(found)] == ["post", "reply", "reply", "repost", "post", "post"]
    assert [record.parent_id for record in records(found)] == ["", "9", "", "", "", ""]


def test_a_repost_is_written_by_the_account_and_names_whom_it_repeats(tmp_path: Path) -> None:
    record = only(tmp_path, post(4, "RT @Gauges: " + "x" * 126 + "…"))
    assert record.author == "CedarFordMO"
    assert record.extra["repost_of"] == "@Gauges"
    assert record.extra["repost_form"] == "the text begins with RT"
    assert record.extra["cut"] == "yes"


def test_a_repost_that_was_not_cut_is_not_called_cut(tmp_path: Path) -> None:
    assert "cut" not in only(tmp_path, post(4, "RT @Gauges: short")).extra


def test_the_form_of_2013_gives_the_full_original_of_a_repost(tmp_path: Path) -> None:
    original = {"id_str": "5", "text": "Full words &amp; more http://t.co/abcd1234", "user": {"screen_name": "Gauges"}}
    original["entities"] = {"urls": [{"url": "http://t.co/abcd1234", "expanded_url": "http://gauges.example/now"}]}
    item = {
        "id_str": "9",
        "text": "RT @Gauges: Full wo…",
        "created_at": "2015-06-01 00:00:00 +0000",
        "retweeted_status": original,
        "user": {"screen_name": "CedarFordMO", "id_str": "455"},
    }
    (record,) = records(results(tmp_path, months([item])))
    assert record.text == "RT @Gauges: Full words & more http://gauges.example/now"
    assert record.extra["repost_form"] == "the archive holds the original post"
    assert (record.extra["repost_id"], record.mentions, record.author) == ("5", ("Gauges",), "CedarFordMO")
    assert "cut" not in record.extra


def test_a_full_original_that_ends_in_dots_is_not_called_cut(tmp_path: Path) -> None:
    item = {
        "id_str": "9",
        "text": "RT @a: To be…",
        "created_at": "2015-06-01 00:00:00 +0000",
        "retweeted_status": {"id_str": "5", "text": "To be …", "truncated": False},
    }
    cut = item | {"id_str": "10", "retweeted_status": {"id_str": "6", "text": "To be …", "truncated": True}}
    found = records(results(tmp_path, months([item, cut])))
    assert [record.extra.get("cut") for record in found] == [None, "yes"]
    assert [record.text for record in found] == ["RT @a: To be …", "RT @a: To be …"]


def test_half_a_hashtag_at_a_cut_is_no_hashtag(tmp_path: Path) -> None:
    record = only(tmp_path, post(4, "RT @Gauges: #river rises, see #Cedar…"))
    assert record.hashtags == ("river",)


def test_text_is_undone_once_and_addresses_are_expanded(tmp_path: Path) -> None:
    urls = [
        {"url": "https://t.co/aaa", "expanded_url": "https://a.example/?x=1&amp;y=2", "indices": ["0", "1"]},
        {"url": "https://t.co/aaab", "expanded_url": "https://b.example/"},
    ]
    record = only(tmp_path, post(1, "&amp;lt; A &amp; B &lt;c&gt; https://t.co/aaab https://t.co/aaa!", entities={"urls": urls}))
    assert record.text == "&lt; A & B <c> https://b.example/ https://a.example/?x=1&amp;y=2!"
    assert record.links == ("https://a.example/?x=1&amp;y=2", "https://b.example/")
    assert record.short_links == ("https://t.co/aaa", "https://t.co/aaab")


def test_raw_ampersands_of_old_posts_stay(tmp_path: Path) -> None:
    item = {"id_str": "9", "text": "Q & A at 5 &amp; 6", "created_at": "2015-06-01 00:00:00 +0000"}
    assert records(results(tmp_path, months([item])))[0].text == "Q & A at 5 & 6"


def test_short_forms_of_before_2011_are_expanded_too(tmp_path: Path) -> None:
    urls = [
        {"url": "http://bit.example/a", "expanded_url": "http://long.example/a"},
        {"url": "http://bit.example/ab", "expanded_url": None},
    ]
    record = only(tmp_path, post(1, "see http://bit.example/ab and http://bit.example/a", entities={"urls": urls}))
    assert record.text == "see http://bit.example/ab and http://long.example/a"


def test_a_picture_s_own_address_is_no_word_of_the_text(tmp_path: Path) -> None:
    medium = {
        "url": "https://t.co/pic1",
        "expanded_url": "https://twitter.com/CedarFordMO/status/1/photo/1",
        "media_url_https": "https://pbs.twimg.com/media/A.jpg",
        "type": "photo",
    }
    record = only(tmp_path, post(1, "New bridge https://t.co/pic1", entities={"media": [medium]}, extended_entities={"media": [medium]}))
    assert record.text == "New bridge"
    assert record.links == ("https://twitter.com/CedarFordMO/status/1/photo/1",)
    assert record.short_links == ("https://t.co/pic1",)


def test_the_quoted_post_is_the_last_status_address(tmp_path: Path) -> None:
    urls = [
        {"url": "https://t.co/a1", "expanded_url": "https://cedar.example/"},
        {"url": "https://t.co/a2", "expanded_url": "https://x.com/Gauges/status/77?s=20"},
    ]
    assert (
        only(tmp_path, post(1, "See https://t.co/a1 https://t.co/a2", entities={"urls": urls})).extra["quoted"]
        == "https://x.com/Gauges/status/77?s=20"
    )


def test_a_picture_of_another_post_is_no_quote(tmp_path: Path) -> None:
    urls = [{"url": "https://t.co/a2", "expanded_url": "https://twitter.com/Gauges/status/77/photo/1"}]
    assert "quoted" not in only(tmp_path, post(1, "See https://t.co/a2", entities={"urls": urls})).extra


def test_hashtags_and_mentions_come_from_x_else_from_the_text(tmp_path: Path) -> None:
    told = post(1, "#flood @a", entities={"hashtags": [{"text": "flood"}, {"text": "flood"}], "user_mentions": [{"screen_name": "A"}]})
    read = post(2, "#Inundación y @gone_one", entities={"hashtags": [], "user_mentions": []})
    first, second = records(archive_with(tmp_path, told, read))
    assert (first.hashtags, first.mentions) == (("flood",), ("A",))
    assert (second.hashtags, second.mentions) == (("Inundación",), ("gone_one",))


def test_media_are_joined_by_post_id_and_name(tmp_path: Path) -> None:
    films = [
        {"content_type": "application/x-mpegURL", "url": "https://v.example/list.m3u8"},
        {"content_type": "video/mp4", "bitrate": "256000", "url": "https://v.example/low.mp4?tag=1"},
        {"content_type": "video/mp4", "bitrate": "2176000", "url": "https://v.example/high.mp4?tag=1"},
        {"content_type": "video/mp4", "bitrate": "832000", "url": "https://v.example/mid.mp4"},
    ]
    media = [
        {"media_url_https": "https://pbs.example/A.jpg", "type": "photo", "ext_alt_text": "A bridge"},
        {"media_url_https": "https://pbs.example/poster.jpg", "type": "video", "video_info": {"variants": films}},
        {"media_url_https": "https://pbs.example/A.jpg", "type": "photo"},
        {"media_url_https": "https://pbs.example/gone.jpg", "type": "photo"},
    ]
    files: dict[str, bytes | str] = {
        "data/account.js": ACCOUNT,
        "data/tweets.js": ytd("tweets", [{"tweet": post(12, "Look", extended_entities={"media": media}, entities={"media": media[:1]})}]),
        "data/tweets_media/12-A.jpg": b"x",
        "data/tweets_media/12-high.mp4": b"x",
        "data/tweets_media/12-more.png": b"x",
        "data/tweets_media/123-A.jpg": b"x",
    }
    (record,) = records(results(tmp_path, files))
    assert [(one.name, one.media_type, one.member, one.description) for one in record.attachments] == [
        ("A.jpg", "image/jpeg", "data/tweets_media/12-A.jpg", "A bridge"),
        ("high.mp4", "video/mp4", "data/tweets_media/12-high.mp4", ""),
        ("gone.jpg", "image/jpeg", "", ""),
        ("more.png", "image/png", "data/tweets_media/12-more.png", ""),
    ]
    assert record.attachments[1].url == "https://v.example/high.mp4?tag=1"


def test_a_picture_has_the_same_name_whether_the_archive_holds_it_or_not(tmp_path: Path) -> None:
    media = {"media": [{"media_url_https": "https://pbs.example/A.jpg", "type": "photo"}]}
    files: dict[str, bytes | str] = {
        "data/account.js": ACCOUNT,
        "data/tweets.js": ytd("tweets", [{"tweet": post(12, "Look", extended_entities=media)}]),
    }
    (without,) = records(results(tmp_path / "1", files))
    (held,) = records(results(tmp_path / "2", files | {"data/tweets_media/12-A.jpg": b"x"}))
    assert [attachment.name for attachment in held.attachments] == [attachment.name for attachment in without.attachments]
    assert [held.attachments[0].member, without.attachments[0].member] == ["data/tweets_media/12-A.jpg", ""]


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
    one, two = records(archive_with(tmp_path, later, first))
    assert [(version.native_id, version.version_order, version.text, version.extra["tweet_id"]) for version in (one, two)] == [
        ("20", 0, "April 2", "20"),
        ("20", 2, "April 3", "22"),
    ]
    assert one.edited is None
    assert two.edited
    assert two.edited.written == "Wed Jan 11 04:40:15 +0000 2023"
    assert two.posted == one.posted
    assert two.url.endswith("/22")


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
    found = archive_with(
        tmp_path,
        post(1, "Road…"),
        post(2, "Road work on…"),
        note_tweet=ytd("note_tweet", [note("7", "Road work on Elm"), note("8", "Road salt is here")]),
    )
    assert {record.native_id: record.text for record in records(found)} == {"1": "Road salt is here", "2": "Road work on Elm"}


def test_a_post_of_another_second_does_not_take_a_note(tmp_path: Path) -> None:
    found = archive_with(
        tmp_path, post(1, "Road work…", "Wed Jan 11 04:30:16 +0000 2023"), note_tweet=ytd("note_tweet", [note("7", "Road work on Elm")])
    )
    assert {record.native_id: record.text for record in records(found)} == {"1": "Road work…", "7": "Road work on Elm"}


def test_a_post_that_is_only_like_the_beginning_of_a_note_does_not_take_it(tmp_path: Path) -> None:
    found = archive_with(tmp_path, post(1, "Road"), note_tweet=ytd("note_tweet", [note("7", "Road work on Elm")]))
    assert {record.native_id: record.text for record in records(found)} == {"1": "Road", "7": "Road work on Elm"}


def test_exact_copies_of_a_note_are_folded_and_counted(tmp_path: Path) -> None:
    found = archive_with(
        tmp_path, post(1, "Road work…"), note_tweet=ytd("note_tweet", [note("7", "Road work on Elm"), note("8", "Road work on Elm")])
    )
    (record,) = records(found)
    assert [place.index for place in record.folded] == [0, 1]
    assert tallies(found)["data/note-tweet.js"] == 2


def test_both_versions_of_an_edited_long_post_have_their_own_full_text(tmp_path: Path) -> None:
    later = post(
        21,
        "Road work on O…",
        "Wed Jan 11 04:40:15 +0000 2023",
        edit_info={"edit": {"initialTweetId": "20", "editControlInitial": edits("20", "21")}},
    )
    first = post(20, "Road work on E…", edit_info={"initial": edits("20", "21")})
    notes = [note("7", "Road work on Elm"), note("8", "Road work on Oak", "2023-01-11T04:40:15.000Z")]
    found = records(archive_with(tmp_path, later, first, note_tweet=ytd("note_tweet", notes)))
    assert [(version.version_order, version.text) for version in found] == [(0, "Road work on Elm"), (1, "Road work on Oak")]


def test_a_note_with_a_broken_date_is_kept_alone(tmp_path: Path) -> None:
    found = archive_with(tmp_path, note_tweet=ytd("note_tweet", [note("7", "Road work on Elm", "soon")]))
    assert [record.text for record in records(found)] == ["Road work on Elm"]
    assert codes(found) == ["bad-date"]


def test_deleted_posts_say_when_they_were_deleted(tmp_path: Path) -> None:
    gone = {"tweet": post(5, "Typo", deleted_at="Thu Jan 12 04:30:15 +0000 2023")}
    record = only(tmp_path, deleted_tweets=ytd("deleted_tweets", [gone]))
    assert record.extra["state"] == "deleted"
    assert record.deleted
    assert record.deleted.written == "Thu Jan 12 04:30:15 +0000 2023"


def test_a_deleted_post_that_still_stands_among_the_posts_is_one_record(tmp_path: Path) -> None:
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


def test_posts_of_communities_and_circles_say_where_they_stood(tmp_path: Path) -> None:
    found = archive_with(
        tmp_path,
        community_tweet=ytd("community_tweet", [{"tweet": post(5, "Mulch", community_id_str="99")}]),
        twitter_circle_tweet=ytd("twitter_circle_tweet", [{"twitterCircleTweet": post(6, "Hush")}]),
    )
    assert [(record.extra["audience"], record.extra.get("community")) for record in records(found)] == [
        ("community", "99"),
        ("circle", None),
    ]


def test_parts_are_read_in_their_order_and_counted_apart(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        f"data/tweets-part{number}.js": ytd("tweets", [{"tweet": post(number, "x")}], number) for number in (1, 2, 10)
    }
    found = results(tmp_path, files | {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": post(99, "x")}])})
    assert [record.native_id for record in records(found)] == ["99", "1", "2", "10"]
    assert tallies(found) == {"data/tweets.js": 1, "data/tweets-part1.js": 1, "data/tweets-part2.js": 1, "data/tweets-part10.js": 1}


def test_an_unchanged_double_in_the_large_files_is_told_and_given_once(tmp_path: Path) -> None:
    found = archive_with(tmp_path, post(1, "Once", favorite_count="1"), post(2, "x"), post(1, "Once", favorite_count="9"))
    assert [record.native_id for record in records(found)] == ["1", "2"]
    assert codes(found) == ["doubled-item"]
    assert tallies(found) == {"data/tweets.js": 3}


def test_a_changed_double_is_a_version(tmp_path: Path) -> None:
    found = archive_with(tmp_path, post(1, "One"), post(1, "Two"), post(1, "Three"), post(1, "Two"))
    assert [(record.text, record.version_order) for record in records(found)] == [("One", 0), ("Two", 1), ("Three", 2)]
    assert codes(found) == ["doubled-item"]


def test_doubles_that_a_tool_left_in_a_month_are_folded_into_the_first(tmp_path: Path) -> None:
    def item(text: str, likes: int) -> dict[str, Any]:
        return {"id_str": "9", "id": 900, "text": text, "created_at": "2015-06-01 00:00:00 +0000", "favorite_count": likes}

    found = results(tmp_path, months([item("Same", 1), item("Other", 1), item("Same", 2), item("Other", 5)]))
    assert codes(found) == []
    assert [(record.text, record.version_order, [place.index for place in record.folded]) for record in records(found)] == [
        ("Same", 0, [2]),
        ("Other", 1, [3]),
    ]
    assert tallies(found) == {"data/js/tweets/2015_06.js": 4}


def test_an_id_that_went_through_javascript_is_taken_from_its_string(tmp_path: Path) -> None:
    item = {"id_str": "1212010346795413505", "id": 1212010346795413500, "full_text": "x", "created_at": "Tue Dec 31 13:59:19 +0000 2019"}
    assert records(results(tmp_path, months([item])))[0].native_id == "1212010346795413505"


def row(number: int, text: str, urls: str = "", at: str = "2015-06-01 00:00:00 +0000", retweeted: str = "") -> str:
    fields = [str(number), "", "", at, '<a href="http://x.example">Web</a>', text, retweeted, "", "", urls]
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n"


def test_a_row_that_only_the_table_has_becomes_a_record(tmp_path: Path) -> None:
    files = months([{"id_str": "9", "text": "In both", "created_at": "2015-06-01 00:00:00 +0000"}])
    files["tweets.csv"] = CSV_HEAD + row(9, "In both") + row(8, 'Only\nhere, "quoted" &amp; more http://t.co/ab12', "http://a.example/,b")
    found = results(tmp_path, files)
    assert codes(found) == []
    assert {record.native_id: record.text for record in records(found)} == {
        "9": "In both",
        "8": 'Only\nhere, "quoted" & more http://a.example/,b',
    }
    assert tallies(found)["tweets.csv"] == 2


def test_a_table_that_says_another_text_than_the_month_is_told(tmp_path: Path) -> None:
    files = months([{"id_str": "9", "text": "As posted", "created_at": "2015-06-01 00:00:00 +0000"}])
    found = results(tmp_path, files | {"tweets.csv": CSV_HEAD + row(9, "As altered")})
    assert codes(found) == ["csv-differs"]
    assert [record.text for record in records(found)] == ["As posted"]


def test_a_lone_table_gives_posts_replies_and_reposts(tmp_path: Path) -> None:
    text = (
        CSV_HEAD
        + row(8, "Look https://t.co/a1 https://t.co/a2", "https://a.example/1,https://twitter.com/CedarFordMO/status/8/photo/1")
        + row(7, "RT @Gauges: high wat…", retweeted="5")
    )
    found = results(tmp_path, {"tweets.csv": "\ufeff" + text})
    assert [(record.kind, record.text, record.author) for record in records(found)] == [
        (RecordKind.POST, "Look https://a.example/1", "CedarFordMO"),
        (RecordKind.REPOST, "RT @Gauges: high wat…", "CedarFordMO"),
    ]
    assert records(found)[1].extra["cut"] == "yes"


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
def test_damage_in_a_table_is_told_and_the_other_rows_are_kept(tmp_path: Path, damage: str | bytes, code: str, kept: int) -> None:
    tail = damage if isinstance(damage, bytes) else damage.encode()
    found = results(tmp_path, {"tweets.csv": (CSV_HEAD + row(9, "first")).encode() + tail})
    assert codes(found) == [code]
    assert len(records(found)) == kept


def test_the_csv_of_2013_is_never_read(tmp_path: Path) -> None:
    files = months([{"id_str": "9", "text": "Olé", "created_at": "Sat Jun 01 00:00:00 +0000 2013"}], "2013_06")
    files["data/csv/2013_06.csv"] = '"tweet_id","text"\n"9","Ol?"\n"10","Ragged","http://a.example","http://b.example"\n'
    archive = open_archive(folder_of(files, tmp_path / "archive"))
    assert [record.text for record in records(list(TwitterImporter().records(archive)))] == ["Olé"]
    assert "data/csv/2013_06.csv" not in archive.asked


def test_a_month_that_the_index_names_and_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    files = months([{"id_str": "9", "text": "x", "created_at": "2015-06-01 00:00:00 +0000"}])
    index = [{"file_name": f"data/js/tweets/2015_0{month}.js", "tweet_count": count} for month, count in ((6, 1), (7, 31))]
    found = results(tmp_path, files | {"data/js/tweet_index.js": "var tweet_index =  " + json.dumps(index)})
    assert codes(found) == ["declared-missing"]
    assert tallies(found) == {"data/js/tweets/2015_06.js": 1, "data/js/tweets/2015_07.js": 0}
    assert TwitterImporter().facts(open_archive(tmp_path / "archive")).counts == {
        "data/js/tweets/2015_06.js": 1,
        "data/js/tweets/2015_07.js": 31,
    }


def test_known_posts_are_remembered_exactly_however_many_there_are() -> None:
    seen, plain = SeenPosts(), {}
    numbers = [1 + (step * 0x9E3779B97F4A7C15) % 40_009 for step in range(120_000)]
    for step, number in enumerate(numbers):
        digest = step % 3
        assert seen.first(number, digest) == (number not in plain)
        if number in plain:
            order, is_new = seen.version(number, digest)
            assert is_new == (digest not in plain[number])
            plain[number].extend([digest] * is_new)
            assert plain[number][order] == digest
        else:
            plain[number] = [digest]
    assert all((number in seen) == (number in plain) for number in range(1, 40_100))
