"""Map a function over batches in worker processes. The model is sent to each process once."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..messages import message

if TYPE_CHECKING:
    from .model import Model

Batch = TypeVar("Batch")
Result = TypeVar("Result")

# Batches per process that are worked on or wait for a process. Not more: loky can only stop at once if its queue
# holds them all, and its queue has room for two per process.
BATCHES_AT_WORK = 2
# Batches per process that are read ahead of the result that is due. The results that are ready early are kept.
BATCHES_AHEAD = 32
# Signals that end a run, as far as the system has them.
_ENDING = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)
# A worker process ends after this time without work, so none is left for long if the main process is killed.
IDLE_SECONDS = 300


def parallel_map(
    work: Callable[[Model, Batch], Result], model: Model, batches: Iterable[Batch], n_jobs: int | None = 1
) -> Iterator[Result]:
    """Yield ``work(model, batch)`` for each batch, in order.

    The processes are those of loky, joblib's executor. They start afresh, so a script needs no ``__main__`` guard. In a
    daemonic process, which may not start others (a worker of `multiprocessing.Pool`), all the work is done in that
    process.

    Parameters
    ----------
    work : callable
        A function of a module, so that the other processes can import it.
    model : Model
    batches : iterable
        Read in this process, as they are needed.
    n_jobs : int, optional
        Number of processes, as joblib counts them: -1 for one per core.

    Raises
    ------
    OSError
        A worker process was killed.
    Exception
        Any error of reading a batch or of `work`. It is raised after the results of the batches before it.
    """
    n_processes = _count_processes(n_jobs)
    if n_processes > 1:  # one process per batch is enough
        n_batches, batches = _count_batches(batches, n_processes)
        n_processes = min(n_processes, n_batches)
    if n_processes < 2:
        yield from (work(model, batch) for batch in batches)
        return
    from joblib.externals.loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(n_processes, timeout=IDLE_SECONDS, initializer=_start, initargs=(model,))
    futures = _submit(pool, work, batches)
    pending: deque[Future[Result]] = deque()
    try:
        while True:
            unfinished = [future for future in pending if not future.done()]
            room = min(BATCHES_AT_WORK * n_processes - len(unfinished), BATCHES_AHEAD * n_processes - len(pending))
            submitted = list(islice(futures, room))
            pending.extend(submitted)
            if not pending:
                break
            if pending[0].done():
                yield pending.popleft().result()
            else:
                wait(unfinished + submitted, return_when=FIRST_COMPLETED)
    except BrokenExecutor:
        raise OSError(
            message("a worker process was killed, perhaps for lack of memory; use fewer processes (--jobs)")
        ) from None
    finally:
        _stop(pool, pending)


def run_parallel(tasks: Iterable[Any], n_jobs: int | None, **options: Any) -> Iterable[Any]:
    """Return the results of tasks of joblib, each as soon as it is there if the backend can do that.

    Parameters
    ----------
    tasks : iterable
        Calls, made with ``joblib.delayed``.
    n_jobs : int, optional
        Number of processes, as in joblib.
    **options
        More options of ``joblib.Parallel``.
    """
    from joblib import Parallel

    try:
        parallel = Parallel(n_jobs=n_jobs, return_as="generator", **options)
    except ValueError:  # the backend "multiprocessing" cannot
        return cast("Iterable[Any]", Parallel(n_jobs=n_jobs, **options)(tasks))
    if parallel.n_jobs == 1:
        return cast("Iterable[Any]", parallel(tasks))
    with signals_held():  # the processes are started
        return cast("Iterable[Any]", parallel(tasks))


@contextmanager
def signals_held() -> Iterator[None]:
    """Let signals that end a run wait until the block has ended. Processes that it starts do not get them at all.

    A signal while processes start would leave some that nobody stops, and the run would wait for these for ever. And
    Ctrl-C goes to every process: one that is still importing modules would print a traceback.
    """
    held: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        handlers = {number: handler for number in _ENDING if callable(handler := signal.getsignal(number))}
    with _signals_blocked():
        for number in handlers:
            # Blocked here, a signal may still come to another thread, and Python would act on it in this one.
            signal.signal(number, lambda number, _: held.append(number))
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    if held:
        signal.raise_signal(held[0])


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Block signals in this thread and in the processes that it starts, if the system can do that: Windows cannot."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend import resource_tracker as loky_resource_tracker

    # When these processes are started, they let signals through again. So they are started before.
    loky_resource_tracker.ensure_running()
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(pool: Any, pending: Iterable[Future[Any]]) -> None:
    """End the processes, at once if there are batches whose results nobody wants any more."""
    unfinished = [future for future in pending if not future.done()]
    # A future that loky has not yet put into its queue would make its thread fail (KeyError) when the processes are
    # killed.
    while not all(future.running() or future.done() for future in unfinished):
        time.sleep(0.001)
    pool.shutdown(wait=True, kill_workers=bool(unfinished))


def _count_processes(n_jobs: int | None) -> int:
    if n_jobs == 1 or multiprocessing.current_process().daemon:
        return 1
    from joblib import effective_n_jobs

    return int(effective_n_jobs(n_jobs))


def _count_batches(batches: Iterable[Batch], most: int) -> tuple[int, Iterator[Batch]]:
    """Count the batches, up to `most`. Return the count, and an iterator over all of them that ends with any error."""
    batches = iter(batches)
    first: list[Batch] = []
    try:
        first.extend(islice(batches, most))
    except Exception as error:
        batches = _raise(error)
    return len(first), chain(first, batches)


def _raise(error: Exception) -> Iterator[Any]:
    raise error
    yield


def _submit(pool: Any, work: Callable[[Model, Any], Any], batches: Iterable[Any]) -> Iterator[Future[Any]]:
    """Yield a future for each batch. If reading a batch fails, the last future has the error."""
    try:
        for batch in batches:
            with signals_held():  # the first batches start the processes
                future = pool.submit(_run, work, batch)
            yield future
    except Exception as error:
        failed: Future[Any] = Future()
        failed.set_exception(error)
        yield failed


# The model of a worker process. It stays there, with the tables for finding terms that it builds when they are first
# needed.
_model: Model


def _start(model: Model) -> None:
    """Keep the model in a new worker process. Ctrl-C goes to every process; only the main one acts on it."""
    global _model
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)  # see `signals_held`
    _model = model


def _run(work: Callable[[Model, Any], Any], batch: Any) -> Any:
    return work(_model, batch)
