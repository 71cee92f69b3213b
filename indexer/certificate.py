"""The certificate of a search: what was asked, searched and found, so that a person can sign for it and anyone can check it."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from indexer import certificate_parts as parts
from indexer import certificate_pdf, certificate_shape
from indexer.certificate_shape import Header
from indexer.engines import Sort, TooBroad
from indexer.exports.bag import sync
from indexer.exports.partial import partial, publish
from indexer.fixity import file_digest
from indexer.house import House
from indexer.saying import say
from indexer.search import SearchRequest
from indexer.typeset import PdfFailed

TRIES: Final = 3
_IN_MEMORY: Final = 16 * 2**20  # bytes of record lines; more wait in a temporary file

Tick = Callable[[int, int], None]


class CertificateFailed(Exception):
    """No certificate was made; the text says why and what to do."""


class Certificate:
    """A certificate in the making: its header, and the lines of its records in a temporary file. Close it, or use `with`."""

    def __init__(self, header: Header, spool: IO[bytes]) -> None:
        self.header = header
        self._spool = spool

    def lines(self) -> Iterator[str]:
        """Yield the line of each record, newest first, without its line feed."""
        self._spool.seek(0)
        for raw in self._spool:
            yield raw.decode("utf-8").removesuffix("\n")

    def close(self) -> None:
        """Let go of the temporary file."""
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Written:
    """The two files of a certificate and their SHA-256."""

    id: str
    json: Path
    pdf: Path
    json_digest: str
    pdf_digest: str


def certify(
    house: House, request: SearchRequest, *, by: str, scope_words: str = "", at: datetime | None = None, progress: Tick | None = None
) -> Certificate:
    """Search, and return the certificate of it. `at` (UTC) is now unless told; `scope_words` say what `by` may see.

    Everything in it is of one state of catalogue and index. Raises NotAnswered for a query that cannot be run and
    CertificateFailed when archives are being taken in all the while.
    """
    asked = replace(request, sort=Sort.NEWEST, limit=0, offset=0)
    for _ in range(TRIES):
        before = parts.state(house, asked.filters)
        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the certificate closes it
        try:
            found = parts.found(house, asked, spool, progress)
            if found is not None:
                made = parts.made(house, asked.filters, by, scope_words, at or datetime.now(UTC))
                header = parts.header(house, asked, uuid.uuid4().hex, made, found)
                if parts.state(house, asked.filters) == before:
                    return Certificate(header, spool)
        except TooBroad as error:
            spool.close()
            raise CertificateFailed(say("{why} Write more letters before the wildcard.", why=str(error))) from error
        except BaseException:
            spool.close()
            raise
        spool.close()
    raise CertificateFailed(
        say(
            "Records are being taken in or indexed at this moment, so that the parts of a certificate would not fit each other. "
            "Try again when that is done. If nothing is being taken in, the index is damaged: python -m indexer rebuild"
        )
    )


def write(house: House, certificate: Certificate, target: Path, *, actor: str = "") -> Written:
    """Write `target` (.json) and the PDF beside it, both or none of them, and note it in the event log as a deed of `actor`.

    `actor` is the maker as the certificate names them, unless told (a login name).

    Raises CertificateFailed, OSError.
    """
    target = target.with_suffix(".json")
    header = certificate.header
    with partial(target) as folder:
        made = folder / "certificate.json"
        with made.open("wb") as out:
            certificate_shape.write(header, certificate.lines(), out)
        digest = file_digest(made)
        paper = folder / "certificate.pdf"
        try:
            paper.write_bytes(certificate_pdf.pdf_of(header, target.name, digest))
        except PdfFailed as error:
            raise CertificateFailed(str(error)) from error
        written = Written(header.id, target, target.with_suffix(".pdf"), digest, file_digest(paper))
        sync(made)
        sync(paper)
        detail = {"query": header.query.typed, "records": header.found.total, "records_digest": header.found.digest}
        # the event first: a file that says it was made here must be known here, even when the computer stops in between
        house.audit.add(
            "certificate:made", actor or header.made.by, header.id, {**detail, "sha256": digest, "pdf_sha256": written.pdf_digest}
        )
        publish(paper, written.pdf)
        publish(made, written.json)
    return written
