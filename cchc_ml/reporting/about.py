"""What a report says about itself: when, by whom and from what it was made, and what it leaves out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from ..messages import message
from ..reading.blocks import Kind
from .formatting import count
from .overview import Overview

__all__ = ["About", "Fact", "InputFile", "counted", "facts", "input_files", "report_date"]

# So many digits of a SHA-256 are shown. The provenance record has all of them.
SHOWN_HASH_DIGITS = 16
# So many files, or notes, are named.
MAX_NAMES = 20
# What rows that are not paragraphs are called.
UNCOUNTED_NAMES = {
    Kind.HEADLINE: "tiêu đề",
    Kind.SUBHEADING: "tiêu đề phụ",
    Kind.BOILERPLATE: "dòng ngoài bài (trình đơn, chú thích ảnh, tên tác giả, ngày giờ)",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class About:
    """What the head of a report says.

    Attributes
    ----------
    title : str
        The title; ``""`` is the usual one.
    unit : str
        The office that the report is from.
    date : str
        YYYY-MM-DD, or ``""``.
    """

    title: str = ""
    unit: str = ""
    date: str = ""

    @property
    def day(self) -> str:
        """The date as ``29/11/2026``."""
        return "/".join(reversed(self.date.split("-")))

    @property
    def day_in_words(self) -> str:
        """The date as ``ngày 29 tháng 11 năm 2026``."""
        if not self.date:
            return ""
        year, month, day = self.date.split("-")
        # Days below 10 and the months 1 and 2 are written with a zero, as Decree 30/2020 wants.
        return f"ngày {day} tháng {month if month in ('01', '02') else month.lstrip('0')} năm {year}"


class Fact(NamedTuple):
    """A line about a report: what it is about, and what it says."""

    label: str
    text: str


class InputFile(NamedTuple):
    """A file that a report is made from: its name, the first digits of its SHA-256, and its paragraphs if known."""

    name: str
    digits: str
    paragraphs: int | None


def report_date(given: str | None = None) -> str:
    """Return the date of a report, YYYY-MM-DD: the given one, that of SOURCE_DATE_EPOCH, or today.

    Raises
    ------
    ValueError
        The given date, or SOURCE_DATE_EPOCH, is not a date.
    """
    if given is not None:
        try:
            if not _DAY.fullmatch(given):
                raise ValueError
            return date.fromisoformat(given).isoformat()
        except ValueError:
            raise ValueError(message("found the date {given!r}; want a day such as 2026-11-29", given=given)) from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return date.today().isoformat()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise ValueError(
            message("SOURCE_DATE_EPOCH is {epoch!r}; want seconds since 1970-01-01", epoch=epoch)
        ) from None


def counted(overview: Overview) -> str:
    """Return how many paragraphs of how many articles were counted: the same words on every paper."""
    overall = overview.overall
    return f"{count(overall.paragraphs)} đoạn văn trong {count(overall.documents)} bài"


def facts(overview: Overview) -> list[Fact]:
    """Return what a report was made with, what was counted, and what was left out."""
    return [Fact(label, text) for label, text in _facts(overview) if text]


def _facts(overview: Overview) -> Iterator[tuple[str, str]]:
    provenance = overview.provenance
    inputs = provenance.get("inputs", {})
    version, model, digits = (provenance.get(name, "") for name in ("cchc_ml", "model_name", "model"))
    yield "Chương trình", version and f"cchc_ml {version}"
    yield "Mô hình", digits and f"{model}, SHA-256 {digits[:SHOWN_HASH_DIGITS]}"
    yield "Dữ liệu đọc", f"{count(len(inputs))} tệp" if inputs else ""
    yield "Được tính", counted(overview)
    numbers = {name: overview.uncounted.get(kind, 0) for kind, name in UNCOUNTED_NAMES.items()}
    yield "Không tính là đoạn văn", ", ".join(f"{count(number)} {name}" for name, number in numbers.items() if number)
    reprints = overview.reprints
    paragraphs = sum(len(reprint.paragraphs) for reprint in reprints)
    yield (
        "Bài đăng lại",
        f"{count(len(reprints))} bài ({count(paragraphs)} đoạn) gần như trùng lời với bài khác nên không tính thêm"
        if reprints
        else "",
    )
    not_read = provenance.get("not_read", ())
    yield "Không đọc", f"{count(len(not_read))} tệp thuộc loại không đọc được: {_named(not_read)}" if not_read else ""
    failures = provenance.get("failures", {})
    yield "Đọc lỗi", f"{count(len(failures))} tệp không đọc được hết: {_named(list(failures))}" if failures else ""
    yield "Ghi chú khi đọc", _named(provenance.get("notes", ()), "; ")


def _named(names: Sequence[str], separator: str = ", ") -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - MAX_NAMES
    return separator.join([*names[:MAX_NAMES], *([f"… (và {count(more)} mục nữa)"] if more > 0 else [])])


def input_files(overview: Overview) -> list[InputFile]:
    """Return the files that the report was made from, in order."""
    paragraphs = overview.provenance.get("paragraphs", {})
    inputs = overview.provenance.get("inputs", {})
    return [InputFile(name, digits[:SHOWN_HASH_DIGITS], paragraphs.get(name)) for name, digits in inputs.items()]
