"""Makes an export of a search: what is written is what was counted, in the same order, or nothing is."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from indexer import __version__
from indexer.atomic_files import scratch_folder
from indexer.certificates.certify import Certificate, CertificateFailed, certify, note_made, write_into
from indexer.certificates.certify import Written as CertificateFiles
from indexer.coverage import scope
from indexer.exports import Around, CaptureLine, Choices, Description, ExportError, ExportReport, packed
from indexer.exports.pdf_file import refuse_too_many
from indexer.exports.values import SetDigest
from indexer.i18n import say
from indexer.productions.thread_context import context, surroundings
from indexer.progress import Tick
from indexer.query import Dialect
from indexer.query.highlight import spans
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.reading import filter_words
from indexer.search.request import SearchRequest
from indexer.term_reports.union import finders


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a package: the name that the package gives, the login in the event log (the same unless given), the public body."""

    name: str
    login: str = ""
    organization: str = ""

    @property
    def actor(self) -> str:
        """The name in the event log."""
        return self.login or self.name


@dataclass(frozen=True, slots=True)
class UnitedTerms:
    """The terms of a list whose union is exported: each record says which of them found it."""

    terms: tuple[str, ...] = ()
    dialect: Dialect = Dialect.PLAIN


def export_search(
    repository: Repository,
    request: SearchRequest,
    target: Path,
    *,
    maker: Maker,
    choices: Choices = Choices(),  # noqa: B008  # a frozen value
    united: UnitedTerms = UnitedTerms(),  # a frozen value
    progress: Tick | None = None,
) -> ExportReport:
    """Write all results of a search into one package at `target`; the export is an event, and so is the certificate in it.

    Raises NotAnswered for a query that cannot be run, ExportError when the package would not be whole.
    """
    plan = Plan(repository, request)
    refuse_too_many(len(plan.ids()), choices.pdf)
    description = describe(plan, maker.name, maker.organization)
    around = _around(plan, choices)
    if united.terms:
        around = replace(around, terms=finders(repository, request, united.terms, united.dialect))
    with ExitStack() as open_files:
        certified = open_files.enter_context(_certified(plan, maker.name)) if choices.certificate else None
        if certified:
            around = replace(around, documents=certified.documents, certified=certified.records)
        with packed(target, plan.views(), description, choices=choices, around=around, progress=progress) as report:
            if certified:  # a certificate that was never handed over was never made
                note_made(repository, certified.certificate, certified.written, actor=maker.actor, package=target.name)
    detail = {"query": request.query, "filters": list(description.filters), "records": report.rows, "sha256": report.sha256}
    if choices.context:
        detail["context"] = report.context
    repository.audit.add("export:made", maker.actor, report.path.name, detail)
    return report


def _around(plan: Plan, choices: Choices) -> Around:
    """Return what the package shows beside the records that were found."""
    everything = surroundings(plan)
    around = context(plan.ids(), everything) if choices.context else array("q")
    return Around(
        context=everything.views(around),
        context_total=len(around),
        versions=lambda view: plan.repository.catalog.versions(view.pk),
        marks=lambda text: spans(text, plan.tree),
        open_media=lambda attachment: plan.repository.open_media(attachment.capture_id, attachment.member),
    )


@dataclass(frozen=True, slots=True)
class _Certified:
    """The certificate of the search as files, and the digest of the records that it lists."""

    certificate: Certificate
    written: CertificateFiles
    records: str

    @property
    def documents(self) -> dict[str, Path]:
        return {"certificate.json": self.written.json, "certificate.pdf": self.written.pdf}


@contextmanager
def _certified(plan: Plan, by: str) -> Iterator[_Certified]:
    """Give the certificate of the search, not yet noted as made. Raises NotAnswered, ExportError."""
    with scratch_folder("showme-certificate") as folder:
        held = SetDigest()
        try:
            with certify(plan, by=by) as certificate:
                for line in certificate.lines():
                    held.add(line)
                written = write_into(folder, certificate)
        except CertificateFailed as error:
            raise ExportError(say("{reason} Nothing was exported.", reason=str(error))) from error
        yield _Certified(certificate, written, held.hex())


def describe(plan: Plan, by: str, organization: str = "") -> Description:
    """Return what an export says of itself: enough to ask the same question again. Raises NotAnswered."""
    repository, request, results = plan.repository, plan.request, plan.counts()
    notes = []
    if results.undated:
        notes.append(f"{results.undated:,} of the records have no readable date; they are last and not in any date range.")
    if not results.in_step:
        # numbers of the whole repository are only for who may see all of it
        counts = f" {results.indexed:,} of {results.held:,} records were indexed." if request.filters.permission.is_all else ""
        notes.append(f"The index was not up to date with the catalog when the search ran.{counts}")
    return Description(
        query=request.query,
        reading=results.reading,
        filters=filter_words(request.filters, repository.catalog.accounts(), as_of=request.as_of),
        sort=str(request.sort),
        zone=repository.zone,
        total=len(plan.ids()),
        made_at=datetime.now(UTC),
        made_by=by,
        version=f"{__version__} ({repository.engine_name} engine, Python index library {_library(repository.engine_name)})",
        captures=tuple(
            CaptureLine(one.id, one.name, one.digest) for one in reversed(repository.catalog.captures(request.filters.permission.accounts))
        ),
        notes=tuple(notes),
        organization=organization,
        readings=results.readings,
        anchor=asdict(repository.audit.anchor()),
        coverage=scope.shape(results.coverage) if results.coverage else None,
    )


def _library(engine: str) -> str:
    return metadata.version({"tantivy": "tantivy", "whoosh": "Whoosh-Reloaded"}[engine])
