"""How far people agree: Cohen's kappa, Krippendorff's alpha, and which categories are taken for which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import require_extra
from ..messages import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FEWEST_DOCUMENTS",
    "MISSING",
    "Agreement",
    "Estimate",
    "cohen_kappa",
    "confusion",
    "krippendorff_alpha",
    "measure",
]

# Fewer documents than this say nothing about others: no interval is given.
FEWEST_DOCUMENTS = 10
RESAMPLES = 1000
# A decision that was not made.
MISSING = -1


@dataclass(frozen=True)
class Estimate:
    """A measure of agreement; None where the data cannot tell.

    Attributes
    ----------
    value : float or None
    low, high : float or None
        The 95 % interval by bootstrap of documents.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Agreement:
    """Agreement on one category.

    Attributes
    ----------
    paragraphs : int
        How many were decided by two people or more.
    documents : int
        How many documents these paragraphs are from.
    kappa : Estimate
        Cohen's kappa; of more than two people, the mean over pairs (Light, 1971).
    alpha : Estimate
        Krippendorff's alpha for nominal data, which needs no full table.
    """

    paragraphs: int
    documents: int
    kappa: Estimate
    alpha: Estimate


def cohen_kappa(first: NDArray[np.int8], second: NDArray[np.int8]) -> float | None:
    """Return Cohen's kappa (1960) of two people's decisions (1, 0, or -1 for none) on the same paragraphs.

    None where no paragraph was decided by both, or where both always gave the same single answer.

    Examples
    --------
    >>> import numpy as np
    >>> cohen_kappa(np.array([1, 1, 0, 0]), np.array([1, 0, 0, 0]))
    0.5
    """
    both = (first != MISSING) & (second != MISSING)
    if not both.any():
        return None
    a, b = first[both], second[both]
    observed = float((a == b).mean())
    chance = float(a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean()))
    return None if chance >= 1 else (observed - chance) / (1 - chance)


def krippendorff_alpha(votes: NDArray[np.int8]) -> float | None:
    """Return Krippendorff's alpha of decisions, shape (people, paragraphs), nominal.

    None where no paragraph was decided twice, or where there is only one answer.
    """
    return _alpha(_counts(votes))


def _counts(votes: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return how often each paragraph was answered no and yes, shape (paragraphs, 2)."""
    return np.stack([(votes == 0).sum(0), (votes == 1).sum(0)], axis=1)


def _alpha(counts: NDArray[np.int64]) -> float | None:
    krippendorff: Any = require_extra("krippendorff", "review", message("measuring agreement"))
    counts = counts[counts.sum(1) > 1]
    if not len(counts) or not counts.sum(0).all():
        return None
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def _mean_kappa(votes: NDArray[np.int8]) -> float | None:
    """Return the mean of Cohen's kappa over the pairs of people."""
    found = [cohen_kappa(votes[i], votes[j]) for i, j in combinations(range(len(votes)), 2)]
    known = [kappa for kappa in found if kappa is not None]
    return sum(known) / len(known) if known else None


def measure(votes: NDArray[np.int8], documents: Sequence[str], *, seed: int = 0) -> Agreement:
    """Measure the agreement on one category.

    Parameters
    ----------
    votes : array of shape (people, paragraphs)
        1 for yes, 0 for no, -1 for not looked at.
    documents : sequence of str
        The document of each paragraph. Whole documents are drawn for the intervals. With fewer than `FEWEST_DOCUMENTS`
        documents there are no intervals.
    """
    twice = (votes != MISSING).sum(0) > 1
    votes, names = votes[:, twice], np.asarray(documents, dtype=np.str_)[twice]
    found = np.unique(names)
    kappa, alpha = _mean_kappa(votes), krippendorff_alpha(votes)
    if len(found) < FEWEST_DOCUMENTS:
        return Agreement(votes.shape[1], len(found), Estimate(kappa), Estimate(alpha))
    of_document = [np.flatnonzero(names == name) for name in found]
    draws = np.random.default_rng(seed).integers(len(found), size=(RESAMPLES, len(found)))
    samples = [np.concatenate([of_document[k] for k in draw]) for draw in draws]
    counts = _counts(votes)
    return Agreement(
        votes.shape[1],
        len(found),
        _interval(kappa, samples, lambda sample: _mean_kappa(votes[:, sample])),
        _interval(alpha, samples, lambda sample: _alpha(counts[sample])),
    )


def _interval(
    value: float | None,
    samples: Sequence[NDArray[np.intp]],
    statistic: Callable[[NDArray[np.intp]], float | None],
) -> Estimate:
    if value is None:
        return Estimate(None)
    known = [found for sample in samples if (found := statistic(sample)) is not None]
    if len(known) < len(samples) / 2:  # the category is too rare to say more
        return Estimate(value)
    low, high = np.percentile(known, (2.5, 97.5))
    return Estimate(value, float(low), float(high))


def confusion(pairs: Sequence[tuple[frozenset[str], frozenset[str]]], slugs: Sequence[str]) -> NDArray[np.int64]:
    """Count which category one person gave where another gave a different one.

    Parameters
    ----------
    pairs : sequence of (frozenset, frozenset)
        The labels of two people for the same paragraph.

    Returns
    -------
    array of shape (k + 1, k + 1)
        Symmetric, as the two people have no order. The last row and column stand for "nothing instead": one person
        gave a category more than the other. Categories that both gave are not counted.
    """
    nothing = len(slugs)
    place = {slug: k for k, slug in enumerate(slugs)}
    table = np.zeros((nothing + 1, nothing + 1), np.int64)
    for first, second in pairs:
        only_first = [place[slug] for slug in first - second] or [nothing]
        only_second = [place[slug] for slug in second - first] or [nothing]
        if first == second:
            continue
        for a in only_first:
            for b in only_second:
                table[a, b] += 1
                table[b, a] += 1
    return table
