"""Private messages and likes of X archives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indexer.record import Problem, Record, RecordKind, Tally, TimeRule
from tests.support.platforms.twitter import ACCOUNT, WHEN, codes, conversation, message, records, results, tallies, ytd


def messages(
    tmp_path: Path, *conversations: dict[str, Any], name: str = "direct-messages", **media: bytes
) -> list[Record | Problem | Tally]:
    files: dict[str, bytes | str] = {"data/account.js": ACCOUNT, f"data/{name}.js": ytd(name.replace("-", "_"), list(conversations))}
    return results(tmp_path, files | {f"data/direct_messages_media/{key}": value for key, value in media.items()})


def test_each_message_is_a_record_with_its_own_bytes(tmp_path: Path) -> None:
    output = messages(tmp_path, conversation(message("2", "Thank you", "800"), message("1", "Fixed &amp; done")))
    second, first = records(output)
    assert (first.kind, first.text, first.author, first.author_id, first.thread_id) == (
        RecordKind.MESSAGE,
        "Fixed & done",
        "CedarFordMO",
        "455",
        "455-800",
    )
    assert (second.author, second.author_id) == ("800", "800")
    assert json.loads(first.raw)["messageCreate"]["id"] == "1"
    assert first.place.pointer == "dmConversation/messages/1"
    assert codes(output) == []


def test_equal_messages_have_different_places(tmp_path: Path) -> None:
    output = records(messages(tmp_path, conversation(message("1", "Yes"), message("1", "Yes"))))
    assert output[0].place.start < output[1].place.start


def test_conversations_are_counted_as_x_counts_them(tmp_path: Path) -> None:
    output = messages(tmp_path, conversation(message("1", "a"), message("2", "b")), conversation(number="455-900"))
    assert tallies(output) == {"data/direct-messages.js": 2}


def test_addresses_of_messages_are_expanded_and_those_of_their_pictures_go(tmp_path: Path) -> None:
    urls = [
        {"url": "https://t.co/a1", "expanded": "https://map.example/", "display": "map.example"},
        {"url": "https://t.co/a2", "expanded": "https://twitter.com/messages/media/7", "display": "pic.twitter.com/a2"},
    ]
    media = ["https://ton.twitter.com/dm/7/6/hOle.png", "https://video.twimg.com/dm_video/6/vid/1/film.mp4?tag=1"]
    sent = message("7", "Here https://t.co/a1 https://t.co/a2", urls=urls, mediaUrls=media)
    (record,) = records(messages(tmp_path, conversation(sent), **{"7-hOle.png": b"x", "7-film.mp4": b"x", "70-hOle.png": b"x"}))
    assert record.text == "Here https://map.example/"
    assert record.links == ("https://map.example/",)
    assert [attachment.member for attachment in record.attachments] == [
        "data/direct_messages_media/7-hOle.png",
        "data/direct_messages_media/7-film.mp4",
    ]


def test_reactions_are_records_that_answer_their_message(tmp_path: Path) -> None:
    reaction = {"senderId": "455", "reactionKey": "like", "eventId": "11", "createdAt": WHEN}
    output = messages(
        tmp_path, conversation(message("7", "Hole", "800", reactions=[reaction, reaction | {"eventId": "12", "senderId": "800"}]))
    )
    _, first, second = records(output)
    assert [(record.kind, record.native_id, record.parent_id, record.author, record.extra["reaction"]) for record in (first, second)] == [
        (RecordKind.LIKE, "11", "7", "CedarFordMO", "like"),
        (RecordKind.LIKE, "12", "7", "800", "like"),
    ]
    assert json.loads(second.raw)["eventId"] == "12"


def test_joins_and_departures_are_described_in_plain_words(tmp_path: Path) -> None:
    output = messages(
        tmp_path,
        conversation(
            {"participantsLeave": {"userIds": ["900"], "createdAt": WHEN}},
            {"conversationNameUpdate": {"initiatingUserId": "455", "name": "Snow desk", "createdAt": WHEN}},
            {"conversationNameUpdate": {"initiatingUserId": "800", "name": "Old name", "createdAt": WHEN}},
            {"participantsJoin": {"initiatingUserId": "800", "userIds": ["900", "901"], "createdAt": WHEN}},
            {"joinConversation": {"initiatingUserId": "800", "participantsSnapshot": ["455", "800"], "createdAt": WHEN}},
            {"somethingNew": {"createdAt": WHEN}},
            number="77",
        ),
        name="direct-messages-group",
    )
    assert [record.title for record in records(output)] == [
        "900 left the conversation.",
        "CedarFordMO named the conversation: Snow desk",
        "800 named the conversation: Old name",
        "800 added 900, 901 to the conversation.",
        "800 added the account to a conversation with CedarFordMO, 800.",
        "X noted an event that it calls somethingNew.",
    ]
    assert {record.thread_title for record in records(output)} == {"Snow desk"}
    assert all(record.id_is_made and record.kind is RecordKind.MESSAGE for record in records(output))


def test_made_ids_are_the_same_in_another_capture_and_differ_among_equals(tmp_path: Path) -> None:
    leave = {"participantsLeave": {"userIds": ["900"], "createdAt": WHEN}}
    first = records(messages(tmp_path / "1", conversation(leave, leave, number="77")))
    later = records(messages(tmp_path / "2", conversation(message("9", "new"), leave, leave, number="77")))[1:]
    assert [record.native_id for record in first] == [record.native_id for record in later]
    assert first[0].native_id != first[1].native_id


def test_earlier_wordings_of_a_message_are_kept(tmp_path: Path) -> None:
    history = [{"createdAtSec": "1673413800", "editedText": "Fxied"}]
    (record,) = records(messages(tmp_path, conversation(message("1", "Fixed", editHistory=history))))
    assert json.loads(record.extra["edit_history"]) == history


def test_the_form_of_2018_counts_milliseconds(tmp_path: Path) -> None:
    welcome = {
        "welcomeMessageCreate": {"id": "3", "text": "Welcome", "senderId": "455", "recipientId": "800", "createdAt": "1514091000000"}
    }
    output = results(
        tmp_path,
        {
            "account.js": ACCOUNT,
            "direct-message.js": ytd("direct_message", [conversation(message("1", "x", createdAt="1514090000000"), welcome)]),
        },
    )
    assert [record.posted and (record.posted.rule, record.posted.written) for record in records(output)] == [
        (TimeRule.EPOCH, "1514090000000"),
        (TimeRule.EPOCH, "1514091000000"),
    ]
    assert records(output)[1].extra["message"] == "welcome message"


def test_a_broken_entry_costs_itself_only(tmp_path: Path) -> None:
    output = messages(
        tmp_path, conversation(message("1", "a", createdAt="never"), {"messageCreate": {"text": 5}}, {}, message("2", "b")), {"other": 1}
    )
    assert [record.text for record in records(output)] == ["a", "b"]
    assert codes(output) == ["bad-date", "bad-item", "bad-item", "bad-item"]
    assert tallies(output) == {"data/direct-messages.js": 1}


def test_a_message_with_bytes_that_are_no_text_is_kept(tmp_path: Path) -> None:
    text = ytd(
        "direct_messages",
        [conversation(message("1", "CAFE", reactions=[{"senderId": "8", "reactionKey": "like", "eventId": "5", "createdAt": WHEN}]))],
    )
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/direct-messages.js": text.encode().replace(b"CAFE", b"Caf\xe9")})
    assert [record.text for record in records(output)] == ["Caf\ufffd", ""]
    assert codes(output) == ["bad-text"]


def test_likes_have_text_and_no_date(tmp_path: Path) -> None:
    like = {"like": {"tweetId": "5", "fullText": "Thanks &lt;3 #snow", "expandedUrl": "https://twitter.com/i/web/status/5"}}
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/like.js": ytd("like", [like, {"like": {"tweetId": "6"}}, {"like": {}}])})
    first, second = records(output)
    assert (first.kind, first.native_id, first.parent_id, first.text, first.hashtags, first.posted) == (
        RecordKind.LIKE,
        "5",
        "5",
        "Thanks <3 #snow",
        ("snow",),
        None,
    )
    assert (first.url, second.url, second.text) == ("https://twitter.com/i/web/status/5", "https://x.com/i/status/6", "")
    assert codes(output) == ["bad-item"]
    assert tallies(output) == {"data/like.js": 2}
