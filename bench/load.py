"""Fifty clients for thirty seconds against `cchc-ml serve`: ``python bench/load.py [SECONDS] [CHECKOUT ...]``.

Of the requests, 60 % send one text, 20 % fifty texts, 10 % an article as text and 10 % one as HTML. With several
checkouts, each is loaded in turn, twice, so that what else the machine does touches all of them alike.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil

TOP = Path(__file__).parent.parent
CLIENTS = 50
SAMPLES = {"txt": "data/samples/mot-cua-xa.txt", "html": "data/samples/hop-giao-ban.html"}
KINDS, SHARES = ("one text", "50 texts", "txt", "html"), (60, 20, 10, 10)


class Requests:
    """What the clients send, by kind: whole requests, made before the clock runs."""

    def __init__(self) -> None:
        with open(TOP / "data/articles.jsonl", encoding="utf8") as file:
            texts = [json.loads(line)["text"] for line in file]
        chance = random.Random(1)
        self.of_kind = {kind: [_article(kind, name)] for kind, name in SAMPLES.items()}
        self.of_kind["one text"] = [_tag(text) for text in texts]
        self.of_kind["50 texts"] = [_tag(chance.sample(texts, 50)) for _ in range(100)]


def _tag(text: str | list[str]) -> bytes:
    return _post("/v1/tag", "application/json", json.dumps({"text": text}, ensure_ascii=False).encode())


def _article(kind: str, name: str) -> bytes:
    return _post(f"/v1/articles?filename=a.{kind}", "application/octet-stream", (TOP / name).read_bytes())


def _post(path: str, kind: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def answer(reader: asyncio.StreamReader) -> str:
    """Read an answer; return its status. A client of few steps leaves the processor to the server."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = re.search(r"\r\ncontent-length: (\d+)", head)
    assert length, "the answer has no length"
    await reader.readexactly(int(length[1]))
    return head.split(" ", 2)[1]


async def load(url: str, duration: float) -> tuple[dict[str, list[float]], Counter[str]]:
    """Let the clients loose; return the seconds of each request by kind, and the count of each status."""
    requests, answers = Requests(), Counter[str]()
    seconds: dict[str, list[float]] = defaultdict(list)
    address = urlsplit(url)
    until = time.perf_counter() + duration

    async def work(number: int) -> None:
        chance = random.Random(number)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1_000_000)
        while (start := time.perf_counter()) < until:
            (kind,) = chance.choices(KINDS, SHARES)
            try:
                writer.write(chance.choice(requests.of_kind[kind]))
                answers[await answer(reader)] += 1
            except (OSError, EOFError) as error:
                answers[type(error).__name__] += 1
                reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1_000_000)
            seconds[kind].append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*map(work, range(CLIENTS)))
    return seconds, answers


def usage(server: psutil.Process) -> tuple[float, float]:
    """Return the seconds of processor and the megabytes of memory of a server and its children."""
    used, memory = 0.0, 0
    for process in (server, *server.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
            memory += process.memory_full_info().uss
    return used, memory / 1e6


def measure(checkout: Path, duration: float) -> None:
    """Start the server of a checkout, load it, stop it, and print how it fared."""
    command = [sys.executable, "-m", "cchc_ml", "serve", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    with subprocess.Popen(command, cwd=checkout, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            found = re.search(r"http://\S+", server.stderr.readline())
            assert found, "the server did not start"
            process = psutil.Process(server.pid)
            asyncio.run(load(found[0], min(duration, 3)))
            before = usage(process)
            seconds, answers = asyncio.run(load(found[0], duration))
            after = usage(process)
        finally:
            server.terminate()
    report(checkout.name, duration, seconds, answers, before, after)


def report(
    name: str,
    duration: float,
    seconds: dict[str, list[float]],
    answers: Counter[str],
    before: tuple[float, float],
    after: tuple[float, float],
) -> None:
    """Print the table of one run."""
    n = sum(map(len, seconds.values()))
    print(f"{name}: {n} requests in {duration:g} s by {CLIENTS} clients, {n / duration:,.0f} a second: {dict(answers)}")
    used, memory = 1000 * (after[0] - before[0]) / n, f"{before[1]:.0f} -> {after[1]:.0f} MB"
    print(f"  processor {used:.1f} ms a request; memory {memory}")
    for kind in KINDS:
        cuts = [1000 * cut for cut in statistics.quantiles(seconds[kind], n=100)]
        print(f"  {kind:8} p50 {cuts[49]:5.0f} ms, p95 {cuts[94]:5.0f} ms, p99 {cuts[98]:5.0f} ms")


def main(duration: float = 30, *checkouts: Path) -> None:
    """Measure each checkout, by default this one."""
    for checkout in (*checkouts, *checkouts) or (TOP,):
        measure(checkout.resolve(), duration)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]), *map(Path, sys.argv[2:]))
