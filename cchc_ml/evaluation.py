"""Measuring tags and probabilities against labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .classifier import PillarClassifier, best_threshold
from .pillars import PILLARS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["cross_validated", "evaluate", "metrics"]


def _f1(tp: NDArray[Any], fp: NDArray[Any], fn: NDArray[Any]) -> NDArray[np.float64]:
    """F1 from counts; 1 where there was nothing to find and nothing was found."""
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
    y, predicted = np.asarray(y).astype(bool), np.asarray(predicted).astype(bool)
    tp, fp, fn = (y & predicted).sum(0), (~y & predicted).sum(0), (y & ~predicted).sum(0)
    f1 = _f1(tp, fp, fn)
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
        "macro": {name: float(np.mean([p[name] for p in present])) if present else 1.0 for name in ("precision", "recall", "f1")},
        "micro": {
            "precision": _ratio(tp.sum(), tp.sum() + fp.sum()),
            "recall": _ratio(tp.sum(), tp.sum() + fn.sum()),
            "f1": float(_f1(tp.sum(), fp.sum(), fn.sum())),
        },
        "samples": {
            "precision": float(np.where(none_wrong, 1.0, row_tp / np.maximum(row_tp + row_fp, 1)).mean()),
            "recall": float(np.where(none_wrong, 1.0, row_tp / np.maximum(row_tp + row_fn, 1)).mean()),
            "f1": float(_f1(row_tp, row_fp, row_fn).mean()),
        },
        "exact_match": float(none_wrong.mean()),
    }


def evaluate(classifier: PillarClassifier, X: Any, y: NDArray[Any]) -> dict[str, Any]:
    """Measure a trained classifier on labelled paragraphs; see `metrics`."""
    return metrics(y, classifier.predict(X), classifier.predict_proba(X))


def cross_validated(classifier: PillarClassifier, y: NDArray[Any]) -> dict[str, Any]:
    """Measure a classifier on its own training paragraphs, each scored and thresholded without its document.

    The thresholds of a fold are chosen on the out-of-fold scores of the other folds.
    """
    scores, folds = classifier.oof_scores_, classifier.oof_folds_
    predicted = np.zeros(y.shape, np.int8)
    for fold in np.unique(folds):
        test, rest = folds == fold, folds != fold
        thresholds = [best_threshold(y[rest, k], scores[rest, k]) for k in range(len(PILLARS))]
        predicted[test] = scores[test] > thresholds
    return metrics(y, predicted, scores)
