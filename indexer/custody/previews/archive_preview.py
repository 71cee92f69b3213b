"""What an archive is, before it is taken in: cheap, and without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from indexer import platforms, settings
from indexer.catalog import TAKING_IN, AccountView, CaptureView, capture_files, captures
from indexer.custody.ingest import total_bytes
from indexer.custody.previews.contents import read_contents
from indexer.evidence import ArchiveError, StagedFile, archive_digest, file_digest, open_archive, parts_of, split_refusal
from indexer.i18n import Sentence, message_of, say
from indexer.importers import identify
from indexer.local_time import local_day
from indexer.record import CaptureFacts, RecordKind
from indexer.repository import Repository

SECONDS: Final = 3.0  # of reading, by default: some 40,000 posts
MOST_HASHED: Final = 4 * 2**30  # bytes; a larger file of a size on file is compared only when it is taken in

_MESSAGES = frozenset({RecordKind.MESSAGE})
_COMMENTS = frozenset({RecordKind.COMMENT})
_LIKES = frozenset({RecordKind.LIKE})


@dataclass(frozen=True, slots=True)
class ArchivePreview:
    """What an archive is before it is taken in. Nothing was written; its file was not changed.

    If the archive is refused, `refusal` says why in one or two sentences, `details` has what was looked for ("" if
    nothing is to be added), and everything else is empty. Counts and days are of the records read within the time
    limit: `is_whole` tells whether that was all of them. Days are local days of the public body.
    """

    name: str  # of the first file, as given
    size: int  # bytes of all files
    refusal: str = ""
    details: str = ""
    importer: str = ""  # "twitter"
    platform: str = ""  # code of the platform
    form: str = ""  # a sentence: the layout and its years
    handle: str = ""  # of the account, as in the archive; "" if it names none
    account_name: str = ""  # as in the archive
    native_id: str = ""  # "" if the archive names no account: intake then asks for it or makes a new account
    exported: date | None = None  # None if the archive does not state it
    is_partial: bool = False
    chosen_days: tuple[date | None, date | None] = (None, None)  # the range chosen for the download, if the archive states it
    kinds: Mapping[RecordKind, int] = field(default_factory=dict)  # records read, by kind
    first_day: date | None = None
    last_day: date | None = None
    is_whole: bool = False
    problems: int = 0  # parts of files read that cannot become records; ingest may find more (unknown and damaged members)
    declared: int = 0  # items that the platform's own lists count; 0 if it states none
    joins: AccountView | None = None  # the account on file that it would join; None: a new account, or no repository given
    held: CaptureView | None = None  # the capture that already has this very archive, set aside or not
    may_be_held: bool = False  # a file of the same size is on file, but it was too large to be compared here

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be taken in."""
        return bool(self.refusal)

    @property
    def label(self) -> str:
        """The account as people call it: the handle with its at sign, or the name; "" if the archive names none."""
        return f"@{self.handle}" if self.handle else self.account_name or self.native_id

    @property
    def posts(self) -> int:
        """The number of posts read: everything but messages, comments and likes."""
        return sum(count for kind, count in self.kinds.items() if kind not in _MESSAGES | _COMMENTS | _LIKES)

    @property
    def headline(self) -> Sentence | str:
        """The archive in a line, as in "@cityofx, 2015–2025, 2,313 posts"; for a refused archive the refusal."""
        if self.refusal:
            return self.refusal
        return _listed([self.label or say("account not named"), *_years(self.first_day, self.last_day), *self._counts()[:1]])

    def sentences(self) -> tuple[Sentence, ...]:
        """Return everything else that a person should know before the archive is taken in, most important first."""
        if self.refusal:
            return ()
        return tuple(
            sentence for sentence in (*self._custody(), self._origin(), *self._days(), *self._contents(), *self._account()) if sentence
        )

    def _custody(self) -> tuple[Sentence, ...]:
        if self.held is not None and self.held.aside is not None:
            return (say("This archive is already on file, but set aside ({why}). It would not be added again.", why=self.held.aside.why),)
        if self.held is not None:
            return (say("This archive is already on file. It would not be added again."),)
        if self.may_be_held:
            return (say("A file of this size is already on file. Whether it is the same is compared when it is taken in."),)
        return ()

    def _origin(self) -> Sentence:
        title = platforms.title(self.platform)
        form = self.form if title in str(self.form) else say("{platform}: {form}", platform=title, form=self.form)
        if self.exported is not None:
            return say("{form}, made on {day}.", form=form, day=self.exported)
        return say("{form}. It does not state the day on which it was made.", form=form)

    def _days(self) -> tuple[Sentence, ...]:
        sentences = []
        if self.first_day and self.last_day:
            days = {"first": self.first_day, "last": self.last_day}
            if not self.is_whole:
                sentences.append(say("It has records from {first} to {last}, and may have earlier and later ones.", **days))
            elif self.first_day == self.last_day:
                sentences.append(say("All its records are of {day}.", day=self.first_day))
            else:
                sentences.append(say("Its first record is of {first}, its last of {last}.", **days))
        first, last = self.chosen_days
        if first and last:
            sentences.append(say("The download was limited to the days {first} to {last}.", first=first, last=last))
        if self.is_partial:
            sentences.append(say("The platform calls it a partial archive."))
        return tuple(sentences)

    def _contents(self) -> tuple[Sentence, ...]:
        sentences = [say("It holds {records}.", records=_listed(self._counts()))] if self.kinds else []
        if not self.is_whole:
            sentences.append(say("It is too large to be counted here; it is counted when it is taken in."))
            if self.declared:
                sentences.append(say("The platform's own lists count {count} items in it.", count=self.declared))
        elif not self.kinds:
            sentences.append(say("No record was found in it."))
        if self.problems == 1:
            sentences.append(say("1 part of it cannot be read; it is listed when the archive is added."))
        elif self.problems:
            sentences.append(say("{count} parts of it cannot be read; they are listed when the archive is added.", count=self.problems))
        return tuple(sentences)

    def _account(self) -> tuple[Sentence, ...]:
        if not self.native_id:
            return (say("It does not name its account. Enter the account's handle; without one it becomes an account of its own."),)
        if self.joins is not None:
            return (say("It joins the account {account} on file.", account=self.joins.label),)
        return ()

    def _counts(self) -> list[Sentence | str]:
        groups = (
            (self.posts, _posts),
            (self._count(_COMMENTS), _comments),
            (self._count(_MESSAGES), _messages),
            (self._count(_LIKES), _likes),
        )
        counts: list[Sentence | str] = [phrase(count) for count, phrase in groups if count]
        return counts if self.is_whole else [say("at least {count}", count=count) for count in counts]

    def _count(self, kinds: frozenset[RecordKind]) -> int:
        return sum(self.kinds.get(kind, 0) for kind in kinds)


def preview(paths: Sequence[Path], repository: Repository | None = None, *, seconds: float = SECONDS) -> ArchivePreview:
    """Look at an archive before it is taken in, and write nothing. Several paths are the parts of one export.

    An archive that ingest would refuse comes back as a refusal, never as an error. With a repository, the preview also
    says whether this very archive is on file and which account it would join; the caller shows it only to users who
    may take archives in. Its records are read for at most about `seconds` (plus the time to open it and to find its
    account), so counts and days of a large archive are lower bounds. Raises OSError if a file cannot be read.
    """
    name, size = paths[0].name, total_bytes(paths)
    zone_name = repository.zone if repository else settings.read("SHOWME_TIME_ZONE")
    try:
        opened = identify(open_archive(*paths))
        contents = read_contents(opened, zone_name, seconds)
    except ArchiveError as error:
        short, details = split_refusal(message_of(error))
        return ArchivePreview(name, size, refusal=short, details=details)
    facts = opened.facts
    held, may_be_held = _held(repository, paths) if repository else (None, False)
    return ArchivePreview(
        name=name,
        size=size,
        importer=opened.importer.name,
        platform=facts.account.platform,
        form=facts.form,
        handle=facts.account.handle,
        account_name=facts.account.name,
        native_id=facts.account.native_id,
        exported=_export_day(facts, zone_name),
        is_partial=facts.is_partial,
        chosen_days=(facts.first_day, facts.last_day),
        kinds=contents.kinds,
        first_day=contents.first_day,
        last_day=contents.last_day,
        is_whole=contents.is_whole,
        problems=contents.problems,
        declared=sum(facts.counts.values()),
        joins=_account_on_file(repository, facts) if repository else None,
        held=held,
        may_be_held=may_be_held,
    )


def _held(repository: Repository, paths: Sequence[Path]) -> tuple[CaptureView | None, bool]:
    """Return the capture of this very archive, and whether a file too large to be compared here may be on file.

    Files are hashed only if files of the same sizes are on file. A folder is not compared: it is packed at ingest.
    """
    parts = parts_of(paths)
    if any(part.is_dir() for part in parts):
        return None, False
    sizes = Counter(part.stat().st_size for part in parts)
    of_these_sizes = (
        sa.select(capture_files.c.capture_id, capture_files.c.size)
        .join(captures, captures.c.id == capture_files.c.capture_id)
        .where(captures.c.state != TAKING_IN, capture_files.c.size.in_(list(sizes)))
    )
    sizes_on_file: dict[int, Counter[int]] = {}
    with repository.db.connect() as connection:
        for capture_id, size in connection.execute(of_these_sizes):
            sizes_on_file.setdefault(capture_id, Counter())[size] += 1
    if sizes not in sizes_on_file.values():
        return None, False
    if sum(part.stat().st_size for part in parts) > MOST_HASHED:
        return None, True
    staged = [StagedFile(part, part.name, file_digest(part), part.stat().st_size) for part in parts]
    return repository.catalog.capture_of_digest(archive_digest(staged)), False


def _account_on_file(repository: Repository, facts: CaptureFacts) -> AccountView | None:
    wanted = (facts.account.platform, facts.account.native_id)
    if not facts.account.native_id:
        return None
    for account in repository.catalog.accounts(with_set_aside=True):
        if wanted in {(part.platform, part.native_id) for part in (account, *account.parts)}:
            return account
    return None


def _export_day(facts: CaptureFacts, zone_name: str) -> date | None:
    if facts.exported is None:
        return None
    if facts.exported.utc is not None:
        return local_day(facts.exported.utc, zone_name)
    return facts.exported.wall.date() if facts.exported.wall else None


def _years(first: date | None, last: date | None) -> list[str]:
    if first is None or last is None:
        return []
    return [str(first.year)] if first.year == last.year else [f"{first.year}–{last.year}"]


def _listed(parts: Sequence[Sentence | str]) -> Sentence | str:
    return reduce(lambda listed, part: say("{listed}, {next}", listed=listed, next=part), parts)


def _posts(count: int) -> Sentence:
    return say("1 post") if count == 1 else say("{count} posts", count=count)


def _comments(count: int) -> Sentence:
    return say("1 comment") if count == 1 else say("{count} comments", count=count)


def _messages(count: int) -> Sentence:
    return say("1 message") if count == 1 else say("{count} messages", count=count)


def _likes(count: int) -> Sentence:
    return say("1 like or reaction") if count == 1 else say("{count} likes and reactions", count=count)
