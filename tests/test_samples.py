"""The demo archives: made alike each time, true to their own counts, and free of anything real."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indexer.evidence.archive import open_archive
from indexer.importers import COMMON_IGNORED, IMPORTERS, identify
from indexer.record import Problem, Record, RecordKind, Tally
from indexer.text import repair_mojibake

ROOT = Path(__file__).parents[1] / "archive_data"
SAMPLES = sorted((ROOT / "samples").glob("*.zip"))
CITY, CITY_EARLIER = "x-kestrelbendmo-2025-11-03.zip", "x-kestrelbendmo-2021-08-16.zip"
POLICE = "x-kestrelbendpd-2022-03-31.zip"
PAGE, PERSON = "facebook-page-cityofkestrelbend-2025-11-04.zip", "facebook-odalysfernbrook-2025-11-04.zip"
GRAM = "instagram-kestrelbendmo-2025-11-04.zip"
X_ARCHIVES = (CITY_EARLIER, CITY, POLICE)
MEDIA = (".jpg", ".png", ".mp4")

every_archive = pytest.mark.parametrize("name", [path.name for path in SAMPLES])
every_x_archive = pytest.mark.parametrize("name", X_ARCHIVES)


@cache
def members(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(ROOT / "samples" / name) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def data(name: str, member: str) -> Any:
    text = members(name)[member].decode()
    return json.loads(text[text.index("=") + 1 :] if member.endswith(".js") else text)


def meta(name: str, member: str) -> Any:
    """Return a Meta file with every string as it was meant."""

    def repaired(value: Any) -> Any:
        if isinstance(value, str):
            return repair_mojibake(value)
        if isinstance(value, dict):
            return {key: repaired(content) for key, content in value.items()}
        return [repaired(content) for content in value] if isinstance(value, list) else value

    return repaired(data(name, member))


def tweets(name: str) -> list[dict[str, Any]]:
    files = sorted(member for member in members(name) if re.fullmatch(r"data/tweets?(-part\d+)?\.js", member))
    return [item["tweet"] for member in files for item in data(name, member)]


def texts(name: str) -> dict[str, str]:
    return {member: content.decode() for member, content in members(name).items() if not member.endswith(MEDIA)}


@cache
def read(name: str) -> tuple[list[Record], list[Problem], dict[str, int]]:
    found = identify(open_archive(ROOT / "samples" / name))
    values = list(found.records())
    tallies = {value.unit: value.read for value in values if isinstance(value, Tally)}
    return [value for value in values if isinstance(value, Record)], [value for value in values if isinstance(value, Problem)], tallies


def test_there_are_six_archives_below_eight_megabytes_and_their_guide_names_each() -> None:
    assert len(SAMPLES) == 6
    assert sum(path.stat().st_size for path in SAMPLES) < 8_000_000
    guide = (ROOT / "samples" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in SAMPLES if path.name not in guide] == []


def test_a_second_making_gives_the_same_members(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run([sys.executable, ROOT / "make_samples.py", tmp_path], check=True, capture_output=True, env=environment)
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in SAMPLES]
    for path in SAMPLES:
        with zipfile.ZipFile(path) as committed, zipfile.ZipFile(tmp_path / path.name) as made:
            assert [(info.filename, info.date_time, info.CRC) for info in made.infolist()] == [
                (info.filename, info.date_time, info.CRC) for info in committed.infolist()
            ], path.name
            assert all(made.read(name) == committed.read(name) for name in made.namelist()), path.name


@every_x_archive
def test_the_manifest_counts_what_is_there(name: str) -> None:
    manifest = data(name, "data/manifest.js")
    files = [file for kind in manifest["dataTypes"].values() for file in kind.get("files", [])]
    assert {file["fileName"]: int(file["count"]) for file in files} == {
        file["fileName"]: len(data(name, file["fileName"])) for file in files
    }
    listed = {file["fileName"] for file in files} | {"data/manifest.js"}
    assert {member for member in members(name) if member.endswith(".js") and member.startswith("data/")} == listed


@every_archive
def test_every_data_file_is_valid(name: str) -> None:
    checked = [member for member in members(name) if member.endswith((".js", ".json")) and not member.startswith("assets/")]
    for member in checked:
        data(name, member)
    pages = [content for member, content in texts(name).items() if member.endswith(".html")]
    assert checked or pages
    assert all(page.count("<div") == page.count("</div>") for page in pages)


@every_archive
def test_every_file_that_is_named_is_there_and_every_picture_is_named(name: str) -> None:
    there = {member for member in members(name) if member.endswith(MEDIA) and "/icons/" not in member}
    if name in X_ARCHIVES:
        named = {f"{folder}/{made['id_str']}-{_media_name(medium)}" for made, folder, medium in _x_media(name)} | _x_message_media(name)
    else:
        pattern = r'"uri": "([^"]+)"' if name != PERSON else r'(?:src|href)="(your_facebook_activity/[^"]+)"'
        named = {found for text in texts(name).values() for found in re.findall(pattern, text)}
        named = {found for found in named if not found.endswith(".html")}
    assert named == there
    assert len(there) > 5


def _x_media(name: str) -> list[tuple[dict[str, Any], str, dict[str, Any]]]:
    folder = "data/tweets_media" if name == CITY else "data/tweet_media"
    return [(made, folder, medium) for made in tweets(name) for medium in made.get("extended_entities", {}).get("media", [])]


def _media_name(medium: dict[str, Any]) -> str:
    if medium["type"] == "photo":
        return str(medium["media_url_https"]).rsplit("/", 1)[1]
    best = max(medium["video_info"]["variants"], key=lambda variant: int(variant.get("bitrate", "-1")))
    return str(best["url"]).rsplit("/", 1)[1].split("?")[0]


def _x_message_media(name: str) -> set[str]:
    messages = [entry["messageCreate"] for one in data(name, "data/direct-messages.js") for entry in one["dmConversation"]["messages"]]
    return {f"data/direct_messages_media/{made['id']}-{url.rsplit('/', 1)[1]}" for made in messages for url in made["mediaUrls"]}


@every_archive
def test_pictures_and_films_are_whole(name: str) -> None:
    for member, content in members(name).items():
        if member.endswith(".png"):
            width, height = struct.unpack(">II", content[16:24])
            start = content.index(b"IDAT")
            (length,) = struct.unpack(">I", content[start - 4 : start])
            assert len(zlib.decompress(content[start + 4 : start + 4 + length])) == (width + 1) * height, member
        elif member.endswith(".jpg"):
            frame = content.index(b"\xff\xc0")
            assert content[:2] == b"\xff\xd8", member
            assert content[-2:] == b"\xff\xd9", member
            assert struct.unpack(">HH", content[frame + 5 : frame + 9]) == (240, 320), member
        elif member.endswith(".mp4"):
            boxes, at = [], 0
            while at < len(content):
                (size,) = struct.unpack(">I", content[at : at + 4])
                boxes.append(content[at + 4 : at + 8])
                at += size
            assert (boxes, at) == ([b"ftyp", b"moov", b"mdat"], len(content)), member


def test_there_are_more_than_three_thousand_records_of_every_kind() -> None:
    kinds: Counter[RecordKind] = Counter()
    for path in SAMPLES:
        if path.name != CITY_EARLIER:
            kinds.update(record.kind for record in read(path.name)[0])
    assert kinds.total() > 3000
    at_least = {
        "post": 2000,
        "reply": 250,
        "repost": 80,
        "comment": 300,
        "message": 400,
        "like": 250,
        "story": 60,
        "reel": 10,
        "event": 6,
        "video": 3,
        "photo": 2,
    }
    assert {kind: kinds[RecordKind(kind)] for kind, least in at_least.items() if kinds[RecordKind(kind)] < least} == {}


@every_archive
def test_every_archive_is_read_by_one_importer_with_nothing_left_over(name: str) -> None:
    archive = open_archive(ROOT / "samples" / name)
    assert [importer.name for importer in IMPORTERS if importer.identify(archive)] == [
        {"x": "twitter"}.get(name.split("-", maxsplit=1)[0], name.split("-", maxsplit=1)[0])
    ]
    found = identify(archive)
    facts = found.facts
    records, problems, tallies = read(name)
    assert problems == []
    assert {unit: tallies.get(unit) for unit in facts.counts} == dict(facts.counts)
    assert facts.account.name in {"City of Kestrel Bend", "Kestrel Bend Police", "Odalys Fernbrook"}
    list(found.records())
    shown = {attachment.member for record in records for attachment in record.attachments}
    ignored = [*found.importer.ignored, *COMMON_IGNORED]
    rest = [member for member in archive.names if member not in archive.opened | shown]
    assert [member for member in rest if not any(fnmatch.fnmatchcase(member, pattern) for pattern in ignored)] == []


@every_archive
def test_nothing_in_them_could_reach_a_real_person(name: str) -> None:
    for member, text in texts(name).items():
        assert {found for found in re.findall(r"[\w.]+@([\w.-]+\.\w+)", text) if not found.endswith(".example")} == set(), member
        phones = re.findall(r"\b\d{3}[-. ]\d{3}[-. ]\d{4}\b|\(\d{3}\) ?\d{3}-\d{4}|\+1\d{10}", text)
        assert [found for found in phones if not re.fullmatch(r"573-555-01\d\d|\+157355501\d\d", found)] == [], member
        assert {
            found for found in re.findall(r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", text) if not found.startswith("203.0.113.")
        } == set(), member
        numbers = re.findall(r"\b\d{3}-\d{2}-\d{4}\b", text)
        assert [found for found in numbers if not found.startswith("9")] == [], member
        hosts = {host.lower() for host in re.findall(r"https?:(?:\\?/){2}([\w.-]+)", text)}
        assert {
            host
            for host in hosts
            if not host.endswith((".example", "twitter.com", "twimg.com", "facebook.com", "instagram.com")) and host != "t.co"
        } == set()


@every_x_archive
def test_places_of_entities_fit_the_text_and_posts_keep_to_their_length(name: str) -> None:
    for made in tweets(name):
        text, entities = made["full_text"], made["entities"]
        for key, mark, word in (
            ("hashtags", "#", "text"),
            ("user_mentions", "@", "screen_name"),
            ("urls", "", "url"),
            ("media", "", "url"),
        ):
            for entity in entities.get(key, []):
                first, last = (int(place) for place in entity["indices"])
                assert text[first:last] == mark + entity[word]
        year, is_old = int(made["created_at"][-4:]), made["created_at"][-4:] < "2017"
        plain = re.sub(r" https://t\.co/\w+$", "", text) if "media" in entities else text
        assert len(plain.replace("&amp;", "&")) <= (140 if is_old or text.startswith("RT @") else 280), (year, text)


def test_the_later_capture_knows_lost_and_changed_records_of_the_earlier_one() -> None:
    earlier, later = ({made["id_str"]: made for made in tweets(name)} for name in (CITY_EARLIER, CITY))
    assert len(earlier.keys() & later.keys()) > 600
    assert len(earlier.keys() - later.keys()) > 10
    assert len(later.keys() - earlier.keys()) > 400
    answered = [key for key in earlier.keys() & later.keys() if "in_reply_to_screen_name" in earlier[key]]
    assert len([key for key in answered if earlier[key]["in_reply_to_screen_name"] != later[key].get("in_reply_to_screen_name")]) > 3
    liked, liked_later = (
        {item["like"]["tweetId"]: item["like"].get("fullText") for item in data(name, "data/like.js")} for name in (CITY_EARLIER, CITY)
    )
    assert len([key for key, text in liked.items() if text and liked_later[key] is None]) > 3


def test_messages_of_both_captures_say_the_same_and_two_exchanges_were_deleted_between_them() -> None:
    def said(name: str) -> dict[str, dict[str, Any]]:
        entries = [entry for one in data(name, "data/direct-messages.js") for entry in one["dmConversation"]["messages"]]
        return {entry["messageCreate"]["id"]: entry["messageCreate"] for entry in entries}

    earlier, later = said(CITY_EARLIER), said(CITY)
    assert all(earlier[key] == later[key] for key in earlier.keys() & later.keys())
    assert 4 <= len(earlier.keys() - later.keys()) <= 6
    assert len(earlier) > 80


def test_nothing_of_the_police_is_captured_after_march_2022() -> None:
    times = sorted(record.posted.utc for record in read(POLICE)[0] if record.posted and record.posted.utc)
    assert (times[0].year, f"{times[-1]:%Y-%m}") == (2015, "2022-03")


def test_edits_long_posts_deletions_and_community_posts_are_in_the_current_archive() -> None:
    edits = [made["edit_info"] for made in tweets(CITY) if "edit" in made["edit_info"]]
    assert len(edits) == 8
    notes = data(CITY, "data/note-tweet.js")
    assert len(notes) == 6
    cut = [
        made["full_text"].replace("&amp;", "&")
        for made in tweets(CITY)
        if made["full_text"].endswith("…") and not made["full_text"].startswith("RT @")
    ]
    assert all(any(note["noteTweet"]["core"]["text"].startswith(text[:-1].rstrip()) for text in cut) for note in notes)
    assert [len(data(CITY, f"data/{file}.js")) for file in ("deleted-tweets", "deleted-tweet-headers", "community-tweet", "block")] == [
        6,
        6,
        5,
        3,
    ]


def test_one_page_post_shows_a_number_that_must_be_withheld_and_it_was_never_given_out() -> None:
    with_number = [record for path in SAMPLES for record in read(path.name)[0] if re.search(r"\b\d{3}-\d{2}-\d{4}\b", record.text)]
    assert [re.findall(r"\d{3}-\d{2}-\d{4}", record.text) for record in with_number] == [["900-12-3456"]]


def test_shares_and_events_of_the_page_stand_twice_as_facebook_writes_them() -> None:
    posts = meta(PAGE, next(member for member in members(PAGE) if member.endswith("profile_posts_1.json")))
    shells = [post for post in posts if "shared a" in post["title"] and "post" not in post["data"][0]]
    assert len(shells) == 56
    full = [one for number in (1, 2) for one in meta(PAGE, f"this_profile's_activity_across_facebook/posts/profile_posts_{number}.json")]
    updates = {
        entry["update_timestamp"] for one in full if "post" in one["data"][0] for entry in one["data"] if "update_timestamp" in entry
    }
    assert len([shell for shell in shells if shell["timestamp"] in updates]) == 48


def test_words_worth_searching_are_there() -> None:
    said = [record.text.lower() for path in SAMPLES for record in read(path.name)[0]]
    least = {
        "#flood": 60,
        "taxpayer": 20,
        "taxing": 10,
        "council": 200,
        "inundación": 5,
        "¡": 15,
        "boil water": 8,
        "👨‍👩‍👧‍👦": 1,
        "🇲🇽": 1,
        "👷🏽‍♀️": 1,
        "llama": 2,
    }
    assert {word: sum(word in text for text in said) for word, count in least.items() if sum(word in text for text in said) < count} == {}
    assert sum(bool(re.search(r"council\W+(?:\w+\W+){0,4}budget|budget\W+(?:\w+\W+){0,4}council", text)) for text in said) > 20


def test_posts_of_late_evening_belong_to_the_next_day_in_utc() -> None:
    late = [made for made in tweets(CITY) if "Crest update at 11:30 p.m. Friday" in made["full_text"]]
    assert [made["created_at"] for made in late] == ["Sat May 25 04:30:00 +0000 2019"]
    assert any(made["created_at"] == "Fri Jan 01 05:30:00 +0000 2016" for made in tweets(CITY))


def test_hardly_a_post_says_what_another_says() -> None:
    for path in SAMPLES:
        said = Counter(
            record.text for record in read(path.name)[0] if record.kind in {RecordKind.POST, RecordKind.REEL} and len(record.text) > 40
        )
        assert {text: count for text, count in said.items() if count > 8} == {}, path.name
        assert len(said) > 0.8 * said.total() or path.name == PERSON
