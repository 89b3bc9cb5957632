"""The guard in front of an application: who may ask, how much, how long; and what every answer has."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .access import Access, client_of
from .coding import unpack
from .limits import Limits
from .logs import log, place
from .metrics import Metrics
from .problems import RefusalError, problem

__all__ = ["SECURITY_HEADERS", "Exchange", "Guard"]

# Headers of every answer. A page that needs another policy sets its own.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# After such a refusal, the connection is closed.
CLOSING = {408, 413, 429, 503}
# A long answer is sent in pieces, so that what a client does not read stays here, where it is counted.
PIECE_BYTES = 262_144
# A client must read an answer within these seconds, and more for a long answer: so many bytes a second.
READING_SECONDS, READING_SPEED = 30, 50_000
# Larger bodies are unpacked in a thread.
MAX_BYTES_AT_ONCE = 10_000
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass
class Exchange:
    """A request and its answer, for the log, the metrics and the answer's headers.

    Attributes
    ----------
    path, method : str
        "other" if the path is not one of the service's own, so that nothing that was sent is logged.
    request_id : str
        The client's own, if it has the usual form.
    client : str
        The address by which the request is counted.
    """

    path: str
    method: str
    request_id: str
    client: str
    begun: float = field(default_factory=time.perf_counter)
    status: int | None = None
    refusal: str | None = None
    must_close: bool = False
    is_answered: bool = False

    @classmethod
    def of(cls, scope: Scope, headers: Headers, paths: frozenset[str]) -> Exchange:
        """Return the record of a request that begins."""
        path, given = route_path(scope), headers.get("x-request-id", "")
        address = scope["client"][0] if scope.get("client") else ""
        return cls(
            path=path if path in paths else "other",
            method=scope["method"] if scope["method"] in METHODS else "other",
            request_id=given if _REQUEST_ID.fullmatch(given) else uuid4().hex,
            client=client_of(address),
        )


def route_path(scope: Scope) -> str:
    """Return the path of a request without the prefix under which a proxy publishes the service."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


class Guard:
    """ASGI middleware: checks who asks, receives bodies within the limits, and answers if something breaks.

    Parameters
    ----------
    app : ASGI application
        The application behind the guard.
    limits : Limits
    access : Access, optional
        Who may ask; by default this machine.
    metrics : Metrics, optional
        Where requests are counted.
    paths : frozenset of str
        The paths of the application, as they may be logged.
    root_path : str
        The prefix under which a proxy publishes the service.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        access: Access | None = None,
        metrics: Metrics | None = None,
        paths: frozenset[str] = frozenset(),
        root_path: str = "",
    ) -> None:
        self.app, self.limits, self.access = app, limits, access or Access()
        self.metrics, self.paths, self.root_path = metrics, paths, root_path
        self._n_busy: Counter[str] = Counter()
        self.n_held_bytes = 0

    @property
    def n_busy(self) -> int:
        """How many requests are received or worked on."""
        return self._n_busy.total()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "root_path": self.root_path or scope.get("root_path", "")}
        exchange = Exchange.of(scope, Headers(scope=scope), self.paths)
        scope["exchange"] = exchange
        answer = _Answer(exchange, scope["method"], send)
        try:
            await self._pass_on(scope, receive, answer, exchange)
        except RefusalError as error:
            await self._refuse(error, scope, receive, answer, exchange)
        except asyncio.CancelledError:  # by the server, at the end of the grace period
            refusal = RefusalError("stopping", "the service is being stopped; send the request again")
            await self._refuse(refusal, scope, receive, answer, exchange)
        except Exception as error:
            log(logging.ERROR, "error", error=place(error), path=exchange.path, request_id=exchange.request_id)
            refusal = RefusalError("internal", "an error in the service; its log says where")
            await self._refuse(refusal, scope, receive, answer, exchange)
        finally:
            self._record(exchange)

    async def _pass_on(self, scope: Scope, receive: Receive, answer: _Answer, exchange: Exchange) -> None:
        headers = Headers(scope=scope)
        exchange.must_close = _has_body(headers)  # until it has been received
        self.access.check(scope["method"], route_path(scope), headers)
        if scope["method"] == "POST":
            await self._pass_on_with_body(scope, receive, answer, exchange)
        elif scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, answer.send)
        else:
            await self.app(scope, receive, answer.send)

    async def _refuse(
        self, error: RefusalError, scope: Scope, receive: Receive, answer: _Answer, exchange: Exchange
    ) -> None:
        exchange.refusal = error.code
        if exchange.status is None:
            response = problem(error.code, error.detail, error.headers, request_id=exchange.request_id)
            await response(scope, receive, answer.send)

    def _record(self, exchange: Exchange) -> None:
        seconds = time.perf_counter() - exchange.begun
        if exchange.refusal:
            log(
                logging.WARNING,
                "refused",
                code=exchange.refusal,
                status=exchange.status,
                method=exchange.method,
                path=exchange.path,
                seconds=round(seconds, 3),
                request_id=exchange.request_id,
            )
        if self.metrics:
            if exchange.refusal:
                self.metrics.count_refusal(exchange.refusal)
            if exchange.status is not None:
                self.metrics.count(exchange.path, exchange.method, exchange.status, seconds)

    async def _pass_on_with_body(self, scope: Scope, receive: Receive, answer: _Answer, exchange: Exchange) -> None:
        headers = Headers(scope=scope)
        with self._slot(exchange.client):
            n_bytes = [0]
            try:
                body = await self._received(receive, headers, n_bytes)
                if body is None:
                    return
                exchange.must_close = False
                await self._work(scope, receive, answer, body)
            finally:
                self.n_held_bytes -= n_bytes[0]

    @contextmanager
    def _slot(self, client: str) -> Iterator[None]:
        """Count a request in, or refuse it."""
        if self.n_busy >= self.limits.concurrent:
            raise _busy(f"{self.n_busy} requests are being worked on; try again")
        if self._n_busy[client] >= self.limits.concurrent_per_client:
            raise _busy(f"{self._n_busy[client]} requests of this address are being worked on; try again")
        self._n_busy[client] += 1
        try:
            yield
        finally:
            self._n_busy[client] -= 1
            if not self._n_busy[client]:
                del self._n_busy[client]

    async def _received(self, receive: Receive, headers: Mapping[str, str], n_bytes: list[int]) -> bytes | None:
        """Return the body of a request, unpacked, or None if the client has disconnected."""
        most = self.limits.body_bytes
        too_large = RefusalError("body_too_large", f"the body has more than {most:,} bytes; send less at a time")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(self.limits.seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    part = message.get("body", b"")
                    body += part
                    n_bytes[0] += len(part)
                    self.n_held_bytes += len(part)
                    if len(body) > most:
                        raise too_large
                    if self.n_held_bytes > self.limits.held_bytes:
                        raise _busy("the requests that are being worked on are too large together; try again")
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            detail = f"the body did not arrive within {self.limits.seconds:g} seconds; send less at a time"
            raise RefusalError("too_slow", detail) from None
        coding = headers.get("content-encoding", "")
        if coding and len(body) > MAX_BYTES_AT_ONCE:
            return await asyncio.to_thread(unpack, bytes(body), coding, most)
        return unpack(bytes(body), coding, most)

    async def _work(self, scope: Scope, receive: Receive, answer: _Answer, body: bytes) -> None:
        """Let the application answer. If the client disconnects before, stop it."""
        bodies = [body]

        async def receive_body() -> Message:
            return {"type": "http.request", "body": bodies.pop() if bodies else b"", "more_body": False}

        work = asyncio.ensure_future(self.app(scope, receive_body, answer.send))
        del body
        gone = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
            if work.done() or answer.exchange.is_answered:
                await work
        except TimeoutError:  # the client does not read the answer
            answer.exchange.refusal = "too_slow"
        finally:
            for task in (work, gone):
                if not task.done():
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task


class _Answer:
    """Sends an answer: with the headers that every answer has, without a body for HEAD, and in pieces."""

    def __init__(self, exchange: Exchange, method: str, send: Send) -> None:
        self.exchange, self._is_head, self._send = exchange, method == "HEAD", send

    async def send(self, message: Message) -> None:
        """Send a message of ASGI."""
        if message["type"] == "http.response.start":
            self._add_headers(message)
            await self._send(message)
        elif message["type"] == "http.response.body":
            await self._send_body(message)
        else:
            await self._send(message)

    def _add_headers(self, message: Message) -> None:
        self.exchange.status = message["status"]
        headers = MutableHeaders(scope=message)
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = self.exchange.request_id
        if self.exchange.must_close or message["status"] in CLOSING:
            headers["Connection"] = "close"

    async def _send_body(self, message: Message) -> None:
        body, has_more = message.get("body", b""), message.get("more_body", False)
        if self._is_head:
            body = b""
        async with asyncio.timeout(READING_SECONDS + len(body) / READING_SPEED):
            for start in range(0, max(len(body), 1), PIECE_BYTES):
                is_last = start + PIECE_BYTES >= len(body) and not has_more
                self.exchange.is_answered = is_last
                piece = body[start : start + PIECE_BYTES]
                await self._send({"type": "http.response.body", "body": piece, "more_body": not is_last})


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _busy(detail: str) -> RefusalError:
    return RefusalError("busy", detail, {"Retry-After": "1"})
