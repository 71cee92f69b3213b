"""Hands over what a search counted: CSV, Excel, JSON Lines and media in one ZIP that is a valid BagIt bag.

Streamed in one pass, with memory that does not grow with the records' texts; whole or absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC
from pathlib import Path

from indexer.exports.bag import BagZip
from indexer.exports.columns import COLUMNS, Row, cells, exact_values
from indexer.exports.csv_file import CsvFile
from indexer.exports.jsonl_file import JsonlFile
from indexer.exports.media import MediaWriter, OpenMedia, safe_name
from indexer.exports.partial import partial, publish, remove_partials
from indexer.exports.readme import readme, search_json
from indexer.exports.values import (
    CaptureLine,
    Description,
    Exporter,
    ExportError,
    ExportMismatch,
    ExportReport,
    RowWriter,
    Written,
)
from indexer.exports.xlsx_file import XlsxFile
from indexer.fixity import file_digest
from indexer.local_time import zone
from indexer.shown import RecordView

__all__ = [
    "COLUMNS",
    "EXPORTERS",
    "CaptureLine",
    "Description",
    "ExportError",
    "ExportMismatch",
    "ExportReport",
    "Exporter",
    "OpenMedia",
    "export",
    "remove_partials",
]

EXPORTERS: tuple[Exporter, ...] = (CsvFile(), XlsxFile(), JsonlFile())

PROGRESS_EVERY = 250
_AGAIN = "Nothing was exported. Run the search again: the catalogue may have changed in between. If it happens again, rebuild the index."


def export(
    target: Path,
    views: Iterable[RecordView],
    description: Description,
    *,
    open_media: OpenMedia,
    with_media: bool = True,
    progress: Callable[[int, int], None] | None = None,
    exporters: tuple[Exporter, ...] = EXPORTERS,
) -> ExportReport:
    """Write the package to `target` and return what was handed over. `progress` gets (records done, total).

    `views` is read once, in the order of the search. Until everything is written, counted and on the disk, it stands
    in a folder "….partial" beside the target; on any error that is removed and `target` is as it was before.
    Raises ExportMismatch when `views` does not give exactly `description.total` different records or a medium is not
    what was taken in, UnknownZone, ExportError, OSError; errors of `views` pass through.
    """
    zone(description.zone)
    with partial(target) as folder:
        package = folder / "package.zip"
        bag = BagZip(package, safe_name(target.stem), description.made_at)
        try:
            media = MediaWriter(bag, folder / "media.csv", description, open_media, with_media=with_media)
            rows, formats = _fill(bag, folder, views, description, media, exporters=exporters, progress=progress)
        except BaseException:
            bag.abandon()
            raise
        report = ExportReport(
            path=target,
            rows=rows,
            media_files=media.counts.stored,
            bytes=package.stat().st_size,
            sha256=file_digest(package),
            missing_media=media.counts.missing,
            formats=formats,
        )
        publish(package, target)
    if progress:
        progress(rows, description.total)
    return report


def _fill(
    bag: BagZip,
    folder: Path,
    views: Iterable[RecordView],
    description: Description,
    media: MediaWriter,
    *,
    exporters: tuple[Exporter, ...],
    progress: Callable[[int, int], None] | None,
) -> tuple[int, dict[str, Written]]:
    """Write everything into the bag; return the rows and what each format had to change."""
    names = [column.name for column in COLUMNS]
    paths = {exporter.name: folder / f"records{exporter.suffix}" for exporter in exporters}
    writers = {exporter.name: exporter.open(paths[exporter.name], names, description) for exporter in exporters}
    with ExitStack() as open_files:
        open_files.callback(media.abandon)
        for writer in writers.values():
            open_files.callback(writer.abandon)
        rows = _rows(views, description, media, list(writers.values()), progress)
        media_notes = media.close()
        formats = _end(bag, paths, writers)
    notes = [note for written in formats.values() for note in written.notes] + list(media_notes)
    bag.add_file("data/media.csv", media.listing)
    bag.add_text("data/search.json", search_json(description, rows, media.counts, notes))
    bag.add_text("data/README.txt", readme(description, rows, media.counts, notes))
    bag.close(
        [
            *([("Source-Organization", description.organization)] if description.organization else []),
            ("External-Description", f"Social media records found by the search: {description.query}. Read as: {description.reading}"),
            ("Bagging-Date", f"{description.made_at.astimezone(UTC):%Y-%m-%d}"),
            ("Bag-Software-Agent", f"Show-Me Records {description.version}"),
            ("Records", str(rows)),
            ("Made-By", description.made_by),
        ]
    )
    return rows, formats


def _end(bag: BagZip, paths: Mapping[str, Path], writers: Mapping[str, RowWriter]) -> dict[str, Written]:
    """End every file and put it into the bag. A workbook takes long to end, so the other files are packed meanwhile."""
    with ThreadPoolExecutor(1) as beside:
        slow = {name: beside.submit(writer.close) for name, writer in writers.items() if name == "xlsx"}
        formats = {}
        for name in sorted(writers, key=lambda name: name in slow):
            formats[name] = slow[name].result() if name in slow else writers[name].close()
            bag.add_file(f"data/{paths[name].name}", paths[name], compress=name not in slow)
            paths[name].unlink()
    return {name: formats[name] for name in writers}


def _rows(
    views: Iterable[RecordView],
    description: Description,
    media: MediaWriter,
    writers: list[RowWriter],
    progress: Callable[[int, int], None] | None,
) -> int:
    """Write every record once. Raises ExportMismatch when they are not exactly those that were counted."""
    rows, total, seen = 0, description.total, SeenRecords()
    for view in views:
        rows += 1
        if rows > total:
            raise ExportMismatch(f"The search counted {total:,} records and gives more. {_AGAIN}")
        if not seen.add(view.pk, view.version):
            raise ExportMismatch(f"The search gave the record {view.record_id} twice, so another one may be missing. {_AGAIN}")
        exact = exact_values(Row(view, description.zone, media.add(view)))
        line = cells(exact)
        for writer in writers:
            writer.add(exact, line)
        if progress and rows % PROGRESS_EVERY == 0:
            progress(rows, total)
    if rows != total:
        raise ExportMismatch(f"The search counted {total:,} records and gave only {rows:,}. {_AGAIN}")
    return rows


class SeenRecords:
    """Remembers which records passed, one bit for each: a million take 125 kB."""

    def __init__(self) -> None:
        self._bits: dict[int, bytearray] = {}

    def add(self, pk: int, version: int) -> bool:
        """Remember a record's version; return False when it was there already."""
        bits = self._bits.setdefault(version, bytearray())
        at, bit = pk >> 3, 1 << (pk & 7)
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits) + 4096))
        if bits[at] & bit:
            return False
        bits[at] |= bit
        return True
