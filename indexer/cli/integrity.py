"""The commands `verify` and `anchor`."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from indexer.catalog.audit import Anchor
from indexer.cli import output as shapes
from indexer.cli.options import NotUnderstood, answer, data_option, errors_told, json_option, opened, ticker
from indexer.custody import clock
from indexer.custody import verify as custody
from indexer.custody.anchor_file import InvalidAnchor, read_anchor, write_anchor
from indexer.custody.verify import Level
from indexer.progress import StageTick, Tick


@click.command()
@click.option("--full", is_flag=True, help="Also reread every archive and compare every stored field of every record.")
@click.option(
    "--anchor",
    "anchor_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that `anchor` wrote, or a certificate's JSON file: detects an event log that was truncated or rewritten since.",
)
@click.option("--by", default=getpass.getuser, help="Who verifies; default: the login name.")
@data_option
@json_option
@click.pass_obj
def verify(data: Path | None, /, *, full: bool, anchor_file: Path | None, by: str, as_json: bool) -> None:
    """Compare the vault, the catalog, the event log and the index with each other. Exit status 1 if anything has changed.

    Quick, unless --full is given: hashes the evidence and each record's raw item, and checks the catalog against itself.
    """
    with errors_told(), opened(data) as repository:
        known = _anchor(anchor_file) if anchor_file else None
        check = custody.verify(repository, by, _stages(), level=Level.FULL if full else Level.QUICK, anchor=known)
        shape = shapes.verified(check, clock.notices(repository))
    answer(shape, as_json=as_json, text=shapes.verified_text(shape))
    if not check.went_well:
        raise SystemExit(1)


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write; must not exist yet.")
@click.option("--by", default=getpass.getuser, help="Who makes it; default: the login name.")
@data_option
@json_option
@click.pass_obj
def anchor(data: Path | None, /, *, out: Path, by: str, as_json: bool) -> None:
    """Write the event log's count and newest hash to a file, to be kept where nobody who can change the catalog can change it.

    `verify --anchor FILE` finds a log that was cut or rewritten since.
    """
    with errors_told(), opened(data) as repository:
        if out.exists():
            raise NotUnderstood(f"{out} already exists; name another file.")
        made = repository.audit.anchor()
        write_anchor(made, out)
        repository.audit.add("log:anchored", by, out.name, {"events": made.events, "hash": made.hash})
    text = f"{out}: {shapes.counted(made.events, 'event')}, latest hash {made.hash}. Keep it where catalog users cannot change it."
    answer({"path": str(out), "events": made.events, "hash": made.hash}, as_json=as_json, text=text)


def _anchor(file: Path) -> Anchor:
    try:
        return read_anchor(file)
    except InvalidAnchor as error:
        raise NotUnderstood(str(error)) from error
    except OSError as error:  # said here: an error of the vault's disk reads otherwise
        raise NotUnderstood(f"{file} cannot be read: {error.strerror}.") from error


def _stages() -> StageTick:
    """Return a function that shows how far each stage is, on a terminal."""
    tickers: dict[str, Tick] = {}

    def tick(stage: str, done: int, total: int) -> None:
        tickers.setdefault(stage, ticker(stage))(done, total)

    return tick
