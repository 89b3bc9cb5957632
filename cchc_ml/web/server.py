"""The HTTP server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from .connection import Connection
from .limits import Limits
from .logs import log_as_json

__all__ = ["Server"]


class Server(uvicorn.Server):
    """A server that stops when an event is set, and logs only refusals and errors, and nothing of their content.

    Parameters
    ----------
    app : ASGI application
    limits : Limits
    stop : threading.Event, optional
        Set it to stop the server.
    proxies : sequence of str
        Addresses of proxies whose headers X-Forwarded-For and X-Forwarded-Proto are believed.
    on_refusal : callable, optional
        Called with the code of each request that is refused before the application sees it.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        stop: threading.Event | None = None,
        proxies: Sequence[str] = (),
        on_refusal: Callable[[str], object] | None = None,
    ) -> None:
        logging.getLogger("uvicorn.error").addFilter(log_as_json)
        config = uvicorn.Config(
            app,
            http=cast(Any, partial(Connection, limits=limits, on_refusal=on_refusal)),
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            ws="none",
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),
            timeout_keep_alive=cast(int, limits.idle_seconds),
            timeout_graceful_shutdown=max(1, round(limits.grace_seconds)),
        )
        super().__init__(config)
        self.stop = stop

    async def on_tick(self, counter: int) -> bool:
        """Return whether to stop; uvicorn calls this ten times a second."""
        should_stop = await super().on_tick(counter)
        return should_stop or (self.stop is not None and self.stop.is_set())
