import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.learning.metrics import metrics
from cchc_ml.learning.thresholds import (
    LEAST_SLOPE,
    best_threshold,
    choose_thresholds,
    hold_on_drawn,
    operating_points,
    platt,
    precise_thresholds,
    tag_out_of_fold,
    thorough_thresholds,
)
from cchc_ml.model.operating_points import TARGETS
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
    assert chosen == pytest.approx([0.5 * t + 0.5 * common for t in own])
    assert len(set(own)) == 6
    assert not np.allclose(chosen, own)


@pytest.mark.parametrize(
    ("y", "scores", "threshold"),
    [
        # With 1, 2 and 3 tags F1 is 2/3, 1/2 and 4/5: no tie.
        ([1, 0, 1], [3.0, 2.0, 1.0], 0.5),
        # One tag or four: F1 is 2/3 both times. The fewer tags, the higher the threshold.
        ([1, 0, 0, 1], [4.0, 3.0, 2.0, 1.0], 3.5),
        # Equal scores are tagged together or not at all.
        ([1, 0, 1], [2.0, 2.0, 1.0], 0.5),
        ([0, 1, 0], [2.0, 2.0, 1.0], 1.5),
        ([1, 0, 0], [2.0, 2.0, 1.0], 1.5),
        # All scores are equal: everything is tagged.
        ([0, 1], [1.0, 1.0], 0.5),
    ],
)
def test_ties_of_the_best_threshold(y, scores, threshold):
    assert best_threshold(np.array(y), np.array(scores)) == threshold


def test_the_best_threshold_does_not_depend_on_the_order_of_rows():
    rng = np.random.default_rng(3)
    y, scores = rng.integers(0, 2, 40), rng.integers(0, 6, 40).astype(float)
    for _ in range(5):
        order = rng.permutation(40)
        assert best_threshold(y[order], scores[order]) == best_threshold(y, scores)


def test_thresholds_of_a_fold_are_chosen_on_the_others(small, corpus):
    folds = small.oof_folds_
    tags = tag_out_of_fold(corpus.y, small.oof_scores_, folds, "f1", small.documents_)
    for fold in np.unique(folds):
        inside = folds == fold
        # Neither the labels nor the scores of a fold change its thresholds.
        y, scores = corpus.y.copy(), small.oof_scores_.copy()
        y[inside] = 1 - y[inside]
        assert np.array_equal(tag_out_of_fold(y, scores, folds, "f1", small.documents_)[inside], tags[inside])
        thresholds = choose_thresholds(corpus.y[~inside], scores[~inside], "f1", small.documents_[~inside])
        assert np.array_equal(tags[inside], scores[inside] > thresholds)


@pytest.mark.parametrize("objective", ["f1", "precision=0.8"])
def test_a_score_at_the_threshold_of_its_fold_is_not_tagged(small, corpus, objective):
    folds, scores, documents = small.oof_folds_, small.oof_scores_.astype(np.float64), small.documents_
    inside = folds == 0
    thresholds = choose_thresholds(corpus.y[~inside], scores[~inside], objective, documents[~inside])
    scores[inside] = thresholds
    assert not tag_out_of_fold(corpus.y, scores, folds, objective, documents)[inside].any()
    scores[inside] = np.nextafter(thresholds, np.inf)
    # A precision that no threshold reaches has an infinite one.
    reached = np.isfinite(thresholds)
    assert reached.any()
    assert (tag_out_of_fold(corpus.y, scores, folds, objective, documents)[inside] == reached).all()


def test_out_of_fold_tags_are_worse_than_those_of_the_fit_and_better_than_chance(small, corpus):
    tags = tag_out_of_fold(corpus.y, small.oof_scores_, small.oof_folds_, "f1", small.documents_)
    fitted = small.predict(corpus.texts)
    assert 0.3 < metrics(corpus.y, tags, tags)["macro"]["f1"] < metrics(corpus.y, fitted, fitted)["macro"]["f1"]


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


def precise_threshold(y, scores, precision, documents):
    return precise_thresholds(y[:, None], scores[:, None], [precision], documents)[0, 0]


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


def test_tags_of_one_document_are_not_independent():
    y, scores = np.array([1] * 57 + [0] * 3 + [0] * 40), np.linspace(1, 0, 100)
    alone = precise_threshold(y, scores, 0.85, np.arange(100))
    together = precise_threshold(y, scores, 0.85, np.r_[np.arange(57), [200] * 3, np.arange(300, 340)])
    assert alone < together
    # Forty right tags in one document count as one.
    one = precise_threshold(np.ones(40, np.int8), np.linspace(1, 0, 40), 0.9, np.zeros(40))
    assert one == np.inf
    assert precise_threshold(np.ones(40, np.int8), np.linspace(1, 0, 40), 0.9, np.arange(40)) < 0


def test_where_nothing_is_precise_nothing_is_tagged():
    y, scores = np.zeros(50, np.int8), np.linspace(0, 1, 50)
    y[10] = 1
    assert not (scores > precise_threshold(y, scores, 0.9, np.arange(50))).any()


def drawn_and_picked(seed=0, n=3000):
    """Return labels, scores and documents, where most drawn rows have no label, and the drawn rows."""
    rng = np.random.default_rng(seed)
    drawn = np.arange(n) < n // 2
    y = (rng.random((n, 6)) < np.where(drawn, 0.02, 0.3)[:, None]).astype(np.int8)
    return y, 1.5 * y + rng.normal(0, 0.6, (n, 6)) - 0.7, np.arange(n), drawn


def wilson(hits, n):
    return lower_bound(np.r_[np.ones(hits), np.zeros(n - hits)], np.ones(n), 0, np.arange(n))


@pytest.mark.parametrize("precision", [0.5, 0.7, 0.8])
def test_precision_holds_on_drawn_rows_too(precision):
    y, scores, documents, drawn = drawn_and_picked()
    own = precise_thresholds(y, scores, [precision], documents)[:, 0]
    both = precise_thresholds(y, scores, [precision], documents, drawn)[:, 0]
    assert (both >= own).all()
    # Of one row in two documents each the clusters are the rows of six tags, nearly all of them of one tag.
    for thresholds, holds in ((own, False), (both, True)):
        tags = scores[drawn] > thresholds
        hits = int((tags & (y[drawn] == 1)).sum())
        assert (hits / tags.sum() >= precision) == holds
        assert (wilson(hits, int(tags.sum())) >= precision - 0.02) == holds


def test_what_drawn_rows_cannot_show_is_said():
    y, scores, documents, drawn = drawn_and_picked(n=400)
    base = choose_thresholds(y, scores, "f1", documents)
    thresholds, shown = hold_on_drawn(y[drawn], scores[drawn], base, base, 0.99, documents[drawn])
    assert np.isfinite(thresholds).all()
    assert 0.2 < shown < 0.95
    tags = scores[drawn] > thresholds
    assert wilson(int((tags & (y[drawn] == 1)).sum()), int(tags.sum())) == pytest.approx(shown, abs=0.03)


def test_a_thorough_threshold_is_the_highest_that_is_sure():
    y, scores, documents, _ = drawn_and_picked()
    thresholds = thorough_thresholds(y, scores, [0.5, 0.9], documents)
    for k in range(6):
        positive = scores[y[:, k] == 1, k]
        for threshold, recall in zip(thresholds[k], (0.5, 0.9), strict=True):
            found = int((positive > threshold).sum())
            assert wilson(found, len(positive)) >= recall
            assert wilson(found - 1, len(positive)) < recall


def test_few_paragraphs_cannot_show_a_recall_but_are_all_found():
    y, scores = np.zeros((50, 6), np.int8), np.tile(np.linspace(0, 1, 50)[:, None], 6)
    y[[10, 40]] = 1
    threshold = thorough_thresholds(y, scores, [0.9], np.arange(50))[0, 0]
    assert scores[9, 0] < threshold < scores[10, 0]


def test_operating_points_are_what_each_objective_chooses():
    y, scores, documents, drawn = drawn_and_picked(n=600)
    points = operating_points(y, scores, documents, drawn)
    assert points.precision.shape == points.recall.shape == (6, len(TARGETS))
    for objective, thresholds in (
        ("f1", points.f1),
        ("precision=0.7", points.precision[:, 69]),
        ("recall=0.9", points.recall[:, 89]),
    ):
        assert choose_thresholds(y, scores, objective, documents, drawn) == pytest.approx(thresholds, abs=1e-3)


def test_scores_that_tell_nothing_do_not_tag_everything():
    rng = np.random.default_rng(0)
    y = np.zeros((30, 6), np.int8)
    y[:5] = 1
    scores = np.where(y == 1, -0.8, -0.6) + 0.01 * rng.normal(size=(30, 6))  # upside down, as after few rows
    assert best_threshold(y[:, 0], scores[:, 0]) < -0.8
    assert (choose_thresholds(y, scores, "f1", np.arange(30)) >= 0).all()
    scores[:, :5] += 2 * y[:, :5]
    chosen = choose_thresholds(y, scores, "f1", np.arange(30))
    assert chosen[5] == best_threshold(y.ravel(), scores.ravel())


def test_platt_gives_probabilities_that_come_true():
    rng = np.random.default_rng(2)
    scores = rng.normal(size=5000).astype(np.float32)
    y = (rng.random(5000) < 1 / (1 + np.exp(-(2 * scores - 1)))).astype(np.int8)
    assert platt(y, scores) == pytest.approx((2, -1), abs=0.2)


@given(st.integers(0, 10_000), st.integers(2, 60))
def test_a_sigmoid_never_falls(seed, n):
    rng = np.random.default_rng(seed)
    y, scores = rng.integers(0, 2, n).astype(np.int8), rng.normal(size=n).round(1)
    slope, offset = platt(y, scores)
    assert slope >= LEAST_SLOPE > 0
    assert np.isfinite(offset)
    p = 1 / (1 + np.exp(-(slope * scores + offset)))
    # The mean probability is the mean of Platt's targets: a little nearer to a half than the share of positives.
    targets = np.where(y == 1, (y.sum() + 1) / (y.sum() + 2), 1 / (n - y.sum() + 2))
    assert p.mean() == pytest.approx(targets.mean(), abs=1e-4)


def test_a_sigmoid_is_the_best_of_its_neighbours():
    rng = np.random.default_rng(5)
    scores = rng.normal(size=300)
    y = (rng.random(300) < 1 / (1 + np.exp(-(3 * scores + 0.5)))).astype(np.int8)
    targets = np.where(y == 1, (y.sum() + 1) / (y.sum() + 2), 1 / (300 - y.sum() + 2))

    def loss(slope, offset):
        z = slope * scores + offset
        return np.sum(np.logaddexp(0, z) - targets * z)

    slope, offset = platt(y, scores)
    for a, b in [(0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05)]:
        assert loss(slope, offset) < loss(slope + a, offset + b)


@pytest.mark.parametrize("gap", [0.01, 1, 100])
def test_scores_that_tell_all_apart_have_a_finite_sigmoid(gap):
    slope, offset = platt(np.array([0] * 5 + [1] * 5, np.int8), np.r_[np.full(5, -gap), np.full(5, gap)])
    assert np.isfinite([slope, offset]).all()
    assert 1 / (1 + np.exp(-(slope * gap + offset))) == pytest.approx(6 / 7, abs=1e-3)
