import textwrap

from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.reading.lines import join_lines


@given(st.lists(st.text(alphabet="Xãhọp bànviệc.,-", max_size=120), max_size=12))
def test_joining_loses_no_letter(lines):
    assert "".join("".join(join_lines(lines)).split()) == "".join("".join(lines).split())


def test_a_narrow_column_is_joined():
    text = (
        "Sáng nay lãnh đạo xã cùng các ban ngành họp bàn cách gỡ vướng cho người dân ở thôn xa, "
        "họp đến tận trưa mới xong."
    )
    assert join_lines(textwrap.wrap(text, 34)) == [text]


def test_a_headline_over_its_paragraph_stands_alone():
    head, text = "Xã Bình Lãng cải cách thủ tục hành chính", "Sáng nay lãnh đạo xã họp bàn cách gỡ vướng."
    assert join_lines([head, text]) == [head, text]


def test_a_blank_line_always_separates():
    lines = ["Sáng nay lãnh đạo xã cùng các ban ngành họp bàn", "", "cách gỡ vướng cho dân"]
    assert join_lines(lines) == [lines[0], lines[2]]


def test_a_full_line_goes_on_with_a_capital_only_where_the_text_is_wrapped():
    line = "Sáng nay lãnh đạo xã cùng các ban ngành của Ủy ban"
    assert join_lines([line, "Nhân dân họp."]) == [line, "Nhân dân họp."]
    wrapped = [
        "Hôm qua, đoàn kiểm tra công vụ của tỉnh đã xuống bốn",
        "thôn xa, nghe dân nói chuyện giấy tờ đất và đường",
    ] * 3
    assert join_lines([*wrapped, line, "Nhân dân họp."])[-1].endswith("của Ủy ban Nhân dân họp.")


def test_a_label_does_not_run_on():
    assert join_lines(["Ảnh: Quang cảnh hội nghị ở xã", "hai thôn xa họp."]) == [
        "Ảnh: Quang cảnh hội nghị ở xã",
        "hai thôn xa họp.",
    ]
