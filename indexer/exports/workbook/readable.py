"""The ten columns that people read: each record's cells on the sheet "Records", made from the values of all columns.

docs/exports.md lists the same columns; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from indexer import platforms
from indexer.catalog import person
from indexer.exports.media import STORED
from indexer.exports.values import Exact
from indexer.local_time import us_day
from indexer.record import RecordKind


class Linked(NamedTuple):
    """A cell whose text opens a web address, or a file or folder of the package (a path relative to the workbook)."""

    text: str
    target: str


ReadableCell = str | float | Linked
"""A text, a date and time as Excel counts them, or a text with a link."""


@dataclass(frozen=True, slots=True)
class ReadableColumn:
    """A column of the sheet "Records". `width` is in characters."""

    name: str
    meaning: str
    width: int


READABLE_COLUMNS: Final = (
    ReadableColumn(
        "Date",
        "When it was posted, as a date, in the public body's time zone, which the heading names. Empty: the archive gives no time.",
        19,
    ),
    ReadableColumn("Account", "Account whose archive contains the record, and its platform.", 20),
    ReadableColumn("From", "The author; for messages, the sender.", 19),
    ReadableColumn("To", "For messages: the recipients, or the name of the group.", 19),
    ReadableColumn("Kind", "Post, Reply, Repost, Comment, Message, Like, Story, Reel, Photo, Video, or Event.", 10),
    ReadableColumn("Text", "Text as readers saw it; where there is none, the platform's own sentence.", 64),
    ReadableColumn("Link", "The record on the platform, if its address is known.", 26),
    ReadableColumn("State", "Edited, deleted, gone from a later archive, without a date, time zone assumed.", 20),
    ReadableColumn("Pictures", "Names of pictures, videos, and files. The link opens the file, or the folder if there are several.", 22),
    ReadableColumn("Record ID", "ID of the record: the same in every archive, and on the sheet All columns.", 30),
)

MAX_LINK: Final = 2_079  # characters, Excel's limit
_WEB: Final = re.compile(r"https?://[^/]", re.IGNORECASE)
_EXCEL_EPOCH: Final = date(1899, 12, 30).toordinal()
_FIRST_DAY: Final = "1900-03-01"  # Excel counts a February 29, 1900, and knows no day before that year


def readable_cells(exact: Mapping[str, Exact]) -> list[ReadableCell]:
    """Return a record's cells, in the order of READABLE_COLUMNS."""
    platform, kind, author = str(exact["platform"]), str(exact["kind"]), str(exact["author"])
    is_message = kind == RecordKind.MESSAGE
    url, text = str(exact["url"]), str(exact["text"])
    return [
        excel_time(str(exact["posted_local"])),
        _account(str(exact["account"]), platform),
        str(exact["from"]) if is_message else person(author, platform),
        str(exact["to"]),
        kind.capitalize(),
        text or str(exact["title"]),
        Linked(url, url) if _WEB.match(url) and len(url) <= MAX_LINK else url,
        "; ".join(_states(exact)),
        _files(exact["attachments"]),
        str(exact["record_id"]),
    ]


def excel_time(local: str) -> str | float:
    """Return a local time ("2018-07-04 23:30:00 CDT") as days since Dec 30, 1899; one that Excel cannot hold stays text."""
    if local < _FIRST_DAY:
        return local
    return _excel_day(local[:10]) + (int(local[11:13]) * 3600 + int(local[14:16]) * 60 + int(local[17:19])) / 86_400


@lru_cache(maxsize=20_000)
def _excel_day(day: str) -> int:
    return date.fromisoformat(day).toordinal() - _EXCEL_EPOCH


@lru_cache(maxsize=1_000)
def _account(label: str, platform: str) -> str:
    registered = platforms.get(platform)
    return f"{label} ({registered.short or registered.title})"


def _states(exact: Mapping[str, Exact]) -> Iterable[str]:
    """Yield the states that a reader must know, in words."""
    if edited := str(exact["edited"]):
        yield f"edited {_day(edited)}"
    if exact["versions"] != 1:
        yield f"version {exact['version']} of {exact['versions']}"
    if deleted := str(exact["deleted"]):
        yield f"deleted {_day(deleted)}"
    gone = exact["not_in_capture_of"]
    for day in gone if isinstance(gone, list) else ():
        yield f"gone from the archive of {_day(str(day))}"
    if not exact["posted_local"]:
        written = str(exact["posted_as_written"])
        yield f"date cannot be read: {written}" if written else "without a date"
    elif exact["time_assumed"] == "yes":
        yield "time zone assumed"


@lru_cache(maxsize=20_000)
def _day_in_words(day: str) -> str:
    return us_day(datetime.fromisoformat(day).date())


def _day(local: str) -> str:
    return _day_in_words(local[:10])


def _files(attachments: Exact) -> str | Linked:
    """Name the attachments, one per line; link the only stored file, or the folder of several."""
    entries = [entry for entry in attachments if isinstance(entry, dict)] if isinstance(attachments, list) else []
    if not entries:
        return ""
    stored = list(dict.fromkeys(str(entry["file"]) for entry in entries if entry["status"] == STORED))
    lines = [_file_name(entry) for entry in entries]
    if len(lines) > 1:
        lines.insert(0, f"{len(lines)} files:")
    text = "\n".join(lines)
    if not stored:
        return text
    return Linked(text, stored[0] if len(stored) == 1 else stored[0].rpartition("/")[0] + "/")


def _file_name(entry: Mapping[str, str | int]) -> str:
    if entry["file"]:
        return str(entry["file"]).rpartition("/")[2]
    return f"{entry['name'] or entry['url']} ({entry['status']})"
