"""Addresses that are kept are those that Flask would make."""

from __future__ import annotations

import flask
import pytest
from flask import Flask

from portal.addresses import _address, url_for

CASES = [
    ("page", {}),
    ("page", {"q": "flood & bridge", "page": 2}),
    ("page", {"q": None}),
    ("page", {"page": True}),
    ("page", {"page": 1}),
    ("page", {"tag": ["a", "b"]}),
    ("page", {"_anchor": "top"}),
    ("page", {"_external": True}),
    ("record", {"name": "twitter:1:post:2/ü"}),
    ("static", {"filename": "theme.css"}),
]


@pytest.fixture
def app() -> Flask:
    made = Flask(__name__, static_folder="static")
    made.add_url_rule("/search", "page", lambda: "")
    made.add_url_rule("/records/<path:name>", "record", lambda: "")
    return made


def test_kept_addresses_are_flasks_own_under_every_root_and_host(app: Flask) -> None:
    _address.cache_clear()
    for root in ("http://localhost/", "http://localhost/records", "https://records.example/records", "http://localhost/"):
        with app.test_request_context("/", base_url=root):
            for endpoint, values in CASES * 2:
                assert url_for(endpoint, **values) == flask.url_for(endpoint, **values), (root, endpoint, values)
    assert _address.cache_info().hits
    with app.test_request_context("/"), pytest.raises(Exception, match="nothing"):
        url_for("nothing")
