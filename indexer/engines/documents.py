"""What the index knows of a record: made from its version, the same way while it is taken in and ever after."""

from __future__ import annotations

from indexer.catalog.models import AccountView
from indexer.catalog.stored_data import IndexRow
from indexer.engines import Document
from indexer.local_time import local_day_of
from indexer.query.nodes import absent_from
from indexer.record import TimeRule, is_conversation


def document(row: IndexRow, account: AccountView, zone: str) -> Document:
    """Return what the index knows of a record."""
    data = row.data
    has = ["media"] if data.attachments else []
    has += {_MEDIA_WORDS.get(attachment.media_type.split("/")[0], "file") for attachment in data.attachments}
    if data.links:
        has.append("link")
    if data.hashtags:
        has.append("hashtag")
    if data.mentions:
        has.append("mention")
    if row.parent_id:
        has.append("reply")
    if is_conversation(row.kind, row.thread_id):
        has.append("conversation")
    if data.edited or row.versions > 1:
        has.append("edit")
    if data.deleted:
        has.append("deletion")
    if row.absent_from:
        has += ["absent", *(absent_from(capture) for capture in row.absent_from)]
    if row.posted_ms is None:
        has.append("undated")
    elif row.posted_rule and TimeRule(row.posted_rule).is_assumption:
        has.append("zone-assumed")
    posted = None if row.posted_ms is None else row.posted_ms // 1000
    around = (data.extra.get(fact, "") for fact in _NAMES_AROUND)
    parts = (row.text, row.title, data.thread_title, *(attachment.description for attachment in data.attachments), *around)
    return Document(
        pk=row.pk,
        parts=tuple(dict.fromkeys(part for part in (*parts, *row.earlier) if part)),
        account_id=row.account_id,
        account_words=tuple(word for word in (account.handle, account.name, account.native_id) if word),
        platform=account.platform,
        kind=row.kind,
        author=row.author,
        posted=posted,
        day=None if posted is None else local_day_of(posted, zone),
        has=tuple(sorted(has)),
        hashtags=data.hashtags,
        mentions=data.mentions,
        urls=data.links + data.short_links + ((row.url,) if row.url else ()),
    )


# Facts that people wrote or are called, and that stand around a record's text on its page: a search finds them too.
_NAMES_AROUND = (
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
