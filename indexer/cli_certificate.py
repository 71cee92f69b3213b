"""The commands `certificate make` and `certificate verify`."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from indexer import certificate_check
from indexer.certificate import CertificateFailed, certify, write
from indexer.certificate_check import RecordChange
from indexer.certificate_shape import NoCertificate
from indexer.cli_base import (
    NotUnderstood,
    Refused,
    answer,
    data_option,
    errors_told,
    filter_options,
    json_option,
    opened,
    request_of,
    ticker,
)
from indexer.cli_shapes import counted

SHOWN = 50  # records of each kind in the text; --json has all


@click.group()
def certificate() -> None:
    """Certify a search, and check a certificate later."""


@certificate.command()
@click.argument("query")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Name of the two files, .json and .pdf.")
@filter_options
@click.option("--by", default=getpass.getuser, help="Who makes it; else the login name.")
@data_option
@json_option
@click.pass_obj
def make(data: Path | None, /, *, query: str, out: Path, by: str, own_data: Path | None, as_json: bool, **narrowed: Any) -> None:
    """Search, and write a certificate of it: a PDF to read and sign, a JSON with every record found."""
    with _told(), opened(own_data or data) as house:
        target = out if out.suffix == ".json" else out.with_suffix(".json") if out.suffix == ".pdf" else out.with_name(f"{out.name}.json")
        for path in (target, target.with_suffix(".pdf")):
            if path.exists():
                raise NotUnderstood(f"{path} is there already; name another file.")
        request = request_of(house, query, narrowed)
        with certify(house, request, by=by, progress=ticker("listing")) as made:
            written = write(house, made, target)
        found, warnings = made.header.found, made.header.warnings
    shape = {
        "id": written.id,
        "json": str(written.json),
        "pdf": str(written.pdf),
        "json_sha256": written.json_digest,
        "pdf_sha256": written.pdf_digest,
        "total": found.total,
        "digest": found.digest,
        "warnings": [str(one) for one in warnings],
    }
    lines = [
        f"{counted(found.total, 'record')} certified in {written.pdf} and {written.json}.",
        f"SHA-256 of the JSON file: {written.json_digest}.",
    ]
    answer(shape, as_json=as_json, text="\n".join([*lines, *warnings]))


@certificate.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", default=getpass.getuser, help="Who checks; else the login name.")
@data_option
@json_option
@click.pass_obj
def verify(data: Path | None, /, *, file: Path, by: str, own_data: Path | None, as_json: bool) -> None:
    """Make the search of a certificate's JSON FILE again: identical, or which records are new, changed or gone.

    Exit status 0 when all is identical and the file is unaltered, 1 when not, 2 when FILE is no certificate.
    """
    with _told(), opened(own_data or data) as house:
        try:
            check = certificate_check.verify(house, file, by=by, progress=ticker("comparing"))
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise NotUnderstood(f"{file} cannot be read: {error.strerror}.") from error
    lines = [str(one) for one in certificate_check.sentences(check)]
    for title, changes in (("New", check.new), ("Changed", check.changed), ("Gone", check.gone)):
        lines += list(_listed(title, changes))
    answer(certificate_check.shape(check), as_json=as_json, text="\n".join(lines))
    if not check.went_well:
        raise SystemExit(1)


def _listed(title: str, changes: tuple[RecordChange, ...]) -> Iterator[str]:
    if changes:
        yield f"{title}:"
    for one in changes[:SHOWN]:
        origin = one.origin
        if origin is None:
            yield f"  {one.record_id} is not held any more"
        else:
            since = ", taken in since" if one.capture_is_new else ""
            yield f"  {one.record_id} version {origin.version}, from {origin.capture_name} (capture {origin.capture_id}{since})"
    if len(changes) > SHOWN:
        yield f"  and {len(changes) - SHOWN:,} more; --json lists all"


@contextmanager
def _told() -> Iterator[None]:
    with errors_told():
        try:
            yield
        except NoCertificate as error:
            raise NotUnderstood(str(error)) from error
        except CertificateFailed as error:
            raise Refused(str(error)) from error
