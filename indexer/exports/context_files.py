"""Thread context: records that the search did not find, in files of their own, never in the counted ones.

data/context.csv, data/context.jsonl (each line marked `is_context`), data/context-media.csv, data/context-media/….
Leaving the context out of a later production is leaving these files out.
"""

from __future__ import annotations

from pathlib import Path

from indexer.exports.bag import BagZip
from indexer.exports.columns import COLUMNS, Row, cells, exact_values
from indexer.exports.csv_file import CsvFile
from indexer.exports.jsonl_file import JsonlFile
from indexer.exports.media import MediaWriter, OpenMedia
from indexer.exports.values import Description, Exact
from indexer.shown import RecordView

IS_CONTEXT = "is_context"


class ContextFiles:
    """Takes the records of the threads around the records that were found."""

    def __init__(self, bag: BagZip, folder: Path, about: Description, open_media: OpenMedia, *, with_media: bool) -> None:
        self._bag, self._about = bag, about
        self._csv_path, self._jsonl_path = folder / "context.csv", folder / "context.jsonl"
        names = [column.name for column in COLUMNS]
        self._media = MediaWriter(bag, folder / "context-media.csv", about, open_media, with_media=with_media, folder="context-media")
        self._csv = CsvFile().open(self._csv_path, names, about)
        self._jsonl = JsonlFile().open(self._jsonl_path, names, about)
        self.rows = 0

    def add(self, view: RecordView) -> dict[str, Exact]:
        """Write one record of context and return its values by column name."""
        self.rows += 1
        exact = exact_values(Row(view, self._about.zone, self._media.add(view)))
        line = cells(exact)
        self._csv.add(exact, line)
        self._jsonl.add({**exact, IS_CONTEXT: "yes"}, line)
        return exact

    def abandon(self) -> None:
        """Let go of the files when the export fails. Does nothing after `close`."""
        for writer in (self._csv, self._jsonl, self._media):
            writer.abandon()

    def close(self) -> tuple[str, ...]:
        """End the files and put them into the bag; return what README.txt has to say of them."""
        written = self._csv.close(), self._jsonl.close()
        notes = [note.replace("records.", "context.") for each in written for note in each.notes] + list(self._media.close())
        for path in (self._csv_path, self._jsonl_path, self._media.listing):
            self._bag.add_file(f"data/{path.name}", path)
            path.unlink()
        return tuple(notes)
