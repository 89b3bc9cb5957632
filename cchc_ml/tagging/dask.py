"""Tagging Parquet files on a Dask cluster: the workers read, tag and write; through the client go only names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, as_completed, get_worker

from ..version import __version__
from .parquet import Partition, PartitionResult, tag_partition

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["connect", "tag_partitions"]


# Seconds that a scheduler has to answer.
PATIENCE = 20


class _Model(WorkerPlugin):
    """A model, given to every worker once; to one that joins later too."""

    def __init__(self, model: Model, name: str) -> None:
        self.model, self.name, self.version = model, name, __version__

    def setup(self, worker: Any) -> None:
        if self.version != __version__:
            raise ValueError(
                f"worker {worker.address} has cchc_ml {__version__}, this is {self.version}; install the same"
            )


def _tag(name: str, partition: Partition) -> PartitionResult:
    given: Any = get_worker().plugins[name]
    return tag_partition(given.model, partition)


@contextmanager
def connect(address: str, n_workers: int | None = None) -> Iterator[Client]:
    """Give a client of a Dask cluster that has a worker at least.

    Parameters
    ----------
    address : str
        Of the scheduler; ``"local"`` starts a cluster on this machine.
    n_workers : int, optional
        Processes of a local cluster; by default one a core.

    Raises
    ------
    ValueError
        No scheduler answers, or it has no worker.
    """
    if address == "local":
        with (
            LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no Dask scheduler answers at {address} ({type(error).__name__}); want tcp://HOST:8786, or local"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ValueError(
                f"the Dask scheduler at {address} has no workers; start one: dask worker {address}"
            ) from None
        yield client


def tag_partitions(client: Client, model: Model, partitions: Sequence[Partition]) -> Iterator[PartitionResult]:
    """Tag Parquet files on a cluster, in the order they are done.

    A partition whose worker dies is done again by another, and no other is; its file appears when it is whole.

    Parameters
    ----------
    client : distributed.Client
    model : Model
    partitions : sequence of Partition
        The paths are those that the workers see.

    Raises
    ------
    ValueError
        A worker has another version of this package.
    """
    plugin = _Model(model, f"cchc-ml-{uuid4().hex}")  # a name of its own: others may be using the cluster
    client.register_plugin(plugin)
    try:
        partition_of = {client.submit(_tag, plugin.name, partition, pure=False): partition for partition in partitions}
        for future in as_completed(list(partition_of)):
            partition = partition_of.pop(future)
            try:
                yield future.result()
            except KilledWorker as error:
                yield PartitionResult(partition, 0, ValueError(f"{partition.source}: {error}"))
    finally:
        client.unregister_worker_plugin(plugin.name)
        for target in {Path(partition.target).parent for partition in partitions}:
            _clean(target, {Path(partition.target).name for partition in partitions})


def _clean(folder: Path, names: set[str]) -> None:
    """Delete what a worker that died was writing."""
    for path in folder.glob(".*"):
        if path.name[1:].rpartition(".")[0] in names:
            path.unlink(missing_ok=True)
