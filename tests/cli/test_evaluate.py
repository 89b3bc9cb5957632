import csv
import json
import re

from cchc_ml.pillars import PILLARS


def test_evaluate_default_and_own_data_agree_with_json(cli, tmp_path, labelled):
    out = tmp_path / "m.json"
    result = cli("evaluate", labelled, "--json", out)
    assert result.exit_code == 0
    measured = json.loads(out.read_text())
    assert measured["n"] == 240
    assert f"{measured['macro']['f1']:.3f}" in result.stdout
    shipped = cli("evaluate").stdout
    assert "validation, modern_validation (1265 paragraphs)" in shipped
    assert "validation, modern_validation, in context (1265 paragraphs)" in shipped
    assert re.search(r"modern_validation +│ +901 │ +349 │", shipped)
    assert re.search(r"\bvalidation +│ +364 │ +331 │", shipped)


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


def test_evaluate_writes_a_report(cli, tmp_path, labelled, monkeypatch):
    monkeypatch.setattr("cchc_ml.evaluation.evaluate.learning_curve", lambda *args, **kwargs: {10: 0.5})
    out = tmp_path / "page.html"
    assert cli("evaluate", labelled, "--report", out).exit_code == 0
    assert "Against the baselines" in out.read_text("utf8")
    assert "exists; give --force" in cli("evaluate", labelled, "--report", out).stderr


def test_a_model_with_terms_of_its_own_wants_text(cli, own_terms_file):
    assert "give DATA as text" in cli("evaluate", "--model", own_terms_file).stderr
