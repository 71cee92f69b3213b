"""What the form of an export asks for reaches the package, and nobody's package holds what its maker may not see."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from indexer.custody.ingest import ingest
from portal.access.users import Users
from portal.jobs import runners, stored
from portal.jobs.rows import Job, JobKind, Jobs, JobState
from tests.support.town import (
    ACCOUNT_CANARY,
    MESSAGE_CANARY,
    REACTION_CANARY,
    SECRET,
    SECRET_ID,
    Town,
    post,
    token,
    x_archive,
)

SECRET_ANSWER = "brocade"
FLOOD = 1_020_000_000_000_000_001
EVERYTHING = {"with_media": "1", "viewer": "1", "context": "1", "pdf": "run-on"}


@pytest.fixture(autouse=True, scope="module")
def an_answer_of_the_secret_account(town: Town) -> None:
    """Let the account that is not granted answer a post of the city: one thread, half of it closed."""
    answer = post(
        1_020_000_000_000_000_100,
        f"@OsageBluffMO {SECRET_ANSWER} is our view of it",
        "Wed Jul 04 20:00:00 +0000 2018",
        in_reply_to_status_id=str(FLOOD),
        in_reply_to_status_id_str=str(FLOOD),
    )
    ingest(
        town.repository, [x_archive(town.data / "made/answer.zip", SECRET, SECRET_ID, [answer], [], {})], taken_by="rhea", source="incoming"
    )


def exported(town: Town, name: str, **form: str) -> Job:
    client = town.client(name)
    answer = client.post("/exports", data={"csrf_token": token(client, "/search"), **form})
    assert answer.status_code == 302, answer.text
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    runners.run(town.repository, number)
    job = Jobs(town.repository.db).get(number)
    assert job is not None
    return job


def files(town: Town, name: str, job: Job) -> dict[str, bytes]:
    """Return the files of a package by their names below data/."""
    assert job.state is JobState.DONE, job.error
    answer = town.client(name).get(f"/jobs/{job.id}/download")
    package = zipfile.ZipFile(io.BytesIO(answer.data))
    answer.close()
    return {one.partition("/data/")[2]: package.read(one) for one in package.namelist() if "/data/" in one}


@pytest.mark.parametrize(
    ("form", "name", "others"),
    [
        ({"with_media": "1"}, "media", ()),
        ({"viewer": "1"}, "viewer/index.html", ("media",)),
        ({"pdf": "run-on"}, "records-0001.pdf", ("media", "viewer/index.html")),
        ({"pdf": "pages"}, "records-0001.pdf", ("viewer/index.html",)),
        ({"context": "1"}, "context.jsonl", ("viewer/index.html",)),
        ({"certificate": "1"}, "certificate.pdf", ("context.jsonl", "records-0001.pdf")),
        ({"pdf": "none"}, "records.csv", ("records-0001.pdf",)),
        ({"pdf": "no such layout", "viewer": "2"}, "records.csv", ("records-0001.pdf", "viewer/index.html")),
    ],
)
def test_each_choice_of_the_form_reaches_the_package_alone(town: Town, form: dict[str, str], name: str, others: tuple[str, ...]) -> None:
    job = exported(town, "rhea", q="parade", **form)
    held = {one.removesuffix(".jsonl") + ".jsonl" if one.endswith(".jsonl") else one for one in files(town, "rhea", job)}
    held |= {"media"} if any(one.startswith("media/") for one in held) else set()
    assert name in held
    assert not held & set(others)


def test_each_layout_of_the_pdf_is_the_one_that_was_asked_for(town: Town) -> None:
    assert [exported(town, "rhea", q="parade", pdf=pdf).arguments["pdf"] for pdf in ("none", "run-on", "pages")] == [
        "none",
        "run-on",
        "pages",
    ]


def test_the_job_says_what_is_in_the_package(town: Town) -> None:
    job = exported(town, "rhea", q="flood", **EVERYTHING, certificate="1")
    page = town.client("rhea").get(f"/jobs/{job.id}").text
    for words in ("offline viewer", "the certificate of the search", "1 PDF of the records", "related records from the same conversations"):
        assert words in page
    assert "nothing else" in town.client("rhea").get(f"/jobs/{exported(town, 'rhea', q='flood').id}").text


def test_a_job_of_before_there_were_choices_still_runs(town: Town) -> None:
    book = Jobs(town.repository.db)
    rhea = Users(town.repository.db).by_name("rhea")
    assert rhea is not None
    arguments: dict[str, Any] = dict(exported(town, "rhea", q="parade", with_media="1").arguments)
    for name in ("viewer", "pdf", "context", "certificate", "organization", "dialect", "as_of"):
        del arguments[name]
    number = book.add(JobKind.EXPORT, "parade", rhea.id, json.loads(json.dumps(arguments)))
    runners.run(town.repository, number)
    job = book.get(number)
    assert job is not None
    assert set(files(town, "rhea", job)) >= {"records.csv", "records.jsonl", "media.csv"}
    assert not any(name.startswith("viewer/") for name in files(town, "rhea", job))
    assert "nothing else" in town.client("rhea").get(f"/jobs/{number}").text


def test_the_context_of_a_clerk_holds_no_message_and_no_account_not_granted(town: Town) -> None:
    for words in ("flood", "*", "bridge"):
        whole = files(town, "gwen", exported(town, "gwen", q=words, **EVERYTHING))
        everything = b"\n".join(name.encode() + b"\n" + content for name, content in whole.items())
        for marker in (MESSAGE_CANARY, REACTION_CANARY, ACCOUNT_CANARY, SECRET_ANSWER, SECRET, SECRET_ID):
            assert marker.encode() not in everything, (words, marker)


def test_the_same_export_of_who_sees_all_holds_the_other_half_of_the_thread(town: Town) -> None:
    whole = files(town, "rhea", exported(town, "rhea", q="mill", **EVERYTHING))
    context = [json.loads(line)["text"] for line in whole["context.jsonl"].splitlines()]
    assert any(SECRET_ANSWER in text for text in context)
    clerks = files(town, "gwen", exported(town, "gwen", q="mill", **EVERYTHING))
    told = [json.loads(line)["text"] for line in clerks["context.jsonl"].splitlines()]
    assert told == ["@OsageBluffMO the bridge is open again"]
    assert json.loads(clerks["search.json"])["contents"]["context"] == 1


def test_a_clerk_is_offered_no_certificate_and_gets_none(town: Town) -> None:
    assert 'value="both"' in town.client("lena").get("/hand-over?q=flood").text
    client = town.client("gwen")
    assert "ertificate" not in client.get("/hand-over?q=flood").text
    assert "Hand over" not in client.get("/search?q=zeppelin").text
    before = len(Jobs(town.repository.db).recent(1000))
    refused = client.post("/exports", data={"csrf_token": token(client, "/search"), "q": "flood", "certificate": "1"})
    assert refused.status_code == 403
    for what in ("both", "certificate"):
        form = {"csrf_token": token(client, "/search"), "q": "zeppelin" if what == "certificate" else "flood", "what": what}
        assert "/jobs/" not in client.post("/hand-over", data=form).headers.get("Location", "")
    assert len(Jobs(town.repository.db).recent(1000)) == before


def test_the_job_asks_again_whether_its_maker_may_certify(town: Town) -> None:
    book = Jobs(town.repository.db)
    gwen = Users(town.repository.db).by_name("gwen")
    assert gwen is not None
    arguments = {**exported(town, "gwen", q="flood").arguments, "certificate": True}
    assert stored.decode_choices(arguments).certificate
    number = book.add(JobKind.EXPORT, "flood", gwen.id, arguments)
    events = len(town.repository.audit.newest(1000))
    runners.run(town.repository, number)
    job = book.get(number)
    assert job is not None
    assert (job.state, "may not do this any more" in job.error) == (JobState.FAILED, True)
    assert not runners.export_file(town.repository, number).exists()
    assert [event.tag for event in town.repository.audit.newest(1000)[:-events]] == ["job:failed"]


def test_the_certificate_inside_names_its_maker_and_what_they_may_see(town: Town) -> None:
    whole = files(town, "lena", exported(town, "lena", q="flood", certificate="1"))
    made = json.loads(whole["certificate.json"])["made"]
    assert (made["by"], made["scope"]["words"]) == ("Lena (lena)", "all accounts, including direct messages")
    noted = next(one for one in town.repository.audit.newest(20) if one.tag == "certificate:made")
    assert (noted.actor, json.loads(noted.detail)["package"][:7]) == ("lena", "export-")
    assert b"by Lena (lena)" in whole["README.txt"]


def test_a_search_that_finds_nothing_makes_no_export(town: Town) -> None:
    client = town.client("gwen")
    answer = client.post("/exports", data={"csrf_token": token(client, "/search"), "q": MESSAGE_CANARY, "viewer": "1"})
    assert answer.headers["Location"] == f"/search?q={MESSAGE_CANARY}"
