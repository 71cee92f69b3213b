"""Commands for decisions of a records custodian: account, person, capture set-aside and restore, reread."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from indexer import platforms
from indexer.catalog import AccountView
from indexer.cli import output
from indexer.cli.options import (
    PLATFORMS,
    CommandError,
    InvalidInput,
    answer,
    data_option,
    json_option,
    names_of,
    open_data,
    platform_of,
    report_errors,
    ticker,
)
from indexer.custody import DecisionRefused, IngestReport, RereadReport, accounts, outdated
from indexer.custody import reread as reread_capture
from indexer.custody import restore as restore_capture
from indexer.custody import set_aside as set_capture_aside
from indexer.evidence import ArchiveError
from indexer.repository import Repository
from indexer.search import JsonObject, account_json

by_option = click.option("--by", default=getpass.getuser, help="Who decides; default: the login name.")


@click.group()
def account() -> None:
    """Name an account, or merge two accounts that are the same."""


@account.command("name")
@click.argument("which", metavar="ACCOUNT")
@click.option("--handle", default="", help="The account's handle, with or without @.")
@click.option("--name", default="", help="The account's name.")
@click.option("--remove", is_flag=True, help="Remove the name: the account has the name in its archives again.")
@by_option
@data_option
@json_option
@click.pass_obj
def account_name(data: Path | None, /, *, which: str, handle: str, name: str, remove: bool, by: str, as_json: bool) -> None:
    """Give ACCOUNT (its number, handle, name or id) a handle, a name, or both. No record and no evidence changes."""
    with report_errors(), report_refusals(), open_data(data) as repository:
        number = find_account(repository, which).id
        if remove:
            named = accounts.NamedAccount(accounts.unname_account(repository, number, by), ())
        else:
            named = accounts.name_account(repository, number, handle=handle, name=name, actor=by)
    view, namesakes = named.account, named.namesakes
    text = f"Account {view.id} is now named {view.label}."
    if namesakes:
        numbers = ", ".join(str(namesake.id) for namesake in namesakes)
        text += f" So is account {numbers}. If they are the same: python -m indexer account merge {numbers} {view.id}"
    answer({"account": account_json(view), "same_handle": [account_json(namesake) for namesake in namesakes]}, as_json=as_json, text=text)


@account.command("merge")
@click.argument("part")
@click.argument("into")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@by_option
@data_option
@json_option
@click.pass_obj
def account_merge(data: Path | None, /, *, part: str, into: str, yes: bool, by: str, as_json: bool) -> None:
    """Merge account PART into account INTO: searches, coverage, and grants treat them as one. Record IDs do not change."""
    with report_errors(), report_refusals(), open_data(data) as repository:
        source, target = find_account(repository, part), find_account(repository, into)
        accounts.check_merge(source, target)
        if not yes:
            counts = f"{output.counted(source.records, 'record')} and {output.counted(target.records, 'record')}"
            click.confirm(
                f"Treat {source.label} (account {source.id}) and {target.label} (account {target.id}), {counts}, as the same account?",
                abort=True,
            )
        merged = accounts.merge(repository, source.id, target.id, by)
    text = f"{source.label} is now part of {merged.label}: {output.counted(merged.records, 'record')}. Undo: account unmerge {source.id}"
    answer({"account": account_json(merged), "parts": [account_part.id for account_part in merged.parts]}, as_json=as_json, text=text)


@account.command("unmerge")
@click.argument("part", type=int)
@by_option
@data_option
@json_option
@click.pass_obj
def account_unmerge(data: Path | None, /, *, part: int, by: str, as_json: bool) -> None:
    """Make PART (the account's number) a separate account again."""
    with report_errors(), report_refusals(), open_data(data) as repository:
        separated, rest = accounts.unmerge(repository, part, by)
    text = f"{separated.label} is a separate account again, with {output.counted(separated.records, 'record')}."
    answer({"account": account_json(separated), "from": account_json(rest)}, as_json=as_json, text=text)


DEFAULT_PLATFORM = next((platform.code for platform in platforms.registered() if platform.names_by_number), None)


@click.group()
def person() -> None:
    """Name the people behind a platform's numbers."""


@person.command("name")
@click.argument("number")
@click.argument("name", default="")
@click.option("--platform", default=DEFAULT_PLATFORM, show_default=True, help=f"{PLATFORMS}.")
@click.option("--remove", is_flag=True, help="Remove the name.")
@by_option
@data_option
@json_option
@click.pass_obj
def person_name(data: Path | None, /, *, number: str, name: str, platform: str, remove: bool, by: str, as_json: bool) -> None:
    """Name the platform's user NUMBER: shown as "Jane Roe (X user 3051921866)". No evidence changes."""
    with report_errors(), report_refusals(), open_data(data) as repository:
        code = platform_of(platform)
        count = accounts.unname_person(repository, code, number, by) if remove else accounts.name_person(repository, code, number, name, by)
    shape = {"platform": code, "number": number, "name": "" if remove else name, "records": count}
    outcome = f"{number} no longer has a given name" if remove else f"{number} is now shown as {name}"
    answer(shape, as_json=as_json, text=f"{outcome}: author of {output.counted(count, 'record')}.")


@click.group()
def capture() -> None:
    """Set aside a capture that is wrong or not from this public body, or restore it."""


@capture.command("set-aside")
@click.argument("number", type=int)
@click.option("--why", required=True, help="The reason; it is kept in the event log.")
@by_option
@data_option
@json_option
@click.pass_obj
def capture_set_aside(data: Path | None, /, *, number: int, why: str, by: str, as_json: bool) -> None:
    """Exclude capture NUMBER from searches, coverage, and reports. The evidence stays in the vault."""
    with report_errors(), report_refusals(), open_data(data) as repository:
        count = set_capture_aside(repository, number, why, by)
    lost = output.counted(count, "record")
    text = f"Capture {number} is set aside: {lost} no longer searched. The evidence is kept. Undo: capture restore {number}"
    answer({"capture": number, "records": count}, as_json=as_json, text=text)


@capture.command("restore")
@click.argument("number", type=int)
@by_option
@data_option
@json_option
@click.pass_obj
def capture_restore(data: Path | None, /, *, number: int, by: str, as_json: bool) -> None:
    """Restore capture NUMBER that was set aside."""
    with report_errors(), report_refusals(), open_data(data) as repository:
        count = restore_capture(repository, number, by)
    answer(
        {"capture": number, "records": count},
        as_json=as_json,
        text=f"Capture {number} is restored: {output.counted(count, 'record')} found.",
    )


@click.command()
@click.argument("number", metavar="[CAPTURE]", type=int, required=False)
@by_option
@data_option
@json_option
@click.pass_obj
def reread(data: Path | None, /, *, number: int | None, by: str, as_json: bool) -> None:
    """Reread archives from the vault with the current importers.

    Without CAPTURE, every capture that an older version of its importer has read. Exit status 1 when one cannot be read
    again, or when records of one are not read any more (they stay).
    """
    reports, failed = list[RereadReport](), list[tuple[int, str]]()
    with report_errors(), report_refusals(), open_data(data) as repository:
        capture_ids = [number] if number is not None else [view.id for view in outdated(repository)]
        for capture_id in capture_ids:
            ticks = {stage: ticker(stage) for stage in ("reading", "writing", "indexing")}
            try:
                reports.append(reread_capture(repository, capture_id, by, lambda stage, done, total: ticks[stage](done, total)))  # noqa: B023  # called at once
            except ArchiveError as error:
                failed.append((capture_id, str(error)))
    shape = {
        "reread": [_report_json(report) for report in reports],
        "failed": [{"capture": capture_id, "why": why} for capture_id, why in failed],
    }
    lines = [line for report in reports for line in _report_text(report)]
    lines += [f"Capture {capture_id} was not reread: {why}" for capture_id, why in failed]
    answer(shape, as_json=as_json, text="\n".join(lines) or "Every capture was read by the current importer.")
    if failed or any(report.not_read for report in reports):
        raise SystemExit(1)


def _report_json(report: RereadReport) -> JsonObject:
    return {
        "capture": report.capture_id,
        "importer_version": {"before": report.importer_before, "now": report.importer_now},
        "corrected": report.corrected,
        "added": report.added,
        "not_read": list(report.not_read),
        "problems": {"before": report.problems_before, "now": report.problems_now},
        "other_account": report.other_account,
    }


def _report_text(report: RereadReport) -> list[str]:
    corrected, added = output.counted(report.corrected, "reading"), output.counted(report.added, "record")
    now = f"{output.counted(report.problems_now, 'problem')} ({report.problems_before:,} before)"
    versions = f"importer version {report.importer_before}, now {report.importer_now}"
    lines = [f"Capture {report.capture_id} was reread ({versions}): {corrected} corrected, {added} added, {now}."]
    if report.not_read:
        count, named = output.counted(len(report.not_read), "record"), ", ".join(report.not_read[:10])
        lines.append(f"{count} no longer read, and kept unchanged: {named}")
    if report.other_account:
        lines.append(f"The current importer identifies the account as {report.other_account}. If they are the same, use account merge.")
    return lines


def find_account(repository: Repository, which: str) -> AccountView:
    """Find the account named by a number, handle, name or id. Raises InvalidInput."""
    on_file = repository.catalog.accounts(with_set_aside=True)
    word = which.removeprefix("@").casefold()
    matches = [view for view in on_file if which.isdecimal() and int(which) in view.numbers]
    matches = matches or [view for view in on_file if word in names_of(view)]
    if len(matches) == 1:
        return matches[0]
    listed = "; ".join(f"{view.id}: {view.label} ({view.platform})" for view in matches or on_file) or "none yet"
    raise InvalidInput(f"{'Several accounts are' if matches else 'No account is'} named {which}. Use the account's number. {listed}.")


def name_known_account(repository: Repository, report: IngestReport, handle: str, by: str) -> str:
    """Name the account of an archive already on file that was added again with a handle; return its label, or "" if unchanged."""
    known_account, new_handle = report.capture.account, handle.strip().removeprefix("@")
    if not report.already_captured or known_account is None or not new_handle or new_handle.casefold() == known_account.handle.casefold():
        return ""
    with report_refusals():
        return accounts.name_account(repository, known_account.id, handle=new_handle, actor=by).account.label


@contextmanager
def report_refusals() -> Iterator[None]:
    """Turn a refused decision into CommandError."""
    try:
        yield
    except DecisionRefused as error:
        raise CommandError(f"{error} Nothing was changed.") from error
