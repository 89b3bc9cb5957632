"""A learned model: plain arrays that turn counts of terms into scores, probabilities, tags and evidence.

Prediction lives here, with numpy and scipy alone; learning lives in `classifier`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..pillars import PILLARS, Pillar
from .counts import Counts
from .features import Features
from .lexicon import Lexicon, Prepared, batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Annotation", "Model", "pool"]

# What of a paragraph's score is its best sentence's.
SENTENCE_SHARE = 0.4


@dataclass(frozen=True)
class Annotation:
    """What the model says of one paragraph.

    Attributes
    ----------
    pillars : tuple of Pillar
        The pillars it is evidence for, most probable first; often none.
    scores : dict of Pillar to float
        The calibrated probability of each of the six.
    evidence : dict of Pillar to (int, int)
        For each pillar in `pillars`, the offsets of the sentence that carries it, in the text as it was given.
    """

    pillars: tuple[Pillar, ...]
    scores: Mapping[Pillar, float]
    evidence: Mapping[Pillar, tuple[int, int]]


def pool(paragraphs: NDArray[Any], sentences: NDArray[Any], starts: NDArray[np.int32]) -> NDArray[Any]:
    """Combine the scores of n paragraphs with those of their sentences, shapes (n, 6) and (n_sentences, 6), to (n, 6)."""
    best = paragraphs.copy()
    filled = np.diff(starts) > 0
    if filled.any():
        best[filled] = np.maximum.reduceat(sentences, starts[:-1][filled])
    return (1 - SENTENCE_SHARE) * paragraphs + SENTENCE_SHARE * best


@dataclass(frozen=True)
class Model:
    """The arrays of a trained classifier.

    Attributes
    ----------
    lexicon : Lexicon
        The T terms.
    features : Features
        The map from counts to F features.
    coef : array of shape (F, 6)
        Weights, one column a pillar.
    intercept, thresholds : array of shape (6,)
        A pillar is tagged where its score exceeds its threshold.
    calibration : array of shape (6, 2)
        Slope a and offset b of each pillar: probability = 1 / (1 + exp(-(a * score + b))) (Platt, 1999).
    header : dict
        Where the model comes from: package version, hash of the data, cross-validated metrics.
    """

    lexicon: Lexicon
    features: Features
    coef: NDArray[np.float32]
    intercept: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    calibration: NDArray[np.float32]
    header: Mapping[str, Any] = field(default_factory=dict)

    def scores(self, counts: Counts) -> NDArray[np.float64]:
        """Score each paragraph, shape (n, 6): 0.6 of its own score, 0.4 of its best sentence's."""
        return self.scores_and_sentences(counts)[0]

    def score_texts(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Score each paragraph as `scores` does, in batches."""
        return np.concatenate([self.scores(self.lexicon.count_prepared(batch)) for batch in batches(texts)])

    def scores_and_sentences(self, counts: Counts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Score each paragraph, shape (n, 6), and each sentence by itself, shape (n_sentences, 6)."""
        paragraphs, sentences = (
            self.features.score(X, self.coef) + self.intercept for X in (counts.paragraphs(), counts.sentences)
        )
        return pool(paragraphs, sentences, counts.starts), sentences

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn scores into calibrated probabilities, the same shape."""
        a, b = self.calibration.T
        probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-(a * scores + b)))
        return probabilities

    def annotate(self, texts: Iterable[str]) -> list[Annotation]:
        """Tag the paragraphs `texts` and name the sentence that carries each tag."""
        return [annotation for batch in batches(texts) for annotation in self._annotate(batch)]

    def _annotate(self, batch: Sequence[Prepared]) -> Iterator[Annotation]:
        counts = self.lexicon.count_prepared(batch)
        scores, sentence_scores = self.scores_and_sentences(counts)
        probabilities = self.probabilities(scores)
        tagged = (scores > self.thresholds).tolist()
        ranked = np.argsort(-probabilities, axis=1, kind="stable").tolist()
        for i, ((_, spans, origin), row) in enumerate(zip(batch, probabilities.tolist(), strict=True)):
            columns = [k for k in ranked[i] if tagged[i][k]]
            evidence = {}
            for k in columns if spans else ():
                first, last = counts.starts[i], counts.starts[i + 1]
                a, b = spans[int(sentence_scores[first:last, k].argmax())]
                evidence[PILLARS[k]] = (a, b) if origin is None else (origin[a], origin[b])
            yield Annotation(tuple(PILLARS[k] for k in columns), dict(zip(PILLARS, row, strict=True)), evidence)
