import gzip
import hashlib
import json
import logging
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import lxml.html
import pytest
from needs import needs

from cchc_ml import __version__
from cchc_ml.model.storage import read_model
from cchc_ml.pillars import PILLARS
from cchc_ml.reading.inputs import read_file
from cchc_ml.tagging.rows import as_row, tag_rows
from cchc_ml.web.access import Access
from cchc_ml.web.service import name_model, serve

SECRET = "Bà Huỳnh Thị Bí Mật nộp hồ sơ một cửa. Xã giải ngân 9% vốn đầu tư công."
TEXTS = [
    "Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật.",
    "Mưa.",
    "😀 Thủ tục hành chính: xã trả hồ sơ trước hạn. 😀 Chợ.",
]
PATHS = {"/v1/tag", "/v1/articles", "/v1/pillars", "/healthz", "/livez", "/readyz", "/metrics"}


@contextmanager
def running(model, **options):
    """Run the service on a free port; yield a client for it. A service that does not start fails its test."""
    urls, stop = queue.Queue(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        service = pool.submit(serve, model, port=0, on_ready=urls.put, stop=stop, **options)
        service.add_done_callback(lambda _: urls.put(None))
        try:
            url = urls.get(timeout=120)
            if url is None:
                service.result()
            with httpx.Client(base_url=url, timeout=60) as client:
                yield client
        finally:
            stop.set()
    assert service.result() is None


@pytest.fixture(scope="module")
def client(model):
    with running(model) as client:
        yield client


def test_texts_are_tagged_as_on_the_command_line(client, model):
    answer = client.post("/v1/tag", json={"text": TEXTS})
    assert answer.status_code == 200
    for text, annotation, got in zip(TEXTS, model.annotate(TEXTS), answer.json()["results"], strict=True):
        want = as_row(annotation, text)
        assert (got["pillars"], got["scores"]) == (want["pillars"], want["scores"])
        assert {pillar: sentence["text"] for pillar, sentence in got["evidence"].items()} == want["evidence"]
        assert all(text[s["start"] : s["end"]] == s["text"] for s in got["evidence"].values())
    assert client.post("/v1/tag", json={"text": TEXTS[0]}).json()["results"] == answer.json()["results"][:1]


def test_many_texts_at_a_time_are_answered_each_with_its_own(client, model, corpus):
    """Texts that wait are tagged together, and many requests wait here."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda text: client.post("/v1/tag", json={"text": text}), corpus.texts[:100]))
    for text, annotation, answer in zip(corpus.texts, model.annotate(corpus.texts[:100]), answers, strict=False):
        (got,) = answer.json()["results"]
        assert got["scores"] == as_row(annotation, text)["scores"]


@pytest.mark.parametrize("how", ["form", "body"])
def test_an_article_is_tagged_as_on_the_command_line(client, model, top, how):
    path = top / "data" / "samples" / "mot-cua-xa.txt"
    if how == "form":
        answer = client.post("/v1/articles", files={"file": (path.name, path.read_bytes())})
    else:
        answer = client.post("/v1/articles", params={"filename": path.name}, content=path.read_bytes())
    assert answer.status_code == 200
    assert answer.json()["rows"] == [row | {"source": path.name} for row in tag_rows(model, read_file(path))]


@pytest.mark.parametrize("name", ["a.html", "a.docx", "a.pdf"])
def test_articles_of_every_kind(client, tmp_path, name):
    text = "Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn cho 120 người dân."
    path = tmp_path / name
    if name == "a.html":
        path.write_text(f"<html><body><h1>Xã họp</h1><p>{text}</p></body></html>", "utf8")
    elif name == "a.docx":
        document = needs("docx").Document()
        document.add_paragraph(text)
        document.save(path)
    else:
        pdf = needs("reportlab.pdfgen.canvas").Canvas(str(path))
        pdf.drawString(72, 720, "Bo phan mot cua xa tra ho so thu tuc hanh chinh truoc han.")
        pdf.save()
    rows = client.post("/v1/articles", files={"file": (name, path.read_bytes())}).json()["rows"]
    assert "tthc" in rows[-1]["pillars"]
    assert {row["source"] for row in rows} == {name}


def test_options_of_a_request(client, top):
    body = {"text": TEXTS, "threshold": 0.0, "pillars": ["tthc", "apparatus"]}
    for result in client.post("/v1/tag", json=body).json()["results"]:
        assert set(result["pillars"]) == set(result["scores"]) == set(result["evidence"]) == {"tthc", "apparatus"}
    article = (top / "data/samples/mot-cua-xa.txt").read_bytes()
    parameters = {"filename": "a.txt", "threshold": 0.0, "pillars": ["tthc", "apparatus"]}
    for row in client.post("/v1/articles", params=parameters, content=article).json()["rows"]:
        assert set(row["pillars"]) == set(row["scores"]) == {"tthc", "apparatus"}


def test_answers_name_the_model(client, model, top):
    name = {"name": "pillars", "sha256": hashlib.sha256((top / "models/pillars.npz").read_bytes()).hexdigest()}
    assert client.get("/healthz").json() == {"status": "ok", "version": __version__, "model": name}
    assert client.post("/v1/tag", json={"text": "a"}).json()["model"] == name
    assert client.post("/v1/articles", params={"filename": "a.txt"}, content="Mưa.").json()["model"] == name
    assert name_model(model, top / "models/pillars.npz") == name_model(model)


def test_the_pillars(client, model):
    pillars = client.get("/v1/pillars").json()
    assert [entry["slug"] for entry in pillars] == [p.value for p in PILLARS]
    thresholds = model.probabilities(model.thresholds[None].astype(float))[0]
    assert [entry["threshold"] for entry in pillars] == pytest.approx(thresholds, abs=5e-5)


def test_what_operators_ask(client):
    assert set(client.get("/openapi.json").json()["paths"]) == PATHS
    assert client.get("/livez").text == client.get("/readyz").text == "ok\n"
    assert client.get("/favicon.ico").status_code == 204  # not a refusal in the log for each visit of a browser
    client.post("/v1/tag", json={})
    metrics = client.get("/metrics")
    assert metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    counted = [line for line in metrics.text.splitlines() if not line.startswith("#")]
    for name in ("cchc_requests_total", "cchc_request_seconds_bucket", "cchc_texts_waiting", "cchc_workers_busy"):
        assert any(line.startswith(name) for line in counted)
    assert any(line.startswith('cchc_refusals_total{code="invalid"}') for line in counted)


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", *sorted(PATHS - {"/v1/tag", "/v1/articles"})])
def test_head_is_get_without_a_body(client, path):
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    if path != "/metrics":  # it counts this request too
        assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize(("path", "policy"), [("/", "frame-ancestors 'none'"), ("/docs", "default-src 'none'; ")])
def test_the_pages_load_nothing(client, path, policy):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith(policy)
    page = lxml.html.document_fromstring(answer.text)
    assert page.findtext(".//h1") is not None
    assert page.xpath("//@src | //link | //iframe | //object") == []


def test_the_page_is_sent_packed_and_only_once(client):
    packed, plain = client.get("/"), client.get("/", headers={"accept-encoding": "identity"})
    assert packed.text == plain.text
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.headers["etag"] != plain.headers["etag"]
    again = client.get("/", headers={"if-none-match": f'"x", W/{packed.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == packed.headers["etag"]
    assert client.get("/", headers={"if-none-match": plain.headers["etag"]}).status_code == 200


def test_bodies_and_answers_may_be_packed(client):
    body = gzip.compress(json.dumps({"text": TEXTS * 20}).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = client.post("/v1/tag", content=body, headers=headers)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()["results"]) == 20 * len(TEXTS)


@pytest.mark.parametrize(
    ("request_", "status", "code", "detail"),
    [
        ({"json": {}}, 422, "invalid", "Object missing required field `text`"),
        ({"json": {"text": ["a"] * 1001}}, 422, "invalid", "text has 1,001 texts; want at most 1,000"),
        ({"json": {"text": "a" * 100_001}}, 422, "invalid", "text 0 has 100,001 characters; want at most 100,000"),
        ({"json": {"text": "a" * 10_000_000}}, 413, "body_too_large", "the body has more than 10,000,000 bytes"),
        ({"json": {"text": "a"}, "headers": {"host": "evil.example"}}, 400, "wrong_host", "the request names a host"),
        ({"json": {"text": "a"}, "headers": {"origin": "http://evil.example"}}, 403, "foreign_origin", "the request"),
        ({"content": b"a", "headers": {"content-type": "text/plain"}}, 415, "unsupported_media_type", "the content"),
        ({"content": b"a", "headers": {"content-encoding": "br"}}, 415, "unsupported_encoding", "the content encoding"),
    ],
    ids=range(8),
)
def test_requests_that_are_refused(client, request_, status, code, detail):
    answer = client.post("/v1/tag", **request_)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, status)
    assert problem["type"] == f"urn:cchc-ml:problem:{code}"
    assert problem["detail"].startswith(detail)
    assert problem["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("request_", "status", "code", "detail"),
    [
        ({"files": {"file": ("a.exe", b"MZ")}}, 415, "unsupported_media_type", "a.exe is not an article file; want"),
        ({"files": {"file": ("a.txt", b"")}}, 422, "unreadable_article", "a.txt is empty"),
        ({"files": {"file": ("a.docx", b"PK no")}}, 422, "unreadable_article", "a.docx is damaged"),
        ({"files": {"other": ("a.txt", b"a")}}, 422, "invalid", "the form has no file in its field 'file'"),
        ({"content": b"a"}, 422, "invalid", "the file has no name"),
        ({"content": b"a", "params": {"filename": "a.txt", "threshold": "nan"}}, 422, "invalid", "threshold: "),
        ({"content": b"a", "params": {"filename": "a.txt", "pillars": "x"}}, 422, "invalid", "pillars.0: "),
        ({"content": b"a", "params": {"filename": ""}}, 422, "invalid", "filename: "),
    ],
    ids=range(8),
)
def test_articles_that_are_refused(client, request_, status, code, detail):
    answer = client.post("/v1/articles", **request_)
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"][: len(detail)]) == (status, code, detail)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/secret", 404, "not_found"),
        ("GET", "/v1/tag/", 404, "not_found"),
        ("GET", "/healthz/", 404, "not_found"),
        ("GET", "/v1/tag", 405, "method_not_allowed"),
        ("HEAD", "/v1/tag", 405, None),
        ("POST", "/", 405, "method_not_allowed"),
        ("DELETE", "/healthz", 405, "method_not_allowed"),
    ],
)
def test_other_paths_and_methods(client, method, path, status, code):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code


def test_nothing_that_is_sent_is_logged_or_kept(client, caplog, capfd, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/tag", json={"text": SECRET})
        client.post("/v1/tag", json={"text": [SECRET, None]})
        client.post("/v1/tag", content=SECRET.encode())
        client.post("/v1/articles", files={"file": ("bi-mat.txt", SECRET.encode())})
        client.post("/v1/articles", files={"file": ("bi-mat.docx", SECRET.encode())})
        client.get("/bi-mat", params={"q": "bi-mat"})
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    said = "".join(record.getMessage() for record in ours) + "".join(capfd.readouterr())
    assert "Huỳnh" not in said
    assert "bi-mat" not in said
    assert list(tmp_path.iterdir()) == []
    lines = [json.loads(record.getMessage()) for record in ours if record.name == "cchc_ml.web"]
    assert [line["code"] for line in lines] == [
        "invalid",
        "unsupported_media_type",
        "unreadable_article",
        "not_found",
    ]


def test_a_token_keeps_strangers_out(model):
    with running(model, access=Access(token="s3cret")) as client:
        assert client.get("/healthz").status_code == 200
        for path in ("/", "/docs", "/metrics", "/openapi.json", "/v1/pillars"):
            refused = client.get(path)
            assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
            assert client.get(path, headers={"authorization": "Bearer s3cret"}).status_code == 200
        assert client.get("/", auth=("", "s3cret")).status_code == 200
        description = client.get("/openapi.json", auth=("", "s3cret")).json()
        assert description["security"] == [{"token": []}]


def test_behind_a_proxy(model):
    access = Access(allowed_hosts=("cchc.example",))
    with running(model, access=access, root_path="/cchc", proxies=("127.0.0.1",)) as client:
        headers = {"host": "cchc.example", "origin": "https://cchc.example", "x-forwarded-for": "203.0.113.7"}
        for path in ("/v1/tag", "/cchc/v1/tag"):
            assert client.post(path, json={"text": "a"}, headers=headers).status_code == 200
        assert client.get("/openapi.json").json()["servers"] == [{"url": "/cchc"}]
        page = lxml.html.document_fromstring(client.get("/docs").text)
        assert page.xpath("//a/@href") == ["/cchc/openapi.json"]
        assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(PATHS))
def test_the_service_does_what_its_openapi_says(client, path):
    schemathesis = needs("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    schema = schemathesis.openapi.from_url(f"{client.base_url}/openapi.json")
    (operation,) = (each.ok() for each in schema.get_all_operations() if each.ok().path == path)
    # A schema cannot say which files are articles, so a body that fits the schema may be refused.
    excluded = [positive_data_acceptance] if path == "/v1/articles" else []

    @settings(
        max_examples=25,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def check(case):
        case.call_and_validate(excluded_checks=excluded)

    check()


def test_a_codebook_of_ones_own_is_followed(own):
    model = read_model(own.model)
    with running(model) as client:
        pillars = client.get("/v1/pillars").json()
        assert [(p["slug"], p["vi"], p["en"]) for p in pillars] == [(c.value, c.vi, c.en) for c in own.codebook]
        text = "Tiểu thương dọn sạp hàng ở chợ phiên."
        (result,) = client.post("/v1/tag", json={"text": text, "threshold": 0.0}).json()["results"]
        assert list(result["scores"]) == own.codebook.slugs
        assert result["pillars"][0] == "market"
        (some,) = client.post("/v1/tag", json={"text": text, "pillars": ["market"]}).json()["results"]
        assert list(some["scores"]) == ["market"]
        refused = client.post("/v1/tag", json={"text": text, "pillars": ["tthc"]})
        assert refused.status_code == 422
        assert "Invalid enum value 'tthc'" in refused.json()["detail"]
        asked = {"filename": "a.txt", "pillars": ["school", "market"]}
        rows = client.post("/v1/articles", content=text.encode(), params=asked).json()["rows"]
        assert set(rows[0]["scores"]) == {"school", "market"}
        refused = client.post("/v1/articles", content=text.encode(), params=asked | {"pillars": "tthc"})
        assert refused.status_code == 422
        schemas = client.get("/openapi.json").json()["components"]["schemas"]
        assert schemas["Category"]["enum"] == own.codebook.slugs
        assert {"TagAnswer", "ArticleAnswer", "PillarEntry"} <= set(schemas)
        assert client.get("/docs").status_code == client.get("/").status_code == 200
