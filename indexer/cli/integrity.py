"""The commands `verify` and `anchor`."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from indexer.catalog import Anchor
from indexer.cli import output
from indexer.cli.options import InvalidInput, answer, data_option, json_option, open_data, report_errors, ticker
from indexer.custody import InvalidAnchor, Level, clock, read_anchor, write_anchor
from indexer.custody import verify as custody
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
    with report_errors(), open_data(data) as repository:
        trusted = _read_anchor(anchor_file) if anchor_file else None
        check = custody.verify(repository, by, _stage_ticker(), level=Level.FULL if full else Level.QUICK, anchor=trusted)
        shape = output.verified(check, clock.notices(repository))
    answer(shape, as_json=as_json, text=output.verified_text(shape))
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
    with report_errors(), open_data(data) as repository:
        if out.exists():
            raise InvalidInput(f"{out} already exists; name another file.")
        new_anchor = repository.audit.anchor()
        write_anchor(new_anchor, out)
        repository.audit.add("log:anchored", by, out.name, {"events": new_anchor.events, "hash": new_anchor.hash})
    text = (
        f"{out}: {output.counted(new_anchor.events, 'event')}, latest hash {new_anchor.hash}. Keep it where catalog users cannot change it."
    )
    answer({"path": str(out), "events": new_anchor.events, "hash": new_anchor.hash}, as_json=as_json, text=text)


def _read_anchor(file: Path) -> Anchor:
    try:
        return read_anchor(file)
    except InvalidAnchor as error:
        raise InvalidInput(str(error)) from error
    except OSError as error:  # handled here, since report_errors() blames the vault's disk
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error


def _stage_ticker() -> StageTick:
    """Return a function that shows the progress of each stage on a terminal."""
    tickers: dict[str, Tick] = {}

    def tick(stage: str, done: int, total: int) -> None:
        tickers.setdefault(stage, ticker(stage))(done, total)

    return tick
