"""Instagram archives in JSON: the rules of the importer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from indexer.evidence.archive import Archive, open_archive
from indexer.importers import NotIdentified, identify
from indexer.importers.instagram.members import role_of
from indexer.record import Record, RecordKind, TimeRule
from tests.support.builders import CASES, folder_of, zip_folder
from tests.support.platforms.instagram import IG, case, read

POSTS = "your_instagram_activity/media/posts_1.json"
COMMENTS = "your_instagram_activity/comments/post_comments_1.json"
PROFILE = {"profile_user": [{"string_map_data": {"Username": {"value": "ozarkbendmo"}, "Name": {"value": "City of Ozark Bend"}}}]}


def written_by_meta(value: Any) -> Any:
    """Encode text the way Meta does: every UTF-8 byte as a character of its own."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, list):
        return [written_by_meta(item) for item in value]
    if isinstance(value, dict):
        return {written_by_meta(key): written_by_meta(item) for key, item in value.items()}
    return value


def archive_with(tmp_path: Path, files: Mapping[str, Any]) -> Archive:
    contents = {
        name: content if isinstance(content, (bytes, str)) else json.dumps(written_by_meta(content)) for name, content in files.items()
    }
    return open_archive(folder_of(contents, tmp_path / "archive"))


def records_of(tmp_path: Path, files: Mapping[str, Any]) -> list[Record]:
    records, problems = read(archive_with(tmp_path, files))
    assert problems == []
    return records


def medium(number: int = 1, title: str = "", **more: Any) -> dict[str, Any]:
    return {"uri": f"media/posts/202505/1790000000000{number:04d}.jpg", "creation_timestamp": 1746054000 + number, "title": title, **more}


@pytest.mark.parametrize("path", sorted((CASES / "instagram").iterdir()), ids=lambda path: path.name)
def test_the_raw_item_of_every_record_is_at_its_place(path: Path) -> None:
    archive = open_archive(path / "archive")
    records, _ = read(archive)
    for record in records:
        for place in (record.place, *record.folded):
            content = archive.read(place.member)
            assert place.length > 10
            assert content[place.start : place.start + place.length].startswith((b"{", b"[", b"<div"))
        assert archive.read(record.place.member)[record.place.start :].startswith(record.raw)
        assert len(record.raw) == record.place.length
        assert record.id_is_made


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("messages/inbox/pat_1/message_1.json", '{"participants":[{"name":"Pat"}],"messages":[]}'),
        ("posts/your_posts_1.json", '[{"timestamp":1,"data":[{"post":"x"}]}]'),
        ("data/following.js", "window.YTD.following.part0 = []"),
        ("comments/comments.json", '{"comments":[{"timestamp":1}]}'),
        ("comments.json", '[{"comment":"of some other program"}]'),
        ("media.json", '{"files":[]}'),
        ("profile.json", '{"username":"somebody"}'),
        ("following.json", "{}"),
    ],
)
def test_what_only_looks_like_instagram_is_not_claimed(name: str, content: str, tmp_path: Path) -> None:
    assert not IG.identify(open_archive(folder_of({name: content}, tmp_path / "a")))


def test_an_archive_with_nothing_known_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(NotIdentified, match="your_instagram_activity"):
        identify(open_archive(folder_of({"notes.txt": "x"}, tmp_path / "a")))


def test_a_single_medium_carries_the_caption_and_a_carousel_carries_its_own(tmp_path: Path) -> None:
    single, carousel = records_of(
        tmp_path,
        {
            POSTS: [
                {"media": [medium(1, "One picture")]},
                {"media": [medium(2), medium(3, "A view")], "title": "Two", "creation_timestamp": 1746060000},
            ]
        },
    )
    assert (single.text, single.posted.written if single.posted else "") == ("One picture", "1746054001")
    assert (carousel.text, carousel.posted.written if carousel.posted else "") == ("Two", "1746060000")
    assert [attachment.description for attachment in carousel.attachments] == ["", "A view"]


def test_a_file_that_is_one_post_instead_of_a_list_is_that_post(tmp_path: Path) -> None:
    (post,) = records_of(tmp_path, {POSTS: {"media": [medium(1, "Alone")]}})
    assert post.text == "Alone"
    assert post.place.start == 0
    assert json.loads(post.raw)["media"][0]["title"] == "Alone"


def test_a_file_with_a_single_cut_post_is_a_problem(tmp_path: Path) -> None:
    records, problems = read(archive_with(tmp_path, {POSTS: '{"media": [{"uri": "media/posts/1.jpg", "title": "Cu'}))
    assert (records, [problem.code for problem in problems]) == ([], ["json-cut"])


def test_a_single_medium_may_replace_a_list(tmp_path: Path) -> None:
    (post,) = records_of(tmp_path, {POSTS: [{"media": medium(1, "Not in a list")}]})
    assert post.text == "Not in a list"
    assert len(post.attachments) == 1


def test_text_of_2021_and_later_is_repaired_and_labels_too(tmp_path: Path) -> None:
    (post, comment) = sorted(
        records_of(
            tmp_path,
            {
                POSTS: [{"media": [medium(1, "Niños — café 🌊 #Río @alcaldía.example")]}],
                COMMENTS: [
                    {
                        "string_map_data": {
                            "Proprietário": {"value": "ozarkbendmo"},
                            "Comentário": {"value": "Obrigado ☀"},
                            "Hora": {"timestamp": 1746054000},
                        }
                    }
                ],
            },
        ),
        key=lambda record: record.kind,
        reverse=True,
    )
    assert post.text == "Niños — café 🌊 #Río @alcaldía.example"
    assert post.hashtags == ("Río",)
    assert (comment.text, comment.extra["media_owner"]) == ("Obrigado ☀", "ozarkbendmo")


def test_text_of_2020_is_left_as_it_is(tmp_path: Path) -> None:
    photos = {"photos": [{"caption": "The sign said CafÃ© 🏛️", "taken_at": "2020-01-01T00:00:00+00:00", "path": "photos/202001/a.jpg"}]}
    (post,) = records_of(tmp_path, {"media.json": json.dumps(photos, ensure_ascii=False)})
    assert post.text == "The sign said CafÃ© 🏛️"


def test_an_edited_caption_is_another_version_of_the_same_post(tmp_path: Path) -> None:
    (before,) = records_of(tmp_path / "1", {POSTS: [{"media": [medium(1, "Hearing on May 5")]}]})
    (after,) = records_of(tmp_path / "2", {POSTS: [{"media": [medium(1, "Hearing on May 6")]}]})
    assert before.native_id == after.native_id
    assert before.text != after.text


def test_a_post_that_was_archived_or_deleted_later_stays_the_same_record(tmp_path: Path) -> None:
    item = {"media": [medium(1, "Old logo")]}
    (post,) = records_of(tmp_path / "1", {POSTS: [item]})
    (archived,) = records_of(tmp_path / "2", {"your_instagram_activity/media/archived_posts.json": {"ig_archived_post_media": [item]}})
    (deleted,) = records_of(
        tmp_path / "3", {"your_instagram_activity/media/recently_deleted_content.json": {"ig_recently_deleted_media": [item]}}
    )
    assert post.native_id == archived.native_id == deleted.native_id
    assert ["state" in post.extra, archived.extra["state"], deleted.extra["state"]] == [False, "archived", "recently deleted"]


def test_equal_posts_without_numbered_pictures_are_distinguished_by_an_ordinal(tmp_path: Path) -> None:
    item = {"media": [{"uri": "media/posts/202505/picture.jpg", "creation_timestamp": 1746054000, "title": "Thank you!"}]}
    first, second = records_of(tmp_path, {POSTS: [item, item]})
    assert second.native_id == f"{first.native_id}-2"


def test_a_medium_without_an_ending_gets_its_type_from_its_first_bytes(tmp_path: Path) -> None:
    names = {"1": b"\xff\xd8\xff\xe0", "2": b"\0\0\0\x18ftypmp42", "3": b"RIFF\0\0\0\0WEBP", "4": b"no picture at all"}
    files: dict[str, Any] = {f"media/posts/202505/1790000000000000{name}": content for name, content in names.items()}
    files[POSTS] = [
        {"media": [{"uri": f"media/posts/202505/1790000000000000{name}", "creation_timestamp": 1746054000}]} for name in (*names, "5")
    ]
    types = [record.attachments[0].media_type for record in records_of(tmp_path, files)]
    assert types == ["image/jpeg", "video/mp4", "image/webp", "application/octet-stream", "application/octet-stream"]


def test_a_medium_that_is_not_in_the_archive_keeps_its_name_and_its_address_without_the_signature(tmp_path: Path) -> None:
    (post,) = records_of(tmp_path, {POSTS: [{"media": [medium(1, backup_uri="https://cdn.example/v/1.jpg?oh=secret&oe=1")]}]})
    (attachment,) = post.attachments
    assert (attachment.name, attachment.member, attachment.url) == ("17900000000000001.jpg", "", "https://cdn.example/v/1.jpg")


def test_positions_and_devices_stay_in_the_raw_item_only(tmp_path: Path) -> None:
    exif = {"photo_metadata": {"exif_data": [{"latitude": 38.123456, "device_id": "android-0123456789"}]}}
    (post,) = records_of(tmp_path, {POSTS: [{"media": [medium(1, "Picture", media_metadata=exif)]}]})
    assert b"38.123456" in post.raw
    shown = repr((post.text, post.title, post.extra, post.attachments, post.links))
    assert "38.1" not in shown
    assert "android" not in shown


def test_subtitles_of_a_video_are_attached(tmp_path: Path) -> None:
    metadata = {"video_metadata": {"subtitles": {"uri": "media/posts/202505/17900000000000099.srt"}}}
    (post,) = records_of(
        tmp_path, {POSTS: [{"media": [medium(1, "Meeting", media_metadata=metadata)]}], "media/posts/202505/17900000000000099.srt": "1\n"}
    )
    assert [(attachment.media_type, attachment.member) for attachment in post.attachments][1] == (
        "application/x-subrip",
        "media/posts/202505/17900000000000099.srt",
    )


@pytest.mark.parametrize("time", ["soon", -5, 0, None, 10**15, "1e999"])
def test_a_time_that_is_none_leaves_the_record_and_names_the_problem(time: Any, tmp_path: Path) -> None:
    records, problems = read(archive_with(tmp_path, {POSTS: [{"media": [medium(1, "Words stay") | {"creation_timestamp": time}]}]}))
    assert [(record.text, record.posted) for record in records] == [("Words stay", None)]
    assert [(problem.code, problem.member, problem.index) for problem in problems] == [("bad-date" if time else "no-date", POSTS, 0)]
    assert time in {None, 0} or str(time) in problems[0].message


def test_an_old_time_without_its_zone_is_a_problem(tmp_path: Path) -> None:
    records, problems = read(
        archive_with(tmp_path, {"comments.json": {"media_comments": [["2020-06-01T17:00:00", "Hello", "ozarkbendmo"]]}})
    )
    assert [(record.text, record.posted) for record in records] == [("Hello", None)]
    assert problems[0].code == "bad-date"


def test_an_old_time_keeps_its_words_and_becomes_utc(tmp_path: Path) -> None:
    (comment,) = records_of(tmp_path, {"comments.json": {"media_comments": [["2019-12-31T23:59:59-06:00", "Hello", "ozarkbendmo"]]}})
    assert comment.posted is not None
    assert comment.posted.written == "2019-12-31T23:59:59-06:00"
    assert str(comment.posted.utc) == "2020-01-01 05:59:59+00:00"
    assert comment.posted.rule is TimeRule.UTC


def test_a_bad_item_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    files = {POSTS: [{"media": [medium(1, "First")]}, "words", 7, None, [], {"shape": "unknown"}, {"media": [medium(2, "Last")]}]}
    records, problems = read(archive_with(tmp_path, files))
    assert [record.text for record in records] == ["First", "Last"]
    assert [(problem.code, problem.index) for problem in problems] == [("bad-item", number) for number in (1, 2, 3, 4, 5)]
    assert [record.place.index for record in records] == [0, 6]


def test_a_cut_file_keeps_what_came_before(tmp_path: Path) -> None:
    whole = json.dumps([{"media": [medium(number, f"Post {number}")]} for number in range(1, 4)])
    records, problems = read(archive_with(tmp_path, {POSTS: whole[: whole.index("Post 3")]}))
    assert [record.text for record in records] == ["Post 1", "Post 2"]
    assert [problem.code for problem in problems] == ["json-cut"]


def test_sections_that_say_that_they_are_empty_hold_nothing(tmp_path: Path) -> None:
    nothing = ["You have no data in this section"]
    files = {
        "media.json": {"photos": [], "stories": nothing},
        "comments.json": {"media_comments": nothing},
        "messages.json": nothing,
        "guides.json": nothing,
    }
    assert records_of(tmp_path, files) == []


def test_a_file_that_was_always_empty_is_a_problem_when_it_holds_something(tmp_path: Path) -> None:
    records, problems = read(
        archive_with(tmp_path, {"comments.json": {"media_comments": []}, "guides.json": {"guides": [{"title": "Parks"}]}})
    )
    assert records == []
    assert [(problem.member, problem.code) for problem in problems] == [("guides.json", "unknown-section")]


def test_comments_of_all_three_forms_have_text_time_and_owner(tmp_path: Path) -> None:
    listed = {"comments_media_comments": [{"title": "pat.example", "string_list_data": [{"value": "Listed", "timestamp": 1746054000}]}]}
    values = {"Comment": {"value": "Mapped"}, "Media Owner": {"value": "pat.example"}, "Time": {"timestamp": 1746054000}}
    wrapped, bare = (
        {"comments_media_comments": [{"string_map_data": values}]},
        [{"media_list_data": [{"uri": ""}], "string_map_data": values}],
    )
    output = [
        (record.kind, record.text, record.extra["media_owner"], record.posted.written if record.posted else "")
        for number, content in enumerate((listed, wrapped, bare))
        for record in records_of(tmp_path / str(number), {COMMENTS: content})
    ]
    assert output == [(RecordKind.COMMENT, text, "pat.example", "1746054000") for text in ("Listed", "Mapped", "Mapped")]


def test_a_comment_with_labels_of_an_unknown_language_is_read_by_their_order(tmp_path: Path) -> None:
    values = {"Zapis": {"value": "First the words"}, "Vlasnik": {"value": "pat.example"}, "Vrijeme": {"timestamp": 1746054000}}
    (comment,) = records_of(tmp_path, {COMMENTS: [{"string_map_data": values}]})
    assert (comment.text, comment.extra["media_owner"]) == ("First the words", "pat.example")


def test_a_comment_without_words_is_still_a_record(tmp_path: Path) -> None:
    (comment,) = records_of(
        tmp_path, {COMMENTS: [{"string_map_data": {"Media Owner": {"value": "pat.example"}, "Time": {"timestamp": 1746054000}}}]}
    )
    assert (comment.text, comment.extra["media_owner"]) == ("", "pat.example")


def test_likes_of_both_forms_name_what_was_liked_and_are_one_record(tmp_path: Path) -> None:
    name, href = "your_instagram_activity/likes/liked_posts.json", "https://www.instagram.com/p/DJBBBBBBBBB/"
    old = {"likes_media_likes": [{"title": "pat.example", "string_list_data": [{"href": href, "value": "👍", "timestamp": 1746054000}]}]}
    owner = {"title": "Owner", "dict": [{"dict": [{"label": "Username", "value": "pat.example"}]}]}
    new = [{"timestamp": 1746054000, "fbid": "1", "media": [], "label_values": [{"label": "URL", "href": href, "value": href}, owner]}]
    (first,), (second,) = records_of(tmp_path / "1", {name: old}), records_of(tmp_path / "2", {name: new})
    assert first.native_id == second.native_id
    for like in (first, second):
        assert (like.kind, like.links, like.extra["media_owner"], like.text) == (RecordKind.LIKE, (href,), "pat.example", "")
    assert (first.extra["reaction"], second.extra["reaction"]) == ("👍", "like")


def test_two_likes_in_one_minute_are_distinguished_by_what_was_liked(tmp_path: Path) -> None:
    liked = {"media_likes": [["2020-06-02T12:00:00+00:00", "ozarkbendparks"], ["2020-06-02T12:00:30+00:00", "ozarkbendfire"]]}
    likes = records_of(tmp_path, {"likes.json": liked})
    assert len({like.native_id for like in likes}) == 2
    assert not any(like.native_id.endswith("-2") for like in likes)


def test_an_insight_is_folded_into_its_post_and_counted_once(tmp_path: Path) -> None:
    post = {"media": [medium(1, "Bridge"), medium(2)], "title": "Bridge", "creation_timestamp": 1746054001}
    thumbnail = {"uri": "media/posts/202505/17900000000000001.jpg", "creation_timestamp": 1746054001, "title": "Bridge"}
    insight = {
        "organic_insights_posts": [{"media_map_data": {"Media Thumbnail": thumbnail}, "string_map_data": {"Likes": {"value": "31"}}}]
    }
    (record,) = records_of(tmp_path, {POSTS: [post], "logged_information/past_instagram_insights/posts.json": insight})
    assert [place.member for place in record.folded] == ["logged_information/past_instagram_insights/posts.json"]


def test_an_insight_whose_post_is_gone_becomes_the_record_of_it(tmp_path: Path) -> None:
    thumbnail = {"uri": "media/posts/202412/17900000000000077.jpg", "creation_timestamp": 1733000000, "title": "Tree lighting is cancelled"}
    insight = {"organic_insights_posts": [{"media_map_data": {"Media Thumbnail": thumbnail}, "string_map_data": {}}]}
    post, gone = records_of(tmp_path, {POSTS: [{"media": [medium(1, "Other")]}], "past_instagram_insights/posts.json": insight})
    assert (post.text, post.folded) == ("Other", ())
    assert (gone.text, gone.extra["state"]) == ("Tree lighting is cancelled", "known from its reach figures only")


def test_a_reply_on_threads_is_a_reply_and_a_post_on_threads_a_post(tmp_path: Path) -> None:
    item = {"media": [{"uri": "", "creation_timestamp": 1746500000, "title": "At 7 p.m.", "text_app_post": {"is_reply": True}}]}
    other = {"media": [{"uri": "", "creation_timestamp": 1746500001, "title": "We are here", "text_app_post": {"is_reply": False}}]}
    records = records_of(
        tmp_path, {"your_instagram_activity/threads/threads_and_replies.json": {"text_post_app_text_posts": [item, other]}}
    )
    assert [(record.kind, record.attachments, record.extra["section"]) for record in records] == [
        (RecordKind.REPLY, (), "Threads"),
        (RecordKind.POST, (), "Threads"),
    ]


def test_messages_of_2020_are_one_conversation_with_exact_places(tmp_path: Path) -> None:
    line = {"sender": "pat.example", "created_at": "2020-06-05T15:01:00.125000+00:00", "text": "ok"}
    files = {
        "messages.json": [
            {"participants": ["pat.example", "ozarkbendmo"], "conversation": [line, line | {"created_at": "2020-06-05T15:00:00+00:00"}]}
        ]
    }
    first, second = records_of(tmp_path, files | {"profile.json": {"username": "ozarkbendmo", "date_joined": "2017-01-01T00:00:00"}})
    assert first.thread_id == second.thread_id
    assert first.thread_title == "pat.example"
    assert (first.place.pointer, second.place.pointer) == ("conversation/0", "conversation/1")
    assert json.loads(second.raw)["created_at"] == "2020-06-05T15:00:00+00:00"
    assert (first.author, first.extra["direction"]) == ("pat.example", "received")


def test_a_like_of_an_old_message_is_a_record_of_its_own(tmp_path: Path) -> None:
    line = {
        "sender": "pat.example",
        "created_at": "2020-06-05T15:01:00+00:00",
        "text": "ok",
        "likes": [{"username": "ozarkbendmo", "date": "2020-06-05T15:02:00+00:00"}],
    }
    message, like = records_of(tmp_path, {"messages.json": [{"participants": ["pat.example"], "conversation": [line]}]})
    assert (like.kind, like.author, like.parent_id) == (RecordKind.LIKE, "ozarkbendmo", message.native_id)
    assert like.place.pointer == "conversation/0/reactions/0"


def test_a_message_that_does_not_read_leaves_the_conversation(tmp_path: Path) -> None:
    files = {
        "messages.json": [
            {
                "participants": ["a"],
                "conversation": [{"sender": 5}, {"sender": "a", "created_at": "2020-06-05T15:01:00+00:00", "text": "ok"}],
            },
            {"participants": ["b"]},
        ]
    }
    records, problems = read(archive_with(tmp_path, files))
    assert [record.text for record in records] == ["ok"]
    assert [(problem.code, problem.index) for problem in problems] == [("bad-item", 0), ("bad-item", 1)]


def test_the_account_is_taken_from_the_profile_in_any_language(tmp_path: Path) -> None:
    spanish = {
        "profile_user": [{"string_map_data": {"Nombre de usuario": {"value": "ozarkbendmo"}, "Nombre": {"value": "Ciudad de Ozark Bend"}}}]
    }
    facts = IG.facts(archive_with(tmp_path, {"personal_information/personal_information/personal_information.json": spanish, POSTS: []}))
    assert (facts.account.platform, facts.account.handle, facts.account.name) == ("instagram", "ozarkbendmo", "Ciudad de Ozark Bend")
    assert facts.account.native_id == "ozarkbendmo"
    assert facts.exported is None
    assert facts.kinds == {RecordKind.POST}


def test_without_a_profile_the_account_is_taken_from_the_name_of_the_download(tmp_path: Path) -> None:
    folder = folder_of({POSTS: "[]"}, tmp_path / "a")
    archive = open_archive(zip_folder(folder, tmp_path / "instagram-ozarkbendmo-2025-10-20-AbCdEfGh.zip"))
    assert IG.facts(archive).account.handle == "ozarkbendmo"
    assert IG.facts(open_archive(folder)).account.handle == ""


@pytest.mark.parametrize("content", ["", "{", "[]", '{"profile_user": 7}', "null", b"\xff\xfe\0", '{"username": 5, "date_joined": 1}'])
def test_a_damaged_profile_leaves_the_account_unknown_and_raises_nothing(content: Any, tmp_path: Path) -> None:
    for name in ("personal_information/personal_information/personal_information.json", "profile.json"):
        facts = IG.facts(archive_with(tmp_path / name.replace("/", "_"), {name: content, POSTS: "[]"}))
        assert facts.account.handle == ""


def test_the_facts_state_that_comments_of_the_public_are_missing() -> None:
    limits = " ".join(IG.facts(case("json_2025_media")).cannot_contain)
    assert "public" in limits
    assert "30 days" in limits
    assert "UTC-8" not in limits
    assert "UTC-8" in " ".join(IG.facts(case("html_2025")).cannot_contain)


def test_no_member_has_a_role_and_is_ignored_at_once() -> None:
    for path in (CASES / "instagram").iterdir():
        for name in open_archive(path / "archive").names:
            assert not (role_of(name) and is_ignored(name)), name


def test_lists_of_blocked_accounts_and_hidden_words_say_that_they_are_kept() -> None:
    for name in (
        "connections/followers_and_following/blocked_profiles.json",
        "followers_and_following/blocked_accounts.html",
        "preferences/settings/filtered_keywords_for_comments_and_messages.json",
    ):
        assert reason(name) == "kept in the archive; not searchable in this version"


def is_ignored(name: str) -> bool:
    return bool(reason(name))


def reason(name: str) -> str:
    from fnmatch import fnmatchcase

    return next((why for pattern, why in IG.ignored.items() if fnmatchcase(name, pattern)), "")


@pytest.mark.parametrize(
    "name", [POSTS, COMMENTS, "your_instagram_activity/messages/inbox/pat_1234567/message_1.json", "media.json", "messages.json"]
)
def test_an_item_that_is_nested_thousands_deep_is_a_problem_and_the_next_one_is_read(name: str, tmp_path: Path) -> None:
    deep = b'{"media":' * 5000 + b"{}" + b"}" * 5000
    items = b",\n".join([deep, deep, b"{}", deep])
    content = {"media.json": b'{"photos":[' + items + b"]}", "messages.json": b"[" + items + b"]"}.get(
        name, b'{"messages":[' + items + b"]}"
    )
    records, problems = read(archive_with(tmp_path, {name: content}))
    assert not any(record.text for record in records)
    assert len([problem for problem in problems if problem.code == "bad-item"]) >= 3
