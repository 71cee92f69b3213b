"""A response on its way to a client: what the client takes is sent at once, the rest is held and blocks nobody."""

from __future__ import annotations

import socket

from portal.serving.client_socket import ClientSocket, Limits


def test_the_first_part_of_a_response_arrives_before_the_rest_is_there() -> None:
    ours, client = socket.socketpair()
    with ours, client:
        client.settimeout(5)
        sock = ClientSocket(ours, Limits())
        sock.sendall(b"first part")
        assert client.recv(100) == b"first part"
        sock.sendall(b"the rest")
        assert client.recv(100) == b"the rest"
        assert not sock.outbox


def test_a_client_that_reads_nothing_holds_up_no_thread() -> None:
    ours, client = socket.socketpair()
    with ours, client:
        sock = ClientSocket(ours, Limits())
        for _ in range(10):
            sock.sendall(b"x" * 90_000)
        assert 0 < len(sock.outbox) < 900_000
