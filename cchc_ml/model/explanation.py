"""Explain why a paragraph is tagged or not: split its scores, exactly, into what each place of the text adds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from ..messages import message
from ..pillars import AnyPillar
from .lexicon import prepare
from .model import SENTENCE_SHARE, sigmoid
from .notebook import explained_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .lexicon import TermMatch
    from .model import Model

# For a row of counts and a term: what one occurrence adds to the scores, as a term and as a term of the codebook.
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
class ContextTerm:
    """What the other paragraphs of the article add to a decision.

    Attributes
    ----------
    carrying : int
        How many of them carry the pillar by their own scores.
    others : int
        How many other paragraphs the article has.
    weight : float
    """

    carrying: int
    others: int
    weight: float


@dataclass(frozen=True)
class Explanation:
    """How the decision on one pillar was made: ``decision == intercept - threshold + total()``.

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
    context : ContextTerm or None
        What the rest of the article adds. None if the paragraph is explained alone.
    text : str
        The original text.
    """

    decision: float
    probability: float
    intercept: float
    threshold: float
    sentence: tuple[int, int] | None
    parts: tuple[Part, ...]
    context: ContextTerm | None = None
    text: str = field(default="", repr=False)

    @property
    def has_threshold(self) -> bool:
        """False if no threshold reached the wanted precision, so that the pillar is never tagged."""
        return math.isfinite(self.threshold)

    @property
    def tagged(self) -> bool:
        """Whether the pillar is tagged."""
        return self.decision > 0

    def total(self, *, kind: str | None = None, scope: str | None = None) -> float:
        """Return the sum of the weights of all parts and of the context, or of the parts of one kind or scope."""
        total = sum(part.weight for part in self.parts if kind in (None, part.kind) and scope in (None, part.scope))
        return total + (self.context.weight if self.context and kind is scope is None else 0.0)

    def by_term(self) -> dict[str, float]:
        """Return what each term adds in total. The strongest terms, positive or negative, come first."""
        totals: dict[str, float] = {}
        for part in self.parts:
            totals[part.term] = totals.get(part.term, 0.0) + part.weight
        return dict(sorted(totals.items(), key=lambda item: -abs(item[1])))

    def weights(self) -> list[float]:
        """Return the weight of each character of the text. The weight of a term is divided among its characters."""
        change = [0.0] * (len(self.text) + 1)  # of the weight, from one character to the next
        for part in self.parts:
            per_character = part.weight / (part.end - part.start)
            change[part.start] += per_character
            change[part.end] -= per_character
        return list(accumulate(change))[:-1]

    def to_html(self, pillar: AnyPillar | None = None) -> str:
        """Return the explanation as HTML: the verdict, the text shaded by the weight of its words, the terms."""
        verdict = "có" if self.tagged else "không" if self.has_threshold else "không bao giờ (never)"
        return explained_html(self.text, self.weights(), f"{verdict}, {self.probability:.0%}", self.by_term(), pillar)

    def _repr_html_(self) -> str:
        return self.to_html()


class Explanations(dict[AnyPillar, Explanation]):
    """The explanations of one paragraph by pillar. A notebook shows the tagged ones, and the one that came nearest."""

    def shown(self) -> list[AnyPillar]:
        """Return the pillars that are tagged, the strongest first, then the one that came nearest."""
        ranked = sorted(self, key=lambda pillar: -self[pillar].decision)
        return ranked[: sum(why.tagged for why in self.values()) + 1]

    def _repr_html_(self) -> str:
        return "".join(self[pillar].to_html(pillar) for pillar in self.shown())


def explain(model: Model, text: str, context: Mapping[AnyPillar, tuple[int, int]] | None = None) -> Explanations:
    """Explain the decisions on a paragraph.

    Parameters
    ----------
    model : Model
    text : str
    context : mapping of Pillar to (int, int), optional
        The `context` of the paragraph's `Annotation`: for each pillar, how many of the other paragraphs of the article
        carry it, and how many others there are. By default, the paragraph is explained alone.

    Raises
    ------
    ValueError
        A context is given, but the model has none, or its numbers are impossible.

    Examples
    --------
    >>> from cchc_ml.model.storage import read_model
    >>> explanations = explain(read_model(), "Tỷ lệ giải ngân vốn đầu tư công mới đạt 9%.")
    >>> why = explanations["public_finance"]
    >>> abs(why.decision - (why.intercept - why.threshold + why.total())) < 1e-9
    True
    >>> "vốn đầu tư công" in list(why.by_term())[:3]
    True
    """
    prepared = prepare(text)
    counts = model.lexicon.count_prepared([prepared])
    scores, sentence_scores = model.scores_and_sentences(counts)
    terms = _context_terms(model, context)
    in_context = model.context if terms else None
    scores = scores + [term.weight for term in terms] if terms else scores
    thresholds = in_context.thresholds if in_context else model.thresholds
    probabilities = sigmoid(in_context.calibration if in_context else model.calibration, scores)
    paragraph_weights, sentence_weights = _weights(model, counts.paragraphs()), _weights(model, counts.sentences)
    matches = model.lexicon.find(text)
    explanations = Explanations()
    for k, pillar in enumerate(model.codebook):
        best = int(sentence_scores[:, k].argmax()) if prepared.sentences else None
        parts = _parts(model, k, matches, paragraph_weights, sentence_weights, best)
        explanations[pillar] = Explanation(
            decision=float(scores[0, k] - thresholds[k]),
            probability=float(probabilities[0, k]),
            intercept=float(model.intercept[k]),
            threshold=float(thresholds[k]),
            sentence=None if best is None else prepared.in_original(*prepared.sentences[best]),
            parts=tuple(parts),
            context=terms[k] if terms else None,
            text=text,
        )
    return explanations


def _context_terms(model: Model, context: Mapping[AnyPillar, tuple[int, int]] | None) -> list[ContextTerm]:
    """Return the context term of each pillar; an empty list for a paragraph that is read alone."""
    if context is None or not any(others for _, others in context.values()):
        return []
    if model.context is None:
        raise ValueError(message("the model reads every paragraph alone; explain the paragraph without context"))
    if missing := [pillar for pillar in model.codebook if pillar not in context]:
        raise ValueError(
            message(
                "the context does not have {missing}; give the context of an annotation", missing=", ".join(missing)
            )
        )
    terms = []
    for pillar in model.codebook:
        carrying, others = context[pillar]
        if not 0 <= carrying <= others:
            raise ValueError(
                message(
                    "the context of {pillar} is {carrying} of {others} paragraphs; want 0 to {others}",
                    pillar=pillar,
                    carrying=carrying,
                    others=others,
                )
            )
        terms.append(ContextTerm(carrying, others, float(model.context.term(carrying, others))))
    return terms


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


def strongest_terms(model: Model, n: int = 15) -> Mapping[AnyPillar, Strongest]:
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
    for k, pillar in enumerate(model.codebook):
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
