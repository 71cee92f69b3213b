"""What a records custodian decides, on the command line: account, person, capture set-aside and restore, reread."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from indexer import platforms
from indexer.catalog.models import AccountView
from indexer.cli import output as shapes
from indexer.cli.options import (
    PLATFORMS,
    NotUnderstood,
    Refused,
    answer,
    data_option,
    errors_told,
    json_option,
    names_of,
    opened,
    platform_of,
    ticker,
)
from indexer.custody import accounts as decisions
from indexer.custody.ingest import IngestReport
from indexer.custody.reread import outdated
from indexer.custody.reread import reread as read_again
from indexer.custody.reread_writer import RereadReport
from indexer.custody.set_aside import DecisionRefused
from indexer.custody.set_aside import restore as restore_capture
from indexer.custody.set_aside import set_aside as set_capture_aside
from indexer.evidence.archive import ArchiveError
from indexer.repository import Repository
from indexer.search.as_json import JsonObject
from indexer.search.as_json import _account as account_shape

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
    with errors_told(), refusals_told(), opened(data) as repository:
        number = one_account(repository, which).id
        if remove:
            named = decisions.Named(decisions.unname_account(repository, number, by), ())
        else:
            named = decisions.name_account(repository, number, handle=handle, name=name, by=by)
    view, namesakes = named.account, named.namesakes
    text = f"Account {view.id} is now named {view.label}."
    if namesakes:
        numbers = ", ".join(str(one.id) for one in namesakes)
        text += f" So is account {numbers}. If they are the same: python -m indexer account merge {numbers} {view.id}"
    answer({"account": account_shape(view), "same_handle": [account_shape(one) for one in namesakes]}, as_json=as_json, text=text)


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
    with errors_told(), refusals_told(), opened(data) as repository:
        one, other = one_account(repository, part), one_account(repository, into)
        decisions.check_merge(one, other)
        if not yes:
            counts = f"{shapes.counted(one.records, 'record')} and {shapes.counted(other.records, 'record')}"
            click.confirm(
                f"Treat {one.label} (account {one.id}) and {other.label} (account {other.id}), {counts}, as the same account?", abort=True
            )
        whole = decisions.merge(repository, one.id, other.id, by)
    text = f"{one.label} is now part of {whole.label}: {shapes.counted(whole.records, 'record')}. Undo: account unmerge {one.id}"
    answer({"account": account_shape(whole), "parts": [part.id for part in whole.parts]}, as_json=as_json, text=text)


@account.command("unmerge")
@click.argument("part", type=int)
@by_option
@data_option
@json_option
@click.pass_obj
def account_unmerge(data: Path | None, /, *, part: int, by: str, as_json: bool) -> None:
    """Make PART (the account's number) a separate account again."""
    with errors_told(), refusals_told(), opened(data) as repository:
        own, rest = decisions.unmerge(repository, part, by)
    text = f"{own.label} is a separate account again, with {shapes.counted(own.records, 'record')}."
    answer({"account": account_shape(own), "from": account_shape(rest)}, as_json=as_json, text=text)


NUMBERED = next((one.code for one in platforms.registered() if one.names_by_number), None)


@click.group()
def person() -> None:
    """Name the people behind a platform's numbers."""


@person.command("name")
@click.argument("number")
@click.argument("name", default="")
@click.option("--platform", default=NUMBERED, show_default=True, help=f"{PLATFORMS}.")
@click.option("--remove", is_flag=True, help="Remove the name.")
@by_option
@data_option
@json_option
@click.pass_obj
def person_name(data: Path | None, /, *, number: str, name: str, platform: str, remove: bool, by: str, as_json: bool) -> None:
    """Name the platform's user NUMBER: shown as "Jane Roe (X user 3051921866)". No evidence changes."""
    with errors_told(), refusals_told(), opened(data) as repository:
        where = platform_of(platform)
        if remove:
            count = decisions.unname_person(repository, where, number, by)
        else:
            count = decisions.name_person(repository, where, number, name, by)
    shape = {"platform": where, "number": number, "name": "" if remove else name, "records": count}
    said = f"{number} no longer has a given name" if remove else f"{number} is now shown as {name}"
    answer(shape, as_json=as_json, text=f"{said}: author of {shapes.counted(count, 'record')}.")


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
    with errors_told(), refusals_told(), opened(data) as repository:
        count = set_capture_aside(repository, number, why, by)
    lost = shapes.counted(count, "record")
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
    with errors_told(), refusals_told(), opened(data) as repository:
        count = restore_capture(repository, number, by)
    answer(
        {"capture": number, "records": count},
        as_json=as_json,
        text=f"Capture {number} is restored: {shapes.counted(count, 'record')} found.",
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
    with errors_told(), refusals_told(), opened(data) as repository:
        wanted = [number] if number is not None else [one.id for one in outdated(repository)]
        for one in wanted:
            ticks = {stage: ticker(stage) for stage in ("reading", "writing", "indexing")}
            try:
                reports.append(read_again(repository, one, by, lambda stage, done, total: ticks[stage](done, total)))  # noqa: B023  # called at once
            except ArchiveError as error:
                failed.append((one, str(error)))
    shape = {"reread": [_report(one) for one in reports], "failed": [{"capture": one, "why": why} for one, why in failed]}
    lines = [line for one in reports for line in _told(one)] + [f"Capture {one} was not reread: {why}" for one, why in failed]
    answer(shape, as_json=as_json, text="\n".join(lines) or "Every capture was read by the current importer.")
    if failed or any(one.not_read for one in reports):
        raise SystemExit(1)


def _report(report: RereadReport) -> JsonObject:
    return {
        "capture": report.capture_id,
        "importer_version": {"before": report.importer_before, "now": report.importer_now},
        "corrected": report.corrected,
        "added": report.added,
        "not_read": list(report.not_read),
        "problems": {"before": report.problems_before, "now": report.problems_now},
        "other_account": report.other_account,
    }


def _told(report: RereadReport) -> list[str]:
    corrected, added = shapes.counted(report.corrected, "reading"), shapes.counted(report.added, "record")
    now = f"{shapes.counted(report.problems_now, 'problem')} ({report.problems_before:,} before)"
    versions = f"importer version {report.importer_before}, now {report.importer_now}"
    lines = [f"Capture {report.capture_id} was reread ({versions}): {corrected} corrected, {added} added, {now}."]
    if report.not_read:
        count, named = shapes.counted(len(report.not_read), "record"), ", ".join(report.not_read[:10])
        lines.append(f"{count} no longer read, and kept unchanged: {named}")
    if report.other_account:
        lines.append(f"The current importer identifies the account as {report.other_account}. If they are the same, use account merge.")
    return lines


def one_account(repository: Repository, which: str) -> AccountView:
    """Return the one account that a word means. Raises NotUnderstood."""
    held = repository.catalog.accounts(with_set_aside=True)
    word = which.removeprefix("@").casefold()
    found = [one for one in held if which.isdecimal() and int(which) in one.numbers] or [one for one in held if word in names_of(one)]
    if len(found) == 1:
        return found[0]
    known = "; ".join(f"{one.id}: {one.label} ({one.platform})" for one in found or held) or "none yet"
    raise NotUnderstood(f"{'Several accounts are' if found else 'No account is'} named {which}. Use the account's number. {known}.")


def named_at_last(repository: Repository, report: IngestReport, handle: str, by: str) -> str:
    """Name the account of an archive that is held already and was handed in again with a handle; return its label, or nothing."""
    held, wanted = report.capture.account, handle.strip().removeprefix("@")
    if not report.already_captured or held is None or not wanted or wanted.casefold() == held.handle.casefold():
        return ""
    with refusals_told():
        return decisions.name_account(repository, held.id, handle=wanted, by=by).account.label


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn a refused decision into Refused."""
    try:
        yield
    except DecisionRefused as error:
        raise Refused(f"{error} Nothing was changed.") from error
