"""One piece of work for many batches, in this process or in several, the model sent to each of them once."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from functools import lru_cache
from itertools import chain, islice, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .model import Model

__all__ = ["parallel_map"]

Batch = TypeVar("Batch")
Result = TypeVar("Result")

# Batches for each process that are read ahead; fewer at first, so that work begins at once.
ROUNDS = (2, 4, 8, 16, 32)


def parallel_map(
    work: Callable[[Model, Batch], Result], model: Model, batches: Iterable[Batch], n_jobs: int | None = 1
) -> Iterator[Result]:
    """Yield ``work(model, batch)`` for each batch, in order.

    Batches and results go by files of a temporary folder: through a pipe, a process waits for a megabyte piece by piece.

    Parameters
    ----------
    work : callable
        A function of a module, so that other processes find it.
    model : Model
    batches : iterable
        Read in this process, two rounds ahead at most; a sequence is one round.
    n_jobs : int, optional
        Processes, as joblib counts them.

    Raises
    ------
    OSError
        A process was ended from outside.
    Exception
        What reading the batches or working on one raises, after the results of those before.
    """
    sizes = iter([len(batches)]) if isinstance(batches, Sequence) else chain(ROUNDS, repeat(ROUNDS[-1]))
    batches = iter(batches)
    if n_jobs != 1:
        from joblib import Parallel, delayed, effective_n_jobs

        n_jobs = effective_n_jobs(n_jobs)
    some = list(islice(batches, n_jobs if n_jobs > 1 else 0))
    n_jobs = min(n_jobs, len(some))
    if n_jobs < 2:  # nothing to share
        yield from (work(model, batch) for batch in chain(some, batches))
        return
    with (
        TemporaryDirectory(prefix="cchc-ml-", ignore_cleanup_errors=True) as name,
        Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="all", batch_size=1) as parallel,
    ):
        folder = Path(name)
        _write(folder / "model", model)
        paths = (_write(folder / str(number), batch) for number, batch in enumerate(chain(some, batches)))
        running: Iterable[Path] = ()
        try:
            for size in sizes:
                # Read and written while those before are worked on, whose results come first, whatever reading raises.
                ahead, failure = _until_error(islice(paths, size * n_jobs))
                yield from map(_take, running)
                running = parallel(delayed(_run)(work, folder / "model", path) for path in ahead) if ahead else ()
                if failure or not ahead:
                    break
            yield from map(_take, running)
            if failure:
                raise failure
        except BrokenExecutor:
            raise OSError("a process was ended from outside, perhaps for want of memory; give fewer jobs") from None
        finally:
            # Where no more results are wanted, what is still to be done fails at once: its batch is gone.
            with suppress(OSError):
                for path in folder.iterdir():
                    path.unlink(missing_ok=True)
            with suppress(BrokenExecutor):
                for _ in running:
                    pass


def _until_error(things: Iterable[Path]) -> tuple[list[Path], Exception | None]:
    """Return what comes before an error, and the error."""
    found: list[Path] = []
    try:
        found.extend(things)
    except Exception as error:
        return found, error
    return found, None


def _write(path: Path, thing: Any) -> Path:
    path.write_bytes(pickle.dumps(thing, pickle.HIGHEST_PROTOCOL))
    return path


def _read(path: Path) -> Any:
    return pickle.loads(path.read_bytes())


def _take(path: Path) -> Any:
    result, error = _read(path)
    path.unlink()
    if error:
        raise error
    return result


# A process keeps the model, and with it the tables to find terms that the model makes when they are first needed.
_model = lru_cache(maxsize=1)(_read)


def _run(work: Callable[[Model, Any], Any], model: Path, path: Path) -> Path:
    try:
        return _write(path, (work(_model(model), _read(path)), None))
    except Exception as error:  # raised where the results are taken, in their order
        return _write(path, (None, error))
