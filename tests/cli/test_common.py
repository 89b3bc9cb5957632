import io
import re
import time
import warnings

import pytest

from cchc_ml.cli.common import make_console, one_line, printed_warnings, progress_bar, progress_text

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
    message = f"Invalid value for '--jobs': --jobs must be -1 or between 1 and 256, got {jobs}"
    assert result.stderr == f"cchc-ml: {message}; see: cchc-ml predict --help\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict"], "Missing argument 'INPUT'; see: cchc-ml predict --help"),
        (["predict", SAMPLE, "--frmat", "csv"], "No such option: --frmat"),
        (["predict", SAMPLE, "--format", "xml"], "Invalid value for '--format'"),
        (["evaluate", "--report"], "Option '--report' requires an argument"),
        (["serve", "--port", "99999"], "Invalid value for '--port'"),
        (["nothing"], "No such command 'nothing'"),
        (["review", "nothing"], "No such command 'nothing'"),
        (["predict", SAMPLE, "--model", "a", "--model", "b"], "--model or -m is given 2 times; give it once"),
        (["predict", SAMPLE, "-o", "a", "--output", "b"], "-o or --output is given 2 times; give it once"),
        (["predict", SAMPLE, "--strict", "--strict"], "--strict is given 2 times; give it once"),
        (["review", "merge", SAMPLE, "-o", "a", "-o", "a"], "-o or --output is given 2 times; give it once"),
    ],
)
def test_wrong_options_are_one_line(cli, arguments, message):
    result = cli(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"cchc-ml: {message}")
    assert result.stderr.count("\n") == 1


def test_an_option_for_several_values_is_given_several_times(cli):
    result = cli("evaluate", "none.jsonl", "--baselines", "a.csv", "--baselines", "b.csv")
    assert (result.exit_code, result.stderr) == (2, "cchc-ml: no file none.jsonl\n")


@pytest.mark.parametrize("name", ["missing \x1b[31m.txt", "missing\n\r.txt", "missing \u202e.txt", "missing/" * 500])
def test_an_error_is_one_clean_line(cli, name):
    result = cli("predict", name)
    assert result.exit_code == 2
    assert result.stderr.startswith("cchc-ml: no file missing")
    assert result.stderr.endswith("\n")
    assert result.stderr[:-1].isprintable()
    assert len(result.stderr) < 1100


def test_a_message_shows_what_is_invisible():
    assert one_line("no\tfile\n \x1b[31m\u200b.txt") == "no file \\x1b[31m\\u200b.txt"
    assert one_line("Xã không có tệp") == "Xã không có tệp"


def test_a_progress_bar_says_how_much_how_fast_and_how_long(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with progress_bar("tagging", "rows") as show:
        for done in (0, 100, 200, 300):
            show(done, 1200)
            time.sleep(0.02)
    shown = re.sub(r"\x1b\[[\d;?]*\w", "", terminal.getvalue())
    assert re.search(r"tagging ━.* 25% 300/1,200 rows, [\d,]+/s, 0:00:0\d left", shown)


def test_the_rate_is_known_although_the_total_is_an_estimate():
    assert progress_text(0, None, 0, "rows") == "0 rows"
    assert progress_text(300, 1200, 2, "rows") == "300/1,200 rows, 150/s, 0:00:06 left"
    assert progress_text(300, 1230, 2, "rows") == "300/1,230 rows, 150/s, 0:00:06 left"
    assert progress_text(300, None, 2, "rows") == "300 rows, 150/s"
    assert progress_text(1, 3, 4000) == "1/3, 0.00/s, 2:13:20 left"
    assert progress_text(40, 30, 2, "rows") == "40/30 rows, 20/s, 0:00:00 left"


def test_no_progress_bar_without_a_terminal(capsys):
    with progress_bar("tagging") as show:
        show(1, None)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("200", 200), ("1", 20), ("0", 110), ("x", 110), ("", 110)])
def test_the_width_of_a_pipe_is_that_of_columns(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    assert make_console(io.StringIO()).width == width


def test_warnings_are_lines(capsys):
    with printed_warnings():
        for _ in range(2):
            warnings.warn("tthc: few\nrows", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == "cchc-ml: warning: tthc: few rows\n"
