"""Words set on pages, without a PDF: each letter is half as wide as a line is high."""

import textwrap

from cchc_ml.reading.layout import Word, blocks_of_page, drop_running_lines
from cchc_ml.reading.page_paragraphs import paragraphs_of_pages

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


def two_columns(left, right, top=780.0, gutter=16.0, offset=0.0, width=38):
    right_edge = 60 + width * WIDTH
    return [*lines(left, top=top), *lines(right, left=right_edge + gutter, top=top - offset)]
