import pytest

from cchc_ml.reading.boilerplate import (
    end_of,
    has_agency,
    is_boilerplate,
    is_byline,
    is_caption,
    is_certain_boilerplate,
    is_date_line,
    is_office,
    is_prose,
    is_signature,
)


@pytest.mark.parametrize(
    "text",
    [
        "Trang chủ » Tin tức",
        "Lượt truy cập: 18.402",
        "Chia sẻ: Facebook | Zalo",
        "Ảnh: Quang cảnh hội nghị",
        "Tin, ảnh: Hải Đăng",
        "Các tin khác",
    ],
)
def test_boilerplate_is_not_prose(text):
    assert not is_prose(text)


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Hết", False),
        ("Xã họp.", True),
        ("Xã họp 3/7/2026.", False),
        ("Ảnh: Quang cảnh hội nghị sáng nay ở xã.", False),
        ("Sáng 3/7/2026, xã họp bàn việc gỡ hồ sơ.", True),
        ("3/7/2026 xã họp bàn việc gỡ hồ sơ.", False),
        ("Xã họp bàn việc gỡ hồ sơ…", True),
        ("Xã họp bàn việc gỡ…", False),
        ("Vì sao hồ sơ của dân vẫn trễ hẹn ở bốn xã?", False),
        ("Vì sao hồ sơ của dân vẫn trễ hẹn ở bốn xã vùng cao trong suốt ba tháng qua của năm nay?", True),
        ("Xem thêm: vì sao hồ sơ của dân vẫn trễ hẹn ở bốn xã vùng cao trong suốt ba tháng qua của năm nay?", False),
        ("việc " * 39 + "làm", True),
        ("việc " * 38 + "làm", False),
        ("Mời quý vị theo dõi chương trình vào tối nay lúc tám giờ.", False),
        ("Các tin khác", False),
    ],
)
def test_each_end_of_a_block_has_its_rule(text, prose):
    assert is_prose(text) is prose


@pytest.mark.parametrize(
    ("text", "end"), [("Xong.", "."), ("“Xong.”", "."), ("(xong…)", "…"), ("“Xong”", "”"), ("Gồm:", ":"), ("Tin", "")]
)
def test_the_end_of_a_text_stands_before_its_closing_quotes(text, end):
    assert end_of(text) == end


@pytest.mark.parametrize(
    ("text", "boilerplate"),
    [
        ("Trang chủ » Tin tức", True),
        ("All rights reserved", True),
        ("Ngày 3/7", True),
        ("Châu An - Võ Hải Lam", True),
        ("12 3", True),
        ("việc " * 41, True),
        ("việc " * 40, False),
        ("Những việc làm ngay", False),
    ],
)
def test_a_line_that_may_be_a_headline_is_not_boilerplate(text, boilerplate):
    assert is_boilerplate(text) is boilerplate


# Of each headline the first words also open boilerplate; the line under it is boilerplate that opens with them.
@pytest.mark.parametrize(
    ("headline", "boilerplate"),
    [
        ("Thực hiện nghiêm giờ giấc ở công sở xã", "Thực hiện: Hải Đăng"),
        ("Đăng ký khai sinh tận nhà cho trẻ vùng cao", "Đăng ký | Đăng nhập"),
        ("Cập nhật dữ liệu đất đai: xã làm cả ngày nghỉ", "Cập nhật lúc 21:40"),
        ("Theo chân tổ công nghệ số vào thôn", "Theo Báo Sơn La"),
        ("Bài học từ mô hình trả hồ sơ tại nhà", "Bài và ảnh: Hải Đăng"),
        ("Tin học hóa việc trả kết quả", "Tin, ảnh: Hải Đăng"),
        ("Phỏng vấn Chủ tịch xã về hồ sơ trễ hẹn", "Phỏng vấn: Hải Đăng"),
        ("Ảnh hưởng của việc gộp xã", "Ảnh minh họa"),
        ("Nguồn lực cho cải cách ở xã", "Nguồn: Sở Nội vụ"),
        ("Tác giả sáng kiến một cửa nhận bằng khen", "Tác giả: Hải Đăng"),
        ("Ghi chép ở bộ phận một cửa ngày đầu gộp xã", "Ghi chép của HẢI ĐĂNG"),
        ("Thư của một chủ xưởng may: tôi xin một câu trả lời", "Thư của ông Lò Văn Út, thôn Nà Hin"),
        ("Biên tập lại bộ thủ tục cho dân dễ hiểu", "Biên tập: Hải Đăng"),
        ("Kỹ thuật số về bản, dân bớt đường đi", "Kỹ thuật: Hải Đăng"),
        ("Chia sẻ kinh nghiệm trả hồ sơ sớm", "Chia sẻ bài viết"),
        ("Theo dõi hồ sơ đất đai qua điện thoại", "Theo dõi báo trên Zalo"),
        ("Thời tiết xấu, cán bộ xã vẫn trả hồ sơ", "Thời tiết hôm nay"),
        ("Đường dây nóng của xã kêu là có người nghe", "Đường dây nóng: 0236"),
        ("Video call giải quyết hồ sơ cho dân", "Video: 04:38"),
        ("Xem nhiều, hỏi kỹ, dân hết phải đi lại", "Xem nhiều nhất"),
        ("Xã dùng Zalo trả lời dân từng hồ sơ", "Chia sẻ Facebook Zalo"),
        ("Những cánh cổng khóa sau ngày 1/7", "Ngày 1/7"),
        ("Cà phê sáng: doanh nghiệp nói, thành phố ghi", "Hải Đăng ghi"),
        ("SƠN LA ĐẨY MẠNH CẢI CÁCH", "LÒ VĂN SƠN"),
        ("Người dân đăng nhập một lần làm hai mươi thủ tục", "Đăng nhập để bình luận"),
    ],
)
def test_an_opening_word_decides_only_before_a_mark_a_name_or_little_else(headline, boilerplate):
    assert not is_boilerplate(headline)
    assert is_boilerplate(boilerplate)


@pytest.mark.parametrize(
    "text",
    [
        "Related posts",
        "Leave a Reply",
        "Your email address will not be published.",
        "Share this:",
        "IMG_20190312.jpg",
        "Xã bên họp bàn … Đọc tiếp",
        "Email của bạn sẽ không được hiển thị công khai.",
        "- Lưu: VT, TH.",
    ],
)
def test_what_programs_write_around_an_article_is_boilerplate(text):
    assert not is_prose(text)
    assert is_boilerplate(text)


@pytest.mark.parametrize(
    ("text", "byline"),
    [
        ("Nhóm phóng viên thời sự", True),
        ("Ban Kinh tế tổng hợp", True),
        ("(HBĐT) - Nhóm phóng viên Nội chính", True),
        ("PV: Thưa ông, vì sao hồ sơ trễ?", False),
        ("Thực hiện đề án 06 ở cơ sở", False),
        ("Bài 2: Gỡ nút thắt", False),
        ("II. TỔ CHỨC THỰC HIỆN", False),
        ("KẾT QUẢ THỰC HIỆN", False),
        ("LÒ THỊ SAO thực hiện", True),
    ],
)
def test_bylines(text, byline):
    assert is_byline(text) is byline


@pytest.mark.parametrize(
    ("text", "certain", "loose"),
    [
        ("LÂM VĂN HƯỞNG (Bình Dương)", True, True),
        ("Châu An - Võ Hải Lam", True, True),
        ("Bác sĩ Vàng A Sềnh - Trạm trưởng", True, True),
        ("Dương Trọng Hiếu, từ Cà Mau", True, True),
        ("Đinh Lê Thảo - Quay phim: Y Khang", True, True),
        ("Trâm Anh – Thế Vỹ", False, True),
        ("Xã Bình Lãng", False, True),
        ("Sơn La", False, False),
        ("Đổi mới", False, False),
        ("HÀ NAM TINH GỌN BỘ MÁY XÃ", False, False),
    ],
)
def test_signatures(text, certain, loose):
    assert is_signature(text) is certain
    assert is_signature(text, certain=False) is loose


def test_a_signature_of_many_capitals_takes_no_time():
    assert not is_signature("Trần " + "A" * 100_000 + " bình")


@pytest.mark.parametrize(
    ("text", "office"), [("Sở Nội vụ tỉnh", True), ("Ban hành kế hoạch", False), ("sở nội vụ", False)]
)
def test_offices(text, office):
    assert is_office(text) is office


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Thứ Sáu, 03/7/2026 - 09:20", True),
        ("10:35 - Danh Minh Phước", True),
        ("Ngày 3/7", True),
        ("Thứ Năm, 11/8/2022 | Đăng nhập | RSS", True),
        ("Sau ngày 1/7", False),
        ("Xã họp bàn", False),
    ],
)
def test_date_lines(text, date):
    assert is_date_line(text) is date


def test_a_heading_is_boilerplate_only_if_that_is_certain():
    assert not is_certain_boilerplate("Đăng ký kết hôn")
    assert is_certain_boilerplate("Tin liên quan")
    assert is_certain_boilerplate("Lượt xem: 12")
    assert is_caption("Ảnh: Hải Đăng")
    assert has_agency("(HBĐT) - Nhóm phóng viên")
