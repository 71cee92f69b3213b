"""The certificate as a PDF, written for readers who did not run the search: query, results, scope, and how to verify it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from indexer import platforms
from indexer.certificates.file_format import AccountRef, Announcement, CaptureRef, Expansion, Header, ResultSummary, Selection
from indexer.i18n import say
from indexer.local_time import to_local
from indexer.query import ENGLISH
from indexer.search import CountedAnnouncement, RecordSet, SetOrigin, describe_set, sentences
from indexer.typeset import compile_pdf

WORDS_SHOWN: Final = 60
"""Words of an expansion in the PDF; the JSON file has all of them."""

Block = dict[str, Any]


def render_pdf(header: Header, json_name: str, json_digest: str) -> bytes:
    """Return the PDF of a certificate whose list of records is the file `json_name`. Raises PdfFailed."""
    return compile_pdf("certificate", document(header, json_name, json_digest), made_at=header.made.at_utc)


def document(header: Header, json_name: str, json_digest: str) -> Block:
    """Return the document as template data: title, header and footer, and blocks."""
    return {
        "title": say("Certificate of a search"),
        "running": say("Certificate of a search · {query}", query=_shorten(header.query.typed, 70)),
        "foot": say("Certificate {id}", id=header.id),
        "page_words": "Page {page} of {pages}",
        "blocks": [
            *_opening_blocks(header),
            *_query_blocks(header),
            *_result_blocks(header),
            *_archive_blocks(header),
            *_coverage_blocks(header),
            *_maker_blocks(header),
            *_verification_blocks(header, json_name, json_digest),
            {"kind": "signature", "lines": [say("Signature"), say("Date"), say("Name"), say("Title")]},
        ],
    }


def _opening_blocks(header: Header) -> Iterator[Block]:
    under = say("Made by {name} on {time}", name=header.made.by, time=_local_time(header.made.at_utc, header.zone))
    yield {"kind": "title", "text": say("Certificate of a search"), "under": under}
    for doubt in header.announcements:  # before the count, which depends on how the query was read
        yield from ({"kind": "warning", "text": sentence} for sentence in _doubt_sentences(doubt))
    yield {"kind": "result", "text": _result_sentence(header.found)}
    if not header.found.total and header.filters.selection is None:
        yield {
            "kind": "para",
            "text": say(
                "The query was valid, the search ran to completion, and no record on file matches it. This does not cover "
                "anything that was never captured: the sections below list the archives that were searched."
            ),
        }
    yield from ({"kind": "warning", "text": warning} for warning in header.warnings)


def _doubt_sentences(doubt: Announcement) -> list[str]:
    return list(sentences(CountedAnnouncement(doubt.code, doubt.message, doubt.start, doubt.end, doubt.other_query, doubt.other_total)))


def _result_sentence(summary: ResultSummary) -> str:
    if summary.total == 1:
        return say("The search found 1 record.")
    return say("The search found {count} records.", count=summary.total) if summary.total else say("The search found no records.")


def _query_blocks(header: Header) -> Iterator[Block]:
    query = header.query
    yield _heading_block(say("The search"))
    yield {"kind": "quote", "text": query.typed}
    rows = [[say("Searched for"), query.reading_english]]
    if query.reading_spanish:
        rows.append([say("In Spanish"), query.reading_spanish])
    if query.canonical != query.typed:
        rows.append([say("In standard syntax"), query.canonical])
    rows.append([say("Search syntax"), _dialect_words(query.dialect)])
    rows.append([say("Filters"), _join(filter_sentences(header)) or say("none: every record in scope was searched")])
    if query.as_of is not None:
        rows.append(
            [
                say("As it was on"),
                say("{day}: only what was visible at the end of that day, in the version of that day", day=_day(query.as_of)),
            ]
        )
    rows.append([say("Time zone"), header.zone])
    yield {"kind": "facts", "rows": rows}


def _join(parts: list[str]) -> str | None:
    """Join parts into a text that stays translatable part by part; None without parts."""
    joined: str | None = None
    for part in parts:
        joined = part if joined is None else say("{parts}; {part}", parts=joined, part=part)
    return joined


def _dialect_words(name: str) -> str:
    if name == "dtsearch":
        return say("dtSearch: adjacent words are an exact phrase")
    return say("records must contain all words")


def filter_sentences(header: Header) -> list[str]:
    """Return the filters that the maker chose, in words."""
    chosen = header.filters
    words: list[str] = []
    if chosen.selection is not None:
        words.append(say("only within {selection}", selection=selection_words(chosen.selection)))
    if chosen.first_day and chosen.last_day:
        words.append(say("posted from {first} to {last}, both days included", first=_day(chosen.first_day), last=_day(chosen.last_day)))
    elif chosen.first_day:
        words.append(say("posted on {day} or later", day=_day(chosen.first_day)))
    elif chosen.last_day:
        words.append(say("posted on {day} or earlier", day=_day(chosen.last_day)))
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
    if chosen.states is not None:
        words.append(say("states: {names}", names=", ".join(ENGLISH.get(f"is {state}", state) for state in chosen.states)))
    return words


def selection_words(selection: Selection) -> str:
    """Describe the record set of a certificate: "5 records selected by R. Delgado"."""
    chosen = RecordSet(SetOrigin(selection.origin), selection.record_ids, selection.by, selection.day)
    return describe_set(chosen, ENGLISH, with_count=True)


def _result_blocks(header: Header) -> Iterator[Block]:
    summary = header.found
    yield _heading_block(say("Results"))
    if summary.undated == 1:
        yield {"kind": "para", "text": say("One of the records has no readable date.")}
    elif summary.undated:
        yield {"kind": "para", "text": say("{count} of the records have no readable date.", count=summary.undated)}
    if summary.by_account:
        rows = [[account_words(count.account), f"{count.records:,}"] for count in summary.by_account]
        yield _table_block([say("Account"), say("Records found")], rows)
    if summary.by_term:
        yield {"kind": "para", "text": say("Each term by itself, with the same filters. A record can contain several terms.")}
        yield _table_block([say("Term"), say("Records")], [[term.query, f"{term.records:,}"] for term in summary.by_term])
    for expansion in summary.expansions:
        yield {"kind": "para", "text": _expansion_text(expansion)}
    if not summary.total and not summary.by_term:
        yield {"kind": "para", "text": say("There are no records within these filters.")}


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


def _archive_blocks(header: Header) -> Iterator[Block]:
    yield _heading_block(say("Archives searched"))
    inside = [capture for capture in header.captures if capture.in_scope]
    outside = len(header.captures) - len(inside)
    state = header.state
    if state.held is not None and state.indexed is not None and state.in_step:
        yield {"kind": "para", "text": say("All {count} records on file were in the search index.", count=state.held)}
    elif state.in_step:
        yield {"kind": "para", "text": say("All records on file were in the search index.")}
    if inside:
        yield {
            "kind": "para",
            "text": say(
                "These archives, as provided by the platforms, were on file and were searched. An archive's SHA-256 is its "
                "fingerprint: it changes if any part of the archive changes."
            ),
        }
        yield _table_block(
            [say("Account"), say("Archive and its SHA-256"), say("Exported, added")],
            [_capture_row(capture, header.zone) for capture in inside],
            columns=["account", "wide", "narrow"],
            numbers=[],
        )
    else:
        yield {"kind": "warning", "text": say("There is no archive for the accounts searched. Nothing could have been found.")}
    if outside == 1:
        yield {"kind": "hint", "text": say("One more archive is on file, for an account that the filters exclude.")}
    elif outside:
        yield {"kind": "hint", "text": say("{count} more archives are on file, for accounts that the filters exclude.", count=outside)}


def _coverage_blocks(header: Header) -> Iterator[Block]:
    coverage = header.coverage
    if coverage is None:
        return
    yield _heading_block(say("Coverage: what was captured and what could not be found"))
    yield {"kind": "para", "text": coverage["summary"]}
    if coverage["gaps"]:
        yield {"kind": "list", "items": coverage["gaps"]}
    faulty = [
        say(
            "{name}: {problems} problems while reading; {short} fewer items than the platform counts.",
            **_select(capture, "name", "problems", "short"),
        )
        for capture in coverage["faulty_captures"]
    ]
    if faulty:
        yield {"kind": "para", "text": say("Some content of these archives could not be read:")}
        yield {"kind": "list", "items": faulty}
    yield {"kind": "list", "items": coverage["notes"]}
    groups: dict[str, list[str]] = {}
    for limit in coverage["cannot_contain"]:
        groups.setdefault(", ".join(limit["accounts"]), []).append(limit["text"])
    for accounts, texts in groups.items():
        yield {"kind": "para", "text": say("What the archives of {accounts} cannot contain:", accounts=accounts)}
        yield {"kind": "list", "items": texts}


def _select(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _capture_row(capture: CaptureRef, zone: str) -> list[Any]:
    account = account_words(capture.account) if capture.account else say("account unknown")
    exported = _day(to_local(capture.exported_at, zone).date()) if capture.exported_at else say("date unknown")
    taken = _day(to_local(capture.taken_at, zone).date())
    return [account, {"text": capture.name, "digest": capture.digest}, {"text": exported, "under": taken}]


def _maker_blocks(header: Header) -> Iterator[Block]:
    yield _heading_block(say("Who searched, and how"))
    software, state = header.software, header.state
    rows = [
        [say("Made by"), header.made.by],
        [
            say("Date and time"),
            say("{local} ({utc} UTC)", local=_local_time(header.made.at_utc, header.zone), utc=f"{header.made.at_utc:%Y-%m-%d %H:%M:%S}"),
        ],
        [say("Access"), header.made.scope.words],
        [say("Program"), f"Show-Me Records {software.program}"],
        [
            say("Search engine"),
            say(
                "{name} {version}, word rules {analyzer}",
                name=software.engine,
                version=software.engine_version,
                analyzer=software.analyzer,
            ),
        ],
    ]
    if state.catalog_position is not None and state.index_position is not None:
        rows.append(
            [
                say("Status"),
                say("catalog at {catalog}, search index at {index}", catalog=state.catalog_position, index=state.index_position),
            ]
        )
    yield {"kind": "facts", "rows": rows}


def _verification_blocks(header: Header, json_name: str, json_digest: str) -> Iterator[Block]:
    yield _heading_block(say("How to check this certificate"))
    yield {
        "kind": "para",
        "text": say(
            "The accompanying file {name} lists every record found, with its version and the fingerprint of its content. The "
            "search can be repeated at any later time. The program then reports that the result is identical, or lists each "
            "record that is new, changed, or gone and the archive it came from:",
            name=json_name,
        ),
    }
    yield {"kind": "command", "text": f"python -m indexer certificate verify {json_name}"}
    yield {
        "kind": "facts",
        "rows": [
            [say("Certificate"), header.id],
            [say("SHA-256 of the list of records"), {"digest": header.found.digest}],
            [say("SHA-256 of the JSON file"), {"digest": json_digest}],
            *_anchor_rows(header),
        ],
    }


def _anchor_rows(header: Header) -> Iterator[list[Any]]:
    if header.anchor is not None:
        yield [say("Event log"), say("{count} events when this was made", count=header.anchor.events)]
        yield [say("Hash of the latest event"), {"digest": header.anchor.hash}]


def account_words(account: AccountRef) -> str:
    """Return an account's label with its platform."""
    if not account.platform:
        return say("an account that is not on file ({number})", number=str(account.id))
    return f"{account.label} ({platforms.title(account.platform)})"


def _heading_block(text: str) -> Block:
    return {"kind": "heading", "text": text}


def _table_block(
    head: Sequence[str], rows: list[list[Any]], *, columns: Sequence[str] = ("wide", "narrow"), numbers: Sequence[int] = (1,)
) -> Block:
    return {"kind": "table", "head": list(head), "rows": rows, "columns": list(columns), "numbers": list(numbers)}


def _local_time(instant: datetime, zone: str) -> str:
    moment = to_local(instant, zone)
    return f"{_day(moment.date())}, {moment:%I:%M %p} {moment.tzname()}".replace(", 0", ", ")


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]} …"
