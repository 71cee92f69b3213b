"""What the Facebook importer makes of JSON archives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.record import RecordKind, TimeRule
from tests.support.platforms.facebook import NAME, PAGE, POSTS, PROFILE, SECOND, archive_of, attached, medium, mojibake, post, read

LINK = {"external_context": {"name": "Clinic", "url": "https://www.example.org/clinic"}}


def share(text: str = "", at: int = SECOND, updated: int = SECOND, what: object = LINK) -> dict[str, object]:
    data = ([{"post": text}] if text else []) + [{"update_timestamp": updated}, {}, {}]
    return {"timestamp": at, "attachments": attached(what), "data": data, "title": f"{NAME} shared a link."}


def test_text_title_and_names_are_as_the_reader_saw_them(tmp_path: Path) -> None:
    (record,), problems = read(tmp_path, {POSTS: [post("Café – ¡abierto! 🎉", f"{NAME} added a photo at Café Sol.")]})
    assert (record.text, record.title, record.author) == ("Café – ¡abierto! 🎉", f"{NAME} added a photo at Café Sol.", NAME)
    assert not problems


def test_a_file_that_somebody_saved_again_as_raw_utf8_is_repaired_too(tmp_path: Path) -> None:
    raw = json.dumps(mojibake([post("Überflutung")]), ensure_ascii=False)
    (record,), _ = read(tmp_path, {POSTS: raw})
    assert record.text == "Überflutung"


def test_the_raw_item_is_the_exact_bytes_at_its_place(tmp_path: Path) -> None:
    files = {POSTS: [post("one"), post("two", at=SECOND + 1)], PROFILE + "groups/your_comments_in_groups.json": {"group_comments_v2": []}}
    archive = archive_of(tmp_path, files)
    records, _ = read(tmp_path, files)
    whole = archive.read(POSTS)
    for record in records:
        assert whole[record.place.start : record.place.start + record.place.length] == record.raw
        assert json.loads(record.raw)["timestamp"] == int(record.posted.written)


def test_the_shell_of_a_share_is_counted_by_its_full_record(tmp_path: Path) -> None:
    records, _ = read(tmp_path, {POSTS: [share(), post("between", at=5), share("Come on Sunday")]})
    assert [record.text for record in records] == ["between", "Come on Sunday\nClinic"]
    assert [place.index for place in records[1].folded] == [0]


def test_the_shell_of_an_event_is_matched_by_the_update_time_of_its_full_record(tmp_path: Path) -> None:
    event = {"event": {"name": "Open house", "start_timestamp": SECOND + 86400, "place": {"name": "Annex"}}}
    records, _ = read(tmp_path, {POSTS: [share(what=event), share("Come in", at=SECOND - 93, updated=SECOND, what=event)]})
    assert len(records) == 1
    assert records[0].posted.written == str(SECOND - 93)
    assert records[0].edited.written == str(SECOND)
    assert len(records[0].folded) == 1


def test_a_full_record_takes_one_shell_only(tmp_path: Path) -> None:
    records, _ = read(tmp_path, {POSTS: [share(), share(), share("Words")]})
    assert [(record.text, len(record.folded)) for record in records] == [("Clinic", 0), ("Words\nClinic", 1)]
    assert len({record.native_id for record in records}) == 2


def test_a_shell_of_another_time_or_attachment_stays_a_record(tmp_path: Path) -> None:
    other = {"external_context": {"url": "https://www.example.org/other"}}
    records, _ = read(tmp_path, {POSTS: [share(at=SECOND + 1, updated=SECOND + 1), share(what=other), share("Words")]})
    assert len(records) == 3
    assert not any(record.folded for record in records)


def test_a_shell_and_its_full_record_may_stand_in_two_files(tmp_path: Path) -> None:
    records, _ = read(tmp_path, {POSTS: [share("Words")], PAGE + "posts/profile_posts_2.json": [share()]})
    assert [place.member for place in records[0].folded] == [PAGE + "posts/profile_posts_2.json"]
    assert len(records) == 1


def test_equal_shares_without_attachment_are_records_of_their_own(tmp_path: Path) -> None:
    profile = {"timestamp": SECOND, "data": [{"update_timestamp": SECOND}, {}], "title": f"{NAME} shared a profile."}
    records, _ = read(tmp_path, {POSTS: [profile, profile, profile]})
    assert len(records) == len({record.native_id for record in records}) == 3
    assert {record.kind for record in records} == {RecordKind.REPOST}


def test_an_edited_post_of_a_later_archive_is_the_same_record(tmp_path: Path) -> None:
    (before,), _ = read(tmp_path, {POSTS: [post("Boil water on Oak St.")]})
    edited = post("Boil water on Oak Street and Elm.")
    edited["data"].append({"update_timestamp": SECOND + 60})
    (after,), _ = read(tmp_path, {POSTS: [edited]})
    assert (before.native_id, before.edited) == (after.native_id, None)
    assert after.edited.written == str(SECOND + 60)


def test_the_id_of_a_post_does_not_depend_on_the_folder_of_its_year(tmp_path: Path) -> None:
    (new,), _ = read(tmp_path, {PROFILE + "posts/your_posts__check_ins__photos_and_videos_1.json": [post("Same")]})
    (old,), _ = read(tmp_path, {"posts/your_posts_1.json": [post("Same")]})
    assert new.native_id == old.native_id
    assert new.id_is_made


@pytest.mark.parametrize(
    ("title", "kind", "what"),
    [
        ("City of Kestrel Bend shared a link.", RecordKind.POST, "link"),
        ("City of Kestrel Bend shared a memory.", RecordKind.POST, "memory"),
        ("City of Kestrel Bend shared a post.", RecordKind.REPOST, "a post"),
        ("City of Kestrel Bend shared Link Tresh's album.", RecordKind.REPOST, "Link Tresh's album"),
        ("City of Kestrel Bend shared Marlo Tresh's link.", RecordKind.POST, "link"),
        ("Ciudad compartió un enlace.", RecordKind.POST, "link"),
        ("Ciudad compartió una publicación.", RecordKind.REPOST, "una publicación"),
        ("Primăria a distribuit un link.", RecordKind.POST, "link"),
        ("城市分享了連結。", RecordKind.POST, "link"),
        ("City of Kestrel Bend updated its status.", RecordKind.POST, None),
    ],
)
def test_a_share_of_somebody_elses_post_is_a_repost_and_of_a_link_a_post(
    tmp_path: Path, title: str, kind: RecordKind, what: str | None
) -> None:
    (record,), _ = read(tmp_path, {POSTS: [post("words", title)]})
    assert (record.kind, record.extra.get("share")) == (kind, what)


def test_a_mention_is_its_name_in_the_text(tmp_path: Path) -> None:
    (record,), _ = read(tmp_path, {POSTS: [post("Thanks @[100000000000274:274:Kestrel Bend Library] and @[7:2048:Marlo \\[Jr\\] Tresh]!")]})
    assert record.text == "Thanks Kestrel Bend Library and Marlo [Jr] Tresh!"
    assert record.mentions == ("Kestrel Bend Library", "Marlo [Jr] Tresh")


@pytest.mark.parametrize("url", ["", "http://0.0.0.0/"])
def test_a_link_whose_target_is_gone_is_no_link_but_is_noted(tmp_path: Path, url: str) -> None:
    (record,), _ = read(tmp_path, {POSTS: [post("See this", attachments=attached({"external_context": {"url": url}}))]})
    assert (record.links, record.extra["link"]) == ((), "gone")


def test_a_caption_that_repeats_the_text_is_text_once(tmp_path: Path) -> None:
    photo = {"media": medium("posts/media/a_1/1000001.jpg", description="Our new truck")}
    (record,), _ = read(tmp_path, {POSTS: [post("Our new truck", attachments=attached(photo))]})
    assert (record.text, record.attachments[0].description) == ("Our new truck", "")


def test_a_caption_of_its_own_describes_its_picture_and_is_the_text_of_a_post_without_words(tmp_path: Path) -> None:
    photo = {"media": medium("posts/media/a_1/1000001.jpg", description="The pump house")}
    (said, silent), _ = read(
        tmp_path, {POSTS: [post("Tour", attachments=attached(photo)), post(attachments=attached(photo), at=SECOND + 9)]}
    )
    assert (said.text, said.attachments[0].description) == ("Tour", "The pump house")
    assert (silent.text, silent.attachments[0].description) == ("The pump house", "")


def test_a_short_answer_of_a_poll_is_not_lost_in_a_longer_word(tmp_path: Path) -> None:
    poll = {"poll": {"question": "Was it loud Yesterday?", "options": [{"option": "Yes", "voted": True}, {"option": "No"}]}}
    (record,), _ = read(tmp_path, {POSTS: [post(attachments=attached(poll))]})
    assert record.text.splitlines() == ["Was it loud Yesterday?", "Yes", "No"]
    assert record.extra["voted for"] == "Yes"


def test_words_of_an_attachment_of_an_unknown_kind_are_in_the_text(tmp_path: Path) -> None:
    recipe = {"recipe": {"name": "Cornbread", "steps": ["Stir", {"then": "Bake"}], "uri": "x/y.jpg", "url": "https://example.org/x"}}
    (record,), problems = read(tmp_path, {POSTS: [post("Ours", attachments=attached(recipe, LINK))]})
    assert record.text == "Ours\nClinic\nCornbread\nStir\nBake"
    assert record.links == ("https://www.example.org/clinic",)
    assert not problems


def test_a_photo_that_a_post_shows_is_not_a_second_record(tmp_path: Path) -> None:
    shown, alone = medium("posts/media/T_1/1000001.jpg"), medium("posts/media/T_1/1000002.jpg")
    records, _ = read(
        tmp_path,
        {
            POSTS: [post("Look", attachments=attached({"media": shown}))],
            PAGE + "posts/album/0.json": {"name": "Timeline photos", "photos": [shown, alone], "cover_photo": alone},
            PAGE + "posts/uncategorized_photos.json": {"other_photos_v2": [alone]},
        },
    )
    assert [(record.kind, len(record.folded)) for record in records] == [(RecordKind.POST, 1), (RecordKind.PHOTO, 2)]


def test_a_photo_whose_caption_says_more_than_the_post_stays_a_record(tmp_path: Path) -> None:
    records, _ = read(
        tmp_path,
        {
            POSTS: [post("Look", attachments=attached({"media": medium("posts/media/T_1/1000001.jpg")}))],
            PAGE + "posts/album/0.json": {"photos": [medium("posts/media/T_1/1000001.jpg", description="Taken by Marlo")]},
        },
    )
    assert [record.text for record in records] == ["Look", "Taken by Marlo"]


def test_comments_of_others_under_an_album_photo_are_records_once(tmp_path: Path) -> None:
    comments = [{"timestamp": SECOND, "comment": "Löblich", "author": "Marlo Tresh"}]
    photo = medium("photos_and_videos/T_1/1000001.jpg", comments=comments)
    records, _ = read(
        tmp_path,
        {
            "posts/your_posts_1.json": [post("Look", attachments=attached({"media": photo}))],
            "photos_and_videos/album/0.json": {"photos": [photo]},
        },
    )
    assert [(record.kind, record.author, record.text) for record in records] == [
        (RecordKind.POST, NAME, "Look"),
        (RecordKind.COMMENT, "Marlo Tresh", "Löblich"),
    ]


def test_the_words_of_an_album_are_found(tmp_path: Path) -> None:
    (record,), _ = read(tmp_path, {PAGE + "posts/album/3.json": {"name": "Fair", "description": "The county fair", "photos": []}})
    assert (record.kind, record.title, record.text) == (RecordKind.POST, "Album: Fair", "The county fair")


def test_a_post_on_the_timeline_by_somebody_else_has_its_author(tmp_path: Path) -> None:
    wall = {"wall_posts_sent_to_you": {"activity_log_data": [post("Happy birthday", "Marlo Tresh wrote on Odalys Fernbrook's timeline.")]}}
    (record,), _ = read(tmp_path, {"posts/other_people's_posts_to_your_timeline.json": wall, "comments/comments.json": {"comments": []}})
    assert (record.kind, record.author) == (RecordKind.POST, "Marlo Tresh")


def test_a_post_on_another_page_has_the_platforms_id(tmp_path: Path) -> None:
    item = {
        "timestamp": SECOND,
        "label_values": [{"label": "Message", "value": "Is the pool open?"}, {"label": "Target", "value": NAME}],
        "fbid": "81",
    }
    (first, second), _ = read(tmp_path, {PROFILE + "posts/posts_on_other_pages_and_profiles.json": [item, item]})
    assert (first.text, first.native_id, first.id_is_made) == ("Is the pool open?", "81", False)
    assert second.id_is_made  # the same id twice would make two posts versions of one record


def test_a_reaction_in_two_forms_is_one_like_with_its_address(tmp_path: Path) -> None:
    folder = PROFILE + "comments_and_reactions/"
    labels = [{"label": "Reaction", "value": "Like"}, {"label": "URL", "value": "https://www.facebook.com/x/posts/1"}]
    sentence = {"timestamp": SECOND, "data": [{"reaction": {"reaction": "LIKE", "actor": NAME}}], "title": f"{NAME} likes a post."}
    records, _ = read(
        tmp_path,
        {
            folder + "likes_and_reactions.json": [{"timestamp": SECOND, "label_values": labels}, {"timestamp": 5, "label_values": labels}],
            folder + "likes_and_reactions_1.json": [sentence],
        },
    )
    assert [(record.kind, record.title, record.links, len(record.folded)) for record in records] == [
        (RecordKind.LIKE, f"{NAME} likes a post.", ("https://www.facebook.com/x/posts/1",), 1),
        (RecordKind.LIKE, "", ("https://www.facebook.com/x/posts/1",), 0),
    ]


def test_a_file_with_one_post_may_be_an_object(tmp_path: Path) -> None:
    (record,), problems = read(tmp_path, {POSTS: post("Only one")})
    assert (record.text, record.place.index) == ("Only one", 0)
    assert not problems


def test_a_cut_file_keeps_what_came_before(tmp_path: Path) -> None:
    whole = json.dumps([post("first"), post("second", at=SECOND + 1)])
    records, problems = read(tmp_path, {POSTS: whole[:-30]})
    assert [record.text for record in records] == ["first"]
    assert [(problem.code, problem.member) for problem in problems] == [("json-cut", POSTS)]


def test_a_file_in_another_encoding_is_a_problem(tmp_path: Path) -> None:
    records, problems = read(tmp_path, {POSTS: json.dumps([post("x")]).encode("utf-16")})
    assert (records, [problem.code for problem in problems]) == ([], ["json-encoding"])


@pytest.mark.parametrize("stamp", [None, 0, -5, 10**14, "soon", "1e999"])
def test_a_post_whose_time_is_none_keeps_its_words(tmp_path: Path, stamp: object) -> None:
    (record,), problems = read(tmp_path, {POSTS: [{"timestamp": stamp, "data": [{"post": "words"}]}]})
    assert (record.text, record.posted) == ("words", None)
    assert [problem.code for problem in problems] == ["no-date" if stamp is None else "bad-date"]


def test_an_item_that_is_none_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    broken = [post("one"), {"timestamp": SECOND, "data": 7}, ["no", "post"], "text", post("two", at=SECOND + 1)]
    records, problems = read(tmp_path, {POSTS: broken})
    assert [record.text for record in records] == ["one", "two"]
    assert [(problem.code, problem.index) for problem in problems] == [("bad-item", 1), ("bad-item", 2), ("bad-item", 3)]


def test_an_item_nested_thousands_deep_is_a_problem(tmp_path: Path) -> None:
    deep = '{"timestamp": 1700000000, "attachments": [{"data": [{"recipe": ' + "[" * 5000 + '"x"' + "]" * 5000 + "}]}]}"
    records, problems = read(tmp_path, {POSTS: f"[{json.dumps(post('one'))}, {deep}]"})
    assert [record.text for record in records] == ["one"]
    assert problems


def test_times_of_json_are_epoch(tmp_path: Path) -> None:
    (record,), _ = read(tmp_path, {POSTS: [post("x")]})
    assert (record.posted.rule, record.posted.written) == (TimeRule.EPOCH, str(SECOND))
    assert record.posted.utc.isoformat() == "2023-11-14T22:13:20+00:00"


def test_a_medium_of_an_older_batch_is_found_by_its_folder_and_name(tmp_path: Path) -> None:
    photo = {"media": medium("facebook-kestrel-2022/posts/media/T_1/1000001.jpg")}
    (record,), _ = read(tmp_path, {POSTS: [post("x", attachments=attached(photo))], PAGE + "posts/media/T_1/1000001.jpg": b"\xff\xd8"})
    assert record.attachments[0].member == PAGE + "posts/media/T_1/1000001.jpg"
