"""The check of a certificate as data, and how it is kept for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from indexer.atomic_files import partial_folder, publish, sync
from indexer.catalog.audit import AnchorState
from indexer.catalog.record_views import FirstCapture
from indexer.certificates import file_format
from indexer.certificates.file_format import CaptureRef
from indexer.certificates.reasons import Reason
from indexer.custody.verify import Level
from indexer.evidence.fixity import Finding
from indexer.i18n import say


class FileState(StrEnum):
    """What the event log says of a certificate's file."""

    UNALTERED = "unaltered"
    ALTERED = "altered"
    UNKNOWN = "unknown"  # no event of this catalog says that it was made here


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record that is new, changed or gone. Version and digest are 0 and "" where the record was, or is, not found.

    `origin` is the record as it is held now and the capture that brought that version; None: it is not held any more.
    `capture_is_new` says that this capture was not held when the certificate was made.
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
    """Something that is not as it was when the certificate was made: program, engine, zone, reading, words of a wildcard."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """Something that the evidence does not bear out: a sentence as its template and values, so that a kept check can be translated."""

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
    """What became of a certificate. `lines_fit`: its records have the digest and number that the certificate states.

    `alterations` are the first LISTED of `altered_total`; `raw_only` the captures whose importer has changed since they
    were read. `anchor` is None for a certificate of format 1. Checks kept by earlier versions lack the fields with a default.
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

    @property
    def is_identical(self) -> bool:
        """The same records with the same contents in the same order."""
        return self.digest_then == self.digest_now and self.lines_fit

    @property
    def is_reordered(self) -> bool:
        """The same records with the same contents, in another order: their times were derived anew."""
        return not self.is_identical and self.lines_fit and not (self.new or self.changed or self.gone)

    @property
    def went_well(self) -> bool:
        """Identical, and nothing stands against relying on that: neither the evidence, nor the file, nor the log, nor the index."""
        log_holds = self.log_broken_at is None and self.anchor in {None, AnchorState.HOLDS}
        return self.is_identical and not self.altered_total and self.file is FileState.UNALTERED and log_holds and self.in_step


def keep(check: Check, target: Path) -> None:
    """Write a check where `kept` finds it again, whole or not at all. Raises OSError."""
    with partial_folder(target) as folder:
        made = folder / "check.json"
        made.write_bytes(msgspec.json.encode(check, enc_hook=file_format.plain))
        sync(made)
        publish(made, target)


def kept(target: Path) -> Check:
    """Return a check that `keep` has written. Raises OSError."""
    return msgspec.json.decode(target.read_bytes(), type=Check)
