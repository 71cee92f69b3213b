"""Makes the search of a certificate again and says what is identical, new, changed or gone: also the delta of a later response."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from indexer.atomic_files import partial, publish, sync
from indexer.catalog.record_views import Origin, origins
from indexer.catalog.tables import events
from indexer.certificates import contents as parts
from indexer.certificates import file_format
from indexer.certificates.certify import TRIES, CertificateFailed
from indexer.certificates.contents import Again, again
from indexer.certificates.file_format import CaptureRef, LineDigest, NoCertificate, Stored
from indexer.evidence.fixity import file_digest
from indexer.i18n import say
from indexer.repository import Repository
from indexer.search.searcher import SearchRequest

Tick = Callable[[int, int], None]


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
    origin: Origin | None
    capture_is_new: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was when the certificate was made: program, engine, zone, reading, words of a wildcard."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Check:
    """What became of a certificate. `lines_fit`: its records have the digest and number that the certificate states."""

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
        """Identical, and nothing stands against relying on that: neither the file, nor the log, nor the index."""
        return self.is_identical and self.file is FileState.UNALTERED and self.log_broken_at is None and self.in_step


def verify(repository: Repository, path: Path, *, by: str, progress: Tick | None = None) -> Check:
    """Make the search of a certificate's JSON file again and compare; the check is an event.

    Raises NoCertificate for any other file, NotAnswered when the search cannot be made now, CertificateFailed when
    archives are being taken in all the while, OSError.
    """
    sha256 = file_digest(path)
    stored = file_format.read(path)
    wanted = _again(repository, stored)
    for _ in range(TRIES):
        before = parts.state(repository, wanted.request.filters)
        check = _compared(repository, stored, (sha256, _file_state(repository, stored.id, sha256)), wanted, progress)
        if parts.state(repository, wanted.request.filters) == before:
            break
    else:
        raise CertificateFailed(say("Records are being taken in or indexed at this moment. Check the certificate again when that is done."))
    outcome = {"identical": check.is_identical, "new": len(check.new), "changed": len(check.changed), "gone": len(check.gone)}
    repository.audit.add("certificate:checked", by, stored.id, {**outcome, "file": check.file.value, "sha256": sha256})
    return check


def _again(repository: Repository, stored: Stored) -> Again:
    try:
        return again(stored, repository.catalog.accounts())
    except ValueError as error:
        raise NoCertificate(say("The certificate cannot be read: {why}", why=str(error))) from error


def _lines(stored: Stored) -> dict[str, str]:
    """Return version and digest of each record of a certificate. Raises NoCertificate for a line of another shape."""
    found = {}
    for one in stored.records:
        record_id, tab, content = one.partition("\t")
        version = content.partition("\t")[0]
        if not tab or content.count("\t") != 1 or not (version.isascii() and version.isdigit()):
            raise NoCertificate(say("The certificate is damaged: this is not the line of a record: {line}", line=one[:80]))
        found[record_id] = content
    return found


def _compared(repository: Repository, stored: Stored, file: tuple[str, FileState], wanted: Again, progress: Tick | None) -> Check:
    request, was = wanted.request, _lines(stored)
    sha_then = LineDigest()
    for one in stored.records:
        sha_then.add(one)
    now, new, changed = LineDigest(), dict[str, str](), dict[str, tuple[str, str]]()
    for one in parts.found_lines(repository, request):
        now.add(one)
        record_id, _, content = one.partition("\t")
        before = was.pop(record_id, None)
        if before is None:
            new[record_id] = content
        elif before != content:
            changed[record_id] = (before, content)
        if progress and now.count % parts.PROGRESS_EVERY == 0:
            progress(now.count, max(now.count, len(stored.records)))
    with repository.db.connect() as connection:
        places = origins(connection, [*new, *changed, *was])
    known = {one.digest for one in stored.captures}
    held = parts.captures(repository, request.filters)
    held_digests = {one.digest for one in held}
    return Check(
        id=stored.id,
        sha256=file[0],
        file=file[1],
        log_broken_at=repository.audit.broken_at(),
        lines_fit=sha_then.hex() == stored.found.digest and sha_then.count == stored.found.total,
        total_then=stored.found.total,
        total_now=now.count,
        digest_then=stored.found.digest,
        digest_now=now.hex(),
        new=tuple(_change(name, "", content, places, known) for name, content in new.items()),
        changed=tuple(_change(name, before, content, places, known) for name, (before, content) in changed.items()),
        gone=tuple(_change(name, content, "", places, known) for name, content in was.items()),
        in_step=parts.state(repository, request.filters).in_step,
        differences=tuple(_differences(repository, stored, request)),
        captures_added=tuple(one for one in held if one.digest not in known),
        captures_missing=tuple(one for one in stored.captures if one.digest not in held_digests),
        accounts_missing=wanted.missing,
    )


def _change(record_id: str, before: str, content: str, places: Mapping[str, Origin], known: Iterable[str]) -> RecordChange:
    was_version, _, was_digest = before.partition("\t")
    version, _, digest = content.partition("\t")
    origin = places.get(record_id)
    is_new = origin is not None and origin.capture_digest not in known
    return RecordChange(record_id, int(was_version or 0), was_digest, int(version or 0), digest, origin, is_new)


def _file_state(repository: Repository, number: str, sha256: str) -> FileState:
    query = sa.select(events.c.detail).where(events.c.tag == "certificate:made", events.c.subject == number)
    with repository.db.connect() as connection:
        details = [msgspec.json.decode(one) for one in connection.execute(query).scalars()]
    if not details:
        return FileState.UNKNOWN
    return FileState.UNALTERED if any(one.get("sha256") == sha256 for one in details) else FileState.ALTERED


def _differences(repository: Repository, stored: Stored, request: SearchRequest) -> Iterator[Difference]:
    then, now = stored.software, parts.software(repository)
    parsed, _tree = parts.understood(request)
    pairs = [
        (say("program"), then.program, now.program),
        (say("search engine"), f"{then.engine} {then.engine_version}", f"{now.engine} {now.engine_version}"),
        (say("rules of how text becomes words"), then.analyzer, now.analyzer),
        (say("time zone"), stored.zone, repository.zone),
        (say("how the query is read"), stored.query.canonical, parsed.canonical),
    ]
    yield from (Difference(what, before, after) for what, before, after in pairs if before != after)
    before_words = {one.query: one.words for one in stored.found.expansions}
    for one in parts.expansions(repository, request):
        before_word = before_words.get(one.query)
        if before_word is not None and before_word.keys() != one.words.keys():
            lost, added = sorted(before_word.keys() - one.words.keys()), sorted(one.words.keys() - before_word.keys())
            yield Difference(say("words of {term}", term=one.query), ", ".join(lost), ", ".join(added))


def shape(check: Check) -> dict[str, Any]:
    """Return a check for programs: the JSON of `certificate verify` (docs/command-line.md)."""
    records = {name: [_record(one) for one in getattr(check, name)] for name in ("new", "changed", "gone")}
    return {
        "id": check.id,
        "sha256": check.sha256,
        "file": check.file.value,
        "event_log": "whole" if check.log_broken_at is None else f"broken at event {check.log_broken_at}",
        "lines_fit": check.lines_fit,
        "identical": check.is_identical,
        "reordered": check.is_reordered,
        "went_well": check.went_well,
        "total": {"then": check.total_then, "now": check.total_now},
        "digest": {"then": check.digest_then, "now": check.digest_now},
        **records,
        "in_step": check.in_step,
        "differences": [{"what": str(one.what), "then": one.then, "now": one.now} for one in check.differences],
        "captures_added": [_capture(one) for one in check.captures_added],
        "captures_missing": [_capture(one) for one in check.captures_missing],
        "accounts_missing": list(check.accounts_missing),
        "says": [str(one) for one in sentences(check)],
    }


def _record(one: RecordChange) -> dict[str, Any]:
    origin = None
    if one.origin is not None:
        origin = {**asdict(one.origin), "taken_at": one.origin.taken_at.isoformat(), "is_new": one.capture_is_new}
        del origin["record_id"]
    before = {"version": one.was_version, "digest": one.was_digest} if one.was_version else None
    after = {"version": one.version, "digest": one.digest} if one.version else None
    return {"record_id": one.record_id, "then": before, "now": after, "held": origin}


def _capture(one: CaptureRef) -> dict[str, Any]:
    return {"name": one.name, "sha256": one.digest, "account": one.account.label if one.account else ""}


def keep(check: Check, target: Path) -> None:
    """Write a check where `kept` finds it again, whole or not at all. Raises OSError."""
    with partial(target) as folder:
        made = folder / "check.json"
        made.write_bytes(msgspec.json.encode(check, enc_hook=file_format.plain))
        sync(made)
        publish(made, target)


def kept(target: Path) -> Check:
    """Return a check that `keep` has written. Raises OSError."""
    return msgspec.json.decode(target.read_bytes(), type=Check)


def sentences(check: Check) -> list[str]:
    """Say what a check found, the outcome first: one sentence each."""
    said = [_outcome(check)]
    said.extend(_counts(check))
    if check.file is FileState.ALTERED or not check.lines_fit:
        said.append(say("The file is not the one that was made here: it was changed after it was made. Do not rely on what it says."))
    elif check.file is FileState.UNKNOWN:
        said.append(
            say("The event log here knows no certificate {id}: it was made with another catalog, or the file was changed.", id=check.id)
        )
    else:
        said.append(say("The file is unaltered: it is the one that was made here."))
    if check.log_broken_at is not None:
        said.append(say("The event log was changed at event {number}.", number=str(check.log_broken_at)))
    if not check.in_step:
        said.append(
            say(
                "The search index is behind the catalog now, so that records may be missing from this comparison. "
                "Bring it up to date with: python -m indexer sync"
            )
        )
    said.extend(_surroundings(check))
    return said


def _outcome(check: Check) -> str:
    if check.is_identical:
        return say("Identical: the search finds the same {count} records with the same contents.", count=check.total_now)
    if check.is_reordered:
        return say(
            "The search finds the same {count} records with the same contents, but in another order: their times were derived anew.",
            count=check.total_now,
        )
    return say("Not identical: the search found {then} records then and finds {now} now.", then=check.total_then, now=check.total_now)


def _counts(check: Check) -> Iterator[str]:
    for changes, one, many in (
        (check.new, "1 record is new.", "{count} records are new."),
        (check.changed, "1 record has changed content.", "{count} records have changed content."),
        (check.gone, "1 record is gone from the result.", "{count} records are gone from the result."),
    ):
        if changes:
            yield say(one) if len(changes) == 1 else say(many, count=len(changes))


def _surroundings(check: Check) -> Iterator[str]:
    for one in check.differences:
        if not one.then or not one.now:
            yield say(
                "Different now: {what} (then only: {then}; now only: {now}).", what=one.what, then=one.then or "–", now=one.now or "–"
            )
        else:
            yield say("Different now: {what}, then {then}, now {now}.", what=one.what, then=one.then, now=one.now)
    for added in check.captures_added:
        yield say("Taken in since: {name} (SHA-256 {digest}).", name=added.name, digest=added.digest)
    for missing in check.captures_missing:
        yield say("No longer held: {name} (SHA-256 {digest}).", name=missing.name, digest=missing.digest)
    for label in check.accounts_missing:
        yield say("An account of the certificate is not held here: {account}.", account=label)
