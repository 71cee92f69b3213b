"""Archive -> importer -> records -> catalog -> index, accounting for every member, all or nothing.

The archive is checked and identified at its source, copied into the vault, read from the vault, and shown once it is
complete. `recover` removes the remains of a killed run at the next start.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from msgspec import structs
from sqlalchemy.exc import DatabaseError

from indexer.catalog import (
    CaptureView,
    CaptureWriter,
    MemberOutcome,
    NewCapture,
    VaultFile,
    begin_capture,
    remove_unfinished,
    storage_error,
)
from indexer.custody import clock, indexing
from indexer.custody.indexing import BackgroundIndexer
from indexer.custody.member_accounts import member_digests, member_outcomes, member_problems, reconcile
from indexer.custody.read_again import resolve_record
from indexer.evidence import (
    MISSING,
    SAFE,
    AdmittedFile,
    Archive,
    ArchiveError,
    StagedFile,
    archive_digest,
    open_archive,
    refusal,
)
from indexer.i18n import say
from indexer.importers import IdentifiedArchive, Importer, NotIdentified, claim, compile_ignored
from indexer.local_time import zone
from indexer.progress import ProgressMeter, Report, Tick
from indexer.record import CaptureFacts, Problem, Record
from indexer.repository import Repository

BATCH = 4000
TEXT_SUFFIXES = (".js", ".json", ".html", ".htm", ".csv")


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The result of an ingest."""

    capture: CaptureView
    already_captured: bool = False
    healed: tuple[AdmittedFile, ...] = ()  # missing or damaged vault files that this archive replaced

    @property
    def capture_id(self) -> int:
        """The id of the capture."""
        return self.capture.id


class IngestFailed(ArchiveError):
    """The ingest failed because of a bug, the disk or the catalog. Nothing was taken in."""


class IngestSession:
    """Takes archives into custody one after another, with one process that indexes them.

    Each archive is taken in whole or not at all; one that fails does not stop the next. The repository's lock is taken
    with the first archive and held to the end: other writers wait, searches do not. The index follows within seconds,
    while the next archive is read; `close` waits for it.
    """

    def __init__(self, repository: Repository, size: int = 0) -> None:
        """Prepare a session. `size`: bytes of all archives, if known before the first; only the start of a process depends on it."""
        self._repository, self._size = repository, size
        self._open = ExitStack()
        self._indexer: BackgroundIndexer | None = None
        self._meter = ProgressMeter(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self._open.close()
            self._indexer = None

    def take_in(self, paths: Sequence[Path], custody: Custody, progress: Report | None = None) -> IngestReport:
        """Take an archive into custody and have it indexed. Several paths are the parts of a single export.

        Raises ArchiveError (with a text for people) and UnknownZone; nothing of this archive was taken in then.
        """
        zone(custody.zone_name or self._repository.zone)
        self._meter = ProgressMeter(progress)
        if self._indexer is None:
            self._open.enter_context(self._repository.writing())
            recover_locked(self._repository)
            self._indexer = self._open.enter_context(BackgroundIndexer(self._repository, self._size or total_bytes(paths)))
        report = _take_in(self._repository, paths, custody, self._meter, self._indexer)
        if self._indexer.is_behind:
            self._indexer.sync(self._meter.indexed)
        return report

    def close(self) -> None:
        """Wait until everything taken in is searchable, and release the lock. A later `take_in` takes it again."""
        indexer, self._indexer = self._indexer, None
        with self._open:
            if indexer is not None:
                indexer.sync(self._meter.indexed)


@dataclass(frozen=True, slots=True)
class Custody:
    """Who takes an archive in and how it came here, with what only a person knows about it.

    `zone_name` is the account's zone if the user knows it; otherwise the body's zone is assumed. `account` is the
    handle, for an archive that does not name its account.
    """

    taken_by: str
    source: str  # "upload", "incoming", "command line"
    zone_name: str | None = None
    account: str = ""


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
    """Take one archive into custody and index it, see `IngestSession.take_in`."""
    with IngestSession(repository) as session:
        return session.take_in(paths, Custody(taken_by, source, zone_name, account), progress)


def _take_in(
    repository: Repository, paths: Sequence[Path], custody: Custody, meter: ProgressMeter, indexer: BackgroundIndexer
) -> IngestReport:
    try:
        importer, source_archive = claim(open_archive(*paths))  # refused at the source, before anything is copied
        staged = repository.vault.stage(paths, meter.copied(total_bytes(paths)))
        copy = open_archive(*(file.path for file in staged), label=paths[0].name).below(source_archive.root)
        opened = IdentifiedArchive(importer, copy, importer.facts(copy))  # the staged copy is read, not the source
        digest = archive_digest(staged)
        facts = _facts_with_account(opened, custody.account, digest)
    except ArchiveError as error:
        repository.vault.empty_staging()
        repository.audit.add("capture:refused", custody.taken_by, ", ".join(path.name for path in paths), {"why": str(error)})
        raise
    except OSError as error:
        if cause := storage_error(error, repository.paths.data):
            raise IngestFailed(f"{cause} {SAFE}") from error
        raise
    except Exception as error:  # an importer that fails before it reads a record
        repository.vault.empty_staging()
        failure = _failure("identifying the archive", repository, error)
        repository.audit.add("capture:refused", custody.taken_by, ", ".join(path.name for path in paths), {"why": str(failure)})
        raise failure from error
    existing = repository.catalog.capture_of_digest(digest)
    if existing is not None:
        healed = _admit(repository, staged, custody.taken_by)
        repository.audit.add("capture:repeated", custody.taken_by, f"capture {existing.id}", {"digest": digest})
        return IngestReport(existing, already_captured=True, healed=healed)
    capture_id = _read_into_catalog(repository, _Task(opened, facts, staged, digest, paths, custody, meter), indexer)
    capture = repository.catalog.capture(capture_id)
    if capture is None:
        raise IngestFailed(f"The capture is not in the catalog. {SAFE}")
    return IngestReport(capture)


def _admit(repository: Repository, staged: Sequence[StagedFile], actor: str) -> tuple[AdmittedFile, ...]:
    """Admit staged files to the vault; return those that replace missing or damaged evidence, each with an event."""
    digests = {digest for digest, _name in repository.catalog.vault_files()}
    healed = tuple(file for file in repository.vault.admit(staged) if file.was != MISSING or file.digest in digests)
    for file in healed:
        repository.audit.add("vault:healed", actor, file.name, {"sha256": file.digest, "was": file.was})
    return healed


def recover(repository: Repository, progress: Tick | None = None) -> int:
    """Remove the remains of a killed ingest and bring the index up to date; return the number of captures removed."""
    with repository.writing():
        removed = recover_locked(repository)
        indexing.sync_locked(repository, progress)
    return removed


def recover_locked(repository: Repository) -> int:
    """Like `recover`, for a caller that holds the lock; leaves the index alone."""
    repository.vault.empty_staging()
    removed = remove_unfinished(repository.db)
    for digest in removed.orphans:
        repository.vault.remove(digest)
    return removed.captures


@dataclass(frozen=True, slots=True)
class _Task:
    opened: IdentifiedArchive
    facts: CaptureFacts  # with the account from the user if the archive names none
    staged: Sequence[StagedFile]
    digest: str
    paths: Sequence[Path]
    custody: Custody
    meter: ProgressMeter


def _read_into_catalog(repository: Repository, task: _Task, indexer: BackgroundIndexer) -> int:
    label, importer, facts = task.paths[0].name, task.opened.importer, task.facts
    capture = NewCapture(
        digest=task.digest,
        files=[VaultFile(file.digest, file.name, file.size) for file in task.staged],
        name=", ".join(path.name for path in task.paths),
        facts=facts,
        importer=(importer.name, importer.version),
        taken_by=task.custody.taken_by,
        taken_at=datetime.now(UTC),
        source=task.custody.source,
        zone=task.custody.zone_name or repository.zone,
    )
    writer = begin_capture(repository.db, capture)
    exported = facts.exported.utc if facts.exported else None
    try:
        writer.add_problems(clock.ingest_problems(repository, exported, label, datetime.now(UTC)))
        _admit(repository, task.staged, task.custody.taken_by)
        indexer.begin()
        with ThreadPoolExecutor(1) as pool:
            # hashing releases the GIL, so another core does it in the meantime
            pending_digests = pool.submit(member_digests, repository.vault.open([file.digest for file in task.staged]))
            outcomes, tallies = _read(writer, indexer, task, pending_digests)
            writer.finish(outcomes, reconcile(facts.counts, tallies), task.custody.taken_by)
        indexer.commit(sorted(writer.known_pks))
    except BaseException as error:
        try:
            indexer.drop()
            recover_locked(repository)
        except (OSError, DatabaseError) as recovery_error:  # the next ingest or sync removes it; until then it is invisible
            raise _failure("the reading", repository, recovery_error) from error
        if isinstance(error, ArchiveError) or not isinstance(error, Exception):
            raise
        raise _failure(f"the importer of {importer.title}", repository, error) from error
    return writer.capture_id


def _failure(step: str, repository: Repository, error: Exception) -> IngestFailed:
    """Return the error for a failed ingest: a disk or catalog error is stated as such, anything else as a bug."""
    if cause := storage_error(error, repository.paths.data):
        return IngestFailed(f"{cause} {SAFE}")
    return IngestFailed(
        f"{step[0].upper()}{step[1:]} failed ({type(error).__name__}: {error}). {SAFE} "
        "This is an error in Show-Me Records: keep the file and report the text of this message."
    )


def _facts_with_account(opened: IdentifiedArchive, account: str, digest: str) -> CaptureFacts:
    """Return the archive's facts, with a placeholder account if the archive names none.

    Two archives that name no account are never merged: each gets its own account until a user names it.
    """
    facts, label = opened.facts, opened.archive.label
    handle = account.strip().removeprefix("@")
    if facts.account.native_id:
        if handle:
            name = facts.account.handle or facts.account.name or facts.account.native_id
            why = say("{archive} names its own account ({account}).", archive=label, account=name)
            raise NotIdentified(refusal(why, say("Leave the account field empty.")))
        return facts
    name = "" if handle else f"account not named in {label}"
    return replace(facts, account=replace(facts.account, native_id=handle or f"unnamed:{digest}", handle=handle, name=name))


def _read(
    writer: CaptureWriter, indexer: BackgroundIndexer, task: _Task, pending_digests: Future[dict[str, tuple[str, str]]]
) -> tuple[list[MemberOutcome], dict[str, int]]:
    """Read everything into the catalog; return the outcome of each member, and the number read per unit of the platform."""
    archive, importer, root = task.opened.archive, task.opened.importer, task.opened.archive.root
    attached: set[str] = set()
    tallies: dict[str, int] = {}
    batch: list[Record] = []
    problems: list[Problem] = []
    damaged: set[str] = set()  # members that the importer has already reported

    progress = _ReadingProgress(archive, importer)

    def write() -> None:
        indexer.add(writer.add(batch))
        if batch:
            task.meter.read(len(batch), progress.share(batch[-1]))
        batch.clear()

    for value in task.opened.records():
        if isinstance(value, Record):
            attached.update(root + attachment.member for attachment in value.attachments if attachment.member)
            batch.append(resolve_record(value, root, writer.zone, is_set=task.custody.zone_name is not None))
            if len(batch) >= BATCH:
                write()
        elif isinstance(value, Problem):
            problems.append(structs.replace(value, member=root + value.member))
            if value.code == "member-damaged":
                damaged.add(root + value.member)
            if len(problems) >= BATCH:
                writer.add_problems(problems)
                problems.clear()
        else:
            tallies[value.unit] = tallies.get(value.unit, 0) + value.read
    write()
    digests = pending_digests.result()
    outcomes = list(member_outcomes(archive, importer, attached, digests))
    problems.extend(
        problem for problem in member_problems(outcomes, digests) if problem.code != "member-damaged" or problem.member not in damaged
    )
    writer.add_problems(problems)
    return outcomes, tallies


def total_bytes(paths: Sequence[Path]) -> int:
    """Return the size of all files of an archive."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return sum(file.stat().st_size for file in files if file.is_file())


def group_parts(paths: Sequence[Path]) -> list[tuple[Path, ...]]:
    """Return the archives of several paths: all as the parts of one export, or each as an archive of its own.

    They are archives of their own only if those that can be opened contradict each other: the same member with two
    contents, or the marks of two platforms. So a damaged part never lets the others be taken in without it.
    """
    intact = []
    for path in paths:
        try:
            open_archive(path)
        except ArchiveError:
            continue
        intact.append(path)
    if len(intact) > 1:
        try:
            claim(open_archive(*intact))
        except ArchiveError:
            return [(path,) for path in paths]
    return [tuple(paths)]


class _ReadingProgress:
    """Share of an archive's text read so far, from the place of the last record."""

    def __init__(self, archive: Archive, importer: Importer) -> None:
        reason_of = compile_ignored(importer)
        names = [name for name in archive.names if name.endswith(TEXT_SUFFIXES) and not reason_of(name)]
        self._sizes = {archive.root + name: archive.size(name) for name in names}
        self._total = sum(self._sizes.values())
        self._finished = 0
        self._member = ""

    def share(self, last: Record) -> float:
        """Return a number from 0 to 1; 0 if unknown."""
        if last.place.member != self._member:
            self._finished += self._sizes.pop(self._member, 0)
            self._member = last.place.member
        done = self._finished + last.place.start + last.place.length
        return min(done / self._total, 1.0) if self._total else 0.0
