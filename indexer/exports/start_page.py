"""START-HERE.html: the page at the top of a package that says what it is, what to open, and how to check it."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Final

from indexer.exports.readme import Contents
from indexer.exports.values import Description
from indexer.local_time import local_words

_HERE: Final = Path(__file__).parent
_ACCOUNTS: Final = 12  # listed; README and workbook have all
_DOCUMENTS: Final = {"certificate.pdf": "What was searched, what was found, and how far each account is captured. To be signed."}


def start_page(about: Description, accounts: Mapping[str, int], notes: Sequence[str], contents: Contents) -> str:
    """Return the page. `accounts`: number of records by account; `notes`: sentences on the files of this package."""
    style = (_HERE / "start_here.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    body = about.organization or "Social media records"
    content = [
        f'<p class="body">{_safe(body)}</p>',
        f"<h1>{_safe(about.title)}</h1>",
        f'<p class="days">{_safe(about.days)}</p>' if about.days else "",
        f"<p>{_safe(_summary(about, len(accounts), contents))}</p>",
        "<h2>Open</h2>",
        f'<ul class="files">{"".join(_file(*line) for line in _files(contents))}</ul>',
        *_section("What was asked", f"<dl>{''.join(_fact(*fact) for fact in _asked(about))}</dl>"),
        *_section("Accounts", f"<dl>{''.join(_fact(*fact) for fact in _accounts(accounts))}</dl>" if accounts else ""),
        *_section("What to know", _notes([*about.notes, *notes, *_coverage(about)])),
        *_section("How to check that nothing was changed", "".join(f"<p>{line}</p>" for line in _checks(contents))),
    ]
    page = Template((_HERE / "start_here.html").read_text(encoding="utf-8"))
    return page.substitute(
        title=_safe(f"{body}: {about.title}"), style=style, style_digest=f"sha256-{digest}", content="\n".join(filter(None, content))
    )


def _summary(about: Description, accounts: int, contents: Contents) -> str:
    if not about.total:
        return "The search below found no records. This package says what was searched and how far each account is captured."
    records = "1 social media record" if about.total == 1 else f"{about.total:,} social media records"
    where = "1 account" if accounts == 1 else f"{accounts:,} accounts"
    media = "" if contents.choices.media else " Pictures and videos were left out."
    return f"{records} of {where}: everything that the search below found, in its order, nothing else.{media}"


def _files(contents: Contents) -> Iterable[tuple[str, str, str]]:
    """Yield address, name and use of each file to open, the most useful first."""
    if contents.choices.viewer:
        yield "data/viewer/index.html", "Read and search in a browser", "Works without a network. En inglés y en español."
    for number, name in enumerate(contents.pdf, 1):
        yield f"data/{name}", f"PDF, part {number} of {len(contents.pdf)}" if len(contents.pdf) > 1 else "PDF", "To read and print."
    yield "data/records.xlsx", "Excel workbook", "A row for each record, to sort and filter."
    for name, use in _DOCUMENTS.items():
        if name in contents.documents:
            yield f"data/{name}", "Certificate of the search", use
    if contents.choices.media:
        yield "data/media.csv", "List of pictures and files", "Each one, or why it is not here. The files are in data/media."
    if contents.context:
        yield "data/context.csv", "The rest of the conversations", f"{contents.context:,} records that the search did not find."
    yield "data/records.csv", "CSV", "For any spreadsheet or database. For programs: records.jsonl and search.json."
    yield "README.txt", "README", "All details: counts, notes, archives searched, what is masked."


def _file(address: str, name: str, use: str) -> str:
    return f'<li><a href="{_safe(address)}">{_safe(name)}</a><span>{_safe(use)}</span></li>'


def _asked(about: Description) -> Iterable[tuple[str, str]]:
    if about.title != about.query and about.query.strip() not in {"", "*"}:
        yield "Query", about.query
    yield "Searched for", about.reading
    for line in about.filters:
        yield "Filter", line
    yield "Made", f"{local_words(about.made_at, about.zone)} by {about.made_by}"


def _accounts(accounts: Mapping[str, int]) -> Iterable[tuple[str, str]]:
    by_size = sorted(accounts.items(), key=lambda account: (-account[1], account[0]))
    for name, count in by_size[:_ACCOUNTS]:
        yield name, f"{count:,}"
    if rest := by_size[_ACCOUNTS:]:
        yield f"{len(rest):,} more", f"{sum(count for _, count in rest):,}"


def _coverage(about: Description) -> Iterable[str]:
    if about.coverage:
        yield about.coverage["summary"]
        yield from about.coverage["gaps"]


def _checks(contents: Contents) -> Iterable[str]:
    yield (
        "Every file has a fingerprint (SHA-256) in <code>manifest-sha256.txt</code>. In a terminal, in this folder: "
        "<code>sha256sum -c manifest-sha256.txt</code> names each file that differs (on a Mac: "
        "<code>shasum -a 256 -c manifest-sha256.txt</code>). On Windows, "
        "<code>certutil -hashfile data\\records.csv SHA256</code> shows the fingerprint of a file, to compare with its line there."
    )
    yield "The folder is a BagIt bag (RFC 8493), so the tools of libraries and archives check it, too."
    if contents.documents:
        yield "The certificate has a fingerprint of every record. The office that made this package can repeat the search and compare."


def _notes(notes: Sequence[str]) -> str:
    return f'<ul class="notes">{"".join(f"<li>{_safe(note)}</li>" for note in notes)}</ul>' if notes else ""


def _section(title: str, content: str) -> tuple[str, ...]:
    return (f"<h2>{_safe(title)}</h2>", content) if content else ()


def _fact(name: str, value: str) -> str:
    return f"<dt>{_safe(name)}</dt><dd>{_safe(value)}</dd>"


def _safe(text: str) -> str:
    """Escape a text; halves of characters become question marks."""
    return html.escape(text.encode("utf-8", "replace").decode())
