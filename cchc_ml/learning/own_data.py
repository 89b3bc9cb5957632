"""Own rows beside the shipped data: how much they weigh, and thresholds that are chosen on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import GroupKFold

from ..messages import message
from ..model.features import Features
from ..model.lexicon import Lexicon
from ..model.model import Model
from ..model.operating_points import OperatingPoints, parse_objective
from ..pillars import CCHC, Codebook
from ..reading.inputs import OnNote
from .classifier import PillarClassifier
from .corpus import Corpus, read_corpus
from .fitting import Examples, Training
from .metric_types import Metrics
from .metrics import average_precision, metrics
from .thresholds import operating_points, tag_out_of_fold
from .twins import add_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The weights that are tried. With too few own rows or documents, own rows weigh `USUAL_WEIGHT`.
WEIGHTS = (1.0, 2.0, 4.0, 8.0)
USUAL_WEIGHT = 2.0
LEAST_ROWS = 50
LEAST_DOCUMENTS = 10
FOLDS = 3
# A threshold is chosen on own rows if so many of them have the pillar.
LEAST_POSITIVE = 25
# The title of the scores on own rows.
OWN_ROWS: str = message("own rows, cross-validated")


@dataclass(frozen=True)
class OwnWeight:
    """How much own rows weigh, and why.

    Attributes
    ----------
    value : float
    precision : dict of float to float
        For each weight that was tried, the mean average precision on own rows that the model did not see. Empty if
        nothing was tried.
    given : bool
        Whether the user gave the weight.
    """

    value: float
    precision: dict[float, float]
    given: bool = False


def check_categories(codebook: Codebook) -> None:
    """Raise if the shipped data is not labelled with the categories of a codebook.

    Raises
    ------
    ValueError
        The categories are not the six pillars. Their order does not matter.
    """
    if sorted(codebook.slugs) != sorted(CCHC.slugs):
        other = [slug for slug in codebook.slugs if slug not in CCHC.slugs]
        missing = [slug for slug in CCHC.slugs if slug not in codebook.slugs]
        differences = [
            f"{what} {', '.join(slugs)}" for what, slugs in (("has", other), ("does not have", missing)) if slugs
        ]
        raise ValueError(
            message(
                "the shipped data is labelled with the six pillars, but the codebook {differences}; "
                "train on your own DATA alone, without --with-default-data",
                differences=" and ".join(differences),
            )
        )


def join_default(own: Corpus, on_note: OnNote | None = None) -> tuple[Corpus, NDArray[np.bool_]]:
    """Return the shipped rows and own rows as one corpus, and which rows are own; see `add_rows`."""
    return add_rows(read_corpus(codebook=own.codebook), own, on_note)


def check_own(own: Corpus, own_weight: float | None) -> None:
    """Raise if own rows cannot be trained on with the shipped data.

    Raises
    ------
    ValueError
        The weight is not a number above 0, or no row is one to train on.
    """
    if own_weight is not None and not (isfinite(own_weight) and own_weight > 0):
        raise ValueError(message("found own weight {own_weight}, want a number greater than 0", own_weight=own_weight))
    if not own.is_training().any():
        raise ValueError(
            message(
                "no row to train on: every row has a `split` other than train; leave `split` empty in "
                "the rows to train on"
            )
        )


def weigh_own(
    training: Corpus,
    is_own: NDArray[np.bool_],
    lexicon: Lexicon,
    weights: NDArray[np.float64],
    given: float | None = None,
    n_jobs: int | None = None,
) -> OwnWeight:
    """Choose the weight of own rows by cross-validation on them: the lowest of those with the best average precision.

    Parameters
    ----------
    training : Corpus
        The n training rows.
    is_own : array of shape (n,)
    lexicon : Lexicon
    weights : array of shape (n,)
        How much each row counts otherwise.
    given : float, optional
        The weight, if the user gave it.
    n_jobs : int, optional
        Processes.
    """
    if given is not None:
        return OwnWeight(given, {}, given=True)
    own = np.flatnonzero(is_own)
    documents = np.unique(training.documents[own], return_inverse=True)[1]
    if len(own) < LEAST_ROWS or len(np.unique(documents)) < LEAST_DOCUMENTS:
        return OwnWeight(USUAL_WEIGHT, {})
    counts = training.counts(lexicon)
    examples = Examples.of(counts, Features.learn(lexicon.terms, counts.paragraphs(), training.codebook))
    settings = PillarClassifier()
    split = list(GroupKFold(FOLDS, shuffle=True, random_state=0).split(own, groups=documents))
    parts = [np.setdiff1d(np.arange(len(training)), own[inside]) for _, inside in split]
    precision = {}
    for value in WEIGHTS:
        models = Training(
            examples=examples,
            y=training.y,
            weight=np.where(is_own, value * weights, weights),
            others=None,
            n_terms=len(lexicon),
            C=settings.C,
            sentence_weight=settings.sentence_weight,
            rounds=0,  # whole paragraphs are enough to choose by, and take a quarter of the time
            random_state=settings.random_state,
        ).fit(parts, [None] * len(parts), n_jobs, lambda: None)
        scores = np.zeros((len(own), training.y.shape[1]))
        for model, (_, inside) in zip(models, split, strict=True):
            taken = np.zeros(len(training), bool)
            taken[own[inside]] = True
            scores[inside] = examples.take(taken).scores(model)
        by_pillar = [average_precision(training.y[own, k], scores[:, k]) for k in range(training.y.shape[1])]
        precision[value] = round(float(np.mean([found for found in by_pillar if found is not None] or [0.0])), 4)
    return OwnWeight(max(precision, key=lambda value: (precision[value], -value)), precision)


def own_pillars(y: NDArray[np.int8], documents: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Return for which pillars a threshold can be chosen on own rows with these labels, shape (6,)."""
    if len(np.unique(documents)) < LEAST_DOCUMENTS:
        return np.zeros(y.shape[1], bool)
    positive = y.sum(axis=0)
    enough: NDArray[np.bool_] = (positive >= LEAST_POSITIVE) & (len(y) - positive >= LEAST_POSITIVE)
    return enough


def with_own_thresholds(classifier: PillarClassifier, training: Corpus, is_own: NDArray[np.bool_]) -> Model:
    """Return the trained model with thresholds that are chosen on own rows, for the pillars with enough of them."""
    model: Model = classifier.model_
    documents = classifier.documents_
    enough = own_pillars(training.y[is_own], training.documents[is_own])
    if not enough.any():
        return model

    def chosen(rows: NDArray[np.bool_], scores: NDArray[np.float64], before: OperatingPoints | None) -> OperatingPoints:
        own = operating_points(training.y[rows], scores[rows], documents[rows])
        if before is None:
            return own
        return OperatingPoints(
            f1=np.where(enough, own.f1, before.f1),
            precision=np.where(enough[:, None], own.precision, before.precision),
            recall=np.where(enough[:, None], own.recall, before.recall),
            shown=own.shown,
        )

    context, objective = model.context, parse_objective(classifier.objective)
    inside = is_own & (classifier.oof_others_ > 0)
    if context is not None and (training.y[inside].sum(axis=0) >= LEAST_POSITIVE)[enough].all():
        points = chosen(inside, classifier.oof_context_scores_, context.points)
        context = replace(context, thresholds=points.at(objective), points=points)
    points = chosen(is_own, classifier.oof_scores_, model.points)
    return replace(model, thresholds=points.at(objective), points=points, context=context)


def measure_own(classifier: PillarClassifier, training: Corpus, is_own: NDArray[np.bool_]) -> Metrics:
    """Measure on own rows, by models and thresholds that saw nothing of their documents."""
    scores, folds, documents = classifier.oof_scores_, classifier.oof_folds_, classifier.documents_
    objective = classifier.objective
    tags = tag_out_of_fold(training.y, scores, folds, objective, documents)[is_own]
    enough = own_pillars(training.y[is_own], training.documents[is_own])
    if enough.any() and len(np.unique(folds[is_own])) > 1:
        own_tags = tag_out_of_fold(training.y[is_own], scores[is_own], folds[is_own], objective, documents[is_own])
        tags = np.where(enough, own_tags, tags)
    return metrics(training.y[is_own], tags, scores[is_own], training.codebook)


def describe_own(training: Corpus, is_own: NDArray[np.bool_], weight: OwnWeight) -> str:
    """Return what of a model is whose, as Markdown for its card."""
    own = training.take(np.flatnonzero(is_own))
    others = training.take(np.flatnonzero(~is_own))
    enough = own_pillars(own.y, own.documents)
    on_own = ", ".join(f"`{pillar}`" for pillar, has in zip(own.codebook, enough, strict=True) if has) or "none"
    if weight.given:
        why = "as given"
    elif weight.precision:
        tried = ", ".join(f"{value:g}: {found:.4f}" for value, found in weight.precision.items())
        why = f"chosen by cross-validation on own rows; mean average precision by weight: {tried}"
    else:
        why = f"not chosen by cross-validation: fewer than {LEAST_ROWS} own rows or {LEAST_DOCUMENTS} documents"
    counts = ", ".join(f"`{pillar}` {n}" for pillar, n in zip(own.codebook, own.y.sum(axis=0).tolist(), strict=True))
    return f"""\
## Whose data

| | |
| --- | --- |
| own rows | {len(own)} paragraphs of {len(set(own.documents))} documents, SHA-256 `{own.sha256()}` |
| own labels | {counts} |
| shipped rows | {len(others)} paragraphs of {len(set(others.documents))} documents |
| weight of an own row | {weight.value:g} ({why}) |
| thresholds from own rows | {on_own} (needed: {LEAST_POSITIVE} own rows with the pillar, {LEAST_DOCUMENTS} documents) |
| lexicon | the shipped one: shipped rows are counts of its terms, so another term could be counted in own rows only |
"""
