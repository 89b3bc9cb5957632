"""The tagger over HTTP: takes texts and articles, and answers as the command line does. No input is kept or logged."""

# FastAPI reads the annotations of the functions below when they are defined, so this module does not postpone them.

import hashlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from ..files import system_reason
from ..messages import message
from ..model.model import Model
from ..model.storage import write_model
from ..version import __version__
from .access import Access, is_loopback
from .articles import ArticleQueue
from .coding import accepts_gzip, answer, pack
from .guard import Exchange, Guard
from .json_body import read_tag_request
from .limits import Limits
from .memory import return_large_blocks
from .metrics import MEDIA_TYPE, Metrics
from .offline_page import render_offline_page
from .problems import RefusalError, problem
from .reference import render_reference
from .schemas import (
    ALL_REFUSALS,
    ARTICLE_BODY,
    FILE_NAME,
    PILLARS_WANTED,
    THRESHOLD,
    Health,
    ModelName,
    Problem,
    answers_of,
    refusals,
    tag_body,
)
from .server import Server
from .tagging import TaggingQueue
from .tasks import Article, Options
from .workers import Worker

__all__ = ["create_app", "name_model", "serve"]

# A reading process ends after so many articles, so that what a library leaks is freed.
ARTICLES_PER_PROCESS = 2_000
# So many processes read articles at least: one client may have all but one.
MIN_READERS = 2
MAX_REPORTED_ERRORS = 3


def name_model(model: Model, path: Path | None = None) -> ModelName:
    """Return the name and the SHA-256 of a model's file; without a file, of the file that would be written."""
    if path is None:
        with TemporaryDirectory() as folder:
            path = Path(folder, "pillars.npz")
            write_model(model, path)
            return name_model(model, path)
    return ModelName(name=path.stem, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


@dataclass(frozen=True)
class _Service:
    """What the routes share."""

    model: Model
    name: ModelName
    limits: Limits
    workers: list[Worker]
    texts: TaggingQueue
    articles: ArticleQueue
    metrics: Metrics

    @classmethod
    def of(cls, model: Model, name: ModelName, limits: Limits, n_workers: int) -> "_Service":
        taggers = [Worker(model, limits.worker_bytes) for _ in range(n_workers)]
        readers = [Worker(model, limits.worker_bytes, ARTICLES_PER_PROCESS) for _ in range(max(MIN_READERS, n_workers))]
        texts, articles, metrics = TaggingQueue(taggers, limits), ArticleQueue(readers, limits), Metrics()
        workers = [*taggers, *readers]
        metrics.watch("cchc_texts_waiting", "Texts that wait to be tagged.", lambda: texts.n_waiting)
        metrics.watch("cchc_articles_waiting", "Articles that wait to be read.", lambda: articles.n_waiting)
        metrics.watch(
            "cchc_workers_busy",
            "Processes that work.",
            lambda: sum(worker.busy_since is not None for worker in workers),
        )
        metrics.watch(
            "cchc_workers_killed", "Processes that were killed.", lambda: sum(worker.n_killed for worker in workers)
        )
        return cls(model, name, limits, workers, texts, articles, metrics)

    def start(self) -> None:
        with ThreadPoolExecutor(len(self.workers)) as pool:
            list(pool.map(Worker.start, self.workers))

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
        for worker in self.workers:
            worker.join()

    def wrapped(self, field: str, items: list[bytes]) -> bytes:
        """Return an answer of JSON: the model, and the items in a field."""
        name = json.dumps(self.name.model_dump()).encode()
        return b'{"model":%s,"%s":[%s]}' % (name, field.encode(), b",".join(items))


def create_app(
    model: Model,
    *,
    limits: Limits | None = None,
    access: Access | None = None,
    name: ModelName | None = None,
    n_workers: int = 1,
    root_path: str = "",
) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    model : Model
        The model that tags.
    limits : Limits, optional
        What is accepted.
    access : Access, optional
        Who may ask; by default this machine.
    name : ModelName, optional
        The name of the model in answers.
    n_workers : int
        How many processes tag texts. As many read articles, and at least two. They start when they are needed, or
        with ``app.state.start()``.
    root_path : str
        The prefix under which a proxy publishes the service: ``/cchc``.

    Examples
    --------
    >>> import cchc_ml
    >>> sorted(create_app(cchc_ml.load().model_).openapi()["paths"])
    ['/healthz', '/livez', '/metrics', '/readyz', '/v1/articles', '/v1/pillars', '/v1/tag']
    """
    limits, access, root_path = limits or Limits(), access or Access(), root_path.rstrip("/")
    service = _Service.of(model, name or name_model(model), limits, n_workers)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        service.stop()

    app = FastAPI(
        title="cchc-ml",
        version=__version__,
        summary=(
            "Gắn nhãn trụ cột cải cách hành chính cho từng đoạn văn · "
            "tags paragraphs by pillar of administrative reform"
            if model.codebook.is_default
            else "Gắn nhãn từng đoạn văn theo nhóm của bộ mã · tags paragraphs by category"
        ),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    _add_error_handlers(app)
    _add_tag_route(app, service)
    _add_article_route(app, service)
    _add_information_routes(app, service)
    _add_operation_routes(app, service)
    _add_pages(app, service, root_path)
    _describe(app, needs_token=access.token is not None)
    paths = frozenset(getattr(route, "path", "") for route in app.routes)
    app.add_middleware(Guard, limits=limits, access=access, metrics=service.metrics, paths=paths, root_path=root_path)
    app.state.start = service.start
    app.state.stop, app.state.metrics = service.stop, service.metrics
    return app


def _add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(RefusalError)
    async def refuse(request: Request, error: RefusalError) -> Response:
        exchange: Exchange = request.scope["exchange"]
        exchange.refusal = error.code
        return problem(error.code, error.detail, error.headers, request_id=exchange.request_id)

    @app.exception_handler(HTTPException)
    async def refuse_status(request: Request, error: HTTPException) -> Response:
        return await refuse(request, RefusalError.of_status(error.status_code, str(error.detail), error.headers))

    @app.exception_handler(RequestValidationError)
    async def refuse_invalid(request: Request, error: RequestValidationError) -> Response:
        return await refuse(request, RefusalError("invalid", "; ".join(_validation_messages(error))))


def _validation_messages(error: RequestValidationError) -> Iterator[str]:
    """Yield what is wrong with the parameters of a request, without their content."""
    for details in error.errors()[:MAX_REPORTED_ERRORS]:
        yield f"{'.'.join(f'{part!s:.40}' for part in details['loc'][1:])}: {details['msg']}"


def _add_tag_route(app: FastAPI, service: _Service) -> None:
    @app.post(
        "/v1/tag",
        summary="Gắn nhãn đoạn văn · Tag texts",
        response_model=answers_of(service.model.codebook).tag,
        responses=refusals(*ALL_REFUSALS),
        openapi_extra=tag_body(service.limits, service.model.codebook),
    )
    async def tag(request: Request) -> Response:
        """Return the tags of each text, as `cchc-ml predict` gives them, and the place of each evidence sentence."""
        content_type = request.headers.get("content-type", "")
        texts, options = read_tag_request(await request.body(), content_type, service.limits, service.model.codebook)
        return await answer(request, service.wrapped("results", await service.texts.tag(texts, options)))


def _add_article_route(app: FastAPI, service: _Service) -> None:
    codebook = service.model.codebook
    answers = answers_of(codebook)

    async def articles(
        request: Request,
        filename: Annotated[
            str | None, Query(min_length=1, max_length=255, description=FILE_NAME, examples=["bai-bao.docx"])
        ] = None,
        threshold: Annotated[float | None, Query(ge=0, le=1, description=THRESHOLD)] = None,
        pillars: list[str] | None = None,
    ) -> Response:
        """Send an article (.txt, .html, .docx, .pdf …) in the field `file` of a form, or as the body with `?filename=`.

        `curl -F file=@bai-bao.docx http://127.0.0.1:8000/v1/articles`
        """
        options = Options(threshold, tuple(dict.fromkeys(map(str, pillars))) if pillars else None)
        content_type = request.headers.get("content-type", "")
        language = "vi" if request.headers.get("accept-language", "").lower().startswith("vi") else "en"
        article = Article(await request.body(), content_type, filename, options, language)
        exchange: Exchange = request.scope["exchange"]
        rows = await service.articles.tag(exchange.client, article)
        return await answer(request, service.wrapped("rows", [rows]))

    # The slugs are known only now, so FastAPI is given their type and not its name.
    wanted: Any = list[answers.slug] | None  # type: ignore[name-defined]
    articles.__annotations__["pillars"] = Annotated[
        wanted, Query(min_length=1, max_length=len(codebook), description=PILLARS_WANTED)
    ]
    app.post(
        "/v1/articles",
        summary="Gắn nhãn bài báo · Tag an article",
        response_model=answers.article,
        responses=refusals(*ALL_REFUSALS),
        openapi_extra=ARTICLE_BODY,
    )(articles)


def _add_information_routes(app: FastAPI, service: _Service) -> None:
    model = service.model

    answers, codebook = answers_of(model.codebook), model.codebook
    summary = "Sáu trụ cột · The six pillars" if codebook.is_default else "Các nhóm · The categories"

    @app.get("/v1/pillars", summary=summary, response_model=list[answers.pillar])  # type: ignore[name-defined]
    async def pillars() -> list[Any]:
        """Return the names of each pillar, and the probability from which it is tagged."""
        thresholds = model.probabilities(model.thresholds[None].astype(float))[0].tolist()
        return [
            answers.pillar(
                slug=pillar.value, vi=pillar.vi, en=pillar.en, short=pillar.short, threshold=round(threshold, 4)
            )
            for pillar, threshold in zip(model.codebook, thresholds, strict=True)
        ]

    @app.get("/healthz", summary="Còn hoạt động không · Is the service working")
    async def healthz() -> Health:
        """Answer at once, also while other requests are being worked on. Name the model."""
        return Health(status="ok", version=__version__, model=service.name)


def _add_operation_routes(app: FastAPI, service: _Service) -> None:
    @app.get("/livez", summary="Tiến trình còn sống không · Is the process alive", response_class=PlainTextResponse)
    async def livez() -> Response:
        """Answer `ok` at once."""
        return PlainTextResponse("ok\n")

    @app.get(
        "/readyz",
        summary="Sẵn sàng không · Can it take work",
        response_class=PlainTextResponse,
        responses={503: {"description": "Chưa sẵn sàng · articles wait for long", "content": {"text/plain": {}}}},
    )
    async def readyz() -> Response:
        """Answer `ok`, or 503 while articles wait for long because those before them are slow."""
        if service.articles.is_stuck:
            return PlainTextResponse("articles wait for long\n", 503)
        return PlainTextResponse("ok\n")

    @app.get("/metrics", summary="Số đo · Counts for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Return counts, latencies, refusals and queues in the text form of Prometheus; nothing of what was sent."""
        return Response(service.metrics.text(), headers={"Content-Type": MEDIA_TYPE})


def _add_pages(app: FastAPI, service: _Service, root_path: str) -> None:
    page = render_offline_page(service.model, served=True).encode()
    packed = pack(page)
    tag = hashlib.sha256(page).hexdigest()[:32]

    @cache
    def reference() -> bytes:
        return render_reference(app.openapi(), root_path).encode()

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        return await answer(request, reference(), "text/html; charset=utf-8")

    @app.get("/favicon.ico", include_in_schema=False)
    async def icon() -> Response:
        """Answer browsers, which ask for it, that there is none."""
        return Response(status_code=204)

    @app.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        is_packed = accepts_gzip(request.headers.get("accept-encoding", ""))
        etag = f'"{tag}{"-gzip" if is_packed else ""}"'
        headers = {
            # The page contains a stricter policy for its own content.
            "Content-Security-Policy": "frame-ancestors 'none'",
            "Cache-Control": "private, no-cache",
            "ETag": etag,
            "Vary": "Accept-Encoding",
        }
        if _matches(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return HTMLResponse(packed if is_packed else page, headers=headers)


def _matches(header: str, etag: str) -> bool:
    """Return whether a client has what it asks for (RFC 9110, If-None-Match)."""
    return header.strip() == "*" or etag in (part.strip().removeprefix("W/") for part in header.split(","))


def _describe(app: FastAPI, *, needs_token: bool) -> None:
    """Add to the OpenAPI description what FastAPI does not know: the answer of a refusal, and the token."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            description = original()
            schemas = description["components"]["schemas"]
            schemas["Problem"] = Problem.model_json_schema()
            for schema in schemas.values():  # an example in Python helps nobody who asks over HTTP
                if "description" in schema:
                    schema["description"] = schema["description"].split("\n\nExamples\n")[0]
            if needs_token:
                description["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
                description["security"] = [{"token": []}]
        return original()

    app.openapi = openapi  # type: ignore[method-assign]


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise OSError(
            message(
                "cannot listen on {host}, port {port}: {error}; give another --host or --port",
                host=host,
                port=str(port),
                error=system_reason(error),
            )
        ) from None
    with listening:
        yield listening


def serve(
    model: Model,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    limits: Limits | None = None,
    access: Access | None = None,
    name: ModelName | None = None,
    n_workers: int = 1,
    root_path: str = "",
    proxies: tuple[str, ...] = (),
    on_ready: Callable[[str], object] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Answer over HTTP until the process is interrupted or `stop` is set.

    A script calls it under ``if __name__ == "__main__":``, because the worker processes import the script.

    Parameters
    ----------
    model : Model
        The model that tags.
    host : str
        The address to listen on.
    port : int
        0 for any free port.
    limits : Limits, optional
        What is accepted.
    access : Access, optional
        Who may ask. By default, without a token; and if only this machine can reach the address, requests must name
        this machine as their host.
    name, n_workers, root_path
        See `create_app`.
    proxies : tuple of str
        Addresses of proxies whose word about the client's address is believed.
    on_ready : callable, optional
        Called with the URL when clients can connect.
    stop : threading.Event, optional
        Set it to stop the service: requests that are being worked on are answered first, within the grace period.

    Raises
    ------
    OSError
        The port is in use, or the address does not belong to this machine.
    """
    limits = limits or Limits()
    return_large_blocks()
    with _listening(host, port) as listening, suppress(KeyboardInterrupt):
        app = create_app(
            model,
            limits=limits,
            access=access or Access(local=is_loopback(host)),
            name=name,
            n_workers=n_workers,
            root_path=root_path,
        )
        try:
            app.state.start()
            if on_ready:
                on_ready(f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}")
            Server(app, limits, stop, proxies, app.state.metrics.count_refusal).run(sockets=[listening])
        finally:
            app.state.stop()
