import csv

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_items import CATEGORIES, SLUGS, item, review_items, suggestion
from workbooks import assert_print_setup

from cchc_ml.review.sheet import SHEET_KINDS, read_review_sheet, write_review_sheet

SHORT = {c.slug: c.short for c in CATEGORIES}


@pytest.mark.parametrize("kind", SHEET_KINDS)
@given(items=st.lists(review_items(), min_size=1, max_size=3))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_round_trip(tmp_path, kind, items):
    path = tmp_path / f"sheet{kind}"
    write_review_sheet(items, path, CATEGORIES)
    assert read_review_sheet(path, CATEGORIES) == items


def filled(path, **cells):
    """Write cells, named by column head, into the first row of a sheet, as Excel would."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        heads = [cell.value for cell in book.worksheets[0][1]]
        for head, value in cells.items():
            book.worksheets[0].cell(2, heads.index(head) + 1, value)
        book.save(path)
        return
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {head: value or "" for head, value in cells.items()}
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")  # as in Vietnam
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(params=SHEET_KINDS)
def sheet(request, tmp_path):
    path = tmp_path / f"An{request.param}"
    write_review_sheet([item(**suggestion(tthc=0.83))], path, CATEGORIES)
    return path


def test_a_suggestion_is_shown_and_is_no_label(sheet):
    (read,) = read_review_sheet(sheet, CATEGORIES)
    assert read.decisions == {}
    assert read.annotator == ""
    assert read.suggested == ("tthc",)
    assert read.suggestion["tthc"] == 0.83
    if sheet.suffix == ".xlsx":
        first = [cell.value for cell in openpyxl.load_workbook(sheet).worksheets[0][2]]
        assert first[1:4] == ["không? 1%", "có? 83%", "không? 1%"]


def test_what_a_person_wrote_is_no_suggestion(tmp_path):
    path = tmp_path / "An.xlsx"
    write_review_sheet([item(yes=["tthc"], annotator="An")], path, CATEGORIES)
    (read,) = read_review_sheet(path, CATEGORIES)
    assert (read.suggestion, read.suggested) == (None, ())


def test_decisions_beside_suggestions(sheet):
    filled(sheet, **{SHORT["tthc"]: "Không ", SHORT["apparatus"]: "x", "Ghi chú": "khó"})
    (read,) = read_review_sheet(sheet, CATEGORIES)
    assert read.decisions == {"tthc": False, "apparatus": True}
    assert read.suggested == ("tthc",)
    assert (read.annotator, read.notes) == ("An", "khó")


def test_a_row_that_is_said_to_be_finished(sheet):
    filled(sheet, **{SHORT["apparatus"]: "có", SHORT["e_government"]: None, "Xem xong": "có"})
    (read,) = read_review_sheet(sheet, CATEGORIES)
    assert read.label(SLUGS) == {"tthc", "apparatus"}


def test_a_name_and_a_time_in_the_sheet(sheet):
    filled(sheet, **{SHORT["tthc"]: "có", "Người gắn nhãn": "Bình", "Ngày giờ": "2026-11-02"})
    (read,) = read_review_sheet(sheet, CATEGORIES)
    assert (read.annotator, read.time) == ("Bình", "2026-11-02")


@pytest.mark.parametrize("value", ["có lẽ", "?", "83%", "2"])
def test_an_odd_cell_is_named(sheet, value):
    filled(sheet, **{SHORT["tthc"]: value})
    row = "row 2" if sheet.suffix == ".xlsx" else "line 2"
    with pytest.raises(ValueError, match=f"An{sheet.suffix}, {row}: found .* in column Thủ tục hành chính; want có"):
        read_review_sheet(sheet, CATEGORIES)


def test_probabilities_as_excel_saves_them(sheet):
    filled(sheet, **{f"% {SHORT['tthc']}": "83%", f"% {SHORT['apparatus']}": "0,25"})
    (read,) = read_review_sheet(sheet, CATEGORIES)
    assert (read.suggestion["tthc"], read.suggestion["apparatus"]) == (0.83, 0.25)


def test_a_probability_that_is_no_number(sheet):
    filled(sheet, **{f"% {SHORT['tthc']}": "nhiều"})
    with pytest.raises(ValueError, match=r"the probability of tthc is 'nhiều'; want a number"):
        read_review_sheet(sheet, CATEGORIES)


def test_a_table_that_is_no_review_sheet(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,Mưa.\n", "utf8")
    with pytest.raises(ValueError, match=r"not a review sheet; want columns Đoạn văn, Thể chế, .*; found: id, text"):
        read_review_sheet(path, CATEGORIES)


def test_an_adjudication_sheet_reads_back_only_what_is_settled_in_it(tmp_path):
    path = tmp_path / "phan-xu.xlsx"
    votes = {"t1": {"tthc": "An: có; Bình: không", "apparatus": "An: không; Bình: không", "": "An: khó"}}
    agreed = {"t1": {slug: False for slug in SLUGS if slug != "tthc"}}
    write_review_sheet([item(adjudicates=True, **suggestion(tthc=0.9))], path, CATEGORIES, votes=votes, agreed=agreed)
    cells = [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][2]]
    assert cells[1:4] == ["(không)", None, "(không)"]  # what is suggested does not lean on the judge
    assert "An: có; Bình: không" in cells
    assert "An: khó" in cells
    assert read_review_sheet(path, CATEGORIES)[0].decisions == {}
    filled(path, **{SHORT["tthc"]: "có", "Người gắn nhãn": "Trưởng nhóm"})
    (read,) = read_review_sheet(path, CATEGORIES)
    assert (read.decisions, read.adjudicates, read.annotator) == ({"tthc": True}, True, "Trưởng nhóm")


def test_the_workbook_can_be_worked_in(tmp_path):
    path = tmp_path / "a.xlsx"
    text = "Xã trả hồ sơ trước hạn. Trời mưa."
    write_review_sheet([item(text=text, evidence_spans={"tthc": (0, 23)}, **suggestion(tthc=0.9))], path, CATEGORIES)
    book = openpyxl.load_workbook(path, rich_text=True)
    assert_print_setup(book.worksheets[0])
    assert_print_setup(book.worksheets[1], repeated=False)
    sheet, guide = book.worksheets
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists == {"B2:G2": '"có,không"', "H2": '"có"'}
    bold = [part.text for part in sheet["A2"].value if not isinstance(part, str) and part.font.b]
    assert bold == ["Xã trả hồ sơ trước hạn."]
    words = "\n".join(str(cell.value) for row in guide.iter_rows() for cell in row)
    assert all(c.definition_vi in words and c.vi in words for c in CATEGORIES)
    assert sheet.column_dimensions["B"].hidden is False


def test_cells_are_never_formulas(tmp_path):
    path = tmp_path / "a.xlsx"
    write_review_sheet([item(identity="=1+1", text="=HYPERLINK(1)", link="https://cchc.example/")], path, CATEGORIES)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert read_review_sheet(path, CATEGORIES)[0].text == "=HYPERLINK(1)"


def test_a_text_that_excel_cannot_hold_leaves_no_file(tmp_path):
    path = tmp_path / "a.xlsx"
    with pytest.raises(ValueError, match=r"t1: 40,000 characters in Đoạn văn; an Excel cell holds 32,767; write .csv"):
        write_review_sheet([item(text="m" * 40_000)], path, CATEGORIES)
    assert list(tmp_path.iterdir()) == []


def test_another_ending(tmp_path):
    with pytest.raises(ValueError, match=r"a.ods is not a review sheet; want a name that ends in .xlsx or .csv"):
        write_review_sheet([item()], tmp_path / "a.ods", CATEGORIES)


def test_an_empty_sheet(tmp_path):
    write_review_sheet([], tmp_path / "a.csv", CATEGORIES)
    with pytest.raises(ValueError, match=r"a.csv has no rows"):
        read_review_sheet(tmp_path / "a.csv", CATEGORIES)
