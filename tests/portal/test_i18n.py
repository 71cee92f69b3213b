"""The pages in the reader's language: chosen on the page, else the browser's."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask, render_template_string

from indexer.coverage.summary import join_list
from indexer.i18n import from_json, say, to_json
from portal.i18n import translate
from tests.support.town import Town


def test_the_browsers_language_is_taken_and_a_choice_is_kept(town: Town) -> None:
    client = town.client("rhea")
    assert '<html lang="es">' in client.get("/search", headers={"Accept-Language": "es-MX,es;q=0.9"}).text
    assert '<html lang="en">' in client.get("/search", headers={"Accept-Language": "de"}).text
    answer = client.get("/language/es?next=/search?q=flood")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/search?q=flood"
    assert '<html lang="es">' in client.get("/search", headers={"Accept-Language": "en"}).text
    client.get("/language/en")
    assert '<html lang="en">' in client.get("/search", headers={"Accept-Language": "es"}).text


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_choice_of_a_language_leads_nowhere_else(town: Town, wanted: str) -> None:
    assert town.client().get("/language/es", query_string={"next": wanted}).headers["Location"] == "/"


def test_a_language_that_is_not_spoken_is_not_there(town: Town) -> None:
    assert town.client("rhea").get("/language/xx").status_code == 404


def test_a_sentence_of_the_indexer_is_english_text_everywhere_else() -> None:
    sentence = say("{count} records of {what}.", count=1234, what=say("a city"))
    assert sentence == "1,234 records of a city."
    assert (sentence.template, sentence.values["count"]) == ("{count} records of {what}.", 1234)


def test_a_page_says_a_sentence_with_the_numbers_of_its_locale(town: Town) -> None:
    app: Flask = town.app
    sentence = say("{count} records of {what}.", count=12345, what=say("<b>"))
    wanted = "12,345"  # a point would be read as a fraction in Missouri, in Spanish too
    for language in ("en", "es"):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert wanted in translate(sentence)
            shown = render_template_string("{{ sentence }}", sentence=sentence)
            assert wanted in shown
            assert "&lt;b&gt;" in shown


def test_a_sentence_on_thousands_of_accounts_can_be_translated_stored_and_read_back(town: Town) -> None:
    accounts = [f"@Office{number} (X)" for number in range(3000)]
    sentence = say("Captured through {day}: {accounts}.", day=date(2025, 1, 2), accounts=join_list(accounts))
    assert sentence == f"Captured through Jan 2, 2025: {', '.join(accounts)}."
    assert from_json(to_json(sentence), "") == sentence
    with town.app.test_request_context("/", headers={"Accept-Language": "es"}):
        assert translate(sentence).count(", @Office") == 2999
