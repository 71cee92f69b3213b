"""The portal's commands: a one-time link for someone who cannot sign in, and the worker for long jobs."""

from __future__ import annotations

import getpass
import logging
import time
import urllib.error
import urllib.request
from pathlib import Path

import click

from indexer.repository import Repository, open_repository
from indexer.settings import BadSetting
from portal import config as settings
from portal.access import Links, User, UserError, Users
from portal.config import Config
from portal.jobs import worker as worker_process

ANSWER_SECONDS = 120


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

    Without NAME it is for the first administrator. Without any user, the first administrator is made, with NAME or "clerk".
    """
    config = _config(data)
    repository = open_repository(config.data)
    try:
        users = Users(repository.db)
        user = users.by_name(name) if name and users.all() else users.first_administrator(name)
        if user is None:
            raise click.ClickException(f"There is no user named {name}.")
        address = _make_link(repository, config, user)
    except UserError as error:
        raise click.ClickException(str(error)) from error
    finally:
        repository.close()
    click.echo(address)


@main.command()
@click.pass_obj
def welcome(data: Path | None) -> None:
    """Wait until the portal answers, then print how to sign in: a one-time link, or the name once a password is set."""
    config = _config(data)
    if not _answers(config.public_url):
        raise click.ClickException(f"The portal did not answer at {config.public_url} within {ANSWER_SECONDS} seconds.")
    repository = open_repository(config.data)
    try:
        user = Users(repository.db).first_administrator()
        if user.has_password:
            click.echo(f"Ready. Sign in as {user.name}: {config.public_url}/sign-in")
            click.echo("If you do not know the password, make a one-time link: .venv/bin/python -m portal link")
        else:
            click.echo(f"Ready. Open this one-time link, and set the password of {user.name} (you sign in with that name from then on):")
            click.echo(_make_link(repository, config, user))
    except UserError as error:
        raise click.ClickException(str(error)) from error
    finally:
        repository.close()


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


def _make_link(repository: Repository, config: Config, user: User) -> str:
    token = Links(repository.db).make(user.id, getpass.getuser())
    repository.audit.add("user:link-made", f"command line ({getpass.getuser()})", user.name)
    return f"{config.public_url}/link/{token}"


def _answers(address: str) -> bool:
    """Wait until the portal answers; False if it does not in time. Only an http address is asked."""
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310  # the portal's own address
                return True
        except urllib.error.HTTPError:
            return True  # it answers, and says what is wrong
        except OSError:
            time.sleep(0.2)
    return False


def _config(data: Path | None) -> Config:
    try:
        return settings.read(data=data)
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
