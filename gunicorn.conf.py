"""Gunicorn configuration of the portal: local address, two workers with threads, and the job worker as a child process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

from indexer.settings import BadSetting
from portal import config as settings
from portal import life
from portal.serving import Limits, PacedWorker

_config = settings.read()

bind = _config.address
workers = _config.web_workers
threads = _config.web_threads
worker_class = PacedWorker  # receives requests and sends responses without a thread, so slow clients block nobody
PacedWorker.limits = Limits(_config.client_seconds, _config.client_rate)
worker_connections = 512  # per worker; above it, the connection that has waited longest is closed
limit_request_line = 0  # the worker itself refuses a head of more than 64 KiB, with an explanation
preload_app = False  # each worker opens its own catalog and index
timeout = 120  # seconds without a heartbeat of the worker's loop
graceful_timeout = 20
keepalive = 5
accesslog = None  # the event log records user actions; addresses may contain search terms
loglevel = os.environ.get("SHOWME_LOG_LEVEL", "warning")

_stop = threading.Event()
_keeper: list[threading.Thread] = []
RESTART_AFTER = 3.0  # seconds


def on_starting(server: Any) -> None:
    """Check the addresses to listen on, then start the job worker and keep it running."""
    global _config  # noqa: PLW0603  # --bind is not known earlier
    addresses = [
        bound if isinstance(bound, str) else f"[{bound[0]}]:{bound[1]}" if ":" in bound[0] else f"{bound[0]}:{bound[1]}"
        for bound in server.cfg.address
    ]
    for address in addresses:
        os.environ["SHOWME_ADDRESS"] = f"unix:{address}" if address.startswith("/") else address
        try:
            _config = settings.read()
        except BadSetting as error:
            raise SystemExit(str(error)) from error
    if _config.is_exposed:
        print(f"Warning: this demo can be reached by other computers on {', '.join(addresses)}.", flush=True)  # noqa: T201  # for the terminal
    if _config.job_worker:
        _keeper.append(threading.Thread(target=_keep_worker, name="job-worker", daemon=True))
        _keeper[0].start()


def when_ready(_server: Any) -> None:
    """Print the portal's address and log the start, before the web workers start."""
    life.note(_config, "portal:started", f"process {os.getpid()}")
    print(f"Show-Me Records is at {_config.public_url}  (stop it with Ctrl-C)", flush=True)  # noqa: T201  # for the terminal


def on_exit(_server: Any) -> None:
    """Stop the job worker; its running jobs are shown as interrupted and can be restarted."""
    _stop.set()
    for keeper in _keeper:
        keeper.join(timeout=15)
    life.note(_config, "portal:stopped", f"process {os.getpid()}")


def _keep_worker() -> None:
    while not _stop.is_set():
        worker = subprocess.Popen([sys.executable, "-m", "portal", "--data", str(_config.data), "worker"])  # noqa: S603  # fixed command
        while worker.poll() is None:
            if _stop.wait(0.5):
                worker.terminate()
                try:
                    worker.wait(10)
                except subprocess.TimeoutExpired:
                    worker.kill()
                return
        _stop.wait(RESTART_AFTER)
