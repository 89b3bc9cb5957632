"""The queue of articles, with workers that are told when to finish."""

import asyncio

import pytest

from cchc_ml.web import articles
from cchc_ml.web.articles import ArticleQueue
from cchc_ml.web.limits import Limits
from cchc_ml.web.problems import RefusalError
from cchc_ml.web.tasks import Article, Options


class FakeWorker:
    def __init__(self):
        self.go, self.busy_since, self.names = asyncio.Event(), None, []

    async def run(self, seconds, function, article, limits):
        self.names.append(article.name)
        self.busy_since = asyncio.get_running_loop().time()
        try:
            await self.go.wait()
        finally:
            self.busy_since = None
        return article.name.encode()


def article(name):
    return Article(b"", "", name, Options())


def test_one_client_leaves_a_process_for_the_others():
    async def run():
        workers = [FakeWorker() for _ in range(2)]
        queue = ArticleQueue(workers, Limits())
        greedy = [asyncio.create_task(queue.tag("greedy", article(f"g{i}"))) for i in range(5)]
        await asyncio.sleep(0)
        assert queue.n_waiting == 4
        other = asyncio.create_task(queue.tag("other", article("o")))
        await asyncio.sleep(0)
        assert [worker.names for worker in workers] == [["g0"], ["o"]]
        for worker in workers:
            worker.go.set()
        assert await other == b"o"
        assert [await job for job in greedy] == [b"g0", b"g1", b"g2", b"g3", b"g4"]
        assert queue.n_waiting == 0

    asyncio.run(run())


def test_an_article_whose_client_is_gone_gives_its_process_back():
    async def run():
        worker = FakeWorker()
        queue = ArticleQueue([worker], Limits())
        working, waiting, last = (asyncio.create_task(queue.tag("c", article(name))) for name in "abc")
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        assert queue.n_waiting == 1
        working.cancel()
        await asyncio.wait([working])
        worker.go.set()
        assert await last == b"c"
        assert worker.names == ["a", "c"]

    asyncio.run(run())


def test_a_process_that_comes_at_the_moment_of_leaving_is_not_lost():
    async def run():
        worker = FakeWorker()
        worker.go.set()
        queue = ArticleQueue([worker], Limits())
        for _ in range(3):
            leaving = asyncio.create_task(queue.tag("c", article("a")))
            await asyncio.sleep(0)
            leaving.cancel()
            await asyncio.wait([leaving])
        assert await asyncio.wait_for(queue.tag("c", article("b")), 10) == b"b"

    asyncio.run(run())


def test_an_article_that_does_not_get_its_turn_is_told_so():
    async def run():
        queue = ArticleQueue([FakeWorker()], Limits(seconds=0.05))
        first, second = (asyncio.create_task(queue.tag("c", article(name))) for name in "ab")
        with pytest.raises(RefusalError) as refused:
            await second
        assert refused.value.code == "overloaded"
        assert not first.done()  # how long the work itself may take is the worker's affair
        first.cancel()
        await asyncio.wait([first])

    asyncio.run(run())


@pytest.mark.parametrize("n_articles", [0, 1, 2])
def test_the_queue_is_stuck_while_articles_wait_for_long(monkeypatch, n_articles):
    now = 0.0
    monkeypatch.setattr(articles.time, "monotonic", lambda: now)

    async def run():
        nonlocal now
        workers = [FakeWorker() for _ in range(2)]
        queue = ArticleQueue(workers, Limits())
        jobs = [asyncio.create_task(queue.tag("c", article(str(i)))) for i in range(n_articles)]
        await asyncio.sleep(0)
        assert not queue.is_stuck
        now += articles.STUCK_SECONDS + 1
        assert queue.is_stuck == (n_articles == 2)  # the second waits for the first, which has one client
        for worker in workers:
            worker.go.set()
        await asyncio.gather(*jobs)
        assert not queue.is_stuck

    asyncio.run(run())
