import re

import pytest

from cchc_ml.reading import wording

# For each table: lines that it matches, and lines that it does not.
LINES = {
    "OPENING": (
        [
            "Trang chủ",
            "  » Thời sự",
            "Chia sẻ bài viết",
            "Các tin khác",
            "ĐIỆN THOẠI: 0296",
            "Lượt truy cập: 12",
            "Kỳ 2: Đất",
        ],
        ["Xã họp bàn", "Homestay đông khách", "Chia sẻ với dân là việc của xã.", "Kỳ họp thứ ba"],
    ),
    "PART": (
        [
            "Tin tức | Thời sự | Video",
            "Theo dõi báo trên Zalo",
            "28 °C",
            "Quyết định 12.pdf",
            "Chợ nổi đông khách (3/7)",
        ],
        ["Xã họp bàn", "Ảnh đẹp ở xã", "Họp (lần 3)"],
    ),
    "MENU_MARKS": (
        [
            "Tin tức » Thời sự",
            "bbt@bao.vn",
            "© 2026",
            "09:20 GMT+7",
        ],
        [
            "Tin tức - Thời sự",
            "Xã họp 09:20",
        ],
    ),
    "CAPTION": (["Ảnh: Hải Đăng", "Quang cảnh hội nghị (Ảnh: HĐ)", "Ảnh 3"], ["Ảnh đẹp", "Hội nghị (sáng 3/7)"]),
    "DATE_LINE": (
        [
            "3/7/2026",
            "3 tháng 7, 2026",
            "ngày 3/7",
            "09:20 AM",
            "Cập nhật 9:05",
        ],
        [
            "30/7 hộ",
            "năm 2026",
        ],
    ),
    "BYLINE": (
        ["Tin, ảnh: Hải Đăng", "Theo Báo Tỉnh", "Hải Đăng (tổng hợp)", "Hải Đăng thực hiện", "Cập nhật 09:20"],
        ["Hải Đăng", "Theo dõi dân. Nghe dân nói.", "Tinh gọn bộ máy"],
    ),
    "NAMES": (["LÂM VĂN HƯỞNG (Bình Dương)", "Châu An - Võ Hải Lam"], ["Xã Bình Lãng", "Nguyễn"]),
    "CAPITALS": (["LÂM VĂN HƯỞNG", "Châu An - Võ Hải Lam (Huế)"], ["Châu An họp"]),
    "RELATED_HEADING": (
        ["Tin liên quan", "CÁC BÀI VIẾT KHÁC:", "Đọc nhiều nhất", "Bình luận (0)"],
        ["Tin liên quan xã"],
    ),
    "RELATED_LABEL": (["Xem thêm: Xã họp", "Tin liên quan ở xã: Họp"], ["Xem thêm", "Xem: Họp"]),
    "BULLET": (
        [
            "- Thể chế",
            "1. Thể chế",
            "12) Thể chế",
            "đ) Thể chế",
            "•Thể chế",
        ],
        [
            "Thể chế",
            "123. Thể chế",
            "-",
        ],
    ),
    "LEGAL_NOTICE": (
        ["Mời quý vị theo dõi bản tin", "© Báo. All rights reserved.", "Vui lòng nhập tên"],
        ["Giấy phép"],
    ),
    "END_OF_SENTENCE": (["Họp.", "“Họp.”", "Họp…", "“Họp”", "Gồm:"], ["Họp", "Họp (xong)", "Họp. Nghe"]),
}


def tables():
    return {name for name in wording.__all__ if isinstance(getattr(wording, name), re.Pattern)}


def test_every_table_has_examples():
    assert tables() == set(LINES)


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, (lines, _) in LINES.items() for line in lines])
def test_a_line_of_the_table(name, line):
    assert getattr(wording, name).search(line)


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, (_, lines) in LINES.items() for line in lines])
def test_a_line_that_is_not_of_the_table(name, line):
    assert not getattr(wording, name).search(line)
