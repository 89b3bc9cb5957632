"""The queue of texts that wait to be tagged.

Each request is cut into shares of a few texts, and a process tags shares of several requests at a time, in turn. So a
single text does not wait until a large request is done, and single texts that wait are tagged together.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from . import tasks
from .limits import Limits
from .problems import RefusalError
from .tasks import Options, Share
from .workers import Worker

__all__ = ["TaggingQueue"]

# What one request may add to a slice of work, and the size of a slice, in texts. A longer text counts as several.
SHARE_TEXTS, SLICE_TEXTS = 8, 64
CHARS_PER_TEXT = 2_000


@dataclass(eq=False)
class _Job:
    """A request: its texts, how many of them were given to a process, and the results."""

    texts: Sequence[str]
    options: Options
    done: asyncio.Future[None]
    results: list[bytes] = field(default_factory=list)
    n_given: int = 0
    n_done: int = 0
    n_bytes: int = 0

    def __post_init__(self) -> None:
        self.results = [b""] * len(self.texts)

    def finish(self, error: Exception | None = None) -> None:
        if not self.done.done():
            if error:
                self.done.set_exception(error)
            else:
                self.done.set_result(None)


class _Part(NamedTuple):
    """Some texts of a job."""

    job: _Job
    start: int
    end: int

    @property
    def share(self) -> Share:
        return Share(self.job.texts[self.start : self.end], self.job.options)


class TaggingQueue:
    """Requests that wait, and the processes that tag their texts."""

    def __init__(self, workers: Sequence[Worker], limits: Limits) -> None:
        self.limits = limits
        self._idle = list(workers)
        self._jobs: deque[_Job] = deque()
        self._lanes: set[asyncio.Task[None]] = set()

    @property
    def n_waiting(self) -> int:
        """How many texts no process has begun with."""
        return sum(len(job.texts) - job.n_given for job in self._jobs)

    async def tag(self, texts: Sequence[str], options: Options) -> list[bytes]:
        """Return the JSON of each text's tags.

        Raises
        ------
        RefusalError
            It took too long, or the answer is too large.
        TaskError
            Tagging failed.
        """
        job = _Job(texts, options, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        self._wake()
        try:
            async with asyncio.timeout(self.limits.seconds):
                await job.done
        except TimeoutError:
            raise _not_in_time(self.limits.seconds, begun=job.n_given > 0) from None
        return job.results

    def _wake(self) -> None:
        if self._idle and self._jobs:
            lane = asyncio.create_task(self._work_off(self._idle.pop()))
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)

    async def _work_off(self, worker: Worker) -> None:
        try:
            while parts := self._next_slice():
                await self._work(worker, parts)
        finally:
            self._idle.append(worker)

    def _next_slice(self) -> list[_Part]:
        parts: list[_Part] = []
        size = 0
        while self._jobs and size < SLICE_TEXTS:
            job = self._jobs.popleft()
            if job.done.done():  # its time is over, its client is gone, or it has failed
                continue
            start, share = job.n_given, 0
            while job.n_given < len(job.texts) and share < SHARE_TEXTS:
                share += 1 + len(job.texts[job.n_given]) // CHARS_PER_TEXT
                job.n_given += 1
            parts.append(_Part(job, start, job.n_given))
            size += share
            if job.n_given < len(job.texts):
                self._jobs.append(job)
        return parts

    async def _work(self, worker: Worker, parts: Sequence[_Part]) -> None:
        try:
            found = await worker.run(self.limits.seconds, tasks.tag, [part.share for part in parts])
        except Exception as error:
            if len(parts) == 1:
                parts[0].job.finish(error)
                return
            for part in parts:  # one of them is to blame, the others are not
                if not part.job.done.done():
                    await self._work(worker, [part])
        else:
            for part, results in zip(parts, found, strict=True):
                self._hand_over(part, results)

    def _hand_over(self, part: _Part, results: Sequence[bytes]) -> None:
        job = part.job
        job.results[part.start : part.end] = results
        job.n_done += len(results)
        job.n_bytes += sum(map(len, results))
        if job.n_bytes > self.limits.answer_bytes:
            detail = f"the tags have more than {self.limits.answer_bytes:,} bytes; send less at a time"
            job.finish(RefusalError("answer_too_large", detail))
        elif job.n_done == len(job.texts):
            job.finish()


def _not_in_time(seconds: float, *, begun: bool) -> RefusalError:
    if begun:
        return RefusalError("too_slow", f"the work was not done within {seconds:g} seconds; send less at a time")
    detail = f"the request waited {seconds:g} seconds for its turn; try again later"
    return RefusalError("overloaded", detail, {"Retry-After": "10"})
