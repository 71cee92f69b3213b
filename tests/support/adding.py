"""Adding archives as a browser without scripts does: send, look at the preview, add."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from flask.testing import FlaskClient

from portal.jobs import runners
from tests.support.town import Town, token


def previewed(town: Town, client: FlaskClient, paths: Sequence[Path], **form: str) -> str:
    """Send files, let the worker look at them, and return the address of the preview."""
    files = [(io.BytesIO(path.read_bytes()), path.name) for path in paths]
    answer = client.post("/captures/upload", data={"csrf_token": token(client, "/archives/add"), "archive": files, **form})
    assert answer.status_code == 302, answer.text
    return looked(town, answer.headers["Location"])


def looked(town: Town, address: str) -> str:
    """Run the job of a preview, and return its address."""
    runners.run(town.repository, int(address.rsplit("/", 1)[1]))
    return address


def added(client: FlaskClient, preview: str, **form: str) -> str:
    """Add what a preview shows; return where that leads: to the job of the archive, or to the list."""
    answer = client.post(f"{preview}/confirm", data={"csrf_token": token(client, "/archives/add"), **form})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]
