"""Attacks that once kept the service busy for minutes, over HTTP, against a process as a user starts it."""

import json
import os
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from attacks import chunked, many_attributes, nested_word, slow_pdf
from needs import needs
from service_process import TEXT, TOP, is_alive, service, wait_until, watched

pytestmark = pytest.mark.slow

JSON = {"Content-Type": "application/json"}
SECONDS = 4
GRACE = 3
# What a busy machine adds.
SLACK = 10


def sentences():
    """An article of 6,000 paragraphs."""
    lines = [f"Đoạn {i}: xã họp bàn cách gỡ hồ sơ trễ hẹn của người dân.\n" for i in range(6_000)]
    return "".join(lines).encode()


@pytest.fixture(scope="module")
def running():
    with service("--seconds", SECONDS, "--grace-seconds", GRACE) as running:
        yield running


@pytest.fixture(scope="module")
def article():
    return (TOP / "data/samples/mot-cua-xa.txt").read_bytes()


def test_a_reader_that_is_stuck_is_killed_and_nobody_else_waits(running, article):
    needs("pypdfium2")
    pdf = slow_pdf()
    assert len(pdf) < 130_000
    with ThreadPoolExecutor(3) as pool, watched(running) as health, watched(running, "/") as page:
        start = time.monotonic()
        stuck = pool.submit(running.article, "a.pdf", pdf)
        time.sleep(1)
        assert running.article("a.txt", article, "127.0.0.2")[0] == 200  # another client
        assert running.tag()[0] == 200
        assert not stuck.done()
        status, problem = stuck.result()
        assert (status, problem["code"]) == (408, "too_slow")
        assert time.monotonic() - start < SECONDS + SLACK
    assert max(health) < 1
    assert max(page) < 1
    time.sleep(1)
    used = running.worker_seconds()
    time.sleep(1)
    assert running.worker_seconds() - used < 0.5  # nobody works on it any more
    assert running.article("a.txt", article)[0] == 200


def test_a_client_that_is_gone_costs_nothing_more(running):
    needs("pypdfium2")
    pdf = slow_pdf()
    with running.connect() as client:
        client.sendall(b"POST /v1/articles?filename=a.pdf HTTP/1.1\r\nHost: localhost\r\n")
        client.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(pdf), pdf))
        time.sleep(1)
    time.sleep(1)
    used = running.worker_seconds()
    time.sleep(1)
    assert running.worker_seconds() - used < 0.5


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("a.html", many_attributes, "unreadable_article"),
        ("a.docx", nested_word, None),
        ("a.txt", lambda: b"ab.\n" * 100_001, "too_many_paragraphs"),
        ("a.txt", sentences, "too_many_paragraphs"),
        ("a.txt", lambda: b"--X\r\n" * 1_800_000, "too_many_paragraphs"),
        ("a.pdf", lambda: slow_pdf(pages=1_001, operators=1), "unreadable_article"),
    ],
    ids=["attributes", "nested", "lines", "paragraphs", "more lines", "pages"],
)
def test_articles_that_are_counted_before_they_are_built(running, name, make, code):
    needs("docx")
    needs("pypdfium2")
    data = make()
    start = time.monotonic()
    with watched(running) as health:
        status, answer = running.article(name, data)
    assert time.monotonic() - start < SECONDS + SLACK
    assert (status, answer.get("code")) == ((422, code) if code else (200, None))
    assert max(health, default=0) < 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"text":"a",' + b",".join(b'"k%d":1' % i for i in range(400_000)) + b"}",
        b'{"text":[' + b",".join([b"1"] * 4_000_000) + b"]}",
        b'{"text":' + b"[" * 4_000_000 + b"]" * 4_000_000 + b"}",
        b'{"text":[' + b",".join([b"{}"] * 2_500_000) + b"]}",
        b'{"text":[' + b",".join([b'"a"'] * 2_000_000) + b"]}",
    ],
    ids=["keys", "numbers", "lists", "objects", "strings"],
)
def test_json_that_is_counted_before_it_is_built(running, body):
    with watched(running) as health:
        status, _, answer = running.ask("POST", "/v1/tag", body, JSON)
    assert (status, json.loads(answer)["code"]) == (422, "invalid")
    assert max(health, default=0) < 1


def test_one_byte_a_chunk(running):
    data = chunked("/v1/tag", [b"a"] * 900_000)
    with watched(running) as health:
        answer = running.send(data)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"too_many_chunks"' in answer
    assert max(health, default=0) < 1


def test_a_body_without_end_is_not_read_to_the_end(running):
    start = time.monotonic()
    answer = running.send(chunked("/v1/tag", [b"a" * 1_000_000] * 300))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert time.monotonic() - start < SECONDS + SLACK


def test_a_small_body_that_unpacks_to_a_large_one(running):
    import gzip

    body = gzip.compress(b'{"text": "' + bytes(100_000_000))
    status, _, answer = running.ask("POST", "/v1/tag", body, JSON | {"Content-Encoding": "gzip"})
    assert (status, json.loads(answer)["code"]) == (413, "body_too_large")


def test_batches_make_nobody_wait_and_hold_little_memory(running):
    """Twenty batches of 9.4 MB at a time once held 961 MB, and a single text waited 17 seconds."""
    body = json.dumps({"text": ["a. " * 33_000] * 95}).encode()
    before = running.memory()
    with ThreadPoolExecutor(20) as pool, watched(running) as health:
        batches = [pool.submit(running.ask, "POST", "/v1/tag", body, JSON) for _ in range(20)]
        time.sleep(1)
        start = time.monotonic()
        assert running.tag(TEXT, "127.0.0.2")[0] == 200
        assert time.monotonic() - start < 3
        most = running.memory()
        statuses = [batch.result()[0] for batch in batches]
    assert set(statuses) <= {200, 408, 429, 503}
    assert 429 in statuses
    assert max(health) < 1
    assert most - before < 600_000_000
    time.sleep(1)
    assert running.memory() - before < 200_000_000
    used = running.worker_seconds()
    time.sleep(1)
    assert running.worker_seconds() - used < 0.5


def test_a_page_of_another_site_makes_the_service_read_nothing(running):
    used = running.worker_seconds()
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": f"http://localhost:{running.port}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ):
        status, answered, _ = running.ask("POST", "/v1/articles?filename=a.pdf", slow_pdf(), headers)
        assert status == 403
        assert answered["connection"] == "close"
    assert running.worker_seconds() - used < 0.5


def test_no_redirect_follows_a_foreign_host():
    with service("--host", "0.0.0.0", "--no-token") as running:
        for path in ("/v1/tag/", "/healthz/", "//evil.example/"):
            status, headers, _ = running.ask("GET", path, headers={"Host": "evil.example"})
            assert status == 404
            assert "location" not in headers


def test_slow_clients_leave_places_for_others():
    options = ("--seconds", 3, "--max-requests", 8, "--max-requests-per-client", 4, "--head-seconds", 2)
    head = b"POST /v1/tag HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"
    with service(*options) as running:
        slow = [running.connect() for _ in range(10)] + [running.connect() for _ in range(10)]
        for number, client in enumerate(slow):
            client.sendall(head if number < 10 else head[:30])
        time.sleep(0.5)
        start = time.monotonic()
        assert running.tag(TEXT)[0] == 429
        assert running.tag(TEXT, "127.0.0.2")[0] == 200
        for client in slow:
            with client:
                answer = client.recv(65_536)
                assert answer.split()[1] in (b"408", b"429")
        assert time.monotonic() - start < 2 * SECONDS + SLACK
        assert running.tag(TEXT)[0] == 200


def test_readers_that_are_stuck_are_told():
    needs("pypdfium2")
    pdf = slow_pdf()
    with service("--seconds", 12) as running, ThreadPoolExecutor(2) as pool:
        assert running.ask("GET", "/readyz")[0] == 200
        jobs = [pool.submit(running.article, "a.pdf", pdf) for _ in range(2)]
        statuses, until = set(), time.monotonic() + 30
        while not all(job.done() for job in jobs) and time.monotonic() < until:
            statuses.add(running.ask("GET", "/readyz")[0])
            assert running.ask("GET", "/livez")[0] == 200
            time.sleep(0.2)
        codes = {job.result()[1]["code"] for job in jobs}  # the second may get its turn at the last moment, or not
        assert {"too_slow"} <= codes <= {"too_slow", "overloaded"}
        assert statuses == {200, 503}
        assert running.ask("GET", "/readyz")[0] == 200
        metrics = running.ask("GET", "/metrics")[2].decode()
        assert 'cchc_refusals_total{code="too_slow"} ' in metrics
        assert re.search(r"^cchc_workers_killed [12]\.0$", metrics, re.M)


@pytest.mark.parametrize("busy", [True, False])
def test_stopping_takes_at_most_the_grace_period(busy):
    needs("pypdfium2")
    with service("--seconds", 60, "--grace-seconds", GRACE) as running:
        workers = running.workers()
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(running.article, "a.pdf", slow_pdf()) if busy else None
            time.sleep(1)
            assert running.stop() < GRACE + SLACK
            if job:
                status, problem = job.result()
                assert (status, problem["code"]) == (503, "stopping")
        assert wait_until(lambda: not any(map(is_alive, workers)))
        assert all(json.loads(line) for line in running.lines)


def test_requests_in_progress_are_answered_when_the_service_is_stopped():
    with service("--grace-seconds", 60) as running, ThreadPoolExecutor(1) as pool:
        job = pool.submit(running.tag, ["a. " * 33_000] * 10)
        time.sleep(0.5)
        running.stop()
        assert job.result()[0] == 200


def test_a_kill_leaves_no_file_and_no_process(tmp_path):
    needs("pypdfium2")
    with service(TMPDIR=str(tmp_path)) as running:
        workers = running.workers()
        threading.Thread(target=lambda: _ignore(running.article, "bi-mat.pdf", slow_pdf()), daemon=True).start()
        time.sleep(1)
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        assert wait_until(lambda: not any(map(is_alive, workers)))
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def _ignore(function, *arguments):
    with suppress(OSError):  # the service closes the connection
        function(*arguments)
