"""Instagram's archives, and what the importer makes of them."""

from __future__ import annotations

from indexer.evidence.archive import Archive, open_archive
from indexer.importers.instagram import InstagramImporter
from indexer.record import Problem, Record
from tests.support.builders import CASES, values

IG = InstagramImporter()


def read(archive: Archive) -> tuple[list[Record], list[Problem]]:
    found = values(IG, archive)
    return [value for value in found if isinstance(value, Record)], [value for value in found if isinstance(value, Problem)]


def case(name: str) -> Archive:
    return open_archive(CASES / "instagram" / name / "archive")


BOX = '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_3-95 _2pim _a6-h _a6-i">{}</h2><div class="_3-94 _a6-o">{}</div></div>'

UNNAMED = {
    "your_instagram_activity/content/posts_1.html": f"""<html><body>{BOX.format("Closed on Monday", "Oct 12, 2025 9:15 am")}
{BOX.format("Open on Friday", "Aug 02, 2025 9:15 am")}</body></html>"""
}
