"""How Gunicorn serves the portal: this computer only, two workers with threads, and the worker for long jobs beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

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


def on_starting(_server: Any) -> None:
    """Start the worker for long jobs, and start it again when it ends."""
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
