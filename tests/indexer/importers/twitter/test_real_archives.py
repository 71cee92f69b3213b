"""Real X archives (and a few made in their exact form), if available: exact counts, nothing lost."""

from __future__ import annotations

import csv
import fnmatch
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.evidence.archive import Archive, open_archive
from indexer.importers import COMMON_IGNORED, identify
from indexer.record import CaptureFacts, Problem, Record, Tally
from tests.support.builders import REAL

DITTO = "twitter_2020-2022_tweet.js/philgyford__django-ditto/tests/twitter/fixtures/ingest"


@dataclass(frozen=True)
class Expected:
    """The contents of an archive, counted from its files with json and csv alone (see the checks below), not with the importer."""

    kinds: dict[str, int]
    read: dict[str, int]  # tallies of more than nothing; months are summed up
    problems: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()  # added by whoever published the archive, or media of a post that is not there
    shortfall: tuple[str, ...] = ()
    folded: int = 0
    versions: int = 0


REAL_ARCHIVES = {
    "twitter_2013-2018/edsu__congressedits-archive": Expected(
        {"post": 2283, "reply": 7, "repost": 23}, {"months": 2313, "tweets.csv": 2313}, unknown=("LICENSE", "README.md")
    ),
    "twitter_2013-2018/bizweekgraphics__twitter": Expected(
        {"post": 2722, "reply": 1379, "repost": 2865}, {"months": 6966, "tweets.csv": 6966}
    ),
    # a tool appended to it: 7 further items of 5 posts, and two lines for one month in the index
    "twitter_2013-2018/singaporesailing__twitter": Expected(
        {"post": 1166, "reply": 249, "repost": 308},
        {"months": 1730, "tweets.csv": 1027},
        shortfall=("data/js/tweets/2018_10.js",),
        folded=7,
    ),
    "twitter_2013-2018/philgyford__django-ditto": Expected({"reply": 3}, {"months": 3}, unknown=("LICENSE",)),
    "twitter_2018-2019_root/SYNTHETIC__root_2018-08": Expected(
        {"post": 2, "reply": 1, "repost": 1, "message": 2, "like": 1}, {"tweet.js": 4, "direct-message.js": 1, "like.js": 1}
    ),
    "twitter_2018-2019_root/SYNTHETIC__root_2019-09": Expected(
        {"post": 2, "reply": 1, "repost": 1, "message": 2, "like": 1}, {"tweet.js": 4, "direct-message.js": 1, "like.js": 1}
    ),
    f"{DITTO}/v2": Expected({"post": 1, "reply": 1}, {"tweet.js": 2}),
    f"{DITTO}/v2_no_tweets": Expected({}, {}),
    f"{DITTO}/v2_with_media": Expected({"post": 2}, {"tweet.js": 2}),
    "twitter_2022-now/SYNTHETIC__current_form": Expected(
        # 14 posts and the deleted one; 3 messages and 3 events of the group; a like and a reaction
        {"post": 10, "reply": 4, "repost": 1, "message": 6, "like": 2},
        {
            "data/tweets.js": 9,
            "data/tweets-part1.js": 5,
            "data/note-tweet.js": 1,
            "data/deleted-tweets.js": 1,
            "data/deleted-tweet-headers.js": 1,
            "data/direct-messages.js": 1,
            "data/direct-messages-group.js": 1,
            "data/like.js": 1,
        },
        folded=2,
        versions=1,
    ),
    "twitter_2022-now/ethereumclassic__old-tweets": Expected(
        {},
        {},
        problems=(
            ("data/account.js", "account-not-read"),
            ("data/follower.js", "declared-missing"),
            ("data/tweets.js", "declared-missing"),
        ),
        unknown=(
            "data/tweets_media/1415725643988406278-E6WnZh0WUAAYIeR.mp4",
            "data/tweets_media/1428869929286184967-E9RdWsGWEAMv6br.mp4",
            "data/tweets_media/903149128213041152-DIihWExVYAAnL6Q.png",
            "data/tweets_media/903873881605378048-DIs0gPsWAAAPoKF.png",
            "data/tweets_media/969768468282159104-DXVO-UDV4AAOEcY.jpg",
            "data/tweets_media/971169545288269824-DXpJd3KW4AAGZGr.jpg",
        ),
        shortfall=("data/deleted-tweet-headers.js", "data/deleted-tweets.js", "data/direct-messages.js", "data/like.js", "data/tweets.js"),
    ),
}


@dataclass(frozen=True)
class Taken:
    archive: Archive
    facts: CaptureFacts
    records: list[Record]
    problems: list[Problem]
    tallies: dict[str, int]
    ignored: tuple[str, ...]


def take(name: str) -> Taken:
    if not (REAL / name).is_dir():
        pytest.skip("the real archives are not here")
    opened = identify(open_archive(REAL / name))
    assert opened.importer.name == "twitter"
    facts = opened.facts
    values = list(opened.records())
    return Taken(
        opened.archive,
        facts,
        [value for value in values if isinstance(value, Record)],
        [value for value in values if isinstance(value, Problem)],
        {value.unit: value.read for value in values if isinstance(value, Tally)},
        (*opened.importer.ignored, *COMMON_IGNORED),
    )


@pytest.mark.parametrize("name", REAL_ARCHIVES)
def test_a_real_archive_gives_exactly_what_its_files_hold(name: str) -> None:
    expected, taken = REAL_ARCHIVES[name], take(name)
    assert Counter(record.kind.value for record in taken.records) == Counter(expected.kinds)
    assert tuple((problem.member, problem.code) for problem in taken.problems) == expected.problems
    read: Counter[str] = Counter()
    for unit, number in taken.tallies.items():
        read["months" if unit.startswith("data/js/tweets/") else unit] += number
    assert +read == Counter(expected.read)
    assert sum(len(record.folded) for record in taken.records) == expected.folded
    assert sum(record.version_order > 0 for record in taken.records) == expected.versions
    short = tuple(sorted(unit for unit, number in taken.facts.counts.items() if taken.tallies.get(unit) != number))
    assert short == expected.shortfall


@pytest.mark.parametrize("name", REAL_ARCHIVES)
def test_every_member_of_a_real_archive_is_accounted_for(name: str) -> None:
    expected, taken = REAL_ARCHIVES[name], take(name)
    attached = {attachment.member for record in taken.records for attachment in record.attachments}
    rest = [
        member
        for member in taken.archive.names
        if member not in taken.archive.opened | attached and not any(fnmatch.fnmatchcase(member, pattern) for pattern in taken.ignored)
    ]
    assert tuple(rest) == expected.unknown


@pytest.mark.parametrize("name", REAL_ARCHIVES)
def test_every_place_of_a_real_archive_leads_to_the_raw_item(name: str) -> None:
    taken = take(name)
    whole = {member: taken.archive.read(member) for member in {record.place.member for record in taken.records}}
    for record in taken.records:
        place = record.place
        assert whole[place.member][place.start : place.start + place.length] == record.raw
        if not place.member.endswith(".csv"):
            json.loads(record.raw)


@pytest.mark.parametrize("name", [name for name in REAL_ARCHIVES if "2013" in name])
def test_the_expectations_for_the_months_are_what_json_alone_says(name: str) -> None:
    items = [item for path in sorted((real(name) / "data/js/tweets").glob("*.js")) for item in json_of(path)]
    first = {item["id_str"]: item for item in reversed(items)}
    assert len(items) == REAL_ARCHIVES[name].read["months"]
    assert len(items) - len(first) == REAL_ARCHIVES[name].folded
    assert Counter(kind_of(item) for item in first.values()) == Counter(REAL_ARCHIVES[name].kinds)


@pytest.mark.parametrize("name", [name for name in REAL_ARCHIVES if "2013" in name and "ditto" not in name])
def test_posts_of_the_months_and_of_the_table_are_the_same(name: str) -> None:
    """The csv module reads the same table; each of its posts is a record with the t.co addresses of the table."""
    with (real(name) / "tweets.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["tweet_id"]: row for row in csv.DictReader(stream)}
    taken = take(name)
    assert len(rows) == taken.tallies["tweets.csv"]
    records = {record.native_id: record for record in taken.records}
    assert not set(rows) - set(records)
    for number, row in rows.items():
        record = records[number]
        assert (record.kind.value == "repost") >= bool(row["retweeted_status_id"])
        assert record.parent_id == row["in_reply_to_status_id"]
        assert record.posted
        assert record.posted.utc
        assert record.posted.utc.strftime("%Y-%m-%d %H:%M:%S +0000") == row["timestamp"]


@pytest.mark.parametrize("name", [name for name in REAL_ARCHIVES if "2013" in name])
def test_every_address_that_x_expanded_is_expanded_in_the_text_and_in_the_links(name: str) -> None:
    records = {record.native_id: record for record in take(name).records}
    for path in sorted((REAL / name / "data/js/tweets").glob("*.js")):
        for item in json_of(path):
            if "retweeted_status" in item:
                continue
            record = records[item["id_str"]]
            for link in item["entities"]["urls"]:
                assert link["url"] in record.short_links
                assert link["expanded_url"] in record.links
                assert link["expanded_url"] in record.text
                assert link["url"] not in record.text
            for medium in item["entities"].get("media", []):
                assert medium["url"] not in record.text
                if "extended_entities" not in item:  # which name the film where the other list has its first picture
                    assert medium["media_url_https"].rpartition("/")[2] in {attachment.name for attachment in record.attachments}


def test_the_edited_post_and_the_long_post_of_the_current_form_are_joined() -> None:
    taken = take("twitter_2022-now/SYNTHETIC__current_form")
    edited = [record for record in taken.records if record.native_id == "1642134715152465921"]
    assert [(record.version_order, record.text) for record in edited] == [
        (0, "Office closed Monday April 2."),
        (1, "Office closed Monday April 3."),
    ]
    (long,) = [record for record in taken.records if record.native_id == "1636094917392465927"]
    assert long.text.endswith("Contact records@example.org <24 hours> for questions. #SunshineLaw")
    assert [place.member for place in long.folded] == ["data/note-tweet.js"]


def test_the_handle_of_an_edited_account_file_is_taken_from_the_manifest() -> None:
    facts = take("twitter_2022-now/ethereumclassic__old-tweets").facts
    assert (facts.account.native_id, facts.account.handle) == ("759252279862104064", "Ergo_Platform")
    assert facts.counts["data/tweets.js"] == 8074


def real(name: str) -> Path:
    if not (REAL / name).is_dir():
        pytest.skip("the real archives are not here")
    return REAL / name


def json_of(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    items: list[dict[str, Any]] = json.loads(text[text.index("=") + 1 :])
    return items


def kind_of(item: dict[str, Any]) -> str:
    text = item.get("full_text") or item.get("text") or ""
    if "retweeted_status" in item or (text.startswith("RT @") and text[4:].split(":")[0].replace("_", "a").isalnum() and ":" in text):
        return "repost"
    return "reply" if item.get("in_reply_to_status_id") or item.get("in_reply_to_user_id") else "post"
