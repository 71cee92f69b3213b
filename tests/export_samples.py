"""Records, attachments and descriptions for the tests of exports; all of the invented city of Riverbend, Missouri."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from indexer.catalog.models import AttachmentView, RecordView
from indexer.exports import Around, CaptureLine, Description, ExportReport, packed

MADE_AT = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)
DIGEST = "d" * 64

NASTY = (
    "plain",
    'two\nlines and a "quote", a comma; a semicolon',
    "=cmd|' /C calc'!A0",
    "+1 573 555 0100",
    "-5 degrees",
    "@riverbendmo thanks",
    "\tindented",
    "\rreturn",
    "\nline first",
    "'=already quoted",
    "''@twice quoted",
    "'tis the season",
    "＝full width",
    "😀 flood 🌊 👩‍🚒",
    "nul \x00 bell \x07 escape \x1b[31m",
    "x" * 40_000,
    "😀" * 20_000,
    "مرحبا بالعالم \u202e reversed",
    "  spaces around  ",
    "_x0041_ looks like an escape",
    "<r>not markup</r> & <b>tags</b>",
    "first\r\nsecond",
    "",
    "https://example.org/?a=1&b=2",
    "0123",
    "1e5",
    "half a letter \ud83d here",
    "\ufffe\uffff noncharacters",
)


def record(number: int, text: str = "The road is closed.", **changes: Any) -> RecordView:
    view = RecordView(
        pk=number,
        record_id=f"twitter:riverbendmo:post:{1000 + number}",
        platform="twitter",
        account_id=1,
        account="riverbendmo",
        account_name="City of Riverbend",
        kind="post",
        native_id=str(1000 + number),
        id_is_made=False,
        author="riverbendmo",
        author_id="77",
        posted_at=datetime(2018, 7, 5, 4, 30, tzinfo=UTC) + timedelta(hours=number),
        posted_as_written="Thu Jul 05 04:30:00 +0000 2018",
        time_rule="utc",
        time_is_assumed=False,
        edited_at=None,
        deleted_at=None,
        text=text,
        title="",
        url=f"https://twitter.com/riverbendmo/status/{1000 + number}",
        parent_id="",
        thread_id=str(1000 + number),
        thread_title="",
        attachments=(),
        links=("https://riverbend.example/roads", "https://riverbend.example/map"),
        short_links=("https://t.co/a1",),
        hashtags=("flood", "roads"),
        mentions=("modot",),
        language="en",
        extra={"favorites": "3"},
        version=1,
        versions=1,
        content_digest="c" * 64,
        capture_id=1,
        capture_digest=DIGEST,
        member="data/tweets.js",
        item=number,
        start=number * 900,
        length=900,
        pointer="",
        not_in_capture_of=(date(2021, 5, 6),),
    )
    return replace(view, **changes)


def attachment(name: str = "road.jpg", member: str | None = None, **changes: Any) -> AttachmentView:
    member = f"data/tweets_media/{name}" if member is None else member
    view = AttachmentView(name, "image/jpeg", member, "https://pbs.example/media/road.jpg", "A flooded road", 1, 0, "")
    return replace(view, **changes)


def description(total: int, **changes: Any) -> Description:
    made = Description(
        query="flood OR roads",
        reading='records that hold "flood" or "roads"',
        filters=("posted from 2018-07-01 to 2018-07-31",),
        sort="newest",
        zone="America/Chicago",
        total=total,
        made_at=MADE_AT,
        made_by="clerk",
        version="0.1.0",
        captures=(CaptureLine(1, "twitter-riverbendmo.zip", DIGEST),),
        notes=("2 records carry no date and stand outside of every range.",),
    )
    return replace(made, **changes)


def media(view: AttachmentView) -> IO[bytes]:
    return io.BytesIO(b"bytes of " + view.member.encode())


def make(target: Path, views: Iterable[RecordView], total: int | None = None, **options: Any) -> ExportReport:
    views = list(views) if total is None else views
    count = len(views) if total is None else total  # type: ignore[arg-type]  # a list when no total is given
    around = replace(options.pop("around", Around()), open_media=options.pop("open_media", media))
    about = options.pop("about", None) or description(count)
    with packed(target, views, about, around=around, **options) as report:
        pass
    return report


def unpack(package: Path, folder: Path) -> Path:
    """Unpack a package and return the bag's folder."""
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    found = list(folder.iterdir())
    assert len(found) == 1
    return found[0]
