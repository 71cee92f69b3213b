"""The commands `certificate make`, `certificate verify`, `coverage` and `terms`."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from indexer.certificates import CertificateFailed, NotACertificate, Paper, RecordChange, certify, check_words, write
from indexer.certificates import verify as certificate_check
from indexer.cli.options import (
    DAY,
    PLATFORMS,
    CommandError,
    InvalidInput,
    answer,
    data_option,
    filter_options,
    json_option,
    open_data,
    report_errors,
    request_of,
    ticker,
)
from indexer.cli.output import counted
from indexer.coverage import STATUSES, Coverage
from indexer.coverage import scope as coverage_scope
from indexer.custody import Level
from indexer.search import Plan
from indexer.settings import read_letterhead
from indexer.term_reports import report as term_report
from indexer.term_reports import run

SHOWN = 50  # records of each kind in the text; --json has all


@click.group()
def certificate() -> None:
    """Certify a search and check a certificate later."""


@certificate.command()
@click.argument("query")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Name of the two files, .json and .pdf.")
@filter_options
@click.option("--by", default=getpass.getuser, help="Who makes it; default: the login name.")
@click.option("--re", "subject", default="", help='The request or matter it is for: the certificate\'s "Re:" line.')
@data_option
@json_option
@click.pass_obj
def make(data: Path | None, /, *, query: str, out: Path, by: str, subject: str, as_json: bool, **filters: Any) -> None:
    """Search and write a certificate: a PDF to read and sign, and a JSON file listing every record found."""
    with _certificate_errors(), open_data(data) as repository:
        target = out if out.suffix == ".json" else out.with_suffix(".json") if out.suffix == ".pdf" else out.with_name(f"{out.name}.json")
        pdf = target.with_suffix(".pdf")
        if pdf.exists() and not target.exists():
            raise InvalidInput(
                f"{pdf} exists without {target.name}; it may be left over from an interrupted certificate. "
                "The evidence is safe. Delete it, or name another file."
            )
        for path in (target, pdf):
            if path.exists():
                raise InvalidInput(f"{path} already exists; name another file.")
        request = request_of(repository, query, filters)
        paper = Paper(read_letterhead(), subject.strip())
        with certify(Plan(repository, request), by=by, paper=paper, progress=ticker("listing")) as made:
            written = write(repository, made, target)
        result, warnings = made.header.found, made.header.warnings
    shape = {
        "id": written.id,
        "json": str(written.json),
        "pdf": str(written.pdf),
        "json_sha256": written.json_digest,
        "pdf_sha256": written.pdf_digest,
        "total": result.total,
        "digest": result.digest,
        "warnings": [str(warning) for warning in warnings],
    }
    lines = [
        f"{counted(result.total, 'record')} certified in {written.pdf} and {written.json}.",
        f"SHA-256 of the JSON file: {written.json_digest}.",
    ]
    answer(shape, as_json=as_json, text="\n".join([*lines, *warnings]))


@certificate.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--full", is_flag=True, help="Also reread the archives of its records and compare every stored field.")
@click.option("--by", default=getpass.getuser, help="Who checks; default: the login name.")
@data_option
@json_option
@click.pass_obj
def verify(data: Path | None, /, *, file: Path, full: bool, by: str, as_json: bool) -> None:
    """Repeat the search of a certificate's JSON FILE: identical, or which records are new, changed, gone, or altered.

    Exit status 0 when all is identical and the file is unaltered, 1 when not, 2 when FILE is no certificate.
    """
    with _certificate_errors(), open_data(data) as repository:
        try:
            check = certificate_check.verify(
                repository, file, by=by, level=Level.FULL if full else Level.QUICK, progress=ticker("comparing")
            )
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
    lines = [str(sentence) for sentence in check_words.sentences(check)]
    for title, changes in (("New", check.new), ("Changed", check.changed), ("Gone", check.gone)):
        lines += list(_change_lines(title, changes))
    answer(check_words.as_json(check), as_json=as_json, text="\n".join(lines))
    if not check.went_well:
        raise SystemExit(1)


def _change_lines(title: str, changes: tuple[RecordChange, ...]) -> Iterator[str]:
    if changes:
        yield f"{title}:"
    for change in changes[:SHOWN]:
        origin = change.origin
        if origin is None:
            yield f"  {change.record_id} is no longer on file"
        else:
            since = ", added since then" if change.capture_is_new else ""
            yield f"  {change.record_id} version {origin.version}, from {origin.capture_name} (capture {origin.capture_id}{since})"
    if len(changes) > SHOWN:
        yield f"  and {len(changes) - SHOWN:,} more; --json lists all"


@contextmanager
def _certificate_errors() -> Iterator[None]:
    with report_errors():
        try:
            yield
        except NotACertificate as error:
            raise InvalidInput(str(error)) from error
        except CertificateFailed as error:
            raise CommandError(str(error)) from error


_NO_FILTERS = {"kind": (), "author": (), "state": (), "with_media": (), "dialect": "plain", "as_of": None, "sort": "newest"}


@click.command()
@click.option("--account", multiple=True, help="Handle, name or number of an account; repeatable.")
@click.option("--platform", multiple=True, help=f"{PLATFORMS}; repeatable.")
@click.option("--from", "first", type=DAY, help="First local day (included).")
@click.option("--to", "last", type=DAY, help="Last local day (included).")
@data_option
@json_option
@click.pass_obj
def coverage(data: Path | None, /, *, as_json: bool, **filters: Any) -> None:
    """Show which accounts and days are captured, by which captures, and what no archive can contain."""
    with report_errors(), open_data(data) as repository:
        request = request_of(repository, "*", {**_NO_FILTERS, **filters})
        in_step = repository.index.position() == repository.catalog.position()
        summary = repository.coverage.of(
            request.filters, indexed=repository.index.count(), held=repository.catalog.count(), in_step=in_step
        )
    answer(coverage_scope.as_json(summary), as_json=as_json, text=_coverage_text(summary))


def _coverage_text(summary: Coverage) -> str:
    """Format the coverage for a terminal."""
    lines = coverage_scope.as_sentences(summary)
    for account in summary.accounts:
        lines.append(f"\n{account.label} ({account.platform})")
        for interval in account.intervals:
            days = f"{date.fromordinal(interval.first)} to {date.fromordinal(interval.after - 1)}"
            captures = f"  capture {', '.join(str(number) for number in interval.captures)}" if interval.captures else ""
            lines.append(f"  {days}  {STATUSES[interval.status]()}{captures}")
    if summary.faulty:
        lines.append("")
    lines += [
        f"Capture {capture.capture_id}, {capture.name}: {counted(capture.problems, 'problem')}, "
        f"{capture.short:,} fewer than the platform counts: python -m indexer problems"
        for capture in summary.faulty
    ]
    return "\n".join(lines)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@filter_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Report to write: .csv, .xlsx, or .json; must not exist yet.")
@click.option("--keep-numbers", is_flag=True, help="Keep the numbers before the terms (1. budget); default: they are removed.")
@click.option("--by", default=getpass.getuser, help="Who runs it; default: the login name.")
@data_option
@json_option
@click.pass_obj
def terms(
    data: Path | None,
    /,
    *,
    file: Path,
    out: Path | None,
    keep_numbers: bool,
    by: str,
    as_json: bool,
    **filters: Any,
) -> None:
    """Run the terms in FILE (one per line, UTF-8; - is standard input) and report hits, unique hits, and hits with family."""
    with report_errors(), open_data(data) as repository:
        write_form = _report_writer(out) if out else None
        request = request_of(repository, "*", filters)
        try:
            term_list = run.read_list(_read_text(file), keep_numbers=keep_numbers)
            report = run.run(repository, term_list, request, by=by, progress=ticker("searching for terms"))
        except run.ListError as error:
            raise InvalidInput(str(error)) from error
        except run.IndexChanged as error:
            raise CommandError(str(error)) from error
        shape = run.as_json(report)
        if out and write_form:
            with out.open("xb") as stream:
                stream.write(write_form(shape))
    answer(shape, as_json=as_json, text=_term_report_text(shape))
    if report.not_searched:
        raise SystemExit(2)


def _read_text(file: Path) -> str:
    try:
        with click.open_file(str(file), encoding="utf-8") as stream:
            return str(stream.read())
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file} is not UTF-8 text (byte {error.start}). Save it as UTF-8, then run it again.") from error
    except OSError as error:  # handled here, since report_errors() blames the vault's disk
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error


def _report_writer(out: Path) -> Any:
    write = term_report.FORMS.get(out.suffix.lower().removeprefix("."))
    if write is None:
        raise InvalidInput(f"{out.name}: the report format must be {', '.join('.' + name for name in term_report.FORMS)}.")
    if out.exists():
        raise InvalidInput(f"{out} already exists; name another file.")
    return write


def _term_report_text(shape: run.JsonObject) -> str:
    """Format the report for a terminal."""
    lines = [f"{'hits':>10} {'unique':>10} {'family':>10} {'media':>10}  term"]
    for row in term_report.rows(shape):
        _line, text, reading, announced, hits, unique, family, _families, media, _stands_for, note = row
        cells = [f"{cell:>10,}" if isinstance(cell, int) else f"{'-' if text else '':>10}" for cell in (hits, unique, family, media)]
        remarks = [str(remark) for remark in (announced, note) if remark]
        lines += [*(f"Note: {remark}" for remark in remarks if not text), " ".join(cells) + f"  {text or reading}"]
        lines += [f"{'':>45}{remark}" for remark in remarks if text]
    term_list, corpus = shape["list"], shape["corpus"]
    lines.append(f"{counted(corpus['searched'], 'record was', 'records were')} within the filters; dates are in {shape['zone']}.")
    if not corpus["in_step"]:
        lines.append("The index was not up to date, so there may be more. Bring it up to date with: python -m indexer sync")
    if term_list["blank"]:
        lines.append(f"Blank lines skipped: {term_list['blank']:,}.")
    lines += [f"Line {term['line']} repeats line {term['repeats']}: {term['text']}" for term in term_list["repeats"]]
    if term_list["not_searched"]:
        lines.append(
            f"Not searched for: {term_list['not_searched']:,} of {counted(term_list['terms'], 'term')}. Their counts are unknown, not zero."
        )
    return "\n".join(lines)
