"""The records as PDFs for people: tagged (PDF/UA-1), in files of some hundred records, pictures drawn where they can be.

A file holds at most RECORDS records and PICTURE_BYTES of pictures, and a package at most RECORDS_MOST records. A picture
that cannot be drawn never stops an export: it is named in its place and counted in the notes.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from indexer import platforms
from indexer.catalog.models import RecordView
from indexer.catalog.parties import Direction, Parties, parties
from indexer.exports.bag import BagZip
from indexer.exports.pdf_process import Making, start
from indexer.exports.values import Around, Description, Exact, ExportError, MediaFile, PdfLayout
from indexer.i18n import say
from indexer.local_time import local_text, utc_text
from indexer.typeset import PdfFailed

_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended and progressive: what a PDF's reader shows


def picture_size(stream: IO[bytes]) -> tuple[str, int, int]:
    """Return (suffix, width, height) in pixels of a JPEG, PNG, GIF or WebP; ("", 0, 0) for anything else.

    Reads from the stream's beginning and leaves it somewhere inside.
    """
    stream.seek(0)
    head = stream.read(32)
    for suffix, is_it, size in _FORMATS:
        if is_it(head):
            found = size(head, stream)
            return (suffix, *found) if found and min(found) > 0 else ("", 0, 0)
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
        if marker[1] == 0xFF:  # a filling byte
            stream.seek(-1, 1)
            continue
        length = _big(stream.read(2))
        if length < 2:
            return None
        if marker[1] in _FRAMES:
            frame = stream.read(5)
            return (_big(frame[3:5]), _big(frame[1:3])) if len(frame) == 5 else None
        if marker[1] == 0xDA:  # the picture itself, and no frame before it
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


RECORDS: Final = 500  # of one file
TOGETHER: Final = 2  # processes, each of which makes one file
PICTURE_BYTES: Final = 48 * 2**20  # of one file, together
PICTURE_MOST: Final = 16 * 2**20  # bytes of one picture
PIXELS_MOST: Final = 40_000_000  # of one picture, and drawn together PIXELS_TOGETHER
PIXELS_TOGETHER: Final = 120_000_000
RECORDS_MOST: Final = 20_000  # measured: docs/exports.md has the figures
_WIDE, _HIGH, _POINT = 468.0, 330.0, 0.75  # points on paper; points of one pixel at 96 to the inch


def refuse_too_many(total: int, layout: PdfLayout) -> None:
    """Raise ExportError where there are more records than are made into PDFs."""
    if layout is not PdfLayout.NONE and total > RECORDS_MOST:
        raise ExportError(
            say(
                "PDFs are made of at most {most} records, and these are {total}. Nothing was exported. Narrow the search, or make the "
                "export without PDF: the offline viewer shows every record and prints it.",
                most=RECORDS_MOST,
                total=total,
            )
        )


@dataclass(frozen=True, slots=True)
class _File:
    """One PDF on its way: its records, counted from 1, the folder of its pictures, where it will lie, and its process."""

    first: int
    last: int
    pictures: Path
    target: Path
    making: Making


class PdfFiles:
    """Takes every record of a package and writes data/records-0001.pdf, data/records-0002.pdf … into the bag.

    `folder` is for pictures on their way.
    """

    def __init__(self, bag: BagZip, folder: Path, about: Description, around: Around, layout: PdfLayout) -> None:
        self._bag, self._about, self._around, self._layout = bag, about, around, layout
        self._folder = folder / "pdf-pictures"
        self._folder.mkdir()
        self._pictures: dict[str, dict[str, Any]] = {}  # by file of the package
        self._bytes = self._pixels = self._undrawn = self._records = self._begun = 0
        self._being_made: deque[_File] = deque()
        self._waiting: list[dict[str, Any]] = []
        self.files: list[str] = []

    def picture(self, media: MediaFile, stream: IO[bytes]) -> None:
        """Keep a picture of the next record, where it can be drawn."""
        suffix, width, height = picture_size(stream)
        if not suffix or media.size > PICTURE_MOST or width * height > PIXELS_MOST:
            return
        kept = f"{len(self._pictures) + 1}.{suffix}"
        folder = self._folder / str(self._begun)
        folder.mkdir(exist_ok=True)
        stream.seek(0)
        with (folder / kept).open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        scale = min(_POINT, _WIDE / width, _HIGH / height)
        self._pictures[media.file] = {"file": kept, "width": round(width * scale, 2), "height": round(height * scale, 2)}
        self._bytes += media.size
        self._pixels += width * height

    def add(self, view: RecordView, exact: Mapping[str, Exact]) -> None:
        """Write one record, in the order of the package."""
        self._records += 1
        self._waiting.append(self._record(view, exact))
        if len(self._waiting) >= RECORDS or self._bytes >= PICTURE_BYTES or self._pixels >= PIXELS_TOGETHER:
            self._write()

    def close(self) -> tuple[str, ...]:
        """End the PDFs; return what README.txt has to say of them. Raises ExportError."""
        if self._waiting or not self._begun:
            self._write()
        while self._being_made:
            self._finish()
        shutil.rmtree(self._folder)
        if not self._undrawn:
            return ()
        return (
            say(
                "PDF: pictures that could not be drawn and are named in their place: {count}. Their files are in media/.",
                count=self._undrawn,
            ),
        )

    def abandon(self) -> None:
        """Stop what is still being made. Does nothing after `close`."""
        for each in self._being_made:
            each.making.end()
        self._being_made.clear()

    def _write(self) -> None:
        """Begin the PDF of the records that wait, in a process of its own; at most TOGETHER are made at the same time."""
        while len(self._being_made) >= TOGETHER:
            self._finish()
        records, self._waiting = self._waiting, []
        first, last = self._records - len(records) + 1, self._records
        data = self._page(first, last) | {"records": records}
        folder = self._folder / str(self._begun)
        folder.mkdir(exist_ok=True)  # pictures stand in it already where there are any
        target = self._folder / f"{self._begun}.pdf"
        self._being_made.append(_File(first, last, folder, target, start(data, folder, target, self._about.made_at)))
        self._begun += 1
        self._pictures, self._bytes, self._pixels = {}, 0, 0

    def _finish(self) -> None:
        """Wait for the oldest PDF and put it into the bag. Raises ExportError."""
        file = self._being_made[0]
        try:
            self._undrawn += file.making.result()
        except PdfFailed as error:
            raise ExportError(
                say(
                    "The PDF of the records {first} to {last} could not be made: {reason} Nothing was exported. "
                    "Make the export without PDF, and please report this.",
                    first=file.first,
                    last=file.last,
                    reason=str(error),
                )
            ) from error
        self._being_made.popleft()
        name = f"records-{len(self.files) + 1:04}.pdf"
        self._bag.add_file(f"data/{name}", file.target)
        self.files.append(name)
        file.target.unlink()
        shutil.rmtree(file.pictures)

    def _undrawn_now(self, caption: str) -> list[Any]:
        self._undrawn += 1
        return _undrawn_line(caption)

    def _page(self, first: int, last: int) -> dict[str, Any]:
        about = self._about
        title = say("Social media records of {body}", body=about.organization) if about.organization else say("Social media records")
        span = say("Records {first} to {last} of {total}", first=first, last=last, total=about.total) if last else say("No records")
        facts: list[list[Any]] = [
            [say("Records"), [span]],
            [say("Query as typed"), [about.query or "*"]],
            [say("Read as"), [about.reading]],
            *([[say("Filters"), list(about.filters)]] if about.filters else []),
            [say("Order"), [about.sort]],
            [say("Time zone"), [about.zone]],
            [say("Made"), [say("{when} by {who}", when=local_text(about.made_at, about.zone), who=about.made_by)]],
        ]
        return {
            "title": title,
            "running": say("{title}. Search: {reading}", title=title, reading=_short(about.reading)),
            "foot": span,
            "about": facts,
            "pages": self._layout is PdfLayout.PAGES,
            "no_text": say("This record has no text."),
        }

    def _record(self, view: RecordView, exact: Mapping[str, Exact]) -> dict[str, Any]:
        pictures, others = self._attachments(view, exact)
        between = parties(view)
        heading = say(
            "{number}. {kind}, {account}, {platform}",
            number=self._records,
            kind=view.kind.capitalize(),
            account=(between and between.line) or view.account.handle_or_name,
            platform=platforms.title(view.account.platform),
        )
        facts = _people(view, between)
        facts += [[say("Posted"), [str(exact["posted_local"]) or say("The archive gives no time.")]]]
        facts += [[say("Time in UTC"), [utc_text(view.content.posted_at)]]] if view.content.posted_at else []
        facts += [[say("Edited"), [str(exact["edited"])]]] if exact["edited"] else []
        facts += [[say("Deleted"), [str(exact["deleted"])]]] if exact["deleted"] else []
        facts += [[say("On the platform"), [str(exact["url"])]]] if exact["url"] else []
        links = exact["links"]
        facts += [[say("Addresses"), [str(link) for link in links]]] if isinstance(links, list) and links else []
        facts += others
        facts += self._versions(view)
        facts += [[say("Record id"), [view.record_id]], [say("Its digest (SHA-256)"), [view.content_digest]]]
        is_event = bool(between and between.is_event and view.content.title)  # its text is only the name that the title holds
        return {
            "heading": heading,
            "tags": _tags(view),
            "title": [] if is_event else _lines(view.content.title),
            "text": _lines(view.content.title if is_event else view.content.text),
            "pictures": pictures,
            "facts": facts,
        }

    def _attachments(self, view: RecordView, exact: Mapping[str, Exact]) -> tuple[list[dict[str, Any]], list[list[Any]]]:
        """Return the pictures that are drawn, and facts that name all other files."""
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
                named.append(self._undrawn_now(caption))
            else:
                status = "" if file else str(entry["status"])
                named.append([say("File"), [part for part in (words, file or str(entry["name"] or entry["url"]), status) if part]])
        return drawn, named

    def _versions(self, view: RecordView) -> list[list[Any]]:
        if view.versions < 2:
            return []
        which = say("This is version {number} of {count}.", number=view.version, count=view.versions)
        others = [one for one in self._around.versions(view) if one.version != view.version]
        told = [[say("Version {number}", number=one.version), _lines(one.content.text or one.content.title)] for one in others]
        return [[say("Versions"), [which]], *told]


def _people(view: RecordView, between: Parties | None) -> list[list[Any]]:
    """Return from whom to whom a message went, the author of another record."""
    if between is None:
        return [[say("Author"), [view.content.author or say("not stated")]]]
    if between.is_event:
        return [
            [say("Account"), [view.account.handle_or_name]],
            [say("Author"), [say("nobody: an event of the conversation, noted by the platform")]],
        ]
    found: list[list[Any]] = [[say("From"), [between.sender or say("not stated")]], [say("To"), [between.to or say("not stated")]]]
    if between.direction:
        sent = between.direction is Direction.SENT
        words = (
            say("sent by {account}", account=view.account.handle_or_name)
            if sent
            else say("received by {account}", account=view.account.handle_or_name)
        )
        found.append([say("Direction"), [words]])
    return found


def _undrawn_line(caption: str) -> list[Any]:
    return [say("Picture"), [caption, say("This picture cannot be drawn here. Its file is in the package.")]]


def _tags(view: RecordView) -> list[str]:
    tags = [say("not in the capture of {day}", day=day) for day in view.not_in_capture_of]
    if view.content.deleted_at:
        tags.append(say("deleted"))
    if view.content.edited_at:
        tags.append(say("edited"))
    if view.content.time_is_assumed:
        tags.append(say("time zone assumed"))
    return list(tags)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
