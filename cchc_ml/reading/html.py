"""The article on a saved web page: its blocks of text in order, without the navigation around them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from .boilerplate import Block, Kind, arrange, is_prose
from .dates import find_date

__all__ = ["Page", "read_page"]

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "canvas",
        "map",
        "button",
        "select",
        "option",
        "textarea",
        "input",
        "label",
        "nav",
        "aside",
        "footer",
        "head",
        "title",
        "figcaption",
        "caption",
        "dialog",
        "marquee",
        "menu",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "o:p",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "img",
    ]
)
# What a content management system calls the parts of a page that are no article, in either language.
_ASIDE = re.compile(
    r"(?i)(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|footer|sidebar|side|aside|widget|related|relate|lien-?quan|tin-?(?:lien-?quan|khac|moi|doc-?nhieu|cu)|"
    r"other-?news|share|social|sharing|comments?|binh-?luan|tags?|poll|vote|survey|weather|thoi-?tiet|ty-?gia|exchange|counter|visitors?|thong-?ke|banners?|"
    r"ads?|advert\w*|quang-?cao|newsletter|subscribe|login|search|tools?|toolbar|print|rating|caption|chu-?thich|copyright|pager|pagination|hit-?counter|most-?(?:read|viewed)|"
    r"doc-?nhieu|xem-?nhieu|schedule|lich|marquee|author-?box|sr-only|visually-hidden)(?:$|[\s_-])"
)
_SPACE = re.compile("[\\s\u200b-\u200f\ufeff\u00ad]+")


@dataclass(frozen=True)
class Page:
    """The article of a page: its blocks, and what the page says of it, where it says so."""

    blocks: tuple[Block, ...]
    headline: str | None = None
    date: str | None = None
    author: str | None = None
    outlet: str | None = None


@dataclass
class _Piece:
    """A run of text without block boundaries inside."""

    parent: Any
    text: str = ""
    linked: int = 0
    heading: bool = False
    after_image: bool = False
    item: bool = False


def _pieces(root: Any) -> list[_Piece]:
    """Cut a document into runs of text, with the element that each stands in and how much of it is links."""
    pieces: list[_Piece] = []
    current = _Piece(root)
    skip = links = headings = 0
    image = False
    # Whatever it is called, what holds a good part of the page's long paragraphs is no aside.
    asides = {e for e in root.iter(etree.Element) if _aside(e)}
    long_text = _long_text(root)
    asides = {e for e in asides if _long_text(e) < 0.3 * long_text} if long_text else asides

    def close(parent: Any) -> None:
        nonlocal current, image
        current.text = _SPACE.sub(" ", current.text).strip()
        if current.text:
            current.after_image, image = image, False
            pieces.append(current)
        current = _Piece(
            parent,
            heading=headings > 0,
            item=parent is not None and any(e.tag == "li" for e in (parent, *_near(parent))),
        )

    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            text = element.tail or ""
            if not skip:
                current.text += text
            continue
        tag = element.tag.lower() if isinstance(element.tag, str) else ""
        hidden = tag in _SKIPPED or element in asides
        if event == "start":
            skip += hidden
            if skip:
                continue
            image = image or tag == "img"
            links += tag == "a"
            headings += tag in ("h1", "h2", "h3", "h4", "h5", "h6")
            if tag not in _INLINE:
                close(element.getparent() if tag == "br" else element)
            _add(current, element.text, links)
        else:
            if not skip:
                links -= tag == "a"
                headings -= tag in ("h1", "h2", "h3", "h4", "h5", "h6")
                if tag not in _INLINE:
                    close(element.getparent())
            skip -= hidden
            if not skip:
                _add(current, element.tail, links)
    close(root)
    return pieces


def _near(element: Any, most: int = 3) -> list[Any]:
    return [e for e, _ in zip(element.iterancestors(), range(most), strict=False)]


def _long_text(element: Any) -> int:
    """Return how many characters of an element stand in runs of text long enough for a paragraph."""
    return sum(
        len(text)
        for text in element.itertext()
        if len(text) > 120 and not text.lstrip().startswith(("{", "(", "var ", "function", "@"))
    )


def _add(piece: _Piece, text: str | None, links: int) -> None:
    if text:
        piece.text += text
        piece.linked += len(text.strip()) if links else 0


def _aside(element: Any) -> bool:
    if element.tag in ("body", "html", "article", "main", "h1"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(_ASIDE.search(names)) or "display:none" in (element.get("style") or "").replace(" ", "")


def _is_beside(pieces: list[_Piece], i: int, region: Any) -> bool:
    """Whether a piece is a link, a caption, or the teaser under the linked title of another article."""
    piece = pieces[i]
    if piece.linked > 0.5 * len(piece.text) or _is_caption(piece):
        return True
    if (
        i == 0
        or len(piece.text.split()) > 60
        or pieces[i - 1].linked <= 0.5 * len(pieces[i - 1].text)
        or piece.parent is region
    ):
        return False
    box = next(
        (
            e
            for e in (piece.parent, *piece.parent.iterancestors())
            if e is pieces[i - 1].parent or e in pieces[i - 1].parent.iterancestors()
        ),
        region,
    )
    return box is not region and region in box.iterancestors()


def _is_caption(piece: _Piece) -> bool:
    return (
        piece.after_image
        and len(piece.text.split()) < 30
        and (not is_prose(piece.text) or piece.parent.tag in ("em", "i", "center"))
    )


def _body(pieces: list[_Piece]) -> Any:
    """Return the smallest element that holds most of the prose, long paragraphs counting more."""
    weight: dict[Any, int] = {}
    total = 0
    for piece in pieces:
        if is_prose(piece.text) and piece.linked < 0.4 * len(piece.text):
            worth = len(piece.text.split()) ** 2
            total += worth
            element = piece.parent
            while element is not None:
                weight[element] = weight.get(element, 0) + worth
                element = element.getparent()
    best: Any = None
    for element, worth in weight.items():
        if worth >= 0.7 * total and (
            best is None or worth < weight[best] or (worth == weight[best] and best in element.iterancestors())
        ):
            best = element
    return best


def _join_soft(pieces: list[_Piece]) -> list[str]:
    """Join what a <br> broke inside a sentence."""
    texts: list[str] = []
    parent = None
    for piece in pieces:
        if texts and piece.parent is parent and piece.text[0].islower() and not re.search(r"[.!?…:;”\"]$", texts[-1]):
            texts[-1] += " " + piece.text
        else:
            texts.append(piece.text)
        parent = piece.parent
    return texts


def _meta(root: Any, *names: str) -> str | None:
    for name in names:
        for element in root.iter("meta"):
            if (
                element.get("property") or element.get("name") or element.get("itemprop") or ""
            ).lower() == name and element.get("content"):
                return _SPACE.sub(" ", element.get("content")).strip()
    return None


def _linked_data(root: Any) -> dict[str, Any]:
    """Return the article of the page's JSON-LD, where it has one."""
    for element in root.iter("script"):
        if (element.get("type") or "").lower() == "application/ld+json":
            try:
                found = json.loads(element.text or "")
            except (ValueError, RecursionError):
                continue
            items = (
                found if isinstance(found, list) else found.get("@graph", [found]) if isinstance(found, dict) else []
            )
            for item in items if isinstance(items, list) else []:
                if isinstance(item, dict) and "Article" in str(item.get("@type")):
                    return item
    return {}


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) and value.strip() else None


_VISIBLE_AUTHOR = re.compile(
    r"(?i)^(?:tác giả|tin,? ảnh|bài,? ảnh|tin và ảnh|bài và ảnh|tin bài|người viết|thực hiện|theo)\s*:\s*(.{3,60})$"
)


def read_page(source: str) -> Page:
    """Find the article in the HTML of a page.

    Navigation is left out by the names of its elements and by what share of it is links; the body is the smallest element
    that holds most of the prose; what is left inside is told by its wording (`cchc_ml.reading.boilerplate`).
    """
    try:
        root = html.document_fromstring(
            source.encode("utf8", "replace"), parser=html.HTMLParser(encoding="utf8", huge_tree=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        return Page(())
    data = _linked_data(root)
    pieces = _pieces(root)
    title = " ".join(
        filter(
            None,
            (_meta(root, "og:title"), _name(data.get("headline")), _SPACE.sub(" ", root.findtext(".//title") or "")),
        )
    )
    # The headline stands in the page's title, or in its first kind of heading.
    titled = [i for i, p in enumerate(pieces) if len(p.text.split()) > 3 and p.text.lower() in title.lower()]
    heads = next(
        (
            found
            for tag in ("h1", "h2")
            if (found := [i for i, p in enumerate(pieces) if p.heading and p.parent.tag == tag])
        ),
        [],
    )
    region = _body(pieces)
    if region is None:
        return Page(tuple(arrange([p.text for p in pieces])))
    inside = [i for i, p in enumerate(pieces) if p.parent is region or region in p.parent.iterancestors()]
    first = inside[0]
    longest = max((len(pieces[i].text) for i in titled), default=0)
    named = [i for i in titled if len(pieces[i].text) == longest] or [
        i for i in heads if i <= inside[-1] and len(pieces[i].text.split()) > 3
    ][-1:]
    head = max((i for i in named if i <= inside[-1]), default=None)
    # Between headline and body stand by-line and lead; of the rest of the page before it nothing.
    start = head + 1 if head is not None and head < first else max(first - 8, 0) if head is None else first
    lead = [i for i in range(start, first) if pieces[i].linked < 0.4 * len(pieces[i].text)]
    chosen = ([head] if head is not None and head < first else []) + lead + inside
    kept = [pieces[i] for i in chosen if i == head or not _is_beside(pieces, i, region)]
    headline = pieces[head].text if head is not None else None
    items = {p.text for p in kept if p.item and not is_prose(p.text)}
    blocks = arrange(_join_soft(kept), headline=headline, items=items)
    told = next((b.text for b in blocks if b.kind is Kind.HEADLINE), headline)
    lines = [p.text for p in pieces[max(first - 12, 0) : inside[-1] + 4]]
    date = find_date(_meta(root, "article:published_time", "pubdate", "dc.date", "datepublished")) or find_date(
        _name(data.get("datePublished"))
    )
    signed = next((m[1] for line in lines if (m := _VISIBLE_AUTHOR.match(line))), None)
    return Page(
        tuple(blocks),
        headline=told,
        date=date or next((iso for line in lines if len(line.split()) < 14 and (iso := find_date(line))), None),
        author=_meta(root, "article:author", "author", "dc.creator") or _name(data.get("author")) or signed,
        outlet=_meta(root, "og:site_name", "application-name") or _name(data.get("publisher")),
    )
