import asyncio
import gzip
import json
import logging

import pytest
from starlette.responses import PlainTextResponse

from cchc_ml.web.access import Access
from cchc_ml.web.guard import PIECE_BYTES, SECURITY_HEADERS, Guard, route_path
from cchc_ml.web.limits import Limits
from cchc_ml.web.metrics import Metrics
from cchc_ml.web.problems import RefusalError


async def echo(scope, receive, send):
    """Answer with the body of the request."""
    message = await receive()
    await PlainTextResponse(message["body"])(scope, receive, send)


async def nothing_comes():
    await asyncio.Event().wait()


class Client:
    """Sends a request to a guard, and keeps the answer."""

    def __init__(self, *chunks, method="POST", host="127.0.0.1:8000", address="127.0.0.1", headers=(), path="/"):
        self.messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        if self.messages:
            self.messages[-1]["more_body"] = False
        named = {"host": host, "content-length": str(sum(map(len, chunks))), **dict(headers)}
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
            "client": (address, 1),
        }
        self.answer, self.gone = [], asyncio.Event()

    async def receive(self):
        if self.messages:
            return self.messages.pop(0)
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.answer.append(message)

    async def run(self, guard):
        await guard(self.scope, self.receive, self.send)
        return self

    @property
    def status(self):
        return self.answer[0]["status"] if self.answer else None

    @property
    def headers(self):
        return {name.decode(): value.decode() for name, value in self.answer[0]["headers"]}

    @property
    def body(self):
        return b"".join(message["body"] for message in self.answer[1:])

    @property
    def problem(self):
        assert self.headers["content-type"] == "application/problem+json"
        return json.loads(self.body)


def ask(guard, *chunks, **named):
    """Send a request to a guard."""
    return asyncio.run(Client(*chunks, **named).run(guard))


def test_a_request_is_passed_on_whole_and_answered_with_the_headers():
    client = ask(Guard(echo, Limits()), b"a", b"", b"b")
    assert (client.status, client.body) == (200, b"ab")
    assert client.headers.items() >= {name.lower(): value for name, value in SECURITY_HEADERS.items()}.items()
    assert "connection" not in client.headers


@pytest.mark.parametrize(
    ("given", "is_taken"), [("a-1.b_2", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("", False)]
)
def test_every_answer_has_a_request_id(given, is_taken):
    guard = Guard(echo, Limits(body_bytes=5))
    for chunks in ((b"a",), (b"123456",)):
        client = ask(guard, *chunks, headers={"x-request-id": given})
        assert (client.headers["x-request-id"] == given) == is_taken
        assert client.headers["x-request-id"]
    assert client.problem["request_id"] == client.headers["x-request-id"]


@pytest.mark.parametrize(("chunks", "status"), [((b"12345",), 200), ((b"123456",), 413), ((b"123", b"456"), 413)])
def test_a_body_has_a_limit_of_bytes(chunks, status):
    for headers in ({}, {"content-length": "1"}):
        client = ask(Guard(echo, Limits(body_bytes=5)), *chunks, headers=headers)
        assert client.status == status
        if status == 413:
            assert client.problem["code"] == "body_too_large"
            assert client.problem["detail"] == "the body has more than 5 bytes; send less at a time"
            assert client.headers["connection"] == "close"


def test_a_body_that_says_that_it_is_too_large_is_not_read():
    client = Client(b"1", headers={"content-length": "99999999999999999999999999"})
    asyncio.run(client.run(Guard(echo, Limits())))
    assert client.status == 413
    assert len(client.messages) == 1


def test_a_body_is_unpacked_within_the_limit():
    guard = Guard(echo, Limits(body_bytes=20_000))
    packed = {"content-encoding": "gzip"}
    assert ask(guard, gzip.compress(b"a" * 20_000), headers=packed).body == b"a" * 20_000
    assert ask(guard, gzip.compress(b"a" * 20_001), headers=packed).problem["code"] == "body_too_large"
    assert ask(guard, b"a", headers=packed).problem["code"] == "malformed_body"
    assert ask(guard, b"a", headers={"content-encoding": "br"}).problem["code"] == "unsupported_encoding"


def test_all_bodies_together_have_a_limit():
    async def both():
        guard = Guard(echo, Limits(held_bytes=9))
        first, second = Client(), Client(b"12345")
        first.messages = [{"type": "http.request", "body": b"12345", "more_body": True}]
        waiting = asyncio.create_task(first.run(guard))
        await asyncio.sleep(0)
        assert (await second.run(guard)).problem["code"] == "busy"
        first.gone.set()
        await waiting
        assert guard.n_held_bytes == 0
        assert (await Client(b"12345").run(guard)).status == 200

    asyncio.run(both())


def test_a_body_that_does_not_arrive_is_refused_and_frees_its_place():
    guard = Guard(echo, Limits(seconds=0.05, concurrent=1))
    for _ in range(2):
        client = ask(guard)
        assert (client.status, client.problem["code"]) == (408, "too_slow")
        assert client.problem["detail"] == "the body did not arrive within 0.05 seconds; send less at a time"
    assert ask(guard, b"a").status == 200


def test_a_client_that_disconnects_is_not_answered():
    client = Client()
    client.gone.set()
    assert asyncio.run(client.run(Guard(echo, Limits()))).status is None


def test_work_for_a_client_that_disconnects_is_cancelled():
    async def leave():
        begun, cancelled = asyncio.Event(), asyncio.Event()

        async def slow(scope, receive, send):
            await receive()
            begun.set()
            try:
                await nothing_comes()
            finally:
                cancelled.set()

        client, guard = Client(b"a"), Guard(slow, Limits())
        work = asyncio.create_task(client.run(guard))
        await begun.wait()
        assert guard.n_busy == 1
        client.gone.set()
        await asyncio.wait_for(work, 10)
        assert cancelled.is_set()
        assert client.status is None
        assert guard.n_busy == 0

    asyncio.run(leave())


def test_requests_above_the_limit_are_refused_at_once_but_reading_pages_is_not_limited():
    guard = Guard(echo, Limits(concurrent=0))
    client = ask(guard, b"a")
    assert (client.status, client.headers["retry-after"], client.headers["connection"]) == (429, "1", "close")
    assert client.problem["detail"] == "0 requests are being worked on; try again"
    assert ask(guard, b"a", method="GET").status == 200


def test_one_client_does_not_have_all_places():
    async def fill():
        guard = Guard(echo, Limits(concurrent=3, concurrent_per_client=2))
        slow = [Client(address="10.0.0.1") for _ in range(2)]
        work = [asyncio.create_task(client.run(guard)) for client in slow]
        await asyncio.sleep(0)
        refused = await Client(b"a", address="10.0.0.1").run(guard)
        assert refused.problem["detail"] == "2 requests of this address are being worked on; try again"
        assert (await Client(b"a", address="10.0.0.2").run(guard)).status == 200
        for client in slow:
            client.gone.set()
        await asyncio.gather(*work)
        assert (await Client(b"a", address="10.0.0.1").run(guard)).status == 200

    asyncio.run(fill())


def test_what_may_not_ask_is_refused_before_its_body_is_read():
    client = Client(b"a", host="evil.example")
    asyncio.run(client.run(Guard(echo, Limits())))
    assert (client.status, client.problem["code"]) == (400, "wrong_host")
    assert client.headers["connection"] == "close"
    assert len(client.messages) == 1
    token = ask(Guard(echo, Limits(), Access(token="s3cret")), b"a")
    assert (token.status, token.problem["code"]) == (401, "unauthorized")


def test_head_is_answered_as_get_without_a_body():
    guard = Guard(echo, Limits())
    got, head = ask(guard, b"abc", method="GET"), ask(guard, b"abc", method="HEAD")
    assert (got.body, head.body) == (b"abc", b"")
    assert head.headers["content-length"] == "3"
    assert head.status == 200


def test_a_long_answer_is_sent_in_pieces():
    body = b"0123456789" * PIECE_BYTES

    async def long(scope, receive, send):
        await PlainTextResponse(body)(scope, receive, send)

    client = ask(Guard(long, Limits()), b"a")
    assert client.body == body
    assert max(len(message["body"]) for message in client.answer[1:]) == PIECE_BYTES
    assert [message["more_body"] for message in client.answer[1:]] == [True] * 9 + [False]


def test_an_error_is_logged_by_type_and_place_only(caplog):
    async def broken(scope, receive, send):
        raise RuntimeError("Bà Huỳnh Thị Bí Mật")

    client = ask(Guard(broken, Limits()), b"a", path="/bi-mat", headers={"x-request-id": "7"})
    assert (client.status, client.problem["code"]) == (500, "internal")
    line = broken.__code__.co_firstlineno + 1
    error, refusal = map(json.loads, caplog.messages)
    del error["time"], refusal["time"], refusal["seconds"]
    assert error == {
        "level": "error",
        "event": "error",
        "error": f"RuntimeError at test_guard.py:{line}",
        "path": "other",
        "request_id": "7",
    }
    assert refusal == {
        "level": "warning",
        "event": "refused",
        "code": "internal",
        "status": 500,
        "method": "POST",
        "path": "other",
        "request_id": "7",
    }


def test_an_answer_is_not_logged_and_a_known_path_is_named(caplog):
    caplog.set_level(logging.DEBUG, "cchc_ml.web")
    guard = Guard(echo, Limits(body_bytes=1), paths=frozenset({"/v1/tag"}), root_path="/cchc")
    ask(guard, b"a", path="/cchc/v1/tag")
    assert caplog.messages == []
    ask(guard, b"ab", path="/cchc/v1/tag")
    assert json.loads(caplog.messages[0])["path"] == "/v1/tag"


def test_answers_and_refusals_are_counted():
    metrics = Metrics()
    guard = Guard(echo, Limits(body_bytes=1), metrics=metrics, paths=frozenset({"/a"}))
    ask(guard, b"1", path="/a")
    ask(guard, b"12", path="/b", method="POST")
    text = metrics.text().decode()
    assert 'cchc_requests_total{method="POST",path="/a",status="200"} 1.0' in text
    assert 'cchc_requests_total{method="POST",path="other",status="413"} 1.0' in text
    assert 'cchc_refusals_total{code="body_too_large"} 1.0' in text


@pytest.mark.parametrize(
    ("path", "root", "want"),
    [("/a", "", "/a"), ("/c/a", "/c", "/a"), ("/c/a", "/c/", "/a"), ("/ca", "/c", "/ca"), ("/c/c/a", "/c", "/c/a")],
)
def test_the_path_behind_a_proxy(path, root, want):
    assert route_path({"path": path, "root_path": root}) == want


def test_a_refusal_in_the_application_after_the_answer_began_sends_no_second_answer():
    async def late(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RefusalError("busy", "late")

    assert [message["type"] for message in ask(Guard(late, Limits()), b"a").answer] == ["http.response.start"]
