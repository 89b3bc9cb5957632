"""Blocks of text from Word and PDF files; both readers come with the extra `office`."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from ..files import require_extra
from .boilerplate import join_lines

__all__ = ["docx_blocks", "pdf_blocks"]

# What unpacks to more than this, or to more than a hundred times its size beyond a few megabytes, is a bomb.
LARGEST = 200_000_000
SMALL = 20_000_000


def check_archive(path: Path) -> None:
    """Refuse what is no zip file, or unpacks to more than any document."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    most = LARGEST if size < 100 * path.stat().st_size else SMALL
    if size > most:
        raise ValueError(f"{path} unpacks to {size:,} bytes; the most that is read is {most:,}")


def docx_blocks(path: Path) -> tuple[list[str], dict[str, str | None]]:
    """Return the paragraphs of a `.docx` in order, those in tables too, and its title, date and author where it has them."""
    docx = require_extra("docx", "office", f"{path.suffix} files")
    check_archive(path)
    try:
        document = docx.Document(str(path))
        blocks = [_paragraph_text(node) for node in document.element.body.iter(f"{_W}p")]
        facts = document.core_properties
        # What python-docx writes of itself into a new file says nothing.
        told = facts.author and facts.author != "python-docx"
        created = facts.created.date().isoformat() if told and facts.created else None
        about = {
            "headline": facts.title or None,
            "date": created,
            "author": facts.author if told else None,
            "outlet": None,
        }
    except Exception as error:  # python-docx and lxml raise what they like on damaged files
        raise ValueError(f"{path} is damaged, or no Word document: {type(error).__name__}") from None
    return [block for block in blocks if block], about


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _paragraph_text(paragraph: Any) -> str:
    """Return the text of a paragraph: without that of text boxes in it, and of what was moved away."""
    parts = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr"):
        around = [parent.tag for parent in node.iterancestors() if parent.tag in (f"{_W}p", f"{_W}moveFrom")]
        if f"{_W}moveFrom" not in around and next(p for p in node.iterancestors(f"{_W}p")) is paragraph:
            parts.append(node.text or "" if node.tag == f"{_W}t" else " ")
    return " ".join("".join(parts).split())


def pdf_blocks(path: Path) -> tuple[list[str], dict[str, str | None]]:
    """Return the paragraphs of a `.pdf`, lines joined, page heads and feet dropped, and its title and author.

    Raises
    ------
    ValueError
        The file is damaged, locked, or scanned: it has pages but no text.
    """
    pdfium = require_extra("pypdfium2", "office", ".pdf files")
    try:
        document = pdfium.PdfDocument(str(path))
    except pdfium.PdfiumError as error:
        raise ValueError(f"{path} is damaged, locked, or no PDF: {error}") from None
    try:
        pages = [
            page.get_textpage().get_text_bounded().replace("\r", "").replace("\ufffe", "-").split("\n")
            for page in document
        ]
        about = document.get_metadata_dict()
    except pdfium.PdfiumError as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    finally:
        document.close()
    if not any(line.strip() for lines in pages for line in lines):
        raise ValueError(f"{path} is a scan: its {len(pages)} pages are pictures without text; run OCR on it first")
    return _paragraphs(pages), {
        "headline": about.get("Title") or None,
        "date": None,
        "author": about.get("Author") or None,
        "outlet": None,
    }


def _paragraphs(pages: list[list[str]]) -> list[str]:
    """Drop what stands at the head or foot of most pages, undo hyphens at line ends, join lines to paragraphs."""

    def mark(line: str) -> str:
        return re.sub(r"\d+", "#", " ".join(line.split()))

    edges: Counter[str] = Counter()
    for lines in pages:
        full = [line for line in lines if line.strip()]
        edges.update({mark(line) for line in full[:2] + full[-2:]})
    running = {line for line, n in edges.items() if n >= max(2, 0.6 * len(pages))} if len(pages) > 1 else set()
    lines = []
    for page in pages:
        full = [line.strip() for line in page]
        lines += [
            line
            for line in full
            if mark(line) not in running and not re.fullmatch(r"(?:trang )?\d+(?:\s*/\s*\d+)?", line.lower())
        ]
    return join_lines(_unhyphenate(lines))


def _unhyphenate(lines: list[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        # Vietnamese has no hyphens inside words; at the end of a line one is the typesetter's.
        if joined and re.search(r"[^\W\d_]-$", joined[-1]) and line[:1].islower():
            joined[-1] = joined[-1][:-1] + line
        else:
            joined.append(line)
    return joined
