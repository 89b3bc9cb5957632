"""From blocks of lines to paragraphs: where each ends, which goes on in the next column, which are headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from .documents import TITLE_LEVEL, Paragraph, place_of_title
from .layout import ROW_HEIGHT, Block, Line, most_frequent

__all__ = ["paragraphs_of_pages"]

# Lengths below are in heights of a line.

# A paragraph begins after a gap that is so much larger than the usual one, at an indent, or where the size changes.
LARGE_GAP = 1.2
MIN_INDENT, MAX_INDENT = 0.6, 8.0
SIZE_CHANGE = 0.08
# At the foot of a page or column a line is full if it has this share of the characters of the longest.
FULL_LINE = 0.93
# A line stands at the foot of a page if there is no room for so many lines down to the lowest line of all pages.
LINES_AT_FOOT = 4
# A line that is so much larger than the body is a heading; one that is so much smaller at the foot of a page is a note.
HEADING_SIZE, NOTE_SIZE = 1.12, 0.92
MIN_TITLE_WORDS, MAX_HEADING_WORDS = 4, 40

_SENTENCE_END = re.compile(r"[.!?…:;][\"”’»)\]]*$")
_STOP = re.compile(r"[.!?…][\"”’»)\]]*$")
_BULLET = re.compile(r"(?:[-–+•*▪●➢✓]|\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ][.)]|[IVX]{1,5}\.)\s")
_NOTE = re.compile(r"(?:\d{1,3}|\*+|\[\d+\])\s*\S")
_HYPHEN_AT_END = re.compile(r"[^\W\d_]-$")


class _Measure(NamedTuple):
    """What is usual in a column: its borders, the longest line in characters, the distance of lines."""

    left: float
    right: float
    longest: int
    distance: float


def paragraphs_of_pages(pages: Sequence[list[Block]]) -> list[Paragraph]:
    """Return the paragraphs of the pages of a document, with the level of those that are set larger than the body."""
    lines = [line for blocks in pages for block in blocks for line in block.lines]
    if not lines:
        return []
    body_size = most_frequent(line.size for line in lines for _ in line.text)
    full_width = _measure([line for blocks in pages for block in blocks if not block.in_column for line in block.lines])
    found: list[list[Line]] = []
    notes: list[list[Line]] = []
    lowest = min(line.y for line in lines)
    for blocks in pages:
        for number, block in enumerate(blocks):
            body, foot = _without_notes(block, body_size)
            measure = (_measure(body) if block.in_column else None) or full_width
            parts = _cut(body, measure, body_size)
            is_cut = number > 0 or not found or found[-1][-1].y < lowest + LINES_AT_FOOT * body_size
            if parts and found and _goes_on(found[-1][-1], parts[0][0], measure, body_size, is_cut):
                found[-1] += parts.pop(0)
            if parts:
                found += notes
                notes = []
            found += parts
            notes += _cut(foot, measure, body_size)
    found += notes
    paragraphs = _with_levels([(_joined(part), part[0].size) for part in found], body_size)
    if full_width:
        centred = [all(_is_centred(line, full_width) for line in part) for part in found]
        place = place_of_title(paragraphs, centred)
        if place is not None:
            paragraphs[place] = paragraphs[place]._replace(level=TITLE_LEVEL)
    return paragraphs


def _measure(lines: Sequence[Line]) -> _Measure | None:
    if not lines:
        return None
    distances = [a.y - b.y for a, b in pairwise(lines) if 0 < a.y - b.y < 4 * a.size]
    return _Measure(
        left=most_frequent(line.left for line in lines),
        right=_nearly_largest(line.right for line in lines),
        longest=round(_nearly_largest(len(line.text) for line in lines)),
        distance=median(distances) if distances else 0.0,
    )


def _nearly_largest(values: Iterable[float]) -> float:
    """Return the value that one in twenty is larger than: one line may stand out."""
    in_order = sorted(values)
    return in_order[int(0.95 * (len(in_order) - 1))]


def _without_notes(block: Block, body_size: float) -> tuple[list[Line], list[Line]]:
    """Divide the lines of a block into body and the notes at its foot."""
    lines = block.lines
    start = len(lines)
    while start and lines[start - 1].size < NOTE_SIZE * body_size:
        start -= 1
    while start < len(lines) and not _NOTE.match(lines[start].text):
        start += 1
    return lines[:start], lines[start:]


def _cut(lines: Sequence[Line], measure: _Measure | None, body_size: float) -> list[list[Line]]:
    """Cut the lines of a block into paragraphs."""
    parts: list[list[Line]] = []
    for line in lines:
        if parts and measure and not _begins(parts[-1], line, measure, body_size):
            parts[-1].append(line)
        else:
            parts.append([line])
    return parts


def _begins(part: Sequence[Line], line: Line, measure: _Measure, body_size: float) -> bool:
    """Whether a line begins a new paragraph, below the lines of another one."""
    before = part[-1]
    if _HYPHEN_AT_END.search(before.text):
        return False
    if before.text.isdecimal() or line.text.isdecimal():  # the numbers of a table
        return True
    if abs(line.size - before.size) > SIZE_CHANGE * before.size or abs(line.y - before.y) < ROW_HEIGHT * line.size:
        return True
    if measure.distance and not 0 < before.y - line.y <= LARGE_GAP * max(measure.distance, line.size):
        return True
    if line.size > HEADING_SIZE * body_size:
        return bool(_STOP.search(before.text))
    if _is_in_capitals(before) != _is_in_capitals(line):
        return True
    ends = bool(_SENTENCE_END.search(before.text))
    if _BULLET.match(line.text) and before.text[-1] in ".:;…":
        return True
    if not ends and line.text[0].islower():
        return False
    if _is_centred(before, measure) and _is_centred(line, measure):
        return False
    return _is_indented(part, line, measure) or _is_short(before, line, measure)


def _is_indented(part: Sequence[Line], line: Line, measure: _Measure) -> bool:
    """Whether a line is indented, and is not one of several below the first line of an item."""
    before = part[-1]
    if _BULLET.match(part[0].text) or abs(line.left - before.left) < MIN_INDENT * line.size / 2:
        return False
    return MIN_INDENT * line.size <= line.left - measure.left <= MAX_INDENT * line.size


def _is_short(before: Line, line: Line, measure: _Measure) -> bool:
    """Whether the first word of a line would have had room on the line before.

    Programs cut lines by their width, or by the number of their characters.
    """
    first = line.text.split(" ", 1)[0]
    has_room = measure.right - before.right > line.first_width + 0.5 * line.size
    return has_room and len(before.text) + 1 + len(first) < measure.longest


def _is_in_capitals(line: Line) -> bool:
    return line.text.isupper() and " " in line.text


def _is_centred(line: Line, measure: _Measure) -> bool:
    left, right = line.left - measure.left, measure.right - line.right
    return min(left, right) > line.size and abs(left - right) < 2 * line.size


def _goes_on(before: Line, line: Line, measure: _Measure | None, body_size: float, is_cut: bool) -> bool:
    """Whether the first line of a page or column goes on with the last paragraph of the one before.

    A full line at the foot of a page or column (`is_cut`) goes on even if it ends with a stop: a paragraph has more
    lines that are full than it has ends.
    """
    if measure is None or abs(line.size - before.size) > SIZE_CHANGE * before.size:
        return False
    if before.text.isdecimal() or line.text.isdecimal():
        return False
    if max(line.size, before.size) > HEADING_SIZE * body_size or _BULLET.match(line.text):
        return False
    if not _SENTENCE_END.search(before.text) and line.text[0].islower():
        return True
    if not is_cut and _SENTENCE_END.search(before.text):
        return False
    is_indented = line.left - measure.left >= MIN_INDENT * line.size
    return not is_indented and len(before.text) + 1 + len(line.text.split(" ", 1)[0]) >= FULL_LINE * measure.longest


def _joined(lines: Sequence[Line]) -> str:
    """Join lines. A hyphen at the end of one divides a word, unless a capital follows: NQ-CP."""
    text = lines[0].text
    for line in lines[1:]:
        if _HYPHEN_AT_END.search(text):
            text = (text[:-1] if line.text[0].islower() else text) + line.text
        else:
            text = f"{text} {line.text}"
    return text


def _with_levels(parts: Sequence[tuple[str, float]], body_size: float) -> list[Paragraph]:
    """Give the largest text the level of a title, and other large text that of a heading."""
    large = [size for text, size in parts if size > HEADING_SIZE * body_size and _may_be_heading(text, MIN_TITLE_WORDS)]
    title_size = max(large, default=0.0)
    found = []
    for text, size in parts:
        level = None
        if size > HEADING_SIZE * body_size and _may_be_heading(text, 1):
            level = 1
            if size == title_size and _may_be_heading(text, MIN_TITLE_WORDS):
                level, title_size = TITLE_LEVEL, 0.0
        found.append(Paragraph(text, level))
    return found


def _may_be_heading(text: str, min_words: int) -> bool:
    return min_words <= len(text.split()) <= MAX_HEADING_WORDS
