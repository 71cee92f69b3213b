"""The city's Facebook Page as JSON, in the layout of 2023 to 2025 ("this_profile's_activity_across_facebook")."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from . import story_council, story_days, story_flood
from .city import PAGE_ID, PAGE_NAME, PARKS_PAGE, RESIDENTS, SITE, UTILITY_PAGE
from .clock import epoch, local
from .dice import Dice
from .meta import Members, dump, message_file, minutes_apart, upload_facts
from .notices import CITY_COUNT, FACEBOOK, Notice, city_notices
from .pictures import film, photo
from .talk import exchange, own_comment

ROOT = "this_profile's_activity_across_facebook/"
EXPORTED = local("2025-11-04 08:40")
COMMENTS, LIKES, THREADS = 120, 60, 40
_ALBUMS = {"festival": "BluffandBloomFestival_122100446517040391", "flood": "Flood2019_122100446517050118"}
_TIMELINE = "Timelinephotos_122100446517040200"

_EVENTS: tuple[tuple[str, str, str, str], ...] = (
    ("2018-05-01 10:00", "2018-06-02 08:00", "Bluff and Bloom Festival 2018", "Depot Green"),
    ("2019-09-03 09:30", "2019-10-05 10:00", "Levee walk with the engineer", "Landing Park"),
    ("2021-07-20 14:00", "2021-08-10 12:00", "Missouri turns 200: cake on the lawn", "City Hall"),
    ("2022-02-01 09:00", "2022-02-15 18:00", "Public hearing: water rates", "City Hall"),
    ("2024-02-20 11:00", "2024-04-08 12:30", "Eclipse picnic", "Bluestem Fields"),
    ("2025-05-01 08:30", "2025-05-13 18:00", "Public hearing: budget and pool", "City Hall"),
)

_SHARED: tuple[tuple[str, str, str], ...] = (
    ("shared a link.", "Road closures this week", SITE + "/streets/closures"),
    ("shared a link.", "How to read your water report", SITE + "/water/report"),
    ("shared a post.", "Adopt Agenda Item the cat", "https://www.facebook.example/kestrelbendshelter/posts/1"),
    ("shared a link.", "Draft budget, all pages", SITE + "/budget/draft.pdf"),
    ("shared a post.", "Library hours over the holidays", "https://www.facebook.example/kbendlibrary/posts/7"),
    ("shared a link.", "Sandbag sites and shelter", SITE + "/flood"),
)


@dataclass
class _Page:
    """The members of the Page's archive, collected one by one."""

    dice: Dice = field(default_factory=lambda: Dice("facebook page"))
    files: Members = field(default_factory=dict)
    albums: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def picture(self, notice: Notice, title: str, number: int) -> dict[str, Any]:
        """Add a picture and return its entry in a post."""
        album = _ALBUMS.get(notice.scene, _TIMELINE)
        native = self.dice.digits(15)
        uri = f"{ROOT}posts/media/{album}/{native}.jpg"
        self.files[uri] = photo(notice.scene, f"{notice.when} {number + 1}" if number else str(notice.when))
        media = {
            "uri": uri,
            "creation_timestamp": epoch(notice.when) - 2,
            "media_metadata": {"photo_metadata": {"exif_data": [upload_facts(notice.when, self.dice, gps=self.dice.chance(0.2))]}},
            "title": title,
        }
        self.albums.setdefault(album, []).append(media)
        return media


def archive() -> Members:
    """Return the Page's archive as it would have been downloaded in November 2025."""
    page = _Page()
    notices = [*city_notices(CITY_COUNT), *story_flood.notices(), *story_council.notices(), *story_days.notices()]
    posts = [_post(page, notice) for notice in sorted(notices, key=lambda notice: notice.when) if FACEBOOK in notice.platforms]
    shells, shares = _shares(page.dice)
    event_shells, event_posts, events = _events(page.dice)
    rest = posts + shares + event_posts
    rest = sorted(rest, key=lambda entry: -entry["timestamp"])
    every = sorted(shells + event_shells, key=lambda entry: entry["timestamp"]) + rest
    half = len(every) * 3 // 5
    page.files[ROOT + "posts/profile_posts_1.json"] = dump(every[:half])
    page.files[ROOT + "posts/profile_posts_2.json"] = dump(every[half:])
    page.files[ROOT + "posts/videos.json"] = dump({"videos_v2": [_video(page, number) for number in range(4)]})
    for number, (album, photos) in enumerate(sorted(page.albums.items())):
        name = {"Timelinephotos": "Timeline photos", "BluffandBloomFestival": "Bluff and Bloom Festival", "Flood2019": "Flood 2019"}[
            album.split("_")[0]
        ]
        page.files[f"{ROOT}posts/album/{number}.json"] = dump(
            {
                "name": name,
                "photos": photos,
                "cover_photo": photos[0],
                "last_modified_timestamp": photos[-1]["creation_timestamp"],
                "description": "",
            }
        )
    page.files[ROOT + "events/your_events.json"] = dump({"your_events_v2": events})
    page.files[ROOT + "comments_and_reactions/comments.json"] = dump({"comments_v2": _comments(page.dice)})
    page.files[ROOT + "comments_and_reactions/likes_and_reactions_1.json"] = dump(_reactions(page.dice))
    _messages(page)
    page.files["profile_information/profile_information.json"] = dump(_profile())
    page.files["connections/followers/no-data.txt"] = b"You have no data in this section"
    page.files["logged_information/search/no-data.txt"] = b"You have no data in this section"
    return page.files


def _post(page: _Page, notice: Notice) -> dict[str, Any]:
    text = " ".join(notice.sentences)
    if page.dice.chance(0.06):
        ident, name = page.dice.pick((PARKS_PAGE, UTILITY_PAGE))
        text += f" Follow @[{ident}:274:{name}] for more."
    text += "".join(f" #{hashtag}" for hashtag in notice.hashtags)
    when = epoch(notice.when)
    data: list[dict[str, Any]] = [{"post": text}]
    if page.dice.chance(0.07):
        data.append({"update_timestamp": when + page.dice.number(120, 90000)})
    made: dict[str, Any] = {"timestamp": when}
    if notice.scene:
        count = 3 if page.dice.chance(0.12) else 1
        title = {"festival": "Bluff and Bloom Festival", "flood": "Flood 2019"}.get(notice.scene, "Timeline photos")
        pictures = [page.picture(notice, title, number) for number in range(count)]
        pictures[0]["description"] = text
        made["attachments"] = [{"data": [{"media": picture} for picture in pictures]}]
        sentence = f"{PAGE_NAME} added a new photo." if count == 1 else f"{PAGE_NAME} added {count} new photos."
    elif notice.link:
        made["attachments"] = [
            {"data": [{"external_context": {"name": notice.sentences[0][:60], "source": "kestrelbend.example", "url": notice.link}}]}
        ]
        sentence = f"{PAGE_NAME} shared a link."
        data[0]["post"] += " " + notice.link
    else:
        sentence = f"{PAGE_NAME} updated its status."
    return made | {"data": [*data, {}], "title": sentence}


def _shares(dice: Dice) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the empty shells and the full records of shares: archives of Pages hold both."""
    shells, full = [], []
    for number in range(48):
        sentence, name, url = dice.pick(_SHARED)
        when = epoch(local("2015-09-01 09:00") + timedelta(days=76 * number, minutes=dice.number(0, 600)))
        target = f"{url}?n={number}" if number % 12 != 11 else ""
        attachments = [{"data": [{"external_context": {"name": name, "source": "kestrelbend.example", "url": target}}]}]
        title = f"{PAGE_NAME} {sentence}"
        shells.append({"timestamp": when, "attachments": attachments, "data": [{"update_timestamp": when}, {}, {}], "title": title})
        if number % 8 != 7:  # some shares have no words, and no second record
            words = dice.pick(
                ("Worth your two minutes.", "Please pass this on.", "From our neighbors:", "In case you missed it.", "Léalo y compártalo.")
            )
            data = [{"post": f"{words} ({name})"}, {"update_timestamp": when}, {}, {}, {}]
            full.append({"timestamp": when, "attachments": attachments, "data": data, "title": title})
    same = {"timestamp": epoch(local("2024-08-25 12:03")), "data": [{"update_timestamp": epoch(local("2024-08-25 12:03"))}, {}, {}]}
    shells += [same | {"title": f"{PAGE_NAME} shared a profile."}] * 2
    return shells, full


def _events(dice: Dice) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    shells, full, events = [], [], []
    for created, begins, name, place in _EVENTS:
        when = epoch(local(created))
        event = {
            "name": name,
            "start_timestamp": epoch(local(begins)),
            "end_timestamp": epoch(local(begins)) + 7200,
            "place": {
                "name": place,
                "coordinate": {"latitude": 38.05, "longitude": -91.05},
                "address": f"{dice.number(100, 900)} Depot Street",
            },
            "description": f"{name} — all welcome. Details at the front desk.",
            "create_timestamp": when,
        }
        attachments = [{"data": [{"event": event}]}]
        title = f"{PAGE_NAME} shared an event."
        shells.append({"timestamp": when, "attachments": attachments, "data": [{"update_timestamp": when}, {}, {}], "title": title})
        data = [{"post": f"Save the date: {name}."}, {"update_timestamp": when}, {}, {}, {}]
        full.append({"timestamp": when - dice.pick((0, 0, 93)), "attachments": attachments, "data": data, "title": title})
        events.append(event)
    return shells, full, events


def _comments(dice: Dice) -> list[dict[str, Any]]:
    entries = []
    for number in range(COMMENTS):
        when = local("2016-01-10 10:00") + timedelta(days=29 * number, minutes=dice.number(0, 800))
        if number % 2:
            text, title = own_comment(dice, when), f"{PAGE_NAME} commented on its own post."
        else:
            resident = dice.pick(RESIDENTS)
            text, title = f"{resident.name} {exchange(dice, when).answer}", f"{PAGE_NAME} replied to {resident.name}'s comment."
        comment = {"timestamp": epoch(when), "comment": text, "author": PAGE_NAME}
        entries.append({"timestamp": epoch(when), "data": [{"comment": comment}], "title": title})
    return entries[::-1]


def _reactions(dice: Dice) -> list[dict[str, Any]]:
    entries = []
    for number in range(LIKES):
        when = local("2018-02-01 09:00") + timedelta(days=46 * number, minutes=dice.number(0, 800))
        reaction = {"reaction": dice.pick(("LIKE", "LIKE", "LOVE", "SORRY", "WOW")), "actor": PAGE_NAME}
        verb, target = "likes" if reaction["reaction"] == "LIKE" else "reacted to", dice.pick(("comment", "post"))
        title = f"{PAGE_NAME} {verb} {dice.pick(RESIDENTS).name}'s {target}."
        entries.append({"timestamp": epoch(when), "data": [{"reaction": reaction}], "title": title})
    return entries[::-1]


def _messages(page: _Page) -> None:
    dice = page.dice
    for number in range(THREADS):
        begin = local("2017-03-06 09:00") + timedelta(days=78 * number, minutes=dice.number(0, 700))
        resident = RESIDENTS[number % len(RESIDENTS)].name
        thread = f"inbox/{''.join(char for char in resident.lower() if char.isalpha())}_{dice.digits(16)}"
        talk = exchange(dice, begin)
        again = exchange(dice, begin)
        lines = minutes_apart(
            begin,
            [
                (resident, talk.question),
                (PAGE_NAME, talk.answer),
                (resident, talk.thanks),
                (resident, again.question if number % 3 == 0 else ""),
                (PAGE_NAME, again.answer if number % 3 == 0 else ""),
            ],
        )
        more: dict[str, Any] = {}
        if number % 8 == 3:
            uri = f"{ROOT}messages/{thread}/photos/{dice.digits(15)}.jpg"
            page.files[uri] = photo("road", uri)
            more["photos"] = [{"uri": uri, "creation_timestamp": epoch(begin)}]
        if number % 5 == 2:
            more["reactions"] = [{"reaction": "👍", "actor": PAGE_NAME}]
        page.files[f"{ROOT}messages/{thread}/message_1.json"] = message_file(PAGE_NAME, resident, thread, lines, **more)


def _video(page: _Page, number: int) -> dict[str, Any]:
    when = local(f"{2018 + 2 * number}-06-02 13:00")
    uri = f"{ROOT}posts/media/videos/{page.dice.digits(16)}.mp4"
    page.files[uri] = film(uri)
    return {
        "uri": uri,
        "creation_timestamp": epoch(when),
        "media_metadata": {"video_metadata": {"exif_data": [{"upload_ip": "203.0.113.9", "upload_timestamp": 0}]}},
        "title": "",
        "description": ("Council chambers, new microphones", "Parade, first minute", "The sweeper on Ferry Street", "Pool opening splash")[
            number
        ],
        "dubbing_info": [],
        "media_variants": [],
    }


def _profile() -> dict[str, Any]:
    return {
        "profile_v2": {
            "name": {"full_name": PAGE_NAME, "first_name": PAGE_NAME, "middle_name": "", "last_name": ""},
            "emails": {"emails": ["media@kestrelbend.example"], "previous_emails": [], "pending_emails": []},
            "registration_timestamp": epoch(local("2015-02-20 10:00")),
            "profile_uri": f"https://www.facebook.com/profile.php?id={PAGE_ID}",
        }
    }
