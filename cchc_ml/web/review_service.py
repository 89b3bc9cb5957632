"""The labelling page on this machine: people choose categories, and every act is stored before it is answered."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..files import system_reason
from ..messages import message
from ..review.categories import as_codebook, category_keys
from ..review.items import ReviewItem
from ..review.records import suggestion_fields
from ..review.store import Act, ReviewStore
from .guard import Guard
from .limits import Limits
from .problems import problem
from .server import Server

__all__ = ["create_review_app", "serve_review"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
LIMITS = Limits(body_bytes=200_000)
PARTS = {"/": ("index.html", "text/html"), "/review.js": ("review.js", "text/javascript")}
PARTS |= {"/review.css": ("review.css", "text/css")}


class SameOrigin:
    """ASGI middleware: refuses requests that a page of another origin sends.

    Such a page can send requests to this machine. It cannot change their Origin, and it may not send JSON.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        if scope["type"] == "http" and (refusal := _refusal(scope, Headers(scope=scope))):
            await refusal(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)


def _refusal(scope: Scope, headers: Headers) -> Response | None:
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "same-origin")
    foreign = origin is not None and origin != f"http://{headers.get('host', '')}"
    if foreign or (scope["path"].startswith("/api/") and site not in ("same-origin", "none")):
        return problem("foreign_origin", "the request comes from another page; open this page itself")
    if scope["method"] == "POST" and headers.get("content-type", "").split(";")[0].strip() != "application/json":
        return problem("unsupported_media_type", "the content type is not application/json")
    return None


class _Labelling:
    """What the page asks for, computed from the store."""

    def __init__(self, store: ReviewStore, blind: bool) -> None:
        self.store, self.blind = store, blind
        self.categories = store.categories()
        self.slugs = [c.slug for c in self.categories]
        self.keys = category_keys(len(self.categories))
        self.items = {item.id: item for item in store.items()}

    def setup(self) -> dict[str, Any]:
        """Return what does not change: the categories with their keys."""
        return {
            "own": not as_codebook(tuple(self.categories)).is_default,
            "blind": self.blind,
            "total": len(self.items),
            "categories": [
                {
                    "slug": c.slug,
                    "short": c.short,
                    "vi": c.vi,
                    "en": c.en,
                    "colour": c.colour,
                    "key": key,
                    "definition": c.definition,
                    "definition_vi": c.definition_vi,
                    "counts": c.counts,
                    "does_not_count": c.does_not_count,
                }
                for c, key in zip(self.categories, self.keys, strict=True)
            ],
        }

    def view(self, annotator: str, wanted: str | None = None) -> dict[str, Any]:
        """Return the paragraph that a person labels next, what they chose so far, and how far they are.

        Skipped paragraphs come again at the end. Without a paragraph left, `item` is null.
        """
        states = self.store.states(annotator)
        if wanted is None:
            kinds = {identity: states[identity].kind if identity in states else "" for identity in self.items}
            open_ones = (identity for identity, kind in kinds.items() if kind in ("", "draft", "undo"))
            skipped = (act for act in states.values() if act.kind == "skip")
            wanted = next(open_ones, None) or next((act.item for act in sorted(skipped, key=lambda a: a.time)), None)
        progress = self.store.progress(annotator)
        act = states.get(wanted or "")
        return {
            "item": self._shown(self.items[wanted]) if wanted else None,
            "state": act and {"kind": act.kind, "decisions": dict(act.decisions), "notes": act.notes},
            "progress": {
                "total": progress.total,
                "labelled": progress.labelled,
                "skipped": progress.skipped,
                "seconds": progress.seconds,
            },
        }

    def _shown(self, item: ReviewItem) -> dict[str, Any]:
        """Return a paragraph as the page shows it. Blind, the suggestion does not leave this process."""
        shown: dict[str, Any] = {"id": item.id, "text": item.text, **item.source}
        return shown if self.blind else shown | suggestion_fields(item)

    def act(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Store what a person did; return the next view, or after an undo the one that was taken back."""
        seconds = sent.get("seconds")
        decisions = sent.get("decisions") or {}
        if not isinstance(decisions, dict) or not isinstance(seconds, int | float | None):
            raise ValueError("want decisions as an object and seconds as a number")
        stored = self.store.add(
            Act(
                item=str(sent.get("item") or ""),
                annotator=str(sent.get("annotator") or "").strip(),
                kind=str(sent.get("kind") or ""),
                decisions=decisions,
                notes=str(sent.get("notes") or ""),
                saw_suggestion=not self.blind,
                seconds=None if seconds is None else float(seconds),
            )
        )
        if stored.kind == "draft":
            return {"time": stored.time}
        wanted = stored.item if stored.kind == "undo" else None
        return {"time": stored.time} | self.view(stored.annotator, wanted)


def create_review_app(store: ReviewStore, *, blind: bool = False) -> ASGIApp:
    """Make the application.

    Parameters
    ----------
    store : ReviewStore
    blind : bool
        Whether people label without seeing what the model suggests.
    """
    labelling = _Labelling(store, blind)
    page = files("cchc_ml.web").joinpath("review_page")
    contents = {path: page.joinpath(name).read_bytes() for path, (name, _) in PARTS.items()}

    async def part(request: Request) -> Response:
        return Response(contents[request.url.path], media_type=PARTS[request.url.path][1])

    async def setup(request: Request) -> Response:
        return JSONResponse(labelling.setup())

    async def following(request: Request) -> Response:
        annotator = request.query_params.get("annotator", "").strip()
        if not annotator:
            return problem("invalid", "want ?annotator=NAME")
        return JSONResponse(await run_in_threadpool(labelling.view, annotator))

    async def act(request: Request) -> Response:
        try:
            sent = json.loads(await request.body())
            if not isinstance(sent, dict):
                raise ValueError("want a JSON object")
            return JSONResponse(await run_in_threadpool(labelling.act, sent))
        except (ValueError, RecursionError) as error:
            return problem("invalid", str(error))

    routes = [Route(path, part) for path in PARTS]
    routes += [Route("/api/setup", setup), Route("/api/next", following), Route("/api/act", act, methods=["POST"])]
    return Guard(
        SameOrigin(Starlette(routes=routes)), LIMITS, paths=frozenset({*PARTS, "/api/setup", "/api/next", "/api/act"})
    )


def serve_review(
    store: ReviewStore,
    port: int = 8001,
    *,
    blind: bool = False,
    on_ready: Callable[[str], object] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Serve the page on 127.0.0.1 until the process is interrupted or `stop` is set.

    Parameters
    ----------
    store : ReviewStore
    port : int
        0 for any that is free.
    blind : bool
        Whether people label without seeing what the model suggests.
    on_ready : callable, optional
        Called with the URL when browsers can connect.
    stop : threading.Event, optional
        Set it to stop the service.

    Raises
    ------
    OSError
        The port is taken.
    """
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise OSError(
            message(
                "cannot listen on port {port}: {error}; give another --port", port=str(port), error=system_reason(error)
            )
        ) from None
    with listening, suppress(KeyboardInterrupt):
        app = create_review_app(store, blind=blind)
        if on_ready:
            on_ready(f"http://127.0.0.1:{listening.getsockname()[1]}")
        Server(app, LIMITS, stop).run(sockets=[listening])
