"""A trained model: plain arrays that turn counts of terms into scores, probabilities, tags and evidence.

This module predicts, and needs numpy and scipy only. `cchc_ml.learning` trains.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..pillars import CCHC, AnyPillar, Codebook
from .context import ArticleContext, count_others, number_documents
from .counts import Counts
from .features import Features
from .info import ModelInfo
from .lexicon import Lexicon, Prepared, batches
from .notebook import tagged_html

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .operating_points import OperatingPoints

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
    context : dict of Pillar to (int, int), or None
        For each of the six, how many of the other paragraphs of the article carry it, and how many others there are.
        None if the paragraph was read alone.
    text : str
        The original text, if it was kept.
    """

    pillars: tuple[AnyPillar, ...]
    scores: Mapping[AnyPillar, float]
    evidence: Mapping[AnyPillar, tuple[int, int]]
    context: Mapping[AnyPillar, tuple[int, int]] | None = None
    text: str = field(default="", repr=False, compare=False)

    def _repr_html_(self) -> str:
        return tagged_html(self.text, self.pillars, self.scores, self.evidence)


class Annotations(list[Annotation]):
    """A list of annotations that a notebook shows as marked text."""

    def _repr_html_(self) -> str:
        return "".join(annotation._repr_html_() for annotation in self)


class Readings(NamedTuple):
    """What is read of n paragraphs, each alone.

    Attributes
    ----------
    scores : array of shape (n, 6)
    evidence : array of shape (n, 6, 2)
        The start and end of the best sentence for each pillar, in the original text; -1 if there is no sentence.
    """

    scores: NDArray[np.float64]
    evidence: NDArray[np.intp]

    @classmethod
    def join(cls, parts: Sequence[Readings], n_pillars: int) -> Readings:
        """Return the paragraphs of several readings, one after the other."""
        empty = cls(np.empty((0, n_pillars)), np.empty((0, n_pillars, 2), np.intp))
        return cls(*(np.concatenate(arrays) for arrays in zip(empty, *parts, strict=True)))


class Decisions(NamedTuple):
    """What the model decides about n paragraphs.

    Attributes
    ----------
    scores, thresholds, probabilities : arrays of shape (n, 6)
        A pillar is tagged if its score is greater than the threshold.
    carrying : array of shape (n, 6)
        How many of the other paragraphs of the document carry each pillar.
    others : array of shape (n,)
        How many other paragraphs there are; 0 for a paragraph that was read alone.
    """

    scores: NDArray[np.float64]
    thresholds: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    carrying: NDArray[np.intp]
    others: NDArray[np.intp]


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
    context : ArticleContext or None
        How the other paragraphs of an article change the decisions. None if the model reads every paragraph alone.
    training_hashes : array of uint64
        The first 8 bytes of the SHA-256 of each training text, sorted. Empty if they are not known.
    info : ModelInfo
        Where the model comes from and how it was trained.
    points : OperatingPoints or None
        The thresholds for other objectives.
    codebook : Codebook
        The categories, in the order of all columns: the six pillars, or those of a user.
    """

    lexicon: Lexicon
    features: Features
    coef: NDArray[np.float32]
    intercept: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    calibration: NDArray[np.float32]
    context: ArticleContext | None = None
    training_hashes: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    info: ModelInfo = field(default_factory=ModelInfo)
    points: OperatingPoints | None = None
    codebook: Codebook = CCHC

    @property
    def carrying_thresholds(self) -> NDArray[np.float32]:
        """For the context of other paragraphs, a paragraph carries a pillar if its own score is above this."""
        chosen = self.context.carrying_thresholds if self.context else None
        return self.thresholds if chosen is None else chosen

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
        """Return the calibrated probability of each score of a paragraph that is read alone, in the same shape."""
        return sigmoid(self.calibration, scores)

    def decide(self, scores: NDArray[np.float64], documents: Iterable[Hashable] | None = None) -> Decisions:
        """Decide on n paragraphs from their scores, shape (n, 6).

        Parameters
        ----------
        scores : array of shape (n, 6)
            As `scores` returns.
        documents : sequence of n hashable, optional
            The document of each paragraph. The paragraphs of a document are read in context, as `ArticleContext` says.
            A paragraph that is alone in its document, or whose document is None, is read alone. So is every paragraph
            if this is None, or if the model has no context.
        """
        n = len(scores)
        thresholds = np.tile(self.thresholds, (n, 1))
        probabilities = self.probabilities(scores)
        carrying, others = np.zeros(scores.shape, np.intp), np.zeros(n, np.intp)
        if documents is not None:
            numbers = number_documents(documents, n)
            if self.context is not None and n:
                carrying, others = count_others(scores > self.carrying_thresholds, numbers)
                inside = others > 0
                scores = scores + self.context.term(carrying, others[:, None])
                thresholds[inside] = self.context.thresholds
                probabilities[inside] = sigmoid(self.context.calibration, scores[inside])
        return Decisions(scores, thresholds, probabilities, carrying, others)

    def read(self, texts: Iterable[str]) -> Readings:
        """Return the scores and the best sentences of paragraphs, each read alone."""
        return Readings.join([self._read(batch) for batch in batches(texts)], len(self.codebook))

    def _read(self, batch: Sequence[Prepared]) -> Readings:
        counts = self.lexicon.count_prepared(batch)
        scores, sentence_scores = self.scores_and_sentences(counts)
        evidence = np.full((len(batch), len(self.codebook), 2), -1, np.intp)
        spans = [span for paragraph in batch for span in paragraph.sentences_in_original()]
        if spans:
            has_sentences = np.diff(counts.starts) > 0
            evidence[has_sentences] = np.array(spans)[_best_rows(sentence_scores, counts.starts)]
        return Readings(scores, evidence)

    def annotate(self, texts: Iterable[str], documents: Iterable[Hashable] | None = None) -> list[Annotation]:
        """Return the tags of each paragraph, with the sentence that carries each tag.

        Parameters
        ----------
        texts : iterable of str
        documents : sequence of hashable, optional
            The document of each paragraph; see `decide`. By default, every paragraph is read alone.
        """
        if documents is None:
            return [found for batch in batches(texts) for found in self.annotations(self._read(batch))]
        return list(self.annotations(self.read(texts), documents))

    def annotations(self, readings: Readings, documents: Iterable[Hashable] | None = None) -> Iterator[Annotation]:
        """Yield the annotation of each paragraph that was read; `documents` as in `decide`."""
        decisions = self.decide(readings.scores, documents)
        tagged = (decisions.scores > decisions.thresholds).tolist()
        ranked = np.argsort(-decisions.probabilities, axis=1, kind="stable").tolist()
        evidence, carrying, others = readings.evidence.tolist(), decisions.carrying.tolist(), decisions.others.tolist()
        pillars = self.codebook.categories
        for i, probabilities in enumerate(decisions.probabilities.tolist()):
            columns = [k for k in ranked[i] if tagged[i][k]]
            yield Annotation(
                pillars=tuple(pillars[k] for k in columns),
                scores=dict(zip(pillars, probabilities, strict=True)),
                evidence={pillars[k]: tuple(evidence[i][k]) for k in columns if evidence[i][k][0] >= 0},
                context={p: (k, others[i]) for p, k in zip(pillars, carrying[i], strict=True)} if others[i] else None,
            )


def sigmoid(calibration: NDArray[np.float32], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the calibrated probability of each score, shape (n, 6); `calibration` as in `Model`."""
    slope, offset = calibration.T
    probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-(slope * scores + offset)))
    return probabilities


def _best_rows(sentences: NDArray[np.float64], starts: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the row of the best sentence for each pillar, of each paragraph that has any; the first of equals."""
    first = starts[:-1][np.diff(starts) > 0]
    best = np.maximum.reduceat(sentences, first)
    is_best = sentences == np.repeat(best, np.diff(np.append(first, len(sentences))), axis=0)
    rows = np.where(is_best, np.arange(len(sentences))[:, None], len(sentences))
    best_rows: NDArray[np.intp] = np.minimum.reduceat(rows, first)
    return best_rows
