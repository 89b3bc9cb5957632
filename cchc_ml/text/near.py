"""Near-duplicates among many texts, found exactly."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["near_duplicates"]

# Texts are compared by their sets of three syllables in a row. The three numbers of syllables are one number of 63
# bits, which is exact for two million different syllables.
SYLLABLES = 3
SYLLABLE_BITS = 21
_WORD = re.compile(r"\w+")


def near_duplicates(texts: Sequence[str], share: float, *, least: int = 1) -> list[int]:
    """Return for each text the number of the first text that it is a near-duplicate of, or its own number.

    Two texts are near-duplicates if their sets of three syllables in a row have at least this share of their union in
    common (Jaccard). A near-duplicate of a near-duplicate is one too.

    Only texts that share one of their rarest triples can be near-duplicates: the triples that a text must share with
    another are more than those that are not among its rarest (prefix filtering; Chaudhuri and others, 2006). So the
    result is exact, and few texts are compared.

    Parameters
    ----------
    texts : sequence of str
    share : float
        Above 0, and at most 1.
    least : int
        A text with fewer triples has no near-duplicates.

    Examples
    --------
    >>> near_duplicates(["Xã trả hồ sơ sớm.", "Trời mưa to ở nhiều nơi.", "xã  trả hồ sơ sớm."], 0.8)
    [0, 1, 0]
    """
    first = list(range(len(texts)))

    def root(i: int) -> int:
        while first[i] != i:
            first[i] = i = first[first[i]]
        return i

    of_triple: defaultdict[int, list[int]] = defaultdict(list)
    triples = _rarest_first(texts)
    for i, own in enumerate(triples):
        if len(own) < least:
            continue
        rarest = own[: len(own) - ceil(share * len(own) - 1e-9) + 1].tolist()
        for j in sorted({j for triple in rarest for j in of_triple[triple]}):
            if root(j) != root(i):
                common = len(np.intersect1d(own, triples[j], assume_unique=True))
                if common >= share * (len(own) + len(triples[j]) - common) - 1e-9:
                    low, high = sorted((root(i), root(j)))
                    first[high] = low
        for triple in rarest:
            of_triple[triple].append(i)
    return [root(i) for i in range(len(texts))]


def _rarest_first(texts: Sequence[str]) -> list[NDArray[np.int64]]:
    """Return the triples of each text as numbers: the fewer texts a triple is in, the lower its number."""
    numbers: dict[str, int] = {}
    sets = [_triples(text, numbers) for text in texts]
    if not any(map(len, sets)):
        return sets
    _, number, times = np.unique(np.concatenate(sets), return_inverse=True, return_counts=True)
    rank = np.empty(len(times), np.int64)
    rank[np.argsort(times, kind="stable")] = np.arange(len(times))
    ends = np.cumsum([len(own) for own in sets])
    return [np.sort(own) for own in np.split(rank[number], ends[:-1])]


def _triples(text: str, numbers: dict[str, int]) -> NDArray[np.int64]:
    """Return the different triples of a text. `numbers` has the number of each syllable, and gets new ones."""
    words = _WORD.findall(text.casefold())
    syllables = np.array([numbers.setdefault(word, len(numbers)) for word in words], np.int64) % (1 << SYLLABLE_BITS)
    a, b, c = (syllables[k : len(syllables) - SYLLABLES + 1 + k] for k in range(SYLLABLES))
    return np.unique((a << 2 * SYLLABLE_BITS) + (b << SYLLABLE_BITS) + c)
