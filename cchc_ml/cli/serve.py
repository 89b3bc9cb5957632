"""`cchc-ml serve`: answer over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..messages import message
from .common import MAX_JOBS, ModelOption, command, tell


def _limit(*, help: str, min: float = 1) -> Any:
    return typer.Option(help=help, min=min, rich_help_panel="Limits")


def _check_token(token: str | None) -> str | None:
    if token is not None and not (token.isascii() and token.isprintable() and token.strip() == token != ""):
        raise typer.BadParameter(message("the token must be printable ASCII characters without a space at its ends"))
    return token


def _check_root_path(path: str) -> str:
    if path and not (path.startswith("/") and path.strip("/")):
        raise typer.BadParameter(message("--root-path must begin with a slash, as /cchc, got {path}", path=path))
    return path.rstrip("/")


@command
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on. By default, only this machine can reach it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 is any free port.", min=0, max=65535)] = 8000,
    model: ModelOption = None,
    workers: Annotated[
        int,
        typer.Option(help="Number of processes that tag; as many, and at least 2, read articles.", min=1, max=MAX_JOBS),
    ] = 1,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="CCHC_ML_TOKEN",
            callback=_check_token,
            help="Want the header Authorization: Bearer TOKEN. Needed if other machines can reach --host.",
        ),
    ] = None,
    no_token: Annotated[bool, typer.Option("--no-token", help="Let other machines ask without a token.")] = False,
    allowed_host: Annotated[
        list[str] | None, typer.Option(help="Host name that requests may name, as behind a proxy. Repeat for more.")
    ] = None,
    root_path: Annotated[
        str, typer.Option(callback=_check_root_path, help="Prefix under which a proxy publishes the service: /cchc.")
    ] = "",
    proxy_headers: Annotated[
        bool, typer.Option("--proxy-headers", help="Take the client's address from X-Forwarded-For of a proxy.")
    ] = False,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(help="Address or network of the proxy, for --proxy-headers. Default: this machine."),
    ] = None,
    max_body_bytes: Annotated[int, _limit(help="Size of a request.")] = 10_000_000,
    max_texts: Annotated[int, _limit(help="Texts in a request.")] = 1_000,
    max_text_chars: Annotated[int, _limit(help="Characters of a text.")] = 100_000,
    max_paragraphs: Annotated[int, _limit(help="Paragraphs of an article.")] = 5_000,
    max_answer_bytes: Annotated[int, _limit(help="Size of an answer.")] = 32_000_000,
    max_chunks: Annotated[int, _limit(help="Chunks of a request.")] = 16_384,
    max_head_bytes: Annotated[int, _limit(help="Size of the headers.", min=1_000)] = 32_768,
    seconds: Annotated[float, _limit(help="Time for a request to arrive, and again for the work.", min=0.1)] = 30,
    head_seconds: Annotated[float, _limit(help="Time for the headers to arrive.", min=0.1)] = 10,
    idle_seconds: Annotated[float, _limit(help="Time between two requests of a connection.", min=0.1)] = 15,
    grace_seconds: Annotated[
        float, _limit(help="Time for requests in progress when the service is stopped.", min=1)
    ] = 10,
    max_requests: Annotated[int, _limit(help="Requests at the same time.")] = 128,
    max_requests_per_client: Annotated[int, _limit(help="Requests at the same time of one address.")] = 64,
    max_held_bytes: Annotated[int, _limit(help="Size of all requests at the same time.")] = 100_000_000,
    max_connections: Annotated[int, _limit(help="Open connections; one address may have half of them.")] = 512,
    worker_bytes: Annotated[int, _limit(help="Memory of a process for its work.", min=100_000_000)] = 1_000_000_000,
) -> None:
    """Answer over HTTP: POST /v1/tag, POST /v1/articles, GET /v1/pillars. See /docs. No input is kept or logged."""
    from ..files import data_path, require_extra
    from ..model.storage import read_model

    for library in ("fastapi", "httptools", "msgspec", "pebble", "prometheus_client", "uvicorn"):
        require_extra(library, "serve", message("serving over HTTP"))
    from ..web.access import Access, is_loopback
    from ..web.limits import Limits
    from ..web.service import name_model
    from ..web.service import serve as answer

    local = is_loopback(host)
    if not local and token is None and not no_token:
        raise ValueError(
            message(
                "other machines can reach {host}: give a token in the variable CCHC_ML_TOKEN or with --token, "
                "or --no-token to let everybody ask",
                host=host,
            )
        )
    if token is not None and no_token:
        raise ValueError(message("--token and --no-token contradict each other; give one of them"))
    limits = Limits(
        body_bytes=max_body_bytes,
        texts=max_texts,
        text_chars=max_text_chars,
        paragraphs=max_paragraphs,
        answer_bytes=max_answer_bytes,
        chunks=max_chunks,
        head_bytes=max_head_bytes,
        seconds=seconds,
        head_seconds=head_seconds,
        idle_seconds=idle_seconds,
        grace_seconds=grace_seconds,
        concurrent=max_requests,
        concurrent_per_client=max_requests_per_client,
        held_bytes=max_held_bytes,
        connections=max_connections,
        worker_bytes=worker_bytes,
    )
    path = model or data_path("models/pillars.npz")
    read = read_model(path)
    answer(
        read,
        host,
        port,
        limits=limits,
        access=Access(local=local, allowed_hosts=tuple(allowed_host or ()), token=token),
        name=name_model(read, Path(path)),
        n_workers=workers,
        root_path=root_path,
        proxies=tuple(trusted_proxy or ("127.0.0.1", "::1")) if proxy_headers else (),
        on_ready=lambda url: tell(message("listening on {url}", url=url)),
    )
