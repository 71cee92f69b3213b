"""Export a search: exactly the records counted, in the same order, or nothing."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path

from indexer import __version__
from indexer.atomic_files import scratch_folder
from indexer.certificates import (
    PLAIN_PAPER,
    Certificate,
    CertificateFailed,
    CertificateFiles,
    Paper,
    certify,
    log_certificate,
    outside_sentence,
    write_into,
)
from indexer.coverage import scope
from indexer.exports import (
    CaptureLine,
    Choices,
    Description,
    ExportError,
    ExportReport,
    Extras,
    SetDigest,
    numbered_name,
    package_name,
    refuse_too_many,
    write_package,
)
from indexer.i18n import say
from indexer.local_time import local_day
from indexer.productions.thread_context import related_records, visible_records
from indexer.progress import Tick
from indexer.query import Dialect, Sort
from indexer.repository import Repository
from indexer.search import Plan, SearchRequest, describe_filters, spans
from indexer.term_reports import terms_by_record


@dataclass(frozen=True, slots=True)
class Maker:
    """The maker of a package: name shown in the package, login for the event log (the name if empty), and public body."""

    name: str
    login: str = ""
    organization: str = ""
    paper: Paper = PLAIN_PAPER  # for the certificate

    @property
    def actor(self) -> str:
        """The name in the event log."""
        return self.login or self.name


@dataclass(frozen=True, slots=True)
class TermUnion:
    """The terms of a list whose union is exported; each record names the terms that found it."""

    terms: tuple[str, ...] = ()
    dialect: Dialect = Dialect.PLAIN


def export_search(
    repository: Repository,
    request: SearchRequest,
    target: Path,
    *,
    maker: Maker,
    choices: Choices = Choices(),  # noqa: B008  # immutable
    term_union: TermUnion = TermUnion(),  # immutable
    progress: Tick | None = None,
) -> ExportReport:
    """Write all results of a search to a package at `target`, and log the export and its certificate.

    `target` may be a folder: the package is then named by body, subject and days, unlike any other there.

    Raises NotAnswered for a query that cannot be run, ExportError if the package would be incomplete.
    """
    plan = Plan(repository, request)
    refuse_too_many(len(plan.ids()), choices.pdf)
    description = describe(plan, maker.name, maker.organization, choices.subject)
    if target.is_dir():
        description = _with_name(description, frozenset(path.stem for path in target.glob("*.zip")))
        target /= f"{description.name}.zip"
    elif choices.other_names is not None:
        description = _with_name(description, choices.other_names)
    extras = _extras(plan, choices)
    if term_union.terms:
        extras = replace(extras, terms=terms_by_record(repository, request, term_union.terms, term_union.dialect))
    with ExitStack() as open_files:
        prepared = open_files.enter_context(_prepare_certificate(plan, maker.name, maker.paper)) if choices.certificate else None
        if prepared:
            extras = replace(extras, documents=prepared.documents, certified=prepared.records)
        with write_package(target, plan.views(), description, choices=choices, extras=extras, progress=progress) as report:
            if prepared:  # logged only if the package is complete
                log_certificate(repository, prepared.certificate, prepared.written, actor=maker.actor, package=target.name)
    detail = {"query": request.query, "filters": list(description.filters), "records": report.rows, "sha256": report.sha256}
    if choices.context:
        detail["context"] = report.context
    repository.audit.add("export:made", maker.actor, report.path.name, detail)
    return report


def _extras(plan: Plan, choices: Choices) -> Extras:
    """Return the contents of the package besides the records found."""
    visible = visible_records(plan)
    related = related_records(plan.ids(), visible) if choices.context else array("q")
    return Extras(
        context=visible.views(related),
        context_total=len(related),
        versions=lambda view: plan.repository.catalog.versions(view.pk),
        marks=lambda text: spans(text, plan.tree),
        open_media=lambda attachment: plan.repository.open_media(attachment.capture_id, attachment.member),
    )


@dataclass(frozen=True, slots=True)
class _PreparedCertificate:
    """The certificate of the search as files, and the digest of the records it lists."""

    certificate: Certificate
    written: CertificateFiles
    records: str

    @property
    def documents(self) -> dict[str, Path]:
        return {"certificate.json": self.written.json, "certificate.pdf": self.written.pdf}


@contextmanager
def _prepare_certificate(plan: Plan, by: str, paper: Paper) -> Iterator[_PreparedCertificate]:
    """Make the certificate of the search without logging it. Raises NotAnswered, ExportError."""
    with scratch_folder("showme-certificate") as folder:
        digest = SetDigest()
        try:
            with certify(plan, by=by, paper=paper) as certificate:
                for line in certificate.lines():
                    digest.add(line)
                written = write_into(folder, certificate)
        except CertificateFailed as error:
            raise ExportError(say("{reason} Nothing was exported.", reason=str(error))) from error
        yield _PreparedCertificate(certificate, written, digest.hex())


def _with_name(description: Description, other_names: Collection[str]) -> Description:
    """Name a package by body, subject and days, unlike any other."""
    name = package_name(
        body=description.organization,
        subject=description.subject or description.query,
        first=description.first_day,
        last=description.last_day,
    )
    return replace(description, name=numbered_name(name, other_names))


def _days(plan: Plan) -> tuple[date | None, date | None]:
    """Return the first and last local day asked for; where the search sets none, the day of the first or last dated record."""
    filters, zone_name = plan.request.filters, plan.repository.zone
    if filters.first_day and filters.last_day:
        return filters.first_day, filters.last_day
    counts, by_time = plan.counts(), plan.ordered(Sort.OLDEST) if plan.request.sort is Sort.RELEVANCE else plan
    dated = by_time.ids()[: counts.total - counts.undated]  # those without a date come last
    ends = [local_day(view.content.posted_at, zone_name) for view in plan.views(dated[:: max(1, len(dated) - 1)]) if view.content.posted_at]
    return filters.first_day or min(ends, default=None), filters.last_day or max(ends, default=None)


def describe(plan: Plan, by: str, organization: str = "", subject: str = "") -> Description:
    """Return the description of an export, complete enough to repeat the search. Raises NotAnswered."""
    first_day, last_day = _days(plan)
    repository, request, results = plan.repository, plan.request, plan.counts()
    notes = []
    if results.undated:
        notes.append(f"{results.undated:,} of the records have no readable date; they are last and not in any date range.")
    if results.undated_outside:
        notes.append(outside_sentence(results.undated_outside))
    if not results.in_step:
        # counts of the whole repository are only for users who may see all of it
        counts = f" {results.indexed:,} of {results.held:,} records were indexed." if request.filters.permission.is_all else ""
        notes.append(f"The index was not up to date with the catalog when the search ran.{counts}")
    return Description(
        query=request.query,
        reading=results.reading,
        filters=describe_filters(request, repository.catalog.accounts()),
        sort=str(request.sort),
        zone=repository.zone,
        total=len(plan.ids()),
        made_at=datetime.now(UTC),
        made_by=by,
        version=f"{__version__} ({repository.engine_name} engine, Python index library {_library_version(repository.engine_name)})",
        captures=tuple(
            CaptureLine(capture.id, capture.name, capture.digest)
            for capture in reversed(repository.catalog.captures(request.filters.permission.accounts))
        ),
        notes=tuple(notes),
        organization=organization,
        readings=results.readings,
        anchor=asdict(repository.audit.anchor()),
        coverage=scope.as_json(results.coverage) if results.coverage else None,
        subject=subject,
        first_day=first_day,
        last_day=last_day,
    )


def _library_version(engine: str) -> str:
    return metadata.version({"tantivy": "tantivy", "whoosh": "Whoosh-Reloaded"}[engine])
