import csv
import json
import re

import pytest
from needs import needs

from cchc_ml.pillars import PILLARS


def test_own_data_agree_with_json(cli, tmp_path, labelled):
    out = tmp_path / "m.json"
    result = cli("evaluate", labelled, "--json", out)
    assert result.exit_code == 0
    measured = json.loads(out.read_text())
    assert measured["n"] == 240
    assert f"{measured['macro']['f1']:.3f}" in result.stdout


@pytest.mark.slow
def test_evaluate_measures_the_shipped_rows_by_default(cli):
    shipped = cli("evaluate").stdout
    assert "validation, modern_validation (1,265 paragraphs)" in shipped
    assert "validation, modern_validation, in context (1,265 paragraphs)" in shipped
    assert re.search(r"modern_validation +│ +901 │ +349 │", shipped)
    assert re.search(r"\bvalidation +│ +364 │ +331 │", shipped)


@pytest.mark.slow
def test_own_names_for_text_and_labels(cli, tmp_path, corpus):
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["stt", "Câu chữ", *(p.vi for p in PILLARS)])
        for i, (row, y) in enumerate(zip(corpus.rows, corpus.y, strict=True)):
            writer.writerow([i, row["text"], *y])
    result = cli("evaluate", path, "--text-column", "câu chữ")
    assert result.exit_code == 0, result.stderr
    assert "(240 paragraphs)" in result.stdout
    assert cli("evaluate", path).exit_code == 2
    assert cli("train", path, "--text-column", "câu chữ", "-o", tmp_path / "m.npz").exit_code == 0


def test_evaluate_unknown_label(cli, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a", "labels": ["digital"]}\n')
    result = cli("evaluate", path)
    assert result.exit_code == 2
    assert "line 1: unknown pillar 'digital'; the six are institutional, tthc" in result.stderr


@pytest.mark.slow
def test_evaluate_writes_a_report(cli, tmp_path, labelled, monkeypatch):
    monkeypatch.setattr("cchc_ml.evaluation.evaluate.learning_curve", lambda *args, **kwargs: {10: 0.5})
    out = tmp_path / "page.html"
    assert cli("evaluate", labelled, "--report", out).exit_code == 0
    assert "Against the baselines" in out.read_text("utf8")
    assert "exists; give --force" in cli("evaluate", labelled, "--report", out).stderr


@pytest.mark.slow
def test_a_model_with_terms_of_its_own_wants_text(cli, own_terms_file):
    assert "give DATA as text" in cli("evaluate", "--model", own_terms_file).stderr


@pytest.mark.parametrize(
    ("kind", "has_labels"),
    [
        *(("jsonl", True), ("csv", False), ("xlsx", True)),
        *(pytest.param(kind, True, marks=pytest.mark.slow) for kind in ("csv", "tsv", "parquet", "csv.gz")),
        *(pytest.param(kind, False, marks=pytest.mark.slow) for kind in ("jsonl", "tsv", "xlsx", "parquet", "csv.gz")),
    ],
)
def test_every_table_that_is_written_can_be_evaluated(cli, tmp_path, corpus, kind, has_labels):
    if kind in ("xlsx", "parquet"):
        needs("python_calamine" if kind == "xlsx" else "pyarrow")
    rows = [{"text": row["text"], "labels": row["labels"], "article": row["article"]} for row in corpus.rows[:40]]
    if not has_labels:
        for row in rows:
            del row["labels"]
    source, out = tmp_path / "a.jsonl", tmp_path / f"b.{kind}"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    assert cli("predict", source, "-o", out).exit_code == 0
    result = cli("evaluate", out, "--json", tmp_path / "e.json")
    assert result.exit_code == 0, result.stderr
    assert "(40 paragraphs)" in result.stdout
    assert ("the labels are the tags in the column 'pillars'" in result.stderr) is not has_labels
    if has_labels:
        support = json.loads((tmp_path / "e.json").read_text())["pillars"]["tthc"]["support"]
        assert support == int(corpus.y[:40, 1].sum())


def test_a_tagged_workbook_with_corrected_tags_is_evaluated(cli, tmp_path, corpus):
    openpyxl = needs("openpyxl")
    needs("python_calamine")
    source, out = tmp_path / "a.jsonl", tmp_path / "b.xlsx"
    source.write_text("".join(json.dumps({"text": row["text"]}) + "\n" for row in corpus.rows[:6]), "utf8")
    assert cli("predict", source, "-o", out).exit_code == 0
    book = openpyxl.load_workbook(out)
    column = [cell.value for cell in book.active[1]].index("pillars") + 1
    for i, tags in enumerate(["Thủ tục hành chính; Tài chính công", "tthc", "không", None, "none", "apparatus"], 2):
        book.active.cell(i, column).value = tags
    book.save(out)
    result = cli("evaluate", out, "--json", tmp_path / "e.json")
    assert result.exit_code == 0, result.stderr
    numbers = json.loads((tmp_path / "e.json").read_text())["pillars"]
    assert [numbers[slug]["support"] for slug in ("tthc", "public_finance", "apparatus", "institutional")] == [
        2,
        1,
        1,
        0,
    ]


def test_rows_without_labels_and_rows_of_training_are_not_measured(cli, tmp_path, corpus):
    rows = [{"text": row["text"], "labels": row["labels"]} for row in corpus.rows[:3]]
    rows += [
        {"text": f"Đoàn kiểm tra số {i} làm việc với bộ phận một cửa về thủ tục.", "Nhãn": "tthc"} for i in range(4)
    ]
    rows += [{"text": "Chợ đông.", "labels": None}]
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    result = cli("evaluate", path)
    assert result.exit_code == 0, result.stderr
    assert "(4 paragraphs)" in result.stdout
    assert "rows passed over: 1 without labels (line 8); write none where no label applies" in result.stderr
    assert "3 of 7 rows are in this model's training data; measured on the other 4" in result.stderr


def test_a_table_in_which_no_row_has_a_pillar(cli, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,labels\nChợ đông.,none\nMưa to.,không\n", "utf8")
    result = cli("evaluate", path)
    assert result.exit_code == 0
    assert "none of the 2 rows has a pillar: recall and F1 are not known" in result.stderr


def test_one_document_has_no_interval(cli, tmp_path, labelled):
    one = tmp_path / "one.jsonl"
    one.write_text(labelled.read_text("utf8").splitlines(keepends=True)[1], "utf8")
    result = cli("evaluate", one)
    assert result.exit_code == 0
    assert "1 document is too few, at least 10 are needed." in result.stdout
    assert "95 %" not in result.stdout
    assert "p = " not in result.stdout


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_pillars_are_shown_whole_at_any_width(cli, monkeypatch, labelled, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = cli("evaluate", labelled).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    for name in ("institutional", "civil_service", "public_finance", "F1", "95 %"):
        assert any(name in line for line in lines)
    assert not any("…" in line for line in lines if "│" in line or "┃" in line)
    assert ("Columns that do not fit here: TP, FP, FN" in " ".join(lines)) == (columns < 100)
