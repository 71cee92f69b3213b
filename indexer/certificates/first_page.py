"""The first page of a certificate: a letter that is complete in itself, with the sentence that is signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from indexer.certificates.file_format import Body, Header
from indexer.certificates.wording import (
    Block,
    count_words,
    doubt_sentences,
    filter_sentences,
    join_parts,
    label_words,
    list_filters,
    local_day,
    local_time,
    outside_sentence,
    selection_words,
    shorten,
)
from indexer.i18n import full_day, say
from indexer.settings import CUSTODIAN_TITLE

_BLANK: Final = "____________________"
GAPS_SHOWN: Final = 4
"""Gaps on the first page; annex B lists all."""

ACCOUNTS_SHOWN: Final = 6
"""Up to this many accounts are named on the first page with the day to which they are captured."""

QUERY_SHOWN: Final = 600
"""Characters of a query on the first page; annex A has all of it."""


DOUBTS_SHOWN: Final = 4
DOUBT_SHOWN: Final = 300
"""Notes on an ambiguous query on the first page, and their characters; annex A has all."""


def first_page(header: Header, json_name: str, json_digest: str) -> list[Block]:
    """Return the blocks of the first page."""
    points = _list_points(header) if header.is_list else _search_points(header)
    return [
        *_letterhead(header.body),
        {"kind": "reference", "rows": list(_reference(header))},
        {"kind": "title", "text": title(header)},
        {"kind": "points", "rows": [row for row in points if row["lines"]]},
        {
            "kind": "statement",
            "text": _statement(header, json_name),
            "under": say("SHA-256 of {name}:", name=json_name),
            "digest": json_digest,
        },
        {"kind": "signature", "lines": list(_signature_lines(header.body))},
        {"kind": "hint", "text": say("This statement is not sworn. Annexes A to E follow and belong to it.")},
    ]


def title(header: Header) -> str:
    """Return the title of a certificate."""
    return say("Certificate of a list of records") if header.is_list else say("Certificate of a search")


def _letterhead(body: Body | None) -> Iterator[Block]:
    if body is not None and body.name:
        lines = [", ".join(body.address), body.contact]
        yield {"kind": "letterhead", "text": body.name, "lines": [line for line in lines if line], "alt": f"Seal of {body.name}"}


def _reference(header: Header) -> Iterator[list[str]]:
    if header.subject:
        yield [say("Re:"), header.subject]
    yield [say("Date:"), local_day(header.made.at_utc, header.zone)]
    yield [say("Certificate:"), header.id]


def _point(label: str, lines: Sequence[str], *, is_strong: bool = False) -> Block:
    return {"label": label, "lines": list(lines), "strong": is_strong, "has_result": False}


def _result_point(label: str, lines: Sequence[str]) -> Block:
    return {**_point(label, lines), "has_result": True}


def _search_points(header: Header) -> Iterator[Block]:
    doubts = [shorten(sentence, DOUBT_SHOWN) for doubt in header.announcements for sentence in doubt_sentences(doubt)]
    more = len(doubts) - DOUBTS_SHOWN
    if more > 0:
        doubts = [
            *doubts[:DOUBTS_SHOWN],
            say("Annex A lists {count} more notes on how the query was read.", count=more),
        ]
    found = header.found
    undated = _undated_sentences(header)
    yield _point(say("What was asked"), list(_asked(header)))
    yield _point(say("How it was read"), doubts, is_strong=True)  # before the count, which depends on it
    empty = [] if found.total else [say("The query was valid, the search ran to completion, and no record on file matches it.")]
    yield _result_point(say("What was found"), [say("{records}.", records=count_words(found.total)), *empty])
    yield _point(say("Please note"), [warning for warning in header.warnings if warning not in undated], is_strong=True)
    yield _point(say("Without a date"), undated)
    yield _point(say("Searched to"), list(_ends(header.coverage)))
    yield _point(say("Gaps"), list(_gaps(header.coverage)))
    yield _point(
        say("Limits"),
        [say("A search cannot find what was deleted before an archive was made or what the platforms leave out of archives (annex C).")],
    )


def _asked(header: Header) -> Iterator[str]:
    query = header.query
    words = query.words_english or query.reading_english
    yield say("Records that match: {words}.", words=shorten(words, QUERY_SHOWN))
    if filters := join_parts(filter_sentences(header)):
        yield (
            say("Only records {filters}.", filters=filters)
            if header.filters.first_day or header.filters.last_day
            else say("Filters: {filters}.", filters=filters)
        )
    if query.as_of is not None:
        yield say("As the records were at the end of {day}.", day=full_day(query.as_of))
    scope = header.made.scope
    if scope.allowed_accounts is not None or scope.without_conversations:
        yield say("Within the access of the person who searched: {access}.", access=scope.words)


def _undated_sentences(header: Header) -> list[str]:
    undated, outside = header.found.undated, header.found.undated_outside
    words: list[str] = []
    if undated == 1:
        words.append(say("One of the records found has no readable date."))
    elif undated:
        words.append(say("{count} of the records found have no readable date.", count=undated))
    if outside:
        words.append(outside_sentence(outside))
    return words


def _ends(coverage: Any) -> Iterator[str]:
    """Yield the day to which each account is captured; for many accounts, the earliest."""
    if coverage is None:
        return
    accounts = coverage["accounts"]
    by_day: dict[str, list[str]] = {}
    for account in accounts:
        by_day.setdefault(account["captured_to"] or "", []).append(label_words(account["account"], account["platform"]))
    days = sorted(day for day in by_day if day)
    if not days:
        return
    if len(days) == 1 and "" not in by_day and len(accounts) > 1:
        last = date.fromisoformat(days[0])
        if coverage["days_asked"]["to"] and days[0] == coverage["to"]:
            yield say("All {count} accounts are captured to {day}, the last day asked.", count=len(accounts), day=full_day(last))
        else:
            yield say("All {count} accounts are captured to {day}.", count=len(accounts), day=full_day(last))
    elif len(accounts) <= ACCOUNTS_SHOWN:
        for day in reversed(days):
            yield say("{day}: {accounts}", day=full_day(date.fromisoformat(day)), accounts=", ".join(by_day[day]))
    else:
        yield say(
            "The {count} accounts are captured to {first} at the earliest and {last} at the latest. Annex B lists all of them.",
            count=sum(len(by_day[day]) for day in days),
            first=full_day(date.fromisoformat(days[0])),
            last=full_day(date.fromisoformat(days[-1])),
        )
    if unsure := by_day.get(""):
        if len(unsure) <= ACCOUNTS_SHOWN:
            yield say("Not certain for these days: {accounts}", accounts=", ".join(unsure))
        else:
            yield say("Not certain for these days: {count} accounts (annex B)", count=len(unsure))


def _gaps(coverage: Any) -> Iterator[str]:
    if coverage is None:
        yield say("Which days were captured is not known.")
        return
    gaps = coverage["gaps"]
    if coverage["failed"] or not (gaps or coverage["whole"]):
        yield coverage["summary"]
    if not gaps and coverage["whole"]:
        asked = coverage["days_asked"]["from"] or coverage["days_asked"]["to"]
        yield say("None in the days asked.") if asked else say("None known up to these days.")
    yield from gaps[:GAPS_SHOWN]
    if len(gaps) > GAPS_SHOWN:
        yield say("And {count} more gaps, listed in annex B.", count=len(gaps) - GAPS_SHOWN)


def _list_points(header: Header) -> Iterator[Block]:
    selection, found, filters = header.filters.selection, header.found, list_filters(header)
    if selection is not None:
        yield _point(say("What is listed"), [say("{records}.", records=selection_words(selection)), *map(_only, filters)])
        missing = 0 if filters else len(selection.record_ids) - found.total
        text = say("{count} of the records selected are no longer on file or were set aside; they are not certified.", count=missing)
        yield _point(say("Please note"), [*([text] if missing else []), *header.warnings], is_strong=True)
    yield _result_point(say("How many"), [say("{records}.", records=count_words(found.total))])
    yield _point(
        say("What it proves"),
        [say("These records, with the contents identified in the list, were in custody on the date of this certificate.")],
    )
    yield _point(
        say("What it does not"),
        [
            say(
                "This is a list that a person chose, not a search. It does not show that these are all the records on a subject, or that "
                "there are no others, or which days were captured."
            )
        ],
        is_strong=True,
    )


def _only(filters: str) -> str:
    return say("Of these, only records {filters}.", filters=filters)


def _person(body: Body | None) -> str:
    """Return who states it, with a blank to fill in for what is not set; the default title is translated on pages."""
    if body is None:
        return _BLANK
    if not body.custodian_title:
        return say("{name}, {body}", name=body.custodian or _BLANK, body=body.name or _BLANK)
    title_words = say("Records Custodian") if body.custodian_title == CUSTODIAN_TITLE else body.custodian_title
    return say("{name}, {title}, {body}", name=body.custodian or _BLANK, title=title_words, body=body.name or _BLANK)


def _statement(header: Header, json_name: str) -> str:
    """Return the sentence that is signed. It claims only what the program recorded."""
    values = {"person": _person(header.body), "time": local_time(header.made.at_utc, header.zone), "name": json_name}
    if header.is_list:
        return say(
            "I, {person}, state that on {time}, according to the program Show-Me Records, the records counted above were in the archives "
            "of social media accounts that this office holds, with the contents that the file {name} identifies. I do not state that "
            "these are all the records on any subject.",
            **values,
        )
    found = say("it found no record")
    if header.found.total:
        found = say("it found the records counted above, which the file {name} lists", name=json_name)
    return say(
        "I, {person}, state that the search described above was run with the program Show-Me Records on {time} in the archives of social "
        "media accounts that annex E lists, and that {found}. I make no statement about content that is not in these archives.",
        **values,
        found=found,
    )


def _signature_lines(body: Body | None) -> Iterator[dict[str, str]]:
    yield {"under": say("Signature"), "text": ""}
    yield {"under": say("Date"), "text": ""}
    yield {"under": say("Name"), "text": body.custodian if body else ""}
    yield {"under": say("Title"), "text": body.custodian_title if body else ""}
