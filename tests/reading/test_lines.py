import textwrap
import time
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.reading.lines import group_lines, join_lines


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


PARAGRAPHS = [
    "Sáng 12/3, lãnh đạo xã Tà Mung họp bàn cách gỡ 46 hồ sơ đất đai trễ hẹn. Cuộc họp kéo dài hai giờ, có đủ "
    "trưởng thôn. Phòng tư pháp rà lại mười bốn quyết định của huyện, bỏ ba văn bản trước ngày 20 tháng 4. Xong.",
    "Sau khi gộp hai phòng, xã bớt được bốn cấp phó và một trụ sở. Ngôi nhà cũ giao lại cho trạm y tế làm nơi "
    "tiêm chủng. Đến cuối quý, tiền đầu tư công mới tiêu được ba phần mười, vì mặt bằng con đường vào thôn còn vướng.",
    "Từ tháng tới, giấy tờ của dân được ký số, gửi qua trục liên thông. Tổ công nghệ số đến từng nhà hướng dẫn bà con. "
    "Ai cần giúp thì gọi số trực của xã. Cán bộ trực cả giờ nghỉ trưa để bà con vùng xa kịp về bản trước khi trời tối.",
]


@pytest.mark.parametrize("width", range(56, 100, 3))
def test_between_blank_lines_a_wrapped_block_is_one_paragraph(width):
    text = "\n\n".join("\n".join(textwrap.wrap(paragraph, width)) for paragraph in PARAGRAPHS)
    assert join_lines(["Xã Tà Mung gỡ hồ sơ trễ hẹn", "", *text.splitlines()])[1:] == PARAGRAPHS


@pytest.mark.parametrize("indent", ["    ", "\t", "        "])
def test_indents_show_the_paragraphs_of_a_wrapped_text(indent):
    wrapped = [textwrap.wrap(paragraph, 72, initial_indent=indent) for paragraph in PARAGRAPHS]
    assert join_lines([line for lines in wrapped for line in lines]) == PARAGRAPHS


def test_short_lines_between_blank_lines_stay_apart():
    lines = ["Trang chủ", "Tin tức", "Văn bản", "", "Xã gỡ hồ sơ trễ hẹn", "12/03/2019 09:20", "", PARAGRAPHS[0]]
    assert join_lines(lines) == [line for line in lines if line]


def test_a_small_letter_goes_on_however_long_both_lines_are():
    before, after = "Xã " + "họp bàn việc làm đường " * 20 + "của", "thôn " + "cùng làm cùng kiểm tra " * 20 + "nữa."
    assert join_lines([before, after]) == [f"{before} {after}"]


@pytest.mark.parametrize("line", ["ngày 12-3-2019", "a) thể chế", "- thể chế", "đ) thể chế"])
def test_a_date_line_or_an_item_does_not_go_on(line):
    assert len(join_lines(["Xã Tà Mung gỡ hồ sơ trễ hẹn", line])) == 2


def test_a_number_inside_a_sentence_is_no_bullet():
    text = "Việc rà soát các quyết định của huyện phải làm xong trước ngày mười hai tháng\n4. Sau đó xã họp."
    wrapped = "\n\n".join("\n".join(textwrap.wrap(paragraph, 76)) for paragraph in PARAGRAPHS)
    assert join_lines([*wrapped.splitlines(), "", *text.splitlines()])[-1] == text.replace("\n", " ")


def test_the_groups_are_numbers_of_lines():
    assert group_lines(["Sáng nay lãnh đạo xã họp bàn", "việc làm đường.", "", "Hết"]) == [[0, 1], [3]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ["ab.", "xã họp bàn việc làm đường ở thôn", "Xã họp bàn việc làm đường ở thôn Nà Hin xa"]
)
def test_twice_as_many_lines_take_twice_the_time(line):
    def seconds(n):
        return min(timeit.repeat(lambda: join_lines([line] * n), timer=time.process_time, repeat=3, number=1))

    assert seconds(10_000) < 5 * seconds(5_000) + 0.2
