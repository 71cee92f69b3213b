"""The command line: identify, ingest, problems, search, export, verify, sync, rebuild, status.

Exit status 0 only when all went well; 1 when something of the evidence is missing, damaged or unknown; 2 when a
command or a query could not be understood. With --json the last line of standard output is one object whose shape
is documented in docs/command-line.md; progress goes to standard error.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec
import sqlalchemy as sa

from indexer import cli_shapes as shapes
from indexer import custody, index_sync
from indexer.archive import ArchiveError, open_archive
from indexer.engines import Filters, Sort
from indexer.export_job import export_search
from indexer.exports import ExportError
from indexer.house import House, open_house
from indexer.importers import identify as identify_archive
from indexer.ingest import Progress, recover
from indexer.ingest import ingest as take_in
from indexer.local_time import UnknownZone
from indexer.record import Platform, RecordKind
from indexer.search import IndexUnusable, NotAnswered, Searcher, SearchRequest
from indexer.settings import BadSetting

DAY = click.DateTime(["%Y-%m-%d"])


class Refused(click.ClickException):
    """The evidence is not as it should be; exit status 1."""


class NotUnderstood(Refused):
    """A command or a query that means nothing; exit status 2."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path), help="Folder of vault, catalogue and index; else SHOWME_DATA, else archive_data.")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Take social media archives into custody, search them, and hand over what is responsive."""
    context.obj = data


def _data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let --data stand after the command's name too."""
    return click.option("--data", "own_data", type=click.Path(path_type=Path), help="Folder of vault, catalogue and index.")(command)


def _json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")(command)


def _filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Narrow a search: the same options for every command that searches."""
    options = [
        click.option("--from", "first", type=DAY, help="First local day, included."),
        click.option("--to", "last", type=DAY, help="Last local day, included."),
        click.option("--account", multiple=True, help="Handle, name or number of an account; may be given again."),
        click.option("--platform", multiple=True, help="twitter (or x), facebook, instagram; may be given again."),
        click.option("--kind", multiple=True, type=click.Choice([str(kind) for kind in RecordKind]), help="May be given again."),
        click.option("--author", multiple=True, help="Author as shown; may be given again."),
        click.option("--sort", type=click.Choice([str(sort) for sort in Sort]), default="newest", show_default=True),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_json_option
def identify(*, paths: tuple[Path, ...], as_json: bool) -> None:
    """Say whose archive PATHS is, without taking it in. Several PATHS are the parts of one export."""
    with _errors():
        named = identify_archive(open_archive(*paths))
        facts = named.importer.facts(named.archive)
    shape = shapes.identified(named, facts)
    _print(
        shape,
        as_json=as_json,
        text=f"{named.importer.title}, {facts.form}, account {shape['account']['handle'] or shape['account']['name']}.",
    )


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--zone", help="Time zone of the account, where you know it (America/Chicago). Else the body's zone is assumed.")
@click.option("--account", default="", help="Handle of the account, for an archive that does not name it.")
@click.option("--by", default=getpass.getuser, help="Who takes it into custody; else the login name.")
@_data_option
@_json_option
@click.pass_obj
def ingest(
    data: Path | None, /, *, paths: tuple[Path, ...], zone: str | None, account: str, by: str, own_data: Path | None, as_json: bool
) -> None:
    """Take one archive into custody and index it. Several PATHS are the parts of one export."""
    with _errors(), _house(own_data or data) as house, _meter() as report:
        result = take_in(house, list(paths), taken_by=by, source="command line", zone_name=zone, account=account, progress=report)
        problems = house.catalogue.problems(result.capture_id, 20)
    _print(shapes.ingested(result), as_json=as_json, text=shapes.ingested_text(result, problems))
    if not result.capture.went_well:
        raise SystemExit(1)


@main.command()
@click.option("--capture", type=int, help="Only this capture's.")
@_data_option
@_json_option
@click.pass_obj
def problems(data: Path | None, /, *, capture: int | None, own_data: Path | None, as_json: bool) -> None:
    """List what could not become a record, and counts that fall short. Exit status 1 when there are any."""
    with _errors(), _house(own_data or data) as house:
        captures = [one for one in house.catalogue.captures() if capture in {None, one.id}]
        if capture is not None and not captures:
            raise NotUnderstood(f"There is no capture {capture}.")
        shape = shapes.problems(captures, lambda number: _all_problems(house, number))
    _print(shape, as_json=as_json, text=shapes.problems_text(shape))
    if shape["problems"] or shape["shortfalls"]:
        raise SystemExit(1)


@main.command()
@click.argument("query")
@_filter_options
@click.option("--limit", type=click.IntRange(0), default=25, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, show_default=True)
@_data_option
@_json_option
@click.pass_obj
def search(
    data: Path | None,
    /,
    *,
    query: str,
    own_data: Path | None,
    as_json: bool,
    sort: str,
    limit: int,
    offset: int,
    **narrowed: Any,
) -> None:
    """Find records. QUERY is written as in the portal; `*` is every record."""
    with _errors(), _house(own_data or data) as house:
        request = SearchRequest(query, _filters(house, narrowed), Sort(sort), limit, offset)
        results = Searcher(house).search(request)
        shape = shapes.results(results, house.zone)
    _print(shape, as_json=as_json, text=shapes.results_text(results, house.zone))
    if not results.answered:
        raise SystemExit(1 if results.index_unusable else 2)


@main.command()
@click.argument("query")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The ZIP to write; must not be there yet.")
@_filter_options
@click.option("--media/--no-media", default=True, show_default=True, help="Put pictures and videos into it.")
@click.option("--by", default=getpass.getuser, help="Who makes it; else the login name.")
@_data_option
@_json_option
@click.pass_obj
def export(
    data: Path | None,
    /,
    *,
    query: str,
    out: Path,
    own_data: Path | None,
    as_json: bool,
    sort: str,
    media: bool,
    by: str,
    **narrowed: Any,
) -> None:
    """Write all records of a search into one ZIP (a BagIt bag with CSV, XLSX, JSON Lines and media)."""
    with _errors(), _house(own_data or data) as house:
        if out.exists():
            raise NotUnderstood(f"{out} is there already; name another file.")
        request = SearchRequest(query, _filters(house, narrowed), Sort(sort))
        report = export_search(house, request, out, by=by, with_media=media, progress=_ticker("exporting"))
    shape = shapes.exported(report)
    _print(
        shape,
        as_json=as_json,
        text=f"{shape['rows']:,} records and {shape['media_files']:,} media files in {out} (SHA-256 {shape['sha256']}).",
    )


@main.command()
@click.option("--by", default=getpass.getuser, help="Who verifies; else the login name.")
@_data_option
@_json_option
@click.pass_obj
def verify(data: Path | None, /, *, by: str, own_data: Path | None, as_json: bool) -> None:
    """Hash all evidence again and check the event log. Exit status 1 when anything is not as it was taken in."""
    with _errors(), _house(own_data or data) as house:
        findings = custody.verify(house, by, _ticker("hashing"))
        broken = house.audit.broken_at()
        shape = shapes.verified(findings, broken, len(house.catalogue.vault_files()))
    _print(shape, as_json=as_json, text=shapes.verified_text(shape))
    if findings or broken is not None:
        raise SystemExit(1)


@main.command()
@_data_option
@_json_option
@click.pass_obj
def sync(data: Path | None, /, *, own_data: Path | None, as_json: bool) -> None:
    """Take back what a killed ingest left, and bring the index up to the catalogue."""
    with _errors(), _house(own_data or data) as house:
        removed = recover(house, _ticker("indexing"))
        shape = {"removed_captures": removed, "indexed": house.index.count(), "held": house.catalogue.count()}
    _print(shape, as_json=as_json, text=f"Indexed {shape['indexed']:,} of {shape['held']:,} records.")


@main.command()
@click.option("--by", default=getpass.getuser, help="Who rebuilds; else the login name.")
@_data_option
@_json_option
@click.pass_obj
def rebuild(data: Path | None, /, *, by: str, own_data: Path | None, as_json: bool) -> None:
    """Delete the index and build it anew from the catalogue."""
    with _errors(), _house(own_data or data) as house:
        index_sync.rebuild(house, by, _ticker("indexing"))
        shape = {"indexed": house.index.count(), "held": house.catalogue.count()}
    _print(shape, as_json=as_json, text=f"Indexed {shape['indexed']:,} of {shape['held']:,} records.")


@main.command()
@_data_option
@_json_option
@click.pass_obj
def status(data: Path | None, /, *, own_data: Path | None, as_json: bool) -> None:
    """Say what is held and whether the index is up to date. Exit status 1 when it is not."""
    with _errors(), _house(own_data or data) as house:
        shape = shapes.status(house)
    _print(shape, as_json=as_json, text=shapes.status_text(shape))
    if shape["indexed"] != shape["held"]:
        raise SystemExit(1)


def _filters(house: House, narrowed: dict[str, Any]) -> Filters:
    accounts = None
    if narrowed["account"]:
        wanted = [word.removeprefix("@").casefold() for word in narrowed["account"]]
        held = house.catalogue.accounts()
        named = {
            word: [a.id for a in held if word in {a.handle.casefold(), a.name.casefold(), a.native_id.casefold(), str(a.id)}]
            for word in wanted
        }
        missing = [word for word, found in named.items() if not found]
        if missing:
            known = ", ".join(account.label for account in held) or "none yet"
            raise NotUnderstood(f"No account is called {', '.join(missing)}. Accounts held: {known}.")
        accounts = frozenset(number for found in named.values() for number in found)
    platforms = None
    if narrowed["platform"]:
        platforms = frozenset(_platform(word) for word in narrowed["platform"])
    first, last = _day(narrowed["first"]), _day(narrowed["last"])
    if first and last and first > last:
        raise NotUnderstood(f"--from {first} is after --to {last}.")
    return Filters(
        first_day=first,
        last_day=last,
        accounts=accounts,
        platforms=platforms,
        kinds=frozenset(narrowed["kind"]) or None,
        authors=frozenset(narrowed["author"]) or None,
    )


def _platform(word: str) -> str:
    named = {"x": Platform.TWITTER, **{str(platform): platform for platform in Platform}}.get(word.casefold())
    if named is None:
        raise NotUnderstood(f"{word!r} is no platform. There are: {', '.join(Platform)}.")
    return str(named)


def _day(value: Any) -> date | None:
    return value.date() if value else None


def _all_problems(house: House, capture_id: int) -> Iterator[Any]:
    offset = 0
    while page := house.catalogue.problems(capture_id, 1000, offset):
        yield from page
        offset += len(page)


@contextmanager
def _house(data: Path | None) -> Iterator[House]:
    house = open_house(data)
    try:
        yield house
    finally:
        house.close()


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (BadSetting, UnknownZone) as error:
        raise NotUnderstood(str(error)) from error
    except IndexUnusable as error:
        raise Refused(" ".join(f"{one.message} {one.suggestion}" for one in error.diagnostics)) from error
    except NotAnswered as error:
        lines = [f"At {one.start + 1}: {one.message} {one.suggestion}".rstrip() for one in error.diagnostics]
        raise NotUnderstood("The query could not be read. " + " ".join(lines)) from error
    except (ArchiveError, ExportError) as error:
        raise Refused(str(error)) from error
    except sa.exc.DatabaseError as error:
        raise Refused(
            f"The catalogue cannot be used: {error.orig}. The evidence in the vault is safe. "
            "If the file is damaged, put catalogue.sqlite3 back from a backup and run: python -m indexer sync"
        ) from error

    except OSError as error:
        raise Refused(
            f"A file could not be read or written: {error}. The evidence in the vault is safe. See to the room on the disk and to who may "
            "write there, then do it again; python -m indexer sync takes back what was begun."
        ) from error


@contextmanager
def _meter() -> Iterator[Callable[[Progress], None]]:
    shown = sys.stderr.isatty()

    def report(progress: Progress) -> None:
        if shown:
            click.echo("\r" + shapes.progress_text(progress).ljust(78), nl=False, err=True)

    yield report
    if shown:
        click.echo("\r" + " " * 78 + "\r", nl=False, err=True)


def _ticker(stage: str) -> Callable[[int, int], None]:
    shown = sys.stderr.isatty()

    def tick(done: int, total: int) -> None:
        if shown:
            share = f" ({done * 100 // total}%)" if total else ""
            click.echo(f"\r{stage} {done:,} of {total:,}{share}".ljust(79), nl=done >= total > 0, err=True)

    return tick


def _print(shape: Any, *, as_json: bool, text: str) -> None:
    click.echo(msgspec.json.encode(shape).decode() if as_json else text)
