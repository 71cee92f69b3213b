"""Anchor files: the event log's length and newest hash, to be kept out of reach of anyone who can change the catalog."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from indexer.atomic_files import partial_folder, publish, sync
from indexer.catalog import Anchor
from indexer.i18n import say

FORMAT: Final = "Show-Me Records anchor of an event log"
FORMAT_VERSION: Final = 1


class InvalidAnchor(Exception):
    """The file is not an anchor; the text says why and what to do."""


class _AnchorFile(msgspec.Struct, frozen=True, kw_only=True):
    format: str = FORMAT
    format_version: int = FORMAT_VERSION
    made_at_utc: datetime
    events: int
    hash: str


class _AnyAnchor(msgspec.Struct, frozen=True, kw_only=True):
    """The relevant fields of all files with an anchor: an anchor file, a certificate, or an export's search.json."""

    format: str = ""
    format_version: int = 0
    events: int | None = None
    hash: str = ""
    anchor: Anchor | None = None


def write_anchor(anchor: Anchor, target: Path, at: datetime | None = None) -> None:
    """Write an anchor to a file atomically. `at` (UTC) defaults to now. Raises OSError."""
    anchor_file = _AnchorFile(made_at_utc=(at or datetime.now(UTC)).replace(microsecond=0), events=anchor.events, hash=anchor.hash)
    with partial_folder(target) as folder:
        draft = folder / "anchor.json"
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(anchor_file), indent=2) + b"\n")
        sync(draft)
        publish(draft, target)


def read_anchor(path: Path) -> Anchor:
    """Return the anchor in an anchor file, a certificate (JSON) or an export's search.json. Raises InvalidAnchor, OSError."""
    try:
        contents = msgspec.json.decode(path.read_bytes(), type=_AnyAnchor)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidAnchor(say("{name} is not an anchor: {why}", name=path.name, why=str(error))) from error
    if contents.anchor is not None:
        return contents.anchor
    if contents.format == FORMAT and contents.format_version == FORMAT_VERSION and contents.events is not None and contents.hash:
        return Anchor(contents.events, contents.hash)
    raise InvalidAnchor(
        say(
            "{name} is not an event log anchor. Use the file that `python -m indexer anchor` wrote, or a certificate's JSON "
            "file of format 2.",
            name=path.name,
        )
    )
