"""Long posts: `note-tweet.js` holds their full text, `tweets.js` only the first 275 characters or so (2023 to now).

A note does not name its post, and its id is not a post's. The two are matched if they were created in the same second
and the post's unescaped text is the beginning of the note's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from msgspec.structs import replace

from indexer.evidence import Archive
from indexer.i18n import message_of, say
from indexer.importers.twitter.items import decode, items_of, place_of
from indexer.importers.twitter.keys import KeyWatch
from indexer.importers.twitter.text import Number, RenderedText, read_note
from indexer.importers.twitter.times import parse_time
from indexer.importers.twitter.tweets import ReadTweet, plain_start, text_of
from indexer.record import Account, Locator, Moment, Problem, Record, RecordKind, Tally

_CERTAIN = 100  # a common prefix of this many characters, in the same second, is no coincidence
_CUT = "…"


class _NoteLink(msgspec.Struct, frozen=True, rename="camel"):
    short_url: str | None = None
    expanded_url: str | None = None


class _NoteName(msgspec.Struct, frozen=True, rename="camel"):
    screen_name: str | None = None
    text: str | None = None


class _Core(msgspec.Struct, frozen=True):
    text: str | None = None
    urls: list[_NoteLink] | None = None
    mentions: list[_NoteName] | None = None
    hashtags: list[_NoteName] | None = None


class _Note(msgspec.Struct, frozen=True, rename="camel"):
    note_tweet_id: Number = None
    created_at: Number = None
    core: _Core | None = None


class _Item(msgspec.Struct, frozen=True, rename="camel"):
    note_tweet: _Note | None = None
    deleted_note_tweet: _Note | None = None


_DECODER = msgspec.json.Decoder(_Item)


@dataclass(slots=True)
class _PendingNote:
    """A note not matched to a post yet; `copies` are the locations of its exact copies."""

    number: str
    created: Moment | None
    core: _Core
    place: Locator
    raw: bytes
    state: str
    copies: list[Locator] = field(default_factory=list)


class Notes:
    """The notes of one archive, by second. Each is used once; unmatched notes become records of their own."""

    def __init__(self, account: Account, keys: KeyWatch) -> None:
        self._account = account
        self._keys = keys
        self._by_second: dict[datetime, list[_PendingNote]] = {}
        self._undated: list[_PendingNote] = []
        self._held: list[ReadTweet] = []

    def load(self, archive: Archive, member: str, state: str) -> Iterator[Problem | Tally]:
        """Read one file of notes. `state` marks the notes of deleted posts."""
        count = 0
        for item in items_of(archive, member):
            if isinstance(item, Problem):
                yield item
                continue
            yield from self._keys.problems("note", member, item)
            result = decode(_DECODER, item.raw)
            note = None if isinstance(result, str) else result[0].note_tweet or result[0].deleted_note_tweet
            if note is None or note.core is None or note.core.text is None:
                why = result if isinstance(result, str) else say("it has no text")
                yield Problem(member, "bad-item", say("This item cannot be read as the text of a long post: {why}.", why=why), item.index)
                continue
            if not isinstance(result, str) and result[1]:
                yield Problem(member, "bad-text", result[1], item.index)
            count += 1
            pending = _PendingNote(text_of(note.note_tweet_id), None, note.core, place_of(member, item), item.raw, state)
            try:
                pending.created = parse_time(text_of(note.created_at))
            except ValueError as error:
                why = say("The date of this long text cannot be read ({why}); it was kept without it.", why=message_of(error))
                yield Problem(member, "bad-date", why, item.index)
            self._add(pending)
        yield Tally(member, count)

    def match(self, post: ReadTweet) -> ReadTweet | None:
        """Return the post with its full text if a note certainly belongs to it, unchanged if none can, None if it is held back.

        A post with a short text is held back until all posts are known: another post of that second may fit better.
        """
        posted = post.record.posted
        if not self._by_second or posted is None or posted.utc is None:
            return post
        notes = self._by_second.get(posted.utc.replace(microsecond=0))
        if not notes or post.record.kind is RecordKind.REPOST:
            return post
        candidates = [(length, note) for note in notes if (length := _common_length(post, note))]
        if not candidates:
            return post
        exact = [note for _, note in candidates if note.core.text == plain_start(post.tweet)]
        if exact or max(length for length, _ in candidates) >= _CERTAIN:
            return self._merge(post, (exact or [note for _, note in candidates])[0])
        self._held.append(post)
        return None

    def rest(self) -> Iterator[ReadTweet | Record]:
        """Yield the posts that were held back, longest text first, then the unmatched notes."""
        for post in sorted(self._held, key=lambda post: -len(plain_start(post.tweet))):
            posted = post.record.posted
            candidates = self._by_second.get(posted.utc.replace(microsecond=0), []) if posted and posted.utc else []
            note = next((note for note in candidates if _common_length(post, note)), None)
            yield self._merge(post, note) if note else post
        self._held.clear()
        for notes in (*self._by_second.values(), self._undated):
            for note in notes:
                yield self._unmatched_record(note)
        self._by_second.clear()
        self._undated.clear()

    def _add(self, note: _PendingNote) -> None:
        if note.created is None or note.created.utc is None:
            self._undated.append(note)
            return
        notes = self._by_second.setdefault(note.created.utc.replace(microsecond=0), [])
        for earlier in notes:
            if earlier.core.text == note.core.text:
                earlier.copies.append(note.place)
                return
        notes.append(note)

    def _merge(self, post: ReadTweet, note: _PendingNote) -> ReadTweet:
        """Replace a post's text with the full text of its note."""
        record = post.record
        second = record.posted.utc if record.posted else None
        if second is not None:
            notes = self._by_second[second.replace(microsecond=0)]
            notes.remove(note)
        start = _mentions_before(plain_start(post.tweet))
        rendered = _render(note.core, start)
        entities = post.tweet.entities
        names = tuple(mention.screen_name for mention in (entities and entities.user_mentions) or () if mention.screen_name)
        extra = {key: value for key, value in record.extra.items() if key != "cut"}
        extra["long_text"] = "from the archive's file of long posts"
        if rendered.quoted:
            extra["quoted"] = rendered.quoted
        joined = replace(
            record,
            text=rendered.text,
            links=tuple(dict.fromkeys((*rendered.links, *(link for link in record.links if link not in rendered.short_links)))),
            short_links=tuple(dict.fromkeys((*rendered.short_links, *record.short_links))),
            hashtags=tuple(dict.fromkeys((*rendered.hashtags, *record.hashtags))),
            mentions=tuple(dict.fromkeys((*names, *rendered.mentions))),
            folded=(*record.folded, note.place, *note.copies),
            extra=extra,
        )
        return replace(post, record=joined)

    def _unmatched_record(self, note: _PendingNote) -> Record:
        rendered = _render(note.core)
        extra = {"long_text": "its post is not in the archive"}
        if note.state:
            extra["state"] = note.state
        if rendered.quoted:
            extra["quoted"] = rendered.quoted
        return Record(
            kind=RecordKind.POST,
            native_id=note.number or f"note-{note.place.index}",
            place=note.place,
            raw=note.raw,
            text=rendered.text,
            author=self._account.handle,
            author_id=self._account.native_id,
            posted=note.created,
            links=rendered.links,
            short_links=rendered.short_links,
            hashtags=rendered.hashtags,
            mentions=rendered.mentions,
            id_is_made=not note.number,
            folded=tuple(note.copies),
            extra=extra,
        )


def _render(core: _Core, start: str = "") -> RenderedText:
    """Render a note; `start` is the mentions before it in the post."""
    urls = [(link.short_url, link.expanded_url or link.short_url) for link in core.urls or () if link.short_url]
    tags = [tag.text for tag in core.hashtags or () if tag.text]
    names = [name.screen_name for name in core.mentions or () if name.screen_name]
    text = core.text or ""
    return read_note(text if text.startswith(start) else start + text, urls, tags, names)


def _common_length(post: ReadTweet, note: _PendingNote) -> int:
    """Return the number of characters a post's text shares with the start of a note's; 0 if the note belongs to another post."""
    full_text = note.core.text or ""
    start = plain_start(post.tweet)
    for text in (start, start[len(_mentions_before(start)) :]):
        if text == full_text:
            return len(text)
        words = text.removesuffix(_CUT).rstrip()
        if text.endswith(_CUT) and words and full_text.startswith(words):
            return len(words)
    return 0


def _mentions_before(text: str) -> str:
    """Return the mentions at the start of a reply; its note may begin after them."""
    position = 0
    while text[position : position + 1] == "@" and (end := text.find(" ", position)) > 0:
        position = end + 1
    return text[:position]
