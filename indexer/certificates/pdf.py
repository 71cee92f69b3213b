"""The certificate as a document: a letter of one page and its annexes, the same as a PDF and on a page of the portal."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from indexer.certificates.annexes import annexes
from indexer.certificates.file_format import Header
from indexer.certificates.first_page import first_page, title
from indexer.certificates.wording import Block, selection_words, shorten
from indexer.i18n import say
from indexer.typeset import PdfFailed, compile_pdf

_RUNNING: Final = 70  # characters of the query in the running head


def render_pdf(header: Header, json_name: str, json_digest: str, seal: Path | None = None) -> bytes:
    """Return the PDF of a certificate whose list of records is the file `json_name`. Raises PdfFailed."""
    content = document(header, json_name, json_digest)
    if seal is None:
        return compile_pdf("certificate", content, made_at=header.made.at_utc)
    name = f"seal{seal.suffix.lower()}"
    try:
        return compile_pdf("certificate", {**content, "seal": name}, {name: seal}, made_at=header.made.at_utc)
    except (PdfFailed, OSError) as error:
        compile_pdf("certificate", content, made_at=header.made.at_utc)  # raises if the seal is not the reason
        raise PdfFailed(f"The seal {seal} cannot be printed: {error} Change or remove SHOWME_BODY_SEAL.") from error


def document(header: Header, json_name: str, json_digest: str) -> Block:
    """Return the document as template data: title, header and footer, the blocks of the first page and of the annexes."""
    about = header.subject or (selection_words(header.filters.selection) if header.filters.selection else header.query.typed)
    return {
        "title": title(header),
        "running": say("{title} · {about}", title=title(header), about=shorten(about, _RUNNING)),
        "foot": say("Certificate {id}", id=header.id),
        "page_words": "Page {page} of {pages}",
        "seal": "",
        "front": first_page(header, json_name, json_digest),
        "annexes": annexes(header, json_name, json_digest),
    }
