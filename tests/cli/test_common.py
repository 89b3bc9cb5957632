import pytest

SAMPLE = "data/samples/mot-cua-xa.txt"


def test_an_existing_file_is_kept_without_force(cli, tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("mine")
    result = cli("predict", SAMPLE, "-o", path)
    assert result.exit_code == 2
    assert "exists; give --force to overwrite it" in result.stderr
    assert path.read_text() == "mine"
    assert cli("predict", SAMPLE, "-o", path, "--force").exit_code == 0
    assert path.read_text() != "mine"


def test_a_bad_model_is_one_line(cli, tmp_path):
    path = tmp_path / "m.npz"
    path.write_bytes(b"\x80\x04]\x94.")
    result = cli("predict", SAMPLE, "--model", path)
    assert result.exit_code == 2
    assert "is not a cchc-ml model" in result.stderr


@pytest.mark.parametrize("jobs", ["0", "-2", "100000"])
def test_jobs_that_are_refused(cli, jobs):
    result = cli("predict", SAMPLE, "--jobs", jobs)
    assert result.exit_code == 2
    message = " ".join(result.stderr.replace("│", " ").split())
    assert f"--jobs must be -1 or between 1 and 256, got {jobs}" in message
