from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.reading.dates import (
    find_date,
    is_labelled_date,
    is_place_and_date,
    line_date,
    month_of,
    nearest_date,
    year_of,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-07-03T09:20:00+07:00", "2026-07-03"),
        ("Thứ Sáu, 03/7/2026 - 09:20", "2026-07-03"),
        ("Ngày đăng: 3 . 7 . 2026", "2026-07-03"),
        ("30-13-2026", None),
        ("32/1/2026", None),
        ("3/7/26", None),
        ("Số 12/2026/NQ-HĐND", None),
        ("Thứ ba, ngày 12 tháng 3 năm 2019", "2019-03-12"),
        ("Tháng Chín 5, 2021", "2021-09-05"),
        ("5 Tháng Mười Hai, 2021", "2021-12-05"),
        ("ngày 5 tháng năm năm 2021", "2021-05-05"),
        ("Th9 5, 2021", "2021-09-05"),
        ("12 thg 3, 2019", "2019-03-12"),
        ("12/3 năm 2019", "2019-03-12"),
        ("Posted on March 12, 2019 by admin", "2019-03-12"),
        ("Tue, 12 Mar 2019 09:20:00 GMT", "2019-03-12"),
        ("2019/3/12", "2019-03-12"),
        ("2019-03-11T20:20:00+00:00", "2019-03-12"),
        ("2019-03-12T20:20:00+07:00", "2019-03-12"),
        # The month first, as servers in English write it: only where it is certain.
        ("3/25/2019 9:20:00 AM", "2019-03-25"),
        ("25/3/2019 9:20:00 AM", "2019-03-25"),
        ("3/12/2019 9:20:00 AM", None),
        ("Thứ Hai, 4/3/2019 9:20 AM", "2019-03-04"),
        ("03/12/2019 9:20 AM", "2019-12-03"),
        ("3/12/2019 9:20", "2019-12-03"),
        ("30/2/2019", None),
        ("", None),
        (None, None),
    ],
)
def test_find_date(text, wanted):
    assert find_date(text) == wanted


@pytest.mark.parametrize(
    ("written", "month", "year"),
    [
        ("2026-07-03", "2026-07", "2026"),
        ("2026/7", "2026-07", "2026"),
        ("3/7/2026", "2026-07", "2026"),
        ("03.07.2026", "2026-07", "2026"),
        ("2026", "", "2026"),
        ("2026-13-01", "", "2026"),
        ("hôm qua", "", ""),
        ("số 120268", "", ""),
    ],
)
def test_month_and_year(written, month, year):
    assert (month_of(written), year_of(written)) == (month, year)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_every_spelling_of_a_date_is_the_same_date(day):
    for written in (day.isoformat(), f"{day.day}/{day.month}/{day.year}", day.strftime("%d.%m.%Y")):
        assert find_date(f"Đăng {written}, Hà Nội") == day.isoformat()
        assert month_of(written) == day.isoformat()[:7]
        assert year_of(written) == str(day.year)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Cập nhật ngày 12/03/2019 09:20", "2019-03-12"),
        ("Hà Nội, ngày 12 tháng 3 năm 2019", "2019-03-12"),
        ("12/03/2019 10:12 | Thư của ông Lò Văn Quế ở thôn Nà Hin, xã Tà Mung", "2019-03-12"),
        ("19:50 - 12/03/2019 Phóng viên: Đinh Nhật Lệ, Trần Cảnh Toàn", "2019-03-12"),
        ("Ngày gửi: 04/3/2019 - Ngày trả lời: 12/3/2019", "2019-03-12"),
        ("Lượt xem: 1.204 | 12/03/2019", "2019-03-12"),
        ("Hôm nay: 12/03/2019", None),
        ("Thứ Ba, 12/03/2019 | 27°C", None),
        ("Hội nghị ngày 12/3/2019 giao cho các sở bốn việc phải làm ngay", None),
        ("12/03/2019 xã Tà Mung họp bàn việc gỡ hồ sơ trễ hẹn", None),
        ("Ngày 12/3", None),
    ],
)
def test_line_date(line, wanted):
    assert line_date(line) == wanted


def test_labels_and_places():
    assert is_labelled_date("Ngày đăng: 12/3/2019")
    assert not is_labelled_date("Thứ Ba, 12/3/2019")
    assert is_place_and_date("Sơn La, ngày 12 tháng 3 năm 2019")
    assert not is_place_and_date("Thứ Ba, 12/3/2019")


CLOCK, OLD, HEAD, TEXT = "Thứ Bảy, 28/11/2026 | 14:05", "12/03/2019 09:20", "Xã họp bàn", None


@pytest.mark.parametrize(
    ("lines", "headline", "wanted"),
    [
        ([CLOCK, HEAD, OLD, TEXT], 1, "2019-03-12"),
        ([CLOCK, HEAD, TEXT], 1, None),
        (["Trang chủ", OLD, HEAD, TEXT], 2, "2019-03-12"),
        (["Trang chủ", CLOCK, "Tin tức", "Thời sự", HEAD, TEXT], 4, None),
        (["Ngày đăng: 12/03/2019", "Tin tức", "Thời sự", HEAD, TEXT], 3, "2019-03-12"),
        (["Sơn La, ngày 12 tháng 3 năm 2019", "BÁO CÁO", "Kết quả", HEAD, TEXT], 3, "2019-03-12"),
        ([CLOCK, HEAD, TEXT, OLD, "13/03/2019"], 1, "2019-03-12"),
        ([HEAD, TEXT], 0, None),
    ],
)
def test_the_date_nearest_to_the_headline(lines, headline, wanted):
    body = lines.index(TEXT)
    assert nearest_date(lines, headline, body) == wanted
