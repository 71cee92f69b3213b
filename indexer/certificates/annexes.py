"""The annexes of a certificate: the exact query, accounts and days, limits of archives, how to check it, and digests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from indexer.certificates.file_format import CaptureRef, Expansion, Header
from indexer.certificates.wording import (
    Block,
    account_words,
    day_words,
    doubt_sentences,
    filter_sentences,
    heading,
    join_parts,
    label_words,
    list_filters,
    local_day,
    local_time,
    paragraph,
    selection_words,
    table,
    utc_time,
)
from indexer.coverage import STATUSES, DayStatus
from indexer.i18n import day_range, say

WORDS_SHOWN: Final = 60
"""Words of an expansion in the PDF; the JSON file has all of them."""

_BEFORE_CAPTURED: Final = frozenset({DayStatus.CAPTURED, DayStatus.BEFORE_FIRST})


def annexes(header: Header, json_name: str, json_digest: str) -> list[Block]:
    """Return the blocks of annexes A to E. The certificate of a list says nothing about coverage."""
    is_list = header.is_list
    return [
        _annex("A", say("The list")) if is_list else _annex("A", say("The exact query, and how it was read")),
        *(_list_blocks(header) if is_list else _query_blocks(header)),
        _annex("B", say("Accounts of these records")) if is_list else _annex("B", say("Accounts and days")),
        *(_listed_accounts(header) if is_list else _account_blocks(header)),
        _annex("C", say("What these archives cannot contain")),
        *_limit_blocks(header),
        _annex("D", say("How to check this certificate")),
        *_check_blocks(header, json_name),
        _annex("E", say("Digests")),
        *_digest_blocks(header, json_name, json_digest),
    ]


def _annex(letter: str, text: str) -> Block:
    return {"kind": "annex", "text": say("Annex {letter}. {title}", letter=letter, title=text)}


def _query_blocks(header: Header) -> Iterator[Block]:
    query = header.query
    yield {"kind": "quote", "text": query.typed}
    rows = [[say("Searched for"), query.words_english or query.reading_english]]
    if query.canonical != query.typed:
        rows.append([say("In standard syntax"), query.canonical])
    rows.append([say("Search syntax"), _dialect_words(query.dialect)])
    rows.append([say("Filters"), join_parts(filter_sentences(header)) or say("none: every record in scope was searched")])
    if query.as_of is not None:
        text = say("{day}: only what was visible at the end of that day, in the version of that day", day=day_words(query.as_of))
        rows.append([say("As it was on"), text])
    yield {"kind": "facts", "rows": [*rows, *_maker_rows(header)]}
    doubts = [sentence for doubt in header.announcements for sentence in doubt_sentences(doubt)]
    if doubts:
        yield paragraph(say("Notes on how the query was read, announced before the number of records:"))
        yield {"kind": "list", "items": doubts}
    found = header.found
    if found.by_term:
        yield paragraph(say("Each term by itself, with the same filters. A record can contain several terms."))
        yield table([say("Term"), say("Records")], [[term.query, f"{term.records:,}"] for term in found.by_term])
    for expansion in found.expansions:
        yield paragraph(_expansion_text(expansion))


def _dialect_words(name: str) -> str:
    if name == "dtsearch":
        return say("dtSearch: adjacent words are an exact phrase")
    return say("records must contain all words")


def _maker_rows(header: Header) -> Iterator[list[Any]]:
    software, state = header.software, header.state
    yield [say("Made by"), header.made.by]
    local, utc = local_time(header.made.at_utc, header.zone), utc_time(header.made.at_utc)
    yield [say("Date and time"), say("{local} ({utc})", local=local, utc=utc)]
    yield [say("Time zone"), header.zone]
    yield [say("Access"), header.made.scope.words]
    yield [say("Program"), f"Show-Me Records {software.program}"]
    engine = {"name": software.engine, "version": software.engine_version, "analyzer": software.analyzer}
    yield [say("Search engine"), say("{name} {version}, word rules {analyzer}", **engine)]
    if state.catalog_position is not None and state.index_position is not None:
        positions = {"catalog": state.catalog_position, "index": state.index_position}
        yield [say("Status"), say("catalog at {catalog}, search index at {index}", **positions)]


def _expansion_text(expansion: Expansion) -> str:
    if not expansion.words:
        return say("{term} matched no word in any record.", term=expansion.query)
    listed = ", ".join(f"{word} ({count:,})" for word, count in sorted(expansion.words.items())[:WORDS_SHOWN])
    more = len(expansion.words) - WORDS_SHOWN
    if more > 0:
        return say(
            "{term} matched these words (number of records containing each): {words}, and {more} more, listed in the JSON file.",
            term=expansion.query,
            words=listed,
            more=more,
        )
    return say("{term} matched these words (number of records containing each): {words}.", term=expansion.query, words=listed)


def _list_blocks(header: Header) -> Iterator[Block]:
    selection = header.filters.selection
    if selection is not None:
        rows = [[say("What is listed"), selection_words(selection)]]
        rows += [[say("Of these, only"), filters] for filters in list_filters(header)]
        yield {"kind": "facts", "rows": [*rows, *_maker_rows(header)]}
        yield paragraph(say("The JSON file names each record with its version and the digest of its content."))


def _listed_accounts(header: Header) -> Iterator[Block]:
    rows = [[account_words(count.account), f"{count.records:,}"] for count in header.found.by_account if count.records]
    if rows:
        yield table([say("Account"), say("Records listed")], rows)
    else:
        yield paragraph(say("None: no record is listed."))


def _account_blocks(header: Header) -> Iterator[Block]:
    state, coverage = header.state, header.coverage
    if state.held is not None and state.in_step:
        yield paragraph(say("All {count} records on file were in the search index.", count=state.held))
    elif state.in_step:
        yield paragraph(say("All records on file were in the search index."))
    counts = {count.account.id: count.records for count in header.found.by_account}
    rows = [_account_row(account, counts) for account in coverage["accounts"]] if coverage else []
    covered = {account["id"] for account in coverage["accounts"]} if coverage else set()
    rows += [
        [account_words(count.account), f"{count.records:,}", say("not known"), ""]
        for count in header.found.by_account
        if count.account.id not in covered
    ]
    if rows:
        head = [say("Account"), say("Records found"), say("Captured to"), say("Days searched")]
        yield table(head, rows, columns=["account", "narrow", "narrow", "wide"])
    else:
        yield paragraph(say("There is no archive for the accounts searched. Nothing could have been found."))
    if coverage is None:
        return
    yield paragraph(coverage["summary"])
    if coverage["gaps"]:
        yield {"kind": "list", "items": coverage["gaps"]}
    ends = len({account["captured_to"] for account in coverage["accounts"]})  # the notes begin with them; the table has them
    remarks = coverage["notes"][ends:-1]
    if remarks:
        yield {"kind": "list", "items": remarks}


def _account_row(account: dict[str, Any], counts: dict[int, int]) -> list[Any]:
    captured_to = day_words(date.fromisoformat(account["captured_to"])) if account["captured_to"] else say("not certain")
    return [
        label_words(account["account"], account["platform"]),
        f"{counts.get(account['id'], 0):,}",
        captured_to,
        {"lines": list(_runs(account["intervals"]))},
    ]


def _runs(intervals: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each run of days with the same status in words; days before an account's first record count as captured."""
    runs: list[tuple[DayStatus, str, str]] = []
    for interval in intervals:
        status = DayStatus(interval["status"])
        status = DayStatus.CAPTURED if status in _BEFORE_CAPTURED else status
        first = runs.pop()[1] if runs and runs[-1][0] is status else interval["from"]
        runs.append((status, first, interval["to"]))
    for status, first, last in runs:
        yield say("{status}: {days}", status=STATUSES[status](), days=day_range(date.fromisoformat(first), date.fromisoformat(last)))


def _limit_blocks(header: Header) -> Iterator[Block]:
    coverage = header.coverage
    if header.is_list or coverage is None:
        yield paragraph(say("This certificate makes no statement about what the archives contain besides these records."))
        return
    if coverage["notes"]:
        yield paragraph(coverage["notes"][-1])  # what was deleted before an archive was made
    faulty = [
        say("{name}: {problems} problems while reading; {short} fewer items than the platform counts.", **_named(capture))
        for capture in coverage["faulty_captures"]
    ]
    if faulty:
        yield paragraph(say("Some content of these archives could not be read:"))
        yield {"kind": "list", "items": faulty}
    groups: dict[str, list[str]] = {}
    for limit in coverage["cannot_contain"]:
        groups.setdefault(", ".join(limit["accounts"]), []).append(limit["text"])
    for accounts, texts in groups.items():
        yield heading(accounts)
        yield {"kind": "list", "items": texts}


def _named(capture: dict[str, Any]) -> dict[str, Any]:
    return {name: capture[name] for name in ("name", "problems", "short")}


def _check_blocks(header: Header, json_name: str) -> Iterator[Block]:
    body = header.body.name if header.body and header.body.name else say("the public body")
    yield paragraph(
        say(
            "You need this PDF and the file {name} that goes with it, and no access to any system. The file is plain text: any text "
            "editor opens it.",
            name=json_name,
        )
    )
    yield {
        "kind": "steps",
        "items": [
            say(
                "Compute the SHA-256 of {name}. If it is the one on page 1, the file is the one that this certificate is about. On "
                "Windows: certutil -hashfile {name} SHA256. On a Mac: shasum -a 256 {name}. On Linux: sha256sum {name}",
                name=json_name,
            ),
            say(
                'Under "records", the file has one line for each record: the record\'s ID, its version, and the SHA-256 of its content. '
                "There are as many lines as page 1 counts: {count}.",
                count=header.found.total,
            ),
            say(
                "If you received records with this certificate, their columns record_id and content_digest have the same values as these "
                "lines. A record with another digest is not the one that was certified."
            ),
            say(
                'Give {name} to {body}. Its page "Check a certificate" says whether the file is unaltered and in the event log, and '
                "shows its staff what is new, changed, or gone since.",
                name=json_name,
                body=body,
            ),
        ],
    }
    if header.is_list:
        yield paragraph(say("With the program, this command compares the records listed with those on file:"))
    else:
        yield paragraph(
            say(
                "With the program, this command repeats the search. It reports that the result is identical, or lists each record that "
                "is new, changed, or gone, and the archive it came from:"
            )
        )
    yield {"kind": "command", "text": f"python -m indexer certificate verify {json_name}"}


def _digest_blocks(header: Header, json_name: str, json_digest: str) -> Iterator[Block]:
    rows: list[list[Any]] = [
        [say("Certificate"), header.id],
        [say("List of records, SHA-256"), {"digest": header.found.digest}],
        [say("{name}, SHA-256", name=json_name), {"digest": json_digest}],
    ]
    if header.anchor is not None:
        rows.append([say("Event log"), say("{count} events when this was made; hash of the latest:", count=header.anchor.events)])
        rows.append(["", {"digest": header.anchor.hash}])
    yield {"kind": "facts", "rows": rows}
    inside = [capture for capture in header.captures if capture.in_scope]
    outside = len(header.captures) - len(inside)
    if inside:
        yield heading(say("Archives that hold these records") if header.is_list else say("Archives searched"))
        yield paragraph(
            say(
                "As provided by the platforms, with the day each was made and the day it was added. An archive's SHA-256 is its "
                "fingerprint: it changes if any part of the archive changes."
            )
        )
        yield table(
            [say("Account"), say("Archive and its SHA-256"), say("Made, added")],
            [_capture_row(capture, header.zone) for capture in inside],
            columns=["account", "wide", "narrow"],
            numbers=[],
        )
    elif not header.is_list:
        yield {"kind": "warning", "text": say("There is no archive for the accounts searched. Nothing could have been found.")}
    if header.is_list:
        return
    if outside == 1:
        yield {"kind": "hint", "text": say("One more archive is on file, for an account that the filters exclude.")}
    elif outside:
        yield {"kind": "hint", "text": say("{count} more archives are on file, for accounts that the filters exclude.", count=outside)}


def _capture_row(capture: CaptureRef, zone: str) -> list[Any]:
    account = account_words(capture.account) if capture.account else say("account unknown")
    exported = local_day(capture.exported_at, zone) if capture.exported_at else say("date unknown")
    return [account, {"text": capture.name, "digest": capture.digest}, {"text": exported, "under": local_day(capture.taken_at, zone)}]
