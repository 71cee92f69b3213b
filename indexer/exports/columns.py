"""The columns of an export, shared by all formats: name, meaning, and the record field each holds.

docs/exports.md lists the same names and meanings; a test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from indexer.catalog import Parties, RecordView, parties
from indexer.exports.values import Cell, Exact, MediaFile
from indexer.local_time import local_text, utc_text
from indexer.masking import mask_facts, mask_tokens


@dataclass(frozen=True, slots=True)
class Row:
    """A record to export: the record, the public body's time zone, and its attachments as stored in the package."""

    view: RecordView
    zone: str
    media: tuple[MediaFile, ...]
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: name, meaning, and `value`, which returns its exact value for a row."""

    name: str
    meaning: str
    value: Callable[[Row], Exact]
    width: int = 14  # in characters, for spreadsheets


_NO_PARTIES = Parties()


def _parties(row: Row) -> Parties:
    return parties(row.view) or _NO_PARTIES


def _attachments(row: Row) -> list[dict[str, str | int]]:
    return [
        {
            "name": media.name,
            "status": media.status,
            "file": media.file,
            "media_type": media.media_type,
            "size": media.size,
            "sha256": media.sha256,
            "url": media.url,
            "description": media.description,
        }
        for media in row.media
    ]


COLUMNS: tuple[Column, ...] = (
    Column(
        "record_id",
        "ID of the record, the same in every archive: platform, account, kind, and native ID.",
        lambda row: row.view.record_id,
        width=34,
    ),
    Column("platform", "Code of the platform, such as twitter or facebook.", lambda row: row.view.account.platform, width=10),
    Column(
        "account",
        "Account whose archive contains the record: handle, or name if there is no handle.",
        lambda row: row.view.account.handle_or_name,
        width=18,
    ),
    Column("account_name", "Display name of that account.", lambda row: row.view.account.name, width=22),
    Column("kind", "post, reply, repost, comment, message, like, story, reel, photo, video, or event.", lambda row: row.view.kind, width=9),
    Column(
        "terms",
        "For term lists: the terms that found the record, one per line. Empty in all other exports.",
        lambda row: row.terms,
        width=24,
    ),
    Column("author", "Author as shown on the platform.", lambda row: row.view.content.author, width=18),
    Column("author_id", "The platform's ID of the author, if the archive gives one.", lambda row: row.view.content.author_id),
    Column(
        "from",
        "For messages: the sender. Empty for other records and for conversation events recorded by the platform.",
        lambda row: _parties(row).sender,
        width=22,
    ),
    Column(
        "to",
        "For messages: the recipients, separated by semicolons; the name of the group if its members are not named.",
        lambda row: _parties(row).to,
        width=30,
    ),
    Column(
        "direction",
        "For messages: sent or received by the account. Empty: unknown, or not a message.",
        lambda row: str(_parties(row).direction),
        width=9,
    ),
    Column(
        "posted_local",
        "When it was posted, in the public body's time zone, which is named. Empty: the archive gives no time.",
        lambda row: local_text(row.view.content.posted_at, row.zone),
        width=24,
    ),
    Column("posted_utc", "The same time in UTC (ISO 8601).", lambda row: utc_text(row.view.content.posted_at), width=21),
    Column("posted_as_written", "The time exactly as it is in the archive.", lambda row: row.view.content.posted_written, width=24),
    Column("time_rule", "How UTC was determined.", lambda row: row.view.content.posted_rule),
    Column(
        "time_assumed",
        "yes: the archive does not state a time zone for this time, so the rule is an assumption. no: it does.",
        lambda row: "yes" if row.view.content.time_is_assumed else "no",
        width=8,
    ),
    Column(
        "text",
        "Text as readers saw it: entities decoded, short links expanded, damaged characters repaired.",
        lambda row: row.view.content.text,
        width=80,
    ),
    Column("title", 'The platform\'s own sentence ("The City shared a link.").', lambda row: row.view.content.title, width=30),
    Column("url", "Link to the record on the platform, if known.", lambda row: mask_tokens(row.view.content.url), width=40),
    Column("thread", "Conversation: the same for all records of one conversation.", lambda row: row.view.content.thread_id),
    Column("thread_title", "Name of the conversation, if it has one.", lambda row: row.view.content.thread_title),
    Column("parent", "Native ID of the record that this record replies to.", lambda row: row.view.content.parent_id),
    Column("hashtags", "Hashtags without #, separated by spaces.", lambda row: list(row.view.content.hashtags)),
    Column("mentions", "Mentioned accounts without @, separated by spaces.", lambda row: list(row.view.content.mentions)),
    Column(
        "links",
        "Links in the record, expanded, separated by spaces.",
        lambda row: [mask_tokens(link) for link in row.view.content.links],
        width=30,
    ),
    Column(
        "short_links",
        "The same links as they are in the archive (t.co), separated by spaces.",
        lambda row: [mask_tokens(link) for link in row.view.content.short_links],
    ),
    Column(
        "attachments",
        "Pictures, videos, and files, one per line: the file in this package below data/, or its name and why it is not in the package. "
        "In JSON Lines, a list of name, status, file, media_type, size, sha256, url, and description.",
        _attachments,
        width=40,
    ),
    Column("language", "Language as detected by the platform.", lambda row: row.view.content.language, width=8),
    Column(
        "edited",
        "When it was edited, in the public body's time zone, which is named.",
        lambda row: local_text(row.view.content.edited_at, row.zone),
        width=24,
    ),
    Column(
        "deleted",
        "When it was deleted, in the public body's time zone, which is named.",
        lambda row: local_text(row.view.content.deleted_at, row.zone),
        width=24,
    ),
    Column("version", "Version number of the record, starting with 1.", lambda row: row.view.version, width=8),
    Column("versions", "Number of versions on file.", lambda row: row.view.versions, width=8),
    Column(
        "not_in_capture_of",
        "Dates of later archives from which the record was gone, separated by spaces.",
        lambda row: [day.isoformat() for day in row.view.not_in_capture_of],
    ),
    Column("native_id", "The platform's own ID, or one derived by this software.", lambda row: row.view.native_id, width=22),
    Column(
        "native_id_made",
        "yes: the platform gives no ID, so it was derived from role, time, text, and attachments. no: it is the platform's.",
        lambda row: "yes" if row.view.content.id_is_made else "no",
        width=8,
    ),
    Column(
        "capture_digest", "SHA-256 of the archive that this version was read from.", lambda row: row.view.origin.capture_digest, width=20
    ),
    Column("member", "File in that archive that contains the record.", lambda row: row.view.origin.member, width=30),
    Column("item", "Number of the item in that file, from 0.", lambda row: row.view.origin.item, width=8),
    Column("start", "First byte of the item in the uncompressed file, from 0.", lambda row: row.view.origin.start, width=10),
    Column("length", "Length of the item in bytes.", lambda row: row.view.origin.length, width=8),
    Column("pointer", "Path inside the item, if one item contains several records.", lambda row: row.view.origin.pointer),
    Column(
        "content_digest",
        "SHA-256 of the record's content: the same content has the same digest.",
        lambda row: row.view.content_digest,
        width=20,
    ),
    Column(
        "extra",
        "Other details from the platform as a JSON object; personal technical data is masked.",
        lambda row: mask_facts(row.view.content.extra),
        width=24,
    ),
)


def exact_values(row: Row) -> dict[str, Exact]:
    """Return a row's values by column name, as JSON stores them."""
    return {column.name: column.value(row) for column in COLUMNS}


def cells(exact: dict[str, Exact]) -> list[Cell]:
    """Return the same values as spreadsheet cells, in column order."""
    return [value if value.__class__ is str else _cell(value) for value in exact.values()]


def _cell(value: Exact) -> Cell:
    if value.__class__ is int:
        return value
    if not value:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        if isinstance(value[0], dict):
            return "\n".join(_attachment(entry) for entry in value if isinstance(entry, dict))
        return " ".join(str(entry) for entry in value)
    raise TypeError(f"no cell can hold {value!r}")


def _attachment(entry: dict[str, str | int]) -> str:
    return str(entry["file"]) if entry["file"] else f"{entry['name'] or entry['url']} ({entry['status']})"
