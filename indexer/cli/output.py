"""Output of the command line: stable JSON objects (docs/command-line.md) and the same as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from indexer import __version__, platforms, private_files
from indexer.catalog import CaptureView, ProblemView
from indexer.custody import ArchivePreview, IngestReport, Verification, clock, describe_proof
from indexer.evidence import MISSING
from indexer.exports import ExportReport
from indexer.importers import IdentifiedArchive
from indexer.local_time import to_local, utc_text
from indexer.progress import Progress
from indexer.repository import Repository
from indexer.search import (
    CountedAnnouncement,
    Explanation,
    Grouped,
    JsonObject,
    Results,
    account_json,
    grouped_hits,
    item_suffix,
    sentences,
)

EXPANSIONS_SHOWN = 12  # words of a wildcard listed in a line of text


def counted(number: int, singular: str, plural: str = "") -> str:
    """Format a number with its noun: "1 record", "1,200 records"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def identified(archive: IdentifiedArchive) -> JsonObject:
    """JSON of `identify`."""
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


def previewed(archive: ArchivePreview) -> JsonObject:
    """JSON of `preview`."""
    first, last = archive.chosen_days
    return {
        "name": archive.name,
        "size": archive.size,
        "headline": str(archive.headline),
        "sentences": [str(sentence) for sentence in archive.sentences()],
        "refusal": str(archive.refusal) or None,
        "details": str(archive.details) or None,
        "importer": archive.importer or None,
        "form": str(archive.form) or None,
        "account": {
            "platform": archive.platform,
            "native_id": archive.native_id,
            "handle": archive.handle,
            "name": archive.account_name,
            "joins": archive.joins.id if archive.joins else None,
        },
        "exported_on": archive.exported,
        "is_partial": archive.is_partial,
        "chosen_days": [first, last],
        "kinds": {str(kind): count for kind, count in sorted(archive.kinds.items())},
        "first_day": archive.first_day,
        "last_day": archive.last_day,
        "is_whole": archive.is_whole,
        "problems": archive.problems,
        "declared": archive.declared,
        "capture": archive.held.id if archive.held else None,
    }


def previewed_text(archive: ArchivePreview) -> str:
    """Text of `preview`."""
    return "\n".join(map(str, filter(None, (archive.headline, *archive.sentences(), archive.details))))


def ingested(report: IngestReport) -> JsonObject:
    """JSON of `ingest`."""
    healed = [{"name": file.name, "sha256": file.digest, "was": file.was} for file in report.healed]
    return {"already_captured": report.already_captured, "healed": healed, **capture(report.capture)}


def all_ingested(results: Sequence[tuple[str, IngestReport | Exception]]) -> JsonObject:
    """JSON of `ingest` with several archives: by path, in the order given, what was taken in or why it was not."""
    archives = [
        {"path": path, "error": None, **ingested(result)} if isinstance(result, IngestReport) else {"path": path, "error": str(result)}
        for path, result in results
    ]
    return {
        "archives": archives,
        "failed": [archive["path"] for archive in archives if archive["error"]],
        "went_well": all(archive.get("went_well") for archive in archives),
    }


def all_ingested_text(results: Sequence[tuple[str, IngestReport | Exception]], problems_of: Mapping[int, Sequence[ProblemView]]) -> str:
    """Text of `ingest` with several archives."""
    lines = [
        ingested_text(result, problems_of[result.capture_id]) if isinstance(result, IngestReport) else f"Not taken in: {path}. {result}"
        for path, result in results
    ]
    failed = [path for path, result in results if not isinstance(result, IngestReport)]
    summary = f"{len(results) - len(failed):,} of {counted(len(results), 'archive')} taken in or already on file."
    return "\n\n".join([*lines, summary + (f" Not taken in: {', '.join(failed)}." if failed else "")])


def capture(view: CaptureView) -> JsonObject:
    """JSON of a capture, in `ingest` and `status`."""
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
        "account": account_json(view.account),
        "importer": view.importer,
        "importer_version": view.importer_version,
        "records": view.records,
        "versions": view.versions,
        "sightings": view.sightings,
        "folded": view.folded,
        "gone": view.absent,
        "problems": view.problems,
        "unreadable_dates": view.unreadable_dates,
        "members": {"read": view.members_read, "ignored": view.members_ignored, "unknown": view.members_unknown},
        "reconciliation": [
            {"unit": row.unit, "declared": row.declared, "read": row.read, "short": row.short} for row in view.reconciliation
        ],
        "went_well": view.went_well,
    }


def ingested_text(report: IngestReport, problems: Sequence[ProblemView]) -> str:
    """Text of `ingest`."""
    view = report.capture
    healed = [
        f"The file {file.name} in the vault was {'missing' if file.was == MISSING else 'damaged'}; it was replaced with this good copy."
        for file in report.healed
    ]
    if report.already_captured:
        aside = f" It is set aside ({view.aside.why}): capture restore {view.id} restores it." if view.aside else ""
        taken_at = f"{view.taken_at:%Y-%m-%d %H:%M} UTC"
        on_file = f"Already on file: capture {view.id} of {taken_at} has this archive. Nothing was added twice.{aside}"
        return "\n".join([on_file, *healed])
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
    if view.absent:
        lines.append(f"{counted(view.absent, 'record')} in earlier captures {'is' if view.absent == 1 else 'are'} not in this one.")
    if view.unreadable_dates:
        lines.append(f"{counted(view.unreadable_dates, 'item')} with a date that could not be read.")
    if view.problems:
        lines.append(f"{counted(view.problems, 'problem')}:")
        lines += [
            f"  {problem.member}{f', item {problem.item + 1}' if problem.item >= 0 else ''}: {problem.message}" for problem in problems
        ]
        if view.problems > len(problems):
            lines.append(f"  ... and {view.problems - len(problems):,} more: python -m indexer problems --capture {view.id}")
    return "\n".join(lines)


def problems(captures: Iterable[CaptureView], problems_of: Callable[[int], Iterable[ProblemView]]) -> JsonObject:
    """JSON of `problems`."""
    listed, shortfalls = [], []
    for view in sorted(captures, key=lambda view: view.id):
        listed += [
            {"capture": view.id, "member": problem.member, "item": problem.item, "code": problem.code, "message": problem.message}
            for problem in problems_of(view.id)
        ]
        shortfalls += [
            {"capture": view.id, "unit": row.unit, "declared": row.declared, "read": row.read, "short": row.short}
            for row in view.reconciliation
            if row.short
        ]
    return {"problems": listed, "shortfalls": shortfalls}


def problems_text(shape: JsonObject) -> str:
    """Text of `problems`."""
    lines = [
        f"Capture {problem['capture']}: {problem['member']}{item_suffix(problem['item'])}: {problem['message']} [{problem['code']}]"
        for problem in shape["problems"]
    ]
    lines += [
        f"Capture {row['capture']}: {row['unit']}: platform's count {row['declared']:,}, read {row['read']:,}."
        for row in shape["shortfalls"]
    ]
    return "\n".join(lines) or "No problems."


def results_text(results: Results, zone_name: str, grouped: Grouped | None = None) -> str:
    """Text of `search`."""
    if results.index_unusable:
        return "\n".join(f"{diagnostic.message} {diagnostic.suggestion}" for diagnostic in results.diagnostics)
    if not results.answered:
        lines = ["The query has an error; nothing was searched.", results.request.query]
        for diagnostic in results.diagnostics:
            lines.append(" " * diagnostic.start + "^" * max(1, diagnostic.end - diagnostic.start))
            lines.append(f"{diagnostic.message} {diagnostic.suggestion}".rstrip())
        return "\n".join([*lines, *announced_text(results.announcements)])
    lines = [
        *announced_text(results.announcements),
        f"{counted(results.total, 'record')}: {results.readings['en']}. Times are {zone_name}.",
        *_explained_text(results.explained),
    ]
    if not results.in_step:
        lines.append(
            f"The index is not up to date, so more may be found ({results.indexed:,} of {results.held:,} indexed). "
            "Run: python -m indexer sync"
        )
    if results.coverage:
        lines += [str(sentence) for sentence in (results.coverage.summary, *results.coverage.gaps, *results.coverage.ends)]
    if results.undated_outside:
        lines.append(f"{counted(results.undated_outside, 'more record')} without a date, not in any date range: {results.undated_query}")
    lines += [str(sentence) for sentence in (results.as_of.sentences if results.as_of else ())]
    lines += [str(grouped.sentence)] if grouped else []
    for hit in grouped_hits(grouped) if grouped and grouped.groups else results.records:
        view = hit.view
        content, account = view.content, view.account
        when = to_local(content.posted_at, zone_name).strftime("%Y-%m-%d %H:%M") if content.posted_at else "no date"
        text = " ".join((content.text or content.title).split())
        lines.append(
            f"{when}  {platforms.title(account.platform)}  {account.handle_or_name}  {view.kind}  {text[:160]}\n    {view.record_id}"
        )
    return "\n".join(lines)


def announced_text(announcements: Iterable[CountedAnnouncement]) -> list[str]:
    """Format notes on ambiguous terms, a line for each."""
    return [f"Note: {' '.join(sentences(announcement))}" for announcement in announcements]


def _explained_text(explained: Explanation) -> list[str]:
    lines = []
    for expansion in explained.expansions:
        words = expansion.words
        listed = ", ".join(f"{word} ({count:,})" for word, count in words[:EXPANSIONS_SHOWN])
        rest = f" and {len(words) - EXPANSIONS_SHOWN:,} more (--json has all)" if len(words) > EXPANSIONS_SHOWN else ""
        matches = f"{counted(len(words), 'word')}: {listed}{rest}" if words else "no word"
        lines.append(f"{expansion.typed} matches {matches}.")
    lines += [f"No record contains {term}." for term in explained.missing]
    lines += [
        f"Did you mean {suggestion.instead} ({suggestion.records:,}) instead of {suggestion.node.word}?  {suggestion.query}"
        for suggestion in explained.suggestions
    ]
    if explained.unsearchable:
        lines.append(f"Not searched for, these characters only separate words: {' '.join(explained.unsearchable)}")
    return lines


def exported(report: ExportReport) -> JsonObject:
    """JSON of `export`."""
    return {
        "path": str(report.path),
        "name": report.name,
        "rows": report.rows,
        "media_files": report.media_files,
        "missing_media": report.missing_media,
        "context": report.context,
        "pdf_files": report.pdf_files,
        "bytes": report.bytes,
        "sha256": report.sha256,
    }


def verified(check: Verification, clocks: Iterable[str] = ()) -> JsonObject:
    """JSON of `verify`."""
    return {
        "level": str(check.level),
        "files": check.files,
        "findings": [
            {"finding": str(finding.finding), "name": finding.name, "message": str(finding.message)} for finding in check.findings
        ],
        "total": check.total,
        "counts": dict(check.counts),
        "events": check.events,
        "event_log": check.log_words,
        "anchor": None if check.anchor is None else str(check.anchor),
        "raw_only": list(check.raw_only),
        "proves": [str(sentence) for sentence in describe_proof(check)],
        "clock": [str(notice) for notice in clocks],
        "went_well": check.went_well,
    }


def verified_text(shape: JsonObject) -> str:
    """Text of `verify`."""
    lines = [f"{finding['finding']}: {finding['message']}" for finding in shape["findings"]]
    if shape["total"] > len(shape["findings"]):
        lines.append(f"... and {shape['total'] - len(shape['findings']):,} more: {shape['counts']}")
    lines.append(f"{counted(shape['files'], 'file')} verified, {counted(shape['total'], 'finding')}. Event log: {shape['event_log']}.")
    return "\n".join([*lines, *shape["clock"], *shape["proves"]])


def status(repository: Repository) -> JsonObject:
    """JSON of `status`."""
    return {
        "version": __version__,
        "data": str(repository.paths.data),
        "engine": repository.engine_name,
        "zone": repository.zone,
        "held": repository.catalog.count(),
        "indexed": repository.index.count(),
        "in_step": repository.index.position() == repository.catalog.position(),
        "accounts": [account_json(account) for account in repository.catalog.accounts()],
        "captures": [capture(view) for view in reversed(repository.catalog.captures(with_set_aside=True))],
        "clock": [str(notice) for notice in clock.notices(repository)],
        "read_only": repository.is_read_only,
    }


def status_text(shape: JsonObject) -> str:
    """Text of `status`."""
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
        f"Capture {item['capture']['id']}{' (set aside)' if item['capture']['set_aside'] else ''}: {item['capture']['name']}, "
        f"{counted(item['records'], 'new record')}, {counted(item['problems'], 'problem')}."
        for item in shape["captures"]
    ]
    return "\n".join(lines)


def progress_text(progress: Progress) -> str:
    """Format progress as a line of text."""
    unit = "bytes" if progress.stage == "copying" else "records"
    approximately = "about " if progress.stage == "reading" else ""
    total = f" of {approximately}{progress.total:,}" if progress.total else ""
    remaining = f", {_duration(progress.seconds_left)} left" if progress.seconds_left is not None else ""
    return f"{progress.stage}: {progress.done:,}{total} {unit}, {progress.rate:,.0f}/s{remaining}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
