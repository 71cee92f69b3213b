"""A fact of a record is listed once: what the content holds is in the rows, the view, the index row and the exports."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.stored_data import Content, StoredAttachment, StoredMoment
from indexer.catalog.tables import versions
from indexer.custody.ingest import ingest
from indexer.record import Attachment, Locator, Moment, Record, RecordKind, TimeRule
from indexer.repository import Repository
from tests.support.export_samples import attachment, make, record, unpack
from tests.support.repositories import tweet, x_zip

FACTS = {field.name: field for field in msgspec.structs.fields(Content)}
NOT_EXPORTED = {"posted_wall"}  # from which posted_ms is derived again when a zone is set
NO_CONTENT = {"kind", "native_id", "place", "raw", "version_order", "folded"}
AT = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


def marked(name: str) -> Any:
    """Return a value of a fact that is not its default and names the fact."""
    marks: dict[Any, Any] = {
        str: f"marker {name}",
        bool: True,
        int | None: 1_614_834_367_000,
        tuple[str, ...]: (f"marker-{name}",),
        dict[str, str]: {"state": f"marker {name}"},
        StoredMoment | None: StoredMoment("2021", "epoch", 1_614_834_367_000),
        tuple[StoredAttachment, ...]: (StoredAttachment("marker.png", "image/png", "https://marker.example/", "a marker"),),
    }
    return str(TimeRule.EPOCH) if name == "posted_rule" else marks[FACTS[name].type]


FULL = Content(**{name: marked(name) for name in FACTS})


def test_every_fact_of_a_record_is_content() -> None:
    moment = Moment("2021", TimeRule.ACCOUNT_LOCAL, AT, datetime(2021, 3, 3, 23, 6, 7))
    marks: dict[str, Any] = {
        "str": "marker",
        "bool": True,
        "Moment | None": moment,
        "tuple[str, ...]": ("marker",),
        "tuple[Attachment, ...]": (Attachment("marker.png", "image/png"),),
        "Mapping[str, str]": {"state": "marker"},
    }
    bare = Record(RecordKind.POST, "1", Locator("m", 0, 0, 1), b"{}")
    empty = stored_data.build(bare)
    for name, annotation in Record.__annotations__.items():
        if name not in NO_CONTENT:
            assert stored_data.build(msgspec.structs.replace(bare, **{name: marks[annotation]})) != empty, f"Record.{name} is lost"


def test_every_fact_comes_back_from_the_catalog(repository: Repository, tmp_path: Path) -> None:
    ingest(repository, [x_zip(tmp_path / "x.zip", [tweet(1, "council")])], taken_by="Pat", source="test")
    row = dict(zip([*stored_data.COLUMNS, "data"], stored_data.row_values(FULL), strict=True))
    with repository.db.begin() as connection:
        connection.execute(sa.update(versions).values(**row))
    (view,) = repository.catalog.views([1])
    assert view.content == FULL
    assert [(one.name, one.url, one.description, one.member) for one in view.attachments] == [
        ("marker.png", "https://marker.example/", "a marker", "")
    ]
    (indexed,) = repository.catalog.index_rows([1])
    assert indexed.content == FULL
    stored = json.loads(row["data"])
    assert stored.keys() == FACTS.keys() - set(stored_data.COLUMNS), "each fact is kept in one place"


@pytest.mark.parametrize("name", sorted(FACTS.keys() - NOT_EXPORTED))
def test_every_fact_is_exported(name: str, tmp_path: Path) -> None:
    def line(number: int, **changes: Any) -> Any:
        return (
            unpack(make(tmp_path / f"{number}.zip", [record(1, **changes)]).path, tmp_path / str(number)) / "data/records.jsonl"
        ).read_text()

    value = (attachment("marker.png"),) if name == "attachments" else marked(name)
    assert line(1, **{name: value}) != line(2), f"no column of an export takes {name}"
