import asyncio
import json

import pytest
from starlette.responses import PlainTextResponse

from cchc_ml.web.limits import SECURITY_HEADERS, Guard, Limits, is_loopback


async def echo(scope, receive, send):
    """Answer with the body of the request."""
    message = await receive()
    await PlainTextResponse(message["body"])(scope, receive, send)


async def nothing_comes():
    await asyncio.Event().wait()


def ask(guard, *chunks, method="POST", host="127.0.0.1:8000", receive=None):
    """Send a request to a guard; return the status, the headers and the body of its answer, or None without answer."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks[:-1]]
    messages += [{"type": "http.request", "body": chunk, "more_body": False} for chunk in chunks[-1:]]
    pending, answer = iter(messages), []

    async def next_message():
        return next(pending)

    async def send(message):
        answer.append(message)

    scope = {"type": "http", "method": method, "path": "/", "headers": [(b"host", host.encode())]}
    asyncio.run(guard(scope, receive or next_message, send))
    if not answer:
        return None
    headers = {name.decode(): value.decode() for name, value in answer[0]["headers"]}
    return answer[0]["status"], headers, b"".join(message["body"] for message in answer[1:])


def test_a_request_is_passed_on_whole_and_answered_with_the_headers():
    status, headers, body = ask(Guard(echo, Limits(), local=True), b"a", b"", b"b")
    assert (status, body) == (200, b"ab")
    assert headers.items() >= {name.lower(): value for name, value in SECURITY_HEADERS.items()}.items()


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("127.8.9.1", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_answered(host, is_local):
    status, _, body = ask(Guard(echo, Limits(), local=True), b"a", host=host)
    assert status == (200 if is_local else 400)
    assert is_local or json.loads(body) == {
        "detail": "the request names a host that is not this machine; use 127.0.0.1 or localhost"
    }
    assert ask(Guard(echo, Limits(), local=False), b"a", host=host)[0] == 200


@pytest.mark.parametrize(("chunks", "status"), [((b"12345",), 200), ((b"123456",), 413), ((b"123", b"456"), 413)])
def test_a_body_has_a_limit_of_bytes(chunks, status):
    answer = ask(Guard(echo, Limits(body_bytes=5), local=True), *chunks)
    assert answer[0] == status
    assert status == 200 or json.loads(answer[2]) == {"detail": "the body has more than 5 bytes; send less at a time"}


def test_a_body_that_does_not_arrive_is_refused_and_frees_its_place():
    guard = Guard(echo, Limits(seconds=0.05, concurrent=1), local=True)
    for _ in range(2):
        status, _, body = ask(guard, receive=nothing_comes)
        assert (status, json.loads(body)) == (
            408,
            {"detail": "the body did not arrive within 0.05 seconds; send less at a time"},
        )
    assert ask(guard, b"a")[0] == 200


def test_a_client_that_disconnects_is_not_answered():
    async def disconnect():
        return {"type": "http.disconnect"}

    assert ask(Guard(echo, Limits(), local=True), receive=disconnect) is None


def test_requests_above_the_limit_are_refused_at_once_but_reading_pages_is_not_limited():
    guard = Guard(echo, Limits(concurrent=0), local=True)
    status, headers, body = ask(guard, b"a")
    assert (status, headers["retry-after"]) == (429, "1")
    assert json.loads(body) == {"detail": "0 requests are being worked on; try again"}
    assert ask(guard, b"a", method="GET")[0] == 200


def test_an_error_is_logged_by_type_and_place_only(caplog):
    async def broken(scope, receive, send):
        raise RuntimeError("Bà Huỳnh Thị Bí Mật")

    status, _, body = ask(Guard(broken, Limits(), local=True), b"a")
    assert (status, json.loads(body)) == (500, {"detail": "an error in the service; its log says where"})
    line = broken.__code__.co_firstlineno + 1
    assert caplog.messages == [f"RuntimeError at test_limits.py:{line}"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_addresses(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "cchc.example", "", "localhost.example"])
def test_other_addresses(host):
    assert not is_loopback(host)
