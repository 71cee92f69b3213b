"""Makes the search of a certificate again and says what is identical, new, changed or gone: also the delta of a later response."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import sqlalchemy as sa

from indexer.catalog.audit import Anchor
from indexer.catalog.database import among_keys, select_keys
from indexer.catalog.record_views import FirstCapture, first_captures
from indexer.catalog.tables import events, records, sightings
from indexer.certificates import contents as parts
from indexer.certificates import file_format
from indexer.certificates.certify import TRIES, CertificateFailed
from indexer.certificates.check import Alteration, Check, Difference, FileState, RecordChange
from indexer.certificates.contents import Again, again
from indexer.certificates.file_format import LineDigest, NoCertificate, Stored
from indexer.certificates.reasons import reasons
from indexer.certificates.shown import Shown, shown
from indexer.custody.raw_items import check_raw_items
from indexer.custody.verify import LISTED, Level, capture_differences, raw_finding
from indexer.evidence.fixity import Finding, IntegrityFinding, file_digest
from indexer.i18n import Sentence, say
from indexer.progress import Tick
from indexer.query.filters import Permission
from indexer.repository import Repository
from indexer.search.plan import Plan


def verify(repository: Repository, path: Path, *, by: str, level: Level = Level.QUICK, progress: Tick | None = None) -> Check:
    """Make the search of a certificate's JSON file again and compare with the certificate and the evidence; the check is an event.

    Raises NoCertificate for any other file, NotAnswered when the search cannot be made now, CertificateFailed when
    archives are being taken in all the while, OSError.
    """
    sha256 = file_digest(path)
    stored = file_format.read(path)
    wanted = _again(repository, stored)
    for _ in range(TRIES):
        before = parts.state(repository, wanted.request.filters.permission)
        check = _compared(repository, stored, (sha256, _file_state(repository, stored.id, sha256)), wanted, (level, progress))
        if parts.state(repository, wanted.request.filters.permission) == before:
            break
    else:
        raise CertificateFailed(say("Records are being added or indexed right now. Check the certificate again when that is done."))
    outcome = {"identical": check.is_identical, "new": len(check.new), "changed": len(check.changed), "gone": len(check.gone)}
    detail = {**outcome, "altered": check.altered_total, "level": level.value, "file": check.file.value, "sha256": sha256}
    repository.audit.add("certificate:checked", by, stored.id, detail)
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
            raise NoCertificate(say("The certificate is damaged: this line is not a record: {line}", line=one[:80]))
        found[record_id] = content
    return found


def _compared(repository: Repository, stored: Stored, file: tuple[str, FileState], wanted: Again, way: tuple[Level, Tick | None]) -> Check:
    plan, was = Plan(repository, wanted.request), _lines(stored)
    permission = wanted.request.filters.permission
    level, progress = way
    sha_then = LineDigest()
    for one in stored.records:
        sha_then.add(one)
    now, new, changed = LineDigest(), dict[str, str](), dict[str, tuple[str, str]]()
    altered, pks = _Alterations(), array("q")
    for record in shown(plan):
        now.add(record.line)
        pks.append(record.pk)
        content = f"{record.version}\t{record.digest}"
        before = was.pop(record.record_id, None)
        if before is None:
            new[record.record_id] = content
        elif before != content:
            changed[record.record_id] = (before, content)
        if record.is_altered or (before is not None and before != content and before.startswith(f"{record.version}\t")):
            altered.add(_altered_content(record))
        if progress and now.count % parts.PROGRESS_EVERY == 0:
            progress(now.count, max(now.count, len(stored.records)))
    raw_only = _against_evidence(repository, permission, pks, altered, way)
    with repository.db.connect() as connection:
        places = first_captures(connection, [*new, *changed, *was])
    known = {one.digest for one in stored.captures}
    held = parts.captures(repository, wanted.request.filters)
    held_digests = {one.digest for one in held}
    aside = {one.digest for one in repository.catalog.captures(with_set_aside=True) if one.aside is not None}
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
        in_step=parts.state(repository, permission).in_step,
        differences=tuple(_differences(plan, stored)),
        captures_added=tuple(one for one in held if one.digest not in known),
        captures_missing=tuple(one for one in stored.captures if one.digest not in held_digests | aside),
        captures_aside=tuple(one for one in stored.captures if one.digest in aside),
        accounts_missing=wanted.missing,
        level=level,
        anchor=repository.audit.compare_with(Anchor(stored.anchor.events, stored.anchor.hash)) if stored.anchor else None,
        anchor_events=stored.anchor.events if stored.anchor else 0,
        alterations=tuple(altered.listed),
        altered_total=altered.total,
        raw_only=raw_only,
        reasons=reasons(repository, stored, permission),
        zone=repository.zone,
    )


class _Alterations:
    """Keeps the first alterations and counts all."""

    def __init__(self) -> None:
        self.listed: list[Alteration] = []
        self.total = 0

    def add(self, found: IntegrityFinding) -> None:
        self.total += 1
        if self.total <= LISTED and isinstance(found.message, Sentence):
            values = {name: value if isinstance(value, int) else str(value) for name, value in found.message.values.items()}
            self.listed.append(Alteration(found.finding, found.name, found.message.template, values))


def _altered_content(record: Shown) -> IntegrityFinding:
    message = say(
        "{record}, version {number}: the content in the catalog is not the content that was added. A version never "
        "changes: the catalog was altered.",
        record=record.record_id,
        number=record.version,
    )
    return IntegrityFinding(Finding.CONTENT_CHANGED, record.record_id, message)


def _against_evidence(
    repository: Repository, permission: Permission, pks: Sequence[int], altered: _Alterations, way: tuple[Level, Tick | None]
) -> tuple[int, ...]:
    """Compare the found records with the vault; return the captures that only their raw items could be compared of."""
    level, progress = way
    for fault in check_raw_items(repository, pks, progress):
        altered.add(raw_finding(fault))
    if level is Level.QUICK:
        return ()
    named, holding = _named(repository, pks)
    raw_only: list[int] = []
    for capture in reversed(repository.catalog.captures(permission.accounts)):
        if capture.id in holding:
            for finding in capture_differences(repository, capture, raw_only, progress):
                if finding.finding is not Finding.RECORD_CHANGED or finding.name in named:
                    altered.add(finding)
    return tuple(raw_only)


def _named(repository: Repository, pks: Sequence[int]) -> tuple[set[str], set[int]]:
    """Return the ids of records, and the captures that hold them."""
    named: set[str] = set()
    holding: set[int] = set()
    query = sa.select(records.c.record_id, sightings.c.capture_id).join(sightings, sightings.c.record_pk == records.c.pk)
    with repository.db.connect() as connection:
        for record_id, capture_id in select_keys(connection, query.where(among_keys(records.c.pk)), pks):
            named.add(record_id)
            holding.add(capture_id)
    return named, holding


def _change(record_id: str, before: str, content: str, places: Mapping[str, FirstCapture], known: Iterable[str]) -> RecordChange:
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


def _differences(plan: Plan, stored: Stored) -> Iterator[Difference]:
    then, now = stored.software, parts.software(plan.repository)
    pairs = [
        (say("program"), then.program, now.program),
        (say("search engine"), f"{then.engine} {then.engine_version}", f"{now.engine} {now.engine_version}"),
        (say("rules for splitting text into words"), then.analyzer, now.analyzer),
        (say("time zone"), stored.zone, plan.repository.zone),
        (say("how the query is interpreted"), stored.query.canonical, plan.parsed.canonical),
    ]
    yield from (Difference(what, before, after) for what, before, after in pairs if before != after)
    before_words = {one.query: one.words for one in stored.found.expansions}
    for one in parts.expansions(plan):
        before_word = before_words.get(one.query)
        if before_word is not None and before_word.keys() != one.words.keys():
            lost, added = sorted(before_word.keys() - one.words.keys()), sorted(one.words.keys() - before_word.keys())
            yield Difference(say("words matched by {term}", term=one.query), ", ".join(lost), ", ".join(added))
