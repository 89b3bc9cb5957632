import pytest

from cchc_ml.reading.inputs import read_inputs
from cchc_ml.reading.progress import InputProgress


@pytest.fixture
def files(tmp_path):
    for name, rows in (("a.jsonl", 100), ("b.jsonl", 300)):
        (tmp_path / name).write_text('{"text": "Xã họp."}\n' * rows, "utf8")
    return [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]


def test_the_total_is_estimated_by_the_share_of_the_bytes(files):
    progress = InputProgress(files)
    assert (len(progress), progress.total(0)) == (2, None)
    progress.begin_file(1)
    assert progress.total(100) == 400
    progress.open_file(lambda: 0.5)
    assert progress.total(250) == 400
    progress.open_file(lambda: 1.5)  # the file has grown
    assert progress.total(400) == 400


def test_the_total_may_be_known(files):
    assert InputProgress(files, 400).total(1) == 400


def test_rows_that_wait_in_a_batch_are_not_done(files):
    progress = InputProgress(files)
    progress.begin_batch()
    progress.begin_file(1)
    progress.begin_batch()
    assert progress.total(0) is None
    progress.end_batch()
    assert progress.total(10) is None
    progress.end_batch()
    assert progress.total(100) == 400


@pytest.mark.parametrize("file", ["-", "none.jsonl"])
def test_the_size_of_a_stream_is_not_known(files, file):
    progress = InputProgress([*files, file])
    progress.begin_file(2)
    assert progress.total(400) is None


def test_reading_moves_it(files):
    progress = InputProgress(files)
    totals = [progress.total(number) for number, _ in enumerate(read_inputs(files, progress=progress), 1)]
    assert totals[150:] == pytest.approx([400] * 250, rel=0.7)
    assert progress.total(400) == 400
