"""How frequent each pillar is in a set of paragraphs, corrected for what the classifier is known to mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..model.model import Model

__all__ = ["Shares", "corrected_shares", "shares", "training_prior"]

# Of fewer paragraphs a corrected share says nothing, and from fewer documents no interval can be drawn.
FEW_PARAGRAPHS = 30
FEW_DOCUMENTS = 5
DRAWS = 400
# No probability is nearer to 0 or 1: they are told to four decimals.
EDGE = 5e-5
# The bootstrap sees probabilities in this many classes, a fifth apart in log-odds.
BINS = 100


@dataclass(frozen=True)
class Shares:
    """The share of each pillar in a set of paragraphs, columns in the order of `cchc_ml.PILLARS`.

    Attributes
    ----------
    paragraphs, documents : int
        The size of the set.
    tagged : array of shape (6,)
        How many paragraphs are tagged.
    corrected : array of shape (6,) or None
        The share corrected for the classifier's errors; None for a set too small to say.
    interval : array of shape (2, 6) or None
        Its 95 % interval by the bootstrap over documents; None where they are too few.
    """

    paragraphs: int
    documents: int
    tagged: NDArray[np.int64]
    corrected: NDArray[np.float64] | None = None
    interval: NDArray[np.float64] | None = None


def training_prior(model: Model) -> NDArray[np.float64]:
    """Return the share of each pillar among the paragraphs a model was trained and calibrated on, shape (6,).

    Raises
    ------
    ValueError
        The model does not say.
    """
    prior = model.header.get("prevalence")
    if prior is None:
        raise ValueError(
            "the model does not say how frequent each pillar was in its training data; train it again with: cchc-ml train"
        )
    return np.array(prior, np.float64)


def corrected_shares(probabilities: NDArray[np.floating[Any]], prior: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return the share of each pillar in a set whose mix may differ from that of the training data.

    The most likely shares, given that paragraphs with a pillar, and those without it, read as they did in training; what
    the EM of Saerens, Latinne and Decaestecker (2002) climbs to, found by bisection, as the likelihood of one share is concave.

    Parameters
    ----------
    probabilities : array of shape (n, 6)
        Calibrated.
    prior : array of shape (6,)
        The shares in the training data; see `training_prior`.

    Examples
    --------
    >>> corrected_shares(np.array([[0.9], [0.1], [0.1], [0.1]]), np.array([0.5])).round(2)
    array([0.19])
    """
    return _most_likely(_evidence(probabilities, prior), np.ones((probabilities.shape[1], len(probabilities))))


def shares(
    probabilities: NDArray[np.floating[Any]],
    tags: NDArray[Any],
    documents: Sequence[Any] | NDArray[Any],
    prior: NDArray[np.floating[Any]],
) -> Shares:
    """Return the shares in a set of paragraphs, with intervals; the same for the same set.

    Parameters
    ----------
    probabilities, tags : arrays of shape (n, 6)
        Calibrated probabilities, and 0/1.
    documents : sequence of n
        The document of each paragraph, drawn whole by the bootstrap.
    prior : array of shape (6,)
        See `training_prior`.
    """
    owner = np.unique(np.asarray(documents), return_inverse=True)[1]
    n, n_documents = len(owner), int(owner.max(initial=-1)) + 1
    tagged = np.asarray(tags).sum(0, dtype=np.int64)
    if n < FEW_PARAGRAPHS:
        return Shares(n, n_documents, tagged)
    corrected = corrected_shares(probabilities, prior)
    interval = _interval(probabilities, owner, prior) if n_documents >= FEW_DOCUMENTS else None
    return Shares(n, n_documents, tagged, corrected, interval)


def _evidence(probabilities: NDArray[Any], prior: NDArray[Any]) -> NDArray[np.float64]:
    """Return by how much the likelihood ratio of each paragraph exceeds 1, shape (6, n): what the prior said is taken out."""
    p = np.clip(probabilities, EDGE, 1 - EDGE)
    if not ((prior > 0) & (prior < 1)).all():
        raise ValueError(
            f"a share in the training data must be between 0 and 1. Got {np.asarray(prior).tolist()} instead."
        )
    excess: NDArray[np.float64] = (p / (1 - p) * (1 - prior) / prior - 1).T
    return excess


def _most_likely(excess: NDArray[np.float64], counts: NDArray[Any]) -> NDArray[np.float64]:
    """Maximise the log-likelihood sum(counts * log(1 + share * excess)) over each share; shapes (6, k) and (…, 6, k) to (…, 6)."""
    share = np.full(counts.shape[:-1], 0.5)
    for step in 0.5 ** np.arange(2, 26):
        slope = (counts * (excess / (1 + share[..., None] * excess))).sum(-1)
        share += np.where(slope > 0, step, -step)
    return share


def _interval(probabilities: NDArray[Any], owner: NDArray[np.intp], prior: NDArray[Any]) -> NDArray[np.float64]:
    """Return the 95 % interval of each share: documents are drawn with replacement, seen as histograms of their paragraphs."""
    n, k = probabilities.shape
    p = np.clip(probabilities, EDGE, 1 - EDGE)
    reach = np.log(1 / EDGE)
    column = np.arange(k) * BINS + np.clip((np.log(p / (1 - p)) / reach + 1) / 2 * BINS, 0, BINS - 1).astype(np.intp)
    total = np.bincount(column.ravel(), minlength=k * BINS)
    mean = np.bincount(column.ravel(), p.ravel(), k * BINS) / np.maximum(total, 1)
    used = np.flatnonzero(total.reshape(k, BINS).any(0))
    excess = _evidence(mean.reshape(k, BINS).T, prior)[:, used]
    d = int(owner.max()) + 1
    histograms = sparse.csr_array((np.ones(n * k), (column.ravel(), np.repeat(owner, k))), shape=(k * BINS, d))
    rng = np.random.default_rng(0)
    drawn = np.stack([histograms @ np.bincount(rng.integers(d, size=d), minlength=d) for _ in range(DRAWS)])
    interval: NDArray[np.float64] = np.quantile(
        _most_likely(excess, drawn.reshape(DRAWS, k, BINS)[..., used]), [0.025, 0.975], axis=0
    )
    return interval
