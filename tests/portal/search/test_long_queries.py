"""Long queries have a short address; a form that is sent twice starts one job."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from indexer.query.checks import MOST_LETTERS
from portal.search.address import LONGEST_WRITTEN
from tests.support.town import Town, token

LONG = ("flood OR " + " OR ".join(f"word{number:05}" for number in range(6_000)))[: MOST_LETTERS - 9].rsplit(" OR ", 1)[0]
KINDS = {
    "words": LONG,
    "letters of four bytes": "flood OR " + "\U00020000" * 900 + " OR " + "\U00020000" * 900,
    "signs": "flood OR " + " OR ".join(f'"{at} & 100%"' for at in range(1_000)),
}


def posted(client: FlaskClient, path: str, **fields: str) -> object:
    return client.post(path, data={**fields, "csrf_token": token(client, "/search")})


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_query_is_answered_at_a_short_address(town: Town, kind: str) -> None:
    client = town.client("rhea")
    moved = posted(client, "/search", q=KINDS[kind], sort="oldest")
    assert moved.status_code == 303
    where = moved.headers["Location"]
    assert re.fullmatch(r"/search\?stored=[0-9a-f]{32}&sort=oldest", where), where
    page = client.get(where)
    assert page.status_code == 200
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
    assert max(map(len, addresses)) < 1_000
    shape = client.get(where.replace("/search?", "/search.json?")).json
    assert shape["query"] == KINDS[kind]
    assert shape["total"] == client.get("/search.json?q=flood").json["total"]
    assert town.client("lena").get(where).status_code == 200  # the address can be handed on; each sees what they may see
    assert posted(client, "/search", q=KINDS[kind], sort="oldest").headers["Location"] == where


def test_a_short_query_keeps_its_words_in_its_address(town: Town) -> None:
    client = town.client("rhea")
    assert posted(client, "/search", q="flood  creek", kind="post").headers["Location"] == "/search?q=flood+creek&kind=post"
    edge = "a" * LONGEST_WRITTEN
    assert posted(client, "/search", q=edge).headers["Location"] == f"/search?q={edge}"
    assert "stored=" in posted(client, "/search", q=edge + "a").headers["Location"]


def test_a_long_address_leads_to_a_short_one(town: Town) -> None:
    answer = town.client("rhea").get("/search", query_string={"q": KINDS["signs"], "page": "2"})
    assert re.fullmatch(r"/search\?stored=[0-9a-f]{32}&page=2", answer.headers["Location"])


@pytest.mark.parametrize("path", ["/exports", "/certificates"])
def test_a_long_query_that_cannot_be_read_goes_back_to_a_short_address(town: Town, path: str) -> None:
    client = town.client("rhea")
    where = posted(client, path, q=LONG[:40_000] + " OR (").headers["Location"]
    assert len(where) < 100
    assert client.get(where).status_code == 400


def test_one_limit_of_length_is_told_everywhere(town: Town) -> None:
    client = town.client("rhea")
    for answer in (
        posted(client, "/search", q="x" * (MOST_LETTERS + 1)),
        client.get("/search", query_string={"q": "x" * (MOST_LETTERS + 1)}),
    ):
        assert answer.status_code == 400
        assert "50000" in answer.text or "50,000" in answer.text


@pytest.mark.parametrize("key", ["0" * 32, "x", "", "../x", "0" * 3_000, "'"])
def test_a_name_that_nothing_is_kept_by_is_said(town: Town, key: str) -> None:
    answer = town.client("rhea").get("/search", query_string={"stored": key})
    assert answer.status_code == (400 if key else 200)
    assert ("no longer stored" in answer.text) is bool(key)


def jobs_of(client: FlaskClient, count: int, path: str, **fields: str) -> set[str]:
    csrf = token(client, "/search")
    return {client.post(path, data={**fields, "csrf_token": csrf}).headers["Location"] for _ in range(count)}


FORMS = {
    "/exports": {"q": "flood"},
    "/certificates": {"q": "flood"},
    "/terms": {"terms": "flood\ncreek"},
    "/captures/verify": {},
}


@pytest.mark.parametrize("path", FORMS)
def test_a_form_sent_twice_starts_one_job(town: Town, path: str) -> None:
    client = town.client("rhea")
    assert len(jobs_of(client, 3, path, once=f"a{path}", **FORMS[path])) == 1
    assert len(jobs_of(client, 2, path, once=f"b{path}", **FORMS[path]) | jobs_of(client, 1, path, once=f"a{path}", **FORMS[path])) == 2
    assert len(jobs_of(client, 2, path, **FORMS[path])) == 2  # a program that sends no token asks for two
    if "q" in FORMS[path]:  # the same page, changed after a step back
        assert jobs_of(client, 1, path, once=f"a{path}", q="creek OR flood") != jobs_of(client, 1, path, once=f"a{path}", q="flood")


def test_a_form_sent_at_the_same_moment_starts_one_job(town: Town) -> None:
    clients = [town.client("rhea") for _ in range(2)]
    tokens = [token(client, "/search") for client in clients]

    def send(at: int) -> str:
        answer = clients[at].post("/exports", data={"q": "flood", "once": "same", "csrf_token": tokens[at]})
        return str(answer.headers["Location"])

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(send, (0, 1)))) == 1


def test_a_job_that_failed_is_not_in_the_way_of_another(town: Town) -> None:
    from portal.jobs.rows import Jobs

    client = town.client("rhea")
    (first,) = jobs_of(client, 1, "/exports", q="flood", once="again")
    Jobs(town.repository.db).fail(int(first.rsplit("/", 1)[1]), "no room")
    assert jobs_of(client, 1, "/exports", q="flood", once="again") != {first}


def test_every_form_of_a_page_has_its_own_token(town: Town) -> None:
    client = town.client("rhea")
    found = [re.findall(r'name="once" value="([^"]+)"', client.get("/search?q=flood").text) for _ in range(2)]
    assert all(found)
    assert not set(found[0]) & set(found[1])
