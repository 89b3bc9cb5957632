import csv
import gzip
import json
import re
import socket
import subprocess
import sys

import pytest
from needs import needs

from cchc_ml import __version__
from cchc_ml.pillars import PILLARS

SAMPLE = "data/samples/mot-cua-xa.txt"


def test_version_and_help(cli):
    assert cli("--version").stdout == f"cchc-ml {__version__}\n"
    text = cli("--help").stdout
    assert all(name in text for name in ("predict", "train", "evaluate", "pack", "lexicon"))


@pytest.mark.parametrize(
    "code", ["import cchc_ml", "from cchc_ml.cli.main import app", "import cchc_ml; cchc_ml.PILLARS[0].vi"]
)
def test_start_loads_neither_scikit_learn_nor_underthesea(code):
    check = f"{code}; import sys; print([m for m in ('sklearn', 'underthesea', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_predicting_loads_neither_scikit_learn_nor_underthesea(top):
    check = (
        f"from cchc_ml.cli.main import app; app(['predict', '{SAMPLE}'], standalone_mode=False)\n"
        "import sys; print([m for m in ('sklearn', 'underthesea', 'joblib', 'pandas', 'distributed') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=top, encoding="utf8"
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_predict_jsonl_is_one_object_a_paragraph(cli):
    result = cli("predict", SAMPLE)
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["paragraph"] for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert list(row) == [
            "source",
            "paragraph",
            "text",
            "kind",
            "headline",
            "date",
            "author",
            "outlet",
            "pillars",
            "scores",
            "evidence",
            "evidence_spans",
        ]
        assert list(row["scores"]) == [str(p) for p in PILLARS]
        assert list(row["evidence"]) == row["pillars"]
        assert all(sentence in row["text"] for sentence in row["evidence"].values())
        assert row["pillars"] == sorted(row["pillars"], key=lambda p: -row["scores"][p])
    listed = next(row for row in rows if "coi sự hài lòng của dân" in row["text"])
    assert set(listed["pillars"]) == {str(p) for p in PILLARS}


def test_predict_table(cli):
    result = cli("predict", SAMPLE, "--format", "table")
    assert result.exit_code == 0
    assert "Cải cách thủ tục hành chính" in result.stdout
    assert "đoạn có bằng chứng" in result.stdout


def test_predict_csv_opens_in_excel(cli, tmp_path):
    path = tmp_path / "out.csv"
    assert cli("predict", SAMPLE, "-o", path).exit_code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert {"source", "paragraph", "text", "pillars", "tthc_probability", "tthc_evidence"} <= set(rows[0])


def test_predict_from_standard_input(cli):
    article = cli("predict", "-", input="Xã họp.\nSở bãi bỏ văn bản quy phạm pháp luật.\n")
    assert [json.loads(line)["source"] for line in article.stdout.splitlines()] == ["-", "-"]
    rows = cli("predict", "-", input='{"text": "Xã họp.", "id": 5}\n')
    assert json.loads(rows.stdout)["id"] == 5


@pytest.mark.parametrize("option", ["--keep-boilerplate", "--keep-furniture"])
def test_boilerplate_is_kept_by_either_name_of_the_option(cli, option):
    text = "Trang chủ | Tin tức\nSáng nay, xã họp bàn việc gỡ hồ sơ trễ hẹn của dân.\n"
    kept = cli("predict", "-", option, input=text)
    assert [json.loads(line)["kind"] for line in kept.stdout.splitlines()] == ["boilerplate", "body"]
    assert len(cli("predict", "-", input=text).stdout.splitlines()) == 1
    explained = cli("explain", "-", option, input=text)
    assert explained.exit_code == 0
    assert "Trang chủ" in explained.stdout
    help_text = cli("predict", "--help").stdout
    assert "--keep-boilerplate" in help_text
    assert "--keep-furniture" not in help_text


def test_predict_keeps_the_order_and_fields_of_rows(cli, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps({"n": n, "text": f"Đoạn {n}.", "deep": {"a": [n]}}) + "\n" for n in range(600)))
    rows = [json.loads(line) for line in cli("predict", path).stdout.splitlines()]
    assert [row["n"] for row in rows] == list(range(600))
    assert rows[599]["deep"] == {"a": [599]}


BAD = [
    ("missing.txt", None, "no file"),
    ("empty.txt", b"", "is empty"),
    ("empty.jsonl", b"", "is empty"),
    ("latin.txt", b"caf\xe9 \xff\xfe na\xefve", "is not UTF-8"),
    ("photo.jpg", b"\xff\xd8\0\0", "is a file of another kind; want .txt"),
    ("photo.txt", b"\x89PNG\r\n\x1a\n\0\0", "is binary"),
    ("letter.docx", b"PK text", "is damaged"),
    ("letter.pdf", b"%PDF-1.7 cut", "is damaged, locked with a password, or not a PDF"),
    ("no_text.csv", b"id,noidung\n1,a\n", "found: id, noidung"),
    ("broken.jsonl", b'{"text": "a"}\n' * 16 + b"{oops\n", "line 17: broken JSON"),
    ("blank.jsonl", b'{"text": "a"}\n{"text": ""}\n', "line 2: row without text"),
    ("folder", "folder", "has no file to read"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD, ids=[name for name, *_ in BAD])
def test_bad_input_is_one_line_status_2_and_no_file(cli, tmp_path, name, content, message):
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    out = tmp_path / "out.jsonl"
    before = set(tmp_path.iterdir())
    result = cli("predict", path, "-o", out)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("cchc-ml: ")
    assert set(tmp_path.iterdir()) == before


def test_an_existing_file_is_kept_without_force(cli, tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("mine")
    result = cli("predict", SAMPLE, "-o", path)
    assert result.exit_code == 2
    assert "exists; give --force to overwrite it" in result.stderr
    assert path.read_text() == "mine"
    assert cli("predict", SAMPLE, "-o", path, "--force").exit_code == 0
    assert path.read_text() != "mine"


def test_a_bad_model_is_one_line(cli, tmp_path):
    path = tmp_path / "m.npz"
    path.write_bytes(b"\x80\x04]\x94.")
    result = cli("predict", SAMPLE, "--model", path)
    assert result.exit_code == 2
    assert "is not a cchc-ml model" in result.stderr


def test_evaluate_default_and_own_data_agree_with_json(cli, tmp_path, labelled):
    out = tmp_path / "m.json"
    result = cli("evaluate", labelled, "--json", out)
    assert result.exit_code == 0
    measured = json.loads(out.read_text())
    assert measured["n"] == 240
    assert f"{measured['macro']['f1']:.3f}" in result.stdout
    assert "validation (364 paragraphs)" in cli("evaluate").stdout


def test_own_names_for_text_and_labels(cli, tmp_path, corpus):
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["stt", "Đoạn trích", *(p.vi for p in PILLARS)])
        for i, (row, y) in enumerate(zip(corpus.rows, corpus.y, strict=True)):
            writer.writerow([i, row["text"], *y])
    result = cli("evaluate", path, "--text-column", "đoạn trích")
    assert result.exit_code == 0, result.stderr
    assert "(240 paragraphs)" in result.stdout
    assert cli("evaluate", path).exit_code == 2
    assert cli("train", path, "--text-column", "đoạn trích", "-o", tmp_path / "m.npz").exit_code == 0


def test_evaluate_unknown_label(cli, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a", "labels": ["digital"]}\n')
    result = cli("evaluate", path)
    assert result.exit_code == 2
    assert "line 1: unknown pillar 'digital'; the six are institutional, tthc" in result.stderr


def test_train_on_own_data(cli, tmp_path, labelled):
    out = tmp_path / "mine.npz"
    result = cli("train", labelled, "-o", out, "--jobs", "1")
    assert result.exit_code == 0, result.stderr
    assert "cross-validated (240 paragraphs)" in result.stdout
    assert f"wrote {out}" in result.stderr
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert f"{metrics['scores']['cross-validated']['macro']['f1']:.3f}" in (tmp_path / "README.md").read_text()
    assert cli("predict", SAMPLE, "--model", out).exit_code == 0
    assert cli("train", labelled, "-o", out).exit_code == 2


def test_train_on_csv_with_one_label_missing(cli, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,labels\nMột cửa,tthc\nMưa,\n")
    result = cli("train", path, "-o", tmp_path / "m.npz")
    assert result.exit_code == 2
    assert "no paragraph has the pillar institutional" in result.stderr
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["x.jsonl"], "say where the model goes: -o FOLDER/MODEL.npz"),
        (["--with-default-data", "-o", "m.npz"], "--with-default-data goes with data of your own"),
        (["x.jsonl", "-o", "m.bin"], "a model is an .npz file; found m.bin"),
    ],
)
def test_train_options_that_do_not_fit(cli, args, message):
    result = cli("train", *args)
    assert result.exit_code == 2
    assert message in result.stderr


def test_pack_and_check(cli, tmp_path, labelled):
    out = tmp_path / "counts.jsonl.gz"
    assert cli("pack", labelled, "-o", out).exit_code == 0
    assert cli("pack", labelled, "--check", out).stdout == f"{out} holds the counts of this text\n"
    text = gzip.decompress(out.read_bytes()).decode()
    out.write_bytes(gzip.compress(text.replace('"labels":[]', '"labels":["tthc"]', 1).encode()))
    result = cli("pack", labelled, "--check", out)
    assert result.exit_code == 2
    assert "differs from this text, first in row 1 ('A1-01-1'): labels" in result.stderr
    assert "give either -o" in cli("pack", labelled).stderr


def test_a_reader_that_leaves_early_is_no_error(top):
    done = subprocess.run(
        f"{sys.executable} -m cchc_ml predict {SAMPLE} | head -c 10",
        shell=True,
        cwd=top,
        capture_output=True,
        check=True,
    )
    assert done.stdout == b'{"source":'
    assert done.stderr == b""


def test_codebook_is_readable(cli):
    result = cli("codebook")
    assert result.exit_code == 0
    assert "Cải cách thể chế" in result.stdout
    assert "✗" in result.stdout


def test_evaluate_writes_a_report(cli, tmp_path, labelled, monkeypatch):
    monkeypatch.setattr("cchc_ml.evaluation.evaluate.learning_curve", lambda *args, **kwargs: {10: 0.5})
    out = tmp_path / "page.html"
    assert cli("evaluate", labelled, "--report", out).exit_code == 0
    assert "Against the baselines" in out.read_text("utf8")
    assert "exists; give --force" in cli("evaluate", labelled, "--report", out).stderr


def test_train_for_precision(cli, tmp_path, labelled):
    out = tmp_path / "sure.npz"
    assert cli("train", labelled, "-o", out, "--objective", "precision=0.8").exit_code == 0
    assert "Objective precision=0.8" in cli("evaluate", labelled, "--model", out).stdout
    assert "objective must be" in cli("train", labelled, "-o", out, "--force", "--objective", "recall").stderr


def test_one_bad_file_among_many_is_told_at_the_end(cli, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.txt").write_text("Xã họp bàn.", "utf8")
    (tmp_path / "in" / "2.txt").write_bytes(b"")
    (tmp_path / "in" / "3.txt").write_text("Dân đến dự.", "utf8")
    out = tmp_path / "out.jsonl"
    result = cli("predict", tmp_path / "in", "-o", out)
    assert result.exit_code == 1
    assert "2.txt is empty" in result.stderr
    assert "1 of 3 files could not be read to the end" in result.stderr
    assert [json.loads(line)["text"] for line in out.read_text("utf8").splitlines()] == ["Xã họp bàn.", "Dân đến dự."]
    strict = cli("predict", tmp_path / "in", "-o", out, "--force", "--strict")
    assert strict.exit_code == 2
    assert "2.txt is empty" in strict.stderr


def test_resume_writes_what_one_run_writes(cli, tmp_path):
    out, again = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert cli("predict", "data/samples", "-o", out).exit_code == 0
    assert cli("predict", "data/samples", "-o", again, "--resume").exit_code == 0
    assert out.read_bytes() == again.read_bytes()
    assert "--resume goes with -o FILE.jsonl" in cli("predict", "data/samples", "--resume").stderr


def test_tables_on_standard_input(cli):
    rows = cli("predict", "-", input="\nid;nội dung\n7;Xã họp bàn.\n")
    assert json.loads(rows.stdout)["id"] == "7"
    assert json.loads(cli("predict", "-", input='"text","id"\n"Xã họp, bàn.",8\n').stdout)["id"] == "8"
    assert json.loads(cli("predict", "-", input="sep=;\ntext;id\nXã họp.;9\n").stdout)["id"] == "9"
    assert cli("predict", "-", input='\n\n{"text": "Xã họp."}\n').exit_code == 0
    assert "is one JSON array; want one object a line" in cli("predict", "-", input='[{"text": "a"}]').stderr


def test_a_readme_that_is_no_card_is_never_overwritten(cli, tmp_path, labelled):
    readme = tmp_path / "README.md"
    readme.write_text("mine")
    result = cli("train", labelled, "-o", tmp_path / "m.npz", "--force")
    assert result.exit_code == 2
    assert "is not a model card, and the card would overwrite it; write the model into" in result.stderr
    assert readme.read_text() == "mine"


def test_packed_rows_can_be_trained_on(cli, tmp_path, labelled):
    (tmp_path / "m").mkdir()
    assert cli("pack", labelled, "-o", tmp_path / "c.jsonl.gz").exit_code == 0
    assert cli("train", tmp_path / "c.jsonl.gz", "-o", tmp_path / "m" / "m.npz").exit_code == 0


def test_a_model_with_terms_of_its_own_wants_text(cli, tmp_path, labelled):
    assert cli("train", labelled, "-o", tmp_path / "m.npz").exit_code == 0
    assert "give DATA as text" in cli("evaluate", "--model", tmp_path / "m.npz").stderr


def test_an_ended_run_cleans_up(top, tmp_path):
    run = f"{sys.executable} -m cchc_ml predict - -o {tmp_path}/o.jsonl"
    script = f'(echo \'{{"text": "a"}}\'; sleep 6) | {run} & sleep 3; kill -TERM $!; wait $!'
    done = subprocess.run(["bash", "-c", script], cwd=top, capture_output=True, check=False)
    assert done.returncode == 143
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_is_not_steered_by_an_article(cli, tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("Xã \x1b[31mđỏ\x1b[0m họp bàn.", "utf8")
    assert "\x1b" not in cli("predict", path, "--format", "table").stdout


@pytest.fixture
def corpus_folder(tmp_path):
    pa, parquet = needs("pyarrow"), needs("pyarrow.parquet")
    for name in ("a", "b"):
        parquet.write_table(
            pa.table({"text": [f"Xã {name} trả hồ sơ một cửa trước hạn.", "Tỷ lệ giải ngân đạt 9%."]}),
            tmp_path / f"{name}.parquet",
        )
    return tmp_path


@pytest.mark.parametrize(
    "how", [[], ["--jobs", "2"], pytest.param(["--dask", "local", "--jobs", "2"], marks=pytest.mark.slow)]
)
def test_parquet_files_go_into_a_folder(cli, corpus_folder, how):
    out = corpus_folder / "tagged"
    result = cli("predict", f"{corpus_folder}/*.parquet", "-o", str(out), *how)
    assert (result.exit_code, result.stderr) == (0, f"wrote 4 rows in 2 files to {out}\n")
    assert sorted(path.name for path in out.iterdir()) == ["a.parquet", "b.parquet"]
    again = cli("predict", f"{corpus_folder}/*.parquet", "-o", str(out), *how)
    taken = f"cchc-ml: {out / 'a.parquet'} exists; give --force to overwrite it, or --resume to go on with the others\n"
    assert (again.exit_code, again.stderr) == (2, taken)
    (out / "b.parquet").unlink()
    resumed = cli("predict", f"{corpus_folder}/*.parquet", "-o", str(out), "--resume", *how)
    assert (resumed.exit_code, resumed.stderr) == (0, f"wrote 2 rows in 1 files to {out}\n")


def test_a_parquet_file_that_cannot_be_tagged_is_told_at_the_end(cli, corpus_folder):
    (corpus_folder / "0.parquet").write_bytes(b"PAR1")
    result = cli("predict", f"{corpus_folder}/*.parquet", "-o", str(corpus_folder / "tagged"))
    assert result.exit_code == 1
    assert "0.parquet is damaged or is not a Parquet file" in result.stderr
    assert result.stderr.endswith("cchc-ml: 1 of 3 files could not be read to the end\n")
    assert cli("predict", f"{corpus_folder}/*.parquet", "-o", str(corpus_folder / "t"), "--strict").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dask", "local"], "--dask and folders are for .parquet files: -o FOLDER, without --format"),
        (
            ["-o", "tagged", "-f", "csv", "--dask", "local"],
            "--dask and folders are for .parquet files: -o FOLDER, without --format",
        ),
        (
            ["-o", "tagged.jsonl", "--dask", "local"],
            "--dask and folders are for .parquet files: -o FOLDER, without --format",
        ),
        (["-o", "tagged"], f"{{top}}/{SAMPLE} is no .parquet file; into a folder go .parquet files only"),
        (
            ["-o", "t.jsonl", "--resume", "--jobs", "2"],
            "--resume goes with -o FILE.jsonl, in one process, or with .parquet files and -o FOLDER",
        ),
    ],
)
def test_what_does_not_go_into_a_folder(cli, top, arguments, message):
    result = cli("predict", SAMPLE, *arguments)
    assert (result.exit_code, result.stderr) == (2, f"cchc-ml: {message.format(top=top)}\n")


@pytest.mark.parametrize("jobs", ["0", "-2", "100000"])
def test_numbers_of_processes_that_are_none(cli, jobs):
    result = cli("predict", SAMPLE, "--jobs", jobs)
    assert result.exit_code == 2
    assert f"{jobs} processes; want 1 to 256, or -1 for one a core" in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx", "parquet"])
def test_predict_writes_the_same_in_several_processes(cli, tmp_path, ending):
    rows = "".join(
        json.dumps({"id": n, "text": f"Xã {n} rà soát văn bản. Tỷ lệ giải ngân đạt {n}%."}) + "\n" for n in range(1200)
    )
    (tmp_path / "rows.jsonl").write_text(rows)
    outs = [tmp_path / f"{jobs}.{ending}" for jobs in (1, 2)]
    for jobs, out in enumerate(outs, 1):
        assert cli("predict", str(tmp_path / "rows.jsonl"), "-o", str(out), "--jobs", str(jobs)).exit_code == 0
    if ending == "xlsx":  # a workbook holds the time it was made
        openpyxl = needs("openpyxl")
        read = [[[cell.value for cell in row] for row in openpyxl.load_workbook(out).active] for out in outs]
        assert read[0] == read[1]
    else:
        assert outs[0].read_bytes() == outs[1].read_bytes()


def test_explain_says_why(cli):
    result = cli("explain", SAMPLE)
    assert result.exit_code == 0
    assert "■ Cải cách thủ tục hành chính" in result.stdout
    assert "vì sao không?" in result.stdout
    only = cli("explain", SAMPLE, "--pillar", "cải cách tài chính công").stdout
    assert "Cải cách tài chính công" in only
    assert "Cải cách thể chế" not in only


def test_explain_lists_the_strongest_terms(cli):
    assert "Cải cách thể chế · institutional" in cli("explain", "--global").stdout
    only = cli("explain", "--global", "-p", "tthc").stdout
    assert "một cửa" in only
    assert "institutional" not in only


@pytest.mark.parametrize("arguments", [[], [SAMPLE, "--global"]])
def test_explain_wants_a_text_or_none(cli, arguments):
    result = cli("explain", *arguments)
    assert (result.exit_code, result.stderr) == (
        2,
        "cchc-ml: name an article or a table to explain, or give --global\n",
    )


def test_app_writes_one_page(cli, tmp_path):
    out = tmp_path / "cchc.html"
    result = cli("app", "-o", str(out))
    assert result.exit_code == 0
    assert out.read_text("utf8").startswith("<!DOCTYPE html>")
    assert out.stat().st_size < 4_000_000
    assert cli("app", "-o", str(out)).stderr == f"cchc-ml: {out} exists; give --force to overwrite it\n"


def test_serve_says_where_it_cannot_listen(cli):
    needs("fastapi")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = cli("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 2
    assert re.fullmatch(
        r"cchc-ml: cannot listen on 127\.0\.0\.1, port \d+: .*; give another --host or --port\n", result.stderr
    )
