"""The importer of X / Twitter archives, in every form handed out from 2013 to now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from indexer.evidence import Archive
from indexer.importers.twitter.csv_table import has_known_header
from indexer.importers.twitter.facts import CSV, PLATFORM, describe
from indexer.importers.twitter.keys import KeyWatch
from indexer.importers.twitter.likes import read_likes
from indexer.importers.twitter.media import MediaFiles
from indexer.importers.twitter.members import IGNORED, Role, head_of, is_named_by_x, scripts_of
from indexer.importers.twitter.messages import MessageReader
from indexer.importers.twitter.posts import PostReader
from indexer.record import CaptureFacts, Problem, Record, Tally


class TwitterImporter:
    """X / Twitter archive."""

    name = "twitter"
    version = "2"
    title = "X / Twitter archive"
    platform = PLATFORM
    marks: tuple[str, ...] = (
        "files that begin with window.YTD or window.__THAR_CONFIG (data/*.js or *.js, since 2018)",
        "files that begin with Grailbird.data.tweets (data/js/tweets/*.js, 2013-2019)",
        'a table tweets.csv that begins with "tweet_id"',
    )
    ignored: Mapping[str, str] = IGNORED

    def identify(self, archive: Archive) -> bool:
        """Recognize a file that begins the way X writes it; names alone are not enough (following.json is Instagram's)."""
        if any(is_named_by_x(head_of(archive, name)) for name in scripts_of(archive)):
            return True
        return CSV in archive and has_known_header(head_of(archive, CSV))

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return the facts the archive states about itself."""
        return describe(archive).facts

    def records(self, archive: Archive, facts: CaptureFacts) -> Iterator[Record | Problem | Tally]:
        """Yield problems of the metadata files, then posts, messages, and likes, each with the tallies of their files."""
        description = describe(archive)
        yield from description.problems
        account, media, keys = facts.account, MediaFiles(archive), KeyWatch()
        posts = PostReader(archive, account, media, keys)
        yield from posts.records(description.files, description.months, CSV if description.has_csv else "")
        messages = MessageReader(account, media, keys)
        for file in description.files:
            if file.role is Role.MESSAGES:
                yield from messages.read(archive, file.member)
        for file in description.files:
            if file.role is Role.LIKES:
                yield from read_likes(archive, file.member, account, keys)
        yield from (Tally(member, count.items) for member, count in description.encrypted.items())
        yield from (Tally(unit, 0) for unit in description.missing)
