"""Worker processes that tag texts and read articles. They have limits, and are killed when nobody wants their work."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from . import tasks
from .problems import RefusalError, Refused

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["TaskError", "Worker"]

T = TypeVar("T")

START_SECONDS = 120
# Work that nobody wants any more may go on for so long. Most of it ends sooner, and a new process costs half a second.
LAST_SECONDS = 1


class TaskError(Exception):
    """A task failed. The message is the type of the error and its place, nothing of what was sent."""


class Worker:
    """A process that does one thing at a time.

    Parameters
    ----------
    model : Model
    memory : int
        Bytes that it may use in addition to what it needs when it starts.
    max_tasks : int
        A new process takes its place after so many tasks; 0 is never.
    """

    def __init__(self, model: Model, memory: int, max_tasks: int = 0) -> None:
        self._arguments = (model, memory)
        self._max_tasks = max_tasks
        self._pool = self._new_pool()
        self._is_stopped = False
        self.busy_since: float | None = None
        self.n_killed = 0

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            1, self._max_tasks, initializer=tasks.start, initargs=self._arguments, context=_process_context()
        )

    def start(self) -> None:
        """Start the process, and wait until it is ready.

        Raises
        ------
        OSError
            It does not start.
        """
        try:
            self._pool.schedule(tasks.warm_up).result(START_SECONDS)
        except (TimeoutError, BrokenProcessPool, ProcessExpired) as error:
            raise OSError(f"a worker process does not start ({type(error).__name__})") from None

    async def run(self, seconds: float, function: Callable[..., T | Refused], *arguments: Any) -> T:
        """Return the result of a function. If this call is cancelled and the work does not end soon, it is killed.

        Raises
        ------
        RefusalError
            The function refused, it took more than so many seconds, or its process died.
        TaskError
            The function failed.
        """
        self.busy_since = time.monotonic()
        try:
            found = await self._retry_if_broken(seconds, (function, arguments))
        except TimeoutError:
            self.n_killed += 1
            detail = f"the work was not done within {seconds:g} seconds; send less at a time"
            raise RefusalError("too_slow", detail) from None
        except ProcessExpired:
            self.n_killed += 1
            raise RefusalError(
                "too_much_work", "the process that worked on this died; send another file or text"
            ) from None
        finally:
            self.busy_since = None
        if isinstance(found, Refused):
            raise RefusalError(*found)
        if isinstance(found, tasks.Failed):
            raise TaskError(found.where)
        done: T = found
        return done

    async def _retry_if_broken(self, seconds: float, task: Sequence[Any]) -> Any:
        """Run a task, and once more if the process was killed while it had nothing to do."""
        try:
            return await self._schedule(seconds, task)
        except BrokenProcessPool:
            if self._is_stopped:
                raise
            await asyncio.to_thread(self._end)
            self._pool = self._new_pool()
            return await self._schedule(seconds, task)

    async def _schedule(self, seconds: float, task: Sequence[Any]) -> Any:
        try:
            future = self._pool.schedule(tasks.outcome, task, timeout=seconds)
        except RuntimeError as error:  # what pebble raises if it has noticed that the process is dead
            raise BrokenProcessPool from error
        work = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await self._let_end(work)
            raise

    async def _let_end(self, work: asyncio.Future[Any]) -> None:
        """Wait for work that nobody wants any more, but not for long: then kill it."""
        try:
            await asyncio.wait([work], timeout=LAST_SECONDS)
        finally:
            if not work.cancel() and not work.cancelled():
                work.exception()  # nobody asks for it
            else:
                self.n_killed += 1

    def kill(self) -> None:
        """Kill the process; `join` waits for its end."""
        self._is_stopped = True
        self._pool.stop()  # type: ignore[no-untyped-call]

    def join(self) -> None:
        """Wait for the end of a process that was killed."""
        self._pool.join()

    def _end(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _process_context() -> BaseContext:
    """Return how processes are started: not by a fork of a process with threads."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([tasks.__name__, "docx"])
    return context
