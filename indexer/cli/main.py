"""The command line: identify, preview, ingest, problems, search, export, sync, rebuild, status; other modules add more commands.

Exit status 0 only if all went well; 1 if any evidence is missing, damaged or unknown; 2 if a command or a query is
invalid. With --json the last line of standard output is a JSON object, documented in docs/command-line.md; progress
goes to standard error.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from indexer.certificates import Paper
from indexer.cli import output
from indexer.cli.decisions import account, name_known_account, person, reread
from indexer.cli.decisions import capture as capture_group
from indexer.cli.integrity import anchor, verify
from indexer.cli.options import (
    InvalidInput,
    answer,
    data_option,
    filter_options,
    has_catalog,
    json_option,
    maker_options,
    meter,
    open_data,
    package_options,
    report_errors,
    request_of,
    ticker,
)
from indexer.cli.reports import certificate, coverage, terms
from indexer.custody import Custody, IngestReport, IngestSession, group_parts, indexing, recover, total_bytes
from indexer.custody import preview as preview_archive
from indexer.evidence import ArchiveError, open_archive
from indexer.exports import Choices
from indexer.importers import identify as identify_archive
from indexer.productions import Maker, export_search
from indexer.repository import Repository
from indexer.search import GroupBy, Plan, groups
from indexer.search import results as results_json
from indexer.settings import read_letterhead


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder with vault, catalog, and index; default: SHOWME_DATA, then archive_data."
)
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Take social media archives into custody, search them, and hand over what is responsive."""
    context.obj = data


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def identify(*, paths: tuple[Path, ...], as_json: bool) -> None:
    """Identify the account and form of an archive without adding it. Several PATHS are the parts of one export."""
    with report_errors():
        identified = identify_archive(open_archive(*paths))
    shape = output.identified(identified)
    answer(
        shape,
        as_json=as_json,
        text=f"{identified.importer.title}, {identified.facts.form}, account {shape['account']['handle'] or shape['account']['name']}.",
    )


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
@json_option
@click.pass_obj
def preview(data: Path | None, /, *, paths: tuple[Path, ...], as_json: bool) -> None:
    """Show what an archive is before it is taken in, and write nothing. Several PATHS are the parts of one export."""
    with report_errors():
        if has_catalog(data):
            with open_data(data) as repository:
                archive = preview_archive(list(paths), repository)
        else:
            archive = preview_archive(list(paths))
    answer(output.previewed(archive), as_json=as_json, text=output.previewed_text(archive))
    if archive.is_refused:
        raise SystemExit(1)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--zone", help="Account's time zone, if known (America/Chicago). Default: the public body's zone is assumed.")
@click.option("--account", default="", help="Account handle, if the archive does not name it.")
@click.option("--by", default=getpass.getuser, help="Who takes it into custody; default: the login name.")
@click.option(
    "--parts/--separate",
    "are_parts",
    default=None,
    help="Whether several PATHS are the parts of one export; default: they are, unless their contents contradict each other.",
)
@data_option
@json_option
@click.pass_obj
def ingest(
    data: Path | None, /, *, paths: tuple[Path, ...], zone: str | None, account: str, by: str, are_parts: bool | None, as_json: bool
) -> None:
    """Take archives into custody and index them. Several PATHS are the parts of one export, or archives of their own."""
    with report_errors():
        separate = [(path,) for path in paths]
        archives = separate if are_parts is False else [paths] if are_parts or len(paths) == 1 else group_parts(paths)
    custody = Custody(by, "command line", zone, account)
    if len(archives) == 1:
        _ingest_one(data, archives[0], custody, as_json=as_json)
        return
    if account:
        raise InvalidInput("--account names the account of one archive. Take the archives in one at a time, or leave it out.")
    with report_errors(), open_data(data) as repository, meter() as report:
        results: list[tuple[str, IngestReport | Exception]] = []
        with IngestSession(repository, total_bytes(paths)) as session:
            for (path,) in archives:
                try:
                    results.append((str(path), session.take_in([path], custody, report)))
                except (ArchiveError, OSError) as error:  # of this archive: the next one is taken in all the same
                    results.append((str(path), error))
        problems_of = {
            result.capture_id: repository.catalog.problems(result.capture_id, 20)
            for _, result in results
            if isinstance(result, IngestReport)
        }
    shape = output.all_ingested(results)
    answer(shape, as_json=as_json, text=output.all_ingested_text(results, problems_of))
    if not shape["went_well"]:
        raise SystemExit(1)


def _ingest_one(data: Path | None, paths: tuple[Path, ...], custody: Custody, *, as_json: bool) -> None:
    with report_errors(), open_data(data) as repository, meter() as report:
        with IngestSession(repository) as session:
            result = session.take_in(list(paths), custody, report)
        new_name = name_known_account(repository, result, custody.account, custody.taken_by)
        problems = repository.catalog.problems(result.capture_id, 20)
    shape = {**output.ingested(result), **({"named": new_name} if new_name else {})}
    answer(
        shape, as_json=as_json, text=output.ingested_text(result, problems) + (f" The account is now named {new_name}." if new_name else "")
    )
    if not result.capture.went_well:
        raise SystemExit(1)


@main.command()
@click.option("--capture", type=int, help="Only this capture.")
@data_option
@json_option
@click.pass_obj
def problems(data: Path | None, /, *, capture: int | None, as_json: bool) -> None:
    """List what could not be read and counts that fall short. Exit status 1 if there are any."""
    with report_errors(), open_data(data) as repository:
        captures = [view for view in repository.catalog.captures() if capture in {None, view.id}]
        if capture is not None and not captures:
            raise InvalidInput(f"There is no capture {capture}.")
        shape = output.problems(captures, lambda capture_id: _all_problems(repository, capture_id))
    answer(shape, as_json=as_json, text=output.problems_text(shape))
    if shape["problems"] or shape["shortfalls"]:
        raise SystemExit(1)


@main.command()
@click.argument("query")
@filter_options
@click.option("--limit", type=click.IntRange(0), default=25, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--group",
    type=click.Choice([str(choice) for choice in GroupBy]),
    default="none",
    show_default=True,
    help="Group conversations (threads) or the same text (same); --limit and --offset then count groups.",
)
@data_option
@json_option
@click.pass_obj
def search(
    data: Path | None,
    /,
    *,
    query: str,
    as_json: bool,
    limit: int,
    offset: int,
    group: str,
    **filters: Any,
) -> None:
    """Find records. QUERY has the same syntax as in the portal; `*` finds every record."""
    with report_errors(), open_data(data) as repository:
        request = request_of(repository, query, filters, limit, offset)
        grouped = None if group == GroupBy.NONE else groups.search(repository, request, GroupBy(group))
        results = grouped.results if grouped else Plan(repository, request).page()
        shape = results_json(results, repository.zone, grouped)
    answer(shape, as_json=as_json, text=output.results_text(results, repository.zone, grouped))
    if not results.answered:
        raise SystemExit(1 if results.index_unusable else 2)


@main.command()
@click.argument("query")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="ZIP to write, which must not exist yet; or a folder.")
@filter_options
@package_options
@maker_options
@data_option
@json_option
@click.pass_obj
def export(
    data: Path | None,
    /,
    *,
    query: str,
    out: Path,
    as_json: bool,
    choices: Choices,
    maker: Maker,
    **filters: Any,
) -> None:
    """Write all records of a search into one ZIP (a BagIt bag with CSV, XLSX, JSON Lines and media)."""
    with report_errors(), open_data(data) as repository:
        if out.exists() and not out.is_dir():
            raise InvalidInput(f"{out} already exists; name another file.")
        request = request_of(repository, query, filters)
        maker = replace(maker, paper=Paper(read_letterhead()))
        report = export_search(repository, request, out, maker=maker, choices=choices, progress=ticker("exporting"))
    shape = output.exported(report)
    answer(
        shape,
        as_json=as_json,
        text=f"{output.counted(shape['rows'], 'record')} and "
        f"{output.counted(shape['media_files'], 'media file')} in {report.path} (SHA-256 {shape['sha256']}).",
    )


@main.command()
@data_option
@json_option
@click.pass_obj
def sync(data: Path | None, /, *, as_json: bool) -> None:
    """Remove what an interrupted ingest left and bring the index up to date with the catalog."""
    with report_errors(), open_data(data) as repository:
        removed = recover(repository, ticker("indexing"))
        shape = {"removed_captures": removed, "indexed": repository.index.count(), "held": repository.catalog.count()}
    answer(shape, as_json=as_json, text=f"Indexed {shape['indexed']:,} of {output.counted(shape['held'], 'record')}.")


@main.command()
@click.option("--by", default=getpass.getuser, help="Who rebuilds; default: the login name.")
@data_option
@json_option
@click.pass_obj
def rebuild(data: Path | None, /, *, by: str, as_json: bool) -> None:
    """Delete the index and rebuild it from the catalog."""
    with report_errors(), open_data(data) as repository:
        indexing.rebuild(repository, by, ticker("indexing"))
        shape = {"indexed": repository.index.count(), "held": repository.catalog.count()}
    answer(shape, as_json=as_json, text=f"Indexed {shape['indexed']:,} of {output.counted(shape['held'], 'record')}.")


@main.command()
@data_option
@json_option
@click.pass_obj
def status(data: Path | None, /, *, as_json: bool) -> None:
    """Show what is on file and whether the index is up to date. Exit status 1 if it is not."""
    with report_errors(), open_data(data) as repository:
        shape = output.status(repository)
    answer(shape, as_json=as_json, text=output.status_text(shape))
    if not shape["in_step"]:
        raise SystemExit(1)


for command in (account, person, capture_group, reread):
    main.add_command(command)
main.add_command(verify)
main.add_command(anchor)
main.add_command(coverage)
main.add_command(certificate)
main.add_command(terms)


def _all_problems(repository: Repository, capture_id: int) -> Iterator[Any]:
    offset = 0
    while page := repository.catalog.problems(capture_id, 1000, offset):
        yield from page
        offset += len(page)
