"""Find the columns of a table by the names that people give them, in Vietnamese or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ..text.encodings import readings
from ..text.normalize import INVISIBLE, normalise, strip_diacritics

__all__ = [
    "COLUMN_NAMES",
    "cell_of",
    "columns_of",
    "document_of",
    "find_column",
    "find_text_column",
    "fold_name",
]

# For each field: the names that its column may have, the most usual first. Upper and lower case, white space, line
# breaks, underscores, punctuation and remarks in brackets do not matter. A name without diacritics is accepted too.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "text",
        "nội dung",
        "content",
        "đoạn",
        "đoạn văn",
        "nội dung trích dẫn",
        "trích dẫn",
        "nội dung trích",
        "đoạn trích",
        "trích đoạn",
        "nội dung đoạn",
        "nội dung đoạn văn",
        "nội dung đoạn trích",
        "nội dung bài",
        "nội dung bài viết",
        "nội dung bài báo",
        "nội dung tin",
        "nội dung tin bài",
        "nội dung phản ánh",
        "nội dung đăng",
        "nội dung đăng tải",
        "toàn văn",
        "body",
        "full text",
        "passage",
    ),
    "labels": ("labels", "label", "nhãn đã sửa", "nhãn", "gắn nhãn", "gán nhãn", "trụ cột", "pillars"),
    "document": (
        "document",
        "văn bản",
        "tài liệu",
        "mã văn bản",
        "số văn bản",
        "document id",
        "doc id",
        "doc",
    ),
    "article": ("article", "bài báo", "bài viết", "tin bài", "mã bài", "mã bài báo", "mã bài viết", "article id"),
    "split": ("split", "tập", "tập dữ liệu", "fold", "subset"),
    "date": (
        "date",
        "ngày",
        "ngày đăng",
        "ngày đăng bài",
        "ngày đăng tin",
        "ngày đăng tải",
        "ngày xuất bản",
        "ngày phát hành",
        "ngày ra báo",
        "ngày báo",
        "ngày tháng",
        "ngày tháng năm",
        "ngày giờ đăng",
        "thời gian đăng",
        "thời gian đăng tải",
        "thời điểm đăng",
        "thời gian",
        "published",
        "published at",
        "publication date",
        "pubdate",
    ),
    "outlet": (
        "outlet",
        "báo",
        "cơ quan báo chí",
        "tên cơ quan báo chí",
        "tên báo",
        "tờ báo",
        "báo đài",
        "báo chí",
        "báo tạp chí",
        "cơ quan báo",
        "cơ quan đăng",
        "cơ quan đăng tải",
        "đơn vị đăng tải",
        "toà soạn",
        "tòa soạn",
        "nguồn",
        "nguồn tin",
        "nguồn báo",
        "nguồn đăng",
        "nguồn đăng tải",
        "trang báo",
        "trang tin",
        "newspaper",
        "publisher",
    ),
    "headline": (
        "headline",
        "title",
        "tiêu đề",
        "tiêu đề bài",
        "tiêu đề bài báo",
        "tiêu đề bài viết",
        "tiêu đề tin bài",
        "tên bài",
        "tên bài báo",
        "tên bài viết",
        "tên tin bài",
        "đầu đề",
        "nhan đề",
        "tựa đề",
        "tít",
        "tít bài",
    ),
    "link": (
        "url",
        "link",
        "liên kết",
        "đường dẫn",
        "đường link",
        "đường dẫn bài viết",
        "link bài",
        "link bài báo",
        "link bài viết",
        "địa chỉ bài viết",
        "href",
    ),
    "source": ("source",),
}
# The fields that say which document a row belongs to. The first one that a row has decides.
DOCUMENT_FIELDS = ("document", "article", "link", "source", "headline")

_WHOLE_NUMBER = re.compile(r"(-?\d+)\.0+")
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")


def fold_name(name: object) -> str:
    r"""Return a name as it is compared: in NFC and lower case, with one space for all that is not a letter or digit.

    Examples
    --------
    >>> fold_name("Nội dung\ntrích_dẫn:"), fold_name("NGÀY\xa0ĐĂNG")
    ('nội dung trích dẫn', 'ngày đăng')
    """
    return normalise(str(name)).strip()


def _readings(name: object) -> tuple[str, ...]:
    """Return what a column's name may say, the most likely first: as it is, without brackets, in an old encoding."""
    text = str(name)
    whole = (text, *(reading for reading in readings(text) if reading != text))
    return tuple(dict.fromkeys(filter(None, map(fold_name, (*whole, *(_BRACKETS.sub(" ", part) for part in whole))))))


def find_column(columns: Iterable[str], *wanted: str) -> str | None:
    """Return the column that has the first of the wanted names that any column has, or None.

    A name is compared as `fold_name` returns it. A column may also be written without diacritics, for the fonts of
    TCVN3 or VNI, or with a remark in brackets.

    Examples
    --------
    >>> find_column(["STT", "Ngµy ®¨ng (dd/mm/yyyy)"], "date", "ngày đăng")
    'Ngµy ®¨ng (dd/mm/yyyy)'
    """
    return _find_column(tuple(columns), wanted)


@lru_cache(maxsize=1024)  # it is called for every row of a table
def _find_column(columns: tuple[str, ...], wanted: tuple[str, ...]) -> str | None:
    column_of: dict[str, str] = {}
    all_readings = [(column, _readings(column)) for column in columns]
    for rank in range(max((len(named) for _, named in all_readings), default=0)):
        for column, named in all_readings:
            if rank < len(named):
                column_of.setdefault(named[rank], column)
    for name in wanted:
        if name in columns:
            return name
        folded = fold_name(name)
        for reading in (folded, strip_diacritics(folded)):
            if reading in column_of:
                return column_of[reading]
    return None


def find_text_column(columns: Iterable[str], wanted: str | None = None) -> str | None:
    """Return the column that holds the text, or None: `wanted` if it is given, else the first column of a usual name.

    Examples
    --------
    >>> find_text_column(["id", "Nội dung"]), find_text_column(["id", "text"], "body")
    ('Nội dung', None)
    """
    return find_column(columns, *([wanted] if wanted else COLUMN_NAMES["text"]))


def cell_of(row: Mapping[str, Any], field: str) -> Any:
    """Return the first value of a row that is not empty and is in a column of a field; None if there is none.

    Examples
    --------
    >>> cell_of({"Cơ quan báo chí": "Báo Sơn Lam"}, "outlet"), cell_of({"outlet": ""}, "outlet")
    ('Báo Sơn Lam', None)
    """
    for column in columns_of(tuple(row), field):
        if row[column] not in (None, ""):
            return row[column]
    return None


@lru_cache(maxsize=1024)
def columns_of(columns: tuple[str, ...], field: str) -> tuple[str, ...]:
    """Return all columns that have a name of a field, the most usual name first.

    Examples
    --------
    >>> columns_of(("Nguồn", "STT", "Tên báo"), "outlet")
    ('Tên báo', 'Nguồn')
    """
    found = (_find_column(columns, (name,)) for name in COLUMN_NAMES[field])
    return tuple(dict.fromkeys(column for column in found if column is not None))


def document_of(row: Mapping[str, Any]) -> str:
    """Return the name of the document that a row belongs to, or ``""`` if no column says it.

    ``1``, ``1.0`` and ``" 1"`` are the same name, and so are the spellings of one title.

    Examples
    --------
    >>> document_of({"Văn bản": 12.0, "text": "Xã họp."})
    'document:12'
    """
    for field in DOCUMENT_FIELDS:
        name = plain_name(cell_of(row, field))
        if name:
            return f"{field}:{name}"
    return ""


def plain_name(value: object) -> str:
    r"""Return a name or number of a cell in one form: in NFC, without invisible characters, a whole number as such.

    Examples
    --------
    >>> plain_name(1.0), plain_name(" 1"), plain_name("1.0"), plain_name("Bài\xa0 1"), plain_name(None)
    ('1', '1', '1', 'Bài 1', '')
    """
    if value is None:
        return ""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", str(value)))
    text = " ".join(text.split())
    whole = _WHOLE_NUMBER.fullmatch(text)
    return whole[1] if whole else text
