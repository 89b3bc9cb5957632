"""The queue of texts, with workers that are told when to finish."""

import asyncio

import pytest

from cchc_ml.web.limits import Limits
from cchc_ml.web.problems import RefusalError
from cchc_ml.web.tagging import SHARE_TEXTS, SLICE_TEXTS, TaggingQueue
from cchc_ml.web.tasks import Options
from cchc_ml.web.workers import TaskError

OPTIONS = Options()


class FakeWorker:
    """Returns each text as its own result, and notes what it was given. It waits while `go` is not set."""

    def __init__(self):
        self.slices, self.go = [], asyncio.Event()
        self.go.set()

    async def run(self, seconds, function, shares):
        self.slices.append([list(share.texts) for share in shares])
        await self.go.wait()
        if any("poison" in share.texts for share in shares):
            raise TaskError("ValueError at x.py:1")
        return [[text.encode() for text in share.texts] for share in shares]


def test_results_come_in_order_and_a_single_text_does_not_wait_for_a_batch():
    async def run():
        worker = FakeWorker()
        queue = TaggingQueue([worker], Limits())
        worker.go.clear()
        first = asyncio.create_task(queue.tag(["first"], OPTIONS))
        await asyncio.sleep(0)
        many = [f"m{i}" for i in range(1_000)]
        batch = asyncio.create_task(queue.tag(many, OPTIONS))
        singles = [asyncio.create_task(queue.tag([f"s{i}"], OPTIONS)) for i in range(5)]
        await asyncio.sleep(0)
        assert queue.n_waiting == 1_005
        worker.go.set()
        assert await asyncio.gather(first, *singles) == [[b"first"], *([f"s{i}".encode()] for i in range(5))]
        assert await batch == [text.encode() for text in many]
        assert worker.slices[0] == [["first"]]
        # The next slice has a share of the batch, all single texts, and is filled up from the batch.
        assert worker.slices[1][0] == many[:SHARE_TEXTS]
        assert [share for share in worker.slices[1] if share[0][0] == "s"] == [[f"s{i}"] for i in range(5)]
        assert sum(map(len, worker.slices[1])) >= SLICE_TEXTS
        assert queue.n_waiting == 0

    asyncio.run(run())


def test_long_texts_make_short_slices():
    async def run():
        worker = FakeWorker()
        await TaggingQueue([worker], Limits()).tag(["x" * 100_000] * 4, OPTIONS)
        assert [len(shares) for shares in worker.slices] == [2, 2]

    asyncio.run(run())


def test_several_workers_share_a_batch():
    async def run():
        workers = [FakeWorker(), FakeWorker()]
        for worker in workers:
            worker.go.clear()
        queue = TaggingQueue(workers, Limits())
        texts = [str(i) for i in range(200)]
        jobs = [asyncio.create_task(queue.tag(texts, OPTIONS)) for _ in range(2)]
        await asyncio.sleep(0.01)
        assert [len(worker.slices) for worker in workers] == [1, 1]
        for worker in workers:
            worker.go.set()
        for job in jobs:
            assert await job == [text.encode() for text in texts]

    asyncio.run(run())


def test_a_text_that_fails_fails_its_own_request_only():
    async def run():
        worker = FakeWorker()
        worker.go.clear()
        queue = TaggingQueue([worker], Limits())
        jobs = [asyncio.create_task(queue.tag([text], OPTIONS)) for text in ("first", "a", "poison", "b")]
        await asyncio.sleep(0)
        worker.go.set()
        found = await asyncio.gather(*jobs, return_exceptions=True)
        assert found[:2] + found[3:] == [[b"first"], [b"a"], [b"b"]]
        assert isinstance(found[2], TaskError)
        assert await queue.tag(["after"], OPTIONS) == [b"after"]

    asyncio.run(run())


@pytest.mark.parametrize(("begun", "code"), [(True, "too_slow"), (False, "overloaded")])
def test_a_request_that_takes_too_long_is_refused_and_costs_nothing_more(begun, code):
    async def run():
        worker = FakeWorker()
        worker.go.clear()
        queue = TaggingQueue([worker], Limits(seconds=0.05))
        blocked = asyncio.create_task(queue.tag(["x"] * (200 if begun else 1), OPTIONS))
        await asyncio.sleep(0)
        job = blocked if begun else asyncio.create_task(queue.tag(["y"], OPTIONS))
        with pytest.raises(RefusalError) as refused:
            await job
        assert refused.value.code == code
        await asyncio.wait([blocked])
        blocked.exception()
        worker.go.set()
        assert await queue.tag(["after"], OPTIONS) == [b"after"]
        assert len(worker.slices) == 2  # the one that was being worked on, and "after"

    asyncio.run(run())


def test_a_client_that_is_gone_costs_nothing_more():
    async def run():
        worker = FakeWorker()
        worker.go.clear()
        queue = TaggingQueue([worker], Limits())
        gone = asyncio.create_task(queue.tag(["x"] * 1_000, OPTIONS))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.wait([gone])
        worker.go.set()
        assert await queue.tag(["after"], OPTIONS) == [b"after"]
        assert len(worker.slices) == 2

    asyncio.run(run())


def test_an_answer_has_a_limit():
    async def run():
        queue = TaggingQueue([FakeWorker()], Limits(answer_bytes=10))
        assert await queue.tag(["12345", "67890"], OPTIONS) == [b"12345", b"67890"]
        with pytest.raises(RefusalError) as refused:
            await queue.tag(["12345", "678901"], OPTIONS)
        assert refused.value.code == "answer_too_large"

    asyncio.run(run())
