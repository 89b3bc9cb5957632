import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.learning.thresholds import (
    SHRINK,
    best_threshold,
    choose_thresholds,
    parse_objective,
    platt,
    precise_threshold,
)
from cchc_ml.pillars import PILLARS


def test_best_threshold_is_the_best_of_all():
    rng = np.random.default_rng(0)
    for _ in range(30):
        y, scores = rng.integers(0, 2, 30), rng.normal(size=30).round(1)
        y[0] = 1

        def f1(t, y=y, scores=scores):
            return 2 * (y & (scores > t)).sum() / (y.sum() + (scores > t).sum())

        assert f1(best_threshold(y, scores)) == max(f1(t) for t in [*scores, scores.min() - 1])


def test_thresholds_for_f1_are_half_way_to_the_common_one():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(200, 6))
    y = (scores + rng.normal(size=(200, 6)) > np.linspace(0, 1, 6)).astype(np.int8)
    own = [best_threshold(y[:, k], scores[:, k]) for k in range(len(PILLARS))]
    common = best_threshold(y.ravel(), scores.ravel())
    chosen = choose_thresholds(y, scores, "f1", np.arange(200))
    assert chosen == pytest.approx([(1 - SHRINK) * t + SHRINK * common for t in own])


def lower_bound(y, scores, threshold, documents):
    """Wilson's one-sided bound with a design effect, written out document by document."""
    tagged = scores > threshold
    n, p = tagged.sum(), y[tagged].mean()
    spread = sum((y[tagged & (documents == d)] - p).sum() ** 2 for d in np.unique(documents)) / n**2
    if p in (0, 1):
        n = min(n, n**2 / sum((tagged & (documents == d)).sum() ** 2 for d in np.unique(documents)))
    n = n / max(spread / max(p * (1 - p) / n, 1e-12), 1)
    z = 1.6449
    return (p + z**2 / (2 * n) - z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))) / (1 + z**2 / n)


@given(st.integers(0, 10_000))
def test_a_precise_threshold_is_the_lowest_that_is_sure(seed):
    rng = np.random.default_rng(seed)
    scores, documents = rng.normal(size=120).round(2), rng.integers(0, 30, 120)
    y = (scores + 0.3 * rng.normal(size=120) > 0).astype(np.int8)
    chosen = precise_threshold(y, scores, 0.8, documents)
    ranked = np.unique(scores)
    between = [(a + b) / 2 for a, b in zip([ranked[0] - 1, *ranked], ranked, strict=False)]
    sure = [t for t in between if lower_bound(y, scores, t, documents) >= 0.8 - 1e-9]
    assert chosen == pytest.approx(min(sure)) if sure else chosen == np.inf


def test_documents_are_no_independent_witnesses():
    y, scores = np.array([1] * 57 + [0] * 3 + [0] * 40), np.linspace(1, 0, 100)
    alone = precise_threshold(y, scores, 0.85, np.arange(100))
    together = precise_threshold(y, scores, 0.85, np.r_[np.arange(57), [200] * 3, np.arange(300, 340)])
    assert alone < together
    # Forty hits of one document are one witness.
    one = precise_threshold(np.ones(40, np.int8), np.linspace(1, 0, 40), 0.9, np.zeros(40))
    assert one == np.inf
    assert precise_threshold(np.ones(40, np.int8), np.linspace(1, 0, 40), 0.9, np.arange(40)) < 0


def test_where_nothing_is_precise_nothing_is_tagged():
    y, scores = np.zeros(50, np.int8), np.linspace(0, 1, 50)
    y[10] = 1
    assert not (scores > precise_threshold(y, scores, 0.9, np.arange(50))).any()


@pytest.mark.parametrize("objective", ["f2", "precision", "precision=1", "precision=x", None, 0.9])
def test_bad_objectives_are_told(objective):
    with pytest.raises(ValueError, match=r"objective must be 'f1' or such as 'precision=0.9'.* Got .* instead"):
        parse_objective(objective)


def test_platt_gives_probabilities_that_come_true():
    rng = np.random.default_rng(2)
    scores = rng.normal(size=5000).astype(np.float32)
    y = (rng.random(5000) < 1 / (1 + np.exp(-(2 * scores - 1)))).astype(np.int8)
    assert platt(y, scores) == pytest.approx((2, -1), abs=0.2)
