from datetime import date, datetime, time
from pathlib import Path

import pytest
from needs import needs
from workbooks import write_ods, write_xlsb, write_xlsx

from cchc_ml.reading.tables import read_rows

needs("python_calamine")

HEAD = ["STT", "Nội dung", "Nguồn"]
ONE, TWO = [1, "Xã trả hồ sơ một cửa trước hạn.", "Báo A"], [2, "Huyện giảm bốn phòng chuyên môn.", "Báo B"]


def read(path, **kwargs):
    return [row for _, row in read_rows(path, **kwargs)]


@pytest.mark.parametrize("write", [write_ods, write_xlsb, lambda path, rows: write_xlsx(path, {"Trang 1": rows})])
def test_workbooks_of_every_kind(tmp_path, write):
    kind = {write_ods: ".ods", write_xlsb: ".xlsb"}.get(write, ".xlsx")
    rows = [["TIN BÀI", None, None], HEAD, ONE, [None, None, None], TWO]
    path = write(tmp_path / f"x{kind}", rows)
    assert list(read_rows(path)) == [
        (f"{path}, row 3", dict(zip(HEAD, ONE, strict=True))),
        (f"{path}, row 5", dict(zip(HEAD, TWO, strict=True))),
    ]


def test_an_old_workbook_with_a_title_and_a_guide():
    notes = []
    rows = read(Path(__file__).parent / "title-and-guide.xls", on_note=notes.append)
    assert [row["Nội dung"] for row in rows] == [ONE[1], TWO[1]]
    assert list(rows[0]) == HEAD
    assert ["sheet 'Hướng dẫn' (no column with text)" in note for note in notes] == [True]


def test_values_of_cells(tmp_path):
    cells = [1, 2.5, True, datetime(2026, 5, 5, 10, 30), date(2026, 5, 5), time(8, 30), "=1/0", "Xã họp."]
    path = write_xlsx(tmp_path / "x.xlsx", {"a": [[*"abcdefg", "text"], cells]})
    assert list(read(path)[0].values()) == [
        1, 2.5, True, "2026-05-05T10:30:00", "2026-05-05", "08:30:00", None, "Xã họp.",
    ]  # fmt: skip


def test_all_sheets_with_text_are_read_and_the_others_are_named(tmp_path):
    sheets = {
        "Hướng dẫn": [["Cột", "Ý nghĩa"], ["Nội dung", "Chép nguyên văn"], ["Nguồn", "Tên báo"], ["Ngày", "Ngày đăng"]],
        "Tháng 8": [HEAD, ONE],
        "Tháng 9": [["TIN BÀI"], [*HEAD, "Ngày đăng"], [*TWO, "05/09/2026"]],
        "Danh mục": [["Nội dung", "Mã", "Loại"], ["Một", "Hai", "Ba"]],
        "Trống": [],
        "Nháp": [HEAD, ONE],
    }
    notes = []
    path = write_xlsx(tmp_path / "x.xlsx", sheets, hidden=["Nháp"])
    found = list(read_rows(path, on_note=notes.append))
    columns = [*HEAD, "Ngày đăng", "sheet"]
    assert [row for _, row in found] == [
        dict(zip(columns, [*ONE, None, "Tháng 8"], strict=True)),
        dict(zip(columns, [*TWO, "05/09/2026", "Tháng 9"], strict=True)),
    ]
    assert found[1][0] == f"{path}, sheet 'Tháng 9', row 3"
    assert notes == [
        f"{path}: not read: sheet 'Hướng dẫn' (no column with text), sheet 'Danh mục' (no column with text), "
        "sheet 'Nháp' (hidden)"
    ]


def test_names_in_two_rows(tmp_path):
    rows = [["STT", "Nội dung", "Báo chí", None], [None, None, "Tên báo", "Ngày đăng"], [*ONE, "05/05/2026"]]
    path = write_xlsx(tmp_path / "x.xlsx", {"a": rows}, merged=["A1:A2", "B1:B2", "C1:D1"])
    assert read(path) == [{"STT": 1, "Nội dung": ONE[1], "Tên báo": "Báo A", "Ngày đăng": "05/05/2026"}]


def test_a_table_that_does_not_begin_in_the_first_cell(tmp_path):
    openpyxl = needs("openpyxl")
    book = openpyxl.Workbook()
    for i, cells in enumerate([["Nội dung", "Báo chí", None], [None, "Tên báo", "Ngày đăng"], ["Xã họp.", "A", "B"]]):
        for j, value in enumerate(cells):
            book.active.cell(4 + i, 3 + j, value)
    book.active.merge_cells("D4:E4")
    book.save(tmp_path / "x.xlsx")
    path = tmp_path / "x.xlsx"
    assert list(read_rows(path)) == [(f"{path}, row 6", {"Nội dung": "Xã họp.", "Tên báo": "A", "Ngày đăng": "B"})]


def test_a_sheet_with_a_cell_in_its_last_corner_is_rejected(tmp_path):
    openpyxl = needs("openpyxl")
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "text", "x"
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(ValueError, match="has a sheet of 1,048,576 rows and 16,384 columns; delete the empty ones"):
        read(tmp_path / "x.xlsx")


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "xlsb"])
@pytest.mark.parametrize("content", [b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"<html></html>"])
def test_a_damaged_workbook(tmp_path, kind, content):
    path = tmp_path / f"x.{kind}"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"x\.{kind} is damaged"):
        read(path)


def test_a_workbook_without_rows(tmp_path):
    with pytest.raises(ValueError, match="has no rows; want column names and rows on a visible sheet"):
        read(write_xlsx(tmp_path / "x.xlsx", {"a": [], "b": [["text"], ["x"]]}, hidden=["b"]))


def test_two_columns_of_one_name(tmp_path):
    with pytest.raises(ValueError, match="sheet 'a': two columns have the same name: text, text"):
        read(write_xlsx(tmp_path / "x.xlsx", {"a": [["text", "text"], ["x", "y"]]}))


def test_columns_of_one_name_are_numbered(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", {"a": [["text", "ghi chú", "ghi chú"], ["Xã họp.", "x", "y"]]})
    notes = []
    [row] = read(path, on_note=notes.append)
    assert row == {"text": "Xã họp.", "ghi chú": "x", "ghi chú (2)": "y"}
    assert notes == [f"{path}, sheet 'a': columns with the same name are numbered: ghi chú (2)"]
