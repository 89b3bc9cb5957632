import csv
import io
import json
import unicodedata

import pytest
from needs import needs
from workbooks import assert_print_setup

from cchc_ml.pillars import PILLARS
from cchc_ml.reading.tables import read_rows
from cchc_ml.tagging.rows import tag_lines, tag_rows
from cchc_ml.tagging.schema import RESULTS
from cchc_ml.tagging.writers import export

ROWS = [
    {"id": 7, "text": "Sở rà soát, bãi bỏ văn bản quy phạm pháp luật.", "note": None},
    {"id": 8, "text": "Trời mưa to suốt đêm, hai nhà dân tốc mái.", "note": "=1+1"},
]


def tagged_rows(small, rows=ROWS):
    return list(tag_rows(small.model_, [(row, "text") for row in rows]))


def tagged(small, kind, rows=ROWS):
    """Tagged rows in the form that `export` wants for a kind of file."""
    if not kind.startswith((".jsonl", ".csv", ".tsv")):
        return tagged_rows(small, rows)
    return tag_lines(small.model_, [(row, "text") for row in rows], kind=kind)


def written(small, kind, rows=ROWS):
    return b"".join(lines.data for lines in tagged(small, kind, rows)).decode()


def test_a_row_keeps_its_fields_and_gets_three(small):
    tagged = tagged_rows(small)
    assert [list(row) for row in tagged] == [["id", "text", "note", *RESULTS]] * 2
    assert tagged[0]["pillars"] == ["institutional"]
    assert tagged[0]["evidence"] == {"institutional": ROWS[0]["text"]}
    assert list(tagged[0]["scores"]) == [str(p) for p in PILLARS]
    assert tagged[1]["pillars"] == []
    assert tagged[1]["evidence"] == {}


def test_rows_come_as_they_are_read(small):
    def endless():
        while True:
            yield {"text": "Một cửa."}, "text"

    assert next(tag_rows(small.model_, endless()))["text"] == "Một cửa."


def test_jsonl_and_csv_hold_the_same(small):
    objects = [json.loads(line) for line in written(small, ".jsonl").splitlines()]
    table = list(csv.DictReader(io.StringIO(written(small, ".csv"))))
    for row, flat in zip(objects, table, strict=True):
        assert flat["text"] == row["text"]
        assert flat["pillars"] == ";".join(row["pillars"])
        assert float(flat["tthc_probability"]) == row["scores"]["tthc"]
        assert flat["institutional_evidence"] == row["evidence"].get("institutional", "")


FORMULAS = ["=1+1", "+84", "-2+3", "- Xã họp.", "@SUM(1)", "\tx", "\rx", "'=1", "''-1"]


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".csv.gz"])
def test_text_in_csv_is_no_formula_and_is_read_back_as_it_was(small, tmp_path, kind):
    rows = [{"text": f"{start} Giải ngân 9%.", "=own": start, "n": -5} for start in FORMULAS]
    export(tagged(small, kind, rows), tmp_path / f"a{kind}")
    back = [row for _, row in read_rows(tmp_path / f"a{kind}")]
    assert [(row["text"], row["=own"], row["n"]) for row in back] == [(row["text"], row["=own"], "-5") for row in rows]
    head, *body = csv.reader(io.StringIO(written(small, ".csv", rows), newline=""))
    cells = [cell for row in body for name, cell in zip(head, row, strict=True) if name != "n"]
    assert not [cell for cell in (*head, *cells) if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_tables_want_the_same_fields_in_every_row(small, tmp_path):
    rows = [{"text": "a"}, {"text": "b", "extra": 1}]
    for kind in (".csv", ".xlsx", ".parquet"):
        with pytest.raises(ValueError, match=r"the first row does not have extra; choose --format jsonl"):
            export(tagged(small, kind, rows), tmp_path / f"x{kind}")


def test_evidence_is_marked_on_what_was_given(small):
    text = unicodedata.normalize("NFD", "Chợ họp sớm. " + ROWS[0]["text"])
    (row,) = tagged_rows(small, [{"text": text}])
    assert row["text"] == text
    assert row["evidence"]["institutional"] in text
    assert unicodedata.normalize("NFC", row["evidence"]["institutional"]) == ROWS[0]["text"]


@pytest.mark.parametrize("name", ["pillars", "scores", "evidence", "evidence_spans"])
def test_a_field_of_ones_own_is_not_overwritten(small, name):
    with pytest.raises(
        ValueError, match=f"a row already has a column '{name}', which the result needs; rename or drop it"
    ):
        tagged_rows(small, [{"text": "a", name: 1}])


def test_labels_of_ones_own_stay_in_a_csv(small):
    rows = [{"text": ROWS[0]["text"], "tthc": "0", "institutional": "1", "deep": {"a": [1]}}]
    (row,) = csv.DictReader(io.StringIO(written(small, ".csv", rows)))
    assert (row["tthc"], row["institutional"], row["deep"]) == ("0", "1", '{"a": [1]}')


def test_a_workbook_can_be_worked_in(small, tmp_path):
    openpyxl = needs("openpyxl")
    text = "Chợ họp sớm. " + ROWS[0]["text"] + " Trời mưa."
    rows = [
        {"id": 1, "text": text, "note": "=HYPERLINK(1)"},
        {"id": 2, "text": "@x\x0b" + "Trời mưa to suốt đêm.", "note": None},
    ]
    export(tagged_rows(small, rows), tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx", rich_text=True).active
    assert_print_setup(sheet)
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["id", "text", "note", *(p.short for p in PILLARS), "pillars", "câu bằng chứng"]
    assert [cell.value for cell in sheet["K"]] == ["câu bằng chứng", ROWS[0]["text"], None]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:K3"
    assert str(sheet["B2"].value) == text
    bold = [str(part.text) for part in sheet["B2"].value if getattr(part, "font", None) is not None and part.font.b]
    assert bold == [ROWS[0]["text"]]
    assert sheet["C2"].value == "=HYPERLINK(1)"
    assert sheet["C2"].data_type == "s"
    assert sheet["A3"].value == 2
    assert sheet["J2"].value == "institutional"
    assert 0.5 < sheet["D2"].value <= 1


def test_parquet_holds_the_rows(small, tmp_path):
    parquet = needs("pyarrow.parquet")
    rows = tagged_rows(small, [{"id": i, "text": f"{ROWS[i % 2]['text']} {i}", "note": None} for i in range(5000)])
    export(rows, tmp_path / "x.parquet")
    back = parquet.read_table(tmp_path / "x.parquet").to_pylist()
    assert len(back) == 5000
    assert [row["pillars"] for row in back] == [row["pillars"] for row in rows]
    assert [row["scores"] for row in back] == [row["scores"] for row in rows]
    assert dict(back[4998]["evidence"]) == rows[4998]["evidence"]


@pytest.mark.parametrize("kind", [".jsonl", ".jsonl.gz", ".csv", ".tsv", ".csv.gz", ".xlsx", ".parquet"])
def test_what_is_written_can_be_read(small, tmp_path, kind):
    if kind in (".xlsx", ".parquet"):
        needs("openpyxl" if kind == ".xlsx" else "pyarrow")
    path = tmp_path / f"x{kind}"
    export(tagged(small, kind), path)
    back = [row for _, row in read_rows(path)]
    assert [row["text"] for row in back] == [row["text"] for row in ROWS]
    first = path.read_bytes()
    export(tagged(small, kind), path)
    assert path.read_bytes() == first or kind == ".xlsx"


def test_a_failed_export_leaves_nothing(small, tmp_path):
    def broken(kind):
        yield from tagged(small, kind)
        raise ValueError("stop")

    for kind in (".jsonl", ".csv", ".xlsx", ".parquet"):
        with pytest.raises(ValueError, match="stop"):
            export(broken(kind), tmp_path / f"x{kind}")
    with pytest.raises(ValueError, match=r"does not name a kind of table; want one of \.jsonl"):
        export([], tmp_path / "x.html")
    assert list(tmp_path.iterdir()) == []


TWICE = "xã trả hồ sơ đúng hạn là thủ tục hành chính tốt"


def bold_parts(cell):
    return [str(part.text) for part in cell.value if getattr(part, "font", None) is not None and part.font.b]


def test_a_workbook_marks_the_evidence_itself_not_an_equal_sentence_before_it(model, tmp_path):
    openpyxl = needs("openpyxl")
    text = f"Ông nói: {TWICE}, theo báo cáo.\n{TWICE}"
    export(tag_rows(model, [({"text": text}, "text")]), tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx", rich_text=True).active["A2"]
    assert str(cell.value) == text
    before, marked = cell.value
    assert (str(before), str(marked.text)) == (text[: text.rindex(TWICE)], TWICE)


def test_a_workbook_marks_the_column_with_the_text(small, tmp_path):
    openpyxl = needs("openpyxl")
    evidence = ROWS[0]["text"]
    row = {"summary": f"Dài hơn đoạn trích nhiều lần, nhiều lần, nhiều lần. {evidence} Hết.", "own": f"Chợ. {evidence}"}
    (tagged,) = tag_rows(small.model_, [(row, "own")])
    export([tagged], tmp_path / "x.xlsx", text_column="own")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx", rich_text=True).active
    assert sheet["A2"].value == row["summary"]
    assert bold_parts(sheet["B2"]) == [evidence]
    assert sheet.column_dimensions["B"].width > 80 > sheet.column_dimensions["A"].width


def test_a_workbook_cell_that_is_cut_inside_the_evidence(small, tmp_path, monkeypatch):
    openpyxl = needs("openpyxl")
    monkeypatch.setattr("cchc_ml.tagging.writers.MAX_XLSX_CELL_CHARS", 30)
    text = "Chợ họp sớm. " + ROWS[0]["text"]
    export(tagged_rows(small, [{"text": text}]), tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx", rich_text=True).active["A2"]
    assert str(cell.value) == text[:30]
    assert bold_parts(cell) == [text[13:30]]


def test_a_workbook_with_more_rows_than_a_sheet_holds(small, tmp_path, monkeypatch):
    needs("xlsxwriter")
    monkeypatch.setattr("cchc_ml.tagging.writers.MAX_XLSX_ROWS", 3)
    export(tagged_rows(small), tmp_path / "x.xlsx")
    with pytest.raises(ValueError, match=r"an Excel sheet holds 2 rows, and there are more; write \.csv or \.parquet"):
        export(tagged_rows(small, [*ROWS, ROWS[0]]), tmp_path / "y.xlsx")


@pytest.mark.parametrize("other", [10**30, "b", 1.5, [1]])
def test_parquet_refuses_a_value_of_another_type(small, tmp_path, other, monkeypatch):
    needs("pyarrow")
    monkeypatch.setattr("cchc_ml.tagging.writers.ROW_GROUP_ROWS", 1)
    rows = tagged_rows(small, [{"text": "Xã họp.", "n": 1}, {"text": "Xã họp.", "n": other}])
    with pytest.raises(ValueError, match=r"rows differ in their types, or hold a value .*; write \.jsonl"):
        export(rows, tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []


def test_parquet_of_no_rows_can_be_read(tmp_path):
    parquet = needs("pyarrow.parquet")
    export([], tmp_path / "x.parquet")
    assert parquet.read_table(tmp_path / "x.parquet").column_names == list(RESULTS)
