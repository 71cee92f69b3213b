"""Shared by all commands: options, the data folder, error messages, and answers as text or JSON."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import click
import msgspec
import sqlalchemy as sa

from indexer import platforms, private_files, settings
from indexer.catalog import AccountView, storage_error
from indexer.cli import output
from indexer.engines import IndexDamaged
from indexer.evidence import ArchiveError
from indexer.exports import Choices, ExportError, PdfLayout
from indexer.local_time import UnknownZone
from indexer.private_files import ReadOnlyFolder
from indexer.productions import Maker
from indexer.progress import Progress, Report, Tick
from indexer.query import MEDIA, STATES, Dialect, Filters, Sort, choose_media
from indexer.record import RecordKind
from indexer.repository import Repository, open_repository
from indexer.search import IndexUnusable, NotAnswered, SearchRequest
from indexer.settings import BadSetting

DAY = click.DateTime(["%Y-%m-%d"])
PLATFORMS = ", ".join(f"{platform.code}{''.join(f' (or {alias})' for alias in platform.aliases)}" for platform in platforms.registered())


class CommandError(click.ClickException):
    """The command failed, or the evidence is not intact; exit status 1."""


class InvalidInput(CommandError):
    """The command or the query is invalid; exit status 2."""

    exit_code = 2


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Accept --data after the command's name too; `click.pass_obj` passes the folder from either position."""
    option = click.option(
        "--data", callback=_take_data, expose_value=False, type=click.Path(path_type=Path), help="Folder of vault, catalog and index."
    )
    return option(command)


def _take_data(context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    context.obj = value or context.obj


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")(command)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the filters shared by all commands that search."""
    options = [
        click.option("--from", "first", type=DAY, help="First local day (included)."),
        click.option("--to", "last", type=DAY, help="Last local day (included)."),
        click.option("--account", multiple=True, help="Handle, name or number of an account; repeatable."),
        click.option("--platform", multiple=True, help=f"{PLATFORMS}; repeatable."),
        click.option("--kind", multiple=True, type=click.Choice([str(kind) for kind in RecordKind]), help="Repeatable."),
        click.option("--author", multiple=True, help="Author as shown; repeatable."),
        click.option("--state", multiple=True, type=click.Choice(sorted(STATES)), help="Only records in this state; repeatable."),
        click.option(
            "--with-media",
            multiple=True,
            type=click.Choice(["with", *MEDIA]),
            help="Only records with or without pictures, video and other files, or with media of a kind; the kinds are repeatable.",
        ),
        click.option(
            "--dialect",
            type=click.Choice([str(dialect) for dialect in Dialect]),
            default="plain",
            show_default=True,
            help="Search syntax of QUERY.",
        ),
        click.option("--as-of", type=DAY, help="Show as it was on this day: only what was visible at the end of the local day."),
        click.option("--sort", type=click.Choice([str(sort) for sort in Sort]), default="newest", show_default=True),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _option_group(name: str, make: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    """Return a decorator that adds options to a command and passes their values as a single argument."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def bundled(*arguments: Any, **values: Any) -> Any:
            return command(
                *arguments, **{name: make(**{parameter: values.pop(parameter) for parameter in signature(make).parameters})}, **values
            )

        for option in reversed(options):
            bundled = option(bundled)
        return bundled

    return decorate


def _make_choices(media: bool, viewer: bool, pdf: str, context: bool, certificate: bool, subject: str) -> Choices:  # noqa: FBT001, PLR0917  # named like the options
    return Choices(media, viewer, PdfLayout(pdf), context, certificate, subject)


package_options = _option_group(
    "choices",
    _make_choices,
    click.option("--media/--no-media", default=True, show_default=True, help="Put pictures and videos into it."),
    click.option("--viewer/--no-viewer", default=True, show_default=True, help="Put pages into it that show and search it anywhere."),
    click.option(
        "--pdf",
        type=click.Choice([str(layout) for layout in PdfLayout]),
        default="none",
        show_default=True,
        help="Put PDFs of the records into it.",
    ),
    click.option("--context/--no-context", default=False, show_default=True, help="Put the rest of the threads into it, in files apart."),
    click.option("--certificate/--no-certificate", default=True, show_default=True, help="Put the certificate of the search into it."),
    click.option("--subject", default="", help="What the package is about, for its title and its name; else the query."),
)
"""Add the options for the contents of a package, passed as `choices`."""

maker_options = _option_group(
    "maker",
    lambda by, body: Maker(by, organization=body),
    click.option("--body", default="", envvar="SHOWME_BODY_NAME", help="Name of the public body, for the head of its pages."),
    click.option("--by", default=getpass.getuser, help="Who makes it; else the login name."),
)
"""Add the options for the maker of a package, passed as `maker`."""


def request_of(repository: Repository, query: str, filters: dict[str, Any], limit: int = 25, offset: int = 0) -> SearchRequest:
    """Build the search request from the values of `filter_options`. Raises InvalidInput."""
    as_of, dialect = _as_day(filters["as_of"]), Dialect(filters["dialect"])
    return SearchRequest(query, _read_filters(repository, filters), Sort(filters["sort"]), limit, offset, dialect, as_of)


def _read_filters(repository: Repository, filters: dict[str, Any]) -> Filters:
    accounts = None
    if filters["account"]:
        names = [word.removeprefix("@").casefold() for word in filters["account"]]
        on_file = repository.catalog.accounts()
        matches = {word: [account.id for account in on_file if word in names_of(account)] for word in names}
        missing = [word for word, numbers in matches.items() if not numbers]
        if missing:
            labels = ", ".join(account.label for account in on_file) or "none yet"
            raise InvalidInput(f"There is no account named {', '.join(missing)}. Accounts on file: {labels}.")
        accounts = frozenset(number for numbers in matches.values() for number in numbers)
    first, last = _as_day(filters["first"]), _as_day(filters["last"])
    if first and last and first > last:
        raise InvalidInput(f"--from {first} is after --to {last}.")
    try:
        has_media, media = choose_media(filters["with_media"])
    except ValueError as error:
        raise InvalidInput("--with-media with is given alone.") from error
    return Filters(
        first_day=first,
        last_day=last,
        accounts=accounts,
        platforms=frozenset(platform_of(word) for word in filters["platform"]) or None,
        kinds=frozenset(filters["kind"]) or None,
        authors=frozenset(filters["author"]) or None,
        states=frozenset(filters["state"]) or None,
        has_media=has_media,
        media=media,
    )


def names_of(account: AccountView) -> set[str]:
    """Return the words that name an account on the command line, in lowercase: handles, names, ids and numbers, also of its parts."""
    words = [account.handle, account.name, account.native_id, str(account.id)]
    words += [word for part in account.parts for word in (part.handle, part.name, part.native_id, str(part.id))]
    return {word.casefold() for word in words if word}


def platform_of(word: str) -> str:
    """Return the code of a platform named by a code or alias. Raises InvalidInput."""
    code = platforms.codes().get(word.casefold())
    if code is None:
        raise InvalidInput(f"{word!r} is not a platform. Platforms: {', '.join(platform.code for platform in platforms.registered())}.")
    return code


def _as_day(value: Any) -> date | None:
    return value.date() if value else None


@contextmanager
def open_data(data: Path | None) -> Iterator[Repository]:
    """Open the repository of a data folder, and close it at the end."""
    repository = open_repository(data)
    if repository.is_read_only:
        click.echo(private_files.READ_ONLY.format(data=repository.paths.data), err=True)
    try:
        yield repository
    finally:
        repository.close()


def has_catalog(data: Path | None) -> bool:
    """Tell whether a data folder has a catalog: opening it would make one."""
    return bool(settings.read("SHOWME_DATABASE_URL")) or settings.paths(data).catalog.exists()


@contextmanager
def report_errors() -> Iterator[None]:
    """Turn errors into CommandError or InvalidInput, with messages that the evidence is safe and what to do next."""
    try:
        yield
    except (BadSetting, UnknownZone) as error:
        raise InvalidInput(str(error)) from error
    except IndexDamaged as error:
        raise CommandError(f"{error} The evidence in the vault is safe. Rebuild the index with: python -m indexer rebuild") from error
    except IndexUnusable as error:
        raise CommandError(" ".join(f"{diagnostic.message} {diagnostic.suggestion}" for diagnostic in error.diagnostics)) from error
    except NotAnswered as error:
        if error.stopped is not None:
            raise InvalidInput(" ".join(f"{diagnostic.message} {diagnostic.suggestion}" for diagnostic in error.diagnostics)) from error
        lines = [f"At {diagnostic.start + 1}: {diagnostic.message} {diagnostic.suggestion}".rstrip() for diagnostic in error.diagnostics]
        raise InvalidInput("The query has an error. " + " ".join(lines)) from error
    except (ArchiveError, ExportError, ReadOnlyFolder) as error:
        raise CommandError(str(error)) from error
    except sa.exc.DatabaseError as error:
        raise CommandError(
            storage_error(error, _data_folder())
            or f"The catalog cannot be used: {error.orig}. The evidence in the vault is safe. Check the catalog, then try again."
        ) from error

    except OSError as error:
        raise CommandError(
            storage_error(error, _data_folder())
            or f"A file could not be read or written: {error}. The evidence in the vault is safe. Check the free disk space "
            "and the write permissions, then try again; python -m indexer sync removes what was left unfinished."
        ) from error


def _data_folder() -> Path:
    context = click.get_current_context(silent=True)
    return settings.paths(context.obj if context else None).data


@contextmanager
def meter() -> Iterator[Report]:
    """Show the progress of an ingest on a terminal."""
    is_terminal = sys.stderr.isatty()

    def report(progress: Progress) -> None:
        if is_terminal:
            click.echo("\r" + output.progress_text(progress).ljust(78), nl=False, err=True)

    yield report
    if is_terminal:
        click.echo("\r" + " " * 78 + "\r", nl=False, err=True)


def ticker(stage: str) -> Tick:
    """Return a function that shows counts done and total on a terminal."""
    is_terminal = sys.stderr.isatty()

    def tick(done: int, total: int) -> None:
        if is_terminal:
            share = f" ({done * 100 // total}%)" if total else ""
            click.echo(f"\r{stage} {done:,} of {total:,}{share}".ljust(79), nl=done >= total > 0, err=True)

    return tick


def answer(shape: Any, *, as_json: bool, text: str) -> None:
    """Print the answer of a command as text or JSON."""
    click.echo(msgspec.json.encode(shape, enc_hook=str).decode() if as_json else text)
