"""Exact counts over real archives, if available; they are not part of the repository."""

from __future__ import annotations

import json
import re
from collections import Counter
from fnmatch import fnmatchcase
from html import unescape
from pathlib import Path

import pytest

from indexer.evidence.archive import Archive, open_archive
from indexer.importers import identify
from indexer.importers.instagram import InstagramImporter
from indexer.record import Problem, Record, TimeRule
from tests.support.builders import REAL

AGENCY = REAL / "instagram_html_2025" / "AkbarSkuyyy__instagram-imigrasi-sampit"
UTRECHT = REAL / "instagram_json_2020" / "UtrechtUniversity__anonymize-ddp"
SYNTHETIC = REAL / "instagram_json_SYNTHETIC"

COUNTS: dict[Path, dict[str, int]] = {
    AGENCY: {"post": 102, "story": 452, "reel": 130, "comment": 524, "photo": 1, "video": 1},
    UTRECHT / "insta4dummy.zip": {"post": 38, "story": 26, "photo": 3, "comment": 13, "message": 125, "like": 44},
    UTRECHT / "insta4dummy_20201105": {"post": 38, "story": 26, "photo": 3, "comment": 13, "message": 125, "like": 44},
    SYNTHETIC / "layout_2021": {"post": 3, "comment": 1},
    SYNTHETIC / "layout_2023": {"post": 3, "comment": 1},
    SYNTHETIC / "layout_2024": {"post": 3, "comment": 1, "reel": 1, "story": 1},
    SYNTHETIC / "layout_2024_es": {"post": 3, "comment": 1},
}


def read(path: Path) -> tuple[Archive, list[Record], list[Problem]]:
    if not path.exists():
        pytest.skip("the real archives are not here")
    identified = identify(open_archive(path))
    assert identified.importer.name == "instagram"
    values = list(identified.records())
    return identified.archive, [v for v in values if isinstance(v, Record)], [v for v in values if isinstance(v, Problem)]


@pytest.mark.parametrize("path", COUNTS, ids=lambda path: path.name)
def test_a_real_archive_gives_exactly_these_records_and_no_problem(path: Path) -> None:
    archive, records, problems = read(path)
    assert Counter(record.kind.value for record in records) == COUNTS[path]
    assert problems == []
    assert all(record.posted for record in records)
    assert len({(record.kind, record.native_id) for record in records}) == len(records)
    ignored = InstagramImporter.ignored
    unknown = [n for n in archive.names if n not in archive.opened and not any(fnmatchcase(n, pattern) for pattern in ignored)]
    assert unknown == []


def test_the_agency_has_every_section_with_the_counts_of_its_pages() -> None:
    archive, records, _ = read(AGENCY)
    read_here = Counter(record.place.member for record in records)
    folder = "your_instagram_activity/"
    assert dict(read_here) == {
        folder + "media/posts_1.html": 87,
        folder + "media/stories.html": 452,
        folder + "media/reels.html": 130,
        folder + "media/archived_posts.html": 4,
        folder + "media/recently_deleted_content.html": 11,
        folder + "media/other_content.html": 1,
        folder + "media/profile_photos.html": 1,
        folder + "comments/post_comments_1.html": 511,
        folder + "comments/hype.html": 13,
    }
    for member, count in read_here.items():
        assert archive.read(member).count(b'<div class="pam ') == count
    assert Counter(record.extra.get("state", "") for record in records)["archived"] == 4
    assert Counter(record.extra.get("state", "") for record in records)["recently deleted"] == 11


def test_the_agencys_insights_are_all_folded_into_posts() -> None:
    _, records, _ = read(AGENCY)
    folded = [(record.place.member, place) for record in records for place in record.folded]
    assert len(folded) == 50
    assert {member for member, _ in folded} == {"your_instagram_activity/media/posts_1.html"}
    assert sorted(place.index for _, place in folded) == list(range(50))


def test_the_agencys_captions_and_comments_are_those_of_its_pages() -> None:
    archive, records, _ = read(AGENCY)
    by_member: dict[str, list[Record]] = {}
    for record in records:
        by_member.setdefault(record.place.member, []).append(record)
    words = 0
    for member, found in by_member.items():
        source = archive.read(member).decode()
        cut = re.split(r'<div class="pam [^"]*">', source)[1:]
        assert len(cut) == len(found)
        for text, record in zip(cut, found, strict=True):
            heading = re.search(r'<h2 class="[^"]*_a6-h[^"]*">(.*?)</h2>', text, re.DOTALL)
            match = heading or re.search(r">Comment<div><div>(.*?)</div></div></td>", text, re.DOTALL)
            assert " ".join(record.text.split()) == (" ".join(unescape(match[1]).split()) if match else "")
            date = re.search(r'(?:_a6-o|_a6_r)">([^<]+)</', text)
            assert date is not None
            assert record.posted is not None
            assert record.posted.written == date[1]
            assert record.posted.rule is TimeRule.INSTAGRAM_FIXED
            media = set(re.findall(r'(?:src|href)="(media/[^"]+)"', text))
            assert {attachment.name for attachment in record.attachments} == {uri.rsplit("/", 1)[-1] for uri in media}
            words += len(record.text)
    assert words > 130_000


def test_zip_and_folder_of_utrecht_give_the_same_records() -> None:
    _, zipped, _ = read(UTRECHT / "insta4dummy.zip")
    _, unpacked, _ = read(UTRECHT / "insta4dummy_20201105")
    assert zipped == unpacked


def test_every_item_of_utrechts_files_is_a_record() -> None:
    archive, records, _ = read(UTRECHT / "insta4dummy_20201105")
    media = json.loads(archive.read("media.json"))
    captions = Counter(
        (record.posted.written if record.posted else "", record.text) for record in records if record.place.member == "media.json"
    )
    assert captions == Counter((item["taken_at"], item.get("caption", "")) for section in media.values() for item in section)
    comments = [
        (record.posted.written if record.posted else "", record.text, record.extra["media_owner"])
        for record in records
        if record.kind == "comment"
    ]
    assert comments == [tuple(item) for item in json.loads(archive.read("comments.json"))["media_comments"]]
    messages = [line for thread in json.loads(archive.read("messages.json")) for line in thread["conversation"]]
    found = [record for record in records if record.kind == "message"]
    assert [json.loads(record.raw) for record in found] == messages
    assert [(record.author, (line.get("text") or "") in record.text) for record, line in zip(found, messages, strict=True)] == [
        (line["sender"], True) for line in messages
    ]
    assert sum(len(line.get("likes", [])) for line in messages) + 33 + 2 == sum(record.kind == "like" for record in records)
