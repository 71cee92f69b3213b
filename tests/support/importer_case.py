"""What every importer must do, as tests: subclass ImporterCase, name the importer, put archives and golden files into a folder."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from indexer.evidence.archive import Archive, open_archive
from indexer.importers import IMPORTERS, Importer, compile_ignored, identify
from indexer.record import Problem, Record, RecordKind, Tally
from tests.support.builders import CASES, values, zip_files
from tests.support.golden import archive_of, expected, lines

DEBRIS = (b"{", b"}", b"[[[[", b'"', b"\\", b"null", b"\xff\xfe", b"\0", b"1e999", b"\\ud800", b"<p>", b"</div>", b"&#0;", b",", b"9" * 30)
DAMAGED_COPIES = 25  # of each archive


class ImporterCase:
    """Holds an importer against its archives: `tests/archives/<name>/<case>/archive` with `expected.jsonl` beside it.

    `problems` are the codes of what cannot become a record, by case, each as often as it is told; `unknown` the members that the
    importer neither reads nor ignores; `beside` the kinds of record that are read although the facts name no file of them. A case that
    is not named there has none.
    """

    importer: ClassVar[Importer]
    archives: ClassVar[Path | None] = None
    problems: ClassVar[Mapping[str, Mapping[str, int]]] = {}
    unknown: ClassVar[Mapping[str, frozenset[str]]] = {}
    beside: ClassVar[Mapping[str, frozenset[RecordKind]]] = {}

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        if "case" in metafunc.fixturenames:
            folder = cls.archives or CASES / cls.importer.name
            cases = sorted(path.parent for path in folder.glob("*/archive*") if path.name in {"archive", "archive.zip"})
            assert cases, f"{folder} holds no archive"
            metafunc.parametrize("case", cases, ids=lambda case: case.name)

    def test_an_archive_gives_what_its_golden_file_says(self, case: Path) -> None:
        assert expected(case).exists(), f"{case} has no golden file; look at what `make golden` writes, then commit it"
        assert list(lines(archive_of(case))) == expected(case).read_text(encoding="utf-8").splitlines()

    def test_exactly_the_known_problems_are_told(self, case: Path) -> None:
        found = Counter(value.code for value in self.read(open_archive(archive_of(case))) if isinstance(value, Problem))
        assert found == Counter(self.problems.get(case.name, {}))

    def test_every_member_is_read_or_shown_or_ignored(self, case: Path) -> None:
        archive = open_archive(archive_of(case))
        shown = {file.member for value in self.read(archive) if isinstance(value, Record) for file in value.attachments}
        reason = compile_ignored(self.importer)
        left = {name for name in archive.names if name not in archive.opened | shown and not reason(name)}
        assert left == self.unknown.get(case.name, frozenset())

    def test_a_place_gives_the_raw_item(self, case: Path) -> None:
        archive = open_archive(archive_of(case))
        self.check_places(archive, self.read(archive))

    def test_records_have_ids_of_their_own(self, case: Path) -> None:
        read = [value for value in self.read(open_archive(archive_of(case))) if isinstance(value, Record)]
        ids = Counter((record.kind, record.native_id, record.version_order) for record in read)
        assert all(record.native_id for record in read)
        assert [key for key, count in ids.items() if count > 1] == []

    def test_facts_fit_the_platform_and_the_records(self, case: Path) -> None:
        archive = open_archive(archive_of(case))
        facts = self.importer.facts(archive)
        assert facts.account.platform == self.importer.platform.code
        assert facts.form
        found = self.read(archive)
        kinds = {value.kind for value in found if isinstance(value, Record)}
        assert kinds - facts.kinds == self.beside.get(case.name, frozenset())
        read = Counter[str]()
        for value in found:
            read.update({value.unit: value.read} if isinstance(value, Tally) else {})
        if not self.problems.get(case.name):
            assert {unit: read[unit] for unit in facts.counts} == dict(facts.counts)

    def test_it_is_claimed_alone_and_read_alike_as_folder_zip_and_folder_in_a_zip(self, case: Path, tmp_path: Path) -> None:
        files = self.files(case)
        before = self.read(open_archive(archive_of(case)))
        for prefix in ("", "export/"):
            archive = open_archive(zip_files({prefix + name: raw for name, raw in files.items()}, tmp_path / f"{len(prefix)}.zip"))
            opened = identify(archive)
            assert (opened.importer.name, opened.archive.root) == (self.importer.name, prefix)
            assert list(opened.records()) == before

    def test_a_damaged_copy_gives_values_and_never_an_exception(self, case: Path, tmp_path: Path) -> None:
        files = self.files(case)
        names = [name for name in files if not re.search(r"\.(?:jpg|png|mp4)$", name)]
        for seed in range(DAMAGED_COPIES):
            chance = random.Random(f"{case.name} {seed}")  # noqa: S311  # damage that repeats, no secret
            damaged = {name: _damaged(files[name], chance) for name in chance.sample(names, max(1, len(names) * 2 // 3))}
            archive = open_archive(zip_files({**files, **damaged}, tmp_path / "damaged.zip"))
            self.importer.identify(archive)
            assert self.importer.facts(archive).account.platform == self.importer.platform.code
            self.check_places(archive, values(self.importer, archive))

    def test_what_is_ignored_has_a_reason(self) -> None:
        assert all(pattern and reason for pattern, reason in self.importer.ignored.items())

    def test_it_is_registered_once_with_marks_in_words(self) -> None:
        assert [one.name for one in IMPORTERS].count(self.importer.name) == 1
        assert self.importer.title
        assert all(self.importer.marks)

    def read(self, archive: Archive) -> list[Any]:
        """Return what the importer reads: twice the same, in the same order."""
        first = values(self.importer, archive)
        assert values(self.importer, archive) == first
        return first

    def check_places(self, archive: Archive, found: list[Any]) -> None:
        contents: dict[str, bytes] = {}
        for record in found:
            if isinstance(record, Record):
                for place in (record.place, *record.folded):
                    if place.member not in contents:
                        contents[place.member] = archive.read(place.member)
                    assert 0 <= place.start <= place.start + place.length <= len(contents[place.member])
                place = record.place
                assert contents[place.member][place.start : place.start + place.length] == record.raw

    def files(self, case: Path) -> dict[str, bytes]:
        archive = open_archive(archive_of(case))
        return {name: archive.read(name) for name in archive.names}


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    """Cut, swap, repeat, overwrite or fill in some bytes of a member."""
    at, end = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
    return chance.choice(
        (
            raw[:at],
            raw[:at] + raw[end:],
            raw[:end] + raw[at:],
            raw[:at] + chance.choice(DEBRIS) + raw[at:],
            raw[:at] + chance.choice(DEBRIS) + raw[at + chance.choice((1, 40)) :],
            raw[:at] + bytes(chance.randrange(256) for _ in range(8)) + raw[at + 8 :],
        )
    )
