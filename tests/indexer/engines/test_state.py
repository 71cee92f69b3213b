"""A damaged index is said, never searched: the sums of its files, a panic of the library, a folder that is gone."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Timer

import pytest
from click.testing import CliRunner

from indexer.cli.main import main
from indexer.custody.indexing import sync
from indexer.custody.ingest import ingest
from indexer.engines import ENGINES, Document, Engine, IndexDamaged, IndexOutdated, open_engine, state
from indexer.engines.state import FileProblem, check_files
from indexer.query import parse
from indexer.query.filters import Filters, Sort
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.repositories import repository_at, tweet, x_zip

QUERIES = ("council", "coun*", "council w/5 budget", '"council budget"', "NOT flood", "date:2020-01", "*")


def documents(first: int, last: int) -> Iterator[Document]:
    for pk in range(first, last):
        text = f"council budget flood number {pk} counts{pk % 7}"
        yield Document(pk, (text,), 1, ("town",), "twitter", "post", "Town", pk * 1000, date(2020, 1, pk % 28 + 1))


@pytest.fixture(name="folder", params=sorted(ENGINES))
def a_folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the folder of an index of some commits, with replaced and deleted documents."""
    engine = open_engine(request.param, tmp_path / request.param)
    for position, (first, last) in enumerate([(1, 200), (150, 260)], 1):
        engine.write(documents(first, last))
        engine.delete([first])
        engine.commit(position)
    engine.close()
    return tmp_path / request.param


def files(folder: Path) -> list[Path]:
    named = (path for path in folder.iterdir() if not path.name.startswith("position.json"))
    return sorted(path for path in named if path.stat().st_size and not path.name.endswith((".lock", "LOCK")))


def overwrite(path: Path, content: bytes) -> None:
    """Write a file's bytes in place: one that is mapped into memory must not be cut, not even for a moment."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.write(content)


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at // 8] ^= 1 << at % 8
    overwrite(path, bytes(content))


def ask(engine: Engine) -> None:
    for query in QUERIES:
        tree = parse(query).tree
        assert tree is not None
        engine.search(tree, Filters(), Sort.NEWEST, 10, 0)
        list(engine.ids(tree, Filters(), Sort.RELEVANCE))


def test_an_index_that_nobody_touched_has_no_finding(folder: Path) -> None:
    assert check_files(folder) == []
    assert len(files(folder)) > 2


def test_one_flipped_bit_of_any_file_is_found_and_named_and_nothing_is_searched(folder: Path) -> None:
    drawn = random.Random(7)  # noqa: S311  # a test's draws
    for path in files(folder):
        kept = path.read_bytes()
        engine = open_engine(folder.name, folder)
        ask(engine)
        flip(path, drawn.randrange(len(kept) * 8))
        assert [(one.name, one.problem) for one in check_files(folder)] == [(path.name, FileProblem.CHANGED)]
        with pytest.raises(IndexDamaged, match=path.name):
            ask(engine)
        with pytest.raises(IndexDamaged):
            engine.check()
        overwrite(path, kept)
        ask(engine)  # put back from a backup, it answers again
        engine.close()


def test_a_file_that_is_cut_or_gone_is_found(folder: Path) -> None:
    for path in files(folder):
        kept = path.read_bytes()
        path.write_bytes(kept[:-1])
        assert [one.problem for one in check_files(folder)] == [FileProblem.CHANGED]
        path.unlink()
        assert [(one.name, one.problem) for one in check_files(folder)] == [(path.name, FileProblem.MISSING)]
        assert path.name in check_files(folder)[0].message
        overwrite(path, kept)


def test_a_panic_or_any_other_error_of_the_library_is_damage_and_ends_no_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the sums: what the libraries do with flipped bits is an answer or IndexDamaged, never anything else."""
    monkeypatch.setattr(state.FileWatch, "check", lambda _self: None)
    drawn, said = random.Random(11), 0  # noqa: S311  # a test's draws
    for path in files(folder):
        if path.suffix in {".json", ".toc"}:
            continue
        kept = path.read_bytes()
        for _ in range(12):
            flip(path, drawn.randrange(len(kept) * 8))
            try:
                engine = open_engine(folder.name, folder)
                try:
                    ask(engine)
                finally:
                    engine.close()
            except (IndexDamaged, IndexOutdated):
                said += 1
            overwrite(path, kept)
    assert said


def test_a_panic_is_what_the_library_calls_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engine = open_engine("tantivy", tmp_path / "index")
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})

    def panics(*_: object) -> None:
        raise panic("index out of bounds")

    monkeypatch.setattr(engine, "_search", panics)
    with pytest.raises(IndexDamaged, match="index out of bounds"):
        ask(engine)

    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "_search", stops)
    with pytest.raises(KeyboardInterrupt):
        ask(engine)


def test_an_update_that_was_broken_off_is_no_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(folder.name, folder)
    monkeypatch.setattr(state, "write", lambda *_: None)
    engine.write(documents(300, 320))
    engine.commit(3)
    monkeypatch.undo()
    assert {one.problem for one in check_files(folder)} == {FileProblem.UNFINISHED}
    ask(engine)
    assert engine.position() == 2  # so the next sync does the rest
    engine.write(documents(300, 320))
    engine.commit(3)
    assert check_files(folder) == []
    engine.close()


def test_an_index_without_a_commit_has_nothing_to_compare(tmp_path: Path) -> None:
    for name in ENGINES:
        engine = open_engine(name, tmp_path / name)
        assert check_files(tmp_path / name) == []
        engine.check()
        engine.close()


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_a_folder_deleted_while_it_is_open_is_said_and_sync_mends_it(name: str, tmp_path: Path) -> None:
    serving = repository_at(tmp_path / "data", name)
    posts = [tweet(number, f"Flood notice {number}") for number in range(5)]
    ingest(serving, [x_zip(tmp_path / "x.zip", posts)], taken_by="Pat", source="test")
    assert Plan(serving, SearchRequest("flood")).page().total == 5
    shutil.rmtree(tmp_path / "data" / "index")
    found = Plan(serving, SearchRequest("flood")).page()
    assert (found.answered, found.index_unusable, [one.code for one in found.diagnostics]) == (False, True, ["index-damaged"])
    other = repository_at(tmp_path / "data", name)
    assert sync(other) == 5
    other.close()
    assert Plan(serving, SearchRequest("flood")).page().total == 5
    shutil.rmtree(tmp_path / "data" / "index")
    assert sync(serving) == 5  # the process that had it open mends it as well
    assert Plan(serving, SearchRequest("flood")).page().total == 5
    serving.close()


@pytest.mark.parametrize(
    "words",
    [["status"], ["search", "flood"], ["sync"], ["export", "flood", "--out", "o.zip"], ["certificate", "make", "flood", "--out", "c.json"]],
)
def test_every_command_says_that_the_index_is_damaged_and_what_mends_it(tmp_path: Path, words: list[str]) -> None:
    repository = repository_at(tmp_path / "data")
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "Flood notice")])], taken_by="Pat", source="test")
    repository.close()
    flip(next((tmp_path / "data" / "index" / "tantivy").glob("*.fast")), 161)
    told = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), *[str(tmp_path / one) if "." in one else one for one in words]])
    assert told.exit_code == 1
    assert told.exception is None or isinstance(told.exception, SystemExit)
    assert "python -m indexer rebuild" in told.output + told.stderr


def test_a_commit_that_another_process_is_in_the_middle_of_is_no_damage(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "meta.json").write_text("before")
    state.write(folder, "tantivy", 1)
    watch = state.FileWatch(folder)
    watch.check()
    (folder / "meta.json").write_text("after it")  # rewritten, and the sums follow a moment later
    follows = Timer(0.15, state.write, (folder, "tantivy", 2))
    follows.start()
    watch.check()
    follows.join()
    (folder / "meta.json").write_text("forged ..")
    with pytest.raises(IndexDamaged):
        watch.check()
