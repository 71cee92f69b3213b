"""The table `tweets.csv` of archives of 2015-2019: read if the archive has nothing else, else compared with the month files.

All fields are quoted and texts contain line breaks, so a row ends at a line end preceded by an even number of quotes.
Its bytes are its raw item.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.evidence import DAMAGE, Archive, MemberDamaged, damage_of
from indexer.i18n import message_of, say
from indexer.importers.twitter.text import expand_in_order, read_text, short_links_of
from indexer.importers.twitter.times import parse_time
from indexer.importers.twitter.tweets import program_of
from indexer.record import Account, Locator, Problem, Record, RecordKind
from indexer.text import links

HEADER = b'"tweet_id","in_reply_to_status_id","in_reply_to_user_id","timestamp"'
COLUMNS = (
    "tweet_id", "in_reply_to_status_id", "in_reply_to_user_id", "timestamp", "source", "text",
    "retweeted_status_id", "retweeted_status_user_id", "retweeted_status_timestamp", "expanded_urls",
)  # fmt: skip
MAX_ROW = 2**20

_OWN_MEDIA = re.compile(r"https?://(?:twitter|x)\.com/(\w+)/status/(\d+)/(?:photo|video)/\d+")
_REPOST = re.compile(r"RT @(\w+)")
_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/\w+/status(?:es)?/\d+/?", re.IGNORECASE)
_NEXT_ADDRESS = re.compile(r",(?=https?://)")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its fields by column, its index from 0 without the header, and its bytes."""

    index: int
    start: int
    raw: bytes
    fields: dict[str, str]

    @property
    def number(self) -> str:
        """The post's id."""
        return self.fields["tweet_id"]


def has_known_header(head: bytes) -> bool:
    """Recognize the first bytes of a `tweets.csv` as X writes it, with or without a byte order mark."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith((HEADER, HEADER.replace(b'"', b"")))


def rows(archive: Archive, member: str) -> Iterator[Row | Problem]:
    """Yield the rows of a table in order; a row that does not fit the header is a Problem, as is a truncated file."""
    header: list[str] = []
    unknown_columns: list[str] = []
    index = -1
    for start, raw in _lines(archive, member):
        if isinstance(raw, Problem):
            yield raw
            return
        if not raw.strip():
            continue
        try:
            text = raw.decode("utf-8-sig" if start == 0 else "utf-8")
            values = next(csv.reader([text], strict=True))
        except UnicodeDecodeError:
            yield Problem(member, "bad-encoding", say("This row is not UTF-8 text."), index + 1)
            index += 1
            continue
        except csv.Error as error:
            yield Problem(member, "bad-item", say("This row cannot be read: {why}.", why=str(error)), index + 1)
            index += 1
            continue
        if not header:
            header = values
            unknown_columns = [column for column in dict.fromkeys(header) if column not in COLUMNS]
            yield from _header_problems(member, header)
            continue
        index += 1
        if len(values) != len(header) or not dict(zip(header, values, strict=True)).get("tweet_id", "").isdigit():
            note = say(
                "This row has {count} fields, the table's head has {expected}, or its first one is no id.",
                count=len(values),
                expected=len(header),
            )
            yield Problem(member, "bad-item", note, index)
            continue
        fields = dict(zip(header, values, strict=True))
        for column in unknown_columns:
            if any(char.isalpha() for char in fields[column]):
                note = say(
                    "This table holds text in a column {column} that is not known, so it was not read; the raw row keeps it.",
                    column=repr(column),
                )
                yield Problem(member, "unknown-key", note, index)
                unknown_columns.remove(column)
                break
        yield Row(index, start, raw.rstrip(b"\r\n"), fields)
    if not header:
        yield Problem(member, "csv-empty", say("The table is empty: not even the line that names its columns is there."))


def _header_problems(member: str, header: list[str]) -> Iterator[Problem]:
    """Report required columns that are missing from the header: rows are read by column name."""
    if missing := [name for name in COLUMNS[:1] + COLUMNS[3:4] + COLUMNS[5:6] if name not in header]:
        names = ", ".join(missing)
        message = say("The first line of the table does not name the column {columns}, so what it holds is not read.", columns=names)
        yield Problem(member, "csv-head", message)


def _lines(archive: Archive, member: str) -> Iterator[tuple[int, bytes | Problem]]:
    """Yield each row's offset and bytes; line breaks inside quotes belong to the row."""
    start, pending = 0, b""
    try:
        with archive.open(member) as stream:
            while line := stream.readline(MAX_ROW):
                pending += line
                if pending.count(b'"') % 2 == 0 and pending.endswith(b"\n"):
                    yield start, pending
                    start, pending = start + len(pending), b""
                elif len(pending) > MAX_ROW:
                    yield (
                        start,
                        Problem(
                            member,
                            "csv-broken",
                            say("The quotes of the row at byte {offset} are never closed; the rows before it were read.", offset=start),
                        ),
                    )
                    return
    except MemberDamaged as error:
        yield start, Problem(member, "member-damaged", error.message)
        return
    except DAMAGE as error:
        why = say("The archive's own checksum says that this file is damaged: {damage}.", damage=damage_of(error))
        yield start, Problem(member, "member-damaged", why)
        return
    if pending.count(b'"') % 2:
        why = say("The table ends in the middle of the row at byte {offset}; the rows before it were read.", offset=start)
        yield start, Problem(member, "csv-cut", why)
    elif pending:
        yield start, pending


def row_record(member: str, row: Row, account: Account) -> tuple[Record, Problem | None]:
    """Make the record of a row. Its addresses have a column of their own, in the order of the text's t.co addresses."""
    fields = row.fields
    stored = fields.get("text", "")
    addresses = [url for url in _NEXT_ADDRESS.split(fields.get("expanded_urls", "")) if url]
    own_media = [url for url in addresses if (match := _OWN_MEDIA.fullmatch(url)) and match[2] == row.number]
    kind, extra = RecordKind.POST, {"source_form": "the archive's table"}
    if fields.get("retweeted_status_id"):
        kind = RecordKind.REPOST
        name = _REPOST.match(stored)
        extra |= {"repost_form": "the table says so", "repost_id": fields["retweeted_status_id"]}
        if name:
            extra["repost_of"] = f"@{name[1]}"
        if stored.endswith("…"):
            extra["cut"] = "yes"
    elif match := re.match(r"RT @(\w+):", stored):
        kind = RecordKind.REPOST
        extra |= {"repost_of": f"@{match[1]}", "repost_form": "the text begins with RT"}
    elif fields.get("in_reply_to_status_id") or fields.get("in_reply_to_user_id"):
        kind = RecordKind.REPLY
    rendered = read_text(stored, None)
    text = expand_in_order(rendered.text, addresses)
    for url in own_media:
        text = text.replace(url, "").rstrip()
    quoted = [url for url in addresses if _STATUS.fullmatch(url)]
    if quoted and kind is not RecordKind.REPOST:
        extra["quoted"] = quoted[-1]
    if fields.get("source"):
        extra["posted_with"] = program_of(fields["source"])
    problem = None
    posted = None
    try:
        posted = parse_time(fields.get("timestamp", ""))
    except ValueError as error:
        why = say("The date of this post cannot be read ({why}); the post was kept without it.", why=message_of(error))
        problem = Problem(member, "bad-date", why, row.index)
    record = Record(
        kind=kind,
        native_id=row.number,
        place=Locator(member, row.index, row.start, len(row.raw)),
        raw=row.raw,
        text=text,
        author=account.handle,
        author_id=account.native_id,
        posted=posted,
        url=f"https://x.com/{account.handle or 'i'}/status/{row.number}",
        parent_id=fields.get("in_reply_to_status_id", ""),
        links=tuple(dict.fromkeys(addresses)) or links(text),
        short_links=short_links_of(stored),
        hashtags=rendered.hashtags,
        mentions=rendered.mentions,
        extra=extra,
    )
    return record, problem


def handle_in_csv(archive: Archive, member: str, limit: int = 5000) -> str:
    """Return the account's handle in a lone table, from the address of a picture, which names its post and the author."""
    for row in rows(archive, member):
        if isinstance(row, Problem):
            continue
        if row.index > limit:
            break
        for url in row.fields.get("expanded_urls", "").split(","):
            match = _OWN_MEDIA.fullmatch(url)
            if match and match[2] == row.number and not row.fields.get("retweeted_status_id"):
                return match[1]
    return ""
