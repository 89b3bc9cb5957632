"""How often each term of a lexicon occurs in each sentence of some paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Counts"]


class Counts:
    """How often each term of a lexicon occurs in each sentence of n paragraphs.

    It indexes and counts like an array of n paragraphs, so scikit-learn can split it.

    Parameters
    ----------
    sentences : csr_array of shape (n_sentences, n_terms)
        Term counts, the sentences of a paragraph in consecutive rows.
    starts : array of shape (n + 1,)
        The sentences of paragraph i are the rows ``starts[i]:starts[i + 1]``; a paragraph may have none.
    """

    def __init__(self, sentences: sparse.csr_array, starts: NDArray[np.int32]) -> None:
        self.sentences = sentences
        self.starts = starts

    @property
    def shape(self) -> tuple[int, int]:
        """Number of paragraphs, number of terms."""
        return len(self.starts) - 1, self.sentences.shape[1]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, index: Any) -> Counts:
        chosen = np.arange(len(self))[index]
        sizes = np.diff(self.starts)[chosen]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        rows = np.repeat(self.starts[chosen] - starts[:-1], sizes) + np.arange(starts[-1])
        return Counts(self.sentences[rows], starts)

    def paragraphs(self) -> sparse.csr_array:
        """Term counts of whole paragraphs, shape (n, n_terms): the sum of each one's sentences."""
        n_sentences = self.sentences.shape[0]
        ones = np.ones(n_sentences, self.sentences.dtype)
        pool = sparse.csr_array((ones, np.arange(n_sentences), self.starts), shape=(len(self), n_sentences))
        return pool @ self.sentences

    def ids(self) -> Iterator[list[list[int]]]:
        """Yield the ids of the terms in each sentence of each paragraph, sorted, one for each occurrence."""
        indptr, indices = self.sentences.indptr, self.sentences.indices
        for a, b in pairwise(self.starts):
            rows = (slice(indptr[i], indptr[i + 1]) for i in range(a, b))
            yield [np.repeat(indices[row], self.sentences.data[row].astype(np.intp)).tolist() for row in rows]

    @classmethod
    def from_ids(cls, paragraphs: Iterable[Sequence[Sequence[int]]], n_terms: int) -> Counts:
        """Build counts from the ids of the terms found, paragraph by paragraph, sentence by sentence."""
        ids: list[int] = []
        ends, starts = [0], [0]
        for sentences in paragraphs:
            for found in sentences:
                ids.extend(found)
                ends.append(len(ids))
            starts.append(len(ends) - 1)
        if ids and not 0 <= min(ids) <= max(ids) < n_terms:
            raise ValueError(f"term number {max(ids)} is not in the lexicon of {n_terms} terms")
        matrix = sparse.csr_array(
            (np.ones(len(ids), np.float32), np.array(ids, np.int32), np.array(ends, np.int32)),
            shape=(len(ends) - 1, n_terms),
        )
        matrix.sum_duplicates()
        return cls(matrix, np.array(starts, np.int32))

    @classmethod
    def join(cls, parts: Sequence[Counts]) -> Counts:
        """Put the paragraphs of several counts after one another."""
        sizes = [np.diff(part.starts) for part in parts]
        starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int32)
        return cls(sparse.vstack([part.sentences for part in parts], format="csr"), starts)
