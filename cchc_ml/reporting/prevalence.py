"""The share of each pillar in a set of paragraphs, corrected for the known errors of the classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from ..messages import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..model.model import Model

__all__ = [
    "MIN_DOCUMENTS",
    "MIN_PARAGRAPHS",
    "Prevalence",
    "corrected_prevalence",
    "prevalence_by_pillar",
    "training_prior",
]

# Below 30 paragraphs no corrected share is reported; below 5 documents no interval.
MIN_PARAGRAPHS = 30
MIN_DOCUMENTS = 5
BOOTSTRAP_DRAWS = 400
# Probabilities are stored with four decimals, so a smaller one than this says nothing more.
MIN_PROBABILITY = 5e-5
# The bootstrap counts probabilities in 100 bins, each 0.2 wide in log-odds.
LOG_ODDS_BINS = 100
BISECTION_STEPS = 24


@dataclass(frozen=True, eq=False)
class Prevalence:
    """The share of each pillar in a set of paragraphs. Columns are in the order of `cchc_ml.PILLARS`.

    Attributes
    ----------
    paragraphs, documents : int
        The size of the set.
    tagged : array of shape (6,)
        The number of tagged paragraphs.
    corrected : array of shape (6,) or None
        The share, corrected for the classifier's errors. None below `MIN_PARAGRAPHS`.
    interval : array of shape (2, 6) or None
        Lower and upper end of its 95 % interval, by a bootstrap over documents. None below `MIN_DOCUMENTS`.
    """

    paragraphs: int
    documents: int
    tagged: NDArray[np.int64]
    corrected: NDArray[np.float64] | None = None
    interval: NDArray[np.float64] | None = None


def training_prior(model: Model) -> NDArray[np.float64]:
    """Return the share of each pillar in the data that a model was trained and calibrated on, shape (6,).

    Raises
    ------
    ValueError
        The model file does not contain these shares.
    """
    prior = model.info.prevalence
    if prior is None:
        raise ValueError(
            message(
                "the model file does not contain the share of each pillar in its training data; "
                "train the model again with: cchc-ml train"
            )
        )
    return np.array(prior, np.float64)


def corrected_prevalence(
    probabilities: NDArray[np.floating[Any]], prior: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """Return the share of each pillar in a set whose mix may differ from that of the training data.

    The method assumes that paragraphs with a pillar, and paragraphs without it, read as they did in training. It
    returns the most likely share. This is the fixed point of the EM algorithm of Saerens, Latinne and Decaestecker
    (2002). The log-likelihood of one share is concave, so we find its maximum by bisection.

    Parameters
    ----------
    probabilities : array of shape (n, 6)
        Calibrated probabilities.
    prior : array of shape (6,)
        The shares in the training data; see `training_prior`.

    Examples
    --------
    >>> corrected_prevalence(np.array([[0.9], [0.1], [0.1], [0.1]]), np.array([0.5])).round(2)
    array([0.19])
    """
    excess = _likelihood_excess(probabilities, prior)
    return _most_likely_share(excess, np.ones((probabilities.shape[1], len(probabilities))))


def prevalence_by_pillar(
    probabilities: NDArray[np.floating[Any]],
    tags: NDArray[Any],
    documents: Sequence[Any] | NDArray[Any],
    prior: NDArray[np.floating[Any]],
) -> Prevalence:
    """Return the share of each pillar in a set of paragraphs, with intervals. The same set gives the same result.

    Parameters
    ----------
    probabilities, tags : arrays of shape (n, 6)
        Calibrated probabilities, and tags as 0 or 1.
    documents : sequence of n
        The document of each paragraph. The bootstrap draws whole documents.
    prior : array of shape (6,)
        See `training_prior`.

    Examples
    --------
    >>> few = prevalence_by_pillar(np.full((12, 6), 0.1), np.zeros((12, 6)), ["a", "b"] * 6, np.full(6, 0.2))
    >>> few.paragraphs, few.documents, few.corrected
    (12, 2, None)
    """
    owner = np.unique(np.asarray(documents), return_inverse=True)[1]
    n_paragraphs, n_documents = len(owner), int(owner.max(initial=-1)) + 1
    tagged = np.asarray(tags).sum(0, dtype=np.int64)
    if n_paragraphs < MIN_PARAGRAPHS:
        return Prevalence(n_paragraphs, n_documents, tagged)
    corrected = corrected_prevalence(probabilities, prior)
    interval = _bootstrap_interval(probabilities, owner, prior) if n_documents >= MIN_DOCUMENTS else None
    return Prevalence(n_paragraphs, n_documents, tagged, corrected, interval)


def _likelihood_excess(probabilities: NDArray[Any], prior: NDArray[Any]) -> NDArray[np.float64]:
    """Return likelihood ratio - 1 of each paragraph, shape (6, n).

    The likelihood ratio is the odds of the calibrated probability divided by the odds of the training prior.
    """
    if not ((prior > 0) & (prior < 1)).all():
        raise ValueError(
            message(
                "each share in the training data must be above 0 and below 1, got {shares}; "
                "train the model on data that has each pillar",
                shares=np.asarray(prior).tolist(),
            )
        )
    p = np.clip(probabilities, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    excess: NDArray[np.float64] = (p / (1 - p) * (1 - prior) / prior - 1).T
    return excess


def _most_likely_share(excess: NDArray[np.float64], counts: NDArray[Any]) -> NDArray[np.float64]:
    """Maximise the log-likelihood sum(counts * log(1 + share * excess)) over each share.

    Shapes: `excess` (6, k) and `counts` (…, 6, k) give (…, 6).
    """
    share = np.full(counts.shape[:-1], 0.5)
    for step in 0.5 ** np.arange(2, 2 + BISECTION_STEPS):
        slope = (counts * (excess / (1 + share[..., None] * excess))).sum(-1)
        share += np.where(slope > 0, step, -step)
    return share


def _bootstrap_interval(
    probabilities: NDArray[Any], owner: NDArray[np.intp], prior: NDArray[Any]
) -> NDArray[np.float64]:
    """Return the 95 % interval of each share, shape (2, 6).

    Documents are drawn with replacement. Each document is a histogram of the log-odds of its paragraphs. A draw is a
    sum of histograms, so its cost does not depend on the number of paragraphs.
    """
    n_pillars = probabilities.shape[1]
    n_documents = int(owner.max()) + 1
    p = np.clip(probabilities, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    max_log_odds = np.log(1 / MIN_PROBABILITY)
    position = (np.log(p / (1 - p)) / max_log_odds + 1) / 2  # 0 to 1
    bin_number = np.clip(position * LOG_ODDS_BINS, 0, LOG_ODDS_BINS - 1).astype(np.intp)
    column = np.arange(n_pillars) * LOG_ODDS_BINS + bin_number

    n_columns = n_pillars * LOG_ODDS_BINS
    total = np.bincount(column.ravel(), minlength=n_columns)
    mean = np.bincount(column.ravel(), p.ravel(), n_columns) / np.maximum(total, 1)
    used = np.flatnonzero(total.reshape(n_pillars, LOG_ODDS_BINS).any(0))
    excess = _likelihood_excess(mean.reshape(n_pillars, LOG_ODDS_BINS).T, prior)[:, used]

    histograms = sparse.csr_array(
        (np.ones(column.size), (column.ravel(), np.repeat(owner, n_pillars))), shape=(n_columns, n_documents)
    )
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(BOOTSTRAP_DRAWS):
        times_drawn = np.bincount(rng.integers(n_documents, size=n_documents), minlength=n_documents)
        draws.append(histograms @ times_drawn)
    counts = np.stack(draws).reshape(BOOTSTRAP_DRAWS, n_pillars, LOG_ODDS_BINS)[..., used]
    interval: NDArray[np.float64] = np.quantile(_most_likely_share(excess, counts), [0.025, 0.975], axis=0)
    return interval
