"""Every command with a codebook of one's own: three categories, six and eight."""

import csv
import json
import re

import openpyxl
import pytest
from own_codebooks import own_rows

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.model.codebook import codebook_to_json
from cchc_ml.model.storage import read_model, write_model
from cchc_ml.pillars import CCHC
from cchc_ml.review.sheet import TEXT

ARTICLE = """Chuyện ở xã

Sáng qua, tiểu thương kể với chúng tôi về sạp hàng mới dựng ở đầu chợ.

Học sinh ra sân trường từ sớm, cô giáo đứng đợi ở cửa lớp học.

Ông lão ngồi uống trà và nhìn ra ngõ.
"""


@pytest.fixture
def run(cli, own):
    """Run a command with the model; it must work. Return standard output, or standard error if that is empty."""

    def run_command(*arguments, model=True, status=0):
        result = cli(*arguments, *(["--model", own.model] if model else []))
        assert result.exit_code == status, result.stderr
        return result.stdout or result.stderr

    return run_command


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "bai.txt"
    path.write_text(ARTICLE, "utf8")
    return path


def test_the_model_file_carries_the_codebook(own, tmp_path):
    model = read_model(own.model)
    assert codebook_to_json(model.codebook) == codebook_to_json(own.codebook)
    write_model(model, tmp_path / "m.npz")
    assert (tmp_path / "m.npz").read_bytes() == own.model.read_bytes()
    assert "`market`, `school`" in (own.model.parent / "README.md").read_text("utf8")


def test_predict_in_all_formats(run, own, article, tmp_path):
    rows = [json.loads(line) for line in run("predict", article).splitlines()]
    assert all(list(row["scores"]) == own.codebook.slugs for row in rows)
    tags = {row["text"][:8]: row["pillars"] for row in rows}
    assert (tags["Sáng qua"], tags["Học sinh"]) == (["market"], ["school"])
    evidence = next(row["evidence"] for row in rows if row["text"].startswith("Sáng qua"))
    assert evidence["market"].startswith("Sáng qua, tiểu thương")
    for name in ("a.csv", "a.xlsx", "a.parquet", "a.jsonl"):
        run("predict", article, "-o", tmp_path / name)
    with open(tmp_path / "a.csv", encoding="utf-8-sig") as file:
        head = next(csv.reader(file))
    assert [name for name in head if name.endswith("_probability")] == [f"{c}_probability" for c in own.codebook.slugs]
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    names = [cell.value for cell in sheet[1]]
    assert names[-own.n - 2 :] == [*(c.short for c in own.codebook), "pillars", "câu bằng chứng"]
    assert "School" in run("predict", article, "-f", "table")
    assert "Trường học" in run("predict", article, "-f", "table", "--lang", "vi")
    low = run("predict", article, "--threshold", "Trường học=0.00001").splitlines()
    assert all("school" in json.loads(line)["pillars"] for line in low)


def test_an_unknown_category_is_named_with_those_that_there_are(cli, own, article):
    result = cli("predict", article, "--model", own.model, "--threshold", "tthc=0.5")
    assert result.exit_code == 2
    assert f"unknown category 'tthc'; the {own.codebook.number} are market, school, road" in result.stderr


def test_review_workbook_to_merged_labels_to_train(run, own, article, tmp_path):
    """Suggestions become labels only where a person says so; the labels are what `train` reads."""
    sheet_file = tmp_path / "work.xlsx"
    assert f"review merge {sheet_file} -o labelled.jsonl --codebook {own.model}" in run(
        "predict", article, "--review", "-o", sheet_file
    )
    book = openpyxl.load_workbook(sheet_file)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    columns = [heads.index(c.short) + 1 for c in own.codebook]
    assert columns == sorted(columns)
    assert len(sheet.data_validations.dataValidation) >= 1
    assert [c.vi for c in own.codebook] == [
        cell.value for cell in book.worksheets[1]["A"] if cell.value in {c.vi for c in own.codebook}
    ]
    colours = [cell.border.bottom.color.rgb for cell in sheet[1] if cell.value in {c.short for c in own.codebook}]
    assert colours == [f"FF{c.colour[1:].upper()}" for c in own.codebook]
    suggested = {sheet.cell(i, heads.index(TEXT) + 1).value[:8]: i for i in range(2, sheet.max_row + 1)}
    assert sheet.cell(suggested["Sáng qua"], columns[0]).value.startswith("có?")
    for i in range(2, sheet.max_row + 1):
        for k, column in enumerate(columns):
            sheet.cell(i, column).value = "có" if k == (i - 2) % own.n else "không"
    book.save(sheet_file)
    labelled = tmp_path / "labelled.jsonl"
    run("review", "merge", sheet_file, "-o", labelled, "--codebook", own.yaml, model=False)
    corpus = read_corpus(labelled, codebook=own.codebook)
    assert [row.argmax() for row in corpus.y] == [i % own.n for i in range(len(corpus))]
    (tmp_path / "new").mkdir()
    out = tmp_path / "new" / "m.npz"
    run("train", own.rows, labelled, "--codebook", own.model, "-o", out, "--jobs", "1", model=False)
    assert read_model(out).codebook.slugs == own.codebook.slugs
    assert "0 better, 0 worse" in run("compare", out, out, own.rows, model=False)


def test_queue_in_all_formats_and_back(run, own, tmp_path):
    for name in ("q.xlsx", "q.csv", "q.jsonl", "q-label-studio.json", "q-doccano.jsonl"):
        run("review", "queue", own.rows, "-n", "12", "-o", tmp_path / name)
    labels = json.loads((tmp_path / "q-doccano-labels.json").read_text("utf8"))
    assert [label["text"] for label in labels][: own.n] == own.codebook.slugs
    interface = (tmp_path / "q-label-studio.xml").read_text("utf8")
    assert all(c.colour in interface and c.value in interface for c in own.codebook)
    found = run("review", "merge", tmp_path / "q.jsonl", "--codebook", own.yaml, model=False, status=0)
    assert "12 not looked at" in found


def test_a_queue_of_other_categories_says_how_to_name_them(cli, run, own, tmp_path):
    run("review", "queue", own.rows, "-n", "5", "-o", tmp_path / "q.jsonl")
    result = cli("review", "merge", tmp_path / "q.jsonl")
    assert result.exit_code == 2
    assert "unknown category" in result.stderr
    assert "--codebook" in result.stderr


def test_explain_codebook_evaluate_check_and_plan(run, own, article, tmp_path):
    assert "Market" in run("explain", article, "-p", "Chợ, buôn bán")
    shown = run("explain", "--global")
    assert [slug for slug in own.codebook.slugs if f"· {slug}" in shown] == own.codebook.slugs
    for printed in (run("codebook"), run("codebook", "--codebook", own.yaml, model=False)):
        assert re.findall(r"  ([a-z]+) · \S", printed) == own.codebook.slugs
    run("evaluate", own.rows, "--json", tmp_path / "e.json", "--report", tmp_path / "e.html")
    assert list(json.loads((tmp_path / "e.json").read_text("utf8"))["pillars"]) == own.codebook.slugs
    page = (tmp_path / "e.html").read_text("utf8")
    assert all(f'[data-pillar="{c}"] {{ border-color: {c.colour}; }}' in page for c in own.codebook)
    assert "Learning curve" not in page
    assert f"{len(own_rows(own.n))} rows" in run("check", own.rows, "--codebook", own.yaml, model=False)
    assert "label first" in run("plan", own.rows, "--codebook", own.model, model=False)


def test_reports(run, own, article, tmp_path):
    for name in ("r.html", "r.docx", "r.xlsx"):
        run("report", article, own.rows, "-o", tmp_path / name)
        assert "unchanged" in run("report", "--verify", tmp_path / name)
    page = (tmp_path / "r.html").read_text("utf8")
    assert re.findall(r'<h3 data-pillar="(\w+)"', page) == own.codebook.slugs
    assert all(f'[data-pillar="{c}"] {{ --colour: {c.colour}; }}' in page for c in own.codebook)
    assert "cải cách hành chính" not in page
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames[1:-1] == [c.short for c in own.codebook]


def test_app(run, own, tmp_path):
    run("app", "-o", tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text("utf8")
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1])
    assert [pillar["slug"] for pillar in data["pillars"]] == own.codebook.slugs
    assert data["own"]


@pytest.mark.parametrize("arguments", [("train", "ROWS", "--with-default-data"), ("train",)])
def test_the_shipped_data_has_other_categories(cli, own, tmp_path, arguments):
    given = [own.rows if a == "ROWS" else a for a in arguments]
    result = cli(*given, "--codebook", own.yaml, "-o", tmp_path / "m.npz")
    assert result.exit_code == 2
    assert "shipped data is labelled with the six pillars, but the codebook has market, school, road" in result.stderr
    assert not (tmp_path / "m.npz").exists()


def test_the_six_in_another_order_may_be_trained_with_the_shipped_data(tmp_path):
    from cchc_ml.learning.own_data import check_categories
    from cchc_ml.pillars import Codebook

    check_categories(Codebook(CCHC.categories[::-1]))


def test_evaluate_without_data_says_what_is_missing(cli, own):
    result = cli("evaluate", "--model", own.model)
    assert result.exit_code == 2
    assert "this model has the categories market, school, road" in result.stderr


def test_models_of_different_categories_are_not_compared(cli, own):
    result = cli("compare", "default", own.model, own.rows)
    assert result.exit_code == 2
    assert "compare models with the same categories" in result.stderr


def test_errors_of_a_codebook_are_one_line(cli, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("- slug: a\n  vi: Một\n- slug: a\n  vi: Hai\n", "utf8")
    result = cli("codebook", "--codebook", path)
    assert result.exit_code == 2
    assert re.fullmatch(r"cchc-ml: .*mine\.yaml, line 3: the slug 'a' is there twice, .*\n", result.stderr)


def test_pack_and_lexicon(run, own, tmp_path):
    run("pack", own.rows, "--codebook", own.yaml, "-o", tmp_path / "p.jsonl.gz", model=False)
    assert len(read_corpus(tmp_path / "p.jsonl.gz", codebook=own.codebook)) == len(own_rows(own.n))
    run("lexicon", own.rows, "--codebook", own.yaml, "-o", tmp_path / "t.txt", "--jobs", "1", model=False)
    assert set(own.codebook.terms) <= set((tmp_path / "t.txt").read_text("utf8").splitlines())


def test_nothing_calls_the_categories_pillars(run, own, article, tmp_path):
    """Pillars are the six of the reform."""
    (tmp_path / "new").mkdir()
    out = tmp_path / "new" / "m.npz"
    trained = run("train", own.rows, "--codebook", own.yaml, "-o", out, "--jobs", "1", model=False)
    compared = run("compare", own.model, out, own.rows, "--report", tmp_path / "c.html", model=False)
    evaluated = run("evaluate", own.rows, "--report", tmp_path / "e.html")
    planned = run("plan", own.rows, "--codebook", own.yaml, "--jobs", "1", model=False)
    run("report", article, "-o", tmp_path / "r.html")
    pages = [re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", path.read_text("utf8")) for path in tmp_path.glob("*.html")]
    assert len(pages) == 3
    for said in (trained, compared, evaluated, planned, (tmp_path / "new" / "README.md").read_text("utf8"), *pages):
        assert [line for line in said.splitlines() if re.search(r"(?i)\bpillars?\b|trụ cột", line)] == []
