import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cchc_ml.learning.metrics import (
    agreement,
    calibration,
    intervals,
    metrics,
    metrics_with_intervals,
    micro_intervals,
    paired,
)
from cchc_ml.pillars import PILLARS

LABELS = st.integers(1, 12).flatmap(
    lambda n: st.tuples(*[hnp.arrays(np.int8, (n, 6), elements=st.integers(0, 1)) for _ in range(2)])
)


def divide(part, whole, zero=0.0):
    return part / whole if whole else zero


def scores_of(wanted, tagged):
    """Precision, recall and F1 of two sets, by their definitions."""
    right = len(wanted & tagged)
    f1 = divide(2 * right, len(wanted) + len(tagged), zero=1.0)
    return divide(right, len(tagged)), divide(right, len(wanted)), f1


def cells(labels, rows=slice(None), columns=slice(None)):
    """The places of the ones among some rows and columns."""
    return set(zip(*np.nonzero(labels[rows, columns]), strict=True))


@given(LABELS)
def test_scores_follow_their_definitions(pair):
    y, predicted = pair
    measured = metrics(y, predicted, predicted)
    present = []
    for k, row in enumerate(measured["pillars"].values()):
        own, tagged = cells(y, columns=[k]), cells(predicted, columns=[k])
        assert (row["precision"], row["recall"], row["f1"]) == pytest.approx(scores_of(own, tagged))
        assert row["support"] == len(own)
        assert (row["tp"], row["fp"], row["fn"]) == (len(own & tagged), len(tagged - own), len(own - tagged))
        if own | tagged:
            present.append(scores_of(own, tagged))
    macro = np.mean(present, axis=0) if present else (1.0, 1.0, 1.0)
    samples = []
    for i in range(len(y)):
        own, tagged = cells(y, rows=[i]), cells(predicted, rows=[i])
        samples.append(scores_of(own, tagged) if own | tagged else (1.0, 1.0, 1.0))
    for name, want in (
        ("macro", macro),
        ("micro", scores_of(cells(y), cells(predicted))),
        ("samples", np.mean(samples, axis=0)),
    ):
        assert [measured[name][key] for key in ("precision", "recall", "f1")] == pytest.approx(list(want))
    assert measured["exact_match"] == (y == predicted).all(1).mean()


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=1, max_size=30))
def test_average_precision_is_precision_at_each_new_recall(pairs):
    y, scores = np.array([*pairs, (1, 3)]).T
    area, last_recall = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):  # equal scores are one point of the curve
        tagged = scores >= threshold
        recall = y[tagged].sum() / y.sum()
        area += (recall - last_recall) * y[tagged].mean()
        last_recall = recall
    measured = metrics(np.tile(y[:, None], 6), np.zeros((len(y), 6)), np.tile(scores[:, None], 6))
    assert measured["pillars"]["tthc"]["average_precision"] == pytest.approx(area)


def test_a_false_positive_of_a_pillar_that_the_data_never_has_counts():
    y = np.array([[0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    predicted = np.array([[0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]])
    measured = metrics(y, predicted, predicted)
    assert measured["pillars"]["institutional"] | {"average_precision": None} == {
        "support": 0, "tp": 0, "fp": 1, "fn": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0, "average_precision": None,
    }  # fmt: skip
    assert measured["micro"]["f1"] == pytest.approx(2 / 3)
    assert measured["macro"]["f1"] == 0.5
    assert measured["samples"]["f1"] == 0.5


def test_nothing_to_find_and_nothing_found_is_right():
    measured = metrics(np.zeros((3, 6)), np.zeros((3, 6)), np.zeros((3, 6)))
    assert (
        measured["exact_match"]
        == measured["samples"]["f1"]
        == measured["macro"]["f1"]
        == measured["micro"]["f1"]
        == 1.0
    )


def test_intervals_and_calibration_are_added():
    rng = np.random.default_rng(0)
    y, probabilities = rng.integers(0, 2, (30, 6)), rng.random((30, 6))
    tags, documents = (probabilities > 0.5).astype(int), np.arange(30) // 3
    measured = metrics_with_intervals(y, tags, probabilities, documents)
    assert measured == {
        **metrics(y, tags, probabilities),
        "documents": 10,
        "intervals": intervals(y, tags, documents),
        "calibration": calibration(y, probabilities),
    }


def test_intervals_hold_the_score_and_know_documents():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (300, 6))
    # Whole documents of 30 paragraphs go right or wrong: ten witnesses, not three hundred.
    document = np.arange(300) // 30
    wrong = (rng.random(10) < 0.4)[document][:, None]
    predicted = np.where(wrong, 1 - y, y)
    alone, clustered = intervals(y, predicted, np.arange(300)), intervals(y, predicted, document)
    f1 = metrics(y, predicted, predicted)["macro"]["f1"]
    assert alone["macro"][0] < f1 < alone["macro"][1]
    assert np.diff(clustered["macro"]) > 2 * np.diff(alone["macro"])
    assert intervals(y, predicted, np.arange(300)) == alone


def test_few_documents_have_no_interval_and_no_p():
    y = np.ones((60, 6), int)
    for documents in (np.zeros(60), np.arange(60) % 9):
        assert intervals(y, y, documents) == micro_intervals(y, y, documents) == {}
        difference = paired(y, y, 1 - y, documents)
        assert difference == {"difference": 1.0, "low": None, "high": None, "p": None}
    assert set(intervals(y, y, np.arange(60) % 10)) == {*map(str, PILLARS), "macro"}


@pytest.mark.parametrize("hits", [True, False])
def test_where_f1_is_0_or_1_the_bound_is_exact(hits):
    y = np.zeros((30, 6), int)
    y[:5, 1] = 1
    tags = y if hits else np.zeros_like(y)
    measured = intervals(y, tags, np.arange(30))
    # Clopper and Pearson: with probability 0.025, five of five are right if a share j is, and j ** 5 == 0.025.
    j = 0.025 ** (1 / 5)
    expected = (2 * j / (1 + j), 1.0) if hits else (0.0, 2 * (1 - j) / (2 - j))
    assert measured == {"tthc": pytest.approx(expected), "macro": pytest.approx(expected)}
    assert micro_intervals(y, tags, np.arange(30))["recall"] == pytest.approx((j, 1.0) if hits else (0.0, 1 - j))
    # Five labels of one document are one witness.
    together = intervals(y, tags, np.r_[[0] * 5, np.arange(1, 26)])["tthc"]
    assert together == pytest.approx((2 * 0.025 / 1.025, 1.0) if hits else (0.0, 2 * 0.975 / 1.975))


def test_a_draw_without_labels_and_tags_has_no_f1():
    y, tags = np.zeros((40, 6), int), np.zeros((40, 6), int)
    y[:4, 0], tags[:2, 0], tags[5:8, 0] = 1, 1, 1
    low, high = micro_intervals(y, tags, np.arange(40))["f1"]
    assert 0 <= low < metrics(y, tags, tags)["micro"]["f1"] < high < 1


def test_intervals_are_95_percent_of_draws_of_as_many_documents():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, (120, 6))
    predicted = np.where(rng.random((120, 6)) < 0.8, y, 1 - y)
    documents = np.arange(120) // 3
    f1 = []
    for _ in range(2000):  # the bootstrap written out
        drawn = np.concatenate([np.flatnonzero(documents == d) for d in rng.integers(0, 40, 40)])
        own, tagged = y[drawn, 1], predicted[drawn, 1]
        f1.append(2 * (own & tagged).sum() / (own.sum() + tagged.sum()))
    low, high = np.quantile(f1, [0.025, 0.975])
    measured = intervals(y, predicted, documents)["tthc"]
    assert measured == pytest.approx((low, high), abs=0.1 * (high - low))
    assert measured[1] - measured[0] == pytest.approx(high - low, rel=0.1)


def test_intervals_are_of_the_pillars_that_there_are():
    rng = np.random.default_rng(0)
    y = np.zeros((200, 6), int)
    y[:, 1] = rng.integers(0, 2, 200)
    predicted = y.copy()
    predicted[:, 1] ^= rng.random(200) < 0.3
    low, high = intervals(y, predicted, np.arange(200))["macro"]
    assert low < metrics(y, predicted, predicted)["macro"]["f1"] < high < 0.9
    measured = paired(y, y, predicted, np.arange(200))
    assert measured["low"] < measured["difference"] < measured["high"]


def test_paired_bootstrap_tells_better_from_same():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (300, 6))
    good = np.where(rng.random((300, 6)) < 0.9, y, 1 - y)
    bad = np.where(rng.random((300, 6)) < 0.7, y, 1 - y)
    assert paired(y, good, bad, np.arange(300))["p"] < 0.01
    assert paired(y, good, good, np.arange(300)) == {"difference": 0.0, "low": 0.0, "high": 0.0, "p": 1.0}


def test_calibration_error_of_true_and_of_bold_probabilities():
    rng = np.random.default_rng(0)
    p = rng.random((4000, 6))
    y = rng.random((4000, 6)) < p
    assert all(row["ece"] < 0.04 for row in calibration(y, p).values())
    assert all(row["ece"] > 0.15 for row in calibration(y, (p > 0.5).astype(float)).values())
    assert sum(n for *_, n in calibration(y, p)["tthc"]["curve"]) == 4000


def test_kappa_is_agreement_beyond_chance():
    # 20 agree on yes, 15 on no, 15 differ: observed 0.7, by chance 0.5 (Cohen's own example has these numbers).
    first = np.repeat([1, 1, 0, 0], [20, 5, 10, 15])
    second = np.repeat([1, 0, 1, 0], [20, 5, 10, 15])
    measured = agreement(np.tile(first[:, None], 6), np.tile(second[:, None], 6))
    assert measured["n"] == 50
    assert measured["exact_match"] == 0.7
    assert measured["pillars"]["tthc"]["kappa"] == pytest.approx(0.4)
    assert measured["pillars"]["tthc"]["f1"] == pytest.approx(2 * 20 / (2 * 20 + 15))


def test_annotators_that_never_differ_agree_also_without_any_label():
    zeros = np.zeros((5, 6), int)
    assert set(map(tuple, (row.values() for row in agreement(zeros, zeros)["pillars"].values()))) == {(1.0, 1.0)}
    one_differs = zeros.copy()
    one_differs[0, 0] = 1
    assert agreement(zeros, one_differs)["pillars"]["institutional"] == {"kappa": 0.0, "f1": 0.0}
