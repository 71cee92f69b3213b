"""How Gunicorn serves the portal: this computer only, two workers with threads, and the worker for long jobs beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

from indexer.settings import BadSetting
from portal import config as settings
from portal.serving import Limits, PacedWorker

_config = settings.read()

bind = _config.address
workers = _config.web_workers
threads = _config.web_threads
worker_class = PacedWorker  # requests are received and answers are sent without a thread: a slow client stops nobody
PacedWorker.limits = Limits(_config.client_seconds, _config.client_rate)
worker_connections = 512  # of each worker; then the one that has waited longest is closed
limit_request_line = 0  # the worker itself refuses a head of more than 64 KiB, in words
preload_app = False  # each worker opens its own catalog and index
timeout = 120  # seconds without a sign of life of the worker's loop
graceful_timeout = 20
keepalive = 5
accesslog = None  # the event log says who did what; addresses may hold search words
loglevel = os.environ.get("SHOWME_LOG_LEVEL", "warning")

_stop = threading.Event()
_keeper: list[threading.Thread] = []
RESTART_AFTER = 3.0  # seconds


def on_starting(server: Any) -> None:
    """Check where the portal is to listen, then start the worker for long jobs, and start it again when it ends."""
    global _config  # noqa: PLW0603  # --bind is known only now
    places = [
        place if isinstance(place, str) else f"[{place[0]}]:{place[1]}" if ":" in place[0] else f"{place[0]}:{place[1]}"
        for place in server.cfg.address
    ]
    for place in places:
        os.environ["SHOWME_ADDRESS"] = f"unix:{place}" if place.startswith("/") else place
        try:
            _config = settings.read()
        except BadSetting as error:
            raise SystemExit(str(error)) from error
    if _config.is_exposed:
        print(f"Warning: this demo can be reached by other computers on {', '.join(places)}.", flush=True)  # noqa: T201  # as below
    if _config.job_worker:
        _keeper.append(threading.Thread(target=_keep_worker, name="job-worker", daemon=True))
        _keeper[0].start()


def when_ready(_server: Any) -> None:
    """Say where the portal is."""
    print(f"Show-Me Records is at {_config.public_url}  (stop it with Ctrl-C)", flush=True)  # noqa: T201  # this is the terminal's line


def on_exit(_server: Any) -> None:
    """Stop the worker for long jobs; what it was doing is shown as interrupted and can be retried."""
    _stop.set()
    for keeper in _keeper:
        keeper.join(timeout=15)


def _keep_worker() -> None:
    while not _stop.is_set():
        worker = subprocess.Popen([sys.executable, "-m", "portal", "--data", str(_config.data), "worker"])  # noqa: S603  # our own command
        while worker.poll() is None:
            if _stop.wait(0.5):
                worker.terminate()
                try:
                    worker.wait(10)
                except subprocess.TimeoutExpired:
                    worker.kill()
                return
        _stop.wait(RESTART_AFTER)
