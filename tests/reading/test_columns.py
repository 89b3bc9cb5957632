import unicodedata

import pytest

from cchc_ml.reading.columns import (
    COLUMN_NAMES,
    cell_of,
    columns_of,
    document_of,
    find_column,
    find_text_column,
    fold_name,
)
from cchc_ml.text.encodings import to_tcvn3, to_vni
from cchc_ml.text.normalize import strip_diacritics


@pytest.mark.parametrize(
    ("columns", "wanted", "column"),
    [
        (["id", "TEXT "], None, "TEXT "),
        (["content", "text"], None, "text"),
        (["a", "b"], None, None),
        (["a", "b"], "B", "b"),
        (["text", "b"], "c", None),
        (["Nội dung\ntrích dẫn"], "Nội dung trích dẫn", "Nội dung\ntrích dẫn"),
        (["STT", "Néi dung"], "Nội dung", "Néi dung"),
        (["text (2)", "text"], "text (2)", "text (2)"),
        (["#", "n"], "#", "#"),
    ],
)
def test_text_column(columns, wanted, column):
    assert find_text_column(columns, wanted) == column


VARIANTS = {
    "as it is": str,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "capitals": str.upper,
    "spaces": lambda name: "  " + name.replace(" ", "\xa0 ") + "\u200b",
    "line break": lambda name: name.replace(" ", "\n"),
    "underscores": lambda name: name.replace(" ", "_"),
    "a colon": lambda name: f"{name} (*):",
    "a remark": lambda name: f"{name} (bắt buộc)",
    "no diacritics": strip_diacritics,
    "TCVN3": to_tcvn3,
    "VNI": to_vni,
    "UTF-8 as Windows-1252": lambda name: name.encode("utf8").decode("cp1252", "replace"),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("field", ["text", "labels", "date", "outlet", "headline", "link", "split", "document"])
def test_every_name_of_a_field_is_found_however_it_is_written(field, variant):
    for name in COLUMN_NAMES[field]:
        column = VARIANTS[variant](name)
        if "\ufffd" in column:  # Windows-1252 does not have all bytes
            continue
        assert find_column(["STT", column], *COLUMN_NAMES[field]) == column, (name, column)


def test_no_name_stands_for_two_fields():
    names = [fold_name(name) for names in COLUMN_NAMES.values() for name in names]
    assert len(names) == len(set(names))
    assert not {strip_diacritics(name) for name in names if not name.isascii()} & {n for n in names if n.isascii()}


def test_a_column_as_it_is_goes_before_one_that_must_be_interpreted():
    assert find_text_column(["Nội dung (cũ)", "Nội dung"]) == "Nội dung"
    assert find_text_column(["Néi dung", "Nội dung"]) == "Nội dung"


def test_the_first_cell_with_a_value_counts():
    row = {"Nguồn": "Báo B", "Tên báo": "", "n": 1}
    assert columns_of(tuple(row), "outlet") == ("Tên báo", "Nguồn")
    assert cell_of(row, "outlet") == "Báo B"
    assert cell_of(row, "date") is None


@pytest.mark.parametrize("value", [1, 1.0, "1", "1.0", " 1", "1\xa0", "\u200b1"])
def test_one_number_is_one_document(value):
    assert document_of({"document": value}) == "document:1"


def test_one_title_is_one_document():
    title = "Một cửa ở xã"
    names = {document_of({"Bài báo": form}) for form in (title, unicodedata.normalize("NFD", title), f"{title} ")}
    assert names == {f"article:{title}"}
    assert document_of({"source": "a.txt", "Tiêu đề": title}) == "source:a.txt"
    assert document_of({"Tiêu đề": title}) == f"headline:{title}"
    assert document_of({"document": None, "article": ""}) == ""
