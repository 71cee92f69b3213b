"""Taking an archive into custody: whole or not at all, every member accounted for, nothing twice, nothing lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from indexer import progress
from indexer.catalog.tables import captures, records, sightings, versions
from indexer.custody import indexing, verify
from indexer.custody.indexing import rebuild
from indexer.custody.ingest import IngestFailed, IngestReport, ingest, recover
from indexer.evidence.archive import ArchiveError
from indexer.evidence.fixity import Finding
from indexer.importers import NotIdentified
from indexer.progress import Progress
from indexer.query.filters import Filters, Permission
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import folder_of, zip_files
from tests.support.repositories import repository_at, tweet, x_files, x_zip

ingest_module = import_module("indexer.custody.ingest")  # by name: the package exports a function or table of the same name

ROOT = Path(__file__).parents[3]
POSTS = [
    tweet(number, f"Council notice {number} about the #flood", f"Wed Jul {number % 28 + 1:02} 18:00:00 +0000 2018") for number in range(40)
]


def take(repository: Repository, *paths: Path, **more: Any) -> IngestReport:
    return ingest(repository, list(paths), taken_by="Pat Custodian", source="test", **more)


def found(repository: Repository, query: str = "*") -> list[str]:
    return [hit.view.content.text for hit in Plan(repository, SearchRequest(query, limit=500)).page().records]


def test_an_archive_becomes_records_that_can_be_found(repository: Repository, tmp_path: Path) -> None:
    report = take(repository, x_zip(tmp_path / "x.zip", POSTS))
    view = report.capture
    assert (view.records, view.versions, view.sightings, view.problems) == (40, 40, 40, 0)
    assert (view.members_read, view.members_ignored, view.members_unknown) == (3, 0, 0)
    assert view.went_well
    assert len(found(repository, "flood")) == 40
    assert found(repository, '"notice 17"') == ["Council notice 17 about the #flood"]
    assert [event.tag for event in repository.audit.newest()] == ["capture:taken"]


def test_the_evidence_is_read_only_and_bit_for_bit_the_same(repository: Repository, tmp_path: Path) -> None:
    source = x_zip(tmp_path / "x.zip", POSTS)
    digest = take(repository, source).capture.digest
    kept = repository.vault.path(digest)
    assert kept.read_bytes() == source.read_bytes()
    assert kept.stat().st_mode & 0o222 == 0
    assert verify.verify(repository, "Pat").findings == ()


def test_every_record_leads_back_to_its_exact_bytes(repository: Repository, tmp_path: Path) -> None:
    take(repository, x_zip(tmp_path / "x.zip", POSTS))
    for view in repository.catalog.stream(range(1, 41)):
        raw = repository.raw(view.origin)
        assert json.loads(raw)["tweet"]["id_str"] == view.native_id
        assert len(raw) == view.origin.length


def test_zip_parts_folder_and_folder_inside_a_folder_give_the_same_records(tmp_path: Path) -> None:
    files = x_files(POSTS)
    shapes = [
        [zip_files(files, tmp_path / "one.zip")],
        [zip_files({name: content}, tmp_path / f"part-{number}.zip") for number, (name, content) in enumerate(files.items())],
        [folder_of(files, tmp_path / "folder")],
        [folder_of({f"twitter-2023/{name}": content for name, content in files.items()}, tmp_path / "outer")],
        [zip_files({f"a/b/{name}": content for name, content in files.items()}, tmp_path / "deep.zip")],
    ]
    answers = []
    for number, paths in enumerate(shapes):
        repository = repository_at(tmp_path / f"data-{number}")
        take(repository, *paths)
        views = list(repository.catalog.stream(range(1, 100)))
        answers.append([(view.record_id, view.content.text, view.content_digest) for view in views])
        assert all(json.loads(repository.raw(view.origin)) for view in views)
        repository.close()
    assert len(answers[0]) == 40
    assert all(answer == answers[0] for answer in answers)


def test_the_same_archive_twice_is_said_and_changes_nothing(repository: Repository, tmp_path: Path) -> None:
    source = x_zip(tmp_path / "x.zip", POSTS)
    first = take(repository, source)
    copy = shutil.copy(source, tmp_path / "renamed.zip")
    again = take(repository, Path(copy))
    assert again.already_captured
    assert again.capture == first.capture
    assert len(repository.catalog.captures()) == 1
    assert repository.audit.newest(1)[0].tag == "capture:repeated"


def test_a_later_archive_sights_changes_and_misses(repository: Repository, tmp_path: Path) -> None:
    take(repository, x_zip(tmp_path / "first.zip", POSTS, generated="2022-01-01T00:00:00.000Z"))
    later = [*POSTS[2:], tweet(100, "New in the second archive", "Tue Mar 01 18:00:00 +0000 2022")]
    later[0] = {**later[0], "full_text": "Council notice 2, corrected"}
    view = take(repository, x_zip(tmp_path / "second.zip", later, generated="2023-01-01T00:00:00.000Z")).capture
    assert (view.records, view.versions, view.sightings, view.absent) == (1, 2, 39, 2)
    corrected = repository.catalog.record("twitter:4411220099:post:1000000000000000002")
    assert corrected is not None
    assert (corrected.content.text, corrected.version, corrected.versions) == ("Council notice 2, corrected", 2, 2)
    assert [one.content.text for one in repository.catalog.versions(corrected.pk)] == [
        "Council notice 2 about the #flood",
        "Council notice 2, corrected",
    ]
    assert len(repository.catalog.sightings(corrected.pk)) == 2
    gone = repository.catalog.record("twitter:4411220099:post:1000000000000000000")
    assert gone is not None
    assert [day.isoformat() for day in gone.not_in_capture_of] == ["2023-01-01"]
    assert found(repository, '"notice 2"') == ["Council notice 2, corrected"]
    earlier = Plan(repository, SearchRequest('"notice 2 about"')).page().records
    assert [(hit.view.version, hit.version) for hit in earlier] == [(2, 1)]
    assert [piece for piece, hit in earlier[0].snippet if hit] == ["notice", "2", "about"]
    assert len(found(repository)) == 41


def test_the_words_of_a_quoted_post_are_found(repository: Repository, tmp_path: Path) -> None:
    quoting = tweet(1, "Look at this", quoted_status=tweet(2, "Heron Creek is above flood stage"))
    take(repository, x_zip(tmp_path / "x.zip", [quoting]))
    assert found(repository, '"flood stage"') == ["Look at this"]


def test_a_repost_keeps_the_longer_of_its_own_and_a_cut_original_text(repository: Repository, tmp_path: Path) -> None:
    cut = tweet(2, "The council meets on", truncated=True, user={"screen_name": "Neighbour", "id_str": "5"})
    take(repository, x_zip(tmp_path / "x.zip", [tweet(1, "RT @Neighbour: The council meets on Tuesday at seven", retweeted_status=cut)]))
    assert found(repository) == ["RT @Neighbour: The council meets on Tuesday at seven"]


def test_a_like_whose_words_are_gone_is_sighted_not_changed(repository: Repository, tmp_path: Path) -> None:
    for number, like in enumerate([{"fullText": "Pancake breakfast on Saturday"}, {}, {"fullText": "Pancake breakfast on Saturday"}]):
        likes = "window.YTD.like.part0 = " + json.dumps(
            [{"like": {"tweetId": "77", "expandedUrl": "https://x.com/i/web/status/77", **like}}]
        )
        files = {**x_files(POSTS[:1], generated=f"202{number}-01-01T00:00:00.000Z"), "data/like.js": likes}
        take(repository, zip_files(files, tmp_path / f"{number}.zip"))
    view = repository.catalog.record("twitter:4411220099:like:77")
    assert view is not None
    assert (view.content.text, view.versions, len(repository.catalog.sightings(view.pk))) == ("Pancake breakfast on Saturday", 1, 3)


def test_an_older_archive_taken_in_later_does_not_turn_the_clock_back(repository: Repository, tmp_path: Path) -> None:
    new = [{**POSTS[0], "full_text": "As it reads now"}]
    take(repository, x_zip(tmp_path / "new.zip", new, generated="2023-01-01T00:00:00.000Z"))
    take(repository, x_zip(tmp_path / "old.zip", POSTS[:1], generated="2022-01-01T00:00:00.000Z"))
    assert found(repository) == ["As it reads now"]
    view = repository.catalog.record("twitter:4411220099:post:1000000000000000000")
    assert view is not None
    assert view.versions == 2
    assert not view.not_in_capture_of


def test_a_shortfall_against_the_platforms_own_count_is_kept_and_shown(repository: Repository, tmp_path: Path) -> None:
    view = take(repository, x_zip(tmp_path / "x.zip", POSTS, declared=43)).capture
    short = [row for row in view.reconciliation if row.short]
    assert [(row.declared, row.read, row.short) for row in short] == [(43, 40, 3)]
    assert not view.went_well


def test_a_member_that_nobody_knows_is_a_problem_not_a_silence(repository: Repository, tmp_path: Path) -> None:
    view = take(repository, zip_files({**x_files(POSTS), "data/brand-new.js": "window.YTD.brand.part0 = []"}, tmp_path / "x.zip")).capture
    assert view.members_unknown == 1
    assert [(one.member, one.code) for one in repository.catalog.problems(view.id)] == [("data/brand-new.js", "unknown-member")]
    assert not view.went_well


def test_all_members_are_read_ignored_or_a_problem(repository: Repository, tmp_path: Path) -> None:
    files = {**x_files(POSTS), "data/ad-impressions.js": "x", "__MACOSX/data/._a": "x", ".DS_Store": "x", "what.bin": "x"}
    view = take(repository, zip_files(files, tmp_path / "x.zip")).capture
    assert view.members_read + view.members_ignored + view.members_unknown == len(files)
    assert (view.members_ignored, view.members_unknown) == (3, 1)
    assert all(reason for _, reason, _ in repository.catalog.ignored(view.id))


def test_a_json_cut_in_the_middle_keeps_what_came_before(repository: Repository, tmp_path: Path) -> None:
    files = x_files(POSTS)
    files["data/tweets.js"] = files["data/tweets.js"][: len(files["data/tweets.js"]) // 2]
    view = take(repository, zip_files(files, tmp_path / "x.zip")).capture
    assert 15 <= view.records < 40
    assert {one.code for one in repository.catalog.problems(view.id)} == {"json-cut"}
    assert view.is_short


def test_a_damaged_member_is_a_problem_and_the_rest_is_taken_in(repository: Repository, tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {**x_files(POSTS), "data/README.txt": "PLAIN-WORDS" * 20}.items():
            archive.writestr(name, content)
    path.write_bytes(path.read_bytes().replace(b"PLAIN-WORDS", b"PLAIN-WORMS", 1))
    view = take(repository, path).capture
    assert view.records == 40
    assert [one.code for one in repository.catalog.problems(view.id)] == ["member-damaged"]


@pytest.mark.parametrize("content", ["letter", "different platforms", "part"])
def test_what_cannot_be_identified_is_refused_and_nothing_is_written(repository: Repository, tmp_path: Path, content: str) -> None:
    files: dict[str, str] = {
        "letter": {"letter.txt": "Dear custodian"},
        "different platforms": {
            **x_files(POSTS),
            "your_instagram_activity/media/posts_1.json": '[{"media":[{"uri":"a.jpg","creation_timestamp":1,"title":"x"}]}]',
        },
        "part": {"data/tweets_media/1-a.jpg": "x"},
    }[content]
    with pytest.raises(NotIdentified, match="nothing was added"):
        take(repository, zip_files(files, tmp_path / "x.zip"))
    assert repository.vault.digests() == []
    assert list(repository.paths.staging.iterdir()) == []
    assert repository.catalog.captures() == []
    assert repository.audit.newest(1)[0].tag == "capture:refused"


def test_a_fault_of_an_importer_leaves_nothing_behind(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("a fault")

    monkeypatch.setattr(ingest_module, "member_outcomes", broken)
    with pytest.raises(IngestFailed, match="nothing was added"):
        take(repository, x_zip(tmp_path / "x.zip", POSTS))
    monkeypatch.undo()
    assert_empty(repository)
    assert take(repository, tmp_path / "x.zip").capture.records == 40


def assert_empty(repository: Repository) -> None:
    with repository.db.connect() as connection:
        for table in (captures, records, versions, sightings):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
    assert repository.vault.digests() == []
    assert repository.index.count() == 0


def test_verify_names_what_is_wrong(repository: Repository, tmp_path: Path) -> None:
    first = take(repository, x_zip(tmp_path / "1.zip", POSTS[:1])).capture.digest
    second = take(repository, x_zip(tmp_path / "2.zip", POSTS[:2])).capture.digest
    repository.vault.path(first).unlink()
    repository.vault.path(second).chmod(0o644)
    repository.vault.path(second).write_bytes(b"changed")
    (repository.paths.vault / "stranger").write_text("x")
    assert {(one.finding, one.name) for one in verify.verify(repository, "Pat").findings} == {
        (Finding.FILE_MISSING, "1.zip"),
        (Finding.CHECKSUM_MISMATCH, "2.zip"),
        (Finding.UNEXPECTED_FILE, "stranger"),
        (Finding.RAW_CHANGED, "capture 1"),
        (Finding.RAW_CHANGED, "capture 2"),
    }


def test_an_index_can_be_deleted_at_any_time(repository: Repository, tmp_path: Path) -> None:
    take(repository, x_zip(tmp_path / "x.zip", POSTS))
    before = found(repository, "council")
    repository.delete_index()
    assert Plan(repository, SearchRequest("council")).page().indexed == 0
    rebuild(repository, "Pat")
    assert found(repository, "council") == before


def test_a_large_archive_is_indexed_ahead_with_the_same_result(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "MIN_RECORDS", 5)
    monkeypatch.setattr(ingest_module, "BATCH", 7)
    take(repository, x_zip(tmp_path / "1.zip", POSTS[:30], generated="2022-01-01T00:00:00.000Z"))
    changed = [{**one, "full_text": one["full_text"] + " again"} for one in POSTS[20:]]
    take(repository, x_zip(tmp_path / "2.zip", changed, generated="2023-01-01T00:00:00.000Z"))
    questions = ("*", "again", '"notice 25" AND NOT again', "#flood", "has:edit", "council")
    ahead = [found(repository, question) for question in questions]
    assert (repository.index.position(), repository.index.count()) == (repository.catalog.position(), 40)
    rebuild(repository, "test")
    assert [found(repository, question) for question in questions] == ahead
    assert len(ahead[1]) == 20


def test_a_helper_that_dies_costs_nothing_but_time(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "MIN_RECORDS", 5)
    monkeypatch.setattr(ingest_module, "BATCH", 7)
    started = indexing.BackgroundIndexer._start

    def start_and_kill(self: indexing.BackgroundIndexer) -> None:
        started(self)
        assert self._writer is not None
        self._writer.process.kill()
        self._writer.process.wait()

    monkeypatch.setattr(indexing.BackgroundIndexer, "_start", start_and_kill)
    take(repository, x_zip(tmp_path / "x.zip", POSTS))
    assert repository.index.count() == 40


def test_an_archive_that_names_no_account_is_an_account_of_its_own(repository: Repository, tmp_path: Path) -> None:
    posts = '[{"media": [{"uri": "media/posts/a.jpg", "creation_timestamp": 1530727200, "title": "Pool opens"}]}]'
    files = {"your_instagram_activity/media/posts_1.json": posts}
    unnamed = take(repository, zip_files(files, tmp_path / "instagram-a.zip")).capture.account
    named = take(
        repository,
        zip_files({**files, "your_instagram_activity/media/stories.json": '{"ig_stories": []}'}, tmp_path / "b.zip"),
        account="parks",
    ).capture.account
    assert unnamed is not None
    assert named is not None
    assert (unnamed.handle, unnamed.name) == ("", "account not named in instagram-a.zip")
    assert (named.handle, named.native_id) == ("parks", "parks")
    with pytest.raises(ArchiveError, match="names its own account"):
        take(repository, x_zip(tmp_path / "x.zip", POSTS), account="somebody")


def test_an_account_is_found_only_by_who_may_see_it(repository: Repository, tmp_path: Path) -> None:
    take(repository, x_zip(tmp_path / "x.zip", POSTS))
    for allowed, expected in ((frozenset({1}), 40), (frozenset({2}), 0), (frozenset(), 0)):
        results = Plan(repository, SearchRequest("flood", Filters(permission=Permission(allowed, without_messages=False)))).page()
        assert results.total == expected
        assert sum(value.count for value in results.facets.get("kind", ())) == expected


def test_a_kill_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    source = x_zip(tmp_path / "x.zip", [tweet(number, f"Notice {number}") for number in range(12_000)])
    command = [sys.executable, "-m", "indexer", "--data", str(tmp_path / "data"), "ingest", str(source)]
    randomness = random.Random(1)  # noqa: S311  # moments to kill at, not secrets
    started = time.monotonic()
    subprocess.run([*command[:4], str(tmp_path / "whole"), *command[5:]], check=True, cwd=ROOT, capture_output=True)
    whole = time.monotonic() - started
    outcomes = set()
    for _ in range(6):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(randomness.uniform(0.2, 1.0) * whole)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        repository = repository_at(tmp_path / "data")
        try:
            recover(repository)
            held = repository.catalog.count()
            outcomes.add(held)
            assert held in {0, 12_000}
            assert repository.index.count() == held
            assert verify.verify(repository, "test").findings == ()
            assert len(repository.vault.digests()) == (1 if held else 0)
            assert list(repository.paths.staging.iterdir()) == []
            assert repository.audit.broken_at() is None
        finally:
            repository.close()
        if held:
            shutil.rmtree(tmp_path / "data")
    assert 0 in outcomes
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)


def test_an_error_for_people_says_that_the_evidence_is_safe(repository: Repository, tmp_path: Path) -> None:
    for path in (tmp_path / "absent.zip", zip_files({"../x": "x"}, tmp_path / "evil.zip")):
        with pytest.raises(ArchiveError, match="was not changed"):
            take(repository, path)


def test_progress_is_told_with_what_is_left(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "BATCH", 10)
    monkeypatch.setattr(progress, "_EVERY", 0)
    told: list[Progress] = []
    take(repository, x_zip(tmp_path / "x.zip", POSTS), progress=told.append)
    assert list(dict.fromkeys(progress.stage for progress in told)) == ["copying", "reading"]
    reading = [progress for progress in told if progress.stage == "reading"]
    assert [progress.done for progress in reading] == [10, 20, 30, 40]
    assert all(38 <= progress.total <= 44 for progress in reading)
    assert all(progress.seconds_left is not None for progress in reading)
