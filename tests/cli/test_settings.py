import locale

import pytest

from cchc_ml.cli.settings import language_of

SAMPLE = "data/samples/mot-cua-xa.txt"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi_VN"}, "vi"),
        ({"LANG": "vi"}, "vi"),
        ({"LANG": "vie_XX"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "vi_VN.UTF-8", "LANGUAGE": "en:vi"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "vi:en"}, "vi"),
        ({"LANG": "C", "LANGUAGE": "vi"}, "en"),
        ({"LANG": "", "LC_ALL": ""}, "en"),
        ({"LANG": "vi_VN.UTF-8", "CCHC_LANG": "en"}, "en"),
        ({"CCHC_LANG": "vi"}, "vi"),
        ({"CCHC_LANG": "", "LANG": "vi_VN.UTF-8"}, "vi"),
    ],
)
def test_the_environment_says_the_language(monkeypatch, environment, language):
    monkeypatch.setattr(locale, "getlocale", lambda: (None, None))
    assert language_of([], environment) == language


@pytest.mark.parametrize(
    ("name", "language"), [("Vietnamese_Vietnam", "vi"), ("vi_VN", "vi"), ("English_United States", "en"), (None, "en")]
)
def test_windows_says_the_language_by_its_locale(monkeypatch, name, language):
    monkeypatch.setattr(locale, "getlocale", lambda: (name, "1258"))
    assert language_of([], {}) == language
    assert language_of([], {"LANG": "en_US"}) == "en"


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["--lang", "vi", "predict"], "vi"),
        (["predict", "--lang=vi"], "vi"),
        (["--lang", "vi", "predict", "--lang", "en"], "en"),
        (["predict", "--", "--lang", "vi"], "en"),
        (["predict", "--lang"], "en"),
        (["predict", "--lang", "fr"], "en"),
    ],
)
def test_the_option_comes_first(arguments, language):
    assert language_of(arguments, {"CCHC_LANG": "en", "LANG": "vi_VN.UTF-8"}) == language


@pytest.mark.parametrize(
    "arguments", [["--lang", "vi", "predict", "none.txt"], ["predict", "none.txt", "--lang", "vi"]]
)
def test_the_option_stands_before_or_after_the_command(cli, arguments):
    assert cli(*arguments).stderr.startswith("Lỗi: ")
    assert cli("predict", "none.txt").stderr.startswith("cchc-ml: ")


def test_a_language_that_does_not_exist_is_refused(cli, monkeypatch):
    result = cli("predict", SAMPLE, "--lang", "fr")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Invalid value for '--lang': found 'fr', want one of 'vi', 'en'" in result.stderr
    monkeypatch.setenv("CCHC_LANG", "fr")
    result = cli("predict", SAMPLE)
    assert result.exit_code == 2
    assert "found 'fr', want one of 'vi', 'en'" in result.stderr


@pytest.mark.parametrize("arguments", [["--quiet", "predict"], ["-q", "predict"], ["predict", "-q"]])
def test_quiet_prints_errors_only(cli, tmp_path, arguments):
    (tmp_path / "a.doc").write_bytes(b"x")
    (tmp_path / "a.txt").write_text("Xã trả kết quả hồ sơ đúng hạn cho người dân.", "utf8")
    out = tmp_path / "o.jsonl"
    result = cli(*arguments, tmp_path, "-o", out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert out.exists()
    assert ".doc 1" in cli("predict", tmp_path, "-o", out, "--force").stderr
    assert cli(*arguments, "none.txt").stderr == "cchc-ml: no file none.txt\n"
