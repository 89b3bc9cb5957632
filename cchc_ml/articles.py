"""From files to articles to paragraphs: plain text and simple HTML."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from .files import decode, read_text

__all__ = ["ARTICLES", "Article", "parse_article", "read_article"]

ARTICLES = (".txt", ".html", ".htm")


@dataclass(frozen=True)
class Article:
    """An article: where it comes from and its paragraphs, headline first, in NFC.

    Attributes
    ----------
    source : str
        The path it was read from.
    paragraphs : tuple of str
    """

    source: str
    paragraphs: tuple[str, ...]


class _Blocks(HTMLParser):
    """Collect the text of block elements; skip what a reader does not read."""

    SKIP = frozenset({"script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "title", "svg"})
    INLINE = frozenset(
        [
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "cite",
            "code",
            "data",
            "dfn",
            "em",
            "font",
            "i",
            "kbd",
            "mark",
            "q",
            "s",
            "samp",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "time",
            "u",
            "var",
            "wbr",
            "img",
        ]
    )

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self.skipping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SKIP:
            self.skipping.append(tag)
        elif tag not in self.INLINE:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.skipping:
            while self.skipping.pop() != tag:
                pass
        elif tag not in self.INLINE:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.blocks[-1] += data


def parse_article(text: str, source: str, *, html: bool = False) -> Article:
    """Split the text of an article into paragraphs: its lines, or the blocks of its HTML."""
    blocks = text.splitlines()
    if html:
        parser = _Blocks()
        parser.feed(text)
        parser.close()
        blocks = parser.blocks
    paragraphs = (unicodedata.normalize("NFC", " ".join(block.split())) for block in blocks)
    article = Article(source, tuple(p for p in paragraphs if any(c.isalpha() for c in p)))
    if not article.paragraphs:
        raise ValueError(f"{source} has no paragraph of text")
    return article


def read_article(path: str | Path) -> Article:
    """Read an article from a UTF-8 `.txt` file, one paragraph a line, or from a simple `.html` file.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is of another kind, empty, binary, not UTF-8, or without text.

    Examples
    --------
    >>> article = read_article("data/samples/mot-cua-xa.txt")
    >>> len(article.paragraphs) > 5
    True
    """
    path = Path(path)
    if path.exists() and path.suffix.lower() not in ARTICLES:
        raise ValueError(f"{path} is no article; want one of {', '.join(ARTICLES)}")
    return parse_article(read_text(path), str(path), html=path.suffix.lower() != ".txt")


def decode_article(data: bytes, source: str) -> Article:
    """Make an article of the bytes of a text, HTML where it begins with a tag."""
    text = decode(data, source)
    return parse_article(text, source, html=text.lstrip()[:1] == "<")
