import logging
import queue
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import httpx
import lxml.html
import pytest
from needs import needs

from cchc_ml import __version__
from cchc_ml.pillars import PILLARS
from cchc_ml.reading.inputs import read_file
from cchc_ml.tagging.rows import as_row, tag_rows
from cchc_ml.web.limits import Limits
from cchc_ml.web.service import create_app, serve

SECRET = "Bà Huỳnh Thị Bí Mật nộp hồ sơ một cửa. Xã giải ngân 9% vốn đầu tư công."
TEXTS = [
    "Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật.",
    "Mưa.",
    "😀 Thủ tục hành chính: xã trả hồ sơ trước hạn. 😀 Chợ.",
]


@contextmanager
def running(model, limits=None):
    """Run the service on a free port; yield a client for it. A service that does not start fails its test."""
    urls, stop = queue.Queue(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        service = pool.submit(serve, model, port=0, limits=limits, on_ready=urls.put, stop=stop)
        service.add_done_callback(lambda _: urls.put(None))
        try:
            url = urls.get(timeout=60)
            if url is None:
                service.result()
            with httpx.Client(base_url=url, timeout=30) as client:
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


def test_the_pillars_and_the_health(client, model):
    pillars = client.get("/v1/pillars").json()
    assert [entry["slug"] for entry in pillars] == [p.value for p in PILLARS]
    thresholds = model.probabilities(model.thresholds[None].astype(float))[0]
    assert [entry["threshold"] for entry in pillars] == pytest.approx(thresholds, abs=5e-5)
    assert client.get("/healthz").json() == {"status": "ok", "version": __version__}
    assert set(client.get("/openapi.json").json()["paths"]) == {"/v1/tag", "/v1/articles", "/v1/pillars", "/healthz"}


@pytest.mark.parametrize(("path", "policy"), [("/", "frame-ancestors 'none'"), ("/docs", "default-src 'none'; ")])
def test_the_pages_load_nothing(client, path, policy):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith(policy)
    page = lxml.html.document_fromstring(answer.text)
    assert page.findtext(".//h1") is not None
    assert page.xpath("//@src | //link | //iframe | //object") == []


@pytest.mark.parametrize(
    ("request_", "status", "detail"),
    [
        (
            {"content": b"{broken", "headers": {"content-type": "application/json"}},
            422,
            "the body is not valid JSON (character 1: ",
        ),
        ({"json": {}}, 422, "text: Field required"),
        ({"json": {"text": 3}}, 422, "text: Input should be a valid list"),
        ({"json": {"text": ["a", None]}}, 422, "text.1: Input should be a valid string"),
        ({"json": {"text": " "}}, 422, "text.0: String should match pattern"),
        ({"json": {"text": []}}, 422, "text: List should have at least 1 item"),
        ({"json": {"text": "a", "more": 1}}, 422, "more: Extra inputs are not permitted"),
        ({"json": {"text": "x" * 100_001}}, 422, "text.0: String should have at most 100000 characters"),
        ({"json": {"text": ["a"] * 1001}}, 422, "text: List should have at most 1000 items"),
        ({"content": b"a" * 10_000_001}, 413, "the body has more than 10,000,000 bytes"),
        ({"content": (b"a" * 1_000_000 for _ in range(11))}, 413, "the body has more than 10,000,000 bytes"),
        (
            {"json": {"text": "a"}, "headers": {"host": "evil.example"}},
            400,
            "the request names a host that is not this machine; use 127.0.0.1 or localhost",
        ),
        ({"content": b"a", "headers": {"content-type": "text/plain"}}, 422, "the body is not a JSON object; send for"),
    ],
    ids=range(13),
)
def test_requests_that_are_refused(client, request_, status, detail):
    try:
        answer = client.post("/v1/tag", **request_)
    except httpx.WriteError:  # refused while it was still being sent
        assert status == 413
        return
    assert answer.status_code == status
    assert answer.json()["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("request_", "status", "detail"),
    [
        ({"files": {"file": ("a.exe", b"MZ")}}, 415, "a.exe is not an article file; want one of .txt"),
        ({"files": {"file": ("a.txt", b"")}}, 422, "a.txt is empty"),
        ({"files": {"file": ("a.docx", b"PK no")}}, 422, "a.docx is damaged"),
        ({"files": {"other": ("a.txt", b"a")}}, 422, "the form has no file in its field 'file'"),
        ({"content": b"a"}, 422, "the file has no name"),
    ],
    ids=range(5),
)
def test_articles_that_are_refused(client, request_, status, detail):
    answer = client.post("/v1/articles", **request_)
    assert (answer.status_code, answer.json()["detail"][: len(detail)]) == (status, detail)


class Changed:
    """A model that does something else before it tags."""

    def __init__(self, model, before):
        self.model, self.before = model, before
        self.thresholds, self.probabilities = model.thresholds, model.probabilities

    def annotate(self, texts):
        self.before(texts)
        return self.model.annotate(texts)


@pytest.fixture
def blocked(model):
    """A model that works on a text that begins with "chậm" only after `release` is set; and `release`."""
    release = threading.Event()
    yield Changed(model, lambda texts: texts[0].startswith("chậm") and release.wait(60)), release
    release.set()


def test_work_is_limited_in_time(blocked):
    slow, release = blocked
    with running(slow, Limits(seconds=0.3)) as client:
        answer = client.post("/v1/tag", json={"text": "chậm"})
        release.set()
    assert (answer.status_code, answer.json()["detail"]) == (
        408,
        "the work was not done within 0.3 seconds; send less at a time",
    )


def test_work_is_limited_in_number(blocked):
    slow, release = blocked
    with running(slow, Limits(concurrent=2)) as client, ThreadPoolExecutor(4) as pool:
        jobs = as_completed([pool.submit(client.post, "/v1/tag", json={"text": "chậm"}) for _ in range(4)])
        refused = [next(jobs).result() for _ in range(2)]
        assert client.get("/healthz").status_code == 200
        release.set()
        done = [job.result() for job in jobs]
    assert [answer.status_code for answer in [*refused, *done]] == [429, 429, 200, 200]
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}


def test_a_service_that_is_stopped_answers_what_it_works_on(blocked):
    slow, release = blocked
    begun = threading.Event()
    slow.before = lambda texts: texts[0].startswith("chậm") and (begun.set(), release.wait(60))
    with ThreadPoolExecutor(1) as pool:
        with running(slow) as client:
            job = pool.submit(httpx.post, client.base_url.join("/v1/tag"), json={"text": "chậm"}, timeout=30)
            assert begun.wait(30)
            threading.Timer(0.5, release.set).start()  # after the service was told to stop
        assert job.result().status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(client.base_url)


def test_nothing_that_is_sent_is_logged_or_kept(client, caplog, capfd, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/tag", json={"text": SECRET})
        client.post("/v1/tag", json={"text": [SECRET, None]})
        client.post("/v1/tag", content=SECRET.encode())
        client.post("/v1/articles", files={"file": ("bi-mat.txt", SECRET.encode())})
        client.post("/v1/articles", files={"file": ("bi-mat.docx", SECRET.encode())})
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    said = "".join(record.getMessage() for record in ours) + "".join(capfd.readouterr())
    assert "Huỳnh" not in said
    assert "bi-mat" not in said
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_service_does_not_repeat_what_was_sent(model, caplog):
    def fail(texts):
        if texts[0] == SECRET:
            raise RuntimeError(texts[0])

    with running(Changed(model, fail)) as client:
        answer = client.post("/v1/tag", json={"text": SECRET})
    assert (answer.status_code, answer.json()) == (500, {"detail": "an error in the service; its log says where"})
    assert "Huỳnh" not in caplog.text
    assert f"RuntimeError at {Path(__file__).name}" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/v1/tag", "/v1/articles", "/v1/pillars", "/healthz"])
def test_the_service_does_what_its_openapi_says(model, path):
    schemathesis = needs("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(model, local=False))
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
