"""The one-file page: its .csv and .xlsx, as spreadsheets and the command line read them."""

import csv
import io
import warnings
import zipfile

import pytest
from needs import needs
from offline_page import TEXT, analyse, download, upload
from workbooks import assert_print_setup

from cchc_ml.pillars import PILLARS
from cchc_ml.reading.choose import choose_inputs
from cchc_ml.reading.csv_cells import guard_cell, unguard_cell
from cchc_ml.reading.tables import read_rows
from cchc_ml.tagging.rows import tag_lines
from cchc_ml.tagging.writers import export

pytestmark = pytest.mark.slow

DANGEROUS = ("=HYPERLINK(1)", "+84", "-2+3", "@SUM(1)", "\tx", "'=1", "''-1")
SENTENCE = "Bộ phận một cửa xã trả hồ sơ thủ tục hành chính trước hạn."


def csv_rows(page):
    _, content = download(page, "#csv")
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet(page):
    """The workbook as openpyxl reads it; a warning fails the test."""
    openpyxl = needs("openpyxl")
    _, content = download(page, "#xlsx")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(io.BytesIO(content)).active


def table(*rows, quote=csv.QUOTE_MINIMAL):
    file = io.StringIO()
    csv.writer(file, quoting=quote).writerows(rows)
    return file.getvalue()


def test_cells_are_never_formulas(offline):
    rows = [["text", "=cmd|x!A0"], *([f"{cell} {SENTENCE}", cell] for cell in DANGEROUS)]
    upload(offline, a__csv=table(*rows))
    head, *body = csv_rows(offline)
    assert not [cell for row in (head, *body) for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    own = head.index("'=cmd|x!A0")
    assert [row[own] for row in body] == [guard_cell(unguard_cell(cell)) for cell in DANGEROUS]
    cells = list(sheet(offline).iter_rows())
    assert {cell.data_type for row in cells for cell in row} <= {"s", "n"}
    assert [row[3].value for row in cells[1:]] == [unguard_cell(cell) for cell in DANGEROUS]


def test_the_command_line_writes_and_reads_the_same_cells(offline, model, tmp_path):
    texts = [f"{cell.strip()} {SENTENCE}" for cell in DANGEROUS]
    export(tag_lines(model, [({"text": text}, "text") for text in texts], kind=".csv"), tmp_path / "a.csv")
    upload(offline, a__csv=table(["text"], *([guard_cell(text)] for text in texts)))
    head, *body = csv_rows(offline)
    with open(tmp_path / "a.csv", encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    for name in ("text", "pillars", "tthc_evidence"):
        assert [row[head.index(name)] for row in body] == [row[name] for row in written]
    assert [row["text"] for _, row in read_rows(tmp_path / "a.csv")] == texts


def test_columns_survive_whatever_they_are_called(offline):
    names = ["constructor", "__proto__", "toString", "source", "tthc_probability"]
    upload(offline, a__csv=table(["text", *names], [SENTENCE, *"abcde"]), b__csv=table(["id", "text"], ["7", SENTENCE]))
    head, first, second = csv_rows(offline)
    assert len(set(head)) == len(head)
    for name, cell in zip((*names[:3], "source (2)", "tthc_probability (2)"), "abcde", strict=True):
        assert (first[head.index(name)], second[head.index(name)]) == (cell, "")
    assert (first[head.index("id")], second[head.index("id")]) == ("", "7")
    values = [[cell.value for cell in row] for row in sheet(offline).iter_rows()]
    assert values[1][values[0].index("__proto__")] == "b"


def test_the_workbook_is_laid_out_for_officers(offline, model):
    analyse(offline)
    page = sheet(offline)
    head = [cell.value for cell in page[1]]
    assert head == ["nguồn", "đoạn", "nội dung", *(p.short for p in PILLARS), "nhãn gợi ý", "câu bằng chứng"]
    first = dict(zip(head, (cell.value for cell in page[2]), strict=True))
    assert first["nhãn gợi ý"] == "Thủ tục hành chính"
    assert first["câu bằng chứng"] == "Bộ phận một cửa xã trả 97,6% hồ sơ thủ tục hành chính trước hạn."
    assert first["đoạn"] == 1
    assert page.freeze_panes == "A2"
    assert_print_setup(page)
    assert page.auto_filter.ref == "A1:K4"


def test_the_command_line_knows_its_own_workbook(offline, tmp_path):
    analyse(offline)
    _, content = download(offline, "#xlsx")
    (tmp_path / "cchc.xlsx").write_bytes(content)
    with pytest.raises(ValueError, match="no file to read"):
        choose_inputs([str(tmp_path)])
    with zipfile.ZipFile(tmp_path / "cchc.xlsx") as archive:
        assert archive.testzip() is None


def test_paragraphs_are_numbered_in_their_file(offline):
    upload(offline, a__txt=TEXT, b__txt=TEXT)
    head, *body = csv_rows(offline)
    assert [(row[head.index("source")], row[head.index("paragraph")]) for row in body] == [
        (name, str(n)) for name in ("a.txt", "b.txt") for n in (1, 2, 3)
    ]


def test_a_long_table_is_written_in_portions(offline):
    analyse(offline, "\n".join(f"Xã trả {n} hồ sơ." for n in range(1001)))
    offline.wait_for_selector("#status:text('1001 đoạn;')", timeout=60_000)
    rows = csv_rows(offline)
    assert [row[rows[0].index("text")] for row in rows[1:]] == [f"Xã trả {n} hồ sơ." for n in range(1001)]
    assert sheet(offline).max_row == 1002


def test_columns_called_by_numbers_keep_their_order(offline):
    upload(offline, a__csv=table(["2024", "text", "2023"], ["x", SENTENCE, "y"]))
    head, _ = csv_rows(offline)
    assert head.index("2024") < head.index("2023")


def test_a_download_is_not_cut_by_what_is_read_next(offline):
    upload(offline, a__csv=table(["id", "text"], *([str(n), SENTENCE] for n in range(3000))))
    with offline.expect_download() as waiting:
        offline.evaluate("() => { $('csv').click(); $('text').value = 'Xã họp.'; $('tag').click(); }")
    rows = list(csv.reader(waiting.value.path().read_text("utf-8-sig").splitlines()))
    assert [row[0] for row in rows[1:]] == ["a.csv"] * 3000
