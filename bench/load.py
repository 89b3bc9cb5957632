"""Fifty clients for thirty seconds against `cchc-ml serve`: ``python bench/load.py [SECONDS]``."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path

import httpx

TOP = Path(__file__).parent.parent
CLIENTS = 50


async def ask(
    client: httpx.AsyncClient, number: int, until: float, texts: list[str], seconds: list[float], answers: Counter[str]
) -> None:
    """Send one text after the other, and every twentieth time a whole article, until time is up."""
    article = (TOP / "data/samples/mot-cua-xa.txt").read_bytes()
    for turn, text in enumerate(islice(cycle(texts), number, None)):
        start = time.perf_counter()
        if start > until:
            return
        try:
            if turn % 20 == number % 20:
                answer = await client.post("/v1/articles", params={"filename": "a.txt"}, content=article)
            else:
                answer = await client.post("/v1/tag", json={"text": text})
            answers[str(answer.status_code)] += 1
        except httpx.HTTPError as error:
            answers[type(error).__name__] += 1
        seconds.append(time.perf_counter() - start)


async def load(url: str, duration: float) -> None:
    """Let the clients loose and tell how they fared."""
    with open(TOP / "data/articles.jsonl", encoding="utf8") as file:
        texts = [json.loads(line)["text"] for line in file]
    seconds: list[float] = []
    answers: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=CLIENTS)) as client:
        until = time.perf_counter() + duration
        await asyncio.gather(*(ask(client, n, until, texts, seconds, answers) for n in range(CLIENTS)))
    cuts = [1000 * cut for cut in statistics.quantiles(seconds, n=100)]
    print(
        f"{len(seconds)} requests in {duration:g} s by {CLIENTS} clients, "
        f"{len(seconds) / duration:,.0f} a second: {dict(answers)}"
    )
    print(
        f"latency: median {cuts[49]:.0f} ms, 95 % {cuts[94]:.0f} ms, 99 % {cuts[98]:.0f} ms, "
        f"most {1000 * max(seconds):.0f} ms"
    )


def main(duration: float = 30) -> None:
    """Start a server, load it, stop it."""
    server = subprocess.Popen(["cchc-ml", "serve", "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        found = re.search(r"http://\S+", server.stderr.readline())
        assert found, "the server did not start"
        asyncio.run(load(found[0], duration))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
