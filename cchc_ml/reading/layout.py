"""From words with their places on the pages of a document to paragraphs, in the order in which a reader takes them.

The steps, each a function: rows of words (`_rows`), columns (`blocks_of_page`), the heads and feet that stand on many
pages (`drop_running_lines`), and where a paragraph ends (`paragraphs_of_pages`). Sizes and places are in points; y
grows upwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from .documents import TITLE_LEVEL, Paragraph, place_of_title

__all__ = ["Block", "Line", "Word", "blocks_of_page", "drop_running_lines", "paragraphs_of_pages"]

# Lengths below are in heights of a line, unless they say points.

# Words whose baselines differ by less are in one row.
ROW_HEIGHT = 0.4
# Lines that stand less below each other stand in two columns.
SIDE_BY_SIDE = 0.8
# A wider gap in a row divides two lines: the two heads of an official letter.
WIDE_GAP = 2.5
# The gutter between two columns: its least width, and how many rows each column has at least. Spaces that stand one
# below the other by chance are a narrow gutter of few rows.
MIN_GUTTER_POINTS = 5
GUTTERS = ((2.5, 2), (0.7, 4), (0.4, 5), (0.0, 7))
MIN_NUMBERS = 2
# A gutter is so much wider than the spaces of a row: a title above two columns has spaces too.
GUTTER_TO_SPACE = 1.2
# The head of a letter has at most so many rows in two columns; below it, its title stands in the middle of the page.
HEAD_ROWS = 5
# Columns end at a larger gap below which there is only one of them.
LARGE_GAP_IN_COLUMNS = 1.5
# A page of more rows is a drawing or a table: it is read row by row.
MAX_ROWS = 600
# Columns inside columns.
MAX_DEPTH = 4

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

# A line that stands at the same end of this share of the pages is a head or a foot; of the second, where heads of odd
# and even pages differ. It stands on two pages at least.
RUNNING_SHARE, ALTERNATING_SHARE = 0.6, 0.35
MIN_PAGES_FOR_ALTERNATION = 6
# A head stands on each page at the same height, give or take so many points.
SAME_HEIGHT_POINTS = 6
# The first letter of an article may be so much larger than the others.
INITIAL_SIZE, MAX_INITIALS = 1.8, 4
# Heads and feet have no more lines together.
MAX_RUNNING_LINES = 16
_PAGE_NUMBER = re.compile(r"[-–—\s]*(?:(?:trang|page)\s*)?\d{1,4}(?:\s*[/|]\s*\d{1,4})?[-–—\s]*", re.IGNORECASE)

_SENTENCE_END = re.compile(r"[.!?…:;][\"”’»)\]]*$")
_STOP = re.compile(r"[.!?…][\"”’»)\]]*$")
_BULLET = re.compile(r"(?:[-–+•*▪●➢✓]|\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ][.)]|[IVX]{1,5}\.)\s")
_NOTE = re.compile(r"(?:\d{1,3}|\*+|\[\d+\])\s*\S")
_HYPHEN_AT_END = re.compile(r"[^\W\d_]-$")


class Word(NamedTuple):
    """A word, from `left` to `right` on the baseline `y`. `size` is the height of its line."""

    text: str
    left: float
    right: float
    y: float
    size: float


class Line(NamedTuple):
    """A line of text."""

    text: str
    left: float
    right: float
    y: float
    size: float
    first_width: float  # of its first word


@dataclass
class Block:
    """Lines that stand in one column.

    Attributes
    ----------
    lines : list of Line
        From top to bottom.
    in_column : bool
        Whether there is another column beside it.
    """

    lines: list[Line] = field(default_factory=list)
    in_column: bool = False


# Words to blocks


def blocks_of_page(words: Iterable[Word]) -> list[Block]:
    """Return the blocks of a page: columns one after the other, other lines in the order of their rows."""
    return _blocks_of(_rows(_with_large_initials(list(words))), 0)


def _with_large_initials(words: list[Word]) -> list[Word]:
    """Join a first letter that is as high as several lines to the word at its right, at its top."""
    if not words:
        return words
    usual = _usual(word.size for word in words for _ in word.text)
    large = [word for word in words if len(word.text) == 1 and word.size > INITIAL_SIZE * usual]
    for initial in large[:MAX_INITIALS]:
        top = initial.y + initial.size - usual
        beside = [
            word
            for word in words
            if abs(word.y - top) < usual
            and 0 <= word.left - initial.right + usual / 2 < 1.5 * usual
            and word.size < initial.size
        ]
        if initial.text.isupper() and beside:
            first = max(beside, key=lambda word: word.y)
            words = [word for word in words if word not in (initial, first)]
            words.append(first._replace(text=initial.text + first.text, left=initial.left))
    return words


def _rows(words: Iterable[Word]) -> list[list[Word]]:
    """Return the rows of words from top to bottom, each from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.y):
        if rows and rows[-1][0].y - word.y < ROW_HEIGHT * min(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.left) for row in rows]


def _blocks_of(rows: Sequence[list[Word]], depth: int) -> list[Block]:
    blocks: list[Block] = []
    row = 0
    while row < len(rows):
        end, gutter = _columns_from(rows, row) if depth < MAX_DEPTH and len(rows) <= MAX_ROWS else (row, None)
        if gutter is None:
            if not blocks or blocks[-1].in_column:
                blocks.append(Block())
            blocks[-1].lines += _lines_of(rows[row])
            row += 1
            continue
        for side in (0, 1):
            column = [[word for word in words if (word.left >= gutter) == bool(side)] for words in rows[row:end]]
            for block in _blocks_of([words for words in column if words], depth + 1):
                block.in_column = True
                blocks.append(block)
        row = end
    return blocks


def _columns_from(rows: Sequence[list[Word]], start: int) -> tuple[int, float | None]:
    """Return where the columns that begin in a row end, and where their gutter is; None if there are no columns.

    The gutter is a gap of the first row that no word of the next rows stands in.
    """
    gaps = _wide_gaps(_side_by_side(rows, start))
    end = start + 1
    while gaps and end < len(rows):
        next_gaps = _common(gaps, rows[end])
        if not next_gaps:
            break
        gaps = next_gaps
        end += 1
    if end - start < GUTTERS[0][1]:
        return start, None
    size = median(word.size for word in rows[start])
    for a, b in sorted(gaps, key=lambda gap: gap[0] - gap[1]):
        least = next(rows_needed for width, rows_needed in GUTTERS if b - a >= width * size)
        if all(word.text.isdecimal() for words in rows[start:end] for word in words if word.right <= a):
            least = MIN_NUMBERS  # the first column of a table
        end_here = _end_of_columns(rows, start, end, (a + b) / 2)
        left = sum(words[0].left < a for words in rows[start:end_here])
        right = sum(words[-1].right > b for words in rows[start:end_here])
        if min(left, right) >= least:
            return end_here, (a + b) / 2
    return start, None


def _side_by_side(rows: Sequence[list[Word]], row: int) -> list[Word]:
    """Return the words of a row, and of the next one if it stands half a line lower, beside them."""
    words = rows[row]
    below = rows[row + 1] if row + 1 < len(rows) else []
    is_beside = below and words[0].y - below[0].y < SIDE_BY_SIDE * words[0].size
    return sorted([*words, *below], key=lambda word: word.left) if is_beside else words


def _end_of_columns(rows: Sequence[list[Word]], start: int, end: int, gutter: float) -> int:
    """Return where two columns end: below the last row of both, at a large gap or a line in the middle of the page."""
    left = [row for row in range(start, end) if rows[row][0].left < gutter]
    right = [row for row in range(start, end) if rows[row][-1].right > gutter]
    if not left or not right:
        return end
    last = min(left[-1], right[-1])
    usual = median([rows[a][0].y - rows[b][0].y for side in (left, right) for a, b in pairwise(side)] or [0.0])
    is_head = min(len(left), len(right)) <= HEAD_ROWS
    page = [min(words[0].left for words in rows), max(words[-1].right for words in rows)]
    for row in range(last + 1, end):
        words = rows[row]
        is_centred = abs(words[0].left + words[-1].right - sum(page)) < 2 * words[0].size
        if (is_head and is_centred) or rows[row - 1][0].y - words[0].y > LARGE_GAP_IN_COLUMNS * usual:
            return row
    return end


def _gaps(words: Sequence[Word]) -> list[tuple[float, float]]:
    """Return the gaps between the words of a row."""
    gaps = []
    right = words[0].right
    for word in words[1:]:
        if word.left > right:
            gaps.append((right, word.left))
        right = max(right, word.right)
    return gaps


def _wide_gaps(words: Sequence[Word]) -> list[tuple[float, float]]:
    """Return the gaps of a row that are wider than the spaces between its words."""
    gaps = _gaps(words)
    space = median(b - a for a, b in gaps) if len(gaps) > 2 else 0.0
    return [(a, b) for a, b in gaps if b - a >= max(MIN_GUTTER_POINTS, GUTTER_TO_SPACE * space)]


def _common(gaps: Sequence[tuple[float, float]], words: Sequence[Word]) -> list[tuple[float, float]]:
    """Return what is left of gaps where the words of one more row stand."""
    edges = [(float("-inf"), words[0].left), (max(word.right for word in words), float("inf"))]
    common = ((max(a, c), min(b, d)) for a, b in gaps for c, d in (*edges, *_wide_gaps(words)))
    return [(a, b) for a, b in common if b - a >= MIN_GUTTER_POINTS]


def _lines_of(words: Sequence[Word]) -> list[Line]:
    """Return the lines of a row: one, or more if there are wide gaps in it."""
    parts = [[words[0]]]
    for word in words[1:]:
        if word.left - parts[-1][-1].right > WIDE_GAP * word.size:
            parts.append([])
        parts[-1].append(word)
    return [
        Line(
            text=" ".join(word.text for word in part),
            left=part[0].left,
            right=max(word.right for word in part),
            y=part[0].y,
            size=_usual(word.size for word in part for _ in word.text),
            first_width=part[0].right - part[0].left,
        )
        for part in parts
    ]


def _usual(values: Iterable[float]) -> float:
    return Counter(round(value, 1) for value in values).most_common(1)[0][0]


# Heads and feet of pages


def drop_running_lines(pages: Sequence[list[Block]]) -> None:
    """Take away the lines at the top and the bottom of pages that stand on many of them, and the numbers of pages."""
    in_order = [
        sorted((line for block in blocks for line in block.lines), key=lambda line: -line.y) for blocks in pages
    ]
    heights: dict[str, list[float]] = {}
    for lines in in_order:
        for key, line in {_without_digits(line.text): line for line in lines}.items():
            heights.setdefault(key, []).append(line.y)
    filled = sum(bool(lines) for lines in in_order)
    share = ALTERNATING_SHARE if filled >= MIN_PAGES_FOR_ALTERNATION else RUNNING_SHARE
    least = max(2, share * filled)

    def is_running(line: Line) -> bool:
        same = [y for y in heights[_without_digits(line.text)] if abs(y - line.y) <= SAME_HEIGHT_POINTS]
        return len(same) >= least

    for blocks, lines in zip(pages, in_order, strict=True):
        dropped = set()
        for edge in (lines, lines[::-1]):
            for line in edge:
                if not is_running(line) and not _PAGE_NUMBER.fullmatch(line.text):
                    break
                dropped.add(line)
        if len(dropped) == len(lines) > MAX_RUNNING_LINES:
            continue  # pages with the same text
        for block in blocks:
            block.lines = [line for line in block.lines if line not in dropped]


def _without_digits(text: str) -> str:
    return re.sub(r"\d+", "#", text)


# Lines to paragraphs


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
    body_size = _usual(line.size for line in lines for _ in line.text)
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
        left=_usual(line.left for line in lines),
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
