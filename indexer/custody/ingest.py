"""archive -> importer -> records -> catalog -> index; accounts for every member. One unit: all of it or nothing.

The archive is checked and identified where it lies, copied into the vault, read from the vault, and shown when it
is whole. What a killed run had begun is taken back at the next start (`recover`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from indexer.catalog.capture_writer import CaptureWriter, MemberOutcome, NewCapture, VaultFile, begin, remove_unfinished
from indexer.catalog.database import storage_error
from indexer.catalog.models import CaptureView, Reconciled
from indexer.custody import clock, indexing
from indexer.custody.indexing import IndexAhead
from indexer.custody.read_again import settled
from indexer.evidence import fixity
from indexer.evidence.archive import DAMAGE, SAFE, Archive, ArchiveError, damage_of, open_archive, refusal
from indexer.evidence.vault import MISSING, AdmittedFile, StagedFile, archive_digest
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
    """What an ingest came to."""

    capture: CaptureView
    already_captured: bool = False
    healed: tuple[AdmittedFile, ...] = ()  # files of the vault that this archive has replaced: they were missing or damaged

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
    meter = ProgressMeter(progress)
    with repository.writing():
        recover_locked(repository)
        try:
            importer, there = claim(open_archive(*paths))  # refused where it lies, before anything is copied
            staged = repository.vault.stage(paths, meter.copied(_bytes(paths)))
            kept = open_archive(*(file.path for file in staged), label=paths[0].name).below(there.root)
            opened = IdentifiedArchive(importer, kept, importer.facts(kept))  # what is kept is read, not what lay at the source
            digest = archive_digest(staged)
            facts = _named(opened, account, digest)
        except ArchiveError as error:
            repository.vault.empty_staging()
            repository.audit.add("capture:refused", taken_by, ", ".join(path.name for path in paths), {"why": str(error)})
            raise
        except OSError as error:
            if cause := storage_error(error, repository.paths.data):
                raise IngestFailed(f"{cause} {SAFE}") from error
            raise
        known = repository.catalog.capture_of_digest(digest)
        if known is not None:
            healed = _healed(repository, staged, taken_by)
            repository.audit.add("capture:repeated", taken_by, f"capture {known.id}", {"digest": digest})
            indexing.sync_locked(repository, meter.indexed)
            return IngestReport(known, already_captured=True, healed=healed)
        capture_id = _take_in(repository, _Task(opened, facts, staged, digest, paths, taken_by, source, zone_name, meter))
        indexing.sync_locked(repository, meter.indexed)
    capture = repository.catalog.capture(capture_id)
    if capture is None:
        raise IngestFailed(f"The capture is not in the catalog. {SAFE}")
    return IngestReport(capture)


def _healed(repository: Repository, staged: Sequence[StagedFile], by: str) -> tuple[AdmittedFile, ...]:
    """Admit staged files; return those that replace missing or damaged evidence. Each of these is an event."""
    held = {digest for digest, _name in repository.catalog.vault_files()}
    healed = tuple(one for one in repository.vault.admit(staged) if one.was != MISSING or one.digest in held)
    for one in healed:
        repository.audit.add("vault:healed", by, one.name, {"sha256": one.digest, "was": one.was})
    return healed


def recover(repository: Repository, progress: Tick | None = None) -> int:
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
    opened: IdentifiedArchive
    facts: CaptureFacts  # with the account that was named by hand, where the archive names none
    staged: Sequence[StagedFile]
    digest: str
    paths: Sequence[Path]
    taken_by: str
    source: str
    zone_name: str | None
    meter: ProgressMeter


def _take_in(repository: Repository, task: _Task) -> int:
    label, importer, facts = task.paths[0].name, task.opened.importer, task.facts
    capture = NewCapture(
        digest=task.digest,
        files=[VaultFile(file.digest, file.name, file.size) for file in task.staged],
        name=", ".join(path.name for path in task.paths),
        facts=facts,
        importer=(importer.name, importer.version),
        taken_by=task.taken_by,
        taken_at=datetime.now(UTC),
        source=task.source,
        zone=task.zone_name or repository.zone,
    )
    writer = begin(repository.db, capture)
    exported = facts.exported.utc if facts.exported else None
    try:
        writer.add_problems(clock.problems(repository, exported, label, datetime.now(UTC)))
        _healed(repository, task.staged, task.taken_by)
        with ThreadPoolExecutor(1) as pool, IndexAhead(repository, sum(facts.counts.values())) as ahead:
            # hashing lets go of the interpreter's lock: another core does it meanwhile
            checked = pool.submit(_member_digests, repository.vault.open([file.digest for file in task.staged]))
            outcomes, tallies = _read(writer, ahead, task, checked)
            writer.finish(outcomes, reconcile(facts.counts, tallies), task.taken_by)
            ahead.commit(sorted(writer.settled_later))
    except BaseException as error:
        try:
            recover_locked(repository)
        except (OSError, DatabaseError) as still:  # the next ingest or sync takes it back: until then nobody sees it
            raise _failed("the reading", repository, still) from error
        if isinstance(error, ArchiveError) or not isinstance(error, Exception):
            raise
        raise _failed(f"the importer of {importer.title}", repository, error) from error
    return writer.capture_id


def _failed(what: str, repository: Repository, error: Exception) -> IngestFailed:
    """Return why an ingest broke off: a full disk or a locked or damaged catalog is told as such, not as a fault of the program."""
    if cause := storage_error(error, repository.paths.data):
        return IngestFailed(f"{cause} {SAFE}")
    return IngestFailed(
        f"{what[0].upper()}{what[1:]} failed ({type(error).__name__}: {error}). {SAFE} "
        "This is an error in Show-Me Records: keep the file and report the text of this message."
    )


def _named(opened: IdentifiedArchive, account: str, digest: str) -> CaptureFacts:
    """Return what the archive says of itself, with an account even where it names none.

    Two archives that name no account are never taken for one account's: each is an account of its own until a
    person names it.
    """
    facts, label = opened.facts, opened.archive.label
    handle = account.strip().removeprefix("@")
    if facts.account.native_id:
        if handle:
            said = facts.account.handle or facts.account.name or facts.account.native_id
            why = say("{archive} names its own account ({account}).", archive=label, account=said)
            raise NotIdentified(refusal(why, say("Leave the account field empty.")))
        return facts
    name = "" if handle else f"account not named in {label}"
    return replace(facts, account=replace(facts.account, native_id=handle or f"unnamed:{digest}", handle=handle, name=name))


def _read(
    writer: CaptureWriter, ahead: IndexAhead, task: _Task, checked: Future[dict[str, tuple[str, str]]]
) -> tuple[list[MemberOutcome], dict[str, int]]:
    """Read everything into the catalog; return what became of each member, and the tallies of the platform's units."""
    archive, importer, root = task.opened.archive, task.opened.importer, task.opened.archive.root
    attached: set[str] = set()
    tallies: dict[str, int] = {}
    batch: list[Record] = []
    found: list[Problem] = []
    damaged: set[str] = set()  # members of which the importer has told already

    through = _Through(archive, importer)

    def write() -> None:
        ahead.add(writer.add(batch))
        if batch:
            task.meter.read(len(batch), through.share(batch[-1]))
        batch.clear()

    for value in task.opened.records():
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
    outcomes = list(_outcomes(archive, importer, attached, digests))
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
    reason_of = compile_ignored(importer)
    for name in sorted(archive.members):
        size, digest = archive.members[name].size, digests[name][0]
        inner = name.removeprefix(archive.root)
        if name in archive.opened or name in attached:
            yield MemberOutcome(name, size, digest, "read")
        elif (name.startswith(archive.root) and (reason := reason_of(inner))) or (reason := reason_of(name)):
            yield MemberOutcome(name, size, digest, "ignored", reason)
        else:
            yield MemberOutcome(name, size, digest, "unknown", "no importer knows this file")


def _member_problems(outcomes: Sequence[MemberOutcome], digests: Mapping[str, tuple[str, str]]) -> Iterator[Problem]:
    for outcome in outcomes:
        if outcome.outcome == "unknown":
            message = say("No importer knows this file; it is kept in the vault and was not read.")
            yield Problem(outcome.name, "unknown-member", message)
        if digests[outcome.name][1]:
            message = say("The archive's own checksum fails: {damage}.", damage=digests[outcome.name][1])
            yield Problem(outcome.name, "member-damaged", message)


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
        reason_of = compile_ignored(importer)
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
