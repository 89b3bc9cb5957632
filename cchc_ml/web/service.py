"""The tagger over HTTP: texts and articles in, tags as the command line gives them out; nothing that is sent is kept or logged."""

# FastAPI reads the annotations of what is defined inside `create_app`, so they are no strings here.

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from html import escape
from ipaddress import ip_address
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.exceptions import HTTPException as Refusal
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..model.model import Model
from ..pillars import PILLARS, Pillar
from ..reading.articles import ARTICLES
from ..reading.inputs import read_file
from ..reading.tables import Row
from ..tagging.rows import as_row, tag_rows
from ..tagging.writers import json_lines
from ..version import __version__

__all__ = ["Limits", "create_app", "is_loopback", "serve"]

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What one request may ask of the service.

    Attributes
    ----------
    body : int
        Bytes of a request.
    texts : int
        Texts in a batch.
    characters : int
        Characters of a text.
    seconds : float
        How long a body may take to arrive, and the work on it to be done.
    concurrent : int
        Requests that are read or worked on at a time.
    """

    body: int = 10_000_000
    texts: int = 1_000
    characters: int = 100_000
    seconds: float = 30
    concurrent: int = 64


SAMPLE = "Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật."
RAIN = "Trận mưa đêm qua làm ngập chợ."
Probability = Annotated[float, Field(ge=0, le=1)]
Scores = Annotated[
    dict[Pillar, Probability], Field(description="Xác suất đã hiệu chỉnh của cả sáu trụ cột · calibrated probabilities")
]
Tags = Annotated[
    list[Pillar], Field(description="Xác suất cao nhất đứng trước; thường là rỗng · most probable first; often none")
]


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str


class Sentence(BaseModel):
    """The sentence that carries a pillar; offsets count characters (Unicode code points) of the text as it was sent."""

    text: str
    start: int
    end: int


class Tagged(BaseModel):
    """What is said of one text."""

    pillars: Tags
    scores: Scores
    evidence: Annotated[
        dict[Pillar, Sentence], Field(description="Câu bằng chứng · the sentence that carries each pillar")
    ]


class TagAnswer(BaseModel):
    """One result a text, in their order."""

    results: list[Tagged]


class Paragraph(BaseModel):
    """A paragraph of an article, as `cchc-ml predict` writes it."""

    source: str
    paragraph: int
    text: str
    kind: str
    headline: str | None
    date: str | None
    author: str | None
    outlet: str | None
    pillars: Tags
    scores: Scores
    evidence: dict[Pillar, str]
    evidence_spans: dict[Pillar, list[int]]


class ArticleAnswer(BaseModel):
    """One row a paragraph, in the order of the article."""

    rows: list[Paragraph]


class PillarEntry(BaseModel):
    """A pillar, its names, and the probability above which it is tagged."""

    slug: Pillar
    vi: str
    en: str
    short: str
    threshold: Probability


class Health(BaseModel):
    """That the service answers."""

    status: str
    version: str


REFUSALS = {
    400: "Không đọc được yêu cầu · the request cannot be read, or names another host",
    408: "Quá thời gian · it took too long to arrive, or to work on",
    413: "Quá lớn · the body is too large",
    415: "Không đọc loại tệp này · this kind of file is not read",
    422: "Nội dung không hợp lệ · the content is not what is wanted",
    429: "Đang bận · too many requests at a time; try again",
}
FILE = {"type": "string", "format": "binary"}
ARTICLE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": FILE}}},
            "application/octet-stream": {"schema": FILE},
        },
    }
}


def _refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": Problem, "description": REFUSALS[code]} for code in codes}


def is_loopback(host: str) -> bool:
    """Whether a name or address of a host can only be this machine.

    Examples
    --------
    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "cchc.example")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def _problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers)


class Guard:
    """What stands before the application: it checks the host, reads bodies within the limits, and answers when something breaks.

    Parameters
    ----------
    app : ASGI application
    limits : Limits
    local : bool
        Whether to answer only where the request names this machine: a page elsewhere can have its own name resolve to
        127.0.0.1 (DNS rebinding), but not send another Host.
    """

    def __init__(self, app: ASGIApp, limits: Limits, local: bool) -> None:
        self.app, self.limits, self.local = app, limits, local
        self.busy = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            self._check_host(Headers(scope=scope).get("host", ""))
            await (self._post if scope["method"] == "POST" else self.app)(scope, receive, headed)
        except HTTPException as error:
            await _problem(error.status_code, error.detail, error.headers)(scope, receive, headed)
        except Exception as error:  # its message may quote what was sent: told are only its type and place
            trace = error.__traceback__
            while trace and trace.tb_next:
                trace = trace.tb_next
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
            logging.getLogger(__name__).error("%s at %s", type(error).__name__, place)
            await _problem(500, "an error in the service itself; its log tells where")(scope, receive, headed)

    def _check_host(self, host: str) -> None:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            name = ""
        if self.local and not is_loopback(name):
            raise HTTPException(400, "the request names another host than this machine; ask for 127.0.0.1 or localhost")

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.busy >= self.limits.concurrent:
            raise HTTPException(429, f"{self.busy} requests are being worked on; try again", {"Retry-After": "1"})
        self.busy += 1
        try:
            async with asyncio.timeout(self.limits.seconds):
                body = await self._body(receive)
            if body is not None:

                async def again() -> Message:
                    return {"type": "http.request", "body": body, "more_body": False}

                await self.app(scope, again, send)
        except TimeoutError:
            raise HTTPException(408, f"the body did not arrive within {self.limits.seconds:g} seconds") from None
        finally:
            self.busy -= 1

    async def _body(self, receive: Receive) -> bytes | None:
        """Read a body; None where the client has left."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self.limits.body:
                raise HTTPException(413, f"the body has more than {self.limits.body:,} bytes; send less at a time")
            if not message.get("more_body", False):
                return bytes(body)


def _tag_texts(model: Model, texts: Sequence[str]) -> list[Row]:
    rows = []
    for text, found in zip(texts, model.annotate(texts), strict=True):
        evidence = {p.value: {"text": text[a:b], "start": a, "end": b} for p, (a, b) in found.evidence.items()}
        fields = as_row(found, text)
        rows.append({"pillars": fields["pillars"], "scores": fields["scores"], "evidence": evidence})
    return rows


def _tag_article(model: Model, name: str, data: bytes) -> list[Row]:
    """Read and tag an article by way of a file, which the readers of Word and PDF need; it is gone when this returns."""
    kind = PurePath(name).suffix.lower()
    if kind not in ARTICLES:
        raise HTTPException(415, f"{name} is no article; want one of {', '.join(ARTICLES)}")
    with TemporaryDirectory(prefix="cchc-ml-") as folder:
        path = Path(folder, f"article{kind}")
        path.write_bytes(data)
        try:
            return [row | {"source": name} for row in tag_rows(model, read_file(path))]
        except (ValueError, ImportError) as error:
            status = 415 if isinstance(error, ImportError) else 422
            raise HTTPException(status, str(error).replace(str(path), name)) from None


def _lines(error: RequestValidationError) -> Iterator[str]:
    """Say what is wrong with a request, without what was sent."""
    for found in error.errors()[:3]:
        where = ".".join(f"{part!s:.40}" for part in found["loc"][1:]) or found["loc"][0]
        if found["type"] == "json_invalid":
            yield f"the body is no JSON (character {where}: {found['ctx']['error']})"
        elif found["type"] == "model_attributes_type":
            yield 'want a JSON object such as {"text": "…"}, sent as application/json'
        else:
            yield f"{where}: {found['msg']}"


def create_app(model: Model, *, limits: Limits | None = None, local: bool = True) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    model : Model
    limits : Limits, optional
    local : bool
        Whether to answer only requests that name this machine as their host.
    """
    limits = limits or Limits()
    # One thread each: pdfium may be used by one at a time, and texts are not to wait for documents.
    tagging, reading = ThreadPoolExecutor(1, "tagging"), ThreadPoolExecutor(1, "reading")
    Text = Annotated[str, Field(min_length=1, max_length=limits.characters, pattern=r"\S")]
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
            extra="forbid", json_schema_extra={"examples": [{"text": SAMPLE}, {"text": [SAMPLE, RAIN]}]}
        )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        for pool in (tagging, reading):
            pool.shutdown(wait=False, cancel_futures=True)

    async def work(pool: Executor, function: Callable[..., T], *arguments: Any) -> T:
        job = asyncio.get_running_loop().run_in_executor(pool, function, *arguments)
        try:
            return await asyncio.wait_for(job, limits.seconds)
        except TimeoutError:
            raise HTTPException(408, f"not done within {limits.seconds:g} seconds; send less at a time") from None

    app = FastAPI(
        title="cchc-ml",
        version=__version__,
        summary="Gắn nhãn trụ cột cải cách hành chính cho từng đoạn văn · tags paragraphs by pillar of administrative reform",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(Guard, limits=limits, local=local)

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        return _problem(error.status_code, error.detail, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return _problem(422, "; ".join(_lines(error)))

    @app.post(
        "/v1/tag",
        summary="Gắn nhãn đoạn văn · Tag texts",
        response_model=TagAnswer,
        responses=_refusals(400, 408, 413, 422, 429),
    )
    async def tag(request: TagRequest) -> Response:
        """Give for each text what `cchc-ml predict` says of it, with the place of each evidence sentence."""
        return JSONResponse({"results": await work(tagging, _tag_texts, model, request.text)})

    @app.post(
        "/v1/articles",
        summary="Gắn nhãn bài báo · Tag an article",
        response_model=ArticleAnswer,
        responses=_refusals(400, 408, 413, 415, 422, 429),
        openapi_extra=ARTICLE_BODY,
    )
    async def articles(
        request: Request,
        filename: Annotated[str | None, Query(min_length=1, max_length=255, examples=["bai-bao.docx"])] = None,
    ) -> Response:
        """Send a .txt, .html, .docx or .pdf as the field `file` of a form, or as the body, with its name in `filename`.

        `curl -F file=@bai-bao.docx http://127.0.0.1:8000/v1/articles`
        """
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            async with request.form(max_files=1) as form:
                file = form.get("file")
                if not isinstance(file, UploadFile):
                    raise HTTPException(422, "the form has no file in its field 'file'")
                name, data = filename or file.filename, await file.read()
        else:
            name, data = filename, await request.body()
        if not name:
            raise HTTPException(422, "the file has no name; give ?filename=NAME.txt, .html, .docx or .pdf")
        rows = await work(reading, _tag_article, model, name, data)
        return Response(f'{{"rows": [{",".join(json_lines(rows))}]}}', media_type="application/json")

    @app.get("/v1/pillars", summary="Sáu trụ cột · The six pillars")
    async def pillars() -> list[PillarEntry]:
        """Give their names, and the probability above which each is tagged."""
        thresholds = model.probabilities(model.thresholds[None].astype(float))[0].tolist()
        return [
            PillarEntry(slug=p, vi=p.vi, en=p.en, short=p.short, threshold=round(threshold, 4))
            for p, threshold in zip(PILLARS, thresholds, strict=True)
        ]

    @app.get("/healthz", summary="Còn hoạt động không · Is it alive")
    async def healthz() -> Health:
        """Answer, while work is going on."""
        return Health(status="ok", version=__version__)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(_reference(app.openapi()))

    @cache
    def page() -> bytes:
        from .offline_page import app_page

        return app_page(model).encode()

    @app.get("/", include_in_schema=False)
    async def index() -> Response:
        # The page brings a policy of its own for what is inside it.
        policy = {"Content-Security-Policy": "frame-ancestors 'none'"}
        return HTMLResponse(await work(reading, page), headers=policy)

    return app


REFERENCE = """<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #8886; --soft: #8882; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.15rem; margin: 2.2rem 0 .3rem; }} h3 {{ font-size: 1rem; margin: 1rem 0 .3rem; }}
code, pre {{ font: .9rem/1.45 ui-monospace, monospace; }} h2 code {{ font-size: 1.05rem; }}
pre {{ background: var(--soft); padding: .7rem .9rem; border-radius: .4rem; overflow-x: auto; }}
dt {{ margin-top: .4rem; }} dd {{ margin: 0 0 0 1.2rem; }} p, dd {{ overflow-wrap: anywhere; }} summary {{ cursor: pointer; }}
</style></head><body>
<h1>{title}</h1>
<p>{summary}</p>
<p>Bản mô tả cho máy đọc: <a href="/openapi.json">/openapi.json</a>.</p>
{body}
</body></html>
"""


def _code(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>"


def _entries(entries: Mapping[str, str]) -> str:
    return (
        "<dl>"
        + "".join(f"<dt><code>{escape(name)}</code></dt><dd>{escape(text)}</dd>" for name, text in entries.items())
        + "</dl>"
    )


def _reference(schema: Mapping[str, Any]) -> str:
    """Lay out an OpenAPI description as a page that needs nothing beside it."""
    components = schema["components"]["schemas"]

    def named(value: Any) -> Any:
        """Put in what a schema refers to."""
        if isinstance(value, dict):
            return (
                named(components[value["$ref"].rsplit("/", 1)[1]])
                if "$ref" in value
                else {k: named(v) for k, v in value.items()}
            )
        return [named(v) for v in value] if isinstance(value, list) else value

    parts = []
    for path, methods in schema["paths"].items():
        for method, about in methods.items():
            parts += [
                f"<h2><code>{method.upper()} {escape(path)}</code></h2>",
                f"<p><b>{escape(about['summary'])}</b><br>",
            ]
            parts.append(f"{escape(about['description'])}</p>")
            if asked := about.get("parameters"):
                parts += [
                    "<h3>Tham số</h3>",
                    _entries({f"?{p['name']}=": ", ".join(p["schema"].get("examples", [])) for p in asked}),
                ]
            for kind, content in about.get("requestBody", {}).get("content", {}).items():
                body = named(content["schema"])
                parts.append(f"<h3>Gửi <code>{escape(kind)}</code></h3>")
                parts += map(_code, body.pop("examples", []))
                parts.append(f"<details><summary>Lược đồ</summary>{_code(body)}</details>")
            answers = dict(about["responses"])
            answer = named(answers.pop("200")["content"]["application/json"]["schema"])
            parts.append(f"<h3>Trả lời</h3><details><summary>Lược đồ</summary>{_code(answer)}</details>")
            parts.append(_entries({status: refusal["description"] for status, refusal in answers.items()}))
    return REFERENCE.format(
        title=escape(schema["info"]["title"]), summary=escape(schema["info"]["summary"]), body="\n".join(parts)
    )


def _server(app: FastAPI, limits: Limits) -> uvicorn.Server:
    """Make a server that logs errors only: no requests, and not what a parser found in them."""
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    seconds = max(1, int(limits.seconds))
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="error",
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=seconds,
    )
    return uvicorn.Server(config)


def serve(
    model: Model,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    limits: Limits | None = None,
    on_ready: Callable[[str], object] | None = None,
) -> None:
    """Answer over HTTP until the process is ended.

    Parameters
    ----------
    model : Model
    host : str
        The address to listen on. On one that only this machine reaches, requests must name this machine.
    port : int
        0 for any that is free.
    limits : Limits, optional
    ready : callable, optional
        Called with the URL once connections are taken.

    Raises
    ------
    OSError
        The address is taken, or not this machine's.
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
        model.annotate([SAMPLE, "cai cach hanh chinh"])  # what is built at the first use, with diacritics and without
        if on_ready:
            on_ready(f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}")
        _server(app, limits).run(sockets=[listening])
