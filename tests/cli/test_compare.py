import pytest


def test_compare(cli, small_file, labelled, tmp_path):
    result = cli("compare", small_file, small_file, labelled, "-o", tmp_path / "f.csv", "--report", tmp_path / "f.html")
    assert result.exit_code == 0
    assert "+0.000 macro-F1 (p = 1.00), 0 better, 0 worse, in 240 paragraphs of 40 documents" in result.stdout
    assert "nothing flipped" in result.stdout
    assert (tmp_path / "f.csv").read_text("utf-8-sig").startswith("id,document,pillar,label,old,new")
    assert "None: both models tag the same." in (tmp_path / "f.html").read_text("utf8")


def test_with_the_shipped_model(cli, small_file, labelled):
    result = cli("compare", "default", small_file, labelled)
    assert result.exit_code == 0
    assert "macro-F1 (p " in result.stdout


@pytest.mark.parametrize(
    ("option", "name", "message"), [("-o", "f.txt", "ends in .csv"), ("--report", "f.csv", "ends in .html")]
)
def test_wrong_names(cli, small_file, labelled, option, name, message):
    result = cli("compare", small_file, small_file, labelled, option, name)
    assert result.exit_code == 2
    assert message in result.stderr
