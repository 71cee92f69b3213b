"""A capture's page says its problems, limits and form in the reader's language; rows of older versions too, where they are recognized."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from indexer.catalog.models import ProblemView
from indexer.catalog.tables import captures, problems
from indexer.custody.ingest import ingest
from indexer.evidence.archive import NotAnArchive, open_archive
from indexer.i18n import Sentence, from_json, message_of, to_json
from indexer.repository import Repository, open_repository
from portal import config, create_app
from portal.access.rules import Role
from portal.access.users import Users
from portal.i18n import recognize
from tests.support.builders import CASES
from tests.support.town import PASSWORD, Town

DAMAGED = ("twitter/damaged_2023", "facebook/json_damaged_2021", "facebook/html_cut_2024", "instagram/json_damaged")
CELL = re.compile(r"<td>(.*?)</td><td><code>([\w-]+)</code></td></tr>", re.DOTALL)


@pytest.fixture(name="portal", scope="module")
def a_portal_with_damaged_archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    data = tmp_path_factory.mktemp("damaged")
    repository = open_repository(data)
    for case in DAMAGED:
        archive = shutil.copytree(CASES / case / "archive", data / "made" / case)
        ingest(repository, [archive], taken_by="rhea", source="command line")
    user = Users(repository.db).add("rhea", "Rhea", Role.RECORDS_CUSTODIAN, "test")
    Users(repository.db).set_password(user.id, PASSWORD)
    app = create_app(config.read({"SHOWME_DEMO": "1"}, data))
    app.testing = True
    yield Town(data, app, repository)
    app.extensions["showme"].close()
    repository.close()


def page(portal: Town, number: int, language: str) -> str:
    client = portal.client("rhea")
    client.set_cookie("showme_language", language)
    return client.get(f"/captures/{number}").text


def told(portal: Town, number: int, language: str) -> list[str]:
    return [unescape(text) for text, _code in CELL.findall(page(portal, number, language).split('id="problems"')[1])]


def own_words(message: str) -> list[str]:
    """The pieces of a template and of the templates of its values, without what is put into them."""
    assert isinstance(message, Sentence)
    pieces = [piece for piece in re.split(r"\{\w+\}", message.template) if re.search(r"[a-z]{2}", piece)]
    return [*pieces, *(piece for value in message.values.values() if isinstance(value, Sentence) for piece in own_words(value))]


def problems_of(repository: Repository, number: int) -> list[ProblemView]:
    found = repository.catalog.problems(number)
    assert found
    return found


@pytest.mark.parametrize("number", range(1, len(DAMAGED) + 1))
def test_no_words_of_a_problem_are_english_on_a_spanish_page(portal: Town, number: int) -> None:
    found = problems_of(portal.repository, number)
    shown = told(portal, number, "es")
    assert len(shown) == len(found)
    for problem, text in zip(found, shown, strict=True):
        assert [piece for piece in own_words(problem.message) if piece in text] == [], text
        assert 'lang="en"' not in text
    assert told(portal, number, "en") == [str(problem.message) for problem in found]


@pytest.mark.parametrize("number", range(1, len(DAMAGED) + 1))
def test_no_limit_form_or_reason_is_english_on_a_spanish_page(portal: Town, number: int) -> None:
    capture = portal.repository.catalog.capture(number)
    assert capture is not None
    reasons = [reason for _member, reason, _count in portal.repository.catalog.ignored(number)]
    shown = unescape(page(portal, number, "es"))
    assert [text for text in (capture.form, *capture.cannot_contain, *reasons) if text in shown] == []
    assert '<span lang="en">' not in shown


def test_rows_of_an_older_version_are_said_in_spanish_too_and_what_is_not_recognized_is_marked(portal: Town) -> None:
    before = told(portal, 1, "es")
    with portal.repository.db.begin() as connection:
        kept = connection.execute(sa.select(problems.c.id, problems.c.message, problems.c.sentence)).all()
        connection.execute(problems.update().values(sentence=None))
        connection.execute(problems.update().where(problems.c.id == kept[0].id).values(message="Line 3 <b> broke."))
    shown = told(portal, 1, "es")
    assert told(portal, 1, "en")[0] == "Line 3 <b> broke."
    with portal.repository.db.begin() as connection:
        for row in kept:
            connection.execute(problems.update().where(problems.c.id == row.id).values(message=row.message, sentence=row.sentence))
    assert shown == ['<span lang="en">Line 3 <b> broke.</span>', *before[1:]]


def test_limits_and_forms_of_an_older_version_are_said_in_spanish_too(portal: Town) -> None:
    limit = (
        "Encrypted private messages: data/message-event.js holds 2 of them without a date, sent by 800, in conversation g:1. X hands "
        "out no key with the archive, so what they say cannot be read or searched."
    )
    old = b'{"cannot_contain":["%s"],"kinds":["post"]}' % limit.encode()
    with portal.repository.db.begin() as connection:
        kept = connection.execute(sa.select(captures.c.facts).where(captures.c.id == 1)).scalar_one()
        connection.execute(captures.update().where(captures.c.id == 1).values(facts=old))
    shown = page(portal, 1, "es")
    with portal.repository.db.begin() as connection:
        connection.execute(captures.update().where(captures.c.id == 1).values(facts=kept))
    assert "Mensajes privados cifrados: data/message-event.js contiene 2 sin fecha, enviados por 800" in shown
    assert "2022 a hoy (tweets.js)" in shown


def test_a_name_is_taken_for_no_sentence(portal: Town) -> None:
    app: Flask = portal.app
    for name in ("Smith and Jones", "states: Missouri", "Capture 3: flood"):
        with app.test_request_context(headers={"Accept-Language": "es"}):
            assert app.jinja_env.filters["translated"](name, is_marked=False) == name
    assert recognize("{form} and {other}", "es") is None


def test_a_sentence_that_no_language_file_has_is_marked_as_english(portal: Town) -> None:
    with portal.app.test_request_context(headers={"Accept-Language": "es"}):
        stale = Sentence("It went 3 ways.")
        stale.template, stale.values = "It went {ways} ways.", {"ways": 3}
        assert portal.app.jinja_env.filters["translated"](stale) == '<span lang="en">It went 3 ways.</span>'


def test_a_refused_archive_is_refused_in_spanish(portal: Town, tmp_path: Path) -> None:
    (tmp_path / "notes.zip").write_text("no archive")
    with pytest.raises(NotAnArchive) as refused:
        open_archive(tmp_path / "notes.zip")
    assert str(refused.value) == (
        "notes.zip is not a ZIP, tar, or folder. Your file was not changed and nothing was added. Use the file that the platform provided."
    )
    kept = from_json(to_json(message_of(refused.value)), "")
    with portal.app.test_request_context(headers={"Accept-Language": "es"}):
        assert portal.app.jinja_env.filters["translated"](kept) == (
            "notes.zip no es ni un ZIP ni un tar ni una carpeta. Su archivo no se modificó y no se recibió nada. "
            "Indique el archivo que le dio la plataforma."
        )
