"""Doubtful readings on the pages: before the number, with the other reading one click away, in the reader's language of access."""

from __future__ import annotations

import json
import re
from html import unescape

from flask.testing import FlaskClient

from portal.jobs import runners
from portal.jobs.rows import Jobs, jobs
from tests.support.town import CITY, Town, token


def page_of(client: FlaskClient, **query: str) -> str:
    return unescape(client.get("/search", query_string=query).text)


def test_the_page_says_a_doubt_before_the_number_with_its_link_and_count(town: Town) -> None:
    client = town.client("rhea")
    page = page_of(client, q="flood or agenda", kind="post")
    told = client.get("/search.json", query_string={"q": "flood or agenda", "kind": "post"}).json["announcements"][0]
    assert told["other_query"] == "flood OR agenda"
    assert page.index("Did you mean OR?") < page.index('id="count"')
    assert f"finds {told['other_total']} record" in page
    link = re.search(r'href="(/search\?[^"]+)"><code class="break">flood OR agenda', page)
    assert link
    assert "kind=post" in link[1]
    answer = client.get(link[1].replace("/search?", "/search.json?")).json
    assert (answer["total"], answer["announcements"]) == (told["other_total"], [])


def test_a_refused_query_offers_the_repaired_one_with_its_count(town: Town) -> None:
    client = town.client("rhea")
    answer = client.get("/search", query_string={"q": "agend!"})
    assert answer.status_code == 400
    assert "agend*</code>" in answer.text
    told = client.get("/search.json?q=agend!").json
    assert told["total"] is None
    assert told["announcements"][0]["other_total"] == client.get("/search.json?q=agend*").json["total"] > 0


def test_pasted_lines_stay_lines_and_lead_to_a_term_list(town: Town) -> None:
    client = town.client("rhea")
    told = client.get("/search.json", query_string={"q": "1. flood\r\n2.\tagenda"}).json
    assert [one["code"] for one in told["announcements"]] == ["list-marks", "several-lines"]
    page = page_of(client, q="1. flood\n2. agenda")
    assert "The numbers 1. to 2. were removed." in page
    link = re.search(r'href="(/terms\?[^"]+)">Run these lines as a term list', page)
    assert link
    assert "1. flood\n2. agenda</textarea>" in unescape(client.get(link[1]).text)


def test_counts_of_other_readings_are_those_of_the_reader(town: Town) -> None:
    query = {"q": "flood or agenda"}
    all_of_it = town.client("rhea").get("/search.json", query_string=query).json["announcements"][0]["other_total"]
    hers = town.client("gwen").get("/search.json", query_string=query).json["announcements"][0]["other_total"]
    assert hers == town.client("gwen").get("/search.json?q=flood OR agenda").json["total"]
    assert hers < all_of_it


def send(town: Town, client: FlaskClient, text: str, **more: str) -> str:
    answer = client.post("/terms", data={"csrf_token": token(client, "/terms"), "terms": text, **more})
    address = str(answer.headers["Location"])
    runners.run(town.repository, int(address.rsplit("/", 1)[1]))
    return address


def test_a_report_says_doubts_and_is_run_again_as_dtsearch_or_with_its_numbers_in_one_click(town: Town) -> None:
    client = town.client("rhea")
    address = send(town, client, "1. flood or agenda\n2. agend!", account=str(town.account_id(CITY)))
    page = unescape(client.get(address).text)
    assert page.index("The numbers 1. to 2. were removed.") < page.index('class="totals"')
    assert page.index("Run this list in dtSearch syntax") < page.index('class="totals"')
    assert "Did you mean OR?" in page
    assert "agend*</code>" in page
    told = client.get(f"{address}/report.json").json
    for term in told["terms"]:
        assert f"/search?q={term['query'].replace(' ', '+')}" in page.replace("%21", "!")
    for label, field, value in (
        ("Run this list in dtSearch syntax", "dialect", "dtsearch"),
        ("Run it with the numbers", "numbers", "keep"),
    ):
        form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if label in one)
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
        assert fields[field] == value
        assert fields["account"] == str(town.account_id(CITY))
        again = client.post("/terms", data=fields)
        assert again.status_code == 302
        runners.run(town.repository, int(again.headers["Location"].rsplit("/", 1)[1]))
        first = client.get(f"{again.headers['Location']}/report.json").json["terms"][0]
        assert first["query"] == ("1 flood or agenda" if field == "numbers" else "flood or agenda")
        assert (first["hits"] > 0) == (field == "dialect")
    kept = client.get(f"/terms?again={again.headers['Location'].rsplit('/', 1)[1]}").text
    assert re.search(r'id="numbers" name="numbers" value="keep" checked', kept)


def test_a_report_of_before_there_were_announcements_is_shown(town: Town) -> None:
    client = town.client("rhea")
    address = send(town, client, "flood")
    job = Jobs(town.repository.db).get(int(address.rsplit("/", 1)[1]))
    assert job is not None
    old = {name: value for name, value in job.result.items() if name != "announcements"}
    old["terms"] = [{name: value for name, value in term.items() if name not in {"announcements", "query"}} for term in old["terms"]]

    with town.repository.db.begin() as connection:
        connection.execute(jobs.update().where(jobs.c.id == job.id).values(result=json.dumps(old)))
    assert client.get(address).status_code == 200
    assert client.get(f"{address}/report.csv").status_code == 200
