"""The portal answers while many clients send and read next to nothing, without signing in."""

from __future__ import annotations

import contextlib
import time
from contextlib import ExitStack
from pathlib import Path

from tests.support.servers import serving

SIGN_IN = b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3000\r\n\r\nname="


def test_health_is_told_while_slow_clients_hold_on(tmp_path: Path) -> None:
    with serving(tmp_path, "wsgi:app", "/healthz", SHOWME_CLIENT_SECONDS="3") as server, ExitStack() as stack:
        slow = [stack.enter_context(server.connect()) for _ in range(64 + 12 + 12)]
        for client in slow[:64]:
            client.sendall(b"GET /sign-in HTTP/1.1\r\nX-Slow: ")
        for client in slow[64:76]:
            client.sendall(SIGN_IN)
        for client in slow[76:]:
            client.sendall(b"GET /sign-in HTTP/1.1\r\nHost: a\r\n\r\n" * 20)  # and reads none of the answers
        for _ in range(12):
            begun = time.monotonic()
            assert b'"status":"ok"' in server.get("/healthz", timeout=2)
            assert time.monotonic() - begun < 2
            for client in slow[:76]:
                with contextlib.suppress(OSError):  # those at the limit have been ended
                    client.sendall(b"a")
            time.sleep(0.4)
    assert "Traceback" not in server.log.read_text()
