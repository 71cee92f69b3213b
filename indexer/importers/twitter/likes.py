"""Likes in X archives: posts of others that the account liked, with their text since 2019, never with a date."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from indexer.evidence import Archive
from indexer.i18n import say
from indexer.importers.twitter.items import decode, items_of, place_of
from indexer.importers.twitter.keys import KeyWatch
from indexer.importers.twitter.text import Number, read_text
from indexer.importers.twitter.tweets import text_of
from indexer.record import Account, Problem, Record, RecordKind, Tally


class _Like(msgspec.Struct, frozen=True, rename="camel"):
    tweet_id: Number = None
    full_text: str | None = None
    expanded_url: str | None = None


class _Item(msgspec.Struct, frozen=True):
    like: _Like | None = None


_DECODER = msgspec.json.Decoder(_Item)


def read_likes(archive: Archive, member: str, account: Account, keys: KeyWatch) -> Iterator[Record | Problem | Tally]:
    """Yield a record for each like, with the liked post's unescaped text; its parent is the liked post."""
    count = 0
    for item in items_of(archive, member):
        if isinstance(item, Problem):
            yield item
            continue
        yield from keys.problems("like", member, item)
        result = decode(_DECODER, item.raw)
        like = None if isinstance(result, str) else result[0].like
        number = text_of(like.tweet_id) if like else ""
        if like is None or not number:
            why = result if isinstance(result, str) else say("it names no post")
            yield Problem(member, "bad-item", say("This item cannot be read as a like: {why}.", why=why), item.index)
            continue
        if not isinstance(result, str) and result[1]:
            yield Problem(member, "bad-text", result[1], item.index)
        count += 1
        rendered = read_text(like.full_text or "", None)
        yield Record(
            kind=RecordKind.LIKE,
            native_id=number,
            place=place_of(member, item),
            raw=item.raw,
            text=rendered.text,
            author=account.handle,
            author_id=account.native_id,
            url=like.expanded_url or f"https://x.com/i/status/{number}",
            parent_id=number,
            links=rendered.links,
            short_links=rendered.short_links,
            hashtags=rendered.hashtags,
            mentions=rendered.mentions,
            extra={"reaction": "like"},
        )
    yield Tally(member, count)
