"""The command line: identify, ingest, problems, search, export, verify, sync, rebuild, status; reports.py and decisions.py have more.

Exit status 0 only when all went well; 1 when something of the evidence is missing, damaged or unknown; 2 when a
command or a query could not be understood. With --json the last line of standard output is one object whose shape
is documented in docs/command-line.md; progress goes to standard error.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from indexer.cli import output as shapes
from indexer.cli.decisions import account, named_at_last, person, reread
from indexer.cli.decisions import capture as capture_group
from indexer.cli.integrity import anchor, verify
from indexer.cli.options import (
    NotUnderstood,
    answer,
    data_option,
    errors_told,
    filter_options,
    json_option,
    meter,
    opened,
    request_of,
    ticker,
)
from indexer.cli.reports import certificate, coverage, terms
from indexer.custody import indexing
from indexer.custody.ingest import ingest as take_in
from indexer.custody.ingest import recover
from indexer.evidence.archive import open_archive
from indexer.exports import Choices, PdfLayout
from indexer.importers import identify as identify_archive
from indexer.productions.package_search import export_search
from indexer.repository import Repository
from indexer.search import groups
from indexer.search.as_json import results as results_json
from indexer.search.groups import GroupBy
from indexer.search.plan import Plan


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path), help="Folder of vault, catalog and index; else SHOWME_DATA, else archive_data.")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Take social media archives into custody, search them, and hand over what is responsive."""
    context.obj = data


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def identify(*, paths: tuple[Path, ...], as_json: bool) -> None:
    """Say whose archive PATHS is, without taking it in. Several PATHS are the parts of one export."""
    with errors_told():
        named = identify_archive(open_archive(*paths))
        facts = named.importer.facts(named.archive)
    shape = shapes.identified(named, facts)
    answer(
        shape,
        as_json=as_json,
        text=f"{named.importer.title}, {facts.form}, account {shape['account']['handle'] or shape['account']['name']}.",
    )


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--zone", help="Time zone of the account, where you know it (America/Chicago). Else the body's zone is assumed.")
@click.option("--account", default="", help="Handle of the account, for an archive that does not name it.")
@click.option("--by", default=getpass.getuser, help="Who takes it into custody; else the login name.")
@data_option
@json_option
@click.pass_obj
def ingest(
    data: Path | None, /, *, paths: tuple[Path, ...], zone: str | None, account: str, by: str, own_data: Path | None, as_json: bool
) -> None:
    """Take one archive into custody and index it. Several PATHS are the parts of one export."""
    with errors_told(), opened(own_data or data) as repository, meter() as report:
        result = take_in(repository, list(paths), taken_by=by, source="command line", zone_name=zone, account=account, progress=report)
        named = named_at_last(repository, result, account, by)
        problems = repository.catalog.problems(result.capture_id, 20)
    shape = {**shapes.ingested(result), **({"named": named} if named else {})}
    answer(shape, as_json=as_json, text=shapes.ingested_text(result, problems) + (f" The account is called {named} now." if named else ""))
    if not result.capture.went_well:
        raise SystemExit(1)


@main.command()
@click.option("--capture", type=int, help="Only this capture's.")
@data_option
@json_option
@click.pass_obj
def problems(data: Path | None, /, *, capture: int | None, own_data: Path | None, as_json: bool) -> None:
    """List what could not become a record, and counts that fall short. Exit status 1 when there are any."""
    with errors_told(), opened(own_data or data) as repository:
        captures = [one for one in repository.catalog.captures() if capture in {None, one.id}]
        if capture is not None and not captures:
            raise NotUnderstood(f"There is no capture {capture}.")
        shape = shapes.problems(captures, lambda number: _all_problems(repository, number))
    answer(shape, as_json=as_json, text=shapes.problems_text(shape))
    if shape["problems"] or shape["shortfalls"]:
        raise SystemExit(1)


@main.command()
@click.argument("query")
@filter_options
@click.option("--limit", type=click.IntRange(0), default=25, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--group",
    type=click.Choice([str(one) for one in GroupBy]),
    default="none",
    show_default=True,
    help="Put records of a thread, or the same notices, together; --limit and --offset then count groups.",
)
@data_option
@json_option
@click.pass_obj
def search(
    data: Path | None,
    /,
    *,
    query: str,
    own_data: Path | None,
    as_json: bool,
    limit: int,
    offset: int,
    group: str,
    **narrowed: Any,
) -> None:
    """Find records. QUERY is written as in the portal; `*` is every record."""
    with errors_told(), opened(own_data or data) as repository:
        request = request_of(repository, query, narrowed, limit, offset)
        grouped = None if group == GroupBy.NONE else groups.search(repository, request, GroupBy(group))
        results = grouped.results if grouped else Plan(repository, request).page()
        shape = results_json(results, repository.zone, grouped)
    answer(shape, as_json=as_json, text=shapes.results_text(results, repository.zone, grouped))
    if not results.answered:
        raise SystemExit(1 if results.index_unusable else 2)


@main.command()
@click.argument("query")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The ZIP to write; must not be there yet.")
@filter_options
@click.option("--media/--no-media", default=True, show_default=True, help="Put pictures and videos into it.")
@click.option("--viewer/--no-viewer", default=True, show_default=True, help="Put pages into it that show and search it anywhere.")
@click.option(
    "--pdf", type=click.Choice([str(one) for one in PdfLayout]), default="none", show_default=True, help="Put PDFs of the records into it."
)
@click.option("--context/--no-context", default=False, show_default=True, help="Put the rest of the threads into it, in files apart.")
@click.option("--certificate/--no-certificate", default=True, show_default=True, help="Put the certificate of the search into it.")
@click.option("--body", default="", envvar="SHOWME_BODY_NAME", help="Name of the public body, for the head of its pages.")
@click.option("--by", default=getpass.getuser, help="Who makes it; else the login name.")
@data_option
@json_option
@click.pass_obj
def export(
    data: Path | None,
    /,
    *,
    query: str,
    out: Path,
    own_data: Path | None,
    as_json: bool,
    media: bool,
    viewer: bool,
    pdf: str,
    context: bool,
    certificate: bool,
    body: str,
    by: str,
    **narrowed: Any,
) -> None:
    """Write all records of a search into one ZIP (a BagIt bag with CSV, XLSX, JSON Lines and media)."""
    with errors_told(), opened(own_data or data) as repository:
        if out.exists():
            raise NotUnderstood(f"{out} is there already; name another file.")
        request = request_of(repository, query, narrowed)
        choices = Choices(media, viewer, PdfLayout(pdf), context, certificate)
        report = export_search(repository, request, out, by=by, choices=choices, organization=body, progress=ticker("exporting"))
    shape = shapes.exported(report)
    answer(
        shape,
        as_json=as_json,
        text=f"{shapes.counted(shape['rows'], 'record')} and "
        f"{shapes.counted(shape['media_files'], 'media file')} in {out} (SHA-256 {shape['sha256']}).",
    )


@main.command()
@data_option
@json_option
@click.pass_obj
def sync(data: Path | None, /, *, own_data: Path | None, as_json: bool) -> None:
    """Take back what a killed ingest left, and bring the index up to the catalog."""
    with errors_told(), opened(own_data or data) as repository:
        removed = recover(repository, ticker("indexing"))
        shape = {"removed_captures": removed, "indexed": repository.index.count(), "held": repository.catalog.count()}
    answer(shape, as_json=as_json, text=f"Indexed {shape['indexed']:,} of {shapes.counted(shape['held'], 'record')}.")


@main.command()
@click.option("--by", default=getpass.getuser, help="Who rebuilds; else the login name.")
@data_option
@json_option
@click.pass_obj
def rebuild(data: Path | None, /, *, by: str, own_data: Path | None, as_json: bool) -> None:
    """Delete the index and build it anew from the catalog."""
    with errors_told(), opened(own_data or data) as repository:
        indexing.rebuild(repository, by, ticker("indexing"))
        shape = {"indexed": repository.index.count(), "held": repository.catalog.count()}
    answer(shape, as_json=as_json, text=f"Indexed {shape['indexed']:,} of {shapes.counted(shape['held'], 'record')}.")


@main.command()
@data_option
@json_option
@click.pass_obj
def status(data: Path | None, /, *, own_data: Path | None, as_json: bool) -> None:
    """Say what is held and whether the index is up to date. Exit status 1 when it is not."""
    with errors_told(), opened(own_data or data) as repository:
        shape = shapes.status(repository)
    answer(shape, as_json=as_json, text=shapes.status_text(shape))
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
