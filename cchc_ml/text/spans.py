"""Cut a text into marked and unmarked pieces, by offsets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["spans"]


def spans(text: str, places: Iterable[Sequence[int]]) -> list[tuple[str, bool]]:
    """Return the pieces of a text in order, each with whether it is marked.

    The pieces joined give the text again. No piece is empty. Characters that several places share are marked once.

    Parameters
    ----------
    text : str
    places : iterable of (int, int)
        The start and the end of each marked part, in characters of `text`, in any order. What lies beyond the end of
        the text is ignored.

    Examples
    --------
    >>> spans("Mưa to. Xã cắt giảm thủ tục. Chợ đông.", [(8, 28)])
    [('Mưa to. ', False), ('Xã cắt giảm thủ tục.', True), (' Chợ đông.', False)]
    """
    pieces, at = [], 0
    for start, end in sorted((max(0, start), min(end, len(text))) for start, end in places):
        start = max(start, at)
        if start < end:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    pieces.append((text[at:], False))
    return [(piece, marked) for piece, marked in pieces if piece]
