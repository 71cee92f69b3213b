"""The page that checks a certificate's file: with the right, with access to its records, and for strangers if the body allows it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.certificates import certify, write
from indexer.custody.ingest import ingest
from indexer.exports import Choices
from indexer.productions import Maker, export_search
from indexer.search import Plan, SearchRequest
from portal import certificates, config, create_app
from portal.config import MAX_PUBLIC_CHECK
from portal.jobs import queue, runners
from tests.support.town import CITY, CITY_ID, Town, post, token, x_archive


@pytest.fixture(autouse=True)
def _at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "put", lambda _config, job_id: runners.run(town.repository, job_id))


@pytest.fixture(name="public")
def a_portal_open_for_checks(town: Town) -> Iterator[Flask]:
    app = create_app(config.read({"SHOWME_DEMO": "1", "SHOWME_PUBLIC_CHECK": "1"}, town.data))
    yield app
    app.extensions["showme"].close()


def certified(town: Town, folder: Path, query: str = "flood") -> Path:
    with certify(Plan(town.repository, SearchRequest(query)), by="rhea") as made:
        return write(town.repository, made, folder / "c.json").json


def send(client: FlaskClient, address: str, content: bytes, name: str = "certificate.json") -> TestResponse:
    boundary = b"the-boundary-of-the-form"
    parts = [
        b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n' + token(client, address).encode(),
        b'Content-Disposition: form-data; name="file"; filename="%s"\r\n\r\n' % name.encode() + content,
    ]
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary
    return client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary.decode()}")


CHECK = "/certificates/check-file"


def test_an_unaltered_certificate_is_compared_with_the_records_now(town: Town, tmp_path: Path) -> None:
    raw = certified(town, tmp_path).read_bytes()
    client = town.client("rhea")
    shown = send(client, CHECK, raw).text
    assert "Unaltered: this is the certificate that was made here." in shown
    assert "Identical: the search finds the same" in shown
    later = [post(1_020_000_000_000_000_555, "A new flood siren", "Thu Jul 05 15:30:00 +0000 2018")]
    archive = x_archive(tmp_path / "siren.zip", CITY, CITY_ID, later, [], {})
    ingest(town.repository, [archive], taken_by="rhea", source="incoming")
    shown = send(client, CHECK, raw).text
    assert "Unaltered" in shown
    assert "Not identical" in shown
    assert "A new flood siren" in shown
    assert "siren.zip" in shown
    assert not list(town.data.glob("uploads/*"))


def test_an_altered_certificate_is_called_so_and_not_compared(town: Town, tmp_path: Path) -> None:
    raw = certified(town, tmp_path).read_bytes()
    shown = send(town.client("rhea"), CHECK, raw.replace(b'"by":"rhea"', b'"by":"ada"')).text
    assert "note-bad" in shown
    assert "Altered: this is not the file that was made here." in shown
    assert "Compared with the records" not in shown


def test_the_zip_of_an_export_is_checked_whole(town: Town, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    export_search(town.repository, SearchRequest("flood"), target, maker=Maker("rhea"), choices=Choices(certificate=True))
    shown = send(town.client("rhea"), CHECK, target.read_bytes(), "a.zip").text
    assert "Unaltered: this is the package that was made here." in shown
    assert "Identical: the search finds the same" in shown


def test_every_check_is_an_event(town: Town, tmp_path: Path) -> None:
    send(town.client("lena"), CHECK, certified(town, tmp_path).read_bytes())
    town.app.extensions["showme"]._event_queue.write_all()
    event = next(event for event in town.repository.audit.newest(20) if event.tag == "certificate:file-checked")
    assert event.actor == "lena"
    assert '"file":"unaltered"' in event.detail


def test_request_staff_may_not_check(town: Town) -> None:
    assert town.client("gwen").get(CHECK).status_code == 403


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"%PDF-1.7", b"PK\x03\x04", b"[" * 900_000], ids=["empty", "text", "pdf", "cut zip", "deep"]
)
def test_files_that_are_none_are_refused_kindly(town: Town, content: bytes) -> None:
    answer = send(town.client("rhea"), CHECK, content)
    assert answer.status_code == (200 if content.startswith(b"%PDF") else 422)
    assert "This file cannot be checked" in answer.text or "not, byte for byte, one that was made here" in answer.text
    assert "Traceback" not in answer.text


def test_no_file_is_said_at_the_field(town: Town) -> None:
    client = town.client("rhea")
    answer = client.post(CHECK, data={"csrf_token": token(client, CHECK)}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_a_long_list_is_left_to_the_page_of_its_certificate(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client = town.client("rhea")
    page = client.post("/certificates", data={"q": "flood", "csrf_token": token(client, "/search?q=flood")}).headers["Location"]
    with client.get(f"{page}/certificate.json") as answer:
        raw = answer.data
    monkeypatch.setattr(certificates, "MAX_COMPARED", 0)
    shown = send(client, CHECK, raw).text
    assert "Unaltered" in shown
    assert "because there are so many" in shown
    assert f'href="{page}"' in shown


def test_without_the_setting_strangers_are_asked_to_sign_in(town: Town) -> None:
    client = town.client()
    for answer in (client.get("/check"), client.post("/check", data={"file": (io.BytesIO(b"x"), "a.json")})):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in")


def test_a_stranger_learns_whether_the_file_is_whole_and_nothing_else(town: Town, public: Flask, tmp_path: Path) -> None:
    raw = certified(town, tmp_path, "bridge").read_bytes()
    later = [post(1_020_000_000_000_000_556, "Another bridge siren", "Thu Jul 05 15:30:00 +0000 2018")]
    archive = x_archive(tmp_path / "bridges.zip", CITY, CITY_ID, later, [], {})
    ingest(town.repository, [archive], taken_by="rhea", source="incoming")
    client = public.test_client()
    assert client.get("/check").status_code == 200
    shown = send(client, "/check", raw).text
    assert "Unaltered: this is the certificate that was made here." in shown
    for hidden in ("Identical", "identical", "siren", "bridges.zip", "/records/", "since", "Compared"):
        assert hidden not in shown, hidden
    forged = send(client, "/check", raw.replace(b'"by":"rhea"', b'"by":"ada"')).text
    assert "Altered" in forged
    assert not list(town.data.glob("uploads/*"))
    public.extensions["showme"]._event_queue.write_all()
    event = next(event for event in town.repository.audit.newest(20) if event.tag == "certificate:file-checked")
    assert event.actor.startswith("nobody signed in")


def test_a_stranger_opens_nothing_but_the_check(public: Flask) -> None:
    client = public.test_client()
    for address in ("/search", CHECK, "/certificates", "/captures"):
        assert client.get(address).status_code == 302
    assert client.get("/certificates/seal").status_code == 302


def test_a_file_above_the_limit_is_refused_with_the_way_out(public: Flask) -> None:
    answer = send(public.test_client(), "/check", b" " * (MAX_PUBLIC_CHECK + 1))
    assert answer.status_code == 413
    assert "certificate.json on its own" in answer.text


def test_a_zip_bomb_of_a_stranger_is_refused(public: Flask) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package, package.open("certificate.json", "w") as stream:
        for _ in range(100):
            stream.write(b" " * 2**20)
    answer = send(public.test_client(), "/check", made.getvalue(), "a.zip")
    assert answer.status_code == 422
    assert "unpacks to more" in answer.text


def test_one_address_may_check_so_many_files(public: Flask) -> None:
    client = public.test_client()
    form = token(client, "/check")
    codes = [
        client.post(
            "/check",
            data={"csrf_token": form, "file": (io.BytesIO(b"x"), "a.json")},
            content_type="multipart/form-data",
            environ_base={"REMOTE_ADDR": "198.51.100.9"},
        ).status_code
        for _ in range(22)
    ]
    assert codes[:20] == [422] * 20
    assert codes[20:] == [429, 429]


def test_files_wait_for_their_turn(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "WAIT_SECONDS", 0.01)
    client = town.client("rhea")
    with certificates._turn:
        answer = send(client, CHECK, b"{}")
    assert answer.status_code == 503
    assert "Try again in a minute" in answer.text
