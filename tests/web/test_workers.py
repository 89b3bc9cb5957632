"""Processes that are killed. Each test has a process of its own."""

import asyncio
import os
import signal
import time

import psutil
import pytest

from cchc_ml.web.limits import Limits
from cchc_ml.web.problems import RefusalError, Refused
from cchc_ml.web.tasks import Article, Options, tag_article
from cchc_ml.web.workers import TaskError, Worker


@pytest.fixture
def worker(model):
    worker = Worker(model, 500_000_000)
    worker.start()
    yield worker
    worker.kill()
    worker.join()


def code(error):
    assert isinstance(error, RefusalError)
    return error.code


def run(worker, seconds, function, *arguments):
    """Return what a call returns or raises."""

    async def call():
        (found,) = await asyncio.gather(worker.run(seconds, function, *arguments), return_exceptions=True)
        return found

    return asyncio.run(call())


def test_a_function_runs_in_another_process(worker):
    pid = run(worker, 60, os.getpid)
    assert pid != os.getpid()
    assert run(worker, 60, os.getpid) == pid
    assert worker.busy_since is None


def test_what_takes_too_long_is_killed(worker):
    pid = run(worker, 60, os.getpid)
    start = time.monotonic()
    assert code(run(worker, 0.3, time.sleep, 600)) == "too_slow"
    assert time.monotonic() - start < 30
    assert run(worker, 60, os.getpid) != pid
    assert not psutil.pid_exists(pid)
    assert worker.n_killed == 1


@pytest.mark.slow
def test_what_nobody_waits_for_is_killed(worker):
    async def leave():
        pid = await worker.run(60, os.getpid)
        call = asyncio.create_task(worker.run(600, time.sleep, 600))
        await asyncio.sleep(0.5)
        assert worker.busy_since is not None
        call.cancel()
        await asyncio.wait([call])
        assert worker.busy_since is None
        return pid, await worker.run(60, os.getpid)

    before, after = asyncio.run(leave())
    assert before != after
    assert not psutil.pid_exists(before)


def test_what_nobody_waits_for_may_end_if_it_ends_soon(worker):
    """Else a client that leaves again and again would keep the service busy with starting processes."""

    async def leave():
        pid = await worker.run(60, os.getpid)
        for function, argument in ((time.sleep, 0.3), (int, "x")):
            call = asyncio.create_task(worker.run(600, function, argument))
            await asyncio.sleep(0.1)
            call.cancel()
            await asyncio.wait([call])
        return pid, await worker.run(60, os.getpid)

    before, after = asyncio.run(leave())
    assert before == after
    assert worker.n_killed == 0


def test_a_process_that_dies_is_replaced(worker):
    assert code(run(worker, 60, os._exit, 3)) == "too_much_work"
    pid = run(worker, 60, os.getpid)
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # while it has nothing to do
    time.sleep(0.5)
    assert run(worker, 60, os.getpid) != pid


def test_an_error_is_raised_without_its_message(worker):
    error = run(worker, 60, int, "Bí Mật")
    assert isinstance(error, TaskError)
    assert str(error).startswith("ValueError at tasks.py:")


def test_a_refusal_is_raised(worker):
    assert code(run(worker, 60, Refused, "busy", "why")) == "busy"


@pytest.mark.slow
@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux tells how much memory a process uses")
def test_memory_is_limited(worker):
    assert len(run(worker, 60, bytes, 100_000_000)) == 100_000_000
    assert code(run(worker, 60, bytes, 900_000_000)) == "too_much_work"
    assert run(worker, 60, abs, -1) == 1


@pytest.mark.slow
def test_a_new_process_takes_its_place_after_some_tasks(model):
    worker = Worker(model, 500_000_000, max_tasks=2)
    try:
        pids = [run(worker, 60, os.getpid) for _ in range(6)]
        assert len(set(pids)) == 3 or len(set(pids)) == 4  # the first task of the first process may be its start
    finally:
        worker.kill()
        worker.join()


@pytest.mark.slow
def test_a_process_ends_with_its_service(model, tmp_path):
    """The child of a process that is killed ends, also while it works."""
    import subprocess
    import sys
    from pathlib import Path

    script = tmp_path / "service.py"
    script.write_text(
        "import asyncio, os, sys, time\n"
        "from cchc_ml.model.storage import read_model\n"
        "from cchc_ml.web.workers import Worker\n"
        "async def main():\n"
        "    worker = Worker(read_model(), 500_000_000)\n"
        "    print(await worker.run(60, os.getpid), flush=True)\n"
        "    await worker.run(600, time.sleep, 600)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=environment) as service:
        pid = int(service.stdout.readline())
        child = psutil.Process(pid)
        time.sleep(0.5)
        service.kill()
    child.wait(30)


def test_an_article_is_read_there(worker, top):
    body = (top / "data/samples/mot-cua-xa.txt").read_bytes()
    article = Article(body, "", "mot-cua-xa.txt", Options())
    assert run(worker, 60, tag_article, article, Limits()).startswith(b'{"source": "mot-cua-xa.txt"')
