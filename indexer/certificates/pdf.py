"""The certificate on paper: one calm document for a reader who was not there, from what was asked to how to check it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from indexer import platforms
from indexer.certificates.file_format import AccountRef, Announcement, CaptureRef, Expansion, Found, Header
from indexer.i18n import say
from indexer.local_time import to_local
from indexer.query.reading_words import ENGLISH
from indexer.search.announced import Announced, sentences
from indexer.typeset import render_pdf

WORDS_SHOWN: Final = 60
"""Words of one expansion on paper; the JSON file has all of them."""

Block = dict[str, Any]


def pdf_of(header: Header, json_name: str, json_digest: str) -> bytes:
    """Return the PDF of a certificate whose list of records is the file `json_name`. Raises PdfFailed."""
    return render_pdf("certificate", document(header, json_name, json_digest), made_at=header.made.at_utc)


def document(header: Header, json_name: str, json_digest: str) -> Block:
    """Return the document as data: title, running texts and blocks."""
    return {
        "title": say("Certificate of a search"),
        "running": say("Certificate of a search · {query}", query=_cut(header.query.typed, 70)),
        "foot": say("Certificate {id}", id=header.id),
        "page_words": "Page {page} of {pages}",
        "blocks": [
            *_beginning(header),
            *_asked(header),
            *_found(header),
            *_searched(header),
            *_covered(header),
            *_made(header),
            *_check(header, json_name, json_digest),
            {"kind": "signature", "lines": [say("Signature"), say("Date"), say("Name"), say("Title")]},
        ],
    }


def _beginning(header: Header) -> Iterator[Block]:
    under = say("Made by {name} on {time}", name=header.made.by, time=_moment(header.made.at_utc, header.zone))
    yield {"kind": "title", "text": say("Certificate of a search"), "under": under}
    for doubt in header.announcements:  # before the number: who reads it must know how the query was read
        yield from ({"kind": "warning", "text": sentence} for sentence in _announced(doubt))
    yield {"kind": "result", "text": _result(header.found)}
    if not header.found.total:
        yield {
            "kind": "para",
            "text": say(
                "The query was valid, the search ran to completion, and no record on file matches it. This does not cover "
                "anything that was never captured: the sections below list the archives that were searched."
            ),
        }
    yield from ({"kind": "warning", "text": one} for one in header.warnings)


def _announced(doubt: Announcement) -> list[str]:
    return list(sentences(Announced(doubt.code, doubt.message, doubt.start, doubt.end, doubt.other_query, doubt.other_total)))


def _result(found: Found) -> str:
    if found.total == 1:
        return say("The search found 1 record.")
    return say("The search found {count} records.", count=found.total) if found.total else say("The search found no records.")


def _asked(header: Header) -> Iterator[Block]:
    query = header.query
    yield _heading(say("The search"))
    yield {"kind": "quote", "text": query.typed}
    rows = [[say("Searched for"), query.reading_english]]
    if query.reading_spanish:
        rows.append([say("In Spanish"), query.reading_spanish])
    if query.canonical != query.typed:
        rows.append([say("In standard syntax"), query.canonical])
    rows.append([say("Search syntax"), _dialect(query.dialect)])
    rows.append([say("Filters"), _all(narrowings(header)) or say("none: every record in scope was searched")])
    if query.as_of is not None:
        rows.append(
            [
                say("As it was on"),
                say("{day}: only what was visible at the end of that day, in the version of that day", day=_day(query.as_of)),
            ]
        )
    rows.append([say("Time zone"), header.zone])
    yield {"kind": "facts", "rows": rows}


def _all(parts: list[str]) -> str | None:
    """Return parts as one text whose parts can still be said in another language; None for no parts."""
    together: str | None = None
    for part in parts:
        together = part if together is None else say("{parts}; {part}", parts=together, part=part)
    return together


def _dialect(name: str) -> str:
    if name == "dtsearch":
        return say("dtSearch: adjacent words are an exact phrase")
    return say("records must contain all words")


def narrowings(header: Header) -> list[str]:
    """Return the filters that the maker chose, in words."""
    chosen = header.filters
    words: list[str] = []
    if chosen.first_day and chosen.last_day:
        words.append(say("posted from {first} to {last}, both days included", first=_day(chosen.first_day), last=_day(chosen.last_day)))
    elif chosen.first_day:
        words.append(say("posted on {day} or later", day=_day(chosen.first_day)))
    elif chosen.last_day:
        words.append(say("posted on {day} or earlier", day=_day(chosen.last_day)))
    if chosen.accounts is not None:
        words.append(say("accounts: {names}", names=", ".join(account_words(one) for one in chosen.accounts)))
    if chosen.platforms is not None:
        words.append(say("platforms: {names}", names=", ".join(platforms.title(one) for one in chosen.platforms)))
    if chosen.kinds is not None:
        words.append(say("kinds of record: {names}", names=", ".join(chosen.kinds)))
    if chosen.authors is not None:
        words.append(say("authors: {names}", names=", ".join(chosen.authors)))
    if chosen.has_media is not None:
        words.append(say("with pictures or video") if chosen.has_media else say("without pictures and video"))
    if chosen.states is not None:
        words.append(say("states: {names}", names=", ".join(ENGLISH.get(f"is {one}", one) for one in chosen.states)))
    return words


def _found(header: Header) -> Iterator[Block]:
    found = header.found
    yield _heading(say("Results"))
    if found.undated == 1:
        yield {"kind": "para", "text": say("One of the records has no readable date.")}
    elif found.undated:
        yield {"kind": "para", "text": say("{count} of the records have no readable date.", count=found.undated)}
    if found.by_account:
        rows = [[account_words(one.account), f"{one.records:,}"] for one in found.by_account]
        yield _table([say("Account"), say("Records found")], rows)
    if found.by_term:
        yield {"kind": "para", "text": say("Each term by itself, with the same filters. A record can contain several terms.")}
        yield _table([say("Term"), say("Records")], [[one.query, f"{one.records:,}"] for one in found.by_term])
    for one in found.expansions:
        yield {"kind": "para", "text": _expansion(one)}
    if not found.total and not found.by_term:
        yield {"kind": "para", "text": say("There are no records within these filters.")}


def _expansion(one: Expansion) -> str:
    if not one.words:
        return say("{term} matched no word in any record.", term=one.query)
    listed = ", ".join(f"{word} ({count:,})" for word, count in sorted(one.words.items())[:WORDS_SHOWN])
    more = len(one.words) - WORDS_SHOWN
    if more > 0:
        return say(
            "{term} matched these words (number of records containing each): {words}, and {more} more, listed in the JSON file.",
            term=one.query,
            words=listed,
            more=more,
        )
    return say("{term} matched these words (number of records containing each): {words}.", term=one.query, words=listed)


def _searched(header: Header) -> Iterator[Block]:
    yield _heading(say("Archives searched"))
    inside = [one for one in header.captures if one.in_scope]
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
        yield _table(
            [say("Account"), say("Archive and its SHA-256"), say("Exported, added")],
            [_capture(one, header.zone) for one in inside],
            columns=["account", "wide", "narrow"],
            numbers=[],
        )
    else:
        yield {"kind": "warning", "text": say("There is no archive for the accounts searched. Nothing could have been found.")}
    if outside == 1:
        yield {"kind": "hint", "text": say("One more archive is on file, for an account that the filters exclude.")}
    elif outside:
        yield {"kind": "hint", "text": say("{count} more archives are on file, for accounts that the filters exclude.", count=outside)}


def _covered(header: Header) -> Iterator[Block]:
    known = header.coverage
    if known is None:
        return
    yield _heading(say("Coverage: what was captured and what could not be found"))
    yield {"kind": "para", "text": known["summary"]}
    if known["gaps"]:
        yield {"kind": "list", "items": known["gaps"]}
    faulty = [
        say(
            "{name}: {problems} problems while reading; {short} fewer items than the platform counts.",
            **_of(one, "name", "problems", "short"),
        )
        for one in known["faulty_captures"]
    ]
    if faulty:
        yield {"kind": "para", "text": say("Some content of these archives could not be read:")}
        yield {"kind": "list", "items": faulty}
    yield {"kind": "list", "items": known["notes"]}
    groups: dict[str, list[str]] = {}
    for one in known["cannot_contain"]:
        groups.setdefault(", ".join(one["accounts"]), []).append(one["text"])
    for accounts, texts in groups.items():
        yield {"kind": "para", "text": say("What the archives of {accounts} cannot contain:", accounts=accounts)}
        yield {"kind": "list", "items": texts}


def _of(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _capture(one: CaptureRef, zone: str) -> list[Any]:
    whose = account_words(one.account) if one.account else say("account unknown")
    exported = _day(to_local(one.exported_at, zone).date()) if one.exported_at else say("date unknown")
    taken = _day(to_local(one.taken_at, zone).date())
    return [whose, {"text": one.name, "digest": one.digest}, {"text": exported, "under": taken}]


def _made(header: Header) -> Iterator[Block]:
    yield _heading(say("Who searched, and how"))
    software, state = header.software, header.state
    rows = [
        [say("Made by"), header.made.by],
        [
            say("Date and time"),
            say("{local} ({utc} UTC)", local=_moment(header.made.at_utc, header.zone), utc=f"{header.made.at_utc:%Y-%m-%d %H:%M:%S}"),
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


def _check(header: Header, json_name: str, json_digest: str) -> Iterator[Block]:
    yield _heading(say("How to check this certificate"))
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
            *_anchor(header),
        ],
    }


def _anchor(header: Header) -> Iterator[list[Any]]:
    if header.anchor is not None:
        yield [say("Event log"), say("{count} events when this was made", count=header.anchor.events)]
        yield [say("Hash of the latest event"), {"digest": header.anchor.hash}]


def account_words(account: AccountRef) -> str:
    """Return an account with its platform."""
    if not account.platform:
        return say("an account that is not on file ({number})", number=str(account.id))
    return f"{account.label} ({platforms.title(account.platform)})"


def _heading(text: str) -> Block:
    return {"kind": "heading", "text": text}


def _table(
    head: Sequence[str], rows: list[list[Any]], *, columns: Sequence[str] = ("wide", "narrow"), numbers: Sequence[int] = (1,)
) -> Block:
    return {"kind": "table", "head": list(head), "rows": rows, "columns": list(columns), "numbers": list(numbers)}


def _moment(instant: datetime, zone: str) -> str:
    at = to_local(instant, zone)
    return f"{_day(at.date())}, {at:%I:%M %p} {at.tzname()}".replace(", 0", ", ")


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} …"
