"""The tagger over HTTP: takes texts and articles, and answers as the command line does. No input is kept or logged."""

# FastAPI reads the annotations of the functions below when they are defined, so this module does not postpone them.

import asyncio
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import PurePath
from typing import Annotated, Any, TypeVar

import uvicorn
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp

from ..model.model import Model
from ..pillars import PILLARS
from ..reading.articles import ARTICLES
from ..reading.inputs import article_rows
from ..reading.tables import Row
from ..tagging.rows import as_row, tag_rows
from ..tagging.writers import json_lines
from ..version import __version__
from .limits import Guard, Limits, is_loopback, problem
from .offline_page import render_offline_page
from .reference import render_reference
from .schemas import ARTICLE_BODY, ArticleAnswer, Health, PillarEntry, TagAnswer, refusals

__all__ = ["Server", "create_app", "serve"]

T = TypeVar("T")

EXAMPLE = "Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật."
EXAMPLE_WITHOUT_PILLAR = "Trận mưa đêm qua làm ngập chợ."
MAX_REPORTED_ERRORS = 3


def create_app(model: Model, *, limits: Limits | None = None, local: bool = True) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    model : Model
        The model that tags.
    limits : Limits, optional
        The limits of a request.
    local : bool
        Whether to refuse requests that name another host than this machine.

    Examples
    --------
    >>> import cchc_ml
    >>> sorted(create_app(cchc_ml.load().model_).openapi()["paths"])
    ['/healthz', '/v1/articles', '/v1/pillars', '/v1/tag']
    """
    limits = limits or Limits()
    workers = _Workers(limits)
    app = FastAPI(
        title="cchc-ml",
        version=__version__,
        summary=(
            "Gắn nhãn trụ cột cải cách hành chính cho từng đoạn văn · "
            "tags paragraphs by pillar of administrative reform"
        ),
        docs_url=None,
        redoc_url=None,
        lifespan=workers.lifespan,
    )
    app.add_middleware(Guard, limits=limits, local=local)
    _add_error_handlers(app)
    _add_tag_route(app, model, limits, workers)
    _add_article_route(app, model, workers)
    _add_information_routes(app, model)
    _add_pages(app, model, workers)
    return app


class _Workers:
    """The two threads that do the work: one for texts, one for files.

    Only one thread at a time may use pdfium, so files have a single thread. Texts have a thread of their own, so that
    they do not wait for files.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.tagging = ThreadPoolExecutor(1, "tagging")
        self.reading = ThreadPoolExecutor(1, "reading")

    async def run(self, pool: Executor, function: Callable[..., T], *arguments: Any) -> T:
        """Return the result of a function that runs in a thread, or refuse the request if it takes too long."""
        job = asyncio.get_running_loop().run_in_executor(pool, function, *arguments)
        try:
            return await asyncio.wait_for(job, self.limits.seconds)
        except TimeoutError:
            raise HTTPException(
                408, f"the work was not done within {self.limits.seconds:g} seconds; send less at a time"
            ) from None

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Stop the threads when the application stops."""
        yield
        for pool in (self.tagging, self.reading):
            pool.shutdown(wait=False, cancel_futures=True)


def _add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(StarletteHTTPException)
    async def refuse(request: Request, error: StarletteHTTPException) -> Response:
        return problem(error.status_code, error.detail, error.headers)

    @app.exception_handler(RequestValidationError)
    async def refuse_invalid(request: Request, error: RequestValidationError) -> Response:
        return problem(422, "; ".join(_validation_messages(error)))


def _validation_messages(error: RequestValidationError) -> Iterator[str]:
    """Yield what is wrong with a request, without any of its content."""
    for details in error.errors()[:MAX_REPORTED_ERRORS]:
        where = ".".join(f"{part!s:.40}" for part in details["loc"][1:]) or details["loc"][0]
        if details["type"] == "json_invalid":
            yield f"the body is not valid JSON (character {where}: {details['ctx']['error']})"
        elif details["type"] == "model_attributes_type":
            yield 'the body is not a JSON object; send for example {"text": "…"} as application/json'
        else:
            yield f"{where}: {details['msg']}"


def _add_tag_route(app: FastAPI, model: Model, limits: Limits, workers: _Workers) -> None:
    Text = Annotated[str, Field(min_length=1, max_length=limits.text_chars, pattern=r"\S")]
    Texts = Annotated[
        list[Text],
        Field(
            min_length=1,
            max_length=limits.texts,
            description=f"Một đoạn văn, hoặc tối đa {limits.texts} đoạn · one text, or up to {limits.texts}",
        ),
        BeforeValidator(
            lambda text: [text] if isinstance(text, str) else text,
            json_schema_input_type=Text | Annotated[list[Text], Field(min_length=1, max_length=limits.texts)],
        ),
    ]

    class TagRequest(BaseModel):
        text: Texts
        model_config = ConfigDict(
            extra="forbid",
            json_schema_extra={"examples": [{"text": EXAMPLE}, {"text": [EXAMPLE, EXAMPLE_WITHOUT_PILLAR]}]},
        )

    @app.post(
        "/v1/tag",
        summary="Gắn nhãn đoạn văn · Tag texts",
        response_model=TagAnswer,
        responses=refusals(400, 408, 413, 422, 429),
    )
    async def tag(request: TagRequest) -> Response:
        """Return the tags of each text, as `cchc-ml predict` gives them, and the place of each evidence sentence."""
        return JSONResponse({"results": await workers.run(workers.tagging, _tag_texts, model, request.text)})


def _tag_texts(model: Model, texts: Sequence[str]) -> list[Row]:
    rows = []
    for text, annotation in zip(texts, model.annotate(texts), strict=True):
        fields = as_row(annotation, text)
        evidence = {
            pillar.value: {"text": text[start:end], "start": start, "end": end}
            for pillar, (start, end) in annotation.evidence.items()
        }
        rows.append({"pillars": fields["pillars"], "scores": fields["scores"], "evidence": evidence})
    return rows


def _add_article_route(app: FastAPI, model: Model, workers: _Workers) -> None:
    @app.post(
        "/v1/articles",
        summary="Gắn nhãn bài báo · Tag an article",
        response_model=ArticleAnswer,
        responses=refusals(400, 408, 413, 415, 422, 429),
        openapi_extra=ARTICLE_BODY,
    )
    async def articles(
        request: Request,
        filename: Annotated[str | None, Query(min_length=1, max_length=255, examples=["bai-bao.docx"])] = None,
    ) -> Response:
        """Send a .txt, .html, .docx or .pdf file in the field `file` of a form, or as the body with `?filename=`.

        `curl -F file=@bai-bao.docx http://127.0.0.1:8000/v1/articles`
        """
        name, data = await _uploaded_file(request)
        name = filename or name
        if not name:
            raise HTTPException(422, "the file has no name; give ?filename=NAME.txt, .html, .docx or .pdf")
        rows = await workers.run(workers.reading, _tag_article, model, name, data)
        return Response(f'{{"rows": [{",".join(json_lines(rows))}]}}', media_type="application/json")


async def _uploaded_file(request: Request) -> tuple[str | None, bytes]:
    """Return the name and the content of the file in a form, or None and the body of the request."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return None, await request.body()
    async with request.form(max_files=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise HTTPException(422, "the form has no file in its field 'file'; send the article there")
        return file.filename, await file.read()


def _tag_article(model: Model, name: str, data: bytes) -> list[Row]:
    """Return the tagged paragraphs of an article. It is read from memory: no file is left if the service is killed."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in ARTICLES:
        raise HTTPException(415, f"{name} is not an article file; want one of {', '.join(ARTICLES)}")
    try:
        return list(tag_rows(model, article_rows(name, data)))
    except (ValueError, ImportError) as error:
        raise HTTPException(415 if isinstance(error, ImportError) else 422, str(error)) from None


def _add_information_routes(app: FastAPI, model: Model) -> None:
    @app.get("/v1/pillars", summary="Sáu trụ cột · The six pillars")
    async def pillars() -> list[PillarEntry]:
        """Return the names of each pillar, and the probability from which it is tagged."""
        thresholds = model.probabilities(model.thresholds[None].astype(float))[0].tolist()
        return [
            PillarEntry(slug=pillar, vi=pillar.vi, en=pillar.en, short=pillar.short, threshold=round(threshold, 4))
            for pillar, threshold in zip(PILLARS, thresholds, strict=True)
        ]

    @app.get("/healthz", summary="Còn hoạt động không · Is the service working")
    async def healthz() -> Health:
        """Answer at once, also while other requests are being worked on."""
        return Health(status="ok", version=__version__)


def _add_pages(app: FastAPI, model: Model, workers: _Workers) -> None:
    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(render_reference(app.openapi()))

    @cache
    def offline_page() -> bytes:
        return render_offline_page(model).encode()

    @app.get("/", include_in_schema=False)
    async def index() -> Response:
        # The page contains a stricter policy for its own content.
        policy = {"Content-Security-Policy": "frame-ancestors 'none'"}
        return HTMLResponse(await workers.run(workers.reading, offline_page), headers=policy)


class Server(uvicorn.Server):
    """A server that stops when an event is set, and logs only errors: no requests, and nothing of their content."""

    def __init__(self, app: ASGIApp, limits: Limits, stop: threading.Event | None) -> None:
        logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=max(1, int(limits.seconds)),
        )
        super().__init__(config)
        self.stop = stop

    async def on_tick(self, counter: int) -> bool:
        """Return whether to stop; uvicorn calls this ten times a second."""
        should_stop = await super().on_tick(counter)
        return should_stop or (self.stop is not None and self.stop.is_set())


def serve(
    model: Model,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    limits: Limits | None = None,
    on_ready: Callable[[str], object] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Answer over HTTP until the process is interrupted or `stop` is set.

    Parameters
    ----------
    model : Model
        The model that tags.
    host : str
        The address to listen on. If only this machine can reach it, requests must name this machine as their host.
    port : int
        0 for any free port.
    limits : Limits, optional
        The limits of a request.
    on_ready : callable, optional
        Called with the URL when clients can connect.
    stop : threading.Event, optional
        Set it to stop the service: requests that are being worked on are answered first.

    Raises
    ------
    OSError
        The port is in use, or the address does not belong to this machine.
    """
    limits = limits or Limits()
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise OSError(
            f"cannot listen on {host}, port {port}: {error.strerror}; give another --host or --port"
        ) from None
    with listening, suppress(KeyboardInterrupt):
        app = create_app(model, limits=limits, local=is_loopback(host))
        # The first use builds tables, for text with diacritics and without.
        model.annotate([EXAMPLE, "cai cach hanh chinh"])
        if on_ready:
            on_ready(f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}")
        Server(app, limits, stop).run(sockets=[listening])
