"""Every item of an X archive ends as a record, a folded repeat or a problem; a mismatch is never taken for absence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.evidence.archive import open_archive
from indexer.i18n import Sentence
from indexer.importers import identify
from indexer.importers.twitter import TwitterImporter
from indexer.importers.twitter.keys import KNOWN, KeyWatch
from tests.support.builders import zip_files
from tests.support.platforms.twitter import (
    ACCOUNT,
    CSV_HEAD,
    codes,
    conversation,
    message,
    months,
    only,
    post,
    records,
    results,
    row,
    tallies,
    ytd,
)

POSTS = ytd("tweets", [{"tweet": post(1, "Road closed.")}, {"tweet": post(2, "Road open.")}])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data/tweets (1).js", POSTS),
        ("data/tweets copy.js", POSTS),
        ("data/tweets - Copy (2).js", POSTS),
        ("data/my posts.js", POSTS),
        ("tweets 2026.js", POSTS),
        ("data/block.js", POSTS),
        ("data/tweets-part1.js", POSTS.replace("part0", "part1")),
    ],
)
def test_the_first_line_names_a_renamed_file(tmp_path: Path, name: str, content: str) -> None:
    output = results(tmp_path, {"data/account.js": ACCOUNT, name: content})
    assert codes(output) == []
    assert [record.text for record in records(output)] == ["Road closed.", "Road open."]
    facts = TwitterImporter().facts(open_archive(tmp_path / "archive"))
    assert facts.form == "2022 to now (tweets.js)"


@pytest.mark.parametrize("name", ["data/js/tweets/2015_06 (1).js", "data/june.js", "2015_06.js"])
def test_a_renamed_month_is_read_and_compared_with_x_s_list(tmp_path: Path, name: str) -> None:
    (content,) = months([{"id_str": "9", "text": "As posted", "created_at": "2015-06-01 00:00:00 +0000"}]).values()
    index = [{"file_name": "data/js/tweets/2015_06.js", "var_name": "tweets_2015_06", "tweet_count": 1}]
    files = {name: content, "data/js/tweet_index (1).js": "var tweet_index = " + json.dumps(index)}
    output = results(tmp_path, files)
    assert codes(output) == []
    assert [record.text for record in records(output)] == ["As posted"]
    facts = TwitterImporter().facts(open_archive(tmp_path / "archive"))
    assert dict(facts.counts) == {name: 1} == tallies(output)


def test_a_file_that_appears_twice_is_read_once_and_reported(tmp_path: Path) -> None:
    path = zip_files({"data/account.js": ACCOUNT, "data/tweets.js": POSTS, "data/tweets (1).js": POSTS}, tmp_path / "a.zip")
    named = identify(open_archive(path))
    output = list(named.records())
    assert [(problem.member, problem.code) for problem in output if hasattr(problem, "code")] == [("data/tweets (1).js", "doubled-member")]
    assert len(records(output)) == 2


def test_a_renamed_file_of_x_that_holds_no_records_is_ignored_with_its_reason() -> None:
    ignored = TwitterImporter().ignored
    assert ignored["data/block[ (]*.js"] == ignored["data/block.js"]


def repost(stored: str, words: str, *, old: str = "oldname", new: str = "newname", **more: Any) -> dict[str, Any]:
    return {
        "id_str": "10",
        "text": stored,
        "created_at": "2018-01-07 12:00:00 +0000",
        "entities": {"user_mentions": [{"screen_name": old}], "urls": [], "hashtags": [], "media": []},
        "retweeted_status": {"id_str": "5", "text": words, "user": {"screen_name": new}, "entities": {"user_mentions": []}, **more},
    }


LONG = "Water is off on Elm Street, Oak Street and Mill Street until noon. " * 3


@pytest.mark.parametrize(
    ("stored", "words", "text"),
    [
        ("RT @oldname: Water is off", "Water is off", "RT @oldname: Water is off"),
        (f"RT @oldname: {LONG[:120]}…", LONG.strip(), f"RT @oldname: {LONG.strip()}"),
        (f"RT @oldname: {LONG[:120]}...", LONG.strip(), f"RT @oldname: {LONG.strip()}"),
        (f"RT @oldname: {LONG[:119].rstrip()} …", LONG.strip(), f"RT @oldname: {LONG.strip()}"),
        ("RT @oldname: Wait for it…", "Wait for it…", "RT @oldname: Wait for it…"),
        ("RT @oldname: Something else", "Water is off", "RT @oldname: Something else"),
        ("Water is off, says the county", "Water is off", "Water is off, says the county"),
        ("", "Water is off", "RT @newname: Water is off"),
    ],
)
def test_a_repost_keeps_the_words_it_was_published_with(tmp_path: Path, stored: str, words: str, text: str) -> None:
    (record,) = records(results(tmp_path, months([repost(stored, words)])))
    assert record.text == text
    assert "newname" in record.mentions
    if stored.startswith("RT @"):
        assert record.mentions == ("oldname", "newname")
        assert record.extra["repost_of"] == "@oldname"
    assert words in record.text or record.extra["quoted_text"] == words
    assert "cut" not in record.extra


def event(number: int, at: str, detail: dict[str, Any], sender: str = "455", where: str = "455:800") -> dict[str, Any]:
    return {"messageEvent": {"createdAtMsec": at, "senderId": sender, "conversationId": where, "messageId": f"m{number}", "detail": detail}}


SECRET = {"messageCreateEvent": {"contents": "U0VDUkVU", "conversationKeyVersion": "1"}}


def encrypted_lines(tmp_path: Path, events: list[Any]) -> tuple[list[Any], list[str]]:
    files = {"data/account.js": ACCOUNT, "data/tweets.js": POSTS, "data/message-event.js": ytd("message_event", events)}
    output = results(tmp_path, files)
    assert [record.text for record in records(output)] == ["Road closed.", "Road open."]
    lines = TwitterImporter().facts(open_archive(tmp_path / "archive")).cannot_contain
    assert not any("SECRET" in line or "U0VDUkVU" in line for line in lines)
    assert all(isinstance(line, Sentence) for line in lines)
    return output, [line for line in lines if line.startswith("Encrypted")]


def test_encrypted_messages_are_counted_dated_and_named_but_never_shown(tmp_path: Path) -> None:
    events = [
        event(1, "1771945388492", SECRET),
        event(2, "1771945300000", SECRET, "800"),
        event(3, "1771949999000", {"conversationKeyChangeEvent": {}}),
        event(4, "1771946000000", SECRET, "800", "g:77"),
    ]
    output, lines = encrypted_lines(tmp_path, events)
    assert codes(output) == []
    assert tallies(output)["data/message-event.js"] == 4
    assert lines == [
        (
            "Encrypted private messages: data/message-event.js holds 3 of them, the first of 2026-02-24 15:01:40 UTC, the last of 2026-02-24 "
            "15:13:20 UTC, sent by @CedarFordMO, 800, in conversation 455:800, g:77. X hands out no key with the archive, so what they "
            "say cannot be read or searched."
        )
    ]


def test_encrypted_entries_that_are_no_message_or_no_event_are_distinguished(tmp_path: Path) -> None:
    output, lines = encrypted_lines(tmp_path, [event(1, "1771945388492", {"readEvent": {}})])
    assert (codes(output), lines) == ([], ["Encrypted conversations: data/message-event.js holds 1 entries of them, but no message."])
    output, lines = encrypted_lines(tmp_path, [event(1, "soon", SECRET), {"messageEvent": {}}, {"other": 1}, "words", event(2, "1", {})])
    assert codes(output) == ["bad-date", "bad-item", "bad-item", "bad-item", "bad-item"]
    assert "holds 1 of them without a date" in lines[0]


def test_many_conversations_are_named_in_part(tmp_path: Path) -> None:
    _, (line,) = encrypted_lines(tmp_path, [event(number, "1771945388492", SECRET, where=f"g:{number}") for number in range(14)])
    assert "g:9 (+4)." in line


def test_a_post_without_text_is_kept_and_reported(tmp_path: Path) -> None:
    silent = {key: value for key, value in post(3, "").items() if key != "full_text"}
    for tweet in (silent, {**silent, "full_text": None}):
        output = results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": tweet}])})
        assert codes(output) == ["bad-item"]
        assert [(record.text, record.title) for record in records(output)] == [("", "A post without text: the archive gives none for it.")]
    assert only(tmp_path, post(4, "")).title == ""  # a picture alone: X writes an empty text


def test_a_post_with_text_in_another_place_is_never_reported_as_empty(tmp_path: Path) -> None:
    moved = {"value_x" if key == "full_text" else key: value for key, value in post(3, "See you on Main Street").items()}
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": moved}, {"tweet": moved}])})
    assert codes(output) == ["unknown-key", "bad-item", "bad-item"]
    assert records(output) == []


ITEMS: dict[str, tuple[str, Any]] = {
    "post": (
        "tweets",
        {"tweet": {**post(1, "Words", entities={"urls": [{"url": "https://t.co/a", "expanded_url": "https://a.example"}]})}},
    ),
    "like": ("like", {"like": {"tweetId": "9", "fullText": "Words", "expandedUrl": "https://x.com/i/9"}}),
    "note": ("note_tweet", {"noteTweet": {"noteTweetId": "5", "createdAt": "2023-01-11T05:10:00.000Z", "core": {"text": "Words"}}}),
    "message": ("direct_messages", conversation(message("1", "Words", urls=[{"url": "https://t.co/a", "expanded": "https://a.example"}]))),
}


def key_paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every key that holds text."""
    paths = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if isinstance(key, str) and any(char.isalpha() for char in json.dumps(inner).replace("null", "")):
            paths.append((*path, key))
        paths += key_paths(inner, (*path, key))
    return paths


@pytest.mark.parametrize(
    ("kind", "way"),
    [(kind, way) for kind, (_, item) in ITEMS.items() for way in key_paths(item)],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else value,
)
def test_text_under_any_renamed_key_is_reported_once(tmp_path: Path, kind: str, way: tuple[Any, ...]) -> None:
    name, item = ITEMS[kind]
    changed = json.loads(json.dumps(item))
    holder = changed
    for key in way[:-1]:
        holder = holder[key]
    holder["brandNew"] = holder.pop(way[-1])
    files = {"data/account.js": ACCOUNT, f"data/{name.replace('_', '-')}.js": ytd(name, [changed, changed])}
    problem_codes = codes(results(tmp_path, files))
    assert problem_codes.count("unknown-key") == 1


@pytest.mark.parametrize("value", [7, "7", None, True, "true", "", [], {}, ["1", {"a": "2"}]])
def test_an_unknown_key_without_text_is_nothing_to_tell(tmp_path: Path, value: Any) -> None:
    assert only(tmp_path, post(1, 'He said "views": many', views_x=value, note_y={"views": value})).text == 'He said "views": many'


def test_known_names_cost_no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.importers.twitter.keys._DECODER", None)
    raw = json.dumps(ITEMS["post"][1]).encode()
    assert KeyWatch().unknown("post", raw) == []
    assert b"full_text" in KNOWN["post"]


@pytest.mark.parametrize(
    "name", ["tweets", "like", "direct_messages", "note_tweet", "deleted_tweets", "deleted_tweet_headers", "message_event"]
)
@pytest.mark.parametrize(
    "value", ["", "{}", "null", '""', "0", '{"a": "b"}', "[7]", '["words"]', "[null]", "[[]]", '[] "more"', "[", "[{}]"]
)
def test_a_file_of_another_type_than_a_list_is_never_taken_for_empty(tmp_path: Path, name: str, value: str) -> None:
    content = f"window.YTD.{name}.part0 = {value}" if value else ""
    output = results(tmp_path, {"data/account.js": ACCOUNT, f"data/{name.replace('_', '-')}.js": content})
    assert codes(output) != []
    assert records(output) == []


@pytest.mark.parametrize(
    "name", ["data/account.js", "data/manifest.js", "data/js/user_details.js", "data/js/payload_details.js", "data/js/tweet_index.js"]
)
@pytest.mark.parametrize("value", ["", "null", "7", "[7]"])
def test_an_empty_metadata_file_is_reported(tmp_path: Path, name: str, value: str) -> None:
    head = {"account": "window.YTD.account.part0 =", "manifest": "window.__THAR_CONFIG ="}.get(name[5:-3], f"var {name[8:-3]} =")
    output = results(tmp_path, {"data/tweets.js": POSTS, name: f"{head} {value}" if value else ""})
    assert [record.text for record in records(output)] == ["Road closed.", "Road open."]
    assert codes(output) != []


@pytest.mark.parametrize("key", ["dmConversation", "messages", "messageCreate"])
@pytest.mark.parametrize("value", [None, "", 0, "x", {}])
def test_a_conversation_of_another_form_is_reported(tmp_path: Path, key: str, value: Any) -> None:
    whole = conversation(message("1", "Is the road open"))
    if key == "dmConversation":
        whole[key] = value
    elif key == "messages":
        whole["dmConversation"][key] = value
    else:
        whole["dmConversation"]["messages"][0][key] = value
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/direct-messages.js": ytd("direct_messages", [whole])})
    assert codes(output) != []


def test_an_entry_with_two_messages_gives_both(tmp_path: Path) -> None:
    both = {**message("1", "One"), "welcomeMessageCreate": message("2", "Two")["messageCreate"]}
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/direct-messages.js": ytd("direct_messages", [conversation(both)])})
    assert [record.text for record in records(output)] == ["One", "Two"]


def test_a_post_with_other_words_in_a_small_file_is_reported(tmp_path: Path) -> None:
    gone = [{"tweet": post(1, "As deleted", deleted_at="Wed Jan 11 05:30:15 +0000 2023")}]
    files = {"data/account.js": ACCOUNT, "data/tweets.js": POSTS, "data/deleted-tweets.js": ytd("deleted_tweets", gone)}
    output = results(tmp_path, files)
    assert codes(output) == ["doubled-item"]
    files["data/deleted-tweets.js"] = ytd("deleted_tweets", [{"tweet": post(1, "Road closed.")}])
    assert codes(results(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("", ["csv-empty"]),
        ("\n\n", ["csv-empty"]),
        (row(8, "Only here"), ["csv-head"]),
        (CSV_HEAD.replace('"text"', '"words"') + row(8, "Only here"), ["csv-head", "unknown-key"]),
        (CSV_HEAD.replace('"timestamp"', '"when"') + row(8, "Only here"), ["bad-date", "csv-head"]),
        (CSV_HEAD.replace('"in_reply_to_user_id"', '"other"') + row(8, "Only here"), []),
        (CSV_HEAD, []),
    ],
)
def test_a_table_without_its_head_is_reported(tmp_path: Path, table: str, expected: list[str]) -> None:
    files = months([{"id_str": "9", "text": "In the month", "created_at": "2015-06-01 00:00:00 +0000"}])
    assert sorted(codes(results(tmp_path, files | {"tweets.csv": table}))) == expected


def test_files_that_somebody_moved_into_one_folder_keep_their_pictures(tmp_path: Path) -> None:
    picture = {"id_str": "7", "media_url_https": "https://pbs.twimg.com/media/FsAb.png", "type": "photo"}
    tweet = post(1700000000000000000, "Picture", extended_entities={"media": [picture]})
    files = {"account.js": ACCOUNT, "tweets.js": ytd("tweets", [{"tweet": tweet}]), "1700000000000000000-FsAb.png": b"png"}
    (record,) = records(results(tmp_path, files))
    assert [attachment.member for attachment in record.attachments] == ["1700000000000000000-FsAb.png"]
