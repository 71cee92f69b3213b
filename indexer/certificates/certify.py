"""The certificate of a search: what was asked, searched and found, so that a person can sign for it and anyone can check it."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from indexer.atomic_files import partial_folder, publish, sync
from indexer.certificates import contents as parts
from indexer.certificates import file_format
from indexer.certificates import pdf as certificate_pdf
from indexer.certificates.file_format import Header
from indexer.evidence.fixity import file_digest
from indexer.i18n import message_of, say
from indexer.progress import Tick
from indexer.query.filters import Sort
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.typeset import PdfFailed

TRIES: Final = 3
_IN_MEMORY: Final = 16 * 2**20  # bytes of record lines; more wait in a temporary file


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


def certify(plan: Plan, *, by: str, at: datetime | None = None, progress: Tick | None = None) -> Certificate:
    """Return the certificate of a search. `at` (UTC) is now unless told.

    Everything in it is of one state of catalog and index. Raises NotAnswered for a query that cannot be run and
    CertificateFailed when archives are being taken in all the while or the catalog was altered.
    """
    repository, permission = plan.repository, plan.request.filters.permission
    for _ in range(TRIES):
        plan = plan.ordered(Sort.NEWEST)
        before = parts.state(repository, permission)
        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the certificate closes it
        try:
            found = parts.found(plan, spool, progress)
            if found is not None:
                made = parts.made(repository, permission, by, at or datetime.now(UTC))
                header = parts.header(plan, uuid.uuid4().hex, made, found)
                if parts.state(repository, permission) == before:
                    return Certificate(header, spool)
        except parts.Altered as error:
            spool.close()
            raise CertificateFailed(message_of(error)) from error
        except BaseException:
            spool.close()
            raise
        spool.close()
        plan = plan.anew()
    raise CertificateFailed(
        say(
            "Records are being added or indexed right now, so the parts of a certificate would not be consistent. Try again "
            "when that is done. If nothing is being added, the index is damaged: python -m indexer rebuild"
        )
    )


def write(repository: Repository, certificate: Certificate, target: Path, *, actor: str = "") -> Written:
    """Write `target` (.json) and the PDF beside it, both or none of them, and note it in the event log as a deed of `actor`.

    `actor` is the maker as the certificate names them, unless told (a login name).

    Raises CertificateFailed, OSError.
    """
    target = target.with_suffix(".json")
    with partial_folder(target) as folder:
        made = write_into(folder, certificate, target.name)
        # the event first: a file that says it was made here must be known here, even when the computer stops in between
        note_made(repository, certificate, made, actor=actor)
        written = replace(made, json=target, pdf=target.with_suffix(".pdf"))
        publish(made.pdf, written.pdf)
        publish(made.json, written.json)
    return written


def write_into(folder: Path, certificate: Certificate, name: str = "certificate.json") -> Written:
    """Write certificate.json and certificate.pdf into a folder of the caller's, without an event.

    `name` is what the PDF calls the JSON file. Raises CertificateFailed, OSError.
    """
    header = certificate.header
    made, paper = folder / "certificate.json", folder / "certificate.pdf"
    with made.open("wb") as out:
        file_format.write(header, certificate.lines(), out)
    digest = file_digest(made)
    try:
        paper.write_bytes(certificate_pdf.pdf_of(header, name, digest))
    except PdfFailed as error:
        raise CertificateFailed(str(error)) from error
    sync(made)
    sync(paper)
    return Written(header.id, made, paper, digest, file_digest(paper))


def note_made(repository: Repository, certificate: Certificate, written: Written, *, actor: str = "", package: str = "") -> None:
    """Write the event `certificate:made`; `package` names the export that the certificate is part of."""
    header = certificate.header
    detail = {"query": header.query.typed, "records": header.found.total, "records_digest": header.found.digest}
    digests = {"sha256": written.json_digest, "pdf_sha256": written.pdf_digest}
    inside = {"package": package} if package else {}
    repository.audit.add("certificate:made", actor or header.made.by, header.id, {**detail, **digests, **inside})
