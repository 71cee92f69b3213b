"""The portal's settings, in addition to the indexer's: a table of name, default and help, read from SHOWME_* variables."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from indexer import private_files, settings
from indexer.settings import LETTERHEAD_SETTINGS, LINE_BREAK, BadSetting, Letterhead, Setting, read_letterhead

LONG_QUERIES = "long_queries.sqlite3"  # in the data folder

PORTAL_SETTINGS = (
    Setting("SHOWME_SECRET_KEY", "", "Signs cookies. At least 32 random characters; start fails without it, except in the demo."),
    Setting("SHOWME_DEMO", "0", "1: a demo on this computer. Makes a secret key and allows cookies over plain HTTP."),
    Setting(
        "SHOWME_DEMO_ANYWHERE", "0", "1: the demo may listen on an address that other computers can reach; every page then shows a warning."
    ),
    Setting("SHOWME_ADDRESS", "127.0.0.1:8000", "Where the portal listens, and the address that printed links begin with."),
    Setting("SHOWME_PUBLIC_URL", "", "Address that people type if a proxy is in front of the portal; empty: http:// and SHOWME_ADDRESS."),
    Setting("SHOWME_PROXIES", "0", "How many trusted proxies are in front of the portal and set X-Forwarded-For, -Proto, and -Host."),
    *LETTERHEAD_SETTINGS,
    Setting(
        "SHOWME_PUBLIC_CHECK",
        "0",
        "1: anyone can check a certificate file at /check without signing in: whether it is unaltered and in the event log, nothing else.",
    ),
    Setting("SHOWME_WEB_WORKERS", "2", "Web worker processes."),
    Setting("SHOWME_WEB_THREADS", "4", "Threads of each web worker."),
    Setting(
        "SHOWME_JOB_WORKER",
        "1",
        "1: the portal starts the job worker itself. 0: the worker runs as a separate service (python -m portal worker).",
    ),
    Setting("SHOWME_MAX_UPLOAD_GB", "64", "Largest upload, in GiB."),
    Setting(
        "SHOWME_CLIENT_SECONDS",
        "20",
        "Seconds a browser may take to send a request, plus its size divided by SHOWME_CLIENT_RATE.",
    ),
    Setting(
        "SHOWME_CLIENT_RATE", "500", "Minimum bytes per second that a browser must send or receive, measured over SHOWME_CLIENT_SECONDS."
    ),
    Setting("SHOWME_SIGN_IN_HOURS", "10", "Hours after which a sign-in ends in any case."),
    Setting("SHOWME_IDLE_MINUTES", "60", "Minutes without activity after which a sign-in ends."),
)

MIN_SECRET = 32
DEMO_BODY, NEUTRAL_BODY = "City of Kestrel Bend", "Social media records"
DEMO_LETTERHEAD = {
    "SHOWME_BODY_NAME": DEMO_BODY,
    "SHOWME_BODY_ADDRESS": LINE_BREAK.join(("Office of the City Clerk", "14 Ferry Street", "Kestrel Bend, Missouri")),
    "SHOWME_BODY_CONTACT": "(573) 555-0142 · clerk@kestrelbend.example",
    "SHOWME_BODY_SEAL": str(Path(__file__).parent / "static" / "seal-of-kestrel-bend.svg"),
}
HOW_TO_MAKE = "Make one: python -c 'import secrets; print(secrets.token_hex(32))'"
DEMO_STAYS_HOME = (
    "The demo listens on {address}, which other computers can reach: it uses plain HTTP and shows its records to anyone. "
    "Let it listen on 127.0.0.1, or set SHOWME_DEMO_ANYWHERE=1 as well. To serve other people, remove SHOWME_DEMO and see docs/portal.md."
)
MAX_CHECK, MAX_PUBLIC_CHECK = 256 * 2**20, 16 * 2**20  # bytes of a file that is checked, with and without signing in
LINK_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Config:
    """The validated settings of the portal."""

    data: Path
    secret_key: str
    demo: bool
    address: str
    is_exposed: bool  # the demo accepts connections from other computers
    public_url: str
    proxies: int
    body_name: str
    letterhead: Letterhead
    public_check: bool  # certificate files can be checked without signing in
    web_workers: int
    web_threads: int
    job_worker: bool
    max_upload: int  # bytes
    client_seconds: int
    client_rate: int  # bytes a second
    sign_in_life: timedelta
    idle_life: timedelta

    @property
    def uploads(self) -> Path:
        """Folder of uploaded archives until they are in custody."""
        return self.data / "uploads"

    @property
    def limits_file(self) -> Path:
        """Sign-in attempts, counted across all web workers of this computer."""
        return self.data / "limits.sqlite3"

    @property
    def long_queries_file(self) -> Path:
        """Queries too long for an address, and record sets."""
        return self.data / LONG_QUERIES

    @property
    def event_queue_file(self) -> Path:
        """Events not yet written to the event log."""
        return self.data / "late_events.sqlite3"

    @property
    def queue_file(self) -> Path:
        """The queue of long jobs."""
        return self.data / "queue.sqlite3"

    @property
    def worker_lock(self) -> Path:
        """Lock file (flock) of the only process that runs jobs."""
        return self.data / "worker.lock"


def read(environ: Mapping[str, str] | None = None, data: Path | None = None) -> Config:
    """Return the validated settings; create the data folder if it is missing. Raises BadSetting."""
    variables = os.environ if environ is None else environ
    table = {setting.name: variables.get(setting.name) or setting.default for setting in PORTAL_SETTINGS}
    demo = _switch(table, "SHOWME_DEMO")
    is_exposed = demo and not is_loopback(table["SHOWME_ADDRESS"])
    if is_exposed and not _switch(table, "SHOWME_DEMO_ANYWHERE"):
        raise BadSetting(DEMO_STAYS_HOME.format(address=table["SHOWME_ADDRESS"]))
    folder = settings.paths(data or settings.read("SHOWME_DATA", variables)).data
    if private_files.is_read_only(folder):
        raise BadSetting(
            f"The data folder {folder} is read-only: the portal keeps sign-ins, jobs and the event log there. Make it writable; "
            "until then, search it with: python -m indexer search"
        )
    private_files.make_private(folder)
    return Config(
        data=folder,
        secret_key=_secret(table["SHOWME_SECRET_KEY"], folder, demo=demo),
        demo=demo,
        address=table["SHOWME_ADDRESS"],
        is_exposed=is_exposed,
        public_url=(table["SHOWME_PUBLIC_URL"] or f"http://{table['SHOWME_ADDRESS']}").rstrip("/"),
        proxies=_number(table, "SHOWME_PROXIES", least=0),
        body_name=table["SHOWME_BODY_NAME"] or (DEMO_BODY if demo else NEUTRAL_BODY),
        letterhead=letterhead(variables),
        public_check=_switch(table, "SHOWME_PUBLIC_CHECK"),
        web_workers=_number(table, "SHOWME_WEB_WORKERS"),
        web_threads=_number(table, "SHOWME_WEB_THREADS"),
        job_worker=_switch(table, "SHOWME_JOB_WORKER"),
        max_upload=_number(table, "SHOWME_MAX_UPLOAD_GB") * 2**30,
        client_seconds=_number(table, "SHOWME_CLIENT_SECONDS"),
        client_rate=_number(table, "SHOWME_CLIENT_RATE"),
        sign_in_life=timedelta(hours=_number(table, "SHOWME_SIGN_IN_HOURS")),
        idle_life=timedelta(minutes=_number(table, "SHOWME_IDLE_MINUTES")),
    )


def letterhead(environ: Mapping[str, str] | None = None) -> Letterhead:
    """Return the letterhead of the settings; the demo's city has one of its own. Raises BadSetting."""
    variables = os.environ if environ is None else environ
    is_demo_city = variables.get("SHOWME_DEMO") == "1" and variables.get("SHOWME_BODY_NAME", "") in {"", DEMO_BODY}
    chosen = {name: value for name, value in variables.items() if value}
    return read_letterhead({**DEMO_LETTERHEAD, **chosen} if is_demo_city else chosen)


def settings_for_log(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return every setting and its value for the event log, without the secret key and the database password."""
    variables = os.environ if environ is None else environ
    table = {setting.name: variables.get(setting.name) or setting.default for setting in (*settings.SETTINGS, *PORTAL_SETTINGS)}
    if table["SHOWME_SECRET_KEY"]:
        table["SHOWME_SECRET_KEY"] = "(set)"  # noqa: S105  # hides the key
    address = table["SHOWME_DATABASE_URL"]
    if address:
        try:
            table["SHOWME_DATABASE_URL"] = make_url(address).render_as_string(hide_password=True).partition("?")[0]
        except ArgumentError:
            table["SHOWME_DATABASE_URL"] = "(not an address)"
    return table


def is_loopback(address: str) -> bool:
    """Whether only this computer can reach an address: a socket file, localhost, 127.0.0.0/8 or [::1]."""
    if address.startswith("unix:"):
        return True
    host = address.rpartition(":")[0].strip("[]") if ":" in address else address
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _switch(table: Mapping[str, str], name: str) -> bool:
    if table[name] not in {"0", "1"}:
        raise BadSetting(f"{name} is {table[name]!r}; it can be 0 or 1.")
    return table[name] == "1"


def _number(table: Mapping[str, str], name: str, least: int = 1) -> int:
    value = table[name]
    if not (value.isascii() and value.isdigit()) or int(value) < least:
        raise BadSetting(f"{name} is {value!r}; it must be a whole number, {least} or more.")
    return int(value)


def _secret(setting: str, folder: Path, *, demo: bool) -> str:
    """Return the key that signs cookies; the demo saves a random key, so that people stay signed in after a restart."""
    if setting:
        if len(setting) < MIN_SECRET:
            raise BadSetting(f"SHOWME_SECRET_KEY is shorter than {MIN_SECRET} characters. {HOW_TO_MAKE}.")
        return setting
    if not demo:
        raise BadSetting(f"SHOWME_SECRET_KEY is not set. {HOW_TO_MAKE}. For a demo on this computer, set SHOWME_DEMO=1 instead.")
    file = folder / "secret_key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _saved_secret(file)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(32))
    return _saved_secret(file)


def _saved_secret(file: Path) -> str:
    secret = file.read_text(encoding="ascii").strip()
    if len(secret) < MIN_SECRET:
        raise BadSetting(f"{file} is damaged. Delete it and start again: a new key is made, and everyone signs in again.")
    return secret
