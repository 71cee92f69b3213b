"""Verifies evidence, catalog, event log and index against each other, quickly or in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

import sqlalchemy as sa

from indexer.catalog import Anchor, AnchorState, CaptureView
from indexer.custody.catalog_checks import catalog_unreadable, check_captures, check_content, check_database, check_rows
from indexer.custody.display_checks import AccountNames, check_current_versions
from indexer.custody.raw_items import RawItemMismatch, check_raw_items
from indexer.custody.read_again import Deviation, Difference, fact_differences, record_differences, reopen_capture
from indexer.engines import IndexOutdated, check_files
from indexer.evidence import ArchiveError, Finding, IntegrityFinding
from indexer.i18n import say
from indexer.progress import StageTick, Tick
from indexer.repository import Repository

LISTED: Final = 200  # findings kept of each kind; all are counted
SHOWN: Final = 200  # characters of a value in a finding


class Level(StrEnum):
    """Depth of a verification."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of a verification. `findings` has the first LISTED of each kind, `counts` the totals per kind.

    `raw_only` lists captures read by another version of their importer: Full compares only their raw items.
    `database` is the catalog's kind of database: only SQLite's file can be checked from here.
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
        """Number of findings, listed or not."""
        return sum(self.counts.values())

    @property
    def went_well(self) -> bool:
        """Whether there are no findings and the event log is whole."""
        return not self.total and self.log_broken_at is None

    @property
    def log_words(self) -> str:
        """The state of the event log in a few words."""
        return "whole" if self.log_broken_at is None else f"broken at event {self.log_broken_at}"


class _Findings:
    """Lists the first findings of each kind and counts all."""

    def __init__(self) -> None:
        self.listed: list[IntegrityFinding] = []
        self.counts: Counter[str] = Counter()

    def add(self, findings: Iterable[IntegrityFinding]) -> None:
        try:
            for finding in findings:
                self.counts[str(finding.finding)] += 1
                if self.counts[str(finding.finding)] <= LISTED:
                    self.listed.append(finding)
        except sa.exc.DatabaseError as error:  # an unreadable page of the catalog: the other checks still run
            self.add([catalog_unreadable(error)])


def verify(
    repository: Repository, actor: str, progress: StageTick | None = None, *, level: Level = Level.QUICK, anchor: Anchor | None = None
) -> Verification:
    """Compare evidence, catalog, event log and index with each other.

    `progress` gets a stage, the amount done and the total (bytes while hashing, else records). Adds an event.
    """
    findings = _Findings()
    raw_only: list[int] = []
    findings.add(check_database(repository))
    files = _vault_files(repository, findings)
    findings.add(_check_vault(repository, files, _stage(progress, "hashing")))
    findings.add(check_captures(repository))
    findings.add(check_rows(repository))
    findings.add(check_content(repository, _stage(progress, "comparing")))
    findings.add(raw_finding(mismatch) for mismatch in check_raw_items(repository, progress=_stage(progress, "reading raw items")))
    if level is Level.FULL:
        findings.add(_reread_captures(repository, raw_only, _stage(progress, "reading again")))
    findings.add(_check_index(repository))
    broken_at, length, anchor_state = _check_log(repository, anchor, findings)
    check = Verification(
        level,
        len(files),
        length,
        broken_at,
        anchor_state,
        tuple(findings.listed),
        dict(findings.counts),
        tuple(raw_only),
        repository.db.dialect.name,
    )
    detail = {"level": str(level), "files": len(files), "findings": dict(findings.counts), "event_log": check.log_words}
    if repository.is_read_only:
        return check
    try:
        repository.audit.add("vault:verified", actor, "vault", detail)
    except sa.exc.DatabaseError as error:
        findings.add([catalog_unreadable(error)])
        check = replace(check, findings=tuple(findings.listed), counts=dict(findings.counts))
    return check


def _stage(progress: StageTick | None, name: str) -> Tick | None:
    return None if progress is None else partial(progress, name)


def _check_log(repository: Repository, anchor: Anchor | None, findings: _Findings) -> tuple[int | None, int, AnchorState | None]:
    try:
        broken_at, length = repository.audit.broken_at(), repository.audit.last_id()
        state = None if anchor is None else repository.audit.compare_with(anchor)
    except sa.exc.DatabaseError as error:
        findings.add([catalog_unreadable(error)])
        return 0, 0, None
    if anchor is not None and state is not AnchorState.HOLDS:
        findings.add([anchor_finding(anchor, state, length)])
    return broken_at, length, state


def anchor_finding(anchor: Anchor, state: AnchorState | None, length: int) -> IntegrityFinding:
    """Return the finding for a log that does not continue from an anchor."""
    if state is AnchorState.CUT:
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


def _vault_files(repository: Repository, findings: _Findings) -> list[tuple[str, str]]:
    try:
        return repository.catalog.vault_files()
    except sa.exc.DatabaseError as error:
        findings.add([catalog_unreadable(error)])
        return []


def _check_vault(repository: Repository, files: Sequence[tuple[str, str]], progress: Tick | None) -> Iterator[IntegrityFinding]:
    present = set(repository.vault.digests())
    total = sum(repository.vault.path(digest).stat().st_size for digest, _ in files if digest in present)
    done = 0

    def count(block: int) -> None:
        nonlocal done
        done += block
        if progress:
            progress(done, total)

    for digest, name in files:
        if digest not in present:
            message = say(
                "{name} ({digest}) is not in the vault. Add the same archive again, or restore the file from a backup.",
                name=name,
                digest=digest,
            )
            yield IntegrityFinding(Finding.FILE_MISSING, name, message)
        elif (actual := repository.vault.current_digest(digest, count)) != digest:
            message = say(
                "{name} was added as {digest} and is now {now}. Add the same archive again, or restore the file from a backup.",
                name=name,
                digest=digest,
                now=actual,
            )
            yield IntegrityFinding(Finding.CHECKSUM_MISMATCH, name, message)
    for name in sorted(present - {digest for digest, _ in files}):
        yield IntegrityFinding(Finding.UNEXPECTED_FILE, name, say("{name} is in the vault but belongs to no archive.", name=name))


def _check_index(repository: Repository) -> Iterator[IntegrityFinding]:
    """Yield the index files that changed since the last commit, if the index keeps checksums."""
    try:
        with nullcontext() if repository.is_read_only else repository.writing():
            damaged_files = check_files(repository.index_folder)
    except IndexOutdated as error:
        yield IntegrityFinding(Finding.INDEX_DAMAGED, "index", str(error))
        return
    for file in damaged_files:
        message = say("{fault} The records are safe. Rebuild the index with: python -m indexer rebuild", fault=file.message)
        yield IntegrityFinding(Finding.INDEX_DAMAGED, file.name, message)


def raw_finding(mismatch: RawItemMismatch) -> IntegrityFinding:
    """Return the finding for a raw item that differs from the catalog."""
    if not mismatch.place:
        message = say("The raw items of archive {number} cannot be read: {why}", number=str(mismatch.capture_id), why=mismatch.why)
        return IntegrityFinding(Finding.RAW_CHANGED, f"capture {mismatch.capture_id}", message)
    values = {"record": mismatch.record_id or "–", "number": str(mismatch.capture_id), "place": mismatch.place}
    if mismatch.why:
        message = say("{record}: its raw item in archive {number} ({place}) cannot be read: {why}", **values, why=mismatch.why)
    else:
        message = say("{record}: its raw item in archive {number} ({place}) is not the one recorded in the catalog.", **values)
    return IntegrityFinding(Finding.RAW_CHANGED, mismatch.record_id, message)


def _reread_captures(repository: Repository, raw_only: list[int], progress: Tick | None) -> Iterator[IntegrityFinding]:
    names = AccountNames()
    for capture in reversed(repository.catalog.captures()):
        yield from capture_differences(repository, capture, raw_only, progress, names)
    yield from names.check(repository)


def capture_differences(
    repository: Repository, capture: CaptureView, raw_only: list[int], progress: Tick | None = None, names: AccountNames | None = None
) -> Iterator[IntegrityFinding]:
    """Yield the differences between catalog and today's reading of a capture; if the importer changed, add it to `raw_only` instead."""
    yield from check_current_versions(repository, capture.id)
    try:
        reading = reopen_capture(repository, capture)
        if names is not None:
            names.add(reading)
        if reading.importer_has_changed:
            raw_only.append(capture.id)
            return
        yield from (difference_finding(difference) for difference in fact_differences(repository, reading))
        yield from (difference_finding(difference) for difference in record_differences(repository, reading, progress))
    except ArchiveError as error:
        if names is not None:
            names.is_whole = False
        message = say("Archive {number} ({name}) cannot be reread: {why}", number=str(capture.id), name=capture.name, why=str(error))
        yield IntegrityFinding(Finding.NOT_READ_AGAIN, f"capture {capture.id}", message)


def difference_finding(difference: Difference) -> IntegrityFinding:
    """Return the finding for a difference between catalog and evidence."""
    name, held, read = difference.record_id or f"capture {difference.capture_id}", _shorten(difference.held), _shorten(difference.read)
    if difference.deviation is Deviation.NOT_HELD:
        message = say(
            "{record} is in archive {number} ({place}) but not in the catalog: {text}",
            record=name,
            number=str(difference.capture_id),
            place=difference.place,
            text=read,
        )
        return IntegrityFinding(Finding.RECORD_MISSING, name, message)
    if difference.deviation is Deviation.NOT_READ:
        message = say(
            "{record} is in the catalog but not in archive {number} ({place}): {text}",
            record=name,
            number=str(difference.capture_id),
            place=difference.place,
            text=held,
        )
        return IntegrityFinding(Finding.RECORD_ADDED, name, message)
    message = say(
        "{record}: {field} is {held} in the catalog and {read} in archive {number}.",
        record=name,
        field=difference.field,
        held=held or "–",
        read=read or "–",
        number=str(difference.capture_id),
    )
    return IntegrityFinding(Finding.RECORD_CHANGED, name, message)


def _shorten(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


def describe_proof(check: Verification) -> list[str]:
    """Return sentences on what a verification proves and what it cannot prove."""
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
