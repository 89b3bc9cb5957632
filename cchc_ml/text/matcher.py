"""Find terms in running text, a whole batch of texts at once, with array operations.

No Python code runs per syllable or per match. An example, with the terms "một cửa" (term 0) and "cửa" (term 1) and the
text "Ở Một cửa.":

1. *Codes.* Each character becomes a number: the code point of its small letter, or 0 where a syllable ends (space,
   mark).
   "Ở Một cửa." → ``[7903, 0, 109, 7897, 116, 0, 99, 7917, 97, 0]``.
2. *Syllables.* A run of codes above 1 is a syllable. Each syllable is hashed and looked up in a hash table. The terms
   have two syllables: "một" is number 1, "cửa" is number 2. Every other syllable is number 0.
   "Ở Một cửa." → ``[0, 1, 2]``.
3. *Trie nodes.* The terms form a trie of syllable numbers. Node 0 is the root. "một" leads from the root to node 1,
   "cửa" from node 1 to node 2, and "cửa" from the root to node 3.
4. *Terms.* Each node has the number of the term that ends there, or -1: ``[-1, -1, 0, 1]``. From every syllable at
   once we go down one level: the nodes are ``[0, 1, 3]``, so "cửa" is found (node 3, term 1). Only node 1 has
   children. From there the next syllable leads to node 2: "một cửa" is found (term 0). The loop ends when no place
   can go further.

>>> matcher = Matcher(["một cửa", "cửa"])
>>> matches = matcher.find(["Ở Một cửa."], [[(0, 10)]])
>>> matches.terms.tolist(), matches.first.tolist(), matches.last.tolist()
([1, 0], [2, 1], [2, 2])
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

# The matcher knows the characters of the basic multilingual plane. No term has a character beyond it, so those are
# gaps.
_PLANE_CHARS = 0x10000
# Codes for characters that are not letters or digits: a gap between syllables, or nothing (invisible).
_GAP, _NOTHING = 0, 1
# Odd 64-bit constant (golden ratio). Base of the polynomial hash of a syllable, and multiplier of the hash table.
# It must be odd: only odd numbers have an inverse modulo 2**64, and `_cut` divides by its powers.
_ODD = 0x9E3779B97F4A7C15
# The hash table has at least 4 slots per key, so that most keys are found at the first slot.
_SLOTS_PER_KEY = 4


@dataclass(frozen=True, eq=False)
class Matches:
    """The m places where terms occur in texts of s syllables, ordered by the number of syllables of the term.

    Attributes
    ----------
    terms : array of shape (m,)
        The number of each term.
    first, last : array of shape (m,)
        The term's first and last syllable, counted through all the texts.
    sentences : array of shape (s,)
        The sentence of each syllable, counted through all the texts.
    starts, ends : array of shape (s,)
        Where each syllable starts and ends, in characters of the texts joined with one character between them.
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
        Lower-case syllables with single spaces between them. If two terms are spellings of one, the first stands for
        both.
    without_diacritics : bool
        Whether to remove the diacritics of the terms and the texts before they are compared.
    """

    def __init__(self, terms: Sequence[str], *, without_diacritics: bool = False) -> None:
        # Syllable 0 is any syllable that no term has. Node 0 is the root, which no syllable leads to.
        syllables: dict[str, int] = {}
        children: dict[tuple[int, int], int] = {}
        n_syllables, term_of = 1, [-1]
        for number, term in enumerate(terms):
            node = 0
            for syllable in (strip_diacritics(term) if without_diacritics else term).split():
                if syllable not in syllables:
                    syllables |= dict.fromkeys(spellings(syllable), n_syllables)
                    n_syllables += 1
                node = children.setdefault((node, syllables[syllable]), len(term_of))
                if node == len(term_of):
                    term_of.append(-1)
            if term_of[node] < 0:
                term_of[node] = number
        self._without_diacritics = without_diacritics
        _, _, hashes = _cut(self._codes("\n".join(syllables)))
        self._syllables = _Table(hashes, np.array([*syllables.values()], np.intp))
        self._n_syllables = n_syllables
        self._term_of = np.array(term_of, np.int32)
        edges = np.array([(*edge, node) for edge, node in children.items()], np.intp).reshape(-1, 3)
        from_root, inner = edges[edges[:, 0] == 0], edges[edges[:, 0] > 0]
        self._roots = np.zeros(n_syllables, np.intp)
        self._roots[from_root[:, 1]] = from_root[:, 2]
        self._has_children = np.isin(np.arange(len(term_of)), inner[:, 0])
        self._children = _Table(self._edge_key(inner[:, 0], inner[:, 1]), inner[:, 2])

    def _edge_key(self, nodes: NDArray[np.intp], syllables: NDArray[np.intp]) -> NDArray[np.uint64]:
        """Return one number for each pair of a node and the syllable that leads on from it."""
        return (nodes * self._n_syllables + syllables).astype(np.uint64)

    def _codes(self, text: str) -> NDArray[np.uint16]:
        """Return the code of each character: its small letter, `_GAP` or `_NOTHING`."""
        code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return np.take(_code_table(self._without_diacritics), code_points, mode="clip")

    def find(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> Matches:
        """Find the terms in the sentences of texts.

        Parameters
        ----------
        texts : sequence of n str
            In NFC.
        spans : sequence of n sequences of (int, int)
            Start and end of each sentence of a text, in order. No letter or digit may lie between two sentences.
        """
        offsets = accumulate((len(text) + 1 for text in texts), initial=0)
        sentence_starts = [offset + a for offset, of_text in zip(offsets, spans, strict=False) for a, _ in of_text]
        starts, ends, hashes = self._cut_joined(texts)
        sentence_sizes = np.diff(np.searchsorted(starts, sentence_starts), append=len(starts))
        syllables = self._syllables.find(hashes)
        # The next syllable of the same sentence. Syllable 0 ends each sentence, so that no term crosses the end.
        following = np.append(syllables[1:], 0)
        following[np.cumsum(sentence_sizes)[sentence_sizes > 0] - 1] = 0

        levels = []
        length, at, node = 0, np.arange(len(starts)), self._roots[syllables]
        while length == 0 or at.size:
            term = self._term_of[node]
            hit = np.flatnonzero(term >= 0)
            levels.append((term[hit], at[hit], at[hit] + length))
            open_places = np.flatnonzero(self._has_children[node])
            at, node = at[open_places], node[open_places]
            node = self._children.find(self._edge_key(node, following[at + length]))
            alive = np.flatnonzero(node)
            at, node = at[alive], node[alive]
            length += 1
        terms, first, last = map(np.concatenate, zip(*levels, strict=True))
        return Matches(terms, first, last, np.repeat(np.arange(len(sentence_starts)), sentence_sizes), starts, ends)

    def _cut_joined(self, texts: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint64]]:
        """Return start, end and hash of each syllable of the joined texts; invisible characters cut nothing."""
        codes = self._codes("\n".join(texts))
        if not (codes == _NOTHING).any():
            return _cut(codes)
        visible = np.flatnonzero(codes != _NOTHING)
        starts, ends, hashes = _cut(codes[visible])
        return visible[starts], visible[ends - 1] + 1, hashes


@cache
def _code_table(without_diacritics: bool) -> NDArray[np.uint16]:
    """Return the code of every character of the basic plane."""
    codes = np.zeros(_PLANE_CHARS, np.uint16)
    for code_point, character in enumerate(map(chr, range(_PLANE_CHARS))):
        plain = strip_diacritics(lower(character)) if without_diacritics else lower(character)
        if plain.isalnum():
            codes[code_point] = min(ord(plain[0]), _PLANE_CHARS - 1)
        else:
            codes[code_point] = _NOTHING if not plain or INVISIBLE.match(plain) else _GAP
    return codes


@lru_cache(maxsize=4)
def _powers(base: int, exponent: int) -> NDArray[np.uint64]:
    """Return the first 2**exponent powers of `base`, from base**1, modulo 2**64."""
    return np.cumprod(np.full(1 << exponent, base, np.uint64), dtype=np.uint64)


def _cut(codes: NDArray[np.uint16]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint64]]:
    """Return start, end and hash of each syllable. The hash does not depend on where the syllable stands.

    The hash is a polynomial in `_ODD`. Differences of one running sum give the hash of every syllable. A power of the
    inverse of `_ODD` then removes the position.
    """
    n = len(codes)
    inside = np.zeros(n + 2, bool)
    np.greater(codes, _NOTHING, out=inside[1:-1])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts, ends = edges[::2], edges[1::2]
    running_sum = np.zeros(n + 1, np.uint64)
    np.cumsum(codes * _powers(_ODD, n.bit_length())[:n], out=running_sum[1:])
    inverse = pow(_ODD, -1, 1 << 64)
    hashes = (running_sum[ends] - running_sum[starts]) * _powers(inverse, n.bit_length())[starts]
    return starts, ends, hashes


class _Table:
    """A hash table from 64-bit keys other than 0 to positive numbers, with open addressing."""

    def __init__(self, keys: NDArray[np.uint64], values: NDArray[np.intp]) -> None:
        bits = (_SLOTS_PER_KEY * len(keys)).bit_length()
        self._shift = np.uint64(64 - bits)
        # At worst a key is pushed past all the others, so the table needs that many slots behind its last one.
        n_slots = (1 << bits) + len(keys) + 1
        self._keys, self._values = np.zeros(n_slots, np.uint64), np.zeros(n_slots, np.intp)
        slot = self._slot(keys)
        while len(keys):
            free = self._keys[slot] == 0
            self._keys[slot[free]] = keys[free]  # where several keys want one slot, one of them gets it
            placed = self._keys[slot] == keys
            self._values[slot[placed]] = values[placed]
            keys, values, slot = keys[~placed], values[~placed], slot[~placed] + 1

    def _slot(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        return ((keys * np.uint64(_ODD)) >> self._shift).astype(np.intp)

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the number of each key, or 0 if the table does not have the key."""
        slot = self._slot(keys)
        stored = self._keys[slot]
        values: NDArray[np.intp] = np.where(stored == keys, self._values[slot], 0)
        undecided = np.flatnonzero((stored != keys) & (stored != 0))
        while undecided.size:
            slot[undecided] += 1
            stored = self._keys[slot[undecided]]
            same = stored == keys[undecided]
            values[undecided[same]] = self._values[slot[undecided[same]]]
            undecided = undecided[~same & (stored != 0)]
        return values
