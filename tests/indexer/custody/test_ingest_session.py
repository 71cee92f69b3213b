"""Several archives in one session: each whole or not at all, the index never ahead of the catalog, wherever it is killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.catalog import CaptureWriter
from indexer.cli.main import main
from indexer.custody import Custody, IngestSession, group_parts, indexing, recover, verify
from indexer.evidence import ArchiveError
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.builders import zip_files
from tests.support.repositories import repository_at, tweet, x_files, x_zip

ROOT = Path(__file__).parents[3]
CUSTODY = Custody("Pat", "test")
COUNT, ARCHIVES = 30, 3


def archives(folder: Path) -> list[Path]:
    """Three archives of one account, each with 30 posts of its own and 10 of the archive before it, changed."""
    paths = []
    for number in range(ARCHIVES):
        posts = [tweet(number * COUNT + at, f"Notice {at} of archive {number} flood") for at in range(COUNT)]
        posts += [tweet((number - 1) * COUNT + at, f"Changed in {number} flood") for at in range(10) if number]
        paths.append(x_zip(folder / f"{number}.zip", posts, generated=f"202{number}-01-01T00:00:00.000Z"))
    return paths


def hits(repository: Repository, query: str = "*") -> list[tuple[str, str]]:
    page = Plan(repository, SearchRequest(query, limit=500)).page()
    return [(hit.view.record_id, hit.view.content.text) for hit in page.records]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the process for archives of any size."""
    monkeypatch.setattr(indexing, "MIN_BYTES", 0)


@pytest.mark.usefixtures("small")
def test_one_process_indexes_all_archives_as_a_process_each_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    original = indexing.BackgroundWriter
    monkeypatch.setattr(indexing, "BackgroundWriter", lambda *arguments: started.append(1) or original(*arguments))
    together, apart = repository_at(tmp_path / "together"), repository_at(tmp_path / "apart")
    with IngestSession(together) as session:
        for path in archives(tmp_path):
            assert session.take_in([path], CUSTODY).capture.went_well
    assert len(started) == 1
    assert together.index.position() == together.catalog.position()
    for path in archives(tmp_path):
        with IngestSession(apart) as session:
            session.take_in([path], CUSTODY)
    for query in ("*", "changed", "flood AND NOT changed", "is:edited", "is:absent"):
        assert hits(together, query) == hits(apart, query)
    assert len(hits(together)) == ARCHIVES * COUNT
    assert verify.verify(together, "test").findings == ()
    indexing.rebuild(together, "test")
    assert hits(together) == hits(apart)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("bad", range(ARCHIVES))
def test_an_archive_that_fails_stops_no_other_and_leaves_nothing(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    paths = archives(tmp_path)
    finish, calls = CaptureWriter.finish, 0

    def fail_once(writer: CaptureWriter, *arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == bad + 1:
            raise RuntimeError("a fault")
        finish(writer, *arguments)

    monkeypatch.setattr(CaptureWriter, "finish", fail_once)
    outcomes = []
    with IngestSession(repository) as session:
        for path in paths:
            try:
                session.take_in([path], CUSTODY)
                outcomes.append(True)
            except ArchiveError:
                outcomes.append(False)
    assert outcomes == [number != bad for number in range(ARCHIVES)]
    texts = [text for _, text in hits(repository)]
    assert not any(f"of archive {bad} " in text or f"Changed in {bad}" in text for text in texts)
    assert repository.index.count() == repository.catalog.count() == len(texts)
    assert verify.verify(repository, "test").findings == ()


KILLED = """
import os, signal, sys
from pathlib import Path
from indexer.custody import Custody, IngestSession, indexing
from indexer.catalog import CaptureWriter
from indexer.engines import BackgroundWriter
from indexer.repository import open_repository
indexing.MIN_BYTES = 0
owner, name, when, at = {"finish": (CaptureWriter, "finish"), "commit": (indexing.BackgroundIndexer, "commit"),
    "request": (BackgroundWriter, "commit"), "begin": (indexing.BackgroundIndexer, "begin"), "close": (BackgroundWriter, "close")}[
    sys.argv[2]] + (sys.argv[3], int(sys.argv[4]))
original, calls = getattr(owner, name), []
def killed(*arguments):
    calls.append(1)
    if when == "before" and len(calls) == at:
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*arguments)
    if when == "after" and len(calls) == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(owner, name, killed)
with IngestSession(open_repository(sys.argv[1])) as session:
    for path in sys.argv[5:]:
        session.take_in([Path(path)], Custody("Pat", "test"))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("step", "at"), [("begin", 2), ("finish", 1), ("finish", 2), ("commit", 2), ("request", 1), ("request", 3), ("close", 1)]
)
def test_a_kill_at_any_step_leaves_whole_archives_and_an_index_that_is_never_ahead(tmp_path: Path, step: str, when: str, at: int) -> None:
    paths = archives(tmp_path)
    data = tmp_path / "data"
    command = [sys.executable, "-c", KILLED, str(data), step, when, str(at), *map(str, paths)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode < 0
    repository = repository_at(data)
    with repository.writing():  # waits for the process that indexes: it has inherited the lock
        assert repository.index.position() <= repository.catalog.position()
        shown = {view.pk for view in repository.catalog.views(range(1, 1 + ARCHIVES * COUNT))}
        assert repository.index.count() <= len(shown)
    recover(repository)
    held = len(repository.catalog.captures())
    assert at - 1 <= held <= ARCHIVES
    assert repository.catalog.count() == held * COUNT == repository.index.count()
    assert verify.verify(repository, "test").findings == ()
    with IngestSession(repository) as session:
        for path in paths:
            session.take_in([path], CUSTODY)
    assert repository.index.count() == ARCHIVES * COUNT
    repository.close()


def test_the_files_of_a_killed_update_leave_the_index_when_it_is_recovered(tmp_path: Path) -> None:
    repository = repository_at(tmp_path / "data")
    with IngestSession(repository) as session:
        session.take_in([archives(tmp_path)[0]], CUSTODY)
    repository.close()
    managed = repository.index_folder / ".managed.json"
    leftover = f"{'f' * 32}.store"
    (repository.index_folder / leftover).write_bytes(b"a segment that was never committed")
    managed.write_text(json.dumps([*json.loads(managed.read_text()), leftover]))
    again = repository_at(tmp_path / "data")
    assert [finding.name for finding in verify.verify(again, "test").findings] == [leftover]
    recover(again)
    assert not (again.index_folder / leftover).exists()
    assert verify.verify(again, "test").findings == ()
    assert again.index.count() == COUNT
    again.close()


@pytest.mark.usefixtures("small")
def test_a_process_that_dies_between_two_archives_costs_nothing_but_time(repository: Repository, tmp_path: Path) -> None:
    with IngestSession(repository) as session:
        for number, path in enumerate(archives(tmp_path)):
            session.take_in([path], CUSTODY)
            if number == 0 and session._indexer and session._indexer._writer:
                session._indexer._writer.process.kill()
                session._indexer._writer.process.wait()
    assert repository.index.count() == ARCHIVES * COUNT


def test_the_command_takes_in_what_it_can_and_says_what_failed(tmp_path: Path) -> None:
    first, *_, last = archives(tmp_path)
    letter = zip_files({"letter.txt": "Dear custodian"}, tmp_path / "letter.zip")
    command = ["--data", str(tmp_path / "data"), "ingest", str(first), str(letter), str(last)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == f"2 of 3 archives taken in or already on file. Not taken in: {letter}."
    again = CliRunner().invoke(main, [*command, "--json"])
    shape = json.loads(again.output.splitlines()[-1])
    assert shape["failed"] == [str(letter)]
    assert [archive.get("already_captured") for archive in shape["archives"]] == [True, None, True]
    assert CliRunner().invoke(main, [*command[:3], str(first), str(last)]).exit_code == 0
    assert CliRunner().invoke(main, [*command[:3], str(first), str(last), "--account", "x"]).exit_code == 2


def test_paths_are_archives_of_their_own_only_if_they_contradict_each_other(tmp_path: Path) -> None:
    first, second, _ = archives(tmp_path)
    files = x_files([tweet(1, "flood")])
    names = sorted(files)
    parts = [zip_files({name: files[name] for name in names[:1]}, tmp_path / "p1.zip")]
    parts += [zip_files({name: files[name] for name in names[1:]}, tmp_path / "p2.zip")]
    assert group_parts([first, second]) == [(first,), (second,)]
    assert group_parts(parts) == [tuple(parts)]
    damaged = tmp_path / "p3.zip"
    damaged.write_bytes(parts[1].read_bytes()[:-30])
    assert group_parts([parts[0], damaged]) == [(parts[0], damaged)]  # refused as a whole: a part is missing
    assert group_parts([first, damaged, second]) == [(first,), (damaged,), (second,)]
    assert group_parts([first, tmp_path / "absent.zip"]) == [(first, tmp_path / "absent.zip")]
