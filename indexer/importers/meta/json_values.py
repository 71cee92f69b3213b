"""Reads values of the JSON in Facebook and Instagram archives: times, repaired text, media files.

Seen 2018-2026. Epoch times are UTC. Text is UTF-8 written as Latin-1 characters ("Ã¡" for "á") and repaired per string.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

import msgspec

from indexer.evidence import Archive, JsonDamaged, JsonItem, MemberDamaged, json_items
from indexer.i18n import Sentence, say
from indexer.local_time import from_epoch
from indexer.record import Attachment, Moment, Problem
from indexer.text import repair_mojibake

LAST_MILLISECOND = 253_402_300_800_000  # start of the year 10000
UNKNOWN_TYPE = "application/octet-stream"
_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    ".3gp": "video/3gpp",
    ".mkv": "video/x-matroska",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".zip": "application/zip",
}


def media_type(name: str, default: str = UNKNOWN_TYPE) -> str:
    """Return the media type for a file name, or `default` if its extension is unknown."""
    return _TYPES.get(PurePosixPath(name).suffix.lower(), default)


class MediaFiles:
    """Finds the archive member that a `uri` refers to.

    A `uri` is relative to the export root, but may begin with the folder name of an older batch or of another form
    of the export, or be a web address (then the file is not in the archive).
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._by_name: dict[str, list[str]] | None = None

    def member(self, uri: str) -> str:
        """Return the member for a uri, "" if the archive does not hold it or several members match."""
        if not uri or "://" in uri:
            return ""
        uri = uri.removeprefix("./").lstrip("/")
        if uri in self._archive:
            return self._archive.stored_name(uri)
        if self._by_name is None:
            self._by_name = {}
            for name in self._archive.names:
                self._by_name.setdefault(name.rsplit("/", 1)[-1], []).append(name)
        parts = uri.split("/")
        candidates = self._by_name.get(parts[-1], [])
        for keep in range(len(parts) - 1, 1, -1):
            tail = "/" + "/".join(parts[-keep:])
            matches = [name for name in candidates if ("/" + name).endswith(tail)]
            if matches:
                return matches[0] if len(matches) == 1 else ""
        return ""

    def attachment(self, uri: str, description: str = "", default: str = UNKNOWN_TYPE) -> Attachment:
        """Return the attachment for a uri. `default` is the media type if the name has no known extension."""
        uri = repair_mojibake(uri)
        name = uri.split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1] if "://" in uri else uri.rsplit("/", 1)[-1]
        return Attachment(
            name=name or uri,
            media_type=media_type(name, default),
            member=self.member(uri),
            url=uri if "://" in uri else "",
            description=description,
        )


def seconds_of(value: float | str | None) -> float | None:
    """Return a time as a number, also if it is stored as text; None if it is not a number."""
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def read_epoch(value: float | str | None, member: str, index: int, *, milliseconds: bool = False) -> tuple[Moment | None, Problem | None]:
    """Return the moment of a Unix time (seconds, or milliseconds for messages), or a "bad-date" or "no-date" problem.

    Zero, negative times, times after the year 9999 and texts are bad: no platform could have meant them.
    """
    if value is None:
        return None, Problem(member, "no-date", say("This item has no time."), index)
    number = seconds_of(value)
    written = str(value) if number is None or not number.is_integer() else str(int(number))
    if number is not None and 0 < number < LAST_MILLISECOND:
        seconds = number / 1000 if milliseconds else number
        if seconds < LAST_MILLISECOND / 1000:
            return from_epoch(seconds, written), None
    shown = written[:40]
    return None, Problem(
        member,
        "bad-date",
        say("The time {written} is not a time in milliseconds since 1970.", written=shown)
        if milliseconds
        else say("The time {written} is not a time in seconds since 1970.", written=shown),
        index,
    )


def items_of(archive: Archive, member: str) -> Iterator[JsonItem | Problem]:
    """Yield the items of a JSON member. A truncated or broken file yields the items before the damage, then a Problem."""
    try:
        with archive.open(member) as stream:
            yield from json_items(stream)
    except JsonDamaged as error:
        yield Problem(member, error.code, error.message)
    except MemberDamaged as error:
        yield Problem(member, "member-damaged", error.message)


def bad_item(member: str, index: int, error: Exception) -> Problem:
    """Return the problem for an item that does not have the form of its file."""
    return Problem(member, "bad-item", say("This item does not read as the file's others do: {why}.", why=str(error)), index)


def not_a_list(name: str, shown: str) -> Sentence:
    """Return the message for a value that should be a list of items."""
    return say("{name} should hold a list of items and holds {shown}, so what it held may be missing.", name=repr(name), shown=shown)


def repair_all(value: Any) -> Any:
    """Repair every string of a decoded JSON value, keys included."""
    if isinstance(value, str):
        return repair_mojibake(value)
    if isinstance(value, list):
        return [repair_all(item) for item in value]
    if isinstance(value, dict):
        return {repair_mojibake(key): repair_all(item) for key, item in value.items()}
    return value


class Reaction(msgspec.Struct):
    """A reaction to a message. `timestamp` (seconds) is present since about 2023."""

    reaction: str = ""
    actor: str = ""
    timestamp: float | str | None = None


class Uri(msgspec.Struct):
    """A file attached to a message."""

    uri: str = ""
    creation_timestamp: float | str | None = None


class MadeIds:
    """Makes record ids for one archive. Equal records get ordinals in file order."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def make(self, role: str, written: str, text: str, attachments: Iterable[str] = ()) -> str:
        """Return an id of 24 hex digits, with "-2", "-3" ... for the second and later equal records.

        `role` is the purpose of the file ("posts", "comments", "photos"), never its path, which changes over the
        years. `attachments` are file names without folders.
        """
        parts = (role, written, " ".join(text.split()), *sorted(attachments))
        new_id = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
        self._counts[new_id] += 1
        return new_id if self._counts[new_id] == 1 else f"{new_id}-{self._counts[new_id]}"
