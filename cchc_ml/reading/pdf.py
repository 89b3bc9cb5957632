"""Read PDF files: the words of each page with their places, and which pages have no text that can be read."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from math import cos, pi, sin
from pathlib import Path
from typing import Any, NamedTuple

from ..files import require_extra
from ..messages import Message, joined, message, plural
from ..text.encodings import plausibility, repair_text
from .documents import Document, Facts
from .layout import Word, blocks_of_page, drop_running_lines
from .metadata import is_author
from .page_paragraphs import paragraphs_of_pages

__all__ = ["read_pdf"]

# A file with more pages is a book, one with more characters a table.
MAX_PAGES = 1000
MAX_CHARACTERS = 5_000_000
# A page with fewer letters, of which pictures cover this share, was scanned: a stamp or a signature is its only text. A
# photo leaves a margin.
MIN_LETTERS, SCANNED_SHARE = 200, 0.8
# A page with so many drawings and hardly a letter has its letters drawn.
MIN_DRAWINGS = 200
# If so many of the characters of a page have no name in their font, the others may be wrong too.
UNNAMED_SHARE = 0.02
# If so large a share of the pages cannot be read, the file is not read.
UNREADABLE_SHARE = 1 / 3
# A letter that is so much smaller and higher than the word before it is the mark of a note, unless that is a unit: m2.
MARK_SIZE, MARK_HEIGHT = 0.8, 0.15
_UNIT = re.compile(r"(?:.*[\d\W])?[kcdm]?m")
# A larger gap divides words; where pdfium put in a space, a small one does.
MIN_GAP, MAX_GAP = 0.05, 0.8
# Letters may lean by so much, in radians: italics do. Others are a watermark.
MAX_ANGLE = 0.5

_NO_TITLE = re.compile(
    r"(?i)\(?(?:untitled|anonymous|unspecified|không tên)\)?|microsoft (?:word|powerpoint|excel) - .*"
    r"|.*\.(?:docx?|pdf|indd|cdr)"
)
_HYPHENS = "\x02\ufffe\u2010\u2011"
_HYPHEN_IN_WORD = re.compile(r"[^\W\d_]*-[^\W\d_]+|[^\W\d_]+-(?=[^\w\s])")


class _Page(NamedTuple):
    """What a page has.

    Attributes
    ----------
    words : list of Word
    problem : str
        Why its text cannot be read: "scanned", "unnamed"; or "".
    """

    words: list[Word]
    problem: str


def read_pdf(name: str, file: Path | BytesIO) -> Document:
    """Return the paragraphs of a `.pdf` file, with its title and author. Heads and feet of pages are left out.

    Raises ------ ImportError
        pypdfium2 is not installed.
    ValueError
        The file is damaged, locked by a password, too large, or a third of its pages have no text that can be read:
        they were scanned, or their fonts do not name their letters. The message names the pages.
    """
    pdfium = require_extra("pypdfium2", "office", message("{ending} files", ending=".pdf"))
    try:
        document = pdfium.PdfDocument(str(file) if isinstance(file, Path) else file)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ValueError(
                message("{name} is locked by a password; open it, take the password away and save it again", name=name)
            ) from None
        raise _damaged(name) from None
    try:
        if len(document) > MAX_PAGES:
            raise ValueError(
                message(
                    "{name} has {pages:,} pages; want an article, at most {most:,} pages",
                    name=name,
                    pages=len(document),
                    most=MAX_PAGES,
                )
            )
        pages = list(_pages(name, document))
        properties = document.get_metadata_dict()
    except pdfium.PdfiumError:
        raise _damaged(name) from None
    finally:
        document.close()
    notes = _check_readable(name, pages)
    blocks = [blocks_of_page(page.words) for page in pages if not page.problem]
    drop_running_lines(blocks)
    return Document(paragraphs_of_pages(blocks), _facts(properties), notes)


def _damaged(name: str) -> ValueError:
    return ValueError(message("{name} is damaged or is not {named}; save it again", name=name, named=message("a PDF")))


def _facts(properties: dict[str, str]) -> Facts:
    title, author = ((properties.get(name) or "").strip() for name in ("Title", "Author"))
    return {
        "headline": None if _NO_TITLE.fullmatch(title) else title or None,
        "date": None,  # a PDF says when it was made, which may be long after
        "author": author if is_author(author) else None,
        "outlet": None,
    }


def _check_readable(name: str, pages: Sequence[_Page]) -> tuple[str, ...]:
    """Return which pages cannot be read, in words. Raise if there are too many of them."""
    unreadable = {
        problem: [number for number, page in enumerate(pages, 1) if page.problem == problem] for problem in _PROBLEMS
    }
    number = sum(map(len, unreadable.values()))
    if not unreadable["unnamed"] and not any(page.words for page in pages):
        raise ValueError(
            message(
                "{name} is a scan: its {pages} pages are pictures without text; run OCR on it first",
                name=name,
                pages=len(pages),
            )
        )
    told = [_PROBLEMS[problem](_in_words(numbers)) for problem, numbers in unreadable.items() if numbers]
    if number >= UNREADABLE_SHARE * len(pages):
        raise ValueError(message("{name}: {told}", name=name, told=joined("; ", told)))
    return tuple(told)


_PROBLEMS: dict[str, Callable[[Message], Message]] = {
    "scanned": lambda pages: message("{pages} a scan without text; run OCR on it first", pages=pages),
    "unnamed": lambda pages: message(
        "{pages} text whose fonts do not name their letters; make the PDF again from the document, or run OCR on it",
        pages=pages,
    ),
}


def _in_words(numbers: Sequence[int]) -> Message:
    """Return page numbers in words: "page 3 is", "pages 1-4, 7 are"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    named = ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in ranges)
    return plural("page {pages} is", "pages {pages} are", len(numbers), pages=named)


# One page


def _pages(name: str, document: Any) -> Iterator[_Page]:
    characters = 0
    for page in document:
        text = page.get_textpage()
        characters += text.count_chars()
        if characters > MAX_CHARACTERS:
            raise ValueError(
                message(
                    "{name} has more than {most:,} characters; want an article",
                    name=name,
                    most=MAX_CHARACTERS,
                )
            )
        yield _page(page, text)
        text.close()
        page.close()


def _page(page: Any, text: Any) -> _Page:
    letters = list(_letters(text))
    words = _repaired(list(_words(letters)))
    named = sum(letter.is_named for letter in letters)
    if len(letters) - named > UNNAMED_SHARE * len(letters):
        return _Page([], "unnamed")
    if named < MIN_LETTERS and _picture_share(page) > SCANNED_SHARE:
        return _Page([], "scanned")
    return _Page(words, "")


class _Letter(NamedTuple):
    """A character on a page. White space that pdfium put in, at a gap or at another height, has no width."""

    character: str
    left: float
    right: float
    y: float
    size: float
    is_named: bool
    is_put_in: bool


def _letters(text: Any) -> Iterator[_Letter]:
    """Yield the characters of a page in the order in which they are drawn, turned upright."""
    raw = require_extra("pypdfium2.raw", "office", message("{ending} files", ending=".pdf"))
    number = text.count_chars()
    sample = range(0, number, 1 + number // 200)
    angles = Counter(round(raw.FPDFText_GetCharAngle(text, i) / (pi / 2)) % 4 for i in sample)
    turn = angles.most_common(1)[0][0] * pi / 2 if angles else 0.0
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for i in range(number):
        code = raw.FPDFText_GetUnicode(text, i)
        angle = (raw.FPDFText_GetCharAngle(text, i) - turn + pi) % (2 * pi) - pi
        is_put_in = bool(raw.FPDFText_IsGenerated(text, i))
        if abs(angle) > MAX_ANGLE and not is_put_in:
            continue
        raw.FPDFText_GetLooseCharBox(text, i, box)
        raw.FPDFText_GetCharOrigin(text, i, x, y)
        left, right, base, size = box.left, box.right, y.value, box.top - box.bottom
        if turn:
            corners = [_turned(a, b, turn) for a in (box.left, box.right) for b in (box.bottom, box.top)]
            left, right = min(a for a, _ in corners), max(a for a, _ in corners)
            size = max(b for _, b in corners) - min(b for _, b in corners)
            base = _turned(x.value, y.value, turn)[1]
        character = chr(code)
        is_named = not raw.FPDFText_HasUnicodeMapError(text, i) and not _is_private(code)
        yield _Letter(character, left, right, base, max(size, 0.1), is_named, is_put_in)


def _turned(x: float, y: float, angle: float) -> tuple[float, float]:
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)


def _is_private(code: int) -> bool:
    """Whether a code is of no letter: a control character (U+0002 is a hyphen), or one for private use."""
    return 0xE000 <= code <= 0xF8FF or code == 0xFFFD or (code < 0x20 and chr(code) not in "\x02\t\r\n")


def _words(letters: Sequence[_Letter]) -> Iterator[Word]:
    """Yield the words of a page: runs of letters on one baseline without a space or a gap."""
    word: list[_Letter] = []
    gap = MAX_GAP
    for letter in letters:
        is_space = letter.character.isspace() or letter.character == "\0"
        if is_space and letter.is_put_in:
            gap = MIN_GAP
            continue
        if word and (is_space or _is_elsewhere(word, letter, gap)):
            yield _word(word)
            word = []
        if not is_space and not (word and _is_mark_of_note(word, letter)):
            word.append(letter)
        gap = MAX_GAP
    if word:
        yield _word(word)


def _is_elsewhere(word: Sequence[_Letter], letter: _Letter, gap: float) -> bool:
    """Whether a letter does not stand behind the last letter of a word, with at most this gap between them."""
    last, size = word[-1], word[0].size
    is_in_row = abs(letter.y - word[0].y) < 0.5 * size
    return not is_in_row or not -0.5 * size < letter.left - last.right < gap * size


def _is_mark_of_note(word: Sequence[_Letter], letter: _Letter) -> bool:
    if letter.size > MARK_SIZE * word[0].size or letter.y - word[0].y < MARK_HEIGHT * word[0].size:
        return False
    is_number = letter.character.isdigit() or letter.character in "*()[]"
    return is_number and not _UNIT.fullmatch("".join(one.character for one in word))


def _word(letters: Sequence[_Letter]) -> Word:
    text = "".join("-" if letter.character in _HYPHENS else letter.character for letter in letters)
    size = Counter(letter.size for letter in letters).most_common(1)[0][0]
    return Word(text, letters[0].left, max(letter.right for letter in letters), letters[0].y, size)


def _repaired(words: list[Word]) -> list[Word]:
    """Write ư for the hyphens that stand for it: in the TCVN3 fonts it is the soft hyphen."""
    text = "\n".join(word.text for word in words)
    if "-" not in text or repair_text(text) == text:
        return words
    return [word._replace(text=_HYPHEN_IN_WORD.sub(_as_letter, word.text)) for word in words]


def _as_letter(match: re.Match[str]) -> str:
    """Return a word with a soft hyphen for its hyphen, if this is a syllable of TCVN3."""
    soft = match[0].replace("-", "\xad")
    converted = repair_text(soft)
    return soft if converted != soft and "\xad" not in converted and plausibility(converted) == 1 else match[0]


def _picture_share(page: Any) -> float:
    """Return which share of a page pictures cover; 1 if there are so many drawings that they may be letters."""
    raw = require_extra("pypdfium2.raw", "office", message("{ending} files", ending=".pdf"))
    width, height = page.get_size()
    sides = [ctypes.c_float() for _ in range(4)]
    covered, drawings = 0.0, 0
    for item in page.get_objects(max_depth=5):
        drawings += item.type == raw.FPDF_PAGEOBJ_PATH
        if item.type == raw.FPDF_PAGEOBJ_IMAGE and raw.FPDFPageObj_GetBounds(item, *sides):
            left, bottom, right, top = (side.value for side in sides)
            covered += max(right - left, 0) * max(top - bottom, 0)
    return 1.0 if drawings >= MIN_DRAWINGS else float(covered / (width * height))
