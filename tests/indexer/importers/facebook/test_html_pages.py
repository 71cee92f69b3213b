"""What the Facebook importer makes of HTML archives of the three generations."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from indexer.record import RecordKind, TimeRule
from tests.support.platforms.facebook import NAME, PAGE, PROFILE, archive_of, read
from tests.support.platforms.facebook_pages import FIRST, NEW, OLD, first_page, first_post, new_box, new_page, old_box, old_page


def test_the_offset_of_the_header_makes_the_utc_of_all_times_of_the_page(tmp_path: Path) -> None:
    (record,), problems = read(tmp_path, {NEW: new_page(new_box("Jul 26, 2024 1:35:01pm", "", "<div>Words</div>"))})
    assert (record.posted.rule, record.posted.written) == (TimeRule.HEADER_OFFSET, "Jul 26, 2024 1:35:01pm")
    assert record.posted.utc.isoformat() == "2024-07-26T18:35:01+00:00"
    assert record.posted.wall == datetime(2024, 7, 26, 13, 35, 1)
    assert not problems


def test_without_an_offset_the_time_is_the_accounts_local_one(tmp_path: Path) -> None:
    (new,), _ = read(tmp_path, {NEW: new_page(new_box(), header='<time datetime="2025-04-21T09:14Z">21 April</time>')})
    (old,), _ = read(tmp_path, {OLD: old_page(old_box("Dec 15, 2014, 11:20 PM", "<div>Words</div>"))})
    assert (new.posted.rule, new.posted.utc) == (TimeRule.ACCOUNT_LOCAL, None)
    assert (old.posted.rule, old.posted.utc, old.posted.wall) == (TimeRule.ACCOUNT_LOCAL, None, datetime(2014, 12, 15, 23, 20))


def test_the_zone_printed_until_2018_follows_daylight_saving(tmp_path: Path) -> None:
    page = first_page(
        first_post("Sunday, November 5, 2017 at 1:30am CDT", text="one"), first_post("Sunday, November 5, 2017 at 1:30am CST", text="two")
    )
    (before, after), _ = read(tmp_path, {FIRST: page})
    assert {before.posted.rule, after.posted.rule} == {TimeRule.PRINTED_ZONE}
    assert (before.posted.utc.hour, after.posted.utc.hour) == (6, 7)


def test_a_zone_that_stands_for_several_is_named_and_the_time_taken_as_local(tmp_path: Path) -> None:
    (record,), problems = read(tmp_path, {FIRST: first_page(first_post("Friday, July 7, 2017 at 9:00am IST", text="x"))})
    assert (record.posted.rule, record.posted.utc) == (TimeRule.ACCOUNT_LOCAL, None)
    assert [problem.code for problem in problems] == ["unknown-zone"]
    assert "IST" in problems[0].message


@pytest.mark.parametrize("date", ["04/05/2021 3:00 PM", "Jun 31, 2024 1:00:00pm", "soon"])
def test_a_date_that_cannot_be_read_is_a_problem_that_names_it(tmp_path: Path, date: str) -> None:
    (record,), problems = read(tmp_path, {NEW: new_page(new_box(date, "", "<div>Words</div>"))})
    assert (record.text, record.posted) == ("Words", None)
    assert [problem.code for problem in problems] == ["bad-date"]
    assert date in problems[0].message


def test_entities_and_line_breaks_are_as_the_reader_saw_them(tmp_path: Path) -> None:
    (record,), _ = read(
        tmp_path, {NEW: new_page(new_box("Jul 26, 2024 1:35:01pm", "", "<div>Stay &lt;inside&gt; &amp; warm<br /> it&#039;s cold</div>"))}
    )
    assert record.text == "Stay <inside> & warm\nit's cold"


def test_an_updated_line_is_an_edit_and_not_text(tmp_path: Path) -> None:
    section = "<div>Words</div><div>Updated Apr 3, 2015, 2:45 PM</div><div></div>"
    (record,), _ = read(tmp_path, {OLD: old_page(old_box("Apr 3, 2015, 2:18 PM", section))})
    assert (record.text, record.edited.wall) == ("Words", datetime(2015, 4, 3, 14, 45))
    (same,), _ = read(tmp_path, {OLD: old_page(old_box("Apr 3, 2015, 2:45 PM", section))})
    assert same.edited is None


def test_a_line_that_only_begins_like_an_update_stays_text(tmp_path: Path) -> None:
    (record,), _ = read(tmp_path, {OLD: old_page(old_box("Apr 3, 2015, 2:18 PM", "<div>Updated the plan for Apr 3</div>"))})
    assert (record.text, record.edited) == ("Updated the plan for Apr 3", None)


def test_a_caption_under_the_picture_that_repeats_the_text_is_text_once(tmp_path: Path) -> None:
    picture = '<table><tr><td class="_51m- pas"><div><a href="posts/media/M_1/1000001.jpg"><img src="posts/media/M_1/1000001.jpg"/></a><div>Our truck</div></div></td></tr></table>'
    (record,), _ = read(
        tmp_path,
        {OLD: old_page(old_box("Apr 3, 2015, 2:18 PM", picture, "<div>Our truck</div>")), "posts/media/M_1/1000001.jpg": b"\xff\xd8"},
    )
    assert record.text == "Our truck"
    assert [(one.member, one.description) for one in record.attachments] == [("posts/media/M_1/1000001.jpg", "")]


def test_posts_of_one_minute_are_told_apart_by_their_words_and_equal_ones_by_order(tmp_path: Path) -> None:
    boxes = [old_box("Nov 3, 2019, 1:30 AM", f"<div>{text}</div>") for text in ("one", "two", "two")]
    records, _ = read(tmp_path, {OLD: old_page(*boxes)})
    assert len({record.native_id for record in records}) == 3
    again, _ = read(tmp_path, {OLD: old_page(*reversed(boxes))})
    assert {record.native_id for record in again} == {record.native_id for record in records}


def test_an_edited_post_with_seconds_keeps_its_id(tmp_path: Path) -> None:
    (before,), _ = read(tmp_path, {NEW: new_page(new_box("Jul 26, 2024 1:35:01pm", "", "<div>before</div>"))})
    (after,), _ = read(tmp_path, {NEW: new_page(new_box("Jul 26, 2024 1:35:01pm", "", "<div>after</div>"))})
    assert before.native_id == after.native_id


def test_the_shell_of_a_share_on_a_page_is_counted_by_its_full_record(tmp_path: Path) -> None:
    link = '<div><a href="https://www.example.org/pool">https://www.example.org/pool</a></div>'
    updated = "<div>Updated Jul 28, 2024 9:00:00am</div>"
    shell = new_box("Jul 28, 2024 9:00:00am", f"{NAME} shared a link.", link, updated)
    full = new_box("Jul 28, 2024 9:00:00am", f"{NAME} shared a link.", link, "<div>Early</div>" + updated)
    alone = new_box("Jul 29, 2024 9:00:00am", f"{NAME} shared a link.", link, "<div>Updated Jul 29, 2024 9:00:00am</div>")
    records, _ = read(tmp_path, {NEW: new_page(shell, alone, full)})
    assert [(record.text, len(record.folded)) for record in records] == [
        ("https://www.example.org/pool", 0),
        ("Early\nhttps://www.example.org/pool", 1),
    ]


def test_album_pages_do_not_repeat_what_a_post_shows(tmp_path: Path) -> None:
    def photo(number: int, caption: str = "") -> str:
        uri = f"{PROFILE}posts/media/T_1/100000{number}.jpg"
        return f'<a href="{uri}"><img class="_a6_o _3-96" src="{uri}"/></a><div class="_3-95">{caption}</div>'

    files = {
        NEW: new_page(new_box("Jul 26, 2024 1:35:01pm", "", f"<div>{photo(1)}</div>", "<div>Look</div>")),
        PROFILE + "posts/album/0.html": new_page(new_box(body=photo(1)), new_box(body=photo(2, "Only here"))),
        PROFILE + "posts/your_photos.html": new_page(new_box("Jul 26, 2024 1:00:00pm", "Timeline – 2 photos", body=photo(1))),
    }
    records, problems = read(tmp_path, files)
    assert [(record.kind, record.text, len(record.folded)) for record in records] == [
        (RecordKind.POST, "Look", 2),
        (RecordKind.PHOTO, "Only here", 0),
    ]
    assert not problems


def test_the_raw_item_is_the_exact_bytes_at_its_place(tmp_path: Path) -> None:
    files = {
        NEW: new_page(new_box("Jul 26, 2024 1:35:01pm", "", "<div>é one</div>"), new_box("Jul 26, 2024 1:36:01pm", "", "<div>two</div>"))
    }
    archive = archive_of(tmp_path, files)
    records, _ = read(tmp_path, files)
    whole = archive.read(NEW)
    assert [whole[r.place.start : r.place.start + r.place.length] == r.raw for r in records] == [True, True]
    assert "é one".encode() in records[0].raw
    assert b"two" not in records[0].raw


def test_line_breaks_of_a_post_of_2017_are_kept_and_the_footer_is_not_text(tmp_path: Path) -> None:
    (record,), _ = read(
        tmp_path, {FIRST: first_page(first_post("Thursday, November 30, 2017 at 3:39pm CST", text="First\n\nit&#039;s the levee"))}
    )
    assert record.text == "First\n\nit's the levee"
    assert b"Downloaded by" not in record.raw


def test_who_shared_something_to_the_timeline_is_its_author(tmp_path: Path) -> None:
    page = first_page(first_post("Thursday, November 30, 2017 at 3:39pm CST", "Marlo Tresh shared a link to your timeline."))
    (record,), _ = read(tmp_path, {FIRST: page})
    assert (record.author, record.kind) == ("Marlo Tresh", RecordKind.POST)


def test_album_pages_of_2017_hold_other_peoples_comments(tmp_path: Path) -> None:
    comment = '<div class="comment"><span class="user">Marlo Tresh</span>Good &amp; new<div class="meta">Sunday, October 15, 2017 at 6:34pm CDT</div></div>'
    block = (
        '<div class="block"><img src="photos/1/1000001.jpg" /><div><div class="meta">Sunday, October 15, 2017 at 6:29am CDT</div>'
        + comment
        + "</div></div>"
    )
    (photo, said), problems = read(tmp_path, {"photos/1/index.htm": first_page(block)})
    assert (photo.kind, photo.posted.utc.hour) == (RecordKind.PHOTO, 11)
    assert (said.kind, said.author, said.text, said.parent_id) == (RecordKind.COMMENT, "Marlo Tresh", "Good & new", photo.native_id)
    assert said.posted.utc.isoformat() == "2017-10-15T23:34:00+00:00"
    assert not problems


def test_a_page_that_is_cut_keeps_what_came_before(tmp_path: Path) -> None:
    whole = new_page(new_box("Jul 26, 2024 1:35:01pm", "", "<div>one</div>"), new_box("Jul 26, 2024 1:36:01pm", "", "<div>two three</div>"))
    records, problems = read(tmp_path, {NEW: whole[: whole.index("three")]})
    assert [record.text for record in records] == ["one", "two"]
    assert [problem.code for problem in problems] == ["html-cut"]


def test_a_page_without_a_known_record_is_a_problem(tmp_path: Path) -> None:
    records, problems = read(tmp_path, {NEW: new_page('<div class="_b9x">A box of a later year</div>')})
    assert (records, [problem.code for problem in problems]) == ([], ["unknown-layout"])


def test_a_box_nested_as_no_page_is_is_a_problem(tmp_path: Path) -> None:
    records, problems = read(tmp_path, {NEW: new_page(new_box(), new_box("Jul 26, 2024 1:35:01pm", "", "<div>" * 3000))})
    assert len(records) == 1
    assert [problem.code for problem in problems] == ["bad-item"]


def test_bytes_that_are_not_utf8_are_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    page = new_page(new_box("Jul 26, 2024 1:35:01pm", "", "<div>caf\xe9 open</div>")).encode("latin-1")
    (record,), problems = read(tmp_path, {NEW: page})
    assert record.text == "caf� open"
    assert [problem.code for problem in problems] == ["bad-encoding"]


def test_messages_on_pages_have_sender_thread_and_reactions(tmp_path: Path) -> None:
    box = (
        '<div class="_3-95 _a6-g"><div class="_2ph_ _a6-h _a6-i">Marlo Tresh</div><div class="_2ph_ _a6-p"><div><div></div><div>Ramp open?</div></div>'
        f'<ul class="_a6-q"><li>👍{NAME}</li></ul></div><div class="_3-94 _a6-o">Jul 30, 2024 7:00:05pm</div></div>'
    )
    (message, like), problems = read(
        tmp_path, {PROFILE + "messages/inbox/marlotresh_5550001112/message_1.html": new_page(box, title="Marlo Tresh")}
    )
    assert (message.author, message.text, message.thread_id, message.extra["direction"]) == (
        "Marlo Tresh",
        "Ramp open?",
        "5550001112",
        "received",
    )
    assert (like.kind, like.author, like.extra["reaction"], like.parent_id) == (RecordKind.LIKE, NAME, "👍", message.native_id)
    assert not problems


def test_media_of_a_page_archive_are_found_though_its_pages_name_another_folder(tmp_path: Path) -> None:
    picture = '<a href="your_activity_across_facebook/posts/media/P_1/1000001.jpg"><img class="_a6_o" src="your_activity_across_facebook/posts/media/P_1/1000001.jpg"/></a>'
    files = {
        PAGE + "posts/profile_posts_1.html": new_page(new_box("Jul 26, 2024 1:35:01pm", "", f"<div>{picture}</div>", "<div>Plow</div>")),
        PAGE + "posts/media/P_1/1000001.jpg": b"\xff\xd8",
    }
    (record,), _ = read(tmp_path, files)
    assert record.attachments[0].member == PAGE + "posts/media/P_1/1000001.jpg"


def fact(label: str, value: str) -> str:
    return f'<tr><td colspan="2" class="_2pin _a6_q">{label}<div><div>{value}</div></div></td></tr>'


def test_labelled_values_of_a_page_are_words_but_those_of_a_picture_are_not(tmp_path: Path) -> None:
    table = f"<table>{fact('Message', 'Is the pool open?')}{fact('Target', NAME)}</table>"
    (said,), _ = read(tmp_path, {PROFILE + "posts/posts_on_other_pages_and_profiles.html": new_page(new_box(body=table))})
    assert said.text == f"Is the pool open?\nTarget: {NAME}"
    (shown,), _ = read(
        tmp_path,
        {NEW: new_page(new_box("Jul 26, 2024 1:35:01pm", "", "<div>Look</div>", body=f"<table>{fact('Camera make', 'Kodak')}</table>"))},
    )
    assert (shown.text, shown.extra) == ("Look", {"Camera make": "Kodak"})
