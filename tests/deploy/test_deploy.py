"""The files of deploy/ are judged by the programs that read them, and nginx and Caddy are run in front of a real portal."""

from __future__ import annotations

import contextlib
import http.client
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from indexer.repository import open_repository
from indexer.settings import SETTINGS
from portal import config, create_app
from portal.access.guard import LARGE_BODIES
from portal.config import PORTAL_SETTINGS
from tests.support.servers import Server, free_port, serving

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
HOST = "records.example.gov"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def program(name: str) -> str:
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        pytest.skip(f"there is no {name} on this computer")
    return found


# systemd


def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        text = (
            unit.read_text()
            .replace("/opt/showme/.venv/bin/gunicorn", sys.executable)
            .replace("/opt/showme/.venv/bin/python", sys.executable)
        )
        (tmp_path / unit.name).write_text(text.replace("/opt/showme", str(ROOT)))
    done = subprocess.run(
        [program("systemd-analyze"), "verify", *sorted(map(str, tmp_path.iterdir()))], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_every_service_keeps_its_files_to_itself_and_starts_what_there_is(unit: Path) -> None:
    text = unit.read_text()
    assert {"UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectoryMode=0700", "User=showme"} <= set(text.splitlines())
    names = set(re.findall(r"SHOWME_[A-Z_]+", text))
    assert names <= {setting.name for setting in (*SETTINGS, *PORTAL_SETTINGS)}
    command = re.findall(r"^ExecStart=/opt/showme/\.venv/bin/(\S+) (.*)$", text, re.MULTILINE)
    assert len(command) == 1
    for argument in command[0][1].split():
        assert not argument.endswith(".py") or (ROOT / argument).exists()
    if command[0][0] == "python" and command[0][1].startswith("-m"):
        subprocess.run([sys.executable, *command[0][1].split(), "--help"], cwd=ROOT, check=True, capture_output=True)


# Proxies


@pytest.fixture(name="portal", scope="module")
def a_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("behind")
    settings = {
        "SHOWME_DEMO": "0",
        "SHOWME_SECRET_KEY": "k" * 32,
        "SHOWME_PROXIES": "1",
        "SHOWME_PUBLIC_URL": f"https://{HOST}",
        "SHOWME_WEB_WORKERS": "1",
    }
    with serving(data, "wsgi:app", "/healthz", **settings) as server:
        yield server


@pytest.fixture(name="certificate", scope="module")
def a_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    pem, key = folder / "pem", folder / "key"
    command = f"{program('openssl')} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST} -addext subjectAltName=DNS:{HOST}".split()
    subprocess.run([*command, "-keyout", str(key), "-out", str(pem)], check=True, capture_output=True)
    return pem, key


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path, **environ: str) -> Iterator[None]:
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env={"PATH": "/usr/bin:/usr/sbin", **environ})
    try:
        until = time.monotonic() + 15
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=2).close()
                break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture(name="proxy", params=["nginx", "caddy"])
def a_proxy(request: pytest.FixtureRequest, portal: Server, certificate: tuple[Path, Path], tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Run a proxy with the deployed configuration, but other ports and certificates; give its ports for http and https."""
    plain, secure = free_port(), free_port()
    pem, key = certificate
    program_path = program(request.param)
    if request.param == "nginx":
        text = (DEPLOY / "nginx.conf").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{portal.port}")
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443 ", f"listen 127.0.0.1:{secure} ")
        text = re.sub(r"/etc/ssl/certs/\S+;", f"{pem};", text)
        text = re.sub(r"/etc/ssl/private/\S+;", f"{key};", text)
        places = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (tmp_path / "nginx.conf").write_text(f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {places}\n{text}\n}}")
        command = [program_path, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert tested.returncode == 0, tested.stderr
        assert "[warn]" not in tested.stderr
    else:
        text = (DEPLOY / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{portal.port}")
        assert subprocess.run([program_path, "fmt", "-"], input=text, capture_output=True, text=True, check=True).stdout == text
        text = text.replace("{\n", f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n", 1)
        text = text.replace("\ttls {", f"\ttls {pem} {key} {{")
        (tmp_path / "Caddyfile").write_text(text)
        command = [program_path, "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    with running(command, secure, tmp_path / "log", HOME=str(tmp_path)):
        yield plain, secure


def ask(port: int, certificate: Path | None, method: str, path: str, body: bytes = b"") -> tuple[int, Message]:
    """Return status and headers of an answer; over https where there is a certificate to trust."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.connect()
        if certificate is not None:
            connection.sock = ssl.create_default_context(cafile=str(certificate)).wrap_socket(connection.sock, server_hostname=HOST)
        connection.request(method, path, body, {"Host": HOST})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers


def test_a_proxy_speaks_tls_passes_pages_on_and_limits_bodies(proxy: tuple[int, int], certificate: tuple[Path, Path]) -> None:
    plain, secure = proxy
    pem = certificate[0]
    status, headers = ask(plain, None, "GET", "/search?q=flood")
    assert status in {301, 308}
    assert headers["Location"].startswith(f"https://{HOST}")
    status, headers = ask(secure, pem, "GET", "/sign-in")
    assert status == 200
    assert "max-age" in headers["Strict-Transport-Security"]
    cookie = headers["Set-Cookie"]
    assert cookie.startswith("__Host-showme")
    assert "Secure" in cookie
    assert ask(secure, pem, "GET", "/sign-in?next=" + "q" * 20_000)[0] in {200, 400}
    assert ask(secure, pem, "POST", "/sign-in", b"x" * 2_500_000)[0] == 413
    status, headers = ask(secure, pem, "POST", "/captures/upload", b"x" * 2_500_000)
    assert status == 302  # passed on: the portal asks for a sign-in
    assert headers["Location"].startswith("/sign-in")


def test_the_addresses_that_a_proxy_gives_for_files_are_the_portals(tmp_path: Path) -> None:
    app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path))
    paths = {rule.rule for endpoint in LARGE_BODIES for rule in app.url_map.iter_rules(endpoint)}
    app.extensions["showme"].close()
    assert set(re.findall(r"location = (\S+)", (DEPLOY / "nginx.conf").read_text())) == paths
    assert set(re.findall(r"path (\S+)", (DEPLOY / "Caddyfile").read_text())) == paths


# Backup


def backup(data: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(DEPLOY / "backup.py"), str(data), str(target)], capture_output=True, text=True, check=False)


@pytest.fixture(name="data")
def a_data_folder(tmp_path: Path) -> Path:
    from indexer.custody.ingest import ingest
    from tests.support.town import city_archive

    repository = open_repository(tmp_path / "data")
    ingest(repository, [city_archive(tmp_path / "made.zip")], taken_by="test", source="incoming")
    repository.close()
    return tmp_path / "data"


def test_a_backup_opens_as_a_repository_and_a_second_one_copies_nothing_anew(data: Path, tmp_path: Path) -> None:
    first, second = backup(data, tmp_path / "copy"), backup(data, tmp_path / "copy")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "1 new" in first.stdout
    assert "0 new" in second.stdout
    repository = open_repository(tmp_path / "copy")
    digests = repository.catalog.archive_digests(1)
    assert [repository.vault.current_digest(digest) for digest in digests] == list(digests)
    repository.close()


def test_damaged_evidence_is_never_copied_and_fails_the_backup(data: Path, tmp_path: Path) -> None:
    evidence = next((data / "vault").iterdir())
    evidence.chmod(0o600)
    evidence.write_bytes(evidence.read_bytes()[:-1] + b"?")
    done = backup(data, tmp_path / "copy")
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert not list((tmp_path / "copy" / "vault").iterdir())


def test_a_damaged_catalog_leaves_the_earlier_backup(data: Path, tmp_path: Path) -> None:
    assert backup(data, tmp_path / "copy").returncode == 0
    kept = (tmp_path / "copy" / "catalog.sqlite3").read_bytes()
    with sqlite3.connect(data / "catalog.sqlite3") as catalog:
        catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (data / "catalog.sqlite3").open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xde\xad" * 20_000)
    assert backup(data, tmp_path / "copy").returncode == 1
    assert (tmp_path / "copy" / "catalog.sqlite3").read_bytes() == kept


def test_a_catalog_under_its_old_name_is_copied_under_the_new_one(data: Path, tmp_path: Path) -> None:
    open_repository(data).close()
    (data / "catalog.sqlite3").rename(data / "catalogue.sqlite3")
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "catalogue.sqlite3").write_bytes(b"the copy of the night before")
    assert backup(data, copy).returncode == 0
    assert [path.name for path in copy.glob("catalog*")] == ["catalog.sqlite3"]
    repository = open_repository(copy)
    assert repository.catalog.captures()
    repository.close()


def test_every_file_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "portal.md").read_text()
    for path in DEPLOY.iterdir():
        if path.name != "__pycache__":
            named = path.name if path.suffix != ".timer" else f"{path.stem}.service`, `.timer"
            assert named in page, path.name
