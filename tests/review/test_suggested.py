from pathlib import Path

import openpyxl
import pytest
from review_items import CATEGORIES, item

from cchc_ml.review.sheet import read_review_sheet
from cchc_ml.review.suggested import SuggestionCount, check_sheet, unique_items, write_suggestions

TEXTS = ("Bộ phận một cửa xã trả hồ sơ trước hạn cho người dân.", "Trời hôm nay có mưa ở nhiều nơi.")


@pytest.fixture(params=[".xlsx", ".csv"])
def sheet(request, tmp_path, model):
    table = tmp_path / "table.csv"
    table.write_text("text\n" + "\n".join((*TEXTS, TEXTS[0])) + "\n", "utf8")
    path = tmp_path / f"work{request.param}"
    count = write_suggestions(model, [str(table)], path, CATEGORIES)
    assert (count.written, count.repeated) == (2, 1)
    return path


def test_suggestions_are_no_labels(sheet):
    items = read_review_sheet(sheet, CATEGORIES)
    assert [i.text for i in items] == list(TEXTS)
    assert items[0].suggested == ("tthc",)
    assert items[0].evidence_spans
    assert all(i.suggestion and not i.decisions and not i.annotator for i in items)


def test_workbook_can_be_worked_in_and_printed(model, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("text\n" + TEXTS[0] + "\n", "utf8")
    write_suggestions(model, [str(table)], tmp_path / "work.xlsx", CATEGORIES)
    labels, guide = openpyxl.load_workbook(tmp_path / "work.xlsx").worksheets
    assert (labels.freeze_panes, labels.auto_filter.ref[:2]) == ("B2", "A1")
    assert (labels.page_setup.orientation, labels.page_setup.paperSize) == ("landscape", 9)
    assert labels.print_title_rows == "$1:$1"
    assert {choice.formula1 for choice in labels.data_validations.dataValidation} == {'"có,không"', '"có"'}
    words = [str(cell.value) for row in guide for cell in row]
    assert all(c.definition_vi in words for c in CATEGORIES)


def test_an_id_of_two_texts_is_an_error():
    count = SuggestionCount()
    with pytest.raises(ValueError, match="two different paragraphs have the id 'a'"):
        list(unique_items([item("a", "Một."), item("a", "Hai.")], count))


@pytest.mark.parametrize("path", [None, Path("a.jsonl"), Path("a.csv.gz")])
def test_only_a_sheet(path):
    with pytest.raises(ValueError, match=r"want -o FILE\.xlsx or -o FILE\.csv"):
        check_sheet(path)
