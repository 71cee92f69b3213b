"""Write a package: all its files in one pass over the records, complete or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC
from pathlib import Path

from indexer import platforms
from indexer.atomic_files import partial_folder, publish
from indexer.catalog import RecordView
from indexer.evidence import file_digest
from indexer.exports.bag import BagZip
from indexer.exports.columns import COLUMNS, Row, cells, exact_values
from indexer.exports.csv_file import CsvFile
from indexer.exports.jsonl_file import JsonlFile
from indexer.exports.media import MediaWriter, safe_name
from indexer.exports.pdf_file import PdfFiles, refuse_too_many
from indexer.exports.readme import Contents, readme, search_json
from indexer.exports.start_page import start_page
from indexer.exports.tables import EXPORTERS, Tables, open_tables
from indexer.exports.values import (
    Choices,
    Description,
    Exact,
    Exporter,
    ExportMismatch,
    ExportReport,
    Extras,
    FormatReport,
    OpenMedia,
    PdfLayout,
    SeenRecords,
    SetDigest,
)
from indexer.exports.viewer_files import ViewerFiles
from indexer.local_time import zone
from indexer.progress import Tick

IS_CONTEXT = "is_context"


class ContextFiles:
    """Writer of related records: those in the threads of the records found."""

    def __init__(self, bag: BagZip, folder: Path, about: Description, open_media: OpenMedia, *, with_media: bool) -> None:
        self._bag, self._about = bag, about
        self._csv_path, self._jsonl_path = folder / "context.csv", folder / "context.jsonl"
        names = [column.name for column in COLUMNS]
        self._media = MediaWriter(bag, folder / "context-media.csv", about, open_media, with_media=with_media, folder="context-media")
        self._csv = CsvFile().open(self._csv_path, names, about)
        self._jsonl = JsonlFile().open(self._jsonl_path, names, about)
        self.rows = 0

    def add(self, view: RecordView) -> dict[str, Exact]:
        """Write a related record and return its values by column name."""
        self.rows += 1
        exact = exact_values(Row(view, self._about.zone, self._media.add(view)))
        line = cells(exact)
        self._csv.add(exact, line)
        self._jsonl.add({**exact, IS_CONTEXT: "yes"}, line)
        return exact

    def abandon(self) -> None:
        """Close the files when the export fails. Does nothing after `close`."""
        for writer in (self._csv, self._jsonl, self._media):
            writer.abandon()

    def close(self) -> tuple[str, ...]:
        """Finish the files and add them to the bag; return their notes for README.txt."""
        reports = self._csv.close(), self._jsonl.close()
        notes = [note.replace("records.", "context.") for report in reports for note in report.notes] + list(self._media.close())
        for path in (self._csv_path, self._jsonl_path, self._media.listing):
            self._bag.add_file(f"data/{path.name}", path)
            path.unlink()
        return tuple(notes)


PROGRESS_EVERY = 250
RETRY = "Nothing was exported. Run the search again: the catalog may have changed in between. If it happens again, rebuild the index."


@contextmanager
def write_package(
    target: Path,
    views: Iterable[RecordView],
    description: Description,
    *,
    choices: Choices = Choices(),  # noqa: B008  # immutable
    extras: Extras = Extras(),  # noqa: B008  # immutable
    progress: Tick | None = None,
    exporters: tuple[Exporter, ...] = EXPORTERS,
) -> Iterator[ExportReport]:
    """Write the package and yield its report; the package gets its final name when the block ends without an error.

    `progress` is called with (records done, total).

    `views` is read once, in search order, then the related records. Until the package is written, counted and synced to
    disk, it is in a folder "….partial" beside the target; on any error that folder is removed and `target` is unchanged.
    Raises ExportMismatch if `views` does not yield exactly `description.total` different records or a file differs from
    the one added, UnknownZone, ExportError, OSError; errors of `views` pass through.
    """
    zone(description.zone)
    refuse_too_many(description.total, choices.pdf)
    with partial_folder(target) as folder:
        path = folder / "package.zip"
        name = description.name or safe_name(target.stem)
        bag = BagZip(path, name, description.made_at)
        try:
            package = _Package(bag, folder, description, choices, extras, progress)
            formats = package.fill(views, exporters)
        except BaseException:
            bag.abandon()
            raise
        yield ExportReport(
            path=target,
            name=name,
            rows=package.rows,
            media_files=package.media.counts.stored,
            bytes=path.stat().st_size,
            sha256=file_digest(path),
            missing_media=package.media.counts.missing,
            context=extras.context_total,
            pdf_files=len(package.pdf.files) if package.pdf else 0,
            formats=formats,
        )
        publish(path, target)
    if progress:
        progress(package.steps, package.steps)


class _Package:
    """A package being written."""

    def __init__(  # noqa: PLR0917  # a single caller, just above
        self,
        bag: BagZip,
        folder: Path,
        description: Description,
        choices: Choices,
        extras: Extras,
        progress: Tick | None,
    ) -> None:
        self._bag, self._folder, self._about, self._choices, self._extras = bag, folder, description, choices, extras
        self._progress = progress
        self.viewer = ViewerFiles(bag, description, extras) if choices.viewer else None
        self.pdf = PdfFiles(bag, folder, description, extras, choices.pdf) if choices.pdf is not PdfLayout.NONE else None
        add_picture = self.pdf.picture if self.pdf else None
        self.media = MediaWriter(bag, folder / "media.csv", description, extras.open_media, with_media=choices.media, also=add_picture)
        self._records_digest = SetDigest()
        self._accounts: Counter[str] = Counter()
        self.rows = 0
        self.steps = description.total + extras.context_total

    def fill(self, views: Iterable[RecordView], exporters: tuple[Exporter, ...]) -> dict[str, FormatReport]:
        """Write everything to the bag; return the changes each format had to make."""
        paths = {exporter.name: self._folder / f"records{exporter.suffix}" for exporter in exporters}
        with ExitStack() as open_files:
            open_files.callback(self.media.abandon)
            if self.pdf:
                open_files.callback(self.pdf.abandon)
            tables = open_tables(exporters, paths, self._about)
            open_files.callback(tables.abandon)
            seen = SeenRecords()
            self._write_records(views, tables, seen)
            context_notes = self._write_context(open_files, seen)
            notes = [*self.media.close(), *(self.pdf.close() if self.pdf else ()), *context_notes]
            formats = {}
            for name, report in tables.close():
                self._bag.add_file(f"data/{paths[name].name}", paths[name], compress=name != "xlsx")
                paths[name].unlink()
                formats[name] = report
        self._write_summary([note for exporter in exporters for note in formats[exporter.name].notes] + notes)
        return formats

    def _write_records(self, views: Iterable[RecordView], tables: Tables, seen: SeenRecords) -> None:
        """Write every record once. Raises ExportMismatch if they are not exactly the records counted."""
        total = self._about.total
        for view in views:
            self.rows += 1
            if self.rows > total:
                raise ExportMismatch(f"The search counted {total:,} records but returned more. {RETRY}")
            if not seen.add(view.pk, view.version):
                raise ExportMismatch(f"The search returned the record {view.record_id} twice, so another record may be missing. {RETRY}")
            if self._extras.certified:
                self._records_digest.add(f"{view.record_id}\t{view.version}\t{view.content_digest}")  # the record's line in a certificate
            self._accounts[f"{view.account.label}, {platforms.title(view.account.platform)}"] += 1
            exact = exact_values(Row(view, self._about.zone, self.media.add(view), self._extras.terms.get(view.pk, "")))
            tables.add(exact)
            self._write_extras(view, exact)
            self._tick(self.rows)
        if self.rows != total:
            raise ExportMismatch(f"The search counted {total:,} records but returned only {self.rows:,}. {RETRY}")
        if self._extras.certified and self._records_digest.hex() != self._extras.certified:
            raise ExportMismatch(f"The records are not the ones in the search certificate. {RETRY}")

    def _write_context(self, open_files: ExitStack, seen: SeenRecords) -> tuple[str, ...]:
        """Write the related records to separate files; return their notes for README.txt."""
        if not self._choices.context:
            return ()
        files = ContextFiles(self._bag, self._folder, self._about, self._extras.open_media, with_media=self._choices.media)
        open_files.callback(files.abandon)
        for view in self._extras.context:
            if not seen.add(view.pk, view.version):
                raise ExportMismatch(f"The record {view.record_id} is listed as context although the search found it. {RETRY}")
            exact = files.add(view)
            if self.viewer:
                self.viewer.add(view, exact)
            self._tick(self.rows + files.rows)
        if files.rows != self._extras.context_total:
            expected = self._extras.context_total
            raise ExportMismatch(f"The conversations had {expected:,} related records but returned {files.rows:,}. {RETRY}")
        return files.close()

    def _write_extras(self, view: RecordView, exact: Mapping[str, Exact]) -> None:
        if self.viewer:
            self.viewer.add(view, exact)
        if self.pdf:
            self.pdf.add(view, exact)

    def _tick(self, done: int) -> None:
        if self._progress and done % PROGRESS_EVERY == 0:
            self._progress(done, self.steps)

    def _write_summary(self, notes: list[str]) -> None:
        about, bag = self._about, self._bag
        bag.add_file("data/media.csv", self.media.listing)
        for name, path in self._extras.documents.items():
            bag.add_file(f"data/{name}", path)
        contents = Contents(
            self._choices, self._extras.context_total, tuple(self.pdf.files) if self.pdf else (), tuple(self._extras.documents)
        )
        bag.add_text("data/search.json", search_json(about, self.rows, self.media.counts, notes, contents))
        text = readme(about, self.rows, self.media.counts, notes, contents)
        bag.add_text("data/README.txt", text)
        if self.viewer:
            self.viewer.close(context=self._extras.context_total, notes=notes, files=contents.files())
        bag.close(
            [
                *([("Source-Organization", about.organization)] if about.organization else []),
                ("External-Description", f"{about.title}: social media records found by the search: {about.reading}"),
                ("Bagging-Date", f"{about.made_at.astimezone(UTC):%Y-%m-%d}"),
                ("Bag-Software-Agent", f"Show-Me Records {about.version}"),
                ("Records", str(self.rows)),
                ("Made-By", about.made_by),
            ],
            {"START-HERE.html": start_page(about, self._accounts, notes, contents), "README.txt": text},
        )
