"""Tagging Parquet files on a Dask cluster: the workers read, tag and write; through the client go only names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, as_completed, get_worker

from . import __version__
from .frames import Done, Partition, tag_partition

if TYPE_CHECKING:
    from .model import Model

__all__ = ["connect", "tag_partitions"]


# Seconds that a scheduler has to answer.
PATIENCE = 20


class _Model(WorkerPlugin):
    """The model, given to every worker once; to one that joins later too."""

    name = "cchc-ml"

    def __init__(self, model: Model) -> None:
        self.model, self.version = model, __version__

    def setup(self, worker: Any) -> None:
        if self.version != __version__:
            raise ValueError(f"worker {worker.address} has cchc_ml {__version__}, this is {self.version}; install the same")


def _tag(partition: Partition) -> Done:
    given: Any = get_worker().plugins[_Model.name]
    return tag_partition(given.model, partition)


@contextmanager
def connect(address: str, n_jobs: int | None = None) -> Iterator[Client]:
    """Give a client of the Dask scheduler at `address`; ``"local"`` starts a cluster of `n_jobs` processes on this machine.

    Raises
    ------
    ValueError
        No scheduler answers.
    """
    if address == "local":
        with LocalCluster(n_workers=n_jobs, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {address} ({type(error).__name__}); want tcp://HOST:8786, or local") from None
    with client:
        yield client


def tag_partitions(client: Client, model: Model, partitions: Iterable[Partition]) -> Iterator[Done]:
    """Tag Parquet files on a cluster, in the order they are done.

    The paths are those that the workers see. A partition whose worker dies is done again by another, and no other is; its
    file appears when it is whole.

    Raises
    ------
    ValueError
        A worker has another version of this package.
    """
    client.register_plugin(_Model(model))
    partition_of = {client.submit(_tag, partition, pure=False): partition for partition in partitions}
    for future in as_completed(list(partition_of)):
        partition = partition_of.pop(future)
        try:
            done = future.result()
        except KilledWorker as error:
            done = Done(partition, 0, ValueError(f"{partition.source}: {error}"))
        target = Path(partition.target)
        for left in target.parent.glob(f".{target.name}.*"):  # by a worker that died
            left.unlink(missing_ok=True)
        yield done
