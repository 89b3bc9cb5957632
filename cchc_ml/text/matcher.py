"""Finding terms in running text: a whole batch of texts at once, as operations on arrays.

A table of characters cuts the text into syllables, each syllable is hashed and looked up, and the terms are read off a trie
of syllables, one level at a time for all the places where a term may begin. No Python is run for a syllable or a match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from .normalize import INVISIBLE, lower, spellings, strip_diacritics

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Matcher", "Matches"]

# Characters of the basic plane; those beyond it are no letters that a term has, and count as gaps.
_PLANE = 0x10000
# What a character is that is no letter or digit: a gap between syllables, or nothing at all.
_GAP, _NOTHING = 0, 1
# Odd, without a pattern in its bits: its powers hash syllables, modulo 2**64, and it spreads keys over a table.
_ODD = 0x9E3779B97F4A7C15
# At most one slot in this many of a table is taken.
_SPARE = 4


@dataclass(frozen=True)
class Matches:
    """The m places where terms were found in texts of s syllables in all, first the terms of one syllable, then of two ….

    Attributes
    ----------
    terms : array of shape (m,)
        The number of each term.
    first, last : array of shape (m,)
        Its first and its last syllable.
    sentences : array of shape (s,)
        The sentence of each syllable, counted through all the texts.
    starts, ends : array of shape (s,)
        The first character of each syllable and the one after its last, counted through all the texts, with one between two.
    """

    terms: NDArray[np.int32]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    sentences: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]


class Matcher:
    """Finds every occurrence of terms, overlaps included, on syllable boundaries, in any accepted spelling.

    Parameters
    ----------
    terms : sequence of str
        Lower-case syllables with single spaces between. Of two that are spellings of one, the first stands for both.
    bare : bool
        Whether to read the terms and the texts without diacritics.
    """

    def __init__(self, terms: Sequence[str], *, without_diacritics: bool = False) -> None:
        # Syllable 0 is one that no term has; node 0 is where no term goes on.
        syllables: dict[str, int] = {}
        children: dict[tuple[int, int], int] = {}
        n_syllables, term_of = 1, [-1]
        for number, term in enumerate(terms):
            node = 0
            for written in (strip_diacritics(term) if without_diacritics else term).split():
                if written not in syllables:
                    syllables |= dict.fromkeys(spellings(written), n_syllables)
                    n_syllables += 1
                node = children.setdefault((node, syllables[written]), len(term_of))
                if node == len(term_of):
                    term_of.append(-1)
            if term_of[node] < 0:
                term_of[node] = number
        self._bare = without_diacritics
        self._syllables = _Table(_cut(self._read("\n".join(syllables)))[2], np.array([*syllables.values()], np.intp))
        self._n_syllables = n_syllables
        self._term_of = np.array(term_of, np.int32)
        edges = np.array([(*edge, node) for edge, node in children.items()], np.intp).reshape(-1, 3)
        roots, inner = edges[edges[:, 0] == 0], edges[edges[:, 0] > 0]
        self._roots = np.zeros(n_syllables, np.intp)
        self._roots[roots[:, 1]] = roots[:, 2]
        self._goes_on = np.isin(np.arange(len(term_of)), inner[:, 0])
        self._children = _Table((inner[:, 0] * n_syllables + inner[:, 1]).astype(np.uint64), inner[:, 2])

    def _read(self, text: str) -> NDArray[np.uint16]:
        """Return how each character is matched."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return np.take(_letters(self._bare), codes, mode="clip")

    def find(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> Matches:
        """Find the terms in the sentences of texts.

        Parameters
        ----------
        texts : sequence of n str
            In NFC.
        spans : sequence of n sequences of (int, int)
            Start and end of each sentence of a text, in order; what lies between them has no letter or digit.
        """
        offsets = accumulate((len(text) + 1 for text in texts), initial=0)
        begins = [offset + a for offset, found in zip(offsets, spans, strict=False) for a, _ in found]
        letters = self._read("\n".join(texts))
        seen = None
        if (letters == _NOTHING).any():
            seen = np.flatnonzero(letters != _NOTHING)
            letters = letters[seen]
        starts, ends, hashes = _cut(letters)
        if seen is not None:
            starts, ends = seen[starts], seen[ends - 1] + 1
        sizes = np.diff(np.searchsorted(starts, begins), append=len(starts))
        syllables = self._syllables.find(hashes)
        # What follows each syllable in its sentence.
        following = np.append(syllables[1:], 0)
        following[np.cumsum(sizes)[sizes > 0] - 1] = 0

        found = []
        length, at, node = 0, np.arange(len(starts)), self._roots[syllables]
        while length == 0 or at.size:
            term = self._term_of[node]
            hit = np.flatnonzero(term >= 0)
            found.append((term[hit], at[hit], at[hit] + length))
            going = np.flatnonzero(self._goes_on[node])
            at, node = at[going], node[going]
            node = self._children.find((node * self._n_syllables + following[at + length]).astype(np.uint64))
            alive = np.flatnonzero(node)
            at, node = at[alive], node[alive]
            length += 1
        terms, first, last = map(np.concatenate, zip(*found, strict=True))
        return Matches(terms, first, last, np.repeat(np.arange(len(begins)), sizes), starts, ends)


@cache
def _letters(without_diacritics: bool) -> NDArray[np.uint16]:
    """Return for each character how it is matched: its small letter, without diacritics where it is to be `bare`."""
    letters = np.zeros(_PLANE, np.uint16)
    for code, character in enumerate(map(chr, range(_PLANE))):
        plain = strip_diacritics(lower(character)) if without_diacritics else lower(character)
        if plain.isalnum():
            letters[code] = min(ord(plain[0]), _PLANE - 1)
        else:
            letters[code] = _NOTHING if not plain or INVISIBLE.match(plain) else _GAP
    return letters


@lru_cache(maxsize=4)
def _powers(base: int, exponent: int) -> NDArray[np.uint64]:
    """Return the powers of `base` modulo 2**64, the first 2**exponent of them."""
    return np.cumprod(np.full(1 << exponent, base, np.uint64), dtype=np.uint64)


def _cut(letters: NDArray[np.uint16]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint64]]:
    """Return where each syllable starts and ends, and a hash of it, the same wherever it stands."""
    n = len(letters)
    inside = np.zeros(n + 2, bool)
    np.greater(letters, _NOTHING, out=inside[1:-1])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts, ends = edges[::2], edges[1::2]
    total = np.zeros(n + 1, np.uint64)
    np.cumsum(letters * _powers(_ODD, n.bit_length())[:n], out=total[1:])
    return starts, ends, (total[ends] - total[starts]) * _powers(pow(_ODD, -1, 1 << 64), n.bit_length())[starts]


class _Table:
    """A hash table of positive numbers under 64-bit keys other than 0, with open addressing."""

    def __init__(self, keys: NDArray[np.uint64], values: NDArray[np.intp]) -> None:
        bits = (_SPARE * len(keys)).bit_length()
        self._shift = np.uint64(64 - bits)
        # No key is pushed further than past all the others.
        self._keys, self._values = (
            np.zeros((1 << bits) + len(keys) + 1, np.uint64),
            np.zeros((1 << bits) + len(keys) + 1, np.intp),
        )
        slot = self._slot(keys)
        while len(keys):
            free = self._keys[slot] == 0
            self._keys[slot[free]] = keys[free]  # where two want one slot, one gets it
            placed = self._keys[slot] == keys
            self._values[slot[placed]] = values[placed]
            keys, values, slot = keys[~placed], values[~placed], slot[~placed] + 1

    def _slot(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        return ((keys * np.uint64(_ODD)) >> self._shift).astype(np.intp)

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the number under each key, 0 where there is none."""
        slot = self._slot(keys)
        there = self._keys[slot]
        found: NDArray[np.intp] = np.where(there == keys, self._values[slot], 0)
        left = np.flatnonzero((there != keys) & (there != 0))
        while left.size:
            slot[left] += 1
            there = self._keys[slot[left]]
            same = there == keys[left]
            found[left[same]] = self._values[slot[left[same]]]
            left = left[~same & (there != 0)]
        return found
