"""Problems, limits and forms come back from the catalog as the sentences that they were; rows of older versions as their text."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from indexer.catalog.stored_data import StoredFacts
from indexer.catalog.tables import captures, problems
from indexer.custody.ingest import ingest
from indexer.custody.read_again import fact_differences, reopen_capture
from indexer.i18n import Sentence
from indexer.repository import open_repository
from tests.support.builders import CASES
from tests.support.databases import set_back


@pytest.fixture(name="data")
def a_data_folder(tmp_path: Path) -> Path:
    """A data folder with an archive that has problems."""
    archive = shutil.copytree(CASES / "twitter" / "damaged_2023" / "archive", tmp_path / "archive")
    repository = open_repository(tmp_path / "data")
    ingest(repository, [archive], taken_by="rhea", source="command line")
    repository.close()
    return tmp_path / "data"


def age(data: Path) -> None:
    """Make the catalog what the version before wrote: English texts, and no column for sentences."""
    repository = open_repository(data)
    with repository.db.begin() as connection:
        for row in connection.execute(sa.select(captures.c.id, captures.c.facts)).all():
            facts = msgspec.json.decode(row.facts, type=StoredFacts)
            old = {**msgspec.to_builtins(facts), "cannot_contain": [str(line) for line in facts.limits]}
            del old["form"]
            connection.execute(captures.update().where(captures.c.id == row.id).values(facts=msgspec.json.encode(old)))
        set_back(connection, "0004")
    repository.close()


def test_a_problem_comes_back_as_the_sentence_that_the_importer_made(data: Path) -> None:
    repository = open_repository(data)
    found = repository.catalog.problems(1)
    date = next(problem.message for problem in found if problem.code == "bad-date")
    assert date == (
        "The date of this post cannot be read ('Sat Mar 44 12:00:00 +0000 2023' is no date that X writes); the post was kept without it."
    )
    assert isinstance(date, Sentence)
    assert date.template == "The date of this post cannot be read ({why}); the post was kept without it."
    assert isinstance(date.values["why"], Sentence)
    assert all(isinstance(problem.message, Sentence) for problem in found)
    repository.close()


def test_limits_and_form_come_back_as_sentences(data: Path) -> None:
    repository = open_repository(data)
    capture = repository.catalog.capture(1)
    assert capture is not None
    assert isinstance(capture.form, Sentence)
    assert capture.cannot_contain
    assert all(isinstance(line, Sentence) for line in capture.cannot_contain)
    repository.close()


def test_the_text_of_older_versions_is_read_and_differs_in_nothing(data: Path) -> None:
    before = open_repository(data)
    problem_texts = [str(problem.message) for problem in before.catalog.problems(1)]
    capture = before.catalog.capture(1)
    before.close()
    age(data)
    repository = open_repository(data)
    assert [problem.message for problem in repository.catalog.problems(1)] == problem_texts
    old = repository.catalog.capture(1)
    assert old is not None
    assert old == capture
    assert list(fact_differences(repository, reopen_capture(repository, old))) == []
    assert not any(isinstance(text, Sentence) for text in (old.form, *old.cannot_contain))
    with repository.db.connect() as connection:
        assert connection.execute(sa.select(problems.c.sentence)).scalars().all() == [None] * len(problem_texts)
    repository.close()
