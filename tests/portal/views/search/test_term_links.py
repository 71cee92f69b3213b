"""The numbers of a term list lead to the records that they count; the whole list is exported and certified, in either dialect."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape

import pytest
from flask.testing import FlaskClient

from indexer.query import Dialect, parse
from indexer.term_reports.union import union_query, unique_query
from portal.jobs import runners
from portal.jobs.rows import Jobs, JobState
from tests.support.town import Town, token

LISTS = {
    "plain": 'flood\nagenda\nbrid*\n"has closed"\nfloods OR flood\n"open\nis:undated',
    "dtsearch": "flood has closed\nagenda\nmill bridge\nflood w/5 bridge\nflood and not agenda\n%council\nflood",
    "one": "flood",
    "same": "flood\nFLOOD\n(flood)",
}


def finished(town: Town, address: str) -> int:
    number = int(address.rsplit("/", 1)[1])
    runners.run(town.repository, number)
    job = Jobs(town.repository.db).get(number)
    assert job is not None
    assert (job.state, job.error) == (JobState.DONE, "")
    return number


def reported(town: Town, client: FlaskClient, name: str, **more: str) -> int:
    dialect = "dtsearch" if name == "dtsearch" else "plain"
    form = {"csrf_token": token(client, "/terms"), "terms": LISTS[name], "dialect": dialect, **more}
    return finished(town, client.post("/terms", data=form).headers["Location"])


def total(client: FlaskClient, link: str) -> int:
    answer = client.get(unescape(link))
    assert answer.status_code == 302, answer.text
    found = client.get(answer.headers["Location"].replace("/search?", "/search.json?")).json
    assert found["diagnostics"] == [], answer.headers["Location"]
    return int(found["total"])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("who", ["rhea", "gwen"])
@pytest.mark.parametrize("more", [{}, {"from": "2018-07-05"}, {"as_of": "2021-01-01"}])
def test_every_number_is_the_total_of_the_search_behind_it(town: Town, name: str, who: str, more: dict[str, str]) -> None:
    client = town.client(who)
    number = reported(town, client, name, **more)
    told = client.get(f"/terms/{number}/report.json").json
    page = client.get(f"/terms/{number}").text
    assert total(client, f"/terms/{number}/records") == told["totals"]["hits"]
    for term in told["terms"]:
        if term["diagnostics"]:
            assert client.get(f"/terms/{number}/records?line={term['line']}").status_code == 404
            continue
        assert total(client, f"/terms/{number}/records?line={term['line']}") == term["hits"]
        assert total(client, f"/terms/{number}/records?line={term['line']}&alone=1") == term["unique"]
        assert total(client, f"/terms/{number}/records?line={term['line']}&group=1") == term["hits"]
        for link in (f"line={term['line']}", f"line={term['line']}&alone=1"):
            assert (f"/terms/{number}/records?{link}" in unescape(page)) is bool(term["unique" if "alone" in link else "hits"])


@pytest.mark.parametrize("name", ["plain", "dtsearch"])
def test_the_union_is_exported_with_the_terms_of_each_record_and_certified(town: Town, name: str) -> None:
    client = town.client("rhea")
    number = reported(town, client, name)
    told = client.get(f"/terms/{number}/report.json").json
    assert f'href="/terms/{number}/hand-over"' in client.get(f"/terms/{number}").text
    page = client.get(f"/terms/{number}/hand-over", follow_redirects=True).text
    assert f"Hand over {told['totals']['hits']} records" in page
    fields = dict(re.findall(r'<input type="hidden" name="(q|list)" value="([^"]*)"', page))
    form = {"csrf_token": token(client, "/search"), "q": unescape(fields["q"])}
    made = finished(town, client.post("/hand-over", data={**form, "what": "records", "list": fields["list"]}).headers["Location"])
    answer = client.get(f"/jobs/{made}/download")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        table = package.read(next(one for one in package.namelist() if one.endswith("/records.csv"))).decode("utf-8-sig")
    answer.close()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert len(rows) == told["totals"]["hits"]
    for term in told["terms"]:
        if not term["diagnostics"]:
            assert sum(term["text"] in row["terms"].split("\n") for row in rows) == term["hits"], term["text"]
            assert sum(row["terms"] == term["text"] for row in rows) == term["unique"], term["text"]
    proof = finished(town, client.post("/hand-over", data={**form, "what": "certificate"}).headers["Location"])
    job = Jobs(town.repository.db).get(proof)
    assert job is not None
    assert job.result["total"] == told["totals"]["hits"]


def test_nobody_exports_with_the_list_of_somebody_else(town: Town) -> None:
    number = reported(town, town.client("rhea"), "plain")
    client = town.client("gwen")
    assert client.get(f"/terms/{number}/records").status_code == 404
    assert client.post("/exports", data={"csrf_token": token(client, "/search"), "q": "flood", "list": str(number)}).status_code == 404


@pytest.mark.parametrize("dialect", list(Dialect))
def test_what_cannot_be_read_is_no_part_of_the_union(dialect: Dialect) -> None:
    assert union_query(['"open', "(", "flood"], dialect) == "flood"
    assert union_query(['"open'], dialect) == ""
    assert unique_query(["flood", '"open'], '"open', dialect) == ""
    assert unique_query(["flood"], "flood", dialect) == "flood"
    joined = union_query(["flood and creek", "a w/3 b", "x*"], dialect)
    assert parse(joined).tree is not None
    assert json.dumps(parse(joined).canonical) == json.dumps(joined)
