"""Cut a web page into pieces of text, at the borders of its blocks.

What a reader does not see and what stands beside the article can be left out, see `cchc_ml.reading.asides`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from ..text.encodings import repair_text
from .boilerplate import end_of, is_prose, word_count
from .lines import group_lines
from .metadata import fold_space, unescape_again
from .tree import Tree, names_of
from .wording import BULLET

__all__ = ["Piece", "cut"]

# Elements whose text is never read.
_NEVER_READ = (
    {"head", "title", "script", "style", "noscript", "template"}
    | {"svg", "math", "iframe", "object", "embed", "audio", "video", "canvas", "map"}
    | {"button", "select", "option", "textarea", "input", "dialog", "marquee"}
    | {"figcaption", "caption"}
)
# Elements that do not begin a new line. Those with a colon in their name are Word's: "o:p", "st1:place".
_INLINE = (
    {"a", "abbr", "acronym", "bdi", "bdo", "cite", "data", "del", "dfn", "ins", "label", "mark", "q", "time", "wbr"}
    | {"b", "big", "em", "font", "i", "nobr", "s", "small", "span", "strike", "strong", "sub", "sup", "u"}
    | {"code", "kbd", "samp", "tt", "var", "ruby", "rb", "rt", "rp", "rtc"}
    | {"img", "picture", "source"}
)
_IMAGES = {"img", "picture", "video", "iframe", "object", "embed", "amp-img"}
_ITALICS = {"i", "em"}
_BOLD = {"b", "strong"}
# The caption of an image that is never read: the image has no other caption below it.
_CAPTIONS = {"figcaption", "caption"}
_DATES = {"time", "abbr"}
_PREFORMATTED = {"pre", "xmp", "listing", "plaintext"}
_HEADING = re.compile(r"h[1-6]")
# The clock of the page stands in one of these, not the date of the article.
_CLOCK = re.compile(
    r"(?i)(?:^|[\s_-])(?:clock|dong-?ho|today|hom-?nay|current-?(?:date|time)|(?:date|time)-?now|top-?(?:bar|head\w*)|"
    r"masthead|banner|weather|thoi-?tiet|lich)(?:$|[\s_-])|(?:^|\s)(?:site-?|main-?|page-?|top-?)?header(?:$|\s)"
)
_PRE_STYLE = re.compile(r"(?i)white-space:pre")
_PRE_CLASS = re.compile(r"(?i)(?:^|\s)(?:whitespace-|white-space-)?pre(?:-line|-wrap|formatted)?(?:$|\s)")

_WHITE_SPACE = re.compile(r"[ \t\r\n\f]+")
# Symbols that the fonts of TCVN3 draw as letters, beside a letter; but not m².
_OLD_LETTER = re.compile(r"(?<![\d\s][mM])(?<=[^\W\d_])[¡-¬®-¾]|[¡-¬®-¾](?=[^\W\d_])")
MIN_OLD_LETTERS = 3

# An item of a list stands in its <li> by at most so many levels.
LIST_ITEM_LEVELS = 3
# A piece with a larger share of links than this is a link, unless so many words of a sentence are not linked.
LINK_SHARE = 0.5
MIN_UNLINKED_WORDS = 5
# A piece is in italics or in bold if this share of it is.
SET_SHARE = 0.9
# Sentences that a <br> divides are one paragraph if so many blocks of the same element are prose, up to so many words.
MIN_SIBLINGS = 3
MAX_JOINED_WORDS = 120


@dataclass
class Piece:
    """A run of text without the border of a block inside.

    Attributes
    ----------
    place : int
        The number of the element that the text stands in.
    text : str
        The text, with single spaces.
    order : tuple of int
        Pieces with a larger order stand below.
    linked, italic, bold, length : int
        How many of its characters are in links, in italics, in bold, and in all.
    unlinked_words : int
        How many of its words are not in links.
    level : int
        The level of the heading that it stands in, 1 to 6; 0 if it is no heading.
    image : int or None
        The element that holds the image before it, if there is no other text between them.
    item : bool
        Whether it is an item of a list.
    day : str or None
        The date that a <time> or <abbr> element in it gives, as written.
    clock : int or None
        The element around it that by its name holds the clock of the page.
    """

    place: int
    text: str = ""
    order: tuple[int, int] = (0, 0)
    linked: int = 0
    italic: int = 0
    bold: int = 0
    length: int = 0
    unlinked_words: int = 0
    level: int = 0
    image: int | None = None
    item: bool = False
    day: str | None = None
    clock: int | None = None
    prose: bool = False

    @property
    def is_link(self) -> bool:
        """Whether most of it is linked, and it is not a sentence in which two laws are linked."""
        if self.linked <= LINK_SHARE * self.length:
            return False
        return not (self.prose and self.unlinked_words >= MIN_UNLINKED_WORDS)

    @property
    def is_italic(self) -> bool:
        """Whether nearly all of it is in italics."""
        return self.italic >= SET_SHARE * self.length

    @property
    def is_bold(self) -> bool:
        """Whether nearly all of it is in bold."""
        return self.bold >= SET_SHARE * self.length

    @property
    def weight(self) -> int:
        """The square of the number of words if it is prose, so that long paragraphs count more than short ones."""
        return word_count(self.text) ** 2 if self.prose and not self.is_link else 0


@dataclass
class _Line:
    """The text of a block up to a <br>."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    italic: int = 0
    bold: int = 0
    length: int = 0
    unlinked_words: int = 0


@dataclass
class _Block:
    """The text between two borders of blocks, with what will be known of each of its pieces."""

    piece: Piece
    preformatted: bool = False
    lines: list[_Line] = field(default_factory=lambda: [_Line()])


def cut(tree: Tree, left_out: Collection[int] = ()) -> list[Piece]:
    """Cut the text of a page into pieces, from top to bottom, without the elements that are left out."""
    blocks = _Cutter(tree, left_out).blocks
    texts = _clean(["".join(line.parts) for block in blocks for line in block.lines])
    pieces = []
    rows = iter(texts)
    lines = [[next(rows) for _ in block.lines] for block in blocks]
    siblings = _prose_siblings(tree, blocks, lines)
    for block, block_texts in zip(blocks, lines, strict=True):
        joins = siblings[tree.parent[block.piece.place]] >= MIN_SIBLINGS
        for group in _groups(block, block_texts, joins_sentences=joins):
            pieces.append(_piece(block, block_texts, group))
            block.piece.image = None
    return pieces


def _clean(lines: list[str]) -> list[str]:
    """Return the lines of a page with old encodings repaired, all at once: a short line alone shows little."""
    raw = [_WHITE_SPACE.sub(" ", unescape_again(line)) for line in lines]
    if not _has_old_letters(raw):
        raw = [fold_space(line) for line in raw]
    repaired = repair_text("\n".join(raw)).split("\n")
    if len(repaired) != len(raw):
        repaired = [repair_text(line) for line in raw]
    return [fold_space(line).strip() for line in repaired]


def _has_old_letters(lines: Sequence[str]) -> bool:
    """Whether a page has letters of an old font. A soft hyphen is one of them; in other pages it is none."""
    found = 0
    for line in lines:
        found += len(_OLD_LETTER.findall(line))
        if found >= MIN_OLD_LETTERS:
            return True
    return False


def _prose_siblings(tree: Tree, blocks: Sequence[_Block], lines: Sequence[Sequence[str]]) -> Counter[int]:
    """Count for each element the blocks directly inside it that are prose and have line breaks, or none."""
    siblings: Counter[int] = Counter()
    for block, texts in zip(blocks, lines, strict=True):
        siblings[tree.parent[block.piece.place]] += any(map(is_prose, filter(None, texts)))
    return siblings


def _piece(block: _Block, texts: Sequence[str], group: Sequence[int]) -> Piece:
    """Return the piece of a group of lines of a block."""
    known = block.piece
    lines = [block.lines[i] for i in group]
    text = " ".join(texts[i] for i in group)
    return Piece(
        place=known.place,
        text=text,
        order=(known.order[0], group[0]),
        linked=sum(line.linked for line in lines),
        italic=sum(line.italic for line in lines),
        bold=sum(line.bold for line in lines),
        length=sum(line.length for line in lines),
        unlinked_words=sum(line.unlinked_words for line in lines),
        level=known.level,
        image=known.image,
        item=known.item,
        day=known.day,
        clock=known.clock,
        prose=is_prose(text),
    )


def _groups(block: _Block, texts: Sequence[str], *, joins_sentences: bool) -> list[list[int]]:
    """Return which lines of a block are one paragraph each."""
    if block.preformatted:
        return group_lines(texts)
    words = sum(map(word_count, texts))
    joins_sentences = joins_sentences and words <= MAX_JOINED_WORDS
    groups: list[list[int]] = []
    for i, text in enumerate(texts):
        if not text:
            continue
        before = texts[groups[-1][-1]] if groups else ""
        is_next = bool(groups) and groups[-1][-1] == i - 1
        if before and (_runs_on(before, text) or (joins_sentences and is_next and _is_next_sentence(before, text))):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _runs_on(before: str, text: str) -> bool:
    return text[0].islower() and not end_of(before)


def _is_next_sentence(before: str, text: str) -> bool:
    """Whether a sentence ends before a line break, and the next one begins behind it."""
    return end_of(before) in (".", "…") and not BULLET.match(text) and is_prose(before) and is_prose(text)


class _Cutter:
    """Walks over a page and cuts its text into blocks.

    Attributes
    ----------
    blocks : list of _Block
        The blocks that have text, from top to bottom.
    """

    def __init__(self, tree: Tree, left_out: Collection[int]) -> None:
        self.blocks: list[_Block] = []
        self._tree = tree
        self._left_out = left_out
        self._block = _Block(Piece(0))
        # How many elements around the current place are left out, links, in italics, in bold, preformatted.
        self._hidden = self._links = self._italics = self._bold = self._preformatted = 0
        self._levels: list[int] = []
        self._clocks: list[int] = []
        self._image: int | None = None
        self._order = 0
        for event, element in etree.iterwalk(tree.root, events=("start", "end", "comment", "pi")):
            self._order += 1
            if event == "start":
                self._start(element, tree.place[element])
            elif event == "end":
                self._end(element, tree.place[element])
            elif not self._hidden:
                self._add(element.tail)
        self._cut(0)

    def _start(self, element: Any, place: int) -> None:
        tag = self._tree.tags[place]
        if tag in _IMAGES and not self._hidden:
            self._image = self._tree.parent[place]
        self._hidden += tag in _NEVER_READ or place in self._left_out
        if self._hidden:
            self._image = None if self._is_text_beside(element, tag) else self._image
            return
        self._enter(element, tag, place, 1)
        if tag == "br":
            self._block.lines.append(_Line())
        elif not _is_inline(tag):
            self._cut(place)
        if tag in _DATES and self._block.piece.day is None:
            self._block.piece.day = element.get("datetime") or element.get("title")
        self._add(element.text)

    def _end(self, element: Any, place: int) -> None:
        tag = self._tree.tags[place]
        if not self._hidden:
            self._enter(element, tag, place, -1)
            if tag != "br" and not _is_inline(tag):
                self._cut(self._tree.parent[place])
        self._hidden -= tag in _NEVER_READ or place in self._left_out
        if not self._hidden:
            self._add(element.tail)

    def _enter(self, element: Any, tag: str, place: int, step: int) -> None:
        """Count an element that begins, or with the step -1 one that ends."""
        self._links += step * (tag == "a" and bool(element.get("href")))
        self._italics += step * (tag in _ITALICS)
        self._bold += step * (tag in _BOLD)
        self._preformatted += step * _is_preformatted(element, tag)
        if _HEADING.fullmatch(tag):
            _push_or_pop(self._levels, int(tag[1]), step)
        if tag == "header" or _CLOCK.search(names_of(element)):
            _push_or_pop(self._clocks, place, step)

    def _is_text_beside(self, element: Any, tag: str) -> bool:
        """Whether an element that is left out has text: the caption of the last image."""
        return (tag not in _NEVER_READ or tag in _CAPTIONS) and bool((element.text or "").strip())

    def _add(self, text: str | None) -> None:
        if not text:
            return
        first, *others = text.split("\n") if self._preformatted else _split_at_blank_lines(text)
        self._add_to_line(first)
        for line in others:
            self._block.lines.append(_Line())
            self._add_to_line(line)

    def _add_to_line(self, text: str) -> None:
        line = self._block.lines[-1]
        line.parts.append(_WHITE_SPACE.sub(" ", text))
        length = len(text.strip())
        line.length += length
        line.italic += length if self._italics else 0
        line.bold += length if self._bold else 0
        if self._links:
            line.linked += length
        else:
            line.unlinked_words += word_count(text)

    def _cut(self, place: int) -> None:
        """End the current block; the next one stands in `place`."""
        if any(line.length for line in self._block.lines):
            self._block.piece.image = self._image
            self._image = None
            self.blocks.append(self._block)
        self._block = _Block(
            Piece(
                place,
                order=(self._order, 0),
                level=self._levels[-1] if self._levels else 0,
                item=self._is_list_item(place),
                clock=self._clocks[-1] if self._clocks else None,
            ),
            preformatted=self._preformatted > 0,
        )

    def _is_list_item(self, place: int) -> bool:
        for _ in range(LIST_ITEM_LEVELS + 1):
            if self._tree.tags[place] == "li":
                return True
            place = self._tree.parent[place]
        return False


def _split_at_blank_lines(text: str) -> list[str]:
    """Split text at blank lines between sentences: a style sheet shows them as borders of paragraphs.

    Each border becomes two line breaks, so that nothing is joined over it.
    """
    first, *others = re.split(r"\n[ \t\r]*\n\s*", text) if "\n" in text else [text]
    parts = [first]
    for other in others:
        if end_of(parts[-1].rstrip()) and other[:1].isupper():
            parts += "", other
        else:
            parts[-1] += " " + other
    return parts


def _push_or_pop(stack: list[int], value: int, step: int) -> None:
    if step > 0:
        stack.append(value)
    else:
        stack.pop()


def _is_inline(tag: str) -> bool:
    return tag in _INLINE or ":" in tag


def _is_preformatted(element: Any, tag: str) -> bool:
    if tag in _PREFORMATTED:
        return True
    style, names = element.get("style"), element.get("class")
    return bool((style and _PRE_STYLE.search(_WHITE_SPACE.sub("", style))) or (names and _PRE_CLASS.search(names)))
