"""What more labels would bring: a learning curve of the user's own rows, and its power law."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..learning.own_models import assign_folds, score_parts
from ..learning.thresholds import tag_out_of_fold
from ..messages import joined, message, plural
from ..pillars import CCHC, Codebook
from .categories import Category
from .labelled import LabelledRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..learning.fitting import Progress

__all__ = ["LEAST_DOCUMENTS", "LEAST_POSITIVE", "LEAST_ROWS", "MORE", "Band", "Forecast", "Plan", "make_plan"]

# How many labels more a plan looks ahead.
MORE = (100, 200, 400)
# With fewer rows or documents there is no curve; with fewer rows of a category, none of that category.
LEAST_ROWS = 100
LEAST_DOCUMENTS = 20
LEAST_POSITIVE = 15
# The points of the curve, as shares of the rows that a model can be trained on, and how often each is drawn.
SHARES = (0.125, 0.25, 0.5, 0.75, 1.0)
REPEATS = 2
# Draws of documents for the bands.
DRAWS = 100
MACRO = "macro"


@dataclass(frozen=True)
class Band:
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """The learning curve of one category, or of their mean.

    Attributes
    ----------
    name : str
        The slug; ``"macro"`` for the mean.
    positive : int
        How many rows have the category; of the mean, how many rows there are.
    curve : tuple of (int, Band)
        F1 by number of training rows, as measured.
    now : Band or None
        F1 with all rows, by the power law; None if there are too few.
    gains : tuple of (int, Band)
        What so many labels more would add to F1.
    """

    name: str
    positive: int
    curve: tuple[tuple[int, Band], ...] = ()
    now: Band | None = None
    gains: tuple[tuple[int, Band], ...] = ()


@dataclass(frozen=True)
class Plan:
    """What `make_plan` returns.

    Attributes
    ----------
    rows, documents : int
    macro : Forecast
    categories : tuple of Forecast
        In the order of the codebook.
    first : str
        The category to label first.
    reason : str
        Why it is the first.
    """

    rows: int
    documents: int
    macro: Forecast
    categories: tuple[Forecast, ...]
    first: str
    reason: str


def make_plan(
    rows: Sequence[LabelledRow],
    categories: Sequence[Category],
    *,
    codebook: Codebook = CCHC,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Measure how F1 grows with the number of labels, and extrapolate it.

    Models are trained on random parts of the rows and measured on documents that they did not see. A power law
    ``F1(n) = 1 - a - b / n ** c`` is fitted to the curve. Bands come from the bootstrap over documents. They do not
    cover that labels to come may be of other documents than these.

    Parameters
    ----------
    rows : sequence of LabelledRow
        The rows to train on.
    categories : sequence of Category
    codebook : Codebook
        Where the categories are from.
    n_jobs, progress
        See `cchc_ml.learning.own_models.score_parts`.

    Raises
    ------
    ValueError
        There are no rows.
    """
    if not rows:
        raise ValueError(message("no row is labelled in full; want at least one"))
    slugs = [c.slug for c in categories]
    y = np.array([[row.item.decisions[slug] for slug in slugs] for row in rows], np.int8)
    documents = [row.document for row in rows]
    n_documents = len(set(documents))
    positive = dict(zip(slugs, y.sum(axis=0).tolist(), strict=True))
    rare = [slug for slug in slugs if min(positive[slug], len(rows) - positive[slug]) < LEAST_POSITIVE]
    if len(rows) < LEAST_ROWS or n_documents < LEAST_DOCUMENTS or len(rare) == len(slugs):
        forecasts = tuple(Forecast(slug, positive[slug]) for slug in slugs)
        return Plan(len(rows), n_documents, Forecast(MACRO, len(rows)), forecasts, *_rarest(positive))
    sizes, f1 = _curves([row.item.text for row in rows], y, documents, codebook, n_jobs, progress)
    known = [k for k, slug in enumerate(slugs) if slug not in rare]
    macro = _forecast(MACRO, len(rows), sizes, f1[:, :, known].mean(axis=2), len(rows))
    forecasts = tuple(
        Forecast(slug, positive[slug])
        if slug in rare
        else _forecast(slug, positive[slug], sizes, f1[:, :, k], len(rows))
        for k, slug in enumerate(slugs)
    )
    first, reason = _rarest({slug: positive[slug] for slug in rare}) if rare else _most_gain(forecasts)
    return Plan(len(rows), n_documents, macro, forecasts, first, reason)


def _rarest(positive: dict[str, int]) -> tuple[str, str]:
    slug = min(positive, key=lambda name: positive[name])
    return slug, plural("only {n} row has it", "only {n} rows have it", positive[slug])


def _most_gain(forecasts: Sequence[Forecast]) -> tuple[str, str]:
    best = max(forecasts, key=lambda forecast: forecast.gains[0][1].value)
    more, gain = best.gains[0]
    said = message(
        "it gains most from {more} labels: {gain:+.3f} F1 ({low:+.3f} to {high:+.3f})",
        more=more,
        gain=gain.value,
        low=gain.low,
        high=gain.high,
    )
    sure = gain.low > 0
    return best.name, said if sure else joined("; ", [said, message("that it gains at all is not certain")])


def _curves(
    texts: Sequence[str],
    y: NDArray[np.int8],
    documents: Sequence[str],
    codebook: Codebook,
    n_jobs: int | None,
    progress: Progress | None,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the numbers of training rows, and F1 of shape (1 + DRAWS, sizes, categories): all rows, then draws."""
    folds = assign_folds(documents)
    chance = np.random.default_rng(0)
    parts, keys = [], []
    for repeat in range(REPEATS):
        for fold in np.unique(folds):
            inside = chance.permutation(np.flatnonzero(folds != fold))
            for size, share in enumerate(SHARES):
                if share < 1 or repeat == 0:  # all rows are the same rows in each repeat
                    parts.append(np.sort(inside[: max(1, round(share * len(inside)))]))
                    keys.append((repeat, size, fold))
    scores = np.zeros((REPEATS, len(SHARES), *y.shape))
    of_parts = score_parts(texts, y, parts, codebook=codebook, n_jobs=n_jobs, progress=progress)
    for (repeat, size, fold), of_part in zip(keys, of_parts, strict=True):
        scores[repeat, size, folds == fold] = of_part[folds == fold]
    scores[1:, -1] = scores[0, -1]
    numbers = np.unique(np.asarray(documents, str), return_inverse=True)[1]
    times = np.vstack([np.ones(numbers.max() + 1), _draws(numbers.max() + 1)])
    f1 = np.zeros((REPEATS, len(SHARES), len(times), y.shape[1]))
    for repeat, size in np.ndindex(REPEATS, len(SHARES)):
        tags = tag_out_of_fold(y, scores[repeat, size], folds, "f1", numbers)
        f1[repeat, size] = _f1_of_draws(y.astype(bool), tags.astype(bool), numbers, times)
    sizes = np.array([round(share * len(y) * (1 - 1 / len(np.unique(folds)))) for share in SHARES])
    return sizes, f1.mean(axis=0).transpose(1, 0, 2)


def _draws(n_documents: int) -> NDArray[np.int64]:
    share = np.full(n_documents, 1 / n_documents)
    return np.random.default_rng(1).multinomial(n_documents, share, DRAWS)


def _f1_of_draws(
    y: NDArray[np.bool_], tags: NDArray[np.bool_], numbers: NDArray[np.intp], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return F1 of each category where document i counts ``times[draw, i]`` times; 0 where nothing is to be found."""
    right, wrong = np.zeros((2, times.shape[1], y.shape[1]))
    np.add.at(right, numbers, y & tags)
    np.add.at(wrong, numbers, y ^ tags)
    hits, errors = times @ right, times @ wrong
    f1: NDArray[np.float64] = 2 * hits / np.maximum(2 * hits + errors, 1)
    return f1


def _forecast(name: str, positive: int, sizes: NDArray[np.intp], f1: NDArray[np.float64], n: int) -> Forecast:
    """Fit the power law to F1 of shape (1 + DRAWS, sizes), and extrapolate from n rows."""
    ahead = np.array([n, *(n + more for more in MORE)], float)
    spread = np.maximum(f1[1:].std(axis=0), 1e-3)
    expected = np.array([1 - power_law(sizes, 1 - curve, spread, ahead) for curve in f1])
    gains = expected[:, 1:] - expected[:, :1]
    return Forecast(
        name,
        positive,
        tuple((int(size), _band(f1[:, i])) for i, size in enumerate(sizes)),
        _band(expected[:, 0]),
        tuple((more, _band(gains[:, i])) for i, more in enumerate(MORE)),
    )


def _band(values: NDArray[np.float64]) -> Band:
    """Return the first value with the 95 % interval of the others, widened to hold it."""
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return Band(float(values[0]), float(min(low, values[0])), float(max(high, values[0])))


def power_law(
    sizes: NDArray[np.intp], errors: NDArray[np.float64], spread: NDArray[np.float64], ahead: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit ``a + b / n ** c`` to errors by number of rows; return it at the numbers `ahead`. It never rises.

    Examples
    --------
    >>> sizes = np.array([100, 200, 400, 800])
    >>> power_law(sizes, 0.1 + 2 / sizes**0.5, np.full(4, 0.01), np.array([1600.0])).round(3).tolist()
    [0.15]
    """
    from scipy.optimize import OptimizeWarning, curve_fit

    scaled = sizes / sizes[-1]
    start = (max(0.0, float(errors[-1]) / 2), max(1e-3, float(errors[-1]) / 2), 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # its covariance is not used
        (a, b, c), _ = curve_fit(
            lambda n, a, b, c: a + b * n**-c,
            scaled,
            errors,
            start,
            sigma=spread,
            bounds=([0, 0, 0.05], [1, 1, 2]),
            max_nfev=2000,
        )
    law: NDArray[np.float64] = a + b * (ahead / sizes[-1]) ** -c
    return law
