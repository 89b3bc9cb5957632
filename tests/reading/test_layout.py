import textwrap

import pytest

from cchc_ml.reading.layout import Word, blocks_of_page, drop_running_lines, paragraphs_of_pages

SIZE = 12.0
LEADING = 14.0
WIDTH = 6.0  # of a letter


def words(text, left, y, size=SIZE):
    """Return the words of a line, each letter as wide as half its size."""
    found = []
    for word in text.split():
        found.append(Word(word, left, left + len(word) * size / 2, y, size))
        left = found[-1].right + size / 2
    return found


def lines(texts, left=60.0, top=780.0, leading=LEADING, size=SIZE):
    return [word for n, text in enumerate(texts) for word in words(text, left, top - n * leading, size)]


def read(*pages):
    blocks = [blocks_of_page(page) for page in pages]
    drop_running_lines(blocks)
    return [paragraph.text for paragraph in paragraphs_of_pages(blocks)]


PARAGRAPHS = [
    "Trong chín tháng đầu năm, bộ phận một cửa của huyện tiếp nhận 12.408 hồ sơ, trả trước hạn và đúng hạn 97,6%. "
    "Người dân thôn Đồng Mít nói rằng nay chỉ cần một lần đi lại là xong thủ tục đất đai.",
    "Sở Tư pháp đã rà soát 214 văn bản quy phạm pháp luật do tỉnh ban hành và đề nghị bãi bỏ 17 văn bản không còn phù "
    "hợp. Phòng pháp chế được giao tham mưu quyết định thay thế trước ngày 30 tháng 9.",
    "Sau khi sắp xếp, huyện giảm được bốn phòng chuyên môn và hai đơn vị sự nghiệp công lập. Các trạm thú y, khuyến "
    "nông được nhập vào trung tâm dịch vụ nông nghiệp, bớt mười hai cấp phó.",
    "Đến hết quý ba, tỷ lệ giải ngân vốn đầu tư công của tỉnh mới đạt 41%, thấp hơn bình quân cả nước. Sở Tài chính đề "
    "nghị cắt giảm vốn của các dự án chậm để chuyển cho công trình có khối lượng.",
]


def wrapped(texts, width):
    return [line for text in texts for line in textwrap.wrap(text, width, break_on_hyphens=False)]


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


def two_columns(left, right, top=780.0, gutter=16.0, offset=0.0, width=38):
    right_edge = 60 + width * WIDTH
    return [*lines(left, top=top), *lines(right, left=right_edge + gutter, top=top - offset)]


@pytest.mark.parametrize("offset", [0.0, 3.0, 7.0])
@pytest.mark.parametrize("gutter", [9.0, 16.0, 40.0])
def test_columns_are_read_one_after_the_other(offset, gutter):
    left, right = wrapped(PARAGRAPHS[:2], 38), wrapped(PARAGRAPHS[2:], 38)
    title = words("Huyện Mường Sáng rút ngắn thời gian trả hồ sơ", 60, 810, 16)
    assert read([*title, *two_columns(left, right, gutter=gutter, offset=offset)])[1:] == PARAGRAPHS


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page():
    body = wrapped(PARAGRAPHS, 38)
    assert read(two_columns(body[: len(body) // 2], body[len(body) // 2 :])) == PARAGRAPHS
    for cut in range(2, len(body) - 1):
        assert read(lines(body[:cut]), lines(body[cut:])) == PARAGRAPHS


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
