"""Records as PDFs for reading and printing: tagged (PDF/UA-1), a few hundred records per file, with pictures.

A file has at most RECORDS records and MAX_FILE_PICTURE_BYTES of pictures; a package has at most MAX_RECORDS records. A picture
that cannot be drawn never stops an export: its name is printed instead, and the notes count it.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from indexer import platforms
from indexer.catalog import Direction, Parties, RecordView, parties, person
from indexer.exports.bag import BagZip
from indexer.exports.pdf_process import PdfJob, start
from indexer.exports.values import Description, Exact, ExportError, Extras, MediaFile, PdfLayout
from indexer.i18n import say
from indexer.local_time import local_words
from indexer.typeset import PdfFailed

_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended and progressive: the kinds PDF viewers display


def picture_size(stream: IO[bytes]) -> tuple[str, int, int]:
    """Return (suffix, width, height) in pixels of a JPEG, PNG, GIF or WebP; ("", 0, 0) for anything else.

    Reads from the start of the stream and leaves its position undefined.
    """
    stream.seek(0)
    head = stream.read(32)
    for suffix, matches, read_size in _FORMATS:
        if matches(head):
            size = read_size(head, stream)
            return (suffix, *size) if size and min(size) > 0 else ("", 0, 0)
    return "", 0, 0


def _png(head: bytes, _stream: IO[bytes]) -> tuple[int, int] | None:
    return (_big(head[16:20]), _big(head[20:24])) if head[12:16] == b"IHDR" and len(head) >= 24 else None


def _gif(head: bytes, _stream: IO[bytes]) -> tuple[int, int] | None:
    return (_little(head[6:8]), _little(head[8:10])) if len(head) >= 10 else None


def _webp(head: bytes, _stream: IO[bytes]) -> tuple[int, int] | None:
    if len(head) < 30:
        return None
    if head[12:16] == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if head[12:16] == b"VP8L":
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8 ":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    return None


def _jpeg(_head: bytes, stream: IO[bytes]) -> tuple[int, int] | None:
    stream.seek(2)
    while True:
        marker = stream.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return None
        if marker[1] == 0xFF:  # a fill byte
            stream.seek(-1, 1)
            continue
        length = _big(stream.read(2))
        if length < 2:
            return None
        if marker[1] in _FRAMES:
            frame = stream.read(5)
            return (_big(frame[3:5]), _big(frame[1:3])) if len(frame) == 5 else None
        if marker[1] == 0xDA:  # image data without a frame header before it
            return None
        stream.seek(length - 2, 1)


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


_FORMATS: Final[tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes, IO[bytes]], tuple[int, int] | None]], ...]] = (
    ("png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    ("gif", lambda head: head[:6] in {b"GIF87a", b"GIF89a"}, _gif),
    ("webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _webp),
    ("jpg", lambda head: head.startswith(b"\xff\xd8\xff"), _jpeg),
)


RECORDS: Final = 500  # per file
PROCESSES: Final = 2  # at a time, each making one file
MAX_FILE_PICTURE_BYTES: Final = 48 * 2**20  # total per file
MAX_PICTURE_BYTES: Final = 16 * 2**20  # per picture
MAX_PICTURE_PIXELS: Final = 40_000_000  # per picture; MAX_FILE_PIXELS per file
MAX_FILE_PIXELS: Final = 120_000_000
MAX_RECORDS: Final = 20_000  # measured: see docs/exports.md
_MAX_WIDTH, _MAX_HEIGHT, _POINTS_PER_PIXEL = 468.0, 330.0, 0.75  # points; points per pixel at 96 pixels per inch


def refuse_too_many(total: int, layout: PdfLayout) -> None:
    """Raise ExportError for more records than a PDF export may have."""
    if layout is not PdfLayout.NONE and total > MAX_RECORDS:
        raise ExportError(
            say(
                "A PDF can contain at most {most} records; this export has {total}. Nothing was exported. Narrow the search, or "
                "export without PDF: the offline viewer shows and prints every record.",
                most=MAX_RECORDS,
                total=total,
            )
        )


@dataclass(frozen=True, slots=True)
class _File:
    """A PDF being made: its records (numbered from 1), the folder of its pictures, its path, and its process."""

    first: int
    last: int
    pictures: Path
    target: Path
    job: PdfJob


class PdfFiles:
    """Writer of a package's records to data/records-0001.pdf, data/records-0002.pdf … in the bag.

    `folder` holds pictures and PDFs until they are in the bag.
    """

    def __init__(self, bag: BagZip, folder: Path, about: Description, extras: Extras, layout: PdfLayout) -> None:
        self._bag, self._about, self._extras, self._layout = bag, about, extras, layout
        self._folder = folder / "pdf-pictures"
        self._folder.mkdir()
        self._pictures: dict[str, dict[str, Any]] = {}  # by path in the package
        self._bytes = self._pixels = self._undrawn = self._records = self._started = 0
        self._running: deque[_File] = deque()
        self._waiting: list[dict[str, Any]] = []
        self.files: list[str] = []

    def picture(self, media: MediaFile, stream: IO[bytes]) -> None:
        """Keep a picture of the next record if it can be drawn."""
        suffix, width, height = picture_size(stream)
        if not suffix or media.size > MAX_PICTURE_BYTES or width * height > MAX_PICTURE_PIXELS:
            return
        name = f"{len(self._pictures) + 1}.{suffix}"
        folder = self._folder / str(self._started)
        folder.mkdir(exist_ok=True)
        stream.seek(0)
        with (folder / name).open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        scale = min(_POINTS_PER_PIXEL, _MAX_WIDTH / width, _MAX_HEIGHT / height)
        self._pictures[media.file] = {"file": name, "width": round(width * scale, 2), "height": round(height * scale, 2)}
        self._bytes += media.size
        self._pixels += width * height

    def add(self, view: RecordView, exact: Mapping[str, Exact]) -> None:
        """Write a record, in package order."""
        self._records += 1
        self._waiting.append(self._record_data(view, exact))
        if len(self._waiting) >= RECORDS or self._bytes >= MAX_FILE_PICTURE_BYTES or self._pixels >= MAX_FILE_PIXELS:
            self._write()

    def close(self) -> tuple[str, ...]:
        """Finish the PDFs; return their notes for README.txt. Raises ExportError."""
        if self._waiting or not self._started:
            self._write()
        while self._running:
            self._finish()
        shutil.rmtree(self._folder)
        if not self._undrawn:
            return ()
        return (
            say(
                "PDF: {count} pictures could not be displayed and are listed by name instead. Their files are in media/.",
                count=self._undrawn,
            ),
        )

    def abandon(self) -> None:
        """Stop the processes that still run. Does nothing after `close`."""
        for file in self._running:
            file.job.end()
        self._running.clear()

    def _write(self) -> None:
        """Start the PDF of the waiting records in a separate process; at most PROCESSES run at the same time."""
        while len(self._running) >= PROCESSES:
            self._finish()
        records, self._waiting = self._waiting, []
        first, last = self._records - len(records) + 1, self._records
        data = self._page_data(first, last) | {"records": records}
        folder = self._folder / str(self._started)
        folder.mkdir(exist_ok=True)  # it exists if any record has a picture
        target = self._folder / f"{self._started}.pdf"
        self._running.append(_File(first, last, folder, target, start(data, folder, target, self._about.made_at)))
        self._started += 1
        self._pictures, self._bytes, self._pixels = {}, 0, 0

    def _finish(self) -> None:
        """Wait for the oldest PDF and add it to the bag. Raises ExportError."""
        file = self._running[0]
        try:
            self._undrawn += file.job.result()
        except PdfFailed as error:
            raise ExportError(
                say(
                    "The PDF of records {first} to {last} could not be made: {reason} Nothing was exported. Export without PDF, and "
                    "report this problem.",
                    first=file.first,
                    last=file.last,
                    reason=str(error),
                )
            ) from error
        self._running.popleft()
        name = f"records-{len(self.files) + 1:04}.pdf"
        self._bag.add_file(f"data/{name}", file.target)
        self.files.append(name)
        file.target.unlink()
        shutil.rmtree(file.pictures)

    def _count_undrawn(self, caption: str) -> list[Any]:
        self._undrawn += 1
        return _undrawn_line(caption)

    def _page_data(self, first: int, last: int) -> dict[str, Any]:
        about = self._about
        title = say("Social media records of {body}", body=about.organization) if about.organization else say("Social media records")
        span = say("Records {first} to {last} of {total}", first=first, last=last, total=about.total) if last else say("No records")
        facts: list[list[Any]] = [
            [say("Records"), [span]],
            *([[say("Days"), [about.days]]] if about.days else []),
            [say("Query as typed"), [about.query or say("none: all records")]],
            [say("Searched for"), [about.reading]],
            *([[say("Filters"), list(about.filters)]] if about.filters else []),
            [say("Sort"), [about.sort]],
            [say("Time zone"), [about.zone]],
            [say("Created"), [say("{when} by {who}", when=local_words(about.made_at, about.zone), who=about.made_by)]],
        ]
        return {
            "title": title,
            "subject": about.title,
            "running": say("{body}: {subject}", body=about.organization or say("Social media records"), subject=_shorten(about.title)),
            "foot": span,
            "about": facts,
            "pages": self._layout is PdfLayout.PAGES,
            "no_text": say("This record has no text."),
        }

    def _record_data(self, view: RecordView, exact: Mapping[str, Exact]) -> dict[str, Any]:
        pictures, others = self._attachments(view, exact)
        people, content = parties(view), view.content
        posted = local_words(content.posted_at, self._about.zone) if content.posted_at else say("No date")
        heading = say(
            "{number}. {when} · {who} on {platform}",
            number=self._records,
            when=posted,
            who=_who(view, people),
            platform=platforms.get(view.account.platform).short or platforms.title(view.account.platform),
        )
        facts = _people(view, people)
        facts += [[say("Posted"), [_posted(exact)]]]
        facts += [[say("Edited"), [str(exact["edited"])]]] if exact["edited"] else []
        facts += [[say("Deleted"), [str(exact["deleted"])]]] if exact["deleted"] else []
        facts += [[say("On the platform"), [str(exact["url"])]]] if exact["url"] else []
        links = exact["links"]
        facts += [[say("Addresses"), [str(link) for link in links]]] if isinstance(links, list) and links else []
        facts += others
        facts += self._versions(view)
        facts += [[say("Record ID"), [view.record_id]], [say("SHA-256 digest"), [view.content_digest]]]
        is_event = bool(people and people.is_event and view.content.title)  # its text only repeats a name in the title
        return {
            "heading": heading,
            "tags": [view.kind.capitalize(), *_tags(view)],
            "title": [] if is_event else _lines(view.content.title),
            "text": _lines(view.content.title if is_event else view.content.text),
            "pictures": pictures,
            "facts": facts,
        }

    def _attachments(self, view: RecordView, exact: Mapping[str, Exact]) -> tuple[list[dict[str, Any]], list[list[Any]]]:
        """Return the drawn pictures, and facts that name all other files."""
        drawn: list[dict[str, Any]] = []
        named: list[list[Any]] = []
        entries = exact["attachments"]
        for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
            if not isinstance(entry, dict):
                raise TypeError(f"an attachment cannot be {entry!r}")
            file, words = str(entry["file"]), str(entry["description"])
            alt = words or say("Picture {number} of record {record}", number=number, record=view.record_id)
            caption = words or file or str(entry["name"] or entry["url"])
            if file in self._pictures:
                drawn.append({**self._pictures[file], "alt": alt, "caption": caption, "undrawn": _undrawn_line(caption)})
            elif file and str(entry["media_type"]).startswith("image/"):
                named.append(self._count_undrawn(caption))
            else:
                status = "" if file else str(entry["status"])
                named.append([say("File"), [part for part in (words, file or str(entry["name"] or entry["url"]), status) if part]])
        return drawn, named

    def _versions(self, view: RecordView) -> list[list[Any]]:
        if view.versions < 2:
            return []
        which = say("This is version {number} of {count}.", number=view.version, count=view.versions)
        others = [other for other in self._extras.versions(view) if other.version != view.version]
        facts = [[say("Version {number}", number=other.version), _lines(other.content.text or other.content.title)] for other in others]
        return [[say("Versions"), [which]], *facts]


def _who(view: RecordView, people: Parties | None) -> str:
    """Return sender and recipients of a message, the conversation of an event, or the author; the account where none is stated."""
    if people is None:
        return person(view.content.author, view.account.platform) or view.account.handle_or_name
    return people.line or people.group or view.account.handle_or_name


def _posted(exact: Mapping[str, Exact]) -> str:
    """Return the local time with its zone and the same time in UTC."""
    local, utc = str(exact["posted_local"]), str(exact["posted_utc"])
    if not local:
        return say("The archive gives no time.")
    return say("{local}, in UTC {utc}", local=local, utc=utc)


def _people(view: RecordView, people: Parties | None) -> list[list[Any]]:
    """Return sender and recipients of a message, or the author of any other record."""
    if people is None:
        return [[say("Author"), [view.content.author or say("not stated")]]]
    if people.is_event:
        return [
            [say("Account"), [view.account.handle_or_name]],
            [say("Author"), [say("nobody: a conversation event recorded by the platform")]],
        ]
    facts: list[list[Any]] = [
        [say("From"), [people.sender or say("not stated")]],
        [say("To"), [people.to or say("not stated")]],
    ]
    if people.direction:
        sent = people.direction is Direction.SENT
        words = (
            say("sent by {account}", account=view.account.handle_or_name)
            if sent
            else say("received by {account}", account=view.account.handle_or_name)
        )
        facts.append([say("Direction"), [words]])
    return facts


def _undrawn_line(caption: str) -> list[Any]:
    return [say("Picture"), [caption, say("This picture cannot be displayed here. Its file is in the package.")]]


def _tags(view: RecordView) -> list[str]:
    tags = [say("gone by {day}", day=day) for day in view.not_in_capture_of]
    if view.content.deleted_at:
        tags.append(say("deleted"))
    if view.content.edited_at:
        tags.append(say("edited"))
    if view.content.time_is_assumed:
        tags.append(say("time zone assumed"))
    return list(tags)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _shorten(text: str, limit: int = 90) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
