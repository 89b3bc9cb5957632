"""Read an article from a text file, a saved web page, a Word or a PDF file, and split it into paragraphs."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from ..messages import message
from ..text.encodings import repair_text
from .blocks import Block, Kind, arrange
from .boilerplate import is_boilerplate, is_certain_boilerplate, is_prose, is_signature, word_count
from .dates import line_date, nearest_date
from .decode import check_not_empty, decode, decode_page
from .documents import TITLE_LEVEL, Document, Facts, Paragraph
from .html import Page, read_page
from .kinds import FileKind, kind_of, kind_to_read
from .lines import join_lines
from .mail import read_mail
from .metadata import visible_author
from .odt import read_odt
from .pdf import read_pdf
from .rtf import rtf_lines
from .word import read_docx

__all__ = [
    "MAX_ARTICLE_BYTES",
    "Article",
    "article_from_bytes",
    "decode_article",
    "parse_article",
    "read_article",
]

# A larger text is not an article, but a table or a book.
MAX_ARTICLE_BYTES = 10_000_000
MAX_HTML_TAGS = 200_000
# The HTML parser compares every attribute of a tag with every other.
MAX_TAG_ATTRIBUTES = 1_000
# An opening tag with its attributes. In an attribute value in quotation marks, ">" does not end the tag.
_OPENING_TAG = re.compile(r"""<[A-Za-z](?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+""")
_QUOTED_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
# An article with more paragraphs is a book, or a table.
MAX_PARAGRAPHS = 20_000
# The authors of an article stand above its body or in so many lines below.
SIGNATURE_LINES = 3
# A page without prose is read as lines if one of them has so many words; otherwise it is a menu.
MIN_LINE_WORDS = 6
# A shorter line above the first section of a document is not its title.
MIN_TITLE_WORDS = 4

_DOCUMENT_READERS = {FileKind.WORD: read_docx, FileKind.ODT: read_odt, FileKind.PDF: read_pdf}

_HTML = {
    Kind.HEADLINE: "<h3>{}</h3>",
    Kind.SUBHEADING: "<h4>{}</h4>",
    Kind.BODY: "<p>{}</p>",
    Kind.BOILERPLATE: '<p><small style="color:#767676">{}</small></p>',
}

_NO_FACTS: Facts = {"headline": None, "date": None, "author": None, "outlet": None}


@dataclass(frozen=True)
class Article:
    """An article, in NFC.

    Attributes
    ----------
    source : str
        The path it was read from.
    blocks : tuple of Block
        Every block of text of the page, from top to bottom, with its kind.
    headline, date, author, outlet : str or None
        What the page or file says about itself; the date is YYYY-MM-DD.
    notes : tuple of str
        What of the file could not be read: "pages 4, 5 are a scan without text; …".
    """

    source: str
    blocks: tuple[Block, ...]
    headline: str | None = None
    date: str | None = None
    author: str | None = None
    outlet: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text of the article: headline, sub-headings and body, without boilerplate."""
        return tuple(block.text for block in self.blocks if block.kind is not Kind.BOILERPLATE)

    def _repr_html_(self) -> str:
        """Return the article as HTML for a notebook: its facts, then every block; boilerplate is grey and small."""
        facts = (self.source, self.date, self.author, self.outlet)
        lines = [f"<p><small>{escape(' · '.join(fact for fact in facts if fact))}</small></p>"]
        lines += [_HTML[block.kind].format(escape(block.text)) for block in self.blocks]
        return f"<div>{''.join(lines)}</div>"


def read_article(path: str | Path) -> Article:
    """Read an article from a file: `.txt`, `.html`, `.mhtml`, `.eml`, `.docx`, `.odt`, `.rtf` or `.pdf`.

    Text may be UTF-8, UTF-16, Windows-1258, TCVN3 (ABC) or VNI. PDF and RTF files need the extra ``office``. What a
    file is, its first bytes say: a web page is read whatever its name is.

    Raises
    ------
    FileNotFoundError
        The file does not exist.
    ImportError
        The library that reads the file is not installed; the message says what to install.
    ValueError
        The file is of another kind, too large, empty, binary, in an unknown encoding, damaged, locked, scanned, or
        has no text.

    Examples
    --------
    >>> article = read_article("data/samples/mot-cua-xa.txt")
    >>> len(article.paragraphs) > 5
    True
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(message("no file {path}", path=path))
    check_not_empty(path)
    return _read(str(path), path)


def article_from_bytes(name: str, data: bytes) -> Article:
    """Make an article from the content of a file, as `read_article` does.

    Raises
    ------
    ImportError, ValueError
        As for `read_article`.
    """
    _check_size(data, name)
    if not data:
        raise ValueError(message("{name} is empty", name=name))
    return _read(name, io.BytesIO(data))


def decode_article(data: bytes, source: str) -> Article:
    """Make an article from bytes that have no file name: plain text, a web page, a mail or rich text.

    Raises
    ------
    ValueError
        As for `read_article`.
    """
    kind = kind_of(data)
    if kind in _DOCUMENT_READERS or kind in (FileKind.ARCHIVE, FileKind.OLD_OFFICE):
        raise ValueError(message("{source} is not text; give the name of the file", source=source))
    return _from_bytes(source, data, kind)


def _read(name: str, file: Path | io.BytesIO) -> Article:
    kind = kind_to_read(name, file)
    if kind in _DOCUMENT_READERS:
        return _from_document(name, _DOCUMENT_READERS[kind](name, file))
    if isinstance(file, io.BytesIO):
        return _from_bytes(name, file.getvalue(), kind)
    with open(file, "rb") as stream:
        return _from_bytes(name, stream.read(MAX_ARTICLE_BYTES + 1), kind)


def _from_bytes(name: str, data: bytes, kind: FileKind) -> Article:
    _check_size(data, name)
    if kind is FileKind.PAGE:
        return parse_article(decode_page(data, name), name, html=True)
    if kind in (FileKind.WEB_ARCHIVE, FileKind.MAIL):
        return _from_mail(name, data, is_mail=kind is FileKind.MAIL)
    if kind is FileKind.RTF:
        return parse_article("\n\n".join(rtf_lines(name, data)), name)
    return parse_article(decode(data, name), name)


def _from_mail(name: str, data: bytes, is_mail: bool) -> Article:
    """Make an article from a mail. Its subject is the headline, and its day the date, if its text does not give them.

    The head of a web archive says when it was saved, which is not the date of the article.
    """
    mail = read_mail(name, data)
    article = parse_article(mail.text, name, html=mail.html)
    if not is_mail:
        return article
    return replace(article, headline=article.headline or mail.subject, date=article.date or mail.date)


def parse_article(text: str, source: str, *, html: bool = False) -> Article:
    """Split the text of an article into paragraphs.

    Parameters
    ----------
    text : str
        Plain text, where lines that belong to one paragraph are joined; or HTML.
    source : str
        The name of the article, for error messages.
    html : bool, optional
        Whether the text is HTML.

    Raises
    ------
    ValueError
        There is no text in it, or too many HTML tags.
    """
    if html:
        return _check_text(_from_html(text, source))
    # Repair before white space is folded: a character that looks like white space may be half a letter.
    lines = join_lines(repair_text(text).splitlines())
    _check_number(len(lines), source)
    return _check_text(_from_texts(source, lines))


def _from_document(source: str, document: Document) -> Article:
    """Make an article from a document, where styles tell titles and headings."""
    paragraphs = _repaired(document.paragraphs)
    _check_number(len(paragraphs), source)
    title = _title_of(paragraphs)
    facts = document.facts if title is None else {**document.facts, "headline": title}
    headings = {_clean(paragraph.text) for paragraph in paragraphs if paragraph.level is not None}
    items = {_clean(paragraph.text) for paragraph in paragraphs if paragraph.item}
    article = _from_texts(source, [paragraph.text for paragraph in paragraphs], facts, headings, items)
    return _check_text(replace(article, notes=document.notes))


def _title_of(paragraphs: Sequence[Paragraph]) -> str | None:
    """Return the title of a document: by its style, its only heading of the first level, or above its sections."""
    titles = [paragraph.text for paragraph in paragraphs if paragraph.level == TITLE_LEVEL]
    if titles:
        return max(titles, key=len)
    levels = [paragraph.level for paragraph in paragraphs if paragraph.level]
    if not levels:
        return None
    first = next(place for place, paragraph in enumerate(paragraphs) if paragraph.level == min(levels))
    above = [paragraph.text for paragraph in paragraphs[:first]]
    if levels.count(min(levels)) == 1 and not any(map(is_prose, above)):
        return paragraphs[first].text
    may_be_titles = [text for text in above if word_count(text) >= MIN_TITLE_WORDS and not text.endswith(":")]
    return next((text for text in reversed(may_be_titles) if not (is_prose(text) or is_boilerplate(text))), None)


def _repaired(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Repair old encodings in all paragraphs at once: what stands around a short line helps to read it."""
    texts = repair_text("\n".join(paragraph.text for paragraph in paragraphs)).split("\n") if paragraphs else []
    return [paragraph._replace(text=text) for paragraph, text in zip(paragraphs, texts, strict=True)]


def _from_html(text: str, source: str) -> Article:
    tags = text.count("<")
    if tags > MAX_HTML_TAGS:
        raise ValueError(
            message(
                "{source} has {tags:,} HTML tags; want one article, at most {most:,} tags",
                source=source,
                tags=tags,
                most=MAX_HTML_TAGS,
            )
        )
    _check_attributes(text, source)
    page = read_page(text)
    blocks = tuple(Block(_clean(block.text), block.kind) for block in page.blocks)
    _check_number(len(blocks), source)
    if not _has_body(blocks) and any(word_count(block.text) >= MIN_LINE_WORDS for block in blocks):
        return _from_texts(source, [block.text for block in blocks], _facts(page))
    facts = _facts(page)
    return Article(source, blocks, facts["headline"], facts["date"], facts["author"], facts["outlet"])


def _facts(page: Page) -> Facts:
    headline, date, author, outlet = (
        _clean(fact) if fact else None for fact in (page.headline, page.date, page.author, page.outlet)
    )
    return {"headline": headline, "date": date, "author": author, "outlet": outlet}


def _check_attributes(text: str, source: str) -> None:
    for tag in _OPENING_TAG.finditer(text):
        if tag.end() - tag.start() < 2 * MAX_TAG_ATTRIBUTES:
            continue
        names = _QUOTED_VALUE.sub(" ", tag[0])
        attributes = max(len(names.split()) - 1, names.count("="))
        if attributes > MAX_TAG_ATTRIBUTES:
            raise ValueError(
                message(
                    "{source} has an HTML tag with {attributes:,} attributes; want one article, at most "
                    "{most:,} attributes in a tag",
                    source=source,
                    attributes=attributes,
                    most=MAX_TAG_ATTRIBUTES,
                )
            )


def _from_texts(
    source: str,
    texts: Sequence[str],
    facts: Facts = _NO_FACTS,
    headings: Collection[str] = (),
    items: Collection[str] = (),
) -> Article:
    """Separate article and boilerplate. If no block reads as a paragraph, every block is a paragraph."""
    texts = [text for text in map(_clean, texts) if _has_letter(text) or line_date(text)]
    blocks = arrange(texts, headline=facts["headline"], headings=headings, items=items)
    if not _has_body(blocks):
        blocks = _all_but_boilerplate(texts)
    headline = next((block.text for block in blocks if block.kind is Kind.HEADLINE), None)
    date = _date_of(blocks) or facts["date"]
    author = _author_of(blocks) or facts["author"]
    return Article(source, tuple(blocks), headline, date, author, facts["outlet"])


def _author_of(blocks: Sequence[Block]) -> str | None:
    """Return the names that sign an article between its headline and its first lines below the body."""
    kinds = [block.kind for block in blocks]
    if Kind.BODY not in kinds:
        return None
    start = kinds.index(Kind.HEADLINE) if Kind.HEADLINE in kinds else kinds.index(Kind.BODY)
    end = len(kinds) - kinds[::-1].index(Kind.BODY)
    lines = [block.text for block in blocks[start : end + SIGNATURE_LINES] if block.kind is Kind.BOILERPLATE]
    return visible_author(lines, filter(is_signature, lines))


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _all_but_boilerplate(texts: Sequence[str]) -> list[Block]:
    """Return every block as body, except lines that no article has; if there is nothing else, these too."""
    kinds = [Kind.BOILERPLATE if is_certain_boilerplate(text) or line_date(text) else Kind.BODY for text in texts]
    if Kind.BODY not in kinds:
        kinds = [Kind.BODY if _has_letter(text) else Kind.BOILERPLATE for text in texts]
    return [Block(text, kind) for text, kind in zip(texts, kinds, strict=True)]


def _date_of(blocks: Sequence[Block]) -> str | None:
    """Return the date of the boilerplate line that is nearest to the headline."""
    kinds = [block.kind for block in blocks]
    body = kinds.index(Kind.BODY) if Kind.BODY in kinds else 0
    headline = kinds.index(Kind.HEADLINE) if Kind.HEADLINE in kinds else body
    lines = [block.text if block.kind is Kind.BOILERPLATE else None for block in blocks]
    return nearest_date(lines, headline, body)


def _has_body(blocks: Sequence[Block]) -> bool:
    return any(block.kind is Kind.BODY for block in blocks)


def _clean(text: str) -> str:
    """Return text in NFC, repaired, with single spaces."""
    return " ".join(repair_text(text).split())


def _check_text(article: Article) -> Article:
    if not article.paragraphs:
        raise ValueError(message("{source} has no paragraph of text; want an article", source=article.source))
    return article


def _check_number(paragraphs: int, source: str) -> None:
    if paragraphs > MAX_PARAGRAPHS:
        raise ValueError(
            message(
                "{source} has {paragraphs:,} paragraphs; want an article, at most {most:,} (if "
                "it is a table, name it .csv; if it is a book, cut it into chapters)",
                source=source,
                paragraphs=paragraphs,
                most=MAX_PARAGRAPHS,
            )
        )


def _check_size(data: bytes, source: str) -> bytes:
    if len(data) > MAX_ARTICLE_BYTES:
        raise ValueError(
            message(
                "{source} is larger than {most} MB; want an article (if it is a table, name it .csv or .jsonl)",
                source=source,
                most=MAX_ARTICLE_BYTES // 1000000,
            )
        )
    return data
