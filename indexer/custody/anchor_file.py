"""The file of an anchor: the event log's count and newest hash, to be kept where nobody who can write the catalog can write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from indexer.atomic_files import partial_folder, publish, sync
from indexer.catalog.audit import Anchor
from indexer.i18n import say

FORMAT: Final = "Show-Me Records anchor of an event log"
FORMAT_VERSION: Final = 1


class NoAnchor(Exception):
    """The file is no anchor; the text says why and what to do."""


class _AnchorFile(msgspec.Struct, frozen=True, kw_only=True):
    format: str = FORMAT
    format_version: int = FORMAT_VERSION
    made_at_utc: datetime
    events: int
    hash: str


class _Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The part of any file that may hold an anchor: an anchor file, a certificate, or an export's search.json."""

    format: str = ""
    format_version: int = 0
    events: int | None = None
    hash: str = ""
    anchor: Anchor | None = None


def write_anchor(anchor: Anchor, target: Path, at: datetime | None = None) -> None:
    """Write an anchor to a file, whole or not at all. `at` (UTC) is now unless given. Raises OSError."""
    made = _AnchorFile(made_at_utc=(at or datetime.now(UTC)).replace(microsecond=0), events=anchor.events, hash=anchor.hash)
    with partial_folder(target) as folder:
        fresh = folder / "anchor.json"
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
        sync(fresh)
        publish(fresh, target)


def read_anchor(path: Path) -> Anchor:
    """Return the anchor of an anchor file, of a certificate (JSON) or of an export's search.json. Raises NoAnchor, OSError."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Holder)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NoAnchor(say("{name} is not an anchor: {why}", name=path.name, why=str(error))) from error
    if found.anchor is not None:
        return found.anchor
    if found.format == FORMAT and found.format_version == FORMAT_VERSION and found.events is not None and found.hash:
        return Anchor(found.events, found.hash)
    raise NoAnchor(
        say(
            "{name} is not an event log anchor. Use the file that `python -m indexer anchor` wrote, or a certificate's JSON "
            "file of format 2.",
            name=path.name,
        )
    )
