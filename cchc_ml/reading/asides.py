"""Which elements of a web page do not belong to the article: what is hidden, and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from .boilerplate import word_count
from .pieces import Piece
from .tree import Tree, names_of, tag_of

__all__ = ["aside_places", "hidden_places"]

# Elements that stand beside the article, unless they hold much of the prose of the page.
_BESIDE = {"nav", "menu", "aside", "footer"}
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
    # captions
    r"caption|chu-?thich|copyright|author-?box",
]
_ASIDE = re.compile(rf"(?i)(?:^|[\s_-])(?:{'|'.join(_ASIDE_NAMES)})(?:$|[\s_-])")
# Those that name a tool of the page. Editors give the same names to boxes around the text.
_TOOL = re.compile(
    r"(?i)(?:^|[\s_-])(?:print|tools?|toolbar|share|social|sharing|search|lich|widget|tags?)(?:$|[\s_-])"
)
# Classes that hide an element, and those that show it again on a wider screen: "d-none d-md-block".
_HIDING_CLASS = re.compile(
    r"(?i)(?:^|\s)(?:(?:d|display)-none|hidden|hide|is-hidden|invisible|element-invisible|(?:u|uk)-hidden|sr-only|"
    r"visually-?hidden|screen-reader-text|ng-hide)(?:$|\s)"
)
_SHOWING_CLASS = re.compile(
    r"(?i)(?:^|\s)(?:d-(?:sm|md|lg|xl|xxl|print)-|(?:sm|md|lg|xl|2xl):)(?!none|hidden)|(?:^|\s)sr-only-focusable"
)
_HIDING_STYLE = re.compile(
    r"(?i)display:none|visibility:(?:hidden|collapse)|mso-hide:all|font-size:0(?:px|pt)?(?:;|!|$)|text-indent:-\d{4}"
)
# An element with this share of the weight of the page is not beside the article, whatever its class is.
MAX_ASIDE_SHARE = 0.3
# A box with a tool of the page has no sentence of so many words.
MIN_PARAGRAPH_WORDS = 20
# A <label> with fewer words names a field of a form.
MIN_LABEL_WORDS = 8

_WHITE_SPACE = re.compile(r"\s+")


def hidden_places(tree: Tree) -> set[int]:
    """Return the elements that a reader does not see."""
    return {place for place, element in enumerate(tree.elements) if place and _is_hidden(element)}


def _is_hidden(element: Any) -> bool:
    if element.get("hidden") is not None and tag_of(element) not in _NEVER_ASIDE:
        return True
    style = element.get("style")
    if style and tag_of(element) != "body" and _HIDING_STYLE.search(_WHITE_SPACE.sub("", style)):
        return True
    names = element.get("class")
    return bool(names and _HIDING_CLASS.search(names) and not _SHOWING_CLASS.search(names))


def aside_places(tree: Tree, pieces: Sequence[Piece]) -> set[int]:
    """Return the elements beside the article: those with such a name that hold little of the prose of the page."""
    weights = [0] * len(tree.elements)
    for piece in pieces:
        weights[piece.place] += piece.weight
    weights = tree.sums(weights)
    most = MAX_ASIDE_SHARE * weights[0]
    asides = {
        place
        for place, element in enumerate(tree.elements)
        if _is_named_aside(element) and (weights[place] < most or not most)
    }
    return (asides - _misnamed(tree, pieces, asides)) | _short_labels(tree)


def _misnamed(tree: Tree, pieces: Sequence[Piece], asides: Collection[int]) -> set[int]:
    """Return the elements that are named as a tool of the page but hold a paragraph and no link."""
    tools = {place for place in asides if _TOOL.search(names_of(tree.elements[place]))}
    if not tools:
        return set()
    links = tree.sums(int(bool(element.get("href"))) for element in tree.elements)
    long = [0] * len(tree.elements)
    for piece in pieces:
        long[piece.place] += piece.prose and word_count(piece.text) >= MIN_PARAGRAPH_WORDS
    long = tree.sums(long)
    return {place for place in tools if long[place] and not links[place]}


def _short_labels(tree: Tree) -> set[int]:
    """Return the <label> elements with few words. One with more is the text of a control of ASP.NET."""
    labels = [place for place, element in enumerate(tree.elements) if tag_of(element) == "label"]
    if not labels:
        return set()
    words = tree.sums(word_count(element.text or "") + _words_of_tails(element) for element in tree.elements)
    return {place for place in labels if words[place] < MIN_LABEL_WORDS}


def _words_of_tails(element: Any) -> int:
    return sum(word_count(child.tail or "") for child in element)


def _is_named_aside(element: Any) -> bool:
    """Whether an element is named as navigation, an advertisement and the like."""
    if element.tag in _NEVER_ASIDE:
        return False
    return tag_of(element) in _BESIDE or bool(_ASIDE.search(names_of(element)))
