"""How often each term of a lexicon occurs in each sentence of some paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from ..messages import message

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Counts:
    """How often each term of a lexicon occurs in each sentence of n paragraphs.

    ``len(counts)`` and ``counts[index]`` work as for an array of n paragraphs, so scikit-learn can split it.

    Parameters
    ----------
    sentences : csr_array of shape (n_sentences, n_terms)
        Term counts. The sentences of a paragraph are consecutive rows.
    starts : array of shape (n + 1,)
        The sentences of paragraph i are the rows ``starts[i]:starts[i + 1]``. A paragraph may have no sentences.
    """

    def __init__(self, sentences: sparse.csr_array, starts: NDArray[np.int32]) -> None:
        self.sentences = sentences
        self.starts = starts

    @property
    def shape(self) -> tuple[int, int]:
        """The number of paragraphs and the number of terms."""
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
        """Return the term counts of whole paragraphs, shape (n, n_terms): the sums over their sentences."""
        n_sentences = self.sentences.shape[0]
        ones = np.ones(n_sentences, self.sentences.dtype)
        pool = sparse.csr_array((ones, np.arange(n_sentences), self.starts), shape=(len(self), n_sentences))
        return pool @ self.sentences

    def ids(self) -> Iterator[list[list[int]]]:
        """Yield for each paragraph, and each of its sentences, the sorted ids of the terms, one id per occurrence."""
        indptr, indices = self.sentences.indptr, self.sentences.indices
        for a, b in pairwise(self.starts):
            rows = (slice(indptr[i], indptr[i + 1]) for i in range(a, b))
            yield [np.repeat(indices[row], self.sentences.data[row].astype(np.intp)).tolist() for row in rows]

    @classmethod
    def from_ids(cls, paragraphs: Iterable[Sequence[Sequence[int]]], n_terms: int) -> Counts:
        """Build counts from the ids of the terms in each sentence of each paragraph; the opposite of `ids`.

        Raises
        ------
        ValueError
            An id is not between 0 and ``n_terms - 1``.

        Examples
        --------
        >>> Counts.from_ids([[[0, 0, 2], [1]], []], n_terms=3).paragraphs().toarray()
        array([[2., 1., 1.],
               [0., 0., 0.]], dtype=float32)
        """
        ids: list[int] = []
        ends, starts = [0], [0]
        for sentences in paragraphs:
            for sentence_ids in sentences:
                ids.extend(sentence_ids)
                ends.append(len(ids))
            starts.append(len(ends) - 1)
        if ids and not 0 <= min(ids) <= max(ids) < n_terms:
            wrong = min(ids) if min(ids) < 0 else max(ids)
            raise ValueError(
                message(
                    "no term has the id {wrong}; the {n_terms} terms of the lexicon have ids from 0",
                    wrong=wrong,
                    n_terms=n_terms,
                )
            )
        matrix = sparse.csr_array(
            (np.ones(len(ids), np.float32), np.array(ids, np.int32), np.array(ends, np.int32)),
            shape=(len(ends) - 1, n_terms),
        )
        matrix.sum_duplicates()
        return cls(matrix, np.array(starts, np.int32))

    @classmethod
    def join(cls, parts: Sequence[Counts]) -> Counts:
        """Return the paragraphs of several counts, one after the other."""
        sizes = [np.diff(part.starts) for part in parts]
        starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int32)
        return cls(sparse.vstack([part.sentences for part in parts], format="csr"), starts)
