"""Explain why a paragraph is tagged or not: split its scores, exactly, into what each place of the text adds."""

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
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .lexicon import TermMatch
    from .model import Model

# For a row of counts and a term: what one occurrence adds to the six scores, as a term and as a term of the codebook.
Weights = dict[tuple[int, int], "NDArray[np.float64]"]


@dataclass(frozen=True)
class Part:
    """What one occurrence of a term adds to a decision.

    Attributes
    ----------
    term : str
    kind : {"term", "codebook"}
        Whether it adds its TF-IDF, as every term does, or adds as a name or pattern of the codebook.
    scope : {"paragraph", "sentence"}
        Whether it adds to the score of the paragraph or to the score of its best sentence.
    start, end : int
        Where the occurrence starts and ends in the original text.
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
    """How the decision on one pillar was made: ``decision == intercept - threshold + sum of the weights of the parts``.

    Attributes
    ----------
    decision : float
        What `PillarClassifier.decision_function` returns. The pillar is tagged if it is positive.
    probability : float
        The calibrated probability.
    intercept, threshold : float
        The model's.
    sentence : (int, int) or None
        The best sentence, in the original text. None if the text has no words.
    parts : tuple of Part
        In the order of the text.
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
        """Return the sum of the weights of all parts, or of the parts of one kind or scope."""
        return sum(part.weight for part in self.parts if kind in (None, part.kind) and scope in (None, part.scope))

    def by_term(self) -> dict[str, float]:
        """Return what each term adds in total. The strongest terms, positive or negative, come first."""
        totals: dict[str, float] = {}
        for part in self.parts:
            totals[part.term] = totals.get(part.term, 0.0) + part.weight
        return dict(sorted(totals.items(), key=lambda item: -abs(item[1])))


def explain(model: Model, text: str) -> Mapping[Pillar, Explanation]:
    """Explain the six decisions on a paragraph.

    Examples
    --------
    >>> from cchc_ml.model.storage import read_model
    >>> explanations = explain(read_model(), "Tỷ lệ giải ngân vốn đầu tư công mới đạt 9%.")
    >>> why = explanations["public_finance"]
    >>> abs(why.decision - (why.intercept - why.threshold + why.total())) < 1e-9
    True
    >>> next(iter(why.by_term()))
    'vốn đầu tư công'
    """
    prepared = prepare(text)
    counts = model.lexicon.count_prepared([prepared])
    scores, sentence_scores = model.scores_and_sentences(counts)
    probabilities = model.probabilities(scores)
    paragraph_weights, sentence_weights = _weights(model, counts.paragraphs()), _weights(model, counts.sentences)
    matches = model.lexicon.find(text)
    explanations = {}
    for k, pillar in enumerate(PILLARS):
        best = int(sentence_scores[:, k].argmax()) if prepared.sentences else None
        parts = _parts(model, k, matches, paragraph_weights, sentence_weights, best)
        explanations[pillar] = Explanation(
            decision=float(scores[0, k] - model.thresholds[k]),
            probability=float(probabilities[0, k]),
            intercept=float(model.intercept[k]),
            threshold=float(model.thresholds[k]),
            sentence=None if best is None else prepared.in_original(*prepared.sentences[best]),
            parts=tuple(parts),
        )
    return explanations


def _weights(model: Model, counts: sparse.csr_array) -> Weights:
    """Return what one occurrence of each term adds in each row of counts; arrays of shape (2, 6)."""
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    contributions = np.stack(model.features.contributions(counts, model.coef), axis=1) / counts.data[:, None, None]
    return dict(zip(zip(rows.tolist(), counts.indices.tolist(), strict=True), contributions, strict=True))


def _parts(
    model: Model, k: int, matches: list[TermMatch], in_paragraph: Weights, in_sentence: Weights, best: int | None
) -> Iterator[Part]:
    """Yield what each occurrence of a term adds to the decision on pillar k, whose best sentence is number `best`."""
    for term, start, end, sentence in matches:
        rows = [("paragraph", (1 - SENTENCE_SHARE) * in_paragraph[0, term])]
        if sentence == best:
            rows.append(("sentence", SENTENCE_SHARE * in_sentence[sentence, term]))
        for scope, weights in rows:
            for kind, weight in zip(("term", "codebook"), weights[:, k].tolist(), strict=True):
                if weight:
                    yield Part(model.lexicon.terms[term], kind, scope, start, end, weight)


@dataclass(frozen=True)
class Strongest:
    """The terms with the strongest effect on a pillar, each with its weight, the strongest first.

    Attributes
    ----------
    positive, negative : tuple of (str, float)
        The terms for and against the pillar, by weight times inverse document frequency.
    codebook : tuple of (str, float)
        Names and patterns of the codebook, by what each adds to a text that has no other term.
    """

    positive: tuple[tuple[str, float], ...]
    negative: tuple[tuple[str, float], ...]
    codebook: tuple[tuple[str, float], ...]


def strongest_terms(model: Model, n: int = 15) -> Mapping[Pillar, Strongest]:
    """Return the `n` strongest terms for and against each pillar.

    Examples
    --------
    >>> from cchc_ml.model.storage import read_model
    >>> strongest_terms(read_model(), 1)["tthc"].positive[0][0]
    'tthc'
    """
    terms = model.lexicon.terms
    term_weights = model.coef[: len(terms)] * model.features.idf[:, None]
    one_term_each = sparse.csr_array(sparse.eye_array(len(terms), dtype=np.float32))
    _, codebook_weights = model.features.contributions(one_term_each, model.coef)
    strongest = {}
    for k, pillar in enumerate(PILLARS):
        ascending = np.argsort(term_weights[:, k], kind="stable")
        of_codebook = np.argsort(-codebook_weights[:, k], kind="stable")[:n]
        strongest[pillar] = Strongest(
            positive=tuple((terms[i], float(term_weights[i, k])) for i in ascending[::-1][:n]),
            negative=tuple((terms[i], float(term_weights[i, k])) for i in ascending[:n]),
            codebook=tuple(
                (terms[i], float(codebook_weights[i, k])) for i in of_codebook if codebook_weights[i, k] > 0
            ),
        )
    return strongest
