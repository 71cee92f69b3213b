"""Mutated archives: no crash, no hang, nothing written outside of the vault; every fault is a value.

SHOWME_FUZZ_EXAMPLES sets how many are drawn (default 150 for our own archives, a third of that for real ones).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.custody.ingest import ingest
from indexer.evidence.archive import Archive, ArchiveError, open_archive
from indexer.importers import NotIdentified, identify
from indexer.record import Problem, Record, Tally
from tests.builders import REAL, zip_files
from tests.golden import archive_of, cases
from tests.repositories import repository_at, tweet, x_files

EXAMPLES = int(os.environ.get("SHOWME_FUZZ_EXAMPLES", "150"))
QUIET = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
NASTY = [
    b"\0",
    b"\xff\xfe",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b"null",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"\\ud800",
    b"<div",
    b"</",
    b"\xc3\x28",
    b"true",
    b'"\\',
]


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[str, float, float, bytes]]:
    step = st.tuples(
        st.sampled_from(["cut", "flip", "drop", "insert", "swap"]),
        st.floats(0, 1),
        st.floats(0, 0.2),
        st.sampled_from(NASTY) | st.binary(max_size=6),
    )
    return draw(st.lists(step, min_size=1, max_size=4))


def mutated(data: bytes, steps: list[tuple[str, float, float, bytes]]) -> bytes:
    for deed, where, length, extra in steps:
        at = int(where * len(data))
        end = at + int(length * len(data))
        if deed == "cut":
            data = data[:at]
        elif deed == "flip" and data:
            at = min(at, len(data) - 1)
            data = data[:at] + bytes([data[at] ^ 0x15]) + data[at + 1 :]
        elif deed == "drop":
            data = data[:at] + data[end:]
        elif deed == "insert":
            data = data[:at] + extra + data[at:]
        else:
            data = data[:at] + extra + data[end:]
    return data


def with_member(archive: Archive, name: str, data: bytes) -> Archive:
    def stream() -> IO[bytes]:
        return io.BytesIO(data)

    members = {**archive.members, name: replace(archive.members[name], size=len(data), open=stream)}
    return Archive(archive.label, members, handles=archive.handles)


def everything(archive: Archive) -> Iterator[Record | Problem | Tally]:
    named = identify(archive)
    assert named.importer.facts(named.archive).account is not None
    yield from named.importer.records(named.archive)


def check(archive: Archive, data: st.DataObject) -> None:
    names = sorted(
        name
        for name, member in archive.members.items()
        if 0 < member.size < 2_000_000 and name.endswith((".js", ".json", ".html", ".htm", ".csv"))
    )
    name = data.draw(st.sampled_from(names))
    before = archive.at("").read(name)
    try:
        values = list(everything(with_member(archive, name, mutated(before, data.draw(mutations())))))
    except NotIdentified:
        return
    for value in values:
        assert isinstance(value, (Record, Problem, Tally))
        if isinstance(value, Record):
            value.text.encode("utf-8", "surrogatepass")
            assert value.native_id


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_mutated_member_is_records_and_problems(case: Path) -> None:
    archive = open_archive(archive_of(case))

    @settings(QUIET, max_examples=max(5, EXAMPLES // 10))
    @given(st.data())
    def run(data: st.DataObject) -> None:
        check(archive, data)

    run()


REAL_ONES = sorted(path for path in REAL.glob("*/*") if path.is_dir() and path.parent.name.startswith(("twitter", "facebook", "instagram")))


@pytest.mark.skipif(not REAL_ONES, reason="the real archives are not here")
@pytest.mark.parametrize("folder", REAL_ONES, ids=lambda path: path.name)
def test_a_mutated_member_of_a_real_archive_is_records_and_problems(folder: Path) -> None:
    archive = open_archive(folder)

    @settings(QUIET, max_examples=max(3, EXAMPLES // 30))
    @given(st.data())
    def run(data: st.DataObject) -> None:
        check(archive, data)

    try:
        identify(archive)
    except NotIdentified:
        return
    run()


@settings(QUIET, max_examples=max(10, EXAMPLES // 8))
@given(st.data())
def test_a_mutated_zip_is_taken_in_or_refused_and_writes_nowhere_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = zip_files(x_files([tweet(number, f"Notice {number}") for number in range(3)]), folder / "x.zip")
    path.write_bytes(mutated(path.read_bytes(), data.draw(mutations())))
    repository = repository_at(folder / "data")
    try:
        ingest(repository, [path], taken_by="test", source="test")
    except ArchiveError as error:
        assert "nothing was taken in" in str(error)  # noqa: PT017  # either outcome is right; a refusal must say this
        assert repository.vault.digests() == []
    finally:
        repository.close()
    assert sorted(one.name for one in folder.iterdir()) == ["data", "x.zip"]
    assert list((folder / "data" / "staging").iterdir()) == []
