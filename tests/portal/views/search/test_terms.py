"""Term lists in the portal: started, waited for, read, sorted, handed over; its maker's alone, and only while all of it may be seen."""

from __future__ import annotations

import csv
import io
import json
from html import unescape

import pytest
from flask.testing import FlaskClient

from indexer.i18n import pack, say, unpack
from portal.access.rules import Role
from portal.access.users import Users
from portal.jobs import runners
from portal.jobs.rows import JobKind, Jobs, JobState
from tests.support.town import ACCOUNT_CANARY, CITY, MESSAGE_CANARY, PASSWORD, SECRET, Town, token

LIST = 'flood\nagenda\n\nflood\n"open\nbrid*\n'


def send(client: FlaskClient, text: str = LIST, **more: str | list[str]) -> str:
    """Start a list and return the address of its report."""
    answer = client.post("/terms", data={"csrf_token": token(client, "/terms"), "terms": text, **more})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def done(town: Town, address: str) -> str:
    runners.run(town.repository, int(address.rsplit("/", 1)[1]))
    job = Jobs(town.repository.db).get(int(address.rsplit("/", 1)[1]))
    assert job is not None
    assert (job.state, job.error) == (JobState.DONE, "")
    return address


def report(client: FlaskClient, address: str) -> dict[str, object]:
    answer = client.get(f"{address}/report.json")
    assert answer.status_code == 200
    return json.loads(answer.data)


def test_a_list_is_run_by_the_worker_and_its_page_tells_all(town: Town) -> None:
    client = town.client("rhea")
    address = send(client, name="First list")
    assert "waiting" in client.get(address).text
    page = unescape(client.get(done(town, address)).text)
    assert "First list" in page
    assert "not searched for" in page
    assert "line 4 repeats line 1" in page
    assert "1 blank line left out" in page
    assert "matches 1 word" in page
    assert "all accounts, including direct messages" in page
    assert "First list" in client.get("/terms").text


def test_a_report_is_not_announced_on_its_own_page_but_others_are(town: Town) -> None:
    client = town.client("rhea")
    client.get("/help")
    first, second = send(client, "flood", name="First list"), send(client, "agenda", name="Second list")
    done(town, first)
    done(town, second)
    page = client.get(first).text
    assert "Ready: Term list, First list" not in page
    assert "Ready: Term list, Second list" in page


def test_a_report_without_a_name_is_called_after_its_terms_without_their_numbers(town: Town) -> None:
    client = town.client("rhea")
    page = unescape(client.get(done(town, send(client, "1. flood\n2. agenda"))).text)
    assert "<title>Term list: flood, agenda" in page


def test_each_term_leads_to_its_search_with_the_same_filters_and_the_same_count(town: Town) -> None:
    client = town.client("rhea")
    address = done(town, send(client, "flood\nagenda", **{"from": "2018-07-05", "kind": ["post", "reply"], "dialect": "dtsearch"}))
    page = unescape(client.get(address).text)
    for term in report(client, address)["terms"]:
        link = f"q={term['text']}&dialect=dtsearch&from=2018-07-05&kind=post&kind=reply"
        assert f"/search?{link}" in page
        assert client.get(f"/search.json?{link}").json["total"] == term["hits"]


def test_counts_are_those_of_the_reader(town: Town) -> None:
    words = f"flood\n{ACCOUNT_CANARY}\n{MESSAGE_CANARY}"
    told = {}
    for name in ("rhea", "gwen", "nora"):
        client = town.client(name)
        told[name] = report(client, done(town, send(client, words)))
    hits = {name: [term["hits"] for term in one["terms"]] for name, one in told.items()}
    assert hits == {"rhea": [5, 1, 1], "gwen": [2, 0, 0], "nora": [0, 0, 0]}
    assert told["gwen"]["terms"][0]["family"] == 3, "the answer to the post belongs to it, the messages do not"
    assert told["gwen"]["corpus"] == {
        "searched": 45,
        "in_step": True,
        "position": None,
        "indexed": None,
        "held": None,
        "as_of_limits": None,
    }
    assert SECRET not in json.dumps(told["gwen"])
    assert SECRET not in json.dumps(told["nora"])


def test_a_report_is_its_maker_s_alone(town: Town) -> None:
    address = done(town, send(town.client("lena")))
    for name in ("ada", "rhea", "gwen"):
        client = town.client(name)
        number = address.rsplit("/", 1)[1]
        for page in (address, f"{address}/report.csv", f"/jobs/{number}", f"/jobs/{number}.json", f"/terms?again={number}"):
            assert client.get(page).status_code == 404, (name, page)
        assert address not in client.get("/terms").text


def test_a_report_is_gone_when_a_grant_is_taken_back(town: Town) -> None:
    book = Users(town.repository.db)
    user = book.add("tess", "", Role.REQUEST_STAFF, "test")
    book.set_password(user.id, PASSWORD)
    city = town.account_id(CITY)
    book.change(user.id, full_name="", role=Role.REQUEST_STAFF, granted={city}, is_disabled=False)
    client = town.client("tess")
    address = done(town, send(client))
    assert client.get(address).status_code == 200
    book.change(user.id, full_name="", role=Role.REQUEST_STAFF, granted=set(), is_disabled=False)
    assert client.get(address).status_code == 404
    assert address not in client.get("/terms").text


def test_what_is_granted_less_when_the_work_begins_is_not_searched(town: Town) -> None:
    book = Users(town.repository.db)
    user = book.add("ula", "", Role.LEGAL_STAFF, "test")
    book.set_password(user.id, PASSWORD)
    address = send(town.client("ula"), ACCOUNT_CANARY)
    book.change(user.id, full_name="", role=Role.REQUEST_STAFF, granted=set(), is_disabled=False)
    done(town, address)
    job = Jobs(town.repository.db).get(int(address.rsplit("/", 1)[1]))
    assert job is not None
    assert job.result["totals"]["hits"] == 0
    assert town.client("ula").get(address).status_code == 404


@pytest.mark.parametrize(
    ("text", "more", "told"),
    [(" \n", {}, "The list is empty"), ("x\n" * 26_000, {}, "50,000"), ("flood", {"from": "soon"}, "is not a valid date")],
)
def test_a_list_that_cannot_be_run_is_said_and_nothing_typed_is_lost(town: Town, text: str, more: dict[str, str], told: str) -> None:
    client = town.client("rhea")
    before = len(Jobs(town.repository.db).recent(100))
    answer = client.post("/terms", data={"csrf_token": token(client, "/terms"), "terms": text, "name": "My list", "kind": "post", **more})
    assert answer.status_code == 400
    assert told in unescape(answer.text)
    assert 'value="My list"' in answer.text
    assert text.strip()[:40] in answer.text
    assert len(Jobs(town.repository.db).recent(100)) == before


def test_the_table_sorts_without_script_and_what_has_no_count_stands_last(town: Town) -> None:
    client = town.client("rhea")
    address = done(town, send(client))

    def order(by: str) -> list[str]:
        page = unescape(client.get(f"{address}?by={by}").text)
        return sorted(['"open', "agenda", "brid*", "flood"], key=lambda term: page.index(f'">{term}</a>'))

    assert order("") == ["flood", "agenda", '"open', "brid*"]
    assert order("hits") == ["brid*", "flood", "agenda", '"open']
    assert order("-hits") == ["agenda", "flood", "brid*", '"open']
    assert order("text") == ['"open', "agenda", "brid*", "flood"]
    assert 'aria-sort="descending"' in client.get(f"{address}?by=-hits").text


def test_the_files_hold_what_the_page_shows(town: Town) -> None:
    client = town.client("rhea")
    address = done(town, send(client))
    told = report(client, address)
    table = list(csv.reader(io.StringIO(client.get(f"{address}/report.csv").data.decode("utf-8-sig"), newline="")))
    assert [row[4] for row in table[1:]] == ["" if term["hits"] is None else str(term["hits"]) for term in told["terms"]] + [
        str(told["totals"]["hits"])
    ]
    workbook = client.get(f"{address}/report.xlsx")
    assert workbook.data[:2] == b"PK"
    assert workbook.headers["Cache-Control"] == "no-store"
    for name in ("report.exe", "csv", "report"):
        assert client.get(f"{address}/{name}").status_code == 404
    assert town.repository.audit.newest(1)[0].tag == "export:downloaded"


def test_a_list_can_be_changed_and_run_again(town: Town) -> None:
    client = town.client("rhea")
    address = done(town, send(client, "flood\nagenda", media="without", account=str(town.account_id(CITY)), dialect="dtsearch"))
    page = client.get(f"/terms?again={address.rsplit('/', 1)[1]}").text
    assert "flood\nagenda</textarea>" in page
    assert '<option value="without" selected>' in page
    assert '<option value="dtsearch" selected>' in page
    assert f'value="{town.account_id(CITY)}" id="account-{town.account_id(CITY)}" checked' in page


def test_request_staff_choose_only_among_what_they_may_see(town: Town) -> None:
    page = town.client("gwen").get("/terms").text
    assert CITY in page
    assert SECRET not in page
    assert 'value="message"' not in page


def test_a_file_of_a_report_that_is_not_done_is_not_there(town: Town) -> None:
    client = town.client("rhea")
    address = send(client)
    assert client.get(f"{address}/report.csv").status_code == 404


def test_other_jobs_are_no_reports(town: Town) -> None:
    rhea = Users(town.repository.db).by_name("rhea")
    assert rhea is not None
    number = Jobs(town.repository.db).add(JobKind.VERIFY, "all", rhea.id, {})
    assert town.client("rhea").get(f"/terms/{number}").status_code == 404


def test_sentences_are_kept_so_that_they_can_be_translated() -> None:
    inner = say("any word starting with {stem}", stem="tax")
    told = {"reading": say("{what}, {count} times", what=inner, count=12), "list": [1, None, "plain"]}
    back = unpack(json.loads(json.dumps(pack(told))))
    assert back == told
    assert (back["reading"].template, back["reading"].values["what"].values) == ("{what}, {count} times", {"stem": "tax"})
