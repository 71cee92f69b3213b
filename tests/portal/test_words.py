"""What importers write about an archive is kept as English text; the pages say it in the reader's language all the same."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from flask import Flask, render_template_string

from indexer.i18n import say
from indexer.importers import COMMON_IGNORED, IMPORTERS
from portal.i18n import LANGUAGES, recognize
from portal.jobs import queue, runners
from portal.jobs.rows import JobKind, Jobs, JobState
from portal.words import NAMES, VALUES, fact_name, fact_value
from tests.support.golden import cases, expected
from tests.support.town import Town, token

OTHERS = [code for code in LANGUAGES if code != "en"]


def shown(app: Flask, language: str, text: str) -> str:
    with app.test_request_context(headers={"Accept-Language": language}):
        return render_template_string("{{ text|translated }}", text=text)


def facts(case: Path) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(expected(case).read_text().splitlines()[0])["facts"]
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_every_limit_and_form_of_the_sample_archives_is_said_in_every_language(town: Town, language: str) -> None:
    texts = set[str]()
    for case in cases():
        found = facts(case)
        texts |= {str(found["form"]), *map(str, found["cannot_contain"])}  # type: ignore[call-overload]  # JSON
    assert len(texts) > 20
    assert [text for text in sorted(texts) if 'lang="en"' in shown(town.app, language, text)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_why_a_file_was_left_unread_is_said_in_every_language(town: Town, language: str) -> None:
    reasons = {*COMMON_IGNORED.values(), *(reason for importer in IMPORTERS for reason in importer.ignored.values())}
    assert len(reasons) > 60
    assert [text for text in sorted(reasons) if 'lang="en"' in shown(town.app, language, text)] == []


def test_english_readers_get_the_text_as_it_is_kept(town: Town) -> None:
    assert shown(town.app, "en", "pokes between people: no words") == "pokes between people: no words"
    assert shown(town.app, "en", "Line 3 <b> broke.") == "Line 3 &lt;b&gt; broke."


def test_what_cannot_be_said_otherwise_is_marked_as_english(town: Town) -> None:
    assert shown(town.app, "es", "Line 3 <b> broke.") == '<span lang="en">Line 3 &lt;b&gt; broke.</span>'
    assert shown(town.app, "es", "") == ""


def test_a_kept_text_with_places_is_taken_apart_and_its_values_are_said_too(town: Town) -> None:
    text = "Facebook profile archive, HTML of 2010 to early 2018 and JSON of 2018 to 2019"
    assert shown(town.app, "es", text) == "Archivo de un perfil de Facebook, HTML de 2010 a principios de 2018 y JSON de 2018 a 2019"
    found = recognize(text, "es")
    assert found == text
    assert found is not None
    assert found.values == {"form": "HTML of 2010 to early 2018 and JSON of 2018 to 2019"}
    assert recognize("Myspace archive, JSON", "es") is None


def test_the_page_of_a_capture_speaks_the_readers_language(town: Town) -> None:
    client = town.client("rhea")
    client.set_cookie("showme_language", "es")
    page = client.get("/captures/1").text
    assert "2022 a hoy (tweets.js)" in page
    assert "no está en un archivo de X" in page
    assert "2022 to now" not in page


def test_why_a_job_failed_is_kept_as_a_sentence(town: Town) -> None:
    jobs = Jobs(town.repository.db)
    numbers = [jobs.add(JobKind.VERIFY, "A job", 1, {}) for _ in range(2)]
    for number, error in zip(
        numbers, (say("“{name}” is not a time zone. Use a name such as America/Chicago.", name="X"), "{ broke"), strict=True
    ):
        assert jobs.start(number)
        jobs.fail(number, error)
    first, second = (jobs.get(number) for number in numbers)
    assert first is not None
    assert second is not None
    assert (first.state, second.state, second.error) == (JobState.FAILED, JobState.FAILED, "{ broke")
    client = town.client("ada")
    client.set_cookie("showme_language", "es")
    assert "«X» no es una zona horaria." in client.get(f"/jobs/{numbers[0]}").text
    assert '<span lang="en">{ broke</span>' in client.get(f"/jobs/{numbers[1]}").text


OF_THE_ARCHIVES = {"Taken"}  # labels that the pages of an archive print
NOT_OURS = {"section": {"reels", "IGTV", "Threads"}}


def test_every_fact_of_the_sample_archives_has_a_name_and_ours_a_translation(town: Town) -> None:
    seen = set[tuple[str, str]]()
    for case in cases():
        for line in expected(case).read_text().splitlines():
            row = msgspec.json.decode(line)
            seen |= set(row.get("record", {}).get("extra", {}).items())
    assert {key for key, _value in seen} - set(NAMES) == OF_THE_ARCHIVES
    for key in VALUES.keys() & {"audience", "cut", "direction", "link", "long_text", "repost_form", "section", "source_form", "state"}:
        assert {value for name, value in seen if name == key} - set(VALUES[key]) <= NOT_OURS.get(key, set()), key
    with town.app.test_request_context(headers={"Accept-Language": "es"}):
        assert (fact_name("in_reply_to"), fact_value("yes", "cut")) == ("En respuesta a", "sí")
        assert (fact_name("Taken"), fact_value("@yes", "in_reply_to")) == ("Taken", "@yes")
        assert fact_value("63 seconds", "call") == "63 segundos"
    with town.app.test_request_context(headers={"Accept-Language": "en"}):
        assert (fact_name("in_reply_to"), fact_value("edit", "state")) == ("In reply to", "edited")


def test_a_report_of_terms_says_its_readings_in_the_readers_language(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "put", lambda _config, job_id: runners.run(town.repository, job_id))
    client = town.client("rhea")
    form = {"terms": "flood bridge\nagend*", "csrf_token": token(client, "/terms")}
    page = client.post("/terms", data=form).headers["Location"]
    assert "any word starting with agend" in client.get(page).text
    client.set_cookie("showme_language", "es")
    shown = client.get(page).text
    assert "cualquier palabra que empiece por agend" in shown
    assert "any word" not in shown


def test_a_certificate_is_shown_with_labels_of_the_reader_and_its_english_sentences_marked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "put", lambda _config, job_id: runners.run(town.repository, job_id))
    client = town.client("lena")
    client.set_cookie("showme_language", "es")
    form = {"q": "flood", "kind": "post", "csrf_token": token(client, "/search?q=flood")}
    shown = client.get(client.post("/certificates", data=form).headers["Location"]).text
    assert 'lang="es">flood<' in shown
    assert "no está en un archivo de X" in shown
    assert "is not in an X archive" not in shown
