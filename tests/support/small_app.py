"""A small WSGI application for the worker's tests: it echoes, holds, and answers at length."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from typing import Any

LARGE = 24 * 1024 * 1024


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/echo":
        body = environ["wsgi.input"].read()
        answer = f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()
    elif path == "/unread":
        answer = b"not read"
    elif path == "/hold":
        time.sleep(1)
        answer = b"held"
    elif path == "/large":
        start_response("200 OK", [("Content-Length", str(LARGE))])
        return (b"x" * 65536 for _ in range(LARGE // 65536))
    elif path == "/medium":
        answer = b"y" * 900_000
    else:
        answer = environ["QUERY_STRING"].encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
