"""The attachments of an export: safe names below data/media/, and media.csv, which accounts for every attachment.

A file is stored once per record that shows it, so a record's folder is complete by itself, and leaving the record out
of a later production leaves its pictures out too. Files are exact copies from the archive.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from indexer.catalog import AttachmentView, RecordView
from indexer.evidence import ArchiveError
from indexer.exports.bag import BagZip
from indexer.exports.csv_file import CsvFile
from indexer.exports.values import Cell, Description, ExportMismatch, MediaFile, OpenMedia
from indexer.masking import mask_tokens

STORED = "stored"
NOT_HELD = "not in the archive"
UNREADABLE = "cannot be read in the archive"
LEFT_OUT = "media were left out of this export"

MEDIA_COLUMNS: Mapping[str, str] = {
    "record_id": "Record with the file.",
    "version": "Version of that record.",
    "attachment": "Number of the attachment in the record, from 1.",
    "status": f"{STORED}; {NOT_HELD}; {UNREADABLE}; {LEFT_OUT}.",
    "file": "Path of the file in this package, below data/.",
    "sha256": "SHA-256 of the file.",
    "size": "Its size in bytes.",
    "name": "Its name in the archive, without folders.",
    "media_type": "File type according to its name.",
    "capture_digest": "SHA-256 of the archive that holds it.",
    "member": "The file of that archive, the original.",
    "url": "Address on the platform, where the archive gives one.",
    "description": "Alternative text or caption of the file itself.",
}

SPOOL = 16 * 2**20  # bytes; larger files are buffered on disk
MAX_NAME = 100  # bytes of UTF-8, suffix included
MAX_FOLDER = 60

# Not allowed in file names on some systems; "%" starts an escape in BagIt manifests.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*%\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])(?:[. ]|$)", re.IGNORECASE)


def safe_name(name: str) -> str:
    """Return a file name that is valid on every system and cannot leave its folder. Keeps the suffix; never empty."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    clean = _UNSAFE.sub("_", last).strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    if not dot or not stem or len(suffix.encode()) > 12:
        stem, dot, suffix = clean, "", ""
    stem = _fit(stem, MAX_NAME - len((dot + suffix).encode())).rstrip(" .")
    clean = (stem or "file") + dot + suffix
    return f"_{clean}" if _RESERVED.match(clean) or clean.startswith(("-", "~")) else clean


def folder_name(record_id: str, version: int) -> str:
    """Return the folder name of a record version: a readable part and a digest that makes it unique."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", record_id).strip("-.")[:MAX_FOLDER].strip("-.")
    sha = hashlib.sha256(f"{record_id}\n{version}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"_{readable}-{sha[:12]}" if _RESERVED.match(readable) else f"{readable or 'record'}-{sha[:12]}"


class NameTable:
    """Unique file names for one folder, even on systems that ignore case and accents."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """Return a safe name that is not in use: "a.jpg", then "a-2.jpg"."""
        safe = safe_name(name)
        stem, dot, suffix = safe.rpartition(".")
        stem, suffix = (stem, dot + suffix) if dot and stem else (safe, "")
        candidate, number = safe, 1
        while _name_key(candidate) in self._taken:
            number += 1
            candidate = f"{stem}-{number}{suffix}"
        self._taken.add(_name_key(candidate))
        return candidate


@dataclass(slots=True)
class MediaCounts:
    """Number of attachments by status."""

    by_status: dict[str, int] = field(default_factory=dict)

    def add(self, status: str) -> None:
        """Count an attachment."""
        self.by_status[status] = self.by_status.get(status, 0) + 1

    @property
    def stored(self) -> int:
        """Files in the package."""
        return self.by_status.get(STORED, 0)

    @property
    def missing(self) -> int:
        """Attachments that are in no capture or could not be read."""
        return self.by_status.get(NOT_HELD, 0) + self.by_status.get(UNREADABLE, 0)


class MediaWriter:
    """Writer of a record's attachments to the bag, and of a line per attachment to media.csv."""

    def __init__(
        self,
        bag: BagZip,
        listing: Path,
        description: Description,
        open_media: OpenMedia,
        *,
        with_media: bool,
        folder: str = "media",
        also: Callable[[MediaFile, IO[bytes]], None] | None = None,
    ) -> None:
        """`folder`: the folder of the files, below data/; `also`: called with every stored file, to read it again."""
        self._bag, self._open, self._with_media = bag, open_media, with_media
        self._folder, self._also = folder, also
        self._digests = {line.id: line.digest for line in description.captures}
        self.listing = listing
        self._rows = CsvFile().open(listing, MEDIA_COLUMNS, description)
        self.counts = MediaCounts()

    def add(self, view: RecordView) -> tuple[MediaFile, ...]:
        """Store a record's attachments. Raises ExportMismatch if the evidence differs from the catalog."""
        if not view.attachments:
            return ()
        names = NameTable()
        stored: dict[tuple[int, str], MediaFile] = {}
        files = []
        for number, attachment in enumerate(view.attachments, 1):
            key = (attachment.capture_id, attachment.member)
            if attachment.member and key in stored:
                media = stored[key]
            else:
                media = stored[key] = self._store(view, attachment, names)
                self.counts.add(media.status)
            files.append(media)
            self._list(view, number, media)
        return tuple(files)

    def abandon(self) -> None:
        """Close media.csv when the export fails. Does nothing after `close`."""
        self._rows.abandon()

    def close(self) -> tuple[str, ...]:
        """Close media.csv; return its notes for README.txt."""
        return tuple(note.replace("records.csv:", f"{self.listing.name}:") for note in self._rows.close().notes)

    def _store(self, view: RecordView, attachment: AttachmentView, names: NameTable) -> MediaFile:
        digest = self._digests.get(
            attachment.capture_id, view.origin.capture_digest if attachment.capture_id == view.origin.capture_id else ""
        )

        def media(status: str, file: str = "", sha256: str = "", size: int = 0) -> MediaFile:
            return MediaFile(
                name=attachment.name,
                status=status,
                media_type=attachment.media_type,
                file=file,
                sha256=sha256,
                size=size,
                url=mask_tokens(attachment.url),
                description=attachment.description,
                capture=digest if attachment.member else "",
                member=attachment.member,
            )

        if not attachment.member:
            return media(NOT_HELD)
        if not self._with_media:
            return media(LEFT_OUT)
        with tempfile.SpooledTemporaryFile(SPOOL, dir=str(self._bag.folder)) as spool:
            try:
                sha256, size = self._copy(attachment, spool)
            except (ArchiveError, KeyError, OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error) as error:
                if attachment.sha256:
                    raise ExportMismatch(
                        f"The file {attachment.member!r} of record {view.record_id} was intact when it was added but cannot be read "
                        f"now: {error}. Nothing was exported. Run `python -m indexer verify` and restore the file from a backup."
                    ) from error
                return media(UNREADABLE)
            if attachment.sha256 and attachment.sha256 != sha256:
                raise ExportMismatch(
                    f"The file {attachment.member!r} of record {view.record_id} is not the file that was added (its SHA-256 differs). "
                    "Nothing was exported. Run `python -m indexer verify` and restore the file in the vault from a backup."
                )
            spool.seek(0)
            file = f"{self._folder}/{folder_name(view.record_id, view.version)}/{names.take(attachment.name or attachment.member)}"
            self._bag.add_stream(f"data/{file}", spool, size, compress=False)
            stored = media(STORED, file, sha256, size)
            if self._also:
                self._also(stored, spool)
        return stored

    def _copy(self, attachment: AttachmentView, spool: tempfile.SpooledTemporaryFile[bytes]) -> tuple[str, int]:
        sha, size = hashlib.sha256(), 0
        with self._open(attachment) as stream:
            while block := stream.read(1 << 20):
                sha.update(block)
                size += len(block)
                spool.write(block)
        return sha.hexdigest(), size

    def _list(self, view: RecordView, number: int, media: MediaFile) -> None:
        line: list[Cell] = [
            view.record_id,
            view.version,
            number,
            media.status,
            media.file,
            media.sha256,
            media.size if media.file else "",
            media.name,
            media.media_type,
            media.capture,
            media.member,
            media.url,
            media.description,
        ]
        self._rows.add({}, line)


def _fit(text: str, limit: int) -> str:
    return text.encode()[: max(limit, 1)].decode("utf-8", "ignore")


def _name_key(name: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
