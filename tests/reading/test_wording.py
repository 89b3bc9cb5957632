import re

import pytest

from cchc_ml.reading import wording

# For each table: lines that it matches, and lines that it does not.
LINES = {
    "NUMBERING": (
        ["II. TỔ CHỨC THỰC HIỆN", "1. Mục đích", "2.1. Yêu cầu", "A/ Phần chung"],
        ["Mục đích", "IT. Việc", "2026. Xã", "12/3"],
    ),
    "OPENING": (
        [
            "Trang chủ",
            "  » Thời sự",
            "Tin liên quan",
            "Lượt truy cập: 12",
            "#cchc",
            "Share this:",
            "Powered by WordPress",
        ],
        ["Xã họp bàn", "Tổng truy thu thuế", "Đang xem xét việc gộp thôn", "Kỳ họp thứ ba"],
    ),
    "LABEL": (
        ["ĐIỆN THOẠI: 0296", "Kỳ 2: Đất", "[Clip] Toàn cảnh", "Chuyên mục phối hợp với Sở", "⚠ CẢNH BÁO"],
        ["Kỳ họp thứ ba", "Xã họp bàn"],
    ),
    "OPENING_WORD": (
        ["Chia sẻ bài viết", "Các tin khác", "Đăng ký khai sinh", "Theo dõi", "Thời tiết", "Recent Posts", "Home"],
        ["Homestay đông khách", "Xã họp bàn", "Thíchnghi"],
    ),
    "BORDER": (["| Zalo", ": 12", "12", "(0)", "f Z"], ["của xã", "fanpage", ", hỏi kỹ"]),
    "PART": (
        ["Tin tức | Thời sự | Video", "28 °C", "Quyết định 12.pdf", "Chợ nổi đông khách (3/7)", "Xã họp … Đọc tiếp"],
        ["Xã họp bàn", "Ảnh đẹp ở xã", "Họp (lần 3)", "Đọc tiếp lá thư"],
    ),
    "PART_OF_SHORT_LINE": (["1.204 lượt xem", "Bình luận (3)", "12 views"], ["Xã họp bàn", "Xem lại"]),
    "SOCIAL_NAME": (["Theo dõi báo trên Zalo", "Facebook"], ["Xã họp bàn"]),
    "SOCIAL_ACTION": (["Theo dõi báo", "Chia sẻ"], ["Xã họp bàn"]),
    "MENU_MARKS": (["Tin tức » Thời sự", "bbt@bao.vn", "© 2026", "09:20 GMT+7"], ["Tin tức - Thời sự", "Xã họp 09:20"]),
    "CAPTION": (
        [
            "Ảnh: Hải Đăng",
            "Quang cảnh hội nghị (Ảnh: HĐ)",
            "Ảnh 3",
            "Ảnh minh họa",
            "Quang cảnh cuộc họp",
            "Ảnh bên: Chợ",
        ],
        ["Ảnh đẹp", "Hội nghị (sáng 3/7)", "Ảnh hưởng lan rộng"],
    ),
    "FILE_NAME": (
        ["IMG_2041.JPG", "z5021478852_a12", "anh-hop.png", "DSC0012"],
        ["Ảnh 3", "Nghị quyết mới.pdf", "z12"],
    ),
    "DATE": (["3/7/2026", "3 tháng 7, 2026", "ngày 3/7", "09:20 AM", "Cập nhật 9:05"], ["30/7 hộ", "năm 2026"]),
    "PARTIAL_DATE": (["09:20", "6g15", "ngày 3/7", "3 tháng 7"], ["năm 2026", "12 hộ"]),
    "DATE_SURROUNDINGS": (["Ngày đăng:", "Lượt xem: 12", "09:20 AM", "bởi"], ["Hải Dương", "ngàyđăng"]),
    "DATE_LABEL": (["Ngày đăng: 3/7/2026", "Cập nhật lúc 9:05", "Posted on"], ["Hà Nội, ngày 3/7/2026", "Thứ Sáu"]),
    "DATE_OF_ELSE": (["Ngày gửi: 4/11/2024", "ngày ban hành 4-11-2024"], ["Ngày đăng: 4/11/2024", "ngày gửi"]),
    "DATE_PLACE": (
        ["Hà Nội, ngày 5 tháng 9 năm 2021", "TP Huế, ngày 5/9/2021."],
        ["Thứ Ba, 5/9/2021", "Hà Nội, ngày 5 tháng 9 năm 2021, xã họp"],
    ),
    "CLOCK": (
        ["Hôm nay: 3/7/2026", "Thứ Ba | 28°C", "3/7/2026 | RSS", "Bây giờ là 10:11"],
        ["3/7/2026 | Lượt xem: 12"],
    ),
    "BYLINE_LABEL": (
        ["Tin, ảnh: Hải Đăng", "Theo Báo Tỉnh", "Cập nhật 09:20"],
        ["Hải Đăng", "Tinh gọn bộ máy", "Bàihọc"],
    ),
    "BYLINE_REST": (["minh họa", "lúc 21:40", "nhóm PV thời sự"], ["học hóa thủ tục", "Hải Đăng"]),
    "GENRE": (["Ký sự của PHÓ ĐỨC LẬP", "Phỏng vấn: Hải Đăng", "Thư của ông Út"], ["Kýhiệu", "Hải Đăng"]),
    "CREDIT_END": (
        ["Hải Đăng (tổng hợp)", "Hải Đăng thực hiện", "Biên tập từ băng ghi âm"],
        ["Hải Đăng", "Thực hiện nghiêm kỷ luật"],
    ),
    "ORGANISATION": (
        ["Sở Nội vụ", "Báo Tỉnh", "Ban Bạn đọc"],
        ["Ban hành kế hoạch", "Bộ máy mới", "Báo cáo", "Hải Đăng"],
    ),
    "SITE_NAME": (
        ["Báo Sơn La", "Cổng thông tin điện tử xã", "Trang TTĐT phường"],
        ["Báo cáo kết quả", "Cổng dịch vụ công chạy nhanh", "Báo Sơn La: dân hỏi"],
    ),
    "SURNAME": (["Nguyễn", "LÂM", "h'"], ["Xã", "Nguyễn Văn"]),
    "PLACE": (["Sơn La", "HÀ NỘI"], ["Hà Văn Nội", "Sơn"]),
    "NAME_JOINT": (["Châu An - Võ Hải Lam", "A, B", "A và B"], ["Châu An"]),
    "NAME_TITLE": (["PV. Mai Lệ Hằng", "Bác sĩ Sềnh"], ["Bà Rịa", "PVC"]),
    "NO_AUTHOR": (["admin", "Administrator", "https://x.vn", "Super User", "bbt@bao.vn"], ["Hải Đăng", "Lò Thị Mây"]),
    "SIGNATURE": (["Tin, ảnh: Hải Đăng", "Thực hiện: Mây | Kỹ thuật: Út"], ["Hải Đăng", "Tin: A"]),
    "SECTION": (["Tin tức", "Thời sự", "Chi tiết tin"], ["Báo Tỉnh", "Tin tức Sơn La"]),
    "RELATED_HEADING": (
        ["Tin liên quan", "CÁC BÀI VIẾT KHÁC:", "Đọc nhiều nhất", "Bình luận (0)", "Related posts", "Leave a Reply"],
        ["Tin liên quan xã"],
    ),
    "RELATED_LABEL": (["Xem thêm: Xã họp", "Tin liên quan ở xã: Họp"], ["Xem thêm", "Xem: Họp"]),
    "BULLET": (
        ["- Thể chế", "1. Thể chế", "12) Thể chế", "đ) Thể chế", "•Thể chế", "(2) Thể chế", "👉 Thể chế", "✅ Thể chế"],
        ["Thể chế", "123. Thể chế", "-", "(12 hồ sơ) Thể chế"],
    ),
    "LEGAL_NOTICE": (
        [
            "Mời quý vị theo dõi bản tin",
            "© Báo. All rights reserved.",
            "Vui lòng nhập tên",
            "Your email address will not be",
        ],
        ["Giấy phép"],
    ),
    "DOCUMENT_LINE": (
        ["Độc lập - Tự do - Hạnh phúc", "Số: 12/BC-UBND", "- Lưu: VT, TH.", "- Như trên;", "KT. CHỦ TỊCH", "(Đã ký)"],
        ["Số hồ sơ: 12", "Lưu trữ hồ sơ", "Độc lập tự chủ"],
    ),
    "DOCUMENT_END": (["Nơi nhận:", "NƠI NHẬN"], ["Nơi nhận hồ sơ của dân"]),
    "SPEAKER": (["PV: Thưa ông, vì sao?", "Thính giả Lò Mây: Tôi hỏi"], ["Ông nói: xong", "Hỏi thăm dân"]),
    "POST_TIME": (["3 giờ ·", "Hôm qua lúc 09:20 ·", "5 phút"], ["3 giờ sáng", "Hôm qua họp"]),
    "POST_COUNTER": (
        ["12 bình luận", "Thích", "#cchc #xa", "Xem thêm", "1,2K lượt thích"],
        ["Bình luận hay", "Xem thêm hồ sơ"],
    ),
    "POST_END": (["37 bình luận", "Tất cả cảm xúc:", "Thích · Trả lời · 2 giờ"], ["Thích", "bình luận"]),
    "END_OF_SENTENCE": (
        ["Họp.", "“Họp.”", "Họp…", "“Họp”", "Gồm:", "Họp. 🌾"],
        ["Họp", "Họp (xong)", "Họp. Nghe", "Họp 🌾"],
    ),
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
