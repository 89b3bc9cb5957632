import json

import pytest


def test_compare(cli, small_file, labelled, tmp_path):
    result = cli("compare", small_file, small_file, labelled, "-o", tmp_path / "f.csv", "--report", tmp_path / "f.html")
    assert result.exit_code == 0
    assert "+0.000 macro-F1 (p = 1.00), 0 better, 0 worse, in 240 paragraphs of 40 documents" in result.stdout
    assert "nothing flipped" in result.stdout
    assert (tmp_path / "f.csv").read_text("utf-8-sig").startswith("id,document,pillar,label,old,new")
    assert "nothing flipped: both models give the same tags" in (tmp_path / "f.html").read_text("utf8")


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


def test_headings_are_not_compared_and_rows_without_labels_are_told(cli, small_file, labelled, tmp_path):
    rows = [json.loads(line) for line in labelled.read_text("utf8").splitlines()]
    rows[0] |= {"kind": "headline"}
    rows[1] |= {"labels": None}
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    result = cli("compare", small_file, small_file, labelled, "--lang", "vi", "--report", tmp_path / "f.html")
    assert "trên 238 đoạn của 40 bài" in result.stdout
    assert "1 dòng bị bỏ qua: đó là tiêu đề hoặc dòng ngoài bài" in result.stderr
    page = (tmp_path / "f.html").read_text("utf8")
    assert '<html lang="vi">' in page
    assert "trên 238 đoạn của 40 bài" in page
    assert "<h2>Các đoạn đổi nhãn</h2>" in page
    assert not [word for word in ("paragraphs", "pillar<", "moved most") if word in page]
