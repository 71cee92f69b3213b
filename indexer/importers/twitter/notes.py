"""Long posts: `note-tweet.js` holds their full text, `tweets.js` only the first 275 signs or so (2023 to now).

A note names no post, and its id is none of a post's. It is joined by the second in which both were made and by the
post's text, undone, being the beginning of the note's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec

from indexer.evidence.archive import Archive
from indexer.i18n import message_of, say
from indexer.importers.twitter.items import decode, items_of, place_of
from indexer.importers.twitter.keys import KeyWatch
from indexer.importers.twitter.text import Number, Reading, read_note
from indexer.importers.twitter.times import x_moment
from indexer.importers.twitter.tweets import ReadTweet, plain_start, text_of
from indexer.record import Account, Locator, Moment, Problem, Record, RecordKind, Tally

_SURE = 100  # a common beginning of that many signs, in the same second, is no chance
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
class _Waiting:
    """A note that no post has taken yet; `copies` are the places of exact copies of it."""

    number: str
    created: Moment | None
    core: _Core
    place: Locator
    raw: bytes
    state: str
    copies: list[Locator] = field(default_factory=list)


class Notes:
    """The notes of one archive, by second. Each is used once; what is left over becomes a record of its own."""

    def __init__(self, account: Account, keys: KeyWatch) -> None:
        self._account = account
        self._keys = keys
        self._by_second: dict[datetime, list[_Waiting]] = {}
        self._undated: list[_Waiting] = []
        self._held: list[ReadTweet] = []

    def load(self, archive: Archive, member: str, state: str) -> Iterator[Problem | Tally]:
        """Read one file of notes. `state` marks the notes of deleted posts."""
        read = 0
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
            read += 1
            waiting = _Waiting(text_of(note.note_tweet_id), None, note.core, place_of(member, item), item.raw, state)
            try:
                waiting.created = x_moment(text_of(note.created_at))
            except ValueError as error:
                why = say("The date of this long text cannot be read ({why}); it was kept without it.", why=message_of(error))
                yield Problem(member, "bad-date", why, item.index)
            self._add(waiting)
        yield Tally(member, read)

    def join(self, read: ReadTweet) -> ReadTweet | None:
        """Return the post with its full text when a note is surely its own, unchanged when none can be, None when held back.

        A post is held back until all are known when its text is short: another post of that second may fit better.
        """
        posted = read.record.posted
        if not self._by_second or posted is None or posted.utc is None:
            return read
        waiting = self._by_second.get(posted.utc.replace(microsecond=0))
        if not waiting or read.record.kind is RecordKind.REPOST:
            return read
        fits = [(length, note) for note in waiting if (length := _common(read, note))]
        if not fits:
            return read
        exact = [note for _, note in fits if note.core.text == plain_start(read.tweet)]
        if exact or max(length for length, _ in fits) >= _SURE:
            return self._take(read, (exact or [note for _, note in fits])[0])
        self._held.append(read)
        return None

    def rest(self) -> Iterator[ReadTweet | Record]:
        """Give the posts that were held back, the longest common beginning first, then the notes that no post has taken."""
        for read in sorted(self._held, key=lambda one: -len(plain_start(one.tweet))):
            posted = read.record.posted
            waiting = self._by_second.get(posted.utc.replace(microsecond=0), []) if posted and posted.utc else []
            note = next((note for note in waiting if _common(read, note)), None)
            yield self._take(read, note) if note else read
        self._held.clear()
        for notes in (*self._by_second.values(), self._undated):
            for note in notes:
                yield self._alone(note)
        self._by_second.clear()
        self._undated.clear()

    def _add(self, waiting: _Waiting) -> None:
        if waiting.created is None or waiting.created.utc is None:
            self._undated.append(waiting)
            return
        notes = self._by_second.setdefault(waiting.created.utc.replace(microsecond=0), [])
        for other in notes:
            if other.core.text == waiting.core.text:
                other.copies.append(waiting.place)
                return
        notes.append(waiting)

    def _take(self, read: ReadTweet, note: _Waiting) -> ReadTweet:
        """Give a post the full text of its note."""
        record = read.record
        second = record.posted.utc if record.posted else None
        if second is not None:
            notes = self._by_second[second.replace(microsecond=0)]
            notes.remove(note)
        start = _mentions_before(plain_start(read.tweet))
        reading = _reading(note.core, start)
        entities = read.tweet.entities
        names = tuple(named.screen_name for named in (entities and entities.user_mentions) or () if named.screen_name)
        extra = {key: value for key, value in record.extra.items() if key != "cut"}
        extra["long_text"] = "from the archive's file of long posts"
        if reading.quoted:
            extra["quoted"] = reading.quoted
        joined = replace(
            record,
            text=reading.text,
            links=tuple(dict.fromkeys((*reading.links, *(link for link in record.links if link not in reading.short_links)))),
            short_links=tuple(dict.fromkeys((*reading.short_links, *record.short_links))),
            hashtags=tuple(dict.fromkeys((*reading.hashtags, *record.hashtags))),
            mentions=tuple(dict.fromkeys((*names, *reading.mentions))),
            folded=(*record.folded, note.place, *note.copies),
            extra=extra,
        )
        return replace(read, record=joined)

    def _alone(self, note: _Waiting) -> Record:
        reading = _reading(note.core)
        extra = {"long_text": "its post is not in the archive"}
        if note.state:
            extra["state"] = note.state
        if reading.quoted:
            extra["quoted"] = reading.quoted
        return Record(
            kind=RecordKind.POST,
            native_id=note.number or f"note-{note.place.index}",
            place=note.place,
            raw=note.raw,
            text=reading.text,
            author=self._account.handle,
            author_id=self._account.native_id,
            posted=note.created,
            links=reading.links,
            short_links=reading.short_links,
            hashtags=reading.hashtags,
            mentions=reading.mentions,
            id_is_made=not note.number,
            folded=tuple(note.copies),
            extra=extra,
        )


def _reading(core: _Core, start: str = "") -> Reading:
    """Return what a reader saw of a note; `start` are the mentions that stand before it in the post."""
    urls = [(link.short_url, link.expanded_url or link.short_url) for link in core.urls or () if link.short_url]
    tags = [tag.text for tag in core.hashtags or () if tag.text]
    names = [name.screen_name for name in core.mentions or () if name.screen_name]
    text = core.text or ""
    return read_note(text if text.startswith(start) else start + text, urls, tags, names)


def _common(read: ReadTweet, note: _Waiting) -> int:
    """Return how many signs a post's text shares with the beginning of a note's, 0 when the note is not its own."""
    full = note.core.text or ""
    start = plain_start(read.tweet)
    for text in (start, start[len(_mentions_before(start)) :]):
        if text == full:
            return len(text)
        words = text.removesuffix(_CUT).rstrip()
        if text.endswith(_CUT) and words and full.startswith(words):
            return len(words)
    return 0


def _mentions_before(text: str) -> str:
    """Return the mentions that a reply begins with; a note may begin behind them."""
    at = 0
    while text[at : at + 1] == "@" and (end := text.find(" ", at)) > 0:
        at = end + 1
    return text[:at]
