"""One piece of work for many batches, in this process or in several, the model sent to each of them once."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import chain, islice, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .model import Model

__all__ = ["spread"]

Batch = TypeVar("Batch")
Result = TypeVar("Result")

# Batches for each process that are read ahead; fewer at first, so that work begins at once.
ROUNDS = (2, 4, 8, 16, 32)


def spread(work: Callable[[Model, Batch], Result], model: Model, batches: Iterable[Batch], n_jobs: int | None = 1) -> Iterator[Result]:
    """Yield ``work(model, batch)`` for each batch, in order.

    Batches and results go by files of a temporary folder: through a pipe, a process waits for a megabyte piece by piece.

    Parameters
    ----------
    work : callable
        A function of a module, so that other processes find it.
    n_jobs : int, optional
        Processes, as joblib counts them. `batches` is read in this one, two rounds of it ahead at most.
    """
    batches = iter(batches)
    if n_jobs != 1:
        from joblib import Parallel, delayed, effective_n_jobs

        n_jobs = effective_n_jobs(n_jobs)
    some = list(islice(batches, 1 if n_jobs == 1 else 2))
    if n_jobs == 1 or len(some) < 2:  # nothing to share
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
            for size in chain(ROUNDS, repeat(ROUNDS[-1])):
                ahead = list(islice(paths, size * n_jobs))  # read and written while those before are worked on
                yield from map(_take, running)
                if not ahead:
                    return
                running = parallel(delayed(_run)(work, folder / "model", path) for path in ahead)
        finally:
            # Where no more results are wanted, what is still to be done fails at once: its batch is gone.
            with suppress(OSError):
                for path in folder.iterdir():
                    path.unlink(missing_ok=True)
            for _ in running:
                pass


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
