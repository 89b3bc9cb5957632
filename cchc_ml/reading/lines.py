"""Join the lines of text that was broken at the right edge: mails, PDF files, text copied from a page."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .boilerplate import end_of, is_boilerplate, word_count
from .dates import line_date
from .wording import BULLET

__all__ = ["group_lines", "join_lines"]

# Programs break lines at 70 to 80 characters; a longer line was not broken. A few lines may be longer: addresses.
MAX_WRAPPED_LINE_CHARS = 140
MAX_LONG_LINES_SHARE = 0.05
# In a text that is broken at one width, a line of this share of the width is full: its paragraph may go on.
FULL_LINE_SHARE = 0.75
# A line was broken where the next word did not fit any more. Letters are not all of one width.
FITTING_SHARE = 0.95
# A text is broken at one width if so many lines, and this share of them, break inside a sentence after this share of
# the width.
MIN_BROKEN_LINES = 3
BROKEN_LINES_SHARE = 0.2
BROKEN_LINE_SHARE_OF_WIDTH = 0.7
# A shorter line is a label or the end of a list, even if the next line begins with a small letter.
MIN_BROKEN_LINE_CHARS = 20
# A longer line is a part of a paragraph, whatever words it begins with.
MAX_LABEL_WORDS = 40
# Paragraphs begin with an indent if at least so many lines have one, and so many have none.
MIN_INDENTED_LINES, MIN_PLAIN_LINES = 2, 3


def join_lines(lines: Iterable[str]) -> list[str]:
    """Join the lines of each paragraph; see `group_lines`.

    Examples
    --------
    >>> join_lines(["Sáng 4/5, lãnh đạo sở và trưởng các phòng họp giao ban", "tháng tư.", "", "Chiều nghỉ."])
    ['Sáng 4/5, lãnh đạo sở và trưởng các phòng họp giao ban tháng tư.', 'Chiều nghỉ.']
    """
    lines = list(lines)
    return [" ".join(" ".join(lines[i].split()) for i in group) for group in group_lines(lines)]


def group_lines(lines: Sequence[str]) -> list[list[int]]:
    """Return the numbers of the lines of each paragraph. A blank line always separates paragraphs.

    A line continues the line before it if it begins with a small letter and the line before does not end a sentence. In
    a text that is broken at one width, a line also continues a line before it that is full, unless that one ends a
    sentence. Where blank lines or indents show the paragraphs, the end of a sentence does not matter.
    """
    shape = _Shape(lines)
    groups: list[list[int]] = []
    for i, text in enumerate(shape.texts):
        if not text:
            continue
        if i and shape.texts[i - 1] and shape.continues(i):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


@dataclass(frozen=True)
class _Margins:
    """The left and right margin of a text.

    Attributes
    ----------
    width : int
        The right end of the longest line that breaks inside a sentence; 0 if the text is not broken at one width.
    indent : int or None
        The left end of the lines that do not begin a paragraph; None if indents do not show the paragraphs.
    """

    width: int
    indent: int | None


class _Shape:
    """The lines of a text, with single spaces, and how it was broken."""

    def __init__(self, lines: Sequence[str]) -> None:
        expanded = [line.expandtabs().rstrip() for line in lines]
        self.texts = [" ".join(line.split()) for line in expanded]
        self._starts = [len(line) - len(line.lstrip()) for line in expanded]
        self._ends = [len(line) for line in expanded]
        self._margins = self._find_margins()
        self._in_wrapped_block = self._find_wrapped_blocks()

    def continues(self, i: int) -> bool:
        """Whether a line belongs to the paragraph of the line before it. Neither is blank."""
        before, text = self.texts[i - 1], self.texts[i]
        if self._begins_anew(i):
            return False
        if self._margins.indent is not None and self._starts[i] > self._margins.indent + 1:
            return False
        if _runs_on(before, text):
            return True
        if not self._margins.width:
            return False
        if self._margins.indent is not None or self._in_wrapped_block[i]:
            return self._is_filled(i - 1)
        return not end_of(before) and self._ends[i - 1] >= FULL_LINE_SHARE * self._margins.width

    def _begins_anew(self, i: int) -> bool:
        """Whether a line is an item of a list or a date line, and not a number inside a sentence."""
        text = self.texts[i]
        is_date = bool(line_date(text)) and not end_of(text)
        if not is_date and not BULLET.match(text):
            return False
        return not ((is_date or text[0].isdigit()) and self._is_broken(i - 1))

    def _is_broken(self, i: int) -> bool:
        """Whether a line is full and breaks inside a sentence: a number at the start of the next one is no bullet."""
        return bool(self._margins.width) and self._is_filled(i) and not end_of(self.texts[i])

    def _is_filled(self, i: int) -> bool:
        """Whether the first word of the next line did not fit into a line."""
        first_word = self.texts[i + 1].split(" ", 1)[0]
        return self._ends[i] + 1 + len(first_word) > FITTING_SHARE * self._margins.width

    def _find_margins(self) -> _Margins:
        width = self._width()
        return _Margins(width, self._indent() if width else None)

    def _width(self) -> int:
        """Return the width at which the text is broken all through, or 0."""
        filled = [i for i, text in enumerate(self.texts) if text]
        long = sum(self._ends[i] > MAX_WRAPPED_LINE_CHARS for i in filled)
        if long > MAX_LONG_LINES_SHARE * len(filled):
            return 0
        pairs = [i for i in filled[:-1] if self.texts[i + 1] and self._ends[i] <= MAX_WRAPPED_LINE_CHARS]
        breaks = [i for i in pairs if self.texts[i + 1][0].islower() and not end_of(self.texts[i])]
        widest = max((self._ends[i] for i in pairs), default=0)
        broken = [i for i in breaks if self._ends[i] >= BROKEN_LINE_SHARE_OF_WIDTH * widest]
        if len(broken) < MIN_BROKEN_LINES or len(broken) < BROKEN_LINES_SHARE * len(pairs):
            return 0
        # The right end of an indented line is not certain: programs count a tab as one character or as eight.
        usual = min(self._starts[i] for i in broken)
        return max(self._ends[i] for i in broken if self._starts[i] <= usual + 1)

    def _indent(self) -> int | None:
        """Return the indent of the lines that do not begin a paragraph, or None if nearly all lines have the same."""
        starts = [start for start, text in zip(self._starts, self.texts, strict=True) if text]
        (usual, count), *_ = Counter(starts).most_common(1)
        indented = sum(start > usual + 1 for start in starts)
        return usual if indented >= MIN_INDENTED_LINES and count >= MIN_PLAIN_LINES else None

    def _find_wrapped_blocks(self) -> list[bool]:
        """Return for each line whether it stands in a block between blank lines that is filled up to its last line."""
        wrapped = [False] * len(self.texts)
        if not self._margins.width or not all(self._has_blank_lines()):
            return wrapped
        start = 0
        for i in range(len(self.texts) + 1):
            if i == len(self.texts) or not self.texts[i]:
                is_wrapped = i - start > 1 and all(self._is_filled(line) for line in range(start, i - 1))
                wrapped[start:i] = [is_wrapped] * (i - start)
                start = i + 1
        return wrapped

    def _has_blank_lines(self) -> tuple[bool, bool]:
        """Return whether there is a blank line inside the text, and two lines without one between them."""
        blank = [not text for text in self.texts]
        first = next((i for i, is_blank in enumerate(blank) if not is_blank), 0)
        last = max((i for i, is_blank in enumerate(blank) if not is_blank), default=0)
        return any(blank[first:last]), any(not a and not b for a, b in itertools.pairwise(blank))


def _runs_on(before: str, text: str) -> bool:
    """Whether a line begins with a small letter, and the line before may be a part of a sentence."""
    if not text[0].islower() or len(before) < MIN_BROKEN_LINE_CHARS or end_of(before):
        return False
    return word_count(before) > MAX_LABEL_WORDS or not is_boilerplate(before)
