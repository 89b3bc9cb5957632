"""What a web page says about its article: title, date, author and outlet, in its markup or in visible lines."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..text.encodings import repair_text
from .boilerplate import is_signature, word_count
from .dates import find_date
from .wording import NAME_TITLE, NO_AUTHOR, ORGANISATION, SECTION, SIGNATURE, SITE_NAME

__all__ = [
    "Metadata",
    "fold_space",
    "is_author",
    "outlet_of_title",
    "read_metadata",
    "unescape_again",
    "visible_author",
]

# The names of <meta> elements, the most reliable first.
META_TITLE = ("og:title", "twitter:title", "headline")
META_DATE = (
    *("article:published_time", "og:article:published_time", "datepublished", "pubdate", "publishdate", "publish-date"),
    *(
        "publish_date",
        "published_time",
        "dc.date.issued",
        "dcterms.issued",
        "dc.date",
        "dcterms.date",
        "date",
        "datecreated",
    ),
)
META_AUTHOR = ("article:author", "author", "dc.creator", "byl")
META_OUTLET = ("og:site_name", "application-name", "dc.publisher")

# A longer text is no title, but a page that was not closed.
MAX_TITLE_CHARS = 1000
MAX_OUTLET_WORDS = 16

_SPACE = re.compile(r"\s+")
# Soft hyphens, zero-width spaces and joiners, marks of direction, byte order marks.
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# An entity that was escaped twice stands in the text: "&#7843;", "&agrave;".
_ENTITY = re.compile(
    r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{1,2}(?:grave|acute|circ|tilde|uml|cedil|ring|slash)|nbsp|shy|quot|[lr][sd]quo|"
    r"hellip|[nm]dash|micro|para|sect|eth|thorn|not|reg|copy|cedil|uml|[lr]aquo|ordf|sup[123]|middot|times|deg|yen|cent);",
    re.IGNORECASE,
)
_UNICODE_LETTER = re.compile("[\u0102-\u1ef9]")
_COMMENT = re.compile(
    r"^\s*(?:<!--|/[*/]\s*<!\[CDATA\[[*/\s]*|<!\[CDATA\[)|(?:-->|(?:/[*/]\s*)?\]\]>(?:\s*\*/)?)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
# What stands in JSON-LD that is too broken to be read as a whole.
_FIELDS = {
    key: re.compile(rf'"{key}"\s*:\s*"((?:[^"\\]|\\.)*)"')
    for key in ("@type", "headline", "datePublished", "dateCreated")
}
_BRACKETS = re.compile(r"\([^()]*\)")
_AUTHOR_ELEMENTS = ".//*[@rel='author' or @itemprop='author' or contains(@class, 'author')]"
_URL_DATE = re.compile(r"/((?:19|20)\d\d)/(\d\d)/(\d\d)/")
_BORDER = re.compile(r"\s+[-–—|»›·•:]+\s+|\s*[|»›>]+\s*|\s*:{2,}\s*")


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
    site_title : str
        The text of <title>.
    """

    title: str
    date: str | None
    author: str | None
    outlet: str | None
    site_title: str = ""


def fold_space(text: str) -> str:
    r"""Return text with single spaces instead of white space, and without invisible characters.

    Examples
    --------
    >>> fold_space("hành\u00adchính \n\t của\u200b xã")
    'hànhchính của xã'
    """
    return _SPACE.sub(" ", _INVISIBLE.sub("", text))


def unescape_again(text: str) -> str:
    """Return text without entities that were escaped twice and so stand in it: "&#7843;", "&agrave;"."""
    return html.unescape(text) if _ENTITY.search(text) else text


def read_metadata(root: Any) -> Metadata:
    """Read the <title>, the <meta> elements, the microdata and the JSON-LD of a parsed page."""
    meta = _meta_of(root)
    items = list(_linked_data(root))
    article = next((item for item in items if _is_article(item)), {})
    site_title = _fold(root.findtext(".//title") or "")
    titles = (_first(meta, META_TITLE), _name(article.get("headline")), site_title)
    outlet = _outlet(meta, article)
    return Metadata(
        title=" ".join(filter(None, titles)),
        date=_date(root, meta, [article, *items]),
        author=_author(root, meta, article, outlet),
        outlet=outlet,
        site_title=site_title,
    )


def _fold(text: str) -> str:
    text = unescape_again(text[:MAX_TITLE_CHARS])
    if _UNICODE_LETTER.search(text):  # so a soft hyphen in it is no letter of an old font
        text = fold_space(text)
    return fold_space(repair_text(text)).strip()


# <meta> elements and microdata


def _meta_of(root: Any) -> dict[str, list[str]]:
    """Return the contents of the <meta> elements by their names in lower case."""
    meta: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = element.get("content")
        for attribute in ("property", "name", "itemprop"):
            name = element.get(attribute)
            if name and content and content.strip():
                meta.setdefault(name.lower(), []).append(_fold(content))
    return meta


def _first(meta: dict[str, list[str]], names: Sequence[str]) -> str | None:
    """Return the first content of one of the names; an earlier name goes first."""
    return next((meta[name][0] for name in names if name in meta), None)


def _date(root: Any, meta: dict[str, list[str]], items: Sequence[dict[str, Any]]) -> str | None:
    """Return the date of publication: of a <meta> element, of microdata, of JSON-LD, or of the address of the page."""
    written = [content for name in META_DATE for content in meta.get(name, ())]
    written += _microdata_dates(root)
    written += [
        item[key] for key in ("datePublished", "dateCreated") for item in items if isinstance(item.get(key), str)
    ]
    dates = (_compact_date(text) or find_date(text) for text in written)
    return next((date for date in dates if date), None) or _date_of_address(root, meta)


def _compact_date(text: str) -> str | None:
    """Return the date of 20190312 and 20190312T0920."""
    match = re.match(r"((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)", text)
    return find_date("-".join(match.groups())) if match else None


def _microdata_dates(root: Any) -> Iterator[str]:
    for element in root.iterfind(".//*[@itemprop]"):
        if "datepublished" in element.get("itemprop").lower() and element.tag != "meta":
            yield element.get("content") or element.get("datetime") or (element.text or "")


def _date_of_address(root: Any, meta: dict[str, list[str]]) -> str | None:
    """Return the date in the address of the page: /2019/03/12/xa-hop.html."""
    links = [link.get("href") or "" for link in root.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    for address in (*links, *meta.get("og:url", ())):
        if match := _URL_DATE.search(address):
            return find_date("-".join(match.groups()))
    return None


# JSON-LD


def _linked_data(root: Any) -> Iterator[dict[str, Any]]:
    """Yield the items of the JSON-LD of a page."""
    for element in root.iter("script"):
        if (element.get("type") or "").strip().lower() == "application/ld+json":
            yield from _json_items(element.text or "")


def _json_items(text: str) -> Iterator[dict[str, Any]]:
    """Yield the items of a JSON-LD script: of its list, of its graph, or the one object that it is."""
    text = _COMMENT.sub("", _COMMENT.sub("", text))
    try:
        # Many pages have raw line breaks in strings, or a comma too many.
        data = _load_json(text)
    except RecursionError:
        return
    except ValueError:
        data = _fields(text)
    lists = data if isinstance(data, list) else [data]
    for item in lists:
        if isinstance(item, dict):
            graph = item.get("@graph", [item])
            yield from (part for part in (graph if isinstance(graph, list) else [graph]) if isinstance(part, dict))


def _load_json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return json.loads(_TRAILING_COMMA.sub(r"\1", text), strict=False)


def _fields(text: str) -> dict[str, Any]:
    """Return the dates and the headline of JSON that is broken."""
    found = ((key, field.search(text)) for key, field in _FIELDS.items())
    return {key: match[1] for key, match in found if match}


def _is_article(item: dict[str, Any]) -> bool:
    return bool(re.search("Article|Posting|Report", str(item.get("@type"))))


def _name(value: Any) -> str | None:
    """Return the name that a JSON-LD value gives: a string, an object with a name, or a list of them."""
    if isinstance(value, list):
        names = [name for name in map(_name, value) if name]
        return " - ".join(dict.fromkeys(names)) or None
    if isinstance(value, dict):
        value = value.get("name")
    return _fold(value) or None if isinstance(value, str) else None


# Author and outlet


def _outlet(meta: dict[str, list[str]], article: dict[str, Any]) -> str | None:
    return _first(meta, META_OUTLET) or _name(article.get("publisher"))


def _author(root: Any, meta: dict[str, list[str]], article: dict[str, Any], outlet: str | None) -> str | None:
    """Return the first author that is a name: not an address, "admin" or the outlet itself."""
    names = [*(name for key in META_AUTHOR for name in meta.get(key, ())), _name(article.get("author"))]
    names += _marked_authors(root)
    return next((name for name in names if name and is_author(name) and name != outlet), None)


def _marked_authors(root: Any) -> Iterator[str]:
    """Yield the names that the page marks as the author's: rel="author", itemprop="author", class="post-author"."""
    for element in root.xpath(_AUTHOR_ELEMENTS):
        text = _fold("".join(element.itertext()))
        if is_signature(text, certain=False):
            yield text


def is_author(name: str) -> bool:
    """Return whether a name may be that of an author: not an address, an account, a computer or an office.

    Examples
    --------
    >>> [is_author(name) for name in ("Hải Đăng", "admin", "VANTHU-PC", "Windows User", "CHỦ TỊCH")]
    [True, False, False, False, False]
    """
    return not NO_AUTHOR.search(name) and any(character.isalpha() for character in name)


def outlet_of_title(title: str, headline: str | None) -> str | None:
    """Return the outlet that the <title> of a page names before or behind the headline.

    Examples
    --------
    >>> outlet_of_title("Xã gỡ hồ sơ trễ hẹn - Tin tức - Báo Sơn La", "Xã gỡ hồ sơ trễ hẹn")
    'Báo Sơn La'
    >>> outlet_of_title("Xã gỡ hồ sơ trễ hẹn", "Xã gỡ hồ sơ trễ hẹn") is None
    True
    """
    start = title.lower().find(headline.lower()) if headline else -1
    if start < 0 or headline is None:
        return _site_name_in(title)
    sides = (title[start + len(headline) :], title[:start])
    names = (_outlet_in(side) for side in sides if _BORDER.search(f" {side} "))
    return next((name for name in names if name), None)


def _outlet_in(text: str) -> str | None:
    """Return a text without the borders around it and without the names of sections before the outlet."""
    parts = _parts(text)
    for i, start in enumerate(parts):
        if SITE_NAME.match(text[start:]) or ORGANISATION.match(text[start:]):
            return _checked(text[parts[i] :])
    named = [start for start in parts if not SECTION.match(_part(text, start))]
    return _checked(text[named[0] :]) if named else None


def _site_name_in(title: str) -> str | None:
    """Return the part of a title without headline that is the name of a site: by its wording, or beside a section."""
    starts = _parts(title)
    sites = [start for start in starts if SITE_NAME.match(_part(title, start))]
    if sites:
        return _checked(title[sites[0] :])
    others = [start for start in starts if not SECTION.match(_part(title, start))]
    return _checked(_part(title, others[0])) if 0 < len(others) < len(starts) else None


def _parts(text: str) -> list[int]:
    """Return where the parts of a title begin."""
    starts = [0, *(border.end() for border in _BORDER.finditer(text))]
    return [start for start in starts if re.search(r"\w", _part(text, start))]


def _part(text: str, start: int) -> str:
    border = _BORDER.search(text, start)
    return text[start : border.start() if border else len(text)]


def _checked(name: str) -> str | None:
    name = re.sub(r"^[\s|»›·•:.–—-]+|[\s|»›·•:–—-]+$", "", name)
    return name if 0 < word_count(name) <= MAX_OUTLET_WORDS else None


def visible_author(lines: Iterable[str], signatures: Iterable[str] = ()) -> str | None:
    """Return the names in the first line that signs an article ("Tin, ảnh: Hải Đăng"), else the first names alone.

    Parameters
    ----------
    lines : iterable of str
        The lines in and around the article.
    signatures : iterable of str
        The lines that are names and nothing else.
    """
    labelled = (signature[1].strip() for signature in map(SIGNATURE.match, lines) if signature)
    signed = (_BRACKETS.sub("", NAME_TITLE.sub("", line)).strip() for line in signatures)
    return next((name for name in (*labelled, *signed) if is_author(name)), None)
