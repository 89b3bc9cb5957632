"""Dates in text: the date of an article in any usual spelling, and the month or year of a date in a table.

Vietnamese pages write the day first. Some servers write the month first; they also write AM or PM. Where both orders
are possible the date is not known, and no date is better than a wrong one. On the 44 pages of `tests/pages` these rules
find 44 dates; htmldate 1.11.0 finds 31 and gives a wrong date for the other 13, mostly that of the page's clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, timezone

from .wording import CLOCK, DATE_LABEL, DATE_OF_ELSE, DATE_PLACE, DATE_SURROUNDINGS

__all__ = ["find_date", "is_labelled_date", "is_place_and_date", "line_date", "month_of", "nearest_date", "year_of"]

_YEAR_PATTERN = r"(?P<year>(?:19|20)\d\d)(?!\d)"
# "Mười một" goes before "mười": the first name that matches is taken.
_MONTHS = (
    *(("mười một", 11), ("mười hai", 12), ("giêng", 1), ("một", 1), ("hai", 2), ("ba", 3), ("tư", 4), ("bốn", 4)),
    *(("năm", 5), ("sáu", 6), ("bảy", 7), ("bẩy", 7), ("tám", 8), ("chín", 9), ("mười", 10), ("chạp", 12)),
)
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# "tháng", and how programs shorten it: "5 Th9, 2021", "5 thg 9, 2021".
_VIETNAMESE_MONTH = rf"(?:tháng|thg|th)\.?\s*(?P<month>{'|'.join(dict(_MONTHS))}|\d{{1,2}}(?!\d))"
_ENGLISH_MONTH = rf"\b(?P<month>{'|'.join(_ENGLISH_MONTHS)})[a-z]*\.?"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?!\d)"
_MARK = r"\s*[/.-]\s*"

# One row a spelling.
_SPELLINGS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2021-09-05, 2021/9/5, with an hour and a time zone behind it or not
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"
        r"(?:[T ](?P<time>\d\d:\d\d)(?::\d\d(?:\.\d+)?)?\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
        # 05/9/2021, 5-9-2021, 5. 9. 2021
        rf"(?<![\d/]){_DAY}{_MARK}(?P<month>\d{{1,2}}){_MARK}{_YEAR_PATTERN}",
        # 5/9 năm 2021
        rf"(?<![\d/]){_DAY}{_MARK}(?P<month>\d{{1,2}}),?\s+năm\s+{_YEAR_PATTERN}",
        # ngày 5 tháng 9 năm 2021, 5 Tháng Chín, 2021, 5 Th9 2021
        rf"{_DAY}\s*{_VIETNAMESE_MONTH}(?:\s*[,/.-]\s*|\s+)(?:năm\s+)?{_YEAR_PATTERN}",
        # Tháng Chín 5, 2021
        rf"{_VIETNAMESE_MONTH}\s+{_DAY}(?:\s*,\s*|\s+)(?:năm\s+)?{_YEAR_PATTERN}",
        # September 5, 2021
        rf"{_ENGLISH_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR_PATTERN}",
        # 5 September 2021, Sun, 05 Sep 2021
        rf"{_DAY}(?:st|nd|rd|th)?[\s-]+{_ENGLISH_MONTH},?[\s-]+{_YEAR_PATTERN}",
    )
]
_AM_OR_PM = re.compile(r"(?i)\d\s*[ap]\.?m\b")
_WEEKDAYS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:thứ (?:hai|2)|monday)\b",
        r"\b(?:thứ (?:ba|3)|tuesday)\b",
        r"\b(?:thứ (?:tư|4)|wednesday)\b",
        r"\b(?:thứ (?:năm|5)|thursday)\b",
        r"\b(?:thứ (?:sáu|6)|friday)\b",
        r"\b(?:thứ (?:bảy|bẩy|7)|saturday)\b",
        r"\b(?:chủ nhật|sunday)\b",
    )
]
_VIETNAM = timezone(timedelta(hours=7))

# A date line has at most so many words, and so many that are not part of the date: a name, a place.
MAX_DATE_LINE_WORDS = 16
MAX_OTHER_WORDS = 6
# The date that begins a line stands before a border: "30/10/2025 10:12 | Thư của ông Quế".
_FIRST_IN_LINE = re.compile(r"\W*#\W*(?:\d{1,2}[:hg]\d\d(?::\d\d)?)?\s*[|·•–—-]\s")
# A date stands at most so many lines above the headline.
MAX_LINES_ABOVE = 2

# 2026-07, 2026/7/3; or 3/7/2026.
_MONTH = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?!\d)"
    r"|(?<!\d)\d{1,2}[-/.](?P<second_month>\d{1,2})[-/.](?P<last_year>\d{4})(?!\d)"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


# Find a date in a text


def find_date(text: str | None) -> str | None:
    """Return the first date of a text as YYYY-MM-DD, or None. A time with a zone gives the day in Vietnam.

    Examples
    --------
    >>> find_date("Thứ Sáu, 03/7/2026 - 09:20"), find_date("Tháng Chín 5, 2021"), find_date("Sáng nay")
    ('2026-07-03', '2021-09-05', None)
    >>> find_date("2026-07-02T23:30:00Z"), find_date("7/3/2026 9:20:00 AM")
    ('2026-07-03', None)
    """
    if not text or not _YEAR.search(text):
        return None
    matches = sorted(_date_matches(text), key=lambda match: match.start())
    days = (_day_of(match) for match in matches)
    return next((day.isoformat() for day in days if day), None)


def _date_matches(text: str) -> Iterator[re.Match[str]]:
    """Yield the first match of each spelling."""
    for spelling in _SPELLINGS:
        if match := spelling.search(text):
            yield match


def _day_of(match: re.Match[str]) -> date | None:
    """Return the day that a match means, or None if there is no such day or two days are possible."""
    groups = match.groupdict()
    day, month, year = int(groups["day"]), _month_number(groups["month"]), int(groups["year"])
    if "time" in groups:
        return _in_vietnam(_valid(year, month, day), groups["time"], groups["zone"])
    if not groups["month"].isdigit():
        return _valid(year, month, day)
    day_first, month_first = _valid(year, month, day), _valid(year, day, month)
    if day_first and month_first and day_first != month_first and _AM_OR_PM.search(match.string):
        return _the_likely_one(match, day_first, month_first)
    return day_first or (month_first if day > 12 or month > 12 else None)


def _month_number(name: str) -> int:
    if name.isdigit():
        return int(name)
    name = name.lower()
    return dict(_MONTHS).get(name) or 1 + _ENGLISH_MONTHS.index(name[:3])


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_vietnam(day: date | None, time: str | None, zone: str | None) -> date | None:
    """Return the day in Vietnam of a time in another zone."""
    if day is None or time is None or zone is None:
        return day
    try:
        moment = datetime.fromisoformat(f"{day.isoformat()}T{time}{zone}")
    except ValueError:
        return day
    return moment.astimezone(_VIETNAM).date()


def _the_likely_one(match: re.Match[str], day_first: date, month_first: date) -> date | None:
    """Choose between 3 December and 12 March for 3/12 AM: by the weekday, or by the zeros of Vietnamese pages."""
    weekdays = [number for number, pattern in enumerate(_WEEKDAYS) if pattern.search(match.string)]
    fitting = [day for day in (day_first, month_first) if day.weekday() in weekdays]
    if len(fitting) == 1:
        return fitting[0]
    return day_first if match["day"].startswith("0") or match["month"].startswith("0") else None


# Find the date of an article among its lines


def line_date(line: str) -> str | None:
    """Return the date of a line that is the date line of an article; None for a sentence, a title, or the page's clock.

    Examples
    --------
    >>> line_date("Cập nhật ngày 12/03/2019 09:20"), line_date("Hà Nội, ngày 5 tháng 9 năm 2021")
    ('2019-03-12', '2021-09-05')
    >>> line_date("Hôm nay: 12/03/2019"), line_date("Hội nghị ngày 1/2/2025 đã giao cho các sở bốn việc phải làm xong")
    (None, None)
    """
    if not _YEAR.search(line) or len(line.split()) > MAX_DATE_LINE_WORDS or CLOCK.search(line):
        return None
    day = find_date(DATE_OF_ELSE.sub(" ", line)) or find_date(line)
    if day is None or (_FIRST_IN_LINE.match(_without_date(line, "#")) is None and _other_words(line) > MAX_OTHER_WORDS):
        return None
    return day


def _other_words(line: str) -> int:
    """Return how many words of a line are not part of a date, an hour, a label or a counter."""
    return len(re.sub(r"[\W_]+", " ", DATE_SURROUNDINGS.sub(" ", _without_date(line, " "))).split())


def _without_date(line: str, mark: str) -> str:
    """Return a line with a mark where a date stood, without the names of weekdays."""
    for spelling in _SPELLINGS:
        line = spelling.sub(mark, line)
    for weekday in _WEEKDAYS:
        line = weekday.sub(" ", line)
    return line


def is_labelled_date(line: str) -> bool:
    """Whether a line says that its date is that of an article: "Ngày đăng: 5/9/2021"."""
    return bool(DATE_LABEL.search(line))


def is_place_and_date(line: str) -> bool:
    """Whether a line is the place and date of a document: "Hà Nội, ngày 5 tháng 9 năm 2021"."""
    return bool(DATE_PLACE.match(line))


def nearest_date(lines: Sequence[str | None], headline: int, body: int) -> str | None:
    """Return the date of the date line that is nearest to the headline.

    A line below the headline goes before one above it: the clock of the page stands above. A line above counts if it
    has the label of a date, the place of a document, or if it stands directly above the headline and is not the first
    line of the page.

    Parameters
    ----------
    lines : sequence of str or None
        The lines from top to bottom, None for a line that is not looked at.
    headline : int
        The place of the headline; where there is none, the place of the first paragraph.
    body : int
        The place of the first paragraph. The lines below it are looked at last.

    Examples
    --------
    >>> nearest_date(["Thứ Bảy, 28/11/2026", "Xã gỡ hồ sơ trễ hẹn", "12/03/2019", "Sáng nay, xã họp bàn."], 1, 3)
    '2019-03-12'
    """
    body = max(body, headline)
    above = range(headline - 1, -1, -1)
    near = [i for i in above if i > 0 and headline - i <= MAX_LINES_ABOVE]
    certain = [i for i in above if lines[i] and (is_labelled_date(lines[i] or "") or is_place_and_date(lines[i] or ""))]
    below = [line for line in lines[headline:body] if line]
    if any(map(_is_ambiguous, below)):
        certain, near = [], []
    places = [*range(headline, body), *certain, *near, *range(body, len(lines))]
    days = (line_date(line) for line in (lines[i] for i in places) if line)
    return next((day for day in days if day), None)


def _is_ambiguous(line: str) -> bool:
    """Whether a line has a date that can mean two days: the date of the article is not known then."""
    return find_date(line) is None and bool(_AM_OR_PM.search(line)) and any(_date_matches(line))


# The month and the year of a date in a table


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
