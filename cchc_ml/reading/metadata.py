"""What a web page says about its article: title, date, author and outlet, in its markup or in visible lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .dates import find_date

__all__ = ["Metadata", "fold_space", "read_metadata", "visible_author", "visible_date"]

# The names of <meta> elements, the most reliable first.
META_TITLE = ("og:title",)
META_DATE = ("article:published_time", "pubdate", "dc.date", "datepublished")
META_AUTHOR = ("article:author", "author", "dc.creator")
META_OUTLET = ("og:site_name", "application-name")

# A longer line with a date in it is a sentence about another day.
MAX_DATE_LINE_WORDS = 13

_SPACE = re.compile("[\\s\u200b-\u200f\ufeff\u00ad]+")
_SIGNATURE = re.compile(
    r"(?i)^(?:tác giả|tin,? ảnh|bài,? ảnh|tin và ảnh|bài và ảnh|tin bài|người viết|thực hiện|theo)\s*:\s*(.{3,60})$"
)


@dataclass(frozen=True)
class Metadata:
    """What the markup of a page says about its article.

    Attributes
    ----------
    title : str
        All titles that the page gives, one after the other. They often contain the name of the outlet too.
    date : str or None
        YYYY-MM-DD.
    author, outlet : str or None
        As the page writes them.
    """

    title: str
    date: str | None
    author: str | None
    outlet: str | None


def fold_space(text: str) -> str:
    """Return text with single spaces instead of white space and invisible characters."""
    return _SPACE.sub(" ", text)


def read_metadata(root: Any) -> Metadata:
    """Read the <title>, the <meta> elements and the JSON-LD of a parsed page."""
    article = _linked_data(root)
    titles = (_meta(root, META_TITLE), _name(article.get("headline")), fold_space(root.findtext(".//title") or ""))
    return Metadata(
        title=" ".join(filter(None, titles)),
        date=find_date(_meta(root, META_DATE)) or find_date(_name(article.get("datePublished"))),
        author=_meta(root, META_AUTHOR) or _name(article.get("author")),
        outlet=_meta(root, META_OUTLET) or _name(article.get("publisher")),
    )


def visible_date(lines: Iterable[str]) -> str | None:
    """Return the first date in a short line, as YYYY-MM-DD."""
    dates = (find_date(line) for line in lines if len(line.split()) <= MAX_DATE_LINE_WORDS)
    return next((date for date in dates if date), None)


def visible_author(lines: Iterable[str]) -> str | None:
    """Return the name in the first line that signs an article: "Tin, ảnh: Hải Đăng"."""
    signatures = (_SIGNATURE.match(line) for line in lines)
    return next((signature[1] for signature in signatures if signature), None)


def _meta(root: Any, names: Iterable[str]) -> str | None:
    """Return the content of the first <meta> element with one of the names; an earlier name goes first."""
    for name in names:
        for element in root.iter("meta"):
            own_name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = element.get("content")
            if own_name.lower() == name and content:
                return fold_space(content).strip()
    return None


def _linked_data(root: Any) -> dict[str, Any]:
    """Return the first article in the JSON-LD of a page, or an empty dictionary."""
    for element in root.iter("script"):
        if (element.get("type") or "").lower() != "application/ld+json":
            continue
        for item in _json_items(element.text or ""):
            if isinstance(item, dict) and "Article" in str(item.get("@type")):
                return item
    return {}


def _json_items(text: str) -> Iterator[Any]:
    """Yield the items of a JSON-LD script: of its list, of its graph, or the one object that it is."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    items = data.get("@graph", [data]) if isinstance(data, dict) else data
    if isinstance(items, list):
        yield from items


def _name(value: Any) -> str | None:
    """Return the name that a JSON-LD value gives: a string, an object with a name, or a list of them."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) and value.strip() else None
