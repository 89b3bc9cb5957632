"""From counts of terms to features: TF-IDF, and the codebook's terms as features that length does not dilute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from ..pillars import PILLARS, codebook

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
    def _book(self) -> NDArray[np.int32]:
        """(T,): the place of each term among the K of the codebook, or -1."""
        place = np.full(len(self.idf), -1, np.int32)
        inside = np.flatnonzero((self.names >= 0) | (self.patterns >= 0))
        place[inside] = np.arange(len(inside))
        return place

    @cached_property
    def _pillars_of_book(self) -> NDArray[np.float64]:
        """(K, 12): which pillar each codebook term names, and of which it is a pattern."""
        k = len(PILLARS)
        names, patterns = self.names[self._book >= 0], self.patterns[self._book >= 0]
        return np.hstack([names[:, None] == np.arange(k), patterns[:, None] == np.arange(k)]).astype(np.float64)

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.idf) + len(self._pillars_of_book) + 3 * len(PILLARS)

    def blocks(self, counts: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array, NDArray[np.float64]]:
        """Map term counts, shape (n, T), to the features in three blocks, of shapes (n, T), (n, K) and (n, 18), the latter unscaled."""
        (n, n_terms), k = counts.shape, len(PILLARS)
        tfidf = (1 + np.log(counts.data, dtype=np.float64)) * self.idf[counts.indices]
        sizes = np.diff(counts.indptr)
        norm = np.sqrt(np.bincount(np.repeat(np.arange(n), sizes), tfidf * tfidf, n))
        tfidf /= np.repeat(norm, sizes)
        place = self._book[counts.indices]
        hit = np.flatnonzero(place >= 0)
        present = np.ones(len(hit)), place[hit], np.searchsorted(hit, counts.indptr)
        book = sparse.csr_array(present, shape=(n, len(self._pillars_of_book)))
        found = book @ self._pillars_of_book
        named = found[:, :k] > 0
        listed = named & (named.sum(axis=1, keepdims=True) >= LIST)
        groups = np.hstack([named, np.log1p(found[:, k:]), listed])
        return sparse.csr_array((tfidf, counts.indices, counts.indptr), shape=(n, n_terms)), book, groups

    def transform(self, counts: sparse.csr_array) -> sparse.csr_array:
        """Map term counts, shape (n, T), to features, shape (n, n_features), float32."""
        tfidf, book, groups = self.blocks(counts)
        out = sparse.hstack([tfidf, SCALE * book, SCALE * sparse.csr_array(groups)], format="csr", dtype=np.float32)
        out.indices, out.indptr = out.indices.astype(np.int32), out.indptr.astype(np.int32)  # liblinear takes no other
        return out

    def score(self, counts: sparse.csr_array, coef: NDArray[np.float32]) -> NDArray[np.float64]:
        """Multiply the features by weights, shape (n_features, 6), without putting them together; return shape (n, 6)."""
        tfidf, book, groups = self.blocks(counts)
        of_terms, of_book, of_groups = np.split(coef, np.cumsum([tfidf.shape[1], book.shape[1]]))
        scores: NDArray[np.float64] = tfidf @ of_terms + SCALE * (book @ of_book + groups @ of_groups)
        return scores

    def shares(
        self, counts: sparse.csr_array, coef: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Take `score` apart: what each stored count of `counts` adds as a term, and as a term of the codebook; shape (nnz, 6) each.

        What a group of codebook terms adds is parted equally among those of the group that occur.
        """
        tfidf, book, groups = self.blocks(counts)
        of_terms, of_book, of_groups = np.split(coef.astype(np.float64), np.cumsum([tfidf.shape[1], book.shape[1]]))
        of_names, of_patterns, of_lists = np.split(of_groups, 3)
        named, logs, listed = np.split(groups, 3, axis=1)
        found = np.maximum(book @ self._pillars_of_book, 1)
        # For each row, pillar and group: what a name (pattern) of that pillar in that row adds to the six scores.
        each = (
            np.concatenate(
                [named[:, :, None] * of_names + listed[:, :, None] * of_lists, logs[:, :, None] * of_patterns], axis=1
            )
            / found[:, :, None]
        )
        row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        place = self._book[counts.indices]
        inside = place >= 0
        codebook = np.zeros((counts.nnz, len(PILLARS)))
        belongs = self._pillars_of_book[place[inside]]
        codebook[inside] = SCALE * (of_book[place[inside]] + np.einsum("hg,hgk->hk", belongs, each[row[inside]]))
        return tfidf.data[:, None] * of_terms[counts.indices], codebook
