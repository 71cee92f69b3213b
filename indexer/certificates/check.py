"""The result of verifying a certificate, and its storage for the check's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from indexer.atomic_files import partial_folder, publish, sync
from indexer.catalog import AnchorState, FirstCapture
from indexer.certificates import file_format
from indexer.certificates.file_format import CaptureRef
from indexer.certificates.reasons import Reason
from indexer.custody import Level
from indexer.evidence import Finding
from indexer.i18n import say


class FileState(StrEnum):
    """State of a certificate's file according to the event log."""

    UNALTERED = "unaltered"
    ALTERED = "altered"
    UNKNOWN = "unknown"  # not in the event log of this catalog


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record that is new, changed or gone. Version and digest are 0 and "" on the side where it was not found.

    `origin`: the record as it is now and the capture its version came from; None if it is no longer in the catalog.
    `capture_is_new`: that capture was added after the certificate was made.
    """

    record_id: str
    was_version: int
    was_digest: str
    version: int
    digest: str
    origin: FirstCapture | None
    capture_is_new: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A change in the environment since the certificate was made: program, engine, zone, paraphrase, words of a wildcard."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """A contradiction with the evidence: a sentence as template and values, so that a stored check can be translated."""

    finding: Finding
    record_id: str
    template: str
    values: Mapping[str, str | int]

    @property
    def message(self) -> str:
        """The sentence."""
        return say(self.template, **self.values)


@dataclass(frozen=True, slots=True)
class Check:
    """The result of verifying a certificate. `lines_fit`: its records match the digest and count that it states.

    `alterations` are the first LISTED of `altered_total`; `raw_only` are the captures whose importer has changed since
    they were read. `anchor` is None for certificate format 1. Checks stored by earlier versions lack the fields with a default.
    """

    id: str
    sha256: str
    file: FileState
    log_broken_at: int | None
    lines_fit: bool
    total_then: int
    total_now: int
    digest_then: str
    digest_now: str
    new: tuple[RecordChange, ...]
    changed: tuple[RecordChange, ...]
    gone: tuple[RecordChange, ...]
    in_step: bool
    differences: tuple[Difference, ...]
    captures_added: tuple[CaptureRef, ...]
    captures_missing: tuple[CaptureRef, ...]
    accounts_missing: tuple[str, ...]
    level: Level | None = None
    anchor: AnchorState | None = None
    anchor_events: int = 0
    alterations: tuple[Alteration, ...] = ()
    altered_total: int = 0
    raw_only: tuple[int, ...] = ()
    reasons: tuple[Reason, ...] = ()
    zone: str = "UTC"
    captures_aside: tuple[CaptureRef, ...] = ()
    is_list: bool = False  # it is the certificate of a list: nothing was searched

    @property
    def is_identical(self) -> bool:
        """Whether the search finds the same records with the same content in the same order."""
        return self.digest_then == self.digest_now and self.lines_fit

    @property
    def is_reordered(self) -> bool:
        """Whether the search finds the same records with the same content in another order: their times were recalculated."""
        return not self.is_identical and self.lines_fit and not (self.new or self.changed or self.gone)

    @property
    def went_well(self) -> bool:
        """Whether the result is identical and evidence, file, event log and index are all in order."""
        log_is_whole = self.log_broken_at is None and self.anchor in {None, AnchorState.HOLDS}
        return self.is_identical and not self.altered_total and self.file is FileState.UNALTERED and log_is_whole and self.in_step


def save_check(check: Check, target: Path) -> None:
    """Store a check as JSON, complete or not at all. Raises OSError."""
    with partial_folder(target) as folder:
        path = folder / "check.json"
        path.write_bytes(msgspec.json.encode(check, enc_hook=file_format.plain))
        sync(path)
        publish(path, target)


def load_check(target: Path) -> Check:
    """Read a stored check. Raises OSError."""
    return msgspec.json.decode(target.read_bytes(), type=Check)
