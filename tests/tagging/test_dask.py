import dataclasses
import os
import signal
from pathlib import Path

import pyarrow as pa
import pytest
from distributed import Client, LocalCluster
from pyarrow import parquet

from cchc_ml.tagging import dask as cluster
from cchc_ml.tagging import parquet as frames

pytestmark = pytest.mark.slow

TEXTS = [f"Xã {n} rà soát văn bản quy phạm pháp luật. Tỷ lệ giải ngân đạt {n}%." for n in range(300)]


@pytest.fixture(scope="module")
def client():
    with LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=":0") as local, Client(local) as client:
        yield client


@pytest.fixture
def sources(tmp_path):
    for n in range(12):
        parquet.write_table(
            pa.table({"id": range(n, n + 300), "text": TEXTS[n:] + TEXTS[:n]}), tmp_path / f"{n:02}.parquet"
        )
    return sorted(map(str, tmp_path.glob("*.parquet")))


def contents(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def test_a_worker_that_is_killed_costs_only_its_partitions(client, small, sources, tmp_path):
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
    list(frames.tag_partitions(small.model_, frames.plan_partitions(sources, tmp_path / "here")))
    pids = client.run(os.getpid)
    done = []
    for one in cluster.tag_partitions(client, small.model_, frames.plan_partitions(sources, tmp_path / "there")):
        done.append(one)
        if len(done) == 4:
            os.kill(next(iter(pids.values())), signal.SIGKILL)
    assert {one.partition.source for one in done} == set(sources)
    assert [one.error for one in done] == [None] * 12
    assert contents(tmp_path / "here") == contents(tmp_path / "there")
    assert set(client.run(os.getpid).values()) != set(pids.values())


def test_a_partition_that_cannot_be_tagged_is_told(client, small, sources, tmp_path):
    Path(sources[1]).write_bytes(b"PAR1 and no more")
    (tmp_path / "out").mkdir()
    done = {
        one.partition.source: one
        for one in cluster.tag_partitions(client, small.model_, frames.plan_partitions(sources[:3], tmp_path / "out"))
    }
    assert "is damaged or is not a Parquet file" in str(done[sources[1]].error)
    assert sorted(contents(tmp_path / "out")) == ["00.parquet", "02.parquet"]


def test_another_version_on_the_workers_is_refused(client, small, sources, tmp_path, monkeypatch):
    monkeypatch.setattr("cchc_ml.tagging.dask.__version__", "9.9")
    with pytest.raises(ValueError, match=r"has cchc_ml .*, but this machine has 9\.9; install the same version"):
        list(cluster.tag_partitions(client, small.model_, frames.plan_partitions(sources, tmp_path / "out")))


def test_two_runs_on_one_cluster_keep_their_models(client, small, sources, tmp_path):
    silent = dataclasses.replace(small.model_, thresholds=small.model_.thresholds + 100)
    for folder in ("tagged", "silent"):
        (tmp_path / folder).mkdir()
    first = cluster.tag_partitions(client, small.model_, frames.plan_partitions(sources, tmp_path / "tagged"))
    second = cluster.tag_partitions(client, silent, frames.plan_partitions(sources, tmp_path / "silent"))
    next(first)
    assert len(list(second)) == 12
    assert len(list(first)) == 11
    tags = {
        folder: sum(map(len, parquet.read_table(tmp_path / folder)["pillars"].to_pylist()))
        for folder in ("tagged", "silent")
    }
    assert tags["silent"] == 0
    assert all(any(parquet.read_table(path)["pillars"].to_pylist()) for path in (tmp_path / "tagged").iterdir())


def test_a_worker_may_stand_in_another_folder(client, small, sources, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (done,) = cluster.tag_partitions(client, small.model_, frames.plan_partitions(["00.parquet"], Path("out")))
    assert done.error is None
    assert (tmp_path / "out" / "00.parquet").exists()


def test_a_cluster_without_workers_is_told(monkeypatch):
    monkeypatch.setattr("cchc_ml.tagging.dask.TIMEOUT_SECONDS", 1)
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        pytest.raises(ValueError, match="has no workers; start one with: dask worker tcp://"),
        cluster.connect(empty.scheduler_address),
    ):
        pass


def test_no_scheduler_is_told(monkeypatch):
    monkeypatch.setattr("cchc_ml.tagging.dask.TIMEOUT_SECONDS", 1)
    with (
        pytest.raises(ValueError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        cluster.connect("tcp://127.0.0.1:9"),
    ):
        pass
