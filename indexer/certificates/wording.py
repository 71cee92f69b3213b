"""Words that several parts of a certificate share: accounts, filters, days, and blocks of the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from indexer import platforms
from indexer.certificates.file_format import AccountRef, Announcement, Header, Selection
from indexer.i18n import day_range, full_day, say
from indexer.local_time import to_local
from indexer.query import ENGLISH
from indexer.search import CountedAnnouncement, RecordSet, SetOrigin, describe_set, sentences

Block = dict[str, Any]


def account_words(account: AccountRef) -> str:
    """Return an account's label with its platform."""
    if not account.platform:
        return say("an account that is not on file ({number})", number=str(account.id))
    return label_words(account.label, account.platform)


def label_words(label: str, platform: str) -> str:
    """Return a label with the platform's name."""
    return f"{label} ({platforms.title(platform)})"


def filter_sentences(header: Header) -> list[str]:
    """Return the filters that the maker chose, in words."""
    chosen = header.filters
    words: list[str] = []
    if chosen.selection is not None:
        words.append(say("only within {selection}", selection=selection_words(chosen.selection)))
    if chosen.first_day and chosen.last_day:
        words.append(say("posted {days}, both days included", days=day_range(chosen.first_day, chosen.last_day)))
    elif chosen.first_day:
        words.append(say("posted on {day} or later", day=full_day(chosen.first_day)))
    elif chosen.last_day:
        words.append(say("posted on {day} or earlier", day=full_day(chosen.last_day)))
    if chosen.accounts is not None:
        words.append(say("accounts: {names}", names=", ".join(account_words(account) for account in chosen.accounts)))
    if chosen.platforms is not None:
        words.append(say("platforms: {names}", names=", ".join(platforms.title(platform) for platform in chosen.platforms)))
    if chosen.kinds is not None:
        words.append(say("kinds of record: {names}", names=", ".join(chosen.kinds)))
    if chosen.authors is not None:
        words.append(say("authors: {names}", names=", ".join(chosen.authors)))
    if chosen.has_media is not None:
        words.append(say("with pictures or video") if chosen.has_media else say("without pictures and video"))
    if chosen.media is not None:
        words.append(say("media: {names}", names=", ".join(ENGLISH.get(f"media {kind}", kind) for kind in chosen.media)))
    if chosen.states is not None:
        words.append(say("states: {names}", names=", ".join(ENGLISH.get(f"is {state}", state) for state in chosen.states)))
    return words


def selection_words(selection: Selection) -> str:
    """Describe the record set of a certificate: "5 records selected by R. Delgado"."""
    chosen = RecordSet(SetOrigin(selection.origin), selection.record_ids, selection.by, selection.day)
    return describe_set(chosen, ENGLISH, with_count=True)


def list_filters(header: Header) -> list[str]:
    """Return in words what limits a list to a part of the records selected: the query and the filters, each if there is any."""
    words = header.query.words_english
    matching = [say("that match: {words}", words=words)] if header.query.typed.strip() not in {"", "*"} else []
    without_selection = msgspec.structs.replace(header, filters=msgspec.structs.replace(header.filters, selection=None))
    filters = join_parts(filter_sentences(without_selection))
    as_of = [say("as they were at the end of {day}", day=full_day(header.query.as_of))] if header.query.as_of else []
    return [*matching, *([filters] if filters else []), *as_of]


def doubt_sentences(doubt: Announcement) -> list[str]:
    """Return the sentences that announce an ambiguity of the query."""
    return list(sentences(CountedAnnouncement(doubt.code, doubt.message, doubt.start, doubt.end, doubt.other_query, doubt.other_total)))


def join_parts(parts: Iterable[str], between: str = "{parts}; {part}") -> str | None:
    """Join parts into a text that stays translatable part by part; None without parts."""
    joined: str | None = None
    for part in parts:
        joined = part if joined is None else say(between, parts=joined, part=part)
    return joined


def count_words(count: int) -> str:
    """Return a number of records."""
    if count == 1:
        return say("1 record")
    return say("{count} records", count=count) if count else say("No records")


def outside_sentence(count: int) -> str:
    """Return the warning about matches that no range of days contains."""
    if count == 1:
        return say("One more record matches but has no readable date, so it is not in any date range.")
    return say("{count} more records match but have no readable date, so they are not in any date range.", count=count)


def local_time(instant: datetime, zone: str) -> str:
    """Return a time on the body's clock: "November 28, 2026, 10:52 AM CST"."""
    moment = to_local(instant, zone)
    return say("{day}, {time}", day=full_day(moment.date()), time=f"{moment:%I:%M %p} {moment.tzname()}".removeprefix("0"))


def utc_time(instant: datetime) -> str:
    """Return a time to the second in UTC."""
    moment = instant.astimezone(UTC)
    return say("{day}, {time}", day=full_day(moment.date()), time=f"{moment:%H:%M:%S} UTC")


def local_day(instant: datetime, zone: str) -> str:
    """Return the local day of a time."""
    return day_words(to_local(instant, zone).date())


def day_words(day: date) -> str:
    """Return a day: "November 28, 2026"."""
    return say("{day}", day=full_day(day))


def heading(text: str) -> Block:
    """Return the heading of a part of an annex."""
    return {"kind": "heading", "text": text}


def paragraph(text: str) -> Block:
    """Return a paragraph."""
    return {"kind": "para", "text": text}


def table(
    head: Sequence[str], rows: list[list[Any]], *, columns: Sequence[str] = ("wide", "narrow"), numbers: Sequence[int] = (1,)
) -> Block:
    """Return a table. `numbers`: columns that are aligned to the right."""
    return {"kind": "table", "head": list(head), "rows": rows, "columns": list(columns), "numbers": list(numbers)}


def shorten(text: str, limit: int) -> str:
    """Cut a long text and mark the cut."""
    return text if len(text) <= limit else f"{text[:limit]} …"
