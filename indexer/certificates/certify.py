"""Make the certificate of a search: its query, scope and results, for a person to sign and anyone to verify."""

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
from indexer.certificates.contents import PLAIN_PAPER, Paper
from indexer.certificates.file_format import Header
from indexer.evidence import file_digest
from indexer.i18n import message_of, say
from indexer.progress import Tick
from indexer.query import Sort
from indexer.repository import Repository
from indexer.search import Plan
from indexer.typeset import PdfFailed

TRIES: Final = 3
_IN_MEMORY: Final = 16 * 2**20  # bytes of record lines; beyond that they go to a temporary file


class CertificateFailed(Exception):
    """No certificate was made; the message gives the reason and the remedy."""


class Certificate:
    """A certificate not yet written: its header, and its record lines in a temporary file. Close it, or use `with`."""

    def __init__(self, header: Header, spool: IO[bytes], seal: Path | None = None) -> None:
        self.header = header
        self.seal = seal  # picture for the letterhead of the PDF
        self._spool = spool

    def lines(self) -> Iterator[str]:
        """Yield the line of each record, newest first, without the line feed."""
        self._spool.seek(0)
        for line in self._spool:
            yield line.decode("utf-8").removesuffix("\n")

    def close(self) -> None:
        """Close the temporary file."""
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """The two files of a certificate, with their SHA-256 digests."""

    id: str
    json: Path
    pdf: Path
    json_digest: str
    pdf_digest: str


def certify(plan: Plan, *, by: str, paper: Paper = PLAIN_PAPER, at: datetime | None = None, progress: Tick | None = None) -> Certificate:
    """Return the certificate of a search. `at` is in UTC and defaults to now.

    All its parts describe the same state of catalog and index. Raises NotAnswered for a query that cannot be run, and
    CertificateFailed if records keep being added or the catalog was altered.
    """
    repository, permission = plan.repository, plan.request.filters.permission
    for _ in range(TRIES):
        plan = plan.ordered(Sort.NEWEST)
        before = parts.state(repository, permission)
        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the certificate closes it
        try:
            results = parts.list_records(plan, spool, progress)
            if results is not None:
                creation = parts.creation(repository, permission, by, at or datetime.now(UTC))
                header = parts.header(plan, uuid.uuid4().hex, creation, results, paper)
                if parts.state(repository, permission) == before:
                    return Certificate(header, spool, paper.letterhead.seal)
        except parts.Altered as error:
            spool.close()
            raise CertificateFailed(message_of(error)) from error
        except BaseException:
            spool.close()
            raise
        spool.close()
        plan = plan.refreshed()
    raise CertificateFailed(
        say(
            "Records are being added or indexed right now, so the parts of a certificate would not be consistent. Try again "
            "when that is done. If nothing is being added, the index is damaged: python -m indexer rebuild"
        )
    )


def write(repository: Repository, certificate: Certificate, target: Path, *, actor: str = "") -> CertificateFiles:
    """Write `target` (.json) and the PDF beside it, both or neither, and log the event `certificate:made`.

    `actor`: login name for the event log; the maker's name in the certificate if empty.

    Raises CertificateFailed, OSError.
    """
    target = target.with_suffix(".json")
    with partial_folder(target) as folder:
        draft = write_into(folder, certificate, target.name)
        # log first: a certificate that names this catalog must be in its log, even after a crash between the two steps
        log_certificate(repository, certificate, draft, actor=actor)
        written = replace(draft, json=target, pdf=target.with_suffix(".pdf"))
        publish(draft.pdf, written.pdf)
        publish(draft.json, written.json)
    return written


def write_into(folder: Path, certificate: Certificate, name: str = "certificate.json") -> CertificateFiles:
    """Write certificate.json and certificate.pdf to a folder of the caller, without logging an event.

    `name`: the name of the JSON file, for the PDF. Raises CertificateFailed, OSError.
    """
    header = certificate.header
    json_path, pdf_path = folder / "certificate.json", folder / "certificate.pdf"
    with json_path.open("wb") as out:
        file_format.write(header, certificate.lines(), out)
    digest = file_digest(json_path)
    try:
        pdf_path.write_bytes(certificate_pdf.render_pdf(header, name, digest, certificate.seal))
    except PdfFailed as error:
        raise CertificateFailed(str(error)) from error
    sync(json_path)
    sync(pdf_path)
    return CertificateFiles(header.id, json_path, pdf_path, digest, file_digest(pdf_path))


def log_certificate(
    repository: Repository, certificate: Certificate, written: CertificateFiles, *, actor: str = "", package: str = ""
) -> None:
    """Log the event `certificate:made`; `package`: name of the export that contains the certificate, if any."""
    header = certificate.header
    detail = {"query": header.query.typed, "records": header.found.total, "records_digest": header.found.digest}
    digests = {"sha256": written.json_digest, "pdf_sha256": written.pdf_digest}
    export = {"package": package} if package else {}
    repository.audit.add("certificate:made", actor or header.made.by, header.id, {**detail, **digests, **export})
