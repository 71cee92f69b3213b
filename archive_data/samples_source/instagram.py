"""The city's Instagram account as JSON, in the layout of 2024 and 2025 (your_instagram_activity/media/...)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import story_council, story_days, story_flood
from .city import CITY, INSTAGRAM, RESIDENTS
from .clock import epoch, local, month_folder
from .dice import Dice
from .meta import Members, dump, message_file, minutes_apart, upload_facts
from .notices import CITY_COUNT, Notice, city_notices, filled
from .notices import INSTAGRAM as ON_INSTAGRAM
from .pictures import SCENES, film, photo
from .talk import exchange, slots_of

NAME = f"City of {CITY}"
EXPORTED = local("2025-11-04 09:05")
STORIES, COMMENTS, LIKES, THREADS = 70, 110, 60, 18

_REELS: tuple[str, ...] = (
    "How a water main gets fixed in three seconds 💧🔧",
    "POV: you are the street sweeper",
    "Budget season, explained with pie 🥧 #KBBudget",
    "Meet Juniper, K-9 officer and very good girl 🐕‍🦺",
    "Levee walk with the engineer: what changed since the flood",
    "Pool liner day! 🏊🏽‍♀️",
    "Así se prepara la ofrenda de la biblioteca 🌼",
    "Three council questions in thirty seconds",
    "Snow plow names, the winners ❄️ Plowy McPlowface lost",
    "Tree lighting at Depot Green 🎄",
)

_STORY_LINES: tuple[str, ...] = (
    "",
    "",
    "",
    "Closed today: {street}",
    "Council tonight, 6:30 p.m.",
    "Market until noon, {n} stalls 🍅",
    "Gracias, voluntarios 🙌🏾",
    "{park} this morning",
)
_COMMENT_LINES: tuple[str, ...] = (
    "Thank you for the kind words about {park}! 💚",
    "That is {street}; the crew is there now.",
    "Yes, open until {hour}.",
    "Photo by our parks crew, taken near {park} 📷",
    "Please send us a message with the address on {street}.",
    "¡Gracias por venir a {place}!",
    "We saw this on {street} too and called the county.",
    "The council takes it up on {day}.",
    "Good eye! Fixed the date in the caption: {day}.",
    "See you at {place} on {day} 🎶",
)


@dataclass
class _Gram:
    """The members of the archive, collected one by one."""

    dice: Dice = field(default_factory=lambda: Dice("instagram"))
    files: Members = field(default_factory=dict)

    def picture(self, folder: str, scene: str, when: datetime, title: str, number: int = 0) -> dict[str, Any]:
        """Add a picture and return its entry in a post or story."""
        stem = f"{self.dice.digits(9)}_{self.dice.digits(16)}_{self.dice.digits(17)}_n_{self.dice.digits(17)}"
        uri = f"media/{folder}/{month_folder(when)}/{stem}.jpg"
        self.files[uri] = photo(scene, f"{when} {number + 1}" if number else str(when))
        facts: dict[str, Any] = {"camera_metadata": {"has_camera_metadata": False}}
        if self.dice.chance(0.15):
            facts = {
                "photo_metadata": {"exif_data": [upload_facts(when, self.dice, gps=True), {"device_id": f"android-{self.dice.digits(12)}"}]}
            } | facts
        return {
            "uri": uri,
            "creation_timestamp": epoch(when),
            "media_metadata": facts,
            "title": title,
            "cross_post_source": {"source_app": "FB"},
        }


def archive() -> Members:
    """Return the account's archive as it would have been downloaded in November 2025."""
    gram = _Gram()
    city_posts = [*city_notices(CITY_COUNT), *story_flood.notices(), *story_council.notices(), *story_days.notices()]
    notices = sorted((notice for notice in city_posts if ON_INSTAGRAM in notice.platforms), key=lambda notice: notice.when, reverse=True)
    activity = "your_instagram_activity/"
    gram.files[activity + "media/posts_1.json"] = dump(
        [_post(gram, notice) for notice in notices if notice.when >= local("2018-03-01 00:00")]
    )
    gram.files[activity + "media/stories.json"] = dump({"ig_stories": _stories(gram)})
    gram.files[activity + "media/reels.json"] = dump({"ig_reels_media": _reels(gram)})
    gram.files[activity + "media/archived_posts.json"] = dump({"ig_archived_post_media": _archived(gram)})
    gram.files[activity + "media/profile_photos.json"] = dump(
        {"ig_profile_picture": [gram.picture("profile", "hall", local("2018-03-01 09:00"), "")]}
    )
    gram.files[activity + "comments/post_comments_1.json"] = dump(_comments(gram.dice, COMMENTS))
    gram.files[activity + "comments/reels_comments.json"] = dump({"comments_reels_comments": _comments(gram.dice, 12)})
    gram.files[activity + "likes/liked_posts.json"] = dump({"likes_media_likes": _likes(gram.dice)})
    _messages(gram, activity)
    gram.files["personal_information/personal_information/personal_information.json"] = dump(_profile())
    followers = [_connection(resident.handle) for resident in RESIDENTS[:8]]
    gram.files["connections/followers_and_following/followers_1.json"] = dump(followers)
    gram.files["connections/followers_and_following/following.json"] = dump({"relationships_following": followers[:3]})
    gram.files["ads_information/ads_and_topics/no-data.txt"] = b"You have no data in this section"
    return gram.files


def _post(gram: _Gram, notice: Notice) -> dict[str, Any]:
    caption = " ".join(notice.sentences)
    if notice.hashtags:
        caption += "\n\n" + " ".join(f"#{hashtag}" for hashtag in notice.hashtags)
    scene = notice.scene or gram.dice.pick(SCENES[:10])
    if gram.dice.chance(0.16):
        media = [gram.picture("posts", scene, notice.when, "", number) for number in range(gram.dice.number(2, 3))]
        return {"media": media, "title": caption, "creation_timestamp": epoch(notice.when) + 5}
    return {"media": [gram.picture("posts", scene, notice.when, caption)]}


def _stories(gram: _Gram) -> list[dict[str, Any]]:
    entries = []
    for number in range(STORIES):
        when = local("2018-06-01 09:00") + timedelta(days=38 * number, minutes=gram.dice.number(0, 800))
        line = filled(gram.dice.pick(_STORY_LINES), slots_of(gram.dice, when))
        entries.append(gram.picture("stories", gram.dice.pick(SCENES[:11]), when, line))
    return entries[::-1]


def _reels(gram: _Gram) -> list[dict[str, Any]]:
    entries = []
    for number, line in enumerate(_REELS):
        when = local("2021-03-05 12:00") + timedelta(days=165 * number, minutes=gram.dice.number(0, 300))
        uri = f"media/reels/{month_folder(when)}/AQ{gram.dice.letters(20)}_{gram.dice.digits(17)}.mp4"
        gram.files[uri] = film(uri)
        facts = {
            "video_metadata": {"exif_data": [{"device_id": f"ios-{gram.dice.digits(12)}"}]},
            "camera_metadata": {"has_camera_metadata": False},
        }
        medium = {
            "uri": uri,
            "creation_timestamp": epoch(when),
            "media_metadata": facts,
            "title": line,
            "cross_post_source": {"source_app": "IG"},
        }
        entries.append({"media": [medium | {"dubbing_info": [], "media_variants": []}]})
    return entries[::-1]


def _archived(gram: _Gram) -> list[dict[str, Any]]:
    lines = ("Wrong date in the poster, new one soon.", "Parade route (old).", "Pool hours 2020, not used after all.")
    times = ("2019-06-10 10:00", "2022-05-30 08:00", "2020-05-20 12:00")
    return [{"media": [gram.picture("archived_posts", "festival", local(time), line)]} for time, line in zip(times, lines, strict=True)]


def _comments(dice: Dice, count: int) -> list[dict[str, Any]]:
    entries = []
    for number in range(count):
        when = local("2018-04-02 10:00") + timedelta(days=2750 * number // count, minutes=dice.number(0, 700))
        text = filled(dice.pick(_COMMENT_LINES), slots_of(dice, when))
        owner = INSTAGRAM if dice.chance(0.7) else dice.pick(RESIDENTS).handle
        if owner == INSTAGRAM and dice.chance(0.5):
            text = f"@{dice.pick(RESIDENTS).handle} {text}"
        values = {"Comment": {"value": text}, "Media Owner": {"value": owner}, "Time": {"timestamp": epoch(when)}}
        entries.append({"media_list_data": [{"uri": ""}], "string_map_data": values})
    return entries[::-1]


def _likes(dice: Dice) -> list[dict[str, Any]]:
    entries = []
    for number in range(LIKES):
        when = local("2018-05-01 08:00") + timedelta(days=45 * number, minutes=dice.number(0, 900))
        data = {"href": f"https://www.instagram.com/p/{dice.letters(11)}/", "value": "👍", "timestamp": epoch(when)}
        entries.append({"title": dice.pick(RESIDENTS).handle, "string_list_data": [data]})
    return entries[::-1]


def _messages(gram: _Gram, activity: str) -> None:
    dice = gram.dice
    for number in range(THREADS):
        begin = local("2019-01-14 11:00") + timedelta(days=135 * number, minutes=dice.number(0, 600))
        resident = RESIDENTS[(3 * number + 1) % len(RESIDENTS)]
        thread = f"inbox/{resident.handle.replace('_', '')}_{dice.digits(15)}"
        talk = exchange(dice, begin)
        lines = minutes_apart(begin, [(resident.name, talk.question), (NAME, talk.answer), (resident.name, talk.thanks)], 13)
        more: dict[str, Any] = {}
        if number % 6 == 1:
            uri = f"{activity}messages/{thread}/photos/{dice.digits(15)}.jpg"
            gram.files[uri] = photo("park", uri)
            more["photos"] = [{"uri": uri, "creation_timestamp": epoch(begin)}]
        if number % 4 == 2:
            more["reactions"] = [{"reaction": "❤", "actor": NAME}]
        gram.files[f"{activity}messages/{thread}/message_1.json"] = message_file(NAME, resident.name, thread, lines, **more)


def _profile() -> dict[str, Any]:
    def value(text: str) -> dict[str, Any]:
        return {"href": "", "value": text, "timestamp": 0}

    values = {
        "Email": value("media@kestrelbend.example"),
        "Username": value(INSTAGRAM),
        "Name": value(NAME),
        "Bio": value("Official account 🏛️ Posts are public records."),
    }
    return {"profile_user": [{"title": "", "media_map_data": {}, "string_map_data": values}]}


def _connection(handle: str) -> dict[str, Any]:
    data = {"href": f"https://www.instagram.com/{handle}", "value": handle, "timestamp": epoch(local("2020-01-01 00:00"))}
    return {"title": "", "media_list_data": [], "string_list_data": [data]}
