"""The check in front of every record, picture and raw item: 404 for anything the reader may not see."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from flask import abort, make_response, render_template, request

from indexer.catalog import RecordView
from portal.access import Right, may_see, reader
from portal.site import site


def visible_record(record_id: str) -> RecordView:
    """Return a record; 404 if it does not exist or the reader may not see it."""
    view = site().repository.catalog.record(record_id)
    if view is None:
        _show_set_aside(record_id)
    if view is None or not may_see(reader(), view):
        abort(404)
    return view


def _show_set_aside(record_id: str) -> None:
    """Tell readers of every archive that a record is only in archives set aside. Still 404; nobody else learns of it."""
    if not (reader().may(Right.SEE_CAPTURES) and reader().may(Right.SEE_ALL_ACCOUNTS)):
        return
    held = site().repository.catalog.captures_set_aside(record_id)
    if held:
        abort(make_response(render_template("records/set_aside.html", record_id=record_id, captures=held), 404))


def chosen_version(current: RecordView, versions: list[RecordView]) -> RecordView:
    """Return the version named in the address, the current version if none is named; 404 for an unknown number."""
    number = request.args.get("version", "")
    if not number:
        return current
    return next((view for view in versions if str(view.version) == number), None) or abort(404)


MAX_WORDS = 5_000
_WORD = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """The change of a run of words between two versions."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffRun:
    """A run of words with the same change."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> list[DiffRun] | None:
    """Compare two texts word by word; None if they are too long."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        return None
    return list(_diff_runs(old, new))


def _diff_runs(old: list[str], new: list[str]) -> Iterator[DiffRun]:
    for tag, old_start, old_end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield DiffRun(Change.KEPT, "".join(old[old_start:old_end]))
            continue
        if old_end > old_start:
            yield DiffRun(Change.REMOVED, "".join(old[old_start:old_end]))
        if new_end > new_start:
            yield DiffRun(Change.ADDED, "".join(new[new_start:new_end]))
