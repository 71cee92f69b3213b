"""X archives: identification, the facts they state, and damage."""

from __future__ import annotations

import fnmatch
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.evidence.archive import open_archive
from indexer.importers import NotIdentified, identify
from indexer.importers.twitter import TwitterImporter
from indexer.importers.twitter.times import parse_time
from indexer.record import Problem, RecordKind, TimeRule
from tests.support.builders import CASES, folder_of, values, zip_folder
from tests.support.platforms.twitter import ACCOUNT, codes, records, results, tallies, ytd

POST = {"id_str": "1613030502611025920", "created_at": "Wed Jan 11 04:30:15 +0000 2023", "full_text": "Shelter opens at six."}


@pytest.mark.parametrize(
    "files",
    [
        {"tweet.js": ytd("tweet", [POST])},
        {"data/tweets.js": ytd("tweets", [{"tweet": POST}])},
        {"data/manifest.js": 'window.__THAR_CONFIG = {"dataTypes":{}}'},
        {"data/direct-messages.js": ytd("direct_messages", [])},
        {"data/js/tweets/2015_06.js": "Grailbird.data.tweets_2015_06 = \n[ ]"},
        {"tweets.csv": '"tweet_id","in_reply_to_status_id","in_reply_to_user_id","timestamp","source","text"\n'},
        {"data/tweets.js": "\ufeff" + ytd("tweets", [{"tweet": POST}])},
    ],
)
def test_an_archive_is_known_by_how_its_files_begin(tmp_path: Path, files: dict[str, bytes | str]) -> None:
    assert identify(open_archive(folder_of(files, tmp_path / "archive"))).importer.name == "twitter"


@pytest.mark.parametrize(
    "files",
    [
        {"followers_and_following/following.json": '{"relationships_following":[]}'},
        {"data/tweets.js": "export default []"},
        {"tweets.csv": "name,amount\nwater,12\n"},
        {"following.js": "const following = [];"},
        {"data/js/tweets/2015_06.js": "[]"},
    ],
)
def test_names_alone_do_not_make_an_x_archive(tmp_path: Path, files: dict[str, bytes | str]) -> None:
    archive = open_archive(folder_of(files, tmp_path / "archive"))
    assert not TwitterImporter().identify(archive)
    with pytest.raises(NotIdentified, match=r"window\.YTD"):
        identify(archive)


def test_identifying_asks_for_no_member() -> None:
    archive = open_archive(CASES / "twitter" / "tweets_js_2024" / "archive")
    assert TwitterImporter().identify(archive)
    assert not archive.opened


def is_ignored(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in TwitterImporter.ignored)


@pytest.mark.parametrize(
    "name",
    [
        "data/tweets.js",
        "data/tweets-part12.js",
        "tweet.js",
        "data/new-thing.js",
        "data/tweets_media/1-a.jpg",
        "data/csv/x.txt",
        "notes.txt",
        "my/ad-list.js",
    ],
)
def test_what_holds_records_or_is_unknown_is_never_ignored(name: str) -> None:
    assert not is_ignored(name)


@pytest.mark.parametrize(
    "name",
    [
        "data/block.js",
        "block.js",
        "data/ad-impressions-part3.js",
        "data/follower-part1.js",
        "assets/fonts/a.woff",
        "data/moments_media/1-a.jpg",
    ],
)
def test_known_members_without_records_are_ignored_with_a_reason(name: str) -> None:
    reasons = [why for pattern, why in TwitterImporter.ignored.items() if fnmatch.fnmatchcase(name, pattern)]
    assert reasons
    assert all(len(why) > 10 for why in reasons)


def test_x_counts_are_compared_in_its_own_units() -> None:
    archive = open_archive(CASES / "twitter" / "tweets_js_2024" / "archive")
    importer = TwitterImporter()
    assert importer.facts(archive).counts == tallies(values(importer, archive))


def test_a_file_that_x_counted_and_that_is_not_there_is_a_problem_and_a_shortfall(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "data/manifest.js": "window.__THAR_CONFIG = "
        + json.dumps(
            {
                "userInfo": {"accountId": "455", "userName": "CedarFordMO", "displayName": "Cedar Ford"},
                "archiveInfo": {"generationDate": "2024-01-02T00:00:00.000Z", "isPartialArchive": True},
                "dataTypes": {
                    "tweets": {"files": [{"fileName": "data/tweets.js", "count": "8074"}]},
                    "app": {"files": [{"fileName": "data/app.js", "count": "3"}]},
                    "moment": {"files": [{"fileName": "data/moment.js", "count": "0"}]},
                },
            }
        )
    }
    output = results(tmp_path, files)
    facts = TwitterImporter().facts(open_archive(tmp_path / "archive"))
    assert codes(output) == ["declared-missing", "declared-missing"]
    assert facts.counts == {"data/tweets.js": 8074}
    assert tallies(output) == {"data/tweets.js": 0}
    assert facts.is_partial
    assert facts.exported
    assert facts.exported.utc == datetime(2024, 1, 2, tzinfo=UTC)
    assert facts.kinds == frozenset()


def test_an_account_file_that_a_person_edited_is_reported_and_the_manifest_is_believed(tmp_path: Path) -> None:
    edited = 'window.YTD.account.part0 = [\n  {\n    account: {\n      username: "old_name",\n      accountId: "455",\n    },\n  },\n];\n'
    manifest = 'window.__THAR_CONFIG = {"userInfo":{"accountId":"455","userName":"NewName","displayName":"New"}};'
    output = results(
        tmp_path, {"data/account.js": edited, "data/manifest.js": manifest, "data/tweets.js": ytd("tweets", [{"tweet": POST}])}
    )
    assert codes(output) == ["account-not-read"]
    assert records(output)[0].author == "NewName"


def test_an_edited_account_file_is_still_believed_when_nothing_else_names_the_account(tmp_path: Path) -> None:
    edited = "window.YTD.account.part0 = [ { account: { username: 'old_name', accountId: '455', }, }, ];"
    output = results(tmp_path, {"account.js": edited, "tweet.js": ytd("tweet", [POST])})
    assert (records(output)[0].author, records(output)[0].author_id) == ("old_name", "455")
    assert codes(output) == ["account-not-read"]


def test_without_metadata_files_the_address_of_an_own_picture_gives_the_handle(tmp_path: Path) -> None:
    own = POST | {
        "entities": {
            "media": [{"url": "https://t.co/a", "expanded_url": f"https://twitter.com/CedarFordMO/status/{POST['id_str']}/photo/1"}]
        }
    }
    other = POST | {
        "id_str": "1613030502611025999",
        "entities": {"media": [{"expanded_url": "https://twitter.com/Somebody/status/5/photo/1"}]},
    }
    archive = open_archive(folder_of({"tweet.js": ytd("tweet", [other, own])}, tmp_path / "archive"))
    assert TwitterImporter().facts(archive).account.handle == "CedarFordMO"


def test_a_handle_that_nobody_knows_gives_addresses_that_work_all_the_same(tmp_path: Path) -> None:
    output = results(tmp_path, {"tweet.js": ytd("tweet", [POST])})
    assert records(output)[0].url == "https://x.com/i/status/1613030502611025920"
    assert TwitterImporter().facts(open_archive(tmp_path / "archive")).account.native_id == "archive"


@pytest.mark.parametrize(
    ("case", "form"),
    [
        ("months_2013", "2013 to 2019"),
        ("months_2016", "2013 to 2019"),
        ("table_only", "2013 to 2019 (only the table"),
        ("root_2018", "2018 to 2019"),
        ("tweet_js_2021", "2019 to 2022"),
        ("tweets_js_2024", "2022 to now"),
    ],
)
def test_the_form_and_what_it_cannot_contain_are_described_in_words(case: str, form: str) -> None:
    facts = TwitterImporter().facts(open_archive(CASES / "twitter" / case / "archive"))
    assert facts.form.startswith(form)
    assert "other people wrote under" in facts.cannot_contain[0]
    assert any("retweet" in line for line in facts.cannot_contain) == case.startswith(("root", "tweet"))
    assert (RecordKind.MESSAGE in facts.kinds) == (case in {"root_2018", "tweets_js_2024"})


def test_a_cut_file_keeps_every_whole_post_before_the_cut(tmp_path: Path) -> None:
    posts = [{"tweet": POST | {"id_str": str(1000 + number)}} for number in range(50)]
    whole = ytd("tweets", posts)
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": whole[: whole.index('"1042"') + 3]})
    assert [record.native_id for record in records(output)] == [str(1000 + number) for number in range(42)]
    assert codes(output) == ["json-cut"]
    assert tallies(output) == {"data/tweets.js": 42}


def test_a_file_in_another_encoding_is_a_problem_and_not_an_empty_archive(tmp_path: Path) -> None:
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": POST}]).encode("utf-16")})
    assert codes(output) == ["json-encoding"]


def test_single_bytes_in_another_encoding_cost_a_letter_and_not_the_post(tmp_path: Path) -> None:
    text = (
        ytd("tweets", [{"tweet": POST | {"full_text": "CAFE opens"}}, {"tweet": POST | {"id_str": "7"}}])
        .encode()
        .replace(b"CAFE", b"Caf\xe9")
    )
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": text})
    assert [record.text for record in records(output)] == ["Caf\ufffd opens", "Shelter opens at six."]
    assert codes(output) == ["bad-text"]
    assert b"Caf\xe9" in records(output)[0].raw


@pytest.mark.parametrize("half", [r"\ud83d", r"\ude97", r"\ud83d\ud83d\ude97", r"\\\ud83d"])
def test_half_a_surrogate_pair_costs_a_letter_and_not_the_post(tmp_path: Path, half: str) -> None:
    text = ytd("tweets", [{"tweet": POST | {"full_text": "HALF of a car"}}]).replace("HALF", half)
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": text})
    assert [record.text.endswith(" of a car") for record in records(output)] == [True]
    assert "\ufffd" in records(output)[0].text
    assert codes(output) == ["bad-text"]


def test_an_item_that_is_no_post_is_a_problem_and_the_others_are_kept(tmp_path: Path) -> None:
    output = results(
        tmp_path,
        {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": {"id_str": 5.5}}, 7, {"tweet": POST}, {"other": {}}, {}])},
    )
    assert [record.text for record in records(output)] == ["Shelter opens at six."]
    assert [(value.code, value.index) for value in output if isinstance(value, Problem)] == [
        ("bad-item", 0),
        ("bad-item", 1),
        ("bad-item", 3),
        ("bad-item", 4),
    ]
    assert tallies(output) == {"data/tweets.js": 1}


def test_a_post_with_broken_entities_keeps_its_words(tmp_path: Path) -> None:
    output = results(
        tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": POST | {"entities": "none", "lang": "en"}}])}
    )
    assert [(record.text, record.language, record.native_id) for record in records(output)] == [
        ("Shelter opens at six.", "en", POST["id_str"])
    ]
    assert codes(output) == ["bad-item"]


@pytest.mark.parametrize(
    "written", ["Sat Mar 44 12:00:00 +0000 2023", "yesterday", "", None, "Foo Xxx 01 12:00:00 +0000 2023", "99999999999999999999"]
)
def test_a_post_with_an_invalid_date_is_kept_without_one(tmp_path: Path, written: str | None) -> None:
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": POST | {"created_at": written}}])})
    assert [(record.text, record.posted) for record in records(output)] == [("Shelter opens at six.", None)]
    assert codes(output) == ["bad-date"]
    assert records(output)[0].extra.get("date_as_written", "") == (written or "")


@pytest.mark.parametrize(
    ("written", "utc", "rule"),
    [
        ("Wed Aug 29 20:21:02 +0000 2018", datetime(2018, 8, 29, 20, 21, 2, tzinfo=UTC), TimeRule.UTC),
        ("Wed Aug 29 20:21:02 -0500 2018", datetime(2018, 8, 30, 1, 21, 2, tzinfo=UTC), TimeRule.PRINTED_ZONE),
        ("2015-08-18 14:56:30 +0000", datetime(2015, 8, 18, 14, 56, 30, tzinfo=UTC), TimeRule.UTC),
        ("2022-10-11T03:33:17.295Z", datetime(2022, 10, 11, 3, 33, 17, 295000, tzinfo=UTC), TimeRule.UTC),
        ("2022-10-11T03:33:17Z", datetime(2022, 10, 11, 3, 33, 17, tzinfo=UTC), TimeRule.UTC),
        ("1533081600000", datetime(2018, 8, 1, tzinfo=UTC), TimeRule.EPOCH),
        ("1533081600", datetime(2018, 8, 1, tzinfo=UTC), TimeRule.EPOCH),
    ],
)
def test_times_are_read_in_every_way_that_x_writes_them(written: str, utc: datetime, rule: TimeRule) -> None:
    moment = parse_time(written)
    assert (moment.utc, moment.rule, moment.written) == (utc, rule, written)


def test_an_archive_that_was_cut_inside_of_its_zip_is_reported(tmp_path: Path) -> None:
    path = zip_folder(
        folder_of({"data/account.js": ACCOUNT, "data/tweets.js": ytd("tweets", [{"tweet": POST}] * 3)}, tmp_path / "a"), tmp_path / "a.zip"
    )
    data = bytearray(path.read_bytes())
    at = data.index(b"data/tweets.js") + len(b"data/tweets.js") + 40
    data[at : at + 12] = b"\xff" * 12
    path.write_bytes(data)
    output = values(TwitterImporter(), open_archive(path))
    assert "member-damaged" in codes(output) or "json-cut" in codes(output)


@pytest.mark.parametrize("separator", [",", ",\n  "])
@pytest.mark.parametrize(
    "item",
    [
        '{"tweet":{"id_str":"1","full_text":"x","odd":DEEP}}',
        '{"tweet":{"id_str":"1","entities":DEEP}}',
        "DEEP",
    ],
)
def test_an_item_nested_without_end_costs_itself_only(tmp_path: Path, item: str, separator: str) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    good = [json.dumps({"tweet": POST | {"id_str": str(number)}}) for number in (5, 6, 7)]
    text = separator.join([good[0], item.replace("DEEP", deep), *good[1:]])
    output = results(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": f"window.YTD.tweets.part0 = [ {text} ]"})
    assert [record.native_id for record in records(output)] == ["5", "6", "7"]
    assert codes(output) == ["bad-item"]
