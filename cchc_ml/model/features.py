"""Turn counts of terms into features: TF-IDF, and codebook features, which do not shrink in long texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from ..pillars import CCHC, PILLARS, Codebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Value of a codebook feature. It is large enough that the feature matters more than the TF-IDF of the same term in a
# long text, and small enough that its weight is still regularised.
CODEBOOK_SCALE = 0.15
# A sentence or paragraph that names at least this many pillars is a list of pillars.
LIST_MIN_PILLARS = 3


@dataclass(frozen=True, eq=False)
class Features:
    """The feature map of a model, the same for a sentence and for a paragraph.

    The columns are, in this order:

    - for each of the T terms its TF-IDF (sublinear, rows of unit length);
    - for each of the K terms of the codebook whether it occurs;
    - for each pillar whether it is named, how many of its patterns occur (log1p), whether it is named in a list.

    Parameters
    ----------
    idf : array of shape (T,)
        Inverse document frequency of each term of the lexicon.
    name_pillar, pattern_pillar : arrays of shape (T,)
        For each term the number of the pillar that it is a name (a pattern) of, or -1.
    n_pillars : int
        The number of pillars, or of categories of another codebook.
    """

    idf: NDArray[np.float32]
    name_pillar: NDArray[np.int8]
    pattern_pillar: NDArray[np.int8]
    n_pillars: int = len(PILLARS)

    @classmethod
    def learn(cls, terms: Sequence[str], paragraphs: sparse.csr_array, codebook: Codebook = CCHC) -> Features:
        """Learn the IDF from the term counts of n paragraphs, shape (n, T), smoothed as in scikit-learn."""
        n, n_terms = paragraphs.shape
        df = np.bincount(paragraphs.indices, minlength=n_terms)
        idf = np.log((1 + n) / (1 + df)) + 1
        id_of = {term: i for i, term in enumerate(terms)}
        name_pillar, pattern_pillar = np.full(n_terms, -1, np.int8), np.full(n_terms, -1, np.int8)
        for number, category in enumerate(codebook):
            entry = category.entry
            name_pillar[[id_of[term] for term in entry.names if term in id_of]] = number
            pattern_pillar[[id_of[term] for term in entry.patterns if term in id_of]] = number
        return cls(idf.astype(np.float32), name_pillar, pattern_pillar, len(codebook))

    @cached_property
    def _book(self) -> NDArray[np.int32]:
        """The number of each term among the K terms of the codebook, or -1; shape (T,)."""
        numbers = np.full(len(self.idf), -1, np.int32)
        terms = np.flatnonzero((self.name_pillar >= 0) | (self.pattern_pillar >= 0))
        numbers[terms] = np.arange(len(terms))
        return numbers

    @cached_property
    def _pillars_of_book(self) -> NDArray[np.float64]:
        """1 where a codebook term is a name (the first columns) or a pattern (the others) of a pillar."""
        pillars, in_book = np.arange(self.n_pillars), self._book >= 0
        is_name = self.name_pillar[in_book, None] == pillars
        is_pattern = self.pattern_pillar[in_book, None] == pillars
        return np.hstack([is_name, is_pattern]).astype(np.float64)

    @property
    def n_features(self) -> int:
        """The number of columns."""
        return len(self.idf) + len(self._pillars_of_book) + 3 * self.n_pillars

    def blocks(self, counts: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array, NDArray[np.float64]]:
        """Turn term counts, shape (n, T), into three blocks of features: shapes (n, T), (n, K) and (n, 3 * n_pillars).

        The second and third blocks are not yet multiplied by `CODEBOOK_SCALE`.
        """
        (n, n_terms), k = counts.shape, self.n_pillars
        tfidf = (1 + np.log(counts.data, dtype=np.float64)) * self.idf[counts.indices]
        sizes = np.diff(counts.indptr)
        norm = np.sqrt(np.bincount(np.repeat(np.arange(n), sizes), tfidf * tfidf, n))
        tfidf /= np.repeat(norm, sizes)
        number = self._book[counts.indices]
        in_book = np.flatnonzero(number >= 0)
        present = np.ones(len(in_book)), number[in_book], np.searchsorted(in_book, counts.indptr)
        book = sparse.csr_array(present, shape=(n, len(self._pillars_of_book)))
        terms_by_group = book @ self._pillars_of_book
        named = terms_by_group[:, :k] > 0
        listed = named & (named.sum(axis=1, keepdims=True) >= LIST_MIN_PILLARS)
        groups = np.hstack([named, np.log1p(terms_by_group[:, k:]), listed])
        return sparse.csr_array((tfidf, counts.indices, counts.indptr), shape=(n, n_terms)), book, groups

    def transform(self, counts: sparse.csr_array) -> sparse.csr_array:
        """Return the features of term counts: shape (n, T) to shape (n, n_features), float32."""
        tfidf, book, groups = self.blocks(counts)
        blocks = [tfidf, CODEBOOK_SCALE * book, CODEBOOK_SCALE * sparse.csr_array(groups)]
        out = sparse.hstack(blocks, format="csr", dtype=np.float32)
        out.indices, out.indptr = (
            out.indices.astype(np.int32),
            out.indptr.astype(np.int32),
        )  # liblinear accepts only int32
        return out

    def score(self, counts: sparse.csr_array, coef: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return features times weights: shapes (n, n_features) and (n_features, 6) give (n, 6)."""
        tfidf, book, groups = self.blocks(counts)
        of_terms, of_book, of_groups = np.split(coef, np.cumsum([tfidf.shape[1], book.shape[1]]))
        scores: NDArray[np.float64] = tfidf @ of_terms + CODEBOOK_SCALE * (book @ of_book + groups @ of_groups)
        return scores

    def contributions(
        self, counts: sparse.csr_array, coef: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Split `score` into contributions.

        Returns
        -------
        terms, codebook : arrays of shape (nnz, 6)
            The contribution of every nonzero count as a term, by TF-IDF, and as a term of the codebook. The
            contribution of a group feature is divided equally among the terms of the group that occur.
        """
        tfidf, book, groups = self.blocks(counts)
        of_terms, of_book, of_groups = np.split(coef.astype(np.float64), np.cumsum([tfidf.shape[1], book.shape[1]]))
        of_names, of_patterns, of_lists = np.split(of_groups, 3)
        named, logs, listed = np.split(groups, 3, axis=1)
        terms_by_group = np.maximum(book @ self._pillars_of_book, 1)
        # For each row and pillar: what all its names, and then all its patterns, contribute to all scores together.
        from_names = named[:, :, None] * of_names + listed[:, :, None] * of_lists
        from_patterns = logs[:, :, None] * of_patterns
        from_each_term = np.concatenate([from_names, from_patterns], axis=1) / terms_by_group[:, :, None]
        row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        number = self._book[counts.indices]
        in_book = number >= 0
        groups_of_term = self._pillars_of_book[number[in_book]]
        from_groups = np.einsum("hg,hgk->hk", groups_of_term, from_each_term[row[in_book]])
        codebook = np.zeros((counts.nnz, self.n_pillars))
        codebook[in_book] = CODEBOOK_SCALE * (of_book[number[in_book]] + from_groups)
        return tfidf.data[:, None] * of_terms[counts.indices], codebook
