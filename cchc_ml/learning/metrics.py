"""Compare tags and probabilities with labels, and say how uncertain the numbers are. All functions take arrays.

scikit-learn computes precision, recall, F1, average precision and kappa. This module adds the rule for pillars that
do not occur, and the bootstrap over documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import (
    cohen_kappa_score,
    f1_score,
    multilabel_confusion_matrix,
    precision_recall_curve,
    precision_recall_fscore_support,
)

from ..pillars import CCHC, Codebook
from .metric_types import MIN_DOCUMENTS, Agreement, Average, Calibration, Difference, Metrics, PillarScores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

BOOTSTRAP_DRAWS = 2000
CALIBRATION_BINS = 10


def metrics(y: NDArray[Any], predicted: NDArray[Any], scores: NDArray[Any], codebook: Codebook = CCHC) -> Metrics:
    """Measure the tags of n paragraphs.

    Micro and samples averages are over all pillars: a wrong tag counts even if no paragraph has that pillar. The
    macro average is over the pillars that occur in the labels or in the tags. If a pillar or a paragraph has neither
    labels nor tags, its F1 is 1.

    Parameters
    ----------
    y, predicted : arrays of shape (n, 6)
        0/1 labels and tags.
    scores : array of shape (n, 6)
        Scores or probabilities, for average precision.

    Returns
    -------
    Metrics
        A dict that can be written as JSON.

    Examples
    --------
    >>> y = np.eye(6, dtype=int)
    >>> metrics(y, y, y)["macro"]["f1"]
    1.0
    """
    y, predicted = _zeros_and_ones(y), _zeros_and_ones(predicted)
    scores = np.asarray(scores).astype(float)
    precision, recall, f1 = _precision_recall_f1(y, predicted, average=None)
    pillars: dict[str, PillarScores] = {}
    for k, (pillar, ((_, fp), (fn, tp))) in enumerate(
        zip(codebook, multilabel_confusion_matrix(y, predicted), strict=True)
    ):
        pillars[str(pillar)] = {
            "support": int(tp + fn),
            "tp": int(tp),
            "fp": int(fp),
            "fn": int(fn),
            "precision": float(precision[k]),
            "recall": float(recall[k]),
            "f1": float(f1[k]),
            "average_precision": average_precision(y[:, k], scores[:, k]),
        }
    micro_precision, micro_recall, micro_f1 = _precision_recall_f1(y, predicted, average="micro")
    return {
        "n": len(y),
        "pillars": pillars,
        "macro": _macro_average(list(pillars.values())),
        "micro": {"precision": float(micro_precision), "recall": float(micro_recall), "f1": float(micro_f1)},
        "samples": _samples_average(y, predicted),
        "exact_match": float((y == predicted).all(axis=1).mean()),
    }


def _zeros_and_ones(labels: NDArray[Any]) -> NDArray[np.int8]:
    return np.asarray(labels).astype(bool).astype(np.int8)


def _precision_recall_f1(y: NDArray[Any], predicted: NDArray[Any], average: str | None) -> tuple[Any, Any, Any]:
    """Return scikit-learn's scores. 0/0 is 0, but F1 is 1 where nothing was to be found and nothing was found."""
    precision, recall, _, _ = precision_recall_fscore_support(y, predicted, average=average, zero_division=0)
    return precision, recall, f1_score(y, predicted, average=average, zero_division=1)


def _macro_average(pillars: Sequence[PillarScores]) -> Average:
    present = [scores for scores in pillars if scores["tp"] + scores["fp"] + scores["fn"]]
    if not present:
        return {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    return {
        "precision": float(np.mean([scores["precision"] for scores in present])),
        "recall": float(np.mean([scores["recall"] for scores in present])),
        "f1": float(np.mean([scores["f1"] for scores in present])),
    }


def _samples_average(y: NDArray[Any], predicted: NDArray[Any]) -> Average:
    """Return the mean over paragraphs. A paragraph whose tags are all right has 1, also if it has no labels."""
    confusion = multilabel_confusion_matrix(y, predicted, samplewise=True)
    fp, fn, tp = confusion[:, 0, 1], confusion[:, 1, 0], confusion[:, 1, 1]
    all_right = fp + fn == 0
    return {
        "precision": float(np.where(all_right, 1.0, tp / np.maximum(tp + fp, 1)).mean()),
        "recall": float(np.where(all_right, 1.0, tp / np.maximum(tp + fn, 1)).mean()),
        "f1": float(f1_of_counts(tp, fp, fn).mean()),
    }


def f1_of_counts(tp: NDArray[Any], fp: NDArray[Any], fn: NDArray[Any]) -> NDArray[np.float64]:
    """Return F1 from counts; 1 where nothing was to be found and nothing was found."""
    total = 2 * tp + fp + fn
    f1: NDArray[np.float64] = np.where(total > 0, 2 * tp / np.maximum(total, 1), 1.0)
    return f1


def average_precision(y: NDArray[Any], scores: NDArray[Any]) -> float | None:
    """Return the area under the precision-recall curve, without interpolation; None if no label is 1.

    Examples
    --------
    >>> average_precision(np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3]))
    1.0
    """
    if not y.any():
        return None
    precision, recall, _ = precision_recall_curve(y, scores)
    # The curve runs from high recall to low. `average_precision_score` adds it up in that order; this is the same sum
    # from low recall to high, which keeps the last bit of the numbers in metrics.json.
    return float(np.sum(np.diff(recall[::-1]) * precision[-2::-1]))


def metrics_with_intervals(
    y: NDArray[Any],
    predicted: NDArray[Any],
    probabilities: NDArray[Any],
    documents: Sequence[Any] | NDArray[Any],
    codebook: Codebook = CCHC,
) -> Metrics:
    """Return `metrics` with ``documents`` (their number), ``intervals`` (of F1) and ``calibration``.

    Parameters
    ----------
    y, predicted, probabilities : arrays of shape (n, 6)
        0/1 labels, 0/1 tags and calibrated probabilities.
    documents : sequence of n
        The document of each paragraph. The bootstrap draws whole documents.
    """
    return {
        **metrics(y, predicted, probabilities, codebook),
        "documents": len(set(map(str, documents))),
        "intervals": intervals(y, predicted, documents, codebook),
        "calibration": calibration(y, probabilities, codebook),
    }


def _counts_by_document(
    y: NDArray[Any], predicted: NDArray[Any], documents: Sequence[Any] | NDArray[Any]
) -> NDArray[np.float64]:
    """Return TP, FP and FN of each document and pillar, shape (3, n_documents, 6)."""
    y, predicted = np.asarray(y).astype(bool), np.asarray(predicted).astype(bool)
    names, document = np.unique(np.asarray(documents, dtype=str), return_inverse=True)
    counts = np.zeros((3, len(names), y.shape[1]))
    for count, outcome in zip(counts, (y & predicted, ~y & predicted, y & ~predicted), strict=True):
        np.add.at(count, document, outcome)
    return counts


def _draw(counts: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Yield TP, FP and FN of each pillar in draws of whole documents with replacement, shapes (BOOTSTRAP_DRAWS, 6)."""
    n = counts.shape[1]
    times_drawn = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), BOOTSTRAP_DRAWS)
    return (times_drawn @ count for count in counts)


def _f1_of_draws(tp: NDArray[np.float64], fp: NDArray[np.float64], fn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the F1 of each pillar in each draw. If a pillar does not occur in a draw, it is undefined (NaN), not 1."""
    return np.where(tp + fp + fn > 0, f1_of_counts(tp, fp, fn), np.nan)


def _macro_of_draws(f1: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over the pillars that occur in each draw; 1 for a draw in which none occurs."""
    known = ~np.isnan(f1)
    return np.where(known.any(axis=1), np.where(known, f1, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1), 1.0)


def intervals(
    y: NDArray[Any],
    predicted: NDArray[Any],
    documents: Sequence[Any] | NDArray[Any],
    codebook: Codebook = CCHC,
) -> dict[str, tuple[float, float]]:
    """Return 95 % intervals of the F1 of each pillar that occurs, and of ``macro``-F1; none below `MIN_DOCUMENTS`.

    They come from the bootstrap over documents (Efron and Tibshirani, 1993). Where F1 is exactly 0 or 1, all draws are
    the same, so the bound is that of Clopper and Pearson (1934) for as many decisions as are independent.

    Examples
    --------
    >>> y = np.zeros((30, 6), int)
    >>> y[:5, 1] = 1
    >>> {name: (round(float(low), 2), high) for name, (low, high) in intervals(y, y, range(30)).items()}
    {'tthc': (0.65, 1.0), 'macro': (0.65, 1.0)}
    >>> intervals(y[:9], y[:9], range(9))
    {}
    """
    counts = _counts_by_document(y, predicted, documents)
    if counts.shape[1] < MIN_DOCUMENTS:
        return {}
    f1 = _f1_of_draws(*_draw(counts))
    bounds: dict[str, tuple[float, float]] = {}
    for k, pillar in enumerate(codebook):
        tp, fp, fn = counts[:, :, k]
        if (tp + fp + fn).any():
            bounds[str(pillar)] = _exact_f1_interval(tp, fp + fn) or _quantiles(f1[:, k])
    if bounds and not (counts[0].any() and counts[1:].any()):
        # Every pillar has an exact bound. Their mean is on the safe side.
        low, high = np.mean(list(bounds.values()), axis=0).tolist()
        bounds["macro"] = (low, high)
    elif bounds:
        bounds["macro"] = _quantiles(_macro_of_draws(f1))
    return bounds


def micro_intervals(
    y: NDArray[Any], predicted: NDArray[Any], documents: Sequence[Any] | NDArray[Any]
) -> dict[str, tuple[float, float]]:
    """Return 95 % intervals of micro ``precision``, ``recall`` and ``f1``, as `intervals` does by pillar."""
    counts = _counts_by_document(y, predicted, documents)
    if counts.shape[1] < MIN_DOCUMENTS:
        return {}
    tp, fp, fn = counts.sum(axis=2)
    drawn_tp, drawn_fp, drawn_fn = (drawn.sum(axis=1) for drawn in _draw(counts))
    bounds = {}
    for name, wrong, drawn_wrong in (("precision", fp, drawn_fp), ("recall", fn, drawn_fn)):
        if (tp + wrong).any():
            whole = drawn_tp + drawn_wrong
            share = np.where(whole > 0, drawn_tp / np.maximum(whole, 1), np.nan)
            bounds[name] = _exact_interval(tp, wrong) or _quantiles(share)
    if (tp + fp + fn).any():
        bounds["f1"] = _exact_f1_interval(tp, fp + fn) or _quantiles(_f1_of_draws(drawn_tp, drawn_fp, drawn_fn))
    return bounds


def _quantiles(draws: NDArray[np.float64]) -> tuple[float, float]:
    """Return the middle 95 % of the draws that are not NaN."""
    low, high = np.quantile(draws[~np.isnan(draws)], [0.025, 0.975])
    return float(low), float(high)


def _exact_interval(hits: NDArray[np.float64], errors: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the 95 % interval of the share of hits, if there are only hits or only errors; otherwise None.

    Decisions of one document are not independent, so they count as fewer (Kish, 1965). `hits` and `errors` are
    numbers by document.
    """
    if hits.any() and errors.any():
        return None
    decisions = hits + errors
    n_effective = decisions.sum() ** 2 / (decisions**2).sum()
    distance = 1 - 0.025 ** (1 / n_effective)
    return (1 - distance, 1.0) if hits.any() else (0.0, distance)


def _exact_f1_interval(hits: NDArray[np.float64], errors: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return `_exact_interval` for F1, which is 2 j / (1 + j) if j is the share of hits among hits and errors."""
    interval = _exact_interval(hits, errors)
    return None if interval is None else (2 * interval[0] / (1 + interval[0]), 2 * interval[1] / (1 + interval[1]))


def paired(
    y: NDArray[Any],
    ours: NDArray[Any],
    theirs: NDArray[Any],
    documents: Sequence[Any] | NDArray[Any],
    codebook: Codebook = CCHC,
) -> Difference:
    """Compare the macro-F1 of two taggers on the same paragraphs by the paired bootstrap over documents.

    Returns
    -------
    Difference
        ``difference`` (ours minus theirs), its 95 % interval from ``low`` to ``high``, and the one-sided ``p``: the
        share of draws in which ours is not better. Below `MIN_DOCUMENTS` these three are None.
    """
    our_f1, their_f1 = (metrics(y, tags, tags, codebook)["macro"]["f1"] for tags in (ours, theirs))
    difference = float(our_f1 - their_f1)
    our_counts, their_counts = _counts_by_document(y, ours, documents), _counts_by_document(y, theirs, documents)
    if our_counts.shape[1] < MIN_DOCUMENTS:
        return {"difference": difference, "low": None, "high": None, "p": None}
    draws = _macro_of_draws(_f1_of_draws(*_draw(our_counts))) - _macro_of_draws(_f1_of_draws(*_draw(their_counts)))
    low, high = _quantiles(draws)
    p = (1 + (draws <= 0).sum()) / (1 + len(draws))
    return {"difference": difference, "low": low, "high": high, "p": float(p)}


def calibration(y: NDArray[Any], probabilities: NDArray[Any], codebook: Codebook = CCHC) -> dict[str, Calibration]:
    """Compare the probabilities of each pillar with how often they come true, in ten bins of equal width.

    The expected calibration error (Guo et al., 2017) is the mean distance, weighted by the paragraphs in each bin.
    """
    by_pillar: dict[str, Calibration] = {}
    for k, pillar in enumerate(codebook):
        bin_of = np.minimum((probabilities[:, k] * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
        curve = []
        for number in np.unique(bin_of):
            inside = bin_of == number
            mean_probability, positive_share = probabilities[inside, k].mean(), np.mean(y[inside, k])
            curve.append((float(mean_probability), float(positive_share), int(inside.sum())))
        ece = sum(n * abs(p - share) for p, share, n in curve) / len(y)
        by_pillar[str(pillar)] = {"ece": float(ece), "curve": curve}
    return by_pillar


def agreement(first: NDArray[Any], second: NDArray[Any], codebook: Codebook = CCHC) -> Agreement:
    """Compare two annotators' labels of n paragraphs, shapes (n, 6): Cohen's kappa (1960) and F1 of each pillar.

    Examples
    --------
    >>> labels = np.eye(6, dtype=int)
    >>> agreement(labels, labels)["pillars"]["tthc"]
    {'kappa': 1.0, 'f1': 1.0}
    """
    first, second = _zeros_and_ones(first), _zeros_and_ones(second)
    f1 = f1_score(first, second, average=None, zero_division=1)
    return {
        "n": len(first),
        "exact_match": float((first == second).all(axis=1).mean()),
        "pillars": {
            str(pillar): {"kappa": _kappa(first[:, k], second[:, k]), "f1": float(f1[k])}
            for k, pillar in enumerate(codebook)
        },
    }


def _kappa(first: NDArray[np.int8], second: NDArray[np.int8]) -> float:
    # If both annotators give every paragraph the same label, kappa is 0/0. They agree, so it is 1.
    return 1.0 if np.array_equal(first, second) else float(cohen_kappa_score(first, second))
