"""Long work: uploads, taking in, exports, verify, zones; what a killed worker leaves is said and can be tried again."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer import local_time
from indexer.query.filters import Filters, Permission, Sort
from indexer.record import RecordKind
from indexer.search.request import SearchRequest, from_json, request_json
from portal.access.rules import Role
from portal.access.users import Users
from portal.jobs import queue, runners, staging, uploads, worker
from portal.jobs import rows as jobs
from portal.jobs.rows import Job, JobKind, Jobs, JobState
from tests.support.adding import added, looked, previewed
from tests.support.town import ACCOUNT_CANARY, MESSAGE_CANARY, Town, post, token, x_archive

pytestmark = pytest.mark.databases

ROOT = Path(__file__).parents[3]


def done(town: Town, address: str) -> Job:
    """Do the job of a page as the worker would, and return it."""
    number = int(address.rsplit("/", 1)[1])
    runners.run(town.repository, number)
    job = Jobs(town.repository.db).get(number)
    assert job is not None
    return job


def ferry(folder: Path, handle: str, number: str, text: str = "The ferry runs again") -> Path:
    return x_archive(
        folder / f"{handle}.zip",
        handle,
        number,
        [post(1_400_000_000_000_000_000 + int(number), text, "Tue Jun 01 15:00:00 +0000 2021")],
        [],
        {},
    )


def send(town: Town, client: FlaskClient, paths: list[Path], **more: str) -> str:
    """Send files, look at the preview and add them."""
    form = {name: more.pop(name) for name in ("one",) if name in more}
    return added(client, previewed(town, client, paths, **form), **more)


def test_an_upload_is_taken_into_custody_and_its_copy_removed(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    job = done(town, send(town, client, [ferry(tmp_path, "FerryMO", "771500")]))
    assert (job.state, job.error) == (JobState.DONE, "")
    capture = town.repository.catalog.capture(job.result["capture"])
    assert capture is not None
    assert (capture.name, capture.taken_by, capture.source) == ("FerryMO.zip", "rhea", "upload")
    assert list(town.app.extensions["showme"].config.uploads.iterdir()) == []
    assert client.get("/search.json?q=ferry").json["total"] == 1
    assert "1 post of @FerryMO, Jun 2021." in client.get(f"/jobs/{job.id}").text


def test_the_same_archive_again_is_said_to_be_there_and_added_only_when_it_is_said(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    archive = ferry(tmp_path, "TwiceMO", "771600")
    assert not done(town, send(town, client, [archive])).result["already"]
    preview = previewed(town, client, [archive])
    page = client.get(preview).text
    assert "already on file" in page
    assert "Choose another file" in page
    before = len(Jobs(town.repository.db).recent(100))
    assert added(client, preview) == "/captures"
    assert len(Jobs(town.repository.db).recent(100)) == before
    again = done(town, added(client, previewed(town, client, [archive]), **{"again-1": "1"}))
    assert again.result["already"]
    assert "Nothing was added twice" in client.get(f"/jobs/{again.id}").text


@pytest.mark.parametrize(
    ("posts", "mark"), [([], "preview-held"), ([post(1, "The ferry runs", "Wed Jun 02 18:00:00 +0000 2021")], "preview-good")]
)
def test_an_archive_without_a_record_does_not_look_like_a_good_one(
    town: Town, tmp_path: Path, posts: list[dict[str, Any]], mark: str
) -> None:
    archive = x_archive(tmp_path / "EmptyMO.zip", "EmptyMO", "771610", posts, [], {})
    page = town.client("rhea").get(previewed(town, town.client("rhea"), [archive])).text
    assert re.findall(r'<li class="preview ([^"]+)"', page) == [mark]


def test_what_is_no_archive_is_said_before_anything_is_added(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    before = len(town.repository.catalog.captures())
    with zipfile.ZipFile(tmp_path / "notes.zip", "w") as notes:
        notes.writestr("minutes/may.txt", "the minutes")
    page = client.get(previewed(town, client, [tmp_path / "notes.zip"])).text
    assert '<h2 class="break">This is not an X, Facebook or Instagram archive.</h2>' in page
    assert re.search(r"<details class=\"fold\"><summary>Details</summary><p[^>]*>[^<]*minutes/may.txt", page)
    assert "Add this archive" not in page
    assert len(town.repository.catalog.captures()) == before


def test_an_archive_that_fails_later_says_it_shortly_and_leads_to_another_file(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    archive = ferry(tmp_path, "CutMO", "771650")
    preview = previewed(town, client, [archive])
    address = added(client, preview)
    job = Jobs(town.repository.db).get(int(address.rsplit("/", 1)[1]))
    assert job is not None
    with zipfile.ZipFile(job.arguments["paths"][0], "w") as other:  # as if the disk had lost it
        other.writestr("minutes/may.txt", "the minutes")
    job = done(town, address)
    assert job.state is JobState.FAILED
    page = client.get(f"/jobs/{job.id}").text
    said = re.search(r'role="alert">([^<]*)<', page)
    assert said
    assert said[1].startswith("This is not an X, Facebook or Instagram archive.")
    assert "minutes/may.txt" not in said[1]
    assert "minutes/may.txt" in page
    assert '<a class="btn btn-primary" href="/archives/add">Choose another file</a>' in page


def test_a_refused_upload_leaves_nothing_on_the_disk(town: Town) -> None:
    folder = town.app.extensions["showme"].config.uploads
    for path in folder.glob("*/*"):
        uploads.discard([path])
    client = town.client("rhea")
    client.post("/captures/upload", data={"archive": (io.BytesIO(b"x" * 100_000), "a.zip")})
    assert list(folder.iterdir()) == []


def test_files_that_are_not_added_are_removed_when_it_is_said_or_after_a_day(town: Town, tmp_path: Path) -> None:
    config = town.app.extensions["showme"].config
    client, other = town.client("rhea"), town.client("ada")
    preview = previewed(town, client, [ferry(tmp_path, "KeptMO", "771660"), ferry(tmp_path, "LeftMO", "771661")])
    tokens = re.findall(r'name="token" value="([^"]+)"', client.get(preview).text)
    assert len(tokens) == 2
    assert other.get(preview).status_code == 404, "uploads belong to who sent them"
    job_id = preview.rsplit("/", 1)[1]
    form = {"csrf_token": token(other, "/archives/add"), "token": tokens}
    assert other.post(f"/archives/add/{job_id}/remove", data=form).status_code == 404
    looks = other.post("/archives/add", data=form)
    assert looks.headers["Location"] == "/archives/add", "nobody can preview the files of somebody else"
    assert len(list(config.uploads.iterdir())) == 2
    client.post(f"/archives/add/{job_id}/remove", data={"csrf_token": token(client, "/archives/add"), "token": tokens[0]})
    assert [path.name for path in config.uploads.iterdir()] == [tokens[1]]
    assert "LeftMO.zip" in client.get(preview).text
    last = town.repository.audit.last_id()
    worker.discard_expired(town.repository, config)
    assert len(list(config.uploads.iterdir())) == 1, "a day has not passed"
    long_ago = time.time() - 3600 * (staging.KEEP_HOURS + 1)
    os.utime(config.uploads / tokens[1], (long_ago, long_ago))
    worker.discard_expired(town.repository, config)
    assert list(config.uploads.iterdir()) == []
    events = [event for event in town.repository.audit.newest(20) if event.id > last and event.tag == "upload:discarded"]
    assert [(event.actor, event.subject) for event in events if event.actor == "worker"] == [("worker", "LeftMO.zip")]
    assert "No file is waiting" in client.get(preview).text


def test_two_files_of_the_same_name_are_two_archives_and_a_form_sent_twice_adds_each_once(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    first = ferry(tmp_path / "one", "SameMO", "771671")
    second = ferry(tmp_path / "two", "SameMO", "771672")
    preview = previewed(town, client, [first, second])
    form = {"once": "a1b2c3d4"}
    before = len(Jobs(town.repository.db).recent(100))
    assert added(client, preview, **form) == "/captures"
    assert added(client, preview, **form) == "/captures"
    assert len(Jobs(town.repository.db).recent(100)) == before + 2


def test_a_zone_that_is_none_is_said_and_the_files_still_wait(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    preview = previewed(town, client, [ferry(tmp_path, "ZoneMO", "771680")])
    assert added(client, preview, zone="Missouri/Somewhere") == preview
    page = client.get(preview).text
    assert "not a time zone" in page
    assert "ZoneMO.zip" in page


def test_an_upload_is_written_to_the_disk_while_it_arrives(town: Town) -> None:
    seen: list[int] = []
    folder = town.app.extensions["showme"].config.uploads
    head = b'--b\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'
    size, block = 12 * 2**20, b"z" * 65536

    class Slow:
        """A body that looks at the disk while it is being read."""

        rest = head + block * (size // len(block)) + b"\r\n--b--\r\n"
        at = 0

        def read(self, most: int = -1) -> bytes:
            seen.append(sum(path.stat().st_size for path in folder.glob("*.part")))
            self.at += most
            return self.rest[self.at - most : self.at]

    client = town.client("rhea")
    length = len(head) + size + len(b"\r\n--b--\r\n")
    body = {"wsgi.input": Slow(), "CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=b"}
    answer = client.post("/captures/upload", environ_overrides=body)
    assert answer.status_code == 400, "there was no token in it"
    assert max(seen) > size // 2


def test_an_upload_that_the_disk_cannot_hold_is_refused_before_it_is_read(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "ROOM_LEFT", 2**60)
    client = town.client("rhea")
    answer = client.post("/captures/upload", data={"archive": (io.BytesIO(b"x"), "a.zip")})
    assert answer.status_code == 507
    assert "not have enough disk space" in answer.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.zip", "b.zip"),
        ("..", "archive"),
        ("a\0b;.zip", "a_b_.zip"),
        (".zip", "zip"),
        ("ñandú (1).zip", "ñandú (1).zip"),
    ],
)
def test_an_uploaded_file_s_name_cannot_lead_elsewhere(given: str, kept: str) -> None:
    assert uploads.safe_name(given) == kept


def test_files_of_incoming_are_picked_up_and_stay_there(town: Town) -> None:
    folder = town.repository.paths.incoming
    ferry(folder, "BargeMO", "771700", "The barge is late")
    (folder / ".hidden.zip").write_bytes(b"")
    client = town.client("rhea")
    page = client.get("/archives/add").text
    assert "BargeMO.zip" in page
    assert ".hidden" not in page
    form = {"csrf_token": token(client, "/archives/add"), "name": "BargeMO.zip"}
    preview = looked(town, client.post("/captures/incoming", data=form).headers["Location"])
    assert "@BargeMO" in client.get(preview).text
    named = done(town, added(client, preview, **{"account-1": "@somebody"}))
    assert named.state is JobState.FAILED, "a handle is only for an archive that names no account"
    assert "Leave the account field empty." in named.error
    job = done(town, added(client, preview))
    assert job.state is JobState.DONE
    assert (folder / "BargeMO.zip").exists()
    outside = client.post("/captures/incoming", data={**form, "name": "../catalog.sqlite3"})
    assert outside.headers["Location"] == "/archives/add"


def test_files_sent_together_are_one_archive_only_when_it_is_said(town: Town, tmp_path: Path) -> None:
    client = town.client("rhea")
    paths = [ferry(tmp_path, "OneMO", "771801"), ferry(tmp_path, "TwoMO", "771802")]
    before = len(Jobs(town.repository.db).recent(100, kinds=frozenset({JobKind.TAKE_IN})))
    assert send(town, client, paths) == "/captures"
    assert len(Jobs(town.repository.db).recent(100, kinds=frozenset({JobKind.TAKE_IN}))) == before + 2
    apart = previewed(town, client, paths)
    together = client.post(f"{apart}/together", data={"csrf_token": token(client, "/archives/add")}).headers["Location"]
    for preview in (previewed(town, client, paths, one="1"), looked(town, together)):
        job = Jobs(town.repository.db).get(int(preview.rsplit("/", 1)[1]))
        assert job is not None
        assert [len(item["paths"]) for item in job.arguments["items"]] == [2]
        assert "OneMO.zip, TwoMO.zip" in client.get(preview).text


def test_verify_names_what_was_changed_in_the_vault(town: Town) -> None:
    client = town.client("rhea")
    form = {"csrf_token": token(client, "/captures")}
    good = done(town, client.post("/captures/verify", data=form).headers["Location"])
    assert "all are unchanged since they were added" in client.get(f"/jobs/{good.id}").text
    stray = town.repository.paths.vault / ("0" * 64)
    stray.write_bytes(b"stray")
    bad = done(town, client.post("/captures/verify", data=form).headers["Location"])
    stray.unlink()
    page = client.get(f"/jobs/{bad.id}").text
    assert "Something has changed since it was added." in page
    assert "UnexpectedFile" in page
    assert "What this proves" in page
    assert "only Full verification finds an altered author or time" in page


def test_verify_in_full_reads_the_archives_again(town: Town) -> None:
    client = town.client("rhea")
    form = {"csrf_token": token(client, "/captures"), "level": "full"}
    job = done(town, client.post("/captures/verify", data=form).headers["Location"])
    assert (job.result["level"], job.result["findings"]) == ("full", [])
    assert "every stored field of every record was compared" in client.get(f"/jobs/{job.id}").text


def test_a_zone_is_set_only_after_being_asked_once_more(town: Town) -> None:
    client = town.client("rhea")
    form = {"csrf_token": token(client, "/captures"), "zone": "America/Denver"}
    asked = client.post("/captures/1/zone", data=form)
    assert asked.status_code == 200
    assert "Set the time zone to America/Denver?" in asked.text
    job = done(town, client.post("/captures/1/zone", data={**form, "sure": "1"}).headers["Location"])
    assert job.state is JobState.DONE
    capture = town.repository.catalog.capture(1)
    assert capture is not None
    assert capture.zone == "America/Denver"
    wrong = client.post("/captures/1/zone", data={**form, "zone": "Mars/Base", "sure": "1"})
    assert wrong.headers["Location"] == "/captures/1"
    assert "not a time zone" in client.get("/captures/1").text


def export_of(town: Town, name: str, **form: str) -> tuple[FlaskClient, Job]:
    client = town.client(name)
    answer = client.post("/exports", data={"csrf_token": token(client, "/search"), **form})
    return client, done(town, answer.headers["Location"])


def rows(client: FlaskClient, job: Job) -> list[dict[str, object]]:
    answer = client.get(f"/jobs/{job.id}/download")
    assert answer.status_code == 200
    package = zipfile.ZipFile(io.BytesIO(answer.data))
    answer.close()
    name = next(one for one in package.namelist() if one.endswith("records.jsonl"))
    return [json.loads(line) for line in package.read(name).splitlines()]


def test_an_export_holds_the_records_of_the_page_in_their_order(town: Town) -> None:
    client, job = export_of(town, "rhea", q="agenda", sort="oldest", with_media="1")
    assert job.state is JobState.DONE, job.error
    ids = [one["id"] for one in client.get("/search.json?q=agenda&sort=oldest&size=50").json["records"]]
    exported = rows(client, job)
    assert len(exported) == job.result["rows"] == 40
    assert [next(value for value in row.values() if value in ids) for row in exported] == ids
    assert 'href="/search?q=agenda&amp;sort=oldest"' in client.get(f"/jobs/{job.id}").text
    assert "export:downloaded" in {event.tag for event in town.repository.audit.newest(5)}


def test_an_export_of_request_staff_holds_neither_messages_nor_accounts_not_granted(town: Town) -> None:
    client, job = export_of(town, "gwen", q="flood", with_media="1")
    answer = client.get(f"/jobs/{job.id}/download")
    package = zipfile.ZipFile(io.BytesIO(answer.data))
    answer.close()
    everything = b"".join(package.read(name) for name in package.namelist()) + b" ".join(name.encode() for name in package.namelist())
    assert job.result["rows"] == 2
    assert MESSAGE_CANARY.encode() not in everything
    assert ACCOUNT_CANARY.encode() not in everything


def test_an_export_is_not_handed_out_any_more_when_the_grant_is_taken_back(town: Town) -> None:
    book = Users(town.repository.db)
    user = book.add("hank", "", Role.REQUEST_STAFF, "test")
    book.set_password(user.id, "a sentence for the tests")
    book.change(user.id, full_name="", role=Role.REQUEST_STAFF, granted={1}, is_disabled=False)
    client, job = export_of(town, "hank", q="parade")
    assert client.get(f"/jobs/{job.id}").status_code == 200
    book.change(user.id, full_name="", role=Role.REQUEST_STAFF, granted=(), is_disabled=False)
    assert client.get(f"/jobs/{job.id}").status_code == client.get(f"/jobs/{job.id}/download").status_code == 404
    assert f"/jobs/{job.id}" not in client.get("/exports").text


def test_a_grant_taken_back_before_the_work_begins_narrows_the_export(town: Town) -> None:
    book = Users(town.repository.db)
    user = book.add("iris", "", Role.REQUEST_STAFF, "test")
    book.set_password(user.id, "a sentence for the tests")
    book.change(user.id, full_name="", role=Role.REQUEST_STAFF, granted={1}, is_disabled=False)
    client = town.client("iris")
    address = client.post("/exports", data={"csrf_token": token(client, "/search"), "q": "parade"}).headers["Location"]
    book.change(user.id, full_name="", role=Role.REQUEST_STAFF, granted=(), is_disabled=False)
    job = done(town, address)
    assert job.state is JobState.FAILED or job.result["rows"] == 0


def test_request_staff_do_not_see_the_exports_and_jobs_of_others(town: Town) -> None:
    _, job = export_of(town, "rhea", q="parade")
    client = town.client("gwen")
    assert (
        client.get(f"/jobs/{job.id}").status_code
        == client.get(f"/jobs/{job.id}/download").status_code
        == client.get(f"/jobs/{job.id}.json").status_code
        == 404
    )
    assert f"/jobs/{job.id}" not in client.get("/exports").text
    assert town.client("lena").get(f"/jobs/{job.id}").status_code == 404


def test_who_was_disabled_meanwhile_gets_nothing_done(town: Town) -> None:
    book = Users(town.repository.db)
    user = book.add("judd", "", Role.RECORDS_CUSTODIAN, "test")
    number = Jobs(town.repository.db).add(JobKind.VERIFY, "all", user.id, {})
    book.change(user.id, full_name="", role=Role.RECORDS_CUSTODIAN, granted=(), is_disabled=True)
    assert "may not do this any more" in done(town, f"/jobs/{number}").error


@pytest.mark.parametrize("accounts", [None, frozenset[int](), frozenset({3, 1})])
def test_a_stored_request_comes_back_the_same_and_nothing_is_not_everything(accounts: frozenset[int] | None) -> None:
    request = SearchRequest(
        "a b",
        Filters(
            accounts=accounts,
            permission=Permission(accounts, without_messages=False),
            kinds=None if accounts is None else frozenset(),
            has_media=False,
        ),
        Sort.OLDEST,
    )
    assert from_json(json.loads(json.dumps(request_json(request)))) == request


def test_what_an_older_program_stored_of_a_permission_is_read_as_no_choice_of_kinds() -> None:
    request = SearchRequest("a b", Filters(permission=Permission(frozenset({1}), without_messages=True)))
    before = request_json(request)
    before["filters"]["kinds"] = sorted(kind.value for kind in RecordKind if kind != RecordKind.MESSAGE)
    assert from_json(before) == request


def test_a_job_runs_once_however_often_its_number_is_in_line(town: Town) -> None:
    book = Jobs(town.repository.db)
    ada = Users(town.repository.db).by_name("ada")
    assert ada is not None
    number = book.add(JobKind.VERIFY, "all", ada.id, {})
    assert [book.start(number), book.start(number)] == [True, False]
    book.finish(number, {})
    assert not book.start(number)
    assert not book.retry(number)


def test_a_job_that_was_tried_again_and_taken_meanwhile_does_not_run_twice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Jobs(town.repository.db)
    number = book.add(JobKind.VERIFY, "the vault", 1, {})
    assert book.start(number)
    assert not book.retry(number), "it runs"
    book.fail(number, "the disk was full")
    failed = book.get(number)
    assert book.retry(number)
    assert not book.retry(number), "it waits already"
    assert book.start(number)
    with monkeypatch.context() as patch:  # as a page that looked at the job just before sees it
        patch.setattr(Jobs, "get", lambda _book, _number: failed)
        assert not book.retry(number), "a second click, made while it was still shown as failed, starts nothing"
        book.finish(number, {"files": 1, "findings": [], "log_broken_at": None})
        assert not book.retry(number), "what is done is not done again"
    ended = book.get(number)
    assert ended is not None
    assert ended.state is JobState.DONE


def test_a_job_whose_heart_stopped_is_interrupted_and_can_be_tried_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Jobs(town.repository.db)
    rhea = Users(town.repository.db).by_name("rhea")
    assert rhea is not None
    number = book.add(JobKind.VERIFY, "all", rhea.id, {})
    book.start(number)
    client = town.client("rhea")
    assert "running" in client.get(f"/jobs/{number}").text
    later = local_time.now_ms() + jobs.SILENT_AFTER + 1000
    monkeypatch.setattr(jobs, "now_ms", lambda: later)
    page = client.get(f"/jobs/{number}").text
    assert "interrupted" in page
    client.post(f"/jobs/{number}/retry", data={"csrf_token": token(client, "/captures")})
    assert done(town, f"/jobs/{number}").state is JobState.DONE


@pytest.fixture(name="processes")
def some_processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def wait_for(town: Town, number: int, states: set[JobState], seconds: float = 40) -> Job:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = Jobs(town.repository.db).get(number)
        if job and job.state in states:
            return job
        time.sleep(0.1)
    pytest.fail(f"job {number} is {job and job.state}")


def test_a_killed_worker_s_job_is_interrupted_and_the_next_worker_does_it(
    town: Town, processes: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    def begin() -> subprocess.Popen[bytes]:
        environ = {**os.environ, "SHOWME_DEMO": "1"}
        processes.append(subprocess.Popen([sys.executable, "-m", "portal", "--data", str(town.data), "worker"], cwd=ROOT, env=environ))
        return processes[-1]

    settings = town.app.extensions["showme"].config
    rhea = Users(town.repository.db).by_name("rhea")
    assert rhea is not None
    many = [post(1_500_000_000_000_000_000 + at, f"steady number {at}", "Tue Jun 01 15:00:00 +0000 2021") for at in range(60_000)]
    archive = x_archive(tmp_path / "many.zip", "ManyMO", "771900", many, [], {})
    number = Jobs(town.repository.db).add(JobKind.TAKE_IN, "many", rhea.id, {"paths": [str(archive)], "source": "incoming", "zone": None})
    queue.put(settings, number)
    first = begin()
    wait_for(town, number, {JobState.RUNNING})
    assert worker.is_running(settings)
    time.sleep(0.5)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not worker.is_running(settings)
    begin()
    interrupted = wait_for(town, number, {JobState.INTERRUPTED, JobState.DONE})
    assert interrupted.state is JobState.INTERRUPTED
    assert not any(one.name == "many.zip" for one in town.repository.catalog.captures()), "half a capture is never shown"
    client = town.client("rhea")
    client.post(f"/jobs/{number}/retry", data={"csrf_token": token(client, "/captures")})
    finished = wait_for(town, number, {JobState.DONE, JobState.FAILED}, 120)
    assert finished.state is JobState.DONE, finished.error
    assert client.get("/search.json?q=steady").json["total"] == 60_000


def test_a_second_worker_for_the_same_folder_does_not_start(town: Town, processes: list[subprocess.Popen[bytes]]) -> None:
    settings = town.app.extensions["showme"].config
    environ = {**os.environ, "SHOWME_DEMO": "1"}
    command = [sys.executable, "-m", "portal", "--data", str(town.data), "worker"]
    processes.append(subprocess.Popen(command, cwd=ROOT, env=environ))
    until = time.monotonic() + 20
    while not worker.is_running(settings) and time.monotonic() < until:
        time.sleep(0.1)
    second = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, timeout=60, check=False)
    assert second.returncode == 1
    assert b"Another worker runs" in second.stderr


@pytest.mark.parametrize("started_in", ["en", "es"])
def test_what_a_verification_is_called_is_in_the_language_of_who_reads_it(town: Town, started_in: str) -> None:
    client = town.client("rhea")
    client.get(f"/language/{started_in}")
    started = client.post("/captures/verify", data={"csrf_token": token(client, "/captures")})
    for language, title in (("en", "Quick: evidence, catalog and event log"), ("es", "Rápida: pruebas, catálogo y diario de sucesos")):
        client.get(f"/language/{language}")
        for page in (started.headers["Location"], "/captures"):
            assert title in client.get(page).text, (language, page)
