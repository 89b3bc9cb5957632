"""Choose thresholds and fit calibration on out-of-fold scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.operating_points import TARGETS, OperatingPoints, parse_objective, target_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# The share of the common threshold in a pillar's threshold; the rest is the pillar's own best. A pillar's own
# threshold is learned from few paragraphs, so it is pulled towards the common one.
COMMON_SHARE = 0.5
# A sigmoid is at least this steep.
LEAST_SLOPE = 0.01
NEWTON_STEPS = 100
# Learned numbers are rounded to this many decimals. Differences between processors are smaller.
DECIMALS = 4
# 95 % quantile of the normal distribution, for one-sided bounds.
Z_95_ONE_SIDED = 1.6449


def choose_thresholds(
    y: NDArray[np.int8],
    scores: NDArray[np.floating[Any]],
    objective: str,
    documents: NDArray[Any],
    drawn: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Return one threshold for each pillar, from labels and scores of shape (n, 6).

    For ``"f1"``, a threshold is half-way between the pillar's own best and the best common one; it is the common one
    if the scores do not tell the pillar's paragraphs from others. For ``"precision=…"``, see `precise_thresholds`; for
    ``"recall=…"``, see `thorough_thresholds`.

    Parameters
    ----------
    y, scores : arrays of shape (n, 6)
    objective : str
    documents : array of shape (n,)
        The document of each paragraph.
    drawn : array of shape (n,), optional
        Which paragraphs were drawn at random; see `precise_thresholds`.
    """
    columns, (measure, value) = range(y.shape[1]), parse_objective(objective)
    if value is not None:
        target = [TARGETS[target_number(value)]]
        if measure == "precision":
            return precise_thresholds(y, scores, target, documents, drawn)[:, 0]
        return thorough_thresholds(y, scores, target, documents)[:, 0]
    common = best_threshold(y.ravel(), scores.ravel())
    if not _ranks(y, scores):
        common = max(common, 0.0)  # the support vector machine's own
    own = np.array(
        [best_threshold(y[:, k], scores[:, k]) if _ranks(y[:, k], scores[:, k]) else common for k in columns]
    )
    return (1 - COMMON_SHARE) * own + COMMON_SHARE * common


def _ranks(y: NDArray[np.int8], scores: NDArray[np.floating[Any]]) -> bool:
    """Return whether positive paragraphs have higher scores on average than negative ones.

    If not, too few paragraphs taught too little, and the highest F1 is that of tagging everything.
    """
    positive = y == 1
    return not positive.any() or bool(positive.all()) or bool(scores[positive].mean() > scores[~positive].mean())


def operating_points(
    y: NDArray[np.int8],
    scores: NDArray[np.floating[Any]],
    documents: NDArray[Any],
    drawn: NDArray[np.bool_] | None = None,
) -> OperatingPoints:
    """Return the thresholds for all objectives that a model can be set to later; parameters as `choose_thresholds`."""
    f1 = choose_thresholds(y, scores, "f1", documents)
    precise, shown = precise_thresholds(y, scores, TARGETS, documents), np.zeros(len(TARGETS))
    if drawn is not None and drawn.any():
        for column, precision in enumerate(TARGETS):
            precise[:, column], shown[column] = hold_on_drawn(
                y[drawn], scores[drawn], precise[:, column], f1, precision, documents[drawn]
            )
    thorough = thorough_thresholds(y, scores, TARGETS, documents)
    return OperatingPoints(*(array.astype(np.float32).round(DECIMALS) for array in (f1, precise, thorough, shown)))


def tag_out_of_fold(
    y: NDArray[np.int8],
    scores: NDArray[np.floating[Any]],
    folds: NDArray[np.intp],
    objective: str,
    documents: NDArray[Any],
    drawn: NDArray[np.bool_] | None = None,
) -> NDArray[np.int8]:
    """Tag n paragraphs from out-of-fold scores. The thresholds of a fold are chosen on the other folds.

    Parameters
    ----------
    y, scores : arrays of shape (n, 6)
    folds, documents : arrays of shape (n,)
        The fold and the document of each paragraph.
    objective, drawn
        As in `choose_thresholds`.

    Returns
    -------
    array of shape (n, 6)
        0/1 tags.
    """
    tags = np.zeros(y.shape, np.int8)
    for fold in np.unique(folds):
        inside, others = folds == fold, folds != fold
        drawn_others = None if drawn is None else drawn[others]
        tags[inside] = scores[inside] > choose_thresholds(
            y[others], scores[others], objective, documents[others], drawn_others
        )
    return tags


def precise_thresholds(
    y: NDArray[np.int8],
    scores: NDArray[np.floating[Any]],
    precisions: Sequence[float],
    documents: NDArray[Any],
    drawn: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Return the lowest thresholds at which the precision is high enough with 95 % confidence.

    A paragraph is tagged if its score is above the threshold. The bound is Wilson's (1927), one-sided. It uses an
    effective number of tags, because tags of one document are not independent (Kish, 1965). If no threshold is
    precise enough, the result is infinity: nothing is tagged.

    Parameters
    ----------
    y, scores : arrays of shape (n, 6)
    precisions : sequence of p float
    documents : array of shape (n,)
        The document of each paragraph.
    drawn : array of shape (n,), optional
        Which paragraphs were drawn at random from what is published; see `hold_on_drawn`.

    Returns
    -------
    array of shape (6, p)
    """
    thresholds = np.array(
        [_precise_thresholds(y[:, k], scores[:, k], precisions, documents) for k in range(y.shape[1])]
    )
    if drawn is not None and drawn.any():
        base = choose_thresholds(y, scores, "f1", documents)
        for column, precision in enumerate(precisions):
            thresholds[:, column], _ = hold_on_drawn(
                y[drawn], scores[drawn], thresholds[:, column], base, precision, documents[drawn]
            )
    return thresholds


def hold_on_drawn(
    y: NDArray[np.int8],
    scores: NDArray[np.floating[Any]],
    thresholds: NDArray[np.float64],
    base: NDArray[np.float64],
    precision: float,
    documents: NDArray[Any],
) -> tuple[NDArray[np.float64], float]:
    """Raise thresholds until the precision also holds on n paragraphs that were drawn at random.

    Most published paragraphs are about nothing of the reform, so tags are more often wrong among them than among the
    paragraphs that were picked for labelling. Drawn paragraphs have few labels of each pillar, some none, so all six
    pillars are looked at together. Each threshold becomes at least its `base` plus one shift, which is the same for all
    pillars and the smallest one that is enough.

    Parameters
    ----------
    y, scores : arrays of shape (n, 6)
    thresholds, base : arrays of shape (6,)
        What is to be raised, and the thresholds for F1.
    precision : float
        To be reached with 95 % confidence, as in `precise_thresholds`.
    documents : array of shape (n,)

    Returns
    -------
    thresholds : array of shape (6,)
    shown : float
        The precision that the paragraphs show with 95 % confidence. If it is less than `precision`, the paragraphs are
        too few or the model is not good enough, and the thresholds are those where it is highest.
    """
    tagged = scores > thresholds
    distance = np.where(tagged, scores - base, 0.0)[tagged]
    order = np.argsort(-distance, kind="stable")
    ranked = distance[order]
    if not len(ranked):
        return thresholds, 0.0
    owner = np.broadcast_to(documents[:, None], y.shape)[tagged][order]
    bound = np.where(_lowest_of_equals(ranked), _precision_bounds(y[tagged][order].astype(float), owner), 0.0)
    good = np.flatnonzero(bound >= precision)
    last = int(good[-1]) if len(good) else int(bound.argmax())
    shown = float(bound[last])
    if last == len(ranked) - 1:
        return thresholds, shown
    return np.maximum(thresholds, base + _half_way_below(ranked, last)), shown


def thorough_thresholds(
    y: NDArray[np.int8], scores: NDArray[np.floating[Any]], recalls: Sequence[float], documents: NDArray[Any]
) -> NDArray[np.float64]:
    """Return the highest thresholds at which the recall is high enough with 95 % confidence, shape (6, len(recalls)).

    The bound is that of `precise_thresholds`. Few paragraphs with a pillar cannot show a high recall. Then the
    threshold is just below the lowest score of these.
    """
    thresholds = np.empty((y.shape[1], len(recalls)))
    for k in range(y.shape[1]):
        has, ranked = y[:, k] == 1, np.sort(scores[:, k].astype(float))[::-1]
        order = np.argsort(-scores[has, k], kind="stable")
        found = scores[has, k][order].astype(float)
        bound = _recall_bounds(documents[has][order])
        usable = np.flatnonzero(_lowest_of_equals(found))
        for column, recall in enumerate(recalls):
            good = usable[bound[usable] >= recall]
            lowest = found[good[0] if len(good) else -1]
            last = int(np.searchsorted(-ranked, -lowest, side="right")) - 1
            thresholds[k, column] = _half_way_below(ranked, last)
    return thresholds


def _recall_bounds(documents: NDArray[Any]) -> NDArray[np.float64]:
    """Return the lower bound of the recall if the first 1, 2, … n of n paragraphs with a pillar are found."""
    n = len(documents)
    cluster = np.unique(documents, return_inverse=True)[1]
    size = np.bincount(cluster).astype(float)
    found, bounds = np.zeros(len(size)), np.empty(n)
    for i, document in enumerate(cluster):
        found[document] += 1
        p = (i + 1) / n
        simple_variance, clustered_variance = p * (1 - p) / n, ((found - p * size) ** 2).sum() / n**2
        design_effect = max(clustered_variance / simple_variance, 1) if p < 1 else (size**2).sum() / n
        bounds[i] = _wilson_lower_bound(np.array([p]), np.array([n / design_effect]))[0]
    return bounds


def _precise_thresholds(
    y: NDArray[np.int8], scores: NDArray[np.floating[Any]], precisions: Sequence[float], documents: NDArray[Any]
) -> list[float]:
    """Return the threshold of one pillar for each precision."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order].astype(float)
    bound = _precision_bounds(y[order].astype(float), documents[order])
    usable = _lowest_of_equals(ranked)
    thresholds = []
    for precision in precisions:
        good = np.flatnonzero((bound >= precision) & usable)
        thresholds.append(_half_way_below(ranked, int(good[-1])) if len(good) else float("inf"))
    return thresholds


def _precision_bounds(hits: NDArray[np.float64], documents: NDArray[Any]) -> NDArray[np.float64]:
    """Return the lower bound of the precision of the first 1, 2, … n tags; `hits` are 1 where a tag is right."""
    n = np.arange(1, len(hits) + 1)
    p = np.cumsum(hits) / n
    squared_residuals, squared_tags = _cluster_sums(hits, documents, p)
    clustered_variance = squared_residuals / n**2
    simple_variance = np.maximum(p * (1 - p) / n, 1e-12)
    design_effect = np.maximum(clustered_variance / simple_variance, 1)
    # If all tags are right, or none is, there is no variance. Then the effective number follows from how evenly the
    # tags are spread over the documents.
    n_effective = np.minimum(n / design_effect, np.where((p == 0) | (p == 1), n**2 / squared_tags, n))
    return _wilson_lower_bound(p, n_effective)


def _cluster_sums(
    hits: NDArray[np.float64], documents: NDArray[Any], p: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two sums over documents for the first 1, 2, … n tags: of (hits - p * tags)², and of tags².

    The first sum is A - 2pB + p²C, with A = sum of hits², B = sum of hits * tags and C = sum of tags². A tag that is
    added changes the terms of its own document only.
    """
    cluster = np.unique(documents, return_inverse=True)[1]
    document_tags, document_hits = np.zeros(cluster.max() + 1), np.zeros(cluster.max() + 1)
    a, b, c = np.empty(len(hits)), np.empty(len(hits)), np.empty(len(hits))
    sum_a = sum_b = sum_c = 0.0
    for i, (document, hit) in enumerate(zip(cluster, hits, strict=True)):
        sum_a += 2 * document_hits[document] * hit + hit
        sum_b += document_hits[document] + document_tags[document] * hit + hit
        sum_c += 2 * document_tags[document] + 1
        document_hits[document] += hit
        document_tags[document] += 1
        a[i], b[i], c[i] = sum_a, sum_b, sum_c
    return a - 2 * p * b + p**2 * c, c


def _wilson_lower_bound(p: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    z = Z_95_ONE_SIDED
    bound: NDArray[np.float64] = (p + z**2 / (2 * n) - z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))) / (
        1 + z**2 / n
    )
    return bound


def _lowest_of_equals(ranked: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the last of each run of equal scores, in falling order: a threshold fits only between different scores."""
    return np.append(ranked[:-1] > ranked[1:], True)


def _half_way_below(ranked: NDArray[np.float64], last: int) -> float:
    """Return the middle between the score at `last` and the next lower one; 0.5 less if there is no lower one."""
    below = ranked[last + 1] if last + 1 < len(ranked) else ranked[last] - 1
    return float((ranked[last] + below) / 2)


def best_threshold(y: NDArray[np.int8], scores: NDArray[np.floating[Any]]) -> float:
    """Return the threshold with the highest F1 of ``scores > threshold`` on n paragraphs.

    It is half-way between the lowest tagged score and the next score below. If several thresholds have the highest
    F1, it is the highest of them.

    Examples
    --------
    >>> best_threshold(np.array([0, 1, 1]), np.array([0.0, 1.0, 3.0]))
    0.5
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order].astype(float)
    f1 = 2 * np.cumsum(y[order]) / (np.arange(1, len(y) + 1) + y.sum())
    return _half_way_below(ranked, int(np.argmax(np.where(_lowest_of_equals(ranked), f1, -1))))


def platt(y: NDArray[np.int8], scores: NDArray[np.floating[Any]]) -> tuple[float, float]:
    """Return slope and offset of a sigmoid that turns out-of-fold scores into probabilities (Platt, 1999).

    The targets are Platt's: not 0 and 1, but a little inside, as few paragraphs can say so much only. The slope is at
    least `LEAST_SLOPE`: a higher score never means a lower probability.

    Examples
    --------
    >>> slope, offset = platt(np.array([0, 0, 1, 1]), np.array([-2.0, -1.0, 1.0, 2.0]))
    >>> slope > 0, abs(offset) < 1e-9
    (True, True)
    >>> platt(np.array([1, 1, 0, 0]), np.array([-2.0, -1.0, 1.0, 2.0]))[0] == LEAST_SLOPE
    True
    """
    n_positive = int(y.sum())
    target = np.where(y == 1, (n_positive + 1) / (n_positive + 2), 1 / (len(y) - n_positive + 2))
    X = np.stack([scores, np.ones(len(scores))], axis=1).astype(float)
    slope, offset = _fit_sigmoid(X, target, np.zeros(2))
    if slope < LEAST_SLOPE:
        # The problem is convex, so the best point within the bound is on it.
        _, offset = _fit_sigmoid(X, target, np.array([LEAST_SLOPE, offset]), free=slice(1, 2))
        slope = LEAST_SLOPE
    return float(slope), float(offset)


def _fit_sigmoid(
    X: NDArray[np.float64], target: NDArray[np.float64], start: NDArray[np.float64], free: slice = slice(None)
) -> NDArray[np.float64]:
    """Minimise the logistic loss by Newton's method with halved steps (Lin, Lin and Weng, 2007).

    Only the `free` ones of the two parameters are changed.
    """

    def loss(parameters: NDArray[np.float64]) -> float:
        z = X @ parameters
        return float(np.sum(np.logaddexp(0, z) - target * z))

    parameters = start.copy()
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-(X @ parameters)))
        gradient = (X.T @ (p - target))[free]
        if np.abs(gradient).max() < 1e-9 * len(target):
            break
        hessian = (X.T @ (X * (p * (1 - p))[:, None]))[free, free] + 1e-12 * np.eye(len(gradient))
        step = np.zeros(2)
        step[free] = np.linalg.solve(hessian, gradient)
        size = 1.0
        while loss(parameters - size * step) > loss(parameters) and size > 1e-10:
            size /= 2
        parameters = parameters - size * step
    return parameters
