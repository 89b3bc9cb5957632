import pytest
from pages_of_words import LEADING, PARAGRAPHS, SIZE, WIDTH, lines, read, two_columns, words, wrapped

from cchc_ml.reading.layout import Word, blocks_of_page


@pytest.mark.parametrize("offset", [0.0, 3.0, 7.0])
@pytest.mark.parametrize("gutter", [9.0, 16.0, 40.0])
def test_columns_are_read_one_after_the_other(offset, gutter):
    left, right = wrapped(PARAGRAPHS[:2], 38), wrapped(PARAGRAPHS[2:], 38)
    title = words("Huyện Mường Sáng rút ngắn thời gian trả hồ sơ", 60, 810, 16)
    assert read([*title, *two_columns(left, right, gutter=gutter, offset=offset)])[1:] == PARAGRAPHS


def test_three_columns():
    body = wrapped(PARAGRAPHS, 28)
    third = -(-len(body) // 3)
    parts = [body[:third], body[third : 2 * third], body[2 * third :]]
    page = [word for n, part in enumerate(parts) for word in lines(part, left=60 + n * (28 * WIDTH + 12))]
    assert read(page) == PARAGRAPHS


def test_the_two_heads_of_a_letter_are_not_one_line():
    head = [
        *words("UBND HUYỆN SÁNG", 60, 800),
        *words("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 280, 800),
        *words("Số: 12/BC-VP", 60, 786),
        *words("Sáng, ngày 20 tháng 6 năm 2025", 300, 786),
    ]
    assert read([*head, *lines(wrapped(PARAGRAPHS, 72), top=740)]) == [
        "UBND HUYỆN SÁNG",
        "Số: 12/BC-VP",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Sáng, ngày 20 tháng 6 năm 2025",
        *PARAGRAPHS,
    ]


def test_heads_and_feet_of_any_height_go_and_page_numbers_too():
    pages = []
    for number in (1, 2, 3):
        body = wrapped([PARAGRAPHS[number - 1]], 60)
        head = ["BẢN TIN CẢI CÁCH HÀNH CHÍNH", f"Số {number + 4} năm 2025", "Lưu hành nội bộ trong huyện"]
        foot = ["Ban biên tập: Văn phòng", "Điện thoại: 0210 123", "Giấy phép số 5", f"Trang {number}/3"]
        pages.append([*lines(head, top=820), *lines(body, top=760), *lines(foot, top=60)])
    assert read(*pages) == PARAGRAPHS[:3]
    assert read(lines([*wrapped(PARAGRAPHS, 60), "- 1 -"])) == PARAGRAPHS


def test_what_stands_on_many_pages_inside_the_body_stays():
    pages = [[*lines(wrapped(PARAGRAPHS[:2], 60)), *lines(["Biểu mẫu kèm theo."], top=600), *lines(["a"], top=500)]] * 2
    assert read(*[[*page, *lines([f"Cuối trang {'ab'[n]}"], top=400)] for n, page in enumerate(pages)]).count(
        "Biểu mẫu kèm theo."
    ) in (0, 2)


def test_a_page_without_words():
    assert blocks_of_page([]) == []
    assert read([]) == []


def test_the_work_is_linear_in_the_rows_of_a_page(monkeypatch):
    """Rows of a drawing: each is looked at a fixed number of times."""
    from cchc_ml.reading import layout

    calls = []
    real = layout._gaps
    monkeypatch.setattr(layout, "_gaps", lambda row: calls.append(1) or real(row))
    counts = []
    for rows in (layout.MAX_ROWS, 2 * layout.MAX_ROWS):
        calls.clear()
        blocks_of_page([word for n in range(rows) for word in words("a b c", 60 + (n * 37) % 200, 8000 - n * 13)])
        counts.append(len(calls))
    assert counts[1] <= 2 * counts[0] + 10


@pytest.mark.parametrize("rows", [2, 3])
def test_a_large_first_letter_belongs_to_its_word(rows):
    body = wrapped(PARAGRAPHS, 60)
    indented = lines([body[0][1:], *body[1:rows]], left=60 + 10 * rows)
    rest = lines(body[rows:], top=780 - rows * LEADING)
    size = rows * LEADING
    initial = Word(body[0][0], 60, 58 + 10 * rows, 780 + SIZE - size, size)
    assert read([*indented, *rest, initial]) == PARAGRAPHS
