"""What comes of a damaged archive beside what comes of the whole one: told, or the same, or lost in silence."""

from __future__ import annotations

import fnmatch
import io
import random
import re
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.evidence.archive import ArchiveError, MemberDamaged, open_archive
from indexer.importers import COMMON_IGNORED, identify
from indexer.record import Problem, Record
from tests.support.fuzz.mutations import FAMILIES, Files, Mutant, packed
from tests.support.golden import archive_of, cases

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,.]{4,60}[A-Za-z0-9]")


@dataclass(frozen=True)
class Outcome:
    """What an archive gave: how often each thing was told, how many records of each kind, and all that they say."""

    told: Counter[tuple[str, str]]
    kinds: Counter[str]
    words: str
    needles: tuple[tuple[str, str, int], ...] = ()  # member, a piece of a record's text that stands in it, and how often in the archive
    refused: str = ""


@dataclass(frozen=True)
class Finding:
    """One archive that was not dealt with as it should be."""

    number: int
    case: str
    deed: str
    fault: str  # "traceback" or "silent loss"
    detail: str

    def __str__(self) -> str:
        return f"{self.fault} #{self.number} [{self.case}] {self.deed}\n    {self.detail}"


@dataclass
class Report:
    """What a run came to."""

    tried: int = 0
    refused: int = 0
    told: int = 0
    same: int = 0
    families: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


def files_of(case: Path) -> Files:
    path = archive_of(case)
    if path.is_dir():
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def outcome(path: Path, *, with_needles: bool = False) -> Outcome:
    """Read an archive as ingest does, without a catalog: what is told includes unknown and damaged members and shortfalls."""
    try:
        named = identify(open_archive(path, label="archive.zip"))
    except ArchiveError as error:
        return Outcome(Counter(), Counter(), "", refused=str(error))
    archive, told, kinds, said = named.archive, Counter[tuple[str, str]](), Counter[str](), list[str]()
    attached: set[str] = set()
    tallies = Counter[str]()
    needles: list[tuple[str, str]] = []
    members: dict[str, str] = {}
    for name in archive.names:
        try:
            members[name] = archive.peek(name, 1 << 24).decode("utf-8", "replace")
        except MemberDamaged:
            told[name, "member-damaged"] += 1
    for value in named.records():
        if isinstance(value, Record):
            value.text.encode("utf-8", "surrogatepass")
            assert value.native_id
            kinds[str(value.kind)] += 1
            said += [value.title, value.text, *value.extra.values(), *(one.description for one in value.attachments), *value.links]
            attached.update(archive.full_name(one.member) for one in value.attachments if one.member)
            if with_needles and (needle := _needle(value.text, members.get(value.place.member, ""))):
                needles.append((value.place.member, needle))
        elif isinstance(value, Problem):
            told[value.member, value.code] += 1
        else:
            tallies[value.unit] += value.read
    for unit, declared in named.facts.counts.items():
        if tallies[unit] < declared:
            told[unit, "shortfall"] += declared - tallies[unit]
    ignored = re.compile("|".join(fnmatch.translate(shape) for shape in {**COMMON_IGNORED, **named.importer.ignored}))
    for full in archive.members:
        inner = full.removeprefix(archive.root)
        if (
            full not in archive.opened | attached
            and not (full.startswith(archive.root) and ignored.match(inner))
            and not ignored.match(full)
        ):
            told[full, "unknown-member"] += 1
    whole = "\n".join(members.values())
    return Outcome(told, kinds, "\n".join(said), tuple((member, needle, whole.count(needle)) for member, needle in needles))


def check(number: int, case: str, whole: Outcome, one: Mutant, folder: Path) -> tuple[str, Finding | None]:
    """Return what became of a damaged archive, and the finding when it was not dealt with as it should be."""
    path = folder / "mutated.zip"
    path.write_bytes(one.data)
    try:
        got = outcome(path)
    except Exception:  # noqa: BLE001  # any exception at all is what is looked for
        return "traceback", Finding(number, case, one.deed, "traceback", traceback.format_exc(limit=-4))
    if got.refused:
        return "refused", None
    if got.told - whole.told or any(member == one.member for member, _ in got.told):
        return "told", None
    gone = [(member, needle, stood) for member, needle, stood in whole.needles if got.words.count(needle) < whole.words.count(needle)]
    fewer = whole.kinds - got.kinds
    if one.takes_away:
        there = _texts(one.data)
        gone = [(member, needle, stood) for member, needle, stood in gone if there.count(needle) >= stood]
        fewer = Counter() if not gone else fewer
    elif sum(got.kinds.values()) >= sum(whole.kinds.values()):
        fewer = Counter()
    lost = [f"the text {needle!r} of {member} is gone" for member, needle, _ in gone]
    if lost or fewer:
        return "silent loss", Finding(
            number, case, one.deed, "silent loss", "; ".join([*lost[:3], *(f"{n} {kind} fewer" for kind, n in fewer.items())])
        )
    return "same", None


def run(
    seed: int, count: int, folder: Path, only: Sequence[int] = (), platforms: Sequence[str] = ()
) -> Iterator[tuple[Report, Finding | None]]:
    """Try `count` damaged archives; yield the report so far and each finding."""
    report = Report()
    wholes: dict[Path, tuple[Files, Outcome]] = {}
    choices = [case for case in cases() if not platforms or case.parent.name in platforms]
    for number in only or range(count):
        draw = random.Random(f"{seed}/{number}")  # a number reproduces an archive
        one = None
        while one is None:
            case = draw.choice(choices)
            if case not in wholes:
                files = files_of(case)
                (folder / "whole.zip").write_bytes(packed(files))
                wholes[case] = (files, outcome(folder / "whole.zip", with_needles=True))
            family = draw.choice(FAMILIES)
            one = family(wholes[case][0], draw)
        result, finding = check(number, f"{case.parent.name}/{case.name}", wholes[case][1], one, folder)
        report.tried += 1
        report.families[family.__name__] += 1
        if finding:
            report.findings.append(finding)
        else:
            setattr(report, result, getattr(report, result) + 1)
        yield report, finding


def _needle(text: str, content: str) -> str:
    """Return the longest piece of a text (two words or more) that stands in its member letter by letter, once only, else ""."""
    runs = sorted((run for run in _RUN.findall(text) if " " in run), key=len, reverse=True)
    return next((run for run in runs if content.count(run) == 1), "")


def _texts(data: bytes) -> str:
    """Return the contents of all members that can be read."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                try:
                    found.append(archive.read(info).decode("utf-8", "replace"))
                except Exception:  # noqa: BLE001, S112  # only what can be read is compared
                    continue
    except Exception:  # noqa: BLE001  # as above
        return ""
    return "\n".join(found)
