"""From files to articles to paragraphs: text, saved web pages, Word and PDF."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..text.encodings import tidy
from .boilerplate import Block, Kind, arrange, join_lines
from .decode import decode
from .documents import docx_blocks, pdf_blocks
from .html import read_page

__all__ = ["ARTICLES", "Article", "parse_article", "read_article"]

# A text of this many bytes is no article, but a table or a book under another name.
LARGEST = 10_000_000
TAGS = 200_000
ARTICLES = (".txt", ".html", ".htm", ".docx", ".pdf")


@dataclass(frozen=True)
class Article:
    """An article, in NFC.

    Attributes
    ----------
    source : str
        The path it was read from.
    blocks : tuple of Block
        Everything the page shows, from top to bottom, and what it is: `text` and `kind`.
    headline, date, author, outlet : str or None
        What the page or file says of itself; the date as YYYY-MM-DD.
    """

    source: str
    blocks: tuple[Block, ...]
    headline: str | None = None
    date: str | None = None
    author: str | None = None
    outlet: str | None = None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text that is article: headline, sub-headings and body, without the furniture of the page."""
        return tuple(block.text for block in self.blocks if block.kind is not Kind.BOILERPLATE)


def _clean(text: str) -> str:
    return " ".join(tidy(text)[0].split())


def _from_blocks(source: str, texts: list[str], about: dict[str, str | None] | None = None) -> Article:
    """Tell furniture from article; where nothing reads as a paragraph, every block is one."""
    texts = [text for text in map(_clean, texts) if any(c.isalpha() for c in text)]
    blocks = arrange(texts, headline=(about or {}).get("headline"))
    if not any(block.kind is Kind.BODY for block in blocks):
        blocks = [Block(text, Kind.BODY) for text in texts]
    headline = next((block.text for block in blocks if block.kind is Kind.HEADLINE), None)
    return Article(source, tuple(blocks), **((about or {}) | {"headline": headline}))


def parse_article(text: str, source: str, *, html: bool = False) -> Article:
    """Split the text of an article into paragraphs: its lines, those of one paragraph joined; or the blocks of its HTML.

    Raises
    ------
    ValueError
        There is no text in it.
    """
    text = tidy(text)[0]  # before white space is folded: what looks like it may be half a letter
    if html:
        if (tags := text.count("<")) > TAGS:
            raise ValueError(f"{source} has {tags:,} tags; the page of an article has not")
        page = read_page(text)
        blocks = tuple(Block(_clean(block.text), block.kind) for block in page.blocks)
        facts = (_clean(fact) if fact else None for fact in (page.headline, page.date, page.author, page.outlet))
        article = Article(source, blocks, *facts)
        if article.paragraphs and not any(block.kind is Kind.BODY for block in blocks):
            article = _from_blocks(source, [block.text for block in blocks])
    else:
        article = _from_blocks(source, join_lines(text.splitlines()))
    return _with_text(article)


def _with_text(article: Article) -> Article:
    if not article.paragraphs:
        raise ValueError(f"{article.source} has no paragraph of text")
    return article


def read_article(path: str | Path) -> Article:
    """Read an article from a `.txt`, `.html`, `.docx` or `.pdf` file.

    Text may be UTF-8, UTF-16, Windows-1258, TCVN3 (ABC) or VNI. Word and PDF need the extra ``office``.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ImportError
        The library that reads the file is not installed; the message says what to install.
    ValueError
        The file is of another kind, empty, binary, in no known encoding, damaged, scanned, or without text.

    Examples
    --------
    >>> article = read_article("data/samples/mot-cua-xa.txt")
    >>> len(article.paragraphs) > 5
    True
    """
    path = Path(path)
    kind = path.suffix.lower()
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    if kind not in ARTICLES:
        raise ValueError(f"{path} is no article; want one of {', '.join(ARTICLES)}")
    if kind in (".docx", ".pdf"):
        if not path.stat().st_size:
            raise ValueError(f"{path} is empty")
        return _with_text(_from_blocks(str(path), *(docx_blocks if kind == ".docx" else pdf_blocks)(path)))
    with open(path, "rb") as file:
        data = _no_larger(file.read(LARGEST + 1), str(path))
    text = (decode if kind == ".txt" else _decode_page)(data, str(path))
    return parse_article(text, str(path), html=kind != ".txt")


_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}charset=[\"']?([\w-]+)")


def _decode_page(data: bytes, source: str) -> str:
    """Decode a page: as its bytes show, else as it says of itself, else as UTF-8 with a stray byte or two."""
    try:
        return decode(data, source)
    except ValueError:
        declared = _CHARSET.search(data[:4000])
        if data.strip() and declared:
            with suppress(LookupError, UnicodeDecodeError):
                return data.decode(declared[1].decode())
        text = data.decode("utf8", "replace")
        if not data.strip() or b"\0" in data or text.count("\ufffd") > len(text) / 1000 + 2:
            raise
        return text.replace("\ufffd", "")


def _no_larger(data: bytes, source: str) -> bytes:
    if len(data) > LARGEST:
        raise ValueError(
            f"{source} is larger than {LARGEST // 1_000_000} MB; an article is not (is it a table? name it .csv or .jsonl)"
        )
    return data


def decode_article(data: bytes, source: str) -> Article:
    """Make an article of the bytes of a text, HTML where it begins with a tag."""
    text = decode(_no_larger(data, source), source)
    return parse_article(text, source, html=text.lstrip()[:1] == "<")
