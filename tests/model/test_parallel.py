import os
import signal
import subprocess
import sys
import time

import joblib
import numpy as np
import pytest

from cchc_ml.model.model import Model
from cchc_ml.model.parallel import parallel_map, signals_held

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


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow), None])
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


@pytest.mark.slow
def test_batches_are_read_as_they_are_needed(small):
    read = []

    def endless():
        while True:
            read.append(1)
            yield TEXTS[:1]

    results = parallel_map(lengths, small.model_, endless(), 2)
    assert next(results) == [len(TEXTS[0])]
    assert len(read) <= 64
    results.close()


def wait_for(model, path):
    """Wait until a file is there; without a file, return at once."""
    while path and not path.exists():
        time.sleep(0.01)
    return path is not None


@pytest.mark.slow
def test_a_slow_batch_does_not_hold_up_the_others(small, tmp_path):
    """The first batch waits for the 20th to be read, which is read only if the second process goes on meanwhile."""

    def batches():
        yield tmp_path / "done"
        for number in range(20):
            if number == 19:
                (tmp_path / "done").touch()
            yield None

    assert list(parallel_map(wait_for, small.model_, batches(), 2)) == [True] + [False] * 20


@pytest.mark.slow
def test_a_long_batch_is_not_waited_for_if_nobody_wants_it(small, tmp_path):
    results = parallel_map(wait_for, small.model_, [None, *[tmp_path / "never"] * 9], 2)
    assert next(results) is False
    results.close()


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
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


@pytest.mark.slow
def test_a_killed_process_is_reported(small):
    with pytest.raises(OSError, match="a worker process was killed, perhaps for lack of memory; use fewer processes"):
        list(parallel_map(die, small.model_, slices(), 2))


def test_results_before_an_error_of_reading_come_first(small):
    def broken():
        yield TEXTS[:1]
        raise OSError("disk gone")

    for n_jobs in (1, 2):
        results = parallel_map(lengths, small.model_, broken(), n_jobs)
        assert next(results) == [len(TEXTS[0])]
        with pytest.raises(OSError, match="disk gone"):
            next(results)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def interrupt(model, texts):
    os.kill(os.getpid(), signal.SIGINT)
    return len(texts)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="on Windows os.kill cannot send SIGINT")
def test_ctrl_c_in_a_worker_process_is_left_to_the_main_process(small):
    assert list(parallel_map(interrupt, small.model_, slices(), 2)) == [2] * 20


@pytest.mark.slow
def test_no_process_is_left_behind(small):
    results = parallel_map(where, small.model_, slices(), 2)
    assert not any(map(is_running, set(results)))
    results = parallel_map(where, small.model_, slices(), 2)
    pid = next(results)
    assert is_running(pid)
    results.close()
    assert not is_running(pid)


@pytest.mark.slow
def test_two_maps_can_be_read_in_turns(small):
    one, two = (parallel_map(lengths, small.model_, slices(), 2) for _ in range(2))
    for texts, of_one, of_two in zip(slices(), one, two, strict=True):
        assert of_one == of_two == [len(text) for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_it_works_in_the_workers_and_under_the_configuration_of_joblib(small, backend):
    want = [[len(text) for text in texts] for texts in slices()]
    with joblib.parallel_config(backend, n_jobs=2):
        assert list(parallel_map(lengths, small.model_, slices(), None)) == want
        jobs = (joblib.delayed(lengths_of_all)(small.model_, list(slices())) for _ in range(2))
        assert joblib.Parallel()(jobs) == [want, want]


def lengths_of_all(model, batches):
    return list(parallel_map(lengths, model, iter(batches), 2))


SCRIPT = """
import cchc_ml
model = cchc_ml.load().set_params(n_jobs=2)
print(model.predict(["Xã rà soát văn bản quy phạm pháp luật."] * 5000).sum())
"""


@pytest.mark.slow
def test_a_script_needs_no_guard_and_nothing_leaks(tmp_path, top):
    (tmp_path / "script.py").write_text(SCRIPT, "utf8")
    ended = subprocess.run(
        [sys.executable, "-W", "error", str(tmp_path / "script.py")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(top)},
        timeout=300,
    )
    assert (ended.stderr, ended.stdout) == ("", "5000\n")


WAITING = """
import signal, time
from cchc_ml.model.model import Model
from cchc_ml.model.parallel import parallel_map
from cchc_ml.model.storage import read_model
signal.signal(signal.SIGINT, signal.default_int_handler)
def batches():
    yield from [["Xã rà soát văn bản."]] * 40  # more than are read before the first result
    time.sleep(600)
for scores in parallel_map(Model.score_texts, read_model(), batches(), 2):
    print("running", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to send SIGINT to")
def test_ctrl_c_is_reported_by_the_main_process_only(tmp_path, top):
    (tmp_path / "script.py").write_text(WAITING, "utf8")
    child = subprocess.Popen(
        [sys.executable, str(tmp_path / "script.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(top)},
        start_new_session=True,
    )
    try:
        assert child.stdout.readline() == "running\n"
        os.killpg(child.pid, signal.SIGINT)
        _, stderr = child.communicate(timeout=300)
    finally:
        child.kill()
        child.wait()
    assert child.returncode
    assert stderr.count("KeyboardInterrupt") == 1


INTERRUPTED = """
import os, signal, subprocess, sys
from joblib.externals.loky.backend import fork_exec as module
from cchc_ml.model.model import Model
from cchc_ml.model.parallel import parallel_map
from cchc_ml.model.storage import read_model
signal.signal(signal.SIGINT, lambda number, _: sys.exit(130))
fork_exec = module.fork_exec
def interrupted(*args, **kwargs):
    pid = fork_exec(*args, **kwargs)
    os.killpg(0, signal.SIGINT)  # the new process is importing modules, and its pool is half made
    return pid
module.fork_exec = interrupted
list(parallel_map(Model.score_texts, read_model(), [["Xã rà soát văn bản."]] * 6, 2))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to send SIGINT to")
def test_ctrl_c_while_processes_start_ends_the_run_without_a_traceback(tmp_path, top):
    (tmp_path / "script.py").write_text(INTERRUPTED, "utf8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(top)},
        start_new_session=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send itself SIGINT")
def test_a_held_signal_comes_at_the_end_of_the_block():
    told = []
    before = signal.signal(signal.SIGINT, lambda number, _: told.append(number))
    try:
        with signals_held():
            os.kill(os.getpid(), signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            assert told == []
        assert set(told) == {signal.SIGINT}  # twice if another thread of this process took the first one
    finally:
        signal.signal(signal.SIGINT, before)
