"""The portal's commands: a one-time link for someone who cannot sign in, and the worker for long jobs."""

from __future__ import annotations

import getpass
import logging
from pathlib import Path

import click

from indexer.repository import open_repository
from indexer.settings import BadSetting
from portal import config as settings
from portal.access import Links, UserError, Users
from portal.config import Config
from portal.jobs import worker as worker_process


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path), help="Folder of vault, catalog and index; else SHOWME_DATA, else archive_data.")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Run the portal's helpers."""
    context.obj = data


@main.command()
@click.argument("name", required=False)
@click.pass_obj
def link(data: Path | None, name: str | None) -> None:
    """Print a one-time link with which NAME sets a password and signs in; it works once, for 24 hours.

    Without NAME it is for the first administrator, who is made when there is no user at all.
    """
    config = _config(data)
    repository = open_repository(config.data)
    try:
        users = Users(repository.db)
        user = users.by_name(name) if name else users.first_administrator()
        if user is None:
            raise click.ClickException(f"There is no user named {name}.")
        token = Links(repository.db).make(user.id, getpass.getuser())
        repository.audit.add("user:link-made", f"command line ({getpass.getuser()})", user.name)
    except UserError as error:
        raise click.ClickException(str(error)) from error
    finally:
        repository.close()
    click.echo(f"{config.public_url}/link/{token}")


@main.command()
@click.pass_obj
def worker(data: Path | None) -> None:
    """Run long jobs (adding archives, verifying, exporting) until stopped. The portal starts it unless SHOWME_JOB_WORKER=0."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker %(levelname)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    try:
        worker_process.serve(_config(data))
    except worker_process.AlreadyRunning as error:
        raise click.ClickException(str(error)) from error


def _config(data: Path | None) -> Config:
    try:
        return settings.read(data=data)
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
