"""archive -> importer -> records -> catalog -> index; accounts for every member. One unit: all of it or nothing.

The archive is checked and identified where it lies, copied into the vault, read from the vault, and shown when it
is whole. What a killed run had begun is taken back at the next start (`recover`).
"""

from __future__ import annotations

import fnmatch
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from indexer.catalog.capture_writer import CaptureWriter, MemberOutcome, VaultFile, begin, remove_unfinished
from indexer.catalog.database import storage_error
from indexer.catalog.models import CaptureView, Reconciled
from indexer.catalog.stored_data import new_row
from indexer.custody import clock, indexing
from indexer.custody.indexing import IndexAhead
from indexer.custody.read_again import settled
from indexer.evidence import fixity
from indexer.evidence.archive import DAMAGE, SAFE, Archive, ArchiveError, damage_of, open_archive
from indexer.evidence.vault import MISSING, Placed, StagedFile, archive_digest
from indexer.importers import COMMON_IGNORED, Identified, Importer, NotIdentified, identify
from indexer.local_time import zone
from indexer.record import CaptureFacts, Problem, Record
from indexer.repository import Repository

BATCH = 4000
TEXT_SUFFIXES = (".js", ".json", ".html", ".htm", ".csv")
TICK = 0.25  # seconds between two reports of progress


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is. `done` and `total` are bytes while copying, records while reading and indexing.

    `total` is 0 while it is not known, and an estimate (by the bytes read) while reading; `rate` is per second;
    `seconds_left` None while it cannot be told.
    """

    stage: str  # "copying", "reading", "indexing"
    done: int
    total: int
    rate: float
    seconds_left: float | None


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest came to."""

    capture: CaptureView
    already_captured: bool = False
    healed: tuple[Placed, ...] = ()  # files of the vault that this archive has replaced: they were missing or damaged

    @property
    def capture_id(self) -> int:
        """The number of the capture."""
        return self.capture.id


class IngestFailed(ArchiveError):
    """The ingest broke off, by our own fault or for want of a working disk or catalog. Nothing was taken in."""


def ingest(
    repository: Repository,
    paths: Sequence[Path],
    *,
    taken_by: str,
    source: str,
    zone_name: str | None = None,
    account: str = "",
    progress: Report | None = None,
) -> IngestReport:
    """Take one archive into custody and index it. Several paths are the parts of one export.

    `zone_name` is the account's zone where the person knows it; else the body's zone is assumed. `account` is the
    handle, for an archive that does not name its account.
    Raises ArchiveError (its text is meant for people) and UnknownZone; then nothing was taken in.
    """
    zone(zone_name or repository.zone)
    meter = _Meter(progress)
    with repository.writing():
        recover_locked(repository)
        try:
            _facts(identify(open_archive(*paths)), account)
            staged = repository.vault.stage(paths, meter.copied(_bytes(paths)))
        except ArchiveError as error:
            repository.audit.add("capture:refused", taken_by, ", ".join(path.name for path in paths), {"why": str(error)})
            raise
        except OSError as error:
            if cause := storage_error(error, repository.paths.data):
                raise IngestFailed(f"{cause} {SAFE}") from error
            raise
        digest = archive_digest(staged)
        known = repository.catalog.capture_of_digest(digest)
        if known is not None:
            healed = _healed(repository, staged, taken_by)
            repository.audit.add("capture:repeated", taken_by, f"capture {known.id}", {"digest": digest})
            indexing.sync_locked(repository, meter.indexed)
            return IngestReport(known, already_captured=True, healed=healed)
        capture_id = _take_in(repository, _Task(staged, digest, paths, taken_by, source, zone_name, account, meter))
        indexing.sync_locked(repository, meter.indexed)
    capture = repository.catalog.capture(capture_id)
    if capture is None:
        raise IngestFailed(f"The capture is not in the catalog. {SAFE}")
    return IngestReport(capture)


def _healed(repository: Repository, staged: Sequence[StagedFile], by: str) -> tuple[Placed, ...]:
    """Admit staged files; return those that replace missing or damaged evidence. Each of these is an event."""
    held = {digest for digest, _name in repository.catalog.vault_files()}
    healed = tuple(one for one in repository.vault.admit(staged) if one.was != MISSING or one.digest in held)
    for one in healed:
        repository.audit.add("vault:healed", by, one.name, {"sha256": one.digest, "was": one.was})
    return healed


def recover(repository: Repository, progress: Callable[[int, int], None] | None = None) -> int:
    """Take back what a killed ingest left behind, and bring the index up to date; return how many captures that were."""
    with repository.writing():
        removed = recover_locked(repository)
        indexing.sync_locked(repository, progress)
    return removed


def recover_locked(repository: Repository) -> int:
    """Take back what a killed ingest left behind, for a caller that holds the lock."""
    repository.vault.empty_staging()
    removed = remove_unfinished(repository.db)
    for digest in removed.orphans:
        repository.vault.remove(digest)
    return removed.captures


@dataclass(frozen=True, slots=True)
class _Task:
    staged: Sequence[StagedFile]
    digest: str
    paths: Sequence[Path]
    taken_by: str
    source: str
    zone_name: str | None
    account: str
    meter: _Meter


def _take_in(repository: Repository, task: _Task) -> int:
    label = task.paths[0].name
    named = identify(open_archive(*(file.path for file in task.staged), label=label))  # what is kept is read, not what lay at the source
    facts = _facts(named, task.account, task.digest)
    writer = begin(
        repository.db,
        digest=task.digest,
        files=[VaultFile(file.digest, file.name, file.size) for file in task.staged],
        name=", ".join(path.name for path in task.paths),
        facts=facts,
        importer=(named.importer.name, named.importer.version),
        taken_by=task.taken_by,
        taken_at=datetime.now(UTC),
        source=task.source,
        zone=task.zone_name or repository.zone,
    )
    exported = facts.exported.utc if facts.exported else None
    try:
        writer.add_problems(clock.problems(repository, exported, label, datetime.now(UTC)))
        _healed(repository, task.staged, task.taken_by)
        digests = [file.digest for file in task.staged]
        kept = Identified(named.importer, repository.vault.open(digests, label).at(named.archive.root))
        with ThreadPoolExecutor(1) as pool, IndexAhead(repository, sum(facts.counts.values())) as ahead:
            # hashing lets go of the interpreter's lock: another core does it meanwhile
            checked = pool.submit(_member_digests, repository.vault.open(digests))
            outcomes, tallies = _read(kept, writer, ahead, task, checked)
            writer.finish(outcomes, reconcile(facts.counts, tallies), task.taken_by)
            ahead.commit(sorted(writer.settled_later))
    except BaseException as error:
        try:
            recover_locked(repository)
        except (OSError, DatabaseError) as still:  # the next ingest or sync takes it back: until then nobody sees it
            raise _failed("the reading", repository, still) from error
        if isinstance(error, ArchiveError) or not isinstance(error, Exception):
            raise
        raise _failed(f"the importer of {named.importer.title}", repository, error) from error
    return writer.capture_id


def _failed(what: str, repository: Repository, error: Exception) -> IngestFailed:
    """Return why an ingest broke off: a full disk or a locked or damaged catalog is told as such, not as a fault of the program."""
    if cause := storage_error(error, repository.paths.data):
        return IngestFailed(f"{cause} {SAFE}")
    return IngestFailed(
        f"{what[0].upper()}{what[1:]} failed ({type(error).__name__}: {error}). {SAFE} "
        "This is an error in Show-Me Records: keep the file and report the text of this message."
    )


def _facts(named: Identified, account: str, digest: str = "") -> CaptureFacts:
    """Return what the archive says of itself, with an account even where it names none (Instagram's HTML of 2025).

    Two archives that name no account are never taken for one account's: each is an account of its own until a
    person names it.
    """
    facts = named.importer.facts(named.archive)
    handle = account.strip().removeprefix("@")
    if facts.account.native_id:
        if handle:
            said = facts.account.handle or facts.account.name or facts.account.native_id
            raise NotIdentified(f"{named.archive.label} names its own account ({said}). {SAFE} Leave the account field empty.")
        return facts
    name = "" if handle else f"account not named in {named.archive.label}"
    return replace(facts, account=replace(facts.account, native_id=handle or f"unnamed:{digest}", handle=handle, name=name))


def _read(
    named: Identified, writer: CaptureWriter, ahead: IndexAhead, task: _Task, checked: Future[dict[str, tuple[str, str]]]
) -> tuple[list[MemberOutcome], dict[str, int]]:
    """Read everything into the catalog; return what became of each member, and the tallies of the platform's units."""
    archive, root = named.archive, named.archive.root
    named.importer.facts(archive)  # so that the members it asks for count as read here too
    attached: set[str] = set()
    tallies: dict[str, int] = {}
    batch: list[Record] = []
    found: list[Problem] = []
    damaged: set[str] = set()  # members of which the importer has told already

    through = _Through(archive, named.importer)

    def write() -> None:
        ahead.add([new_row(pk, writer.account_id, record) for pk, record in writer.add(batch)])
        if batch:
            task.meter.read(len(batch), through.share(batch[-1]))
        batch.clear()

    for value in named.importer.records(archive):
        if isinstance(value, Record):
            attached.update(root + attachment.member for attachment in value.attachments if attachment.member)
            batch.append(settled(value, root, writer.zone, is_set=task.zone_name is not None))
            if len(batch) >= BATCH:
                write()
        elif isinstance(value, Problem):
            found.append(replace(value, member=root + value.member))
            if value.code == "member-damaged":
                damaged.add(root + value.member)
            if len(found) >= BATCH:
                writer.add_problems(found)
                found.clear()
        else:
            tallies[value.unit] = tallies.get(value.unit, 0) + value.read
    write()
    digests = checked.result()
    outcomes = list(_outcomes(archive, named.importer, attached, digests))
    found.extend(
        problem for problem in _member_problems(outcomes, digests) if problem.code != "member-damaged" or problem.member not in damaged
    )
    writer.add_problems(found)
    return outcomes, tallies


def reconcile(declared: Mapping[str, int], tallies: Mapping[str, int]) -> list[Reconciled]:
    """Compare the platform's own counts with what was read, unit by unit; a declared unit never read counts as 0."""
    units = list(dict.fromkeys([*declared, *tallies]))
    return [Reconciled(unit, declared.get(unit), tallies.get(unit, 0)) for unit in sorted(units)]


def _outcomes(archive: Archive, importer: Importer, attached: set[str], digests: Mapping[str, tuple[str, str]]) -> Iterator[MemberOutcome]:
    reason_of = _ignored_by({**COMMON_IGNORED, **importer.ignored})
    for name in sorted(archive.members):
        size, digest = archive.members[name].size, digests[name][0]
        inner = name.removeprefix(archive.root)
        if name in archive.asked or name in attached:
            yield MemberOutcome(name, size, digest, "read")
        elif (name.startswith(archive.root) and (reason := reason_of(inner))) or (reason := reason_of(name)):
            yield MemberOutcome(name, size, digest, "ignored", reason)
        else:
            yield MemberOutcome(name, size, digest, "unknown", "no importer knows this file")


def _ignored_by(table: Mapping[str, str]) -> Callable[[str], str]:
    reasons = list(table.values())
    pattern = re.compile("|".join(f"(?P<g{at}>{fnmatch.translate(shape)})" for at, shape in enumerate(table)))

    def reason(name: str) -> str:
        found = pattern.match(name)
        return reasons[int((found.lastgroup or "g0")[1:])] if found else ""

    return reason


def _member_problems(outcomes: Sequence[MemberOutcome], digests: Mapping[str, tuple[str, str]]) -> Iterator[Problem]:
    for outcome in outcomes:
        if outcome.outcome == "unknown":
            yield Problem(outcome.name, "unknown-member", "No importer knows this file; it is kept in the vault and was not read.")
        if digests[outcome.name][1]:
            yield Problem(outcome.name, "member-damaged", f"The archive's own checksum fails: {digests[outcome.name][1]}.")


def _member_digests(archive: Archive) -> dict[str, tuple[str, str]]:
    """Return for every member its SHA-256 and, when it cannot be read to its end, what is wrong."""
    found = {}
    for name, member in archive.members.items():
        try:
            with member.open() as stream:
                found[name] = (fixity.digest(stream), "")
        except DAMAGE as error:
            found[name] = ("", damage_of(error))
    return found


def _bytes(paths: Sequence[Path]) -> int:
    return sum(
        sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size for path in paths
    )


class _Through:
    """Tells how much of an archive's text is read, by where the last record stands."""

    def __init__(self, archive: Archive, importer: Importer) -> None:
        reason_of = _ignored_by({**COMMON_IGNORED, **importer.ignored})
        names = [name for name in archive.names if name.endswith(TEXT_SUFFIXES) and not reason_of(name)]
        self._sizes = {archive.root + name: archive.size(name) for name in names}
        self._total = sum(self._sizes.values())
        self._finished = 0
        self._member = ""

    def share(self, last: Record) -> float:
        """Return a number from 0 to 1; 0 when it cannot be told."""
        if last.place.member != self._member:
            self._finished += self._sizes.pop(self._member, 0)
            self._member = last.place.member
        done = self._finished + last.place.start + last.place.length
        return min(done / self._total, 1.0) if self._total else 0.0


class _Meter:
    """Turns counts into Progress, a few times a second."""

    def __init__(self, report: Report | None) -> None:
        self._report = report
        self._stage = ""
        self._started = self._last = 0.0
        self._done = 0

    def copied(self, total: int) -> Callable[[int], None]:
        return lambda block: self._add("copying", block, total)

    def read(self, records: int, share: float) -> None:
        done = records + (self._done if self._stage == "reading" else 0)
        self._add("reading", records, max(done, round(done / share)) if share else 0)

    def indexed(self, done: int, total: int) -> None:
        self._add("indexing", done - (self._done if self._stage == "indexing" else 0), total)

    def _add(self, stage: str, amount: int, total: int) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._started, self._done, self._last = stage, now, 0, 0.0
        self._done += amount
        if self._report and now - self._last >= TICK:
            self._last = now
            rate = self._done / max(now - self._started, 0.001)
            left = (total - self._done) / rate if total and rate else None
            self._report(Progress(stage, self._done, total, rate, left))
