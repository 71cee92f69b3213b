"""Builds the index document of a record from its current version, at ingest and at every later update alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from indexer.catalog import AccountView, IndexRow
from indexer.engines.engine import Document
from indexer.local_time import local_day_of
from indexer.query import absent_from
from indexer.record import is_conversation

_NOBODY: Mapping[tuple[str, str], str] = MappingProxyType({})


def make_document(row: IndexRow, account: AccountView, zone: str, people: Mapping[tuple[str, str], str] = _NOBODY) -> Document:
    """Build the document of a record. `people` maps (platform, user number) to the names people gave them."""
    content = row.content
    has = ["media"] if content.attachments else []
    has += {_MEDIA_WORDS.get(attachment.media_type.split("/")[0], "file") for attachment in content.attachments}
    if content.links:
        has.append("link")
    if content.hashtags:
        has.append("hashtag")
    if content.mentions:
        has.append("mention")
    if content.parent_id:
        has.append("reply")
    if is_conversation(row.kind, content.thread_id):
        has.append("conversation")
    if content.edited or row.versions > 1:
        has.append("edit")
    if content.deleted:
        has.append("deletion")
    if row.absent_from:
        has += ["absent", *(absent_from(capture) for capture in row.absent_from)]
    if content.posted_ms is not None and content.time_is_assumed:
        has.append("zone-assumed")
    posted = None if content.posted_ms is None else content.posted_ms // 1000
    facts = (content.extra.get(fact, "") for fact in _SEARCHED_FACTS)
    parts = (content.text, content.title, content.thread_title, *(attachment.description for attachment in content.attachments), *facts)
    return Document(
        pk=row.pk,
        parts=tuple(dict.fromkeys(part for part in (*parts, *row.earlier) if part)),
        account_id=account.id,
        account_words=_account_words(account),
        platform=account.platform,
        kind=row.kind,
        author=content.author,
        posted=posted,
        day=None if posted is None else local_day_of(posted, zone),
        has=tuple(sorted(has)),
        hashtags=content.hashtags,
        mentions=content.mentions,
        author_names=(name,) if (name := people.get((account.platform, content.author))) else (),
        urls=content.links + content.short_links + ((content.url,) if content.url else ()),
    )


def _account_words(account: AccountView) -> tuple[str, ...]:
    names = (account.handle, account.name, account.native_id)
    parts = (name for part in account.parts for name in (part.handle, part.name, part.native_id))
    return tuple(dict.fromkeys(name for name in (*names, *parts) if name))


# Extra facts shown with a record's text on its page (names, and text that people wrote): searched too.
_SEARCHED_FACTS = (
    "album",
    "event",
    "group",
    "in_reply_to",
    "media_owner",
    "note",
    "participants",
    "place",
    "profile",
    "quoted_text",
    "tagged",
    "target",
    "with",
)
_MEDIA_WORDS = {"image": "picture", "video": "video", "audio": "sound"}
