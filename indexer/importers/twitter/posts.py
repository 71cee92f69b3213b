"""Reading all posts of an archive: joins posts spread over several files, folds duplicates, orders versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from indexer.evidence import Archive
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
    """Digests of posts by id. Archives extended by a tool hold some posts twice (seen 2018-2019)."""

    def __init__(self) -> None:
        self._digests: dict[int, int] = {}  # 130 bytes a post; a custom table took 56, but four times as long
        self._repeated: dict[int, list[int]] = {}  # all digests of the few ids found twice

    def __contains__(self, number: int) -> bool:
        return number in self._digests

    def add(self, number: int, digest: int) -> bool:
        """Add a post; True if its id is new."""
        if number in self._digests:
            return False
        self._digests[number] = digest
        return True

    def add_version(self, number: int, digest: int) -> tuple[int, bool]:
        """Return the ordinal of this digest under a known id (0 repeats the first post), and whether it is new."""
        contents = self._repeated.setdefault(number, [self._digests[number]])
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
    """Makes records from the posts of one archive; for a single use."""

    def __init__(self, archive: Archive, account: Account, media: MediaFiles, keys: KeyWatch) -> None:
        self._archive = archive
        self._account = account
        self._keys = keys
        self._reader = TweetReader(account, media, keys)
        self._notes = Notes(account, keys)
        self._seen = SeenPosts()
        self._texts: SeenPosts | None = None  # texts of the month files, for comparison with the table
        self._sides: dict[str, ReadTweet] = {}  # posts of the small files, by id; few
        self._edits: list[Record] = []  # later versions, held until the first versions are known; few
        self._first_posted: dict[str, Moment] = {}  # of posts that have later versions; few

    def records(self, files: Iterable[DataFile], months: Iterable[str], table: str) -> Iterator[Record | Problem | Tally]:
        """Yield every post: large files in order, then deleted posts and other small files, then edits, then the table."""
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
                yield from self._read_file(file)
        self._texts = SeenPosts() if table else None
        months = list(months)
        for member in months:
            yield from self._read_month(member)
        for side_post in self._sides.values():
            if record := self._ready_record(side_post):
                yield record
        for remaining in self._notes.rest():
            if record := self._hold_edit(remaining.record) if isinstance(remaining, ReadTweet) else remaining:
                yield record
        for record in self._edits:
            yield replace(record, posted=self._first_posted.get(record.native_id, record.posted))
        if table:
            yield from self._read_table(table)

    def _read_file(self, file: DataFile) -> Iterator[Record | Problem | Tally]:
        """Read a large file; an unchanged repetition becomes a Problem, because the earlier post was already yielded."""
        count = 0
        for post in self._read_items(file):
            if isinstance(post, Problem):
                yield post
                continue
            count += 1
            number, digest, merged = _numeric_id(post.number), _digest(post.record), post
            if self._seen.add(number, digest):
                if problem := _text_conflict(post, self._sides.get(post.number)):
                    yield problem
                merged = self._merge_side(post)
            else:
                order, is_new = self._seen.add_version(number, digest)
                if not is_new:
                    yield _duplicate(post.record.place, post.number)
                    continue
                merged = replace(post, record=replace(post.record, version_order=post.record.version_order + order))
            if record := self._ready_record(merged):
                yield record
        yield Tally(file.member, count)

    def _read_month(self, member: str) -> Iterator[Record | Problem | Tally]:
        """Read a month of 2013-2019 as a whole; duplicates left by tools are folded into the first post."""
        posts: dict[tuple[int, int], ReadTweet] = {}
        count = 0
        for post in self._read_items(DataFile(member, Role.POSTS, {}, 0)):
            if isinstance(post, Problem):
                yield post
                continue
            count += 1
            number, order, is_new = _numeric_id(post.number), 0, True
            if self._texts is not None and not self._texts.add(number, hash(_stored_text(post.tweet))):
                self._texts.add_version(number, hash(_stored_text(post.tweet)))
            if not self._seen.add(number, _digest(post.record)):
                order, is_new = self._seen.add_version(number, _digest(post.record))
            first = posts.get((number, order))
            if is_new:
                posts[number, order] = replace(post, record=replace(post.record, version_order=order)) if order else post
            elif first is not None:
                posts[number, order] = replace(first, record=replace(first.record, folded=(*first.record.folded, post.record.place)))
            else:
                yield _duplicate(post.record.place, post.number)
        for post in posts.values():
            if problem := _text_conflict(post, self._sides.get(post.number)):
                yield problem
            if record := self._ready_record(self._merge_side(post)):
                yield record
        yield Tally(member, count)

    def _read_items(self, file: DataFile) -> Iterator[ReadTweet | Problem]:
        for item in items_of(self._archive, file.member):
            if isinstance(item, Problem):
                yield item
                continue
            yield from self._keys.problems("post", file.member, item)
            post = self._reader.read(file.member, item, file.marks)
            if isinstance(post, ReadTweet):
                if post.problems:
                    yield from post.problems
                yield post
            else:
                yield from post

    def _load_side(self, file: DataFile) -> Iterator[Problem | Tally]:
        count = 0
        for post in self._read_items(file):
            if isinstance(post, Problem):
                yield post
                continue
            count += 1
            earlier = self._sides.get(post.number)
            if earlier is not None and (problem := _text_conflict(earlier, post)):
                yield problem
            self._sides[post.number] = post if earlier is None else _merge(earlier, post)
        yield Tally(file.member, count)

    def _load_headers(self, file: DataFile) -> Iterator[Problem | Tally]:
        """Read the headers of deleted posts; a post whose text is in no file becomes a record without text."""
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
            post = self._reader.record(tweet, place_of(file.member, item), item.raw, file.marks, ())
            yield from post.problems
            earlier = self._sides.get(number)
            if earlier is None:
                record = replace(post.record, title="A post that was deleted; its text is not in the archive.")
                self._sides[number] = replace(post, record=record)
            else:
                self._sides[number] = _merge(earlier, post)
        yield Tally(file.member, count)

    def _merge_side(self, post: ReadTweet) -> ReadTweet:
        """Merge a post with its entry in the small files (deleted, in a community)."""
        side = self._sides.pop(post.number, None) if self._sides else None
        return post if side is None else _merge(post, side)

    def _ready_record(self, post: ReadTweet) -> Record | None:
        """Return the record to yield now, None if it waits for its long text or its first version."""
        matched = self._notes.match(post)
        return None if matched is None else self._hold_edit(matched.record)

    def _hold_edit(self, record: Record) -> Record | None:
        """Return the record, None for a later version: it is held until the time of the first version is known."""
        if record.edited is not None:
            self._edits.append(record)
            return None
        if record.posted is not None and "tweet_id" in record.extra:
            self._first_posted[record.native_id] = record.posted
        return record

    def _read_table(self, member: str) -> Iterator[Record | Problem | Tally]:
        """Read the table; rows also in the month files are compared with them, the others become records."""
        count = 0
        for row in rows(self._archive, member):
            if isinstance(row, Problem):
                yield row
                continue
            count += 1
            number = _numeric_id(row.number)
            if self._texts is not None and number in self._texts:
                if self._texts.add_version(number, hash(_normalize_lines(row.fields.get("text", ""))))[1]:
                    note = say("The table says another text for this post than the month's file; the month's file was taken.")
                    yield Problem(member, "csv-differs", note, row.index)
                continue
            record, problem = row_record(member, row, self._account)
            if problem:
                yield problem
            if self._seen.add(number, _digest(record)):
                yield record
                continue
            order, is_new = self._seen.add_version(number, _digest(record))
            if is_new:
                yield replace(record, version_order=order)
            else:
                yield _duplicate(record.place, row.number)
        yield Tally(member, count)


def _merge(first: ReadTweet, second: ReadTweet) -> ReadTweet:
    """Merge two items about the same post: the first with the location and facts of the second."""
    first_record, second_record = first.record, second.record
    title = first_record.title if first_record.title and not second_record.text else ""
    merged = replace(
        first_record if first_record.text or not second_record.text else second_record,
        folded=(*first_record.folded, second_record.place, *second_record.folded)
        if first_record.text or not second_record.text
        else (*second_record.folded, first_record.place, *first_record.folded),
        deleted=first_record.deleted or second_record.deleted,
        extra={**first_record.extra, **second_record.extra},
        title=title,
    )
    return replace(first, record=merged)


def _text_conflict(post: ReadTweet, side: ReadTweet | None) -> Problem | None:
    """Return a Problem if another file has a different text for a post: the merged record keeps only one."""
    if side is None or not (text := _stored_text(post.tweet)) or not (side_text := _stored_text(side.tweet)) or text == side_text:
        return None
    place = side.record.place
    note = say(
        "The post {number} stands in {member} with other words; those were taken, and the raw item keeps these.",
        number=post.number,
        member=post.record.place.member,
    )
    return Problem(place.member, "doubled-item", note, place.index)


def _duplicate(place: Locator, number: str) -> Problem:
    return Problem(place.member, "doubled-item", say("The post {number} stands here once more, unchanged.", number=number), place.index)


def _digest(record: Record) -> int:
    """Hash the content of a record, without its location and counts of likes."""
    return hash((record.kind, record.text, record.posted and record.posted.written, record.parent_id, record.links, record.attachments))


def _stored_text(tweet: Tweet) -> str:
    return _normalize_lines(tweet.full_text if tweet.full_text is not None else tweet.text or "")


def _normalize_lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _numeric_id(written: str) -> int:
    """Convert an id to a number for the table of known posts; other ids are hashed."""
    number = int(written) if written.isascii() and written.isdigit() and len(written) <= 20 else 0
    return number if 0 < number < _ID_LIMIT else (hash(written) % _ID_LIMIT) or 1
