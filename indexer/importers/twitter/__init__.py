"""X / Twitter archives in every form handed out from 2013 to now: what they are, whose, and every record in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from indexer.evidence.archive import Archive, MemberDamaged
from indexer.importers.twitter.csv_table import has_known_header
from indexer.importers.twitter.facts import CSV, describe
from indexer.importers.twitter.likes import read_likes
from indexer.importers.twitter.media import MediaFiles
from indexer.importers.twitter.members import IGNORED, Role, is_month_file
from indexer.importers.twitter.messages import MessageReader
from indexer.importers.twitter.posts import PostReader
from indexer.record import CaptureFacts, Problem, Record, Tally

_DATA_FILE = re.compile(r"(?:data/)?[a-z_-]+(?:-part\d+)?\.js")
_YTD = re.compile(rb"\s*window\.(?:YTD\.\w+\.part\d+|__THAR_CONFIG)\s*=")
_GRAILBIRD = re.compile(rb"\s*(?:Grailbird\.data\.tweets_\d{4}_\d{2}|var tweet_index)\s*=")


class TwitterImporter:
    """X / Twitter archive."""

    name = "twitter"
    version = "1"
    title = "X / Twitter archive"
    marks: tuple[str, ...] = (
        "files that begin with window.YTD or window.__THAR_CONFIG (data/*.js or *.js, since 2018)",
        "files that begin with Grailbird.data.tweets (data/js/tweets/*.js, 2013-2019)",
        'a table tweets.csv that begins with "tweet_id"',
    )
    ignored: Mapping[str, str] = IGNORED

    def identify(self, archive: Archive) -> bool:
        """Return True when a file begins as X writes it; names alone decide nothing (Instagram's following.json is near following.js)."""
        for name in archive.names:
            if is_month_file(name) or name == "data/js/tweet_index.js":
                if _GRAILBIRD.match(_head(archive, name)):
                    return True
            elif _DATA_FILE.fullmatch(name):
                if _YTD.match(_head(archive, name)):
                    return True
            elif name == CSV and has_known_header(_head(archive, name)):
                return True
        return False

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return what the archive says of itself."""
        return describe(archive).facts

    def records(self, archive: Archive) -> Iterator[Record | Problem | Tally]:
        """Yield what is wrong with the describing files, then posts, then messages, then likes, each with the tallies of their files."""
        description = describe(archive)
        yield from description.problems
        account, media = description.facts.account, MediaFiles(archive)
        posts = PostReader(archive, account, media)
        yield from posts.records(description.files, description.months, CSV if description.has_csv else "")
        messages = MessageReader(account, media)
        for file in description.files:
            if file.role is Role.MESSAGES:
                yield from messages.read(archive, file.member)
        for file in description.files:
            if file.role is Role.LIKES:
                yield from read_likes(archive, file.member, account)
        yield from (Tally(unit, 0) for unit in description.missing)


def _head(archive: Archive, name: str) -> bytes:
    """Return how a member begins, without byte order mark; a member that cannot be opened begins with nothing (records() tells of it)."""
    try:
        head = archive.peek(name, 256)
    except MemberDamaged:
        return b""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:  # saved as UTF-16 by a person: ours all the same, and reported as damaged
        head = head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf")
