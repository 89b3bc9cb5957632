"""What a connection may do, over sockets."""

import json
import socket
import time
from contextlib import suppress

import psutil
import pytest
from service_process import TEXT, everything, service, wait_until

from cchc_ml.web.problems import PROBLEMS

pytestmark = pytest.mark.slow

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /v1/tag HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BODY = json.dumps({"text": TEXT}).encode()


@pytest.fixture(scope="module")
def running():
    options = {"head-seconds": 1, "idle-seconds": 1, "seconds": 3, "max-connections": 40, "max-chunks": 50}
    with service(*(f"--{name}={value}" for name, value in options.items())) as running:
        yield running


def parts(answer):
    """Return status, headers in lower case, and body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode().lower(), body


def problem(answer):
    """Return the code of a refusal, after checking that it is a whole answer."""
    status, head, body = parts(answer)
    found = json.loads(body)
    assert "content-type: application/problem+json" in head
    assert "x-content-type-options: nosniff" in head
    assert "connection: close" in head
    assert f"content-length: {len(body)}" in head
    assert found["status"] == status == PROBLEMS[found["code"]][0]
    return found["code"]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"\0\1\2\r\n\r\n", "malformed_request"),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n bad\r\n\r\n", "malformed_request"),
        (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET, "malformed_request"),
        (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345" + GET, "malformed_request"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + GET, "malformed_request"),
        (GET + b"x: " + b"a" * 40_000 + b"\r\n\r\n", "head_too_large"),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", "head_too_large"),
        (GET + b"x: 1\r\n" * 200 + b"\r\n", "head_too_large"),
        (GET + b"x: " + b"a" * 1_000_000, "head_too_large"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 51 + b"0\r\n\r\n", "too_many_chunks"),
        (POST + b"Content-Length: 99999999\r\n\r\n", "body_too_large"),
        (POST + b"Content-Length: 10\r\n\r\n1234", "too_slow"),
        (GET + b"x: 1", "too_slow"),
        (b"\r\n\r\n", "too_slow"),
    ],
    ids=range(14),
)
def test_what_is_refused_closes_the_connection(running, request_, code):
    start = time.monotonic()
    assert problem(running.send(request_)) == code
    assert time.monotonic() - start < 15
    assert wait_until(lambda: code in [line["code"] for line in running.log()[-1:]])
    assert f'cchc_refusals_total{{code="{code}"}}' in running.ask("GET", "/metrics")[2].decode()


def test_a_connection_without_a_request_is_closed(running):
    start = time.monotonic()
    assert running.send(b"") == b""
    with running.connect() as client:
        client.sendall(GET + b"\r\n")
        assert parts(everything(client))[0] == 200
    assert time.monotonic() - start < 15


def test_a_connection_serves_several_requests(running):
    post = POST + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
    last = GET + b"Connection: close\r\n\r\n"
    assert running.send(post + GET + b"\r\n" + post + last).count(b"HTTP/1.1 200") == 4


def test_headers_after_a_chunked_body_are_not_headers(running):
    for name in (b"Host: evil.example", b"Origin: http://evil.example", b"Content-Encoding: br"):
        body = b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(BODY), BODY, name)
        answer = running.send(POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
        assert parts(answer)[0] == 200


def test_a_client_that_waits_to_be_told_is_told(running):
    with running.connect() as client:
        client.sendall(POST + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY))
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(BODY)
        assert parts(everything(client))[0] == 200
    answer = running.send(POST + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
    assert problem(answer) == "body_too_large"  # without a word before


def test_another_protocol_is_not_spoken(running):
    answer = running.send(GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    assert parts(answer)[0] == 200


def test_a_body_that_nobody_wants_is_not_read_for_long(running):
    """A GET whose body never ends."""
    sent, start = 0, time.monotonic()
    with running.connect() as client, suppress(OSError):  # the service closes the connection
        client.sendall(GET + b"Transfer-Encoding: chunked\r\n\r\n")
        while time.monotonic() - start < 60:
            client.sendall(b"fffff\r\n" + b"a" * 0xFFFFF + b"\r\n")
            sent += 0xFFFFF
    assert time.monotonic() - start < 30
    assert sent < 100_000_000


def test_one_address_has_half_of_the_connections(running):
    clients = [running.connect() for _ in range(30)]
    try:
        time.sleep(0.3)
        assert parts(running.send(GET + b"Connection: close\r\n\r\n", "127.0.0.2"))[0] == 200
        assert running.send(GET + b"\r\n") == b""
    finally:
        for client in clients:
            client.close()


def n_established(running):
    return sum(c.status == psutil.CONN_ESTABLISHED for c in running.of_system.net_connections())


def test_a_client_that_does_not_read_its_answer_is_let_go(running):
    """A long answer that stays in the memory of the service."""
    body = json.dumps({"text": ["hồ sơ " * 200] * 1_000, "threshold": 0}).encode()
    with running.connect() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.sendall(POST + b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        assert wait_until(lambda: n_established(running) == 1)
        assert wait_until(lambda: n_established(running) == 0)
    assert running.ask("GET", "/healthz")[0] == 200
