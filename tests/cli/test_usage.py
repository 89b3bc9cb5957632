import re
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from cchc_ml.cli.commands import app

SAMPLE = "data/samples/mot-cua-xa.txt"


def commands(group=None, before=()):
    """Yield the words of each command, and the command."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        yield (*before, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))


WORDS = [words for words, _ in commands()]


@pytest.mark.parametrize("words", [(), *WORDS], ids=" ".join)
def test_the_help_is_there_in_two_languages(cli, words):
    english, vietnamese = cli(*words, "-h"), cli(*words, "-h", "--lang", "vi")
    assert english.exit_code == vietnamese.exit_code == 0
    assert english.stdout == cli(*words, "--help").stdout
    assert "Usage: " in english.stdout
    assert "Cách dùng: " in vietnamese.stdout
    assert "─ Tùy chọn ─" in vietnamese.stdout
    assert "<bool>" not in english.stdout
    assert "...}" not in english.stdout  # an argument that may be repeated has its dots once
    assert not re.search(r"\b(the|of|is|are|with|for|this|Default|default|file)\b(?!:)", prose(vietnamese.stdout))
    assert not re.search(r"[ăđơưạảấầẩậắằẵặẹẻẽếềểễệịỉọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", prose(english.stdout))


def prose(text):
    """Return a help text without its names and values."""
    text = re.sub(r"cải cách hành chính|MÔ_HÌNH|hành\W+chính", "", re.sub(r"[│\n ]+", " ", text))
    return re.sub(r"--?[\w-]+|<[^>]*>|\[env var: \w+\]|`[^`]*`|:[^:]*OLD.*?default|or default|hoặc default", " ", text)


def test_help_after_vietnamese_is_english_again(cli):
    before = cli("predict", "-h").stdout
    cli("predict", "-h", "--lang", "vi")
    assert cli("predict", "-h").stdout == before


@pytest.mark.parametrize("words", [["check"], ["train"], ["evaluate"], ["compare"], ["review", "merge"]])
def test_the_help_names_no_types_of_python(cli, words):
    assert not re.search(r"<\w*\[|Path", cli("--lang", "vi", *words, "--help").stdout)


def test_a_language_that_is_not_spoken_is_said_without_english():
    result = CliRunner().invoke(app, ["--lang", "fr", "codebook"], env={"CCHC_LANG": "vi"})
    assert result.stderr.startswith("Lỗi: giá trị của '--lang' không hợp lệ: 'fr' không đúng; hãy chọn một trong:")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "."], ". là thư mục; hãy nêu tên từng bảng trong đó, ví dụ a.xlsx"),
        (["train", ".", "-o", "m.npz"], ". là thư mục; hãy nêu tên từng bảng trong đó, ví dụ a.xlsx"),
        (["review", "merge", ".", "-o", "x.jsonl"], ". là thư mục; hãy nêu tên từng bảng trong đó, ví dụ a.xlsx"),
        (["predict", ""], "gặp một tên trống; cần tên tệp, thư mục hoặc mẫu tên tệp"),
        (
            ["predict", "a.txt", "--threshold", "2"],
            "ngưỡng '2' không đúng; hãy ghi một xác suất lớn hơn 0 và nhỏ hơn 1",
        ),
        (
            ["predict", "a.txt", "-o", "kq"],
            "a.txt không phải tệp .parquet, mà chỉ tệp .parquet mới ghi vào thư mục được",
        ),
        (
            ["review", "queue", "a.txt", "-o", "x.txt"],
            "tên x.txt không cho biết cần ghi dạng nào; tên phải kết thúc bằng",
        ),
        (["codebook", "--codebook", "twice.yaml"], "twice.yaml, dòng 3: slug 'a' có hai lần, lần đầu ở dòng 1"),
        (["codebook", "--codebook", "term.yaml"], "term.yaml, dòng 3: gặp '*' trong 'a.*b' ở patterns của nhóm a"),
    ],
)
def test_errors_are_vietnamese_throughout(cli, arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Xã họp bàn việc sửa đường.\n", "utf8")
    (tmp_path / "twice.yaml").write_text("- slug: a\n  vi: x\n- slug: a\n  vi: z\n", "utf8")
    (tmp_path / "term.yaml").write_text('- slug: a\n  vi: x\n  patterns: ["a.*b"]\n- slug: b\n  vi: z\n', "utf8")
    result = cli("--lang", "vi", *arguments)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith(f"Lỗi: {said}"), result.stderr


def test_the_version_has_a_short_option(cli):
    assert cli("-V").stdout == cli("--version").stdout


@pytest.mark.parametrize(
    ("arguments", "english", "vietnamese"),
    [
        (
            ["predit"],
            "No such command 'predit' (did you mean predict?)",
            "không có lệnh 'predit' (có phải ý bạn là predict?)",
        ),
        (
            ["review", "quue"],
            "No such command 'quue' (did you mean queue?)",
            "không có lệnh 'quue' (có phải ý bạn là queue?)",
        ),
        (["zzzz"], "No such command 'zzzz'", "không có lệnh 'zzzz'"),
        (
            ["predict", SAMPLE, "--frmat", "csv"],
            "No such option: --frmat (did you mean --format?)",
            "không có tùy chọn --frmat (có phải ý bạn là --format?)",
        ),
        (["predict", SAMPLE, "--zzzz"], "No such option: --zzzz", "không có tùy chọn --zzzz"),
        (
            ["--verson"],
            "No such option: --verson (did you mean --version?)",
            "không có tùy chọn --verson (có phải ý bạn là --version?)",
        ),
        (["predict"], "Missing argument 'INPUT'", "thiếu tham số 'ĐẦU_VÀO'"),
        (["app"], "Missing option '-o' / '--output'", "thiếu tùy chọn '-o' / '--output'"),
        (["evaluate", "--report"], "Option '--report' requires an argument", "tùy chọn '--report' cần một giá trị"),
        (
            ["predict", SAMPLE, "--force=1"],
            "Option '--force' does not take a value",
            "tùy chọn '--force' không nhận giá trị",
        ),
        (["codebook", "x"], "Got unexpected extra arguments (x)", "thừa tham số (x)"),
        (
            ["predict", SAMPLE, "--jobs", "a"],
            "Invalid value for '--jobs': want a whole number",
            "giá trị của '--jobs' không hợp lệ: cần một số nguyên",
        ),
        (
            ["serve", "--port", "99999"],
            "Invalid value for '--port': want at most 65535",
            "giá trị của '--port' không hợp lệ: cần nhiều nhất là 65535",
        ),
        (
            ["serve", "--seconds", "x"],
            "Invalid value for '--seconds': want a number",
            "giá trị của '--seconds' không hợp lệ: cần một số",
        ),
        (
            ["predict", SAMPLE, "--strict", "--strict"],
            "--strict is given 2 times; give it once",
            "--strict được ghi 2 lần; hãy chỉ ghi một lần",
        ),
    ],
)
def test_what_is_wrong_is_said_in_two_languages(cli, arguments, english, vietnamese):
    for language, start in (
        ("en", f"cchc-ml: {english}; see: cchc-ml"),
        ("vi", f"Lỗi: {vietnamese}; hãy xem: cchc-ml"),
    ):
        result = cli("--lang", language, *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(start), result.stderr
        assert result.stderr.count("\n") == 1
        assert result.stderr.endswith(" --help\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_can_complete(top, shell):
    environment = {"_CCHC_ML_COMPLETE": f"complete_{shell}", "COMP_WORDS": "cchc-ml pre", "COMP_CWORD": "1"}
    environment |= {"_TYPER_COMPLETE_ARGS": "cchc-ml pre", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    command = [sys.executable, "-m", "cchc_ml"]
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True)
    assert "predict" in done.stdout
