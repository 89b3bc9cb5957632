"""From words with their places on a page to blocks of lines, in the order in which a reader takes them.

The steps, each a function: rows of words (`_rows`), columns (`_columns_from`), and the heads and feet that stand on
many pages (`drop_running_lines`). Where paragraphs end, `cchc_ml.reading.page_paragraphs` says. Sizes and places are in
points; y grows upwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

__all__ = ["ROW_HEIGHT", "Block", "Line", "Word", "blocks_of_page", "drop_running_lines", "most_frequent"]

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
    usual = most_frequent(word.size for word in words for _ in word.text)
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
            size=most_frequent(word.size for word in part for _ in word.text),
            first_width=part[0].right - part[0].left,
        )
        for part in parts
    ]


def most_frequent(values: Iterable[float]) -> float:
    """Return the most frequent value, to one decimal."""
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
