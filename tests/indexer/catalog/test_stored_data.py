"""What makes a new version of a record, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer.catalog import stored_data
from indexer.local_time import from_ms, to_ms
from indexer.record import Attachment, Locator, Moment, Record, RecordKind, TimeRule

NOON = datetime(2024, 5, 1, 12, 0, 30, tzinfo=UTC)
RECORD = Record(
    kind=RecordKind.POST,
    native_id="a1",
    place=Locator("posts_1.json", 0, 0, 10),
    raw=b"{}",
    text="The pool opens on Saturday",
    title="Kestrel Bend Parks added a photo.",
    author="Kestrel Bend Parks",
    posted=Moment("1714564830", TimeRule.EPOCH, NOON),
    attachments=(Attachment("12345_n_17900000000000001.jpg", "image/jpeg", "media/12345_n_17900000000000001.jpg"),),
)


@pytest.mark.parametrize(
    "same",
    [
        replace(RECORD, author="Parks of Kestrel Bend"),
        replace(RECORD, posted=Moment("May 1, 2024 7:00 am", TimeRule.HEADER_OFFSET, NOON.replace(second=0), datetime(2024, 5, 1, 7, 0))),
        replace(RECORD, attachments=(Attachment("17900000000000001.jpg", "image/jpeg", "media/posts/17900000000000001.jpg"),)),
        replace(RECORD, url="https://x.com/new_handle/status/1", raw=b'{"favorite_count": 9}', place=Locator("posts_2.html", 9, 5, 3)),
    ],
)
def test_what_nobody_wrote_makes_no_version(same: Record) -> None:
    assert stored_data.digest(same) == stored_data.digest(RECORD)


@pytest.mark.parametrize(
    "other",
    [
        replace(RECORD, text="The pool opens on Sunday"),
        replace(RECORD, title="Kestrel Bend Parks added 2 photos."),
        replace(RECORD, deleted=Moment("x", TimeRule.UTC, NOON)),
        replace(RECORD, edited=Moment("x", TimeRule.UTC, NOON)),
        replace(RECORD, extra={"state": "archived"}),
        replace(RECORD, attachments=()),
        replace(RECORD, attachments=(Attachment("12345_n_17900000000000002.jpg", "image/jpeg"),)),
        replace(RECORD, links=("https://kestrelbend.example",)),
    ],
)
def test_what_somebody_changed_is_a_version(other: Record) -> None:
    assert stored_data.digest(other) != stored_data.digest(RECORD)


@given(st.integers(-(10**13), 10**13))
def test_milliseconds_come_back(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms


@given(
    st.text(max_size=20), st.lists(st.text(max_size=10), max_size=3), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)
)
def test_version_data_come_back(author_id: str, links: list[str], extra: dict[str, str]) -> None:
    record = replace(RECORD, author_id=author_id, links=tuple(links), extra=extra)
    data = stored_data.decode(stored_data.encode(stored_data.build(record)))
    assert (data.author_id, data.links, data.extra) == (author_id, tuple(links), extra)
    assert [one.name for one in data.attachments] == [one.name for one in RECORD.attachments]
