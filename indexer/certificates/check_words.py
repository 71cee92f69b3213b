"""The check of a certificate, in sentences and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from indexer.catalog import AnchorState
from indexer.certificates.check import Check, FileState, RecordChange
from indexer.certificates.file_format import CaptureRef
from indexer.custody import Level
from indexer.i18n import say

MAX_LISTED: Final = 20  # alterations in the sentences; the JSON has more


def as_json(check: Check) -> dict[str, Any]:
    """Return a check as JSON for `certificate verify` (docs/command-line.md)."""
    records = {name: [_change_json(change) for change in getattr(check, name)] for name in ("new", "changed", "gone")}
    return {
        "id": check.id,
        "sha256": check.sha256,
        "file": check.file.value,
        "event_log": "whole" if check.log_broken_at is None else f"broken at event {check.log_broken_at}",
        "anchor": check.anchor.value if check.anchor else None,
        "level": check.level.value if check.level else None,
        "altered": check.altered_total,
        "alterations": [
            {"finding": alteration.finding.value, "record_id": alteration.record_id, "message": str(alteration.message)}
            for alteration in check.alterations
        ],
        "raw_only": list(check.raw_only),
        "reasons": [{"tag": reason.tag, "subject": reason.subject, "at": reason.at.isoformat()} for reason in check.reasons],
        "lines_fit": check.lines_fit,
        "identical": check.is_identical,
        "reordered": check.is_reordered,
        "went_well": check.went_well,
        "total": {"then": check.total_then, "now": check.total_now},
        "digest": {"then": check.digest_then, "now": check.digest_now},
        **records,
        "in_step": check.in_step,
        "differences": [{"what": str(difference.what), "then": difference.then, "now": difference.now} for difference in check.differences],
        "captures_added": [_capture_json(capture) for capture in check.captures_added],
        "captures_missing": [_capture_json(capture) for capture in check.captures_missing],
        "captures_aside": [_capture_json(capture) for capture in check.captures_aside],
        "accounts_missing": list(check.accounts_missing),
        "says": [str(sentence) for sentence in sentences(check)],
    }


def _change_json(change: RecordChange) -> dict[str, Any]:
    origin = None
    if change.origin is not None:
        origin = {**asdict(change.origin), "taken_at": change.origin.taken_at.isoformat(), "is_new": change.capture_is_new}
        del origin["record_id"]
    before = {"version": change.was_version, "digest": change.was_digest} if change.was_version else None
    after = {"version": change.version, "digest": change.digest} if change.version else None
    return {"record_id": change.record_id, "then": before, "now": after, "held": origin}


def _capture_json(capture: CaptureRef) -> dict[str, Any]:
    return {"name": capture.name, "sha256": capture.digest, "account": capture.account.label if capture.account else ""}


def sentences(check: Check) -> list[str]:
    """Return the results of a check as sentences, the outcome first."""
    words = list(_outcome(check))
    words.extend(_counts(check))
    words.extend(alteration.message for alteration in check.alterations[:MAX_LISTED])
    if check.altered_total > MAX_LISTED and check.alterations:
        words.append(say("And {count} more alterations.", count=check.altered_total - min(MAX_LISTED, len(check.alterations))))
    if not check.is_identical:
        words.extend(reason.sentence(check.zone) for reason in check.reasons)
    words.extend(_file_sentences(check))
    words.extend(_log_sentences(check))
    if not check.in_step:
        words.append(
            say(
                "The search index is now behind the catalog, so records may be missing from this comparison. Bring it up to date "
                "with: python -m indexer sync"
            )
        )
    words.extend(_environment(check))
    words.extend(_evidence_sentences(check))
    return words


def _file_sentences(check: Check) -> Iterator[str]:
    if check.file is FileState.ALTERED or not check.lines_fit:
        yield say("This is not the file that was made here: it was changed afterward. Do not rely on it.")
    elif check.file is FileState.UNKNOWN:
        yield say("This event log has no certificate {id}: it was made with another catalog, or the file was changed.", id=check.id)
    else:
        yield say("The file is unaltered: it is the file that was made here.")


def _log_sentences(check: Check) -> Iterator[str]:
    if check.log_broken_at is not None:
        yield say("The event log was changed at event {number}.", number=str(check.log_broken_at))
    if check.anchor is AnchorState.CUT:
        yield say(
            "The event log was truncated: it had {count} events when the certificate was made and has fewer now; or the "
            "certificate belongs to another catalog.",
            count=check.anchor_events,
        )
    elif check.anchor is AnchorState.REWRITTEN:
        yield say(
            "The event log was rewritten: event {number} is not the same as when the certificate was made; or the "
            "certificate belongs to another catalog.",
            number=str(check.anchor_events),
        )
    elif check.anchor is AnchorState.HOLDS:
        yield say("The event log continues from the certificate: nothing before it was removed or rewritten.")


def _evidence_sentences(check: Check) -> Iterator[str]:
    if check.level is None:
        return
    yield say(
        "Compared with the evidence: each record's raw item was hashed in the vault, and the digest of its content was "
        "computed from the content shown."
    )
    if check.level is Level.FULL:
        yield say("The archives of these records were reread and every stored field was compared, including times and authors.")
    else:
        yield say("This does not verify author and time. A full check rereads the archives and compares every stored field.")
    if check.raw_only:
        yield say(
            "The importer has changed since these archives were read, so only their raw items were compared: {captures}. "
            "Reread them, then check again.",
            captures=", ".join(str(number) for number in check.raw_only),
        )


def _outcome(check: Check) -> Iterator[str]:
    if check.altered_total == 1:
        yield say("Altered: in 1 place the catalog or the vault differs from the archive as it was added. Do not rely on this result.")
    elif check.altered_total:
        yield say(
            "Altered: in {count} places the catalog or the vault differs from the archives as they were added. Do not rely on this result.",
            count=check.altered_total,
        )
    if check.is_list:
        yield from _list_outcome(check)
    elif check.is_identical:
        yield say("Identical: the search finds the same {count} records with the same content.", count=check.total_now)
    elif check.is_reordered:
        yield say(
            "The search finds the same {count} records with the same content but in another order: their times were recalculated.",
            count=check.total_now,
        )
    else:
        yield say("Not identical: the search found {then} records then and finds {now} now.", then=check.total_then, now=check.total_now)


def _list_outcome(check: Check) -> Iterator[str]:
    if check.is_identical:
        yield say("Identical: the same {count} records are on file with the same content.", count=check.total_now)
    elif check.is_reordered:
        yield say(
            "The same {count} records are on file with the same content but in another order: their times were recalculated.",
            count=check.total_now,
        )
    else:
        yield say(
            "Not identical: of the {then} records listed, {now} are on file now; see which have changed or are gone.",
            then=check.total_then,
            now=check.total_now,
        )
    yield say("Only the list was compared: this says nothing about other records.")


def _counts(check: Check) -> Iterator[str]:
    for changes, singular, plural in (
        (check.new, "1 record is new.", "{count} records are new."),
        (check.changed, "1 record has changed content.", "{count} records have changed content."),
        (check.gone, "1 record is gone from the result.", "{count} records are gone from the result."),
    ):
        if changes:
            yield say(singular) if len(changes) == 1 else say(plural, count=len(changes))


def _environment(check: Check) -> Iterator[str]:
    for difference in check.differences:
        if not difference.then or not difference.now:
            yield say(
                "Now different: {what} (only then: {then}; only now: {now}).",
                what=difference.what,
                then=difference.then or "–",
                now=difference.now or "–",
            )
        else:
            yield say("Now different: {what} was {then}, now {now}.", what=difference.what, then=difference.then, now=difference.now)
    for added in check.captures_added:
        yield say("Added since then: {name} (SHA-256 {digest}).", name=added.name, digest=added.digest)
    for aside in check.captures_aside:
        yield say(
            "Set aside since then, so excluded from searches; the evidence is kept: {name} (SHA-256 {digest}).",
            name=aside.name,
            digest=aside.digest,
        )
    for missing in check.captures_missing:
        yield say("No longer on file: {name} (SHA-256 {digest}).", name=missing.name, digest=missing.digest)
    for label in check.accounts_missing:
        yield say("An account named in the certificate is not on file here: {account}.", account=label)
