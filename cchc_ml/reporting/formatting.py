"""Numbers, dates and text as people read them in a Vietnamese report."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..pillars import CCHC, Codebook
from ..text.normalize import printable

if TYPE_CHECKING:
    from .prevalence import Prevalence

__all__ = ["clean_places", "clean_text", "count", "day", "interval", "month_and_year", "percent", "pillar_css"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORD = re.compile(r"\S+")


def count(n: int) -> str:
    """Return a whole number with a point between thousands.

    Examples
    --------
    >>> count(12345)
    '12.345'
    """
    return f"{n:,}".replace(",", ".")


def percent(share: float, digits: int = 1) -> str:
    """Return a share as a percentage with a decimal comma.

    Examples
    --------
    >>> percent(0.1234)
    '12,3%'
    """
    return f"{100 * share:.{digits}f}%".replace(".", ",")


def interval(prevalence: Prevalence, k: int) -> str:
    """Return the 95 % interval of the pillar with number `k`, for example ``"3,1–8,9%"``; ``""`` if it is not known."""
    if prevalence.interval is None:
        return ""
    low, high = prevalence.interval[:, k]
    return f"{percent(low)[:-1]}–{percent(high)}"


def day(date: str) -> str:
    """Return a date as Vietnamese readers write it: ``YYYY-MM-DD`` as ``DD/MM/YYYY``, another as it is.

    Examples
    --------
    >>> day("2026-03-05"), day("5/3/2026"), day("2026")
    ('05/03/2026', '5/3/2026', '2026')
    """
    return "/".join(reversed(date.split("-"))) if _DAY.fullmatch(date) else date


def month_and_year(moment: str) -> str:
    """Return ``YYYY-MM`` or ``YYYY`` as Vietnamese readers write it.

    Examples
    --------
    >>> month_and_year("2024-02"), month_and_year("2024")
    ('02/2024', '2024')
    """
    return "/".join(reversed(moment.split("-")))


def pillar_css(codebook: Codebook = CCHC) -> str:
    """Return CSS rules that set ``--colour`` to the pillar's colour, for elements with ``data-pillar="SLUG"``."""
    return "".join(f'[data-pillar="{pillar}"] {{ --colour: {pillar.colour}; }}\n' for pillar in codebook)


def clean_text(value: object) -> str:
    r"""Return a value as text that HTML, Word and Excel can hold, with one space for each run of white space.

    Examples
    --------
    >>> clean_text(" Một\x00cửa \n xã ")
    'Một cửa xã'
    """
    return " ".join(printable(str(value)).split())


def clean_places(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    r"""Return where places of `text` are in ``clean_text(text)``.

    Parameters
    ----------
    text : str
        Any text.
    places : iterable of (int, int)
        The start and end offset of each place in `text`.

    Examples
    --------
    >>> text = "Chợ đông. \n\t Xã họp."
    >>> [(start, end)] = clean_places(text, [(13, 20)])
    >>> clean_text(text)[start:end]
    'Xã họp.'
    """
    words = [match.span() for match in _WORD.finditer(printable(text))]
    starts, ends = [start for start, _ in words], [end for _, end in words]
    clean_starts, length = [], 0
    for start, end in words:
        clean_starts.append(length)
        length += end - start + 1  # and a space

    def clean_place(start: int, end: int) -> tuple[int, int]:
        first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
        if first > last:  # only white space
            return 0, 0
        return (
            clean_starts[first] + max(0, start - starts[first]),
            clean_starts[last] + min(end, ends[last]) - starts[last],
        )

    return [clean_place(start, end) for start, end in places]
