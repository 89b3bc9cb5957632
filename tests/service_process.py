"""`cchc-ml serve` as a process of its own, as a user starts it, and what clients of it do."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

TOP = Path(__file__).parent.parent
TEXT = "Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật."


class Service:
    """A service that runs, at `port` of this machine."""

    def __init__(self, process, port):
        self.process, self.port = process, port
        self.of_system = psutil.Process(process.pid)
        self.lines = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        self.lines.extend(iter(self.process.stderr.readline, ""))

    def log(self):
        """Return the lines of the log."""
        return [json.loads(line) for line in list(self.lines)]

    def connect(self, address="127.0.0.1", timeout=60):
        """Connect as a client that has another address of this machine."""
        return socket.create_connection(("127.0.0.1", self.port), timeout, source_address=(address, 0))

    def ask(self, method, path, body=None, headers=None, address="127.0.0.1", timeout=60):
        """Send a request; return the status, the headers and the body of the answer."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout, source_address=(address, 0))
        try:
            client.request(method, path, body, headers or {})
            answer = client.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            client.close()

    def send(self, data, address="127.0.0.1", timeout=60):
        """Send bytes; return all that comes back until the service closes the connection."""
        with self.connect(address, timeout) as client:
            with suppress(OSError):  # it may have closed the connection already
                client.sendall(data)
            return everything(client)

    def tag(self, text=TEXT, address="127.0.0.1", **fields):
        """Tag a text; return status and answer."""
        body = json.dumps({"text": text} | fields)
        status, _, answer = self.ask("POST", "/v1/tag", body, {"Content-Type": "application/json"}, address)
        return status, json.loads(answer)

    def article(self, name, data, address="127.0.0.1"):
        """Tag an article; return status and answer."""
        status, _, answer = self.ask("POST", f"/v1/articles?filename={name}", data, address=address)
        return status, json.loads(answer)

    def workers(self):
        """Return the processes that work for the service."""
        return [process for process in self.of_system.children(recursive=True) if is_alive(process)]

    def worker_seconds(self):
        """Return the seconds of processor that the workers alive have used."""
        return _total(lambda process: sum(process.cpu_times()[:2]), self.workers())

    def memory(self):
        """Return the bytes of memory of the service and its workers, what they share not counted."""
        return _total(lambda process: process.memory_full_info().uss, [self.of_system, *self.workers()])

    def stop(self):
        """Stop the service as an operator does; return the seconds that it took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.monotonic() - start


def wait_until(condition, seconds=20):
    """Wait until something is true; return whether it became true in time."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return bool(found)


def is_alive(process):
    """Return whether a process still does something."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _total(measure, processes):
    total = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # it was killed at this moment
            total += measure(process)
    return total


def everything(client):
    """Return what comes until the other side closes the connection."""
    parts = []
    with suppress(ConnectionResetError):
        while part := client.recv(65_536):
            parts.append(part)
    return b"".join(parts)


@contextmanager
def service(*options, **environment):
    """Run `cchc-ml serve` with options; stop it in the end."""
    command = [sys.executable, "-m", "cchc_ml", "serve", "--port", "0", *map(str, options)]
    variables = os.environ | {"PYTHONPATH": str(TOP)} | environment
    process = subprocess.Popen(command, cwd=TOP, env=variables, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stderr.readline()
        found = re.search(r"http://.*:(\d+)", line)
        assert found, line + process.stderr.read()
        yield Service(process, int(found[1]))
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


@contextmanager
def watched(service, path="/healthz", address="127.0.0.9"):
    """Ask for a path all the time; give the list of the seconds that each answer took."""
    seconds, stop = [], threading.Event()

    def watch():
        client = http.client.HTTPConnection("127.0.0.1", service.port, 60, source_address=(address, 0))
        while not stop.wait(0.02):
            start = time.monotonic()
            client.request("GET", path)
            answer = client.getresponse()
            answer.read()
            assert answer.status == 200
            seconds.append(time.monotonic() - start)
        client.close()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seconds
    finally:
        stop.set()
        thread.join()
