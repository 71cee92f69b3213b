"""From selected records to what is handed over: selecting, the basket, what is new, one page to hand over, jobs that stop and tell."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.custody.ingest import ingest
from portal.jobs import runners
from portal.jobs.rows import Job, JobKind, Jobs, JobState
from portal.search.baskets import MOST, Basket
from tests.support.town import CITY, CITY_ID, Town, post, token, x_archive


def ids(client: FlaskClient, query: str) -> list[str]:
    return [record["id"] for record in client.get(f"/search.json?{query}&size=100").json["records"]]


def send(client: FlaskClient, path: str, **fields: str | list[str]) -> str:
    """Send a form and return where it leads."""
    answer = client.post(path, data={"csrf_token": token(client, "/search"), **fields})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def worked(town: Town, where: str) -> Job:
    """Do the job of a page as the worker would."""
    number = int(where.rsplit("/", 1)[1])
    runners.run(town.repository, number)
    job = Jobs(town.repository.db).get(number)
    assert job is not None
    return job


def test_selected_records_are_shown_handed_over_and_certified_as_a_list(town: Town) -> None:
    client = town.client("lena")
    chosen = ids(client, "q=flood")[:3]
    page = client.get("/search?q=flood").text
    assert all(f'name="record" value="{record_id}" form="selection"' in page for record_id in chosen)
    where = send(client, "/selection", record=chosen, then="show")
    assert sorted(ids(client, where.partition("?")[2])) == sorted(chosen)
    shown = client.get(where).text
    assert "3 records selected by Lena" in shown
    assert "it says nothing about other records" in shown
    assert "captured" not in re.sub(r"<title>.*?</title>", "", shown.partition('class="status"')[2].partition("</div>")[0])
    where = send(client, "/selection", record=chosen, then="hand-over")
    page = client.get(where).text
    assert "Hand over 3 records" in page
    assert "it does not prove that there are no others" in page
    key = where.rpartition("set=")[2]
    job = worked(town, send(client, "/hand-over", set=key, what="both", about="Three posts"))
    assert job.state is JobState.DONE, job.error
    assert job.result["rows"] == 3
    assert "set" in job.arguments
    with client.get(f"/jobs/{job.id}/download") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        assert "three-posts" in answer.headers["Content-Disposition"]
        names = [name.partition("/data/")[2] for name in package.namelist()]
    assert "certificate.pdf" in names
    listed = client.get("/exports").text
    assert "Three posts" in listed
    assert "with certificate" in listed


def test_a_list_in_which_nothing_matches_is_no_result_of_zero(town: Town) -> None:
    client = town.client("lena")
    key = send(client, "/selection", record=ids(client, "q=flood")[:2], then="show").rpartition("set=")[2]
    page = client.get(f"/search?q=zeppelin&set={key}").text
    assert "this is not a result of zero" in page
    assert "Certify it" not in page
    assert "/hand-over" not in page
    assert client.get(f"/hand-over?q=zeppelin&set={key}").status_code == 302


@pytest.mark.parametrize("query", ["parade", "flood", "parade OR flood", "*", "agenda"])
def test_what_will_be_inside_is_counted_among_the_records_handed_over(town: Town, query: str) -> None:
    client = town.client("lena")
    page = client.get("/hand-over", query_string={"q": query}).text
    total = client.get("/search.json", query_string={"q": query}).json["total"]
    with_files = client.get("/search.json", query_string={"q": query, "media": "with"}).json["total"]
    assert f"Hand over {total} record" in page
    assert re.findall(r"(\d+) of the records ha", page) == [str(with_files)]


def test_nobody_selects_what_they_may_not_see(town: Town) -> None:
    everything = ids(town.client("lena"), "q=flood")
    clerk = town.client("gwen")
    visible = ids(clerk, "q=flood")
    assert 0 < len(visible) < len(everything)
    where = send(clerk, "/selection", record=everything, then="show")
    assert sorted(ids(clerk, where.partition("?")[2])) == sorted(visible)
    assert sorted(ids(town.client("lena"), where.partition("?")[2])) == sorted(visible), "the set itself has no more"
    send(clerk, "/basket/add", record=everything)
    assert sorted(Basket(town.repository.db, town.app.extensions["showme"].users.by_name("gwen").id).record_ids()) == sorted(visible)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_form_leads_nowhere_else(town: Town, back: str) -> None:
    client = town.client("lena")
    assert send(client, "/selection", then="show", back=back) == "/"
    assert send(client, "/basket/add", record=ids(client, "q=flood")[:1], back=back) == "/"


def test_a_basket_is_filled_from_several_searches_emptied_and_restored(town: Town) -> None:
    client = town.client("rhea")
    assert "Your basket is empty" in client.get("/basket").text
    flood, parade = ids(client, "q=flood")[:2], ids(client, "q=parade")[:1]
    send(client, "/selection", record=flood, then="basket", back="/search?q=flood")
    send(client, "/selection", record=[*parade, flood[0]], then="basket", back="/search?q=parade")
    assert "It holds 3 records." in client.get("/search").text
    where = client.get("/basket").headers["Location"]
    assert sorted(ids(client, where.partition("?")[2])) == sorted(flood + parade)
    assert "3 records in the basket of Rhea" in client.get(where).text
    page = client.get(f"/records/{parade[0]}")
    assert page.status_code == 200
    undo = send(client, "/selection", record=[flood[0]], then="unbasket")
    shown = client.get(undo, follow_redirects=True).text
    assert "Removed from your basket." in shown
    assert "2 records in the basket of Rhea" in shown
    undo = send(client, "/basket/empty")
    page = client.get(undo).text
    assert "Your basket is empty" in page
    send(client, "/basket/add", set=re.findall(r'name="set" value="(\w+)"', page)[0], back="/basket")
    assert len(ids(client, client.get("/basket").headers["Location"].partition("?")[2])) == 2
    assert "basket:changed" in {event.tag for event in town.repository.audit.newest(10)}
    assert "Your basket is empty" in town.client("ada").get("/basket").text, "each user has a basket of their own"


def test_a_basket_that_is_full_takes_nothing_more(town: Town) -> None:
    basket = Basket(town.repository.db, town.app.extensions["showme"].users.by_name("ada").id)
    basket.add(f"record {number}" for number in range(MOST))
    client = town.client("ada")
    send(client, "/basket/add", record=ids(client, "q=flood")[:1])
    assert "A basket holds at most 10,000 records" in client.get("/search").text
    assert len(basket.record_ids()) == MOST
    assert len(basket.remove(basket.record_ids())) == MOST


def test_what_is_new_since_a_search_a_certificate_and_in_an_archive_is_a_set(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    client.get("/search?q=ferry*")
    send(client, "/saved", address="q=ferry*", name="Ferries")
    certificate = worked(town, send(client, "/hand-over", q="agenda OR ferry*", what="certificate"))
    posts = [post(1_700_000_000_000_000_000 + at, f"The ferry runs again, agenda {at}", "Tue Jun 01 15:00:00 +0000 2021") for at in (1, 2)]
    report = ingest(town.repository, [x_archive(tmp_path / "later.zip", CITY, CITY_ID, posts, [], {})], taken_by="rhea", source="test")
    new = sorted(ids(client, "q=ferry*"))
    assert len(new) == 2
    saved = client.get("/saved").text
    link = re.findall(r'href="(/new-since/saved/\d+)"', saved)
    addresses = [link[0], f"/new-since/certificate/{certificate.id}", f"/captures/{report.capture.id}/first-seen"]
    words = ["new since the search of", "new since the certificate of", "first seen in the archive of"]
    for address, part in zip(addresses, words, strict=True):
        where = client.get(address).headers["Location"]
        assert sorted(ids(client, where.partition("?")[2])) == new, address
        assert part in client.get(where).text
    assert f"/captures/{report.capture.id}/first-seen" in client.get(f"/captures/{report.capture.id}").text
    check = worked(town, send(client, f"/certificates/{certificate.id}/checks"))
    assert f"/new-since/check/{check.id}/new" in client.get(f"/certificates/checks/{check.id}").text
    where = client.get(f"/new-since/check/{check.id}/new").headers["Location"]
    assert sorted(ids(client, where.partition("?")[2])) == new
    assert client.get(f"/new-since/check/{check.id}/id").status_code == 404
    gone = client.get(f"/captures/{report.capture.id}/gone").headers["Location"]
    assert set(ids(client, gone.partition("?")[2])) == set(ids(client, f"q=is:absent-{report.capture.id}"))
    assert town.client("gwen").get(f"/new-since/certificate/{certificate.id}").status_code == 403


def test_a_job_is_stopped_before_it_runs_or_between_two_steps_and_leaves_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client, book = town.client("rhea"), Jobs(town.repository.db)
    where = send(client, "/hand-over", q="agenda", what="both")
    assert f"{where}/stop" in client.get(where).text
    send(client, f"{where}/stop")
    job = worked(town, where)
    assert job.state is JobState.STOPPED
    assert "nothing is left behind" in client.get(where).text

    where = send(client, "/hand-over", q="agenda", what="both", about="Again")
    number = int(where.rsplit("/", 1)[1])
    monkeypatch.setattr("indexer.exports.package.PROGRESS_EVERY", 1)
    monkeypatch.setattr(runners, "REPORT_EVERY", 0.0)
    beat = Jobs.beat

    def stop_at_the_third(self: Jobs, job_id: int, **progress: int) -> None:
        beat(self, job_id, **progress)
        if progress.get("done") == 3:
            assert self.ask_to_stop(job_id) is JobState.RUNNING

    monkeypatch.setattr(Jobs, "beat", stop_at_the_third)
    job = worked(town, where)
    assert (job.state, job.error) == (JobState.STOPPED, "")
    assert not [path for path in town.repository.paths.exports.iterdir() if f"export-{number}." in path.name]
    tags = [event.tag for event in town.repository.audit.newest(6)]
    assert "export:made" not in tags
    assert "certificate:made" not in tags
    monkeypatch.setattr(Jobs, "beat", beat)
    send(client, f"{where}/retry")
    assert worked(town, where).state is JobState.DONE
    assert book.ask_to_stop(number) is None, "what is done stays done"


def test_what_only_the_evidence_can_undo_is_not_stopped_while_it_runs(town: Town) -> None:
    book, user = Jobs(town.repository.db), town.app.extensions["showme"].users.by_name("rhea")
    number = book.add(JobKind.TAKE_IN, "a.zip", user.id, {"paths": []})
    assert book.start(number)
    assert book.ask_to_stop(number) is None
    book.fail(number, "no such file")


def test_who_asked_is_told_once_when_a_job_has_ended_and_nobody_else_is(town: Town) -> None:
    client, other = town.client("lena"), town.client("rhea")
    client.get("/help")
    done = worked(town, send(client, "/hand-over", q="parade", what="records", about="The parade"))
    assert "The parade" not in other.get("/help").text
    news = client.get("/help").text
    assert "Ready: Export, The parade." in news
    assert f'href="/jobs/{done.id}/download"' in news
    assert "Ready:" not in client.get("/help").text
    seen = worked(town, send(client, "/hand-over", q="parade", what="records", about="Looked at"))
    client.get(f"/jobs/{seen.id}")
    assert "Looked at" not in client.get("/help").text, "its own page told it"
    Jobs(town.repository.db).fail(seen.id, "The disk is full.")
    assert "Failed: Export, Looked at." in client.get("/help").text
    page = client.get(f"/jobs/{seen.id}").text
    assert f'href="/hand-over?q=parade&again={seen.id}"' in page.replace("&amp;", "&")
    assert 'value="Looked at"' in client.get(f"/hand-over?q=parade&again={seen.id}").text


def test_every_job_that_ended_is_told_once_in_whatever_order_the_jobs_end(town: Town) -> None:
    client = town.client("rhea")
    client.get("/help")
    subjects = ("First asked", "Second asked", "Third asked")
    asked = [send(client, "/hand-over", q="parade", what="records", about=subject) for subject in subjects]
    ended = [worked(town, where) for where in (asked[2], asked[0], asked[1])]
    page = client.get(f"/jobs/{ended[-1].id}").text
    assert "Ready: Export, First asked." in page
    assert "Ready: Export, Third asked." in page
    assert "Ready: Export, Second asked." not in page, "its own page says it"
    assert "Ready:" not in client.get("/help").text


@pytest.mark.parametrize("way", ["/certificates", "/hand-over"])
def test_no_certificate_is_made_of_a_list_in_which_nothing_matches(town: Town, way: str) -> None:
    client = town.client("lena")
    key = send(client, "/selection", record=ids(client, "q=flood")[:2], then="show").rpartition("set=")[2]
    where = send(client, way, q="zeppelin", set=key, what="certificate")
    assert f"set={key}" in where
    assert "There is nothing to certify" in client.get(where).text
    assert send(client, way, q="flood", set=key, what="certificate").startswith("/certificates/")


def test_a_job_that_its_user_stopped_needs_no_decision_and_one_that_failed_does(town: Town) -> None:
    client = town.client("ada")
    where = send(client, "/hand-over", q="parade", what="records", about="Given up")
    send(client, f"{where}/stop")
    assert "Given up" not in client.get("/").text
    send(client, f"{where}/retry")
    Jobs(town.repository.db).fail(int(where.rsplit("/", 1)[1]), "The disk is full.")
    client.get("/help")  # tells it
    assert "Given up" in client.get("/").text
