import json
import re
import signal
import subprocess
import sys

import httpx
import openpyxl
import pytest
from review_items import CATEGORIES, SLUGS, item, suggestion

from cchc_ml.learning.corpus import read_corpus
from cchc_ml.review.formats import read_items, write_items
from cchc_ml.review.store import Act, ReviewStore

SAMPLES = "data/samples"


@pytest.mark.parametrize("name", ["queue.xlsx", "queue.csv", "queue.jsonl", "label-studio.json", "doccano.jsonl"])
def test_queue_in_every_format(cli, tmp_path, name):
    result = cli("review", "queue", SAMPLES, "-n", 10, "-o", tmp_path / name)
    assert result.exit_code == 0
    assert re.search(r"wrote 10 of \d+ paragraphs to .*: 8 uncertain, 2 random", result.stderr)
    assert "one person needs about 4 minutes (assumed: 25 seconds a paragraph)" in result.stderr
    items = read_items(tmp_path / name, CATEGORIES)
    assert len({i.id for i in items}) == 10
    assert all(i.suggestion and not i.decisions for i in items)
    assert sum(i.sampling == "random" for i in items) == 2


def test_queue_is_the_same_for_the_same_seed(cli, tmp_path):
    texts = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert (
            cli("review", "queue", SAMPLES, "-n", 10, "--seed", seed, "-o", tmp_path / f"{name}.jsonl").exit_code == 0
        )
        texts.append((tmp_path / f"{name}.jsonl").read_bytes())
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("name", ["queue.xlsx", "label-studio.json"])
def test_queue_overwrites_only_with_force(cli, tmp_path, name):
    path = tmp_path / name
    taken = path.with_suffix(".xml") if path.suffix == ".json" else path
    taken.write_text("labels of a week", "utf8")
    result = cli("review", "queue", SAMPLES, "-n", 3, "-o", path)
    assert result.exit_code == 2
    assert f"{taken} exists; give --force to overwrite it" in result.stderr
    assert taken.read_text("utf8") == "labels of a week"
    assert cli("review", "queue", SAMPLES, "-n", 3, "-o", path, "--force").exit_code == 0


def test_queue_tells_which_files_cannot_be_read(cli, tmp_path):
    (tmp_path / "a.txt").write_text("Bộ phận một cửa xã trả hồ sơ trước hạn cho người dân.", "utf8")
    (tmp_path / "b.docx").write_bytes(b"no Word")
    result = cli("review", "queue", tmp_path, "-o", tmp_path / "q.jsonl")
    assert result.exit_code == 1
    assert "b.docx" in result.stderr
    assert len(read_items(tmp_path / "q.jsonl", CATEGORIES)) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("queue", SAMPLES, "-o", "a.txt"), "does not say what to write; want one that ends in .xlsx, .csv, .jsonl"),
        (("app", "no.db"), "no file no.db; make it of a queue: cchc-ml review app no.db --queue"),
        (("merge", "no.xlsx"), "no file no.xlsx"),
        (("merge", "a.jsonl", "-o", "b.csv"), "b.csv is not .jsonl"),
        (
            ("merge", "a.jsonl", "--disagreements", "b.txt"),
            "b.txt is not a sheet; want a name that ends in .xlsx or .csv",
        ),
    ],
)
def test_errors_are_one_line(cli, arguments, message):
    result = cli("review", *arguments)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert message in result.stderr


PEOPLE = {
    "An.jsonl": [
        item(f"t{n}", f"Đoạn {n}.", yes=["tthc"], document=f"d{n}", **suggestion(tthc=0.9)) for n in range(12)
    ],
    "Binh.xlsx": [item(f"t{n}", f"Đoạn {n}.", yes=["tthc"] * (n > 1), annotator="Bình") for n in range(11)],
}


@pytest.fixture
def labelled_by_two(tmp_path):
    for name, items in PEOPLE.items():
        write_items(items, tmp_path / name, CATEGORIES)
    return [tmp_path / name for name in PEOPLE]


def test_merge_measures_writes_and_lists_what_is_to_be_settled(cli, tmp_path, labelled_by_two):
    own, sheet = tmp_path / "own.jsonl", tmp_path / "phan-xu.xlsx"
    result = cli("review", "merge", *labelled_by_two, "-o", own, "--disagreements", sheet)
    assert result.exit_code == 0
    assert "Agreement of An, Bình" in result.stdout
    assert "Where one person gave one category" in result.stdout
    assert re.search(r"Thủ tục hành chính .* 11 .* 11 .* 0\.00 ", result.stdout)
    assert "wrote 10 labelled paragraphs" in result.stderr
    assert "left out: 2 disputed, 0 looked at in part, 0 not looked at" in result.stderr
    assert read_corpus(own).y.sum() == 10
    book = openpyxl.load_workbook(sheet)
    for row in (2, 3):
        book.worksheets[0].cell(row, 1 + 1 + SLUGS.index("tthc"), "không")
    book.save(sheet)
    settled = cli("review", "merge", *labelled_by_two, sheet, "-o", own, "--force")
    assert settled.exit_code == 0
    rows = [json.loads(line) for line in own.read_text("utf8").splitlines()]
    assert [row["labels"] for row in rows] == [[], []] + [["tthc"]] * 10
    assert rows[0]["suggestion"]["tthc"] == 0.9


def test_merge_overwrites_neither_results_nor_its_inputs(cli, tmp_path, labelled_by_two):
    own = tmp_path / "own.jsonl"
    own.write_text("kept\n", "utf8")
    result = cli("review", "merge", *labelled_by_two, "-o", own)
    assert (result.exit_code, own.read_text("utf8")) == (2, "kept\n")
    before = labelled_by_two[0].read_bytes()
    result = cli("review", "merge", *labelled_by_two, "-o", labelled_by_two[0], "--force")
    assert result.exit_code == 2
    assert "is input and output; give the output another name" in result.stderr
    assert labelled_by_two[0].read_bytes() == before


def test_merge_names_file_and_row(cli, tmp_path, labelled_by_two):
    book = openpyxl.load_workbook(labelled_by_two[1])
    book.worksheets[0].cell(4, 3, "chắc có")
    book.save(labelled_by_two[1])
    result = cli("review", "merge", *labelled_by_two)
    assert result.exit_code == 2
    assert "Binh.xlsx, row 4: found 'chắc có' in column Thủ tục hành chính; want có, không" in result.stderr


def test_a_half_labelled_queue_is_the_normal_case(cli, tmp_path):
    queue, own = tmp_path / "q.xlsx", tmp_path / "own.jsonl"
    cli("review", "queue", SAMPLES, "-n", 6, "-o", queue)
    book = openpyxl.load_workbook(queue)
    heads = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(2, heads.index("Xem xong") + 1, "có")
    book.worksheets[0].cell(3, 2, "không")
    book.save(queue)
    result = cli("review", "merge", queue, "-o", own)
    assert result.exit_code == 0
    assert "wrote 1 labelled paragraph to" in result.stderr
    assert "left out: 0 disputed, 1 looked at in part, 4 not looked at" in result.stderr
    assert len(own.read_text("utf8").splitlines()) == 1


def test_people_who_agree_have_no_confusion(cli, tmp_path):
    for name in ("An.jsonl", "Binh.jsonl"):
        write_items([item("t1", yes=["tthc"], annotator=name[:4])], tmp_path / name, CATEGORIES)
    result = cli("review", "merge", tmp_path / "An.jsonl", tmp_path / "Binh.jsonl")
    assert "Agreement of" in result.stdout
    assert "Where one person" not in result.stdout


def test_nothing_labelled_writes_no_file(cli, tmp_path):
    queue, own = tmp_path / "q.xlsx", tmp_path / "own.jsonl"
    assert "cchc-ml review app work.db --queue" in cli("review", "queue", SAMPLES, "-n", 2, "-o", queue).stderr
    result = cli("review", "merge", queue, "-o", own)
    assert result.exit_code == 2
    assert "0 labelled; left out: 0 disputed, 0 looked at in part, 2 not looked at" in result.stderr
    assert "no paragraph is labelled in full" in result.stderr
    assert not own.exists()
    assert cli("review", "merge", queue).exit_code == 0


@pytest.mark.slow
def test_the_page_from_a_queue_to_a_merged_file(cli, tmp_path, top):
    queue, work, own = tmp_path / "q.csv", tmp_path / "work.db", tmp_path / "own.jsonl"
    write_items([item(f"t{n}", f"Đoạn {n}.") for n in range(3)], queue, CATEGORIES)
    command = [sys.executable, "-m", "cchc_ml", "review", "app", str(work), "--queue", str(queue), "--port", "0"]
    for n in range(2):  # the same command again goes on with the same store
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=top, encoding="utf8") as page:
            url = page.stderr.readline().removeprefix("listening on ").strip()
            sent = {"item": f"t{n}", "annotator": "An", "kind": "label", "decisions": dict.fromkeys(SLUGS, n == 0)}
            assert httpx.post(f"{url}/api/act", json=sent).status_code == 200
            assert f"then: cchc-ml review merge {work} -o" in page.stderr.readline()
            page.send_signal(signal.SIGKILL)
    assert cli("review", "merge", work, "-o", own).exit_code == 0
    assert [json.loads(line)["labels"] for line in own.read_text("utf8").splitlines()] == [SLUGS, []]


def test_a_store_of_other_paragraphs(cli, tmp_path):
    store = ReviewStore.create(tmp_path / "work.db", [item("t1", "Một.")], CATEGORIES)
    store.add(Act("t1", "An", "label", dict.fromkeys(SLUGS, False)))
    write_items([item("t2", "Hai.")], tmp_path / "q.csv", CATEGORIES)
    result = cli("review", "app", tmp_path / "work.db", "--queue", tmp_path / "q.csv")
    assert result.exit_code == 2
    assert "work.db exists with other paragraphs than" in result.stderr
    assert len(store.acts()) == 1


@pytest.mark.parametrize("command", ["queue", "explain"])
def test_a_table_with_gaps_is_read_as_predict_reads_it(cli, tmp_path, command):
    path = tmp_path / "a.csv"
    path.write_text("text,ghi chú,ghi chú\nXã trả 97% hồ sơ trước hạn.,x,y\n,,z\n", "utf8")
    arguments = ["review", "queue", path, "-o", tmp_path / "q.jsonl"] if command == "queue" else ["explain", path]
    done = cli(*arguments)
    assert done.exit_code == 0
    assert "rows passed over: 1 without text (line 3)" in done.stderr
    assert "columns with the same name are numbered: ghi chú (2)" in done.stderr
