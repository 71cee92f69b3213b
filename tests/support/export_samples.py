"""Records, attachments and descriptions for the tests of exports; all of the invented city of Riverbend, Missouri."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import msgspec

from indexer.catalog.models import AccountRef, AttachmentView, Origin, RecordView
from indexer.catalog.stored_data import Content
from indexer.exports import CaptureLine, Description, ExportReport, Extras, write_package
from indexer.local_time import to_ms

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
    """Return a record; `changes` are of the view or of its content, account or origin (`platform="facebook"`)."""
    view = RecordView(
        pk=number,
        record_id=f"twitter:riverbendmo:post:{1000 + number}",
        kind="post",
        native_id=str(1000 + number),
        account=AccountRef(1, "twitter", "riverbendmo", "riverbendmo", "City of Riverbend"),
        content=Content(
            author="riverbendmo",
            author_id="77",
            posted_ms=to_ms(datetime(2018, 7, 5, 4, 30, tzinfo=UTC) + timedelta(hours=number)),
            posted_written="Thu Jul 05 04:30:00 +0000 2018",
            posted_rule="utc",
            text=text,
            url=f"https://twitter.com/riverbendmo/status/{1000 + number}",
            thread_id=str(1000 + number),
            links=("https://riverbend.example/roads", "https://riverbend.example/map"),
            short_links=("https://t.co/a1",),
            hashtags=("flood", "roads"),
            mentions=("modot",),
            language="en",
            extra={"favorites": "3"},
        ),
        attachments=(),
        version=1,
        versions=1,
        content_digest="c" * 64,
        origin=Origin(1, DIGEST, "data/tweets.js", number, number * 900, 900, ""),
        not_in_capture_of=(date(2021, 5, 6),),
    )
    whole = {name: changes.pop(name) for name in RecordView.__dataclass_fields__ if name in changes}
    account = {name: changes.pop(name) for name in AccountRef.__dataclass_fields__ if name in changes}
    origin = {name: changes.pop(name) for name in Origin.__dataclass_fields__ if name in changes}
    content = msgspec.structs.replace(view.content, attachments=whole.get("attachments", ()), **changes)
    return replace(view, account=replace(view.account, **account), origin=replace(view.origin, **origin), content=content, **whole)


def attachment(name: str = "road.jpg", member: str | None = None, **changes: Any) -> AttachmentView:
    member = f"data/tweets_media/{name}" if member is None else member
    view = AttachmentView(name, "image/jpeg", "https://pbs.example/media/road.jpg", "A flooded road", member, capture_id=1)
    return msgspec.structs.replace(view, **changes)


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
    extras = replace(options.pop("extras", Extras()), open_media=options.pop("open_media", media))
    about = options.pop("about", None) or description(count)
    with write_package(target, views, about, extras=extras, **options) as report:
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


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def png(width: int = 8, height: int = 6, *, broken: bool = False, rows_held: int | None = None) -> bytes:
    """A picture of one color; with `rows_held` it says that it is larger than what it holds, as a bomb does."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    rows = b"not a stream" if broken else zlib.compress((b"\0" + b"\x40\x80\x20" * width) * (height if rows_held is None else rows_held))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE = (
    "</script><script>window.HACKED=1</script>",
    "<img src=x onerror=window.HACKED=1>",
    "line \u2028 paragraph \u2029 end",
    "\" onmouseover=window.HACKED=1 '",
    "--> ]]> <!-- ${window.HACKED=1} `x`",
    "\\u003c/script>\\",
)


COVERAGE = {"from": "2018-07-01", "to": "2018-07-31", "summary": "All days of @riverbendmo are captured.", "gaps": [], "notes": []}
