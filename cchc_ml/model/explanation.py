"""Why a paragraph is tagged, or is not: its scores taken apart, exactly, into the places of the text that made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from ..pillars import PILLARS, Pillar
from .lexicon import prepare
from .model import SENTENCE_SHARE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .model import Model

__all__ = ["Explanation", "Part", "Strongest", "explain", "strongest_terms"]


@dataclass(frozen=True)
class Part:
    """What one occurrence of a term adds to a decision.

    Attributes
    ----------
    term : str
    kind : {"term", "codebook"}
        As any term, by its TF-IDF, or as a name or pattern of the codebook.
    scope : {"paragraph", "sentence"}
        In the score of the paragraph, or in that of its best sentence.
    start, end : int
        Where it stands, in the text as it was given.
    weight : float
    """

    term: str
    kind: str
    scope: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Explanation:
    """How the decision on one pillar came about: ``decision == intercept - threshold + sum of the parts' weights``.

    Attributes
    ----------
    decision : float
        As `PillarClassifier.decision_function` has it: the pillar is tagged where this is positive.
    probability : float
        The calibrated probability.
    intercept, threshold : float
        The model's.
    sentence : (int, int) or None
        The best sentence, in the text as it was given; None in a text without words.
    parts : tuple of Part
        By where they stand.
    """

    decision: float
    probability: float
    intercept: float
    threshold: float
    sentence: tuple[int, int] | None
    parts: tuple[Part, ...]

    @property
    def tagged(self) -> bool:
        """Whether the pillar is tagged."""
        return self.decision > 0

    def total(self, *, kind: str | None = None, scope: str | None = None) -> float:
        """Return the weight of all parts, or of those of one kind and scope."""
        return sum(part.weight for part in self.parts if kind in (None, part.kind) and scope in (None, part.scope))

    def by_term(self) -> dict[str, float]:
        """Return what each term adds in all, the strongest first, for or against."""
        totals: dict[str, float] = {}
        for part in self.parts:
            totals[part.term] = totals.get(part.term, 0.0) + part.weight
        return dict(sorted(totals.items(), key=lambda item: -abs(item[1])))


def explain(model: Model, text: str) -> Mapping[Pillar, Explanation]:
    """Take the six decisions on a paragraph apart.

    Examples
    --------
    >>> from cchc_ml.model.storage import read_model
    >>> found = explain(read_model(), "Tỷ lệ giải ngân vốn đầu tư công mới đạt 9%.")
    >>> why = found["public_finance"]
    >>> abs(why.decision - (why.intercept - why.threshold + why.total())) < 1e-9
    True
    >>> next(iter(why.by_term()))
    'vốn đầu tư công'
    """
    _, spans, origin = prepared = prepare(text)
    counts = model.lexicon.count_prepared([prepared])
    paragraph, sentences = counts.paragraphs(), counts.sentences
    scores, of_sentences = model.scores_and_sentences(counts)
    probabilities = model.probabilities(scores)
    whole, by_sentence = _weights(model, paragraph), _weights(model, sentences)
    found = model.lexicon.find(text)
    explained = {}
    for k, pillar in enumerate(PILLARS):
        best = int(of_sentences[:, k].argmax()) if spans else None
        parts = []
        for number, start, end, sentence in found:
            for share, scope, weights, row in (
                (1 - SENTENCE_SHARE, "paragraph", whole, 0),
                (SENTENCE_SHARE, "sentence", by_sentence, sentence),
            ):
                if scope == "sentence" and sentence != best:
                    continue
                for kind, weight in zip(("term", "codebook"), weights[row, number], strict=True):
                    if weight[k]:
                        parts.append(
                            Part(model.lexicon.terms[number], kind, scope, start, end, share * float(weight[k]))
                        )
        where = None
        if best is not None:
            a, b = spans[best]
            where = (a, b) if origin is None else (origin[a], origin[b])
        explained[pillar] = Explanation(
            decision=float(scores[0, k] - model.thresholds[k]),
            probability=float(probabilities[0, k]),
            intercept=float(model.intercept[k]),
            threshold=float(model.thresholds[k]),
            sentence=where,
            parts=tuple(parts),
        )
    return explained


def _weights(model: Model, counts: sparse.csr_array) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Return for each row and term what one occurrence adds, as a term and as one of the codebook, shape (2, 6)."""
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    shares = np.stack(model.features.shares(counts, model.coef), axis=1) / counts.data[:, None, None]
    return dict(zip(zip(rows.tolist(), counts.indices.tolist(), strict=True), shares, strict=True))


@dataclass(frozen=True)
class Strongest:
    """The terms that say most about a pillar, each with its weight, the strongest first.

    Attributes
    ----------
    for_it, against : tuple of (str, float)
        By weight times inverse document frequency.
    codebook : tuple of (str, float)
        Names and patterns of the codebook, by what one of them adds alone, whatever else the text says.
    """

    positive: tuple[tuple[str, float], ...]
    negative: tuple[tuple[str, float], ...]
    codebook: tuple[tuple[str, float], ...]


def strongest_terms(model: Model, n: int = 15) -> Mapping[Pillar, Strongest]:
    """Return the `n` terms for and against each pillar.

    Examples
    --------
    >>> from cchc_ml.model.storage import read_model
    >>> strongest_terms(read_model(), 1)["tthc"].for_it[0][0]
    'tthc'
    """
    terms = model.lexicon.terms
    weights = model.coef[: len(terms)] * model.features.idf[:, None]
    alone = sparse.csr_array(sparse.eye_array(len(terms), dtype=np.float32))
    _, codebook = model.features.shares(alone, model.coef)
    found = {}
    for k, pillar in enumerate(PILLARS):
        order = np.argsort(weights[:, k], kind="stable")
        book = np.argsort(-codebook[:, k], kind="stable")[:n]
        found[pillar] = Strongest(
            tuple((terms[i], float(weights[i, k])) for i in order[::-1][:n]),
            tuple((terms[i], float(weights[i, k])) for i in order[:n]),
            tuple((terms[i], float(codebook[i, k])) for i in book if codebook[i, k] > 0),
        )
    return found
