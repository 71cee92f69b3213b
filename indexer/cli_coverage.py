"""The command `coverage`: which accounts and days are captured."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from indexer import coverage as captured
from indexer.cli_base import DAY, answer, data_option, errors_told, json_option, opened, request_of
from indexer.cli_shapes import counted
from indexer.coverage_words import STATUSES, Coverage

_NOT_NARROWED = {"kind": (), "author": (), "with_media": None, "dialect": "plain", "as_of": None, "sort": "newest"}


@click.command()
@click.option("--account", multiple=True, help="Handle, name or number of an account; may be given again.")
@click.option("--platform", multiple=True, help="twitter (or x), facebook, instagram; may be given again.")
@click.option("--from", "first", type=DAY, help="First local day, included.")
@click.option("--to", "last", type=DAY, help="Last local day, included.")
@data_option
@json_option
@click.pass_obj
def coverage(data: Path | None, /, *, own_data: Path | None, as_json: bool, **narrowed: Any) -> None:
    """Say which accounts and days are captured, by which captures, and what no capture can contain."""
    with errors_told(), opened(own_data or data) as house:
        request = request_of(house, "*", {**_NOT_NARROWED, **narrowed})
        in_step = house.index.position() == house.catalogue.position()
        found = house.coverage.of(request.filters, indexed=house.index.count(), held=house.catalogue.count(), in_step=in_step)
    answer(captured.shape(found), as_json=as_json, text=_told(found))


def _told(found: Coverage) -> str:
    """Return a coverage for a terminal."""
    lines = captured.lines(found)
    for account in found.accounts:
        lines.append(f"\n{account.label} ({account.platform})")
        for part in account.stretches:
            days = f"{date.fromordinal(part.first)} to {date.fromordinal(part.after - 1)}"
            where = f"  capture {', '.join(str(number) for number in part.captures)}" if part.captures else ""
            lines.append(f"  {days}  {STATUSES[part.status]()}{where}")
    if found.faulty:
        lines.append("")
    lines += [
        f"Capture {one.capture_id}, {one.name}: {counted(one.problems, 'problem')}, "
        f"{one.short:,} fewer than declared: python -m indexer problems"
        for one in found.faulty
    ]
    return "\n".join(lines)
