"""Conversations of Messenger and Instagram in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.importers.meta.json_values import MadeIds, MediaFiles
from indexer.importers.meta.messages import messages, thread_key
from indexer.record import Problem, Record, RecordKind
from tests.support.platforms.facebook import NAME, archive_of

FILE = "your_facebook_activity/messages/inbox/marlotresh_1234567890/message_1.json"
MS = 1_710_057_900_417


def read(tmp_path: Path, content: Any, *more: str, name: str = FILE) -> tuple[list[Record], list[Problem]]:
    archive = archive_of(tmp_path, {name: content, **dict.fromkeys(more, b"x")})
    values = list(messages(archive, name, {NAME}, MadeIds(), MediaFiles(archive)))
    return [value for value in values if isinstance(value, Record)], [value for value in values if isinstance(value, Problem)]


def said(content: str | None = "Hello", who: str = "Marlo Trésh", at: object = MS, **more: Any) -> dict[str, Any]:
    return {"sender_name": who, "timestamp_ms": at, **({"content": content} if content is not None else {}), **more}


def test_title_and_participants_count_wherever_they_stand(tmp_path: Path) -> None:
    people = [{"name": "Marlo Trésh"}, {"name": NAME}]
    before, _ = read(tmp_path, {"participants": people, "title": "Marlo Trésh", "messages": [said()]})
    after, _ = read(tmp_path, {"messages": [said()], "title": "Marlo Trésh", "participants": people})
    for (record,) in (before, after):
        assert (record.thread_title, record.extra["participants"]) == ("Marlo Trésh", f"Marlo Trésh, {NAME}")
    assert before[0].native_id == after[0].native_id


def test_a_message_is_as_the_reader_saw_it(tmp_path: Path) -> None:
    (record,), problems = read(tmp_path, {"messages": [said("Pothole on Main 😡 https://example.org/p")]})
    assert (record.kind, record.text, record.author) == (RecordKind.MESSAGE, "Pothole on Main 😡 https://example.org/p", "Marlo Trésh")
    assert record.links == ("https://example.org/p",)
    assert record.posted.utc.isoformat() == "2024-03-10T08:05:00.417000+00:00"
    assert not problems


def test_sent_and_received_are_told_apart_by_the_accounts_names(tmp_path: Path) -> None:
    records, _ = read(tmp_path, {"messages": [said(who=NAME), said(at=MS - 1)]})
    assert [record.extra["direction"] for record in records] == ["sent", "received"]


@pytest.mark.parametrize(
    ("member", "key"),
    [
        ("messages/inbox/marlotresh_1234567890/message_1.json", "1234567890"),
        ("messages/inbox/MarloTresh_k3dXy_9-Qa/message.json", "k3dXy_9-Qa"),
        ("messages/inbox/marlotresh_abc/message_1.json", "marlotresh_abc"),
        ("messages/inbox/1234567890123/message_1.json", "1234567890123"),
    ],
)
def test_the_key_of_a_conversation_does_not_hold_its_names(member: str, key: str) -> None:
    assert thread_key(member) == key


def test_a_message_that_is_unsent_later_is_the_same_record(tmp_path: Path) -> None:
    (before,), _ = read(tmp_path, {"messages": [said("Oops", "Old Name")]})
    (after,), _ = read(tmp_path, {"messages": [said(None, "New Name", is_unsent=True)]}, name=FILE.replace("marlotresh", "newname"))
    assert before.native_id == after.native_id
    assert (after.text, after.extra["state"]) == ("", "unsent")


def test_two_messages_of_one_millisecond_are_two_records(tmp_path: Path) -> None:
    records, _ = read(tmp_path, {"messages": [said("one"), said("two")]})
    assert len({record.native_id for record in records}) == 2


def test_every_kind_of_file_is_an_attachment(tmp_path: Path) -> None:
    folder = FILE.rsplit("/", 1)[0]
    files = {
        "photos": [{"uri": f"{folder}/photos/1.jpg"}],
        "videos": [{"uri": f"{folder}/videos/2"}],
        "audio_files": [{"uri": f"{folder}/audio/3.aac"}],
        "gifs": [{"uri": f"{folder}/gifs/4.gif"}],
        "files": [{"uri": "https://interncache.example.org/5.pdf?x=1"}],
        "sticker": {"uri": "messages/stickers_used/6.png"},
    }
    (record,), _ = read(tmp_path, {"messages": [said(None, **files)]}, f"{folder}/photos/1.jpg")
    assert [(one.name, one.media_type) for one in record.attachments] == [
        ("1.jpg", "image/jpeg"),
        ("2", "video/mp4"),
        ("3.aac", "audio/aac"),
        ("4.gif", "image/gif"),
        ("6.png", "image/png"),
        ("5.pdf", "application/pdf"),
    ]
    assert record.attachments[0].member == f"{folder}/photos/1.jpg"
    assert (record.attachments[-1].member, record.attachments[-1].url) == ("", "https://interncache.example.org/5.pdf?x=1")


def test_what_is_shared_is_found_by_its_words_and_its_link(tmp_path: Path) -> None:
    share = {"link": "https://example.org/levee", "share_text": "Levee plan"}
    (record,), _ = read(tmp_path, {"messages": [said("Look", share=share)]})
    assert (record.text, record.links) == ("Look\nLevee plan", ("https://example.org/levee",))
    (same,), _ = read(tmp_path, {"messages": [said("Levee plan is here", share=share)]})
    assert same.text == "Levee plan is here"


def test_reactions_are_likes_that_answer_the_message(tmp_path: Path) -> None:
    reactions = [{"reaction": "👍", "actor": "Marlo Trésh"}, {"reaction": "❤", "actor": NAME, "timestamp": 1_710_058_000}]
    (message, timeless, timed), problems = read(tmp_path, {"messages": [said(reactions=reactions)]})
    assert [(like.kind, like.parent_id, like.author) for like in (timeless, timed)] == [
        (RecordKind.LIKE, message.native_id, "Marlo Trésh"),
        (RecordKind.LIKE, message.native_id, NAME),
    ]
    assert (timeless.posted, timed.posted.written, timed.place.pointer) == (None, "1710058000", "reactions/1")
    assert not problems


def test_a_broken_message_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    records, problems = read(
        tmp_path, {"messages": [said("one"), said(content=7), "text", said("no time", at=None), said("two", at=MS - 9)]}
    )
    assert [record.text for record in records] == ["one", "no time", "two"]
    assert [(problem.code, problem.index) for problem in problems] == [("bad-item", 1), ("bad-item", 2), ("no-date", 3)]


def test_a_cut_conversation_keeps_what_came_before(tmp_path: Path) -> None:
    records, problems = read(tmp_path, json.dumps({"messages": [said("one"), said("two")]})[:-20])
    assert [record.text for record in records] == ["one"]
    assert [problem.code for problem in problems] == ["json-cut"]


def test_a_file_without_messages_is_a_problem(tmp_path: Path) -> None:
    records, problems = read(tmp_path, {"participants": []})
    assert (records, [problem.code for problem in problems]) == ([], ["no-messages"])


def test_a_conversation_without_a_message_is_no_problem(tmp_path: Path) -> None:
    assert read(tmp_path, {"participants": [{"name": "Marlo"}], "messages": [], "title": "Marlo"}) == ([], [])
