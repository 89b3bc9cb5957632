import datetime
import io
import json

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
    assert tag_inputs(trained, [folder], out) == Summary(files, {}, rows=6)
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


def test_the_output_is_not_an_input(trained, folder, monkeypatch):
    out = folder / "o.jsonl"
    assert tag_inputs(trained, [folder], out).rows == 6
    before = out.read_bytes()
    monkeypatch.chdir(folder)
    summary = tag_inputs(trained, [folder.resolve()], out.relative_to(folder), TagOptions(overwrite=True))
    assert (len(summary.files), summary.rows) == (3, 6)
    assert out.read_bytes() == before


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


def test_progress_counts_files_or_the_rows_of_one(trained, folder, tmp_path):
    files, rows = [], []
    report = {"on_file": lambda *done: files.append(done), "on_rows": rows.append}
    tag_inputs(trained, [folder], tmp_path / "o.jsonl", **report)
    assert (files, rows) == ([(0, 3), (1, 3), (2, 3)], [])
    files.clear()
    (tmp_path / "rows.jsonl").write_text('{"text": "Xã họp."}\n' * 600, "utf8")
    tag_inputs(trained, [tmp_path / "rows.jsonl"], tmp_path / "p.jsonl", **report)
    assert (files, rows) == ([], [256, 512])


# Interrupted runs


def test_a_run_is_resumed(trained, folder, tmp_path):
    out = tmp_path / "o.jsonl"

    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tag_inputs(trained, [folder], out, TagOptions(resume=True), on_file=stop)
    assert not out.exists()
    assert tag_inputs(trained, [folder], out, TagOptions(resume=True)).rows == 2
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
    assert (summary.rows, summary.written, summary.folder) == (3, 1, True)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "out" / "a.parquet").read_bytes()
    before, after = parquet.read_table(source), parquet.read_table(tmp_path / "one.parquet")
    assert after.select(before.column_names).equals(before)
    assert [str(after.schema.field(name).type) for name in ("n", "day")] == ["int8", "date32[day]"]


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_parquet_files_go_into_one_file(trained, tables, tmp_path, parquet, monkeypatch, n_jobs):
    monkeypatch.setattr("cchc_ml.tagging.parquet.BATCH_ROWS", 2)
    out = tmp_path / "o.parquet"
    files = []
    summary = tag_inputs(trained, [tables], out, TagOptions(n_jobs=n_jobs), on_file=lambda *done: files.append(done))
    assert (summary.rows, summary.written, summary.folder) == (6, 1, False)
    assert files == [(0, 2), (1, 2)]
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


def test_an_empty_parquet_file_stays_empty(trained, tables, tmp_path, parquet):
    parquet.write_table(parquet.read_table(tables / "a.parquet").slice(0, 0), tables / "a.parquet")
    assert tag_inputs(trained, [tables / "a.parquet"], tmp_path / "o.parquet").rows == 0
    table = parquet.read_table(tmp_path / "o.parquet")
    assert table.column_names[-4:] == ["pillars", "scores", "evidence", "evidence_spans"]
    assert len(table) == 0


def test_no_parquet_file_can_be_read(trained, tables, tmp_path, parquet):
    for path in tables.iterdir():
        path.write_bytes(b"PAR1")
    summary = tag_inputs(trained, [tables], tmp_path / "o.parquet", on_error=ignore)
    assert (len(summary.failures), summary.rows) == (2, 0)
    assert len(parquet.read_table(tmp_path / "o.parquet")) == 0


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
    files = []
    summary = tag_inputs(trained, [tables], out, TagOptions(resume=True), on_file=lambda *done: files.append(done))
    assert (summary.rows, summary.written, len(summary.files)) == (3, 1, 2)
    assert files == [(2, 2)]
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
    with pytest.raises(ValueError, match=r"0\.txt is not a \.parquet file; only \.parquet files can be written"):
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
