import os
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from cchc_ml import __version__

SAMPLE = "data/samples/mot-cua-xa.txt"


def test_version_and_help(cli):
    assert cli("--version").stdout == f"cchc-ml {__version__}\n"
    text = cli("--help").stdout
    assert all(name in text for name in ("predict", "train", "evaluate", "pack", "lexicon"))


@pytest.mark.parametrize(
    "code", ["import cchc_ml", "from cchc_ml.cli.commands import app", "import cchc_ml; cchc_ml.PILLARS[0].vi"]
)
def test_start_loads_neither_scikit_learn_nor_underthesea(code):
    check = f"{code}; import sys; print([m for m in ('sklearn', 'underthesea', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_program_knows_what_to_do_at_ctrl_c_before_it_imports_much():
    code = (
        "import sys, cchc_ml.cli.main; print([m for m in ('typer', 'gettext', 'cchc_ml.pillars') if m in sys.modules])"
    )
    started = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"]
    assert subprocess.run(started, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments", [f"predict {SAMPLE}", "codebook", "explain --global", "--help", "predict --help", "--version"]
)
def test_a_reader_that_leaves_early_is_no_error(top, arguments):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "cchc_ml", *arguments.split()]
    done = subprocess.run(command, cwd=top, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        (f"predict {SAMPLE} -o {{out}} >&-", 0, None),
        (f"predict {SAMPLE} -o {{out}} <&- >&- 2>&-", 0, ""),
        (f"predict {SAMPLE} >&-", 2, "standard output is closed; give -o FILE, or open it"),
        ("codebook >&-", 2, "standard output is closed; give -o FILE, or open it"),
        ("--version >&-", 2, "standard output is closed; give -o FILE, or open it"),
        ("predict - <&-", 2, "standard input is closed; open it, or name files"),
        ("predict none.txt 2>&-", 2, ""),
        (f"predict {SAMPLE} >/dev/full", 2, "No space left on device"),
    ],
)
def test_closed_streams(top, tmp_path, command, status, message):
    out = tmp_path / "o.jsonl"
    shell = f"exec {sys.executable} -m cchc_ml {command.format(out=out)}"
    done = subprocess.run(shell, shell=True, cwd=top, capture_output=True, text=True)
    assert done.returncode == status
    assert done.stdout == ""
    if message is not None:
        assert done.stderr == (f"cchc-ml: {message}\n" if message else "")
    assert out.exists() == ("{out}" in command)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_ended_run_cleans_up(top, tmp_path, number):
    command = [sys.executable, "-m", "cchc_ml", "predict", "-", "-o", str(tmp_path / "o.jsonl")]
    # Tests that run in the background of a shell have SIGINT ignored, and so would their children.
    usual = partial(signal.signal, number, signal.SIG_DFL)
    with subprocess.Popen(command, cwd=top, stdin=subprocess.PIPE, preexec_fn=usual) as run:
        try:
            run.stdin.write(b'{"text": "a"}\n')  # the run waits for more
            run.stdin.flush()
            deadline = time.monotonic() + 120
            while not list(tmp_path.glob(".o.jsonl.*")):
                assert run.poll() is None, "the run ended by itself"
                assert time.monotonic() < deadline, "no temporary file appeared"
                time.sleep(0.02)
            run.send_signal(number)
            assert run.wait(120) == 128 + number
        finally:
            run.kill()
    assert list(tmp_path.iterdir()) == []


LAST_MOMENT = """
import atexit, os, signal, sys
atexit.register(os.kill, os.getpid(), signal.SIGINT)
sys.argv[1:] = ["--version"]
from cchc_ml.cli.main import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send itself SIGINT")
def test_ctrl_c_after_the_work_is_done_changes_nothing():
    done = subprocess.run([sys.executable, "-c", LAST_MOMENT], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"cchc-ml {__version__}\n", "")
