"""Verifies evidence, catalog and event log against each other, quickly or in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

import sqlalchemy as sa

from indexer.catalog.audit import Anchor, AnchorState
from indexer.catalog.models import CaptureView
from indexer.custody.catalog_checks import capture_faults, content_faults, database_faults, row_faults, unreadable
from indexer.custody.raw_items import RawFault, raw_faults
from indexer.custody.read_again import Deviation, Difference, differences, facts_differ, open_again
from indexer.custody.shown_checks import AccountNames, current_version_faults
from indexer.engines import IndexOutdated
from indexer.engines.state import check_files
from indexer.evidence.archive import ArchiveError
from indexer.evidence.fixity import Finding, IntegrityFinding
from indexer.i18n import say
from indexer.progress import StageTick, Tick
from indexer.repository import Repository

LISTED: Final = 200  # findings of each kind that are kept; all are counted
SHOWN: Final = 200  # characters of a value in a finding


class Level(StrEnum):
    """How far a verification goes."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of a verification. `findings` holds the first LISTED of each kind, `counts` how many there are of each.

    `raw_only` are captures that were read by another version of their importer: Full could compare only their raw items.
    `database` is the kind that holds the catalog: only SQLite's file can be checked from here.
    """

    level: Level
    files: int
    events: int
    log_broken_at: int | None
    anchor: AnchorState | None
    findings: tuple[IntegrityFinding, ...]
    counts: Mapping[str, int]
    raw_only: tuple[int, ...] = ()
    database: str = "sqlite"

    @property
    def total(self) -> int:
        """How many findings there are, listed or not."""
        return sum(self.counts.values())

    @property
    def went_well(self) -> bool:
        """Tell whether nothing was found and the event log is whole."""
        return not self.total and self.log_broken_at is None

    @property
    def log_words(self) -> str:
        """Return the state of the event log in one word or two."""
        return "whole" if self.log_broken_at is None else f"broken at event {self.log_broken_at}"


class _Findings:
    """Keeps the first findings of each kind and counts all."""

    def __init__(self) -> None:
        self.listed: list[IntegrityFinding] = []
        self.counts: Counter[str] = Counter()

    def add(self, found: Iterable[IntegrityFinding]) -> None:
        try:
            for one in found:
                self.counts[str(one.finding)] += 1
                if self.counts[str(one.finding)] <= LISTED:
                    self.listed.append(one)
        except sa.exc.DatabaseError as error:  # a page of the catalog that cannot be read: the other checks still run
            self.add([unreadable(error)])


def verify(
    repository: Repository, by: str, progress: StageTick | None = None, *, level: Level = Level.QUICK, anchor: Anchor | None = None
) -> Verification:
    """Compare evidence, catalog, event log and index with each other; an empty list of findings: all is well.

    `progress` gets a stage, what is done and what there is in all (bytes while hashing, else records). The check is an event.
    """
    found = _Findings()
    raw_only: list[int] = []
    found.add(database_faults(repository))
    known = _vault_files(repository, found)
    found.add(_vault_faults(repository, known, _stage(progress, "hashing")))
    found.add(capture_faults(repository))
    found.add(row_faults(repository))
    found.add(content_faults(repository, _stage(progress, "comparing")))
    found.add(raw_finding(fault) for fault in raw_faults(repository, progress=_stage(progress, "reading raw items")))
    if level is Level.FULL:
        found.add(_read_again(repository, raw_only, _stage(progress, "reading again")))
    found.add(_index_faults(repository))
    broken, length, log_state = _log(repository, anchor, found)
    check = Verification(
        level, len(known), length, broken, log_state, tuple(found.listed), dict(found.counts), tuple(raw_only), repository.db.dialect.name
    )
    detail = {"level": str(level), "files": len(known), "findings": dict(found.counts), "event_log": check.log_words}
    if repository.is_read_only:
        return check
    try:
        repository.audit.add("vault:verified", by, "vault", detail)
    except sa.exc.DatabaseError as error:
        found.add([unreadable(error)])
        check = replace(check, findings=tuple(found.listed), counts=dict(found.counts))
    return check


def _stage(progress: StageTick | None, name: str) -> Tick | None:
    return None if progress is None else partial(progress, name)


def _log(repository: Repository, anchor: Anchor | None, found: _Findings) -> tuple[int | None, int, AnchorState | None]:
    try:
        broken, length = repository.audit.broken_at(), repository.audit.last_id()
        against = None if anchor is None else repository.audit.against(anchor)
    except sa.exc.DatabaseError as error:
        found.add([unreadable(error)])
        return 0, 0, None
    if anchor is not None and against is not AnchorState.HOLDS:
        found.add([anchor_finding(anchor, against, length)])
    return broken, length, against


def anchor_finding(anchor: Anchor, found: AnchorState | None, length: int) -> IntegrityFinding:
    """Return the finding of a log that does not go on from an anchor."""
    if found is AnchorState.CUT:
        message = say(
            "The event log was truncated: it had {then} events when the anchor was made, now it has {now}. Restore the "
            "catalog from a backup.",
            then=anchor.events,
            now=length,
        )
        return IntegrityFinding(Finding.LOG_CUT, "event log", message)
    message = say(
        "The event log was rewritten: event {number} is not the same as when the anchor was made, or the anchor belongs "
        "to another catalog. Restore the catalog from a backup.",
        number=str(anchor.events),
    )
    return IntegrityFinding(Finding.LOG_REWRITTEN, "event log", message)


def _vault_files(repository: Repository, found: _Findings) -> list[tuple[str, str]]:
    try:
        return repository.catalog.vault_files()
    except sa.exc.DatabaseError as error:
        found.add([unreadable(error)])
        return []


def _vault_faults(repository: Repository, known: Sequence[tuple[str, str]], progress: Tick | None) -> Iterator[IntegrityFinding]:
    present = set(repository.vault.digests())
    total = sum(repository.vault.path(digest).stat().st_size for digest, _ in known if digest in present)
    done = 0

    def count(block: int) -> None:
        nonlocal done
        done += block
        if progress:
            progress(done, total)

    for digest, name in known:
        if digest not in present:
            message = say(
                "{name} ({digest}) is not in the vault. Add the same archive again, or restore the file from a backup.",
                name=name,
                digest=digest,
            )
            yield IntegrityFinding(Finding.FILE_MISSING, name, message)
        elif (now := repository.vault.current_digest(digest, count)) != digest:
            message = say(
                "{name} was added as {digest} and is now {now}. Add the same archive again, or restore the file from a backup.",
                name=name,
                digest=digest,
                now=now,
            )
            yield IntegrityFinding(Finding.CHECKSUM_MISMATCH, name, message)
    for name in sorted(present - {digest for digest, _ in known}):
        yield IntegrityFinding(Finding.UNEXPECTED_FILE, name, say("{name} is in the vault but belongs to no archive.", name=name))


def _index_faults(repository: Repository) -> Iterator[IntegrityFinding]:
    """Yield the files of the index that are not as the last commit wrote them, where the index keeps sums of its files."""
    try:
        with nullcontext() if repository.is_read_only else repository.writing():
            found = check_files(repository.index_folder)
    except IndexOutdated as error:
        yield IntegrityFinding(Finding.INDEX_DAMAGED, "index", str(error))
        return
    for one in found:
        message = say("{fault} The records are safe. Rebuild the index with: python -m indexer rebuild", fault=one.message)
        yield IntegrityFinding(Finding.INDEX_DAMAGED, one.name, message)


def raw_finding(fault: RawFault) -> IntegrityFinding:
    """Return a raw item that is not as the catalog says as a finding."""
    if not fault.place:
        message = say("The raw items of archive {number} cannot be read: {why}", number=str(fault.capture_id), why=fault.why)
        return IntegrityFinding(Finding.RAW_CHANGED, f"capture {fault.capture_id}", message)
    values = {"record": fault.record_id or "–", "number": str(fault.capture_id), "place": fault.place}
    if fault.why:
        message = say("{record}: its raw item in archive {number} ({place}) cannot be read: {why}", **values, why=fault.why)
    else:
        message = say("{record}: its raw item in archive {number} ({place}) is not the one recorded in the catalog.", **values)
    return IntegrityFinding(Finding.RAW_CHANGED, fault.record_id, message)


def _read_again(repository: Repository, raw_only: list[int], progress: Tick | None) -> Iterator[IntegrityFinding]:
    names = AccountNames()
    for capture in reversed(repository.catalog.captures()):
        yield from capture_differences(repository, capture, raw_only, progress, names)
    yield from names.faults(repository)


def capture_differences(
    repository: Repository, capture: CaptureView, raw_only: list[int], progress: Tick | None = None, names: AccountNames | None = None
) -> Iterator[IntegrityFinding]:
    """Yield how the catalog differs from today's reading of a capture; where the importer has changed, add it to `raw_only`."""
    yield from current_version_faults(repository, capture.id)
    try:
        reading = open_again(repository, capture)
        if names is not None:
            names.add(reading)
        if reading.importer_has_changed:
            raw_only.append(capture.id)
            return
        yield from (difference_finding(one) for one in facts_differ(repository, reading))
        yield from (difference_finding(one) for one in differences(repository, reading, progress))
    except ArchiveError as error:
        if names is not None:
            names.is_whole = False
        message = say("Archive {number} ({name}) cannot be reread: {why}", number=str(capture.id), name=capture.name, why=str(error))
        yield IntegrityFinding(Finding.NOT_READ_AGAIN, f"capture {capture.id}", message)


def difference_finding(one: Difference) -> IntegrityFinding:
    """Return a difference between catalog and evidence as a finding."""
    name, held, read = one.record_id or f"capture {one.capture_id}", _cut(one.held), _cut(one.read)
    if one.deviation is Deviation.NOT_HELD:
        message = say(
            "{record} is in archive {number} ({place}) but not in the catalog: {text}",
            record=name,
            number=str(one.capture_id),
            place=one.place,
            text=read,
        )
        return IntegrityFinding(Finding.RECORD_MISSING, name, message)
    if one.deviation is Deviation.NOT_READ:
        message = say(
            "{record} is in the catalog but not in archive {number} ({place}): {text}",
            record=name,
            number=str(one.capture_id),
            place=one.place,
            text=held,
        )
        return IntegrityFinding(Finding.RECORD_ADDED, name, message)
    message = say(
        "{record}: {field} is {held} in the catalog and {read} in archive {number}.",
        record=name,
        field=one.field,
        held=held or "–",
        read=read or "–",
        number=str(one.capture_id),
    )
    return IntegrityFinding(Finding.RECORD_CHANGED, name, message)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


def proves(check: Verification) -> list[str]:
    """Say what a verification proves and what it cannot, one sentence each."""
    sentences: list[str] = [
        say(
            "Quick verification: the files in the vault are the ones that were added; each record's raw item is the one "
            "recorded in the catalog; the content of each version matches its stored digest; archives, records, and event "
            "log are consistent."
        )
    ]
    if check.level is Level.FULL:
        sentences.append(
            say(
                "Full verification: the archives were reread, and every stored field of every record was compared: text, title, "
                "time, author, and all others."
            )
        )
    else:
        sentences.append(
            say(
                "It does not reread the archives: only Full verification finds an altered author or time, or content that was "
                "altered together with its digest."
            )
        )
    if check.database == "postgresql":
        sentences.append(
            say(
                "The catalog is in PostgreSQL. Its rows were read and compared; the files of the database are for the database server to "
                "check (data checksums, pg_amcheck)."
            )
        )
    if check.raw_only:
        sentences.append(
            say(
                "The importer has changed since these archives were read, so only their raw items were compared: {captures}. "
                "Reread them, then verify again.",
                captures=", ".join(str(number) for number in check.raw_only),
            )
        )
    if check.anchor is None:
        sentences.append(
            say(
                "No anchor was given. Without one, a truncated or completely rewritten event log cannot be detected. Keep "
                "anchors or certificates where nobody who can change the catalog can change them."
            )
        )
    elif check.anchor is AnchorState.HOLDS:
        sentences.append(say("The event log continues from the anchor: nothing before it was removed or rewritten."))
    return sentences
