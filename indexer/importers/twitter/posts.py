"""Reads all posts of an archive: joins what X spread over several files, folds what stands twice, orders versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec

from indexer.evidence.archive import Archive
from indexer.i18n import say
from indexer.importers.twitter.csv_table import row_record, rows
from indexer.importers.twitter.items import decode, items_of, place_of
from indexer.importers.twitter.keys import KeyWatch
from indexer.importers.twitter.media import MediaFiles
from indexer.importers.twitter.members import DataFile, Role
from indexer.importers.twitter.notes import Notes
from indexer.importers.twitter.text import Number
from indexer.importers.twitter.tweets import ReadTweet, Tweet, TweetReader, text_of
from indexer.record import Account, Locator, Moment, Problem, Record, Tally


class SeenPosts:
    """Digests of what posts say, by post id. Archives that a tool has extended hold some posts twice (seen 2018-2019)."""

    def __init__(self) -> None:
        self._digests: dict[int, int] = {}  # 130 bytes a post; a table of our own took 56, and four times as long
        self._further: dict[int, list[int]] = {}  # contents of the few ids that came twice, first one included

    def __contains__(self, number: int) -> bool:
        return number in self._digests

    def first(self, number: int, digest: int) -> bool:
        """Note a post; True when its id is new."""
        if number in self._digests:
            return False
        self._digests[number] = digest
        return True

    def version(self, number: int, digest: int) -> tuple[int, bool]:
        """Return which content of a known id this is (0 the first one again, 1 the second one ...), and whether it is new."""
        contents = self._further.setdefault(number, [self._digests[number]])
        if digest in contents:
            return contents.index(digest), False
        contents.append(digest)
        return len(contents) - 1, True


class _Header(msgspec.Struct, frozen=True):
    tweet_id: Number = None
    created_at: Number = None
    deleted_at: Number = None


class _HeaderItem(msgspec.Struct, frozen=True):
    tweet: _Header | None = None


_HEADER = msgspec.json.Decoder(_HeaderItem)
_ID_LIMIT = 2**64


class PostReader:
    """Makes records of the posts of one archive; to be used once."""

    def __init__(self, archive: Archive, account: Account, media: MediaFiles, keys: KeyWatch) -> None:
        self._archive = archive
        self._account = account
        self._keys = keys
        self._reader = TweetReader(account, media, keys)
        self._notes = Notes(account, keys)
        self._seen = SeenPosts()
        self._texts: SeenPosts | None = None  # what the month files say, for the comparison with the table
        self._sides: dict[str, ReadTweet] = {}  # posts of the small files, by id; few
        self._edits: list[Record] = []  # later versions, until their first ones are known; few
        self._first_posted: dict[str, Moment] = {}  # of posts that have later versions; few

    def records(self, files: Iterable[DataFile], months: Iterable[str], table: str) -> Iterator[Record | Problem | Tally]:
        """Yield every post: those of the large files as they come, then deleted and other small files', then edits, then the table's."""
        files = list(files)
        for file in files:
            if file.role is Role.NOTES:
                yield from self._notes.load(self._archive, file.member, file.marks.get("state", ""))
        for file in files:
            if file.role is Role.SIDE_POSTS:
                yield from self._load_side(file)
        for file in files:
            if file.role is Role.DELETED_HEADERS:
                yield from self._load_headers(file)
        for file in files:
            if file.role is Role.POSTS:
                yield from self._stream(file)
        self._texts = SeenPosts() if table else None
        months = list(months)
        for member in months:
            yield from self._month(member)
        for read in self._sides.values():
            if record := self._give(read):
                yield record
        for rest in self._notes.rest():
            if record := self._version(rest.record) if isinstance(rest, ReadTweet) else rest:
                yield record
        for record in self._edits:
            yield replace(record, posted=self._first_posted.get(record.native_id, record.posted))
        if table:
            yield from self._table(table)

    def _stream(self, file: DataFile) -> Iterator[Record | Problem | Tally]:
        """Read a large file; a post that an earlier item gave unchanged is told as a Problem, because that one is given already."""
        count = 0
        for read in self._items(file):
            if isinstance(read, Problem):
                yield read
                continue
            count += 1
            number, digest, given = _as_number(read.number), _digest(read.record), read
            if self._seen.first(number, digest):
                if problem := _differing(read, self._sides.get(read.number)):
                    yield problem
                given = self._with_side(read)
            else:
                order, is_new = self._seen.version(number, digest)
                if not is_new:
                    yield _doubled(read.record.place, read.number)
                    continue
                given = replace(read, record=replace(read.record, version_order=read.record.version_order + order))
            if record := self._give(given):
                yield record
        yield Tally(file.member, count)

    def _month(self, member: str) -> Iterator[Record | Problem | Tally]:
        """Read a month of 2013-2019 as a whole; a post that stands twice in it, as tools have left them, is folded into the first."""
        kept: dict[tuple[int, int], ReadTweet] = {}
        count = 0
        for read in self._items(DataFile(member, Role.POSTS, {}, 0)):
            if isinstance(read, Problem):
                yield read
                continue
            count += 1
            number, order, is_new = _as_number(read.number), 0, True
            if self._texts is not None and not self._texts.first(number, hash(_stored(read.tweet))):
                self._texts.version(number, hash(_stored(read.tweet)))
            if not self._seen.first(number, _digest(read.record)):
                order, is_new = self._seen.version(number, _digest(read.record))
            first = kept.get((number, order))
            if is_new:
                kept[number, order] = replace(read, record=replace(read.record, version_order=order)) if order else read
            elif first is not None:
                kept[number, order] = replace(first, record=replace(first.record, folded=(*first.record.folded, read.record.place)))
            else:
                yield _doubled(read.record.place, read.number)
        for read in kept.values():
            if problem := _differing(read, self._sides.get(read.number)):
                yield problem
            if record := self._give(self._with_side(read)):
                yield record
        yield Tally(member, count)

    def _items(self, file: DataFile) -> Iterator[ReadTweet | Problem]:
        for item in items_of(self._archive, file.member):
            if isinstance(item, Problem):
                yield item
                continue
            yield from self._keys.problems("post", file.member, item)
            read = self._reader.read(file.member, item, file.marks)
            if isinstance(read, ReadTweet):
                if read.problems:
                    yield from read.problems
                yield read
            else:
                yield from read

    def _load_side(self, file: DataFile) -> Iterator[Problem | Tally]:
        count = 0
        for read in self._items(file):
            if isinstance(read, Problem):
                yield read
                continue
            count += 1
            known = self._sides.get(read.number)
            if known is not None and (problem := _differing(known, read)):
                yield problem
            self._sides[read.number] = read if known is None else _merged(known, read)
        yield Tally(file.member, count)

    def _load_headers(self, file: DataFile) -> Iterator[Problem | Tally]:
        """Read which posts were deleted; one whose text is in no file becomes a record without text."""
        count = 0
        for item in items_of(self._archive, file.member):
            if isinstance(item, Problem):
                yield item
                continue
            yield from self._keys.problems("header", file.member, item)
            result = decode(_HEADER, item.raw)
            header = None if isinstance(result, str) else result[0].tweet
            number = text_of(header.tweet_id) if header else ""
            if header is None or not number:
                why = result if isinstance(result, str) else say("it names no post")
                note = say("This item cannot be read as the head of a deleted post: {why}.", why=why)
                yield Problem(file.member, "bad-item", note, item.index)
                continue
            count += 1
            tweet = Tweet(id_str=number, full_text="", created_at=header.created_at, deleted_at=header.deleted_at)
            read = self._reader.record(tweet, place_of(file.member, item), item.raw, file.marks, ())
            yield from read.problems
            known = self._sides.get(number)
            if known is None:
                record = replace(read.record, title="A post that was deleted; its text is not in the archive.")
                self._sides[number] = replace(read, record=record)
            else:
                self._sides[number] = _merged(known, read)
        yield Tally(file.member, count)

    def _with_side(self, read: ReadTweet) -> ReadTweet:
        """Join a post with what the small files say of it (that it was deleted, that it stood in a community)."""
        side = self._sides.pop(read.number, None) if self._sides else None
        return read if side is None else _merged(read, side)

    def _give(self, read: ReadTweet) -> Record | None:
        """Return the record to give now, None for one that waits for its long text or for its first version."""
        joined = self._notes.join(read)
        return None if joined is None else self._version(joined.record)

    def _version(self, record: Record) -> Record | None:
        """Return the record, None for a later version: it is kept until the time of the first one is known."""
        if record.edited is not None:
            self._edits.append(record)
            return None
        if record.posted is not None and "tweet_id" in record.extra:
            self._first_posted[record.native_id] = record.posted
        return record

    def _table(self, member: str) -> Iterator[Record | Problem | Tally]:
        """Read the table; rows that the month files have are compared with them, the others become records."""
        count = 0
        for row in rows(self._archive, member):
            if isinstance(row, Problem):
                yield row
                continue
            count += 1
            number = _as_number(row.number)
            if self._texts is not None and number in self._texts:
                if self._texts.version(number, hash(_even(row.fields.get("text", ""))))[1]:
                    note = say("The table says another text for this post than the month's file; the month's file was taken.")
                    yield Problem(member, "csv-differs", note, row.index)
                continue
            record, problem = row_record(member, row, self._account)
            if problem:
                yield problem
            if self._seen.first(number, _digest(record)):
                yield record
                continue
            order, is_new = self._seen.version(number, _digest(record))
            if is_new:
                yield replace(record, version_order=order)
            else:
                yield _doubled(record.place, row.number)
        yield Tally(member, count)


def _merged(read: ReadTweet, other: ReadTweet) -> ReadTweet:
    """Return the first of two items about one post, with the place and the facts of the second."""
    record, more = read.record, other.record
    title = record.title if record.title and not more.text else ""
    merged = replace(
        record if record.text or not more.text else more,
        folded=(*record.folded, more.place, *more.folded) if record.text or not more.text else (*more.folded, record.place, *record.folded),
        deleted=record.deleted or more.deleted,
        extra={**record.extra, **more.extra},
        title=title,
    )
    return replace(read, record=merged)


def _differing(read: ReadTweet, side: ReadTweet | None) -> Problem | None:
    """Return a Problem when another file gives a post other words: they are joined into one record, which has one text."""
    if side is None or not (ours := _stored(read.tweet)) or not (theirs := _stored(side.tweet)) or ours == theirs:
        return None
    place = side.record.place
    note = say(
        "The post {number} stands in {member} with other words; those were taken, and the raw item keeps these.",
        number=read.number,
        member=read.record.place.member,
    )
    return Problem(place.member, "doubled-item", note, place.index)


def _doubled(place: Locator, number: str) -> Problem:
    return Problem(place.member, "doubled-item", say("The post {number} stands here once more, unchanged.", number=number), place.index)


def _digest(record: Record) -> int:
    """Return a number for what a record says; where it stands and how often it was liked is not part of it."""
    return hash((record.kind, record.text, record.posted and record.posted.written, record.parent_id, record.links, record.attachments))


def _stored(tweet: Tweet) -> str:
    return _even(tweet.full_text if tweet.full_text is not None else tweet.text or "")


def _even(text: str) -> str:
    return text.replace("\r\n", "\n")


def _as_number(written: str) -> int:
    """Return an id as a number for the table of known posts; what is no number gets one."""
    number = int(written) if written.isascii() and written.isdigit() and len(written) <= 20 else 0
    return number if 0 < number < _ID_LIMIT else (hash(written) % _ID_LIMIT) or 1
