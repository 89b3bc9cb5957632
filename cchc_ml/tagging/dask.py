"""Tag Parquet files on a Dask cluster. The workers read, tag and write; the client sends them only the paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, as_completed, get_worker

from ..files import remove_leftovers
from ..messages import message, placed
from ..version import __version__
from .parquet import Partition, PartitionResult, tag_partition

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["connect", "tag_partitions"]

# How long to wait for a scheduler, and then for a worker.
TIMEOUT_SECONDS = 20


class _Model(WorkerPlugin):
    """A model that Dask sends to every worker once, also to a worker that joins later."""

    def __init__(self, model: Model, name: str) -> None:
        self.model, self.name, self.version = model, name, __version__

    def setup(self, worker: Any) -> None:
        if self.version != __version__:
            raise ValueError(
                message(
                    "worker {address} has cchc_ml {version}, but this machine has {version2}; install the "
                    "same version on both",
                    address=worker.address,
                    version=__version__,
                    version2=self.version,
                )
            )


def _tag(name: str, partition: Partition) -> PartitionResult:
    plugin: Any = get_worker().plugins[name]
    return tag_partition(plugin.model, partition)


@contextmanager
def connect(address: str, n_workers: int | None = None) -> Iterator[Client]:
    """Yield a client of a Dask cluster that has at least one worker.

    Parameters
    ----------
    address : str
        Address of the scheduler: ``"tcp://HOST:8786"``. ``"local"`` starts a cluster on this machine.
    n_workers : int, optional
        Number of processes of a local cluster. Default: one per core.

    Raises
    ------
    ValueError
        No scheduler answers, or it has no workers.
    """
    if address == "local":
        with (
            LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(address, timeout=TIMEOUT_SECONDS)
    except (OSError, ValueError) as error:
        raise ValueError(
            message(
                "no Dask scheduler answers at {address} ({type}); give --dask tcp://HOST:8786, or local",
                address=address,
                type=type(error).__name__,
            )
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=TIMEOUT_SECONDS)
        except TimeoutError:
            raise ValueError(
                message(
                    "the Dask scheduler at {address} has no workers; start one with: dask worker {address}",
                    address=address,
                )
            ) from None
        yield client


def tag_partitions(client: Client, model: Model, partitions: Sequence[Partition]) -> Iterator[PartitionResult]:
    """Tag Parquet files on a cluster and yield the results in the order in which they are finished.

    If a worker dies, only its partition is retried, on another worker. An output file appears only once it is complete.

    Parameters
    ----------
    client : distributed.Client
    model : Model
    partitions : sequence of Partition
        With paths that are valid on the workers.

    Raises
    ------
    ValueError
        A worker has a different version of this package.
    """
    plugin = _Model(model, f"cchc-ml-{uuid4().hex}")  # a unique name: others may use the cluster too
    client.register_plugin(plugin)
    try:
        partition_of = {client.submit(_tag, plugin.name, partition, pure=False): partition for partition in partitions}
        for future in as_completed(list(partition_of)):
            partition = partition_of.pop(future)
            try:
                yield future.result()
            except KilledWorker as error:
                yield PartitionResult(partition, 0, ValueError(placed(partition.source, error)))
    finally:
        client.unregister_worker_plugin(plugin.name)
        for folder in {Path(partition.target).parent for partition in partitions}:
            remove_leftovers(folder)  # of workers that died
