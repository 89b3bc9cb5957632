"""The queue of articles that wait to be read. A process reads one at a time; one client may not have all processes."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from . import tasks
from .limits import Limits
from .problems import RefusalError
from .tasks import Article
from .workers import Worker

__all__ = ["ArticleQueue"]

# The service is not ready if an article has waited so long, or if every process has worked so long on its article.
STUCK_SECONDS = 5


@dataclass(eq=False)
class _Turn:
    """An article that waits: whose it is, since when, and the process that it gets."""

    client: str
    worker: asyncio.Future[Worker]
    since: float = field(default_factory=lambda: time.monotonic())


class ArticleQueue:
    """Articles that wait, and the processes that read them and tag their paragraphs."""

    def __init__(self, workers: Sequence[Worker], limits: Limits) -> None:
        self.limits = limits
        self._workers = workers
        self._idle = list(workers)
        self._most_per_client = max(1, len(workers) - 1)
        self._n_running: Counter[str] = Counter()
        self._waiting: list[_Turn] = []

    @property
    def n_waiting(self) -> int:
        """How many articles wait for a process."""
        return len(self._waiting)

    @property
    def is_stuck(self) -> bool:
        """Whether articles wait for long."""
        begun = [worker.busy_since for worker in self._workers]
        latest = max((since for since in begun if since), default=0) if all(begun) else time.monotonic()
        oldest = min((turn.since for turn in self._waiting), default=time.monotonic())
        return time.monotonic() - min(latest, oldest) > STUCK_SECONDS

    async def tag(self, client: str, article: Article) -> bytes:
        """Return the rows of an article, as JSON with a comma between them.

        Raises
        ------
        RefusalError
            The article cannot be read, or it took too long.
        TaskError
            Reading failed.
        """
        async with self._turn(client) as worker:
            return await worker.run(self.limits.seconds, tasks.tag_article, article, self.limits)

    @asynccontextmanager
    async def _turn(self, client: str) -> AsyncIterator[Worker]:
        turn = _Turn(client, asyncio.get_running_loop().create_future())
        self._waiting.append(turn)
        self._hand_out()
        try:
            async with asyncio.timeout(self.limits.seconds):
                worker = await turn.worker
        except (asyncio.CancelledError, TimeoutError) as error:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.worker.cancelled():  # the process came at the same time
                self._give_back(client, turn.worker.result())
            if isinstance(error, asyncio.CancelledError):
                raise
            detail = f"the article waited {self.limits.seconds:g} seconds for its turn; try again later"
            raise RefusalError("overloaded", detail, {"Retry-After": "10"}) from None
        try:
            yield worker
        finally:
            self._give_back(client, worker)

    def _give_back(self, client: str, worker: Worker) -> None:
        self._n_running[client] -= 1
        if not self._n_running[client]:
            del self._n_running[client]
        self._idle.append(worker)
        self._hand_out()

    def _hand_out(self) -> None:
        for turn in list(self._waiting):
            if self._idle and self._n_running[turn.client] < self._most_per_client and not turn.worker.done():
                self._waiting.remove(turn)
                self._n_running[turn.client] += 1
                turn.worker.set_result(self._idle.pop(0))
