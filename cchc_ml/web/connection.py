"""A connection of the HTTP server with limits: of time for the head, of chunks, of the head's size, of connections."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .guard import SECURITY_HEADERS
from .limits import Limits
from .logs import log
from .problems import MEDIA_TYPE, PROBLEMS, RefusalError, problem_body

__all__ = ["Connection"]

MAX_HEADERS = 100
# After a refusal, what the client still sends is thrown away for so long, and up to so many bytes. If the connection
# were closed at once, the client might not get the answer.
LINGER_SECONDS = 2
LINGER_BYTES = 16_000_000


class Connection(HttpToolsProtocol):
    """A client's connection.

    Parameters
    ----------
    limits : Limits
    on_refusal : callable, optional
        Called with the code of each refusal.
    """

    def __init__(
        self, *arguments: Any, limits: Limits, on_refusal: Callable[[str], object] | None = None, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self.limits, self._on_refusal = limits, on_refusal
        self._refusal: RefusalError | None = None
        self._is_reading_head, self._is_lingering = True, False
        self._n_head_bytes = self._n_headers = self._n_chunks = self._n_thrown = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless there are too many connections."""
        super().connection_made(_Lingering(transport, self))  # type: ignore[arg-type]
        of_client = sum(1 for other in self.connections if _address(other) == _address(self))
        if len(self.connections) > self.limits.connections or of_client > max(self.limits.connections // 2, 1):
            transport.abort()
            return
        self._head_timer = self.loop.call_later(self.limits.head_seconds, self._end_of_patience)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_timers()
        super().connection_lost(exc)

    def _stop_timers(self) -> None:
        for timer in (self._head_timer, self._write_timer):
            if timer:
                timer.cancel()
        self._head_timer = self._write_timer = None

    def data_received(self, data: bytes) -> None:
        """Pass on what the client sent, within the limits."""
        if self._is_lingering:
            self._n_thrown += len(data)
            if self._n_thrown > LINGER_BYTES:
                self.transport.abort()
            return
        self._unset_keepalive_if_required()
        if self._is_reading_head:
            self._n_head_bytes += len(data)
            if not self._head_timer:
                self._head_timer = self.loop.call_later(self.limits.head_seconds, self._end_of_patience)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.cycle.keep_alive = False  # what follows is of no protocol that is known here
        except httptools.HttpParserError:
            self._refuse(self._refusal or RefusalError("malformed_request", "the request is not valid HTTP/1.1"))
        else:
            if self._is_reading_head and self._n_head_bytes > self.limits.head_bytes:
                self._refuse(self._head_too_large())

    def _head_too_large(self) -> RefusalError:
        most = self.limits.head_bytes
        return RefusalError(
            "head_too_large", f"want a request line and at most {MAX_HEADERS} headers of {most:,} bytes"
        )

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._n_chunks = self._n_headers = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header. Those that follow a chunked body are not kept: nothing of the request may change later."""
        self._n_headers += 1
        if self._n_headers > MAX_HEADERS:
            self._refusal = self._head_too_large()
            raise self._refusal
        if self._is_reading_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to work on a request."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.limits.head_bytes:
            self._refusal = self._head_too_large()
            raise self._refusal
        self._is_reading_head, self._n_head_bytes = False, 0
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Count a chunk."""
        self._n_chunks += 1
        if self._n_chunks > self.limits.chunks:
            most = self.limits.chunks
            self._refusal = RefusalError("too_many_chunks", f"the body has more than {most:,} chunks; send larger ones")
            raise self._refusal

    def on_message_complete(self) -> None:
        """Note that a request has arrived."""
        self._is_reading_head = True
        super().on_message_complete()

    def _end_of_patience(self) -> None:
        self._head_timer = None
        if not self._is_reading_head or self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:  # it works on the request before
            self._head_timer = self.loop.call_later(self.limits.head_seconds, self._end_of_patience)
        elif self._n_head_bytes:
            seconds = self.limits.head_seconds
            self._refuse(RefusalError("too_slow", f"the headers did not arrive within {seconds:g} seconds"))
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        """Wait for the client to read, but not for long."""
        super().pause_writing()
        if not self._write_timer:
            self._write_timer = self.loop.call_later(self.limits.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on when the client has read."""
        if self._write_timer:
            self._write_timer.cancel()
            self._write_timer = None
        super().resume_writing()

    def _refuse(self, refusal: RefusalError) -> None:
        """Answer without the application, which sees that the client is gone."""
        status, _ = PROBLEMS[refusal.code]
        log(logging.WARNING, "refused", code=refusal.code, status=status)
        if self._on_refusal:
            self._on_refusal(refusal.code)
        is_answering = False
        if self.cycle is not None and not self.cycle.response_complete:
            is_answering = self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not is_answering:
            self.transport.write(_answer(refusal))
        self.linger()

    def linger(self) -> None:
        """Close for writing, and throw away what the client still sends for a while."""
        if self._is_lingering or self.transport.is_closing():
            return
        self._is_lingering = True
        self.pipeline.clear()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    @property
    def has_unread_body(self) -> bool:
        """Whether the client has not sent its whole request."""
        return not self._is_reading_head


class _Lingering:
    """A transport that lingers before it closes, if the client still sends."""

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        self._transport, self._connection = transport, connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        """Close, or linger."""
        if self._connection.has_unread_body:
            self._connection.linger()
        else:
            self._transport.close()


def _address(connection: Any) -> str:
    return connection.client[0] if connection.client else ""


def _answer(refusal: RefusalError) -> bytes:
    status, _ = PROBLEMS[refusal.code]
    body = problem_body(refusal.code, refusal.detail)
    headers = {
        **SECURITY_HEADERS,
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {status} Refused", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body
