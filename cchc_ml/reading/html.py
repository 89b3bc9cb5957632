"""Find the article on a saved web page: its blocks of text in order, without the navigation around them.

The steps, each a function: cut the page into pieces of text (`cchc_ml.reading.pieces`), find the element that holds
most of the prose (`_region_of`), find the headline (`_headline_of`), choose the pieces (`_chosen`), and give each block
its kind (`cchc_ml.reading.blocks.arrange`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from .asides import aside_places, hidden_places
from .blocks import Block, Kind, arrange
from .boilerplate import end_of, is_signature, word_count
from .dates import find_date, is_labelled_date, line_date, nearest_date
from .metadata import Metadata, outlet_of_title, read_metadata, visible_author
from .pieces import Piece, cut
from .tree import Tree, tag_of
from .wording import RELATED_HEADING, SITE_NAME

__all__ = ["Page", "read_page"]

# The names of the elements beside the article are not believed if less than this share of the prose remains then.
MIN_KEPT_SHARE = 0.35
# The region of the article holds this share of the prose of the page.
REGION_SHARE = 0.7
# A piece with a larger share of links than this is not a lead.
PROSE_LINK_SHARE = 0.4
MAX_CAPTION_WORDS = 29
MAX_BOXED_CAPTION_WORDS = 45
# The pieces of a caption in a box that is made for an image.
MAX_PIECES_OF_CAPTION = 2
MAX_TEASER_WORDS = 60
MIN_HEADLINE_WORDS = 4
MIN_MAIN_HEADING_WORDS = 2
# A longer title is none, but a page that was not closed.
MAX_TITLE_CHARS = 1000
# If there is no headline, so many pieces before the region may be the by-line and the lead.
LEAD_PIECES = 8
# Date and author are looked for in so many pieces before and after the region.
PIECES_BEFORE, PIECES_AFTER = 12, 3
# Headings of these levels outrank wording.
MAX_HEADING_LEVEL = 4
# A heading below the first paragraph may be the headline if it is of one of these levels.
MAX_LEVEL_BELOW = 2
# A paragraph of so many words behind the region belongs to the article: the note of an editor.
MIN_WORDS_BEHIND = 20


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


@dataclass(frozen=True)
class _Region:
    """The pieces of a page, and the element that holds the article.

    Attributes
    ----------
    tree : Tree
    pieces : list of Piece
        Without what is hidden or stands beside the article.
    place : int
        The number of the element.
    inside : list of int
        Which pieces stand in it.
    """

    tree: Tree
    pieces: list[Piece]
    place: int
    inside: list[int]

    @property
    def first_prose(self) -> int:
        """The first piece in the element that is prose."""
        return next(i for i in self.inside if self.pieces[i].weight)


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
    tree = Tree(root)
    hidden = hidden_places(tree)
    shown = _shown_pieces(tree, hidden)
    region = _region_of(tree, _kept_pieces(tree, shown, hidden))
    if region is None:
        return _page_without_region(shown, metadata)
    headline = _headline_of(region, shown, metadata)
    chosen = _chosen(region, headline)
    blocks = arrange(
        [piece.text for piece in chosen],
        headline=headline.text if headline else None,
        items={piece.text for piece in chosen if piece.item and not piece.prose},
        headings={piece.text for piece in chosen if 0 < piece.level <= MAX_HEADING_LEVEL},
        leads={piece.text for piece in chosen if piece.is_bold},
    )
    return _page(blocks, headline, metadata, region, shown)


def _parse(source: str) -> Any:
    """Return the root element, or None if there is no element at all."""
    try:
        parser = html.HTMLParser(encoding="utf8", huge_tree=True)
        return html.document_fromstring(source.encode("utf8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _page_without_region(pieces: Sequence[Piece], metadata: Metadata) -> Page:
    """Return the text of a page without prose, without its links."""
    blocks = arrange([piece.text for piece in pieces if not piece.is_link])
    headline = next((block.text for block in blocks if block.kind is Kind.HEADLINE), None)
    outlet = metadata.outlet or outlet_of_title(metadata.site_title, headline)
    return Page(tuple(blocks), headline, metadata.date, metadata.author, outlet)


def _page(
    blocks: Sequence[Block], headline: Piece | None, metadata: Metadata, region: _Region, shown: Sequence[Piece]
) -> Page:
    name = next((block.text for block in blocks if block.kind is Kind.HEADLINE), headline.text if headline else None)
    outlet = metadata.outlet or outlet_of_title(metadata.site_title, name)
    author = metadata.author or visible_author(_lines_around(region, shown), _signatures(region))
    return Page(
        blocks=tuple(blocks),
        headline=name,
        date=metadata.date or _visible_date(region, shown, name),
        author=author if author != outlet else None,
        outlet=outlet,
    )


def _lines_around(region: _Region, shown: Sequence[Piece]) -> Iterator[str]:
    """Yield the lines of the region and a few above and below it, without links."""
    first, last = region.pieces[region.inside[0]].order, region.pieces[region.inside[-1]].order
    start = sum(piece.order < first for piece in shown) - PIECES_BEFORE
    end = sum(piece.order <= last for piece in shown) + PIECES_AFTER
    yield from (piece.text for piece in shown[max(start, 0) : end] if not piece.is_link)


def _signatures(region: _Region) -> Iterator[str]:
    """Yield the lines of names: in bold at the end of the region, with or without a surname; elsewhere with one."""
    pieces, inside = region.pieces, region.inside
    below = max(i for i in inside if pieces[i].weight) + 1
    for piece in pieces[below : inside[-1] + 1]:
        if piece.is_bold and is_signature(piece.text, certain=False):
            yield piece.text
    for piece in pieces[max(inside[0] - PIECES_BEFORE, 0) : inside[-1] + 1 + PIECES_AFTER]:
        if not piece.is_link and is_signature(piece.text):
            yield piece.text


# Find the region of the article.


def _shown_pieces(tree: Tree, hidden: set[int]) -> list[Piece]:
    """Return the pieces that a reader sees; if none of them is prose, those that are hidden too."""
    pieces = cut(tree, hidden)
    return pieces if _weight(pieces) else cut(tree)


def _kept_pieces(tree: Tree, shown: list[Piece], hidden: set[int]) -> list[Piece]:
    """Return the pieces that do not stand beside the article. Where little prose remains, the names are misleading."""
    kept = cut(tree, aside_places(tree, shown) | hidden)
    return kept if _weight(kept) >= MIN_KEPT_SHARE * _weight(shown) else shown


def _weight(pieces: Sequence[Piece]) -> int:
    return sum(piece.weight for piece in pieces)


def _region_of(tree: Tree, pieces: list[Piece]) -> _Region | None:
    """Return the smallest element that holds most of the prose, or None. Long paragraphs count more than short ones."""
    weights = [0] * len(tree.elements)
    for piece in pieces:
        weights[piece.place] += piece.weight
    weights = tree.sums(weights)
    if not weights[0]:
        return None
    # Elements with more than half of the prose stand in each other; the smallest one comes last.
    place = max(i for i, weight in enumerate(weights) if weight >= REGION_SHARE * weights[0])
    return _Region(tree, pieces, place, [i for i, piece in enumerate(pieces) if tree.holds(place, piece.place)])


# Find the headline.


def _headline_of(region: _Region, shown: Sequence[Piece], metadata: Metadata) -> Piece | None:
    """Return the piece that is the headline: the longest one that is part of a title of the page, else a main heading.

    A headline below the region of the article is that of another article.
    """
    last = region.pieces[region.inside[-1]].order
    titled = _titled(shown, metadata)
    longest = max((len(piece.text) for piece in titled), default=0)
    pieces = [piece for piece in titled if len(piece.text) == longest and piece.order <= last]
    if pieces:
        return pieces[-1]
    start = region.pieces[region.first_prose].order
    headings = [piece for piece in _main_headings(region) if not SITE_NAME.match(piece.text) and piece.order <= last]
    above = [piece for piece in headings if piece.order < start]
    below = [piece for piece in headings if piece.level <= MAX_LEVEL_BELOW]
    return above[-1] if above else next(iter(below), None)


def _titled(pieces: Sequence[Piece], metadata: Metadata) -> list[Piece]:
    """Return the pieces that are part of a title of the page, but not the name of the site where there are others."""
    title = metadata.title[:MAX_TITLE_CHARS].lower()
    titled = [
        piece
        for piece in pieces
        if len(piece.text) <= len(title) and piece.text.lower() in title and _is_title(piece, title)
    ]
    headlines = [piece for piece in titled if piece.text != metadata.outlet and not SITE_NAME.match(piece.text)]
    return headlines or [piece for piece in titled if piece.level]


def _is_title(piece: Piece, title: str) -> bool:
    """Whether a part of a title has the words of a headline, or is a heading or the title itself."""
    words = word_count(piece.text)
    return words >= MIN_HEADLINE_WORDS or (
        words >= MIN_MAIN_HEADING_WORDS and (piece.level == 1 or piece.text.lower() == title)
    )


def _main_headings(region: _Region) -> list[Piece]:
    """Return the <h1> of a page; if it has none, its <h2>; and so on."""
    for level in range(1, MAX_HEADING_LEVEL + 1):
        pieces = [
            piece for piece in region.pieces if piece.level == level and word_count(piece.text) >= MIN_HEADLINE_WORDS
        ]
        if pieces:
            return pieces
    return []


# Choose the pieces of the article.


def _chosen(region: _Region, headline: Piece | None) -> list[Piece]:
    """Return the headline, by-line and lead between headline and region, and the region without what stands beside."""
    pieces = region.pieces
    first, last = region.inside[0], region.inside[-1]
    start = max(first - LEAD_PIECES, 0)
    if headline:
        start = next((i for i in range(first) if pieces[i].order > headline.order), first)
    lead = [i for i in range(start, first) if _may_be_lead(pieces[i])]
    boxes = _related_boxes(region)
    places = [*lead, *(i for i in range(first, last + 1) if i not in boxes), *_behind(region)]
    chosen = [pieces[i] for i in places if not _is_beside(region, i)]
    if not _weight(chosen):  # a page of photos with a paragraph each
        chosen = [pieces[i] for i in places]
    if headline is None:
        return chosen
    chosen = [piece for piece in chosen if piece.order != headline.order]
    above = sum(piece.order < headline.order for piece in chosen)
    return [*chosen[:above], headline, *chosen[above:]]


def _may_be_lead(piece: Piece) -> bool:
    return piece.linked < PROSE_LINK_SHARE * piece.length


def _related_boxes(region: _Region) -> set[int]:
    """Return the pieces of the boxes inside the region that begin with a heading such as "Tin liên quan"."""
    tree, pieces = region.tree, region.pieces
    boxes: set[int] = set()
    for i in region.inside[:-1]:
        if i in boxes or not RELATED_HEADING.match(pieces[i].text) or not pieces[i + 1].is_link:
            continue
        box = tree.common(pieces[i].place, pieces[i + 1].place)
        begins_box = not tree.holds(box, pieces[i - 1].place) if i else True
        if begins_box and box != region.place and tree.holds(region.place, box):
            boxes |= set(_pieces_in(region, box, i))
    return boxes


def _pieces_in(region: _Region, box: int, first: int) -> Iterator[int]:
    """Yield the pieces of a box from the first one on."""
    for i in range(first, len(region.pieces)):
        if not region.tree.holds(box, region.pieces[i].place):
            return
        yield i


def _behind(region: _Region) -> list[int]:
    """Return the pieces of the elements behind the region that go on with the article: a paragraph, no links."""
    tree, pieces = region.tree, region.pieces
    around = tree.parent[region.place]
    behind: list[int] = []
    i = region.inside[-1] + 1
    while i < len(pieces) and tree.holds(around, pieces[i].place):
        part = list(_pieces_in(region, _child_of(tree, around, pieces[i].place), i)) or [i]
        if any(pieces[j].weight and word_count(pieces[j].text) >= MIN_WORDS_BEHIND for j in part):
            if any(pieces[j].is_link for j in part):
                break
            behind += part
        elif not all(pieces[j].is_link for j in part):
            break
        i = part[-1] + 1
    return behind


def _child_of(tree: Tree, around: int, place: int) -> int:
    """Return the element directly inside another one that holds a place; the place itself if it is that element."""
    while place != around and tree.parent[place] != around:
        place = tree.parent[place]
    return place


def _is_beside(region: _Region, i: int) -> bool:
    """Whether a piece is a link, a caption, or the teaser of another article."""
    return region.pieces[i].is_link or _is_caption(region, i) or (i > 0 and _is_teaser(region, i))


def _is_caption(region: _Region, i: int) -> bool:
    """Whether a piece is set like a caption, or is a short text below an image, or is alone with it in a box."""
    piece = region.pieces[i]
    words, is_centred = word_count(piece.text), _is_centred(region, piece)
    if piece.level or words > MAX_BOXED_CAPTION_WORDS:
        return False
    if piece.image is None:
        return piece.is_italic and is_centred and not piece.prose
    if words <= MAX_CAPTION_WORDS and (
        piece.is_italic or is_centred or not (piece.prose or _is_heading_or_question(piece))
    ):
        return True
    return _is_alone_with_image(region, i)


def _is_heading_or_question(piece: Piece) -> bool:
    """Whether a piece below an image is set in bold: a sub-heading; or asks a question of an interview."""
    return piece.is_bold or end_of(piece.text) == "?"


def _is_centred(region: _Region, piece: Piece) -> bool:
    element = region.tree.elements[piece.place]
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        tag_of(element) in ("center", "em", "i")
        or "text-align:center" in style
        or (element.get("align") or "").lower() == "center"
    )


def _is_alone_with_image(region: _Region, i: int) -> bool:
    """Whether a small box inside the region holds an image and this piece, and at most the name of its photographer."""
    tree, pieces, piece = region.tree, region.pieces, region.pieces[i]
    if piece.image is None:
        return False
    box = tree.common(piece.place, piece.image)
    if box == region.place or not tree.holds(region.place, box):
        return False
    is_image_box = tree.is_image_box(box)
    if box == piece.place and not is_image_box:
        return False
    most = MAX_PIECES_OF_CAPTION if is_image_box else 1
    around = range(max(i - 1, 0), min(i + most + 1, len(pieces)))
    return sum(tree.holds(box, pieces[j].place) for j in around) <= most


def _is_teaser(region: _Region, i: int) -> bool:
    """Whether a piece is a short text below a link, both in one box inside the region."""
    tree, piece, before = region.tree, region.pieces[i], region.pieces[i - 1]
    if word_count(piece.text) > MAX_TEASER_WORDS or not before.is_link or piece.place == region.place:
        return False
    box = tree.common(piece.place, before.place)
    return box != region.place and tree.holds(region.place, box)


# Find the date.


def _visible_date(region: _Region, shown: Sequence[Piece], headline: str | None) -> str | None:
    """Return the date of the line that is nearest to the headline."""
    first, last = (region.pieces[i].order for i in (region.first_prose, region.inside[-1]))
    body = next(i for i, piece in enumerate(shown) if piece.order >= first)
    named = [i for i, piece in enumerate(shown) if piece.text == headline and piece.order <= last]
    place = named[-1] if named else body
    end = sum(piece.order <= last for piece in shown) + PIECES_AFTER
    lines = [_date_line(region.tree, shown, i, place, body) for i in range(end) if i < len(shown)]
    return nearest_date(lines, place, body)


def _date_line(tree: Tree, shown: Sequence[Piece], i: int, headline: int, body: int) -> str | None:
    """Return the text of a piece that may be the date line, or None."""
    piece = shown[i]
    if i == headline or piece.prose or (piece.is_link and not line_date(piece.text)):
        return None
    if piece.is_link and not (headline < i < body or is_labelled_date(piece.text)):
        return None
    if i < headline and not is_labelled_date(piece.text) and _is_in_head_of_page(tree, shown, i, headline):
        return None
    return find_date(piece.day) or piece.text


def _is_in_head_of_page(tree: Tree, shown: Sequence[Piece], i: int, headline: int) -> bool:
    """Whether a line above the headline stands outside the box of the article, or beside the clock of the page."""
    box = tree.common(shown[i].place, shown[headline].place)
    if tree.holds(box, shown[0].place):
        return True
    clock = shown[i].clock
    return clock is not None and not tree.holds(clock, shown[headline].place)
