"""Which archives the Facebook importer claims, what it says of them, and what it leaves to nobody."""

from __future__ import annotations

import fnmatch
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.importers.facebook import FacebookImporter
from indexer.importers.facebook.members import IGNORED, Role, role_of
from indexer.record import RecordKind
from tests.support.builders import values
from tests.support.platforms.facebook import NAME, PAGE, POSTS, PROFILE, SECOND, archive_of, post
from tests.support.platforms.facebook_pages import FIRST, NEW, OLD, first_page, first_post, new_box, new_page, old_box, old_page

ONE = [post("x")]


@pytest.mark.parametrize(
    "files",
    [
        {POSTS: ONE},
        {PAGE.replace("'", "’") + "posts/profile_posts_1.json": ONE},
        {PROFILE + "messages/inbox/a_1234567890/message_1.json": {"messages": []}},
        {"your_activity_across_facebook/posts/your_posts_1.json": ONE},
        {"posts/your_posts_1.json": ONE},
        {"posts/your_posts_1.json": []},
        {"posts/your_posts.json": {"status_updates": ONE}},
        {"posts/your_posts_1.json": b"\xff\xfe[\x00]\x00"},
        {"comments/comments.json": {"comments": [{"timestamp": SECOND}]}},
        {"comments_and_reactions/comments.json": {"comments_v2": []}},
        {"groups/your_posts_in_groups.json": {"group_posts_v2": ONE}},
        {OLD: old_page(old_box("Dec 15, 2014, 11:20 PM"))},
        {NEW: new_page(new_box())},
        {FIRST: first_page(first_post("Thursday, November 30, 2017 at 3:39pm CST"))},
        {"photos/1/index.htm": first_page()},
    ],
)
def test_a_single_file_of_facebook_is_enough(tmp_path: Path, files: dict[str, Any]) -> None:
    assert FacebookImporter().identify(archive_of(tmp_path, files))


@pytest.mark.parametrize(
    "files",
    [
        {"your_instagram_activity/media/posts_1.json": ONE},
        {"your_instagram_activity/messages/inbox/a_1/message_1.json": {"messages": []}},
        {"messages/inbox/a_1234567890/message_1.json": {"participants": [], "messages": []}},
        {"your_instagram_activity/media/posts_1.html": new_page(new_box())},
        {"content/posts_1.json": ONE},
        {"comments/post_comments.json": {"comments_media_comments": []}},
        {"stories/archived_stories.json": {"ig_stories": []}},
        {"Comments.csv": "Date,Link,Message\n"},
        {"activity/posts/your_posts_1.json": ONE},
        {"my_your_facebook_activity/posts/your_posts_1.json": ONE},
        {"posts/posts_1.json": {"layout": "blog", "posts": []}},
        {"posts/your_posts.json": {"$schema": "x", "properties": {"status_updates": {"type": "array"}}}},
        {"html/timeline.html": "<html><body>The history of a county</body></html>"},
        {"photos/2019/index.html": "<html><body>My holidays</body></html>"},
        {"data/tweets.js": "window.YTD.tweets.part0 = []"},
        {"index.htm": first_page()},
    ],
)
def test_what_only_looks_like_facebook_is_not_claimed(tmp_path: Path, files: dict[str, Any]) -> None:
    assert not FacebookImporter().identify(archive_of(tmp_path, files))


def test_identify_asks_for_no_member(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, {"comments/comments.json": {"comments": ONE}})
    assert FacebookImporter().identify(archive)
    assert not archive.opened


def profile(**more: Any) -> dict[str, Any]:
    return {"profile_v2": {"name": {"full_name": "Ödalys Fernbrook"}, **more}}


PROFILE_FILE = "personal_information/profile_information/profile_information.json"


def test_the_account_is_named_by_its_profile(tmp_path: Path) -> None:
    uri = "https://www.facebook.com/profile.php?id=61550000000042"
    facts = FacebookImporter().facts(archive_of(tmp_path, {POSTS: ONE, PROFILE_FILE: profile(profile_uri=uri)}))
    assert (facts.account.name, facts.account.native_id) == ("Ödalys Fernbrook", "61550000000042")
    facts = FacebookImporter().facts(
        archive_of(tmp_path, {POSTS: ONE, PROFILE_FILE: profile(profile_uri="https://www.facebook.com/odalys.f")})
    )
    assert (facts.account.handle, facts.account.native_id) == ("odalys.f", "Ödalys Fernbrook")


def test_without_a_profile_the_comments_name_the_account_then_the_sentences(tmp_path: Path) -> None:
    comment = {"timestamp": SECOND, "data": [{"comment": {"comment": "x", "author": "Ciudad de Kestrel"}}]}
    facts = FacebookImporter().facts(
        archive_of(tmp_path, {POSTS: ONE, PAGE + "comments_and_reactions/comments.json": {"comments_v2": [comment]}})
    )
    assert facts.account.name == "Ciudad de Kestrel"
    assert FacebookImporter().facts(archive_of(tmp_path, {POSTS: ONE})).account.name == NAME
    romanian = [post("x", "Primăria Kestrel a distribuit un link."), post("y", "Primăria Kestrel a adăugat o fotografie nouă.")]
    assert FacebookImporter().facts(archive_of(tmp_path, {POSTS: romanian})).account.name == "Primăria Kestrel"


def test_when_nothing_names_the_account_nobody_is_made_up(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, {POSTS: [{"timestamp": SECOND, "data": [{"post": "x"}]}]})
    facts = FacebookImporter().facts(archive)
    assert (facts.account.native_id, facts.account.name) == ("", "")
    assert [record.author for record in values(FacebookImporter(), archive)] == [""]


def test_a_header_states_name_date_and_range(tmp_path: Path) -> None:
    header = f"Generated by {NAME} on Friday 2 August 2024 at 11:40 UTC-05:00</div><div>Contains data from 1 July 2024 at 00:00 to 31 July 2024 at 23:59"
    facts = FacebookImporter().facts(archive_of(tmp_path, {NEW: new_page(new_box(), header=header)}))
    assert (facts.account.name, facts.first_day, facts.last_day) == (NAME, date(2024, 7, 1), date(2024, 7, 31))
    assert facts.exported.utc.isoformat() == "2024-08-02T16:40:00+00:00"


def test_a_footer_of_2017_states_name_and_date(tmp_path: Path) -> None:
    facts = FacebookImporter().facts(archive_of(tmp_path, {FIRST: first_page()}))
    assert (facts.account.name, facts.exported.utc.isoformat()) == (NAME, "2017-12-03T02:05:00+00:00")


def test_a_page_of_2018_states_the_accounts_number(tmp_path: Path) -> None:
    facts = FacebookImporter().facts(archive_of(tmp_path, {OLD: old_page()}))
    assert (facts.account.native_id, facts.account.name) == ("100000000000077", NAME)


@pytest.mark.parametrize(
    ("files", "form"),
    [
        ({POSTS: ONE}, "Facebook Page archive, JSON of 2022 to now"),
        ({PROFILE + "posts/your_videos.json": {"videos_v2": []}}, "Facebook profile archive, JSON of 2022 to now"),
        ({"posts/your_posts_1.json": ONE}, "Facebook profile archive, JSON of 2019 to 2022"),
        ({"posts/your_posts.json": {"status_updates": ONE}}, "Facebook profile archive, JSON of 2018 to 2019"),
        ({OLD: old_page()}, "Facebook profile archive, HTML of mid-2018 to 2021"),
        ({NEW: new_page()}, "Facebook profile archive, HTML of 2022 to now"),
        ({FIRST: first_page()}, "Facebook profile archive, HTML of 2010 to early 2018"),
    ],
)
def test_the_form_is_named(tmp_path: Path, files: dict[str, Any], form: str) -> None:
    assert FacebookImporter().facts(archive_of(tmp_path, files)).form == form


def test_an_archive_says_that_the_publics_words_are_not_in_it(tmp_path: Path) -> None:
    page = FacebookImporter().facts(archive_of(tmp_path, {POSTS: ONE})).cannot_contain
    assert "Comments, reviews and visitor posts by the public are not in it" in page[0]
    album = FacebookImporter().facts(archive_of(tmp_path, {"photos/1/index.htm": first_page()})).cannot_contain
    assert "only where they stand under photos of albums" in album[0]


def test_the_kinds_are_those_that_the_archive_has_files_for(tmp_path: Path) -> None:
    files = {POSTS: ONE, PAGE + "comments_and_reactions/comments.json": {"comments_v2": []}}
    assert FacebookImporter().facts(archive_of(tmp_path, files)).kinds == {RecordKind.POST, RecordKind.REPOST, RecordKind.COMMENT}


def test_facebook_declares_no_counts(tmp_path: Path) -> None:
    assert FacebookImporter().facts(archive_of(tmp_path, {POSTS: ONE})).counts == {}


@pytest.mark.parametrize(
    "name",
    [
        PROFILE + "posts/mystery.json",
        PROFILE + "fundraisers/fundraisers_donated_to.json",
        "posts/media/a/1.jpg",
        "your_facebook_activity_2/posts/your_posts_1.json",
        "notes.txt",
    ],
)
def test_a_member_that_is_not_known_stays_unknown(name: str) -> None:
    assert role_of(name) is None
    assert not any(fnmatch.fnmatchcase(name, pattern) for pattern in IGNORED)


def test_no_member_with_a_role_is_also_ignored() -> None:
    names = [
        POSTS, NEW, OLD, FIRST, PROFILE_FILE, "photos/1/index.htm", "html/photos.htm", PROFILE + "posts/your_photos.html",
        PROFILE + "posts/album/12.json", PROFILE + "pages/pages_you've_liked.json", PROFILE + "messages/inbox/a_1/message_3.json",
        "other_activity/polls_you_voted_on.json", "profile_information/profile_information.json",
    ]  # fmt: skip
    for name in names:
        assert role_of(name) is not None, name
        assert not any(fnmatch.fnmatchcase(name, pattern) for pattern in IGNORED), name


def test_every_role_has_a_name_that_reaches_it() -> None:
    reached = {
        role_of(name)
        for name in (
            POSTS, PROFILE + "posts/archive.json", PROFILE + "posts/trash.json", "posts/other_people's_posts_to_your_timeline.json",
            PROFILE + "posts/posts_on_other_pages_and_profiles.json", PROFILE + "groups/group_posts_and_comments.json",
            PROFILE + "groups/your_comments_in_groups.json", "other_activity/notes.json", PROFILE + "stories/archived_stories.json",
            PROFILE + "stories/story_reactions.json", PROFILE + "short_videos/short_videos.json", PROFILE + "posts/album/0.json",
            PROFILE + "posts/your_uncategorized_photos.json", PROFILE + "posts/your_videos.json", PROFILE + "posts/your_photos.html",
            "comments/comments.json", "likes_and_reactions/posts_and_comments.json", PROFILE + "comments_and_reactions/likes_and_reactions.json",
            "likes_and_reactions/pages.json", "polls/polls_you_voted_on.json", "events/your_events.json",
            PROFILE + "posts/edits_you_made_to_posts.json", PROFILE + "comments_and_reactions/your_comment_edits.json",
            PROFILE + "messages/e2ee_cutover/a_1/message_1.json", PROFILE_FILE, "profile_information/profile_update_history.json",
        )
    }  # fmt: skip
    assert reached == set(Role)


def test_reading_is_deterministic(tmp_path: Path) -> None:
    archive = archive_of(
        tmp_path, {POSTS: ONE, PAGE + "posts/profile_posts_10.json": [post("ten")], PAGE + "posts/profile_posts_2.json": [post("two")]}
    )
    first, second = values(FacebookImporter(), archive), values(FacebookImporter(), archive)
    assert first == second
    assert [record.text for record in first] == ["x", "two", "ten"]
