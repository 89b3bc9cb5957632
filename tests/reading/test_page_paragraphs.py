import pytest
from pages_of_words import LEADING, PARAGRAPHS, lines, read, two_columns, wrapped

from cchc_ml.reading.layout import blocks_of_page
from cchc_ml.reading.page_paragraphs import paragraphs_of_pages


@pytest.mark.parametrize("width", [30, 38, 60, 72, 80])
def test_short_lines_end_paragraphs(width):
    assert read(lines(wrapped(PARAGRAPHS, width))) == PARAGRAPHS


def test_a_full_line_that_ends_with_a_stop_does_not_end_a_paragraph():
    first = "Huyện trả hồ sơ cho dân trong ngày, không để ai phải đi lại nhiều lần vì giấy."
    second = "Cán bộ trực cả giờ nghỉ trưa để bà con vùng xa kịp về."
    assert read(lines([*wrapped(PARAGRAPHS, len(first)), first, second])) == [*PARAGRAPHS, f"{first} {second}"]


def test_a_gap_or_an_indent_ends_a_paragraph_whose_last_line_is_full():
    first, second = (
        "Huyện trả hồ sơ cho dân trong ngày, không phải đi lại.",
        "Cán bộ trực cả giờ nghỉ trưa cho bà con vùng xa về nhà.",
    )
    body = wrapped(PARAGRAPHS, 56)
    rest = lines([second], top=780 - LEADING * (len(body) + 1) - 5)
    assert read([*lines([*body, first]), *rest])[-2:] == [first, second]
    indented = lines([second], left=90, top=780 - LEADING * (len(body) + 1))
    assert read([*lines([*body, first]), *indented])[-2:] == [first, second]


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page():
    body = wrapped(PARAGRAPHS, 38)
    assert read(two_columns(body[: len(body) // 2], body[len(body) // 2 :])) == PARAGRAPHS
    for cut in range(2, len(body) - 1):
        assert read(lines(body[:cut]), lines(body[cut:])) == PARAGRAPHS


def test_notes_at_the_foot_do_not_divide_a_paragraph():
    body = wrapped(PARAGRAPHS, 60)
    note = lines(["1 Theo báo cáo của huyện gửi tỉnh."], top=100, size=9.0)
    assert read([*lines(body[:5]), *note], lines(body[5:])) == [
        PARAGRAPHS[0],
        PARAGRAPHS[1],
        "1 Theo báo cáo của huyện gửi tỉnh.",
        *PARAGRAPHS[2:],
    ]


def test_a_hyphen_at_the_end_of_a_line_divides_a_word():
    body = ["Huyện thực hiện Nghị quyết số 76/NQ-", "CP về cải cách hành chí-", "nh ở các xã của huyện nhà."]
    assert read(lines(body)) == [
        "Huyện thực hiện Nghị quyết số 76/NQ-CP về cải cách hành chính ở các xã của huyện nhà."
    ]


def test_larger_lines_are_title_and_headings():
    page = [
        *lines(["TIN HUYỆN"], top=820, size=15.0),
        *lines(["Huyện rút ngắn thời gian trả hồ", "sơ cho dân"], top=800, size=20.0, leading=23.0),
        *lines(wrapped(PARAGRAPHS[:2], 60), top=740),
        *lines(["Thực hiện tinh giản"], top=620, size=14.0),
        *lines(wrapped(PARAGRAPHS[2:], 60), top=600),
    ]
    found = paragraphs_of_pages([blocks_of_page(page)])
    assert [(item.text, item.level) for item in found] == [
        ("TIN HUYỆN", 1),
        ("Huyện rút ngắn thời gian trả hồ sơ cho dân", 0),
        (PARAGRAPHS[0], None),
        (PARAGRAPHS[1], None),
        ("Thực hiện tinh giản", 1),
        (PARAGRAPHS[2], None),
        (PARAGRAPHS[3], None),
    ]
