"""What every command shares: its options, its data folder, its errors in words, its answer as text or JSON."""

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
from indexer.catalog.database import storage_error
from indexer.catalog.models import AccountView
from indexer.cli import output as shapes
from indexer.engines import IndexDamaged
from indexer.evidence.archive import ArchiveError
from indexer.exports import Choices, ExportError, PdfLayout
from indexer.local_time import UnknownZone
from indexer.private_files import ReadOnlyFolder
from indexer.productions.package_search import Maker
from indexer.progress import Progress, Report, Tick
from indexer.query import Dialect
from indexer.query.filters import Filters, Sort
from indexer.query.nodes import STATES
from indexer.record import RecordKind
from indexer.repository import Repository, open_repository
from indexer.search.answering import IndexUnusable, NotAnswered
from indexer.search.request import SearchRequest
from indexer.settings import BadSetting

DAY = click.DateTime(["%Y-%m-%d"])
PLATFORMS = ", ".join(f"{one.code}{''.join(f' (or {alias})' for alias in one.aliases)}" for one in platforms.registered())


class Refused(click.ClickException):
    """The evidence is not as it should be; exit status 1."""


class NotUnderstood(Refused):
    """A command or a query that means nothing; exit status 2."""

    exit_code = 2


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let --data stand after the command's name too; `click.pass_obj` gives the folder of either place."""
    option = click.option(
        "--data", callback=_take_data, expose_value=False, type=click.Path(path_type=Path), help="Folder of vault, catalog and index."
    )
    return option(command)


def _take_data(context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    context.obj = value or context.obj


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command answer as JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")(command)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Narrow a search: the same options for every command that searches."""
    options = [
        click.option("--from", "first", type=DAY, help="First local day (included)."),
        click.option("--to", "last", type=DAY, help="Last local day (included)."),
        click.option("--account", multiple=True, help="Handle, name or number of an account; repeatable."),
        click.option("--platform", multiple=True, help=f"{PLATFORMS}; repeatable."),
        click.option("--kind", multiple=True, type=click.Choice([str(kind) for kind in RecordKind]), help="Repeatable."),
        click.option("--author", multiple=True, help="Author as shown; repeatable."),
        click.option("--state", multiple=True, type=click.Choice(sorted(STATES)), help="Only records in this state; repeatable."),
        click.option("--with-media", type=click.Choice(["with", "without"]), help="Only records with or without pictures and video."),
        click.option(
            "--dialect",
            type=click.Choice([str(one) for one in Dialect]),
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


def _bundle(name: str, make: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    """Return a decorator that gives a command some options, and their values as one argument."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def bundled(*arguments: Any, **values: Any) -> Any:
            return command(*arguments, **{name: make(**{one: values.pop(one) for one in signature(make).parameters})}, **values)

        for option in reversed(options):
            bundled = option(bundled)
        return bundled

    return decorate


def _choices(media: bool, viewer: bool, pdf: str, context: bool, certificate: bool) -> Choices:  # noqa: FBT001  # by the options' names
    return Choices(media, viewer, PdfLayout(pdf), context, certificate)


package_options = _bundle(
    "choices",
    _choices,
    click.option("--media/--no-media", default=True, show_default=True, help="Put pictures and videos into it."),
    click.option("--viewer/--no-viewer", default=True, show_default=True, help="Put pages into it that show and search it anywhere."),
    click.option(
        "--pdf",
        type=click.Choice([str(one) for one in PdfLayout]),
        default="none",
        show_default=True,
        help="Put PDFs of the records into it.",
    ),
    click.option("--context/--no-context", default=False, show_default=True, help="Put the rest of the threads into it, in files apart."),
    click.option("--certificate/--no-certificate", default=True, show_default=True, help="Put the certificate of the search into it."),
)
"""Let a command choose what goes into a package: it gets `choices`."""

maker_options = _bundle(
    "maker",
    lambda by, body: Maker(by, organization=body),
    click.option("--body", default="", envvar="SHOWME_BODY_NAME", help="Name of the public body, for the head of its pages."),
    click.option("--by", default=getpass.getuser, help="Who makes it; else the login name."),
)
"""Let a command name who makes a package: it gets `maker`."""


def request_of(repository: Repository, query: str, narrowed: dict[str, Any], limit: int = 25, offset: int = 0) -> SearchRequest:
    """Return the search that the options of `filter_options` mean. Raises NotUnderstood."""
    as_of, dialect = _day(narrowed["as_of"]), Dialect(narrowed["dialect"])
    return SearchRequest(query, _filters(repository, narrowed), Sort(narrowed["sort"]), limit, offset, dialect, as_of)


def _filters(repository: Repository, narrowed: dict[str, Any]) -> Filters:
    accounts = None
    if narrowed["account"]:
        wanted = [word.removeprefix("@").casefold() for word in narrowed["account"]]
        held = repository.catalog.accounts()
        named = {word: [account.id for account in held if word in names_of(account)] for word in wanted}
        missing = [word for word, found in named.items() if not found]
        if missing:
            known = ", ".join(account.label for account in held) or "none yet"
            raise NotUnderstood(f"There is no account named {', '.join(missing)}. Accounts on file: {known}.")
        accounts = frozenset(number for found in named.values() for number in found)
    first, last = _day(narrowed["first"]), _day(narrowed["last"])
    if first and last and first > last:
        raise NotUnderstood(f"--from {first} is after --to {last}.")
    return Filters(
        first_day=first,
        last_day=last,
        accounts=accounts,
        platforms=frozenset(platform_of(word) for word in narrowed["platform"]) or None,
        kinds=frozenset(narrowed["kind"]) or None,
        authors=frozenset(narrowed["author"]) or None,
        states=frozenset(narrowed["state"]) or None,
        has_media=None if narrowed["with_media"] is None else narrowed["with_media"] == "with",
    )


def names_of(account: AccountView) -> set[str]:
    """Return what an account may be called by on the command line, in small letters: handles, names, ids and numbers, of its parts too."""
    words = [account.handle, account.name, account.native_id, str(account.id)]
    words += [word for one in account.parts for word in (one.handle, one.name, one.native_id, str(one.id))]
    return {word.casefold() for word in words if word}


def platform_of(word: str) -> str:
    """Return the platform that a word means. Raises NotUnderstood."""
    code = platforms.codes().get(word.casefold())
    if code is None:
        raise NotUnderstood(f"{word!r} is not a platform. Platforms: {', '.join(one.code for one in platforms.registered())}.")
    return code


def _day(value: Any) -> date | None:
    return value.date() if value else None


@contextmanager
def opened(data: Path | None) -> Iterator[Repository]:
    """Open the repository of a data folder, and let go of it at the end."""
    repository = open_repository(data)
    if repository.is_read_only:
        click.echo(private_files.READ_ONLY.format(data=repository.paths.data), err=True)
    try:
        yield repository
    finally:
        repository.close()


@contextmanager
def errors_told() -> Iterator[None]:
    """Turn what can go wrong into Refused or NotUnderstood, in words that say that the evidence is safe and what to do."""
    try:
        yield
    except (BadSetting, UnknownZone) as error:
        raise NotUnderstood(str(error)) from error
    except IndexDamaged as error:
        raise Refused(f"{error} The evidence in the vault is safe. Rebuild the index with: python -m indexer rebuild") from error
    except IndexUnusable as error:
        raise Refused(" ".join(f"{one.message} {one.suggestion}" for one in error.diagnostics)) from error
    except NotAnswered as error:
        if error.stopped is not None:
            raise NotUnderstood(" ".join(f"{one.message} {one.suggestion}" for one in error.diagnostics)) from error
        lines = [f"At {one.start + 1}: {one.message} {one.suggestion}".rstrip() for one in error.diagnostics]
        raise NotUnderstood("The query has an error. " + " ".join(lines)) from error
    except (ArchiveError, ExportError, ReadOnlyFolder) as error:
        raise Refused(str(error)) from error
    except sa.exc.DatabaseError as error:
        raise Refused(
            storage_error(error, _data_folder())
            or f"The catalog cannot be used: {error.orig}. The evidence in the vault is safe. Check the catalog, then try again."
        ) from error

    except OSError as error:
        raise Refused(
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
    shown = sys.stderr.isatty()

    def report(progress: Progress) -> None:
        if shown:
            click.echo("\r" + shapes.progress_text(progress).ljust(78), nl=False, err=True)

    yield report
    if shown:
        click.echo("\r" + " " * 78 + "\r", nl=False, err=True)


def ticker(stage: str) -> Tick:
    """Return a function that shows how many of how many are done, on a terminal."""
    shown = sys.stderr.isatty()

    def tick(done: int, total: int) -> None:
        if shown:
            share = f" ({done * 100 // total}%)" if total else ""
            click.echo(f"\r{stage} {done:,} of {total:,}{share}".ljust(79), nl=done >= total > 0, err=True)

    return tick


def answer(shape: Any, *, as_json: bool, text: str) -> None:
    """Print what a command has to say."""
    click.echo(msgspec.json.encode(shape, enc_hook=str).decode() if as_json else text)
