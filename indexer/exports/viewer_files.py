"""The offline viewer of a package: data/viewer/index.html opens from disk and searches and filters on its own.

A page opened from disk cannot read files, only load scripts. So the records are scripts in chunks: short rows of all
records for searching, and the details of a record, loaded when it is opened. A record's text is never markup: texts are
JSON in plain ASCII scripts without `<`, and the page turns them into text nodes.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, Final

import msgspec

from indexer import platforms
from indexer.catalog import RecordView, parties, person
from indexer.exports.bag import BagZip
from indexer.exports.names import is_everything
from indexer.exports.readme import coverage_lines
from indexer.exports.values import Description, Exact, Extras
from indexer.exports.viewer_tables import tables
from indexer.local_time import local_text

SOURCES: Final = Path(__file__).parent / "viewer"
PLAIN_FILES: Final = ("fold.js", "page.js", "record.js", "viewer.css", "viewer.js", "words.js")
LIST_ROWS, DETAIL_ROWS = 2_000, 250
_PICTURES: Final = (".jpg", ".jpeg", ".png", ".gif", ".webp")
CHUNK = 1_000_000  # characters per script, approximately
_DELETED, _EDITED, _ASSUMED = 1, 2, 4


class ViewerFiles:
    """Writer of a package's records, then its related records, to the viewer in the bag."""

    def __init__(self, bag: BagZip, about: Description, extras: Extras) -> None:
        self._bag, self._about, self._extras = bag, about, extras
        self._accounts: dict[int, int] = {}
        self._account_lines: list[dict[str, str]] = []
        self._kinds: dict[str, None] = {}
        self._list_scripts = _ScriptWriter(bag, "list", LIST_ROWS)
        self._detail_scripts = _ScriptWriter(bag, "detail", DETAIL_ROWS)

    def add(self, view: RecordView, exact: Mapping[str, Exact]) -> None:
        """Write a record, in package order."""
        self._kinds[view.kind] = None
        self._list_scripts.add(self._row(view, exact))
        self._detail_scripts.add(self._details(view, exact))

    def close(self, *, context: int, notes: Sequence[str], files: Sequence[str]) -> None:
        """Finish the viewer. `context`: number of related records; `files`: the package's other files, below data/."""
        lists, details = self._list_scripts.close(), self._detail_scripts.close()
        about = self._about
        meta = {
            "total": self._list_scripts.rows - context,
            "context_total": context,
            "query": about.title if is_everything(about.query) else about.query,
            "reading": about.reading,
            "readings": dict(about.readings),
            "filters": list(about.filters),
            "sort": about.sort,
            "zone": about.zone,
            "made": local_text(about.made_at, about.zone),
            "made_by": about.made_by,
            "version": about.version,
            "captures": [{"name": capture.name, "digest": capture.digest} for capture in about.captures],
            "coverage": [line.strip() for line in coverage_lines(about.coverage) if line.strip()],
            "notes": [*about.notes, *notes],
            "accounts": self._account_lines,
            "kinds": sorted(self._kinds),
            "files": list(files),
            "lists": [name for name, _ in lists],
            "details": [[name, start] for name, start in details],
        }
        self._bag.add_text("data/viewer/data/meta.js", _script("meta", meta))
        self._bag.add_text("data/viewer/tables.js", tables())
        for name in PLAIN_FILES:
            self._bag.add_text(f"data/viewer/{name}", (SOURCES / name).read_text(encoding="utf-8"))
        title = f"{about.organization}: {about.title}" if about.organization else about.title
        texts = {
            "title": title,
            "band": about.organization or "Social media records",
            "query": about.title,
            "reading": about.reading,
            "total": f"{meta['total']:,}",
        }
        page = Template((SOURCES / "index.html").read_text(encoding="utf-8"))
        self._bag.add_text("data/viewer/index.html", page.substitute({name: html.escape(text) for name, text in texts.items()}))

    def _row(self, view: RecordView, exact: Mapping[str, Exact]) -> list[Any]:
        """Return the fields that the list and the search use, in the order page.js expects."""
        text, people = str(exact["text"]), parties(view)
        more = "\n".join(
            part
            for part in (
                view.content.thread_title,
                *(attachment.description for attachment in view.attachments),
                str(exact["url"]),
                *_texts(exact["links"]),
            )
            if part
        )
        flags = _DELETED * bool(view.content.deleted_at) | _EDITED * bool(view.content.edited_at) | _ASSUMED * view.content.time_is_assumed
        marks = [offset for span in self._extras.marks(text or view.content.title) for offset in span]
        return [
            view.content.posted_ms,
            exact["posted_local"],
            self._account(view),
            view.kind,
            person(view.content.author, view.account.platform),
            text,
            view.content.title,
            more,
            flags,
            utf16_offsets(text or view.content.title, marks) or 0,
            view.native_id,
            view.content.parent_id,
            view.content.thread_id,
            exact["not_in_capture_of"] or 0,
            len(view.attachments),
            view.versions,
            people and [people.sender, people.to, people.line or people.group, int(people.is_event)],
            _thumbnail(exact["attachments"]) or 0,
        ]

    def _details(self, view: RecordView, exact: Mapping[str, Exact]) -> dict[str, Any]:
        versions = self._extras.versions(view) if view.versions > 1 else ()
        zone = self._about.zone
        return {
            "record_id": view.record_id,
            "url": exact["url"],
            "links": exact["links"],
            "thread_title": view.content.thread_title,
            "attachments": exact["attachments"],
            "edited": exact["edited"],
            "deleted": exact["deleted"],
            "written": view.content.posted_written,
            "utc": exact["posted_utc"],
            "version": view.version,
            "versions": [
                {
                    "version": version.version,
                    "edited": local_text(version.content.edited_at, zone),
                    "text": version.content.text or version.content.title,
                }
                for version in versions
            ],
            "digest": view.content_digest,
            "capture": view.origin.capture_digest,
            "member": view.origin.member,
            "item": view.origin.item,
            "start": view.origin.start,
            "length": view.origin.length,
            "extra": exact["extra"],
        }

    def _account(self, view: RecordView) -> int:
        if view.account.id not in self._accounts:
            self._accounts[view.account.id] = len(self._account_lines)
            title = platforms.title(view.account.platform)
            line = {
                "label": view.account.handle_or_name,
                "name": view.account.name,
                "platform": view.account.platform,
                "platform_title": title,
            }
            self._account_lines.append(line)
        return self._accounts[view.account.id]


class _ScriptWriter:
    """Writer of rows to scripts of a few thousand rows or about a million characters each."""

    def __init__(self, bag: BagZip, call: str, max_rows: int) -> None:
        self._bag, self._call, self._max_rows = bag, call, max_rows
        self._waiting: list[str] = []
        self._characters = 0
        self._files: list[tuple[str, int]] = []
        self.rows = 0

    def add(self, row: object) -> None:
        line = _json(row)
        self._waiting.append(line)
        self._characters += len(line)
        self.rows += 1
        if len(self._waiting) >= self._max_rows or self._characters >= CHUNK:
            self._write()

    def close(self) -> list[tuple[str, int]]:
        """Return each file, as the page names it, with the number of its first row, from 0."""
        if self._waiting:
            self._write()
        return self._files

    def _write(self) -> None:
        start = self.rows - len(self._waiting)
        name = f"data/{self._call}-{len(self._files) + 1:04}.js"
        text = f"SHOWME.{self._call}({start}, [\n" + ",\n".join(self._waiting) + "\n]);\n"
        self._bag.add_text(f"data/viewer/{name}", text)
        self._files.append((name, start))
        self._waiting, self._characters = [], 0


def _thumbnail(attachments: Exact) -> str:
    """Return the path of the first picture that a browser surely shows; empty if there is none."""
    for entry in attachments if isinstance(attachments, list) else ():
        if isinstance(entry, dict) and str(entry["file"]).lower().endswith(_PICTURES):
            return str(entry["file"])
    return ""


def utf16_offsets(text: str, offsets: Sequence[int]) -> list[int]:
    """Convert offsets in code points to UTF-16 units, as a browser counts: two for characters beyond U+FFFF."""
    if not offsets or text.isascii() or max(text) <= "\uffff":
        return list(offsets)
    units, before = [], 0
    for letter in text:
        units.append(before)
        before += 2 if letter > "\uffff" else 1
    units.append(before)
    return [units[offset] for offset in offsets]


def _json(value: object) -> str:
    """Return JSON that is safe inside a script: ASCII only, without characters that begin or end markup."""
    try:
        text = _encode(value).decode("ascii")
    except UnicodeError:  # other letters, or half of one: only the slower encoder escapes them
        text = _encode_ascii(value)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


_encode: Final = msgspec.json.Encoder(enc_hook=str).encode  # sentences are texts
_encode_ascii: Final[Callable[[object], str]] = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def _script(call: str, value: object) -> str:
    return f"SHOWME.{call}({_json(value)});\n"


def _texts(value: Exact) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
