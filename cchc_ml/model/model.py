"""A trained model: plain arrays that turn counts of terms into scores, probabilities, tags and evidence.

This module predicts, and needs numpy and scipy only. `cchc_ml.learning` trains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..pillars import PILLARS, Pillar
from .counts import Counts
from .features import Features
from .info import ModelInfo
from .lexicon import Lexicon, Prepared, batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A paragraph's score is 0.6 of its own score and 0.4 of the score of its best sentence.
SENTENCE_SHARE = 0.4


@dataclass(frozen=True)
class Annotation:
    """What the model says about one paragraph.

    Attributes
    ----------
    pillars : tuple of Pillar
        The pillars that the paragraph is evidence for, most probable first; often none.
    scores : dict of Pillar to float
        The calibrated probability of each of the six.
    evidence : dict of Pillar to (int, int)
        For each pillar in `pillars`, the start and end of the sentence that carries it, in the original text.
    """

    pillars: tuple[Pillar, ...]
    scores: Mapping[Pillar, float]
    evidence: Mapping[Pillar, tuple[int, int]]


def pool(paragraphs: NDArray[Any], sentences: NDArray[Any], starts: NDArray[np.int32]) -> NDArray[Any]:
    """Combine the scores of n paragraphs with the scores of their sentences.

    Parameters
    ----------
    paragraphs : array of shape (n, 6)
    sentences : array of shape (n_sentences, 6)
    starts : array of shape (n + 1,)
        The sentences of paragraph i are the rows ``starts[i]:starts[i + 1]``. A paragraph without sentences keeps its
        score.

    Returns
    -------
    array of shape (n, 6)
    """
    best = paragraphs.copy()
    has_sentences = np.diff(starts) > 0
    if has_sentences.any():
        best[has_sentences] = np.maximum.reduceat(sentences, starts[:-1][has_sentences])
    return (1 - SENTENCE_SHARE) * paragraphs + SENTENCE_SHARE * best


@dataclass(frozen=True, eq=False)
class Model:
    """The arrays of a trained classifier.

    Attributes
    ----------
    lexicon : Lexicon
        The T terms.
    features : Features
        The map from counts to F features.
    coef : array of shape (F, 6)
        Weights, one column per pillar.
    intercept, thresholds : array of shape (6,)
        A pillar is tagged if its score is greater than its threshold.
    calibration : array of shape (6, 2)
        Slope a and offset b of each pillar: probability = 1 / (1 + exp(-(a * score + b))) (Platt, 1999).
    info : ModelInfo
        Where the model comes from and how it was trained.
    """

    lexicon: Lexicon
    features: Features
    coef: NDArray[np.float32]
    intercept: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    calibration: NDArray[np.float32]
    info: ModelInfo = field(default_factory=ModelInfo)

    def scores(self, counts: Counts) -> NDArray[np.float64]:
        """Return the score of each paragraph, shape (n, 6)."""
        return self.scores_and_sentences(counts)[0]

    def score_texts(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Return the score of each paragraph, shape (n, 6), as `scores` does. The texts are read in batches."""
        return np.concatenate([self.scores(self.lexicon.count_prepared(batch)) for batch in batches(texts)])

    def scores_and_sentences(self, counts: Counts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the score of each paragraph, shape (n, 6), and of each sentence alone, shape (n_sentences, 6)."""
        paragraphs = self.features.score(counts.paragraphs(), self.coef) + self.intercept
        sentences = self.features.score(counts.sentences, self.coef) + self.intercept
        return pool(paragraphs, sentences, counts.starts), sentences

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the calibrated probability of each score, in the same shape."""
        slope, offset = self.calibration.T
        probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-(slope * scores + offset)))
        return probabilities

    def annotate(self, texts: Iterable[str]) -> list[Annotation]:
        """Return the tags of each paragraph, with the sentence that carries each tag."""
        return [annotation for batch in batches(texts) for annotation in self._annotate(batch)]

    def _annotate(self, batch: Sequence[Prepared]) -> Iterator[Annotation]:
        counts = self.lexicon.count_prepared(batch)
        scores, sentence_scores = self.scores_and_sentences(counts)
        probabilities = self.probabilities(scores)
        tagged = (scores > self.thresholds).tolist()
        ranked = np.argsort(-probabilities, axis=1, kind="stable").tolist()
        for i, (paragraph, row) in enumerate(zip(batch, probabilities.tolist(), strict=True)):
            columns = [k for k in ranked[i] if tagged[i][k]]
            evidence = {}
            if paragraph.sentences:
                of_paragraph = sentence_scores[counts.starts[i] : counts.starts[i + 1]]
                for k in columns:
                    start, end = paragraph.sentences[int(of_paragraph[:, k].argmax())]
                    evidence[PILLARS[k]] = paragraph.in_original(start, end)
            yield Annotation(tuple(PILLARS[k] for k in columns), dict(zip(PILLARS, row, strict=True)), evidence)
