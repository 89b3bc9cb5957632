import os
import signal

import numpy as np
import pytest

from cchc_ml.model.model import Model
from cchc_ml.model.parallel import parallel_map

TEXTS = [f"Xã {n} rà soát văn bản quy phạm pháp luật. Tỷ lệ giải ngân đạt {n}%." for n in range(40)]


def lengths(model, texts):
    return [len(text) for text in texts]


def where(model, texts):
    return os.getpid()


def fail(model, texts):
    raise ValueError(f"no {texts[0][:4]}")


def die(model, texts):
    os.kill(os.getpid(), signal.SIGKILL)


def slices():
    return (TEXTS[i : i + 2] for i in range(0, len(TEXTS), 2))


@pytest.mark.parametrize("n_jobs", [1, 2, None])
def test_results_come_in_order(small, n_jobs):
    assert list(parallel_map(lengths, small.model_, slices(), n_jobs)) == [
        [len(t) for t in texts] for texts in slices()
    ]


def test_several_processes_work_and_give_the_same_bytes(small):
    assert os.getpid() not in set(parallel_map(where, small.model_, slices(), 2))
    one, two = (np.concatenate(list(parallel_map(Model.score_texts, small.model_, slices(), n))) for n in (1, 2))
    assert one.tobytes() == two.tobytes()


def test_one_batch_is_done_here(small):
    assert list(parallel_map(where, small.model_, [TEXTS], 2)) == [os.getpid()]
    assert list(parallel_map(where, small.model_, [], 2)) == []


def test_batches_are_read_as_they_are_needed(small):
    read = []

    def endless():
        while True:
            read.append(1)
            yield TEXTS[:1]

    results = parallel_map(lengths, small.model_, endless(), 2)
    assert next(results) == [len(TEXTS[0])]
    assert len(read) < 200
    results.close()


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_errors_come_through(small, n_jobs):
    with pytest.raises(ValueError, match="no Xã 0"):
        list(parallel_map(fail, small.model_, slices(), n_jobs))

    def broken():
        yield from slices()
        raise OSError("disk gone")

    results = parallel_map(lengths, small.model_, broken(), n_jobs)
    assert [next(results) for _ in slices()] == [[len(t) for t in texts] for texts in slices()]
    with pytest.raises(OSError, match="disk gone"):
        next(results)


def test_a_process_that_is_killed_is_told(small):
    with pytest.raises(OSError, match="a process was ended from outside, perhaps for want of memory; give fewer jobs"):
        list(parallel_map(die, small.model_, slices(), 2))


def test_nothing_is_left_behind(small, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    list(parallel_map(lengths, small.model_, slices(), 2))
    results = parallel_map(lengths, small.model_, slices(), 2)
    next(results)
    results.close()
    assert not list(tmp_path.glob("cchc-ml-*"))
