import pytest

SAMPLE = "data/samples/mot-cua-xa.txt"


def test_explain_says_why(cli):
    result = cli("explain", SAMPLE)
    assert result.exit_code == 0
    assert "■ Administrative procedure reform" in result.stdout
    assert "why not?" in result.stdout
    only = cli("explain", SAMPLE, "--pillar", "cải cách tài chính công").stdout
    assert "Public finance reform" in only
    assert "Institutional reform" not in only


def test_explain_says_why_in_vietnamese(cli):
    shown = cli("explain", SAMPLE, "--lang", "vi").stdout
    assert "■ Cải cách thủ tục hành chính" in shown
    assert "vì sao không? còn thiếu 0," in shown
    assert "(từ ngữ của đoạn)" in shown


def test_explain_lists_the_strongest_terms(cli):
    assert "Institutional reform · institutional" in cli("explain", "--global").stdout
    only = cli("explain", "--global", "-p", "tthc").stdout
    assert "một cửa" in only
    assert "institutional" not in only


@pytest.mark.parametrize("arguments", [[], [SAMPLE, "--global"]])
def test_explain_wants_a_text_or_none(cli, arguments):
    result = cli("explain", *arguments)
    assert (result.exit_code, result.stderr) == (
        2,
        "cchc-ml: name articles or tables to explain, or give --global, but not both\n",
    )
