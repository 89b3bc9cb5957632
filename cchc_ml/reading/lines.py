"""Join the lines of text that was broken at the right edge: mails, PDF files, text copied from a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from .boilerplate import end_of, is_boilerplate

__all__ = ["join_lines"]

# Programs break lines at 70 to 80 characters; a longer line was not broken.
MAX_WRAPPED_LINE_CHARS = 140
# In a text that is broken at one width, a line of this share of the width is full: its paragraph may go on.
FULL_LINE_SHARE = 0.75
# A text is broken at one width if so many lines, and this share of them, break inside a sentence after this share of
# the width.
MIN_BROKEN_LINES = 3
BROKEN_LINES_SHARE = 0.2
BROKEN_LINE_SHARE_OF_WIDTH = 0.7
# A shorter line is a label or the end of a list, even if the next line begins with a small letter.
MIN_BROKEN_LINE_CHARS = 20


def join_lines(lines: Iterable[str]) -> list[str]:
    """Join the lines of each paragraph. A blank line always separates paragraphs.

    A line continues the line before it if it begins with a small letter and the line before does not end a sentence. In
    a text that is broken at one width, a line also continues a line before it that is nearly full.

    Examples
    --------
    >>> join_lines(["Sáng 4/5, lãnh đạo sở và trưởng các phòng họp giao ban", "tháng tư.", "", "Chiều nghỉ."])
    ['Sáng 4/5, lãnh đạo sở và trưởng các phòng họp giao ban tháng tư.', 'Chiều nghỉ.']
    """
    folded = [" ".join(line.split()) for line in lines]
    full_length = FULL_LINE_SHARE * _width(folded) if _is_wrapped(folded) else float("inf")
    joined: list[str] = []
    before = ""
    for line in folded:
        if line and before and not end_of(before) and (len(before) >= full_length or _runs_on(before, line)):
            joined[-1] = f"{joined[-1]} {line}"
        elif line:
            joined.append(line)
        before = line
    return joined


def _runs_on(before: str, line: str) -> bool:
    """Whether a line begins with a small letter, and the line before may be a part of a sentence."""
    return line[0].islower() and len(before) >= MIN_BROKEN_LINE_CHARS and not is_boilerplate(before)


def _width(lines: Sequence[str]) -> int:
    return max((len(line) for line in lines if len(line) <= MAX_WRAPPED_LINE_CHARS), default=0)


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether a text is broken at one width all through."""
    if any(len(line) > MAX_WRAPPED_LINE_CHARS for line in lines):
        return False
    long_enough = BROKEN_LINE_SHARE_OF_WIDTH * _width(lines)
    pairs = [(a, b) for a, b in pairwise(lines) if a and b]
    broken = sum(len(a) >= long_enough and b[0].islower() and not end_of(a) for a, b in pairs)
    return broken >= MIN_BROKEN_LINES and broken >= BROKEN_LINES_SHARE * len(pairs)
