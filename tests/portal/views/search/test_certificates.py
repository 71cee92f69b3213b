"""Certificates in the portal: who may make, read and check one, and what a check shows."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pytest
from flask.testing import FlaskClient

from indexer.custody.ingest import ingest
from portal.access.rules import Role
from portal.access.users import Users
from portal.jobs import queue, runners
from portal.jobs.rows import Jobs
from tests.support.town import CITY, CITY_ID, Town, post, token, x_archive


@pytest.fixture(autouse=True)
def _at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do each job when it is put in line: the same function that the worker calls."""
    monkeypatch.setattr(queue, "put", lambda _config, job_id: runners.run(town.repository, job_id))


def certify(client: FlaskClient, query: str, **filters: str) -> str:
    """Certify a search; return the address of the certificate."""
    form = {"q": query, "csrf_token": token(client, "/search?q=flood"), **filters}
    answer = client.post("/certificates", data=form)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def test_a_search_is_certified_read_and_handed_over(town: Town) -> None:
    client = town.client("lena")
    assert '/hand-over?q=flood">Hand over…' in client.get("/search?q=flood").text
    assert 'value="certificate"' in client.get("/hand-over?q=flood").text
    page = certify(client, "flood bridge", kind="post")
    shown = client.get(page).text
    assert "1 record." in shown
    assert "kinds of record: post" in shown
    with client.get(f"{page}/certificate.pdf") as pdf:
        assert pdf.mimetype == "application/pdf"
        text = " ".join(" ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf.data)).pages).split())
    assert "Lena (lena)" in text
    with client.get(f"{page}/certificate.json") as answer:
        stored = answer.json
    assert stored is not None
    assert (stored["found"]["total"], stored["made"]["by"]) == (1, "Lena (lena)")
    assert stored["records"][0].startswith("twitter:")
    assert page in client.get("/certificates").text
    tags = [(one.tag, one.actor) for one in town.repository.audit.newest(20)]
    assert ("certificate:made", "lena") in tags
    assert ("certificate:downloaded", "lena") in tags


def test_a_search_that_finds_nothing_is_certified_from_its_page(town: Town) -> None:
    client = town.client("rhea")
    assert '/hand-over?q=zeppelin">Certify it…' in client.get("/search?q=zeppelin").text
    assert "Make the certificate" in client.get("/hand-over?q=zeppelin").text
    shown = client.get(certify(client, "zeppelin")).text
    assert "No records." in shown
    assert "what the platforms leave out of archives" in shown


def test_a_question_that_cannot_be_read_makes_no_certificate(town: Town) -> None:
    client = town.client("rhea")
    before = re.findall(r"/certificates/\d+", client.get("/certificates").text)
    assert "/search" in certify(client, '"unbalanced')
    assert re.findall(r"/certificates/\d+", client.get("/certificates").text) == before


def test_a_check_is_identical_then_names_new_changed_and_gone_with_links(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    page = certify(client, "flood* OR parade")

    def check() -> str:
        answer = client.post(f"{page}/checks", data={"csrf_token": token(client, page)})
        return client.get(answer.headers["Location"]).text

    assert "Identical: the search finds the same" in check()
    posts = [
        post(1_020_000_000_000_000_001, "The flood has closed Mill Bridge. Take Route 63.", "Wed Jul 04 18:00:00 +0000 2018"),
        post(1_020_000_000_000_000_002, "Late news at half past eleven", "Thu Jul 05 04:30:00 +0000 2018"),
        post(1_020_000_000_000_000_777, "A new flood gauge", "Thu Jul 05 15:30:00 +0000 2018"),
    ]
    archive = x_archive(tmp_path / "later.zip", CITY, CITY_ID, posts, [], {})
    ingest(town.repository, [archive], taken_by="rhea", source="incoming")
    shown = check()
    assert "Not identical" in shown
    new, changed = shown.split('id="new"')[1], shown.split('id="changed"')[1]
    assert "/records/twitter:771100:post:1020000000000000777" in new
    assert "A new flood gauge" in new
    assert "later.zip" in new
    assert "added since then" in new
    assert "/records/twitter:771100:post:1020000000000000001" in changed
    listed = re.findall(r'href="(/certificates/checks/\d+)"', client.get(page).text)
    assert len(listed) == 2
    told = client.get(f"{listed[0]}/check.json").json
    assert told is not None
    assert [one["record_id"].rsplit(":", 1)[1] for one in told["new"]] == ["1020000000000000777"]
    assert "not identical" in client.get(page).text


def test_request_staff_neither_make_nor_see_certificates(town: Town) -> None:
    page = certify(town.client("rhea"), "flood")
    client = town.client("gwen")
    assert "Make a search certificate" not in client.get("/search?q=flood").text
    form_token = token(client, "/search?q=flood")
    for answer in (
        client.get("/certificates"),
        client.get(page),
        client.get(f"{page}/certificate.json"),
        client.post("/certificates", data={"q": "flood", "csrf_token": form_token}),
        client.post(f"{page}/checks", data={"csrf_token": form_token}),
    ):
        assert answer.status_code == 403


def test_a_certificate_is_its_maker_s_and_theirs_who_take_archives_in(town: Town) -> None:
    page = certify(town.client("rhea"), "bridge")
    assert town.client("ada").get(page).status_code == 200
    lena = town.client("lena")
    assert lena.get(page).status_code == 404
    assert lena.get(f"{page}/certificate.pdf").status_code == 404
    assert page not in lena.get("/certificates").text


def test_a_certificate_that_exceeds_what_its_maker_may_see_today_is_not_handed_out(town: Town) -> None:
    users = Users(town.repository.db)
    lena = users.by_name("lena")
    assert lena is not None
    page = certify(town.client("lena"), "flood")
    number = int(page.rsplit("/", 1)[1])
    users.change(lena.id, full_name=lena.full_name, role=Role.REQUEST_STAFF, granted=set(), is_disabled=False)
    try:
        assert town.client("lena").get(page).status_code == 403
        made = Jobs(town.repository.db).get(number)
        assert made is not None
        runners.run(town.repository, Jobs(town.repository.db).add(made.kind, "later", lena.id, made.arguments))
        assert next(iter(Jobs(town.repository.db).recent(1))).error.startswith("lena may not do this any more")
    finally:
        users.change(lena.id, full_name=lena.full_name, role=Role.LEGAL_STAFF, granted=set(), is_disabled=False)


def test_what_is_not_there_is_not_found(town: Town) -> None:
    client = town.client("rhea")
    page = certify(client, "flood")
    for address in (f"{page}/certificate.exe", f"{page}/pdf", f"{page}/certificate.", "/certificates/999999", "/certificates/checks/1"):
        assert client.get(address).status_code == 404, address
    other = next(job for job in Jobs(town.repository.db).recent(1))
    assert client.get(f"/certificates/checks/{other.id}").status_code == 404
    runners.certificate_file(town.repository, other.id).unlink()
    assert client.get(page).status_code == 404


def test_a_certificate_that_was_interrupted_is_tried_again_on_its_own_page(town: Town) -> None:
    client = town.client("lena")
    page = certify(client, "bridge", kind="reply")
    number = int(page.rsplit("/", 1)[1])
    Jobs(town.repository.db).fail(number, "The worker stopped before the job was finished.")
    assert "Try again" in client.get(page).text
    answer = client.post(f"/jobs/{number}/retry", data={"csrf_token": token(client, page)})
    assert answer.headers["Location"] == page
    assert "1 record." in client.get(page).text
