"""Measuring tags and probabilities against labels, and how far the numbers can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..pillars import PILLARS
from .classifier import PillarClassifier
from .thresholds import choose_thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "agreement",
    "average_precision",
    "calibration",
    "cross_validated",
    "evaluate",
    "intervals",
    "metrics",
    "paired",
]

RESAMPLES = 2000
BINS = 10


def f1_of_counts(tp: NDArray[Any], fp: NDArray[Any], fn: NDArray[Any]) -> NDArray[np.float64]:
    """Return F1 from counts; 1 where there was nothing to find and nothing was found."""
    total = 2 * tp + fp + fn
    f1: NDArray[np.float64] = np.where(total > 0, 2 * tp / np.maximum(total, 1), 1.0)
    return f1


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole else 0.0


def average_precision(y: NDArray[Any], scores: NDArray[Any]) -> float | None:
    """Return the area under the precision-recall curve, in steps; None where no row is positive."""
    if not y.any():
        return None
    order = np.argsort(-scores, kind="stable")
    hits, ranked = np.cumsum(y[order]), scores[order]
    last = np.append(ranked[:-1] > ranked[1:], True)  # equal scores are one point of the curve
    precision, recall = (hits / np.arange(1, len(y) + 1))[last], (hits / hits[-1])[last]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def metrics(y: NDArray[Any], predicted: NDArray[Any], scores: NDArray[Any]) -> dict[str, Any]:
    """Measure the tags of n paragraphs.

    All six pillars count, whether the data has them or not: a false positive of a pillar that no row has is an error of
    micro and samples averages; the macro average is over the pillars that rows or predictions have.

    Parameters
    ----------
    y, predicted : arrays of shape (n, 6)
        0/1 labels and tags.
    scores : array of shape (n, 6)
        Scores or probabilities, for average precision.

    Returns
    -------
    dict
        ``n``; ``pillars``: for each slug support, tp, fp, fn, precision, recall, f1, average_precision (None without
        support); ``macro``, ``micro``, ``samples``: precision, recall, f1; ``exact_match``.

    Examples
    --------
    >>> y = np.eye(6, dtype=int)
    >>> metrics(y, y, y)["macro"]["f1"]
    1.0
    """
    y, predicted, scores = (
        np.asarray(y).astype(bool),
        np.asarray(predicted).astype(bool),
        np.asarray(scores).astype(float),
    )
    tp, fp, fn = (y & predicted).sum(0), (~y & predicted).sum(0), (y & ~predicted).sum(0)
    f1 = f1_of_counts(tp, fp, fn)
    pillars = {
        str(pillar): {
            "support": int(y[:, k].sum()),
            "tp": int(tp[k]),
            "fp": int(fp[k]),
            "fn": int(fn[k]),
            "precision": _ratio(tp[k], tp[k] + fp[k]),
            "recall": _ratio(tp[k], tp[k] + fn[k]),
            "f1": float(f1[k]),
            "average_precision": average_precision(y[:, k], scores[:, k]),
        }
        for k, pillar in enumerate(PILLARS)
    }
    present = [pillars[str(p)] for k, p in enumerate(PILLARS) if tp[k] + fp[k] + fn[k]]
    row_tp, row_fp, row_fn = (y & predicted).sum(1), (~y & predicted).sum(1), (y & ~predicted).sum(1)
    none_wrong = (row_fp + row_fn) == 0
    return {
        "n": len(y),
        "pillars": pillars,
        "macro": {
            name: float(np.mean([p[name] for p in present])) if present else 1.0
            for name in ("precision", "recall", "f1")
        },
        "micro": {
            "precision": _ratio(tp.sum(), tp.sum() + fp.sum()),
            "recall": _ratio(tp.sum(), tp.sum() + fn.sum()),
            "f1": float(f1_of_counts(tp.sum(), fp.sum(), fn.sum())),
        },
        "samples": {
            "precision": float(np.where(none_wrong, 1.0, row_tp / np.maximum(row_tp + row_fp, 1)).mean()),
            "recall": float(np.where(none_wrong, 1.0, row_tp / np.maximum(row_tp + row_fn, 1)).mean()),
            "f1": float(f1_of_counts(row_tp, row_fp, row_fn).mean()),
        },
        "exact_match": float(none_wrong.mean()),
    }


def _resampled_f1(
    y: NDArray[Any], predicted: NDArray[Any], documents: Sequence[Any] | NDArray[Any]
) -> NDArray[np.float64]:
    """Return the F1 of each pillar in `RESAMPLES` draws of whole documents with replacement, shape (RESAMPLES, 6)."""
    y, predicted = np.asarray(y).astype(bool), np.asarray(predicted).astype(bool)
    names, document = np.unique(np.asarray(documents, dtype=str), return_inverse=True)
    counts = np.zeros((3, len(names), len(PILLARS)))
    for part, hit in zip(counts, (y & predicted, ~y & predicted, y & ~predicted), strict=True):
        np.add.at(part, document, hit)
    times = np.random.default_rng(0).multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    tp, fp, fn = (times @ part for part in counts)
    # A pillar that a draw has not is no success in it.
    return np.where(tp + fp + fn > 0, f1_of_counts(tp, fp, fn), np.nan)


def intervals(
    y: NDArray[Any], predicted: NDArray[Any], documents: Sequence[Any] | NDArray[Any]
) -> dict[str, tuple[float, float]]:
    """Return 95 % intervals of F1, by the bootstrap over documents (Efron and Tibshirani, 1993): each slug's, and ``macro``."""
    f1 = _resampled_f1(y, predicted, documents)
    columns = {str(p): f1[:, k] for k, p in enumerate(PILLARS)} | {"macro": _mean(f1)}
    found = {}
    for name, values in columns.items():
        known = values[~np.isnan(values)]
        low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (0.0, 1.0)
        found[name] = (float(low), float(high))
    return found


def _mean(f1: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the pillars that a draw has; 1 where it has none."""
    known = ~np.isnan(f1)
    return np.where(known.any(1), np.where(known, f1, 0).sum(1) / np.maximum(known.sum(1), 1), 1.0)


def paired(
    y: NDArray[Any], ours: NDArray[Any], theirs: NDArray[Any], documents: Sequence[Any] | NDArray[Any]
) -> dict[str, float]:
    """Compare the macro-F1 of two taggers on the same paragraphs by the paired bootstrap over documents.

    Returns
    -------
    dict
        ``difference``, its 95 % interval ``low`` and ``high``, and ``p``, one-sided: the share of draws in which ours is no better.
    """
    draws = _mean(_resampled_f1(y, ours, documents)) - _mean(_resampled_f1(y, theirs, documents))
    difference = metrics(y, ours, ours)["macro"]["f1"] - metrics(y, theirs, theirs)["macro"]["f1"]
    low, high = np.quantile(draws, [0.025, 0.975])
    p = (1 + (draws <= 0).sum()) / (1 + len(draws))
    return {"difference": float(difference), "low": float(low), "high": float(high), "p": float(p)}


def calibration(y: NDArray[Any], probabilities: NDArray[Any]) -> dict[str, dict[str, Any]]:
    """Compare probabilities with how often they come true, for each slug, in ten bins of equal width.

    Returns
    -------
    dict
        For each slug ``ece``, the expected calibration error (Guo et al., 2017), and ``curve``: for each bin with rows, its
        mean probability, the share of positive rows and the number of rows.
    """
    found = {}
    for k, pillar in enumerate(PILLARS):
        bin_of = np.minimum((probabilities[:, k] * BINS).astype(int), BINS - 1)
        curve = [
            (float(probabilities[bin_of == b, k].mean()), float(np.mean(y[bin_of == b, k])), int((bin_of == b).sum()))
            for b in np.unique(bin_of)
        ]
        ece = sum(n * abs(p - share) for p, share, n in curve) / len(y)
        found[str(pillar)] = {"ece": float(ece), "curve": curve}
    return found


def agreement(first: NDArray[Any], second: NDArray[Any]) -> dict[str, Any]:
    """Compare two annotators' labels of n paragraphs, shapes (n, 6): Cohen's kappa (1960) and F1 of each pillar."""
    first, second = np.asarray(first).astype(bool), np.asarray(second).astype(bool)
    observed, p, q = (first == second).mean(0), first.mean(0), second.mean(0)
    chance = p * q + (1 - p) * (1 - q)
    kappa = np.where(chance < 1, (observed - chance) / np.maximum(1 - chance, 1e-12), 1.0)
    f1 = f1_of_counts((first & second).sum(0), (~first & second).sum(0), (first & ~second).sum(0))
    by_pillar = {str(pillar): {"kappa": float(kappa[k]), "f1": float(f1[k])} for k, pillar in enumerate(PILLARS)}
    return {"n": len(first), "exact_match": float((first == second).all(1).mean()), "pillars": by_pillar}


def evaluate(
    classifier: PillarClassifier, X: Any, y: NDArray[Any], documents: Sequence[Any] | NDArray[Any] | None = None
) -> dict[str, Any]:
    """Measure a trained classifier on n labelled paragraphs.

    Parameters
    ----------
    classifier : PillarClassifier
    X : sequence of n str, or Counts
    y : array of shape (n, 6)
    documents : sequence of n, optional
        The document of each paragraph, drawn whole by the bootstrap.

    Returns
    -------
    dict
        As `metrics`, with ``intervals`` and ``calibration``.
    """
    predicted, probabilities = classifier.predict(X), classifier.predict_proba(X)
    documents = np.arange(len(y)) if documents is None else documents
    return metrics(y, predicted, probabilities) | {
        "intervals": intervals(y, predicted, documents),
        "calibration": calibration(y, probabilities),
    }


def cross_validated(classifier: PillarClassifier, y: NDArray[Any]) -> dict[str, Any]:
    """Measure a classifier on its own training paragraphs, each scored and thresholded without its document.

    The thresholds of a fold are chosen on the out-of-fold scores of the other folds.
    """
    scores, folds = classifier.oof_scores_, classifier.oof_folds_
    predicted = np.zeros(y.shape, np.int8)
    for fold in np.unique(folds):
        test, rest = folds == fold, folds != fold
        predicted[test] = scores[test] > choose_thresholds(
            y[rest], scores[rest], classifier.objective, classifier.documents_[rest]
        )
    return metrics(y, predicted, scores)
