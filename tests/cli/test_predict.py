import csv
import json
import os
import subprocess
import sys

import pytest
from needs import needs

from cchc_ml.pillars import PILLARS

SAMPLE = "data/samples/mot-cua-xa.txt"


def test_predicting_loads_neither_scikit_learn_nor_underthesea(top):
    check = (
        f"from cchc_ml.cli.commands import app; app(['predict', '{SAMPLE}'], standalone_mode=False)\n"
        "import sys; heavy = ('sklearn', 'underthesea', 'joblib', 'pandas', 'distributed')\n"
        "print([m for m in heavy if m in sys.modules])"
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
    assert "Administrative procedure reform" in result.stdout
    assert "paragraphs with evidence" in result.stdout
    vietnamese = cli("predict", SAMPLE, "--format", "table", "--lang", "vi").stdout
    assert "Cải cách thủ tục hành chính" in vietnamese
    assert "đoạn có bằng chứng" in vietnamese


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
    ("letter.pdf", b"%PDF-1.7 cut", "is damaged or is not a PDF; save it again"),
    ("no_text.csv", b"id,noidung\n1,a\n", "found: id, noidung"),
    ("broken.jsonl", b'{"text": "a"}\n' * 16 + b"{oops\n", "line 17: broken JSON"),
    ("blank.jsonl", b'{"text": ""}\n', "has no rows of text"),
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
    assert "--resume needs -o FILE.jsonl" in cli("predict", "data/samples", "--resume").stderr


def test_tables_on_standard_input(cli):
    rows = cli("predict", "-", input="\nid;nội dung\n7;Xã họp bàn.\n")
    assert json.loads(rows.stdout)["id"] == "7"
    assert json.loads(cli("predict", "-", input='"text","id"\n"Xã họp, bàn.",8\n').stdout)["id"] == "8"
    assert json.loads(cli("predict", "-", input="sep=;\ntext;id\nXã họp.;9\n").stdout)["id"] == "9"
    assert cli("predict", "-", input='\n\n{"text": "Xã họp."}\n').exit_code == 0
    assert "is one JSON array; want one object a line" in cli("predict", "-", input='[{"text": "a"}]').stderr


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
    "how",
    [[], *(pytest.param(how, marks=pytest.mark.slow) for how in (["--jobs", "2"], ["--dask", "local", "--jobs", "2"]))],
)
def test_parquet_files_go_into_a_folder(cli, corpus_folder, how):
    out = corpus_folder / "tagged"
    result = cli("predict", f"{corpus_folder}/*.parquet", "-o", str(out), *how)
    assert (result.exit_code, result.stderr) == (0, f"4 paragraphs of 2 files, 2 with evidence → {out}\n")
    assert sorted(path.name for path in out.iterdir()) == ["a.parquet", "b.parquet"]
    again = cli("predict", f"{corpus_folder}/*.parquet", "-o", str(out), *how)
    remedy = "give --force to overwrite it, or --resume to tag only the other files"
    taken = f"cchc-ml: {out / 'a.parquet'} exists; {remedy}\n"
    assert (again.exit_code, again.stderr) == (2, taken)
    (out / "b.parquet").unlink()
    resumed = cli("predict", f"{corpus_folder}/*.parquet", "-o", str(out), "--resume", *how)
    assert (resumed.exit_code, resumed.stderr) == (0, f"2 paragraphs of 1 file, 1 with evidence → {out}\n")


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
        (["--dask", "local"], "--dask and folders are for .parquet files: give -o FOLDER, and no --format"),
        (
            ["-o", "tagged", "-f", "csv", "--dask", "local"],
            "--dask and folders are for .parquet files: give -o FOLDER, and no --format",
        ),
        (
            ["-o", "tagged.jsonl", "--dask", "local"],
            "--dask and folders are for .parquet files: give -o FOLDER, and no --format",
        ),
        (
            ["-o", "tagged"],
            f"{SAMPLE} is not a .parquet file, and only these are written to a folder; "
            "to write a table, give it a name with an ending, such as tagged.xlsx",
        ),
        (
            ["-o", "t.jsonl", "--resume", "--jobs", "2"],
            "--resume needs -o FILE.jsonl and a single process, or -o FOLDER and .parquet files; "
            "change -o, or leave out --resume",
        ),
    ],
)
def test_what_does_not_go_into_a_folder(cli, top, arguments, message):
    result = cli("predict", SAMPLE, *arguments)
    assert (result.exit_code, result.stderr) == (2, f"cchc-ml: {message.format(top=top)}\n")


@pytest.mark.parametrize(
    "ending", ["jsonl", *(pytest.param(ending, marks=pytest.mark.slow) for ending in ("csv", "xlsx", "parquet"))]
)
def test_predict_writes_the_same_in_several_processes(cli, tmp_path, ending):
    rows = "".join(
        json.dumps({"id": n, "text": f"Xã {n} rà soát văn bản. Tỷ lệ giải ngân đạt {n}%."}) + "\n" for n in range(1200)
    )
    (tmp_path / "rows.jsonl").write_text(rows)
    outs = [tmp_path / f"{jobs}.{ending}" for jobs in (1, 2)]
    for jobs, out in enumerate(outs, 1):
        assert cli("predict", str(tmp_path / "rows.jsonl"), "-o", str(out), "--jobs", str(jobs)).exit_code == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_a_table_shows_the_column_that_was_named(cli, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,Đoạn trích\n7,Xã rà soát văn bản quy phạm pháp luật.\n", "utf8")
    result = cli("predict", path, "--text-column", "đoạn trích", "-f", "table")
    assert result.exit_code == 0, result.stderr
    assert "Xã rà soát văn bản quy phạm pháp luật." in result.stdout
    out = tmp_path / "o.txt"
    assert cli("predict", path, "--text-column", "đoạn trích", "-f", "table", "-o", out).exit_code == 0
    assert out.read_text("utf8") == result.stdout


def test_minus_is_standard_output(cli):
    assert cli("predict", SAMPLE, "-o", "-").stdout == cli("predict", SAMPLE).stdout


def test_a_folder_of_articles_cannot_be_tagged_into_a_folder(cli, tmp_path):
    result = cli("predict", "data/samples", "-o", tmp_path)
    assert result.exit_code == 2
    assert "and only these are written to a folder" in result.stderr


def test_review_writes_a_sheet_that_merge_reads(cli, tmp_path):
    result = cli("predict", "data/samples", "--review", "-o", tmp_path / "work.csv")
    assert result.exit_code == 0
    assert "paragraphs to" in result.stderr
    assert "suggestions, not labels" in result.stderr
    assert "0 labelled" in cli("review", "merge", tmp_path / "work.csv").stderr
    assert "exists; give --force" in cli("predict", "data/samples", "--review", "-o", tmp_path / "work.csv").stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "found no -o, want -o FILE.xlsx"),
        (("-o", "a.xlsx", "-f", "csv"), "--review does not go with --format"),
        (("-o", "a.xlsx", "--resume"), "--review does not go with --resume"),
        (("-o", "a.xlsx", "--jobs", "2"), "--review does not go with --jobs"),
    ],
)
def test_review_with_other_options(cli, arguments, message):
    result = cli("predict", "data/samples", "--review", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_end_says_what_was_done(cli, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.txt").write_text("Xã họp bàn.\nSở bãi bỏ văn bản quy phạm pháp luật.\n", "utf8")
    out = folder / "kq.jsonl"
    result = cli("predict", folder / "1.txt", "-o", out)
    assert (result.exit_code, result.stderr) == (0, f"2 paragraphs of 1 article, 1 with evidence → {out}\n")
    (folder / "2.csv").write_text("text\nXã họp.\n", "utf8")
    csv_file = folder / "kq.csv"
    result = cli("predict", folder, "-o", csv_file, "-f", "jsonl")
    done, left_out = (
        "3 paragraphs of 2 files, 1 with evidence",
        "1 file passed over (a result of an earlier run: kq.jsonl)",
    )
    assert (result.exit_code, result.stderr) == (0, f"{done} → {csv_file}; {left_out}\n")
    printed = cli("predict", f"{folder}/*.jsonl", folder / "1.txt")
    assert len(printed.stdout.splitlines()) == 2
    assert printed.stderr.endswith("; 1 file passed over (a result of an earlier run: kq.jsonl)\n")
    assert cli("predict", folder / "1.txt").stderr == ""


def test_every_input_has_a_bad_row(cli, tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"text": "Xã họp."}\n{"text": "a", "n": 1e999}\n', "utf8")
    out = tmp_path / "o.jsonl"
    result = cli("predict", tmp_path / "a.jsonl", tmp_path / "b.jsonl", "-o", out)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"2 paragraphs of 2 files, 0 with evidence → {out}\n")
    assert "a.jsonl, line 2: broken JSON: the number 1e999 is too large" in result.stderr


def test_all_inputs_are_unreadable(cli, tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"")
    out = tmp_path / "o.jsonl"
    out.write_text("old")
    result = cli("predict", tmp_path / "a.txt", tmp_path / "b.txt", "-o", out, "--force")
    assert result.exit_code == 1
    assert f"{out} was not written" in result.stderr
    assert result.stderr.endswith("2 of 2 files could not be read to the end\n")
    assert out.read_text() == "old"


def test_files_of_a_folder_that_are_not_read_are_told_in_one_line(cli, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Xã họp bàn.", "utf8")
    for name in ("1.doc", "2.DOC", "3.ppt"):
        (tmp_path / "in" / name).write_bytes(b"x")
    note = "passed over 3 files of kinds that are not read: .doc 2, .ppt 1; save them as .docx or .pdf"
    for arguments in (["predict", "-o", tmp_path / "o.jsonl"], ["predict"], ["report", "-o", tmp_path / "o.html"]):
        result = cli(arguments[0], tmp_path / "in", *arguments[1:])
        assert result.exit_code == 0
        assert result.stderr.count(note) == 1


def test_the_model_is_not_the_output(cli, tmp_path, top):
    model = tmp_path / "m.npz"
    model.write_bytes((top / "models" / "pillars.npz").read_bytes())
    before = model.read_bytes()
    result = cli("predict", SAMPLE, "--model", model, "-o", model, "-f", "jsonl", "--force")
    said = f"cchc-ml: {model} is the model and the output; give the output another name\n"
    assert (result.exit_code, result.stderr) == (2, said)
    assert cli("app", "--model", model, "-o", model, "--force").exit_code == 2
    assert model.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_force_writes_through_a_link_and_into_a_device(cli, tmp_path):
    (tmp_path / "t.jsonl").write_text("old")
    (tmp_path / "t.jsonl").chmod(0o600)
    (tmp_path / "link.jsonl").symlink_to("t.jsonl")
    assert cli("predict", SAMPLE, "-o", tmp_path / "link.jsonl").exit_code == 2
    assert cli("predict", SAMPLE, "-o", tmp_path / "link.jsonl", "--force").exit_code == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "t.jsonl").read_text("utf8") == cli("predict", SAMPLE).stdout
    assert (tmp_path / "t.jsonl").stat().st_mode & 0o777 == 0o600
    assert cli("predict", SAMPLE, "-o", "/dev/null", "--force").exit_code == 0
    assert not os.path.isfile("/dev/null")


def test_the_same_input_gives_the_same_workbook(cli, tmp_path):
    needs("xlsxwriter")
    for name in ("a.xlsx", "b.xlsx"):
        assert cli("predict", SAMPLE, "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def tags(result):
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_threshold_is_a_probability(cli):
    usual = tags(cli("predict", "data/samples", "-f", "jsonl"))
    some = tags(cli("predict", "data/samples", "-f", "jsonl", "--threshold", "0.9"))
    one = tags(cli("predict", "data/samples", "-f", "jsonl", "--threshold", "tthc=0.9"))
    for before, all_six, only in zip(usual, some, one, strict=True):
        assert before["scores"] == all_six["scores"] == only["scores"]
        assert set(all_six["pillars"]) == {slug for slug, p in before["scores"].items() if p > 0.9}
        assert set(only["pillars"]) - {"tthc"} == set(before["pillars"]) - {"tthc"}
        assert ("tthc" in only["pillars"]) == (before["scores"]["tthc"] > 0.9)


def test_an_objective_is_chosen_without_training(cli):
    number = {}
    for objective in ("precision=0.8", "f1", "recall=0.95"):
        result = cli("predict", "data/samples", "-f", "jsonl", "--objective", objective)
        number[objective] = sum(len(row["pillars"]) for row in tags(result))
        assert result.stderr == ""
    assert number["precision=0.8"] < number["f1"] < number["recall=0.95"]
    result = cli("predict", "data/samples", "-f", "jsonl", "--objective", "precision=0.95")
    assert "those drawn at random are too few to show more than 0.8" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--threshold", "2"), "found the threshold '2'; want a probability above 0 and below 1, such as 0.9"),
        (("--threshold", "high"), "found the threshold 'high'; want a probability above 0 and below 1, such as 0.9"),
        (("--threshold", "x=0.9"), "unknown pillar 'x'; the six are"),
        (("--objective", "precision=1"), "objective must be 'f1', or 'precision=' or 'recall='"),
        (("--objective", "f1", "--threshold", "0.5"), "--threshold and --objective both choose the thresholds"),
    ],
)
def test_thresholds_that_are_none(cli, options, message):
    result = cli("predict", "data/samples", *options)
    assert result.exit_code == 2
    assert message in result.stderr
