"""data/README.txt and data/search.json: the description of a package, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from indexer.exports.media import LEFT_OUT, NOT_HELD, STORED, UNREADABLE, MediaCounts
from indexer.exports.values import Choices, Description
from indexer.local_time import local_text, utc_text


@dataclass(frozen=True, slots=True)
class Contents:
    """A package's contents besides the tables. `documents`: the certificate's files, below data/."""

    choices: Choices
    context: int = 0
    pdf: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def files(self) -> tuple[str, ...]:
        """Return the files below data/ that the viewer lists."""
        context = ("context.csv", "context.jsonl") if self.context else ()
        return (
            "README.txt",
            "records.csv",
            "records.xlsx",
            "records.jsonl",
            *self.pdf,
            *context,
            *self.documents,
            "media.csv",
            "search.json",
        )


def readme(description: Description, rows: int, media: MediaCounts, notes: Sequence[str], contents: Contents) -> str:
    """Return README.txt: plain text, UTF-8, lines ending in LF."""
    about = description
    lines = [
        "SOCIAL MEDIA RECORDS",
        *([about.organization] if about.organization else []),
        _line(about.title),
        *([about.days] if about.days else []),
        "",
        "What this is",
        f"  {rows:,} records from social media archives: everything the search below found, in its order.",
        "  The files are in the folder data; START-HERE.html, above it, links them.",
        "  records.csv, records.xlsx and records.jsonl contain the same records in the same order; open whichever you prefer.",
        "  media/ has their pictures, videos, and files, one folder per record. media.csv lists every attachment,",
        "  including those that are not here, with the reason. search.json has the information on this page in machine-readable form.",
        *_extra_files(contents),
        "",
        "The search",
        f"  Query as typed:  {_line(about.query)}",
        f"  Searched for:    {_line(about.reading)}",
        *(f"  Filter:          {_line(line)}" for line in about.filters),
        f"  Sort:            {_line(about.sort)}",
        f"  Time zone:       {about.zone}. Local times name it; columns ending in _utc are UTC.",
        f"  Created:         {local_text(about.made_at, about.zone)} ({utc_text(about.made_at)}) by {_line(about.made_by)}",
        f"  Software:        Show-Me Records {about.version}",
        "",
        "Counts",
        f"  Records counted by the search: {about.total:,}",
        f"  Records in each file:          {rows:,}",
        f"  Media files in this package:   {media.stored:,}",
        f"  Attachments that are not in the archive:          {media.by_status.get(NOT_HELD, 0):,}",
        f"  Attachments that cannot be read in the archive:   {media.by_status.get(UNREADABLE, 0):,}",
        *(
            [f"  Attachments left out because media were not requested: {media.by_status[LEFT_OUT]:,}"]
            if LEFT_OUT in media.by_status
            else []
        ),
        *([f"  Related records, not counted above:               {contents.context:,}"] if contents.context else []),
        *_section("Notes", [*about.notes, *notes]),
        *coverage_lines(about.coverage),
        *_section("Archives searched", [f"{line.name}, SHA-256 {line.digest}" for line in about.captures]),
        "",
        "What is masked and what is not",
        "  IP addresses, locations, device IDs, and access tokens that the platforms store with a record are masked here.",
        "  What people wrote is exact. Media files are exact copies and still contain any data a camera stored in them.",
        "",
        "How to verify",
        "  This package is a BagIt bag (RFC 8493). manifest-sha256.txt has the SHA-256 of every file.",
        "  Unpack it; then, in its folder:   sha256sum -c manifest-sha256.txt",
        "  On a Mac:   shasum -a 256 -c manifest-sha256.txt",
        r"  On Windows, for each file:   certutil -hashfile data\records.csv SHA256",
        "  or with the Library of Congress tool:   bagit.py --validate FOLDER",
        *_anchor_lines(about.anchor),
        "",
        "How to read the files",
        "  records.csv is UTF-8 with a byte order mark, comma-separated, with every cell in quotation marks (RFC 4180). A cell",
        "  that begins with = + - @, a tab, or a line break has an apostrophe before it so that no spreadsheet runs it as a formula.",
        "  Spreadsheets that open records.csv round long IDs (1700000000089000267 becomes 1.7E+18). Open",
        "  records.xlsx instead, where they are text, or import the columns native_id, author_id, thread, and parent as text.",
        "  records.xlsx is for Excel. records.jsonl has one JSON object per line with every text exactly as it is.",
        "  The columns are explained on the sheet About of records.xlsx.",
        "",
    ]
    return "\n".join(lines)


def _anchor_lines(anchor: Mapping[str, int | str] | None) -> list[str]:
    if anchor is None:
        return []
    return [
        f"  When this package was made, the event log had {anchor['events']:,} events. Hash of the latest event:",
        f"  {anchor['hash']}",
        "  With search.json, the office that holds the records can check whether that log was truncated or rewritten since:",
        "  python -m indexer verify --anchor search.json",
    ]


def _extra_files(contents: Contents) -> list[str]:
    lines = []
    if contents.choices.viewer:
        lines += [
            "  viewer/index.html shows and searches the same records in a browser, offline. Unpack the whole ZIP first. It needs",
            "  nothing else.",
        ]
    if contents.pdf:
        last = f" to {contents.pdf[-1]}" if len(contents.pdf) > 1 else ""
        lines += [f"  {contents.pdf[0]}{last}: the same records for reading and printing."]
    if contents.choices.context and not contents.context:
        lines += ["  context.csv and context.jsonl are empty: the conversations of these records have no other records."]
    if contents.context:
        lines += [
            f"  context.csv and context.jsonl: {contents.context:,} related records from the same conversations. The search did not",
            "  find them: they are context, not part of the result, and are not in the files above. Their pictures and files are",
            "  in context-media/, listed in context-media.csv.",
        ]
    if contents.documents:
        lines += [f"  {' and '.join(contents.documents)}: the certificate of the search, for people and for programs."]
    return lines


def search_json(description: Description, rows: int, media: MediaCounts, notes: Sequence[str], contents: Contents) -> str:
    """Return search.json: the description, the counts and the notes, in a stable format."""
    table = asdict(description) | {
        "made_at": utc_text(description.made_at),
        "first_day": description.first_day and description.first_day.isoformat(),
        "last_day": description.last_day and description.last_day.isoformat(),
        "rows": rows,
        "media": {status: media.by_status.get(status, 0) for status in (STORED, NOT_HELD, UNREADABLE, LEFT_OUT)},
        "format_notes": list(notes),
        "contents": {
            "media": contents.choices.media,
            "viewer": contents.choices.viewer,
            "pdf": list(contents.pdf),
            "context": contents.context if contents.choices.context else None,
            "documents": list(contents.documents),
        },
    }
    return json.dumps(table, indent=2) + "\n"


def coverage_lines(coverage: Mapping[str, Any] | None) -> list[str]:
    """Return the coverage of the search's scope in sentences; search.json lists the days of each account."""
    if coverage is None:
        return []
    days_in_scope = [f"Days in scope: {coverage['from']} to {coverage['to']}, local days."] if coverage["from"] else []
    lines = [coverage["summary"], *days_in_scope, *coverage["gaps"], *coverage["notes"]]
    return _section("Coverage: no record found is not the same as never captured", lines)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    lines = [f"  - {_line(line)}" for line in lines]
    return ["", title, *lines] if lines else []


def _line(value: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in value).split()) or "(nothing)"
