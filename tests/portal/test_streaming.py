"""A page in two parts: the first is sent before the rest is worked out, and an error in the rest is said on the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from jinja2 import DictLoader

from portal.streaming import render_in_two_parts
from tests.support.town import Town

PAGE = "<main><p>{{ hits }}</p>{{ REST_FOLLOWS }}<p>{{ counts() }}</p></main>"


def app(counts: Callable[[], str], template: str = PAGE) -> Flask:
    made = Flask(__name__)
    made.jinja_env.loader = DictLoader({"page.html": template})
    Babel(made)

    @made.get("/")
    def page() -> ResponseReturnValue:
        return render_in_two_parts("page.html", 200, {"hits": "3 hits", "counts": counts})

    return made


def test_the_first_part_is_sent_before_the_rest_is_worked_out() -> None:
    calls: list[str] = []

    def counts() -> str:
        calls.append("counts")
        return "47 posts"

    parts = iter(app(counts).test_client().get("/", buffered=False).response)
    assert next(parts) == b"<main><p>3 hits</p>"
    assert not calls
    assert next(parts) == b"<p>47 posts</p></main>"
    assert calls == ["counts"]
    assert next(parts, None) is None


def test_an_error_in_the_rest_is_said_where_the_rest_would_be(caplog: pytest.LogCaptureFixture) -> None:
    def counts() -> str:
        raise ZeroDivisionError

    response = app(counts).test_client().get("/")
    assert response.status_code == 200
    assert response.text.startswith("<main><p>3 hits</p>")
    assert "the rest of this page is missing" in response.text
    assert response.text.endswith("</html>")
    assert "ZeroDivisionError" in caplog.text


def test_an_error_in_the_first_part_has_a_status_of_its_own() -> None:
    assert app(str, "{{ hits / 0 }}{{ REST_FOLLOWS }}").test_client().get("/").status_code == 500


def test_the_records_of_a_search_are_sent_before_its_facets(town: Town) -> None:
    response = town.client("rhea").get("/search?q=flood", buffered=False)
    first, rest = (part.decode() for part in response.response)
    response.close()
    assert 'id="count"' in first
    assert 'class="hit-link"' in first
    assert 'class="scope' in first, "the number is never without its scope"
    assert 'class="facets"' not in first
    assert 'class="facets"' in rest
    assert rest.rstrip().endswith("</html>")


def test_a_turn_is_held_until_the_whole_page_is_sent(town: Town) -> None:
    turns = town.app.extensions["showme-turns"]
    response = town.client("rhea").get("/search?q=flood", buffered=False)
    parts = iter(response.response)
    next(parts)
    assert len(turns._running) == 1
    list(parts)
    response.close()
    assert not turns._running
