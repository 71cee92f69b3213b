"""What the command line prints: the stable JSON shapes (docs/command-line.md) and the same in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from indexer import __version__, platforms, private_files
from indexer.catalog.models import CaptureView, ProblemView
from indexer.custody import clock
from indexer.custody.ingest import IngestReport
from indexer.custody.verify import Verification, proves
from indexer.evidence.vault import MISSING
from indexer.exports import ExportReport
from indexer.importers import IdentifiedArchive
from indexer.local_time import to_local, utc_text
from indexer.progress import Progress
from indexer.repository import Repository
from indexer.search.announced import CountedAnnouncement, sentences
from indexer.search.as_json import JsonObject, _account, _hits_of, _item
from indexer.search.groups import Grouped
from indexer.search.results import Results
from indexer.search.suggestions import Explanation

EXPANSIONS_SAID = 12  # words of a wildcard that a line of text names


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 record", "1,200 records"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def identified(archive: IdentifiedArchive) -> JsonObject:
    """Shape of `identify`."""
    facts = archive.facts
    return {
        "importer": archive.importer.name,
        "title": archive.importer.title,
        "form": facts.form,
        "root": archive.archive.root,
        "members": len(archive.archive.members),
        "account": {
            "platform": facts.account.platform,
            "native_id": facts.account.native_id,
            "handle": facts.account.handle,
            "name": facts.account.name,
        },
        "exported_at": utc_text(facts.exported.utc if facts.exported else None) or None,
        "counts": dict(facts.counts),
        "cannot_contain": list(facts.cannot_contain),
    }


def ingested(report: IngestReport) -> JsonObject:
    """Shape of `ingest`."""
    healed = [{"name": one.name, "sha256": one.digest, "was": one.was} for one in report.healed]
    return {"already_captured": report.already_captured, "healed": healed, **capture(report.capture)}


def capture(view: CaptureView) -> JsonObject:
    """Shape of one capture, in `ingest` and `status`."""
    return {
        "capture": {
            "id": view.id,
            "name": view.name,
            "sha256": view.digest,
            "size": view.size,
            "taken_at": utc_text(view.taken_at),
            "taken_by": view.taken_by,
            "source": view.source,
            "form": view.form,
            "exported_at": utc_text(view.exported_at) or None,
            "zone": view.zone,
            "state": view.state,
            "set_aside": {"at": utc_text(view.aside.at), "by": view.aside.by, "why": view.aside.why} if view.aside else None,
            "is_partial": view.is_partial,
            "cannot_contain": list(view.cannot_contain),
        },
        "account": _account(view.account),
        "importer": view.importer,
        "importer_version": view.importer_version,
        "records": view.records,
        "versions": view.versions,
        "sightings": view.sightings,
        "folded": view.folded,
        "gone": view.gone,
        "problems": view.problems,
        "unreadable_dates": view.unreadable_dates,
        "members": {"read": view.members_read, "ignored": view.members_ignored, "unknown": view.members_unknown},
        "reconciliation": [
            {"unit": row.unit, "declared": row.declared, "read": row.read, "short": row.short} for row in view.reconciliation
        ],
        "went_well": view.went_well,
    }


def ingested_text(report: IngestReport, problems: Sequence[ProblemView]) -> str:
    """`ingest` in words."""
    view = report.capture
    healed = [
        f"The file {one.name} in the vault was {'missing' if one.was == MISSING else 'damaged'}; it was replaced with this good copy."
        for one in report.healed
    ]
    if report.already_captured:
        aside = f" It is set aside ({view.aside.why}): capture restore {view.id} restores it." if view.aside else ""
        at = f"{view.taken_at:%Y-%m-%d %H:%M} UTC"
        known = f"Already on file: capture {view.id} of {at} has this archive. Nothing was added twice.{aside}"
        return "\n".join([known, *healed])
    label = view.account.label if view.account else "unknown account"
    lines = [
        *healed,
        f"Capture {view.id}: {view.name}, {label}, {view.form}.",
        f"SHA-256 {view.digest}.",
        (
            f"{counted(view.records, 'new record')}, {counted(view.versions, 'new version')}, "
            f"{counted(view.sightings, 'sighting')}, {counted(view.folded, 'duplicate')} merged."
        ),
        f"{counted(view.members_read, 'file')} read, {view.members_ignored:,} skipped (reasons stated), {view.members_unknown:,} unknown.",
    ]
    lines += [
        f"Short: the platform counts {row.declared:,} in {row.unit}, {row.read:,} {'was' if row.read == 1 else 'were'} read."
        for row in view.reconciliation
        if row.short
    ]
    if view.gone:
        lines.append(f"{counted(view.gone, 'record')} in earlier captures {'is' if view.gone == 1 else 'are'} not in this one.")
    if view.unreadable_dates:
        lines.append(f"{counted(view.unreadable_dates, 'item')} with a date that could not be read.")
    if view.problems:
        lines.append(f"{counted(view.problems, 'problem')}:")
        lines += [f"  {one.member}{f', item {one.item + 1}' if one.item >= 0 else ''}: {one.message}" for one in problems]
        if view.problems > len(problems):
            lines.append(f"  ... and {view.problems - len(problems):,} more: python -m indexer problems --capture {view.id}")
    return "\n".join(lines)


def problems(captures: Iterable[CaptureView], of: Callable[[int], Iterable[ProblemView]]) -> JsonObject:
    """Shape of `problems`."""
    found, short = [], []
    for one in sorted(captures, key=lambda view: view.id):
        found += [{"capture": one.id, "member": p.member, "item": p.item, "code": p.code, "message": p.message} for p in of(one.id)]
        short += [
            {"capture": one.id, "unit": row.unit, "declared": row.declared, "read": row.read, "short": row.short}
            for row in one.reconciliation
            if row.short
        ]
    return {"problems": found, "shortfalls": short}


def problems_text(shape: JsonObject) -> str:
    """`problems` in words."""
    lines = [f"Capture {p['capture']}: {p['member']}{_item(p['item'])}: {p['message']} [{p['code']}]" for p in shape["problems"]]
    lines += [f"Capture {s['capture']}: {s['unit']}: platform's count {s['declared']:,}, read {s['read']:,}." for s in shape["shortfalls"]]
    return "\n".join(lines) or "No problems."


def results_text(found: Results, zone_name: str, grouped: Grouped | None = None) -> str:
    """`search` in words."""
    if found.index_unusable:
        return "\n".join(f"{one.message} {one.suggestion}" for one in found.diagnostics)
    if not found.answered:
        lines = ["The query has an error; nothing was searched.", found.request.query]
        for one in found.diagnostics:
            lines.append(" " * one.start + "^" * max(1, one.end - one.start))
            lines.append(f"{one.message} {one.suggestion}".rstrip())
        return "\n".join([*lines, *announced_text(found.announcements)])
    lines = [
        *announced_text(found.announcements),
        f"{counted(found.total, 'record')}: {found.readings['en']}. Times are {zone_name}.",
        *_explained_text(found.explained),
    ]
    if not found.in_step:
        lines.append(
            f"The index is not up to date, so more may be found ({found.indexed:,} of {found.held:,} indexed). Run: python -m indexer sync"
        )
    if found.coverage:
        lines += [str(one) for one in (found.coverage.summary, *found.coverage.gaps, *found.coverage.ends)]
    if found.undated_outside:
        lines.append(f"{counted(found.undated_outside, 'more record')} without a date, not in any date range: {found.undated_query}")
    lines += [str(one) for one in (found.as_of.sentences if found.as_of else ())]
    lines += [str(grouped.sentence)] if grouped else []
    for hit in _hits_of(grouped) if grouped and grouped.groups else found.records:
        view = hit.view
        content, account = view.content, view.account
        when = to_local(content.posted_at, zone_name).strftime("%Y-%m-%d %H:%M") if content.posted_at else "no date"
        text = " ".join((content.text or content.title).split())
        lines.append(
            f"{when}  {platforms.title(account.platform)}  {account.handle_or_name}  {view.kind}  {text[:160]}\n    {view.record_id}"
        )
    return "\n".join(lines)


def announced_text(found: Iterable[CountedAnnouncement]) -> list[str]:
    """Doubtful readings in words, a line for each."""
    return [f"Note: {' '.join(sentences(one))}" for one in found]


def _explained_text(found: Explanation) -> list[str]:
    lines = []
    for one in found.expansions:
        said = ", ".join(f"{word} ({count:,})" for word, count in one.words[:EXPANSIONS_SAID])
        rest = f" and {len(one.words) - EXPANSIONS_SAID:,} more (--json has all)" if len(one.words) > EXPANSIONS_SAID else ""
        stands = f"{counted(len(one.words), 'word')}: {said}{rest}" if one.words else "no word"
        lines.append(f"{one.typed} matches {stands}.")
    lines += [f"No record contains {one}." for one in found.missing]
    lines += [f"Did you mean {one.instead} ({one.records:,}) instead of {one.node.word}?  {one.query}" for one in found.suggestions]
    if found.unsearchable:
        lines.append(f"Not searched for, these characters only separate words: {' '.join(found.unsearchable)}")
    return lines


def exported(report: ExportReport) -> JsonObject:
    """Shape of `export`."""
    return {
        "path": str(report.path),
        "rows": report.rows,
        "media_files": report.media_files,
        "missing_media": report.missing_media,
        "context": report.context,
        "pdf_files": report.pdf_files,
        "bytes": report.bytes,
        "sha256": report.sha256,
    }


def verified(check: Verification, clocks: Iterable[str] = ()) -> JsonObject:
    """Shape of `verify`."""
    return {
        "level": str(check.level),
        "files": check.files,
        "findings": [{"finding": str(one.finding), "name": one.name, "message": str(one.message)} for one in check.findings],
        "total": check.total,
        "counts": dict(check.counts),
        "events": check.events,
        "event_log": check.log_words,
        "anchor": None if check.anchor is None else str(check.anchor),
        "raw_only": list(check.raw_only),
        "proves": [str(one) for one in proves(check)],
        "clock": [str(one) for one in clocks],
        "went_well": check.went_well,
    }


def verified_text(shape: JsonObject) -> str:
    """`verify` in words."""
    lines = [f"{one['finding']}: {one['message']}" for one in shape["findings"]]
    if shape["total"] > len(shape["findings"]):
        lines.append(f"... and {shape['total'] - len(shape['findings']):,} more: {shape['counts']}")
    lines.append(f"{counted(shape['files'], 'file')} verified, {counted(shape['total'], 'finding')}. Event log: {shape['event_log']}.")
    return "\n".join([*lines, *shape["clock"], *shape["proves"]])


def status(repository: Repository) -> JsonObject:
    """Shape of `status`."""
    return {
        "version": __version__,
        "data": str(repository.paths.data),
        "engine": repository.engine_name,
        "zone": repository.zone,
        "held": repository.catalog.count(),
        "indexed": repository.index.count(),
        "in_step": repository.index.position() == repository.catalog.position(),
        "accounts": [_account(account) for account in repository.catalog.accounts()],
        "captures": [capture(one) for one in reversed(repository.catalog.captures(with_set_aside=True))],
        "clock": [str(one) for one in clock.notices(repository)],
        "read_only": repository.is_read_only,
    }


def status_text(shape: JsonObject) -> str:
    """`status` in words."""
    lines = [
        (
            f"{counted(shape['held'], 'record')} on file in {shape['data']}, {shape['indexed']:,} indexed ({shape['engine']}). "
            f"Time zone {shape['zone']}."
        )
    ]
    if not shape["in_step"]:
        lines.append("The index is behind the catalog: run `python -m indexer sync`.")
    lines += shape["clock"]
    if shape["read_only"]:
        lines.append(private_files.READ_ONLY.format(data=shape["data"]))
    lines += [
        f"Capture {one['capture']['id']}{' (set aside)' if one['capture']['set_aside'] else ''}: {one['capture']['name']}, "
        f"{counted(one['records'], 'new record')}, {counted(one['problems'], 'problem')}."
        for one in shape["captures"]
    ]
    return "\n".join(lines)


def progress_text(progress: Progress) -> str:
    """One line of progress."""
    unit = "bytes" if progress.stage == "copying" else "records"
    about = "about " if progress.stage == "reading" else ""
    of = f" of {about}{progress.total:,}" if progress.total else ""
    left = f", {_duration(progress.seconds_left)} left" if progress.seconds_left is not None else ""
    return f"{progress.stage}: {progress.done:,}{of} {unit}, {progress.rate:,.0f}/s{left}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
