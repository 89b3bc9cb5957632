"""Find the article on a saved web page: its blocks of text in order, without the navigation around them.

The steps, each a function: cut the page into pieces of text (`_Cutter`), find the element that holds most of the prose
(`_region_of`), find the headline (`_headline_place`), choose the pieces (`_chosen_places`), and give each block its kind
(`cchc_ml.reading.boilerplate.arrange`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from .boilerplate import Block, Kind, arrange, is_prose, word_count
from .metadata import fold_space, read_metadata, visible_author, visible_date

__all__ = ["Page", "read_page"]

# Elements whose text is never read.
_SKIPPED = (
    {"head", "title", "script", "style", "noscript", "template"}
    | {"svg", "math", "iframe", "object", "embed", "audio", "video", "canvas", "map"}
    | {"button", "select", "option", "textarea", "input", "label", "dialog"}
    | {"nav", "menu", "aside", "footer", "marquee"}
    | {"figcaption", "caption"}
)
# Elements that do not begin a new line. "o:p" is Word's.
_INLINE = (
    {"a", "abbr", "acronym", "bdi", "bdo", "cite", "data", "del", "dfn", "ins", "mark", "q", "time", "wbr"}
    | {"b", "big", "em", "font", "i", "nobr", "s", "small", "span", "strike", "strong", "sub", "sup", "u", "o:p"}
    | {"code", "kbd", "samp", "tt", "var"}
    | {"img"}
)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# These hold the article, whatever class or id they have.
_NEVER_ASIDE = {"body", "html", "article", "main", "h1"}

# Parts of the class or id that content management systems give to elements beside the article.
_ASIDE_NAMES = [
    # navigation
    r"nav(?:bar|igation)?|menu|breadcrumbs?|footer|sidebar|side|aside|pager|pagination|search|login|tools?|toolbar",
    # other articles
    r"related|relate|lien-?quan|tin-?(?:lien-?quan|khac|moi|doc-?nhieu|cu)|other-?news|most-?(?:read|viewed)",
    r"doc-?nhieu|xem-?nhieu",
    # readers
    r"share|social|sharing|comments?|binh-?luan|tags?|poll|vote|survey|rating|newsletter|subscribe|print",
    # boxes and counters
    r"widget|weather|thoi-?tiet|ty-?gia|exchange|schedule|lich|marquee|counter|visitors?|thong-?ke|hit-?counter",
    r"banners?|ads?|advert\w*|quang-?cao",
    # captions and what is not shown
    r"caption|chu-?thich|copyright|author-?box|sr-only|visually-hidden",
]
_ASIDE = re.compile(rf"(?i)(?:^|[\s_-])(?:{'|'.join(_ASIDE_NAMES)})(?:$|[\s_-])")
# What begins like this is code, not text.
_CODE = ("{", "(", "var ", "function", "@")
_SENTENCE_END = re.compile(r"[.!?…:;”\"]$")

# A run of text that is longer than this may be a paragraph.
LONG_TEXT_CHARS = 120
# An element with this share of the long text of the page is not beside the article, whatever its class is.
MAX_ASIDE_SHARE = 0.3
# The region of the article holds this share of the prose of the page.
REGION_SHARE = 0.7
# A piece with a larger share of links than this is a link; one with a smaller share than that may be prose.
LINK_SHARE = 0.5
PROSE_LINK_SHARE = 0.4
MAX_CAPTION_WORDS = 29
MAX_TEASER_WORDS = 60
MIN_HEADLINE_WORDS = 4
# If there is no headline, so many pieces before the region may be the by-line and the lead.
LEAD_PIECES = 8
# Date and author are looked for in so many pieces before and after the region.
PIECES_BEFORE, PIECES_AFTER = 12, 3
# An item of a list stands in its <li> by at most so many levels.
LIST_ITEM_LEVELS = 3


@dataclass(frozen=True)
class Page:
    """The article of a page: its blocks, and what the page says about it.

    Attributes
    ----------
    blocks : tuple of Block
        The blocks of the article in order, boilerplate inside the article included.
    headline, date, author, outlet : str or None
        None where the page does not give it; the date is YYYY-MM-DD.
    """

    blocks: tuple[Block, ...]
    headline: str | None = None
    date: str | None = None
    author: str | None = None
    outlet: str | None = None


def read_page(source: str) -> Page:
    """Find the article in the HTML of a page.

    Navigation is left out by the names of its elements and by its share of links. The body is the smallest element that
    holds most of the prose. Boilerplate inside the body is found by its wording (`cchc_ml.reading.boilerplate`).

    Examples
    --------
    >>> page = read_page("<title>Xã gỡ hồ sơ trễ hẹn</title><p>Xã gỡ hồ sơ trễ hẹn</p><p>Sáng nay, xã họp bàn.</p>")
    >>> [block.kind.value for block in page.blocks]
    ['headline', 'body']
    """
    root = _parse(source)
    if root is None:
        return Page(())
    metadata = read_metadata(root)
    pieces = _Cutter(root).pieces
    region = _region_of(pieces)
    if region is None:
        return Page(tuple(arrange([piece.text for piece in pieces])))
    inside = [i for i, piece in enumerate(pieces) if _is_inside(piece.parent, region)]
    first, last = inside[0], inside[-1]
    headline_place = _headline_place(pieces, metadata.title, last)
    chosen = [
        pieces[i]
        for i in _chosen_places(pieces, inside, headline_place)
        if i == headline_place or not _is_beside(pieces, i, region)
    ]
    headline = None if headline_place is None else pieces[headline_place].text
    blocks = arrange(_join_broken_sentences(chosen), headline=headline, items=_list_items(chosen))
    lines = [piece.text for piece in pieces[max(first - PIECES_BEFORE, 0) : last + 1 + PIECES_AFTER]]
    return Page(
        blocks=tuple(blocks),
        headline=next((block.text for block in blocks if block.kind is Kind.HEADLINE), headline),
        date=metadata.date or visible_date(lines),
        author=metadata.author or visible_author(lines),
        outlet=metadata.outlet,
    )


def _parse(source: str) -> Any:
    """Return the root element, or None if there is no element at all."""
    try:
        parser = html.HTMLParser(encoding="utf8", huge_tree=True)
        return html.document_fromstring(source.encode("utf8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


# Cut the page into pieces of text.


@dataclass
class _Piece:
    """A run of text without the border of a block inside.

    Attributes
    ----------
    parent : lxml element
        The element that the text stands in.
    text : str
        The text, with single spaces.
    linked : int
        How many of its characters are in links.
    heading : bool
        Whether it stands in <h1> to <h6>.
    after_image : bool
        Whether there is an image before it, and no other text between them.
    item : bool
        Whether it is an item of a list.
    """

    parent: Any
    text: str = ""
    linked: int = 0
    heading: bool = False
    after_image: bool = False
    item: bool = False

    def link_share(self) -> float:
        return self.linked / len(self.text)


class _Cutter:
    """Walks over a document and cuts its text into pieces, at the borders of blocks.

    Attributes
    ----------
    pieces : list of _Piece
        The pieces that have text, from top to bottom.
    """

    def __init__(self, root: Any) -> None:
        self.pieces: list[_Piece] = []
        self._asides = _asides(root)
        self._current = _Piece(root)
        # How many elements around the current place are hidden, links and headings.
        self._hidden = self._links = self._headings = 0
        self._after_image = False
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event == "start":
                self._start(element)
            elif event == "end":
                self._end(element)
            elif not self._hidden:
                self._current.text += element.tail or ""
        self._cut(root)

    def _start(self, element: Any) -> None:
        self._hidden += self._is_hidden(element)
        if self._hidden:
            return
        tag = _tag(element)
        self._after_image = self._after_image or tag == "img"
        self._links += tag == "a"
        self._headings += tag in _HEADINGS
        if tag not in _INLINE:
            self._cut(element.getparent() if tag == "br" else element)
        self._add(element.text)

    def _end(self, element: Any) -> None:
        if not self._hidden:
            tag = _tag(element)
            self._links -= tag == "a"
            self._headings -= tag in _HEADINGS
            if tag not in _INLINE:
                self._cut(element.getparent())
        self._hidden -= self._is_hidden(element)
        if not self._hidden:
            self._add(element.tail)

    def _is_hidden(self, element: Any) -> bool:
        return _tag(element) in _SKIPPED or element in self._asides

    def _add(self, text: str | None) -> None:
        if text:
            self._current.text += text
            self._current.linked += len(text.strip()) if self._links else 0

    def _cut(self, parent: Any) -> None:
        """End the current piece; the next one stands in `parent`."""
        self._current.text = fold_space(self._current.text).strip()
        if self._current.text:
            self._current.after_image = self._after_image
            self._after_image = False
            self.pieces.append(self._current)
        self._current = _Piece(parent, heading=self._headings > 0, item=_is_list_item(parent))


def _tag(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _is_list_item(element: Any) -> bool:
    for _ in range(LIST_ITEM_LEVELS + 1):
        if element is None:
            return False
        if element.tag == "li":
            return True
        element = element.getparent()
    return False


def _asides(root: Any) -> set[Any]:
    """Return the elements beside the article. An element with much of the long text of the page is not one of them."""
    asides = {element for element in root.iter(etree.Element) if _is_named_aside(element)}
    long_text = _long_text_chars(root)
    if not long_text:
        return asides
    return {element for element in asides if _long_text_chars(element) < MAX_ASIDE_SHARE * long_text}


def _is_named_aside(element: Any) -> bool:
    """Whether class or id name an element as navigation, an advertisement and the like, or its style hides it."""
    if element.tag in _NEVER_ASIDE:
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    style = (element.get("style") or "").replace(" ", "")
    return bool(_ASIDE.search(names)) or "display:none" in style


def _long_text_chars(element: Any) -> int:
    """Return the number of characters in runs of text that are long enough for a paragraph."""
    return sum(
        len(text) for text in element.itertext() if len(text) > LONG_TEXT_CHARS and not text.lstrip().startswith(_CODE)
    )


# Find the region of the article.


def _region_of(pieces: Sequence[_Piece]) -> Any:
    """Return the smallest element that holds most of the prose, or None. Long paragraphs count more than short ones."""
    weights: dict[Any, int] = {}
    total = 0
    for piece in pieces:
        if is_prose(piece.text) and piece.link_share() < PROSE_LINK_SHARE:
            weight = word_count(piece.text) ** 2
            total += weight
            for element in _with_ancestors(piece.parent):
                weights[element] = weights.get(element, 0) + weight
    region: Any = None
    for element, weight in weights.items():
        if weight < REGION_SHARE * total:
            continue
        is_lighter = region is None or weight < weights[region]
        if is_lighter or (weight == weights[region] and _is_ancestor(region, element)):
            region = element
    return region


def _with_ancestors(element: Any) -> list[Any]:
    return [element, *element.iterancestors()]


def _is_ancestor(ancestor: Any, element: Any) -> bool:
    return ancestor in element.iterancestors()


def _is_inside(element: Any, region: Any) -> bool:
    return element is region or _is_ancestor(region, element)


# Find the headline, and choose the pieces of the article.


def _headline_place(pieces: Sequence[_Piece], title: str, last: int) -> int | None:
    """Return the place of the headline: the longest piece that is part of the page's title, else the last heading.

    A headline after the piece `last`, the end of the region, is that of another article.
    """
    titled = [i for i, piece in enumerate(pieces) if _may_be_headline(piece) and piece.text.lower() in title.lower()]
    longest = max((len(pieces[i].text) for i in titled), default=0)
    places = [i for i in titled if len(pieces[i].text) == longest]
    if not titled:
        places = [i for i in _main_headings(pieces) if _may_be_headline(pieces[i])]
    return max((i for i in places if i <= last), default=None)


def _may_be_headline(piece: _Piece) -> bool:
    return word_count(piece.text) >= MIN_HEADLINE_WORDS


def _main_headings(pieces: Sequence[_Piece]) -> list[int]:
    """Return the places of the <h1> of a page; if it has none, those of its <h2>."""
    for tag in ("h1", "h2"):
        if places := [i for i, piece in enumerate(pieces) if piece.heading and piece.parent.tag == tag]:
            return places
    return []


def _chosen_places(pieces: Sequence[_Piece], inside: Sequence[int], headline_place: int | None) -> list[int]:
    """Return the places of the headline, of by-line and lead between headline and region, and of the region."""
    first = inside[0]
    headline = [] if headline_place is None or headline_place >= first else [headline_place]
    if headline:
        start = headline[0] + 1
    elif headline_place is None:
        start = max(first - LEAD_PIECES, 0)
    else:
        start = first
    lead = [i for i in range(start, first) if pieces[i].link_share() < PROSE_LINK_SHARE]
    return [*headline, *lead, *inside]


def _is_beside(pieces: Sequence[_Piece], i: int, region: Any) -> bool:
    """Whether a piece is a link, a caption, or the teaser of another article."""
    return _is_link(pieces[i]) or _is_caption(pieces[i]) or (i > 0 and _is_teaser(pieces[i], pieces[i - 1], region))


def _is_link(piece: _Piece) -> bool:
    return piece.link_share() > LINK_SHARE


def _is_caption(piece: _Piece) -> bool:
    """Whether a piece is a short text below an image that is not prose, or is set in italics or centred."""
    if not piece.after_image or word_count(piece.text) > MAX_CAPTION_WORDS:
        return False
    return not is_prose(piece.text) or piece.parent.tag in ("em", "i", "center")


def _is_teaser(piece: _Piece, before: _Piece, region: Any) -> bool:
    """Whether a piece is a short text below a link, both in one box inside the region."""
    if word_count(piece.text) > MAX_TEASER_WORDS or not _is_link(before) or piece.parent is region:
        return False
    boxes_of_link = _with_ancestors(before.parent)
    box = next((element for element in _with_ancestors(piece.parent) if element in boxes_of_link), region)
    return box is not region and _is_ancestor(region, box)


def _list_items(pieces: Sequence[_Piece]) -> set[str]:
    return {piece.text for piece in pieces if piece.item and not is_prose(piece.text)}


def _join_broken_sentences(pieces: Sequence[_Piece]) -> list[str]:
    """Return the texts of pieces. A piece that continues a sentence in the same element, after a <br>, is joined to it."""
    texts: list[str] = []
    parent = None
    for piece in pieces:
        continues = texts and piece.parent is parent and piece.text[0].islower() and not _SENTENCE_END.search(texts[-1])
        if continues:
            texts[-1] += " " + piece.text
        else:
            texts.append(piece.text)
        parent = piece.parent
    return texts
