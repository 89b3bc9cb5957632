"""Fit linear support vector machines on paragraphs, on their sentences, and on paragraphs that a teacher labelled."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from joblib import delayed
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from ..messages import message
from ..model.counts import Counts
from ..model.features import Features
from ..model.model import pool
from ..model.parallel import run_parallel
from .thresholds import DECIMALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

Progress = Callable[[int, int], None]
"""Called after each step with the number of steps done and the number of all steps."""

# A sentence of a positive paragraph counts as positive if the current model scores it above this.
CERTAIN_SCORE = 0.6
# How much the naive Bayes ratio of a term changes its TF-IDF: from 0 (not at all) to 1 (the TF-IDF is multiplied by
# it).
NAIVE_BAYES_SHARE = 0.3
# Steps of the solver. A fit with the default C needs a few hundred.
MAX_STEPS = 10_000


@dataclass(frozen=True, eq=False)
class Examples:
    """The features of n paragraphs and of their sentences.

    Attributes
    ----------
    paragraphs : csr_array of shape (n, F)
    sentences : csr_array of shape (n_sentences, F)
    starts : array of shape (n + 1,)
        The sentences of paragraph i are the rows ``starts[i]:starts[i + 1]``.
    """

    paragraphs: sparse.csr_array
    sentences: sparse.csr_array
    starts: NDArray[np.int32]

    @classmethod
    def of(cls, counts: Counts, features: Features) -> Examples:
        """Return the features of counted paragraphs."""
        return cls(features.transform(counts.paragraphs()), features.transform(counts.sentences), counts.starts)

    def take(self, inside: NDArray[np.bool_]) -> Examples:
        """Return the paragraphs where `inside` is true."""
        sizes = np.diff(self.starts)
        rows = np.flatnonzero(np.repeat(inside, sizes))
        starts = np.concatenate([[0], np.cumsum(sizes[inside])]).astype(np.int32)
        return Examples(self.paragraphs[np.flatnonzero(inside)], self.sentences[rows], starts)

    def scores(self, weights: Weights) -> NDArray[np.float64]:
        """Return the score of each paragraph, shape (n, 6), as `cchc_ml.model.model.Model.scores` does."""
        coef, intercept = weights.coef.astype(np.float64), weights.intercept
        return pool(self.paragraphs @ coef + intercept, self.sentences @ coef + intercept, self.starts)


class Weights(NamedTuple):
    """Learned weights: ``coef`` of shape (F, 6) and ``intercept`` of shape (6,)."""

    coef: NDArray[np.float32]
    intercept: NDArray[np.float32]


class Taught(NamedTuple):
    """Labels that a teacher gave to some of the other paragraphs.

    ``rows`` are the numbers of the m labelled ones; ``y`` and ``weight`` have shape (m, 6).
    """

    rows: NDArray[np.intp]
    y: NDArray[np.bool_]
    weight: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Training:
    """What the models of all folds learn from.

    Attributes
    ----------
    examples : Examples
        The n labelled paragraphs.
    y : array of shape (n, 6)
    weight : array of shape (n,)
        The weight of each paragraph. Its sentences have the same, times `sentence_weight`.
    others : Examples or None
        Paragraphs without labels, which a teacher can label.
    n_terms : int
        The number of terms of the lexicon; their features are the first.
    C, sentence_weight, rounds, random_state
        See `cchc_ml.PillarClassifier`.
    """

    examples: Examples
    y: NDArray[np.int8]
    weight: NDArray[np.float64]
    others: Examples | None
    n_terms: int
    C: float
    sentence_weight: float
    rounds: int
    random_state: int

    def fit(
        self,
        parts: Sequence[NDArray[np.intp]],
        taught: Sequence[Taught | None],
        n_jobs: int | None,
        step: Callable[[], None],
    ) -> list[Weights]:
        """Fit one model on each part (numbers of paragraphs) and on what was taught beside it, in parallel.

        `step` is called after each pillar of each model.
        """
        pillars = range(self.y.shape[1])
        tasks = [(part, extra, k) for part, extra in zip(parts, taught, strict=True) for k in pillars]
        fits = []
        for fit in run_parallel((delayed(self.fit_pillar)(*task) for task in tasks), n_jobs):
            fits.append(fit)
            step()
        models = [fits[i : i + len(pillars)] for i in range(0, len(fits), len(pillars))]
        return [
            Weights(
                round_weights(np.stack([coef for coef, _ in model], axis=1)),
                np.array([intercept for _, intercept in model], np.float32).round(DECIMALS),
            )
            for model in models
        ]

    def fit_pillar(self, part: NDArray[np.intp], taught: Taught | None, k: int) -> tuple[NDArray[np.float64], float]:
        """Fit pillar k by multiple-instance learning. Return its weights and its intercept."""
        y, weight = self.y[part, k], self.weight[part]
        n_features = self.examples.paragraphs.shape[1]
        if y.min() == y.max():
            # A fold may have no paragraph with a rare pillar, or none without it. Then the score is a constant.
            return np.zeros(n_features), 2.0 * y[0] - 1
        paragraphs = self.examples.paragraphs[part]
        importance = np.ones(n_features, np.float32)
        importance[: self.n_terms] += NAIVE_BAYES_SHARE * (log_count_ratio(paragraphs[:, : self.n_terms], y) - 1)
        paragraphs = scale_columns(paragraphs, importance)
        sizes = np.diff(self.examples.starts)
        of_part = np.repeat(np.isin(np.arange(len(sizes)), part), sizes)
        sentences = scale_columns(self.examples.sentences[np.flatnonzero(of_part)], importance)
        owner = np.repeat(np.arange(len(part)), sizes[part])
        taught_block: list[tuple[sparse.csr_array, NDArray[Any], NDArray[Any]]] = []
        if taught is not None and self.others is not None:
            extra = scale_columns(self.others.paragraphs[taught.rows], importance)
            taught_block.append((extra, taught.y[:, k], taught.weight[:, k]))
        block = (paragraphs, y, weight)
        svm = self._fit_svm([block, *([] if self.rounds else taught_block)])
        for _ in range(self.rounds):
            positive = positive_sentences(svm.decision_function(sentences), owner, y)
            used = np.flatnonzero(positive | (y[owner] == 0))
            sentence_block = (sentences[used], positive[used], self.sentence_weight * weight[owner[used]])
            svm = self._fit_svm([block, sentence_block, *taught_block])
        return svm.coef_[0] * importance, float(svm.intercept_[0])

    def _fit_svm(self, blocks: Sequence[tuple[sparse.csr_array, NDArray[Any], NDArray[Any]]]) -> LinearSVC:
        """Fit on blocks of features, labels and weights."""
        X = sparse.vstack([features for features, _, _ in blocks], format="csr")
        X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
        y = np.concatenate([labels for _, labels, _ in blocks])
        weight = np.concatenate([weights for _, _, weights in blocks])
        svm = LinearSVC(C=self.C, dual=True, tol=1e-3, max_iter=MAX_STEPS, random_state=self.random_state)
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            # Its words are about the solver. What helps is a smaller C.
            warnings.simplefilter("ignore", ConvergenceWarning)
            svm.fit(X, y, sample_weight=weight)
        if svm.n_iter_ >= MAX_STEPS:
            warnings.warn(
                message("with C = {c:g} the fit did not come to its end; use a smaller C", c=self.C), stacklevel=2
            )
        return svm


# liblinear has one random generator for all threads. If two fits share it, both depend on chance.
_ONE_AT_A_TIME = threading.Lock()


def round_weights(coef: NDArray[Any]) -> NDArray[np.float32]:
    """Round weights so that the model file can hold them as numbers of 16 bits, without loss."""
    return coef.astype(np.float32).round(DECIMALS).astype(np.float16).astype(np.float32)


def positive_sentences(scores: NDArray[np.float64], owner: NDArray[np.intp], y: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Mark the positive sentences: in each positive paragraph, the best one and all that score above `CERTAIN_SCORE`.

    Parameters
    ----------
    scores, owner : arrays of shape (n_sentences,)
        The score of each sentence and the number of its paragraph.
    y : array of shape (n,)
        The 0/1 label of each paragraph.

    Examples
    --------
    >>> scores, owner = np.array([0.1, 0.9, 0.7, 0.2, 0.8]), np.array([0, 0, 0, 1, 2])
    >>> positive_sentences(scores, owner, np.array([1, 1, 0])).tolist()
    [False, True, True, True, False]
    """
    by_paragraph_and_score = np.lexsort((scores, owner))
    last_of_paragraph = np.ones(len(owner), bool)
    last_of_paragraph[:-1] = np.diff(owner[by_paragraph_and_score]) > 0
    best = np.zeros(len(owner), bool)
    best[by_paragraph_and_score[last_of_paragraph]] = True
    positive: NDArray[np.bool_] = (y[owner] == 1) & (best | (scores > CERTAIN_SCORE))
    return positive


def log_count_ratio(X: sparse.csr_array, y: NDArray[np.int8]) -> NDArray[np.float32]:
    """Return how unevenly each column occurs in paragraphs with and without the pillar, divided by the mean."""
    present = X.astype(bool).astype(np.float64)
    with_pillar, without = 1 + present.T @ y, 1 + present.T @ (1 - y)
    ratio = np.abs(np.log((with_pillar / with_pillar.sum()) / (without / without.sum())))
    # Where no column is uneven, as when each text has a twin with the opposite labels, all have the same weight.
    mean = ratio.mean() if len(ratio) else 0.0
    relative = ratio / mean if mean > 0 else np.ones(len(ratio))
    return relative.astype(np.float32).round(DECIMALS)


def scale_columns(X: sparse.csr_array, factor: NDArray[np.float32]) -> sparse.csr_array:
    """Return X with each column multiplied by its factor."""
    scaled = X.copy()
    scaled.data *= factor[X.indices]
    return scaled
