import json

import pytest

TEXT = "Bộ phận một cửa của xã trả kết quả hồ sơ đất đai trước hạn hai ngày cho bà con."


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "own.jsonl"
    rows = [{"id": "a", "text": TEXT, "labels": ["tthc"]}, {"id": "b", "text": TEXT, "labels": []}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    return path


def test_table_and_sheet(cli, data, tmp_path):
    result = cli("check", data, "-o", tmp_path / "fix.csv")
    assert result.exit_code == 0
    assert "2 rows, 2 findings: 2 × near-duplicate with other labels" in result.stdout
    assert "wrote 2 paragraphs to" in result.stderr
    assert "probable label errors were not looked for" in result.stderr
    assert cli("review", "merge", data, tmp_path / "fix.csv").exit_code == 0


def test_strict(cli, data, tmp_path):
    assert cli("check", data, "--strict").exit_code == 1
    clean = tmp_path / "clean.jsonl"
    clean.write_text(data.read_text("utf8").splitlines()[0] + "\n", "utf8")
    result = cli("check", clean, "--strict")
    assert (result.exit_code, result.stdout) == (0, "1 row, 0 findings\n")


@pytest.mark.slow
def test_a_probable_label_error_alone_is_told_and_not_strict(cli, corpus, tmp_path):
    rows = [{k: row[k] for k in ("text", "labels", "article")} for row in corpus.rows]
    wrong = next(row for row in rows if row["labels"] == ["tthc"])
    wrong["labels"] = ["public_finance"]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    result = cli("check", path, "--strict")
    assert "× probable label error" in result.stdout
    assert result.exit_code == 0
    path.write_text(path.read_text("utf8") + json.dumps({"text": "", "labels": []}) + "\n", "utf8")
    result = cli("check", path, "--strict")
    assert "1 × no text" in result.stdout
    assert result.exit_code == 1


def test_rows_that_nobody_labelled_are_counted(cli, data):
    data.write_text(data.read_text("utf8").splitlines()[0] + '\n{"text": "Mưa.", "labels": ""}\n', "utf8")
    result = cli("check", data)
    assert result.stdout == "1 row, 0 findings\n"
    assert "1 row without labels, or not looked at in full, was passed over" in result.stderr


def test_errors_are_one_line(cli, data):
    for arguments, message in (
        ((data, "-o", "a.txt"), "a.txt is not a sheet"),
        (("no.jsonl",), "no file no.jsonl"),
    ):
        result = cli("check", *arguments)
        assert result.exit_code == 2
        assert message in result.stderr
        assert result.stderr.count("\n") == 1


def test_the_command_to_go_on_with_can_be_copied(cli, labelled, tmp_path):
    data, out = tmp_path / "nhãn của tôi.jsonl", tmp_path / "kiểm tra.xlsx"
    labelled.rename(data)
    result = cli("check", data, "-o", out)
    assert f'cchc-ml review merge "{data}" "{out}" -o corrected.jsonl' in result.stderr
