"""Repeat the search of a certificate and report records that are new, changed or gone, as needed for a follow-up response."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from indexer.catalog import Anchor, FirstCapture, among_keys, first_captures, records, select_keys, sightings
from indexer.certificates import contents as parts
from indexer.certificates import file_format
from indexer.certificates.certify import TRIES, CertificateFailed
from indexer.certificates.check import Alteration, Check, Difference, FileState, RecordChange
from indexer.certificates.contents import RebuiltSearch, rebuild_search
from indexer.certificates.file_check import file_state
from indexer.certificates.file_format import LineDigest, NotACertificate, Stored
from indexer.certificates.reasons import reasons
from indexer.certificates.record_digests import DigestedRecord, digest_records
from indexer.custody import LISTED, Level, capture_differences, check_raw_items, raw_finding
from indexer.evidence import Finding, IntegrityFinding, file_digest
from indexer.i18n import Sentence, say
from indexer.progress import Tick
from indexer.query import Permission
from indexer.repository import Repository
from indexer.search import Plan

_Options = tuple[Level, Tick | None]


def verify(repository: Repository, path: Path, *, by: str, level: Level = Level.QUICK, progress: Tick | None = None) -> Check:
    """Repeat the search of a certificate's JSON file, compare it with the certificate and the evidence, and log the check.

    Raises NotACertificate for any other file, NotAnswered if the search cannot be run now, CertificateFailed if records
    keep being added, OSError.
    """
    sha256 = file_digest(path)
    stored = file_format.read(path)
    rebuilt = _rebuild_search(repository, stored)
    for _ in range(TRIES):
        before = parts.state(repository, rebuilt.request.filters.permission)
        check = _compare(repository, stored, (sha256, file_state(repository, stored.id, sha256)), rebuilt, (level, progress))
        if parts.state(repository, rebuilt.request.filters.permission) == before:
            break
    else:
        raise CertificateFailed(say("Records are being added or indexed right now. Check the certificate again when that is done."))
    outcome = {"identical": check.is_identical, "new": len(check.new), "changed": len(check.changed), "gone": len(check.gone)}
    detail = {**outcome, "altered": check.altered_total, "level": level.value, "file": check.file.value, "sha256": sha256}
    repository.audit.add("certificate:checked", by, stored.id, detail)
    return check


def _rebuild_search(repository: Repository, stored: Stored) -> RebuiltSearch:
    try:
        return rebuild_search(stored, repository.catalog.accounts())
    except ValueError as error:
        raise NotACertificate(say("The certificate cannot be read: {why}", why=str(error))) from error


def _lines(stored: Stored) -> dict[str, str]:
    """Return "version TAB digest" by record id. Raises NotACertificate for a malformed line."""
    contents = {}
    for line in stored.records:
        record_id, tab, content = line.partition("\t")
        version = content.partition("\t")[0]
        if not tab or content.count("\t") != 1 or not (version.isascii() and version.isdigit()):
            raise NotACertificate(say("The certificate is damaged: this line is not a record: {line}", line=line[:80]))
        contents[record_id] = content
    return contents


def _compare(repository: Repository, stored: Stored, file: tuple[str, FileState], rebuilt: RebuiltSearch, options: _Options) -> Check:
    plan, remaining = Plan(repository, rebuilt.request), _lines(stored)
    permission = rebuilt.request.filters.permission
    level, progress = options
    sha_then = LineDigest()
    for line in stored.records:
        sha_then.add(line)
    now, new, changed = LineDigest(), dict[str, str](), dict[str, tuple[str, str]]()
    altered, pks = _Alterations(), array("q")
    for record in digest_records(plan):
        now.add(record.line)
        pks.append(record.pk)
        content = f"{record.version}\t{record.digest}"
        before = remaining.pop(record.record_id, None)
        if before is None:
            new[record.record_id] = content
        elif before != content:
            changed[record.record_id] = (before, content)
        if record.is_altered or (before is not None and before != content and before.startswith(f"{record.version}\t")):
            altered.add(_altered_content(record))
        if progress and now.count % parts.PROGRESS_EVERY == 0:
            progress(now.count, max(now.count, len(stored.records)))
    raw_only = _compare_with_evidence(repository, permission, pks, altered, options)
    with repository.db.connect() as connection:
        origins = first_captures(connection, [*new, *changed, *remaining])
    known_digests = {capture.digest for capture in stored.captures}
    captures = parts.captures(repository, rebuilt.request.filters)
    digests_now = {capture.digest for capture in captures}
    aside_digests = {capture.digest for capture in repository.catalog.captures(with_set_aside=True) if capture.aside is not None}
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
        new=tuple(_change(name, "", content, origins, known_digests) for name, content in new.items()),
        changed=tuple(_change(name, before, content, origins, known_digests) for name, (before, content) in changed.items()),
        gone=tuple(_change(name, content, "", origins, known_digests) for name, content in remaining.items()),
        in_step=parts.state(repository, permission).in_step,
        differences=tuple(_differences(plan, stored)),
        captures_added=() if stored.is_list else tuple(capture for capture in captures if capture.digest not in known_digests),
        captures_missing=tuple(capture for capture in stored.captures if capture.digest not in digests_now | aside_digests),
        captures_aside=tuple(capture for capture in stored.captures if capture.digest in aside_digests),
        accounts_missing=rebuilt.missing,
        level=level,
        anchor=repository.audit.compare_with(Anchor(stored.anchor.events, stored.anchor.hash)) if stored.anchor else None,
        anchor_events=stored.anchor.events if stored.anchor else 0,
        alterations=tuple(altered.listed),
        altered_total=altered.total,
        raw_only=raw_only,
        reasons=reasons(repository, stored, permission),
        zone=repository.zone,
        is_list=stored.is_list,
    )


class _Alterations:
    """Count of alterations, with a list of the first LISTED."""

    def __init__(self) -> None:
        self.listed: list[Alteration] = []
        self.total = 0

    def add(self, finding: IntegrityFinding) -> None:
        self.total += 1
        if self.total <= LISTED and isinstance(finding.message, Sentence):
            values = {name: value if isinstance(value, int) else str(value) for name, value in finding.message.values.items()}
            self.listed.append(Alteration(finding.finding, finding.name, finding.message.template, values))


def _altered_content(record: DigestedRecord) -> IntegrityFinding:
    message = say(
        "{record}, version {number}: the content in the catalog is not the content that was added. A version never "
        "changes: the catalog was altered.",
        record=record.record_id,
        number=record.version,
    )
    return IntegrityFinding(Finding.CONTENT_CHANGED, record.record_id, message)


def _compare_with_evidence(
    repository: Repository, permission: Permission, pks: Sequence[int], altered: _Alterations, options: _Options
) -> tuple[int, ...]:
    """Compare the records found with the vault; return the captures of which only raw items could be compared."""
    level, progress = options
    for problem in check_raw_items(repository, pks, progress):
        altered.add(raw_finding(problem))
    if level is Level.QUICK:
        return ()
    record_ids, capture_ids = _records_and_captures(repository, pks)
    raw_only: list[int] = []
    for capture in reversed(repository.catalog.captures(permission.accounts)):
        if capture.id in capture_ids:
            for finding in capture_differences(repository, capture, raw_only, progress):
                if finding.finding is not Finding.RECORD_CHANGED or finding.name in record_ids:
                    altered.add(finding)
    return tuple(raw_only)


def _records_and_captures(repository: Repository, pks: Sequence[int]) -> tuple[set[str], set[int]]:
    """Return the record ids, and the ids of the captures that contain them."""
    record_ids: set[str] = set()
    capture_ids: set[int] = set()
    query = sa.select(records.c.record_id, sightings.c.capture_id).join(sightings, sightings.c.record_pk == records.c.pk)
    with repository.db.connect() as connection:
        for record_id, capture_id in select_keys(connection, query.where(among_keys(records.c.pk)), pks):
            record_ids.add(record_id)
            capture_ids.add(capture_id)
    return record_ids, capture_ids


def _change(record_id: str, before: str, content: str, origins: Mapping[str, FirstCapture], known_digests: Iterable[str]) -> RecordChange:
    was_version, _, was_digest = before.partition("\t")
    version, _, digest = content.partition("\t")
    origin = origins.get(record_id)
    is_new = origin is not None and origin.capture_digest not in known_digests
    return RecordChange(record_id, int(was_version or 0), was_digest, int(version or 0), digest, origin, is_new)


def _differences(plan: Plan, stored: Stored) -> Iterator[Difference]:
    then, now = stored.software, parts.software(plan.repository)
    pairs = [
        (say("program"), then.program, now.program),
        (say("search engine"), f"{then.engine} {then.engine_version}", f"{now.engine} {now.engine_version}"),
        (say("rules for splitting text into words"), then.analyzer, now.analyzer),
        (say("time zone"), stored.zone, plan.repository.zone),
        (say("how the query is interpreted"), stored.query.canonical, plan.parsed.canonical),
    ]
    yield from (Difference(subject, before, after) for subject, before, after in pairs if before != after)
    words_then = {expansion.query: expansion.words for expansion in stored.found.expansions}
    for expansion in parts.expansions(plan):
        before_words, now_words = words_then.get(expansion.query), expansion.words
        if before_words is not None and before_words.keys() != now_words.keys():
            lost, added = sorted(before_words.keys() - now_words.keys()), sorted(now_words.keys() - before_words.keys())
            yield Difference(say("words matched by {term}", term=expansion.query), ", ".join(lost), ", ".join(added))
