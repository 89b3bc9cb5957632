import pytest

from cchc_ml.reading.heads import Head, check_unique, find_head, first_filled_row, is_total, told_apart

ROW = [1, "Xã trả hồ sơ một cửa trước hạn.", "Báo Sơn Lam", "05/05/2026"]


@pytest.mark.parametrize(
    ("above", "columns", "merged"),
    [
        ([["STT", "Nội dung", "Nguồn", "Ngày"]], ["STT", "Nội dung", "Nguồn", "Ngày"], ()),
        ([["TIN BÀI", None, None, None], [None] * 4, ["STT", "Nội dung", "Nguồn", "Ngày"]], None, ()),
        ([["Nội dung", None, None, None], ["STT", "Nội dung", "Nguồn", "Ngày"]], None, ()),
        ([["STT", "Nội dung", "Nguồn", "Ngày"], ["(1)", "(2)", "(3)", "(4)"]], None, ()),
        ([["STT", "Nội dung", "Nguồn", "Ngày"], ["A", "B", 1, 2]], None, ()),
        # In two rows: the parts below.
        (
            [["STT", "Nội dung", "Báo chí", None], [None, None, "Nguồn", "Ngày"]],
            None,
            [((0, 2), (0, 3)), ((0, 0), (1, 0)), ((0, 1), (1, 1))],
        ),
        ([["STT", "Nội dung", "Báo chí", None], [None, None, "Nguồn", "Ngày"]], None, ()),
        # In two rows: the column with the text is a part.
        (
            [["STT", "Bài báo", None, None], [None, "Nội dung", "Nguồn", "Ngày"]],
            None,
            [((0, 0), (1, 0)), ((0, 1), (0, 3))],
        ),
        (
            [["STT", "Nội dung", None, "Ngày"], [None, "Câu chữ", "Ý chính", None]],
            ["STT", "Nội dung", "Ý chính", "Ngày"],
            [((0, 1), (0, 2)), ((0, 0), (1, 0)), ((0, 3), (1, 3))],
        ),
    ],
)
def test_the_names_are_found(above, columns, merged):
    expected = Head(columns or ["STT", "Nội dung", "Nguồn", "Ngày"], len(above))
    assert find_head([*above, ROW, ROW], merged=merged) == expected


@pytest.mark.parametrize(
    "first",
    [
        ["1", None, "Báo Sơn Lam", None],
        [2, "2", "3", "4"],
        ["1", "Xã họp.", "Báo", "Hôm qua"],
        [None, None, "Báo Sơn Lam", 5],
    ],
)
def test_the_first_row_of_data_is_no_second_row_of_names(first):
    head = ["STT", "Nội dung", "Nguồn", None]
    assert find_head([head, first, ROW], merged=[((0, 1), (0, 2))]) == Head(head, 1)


def test_a_list_of_names_is_not_a_row_of_names():
    guide = [["Cột", "Ý nghĩa"], ["Nội dung", "Chép nguyên văn"], ["Nguồn", "Tên báo"], ["Ngày đăng", "dd/mm"]]
    assert find_head(guide) is None
    short = [["Cột", "Giải thích"], ["Nội dung", "nội dung trích dẫn"], ["Nguồn", "tên báo"]]
    assert find_head(short) is None
    assert find_head(short, is_table=True) is not None
    assert find_head([["Nội dung", "Nguồn"], ["text", "outlet"]]) == Head(["Nội dung", "Nguồn"], 1)
    pillars = [["Nội dung", "Gồm những gì"], ["Cải cách thể chế", "…"], ["Tài chính công", "…"], ["Chính phủ số", ""]]
    assert find_head(pillars) is None


def test_a_column_that_the_user_names_is_looked_for():
    rows = [["Nội dung", "Ý chính"], ["x", "y"]]
    assert find_head([["bảng"], *rows], "ý chính") == Head(["Nội dung", "Ý chính"], 2)
    assert find_head(rows, "câu") is None
    assert first_filled_row([[None], ["a ", "b\nc"]]) == Head(["a", "b c"], 2)
    assert first_filled_row([[None]]) is None


@pytest.mark.parametrize("first", ["Tổng cộng", "TỔNG SỐ:", "Cộng", "Tổng", "Tổng số tin bài: 12", "Total"])
def test_totals(first):
    assert is_total([None, first, 12])


@pytest.mark.parametrize("first", ["Tổng cục Thuế họp.", "Tổng kết năm", "Cộng đồng", 12, "Tổng thống"])
def test_no_totals(first):
    assert not is_total([first, "Tổng cộng"])


def test_two_columns_of_one_name():
    check_unique("x", ["a", "b"])
    with pytest.raises(ValueError, match=r"^x: two columns have the same name: a, a; rename one of them$"):
        check_unique("x", ["a", "b", "a"])
    with pytest.raises(ValueError, match=r"^x: two columns have the same name: a{100}; rename one of them$"):
        check_unique("x", ["a" * 9000] * 2)


@pytest.mark.parametrize(
    ("columns", "want", "told"),
    [
        (["text", "a", "b"], ["text", "a", "b"], []),
        (["text", "a", "a"], ["text", "a", "a (2)"], ["a (2)"]),
        (["a", "text", "a", "a (2)", "a"], ["a", "text", "a (3)", "a (2)", "a (4)"], ["a (3), a (4)"]),
        ([None, "text", None, "a", "", "a"], [None, "text", None, "a", "", "a (2)"], ["a (2)"]),
    ],
)
def test_columns_of_one_name_are_told_apart(columns, want, told):
    notes = []
    assert told_apart("x.csv", Head(columns, 3), on_note=notes.append) == Head(want, 3)
    assert notes == [f"x.csv: columns with the same name are numbered: {names}" for names in told]


@pytest.mark.parametrize(
    ("columns", "text_column"),
    [
        (["text", "text"], None),
        (["Nội dung", "Nội dung"], None),
        (["text", "bài", "bài"], "bài"),
        (["text", "nhãn", "nhãn"], None),
        (["text", "tthc", "tthc"], None),
    ],
)
def test_nobody_guesses_which_column_holds_the_text_or_the_labels(columns, text_column):
    with pytest.raises(ValueError, match="two columns have the same name"):
        told_apart("x.csv", Head(columns, 1), text_column, on_note=lambda _: None)


def test_columns_of_one_name_are_an_error_if_nobody_is_told():
    with pytest.raises(ValueError, match="two columns have the same name: a, a"):
        told_apart("x.csv", Head(["text", "a", "a"], 1))
