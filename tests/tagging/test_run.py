import datetime
import io
import json
import sys
from pathlib import Path

import pytest
from needs import needs

from cchc_ml.tagging.run import Summary, TagOptions, tag_inputs

TEXTS = [
    "Xã rà soát văn bản quy phạm pháp luật. Chợ đông.",
    "Tỷ lệ giải ngân vốn đầu tư công đạt 9%.",
    "Trận mưa làm ngập chợ.",
]


@pytest.fixture
def trained(small):
    return small.model_


@pytest.fixture
def folder(tmp_path):
    """Three articles of two paragraphs each, in a folder of their own."""
    (tmp_path / "in").mkdir()
    for n in range(3):
        (tmp_path / "in" / f"{n}.txt").write_text(f"Xã họp bàn việc thứ {n}.\nDân đến dự đông đủ cả.\n", "utf8")
    return tmp_path / "in"


def ignore(name, reason):
    pass


def read_lines(path):
    return [json.loads(line) for line in path.read_text("utf8").splitlines()]


def names(files):
    return [str(file) for file in files]


# Files, formats and what is written


def test_a_file_and_an_open_file_get_the_same(trained, folder, tmp_path):
    out, file = tmp_path / "o.jsonl", io.StringIO()
    files = tuple(names(sorted(folder.iterdir())))
    assert tag_inputs(trained, [folder], out) == Summary(files, {}, rows=6, tagged=0)
    assert tag_inputs(trained, [folder], file).rows == 6
    assert file.getvalue() == out.read_text("utf8")
    assert [row["source"] for row in read_lines(out)] == [name for name in files for _ in range(2)]


@pytest.mark.parametrize(
    ("name", "format", "start"),
    [
        ("o.csv", None, b"\xef\xbb\xbfsource,"),
        ("o.txt", "csv", b"\xef\xbb\xbfsource,"),
        ("o.tsv", None, b"\xef\xbb\xbfsource\t"),
        ("o.csv.gz", None, b"\x1f\x8b"),
        ("o.txt.gz", "jsonl", b"\x1f\x8b"),
        ("o", "jsonl", b'{"source"'),
        ("o.csv", "jsonl", b'{"source"'),
    ],
)
def test_the_format_is_the_option_or_else_the_ending(trained, folder, tmp_path, name, format, start):
    assert tag_inputs(trained, [folder], tmp_path / name, TagOptions(format=format)).rows == 6
    assert (tmp_path / name).read_bytes().startswith(start)


def test_csv_on_an_open_file(trained, folder):
    file = io.StringIO()
    assert tag_inputs(trained, [folder], file, TagOptions(format="csv")).rows == 6
    assert file.getvalue().startswith("source,paragraph,text,")
    with pytest.raises(ValueError, match="'xlsx' cannot be written to an open text file; want jsonl or csv"):
        tag_inputs(trained, [folder], file, TagOptions(format="xlsx"))


def test_an_ending_that_is_no_table(trained, folder, tmp_path):
    with pytest.raises(ValueError, match=r"o\.txt does not name a kind of table; want one of \.jsonl"):
        tag_inputs(trained, [folder], tmp_path / "o.txt")
    assert sorted(tmp_path.iterdir()) == [folder]


def test_rows_can_be_written_in_a_format_of_ones_own(trained, folder, tmp_path):
    def write(rows, file):
        for row in rows:
            print(row["paragraph"], file=file)

    file = io.StringIO()
    assert tag_inputs(trained, [folder], file, write=write).rows == 6
    tag_inputs(trained, [folder], tmp_path / "o.txt", write=write)
    assert file.getvalue() == (tmp_path / "o.txt").read_text() == "1\n2\n" * 3


def test_an_existing_file_is_kept(trained, folder, tmp_path):
    out = tmp_path / "o.jsonl"
    out.write_text("mine")
    with pytest.raises(FileExistsError, match=r"o\.jsonl exists; give --force to overwrite it"):
        tag_inputs(trained, [folder], out)
    assert out.read_text() == "mine"
    assert tag_inputs(trained, [folder], out, TagOptions(overwrite=True)).rows == 6


def test_the_output_in_a_folder_is_not_an_input(trained, folder, monkeypatch):
    out = folder / "o.jsonl"
    assert tag_inputs(trained, [folder], out).rows == 6
    before = out.read_bytes()
    monkeypatch.chdir(folder)
    summary = tag_inputs(trained, [folder.resolve()], out.relative_to(folder), TagOptions(overwrite=True))
    assert (len(summary.files), summary.rows) == (3, 6)
    assert summary.passed_over == {str(folder.resolve() / "o.jsonl"): "the output"}
    assert out.read_bytes() == before


@pytest.mark.parametrize("resume", [False, True])
def test_a_named_input_is_not_the_output(trained, tmp_path, monkeypatch, resume):
    source = tmp_path / "s.jsonl"
    source.write_text('{"text": "Xã họp."}\n', "utf8")
    (tmp_path / "t.jsonl").write_text('{"text": "Xã họp."}\n', "utf8")
    (tmp_path / "link.jsonl").symlink_to(source)
    before = source.read_bytes()
    monkeypatch.chdir(tmp_path)
    for inputs in (["s.jsonl"], [source.resolve()], ["t.jsonl", "./s.jsonl"], ["link.jsonl"]):
        options = TagOptions(overwrite=True, resume=resume)
        with pytest.raises(ValueError, match=r"\w\.jsonl is input and output; give the output another name|link"):
            tag_inputs(trained, inputs, source.relative_to(tmp_path), options, on_error=ignore)
    assert source.read_bytes() == before
    with open(source, "a") as out, pytest.raises(ValueError, match=r"s\.jsonl is input and output"):
        tag_inputs(trained, ["s.jsonl"], out)
    assert source.read_bytes() == before


@pytest.mark.parametrize("name", ["old.jsonl", "old.csv", "old.tsv.gz", "old.xlsx", "old.parquet"])
def test_a_result_of_an_earlier_run_in_a_folder_is_passed_over(trained, folder, tmp_path, name):
    needs("xlsxwriter")
    needs("pyarrow")
    tag_inputs(trained, [folder], folder / name)
    summary = tag_inputs(trained, [folder], tmp_path / "o.jsonl")
    assert (summary.rows, summary.passed_over) == (6, {str(folder / name): "a result of an earlier run"})
    summary = tag_inputs(trained, [f"{folder}/*"], tmp_path / "p.jsonl")
    assert (summary.rows, summary.passed_over) == (6, {str(folder / name): "a result of an earlier run"})
    with pytest.raises(ValueError, match=f"no file to read: .*{name} is a result of an earlier run"):
        tag_inputs(trained, [f"{folder}/old*"], tmp_path / "q.jsonl")
    with pytest.raises(ValueError, match="already has a column 'pillars', which the result needs"):
        tag_inputs(trained, [folder / name], tmp_path / "q.jsonl")


@pytest.mark.parametrize("name", ["o.jsonl", "o.csv", "o.xlsx", "o.parquet"])
@pytest.mark.parametrize("content", ["", "\x00\x01"])
def test_an_old_output_is_not_replaced_by_nothing(trained, tmp_path, name, content):
    needs("xlsxwriter")
    for source in ("a.txt", "b.txt"):
        (tmp_path / source).write_text(content)
    out = tmp_path / name
    out.write_text("old")
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    summary = tag_inputs(trained, files, out, TagOptions(overwrite=True), on_error=ignore)
    assert (len(summary.failures), summary.rows, summary.written) == (2, 0, 0)
    assert out.read_text() == "old"
    with pytest.raises(ValueError, match=r"a\.txt is"):
        tag_inputs(trained, files, out, TagOptions(overwrite=True))
    assert out.read_text() == "old"


def test_an_old_output_is_not_replaced_by_nothing_when_a_run_is_resumed(trained, tmp_path):
    for source in ("a.txt", "b.txt"):
        (tmp_path / source).write_bytes(b"")
    out = tmp_path / "o.jsonl"
    out.write_text("old")
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    summary = tag_inputs(trained, files, out, TagOptions(overwrite=True, resume=True), on_error=ignore)
    assert (len(summary.failures), summary.written) == (2, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt", "o.jsonl"]
    assert out.read_text() == "old"


BAD_ROWS = [
    ('{"text": "Xã họp.", "n": 1e999}', "o.jsonl", "broken JSON: the number 1e999 is too large"),
    ('{"text": "Xã họp.", "pillars": []}', "o.jsonl", "already has a column 'pillars'"),
    ('{"text": "Xã họp.", "tthc_evidence": 1}', "o.csv", "already has a column 'tthc_evidence'"),
    ('{"text": "Xã họp.", "n": "\\ud800"}', "o.csv", "column 'n' holds half a character ('\\ud800')"),
    ('{"text": "Xã họp.", "n": "\\ud800"}', "o.xlsx", "column 'n' holds half a character ('\\ud800')"),
    ('{"text": "Xã họp.", "n": "\\ud800"}', "o.parquet", "column 'n' holds half a character ('\\ud800')"),
    ('{"text": "Xã họp.", "n": [{"a": "\\ud800"}]}', "o.csv", "column 'n' holds half a character"),
    ('{"text": "Xã họp.", "\\ud800": 1}', "o.csv", "the first row does not have \ud800"),
    ('{"text": "Xã họp.", "more": 1}', "o.csv", "the first row does not have more"),
    ('{"text": "Xã họp.", "n": {}}', "o.parquet", "column 'n' holds an object without fields, which Parquet cannot"),
    ('{"text": "Xã họp.", "n": [{}]}', "o.parquet", "column 'n' holds an object without fields"),
    ('{"text": "Xã họp.", "n": 12345678901234567890}', "o.parquet", "column 'n' holds the number 12345678901234567890"),
]


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize(("row", "name", "message"), BAD_ROWS)
def test_a_bad_row_is_reported_with_its_place_and_the_other_files_are_tagged(
    trained, tmp_path, row, name, message, resume
):
    needs("xlsxwriter")
    needs("pyarrow")
    if resume and name != "o.jsonl":
        pytest.skip("only JSON Lines can be resumed")
    (tmp_path / "in").mkdir()
    for number in range(3):
        rows = ['{"text": "Xã họp.", "n": null}'] * 2
        (tmp_path / "in" / f"{number}.jsonl").write_text(
            "\n".join([*rows, row, *rows] if number == 1 else rows), "utf8"
        )
    out = tmp_path / name
    summary = tag_inputs(trained, [tmp_path / "in"], out, TagOptions(resume=resume), on_error=ignore)
    bad = str(tmp_path / "in" / "1.jsonl")
    assert list(summary.failures) == [bad]
    assert summary.failures[bad].startswith(f"{bad}, line 3")
    assert message in summary.failures[bad]
    assert summary.rows == (4 if resume else 8)
    out.unlink()
    with pytest.raises(ValueError, match=r"1\.jsonl, line 3"):
        tag_inputs(trained, [tmp_path / "in"], out)
    assert not out.exists()


def test_bad_rows_of_one_file_are_counted(trained, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Xã họp."}\n', "utf8")
    bad = tmp_path / "b.jsonl"
    bad.write_text('{"text": "Xã họp."}\n{broken\n[]\n{"text": 5}\n{"text": "Dân dự.", "pillars": []}\n', "utf8")
    worse = tmp_path / "c.csv"
    worse.write_text("id,noidung\n1,Xã họp.\n2,Dân dự.\n", "utf8")
    broken = tmp_path / "d.jsonl"
    broken.write_text("{broken\n", "utf8")
    summary = tag_inputs(trained, [tmp_path / "a.jsonl", bad, worse, broken], tmp_path / "o.jsonl", on_error=ignore)
    assert summary.rows == 2
    assert summary.failures[str(bad)].startswith(f"{bad}, line 2: broken JSON")
    assert summary.failures[str(bad)].endswith(" (and 3 more rows)")
    assert summary.failures[str(broken)].startswith(f"{broken}, line 1: broken JSON")
    assert summary.failures[str(worse)].startswith(f"{worse}, line 2: no field or column 'text'")


def test_a_bad_row_is_reported_before_a_later_line_that_is_not_text(trained, tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_bytes(b'{"text": "Xa hop."}\n' * 9000 + b'[]\n{"text": "\xff"}\n')
    with pytest.raises(ValueError, match=r"a\.jsonl, line 9001: found list, want one JSON object a line"):
        tag_inputs(trained, [source], tmp_path / "o.jsonl")


def test_an_article_among_tables_with_other_columns_is_reported(trained, folder, tmp_path):
    table = tmp_path / "t.jsonl"
    table.write_text('{"text": "Xã họp."}\n', "utf8")
    summary = tag_inputs(trained, [table, folder / "0.txt"], tmp_path / "o.csv", on_error=ignore)
    assert list(summary.failures) == [str(folder / "0.txt")]
    assert summary.rows == 1
    assert tag_inputs(trained, [table, folder / "0.txt"], tmp_path / "o.jsonl", on_error=ignore).rows == 3


@pytest.mark.parametrize("name", ["o.jsonl", "o.parquet"])
def test_a_damaged_page_of_a_parquet_file_is_reported_with_its_place(trained, tables, tmp_path, parquet, name):
    pa = needs("pyarrow")
    path = tables / "a.parquet"
    table = pa.table({**{c: parquet.read_table(path)[c] for c in ("n", "day", "kind")}, "text": ["TRANG HỎNG"] * 3})
    parquet.write_table(table, path, compression="none", use_dictionary=["kind"])
    path.write_bytes(path.read_bytes().replace(b"TRANG", b"TRAN\xff"))
    parquet.write_table(
        parquet.read_table(tables / "b.parquet"), tables / "b.parquet", use_dictionary=["kind"], compression="none"
    )
    summary = tag_inputs(trained, [tables / "b.parquet", path], tmp_path / name, on_error=ignore)
    assert list(summary.failures) == [str(path)]
    assert summary.failures[str(path)].startswith(f"{path} is damaged after row 0: ")
    assert summary.rows == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_device_gets_json_lines(trained, folder, tmp_path):
    assert tag_inputs(trained, [folder], Path("/dev/null")).rows == 6
    (tmp_path / "o").write_text("before\n")
    with open(tmp_path / "o", "a") as file:
        assert tag_inputs(trained, [folder], Path(f"/dev/fd/{file.fileno()}")).rows == 6
    lines = (tmp_path / "o").read_text("utf8").splitlines()
    assert (lines[0], len([json.loads(line) for line in lines[1:]])) == ("before", 6)


def test_the_text_column_is_passed_on(trained, tmp_path):
    out = tmp_path / "o.xlsx"
    openpyxl = needs("openpyxl")
    (tmp_path / "x.csv").write_text(f"text,own\nngắn,Chợ. {TEXTS[0]}\n", "utf8")
    tag_inputs(trained, [tmp_path / "x.csv"], out, TagOptions(text_column="own"))
    cell = openpyxl.load_workbook(out, rich_text=True).active["B2"].value
    assert [str(part) for part in cell][:2] == ["Chợ. ", TEXTS[0].removesuffix(" Chợ đông.")]


def test_boilerplate_is_left_out_or_kept(trained, top):
    kinds = {}
    for keep in (False, True):
        file = io.StringIO()
        tag_inputs(trained, [top / "data/samples/hop-giao-ban.html"], file, TagOptions(keep_boilerplate=keep))
        kinds[keep] = [json.loads(line)["kind"] for line in file.getvalue().splitlines()]
    assert "boilerplate" in kinds[True]
    assert kinds[False] == [kind for kind in kinds[True] if kind != "boilerplate"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["o.jsonl", "o.csv", "o.parquet"])
def test_processes_do_not_change_the_file(trained, tmp_path, name):
    rows = "".join(json.dumps({"id": n, "text": f"Xã {n} họp bàn."}) + "\n" for n in range(1200))
    (tmp_path / "rows.jsonl").write_text(rows)
    outs = [tmp_path / str(n_jobs) for n_jobs in (1, 2)]
    for n_jobs, out in enumerate(outs, 1):
        out.mkdir()
        assert tag_inputs(trained, [tmp_path / "rows.jsonl"], out / name, TagOptions(n_jobs=n_jobs)).rows == 1200
    assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()


# Failures and progress


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_tagged(trained, folder, tmp_path):
    (folder / "1.txt").write_bytes(b"")
    (folder / "0.jsonl").write_text('{"text": "Xã họp."}\n{broken\n', "utf8")
    seen = []
    out = tmp_path / "o.jsonl"
    summary = tag_inputs(trained, [folder], out, on_error=lambda *why: seen.append(why))
    assert list(summary.failures) == names([folder / "0.jsonl", folder / "1.txt"])
    assert sorted(summary.failures.items()) == sorted(seen)
    assert summary.rows == len(read_lines(out)) == 5
    out.unlink()
    with pytest.raises(ValueError, match=r"0\.jsonl, line 2: broken JSON"):
        tag_inputs(trained, [folder], out)
    assert sorted(tmp_path.iterdir()) == [folder]


def test_a_single_file_that_cannot_be_read_raises(trained, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(ValueError, match="is empty"):
        tag_inputs(trained, [tmp_path / "a.txt"], tmp_path / "o.jsonl", on_error=ignore)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", ["o.jsonl", "o.csv", "o.parquet"])
@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_progress_says_how_many_rows_are_done_and_how_many_there_are(trained, tmp_path, name, n_jobs):
    (tmp_path / "in").mkdir()
    for number in range(3):
        (tmp_path / "in" / f"{number}.jsonl").write_text('{"text": "Xã họp."}\n' * 600, "utf8")
    seen = []
    tag_inputs(
        trained,
        [tmp_path / "in"],
        tmp_path / name,
        TagOptions(n_jobs=n_jobs),
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert len(seen) >= 3
    assert seen[-1][0] > 1700
    assert all(done <= total < 3 * 1800 for done, total in seen)
    assert seen[-1][1] == pytest.approx(1800, rel=0.05)


def test_the_rows_of_parquet_files_are_counted_beforehand(trained, tables, tmp_path, monkeypatch):
    monkeypatch.setattr("cchc_ml.tagging.tally.ROWS_PER_REPORT", 1)
    seen = []
    tag_inputs(trained, [tables], tmp_path / "o.csv", on_progress=lambda *done: seen.append(done))
    assert seen == [(6, 6)]


def test_progress_of_articles(trained, folder, tmp_path):
    for number in range(60):  # 126 paragraphs
        (folder / f"x{number}.txt").write_text(f"Xã họp bàn việc thứ {number}.\nDân đến dự đông đủ cả.\n", "utf8")
    seen = []
    tag_inputs(trained, [folder], tmp_path / "o.jsonl", on_progress=lambda done, total: seen.append((done, total)))
    assert seen
    assert all(total == pytest.approx(126, rel=0.1) for _, total in seen)


# Interrupted runs


def test_a_run_is_resumed(trained, folder, tmp_path):
    out = tmp_path / "o.jsonl"

    def stop(done, total):
        assert total in (None, 6)
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tag_inputs(trained, [folder], out, TagOptions(resume=True), on_progress=stop)
    assert not out.exists()
    assert tag_inputs(trained, [folder], out, TagOptions(resume=True)).rows == 6
    assert tag_inputs(trained, [folder], tmp_path / "p.jsonl").rows == 6
    assert out.read_bytes() == (tmp_path / "p.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("name", "options"),
    [("o.csv", {}), ("o.jsonl", {"n_jobs": 2}), ("o.jsonl", {"format": "csv"}), ("o.jsonl.gz", {}), ("o.parquet", {})],
)
def test_what_cannot_be_resumed(trained, folder, tmp_path, name, options):
    with pytest.raises(ValueError, match=r"--resume needs -o FILE\.jsonl and a single process, or -o FOLDER"):
        tag_inputs(trained, [folder], tmp_path / name, TagOptions(resume=True, **options))


def test_an_open_file_cannot_be_resumed(trained, folder):
    with pytest.raises(ValueError, match="--resume needs"):
        tag_inputs(trained, [folder], io.StringIO(), TagOptions(resume=True))


# Parquet


@pytest.fixture
def parquet():
    return needs("pyarrow.parquet")


@pytest.fixture
def tables(tmp_path, parquet):
    """Two Parquet files with columns of types that JSON does not have."""
    pa = needs("pyarrow")
    (tmp_path / "tables").mkdir()
    for name in ("a", "b"):
        table = pa.table(
            {
                "n": pa.array([1, None, 3], pa.int8()),
                "day": pa.array([datetime.date(2024, 5, 1)] * 3, pa.date32()),
                "kind": pa.array([name, "y", name]).dictionary_encode(),
                "text": TEXTS,
            }
        )
        parquet.write_table(table, tmp_path / "tables" / f"{name}.parquet")
    return tmp_path / "tables"


def test_a_file_and_a_folder_get_the_same_types(trained, tables, tmp_path, parquet):
    source = tables / "a.parquet"
    tag_inputs(trained, [source], tmp_path / "one.parquet")
    summary = tag_inputs(trained, [source], tmp_path / "out")
    assert (summary.rows, summary.tagged, summary.written) == (3, 2, 1)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "out" / "a.parquet").read_bytes()
    before, after = parquet.read_table(source), parquet.read_table(tmp_path / "one.parquet")
    assert after.select(before.column_names).equals(before)
    assert [str(after.schema.field(name).type) for name in ("n", "day")] == ["int8", "date32[day]"]


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_parquet_files_go_into_one_file(trained, tables, tmp_path, parquet, monkeypatch, n_jobs):
    monkeypatch.setattr("cchc_ml.tagging.parquet.BATCH_ROWS", 2)
    out = tmp_path / "o.parquet"
    seen = []
    summary = tag_inputs(trained, [tables], out, TagOptions(n_jobs=n_jobs), on_progress=lambda *done: seen.append(done))
    assert (summary.rows, summary.tagged, summary.written) == (6, 4, 1)
    assert seen == [(2, 6), (3, 6), (5, 6), (6, 6)]
    table = parquet.read_table(out)
    assert table["text"].to_pylist() == TEXTS * 2
    assert table["kind"].to_pylist() == ["a", "y", "a", "b", "y", "b"]
    assert table["pillars"].to_pylist()[:3] == table["pillars"].to_pylist()[3:]
    assert dict(table["evidence_spans"].to_pylist()[0]) == {"institutional": [0, 38]}


def test_parquet_files_with_other_columns_do_not_go_into_one_file(trained, tables, tmp_path, parquet):
    pa = needs("pyarrow")
    parquet.write_table(pa.table({"text": TEXTS, "n": [1, 2, 3]}), tables / "c.parquet")
    message = r"c\.parquet and .*a\.parquet differ in their columns \(n: int64; n: int8, .*\); tag them into a folder"
    with pytest.raises(ValueError, match=message):
        tag_inputs(trained, [tables], tmp_path / "o.parquet", on_error=ignore)
    assert sorted(tmp_path.iterdir()) == [tables]
    assert tag_inputs(trained, [tables], tmp_path / "out").written == 3


def test_a_parquet_row_without_text_ends_its_file(trained, tables, tmp_path, parquet):
    table = parquet.read_table(tables / "a.parquet")
    broken = table.set_column(3, "text", [[TEXTS[0], " ", TEXTS[2]]])
    parquet.write_table(broken, tables / "a.parquet")
    out = tmp_path / "o.parquet"
    summary = tag_inputs(trained, [tables], out, on_error=ignore)
    where = str(tables / "a.parquet")
    assert summary.failures == {where: f"{where}, row 2: row without text (text is ' ')"}
    assert parquet.read_table(out)["text"].to_pylist() == [TEXTS[0], *TEXTS]
    with pytest.raises(ValueError, match="row 2: row without text"):
        tag_inputs(trained, [where], tmp_path / "p.parquet", on_error=ignore)
    assert not (tmp_path / "p.parquet").exists()


def test_an_empty_parquet_file_stays_empty_in_a_folder(trained, tables, tmp_path, parquet):
    parquet.write_table(parquet.read_table(tables / "a.parquet").slice(0, 0), tables / "a.parquet")
    (tmp_path / "o.parquet").write_text("old")
    with pytest.raises(ValueError, match=r"a\.parquet has no paragraph to tag"):
        tag_inputs(trained, [tables / "a.parquet"], tmp_path / "o.parquet", TagOptions(overwrite=True))
    assert (tmp_path / "o.parquet").read_text() == "old"
    assert tag_inputs(trained, [tables / "a.parquet"], tmp_path / "out").rows == 0
    table = parquet.read_table(tmp_path / "out" / "a.parquet")
    assert table.column_names[-4:] == ["pillars", "scores", "evidence", "evidence_spans"]
    assert len(table) == 0


def test_no_parquet_file_can_be_read(trained, tables, tmp_path, parquet):
    for path in tables.iterdir():
        path.write_bytes(b"PAR1")
    summary = tag_inputs(trained, [tables], tmp_path / "o.parquet", on_error=ignore)
    assert (len(summary.failures), summary.rows, summary.written) == (2, 0, 0)
    assert not (tmp_path / "o.parquet").exists()


def test_a_parquet_file_among_others_is_read_row_by_row(trained, tables, tmp_path, parquet):
    (tables / "z.jsonl").write_text(json.dumps({"text": TEXTS[1], "n": 7}) + "\n", "utf8")
    tag_inputs(trained, [tables / "z.jsonl", tables / "b.parquet"], tmp_path / "o.jsonl")
    assert [row["n"] for row in read_lines(tmp_path / "o.jsonl")] == [7, 1, None, 3]


def test_a_folder_keeps_what_is_there_and_can_be_resumed(trained, tables, tmp_path):
    out = tmp_path / "out"
    assert tag_inputs(trained, [tables], out).written == 2
    with pytest.raises(FileExistsError, match=r"a\.parquet exists; give --force .*, or --resume to tag only the other"):
        tag_inputs(trained, [tables], out)
    (out / "b.parquet").unlink()
    seen = []
    summary = tag_inputs(trained, [tables], out, TagOptions(resume=True), on_progress=lambda *done: seen.append(done))
    assert (summary.rows, summary.written, len(summary.files)) == (3, 1, 2)
    assert seen == [(3, 3)]
    assert tag_inputs(trained, [tables], out, TagOptions(overwrite=True)).written == 2


def test_a_folder_inside_the_input_is_not_read(trained, tables):
    out = tables / "out"
    assert tag_inputs(trained, [tables], out).written == 2
    assert tag_inputs(trained, [tables], out, TagOptions(overwrite=True)).written == 2


def test_a_parquet_file_that_cannot_be_tagged_into_a_folder(trained, tables, tmp_path):
    broken = tables / "a.parquet"
    broken.write_bytes(b"PAR1")
    summary = tag_inputs(trained, [tables], tmp_path / "out", on_error=ignore)
    assert list(summary.failures) == [str(broken)]
    assert (summary.rows, summary.written) == (3, 1)
    with pytest.raises(ValueError, match=r"a\.parquet is damaged or is not a Parquet file"):
        tag_inputs(trained, [tables], tmp_path / "strict")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("o.jsonl", {"dask": "local"}, "--dask and folders are for .parquet files"),
        ("out", {"dask": "local", "format": "csv"}, "--dask and folders are for .parquet files"),
        ("out", {"dask": "tcp://127.0.0.1:9", "n_jobs": 2}, "--jobs counts processes of this machine"),
        ("none/out", {}, "no folder .*none to make out in"),
    ],
)
def test_folders_that_are_refused(trained, tables, tmp_path, name, options, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        tag_inputs(trained, [tables], tmp_path / name, TagOptions(**options))


def test_only_parquet_files_go_into_a_folder(trained, folder, tmp_path):
    with pytest.raises(ValueError, match=r"0\.txt is not a \.parquet file, and only these are written to a folder"):
        tag_inputs(trained, [folder], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_local_cluster_writes_the_same(trained, tables, tmp_path):
    needs("distributed")
    tag_inputs(trained, [tables], tmp_path / "here")
    summary = tag_inputs(trained, [tables], tmp_path / "there", TagOptions(dask="local", n_jobs=1))
    assert (summary.rows, summary.written) == (6, 2)
    for path in (tmp_path / "here").iterdir():
        assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes()


def test_files_of_kinds_that_are_not_read_are_in_the_summary(trained, folder, tmp_path):
    (folder / "cũ.doc").write_bytes(b"x")
    summary = tag_inputs(trained, [folder], tmp_path / "out.jsonl")
    assert summary.passed_over == {str(folder / "cũ.doc"): "of a kind that is not read"}
    assert (summary.rows, summary.failures) == (6, {})


@pytest.mark.parametrize("name", ["kq.jsonl", "kq.csv", "kq.xlsx", "kq.parquet", "resumed.jsonl"])
@pytest.mark.parametrize("given", ["in.jsonl", "in.parquet"])
def test_headings_and_boilerplate_are_no_paragraphs_in_any_count(small, tmp_path, name, given):
    pa, parquet = needs("pyarrow"), needs("pyarrow.parquet")
    text = "Xã rút ngắn thời gian giải quyết thủ tục hành chính."
    rows = [{"text": text, "kind": kind} for kind in ("headline", "body", "subheading", "body", "boilerplate", None)]
    if given == "in.jsonl":
        (tmp_path / given).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    else:
        parquet.write_table(pa.Table.from_pylist(rows), tmp_path / given)
    options = TagOptions(resume=name == "resumed.jsonl")
    summary = tag_inputs(small.model_, [tmp_path / given], tmp_path / name, options)
    assert (summary.rows, summary.uncounted, summary.paragraphs, summary.tagged) == (6, 3, 3, 3)
    if given == "in.parquet" and name == "kq.jsonl":
        folder = tag_inputs(small.model_, [tmp_path / given], tmp_path / "out", TagOptions())
        assert (folder.rows, folder.uncounted, folder.paragraphs, folder.tagged) == (6, 3, 3, 3)
