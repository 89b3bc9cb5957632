"""From counts of terms to features: TF-IDF, and the codebook's terms as features that length does not dilute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from .pillars import PILLARS, codebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Features"]

# Large enough that a codebook term outweighs its diluted TF-IDF twin, small enough that its weight is still regularised.
SCALE = 0.15
# A sentence or paragraph that names this many pillars is a list of them.
LIST = 3


@dataclass(frozen=True)
class Features:
    """The feature map of a model, the same for a sentence and for a paragraph.

    Columns: for each of the T terms its TF-IDF (sublinear, rows of unit length); for each of the K codebook terms whether
    it occurs; for each pillar whether it is named, how many of its patterns occur (log1p), whether it is named in a list.

    Parameters
    ----------
    idf : array of shape (T,)
        Inverse document frequency of each term of the lexicon.
    names, patterns : array of shape (T,)
        For each term the column of the pillar whose name (pattern) it is, or -1.
    """

    idf: NDArray[np.float32]
    names: NDArray[np.int8]
    patterns: NDArray[np.int8]

    @classmethod
    def learn(cls, terms: Sequence[str], paragraphs: sparse.csr_array) -> Features:
        """Learn the IDF from the term counts of n paragraphs, shape (n, T), smoothed as scikit-learn does."""
        n, n_terms = paragraphs.shape
        df = np.bincount(paragraphs.indices, minlength=n_terms)
        idf = np.log((1 + n) / (1 + df)) + 1
        place = {term: i for i, term in enumerate(terms)}
        names, patterns = np.full(n_terms, -1, np.int8), np.full(n_terms, -1, np.int8)
        for column, pillar in enumerate(PILLARS):
            entry = codebook()[pillar]
            names[[place[t] for t in entry.names if t in place]] = column
            patterns[[place[t] for t in entry.patterns if t in place]] = column
        return cls(idf.astype(np.float32), names, patterns)

    @cached_property
    def _book(self) -> NDArray[np.intp]:
        return np.flatnonzero((self.names >= 0) | (self.patterns >= 0))

    @cached_property
    def _pillars_of_book(self) -> NDArray[np.float32]:
        """(K, 12): which pillar each codebook term names, and of which it is a pattern."""
        k = len(PILLARS)
        names, patterns = self.names[self._book], self.patterns[self._book]
        return np.hstack([names[:, None] == np.arange(k), patterns[:, None] == np.arange(k)]).astype(np.float32)

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.idf) + len(self._book) + 3 * len(PILLARS)

    def transform(self, counts: sparse.csr_array) -> sparse.csr_array:
        """Map term counts, shape (n, T), to features, shape (n, n_features), float32."""
        k = len(PILLARS)
        tfidf = counts.astype(np.float32)
        tfidf.data = (1 + np.log(tfidf.data)) * self.idf[tfidf.indices]
        norm = np.sqrt(tfidf.power(2).sum(axis=1))
        tfidf.data /= np.repeat(norm, np.diff(tfidf.indptr))
        book = counts[:, self._book].astype(np.float32)
        book.data[:] = 1
        found = book @ self._pillars_of_book
        named = found[:, :k] > 0
        listed = named & (named.sum(axis=1, keepdims=True) >= LIST)
        groups = sparse.csr_array(np.hstack([named, np.log1p(found[:, k:]), listed]).astype(np.float32))
        out = sparse.hstack([tfidf, SCALE * book, SCALE * groups], format="csr", dtype=np.float32)
        out.indices, out.indptr = out.indices.astype(np.int32), out.indptr.astype(np.int32)  # liblinear takes no other
        return out
