"""Instagram archives in HTML: boxes, captions, comments, messages, and damaged pages."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

import pytest

from indexer.evidence.archive import open_archive
from indexer.record import Problem, Record, RecordKind
from tests.support.builders import folder_of
from tests.support.platforms.instagram import IG, case, read

MEDIA = "your_instagram_activity/media/"
POSTS = MEDIA + "posts_1.html"
COMMENTS = "your_instagram_activity/comments/post_comments_1.html"
CHAT = "your_instagram_activity/messages/inbox/patexample_1234567890123456/message_1.html"
END = "</main></div></body></html>"


def page(*boxes: str, title: str = "Posts") -> str:
    head = (
        f'<html><head><meta charset="utf-8"/><title>{title}</title></head><body><div><img src="files/Instagram-Logo.png" alt="Instagram"/>'
    )
    return head + '<main class="_a706" role="main">' + "".join(boxes) + END


def box(caption: str, body: str, date: str = "Oct 19, 2025 6:11 pm") -> str:
    heading = f'<h2 class="_3-95 _2pim _a6-h _a6-i">{html.escape(caption)}</h2>' if caption else ""
    return f'<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder">{heading}<div class="_3-95 _a6-p">{body}</div><div class="_3-94 _a6-o">{date}</div></div>'


def picture(number: int, caption: str = "") -> str:
    source = f"media/posts/202510/1790000000000{number:04d}.jpg"
    return f'<a target="_blank" href="{source}"><img src="{source}" class="_a6_o _3-96" /></a><div>{html.escape(caption)}</div>'


def comment(*rows: tuple[str, str], date: str = "Oct 19, 2025 6:33 pm") -> str:
    lines = "".join(
        f'<tr><td colspan="2" class="_2pin _a6_q">{label}<div><div>{html.escape(value)}</div></div></td></tr>' for label, value in rows
    )
    time = f'<tr><td class="_2pin _a6_q">Time</td><td class="_2pin _2piu _a6_r">{date}</td></tr>'
    return f'<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_a6-p"><table>{lines}{time}</table></div></div>'


def values_of(tmp_path: Path, files: Mapping[str, str | bytes]) -> tuple[list[Record], list[Problem]]:
    return read(open_archive(folder_of(files, tmp_path / "archive")))


def records_of(tmp_path: Path, files: Mapping[str, str | bytes]) -> list[Record]:
    records, problems = values_of(tmp_path, files)
    assert problems == []
    return records


def test_a_printed_time_is_utc_minus_eight_in_winter_and_in_summer(tmp_path: Path) -> None:
    winter, summer = records_of(
        tmp_path, {POSTS: page(box("a", picture(1), "Jan 19, 2025 6:11 pm"), box("b", picture(2), "Jul 04, 2025 12:00 am"))}
    )
    assert winter.posted is not None
    assert summer.posted is not None
    assert [str(winter.posted.utc), str(summer.posted.utc)] == ["2025-01-20 02:11:00+00:00", "2025-07-04 08:00:00+00:00"]
    assert [str(winter.posted.wall), str(summer.posted.wall)] == ["2025-01-19 18:11:00", "2025-07-04 00:00:00"]
    assert winter.posted.rule == "Instagram fixed UTC-8"
    assert summer.posted.written == "Jul 04, 2025 12:00 am"


def test_a_caption_that_appears_twice_is_text_once(tmp_path: Path) -> None:
    twice, below, beside = records_of(
        tmp_path,
        {
            POSTS: page(
                box("The same words", picture(1, "The same words")),
                box("", picture(2, "Only below")),
                box("Heading", picture(3) + "<div>Beside it</div>"),
            )
        },
    )
    assert (twice.text, twice.attachments[0].description) == ("The same words", "")
    assert (below.text, below.attachments[0].description) == ("Only below", "")
    assert beside.text == "Heading\nBeside it"


def test_pictures_of_a_carousel_keep_their_own_captions(tmp_path: Path) -> None:
    (post,) = records_of(tmp_path, {POSTS: page(box("Two views", f"<div>{picture(1, 'North')}</div><div>{picture(2, 'South')}</div>"))})
    assert post.text == "Two views"
    assert [attachment.description for attachment in post.attachments] == ["North", "South"]


def test_entities_line_breaks_hashtags_and_mentions_are_as_a_reader_saw_them(tmp_path: Path) -> None:
    (post,) = records_of(
        tmp_path, {POSTS: page(box("Road & bridge <closed>\n\n#RoadWork @modot.example's crew", picture(1)).replace("@", "&#064;"))}
    )
    assert post.text == "Road & bridge <closed>\n\n#RoadWork @modot.example's crew"
    assert (post.hashtags, post.mentions) == (("RoadWork",), ("modot.example",))


def test_positions_and_devices_of_the_tables_are_neither_text_nor_facts(tmp_path: Path) -> None:
    table = '<table><tr><td colspan="2" class="_2pin _a6_q"><div class="_a6-q">Latitude</div><div><div class="_a6-q">38.123456</div></div></td></tr></table>'
    (post,) = records_of(tmp_path, {POSTS: page(box("Picture", picture(1) + table))})
    assert b"38.123456" in post.raw
    assert "38.1" not in repr((post.text, post.extra, post.attachments, post.title))


def test_tagged_accounts_are_listed_without_the_place_in_the_picture(tmp_path: Path) -> None:
    table = '<table><tr><td colspan="2" class="_2pin _a6_q"><div class="_a6-q">Tagged users</div><div><div class="_a6-q">a.b (Tagged, 0.00, 0.00), c_d (Tagged, 0.50, 0.25)</div></div></td></tr></table>'
    (post,) = records_of(tmp_path, {POSTS: page(box("Picture", picture(1) + table))})
    assert post.extra["tagged"] == "a.b, c_d"


def test_json_and_html_of_one_post_make_the_same_id() -> None:
    by_kind = {
        name: {
            (record.kind, record.attachments[0].name): record.native_id
            for record in read(case(name))[0]
            if record.attachments and record.kind is RecordKind.STORY
        }
        for name in ("html_2025", "json_2025_media")
    }
    assert len(by_kind["html_2025"]) == len(by_kind["json_2025_media"]) == 1
    post = '[{"media":[{"uri":"media/posts/202510/17900000000000001.jpg","creation_timestamp":1760926260,"title":"Elm Street"}]}]'
    note = '[{"string_map_data":{"Comment":{"value":"Thanks"},"Media Owner":{"value":"x"},"Time":{"timestamp":1760927633}}}]'
    assert made_ids({POSTS.replace("html", "json"): post, COMMENTS.replace("html", "json"): note}) == made_ids(
        {POSTS: page(box("Elm Street", picture(1))), COMMENTS: page(comment(("Comment", "Thanks"), ("Media Owner", "x")))}
    )


def made_ids(files: Mapping[str, str]) -> list[tuple[str, str]]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return [(record.kind, record.native_id) for record in read(open_archive(folder_of(files, Path(folder))))[0]]


def test_a_comment_whose_words_are_a_date_keeps_them(tmp_path: Path) -> None:
    (record,) = records_of(
        tmp_path,
        {COMMENTS: page(comment(("Comment", "Oct 19, 2025 6:33 pm"), ("Media Owner", "ozarkbendmo"), date="Oct 19, 2025 6:33 pm"))},
    )
    assert record.text == "Oct 19, 2025 6:33 pm"
    assert record.posted is not None


@pytest.mark.parametrize(
    ("labels", "owner"),
    [(("Comentario", "Propietario del contenido multimedia"), "o"), (("Komentar", "Pemilik Media"), "o"), (("Zapis", "Vlasnik"), "o")],
)
def test_comments_are_read_in_any_language(labels: tuple[str, str], owner: str, tmp_path: Path) -> None:
    (record,) = records_of(tmp_path, {COMMENTS: page(comment((labels[0], "Words"), (labels[1], owner)))})
    assert (record.text, record.extra["media_owner"]) == ("Words", owner)


def test_a_comment_without_words_keeps_its_owner(tmp_path: Path) -> None:
    (record,) = records_of(tmp_path, {COMMENTS: page(comment(("Media Owner", "ozarkbendmo")))})
    assert (record.text, record.extra["media_owner"]) == ("", "ozarkbendmo")


def test_an_unreadable_date_leaves_the_record_and_is_named(tmp_path: Path) -> None:
    records, problems = values_of(tmp_path, {POSTS: page(box("Words stay", picture(1), "09/10/2025 18:11"))})
    assert [(record.text, record.posted) for record in records] == [("Words stay", None)]
    assert [(problem.code, problem.index) for problem in problems] == [("bad-date", 0)]
    assert "09/10/2025 18:11" in problems[0].message


def test_a_page_that_stops_inside_a_record_keeps_what_came_before(tmp_path: Path) -> None:
    whole = page(box("First", picture(1)), box("Second", picture(2)), box("Third", picture(3)))
    records, problems = values_of(tmp_path, {POSTS: whole[: whole.index("Third") + 3]})
    assert [record.text for record in records] == ["First", "Second", "Thi"]
    assert [(problem.code, problem.index) for problem in problems] == [("html-cut", 2)]


def test_a_page_that_stops_between_two_records_says_so(tmp_path: Path) -> None:
    whole = page(box("First", picture(1)), box("Second", picture(2)))
    records, problems = values_of(tmp_path, {POSTS: whole[: whole.rindex('<div class="pam')]})
    assert [record.text for record in records] == ["First"]
    assert [problem.code for problem in problems] == ["html-cut"]


def test_a_page_of_another_layout_is_a_problem_and_not_an_empty_section(tmp_path: Path) -> None:
    records, problems = values_of(tmp_path, {POSTS: page('<article class="_new"><p>Words in a box of a new kind</p></article>')})
    assert (records, [problem.code for problem in problems]) == ([], ["unknown-layout"])


def test_a_page_without_anything_in_it_is_an_empty_section(tmp_path: Path) -> None:
    assert records_of(tmp_path, {POSTS: page()}) == []


def test_a_page_in_utf_16_is_a_problem(tmp_path: Path) -> None:
    _, problems = values_of(tmp_path, {POSTS: page(box("First", picture(1))).encode("utf-16")})
    assert [problem.code for problem in problems] == ["html-encoding"]


def test_a_record_that_is_not_utf_8_is_kept_and_named(tmp_path: Path) -> None:
    content = page(box("Caf\0 open", picture(1)), box("Whole", picture(2))).encode().replace(b"\0", b"\xe9")
    records, problems = values_of(tmp_path, {POSTS: content})
    assert [record.text for record in records] == ["Caf\ufffd open", "Whole"]
    assert [(problem.code, problem.index) for problem in problems] == [("bad-encoding", 0)]


def test_the_last_record_does_not_hold_the_end_of_the_page(tmp_path: Path) -> None:
    only = box("Only", picture(1))
    (post,) = records_of(tmp_path, {POSTS: page(only)})
    assert post.raw == only.encode()


def test_a_box_inside_a_box_belongs_to_the_outer_one(tmp_path: Path) -> None:
    inner = '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_a6-h">Owner</h2><div class="_a6-p"><table><tr><td class="_a6_q">Username</td><td class="_2piu _a6_r">ozarkbendshelter</td></tr></table></div></div>'
    rows = f'<table><tr><td colspan="2" class="_a6_q">Text<div><div>Help to find Biscuit</div></div></td></tr><tr><td colspan="2" class="_a6_q"><div>{inner}{inner}</div></td></tr></table>'
    outer = box("", rows)
    first, second = records_of(tmp_path, {MEDIA + "reposts.html": page(outer, outer)})
    assert first.raw == second.raw == outer.encode()
    assert (first.kind, first.text, first.extra["media_owner"]) == (RecordKind.REPOST, "Help to find Biscuit", "ozarkbendshelter")


def test_a_box_that_says_nothing_is_a_problem(tmp_path: Path) -> None:
    records, problems = values_of(tmp_path, {POSTS: page(box("", ""), box("Words", picture(1)))})
    assert [record.text for record in records] == ["Words"]
    assert [(problem.code, problem.index) for problem in problems] == [("bad-item", 0)]


def test_messages_of_a_page_share_their_conversation_and_reactions_are_records(tmp_path: Path) -> None:
    people = '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_3-95 _2pim _a6-h _a6-i">Participants: Pat Example and City of Ozark Bend</h2></div>'
    reaction = '<ul class="_a6-q"><li><span>❤️Pat Example<span> (Oct 19, 2025 6:12 pm)</span></span></li></ul>'
    body = f"<div><div></div><div>The center is open</div><div></div><div>{reaction}</div></div>"
    message, like = records_of(tmp_path, {CHAT: page(people, box("City of Ozark Bend", body), title="Pat Example")})
    assert (message.kind, message.text, message.author) == (RecordKind.MESSAGE, "The center is open", "City of Ozark Bend")
    assert (message.thread_id, message.thread_title) == ("1234567890123456", "Pat Example")
    assert message.extra["participants"] == "Pat Example and City of Ozark Bend"
    assert (like.kind, like.author, like.extra["reaction"], like.parent_id) == (RecordKind.LIKE, "Pat Example", "❤️", message.native_id)
    assert like.posted is not None
    assert like.posted.written == "Oct 19, 2025 6:12 pm"


def test_equal_messages_of_one_minute_are_two_records(tmp_path: Path) -> None:
    first, second = records_of(tmp_path, {CHAT: page(box("Pat Example", "<div>ok</div>"), box("Pat Example", "<div>ok</div>"))})
    assert second.native_id == f"{first.native_id}-2"


def test_a_linked_file_that_a_browser_cannot_show_is_attached(tmp_path: Path) -> None:
    (post,) = records_of(tmp_path, {POSTS: page(box("Scan", '<a href="media/posts/202510/17900000000000009.heic">File</a>'))})
    assert [(attachment.name, attachment.media_type) for attachment in post.attachments] == [("17900000000000009.heic", "image/heic")]


def test_pages_are_read_without_holding_them() -> None:
    """A page is split while it is read: the first record is yielded before the second megabyte is read."""
    import io

    from indexer.evidence.archive import Archive, Member
    from indexer.importers.meta.html_pages import PageBox, page_boxes

    class Counting(io.BytesIO):
        bytes_read = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.bytes_read += len(data)
            return data

    content = page(*(box(f"Post {number} " + "x" * 500, picture(number)) for number in range(9000))).encode()
    stream = Counting(content)
    archive = Archive("a", {POSTS: Member(POSTS, len(content), len(content), None, is_link=False, open=lambda: stream)})
    boxes = page_boxes(archive, POSTS)
    assert next(boxes).box is None  # the head
    first = next(boxes)
    assert isinstance(first, PageBox)
    assert stream.bytes_read < len(content) / 3
    assert sum(1 for item in boxes if item.box is not None) == 8999


def test_taking_a_box_apart_never_fails() -> None:
    import io

    from indexer.evidence.archive import Archive, Member
    from indexer.importers.meta.html_pages import page_boxes

    for raw in (
        b"",
        b"<",
        b"<div>" * 5000 + b"deep",
        b"<div",
        b"<div class='_a6-g'>",
        b"\xff\xfe",
        b"<div><td><td><table><td>",
        b"</div></div>",
    ):
        content = b'<main role="main">' + raw
        archive = Archive(
            "a", {POSTS: Member(POSTS, len(content), len(content), None, is_link=False, open=lambda content=content: io.BytesIO(content))}
        )
        list(page_boxes(archive, POSTS))


def test_the_account_of_a_page_archive_is_in_its_profile_page() -> None:
    assert IG.facts(case("html_2025")).account.handle == "ozarkbendmo"
    assert IG.facts(case("html_2022_pt")).account.name == "Cidade de Ozark Bend"
