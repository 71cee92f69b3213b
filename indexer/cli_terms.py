"""The command `terms`: a list of terms run as one batch."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import click

from indexer import term_list, term_report
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
from indexer.export_job import filter_words


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@filter_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Report to write: .csv, .xlsx or .json; not there yet.")
@click.option("--by", default=getpass.getuser, help="Who runs it; else the login name.")
@data_option
@json_option
@click.pass_obj
def terms(data: Path | None, /, *, file: Path, out: Path | None, by: str, own_data: Path | None, as_json: bool, **narrowed: Any) -> None:
    """Run the terms of FILE (one a line, UTF-8; - is standard input) and report hits, unique hits and hits with family of each."""
    with errors_told(), opened(own_data or data) as house:
        write = _form(out) if out else None
        request = request_of(house, "*", narrowed)
        try:
            listed = term_list.read_list(_text(file))
            words = filter_words(request.filters, house.catalogue.accounts())
            report = term_list.run(house, listed, request, by=by, filters=words, progress=ticker("searching for terms"))
        except term_list.ListError as error:
            raise NotUnderstood(str(error)) from error
        except term_list.IndexMoved as error:
            raise Refused(str(error)) from error
        shape = term_list.shape(report)
        if out and write:
            with out.open("xb") as stream:
                stream.write(write(shape))
    answer(shape, as_json=as_json, text=_told(shape))
    if report.unread:
        raise SystemExit(2)


def _text(file: Path) -> str:
    try:
        with click.open_file(str(file), encoding="utf-8") as stream:
            return str(stream.read())
    except UnicodeDecodeError as error:
        raise NotUnderstood(f"{file} is not UTF-8 text (byte {error.start}). Save it as UTF-8, then run it again.") from error
    except OSError as error:  # said here: an error of the vault's disk reads otherwise
        raise NotUnderstood(f"{file} cannot be read: {error.strerror}.") from error


def _form(out: Path) -> Any:
    write = term_report.FORMS.get(out.suffix.lower().removeprefix("."))
    if write is None:
        raise NotUnderstood(f"{out.name}: a report is written as {', '.join('.' + name for name in term_report.FORMS)}.")
    if out.exists():
        raise NotUnderstood(f"{out} is there already; name another file.")
    return write


def _told(shape: term_list.Shape) -> str:
    """Return the report for a terminal."""
    lines = [f"{'hits':>10} {'unique':>10} {'family':>10} {'media':>10}  term"]
    for row in term_report.rows(shape):
        _line, text, reading, hits, unique, family, _families, media, _stands_for, note = row
        shown = [f"{cell:>10,}" if isinstance(cell, int) else f"{'-' if text else '':>10}" for cell in (hits, unique, family, media)]
        lines.append(" ".join(shown) + f"  {text or reading}" + (f"\n{'':>45}{note}" if note else ""))
    listed, corpus = shape["list"], shape["corpus"]
    lines.append(f"{counted(corpus['searched'], 'record was', 'records were')} within the filters; days are those of {shape['zone']}.")
    if not corpus["in_step"]:
        lines.append("The index was behind: more may be found. Bring it up to date with: python -m indexer sync")
    if listed["blank"]:
        lines.append(f"Blank lines left out: {listed['blank']:,}.")
    lines += [f"Line {one['line']} repeats line {one['repeats']}: {one['text']}" for one in listed["repeats"]]
    if listed["not_searched"]:
        lines.append(
            f"Not searched for: {listed['not_searched']:,} of {counted(listed['terms'], 'term')}. Their counts are unknown, not zero."
        )
    return "\n".join(lines)
