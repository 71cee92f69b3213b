"""What an auditor asks for is in the event log: each deed is done once and its event found, and no page waits for it."""

from __future__ import annotations

import http.cookiejar
import io
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.catalog.audit import TAGS, AuditLog, Event
from indexer.engines import IndexDamaged
from indexer.repository import open_repository
from portal import config
from portal.jobs import queue, runners
from portal.jobs.rows import JobKind, Jobs
from portal.views.site import errors
from tests.support.servers import ROOT, serving
from tests.support.town import PASSWORD, Town, fill, png, token


@pytest.fixture(name="at_once")
def jobs_at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "put", lambda _config, job_id: runners.run(town.repository, job_id))


def newer(town: Town, last: int) -> list[Event]:
    """Return the events after one, when all that waits is written."""
    town.app.extensions["showme"]._event_queue.write_all()
    return [event for event in reversed(town.repository.audit.newest(200)) if event.id > last]


def only(events: list[Event], tag: str) -> Event:
    found = [event for event in events if event.tag == tag]
    assert len(found) == 1, [(event.tag, event.subject, event.detail) for event in events]
    return found[0]


def picture(town: Town) -> str:
    return f"/media/0/{town.record_id('Parade on Main Street')}"


@pytest.mark.usefixtures("at_once")
def test_every_page_that_shows_evidence_or_papers_is_an_event(town: Town) -> None:
    client = town.client("rhea")
    form = token(client, "/captures")
    record = town.record_id("Parade on Main Street")
    made = client.post("/certificates", data={"csrf_token": form, "q": "parade"}).headers["Location"]
    checked = client.post(f"{made}/checks", data={"csrf_token": form}).headers["Location"]
    terms = client.post("/terms", data={"csrf_token": form, "terms": "parade\nflood"}).headers["Location"]
    certificate = Jobs(town.repository.db).get(int(made.rsplit("/", 1)[1]))
    assert certificate is not None
    for path, tag, subject in (
        (picture(town), "media:opened", record),
        (f"/media/0/{town.record_id('A picture that is a page')}", "media:opened", town.record_id("A picture that is a page")),
        (f"/text/{record}", "text:opened", record),
        ("/captures", "capture:viewed", "all captures"),
        ("/captures/1", "capture:viewed", "capture 1"),
        (made, "certificate:viewed", certificate.result["id"]),
        (checked, "certificate:viewed", f"check {checked.rsplit('/', 1)[1]} of certificate {made.rsplit('/', 1)[1]}"),
        (f"{checked}/check.json", "certificate:viewed", f"check {checked.rsplit('/', 1)[1]} of certificate {made.rsplit('/', 1)[1]}"),
        (terms, "report:viewed", f"term list {terms.rsplit('/', 1)[1]}"),
    ):
        last = town.repository.audit.last_id()
        assert client.get(path).status_code == 200, path
        event = only(newer(town, last), tag)
        assert event.actor == "rhea"
        assert subject in event.subject, path


def test_a_file_is_one_event_however_many_parts_a_player_asks_for(town: Town) -> None:
    client = town.client("gwen")
    last = town.repository.audit.last_id()
    size = len(png())
    assert client.get(picture(town), headers={"Range": "bytes=0-9"}).status_code == 206
    for start in range(10, 40, 10):
        assert client.get(picture(town), headers={"Range": f"bytes={start}-{start + 9}"}).status_code == 206
    assert client.get(picture(town), headers={"Range": f"bytes={size}-"}).status_code == 416
    event = only(newer(town, last), "media:opened")
    detail = json.loads(event.detail)
    assert (event.actor, detail["number"], detail["how"]) == ("gwen", 0, "shown")
    assert client.get(f"/media/0/{town.record_id('A picture that is a page')}").status_code == 200
    assert json.loads(only(newer(town, event.id), "media:opened").detail)["how"] == "downloaded"


@pytest.mark.parametrize(
    ("path", "code"),
    [("/records/twitter:none", 404), ("/nothing/at/all", 404), ("/captures", 403), ("/users", 403), ("/media/0/twitter:none", 404)],
)
def test_a_refused_page_is_an_event(town: Town, path: str, code: int) -> None:
    client = town.client("nora")
    last = town.repository.audit.last_id()
    assert client.get(path).status_code == code
    event = only(newer(town, last), "page:refused")
    assert (event.actor, event.subject, json.loads(event.detail)["why"]) == ("nora", f"GET {path}", str(code))


def test_too_many_attempts_are_one_event_a_minute_and_the_key_in_a_link_is_not_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client = town.app.test_client()
    monkeypatch.setattr(errors, "_refused_at", {})
    last = town.repository.audit.last_id()
    link = "/link/abcdefgh-the-key"
    answers = [client.get(link, environ_base={"REMOTE_ADDR": "198.51.100.4"}).status_code for _ in range(40)]
    assert answers.count(429) > 5
    event = only(newer(town, last), "page:refused")
    assert (event.actor, event.subject) == ("nobody signed in (198.51.100.4)", "GET /link/<token>")
    assert json.loads(event.detail)["why"] == "429"
    assert "the-key" not in event.detail


@pytest.mark.usefixtures("at_once")
def test_an_upload_that_arrives_fails_or_is_tried_again_is_an_event(town: Town) -> None:
    client = town.client("rhea")
    last = town.repository.audit.last_id()
    form = {"csrf_token": token(client, "/captures")}
    preview = client.post("/captures/upload", data={**form, "archive": [(io.BytesIO(b"no archive"), "minutes.zip")]}).headers["Location"]
    arrived = only(newer(town, last), "upload:arrived")
    assert (arrived.actor, arrived.subject, json.loads(arrived.detail)["bytes"]) == ("rhea", "minutes.zip", [10])
    client.post(f"{preview}/confirm", data=form)
    discarded = only(newer(town, arrived.id), "upload:discarded")
    assert (discarded.actor, discarded.subject) == ("rhea", "minutes.zip")
    data = {"paths": ["/nowhere/minutes.zip"], "source": "incoming", "zone": None, "account": ""}
    number = Jobs(town.repository.db).add(JobKind.TAKE_IN, "minutes.zip", town.app.extensions["showme"].users.by_name("rhea").id, data)
    runners.run(town.repository, number)
    failed = only(newer(town, discarded.id), "job:failed")
    assert (failed.actor, failed.subject) == ("rhea", f"job {number}")
    assert json.loads(failed.detail)["why"]
    client.post(f"/jobs/{number}/retry", data=form)
    again = newer(town, failed.id)
    assert only(again, "job:retried").subject == f"job {number}"
    assert only(again, "job:failed").subject == f"job {number}"
    for data, why in (
        (form, "no file"),
        ({"archive": [(io.BytesIO(b"x"), "a.zip")]}, "form"),
    ):
        last = town.repository.audit.last_id()
        client.post("/captures/upload", data=data)
        assert why in json.loads(only(newer(town, last), "upload:failed").detail)["why"]


def test_a_job_whose_worker_was_killed_is_an_event(town: Town) -> None:
    jobs, rhea = Jobs(town.repository.db), town.app.extensions["showme"].users.by_name("rhea")
    number = jobs.add(JobKind.VERIFY, "all", rhea.id, {})
    assert jobs.start(number)
    last = town.repository.audit.last_id()
    jobs.interrupt_running()
    event = only(newer(town, last), "job:failed")
    assert (event.actor, event.subject) == ("rhea", f"job {number}")


def test_a_damaged_index_is_one_event_however_many_find_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client, last = town.client("rhea"), town.repository.audit.last_id()
    site = town.app.extensions["showme"]

    def broken(*_arguments: object) -> None:
        raise IndexDamaged("segment 3 cannot be read")

    monkeypatch.setattr(type(site.repository.index), "search", broken)
    for _ in range(3):
        assert client.get("/search.json?q=flood").status_code == 503
    assert only(newer(town, last), "index:damaged").subject == site.repository.engine_name


@contextmanager
def writes_of_this_thread(db: sa.Engine) -> Iterator[list[str]]:
    found: list[str] = []
    here = threading.get_ident()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if threading.get_ident() == here and not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN\n", "WITH")):
            found.append(statement)

    sa.event.listen(db, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(db, "before_cursor_execute", note)


def test_a_page_pays_for_no_write_to_the_catalog(town: Town) -> None:
    client, site = town.client("rhea"), town.app.extensions["showme"]
    pages = [picture(town), f"/text/{town.record_id('Parade on Main Street')}", "/captures", "/captures/1", "/nothing"]
    last = town.repository.audit.last_id()
    with writes_of_this_thread(site.repository.db) as found:
        for path in pages * 4:
            client.get(path)
        assert [one for one in found if one != "BEGIN"] == []
        client.get("/search?q=flood")  # it writes its own event, and takes all the others along in the same transaction
        assert sum(one == "BEGIN IMMEDIATE" for one in found) == 1
    events = [event for event in reversed(town.repository.audit.newest(100)) if event.id > last]
    assert [event.tag for event in events] == ["media:opened", "text:opened", "capture:viewed", "capture:viewed", "page:refused"] * 4 + [
        "search:run"
    ]
    assert town.repository.audit.broken_at() is None


def test_events_of_pages_wait_for_nobody_and_survive_a_killed_process(tmp_path: Path) -> None:
    fill(tmp_path).close()
    script = """
import os, sys
from pathlib import Path
from indexer.catalog.database import transaction
from portal.config import read
from portal.site import Site
site = Site(read({"SHOWME_DEMO": "1"}, Path(sys.argv[1])))
with transaction(site.repository.db):
    for number in range(50):
        site.note_later("media:opened", "rhea", str(number))
    os.kill(os.getpid(), 9)
"""
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    from portal.site import Site

    site = Site(config.read({"SHOWME_DEMO": "1"}, tmp_path))
    until = time.monotonic() + 10
    while site.repository.audit.newest(1)[0].subject != "49" and time.monotonic() < until:
        time.sleep(0.05)
    found = [event.subject for event in reversed(site.repository.audit.newest(50))]
    site.close()
    assert found == [str(number) for number in range(50)]


def test_settings_are_told_without_secrets() -> None:
    environ = {
        "SHOWME_SECRET_KEY": "k" * 40,
        "SHOWME_DATABASE_URL": "postgresql://records:opensesame@db/records?password=opensesame",
        "SHOWME_WEB_THREADS": "7",
    }
    told = config.settings_for_log(environ)
    assert set(told) == {one.name for one in (*config.settings.SETTINGS, *config.PORTAL_SETTINGS)}
    assert told["SHOWME_WEB_THREADS"] == "7"
    assert not re.search("kkk|opensesame", json.dumps(told))
    assert "opensesame" not in json.dumps(config.settings_for_log({"SHOWME_DATABASE_URL": "opensesame"}))


def test_start_stop_and_an_upload_that_was_too_slow_are_events_of_a_real_portal(tmp_path: Path) -> None:
    fill(tmp_path).close()
    settings = {"SHOWME_CLIENT_SECONDS": "1", "SHOWME_CLIENT_RATE": "50000", "SHOWME_JOB_WORKER": "1"}
    with serving(tmp_path, "wsgi:app", "/healthz", **settings) as server:
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        base = f"http://127.0.0.1:{server.port}"
        page = opener.open(f"{base}/sign-in").read().decode()
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        opener.open(f"{base}/sign-in", urllib.parse.urlencode({"name": "rhea", "password": PASSWORD, "csrf_token": found[1]}).encode())
        cookies = "; ".join(f"{one.name}={one.value}" for one in jar)
        head = (
            f"POST /captures/upload HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookies}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="archive"; filename="slow.zip"\r\n\r\n'
        )
        with server.connect() as client:
            client.sendall(head.encode())
            until = time.monotonic() + 10
            try:
                while time.monotonic() < until:
                    client.sendall(b"a" * 100)
                    time.sleep(0.2)
            except OSError:
                pass
        with socket.create_connection(("127.0.0.1", server.port)) as cut:
            cut.sendall(head.encode() + b"a" * 1000)
        time.sleep(2.5)
    repository = open_repository(tmp_path)
    log = AuditLog(repository.db)
    events = list(reversed(log.newest(100)))
    tags = [event.tag for event in events]
    whys = [json.loads(event.detail)["why"] for event in events if event.tag == "upload:failed"]
    assert (tags.count("portal:started"), tags.count("portal:stopped")) == (1, 1)
    assert (tags.count("worker:started"), tags.count("worker:stopped")) == (1, 1)
    started = next(json.loads(event.detail) for event in events if event.tag == "portal:started")
    assert (started["SHOWME_CLIENT_RATE"], started["SHOWME_DATA"]) == ("50000", str(tmp_path))
    assert [event.actor for event in events if event.tag == "upload:failed"] == ["rhea", "rhea"]
    assert whys == ["the browser was too slow", "the connection ended"]
    assert log.broken_at() is None
    repository.close()


def test_every_tag_is_documented() -> None:
    page = (ROOT / "docs" / "portal.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+:[\w-]+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows == dict(TAGS)
