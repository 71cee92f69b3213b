"""A look at an archive before it is taken in tells what ingest then finds, refuses what ingest refuses, and writes nothing."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.cli.main import main
from indexer.custody import ingest, preview
from indexer.custody.previews import contents
from indexer.evidence import ArchiveError, split_refusal
from indexer.i18n import from_json, message_of, say, to_json
from indexer.repository import Repository
from tests.support.builders import CASES, zip_files, zip_folder
from tests.support.repositories import repository_at, tweet, x_files, x_zip

SAMPLES = sorted(path.parent for path in CASES.glob("*/*/archive"))
POSTS = [tweet(number, f"Notice {number}", f"Wed Jul {number % 28 + 1:02} 18:00:00 +0000 {2016 + number % 3}") for number in range(40)]


def state_of(folder: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.name}-{sample.name}")
def test_the_preview_tells_what_ingest_then_finds(repository: Repository, tmp_path: Path, sample: Path) -> None:
    path = zip_folder(sample / "archive", tmp_path / f"{sample.name}.zip")
    before = preview([path], repository)
    assert (before.is_refused, before.held, before.joins) == (False, None, None)
    report = ingest(repository, [path], taken_by="test", source="test")
    account = repository.catalog.accounts()[0]
    assert before.is_whole
    assert sum(before.kinds.values()) == report.capture.records
    first, last = account.first_posted, account.last_posted
    assert (before.first_day is None) == (first is None)
    if first and last and before.first_day and before.last_day:
        assert abs((before.first_day - first.date()).days) <= 1  # the local day against the day in UTC
        assert abs((before.last_day - last.date()).days) <= 1
    after = preview([path], repository)
    assert after.held is not None
    assert after.held.id == report.capture_id
    assert "already on file" in after.sentences()[0]
    assert (after.joins is not None and after.joins.id == account.id) == bool(before.native_id)


def test_a_line_says_whose_archive_it_is_its_years_and_its_posts(tmp_path: Path) -> None:
    archive = preview([x_zip(tmp_path / "x.zip", POSTS)])
    assert archive.headline == f"@{archive.handle}, 2016–2018, 40 posts"
    assert all(str(sentence).endswith(".") for sentence in archive.sentences())


def test_days_are_local_days(tmp_path: Path) -> None:
    archive = preview([x_zip(tmp_path / "x.zip", [tweet(1, "late", "Wed Jan 01 03:00:00 +0000 2020")])])
    assert (str(archive.first_day), str(archive.last_day)) == ("2019-12-31", "2019-12-31")


def test_nothing_is_written(tmp_path: Path) -> None:
    path = x_zip(tmp_path / "x.zip", POSTS)
    repository = repository_at(tmp_path / "data")
    ingest(repository, [x_zip(tmp_path / "earlier.zip", POSTS[:20])], taken_by="test", source="test")
    repository.close()
    before = state_of(tmp_path)
    repository = repository_at(tmp_path / "data")
    events = len(repository.audit.newest(100))
    assert preview([path], repository).joins is not None
    preview([zip_files({"letter.txt": "Dear custodian"}, tmp_path / "letter.zip")], repository)
    assert len(repository.audit.newest(100)) == events
    repository.close()
    (tmp_path / "letter.zip").unlink()
    assert state_of(tmp_path) == before


def _cut(path: Path) -> None:
    x_zip(path, POSTS)
    path.write_bytes(path.read_bytes()[:-40])


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/tweets.js", b"\0" * (120 * 2**20))


def _garbled(path: Path) -> None:
    x_zip(path, POSTS)
    content = bytearray(path.read_bytes())
    content[-30:-10] = b"\xff" * 20
    path.write_bytes(bytes(content))


REFUSED: dict[str, Callable[[Path], object]] = {
    "letter": lambda path: zip_files({"letter.txt": "Dear custodian"}, path),
    "two platforms": lambda path: zip_files(
        {**x_files(POSTS), "your_instagram_activity/media/posts_1.json": '[{"media":[{"uri":"a.jpg","creation_timestamp":1}]}]'}, path
    ),
    "no ZIP": lambda path: path.write_text("hello"),
    "empty": lambda path: path.write_bytes(b""),
    "cut": _cut,
    "garbled": _garbled,
    "bomb": _bomb,
    "leads outside": lambda path: zip_files({**x_files(POSTS), "../../evil": "x"}, path),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_ingest_refuses_is_refused_in_the_same_words(repository: Repository, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.zip"
    REFUSED[kind](path)
    archive = preview([path], repository)
    assert archive.is_refused
    assert archive.sentences() == ()
    with pytest.raises(ArchiveError) as refused:
        ingest(repository, [path], taken_by="test", source="test")
    assert split_refusal(message_of(refused.value)) == (archive.refusal, archive.details)


def test_a_refusal_is_short_and_its_details_are_apart_also_after_it_was_stored(tmp_path: Path) -> None:
    archive = preview([zip_files({"letter.txt": "Dear custodian"}, tmp_path / "x.zip")])
    assert archive.refusal.startswith("This is not an X, Facebook or Instagram archive. Your file was not changed")
    assert "letter.txt" not in archive.refusal
    assert archive.details.startswith("x.zip: looked for ")
    assert archive.details.endswith("Found 1 files: letter.txt.")
    with pytest.raises(ArchiveError) as refused:
        ingest(repository_at(tmp_path / "data"), [tmp_path / "x.zip"], taken_by="test", source="test")
    message = message_of(refused.value)
    assert split_refusal(from_json(to_json(message), "")) == (archive.refusal, archive.details)  # type: ignore[arg-type]
    assert split_refusal("a plain text") == ("a plain text", "")
    assert split_refusal(say("{count} posts", count=2)) == ("2 posts", "")


class _Clock:
    """A clock that advances by a second each time it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.mark.parametrize("limit", range(0, 45, 4))
def test_the_time_limit_gives_lower_bounds_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    path = x_zip(tmp_path / "x.zip", POSTS)
    monkeypatch.setattr(contents.time, "monotonic", _Clock())
    archive = preview([path], seconds=limit)
    assert not archive.is_whole
    assert 0 <= archive.posts < 40
    assert archive.declared >= 40
    assert ("at least" in str(archive.headline)) == bool(archive.kinds)
    words = " ".join(map(str, archive.sentences()))
    assert "too large to be counted" in words
    assert f"count {archive.declared} items" in words


def test_an_importer_that_breaks_gives_no_number_for_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.importers.twitter.importer.PostReader", None)
    archive = preview([x_zip(tmp_path / "x.zip", POSTS)])
    assert (archive.is_refused, archive.is_whole) == (False, False)


def test_a_file_is_hashed_only_if_one_of_its_size_is_on_file(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[Path] = []
    original = preview.__globals__["file_digest"]
    monkeypatch.setitem(preview.__globals__, "file_digest", lambda path: (hashed.append(path), original(path))[1])
    first, other = x_zip(tmp_path / "x.zip", POSTS), x_zip(tmp_path / "y.zip", POSTS[:5])
    ingest(repository, [first], taken_by="test", source="test")
    assert preview([other], repository).held is None
    assert hashed == []
    same_size = tmp_path / "z.zip"
    same_size.write_bytes(first.read_bytes())
    assert preview([same_size], repository).held is not None
    with zipfile.ZipFile(same_size, "a") as archive:
        archive.comment = b"x"
    grown = first.stat().st_size
    assert same_size.stat().st_size != grown
    assert preview([same_size], repository).held is None
    monkeypatch.setitem(preview.__globals__, "MOST_HASHED", 10)
    assert preview([first], repository).may_be_held
    assert hashed == [same_size]


def test_parts_of_one_export_are_found_on_file_in_any_order(repository: Repository, tmp_path: Path) -> None:
    files = x_files(POSTS)
    names = sorted(files)
    parts = [
        zip_files({name: files[name] for name in names[:1]}, tmp_path / "1.zip"),
        zip_files({name: files[name] for name in names[1:]}, tmp_path / "2.zip"),
    ]
    assert preview(parts, repository).held is None
    ingest(repository, parts, taken_by="test", source="test")
    assert preview(parts[::-1], repository).held is not None


def test_the_command_shows_it_and_makes_no_data_folder(tmp_path: Path) -> None:
    path, data = x_zip(tmp_path / "x.zip", POSTS), tmp_path / "data"
    result = CliRunner().invoke(main, ["--data", str(data), "preview", str(path)])
    assert result.exit_code == 0
    assert result.output.splitlines()[0].endswith(", 2016–2018, 40 posts")
    assert not data.exists()
    ingest(repository_at(data), [path], taken_by="test", source="test")
    shape = json.loads(CliRunner().invoke(main, ["--data", str(data), "preview", "--json", str(path)]).output)
    assert (shape["capture"], shape["account"]["joins"], shape["kinds"]) == (1, 1, {"post": 40})
    refused = CliRunner().invoke(main, ["--data", str(data), "preview", "--json", str(zip_files({"a": "b"}, tmp_path / "a.zip"))])
    assert refused.exit_code == 1
    assert json.loads(refused.output)["details"].startswith("a.zip: looked for")
