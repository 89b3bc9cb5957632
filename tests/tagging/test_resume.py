import json
from dataclasses import replace

import pytest

from cchc_ml.reading.inputs import read_file
from cchc_ml.tagging.resume import tag_files


def sources(path):
    return [json.loads(line)["source"] for line in path.read_text("utf8").splitlines()]


def test_an_interrupted_run_goes_on_where_it_stopped(small, tmp_path):
    files = []
    for n in range(6):
        (tmp_path / f"{n}.txt").write_text(f"Xã họp bàn việc thứ {n}.\nDân đến dự đông đủ cả.\n", "utf8")
        files.append(str(tmp_path / f"{n}.txt"))
    out = tmp_path / "out.jsonl"
    read = []

    def stop_at_three(name):
        read.append(name)
        for i, row in enumerate(read_file(name)):
            if name.endswith("3.txt") and i == 1:
                raise KeyboardInterrupt
            yield row

    with pytest.raises(KeyboardInterrupt):
        tag_files(small.model_, files, out, read=stop_at_three)
    assert not out.exists()
    journal = tmp_path / "out.jsonl.partial.done"
    journal.write_text(journal.read_text("utf8") + '["half', "utf8")  # the power went while a line was written
    read.clear()
    tag_files(small.model_, files, out, read=lambda name: (read.append(name), read_file(name))[1])
    assert read == files[3:]
    assert sources(out) == [name for name in files for _ in range(2)]
    tag_files(small.model_, files, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == out.read_bytes()
    assert not list(tmp_path.glob("*.partial*"))


def test_a_file_of_the_working_name_is_not_overwritten(small, tmp_path):
    (tmp_path / "a.txt").write_text("Xã họp bàn.", "utf8")
    (tmp_path / "o.jsonl.partial").write_text("my own", "utf8")
    with pytest.raises(FileExistsError, match=r"o\.jsonl\.partial is in the way and not from an interrupted"):
        tag_files(small.model_, [str(tmp_path / "a.txt")], tmp_path / "o.jsonl")
    assert (tmp_path / "o.jsonl.partial").read_text("utf8") == "my own"


def test_a_file_that_cannot_be_read_leaves_no_rows(small, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Một.", "source": "a"}\n{broken\n')
    (tmp_path / "b.txt").write_text("Hai người đến.")
    failures = []
    files = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.txt")]
    tag_files(small.model_, files, tmp_path / "o.jsonl", on_error=lambda *why: failures.append(why))
    assert sources(tmp_path / "o.jsonl") == [files[1]]
    assert len(failures) == 1


def test_another_run_is_not_gone_on_with(small, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("Xã họp bàn.", "utf8")

    def stop(name):
        if name.endswith("b.txt"):
            raise KeyboardInterrupt
        return read_file(name)

    with pytest.raises(KeyboardInterrupt):
        tag_files(small.model_, [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")], tmp_path / "o.jsonl", read=stop)
    with pytest.raises(ValueError, match=r"o\.jsonl\.partial is from a run over other files"):
        tag_files(small.model_, [str(tmp_path / "b.txt")], tmp_path / "o.jsonl")


@pytest.fixture
def interrupted(small, tmp_path):
    """Two files, of which an interrupted run has tagged the first."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("Xã họp bàn.\n\nDân đến dự đông đủ cả.", "utf8")
    files = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]

    def stop(name):
        if name.endswith("b.txt"):
            raise KeyboardInterrupt
        return read_file(name)

    with pytest.raises(KeyboardInterrupt):
        tag_files(small.model_, files, tmp_path / "o.jsonl", read=stop)
    return files


def test_the_counts_are_those_of_the_whole_output(small, tmp_path, interrupted):
    assert tag_files(small.model_, interrupted, tmp_path / "o.jsonl").rows == 4
    assert len(sources(tmp_path / "o.jsonl")) == 4


@pytest.mark.parametrize("change", ["model", "options", "context"])
def test_a_run_with_another_model_or_other_options_is_not_gone_on_with(small, tmp_path, interrupted, change):
    model = replace(small.model_, thresholds=small.model_.thresholds + 1) if change == "model" else small.model_
    kept = (tmp_path / "o.jsonl.partial").read_bytes()
    with pytest.raises(ValueError, match="is from a run with another model or other options"):
        tag_files(
            model,
            interrupted,
            tmp_path / "o.jsonl",
            context=False if change == "context" else None,
            options=("nội dung",) if change == "options" else (),
        )
    assert (tmp_path / "o.jsonl.partial").read_bytes() == kept
    assert tag_files(small.model_, interrupted, tmp_path / "o.jsonl").rows == 4


def test_a_file_that_was_changed_since_is_not_taken_as_it_was(small, tmp_path, interrupted):
    (tmp_path / "a.txt").write_text("Xã họp bàn việc khác.", "utf8")
    with pytest.raises(ValueError, match=r"a\.txt was changed after it was tagged into .*o\.jsonl\.partial"):
        tag_files(small.model_, interrupted, tmp_path / "o.jsonl")


@pytest.mark.parametrize("journal", ['["a.txt", 12]\n', "[3]\n", "{broken\n"])
def test_a_journal_of_something_else_is_named(small, tmp_path, interrupted, journal):
    (tmp_path / "o.jsonl.partial.done").write_text(journal, "utf8")
    with pytest.raises(ValueError, match=r"o\.jsonl\.partial is from a run over other files, or was changed"):
        tag_files(small.model_, interrupted, tmp_path / "o.jsonl")
