"""What one request may ask of the service, and the guard in front of the application that enforces it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "Limits", "is_loopback", "problem"]

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


@dataclass(frozen=True)
class Limits:
    """What one request may ask of the service.

    Attributes
    ----------
    body_bytes : int
        Size of a request.
    texts : int
        Number of texts in a request.
    text_chars : int
        Length of a text.
    seconds : float
        Time for a body to arrive, and again for the work on it.
    concurrent : int
        Number of requests that are received or worked on at the same time.
    """

    body_bytes: int = 10_000_000
    texts: int = 1_000
    text_chars: int = 100_000
    seconds: float = 30
    concurrent: int = 64


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only mean this machine.

    Examples
    --------
    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "cchc.example")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer to a request that was refused."""
    return JSONResponse({"detail": detail}, status, headers)


class Guard:
    """ASGI middleware: checks the host, receives bodies within the limits, and answers if something breaks.

    Parameters
    ----------
    app : ASGI application
        The application behind the guard.
    limits : Limits
        The limits of a request.
    local : bool
        Whether to refuse requests that name another host than this machine. A page elsewhere can let its own name
        resolve to 127.0.0.1 (DNS rebinding), but its requests still name its own host.
    """

    def __init__(self, app: ASGIApp, limits: Limits, local: bool) -> None:
        self.app, self.limits, self.local = app, limits, local
        self.n_busy = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check_host(Headers(scope=scope).get("host", ""))
            if scope["method"] == "POST":
                await self._pass_on_with_body(scope, receive, send_with_headers)
            else:
                await self.app(scope, receive, send_with_headers)
        except HTTPException as error:
            await problem(error.status_code, error.detail, error.headers)(scope, receive, send_with_headers)
        except Exception as error:  # its message may quote what was sent, so only its type and place are logged
            logging.getLogger(__name__).error("%s at %s", type(error).__name__, _place(error.__traceback__))
            answer = problem(500, "an error in the service; its log says where")
            await answer(scope, receive, send_with_headers)

    def _check_host(self, host: str) -> None:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            name = ""
        if self.local and not is_loopback(name):
            raise HTTPException(400, "the request names a host that is not this machine; use 127.0.0.1 or localhost")

    async def _pass_on_with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.n_busy >= self.limits.concurrent:
            raise HTTPException(429, f"{self.n_busy} requests are being worked on; try again", {"Retry-After": "1"})
        self.n_busy += 1
        try:
            async with asyncio.timeout(self.limits.seconds):
                body = await self._receive_body(receive)
            if body is not None:

                async def receive_again() -> Message:
                    return {"type": "http.request", "body": body, "more_body": False}

                await self.app(scope, receive_again, send)
        except TimeoutError:
            raise HTTPException(
                408, f"the body did not arrive within {self.limits.seconds:g} seconds; send less at a time"
            ) from None
        finally:
            self.n_busy -= 1

    async def _receive_body(self, receive: Receive) -> bytes | None:
        """Return the body of a request, or None if the client has disconnected."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self.limits.body_bytes:
                raise HTTPException(
                    413, f"the body has more than {self.limits.body_bytes:,} bytes; send less at a time"
                )
            if not message.get("more_body", False):
                return bytes(body)


def _place(trace: TracebackType | None) -> str:
    """Return file and line of the innermost call of a traceback."""
    if trace is None:
        return "an unknown place"
    while trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
