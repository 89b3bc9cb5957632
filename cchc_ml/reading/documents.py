"""Blocks of text from Word and PDF files. Both readers need the extra `office`."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, TypedDict

from lxml import etree

from ..files import require_extra
from .lines import join_lines

__all__ = ["Facts", "check_archive", "docx_blocks", "pdf_blocks"]

# A file that unpacks to more bytes than this is rejected; and one that unpacks to more than 100 times its own size,
# if that is also more than the second number: a zip bomb.
MAX_UNPACKED_BYTES = 200_000_000
MAX_UNPACKED_BYTES_OF_BOMB = 20_000_000
BOMB_RATIO = 100
# A longer PDF file is a book.
MAX_PDF_PAGES = 1_000
MAX_PDF_CHARS = 5_000_000

# A line at the top or bottom of this share of the pages is a page header or footer.
RUNNING_LINE_SHARE = 0.6
# So many lines at each end of a page are compared.
EDGE_LINES = 2
_PAGE_NUMBER = re.compile(r"(?:trang )?\d+(?:\s*/\s*\d+)?")
_HYPHEN_AT_END = re.compile(r"[^\W\d_]-$")

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_NODES = {f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr"}


class Facts(TypedDict):
    """What a file says about itself; None where it says nothing."""

    headline: str | None
    date: str | None
    author: str | None
    outlet: str | None


def check_archive(path: Path) -> None:
    """Raise if a file is not a zip archive, or unpacks to more than a document does."""
    _check_archive(str(path), path)


def _check_archive(name: str, file: Path | io.BytesIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ValueError(f"{name} is damaged: {error}") from None
    size = file.stat().st_size if isinstance(file, Path) else file.getbuffer().nbytes
    most = MAX_UNPACKED_BYTES_OF_BOMB if unpacked >= BOMB_RATIO * size else MAX_UNPACKED_BYTES
    if unpacked > most:
        raise ValueError(f"{name} unpacks to {unpacked:,} bytes; want at most {most:,}")


def docx_blocks(name: str, file: Path | io.BytesIO) -> tuple[list[str], Facts]:
    """Return the paragraphs of a `.docx` file in order, those in tables included, with its title, date and author.

    Parameters
    ----------
    name : str
        The name of the file, for error messages.
    file : Path or BytesIO
        The file, or its content.

    Raises
    ------
    ImportError
        python-docx is not installed.
    ValueError
        The file is damaged or is not a Word document.
    """
    docx = require_extra("docx", "office", ".docx files")
    _check_archive(name, file)
    try:
        document = docx.Document(str(file) if isinstance(file, Path) else file)
        texts = _paragraph_texts(document.element.body)
        facts = _docx_facts(document.core_properties)
    except Exception as error:  # python-docx and lxml raise errors of any type for damaged files
        raise ValueError(f"{name} is damaged or is not a Word document ({type(error).__name__})") from None
    return [text for text in texts if text], facts


def _docx_facts(properties: Any) -> Facts:
    """Return title, date and author. Date and author are left out if python-docx's own template set them."""
    has_author = bool(properties.author) and properties.author != "python-docx"
    return {
        "headline": properties.title or None,
        "date": properties.created.date().isoformat() if has_author and properties.created else None,
        "author": properties.author if has_author else None,
        "outlet": None,
    }


def _paragraph_texts(body: Any) -> list[str]:
    """Return the text of each paragraph, in order of where it begins.

    A text box is a paragraph inside another paragraph: its text is its own. Text that was moved elsewhere is left out.
    """
    paragraphs: list[list[str]] = []
    around: list[list[str]] = []  # the paragraphs that the walk is inside of
    n_moved = 0
    for event, node in etree.iterwalk(body, events=("start", "end")):
        if node.tag == f"{_W}moveFrom":
            n_moved += 1 if event == "start" else -1
        elif node.tag == f"{_W}p" and event == "start":
            paragraphs.append([])
            around.append(paragraphs[-1])
        elif node.tag == f"{_W}p":
            around.pop()
        elif event == "start" and node.tag in _TEXT_NODES and around and not n_moved:
            around[-1].append(node.text or "" if node.tag == f"{_W}t" else " ")
    return [" ".join("".join(parts).split()) for parts in paragraphs]


def pdf_blocks(name: str, file: Path | io.BytesIO) -> tuple[list[str], Facts]:
    """Return the paragraphs of a `.pdf` file, with its title and author. Page headers and footers are left out.

    Parameters
    ----------
    name : str
        The name of the file, for error messages.
    file : Path or BytesIO
        The file, or its content.

    Raises
    ------
    ImportError
        pypdfium2 is not installed.
    ValueError
        The file is damaged, locked with a password, scanned (it has pages but no text), or longer than an article.
    """
    pdfium = require_extra("pypdfium2", "office", ".pdf files")
    try:
        document = pdfium.PdfDocument(str(file) if isinstance(file, Path) else file)
    except pdfium.PdfiumError as error:
        raise ValueError(f"{name} is damaged, locked with a password, or not a PDF: {error}") from None
    try:
        pages = _pages(name, document)
        properties = document.get_metadata_dict()
    except pdfium.PdfiumError as error:
        raise ValueError(f"{name} is damaged: {error}") from None
    finally:
        document.close()
    if not any(line.strip() for lines in pages for line in lines):
        raise ValueError(f"{name} is a scan: its {len(pages)} pages are pictures without text; run OCR on it first")
    title, author = properties.get("Title") or None, properties.get("Author") or None
    return _paragraphs(pages), {"headline": title, "date": None, "author": author, "outlet": None}


def _pages(name: str, document: Any) -> list[list[str]]:
    """Return the lines of each page. Many pages may share one text, so a small file can have much text."""
    if len(document) > MAX_PDF_PAGES:
        raise ValueError(f"{name} has {len(document):,} pages; want one article, at most {MAX_PDF_PAGES:,} pages")
    pages, size = [], 0
    for page in document:
        textpage = page.get_textpage()
        size += textpage.count_chars()
        if size > MAX_PDF_CHARS:
            raise ValueError(f"{name} has more than {MAX_PDF_CHARS:,} characters; want one article")
        pages.append(_lines(textpage.get_text_bounded()))
        page.close()
    return pages


def _lines(text: str) -> list[str]:
    return text.replace("\r", "").replace("\ufffe", "-").split("\n")  # pdfium writes U+FFFE for a hyphen at a line end


def _paragraphs(pages: list[list[str]]) -> list[str]:
    """Drop page headers, footers and page numbers; undo hyphens at line ends; join lines to paragraphs."""
    running = _running_lines(pages)
    lines = [line.strip() for page in pages for line in page]
    kept = [line for line in lines if _without_digits(line) not in running and not _PAGE_NUMBER.fullmatch(line.lower())]
    return join_lines(_unhyphenate(kept))


def _running_lines(pages: list[list[str]]) -> set[str]:
    """Return the lines that stand at the top or bottom of most pages, each number written as #."""
    if len(pages) < 2:
        return set()
    pages_of_line: Counter[str] = Counter()
    for page in pages:
        filled = [line for line in page if line.strip()]
        pages_of_line.update({_without_digits(line) for line in filled[:EDGE_LINES] + filled[-EDGE_LINES:]})
    return {line for line, n in pages_of_line.items() if n >= max(2, RUNNING_LINE_SHARE * len(pages))}


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _unhyphenate(lines: list[str]) -> list[str]:
    """Join a word that a hyphen at the end of a line divides. Vietnamese words have no hyphens of their own."""
    joined: list[str] = []
    for line in lines:
        if joined and _HYPHEN_AT_END.search(joined[-1]) and line[:1].islower():
            joined[-1] = joined[-1][:-1] + line
        else:
            joined.append(line)
    return joined
