"""Dates in text: the first full date, and the month or year of a date in any usual spelling."""

from __future__ import annotations

import re

__all__ = ["find_date", "month_of", "year_of"]

_ISO_DATE = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d")
_DAY_FIRST_DATE = re.compile(r"\b(?P<day>\d{1,2})\s*[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>(?:19|20)\d\d)\b")
# 2026-07, 2026/7/3; or 3/7/2026.
_MONTH = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?!\d)"
    r"|(?<!\d)\d{1,2}[-/.](?P<second_month>\d{1,2})[-/.](?P<last_year>\d{4})(?!\d)"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def find_date(text: str | None) -> str | None:
    """Return the first date of a text as YYYY-MM-DD, or None.

    Examples
    --------
    >>> find_date("Thứ Sáu, 03/7/2026 - 09:20"), find_date("Sáng nay")
    ('2026-07-03', None)
    """
    if not text:
        return None
    if iso := _ISO_DATE.search(text):
        return iso[0]
    date = _DAY_FIRST_DATE.search(text)
    if date is None:
        return None
    day, month = int(date["day"]), int(date["month"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{date['year']}-{month:02}-{day:02}"


def month_of(date: str) -> str:
    """Return the month of a date as YYYY-MM, or "" where the text gives no month.

    Examples
    --------
    >>> month_of("2026-07-03"), month_of("3/7/2026"), month_of("2026")
    ('2026-07', '2026-07', '')
    """
    match = _MONTH.search(date)
    if match is None:
        return ""
    year = match["year"] or match["last_year"]
    month = int(match["month"] or match["second_month"])
    return f"{year}-{month:02}" if 1 <= month <= 12 else ""


def year_of(date: str) -> str:
    """Return the year of a date, or "" where the text gives none. The text may be a year alone.

    Examples
    --------
    >>> year_of("3/7/2026"), year_of("năm 2026"), year_of("hôm qua")
    ('2026', '2026', '')
    """
    match = _YEAR.search(date)
    return match[0] if match else ""
