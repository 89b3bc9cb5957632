from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.reading.dates import find_date, month_of, year_of


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
