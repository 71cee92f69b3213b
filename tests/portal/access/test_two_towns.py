"""Two towns that differ only in an account that request staff may not see: every answer to them is the same in both.

No list of what might leak: words, counts, names, spellings, expansions, gaps and times of the hidden account would each
make a difference.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from indexer.certificates.certify import certify
from indexer.certificates.pdf import document
from indexer.query.filters import Filters, Permission
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from portal import config, create_app
from portal.jobs import runners
from tests.support.town import CITY, CITY_ID, SECRET, SECRET_ID, Town, city_archive, fill, post, token, x_archive

WORDS = [
    "",
    "flood",
    "floo*",
    "flod",
    "brigde",
    "flood w/5 bridge",
    "flood not w/9 claims",
    "zzquag",
    "zzquog",
    "zz*",
    "agenda~",
    "agendas~~",
    "7770~~7790",
    "#zzsecrettag",
    "@zzmention",
    "url:zzsecret.example",
    f"account:{SECRET}",
    "author:osage*",
    "date:2011",
    "NOT flood",
    '"flood has closed"',
    "has:link",
    "kind:message",
    "wildcardable*",
    "(unbalanced",
]
MORE = [
    {},
    {"group": "threads"},
    {"group": "same"},
    {"as_of": "2018-07-05"},
    {"as_of": "2022-01-01", "sort": "relevance"},
    {"dialect": "dtsearch"},
    {"account": "2"},
    {"state": ["absent", "undated"]},
    {"from": "2010-01-01", "to": "2012-01-01"},
]
PAGES = [
    "/coverage",
    "/coverage?account=2",
    "/help",
    "/help/search",
    "/saved",
    "/history",
    "/terms",
    "/exports",
    "/records/none",
    "/nowhere",
]
PASSING = [  # what differs from one request to the next
    (re.compile(r'name="(csrf_token|once)" value="[^"]*"'), ""),
    (re.compile(r'"took_ms": ?[0-9.]+'), ""),
    (re.compile(r"[A-Z][a-z]{2} [0-9]{1,2}, 2[0-9]{3}, [0-9]{1,2}:[0-9]{2}.[AP]M C[SD]T"), "then"),
    (re.compile(r'datetime="[^"]*"'), ""),
]


def hidden(target: Path) -> Path:
    """An account with near misses, the city's own notice, an answer in its thread, and words that nothing else holds."""
    tags = {"hashtags": [{"text": "zzsecrettag", "indices": ["0", "1"]}], "symbols": [], "user_mentions": [], "urls": []}
    answer = {"in_reply_to_status_id": "1020000000000000001", "in_reply_to_user_id": CITY_ID, "in_reply_to_screen_name": CITY}
    posts = [
        post(
            1_020_000_000_000_000_099,
            "zzquag claims flod brigde #zzsecrettag @zzmention https://zzsecret.example/a",
            "Wed Jul 04 19:00:00 +0000 2011",
            entities=tags,
        ),
        post(1_020_000_000_000_000_098, "The flood has closed Mill Bridge. Take Route 9.", "Wed Jul 04 19:00:00 +0000 2018"),
        post(1_020_000_000_000_000_097, f"@{CITY} zzreply agendum 7777", "Fri Jul 06 16:00:00 +0000 2018", **answer),
        *(post(1_400_000_000_000_000_000 + at, f"wildcardable{at:02} flood{at:02}", "Fri Jul 06 16:00:00 +0000 2021") for at in range(20)),
    ]
    return x_archive(target, SECRET, SECRET_ID, posts, ["zzmessage of the flood"], {})


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Town]]:
    made = []
    for archives in ((city_archive,), (city_archive, hidden)):
        data = tmp_path_factory.mktemp("town")
        repository = fill(data, archives)
        app = create_app(config.read({"SHOWME_DEMO": "1"}, data))
        app.testing = True
        made.append(Town(data, app, repository))
    yield made
    for town in made:
        town.app.extensions["showme"].close()
        town.repository.close()


def answers(town: Town, name: str, searches: Sequence[str] = ("/search", "/search.json")) -> dict[str, tuple[int, str]]:
    client, found = town.client(name), {}
    asked = [f"{page}?{urlencode({'q': words, **more}, doseq=True)}" for page in searches for words in WORDS for more in MORE]
    for address in [*asked, *PAGES]:
        answer = client.get(address)
        text = answer.text
        for pattern, instead in PASSING:
            text = pattern.sub(instead, text)
        found[address] = (answer.status_code, text)
    return found


@pytest.mark.parametrize("name", ["gwen", "nora"])
def test_request_staff_cannot_tell_that_there_is_another_account(towns: list[Town], name: str) -> None:
    alone, beside = (answers(town, name) for town in towns)
    assert len(alone) > 400
    assert [address for address in alone if alone[address] != beside[address]] == []


MADE = [  # what differs from one job to the next
    *PASSING,
    # the anchor of the event log: how many events there are tells how busy the office is, not with what (docs/exports.md)
    (re.compile(r'"anchor": ?\{[^}]*\}'), ""),
    (re.compile(r"the event log had [0-9,]+ events\. Hash of the latest event:\s+[0-9a-f]{64}"), "anchor"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,}(Z| UTC| C[SD]T)?"), "then"),
    (re.compile(r"[0-9a-f]{64}"), "digest"),
    (re.compile(r"(?<=Payload-Oxum: )[0-9]+|(?<=Bag-Size: ).*"), "size"),  # a workbook's time is packed with it
]


def job_of(client: FlaskClient, page: str, **form: str | list[str]) -> int:
    answer = client.post(page, data={"csrf_token": token(client, "/search"), **form})
    assert answer.status_code == 302, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def made(town: Town, name: str, accounts: list[str]) -> dict[str, str]:
    """Return every file of an export and of a term list of a reader who chose accounts by their numbers."""
    client, found = town.client(name), {}
    number = job_of(client, "/terms", terms="flood\nzz*\nclaims", account=accounts)
    runners.run(town.repository, number)
    for form in ("csv", "json"):
        found[f"terms.{form}"] = client.get(f"/terms/{number}/report.{form}").text
    found["terms"] = client.get(f"/terms/{number}").text
    number = job_of(client, "/exports", q="*", account=accounts, viewer="1", context="1") if name == "gwen" else 0
    if number:
        runners.run(town.repository, number)
        answer = client.get(f"/jobs/{number}/download")
        with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
            readable = [one for one in package.namelist() if one.endswith((".txt", ".json", ".csv", ".jsonl", ".js"))]
            found.update({one: package.read(one).decode() for one in readable})
        answer.close()
    for pattern, instead in MADE:
        found = {one: pattern.sub(instead, text) for one, text in found.items()}
    return found


@pytest.mark.parametrize("accounts", [["1", "2"], ["2", "1", "3", "4", "5"]])
@pytest.mark.parametrize("name", ["gwen", "nora"])
def test_files_made_for_request_staff_name_no_account_that_they_may_not_see(towns: list[Town], name: str, accounts: list[str]) -> None:
    alone, beside = (made(town, name, accounts) for town in towns)
    assert len(alone) > (15 if name == "gwen" else 2)
    differing = {one for one in alone if alone[one] != beside[one]}
    assert differing == set()
    assert not [one for one, text in beside.items() if SECRET.lower() in text.lower() or SECRET_ID in text]


def test_a_certificate_names_no_account_that_its_maker_may_not_see(towns: list[Town]) -> None:
    repository = towns[1].repository
    city, secret = (towns[1].account_id(handle) for handle in (CITY, SECRET))
    request = SearchRequest(
        "flood", Filters(accounts=frozenset({city, secret}), permission=Permission(frozenset({city}), without_messages=False))
    )
    with certify(Plan(repository, request), by="gwen") as certificate:
        said = repr(certificate.header) + repr(document(certificate.header, "c.json", "0" * 64))
    assert CITY in said
    assert SECRET not in said
    assert SECRET_ID not in said


def test_who_may_see_the_account_gets_other_answers(towns: list[Town]) -> None:
    alone, beside = (answers(town, "rhea", ["/search.json"]) for town in towns)
    differing = [address for address in alone if alone[address] != beside[address]]
    assert len(differing) > 100, "the two towns do differ"
