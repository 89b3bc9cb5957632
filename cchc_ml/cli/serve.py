"""`cchc-ml serve`: answer over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from .common import ModelOption, command, print_error, tell


@command
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on. By default, only this machine can reach it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 is any free port.", min=0, max=65535)] = 8000,
    model: ModelOption = None,
) -> None:
    """Answer over HTTP: POST /v1/tag, POST /v1/articles, GET /v1/pillars. See /docs. No input is kept or logged."""
    from ..files import require_extra
    from ..model.storage import read_model

    for library in ("fastapi", "uvicorn", "python_multipart"):
        require_extra(library, "serve", "requests over HTTP")
    from ..web.limits import is_loopback
    from ..web.service import serve as answer

    if not is_loopback(host):
        print_error(f"other machines can reach {host}, and no password is asked")
    answer(read_model(model), host, port, on_ready=lambda url: tell(f"listening on {url}"))
