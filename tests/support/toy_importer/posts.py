"""The posts of a Toy archive."""

from __future__ import annotations

from typing import Final

import msgspec

from indexer.evidence import Archive, JsonItem
from indexer.i18n import say
from indexer.local_time import from_epoch
from indexer.record import Account, Attachment, Locator, Moment, Problem, Record, RecordKind
from indexer.text import hashtags, links, mentions

POSTS: Final = "posts.json"


class _Post(msgspec.Struct, forbid_unknown_fields=True):  # a key that is not read becomes a problem
    id: str
    text: str = ""
    at: int | None = None
    picture: str = ""


_POST: Final = msgspec.json.Decoder(_Post)


def post(item: JsonItem, account: Account, archive: Archive) -> Record | Problem:
    """Return the record of an item, or what is wrong with it."""
    try:
        read = _POST.decode(item.raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Problem(POSTS, "bad-item", say("This item does not read as a post: {error}.", error=str(error)), item.index)
    if not read.id:
        return Problem(POSTS, "bad-item", say("This post has no id."), item.index)
    return Record(
        kind=RecordKind.POST,
        native_id=read.id,
        place=Locator(POSTS, item.index, item.start, len(item.raw)),
        raw=item.raw,
        text=read.text,
        author=account.handle,
        posted=_moment(read.at),
        attachments=(_picture(read.picture, archive),) if read.picture else (),
        links=links(read.text),
        hashtags=hashtags(read.text),
        mentions=mentions(read.text),
    )


def _moment(at: int | None) -> Moment | None:
    return from_epoch(at, str(at)) if at is not None and 0 < at < 1 << 35 else None


def _picture(name: str, archive: Archive) -> Attachment:
    return Attachment(name.rsplit("/", 1)[-1], "image/png", archive.stored_name(name) if name in archive else "")
