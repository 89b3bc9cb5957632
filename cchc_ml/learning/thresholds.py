"""From out-of-fold scores to thresholds and calibrated probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["best_threshold", "choose_thresholds", "parse_objective", "platt", "precise_threshold"]

# A threshold is half-way between the pillar's own best and the best common one: the pillar's own is learned from few.
SHRINK = 0.5


def parse_objective(objective: object) -> float | None:
    """Return the precision that an objective asks for, or None for F1.

    Examples
    --------
    >>> parse_objective("precision=0.9")
    0.9
    """
    if objective == "f1":
        return None
    name, _, value = str(objective).partition("=")
    try:
        precision = float(value)
    except ValueError:
        precision = 0.0
    if name != "precision" or not 0 < precision < 1:
        raise ValueError(
            f"objective must be 'f1' or such as 'precision=0.9', between 0 and 1. Got {objective!r} instead."
        )
    return precision


def choose_thresholds(
    y: NDArray[np.int8], scores: NDArray[np.floating[Any]], objective: str, documents: NDArray[Any]
) -> NDArray[np.float64]:
    """Return a threshold a pillar for labels and scores of shape (n, 6).

    For ``"f1"`` half-way between the pillar's own best and the best common one; for ``"precision=…"`` the lowest whose
    precision is that with 95 % confidence, `documents` (n) taken as clusters.
    """
    columns, wanted = range(y.shape[1]), parse_objective(objective)
    if wanted is not None:
        return np.array([precise_threshold(y[:, k], scores[:, k], wanted, documents) for k in columns])
    own = np.array([best_threshold(y[:, k], scores[:, k]) for k in columns])
    return (1 - SHRINK) * own + SHRINK * best_threshold(y.ravel(), scores.ravel())


def precise_threshold(
    y: NDArray[np.int8], scores: NDArray[np.floating[Any]], precision: float, documents: NDArray[Any]
) -> float:
    """Return the lowest threshold at which the precision of ``scores > threshold`` is at least `precision` with 95 % confidence.

    The bound is Wilson's (1927), one-sided, on the number of tags divided by their design effect: tags of one document
    are no independent witnesses (Kish, 1965). Where no threshold is that precise, infinity: nothing is tagged.
    """
    z = 1.6449
    order = np.argsort(-scores, kind="stable")
    hit, ranked = y[order].astype(float), scores[order].astype(float)
    cluster = np.unique(documents[order], return_inverse=True)[1]
    n = np.arange(1, len(y) + 1)
    p = np.cumsum(hit) / n
    # Sums over documents of (hits - p * tags) squared, as tags are added one by one: A - 2pB + p²C.
    tags, hits = np.zeros(cluster.max() + 1), np.zeros(cluster.max() + 1)
    a, b, c = np.empty(len(y)), np.empty(len(y)), np.empty(len(y))
    total_a = total_b = total_c = 0.0
    for i, (document, one) in enumerate(zip(cluster, hit, strict=True)):
        total_a += 2 * hits[document] * one + one
        total_b += hits[document] + tags[document] * one + one
        total_c += 2 * tags[document] + 1
        hits[document] += one
        tags[document] += 1
        a[i], b[i], c[i] = total_a, total_b, total_c
    spread = (a - 2 * p * b + p**2 * c) / n**2
    simple = np.maximum(p * (1 - p) / n, 1e-12)
    # Hits alone have no spread: then the documents count by how evenly the tags lie in them.
    n_eff = np.minimum(n / np.maximum(spread / simple, 1), np.where((p == 0) | (p == 1), n**2 / c, n))
    bound = (p + z**2 / (2 * n_eff) - z * np.sqrt(p * (1 - p) / n_eff + z**2 / (4 * n_eff**2))) / (1 + z**2 / n_eff)
    gap = np.append(ranked[:-1] > ranked[1:], True)  # a threshold fits only between different scores
    good = np.flatnonzero((bound >= precision) & gap)
    if not len(good):
        return float("inf")
    last = good[-1]
    below = ranked[last + 1] if last + 1 < len(ranked) else ranked[last] - 1
    return float((ranked[last] + below) / 2)


def best_threshold(y: NDArray[np.int8], scores: NDArray[np.floating[Any]]) -> float:
    """Return the threshold with the highest F1 of ``scores > threshold`` on n paragraphs, half-way to the next score below.

    Examples
    --------
    >>> best_threshold(np.array([0, 1, 1]), np.array([0.0, 1.0, 3.0]))
    0.5
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order].astype(float)
    f1 = 2 * np.cumsum(y[order]) / (np.arange(1, len(y) + 1) + y.sum())
    gap = np.append(ranked[:-1] > ranked[1:], True)  # a threshold fits only between different scores
    last = int(np.argmax(np.where(gap, f1, -1)))
    below = ranked[last + 1] if last + 1 < len(ranked) else ranked[last] - 1
    return float((ranked[last] + below) / 2)


def platt(y: NDArray[np.int8], scores: NDArray[np.float32]) -> tuple[float, float]:
    """Fit slope and offset of a sigmoid to out-of-fold scores (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    sigmoid = LogisticRegression(C=1e6).fit(scores[:, None].astype(float), y)
    return float(sigmoid.coef_[0, 0]), float(sigmoid.intercept_[0])
