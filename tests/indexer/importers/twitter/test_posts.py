"""Posts of X archives: kinds, text, links, media, edits, long posts, deleted posts, and duplicates."""

from __future__ import annotations

import json
from pathlib import Path

from indexer.evidence.archive import open_archive
from indexer.importers.twitter import TwitterImporter
from tests.support.platforms.twitter import ACCOUNT, archive_with, codes, months, only, post, records, results, tallies, ytd


def test_kinds_follow_from_what_a_post_answers_or_repeats(tmp_path: Path) -> None:
    output = archive_with(
        tmp_path,
        post(1, "A post"),
        post(2, "@a Yes", in_reply_to_status_id_str="9", in_reply_to_user_id="8"),
        post(3, "@a Yes", in_reply_to_user_id="8"),
        post(4, "RT @a: Words"),
        post(5, "RT this please"),
        post(6, "He said RT @a: Words"),
    )
    assert [record.kind.value for record in records(output)] == ["post", "reply", "reply", "repost", "post", "post"]
    assert [record.parent_id for record in records(output)] == ["", "9", "", "", "", ""]


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
    output = records(results(tmp_path, months([item, cut])))
    assert [record.extra.get("cut") for record in output] == [None, "yes"]
    assert [record.text for record in output] == ["RT @a: To be …", "RT @a: To be…"]  # the second original is cut itself


def test_half_a_hashtag_at_a_cut_is_no_hashtag(tmp_path: Path) -> None:
    record = only(tmp_path, post(4, "RT @Gauges: #river rises, see #Cedar…"))
    assert record.hashtags == ("river",)


def test_text_is_unescaped_once_and_addresses_are_expanded(tmp_path: Path) -> None:
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
    with_entities = post(
        1, "#flood @a", entities={"hashtags": [{"text": "flood"}, {"text": "flood"}], "user_mentions": [{"screen_name": "A"}]}
    )
    without_entities = post(2, "#Inundación y @gone_one", entities={"hashtags": [], "user_mentions": []})
    first, second = records(archive_with(tmp_path, with_entities, without_entities))
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
    assert [(file.name, file.media_type, file.member, file.description) for file in record.attachments] == [
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


def test_posts_of_communities_and_circles_name_their_audience(tmp_path: Path) -> None:
    output = archive_with(
        tmp_path,
        community_tweet=ytd("community_tweet", [{"tweet": post(5, "Mulch", community_id_str="99")}]),
        twitter_circle_tweet=ytd("twitter_circle_tweet", [{"twitterCircleTweet": post(6, "Hush")}]),
    )
    assert [(record.extra["audience"], record.extra.get("community")) for record in records(output)] == [
        ("community", "99"),
        ("circle", None),
    ]


def test_parts_are_read_in_their_order_and_counted_apart(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        f"data/tweets-part{number}.js": ytd("tweets", [{"tweet": post(number, "x")}], number) for number in (1, 2, 10)
    }
    output = results(tmp_path, files | {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": post(99, "x")}])})
    assert [record.native_id for record in records(output)] == ["99", "1", "2", "10"]
    assert tallies(output) == {"data/tweets.js": 1, "data/tweets-part1.js": 1, "data/tweets-part2.js": 1, "data/tweets-part10.js": 1}


def test_an_id_that_went_through_javascript_is_taken_from_its_string(tmp_path: Path) -> None:
    item = {"id_str": "1212010346795413505", "id": 1212010346795413500, "full_text": "x", "created_at": "Tue Dec 31 13:59:19 +0000 2019"}
    assert records(results(tmp_path, months([item])))[0].native_id == "1212010346795413505"


def test_a_month_that_the_index_names_and_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    files = months([{"id_str": "9", "text": "x", "created_at": "2015-06-01 00:00:00 +0000"}])
    index = [{"file_name": f"data/js/tweets/2015_0{month}.js", "tweet_count": count} for month, count in ((6, 1), (7, 31))]
    output = results(tmp_path, files | {"data/js/tweet_index.js": "var tweet_index =  " + json.dumps(index)})
    assert codes(output) == ["declared-missing"]
    assert tallies(output) == {"data/js/tweets/2015_06.js": 1, "data/js/tweets/2015_07.js": 0}
    assert TwitterImporter().facts(open_archive(tmp_path / "archive")).counts == {
        "data/js/tweets/2015_06.js": 1,
        "data/js/tweets/2015_07.js": 31,
    }


def test_a_picture_that_is_filed_under_the_original_s_id_is_found(tmp_path: Path) -> None:
    media = {"media": [{"media_url_https": "https://pbs.example/A.jpg", "type": "photo", "source_status_id_str": "7"}]}
    item = ytd("tweets", [{"tweet": post(12, "RT @a: Look", extended_entities=media)}])
    (record,) = records(results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": item, "data/tweets_media/7-A.jpg": b"x"}))
    assert record.attachments[0].member == "data/tweets_media/7-A.jpg"
