"""What is kept of a catalog is kept by its counters: every writer moves them, and no reader sees what was before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from indexer.catalog import Catalog, capture_writer
from indexer.coverage.scope import CoverageCalculator
from indexer.custody import accounts, ingest, recover, reread, restore, set_aside, set_zone
from indexer.query import Filters, Permission, parse
from indexer.repository import Repository
from tests.support.builders import zip_files
from tests.support.repositories import ACCOUNT_ID, HANDLE, repository_at, tweet, x_files, x_zip

pytestmark = pytest.mark.databases

_WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(accounts|captures|people)\b')
_MOVED = re.compile(r"\s*INSERT INTO meta\b")
OTHER_ID = "5511220099"


def other_account(folder: Path) -> Path:
    """An archive of a second account."""
    files = x_files([tweet(9, "second office")])
    renamed = {name: text.replace(ACCOUNT_ID, OTHER_ID).replace(HANDLE, "OzarkBendPD") for name, text in files.items()}
    return zip_files(renamed, folder / "other.zip")


@contextmanager
def every_writer_moves_the_counter(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the tables written in this context; fail for a transaction that writes one and does not move the counter."""
    written: list[str] = []
    unmoved: list[str] = []
    in_transaction: list[tuple[str, bool]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001  # SQLAlchemy's signature
        if match := _WRITTEN.match(statement):
            in_transaction.append((match[1], False))
        elif _MOVED.match(statement) and "holdings" in str(values):
            in_transaction.append(("meta", True))

    def check(_connection: Any) -> None:
        tables = [table for table, moved in in_transaction if not moved]
        if tables and not any(moved for _, moved in in_transaction):
            unmoved.extend(tables)
        written.extend(tables)
        in_transaction.clear()

    sa.event.listen(engine, "before_cursor_execute", note)
    sa.event.listen(engine, "commit", check)
    sa.event.listen(engine, "rollback", lambda _connection: in_transaction.clear())
    yield written
    assert unmoved == []


def seen(catalog: Catalog, coverage: CoverageCalculator) -> tuple[Any, ...]:
    """All that is kept of a catalog, as its readers get it."""
    held = (catalog.accounts(), catalog.accounts(with_set_aside=True), catalog.accounts(frozenset({2})), dict(catalog.people()))
    held = (*held, catalog.captures(), catalog.captures(with_set_aside=True))
    return (*held, coverage.of(Filters()), coverage.of(Filters(accounts=frozenset({1}))))


def test_whoever_writes_accounts_captures_or_people_is_seen_at_once_in_every_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, reading = repository_at(tmp_path / "data"), repository_at(tmp_path / "data")
    first = x_zip(tmp_path / "first.zip", [tweet(1, "flood"), tweet(2, "bridge")], generated="2021-02-01T12:00:00.000Z")
    second = x_files([tweet(2, "bridge"), tweet(3, "park")])
    renamed = zip_files({name: text.replace(HANDLE, "OzarkBendCity") for name, text in second.items()}, tmp_path / "second.zip")

    def interrupted() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(capture_writer.CaptureWriter, "finish", _stop)
            with pytest.raises(KeyboardInterrupt):
                ingest(writing, [other_account(tmp_path)], taken_by="Pat", source="test")

    steps: list[Callable[[], object]] = [
        lambda: ingest(writing, [first], taken_by="Pat", source="test"),
        lambda: ingest(writing, [renamed], taken_by="Pat", source="test"),
        interrupted,
        lambda: recover(writing),
        lambda: ingest(writing, [other_account(tmp_path)], taken_by="Pat", source="test"),
        lambda: set_zone(writing, 1, "Asia/Tokyo", "Pat"),
        lambda: accounts.name_account(writing, 1, handle="Bend", actor="Pat"),
        lambda: accounts.unname_account(writing, 1, "Pat"),
        lambda: accounts.merge(writing, 2, 1, "Pat"),
        lambda: accounts.unmerge(writing, 2, "Pat"),
        lambda: accounts.name_person(writing, "twitter", "3051921866", "Jane Roe", "Pat"),
        lambda: accounts.unname_person(writing, "twitter", "3051921866", "Pat"),
        lambda: set_aside(writing, 1, "not ours", "Pat"),
        lambda: restore(writing, 1, "Pat"),
        lambda: reread(writing, 1, "Pat"),
    ]
    with every_writer_moves_the_counter(writing.db) as written:
        for number, step in enumerate(steps):
            step()
            fresh = seen(Catalog(writing.db), CoverageCalculator(writing.db, writing.zone))
            assert seen(reading.catalog, reading.coverage) == fresh, f"step {number}"
            assert seen(writing.catalog, writing.coverage) == fresh, f"step {number}"
    assert set(written) == {"accounts", "captures", "people"}, "the test sees every table"
    writing.close()
    reading.close()


def _stop(*_arguments: object, **_options: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    opened = repository_at(tmp_path / "data")
    ingest(opened, [x_zip(tmp_path / "x.zip", [tweet(1, "flood")])], taken_by="Pat", source="test")
    ingest(opened, [other_account(tmp_path)], taken_by="Pat", source="test")
    yield opened
    opened.close()


def test_a_kept_coverage_is_that_of_the_same_reader_question_and_day_only(repository: Repository) -> None:
    now = datetime(2023, 3, 1, 18, tzinfo=UTC)
    kept = CoverageCalculator(repository.db, repository.zone, lambda: now)
    seeing_one = Filters(permission=Permission(frozenset({1}), without_messages=True))
    questions: list[tuple[Filters, str, date | None, dict[str, Any]]] = [
        (Filters(), "*", None, {}),
        (Filters(permission=Permission(None, without_messages=True)), "*", None, {}),
        (seeing_one, "*", None, {}),
        (replace(seeing_one, permission=Permission(frozenset({2}), without_messages=True)), "*", None, {}),
        (Filters(accounts=frozenset({1})), "*", None, {}),
        (Filters(accounts=frozenset()), "*", None, {}),
        (Filters(platforms=frozenset({"facebook"})), "*", None, {}),
        (Filters(), "platform:twitter", None, {}),
        (Filters(kinds=frozenset({"message"})), "*", None, {}),
        (Filters(), "kind:message", None, {}),
        (Filters(first_day=date(2020, 1, 1)), "*", None, {}),
        (Filters(last_day=date(2020, 1, 1)), "*", None, {}),
        (Filters(), "date:2019", None, {}),
        (Filters(), "*", date(2022, 1, 1), {}),
        (Filters(), "*", None, {"indexed": 1, "held": 2}),
        (Filters(), "*", None, {"in_step": False}),
    ]
    for _ in range(2):
        for day in range(3):
            now = datetime(2023, 3, 1, 18, tzinfo=UTC) + timedelta(days=400 * day)
            for filters, query, as_of, counts in questions:
                fresh = CoverageCalculator(repository.db, repository.zone, lambda now=now: now)  # type: ignore[misc]  # bound now
                tree = parse(query).tree
                assert kept.of(filters, tree, as_of, **counts) == fresh.of(filters, tree, as_of, **counts), (filters, query, as_of)


def test_coverage_is_computed_once_for_a_state_of_the_catalog(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[object] = []
    compute = CoverageCalculator._compute

    def count(calculator: CoverageCalculator, scope: Any) -> Any:
        computed.append(scope)
        return compute(calculator, scope)

    monkeypatch.setattr(CoverageCalculator, "_compute", count)
    for _ in range(3):
        repository.coverage.of(Filters(), parse("flood").tree)
        repository.coverage.of(Filters(), parse("bridge").tree)
    assert len(computed) == 1, "the words of a search have no part in its coverage"
    for number in range(200):
        repository.coverage.of(Filters(last_day=date(2000, 1, 1) + timedelta(days=number)))
    assert len(repository.coverage._values) == 64, "the latest ones only"
