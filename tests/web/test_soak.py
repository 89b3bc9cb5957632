"""Random good, bad and slow clients together. `make soak` does it for two minutes, the tests for a shorter time."""

import json
import os
import random
import sys
import threading
import time
from collections import Counter

import pytest
from attacks import chunked, many_attributes, slow_pdf
from needs import needs
from service_process import TEXT, TOP, service, wait_until, watched

SECONDS = float(os.environ.get("SOAK_SECONDS", 20))
# 99 of 100 answers of /healthz take at most 200 ms, and the longest at most so long: on a machine that does nothing
# else 200 ms too, which `make soak` demands.
LONGEST_SECONDS = float(os.environ.get("SOAK_LONGEST", 1))
JSON = {"Content-Type": "application/json"}


class Clients:
    """What clients do, each act with the statuses that it may get."""

    def __init__(self, running):
        self.running, self.statuses = running, Counter()
        self.article = (TOP / "data/samples/mot-cua-xa.txt").read_bytes()
        self.pdf, self.page = slow_pdf(), many_attributes(50_000)
        self.chunks = chunked("/v1/tag", [b"a"] * 20_000)
        self.keys = b'{"text":"a",' + b",".join(b'"k%d":1' % i for i in range(100_000)) + b"}"
        self.batch = json.dumps({"text": ["a. " * 20_000] * 50}).encode()

    def good_text(self, address):
        return self.running.tag(TEXT, address)[0], {200}

    def good_texts(self, address):
        return self.running.tag([TEXT] * 50, address)[0], {200}

    def good_article(self, address):
        return self.running.article("a.txt", self.article, address)[0], {200}

    def page_itself(self, address):
        return self.running.ask("GET", "/", address=address)[0], {200}

    def slow_file(self, address):
        return self.running.article("a.pdf", self.pdf, address)[0], {408, 503}

    def many_attributes(self, address):
        return self.running.article("a.html", self.page, address)[0], {422, 503}

    def many_keys(self, address):
        return self.running.ask("POST", "/v1/tag", self.keys, JSON, address)[0], {422}

    def many_chunks(self, address):
        return int(self.running.send(self.chunks, address).split()[1]), {413}

    def large_batch(self, address):
        return self.running.ask("POST", "/v1/tag", self.batch, JSON, address)[0], {200, 408, 429, 503}

    def slow_body(self, address):
        head = b"POST /v1/tag HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1"
        return int(self.running.send(head, address).split()[1]), {408}

    def leaver(self, address):
        with self.running.connect(address) as client:
            client.sendall(b"POST /v1/articles?filename=a.pdf HTTP/1.1\r\nHost: localhost\r\n")
            client.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(self.pdf), self.pdf))
            time.sleep(0.2)
        return 0, {0}

    def run(self, number, acts, until, errors):
        """Do one act after the other, as a client with an address of its own."""
        # What is bad comes from one address, which may not have every process.
        chance, address = random.Random(number), "127.0.1.1" if acts == BAD else f"127.0.2.{number}"
        while time.monotonic() < until:
            act = getattr(self, chance.choice(acts))
            try:
                status, wanted = act(address)
                self.statuses[act.__name__, status] += 1
                if status not in wanted:
                    errors.append((act.__name__, status))
            except Exception as error:
                errors.append((act.__name__, repr(error)))
            time.sleep(chance.uniform(0, 0.2))


GOOD = ("good_text", "good_texts", "good_article", "page_itself")
BAD = ("slow_file", "many_attributes", "many_keys", "many_chunks", "large_batch", "slow_body", "leaver")


@pytest.mark.slow
def test_good_bad_and_slow_clients_together(capsys):
    needs("pypdfium2")
    with service("--seconds", 6) as running:
        clients, errors = Clients(running), []
        until = time.monotonic() + 5
        clients.run(0, (*GOOD, "large_batch", "many_keys"), until, errors)  # after this, its memory is what it needs
        before = running.memory()
        until = time.monotonic() + SECONDS
        threads = [
            threading.Thread(target=clients.run, args=(number, GOOD if number % 2 else BAD, until, errors))
            for number in range(1, 9)
        ]
        with watched(running) as health:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert wait_until(lambda: running.memory() < before + 60_000_000), (before, running.memory())
        with capsys.disabled():
            after = running.memory()
            health.sort()
            sys.stdout.write(
                f"\nsoak of {SECONDS:g} s: {clients.statuses.total()} requests, /healthz {len(health)} times, "
                f"99 % in {1000 * health[len(health) * 99 // 100]:.0f} ms, the longest {1000 * health[-1]:.0f} ms, "
                f"memory {before / 1e6:.0f} -> {after / 1e6:.0f} MB\n"
            )
        assert errors == []
        assert {status for (_, status) in clients.statuses} >= {200, 408, 413, 422}
        assert health[len(health) * 99 // 100] < 0.2
        assert health[-1] < LONGEST_SECONDS
        assert [line for line in running.log() if line["event"] != "refused"] == []
        assert running.stop() < 20
