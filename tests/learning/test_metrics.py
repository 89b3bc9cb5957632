import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import average_precision_score, cohen_kappa_score, f1_score, precision_score, recall_score

from cchc_ml.learning.metrics import agreement, calibration, cross_validated, evaluate, intervals, metrics, paired

SHAPE = st.integers(1, 12).map(lambda n: (n, 6))


@given(
    SHAPE.flatmap(
        lambda s: st.tuples(
            hnp.arrays(np.int8, s, elements=st.integers(0, 1)), hnp.arrays(np.int8, s, elements=st.integers(0, 1))
        )
    )
)
def test_metrics_are_scikit_learns_where_every_pillar_occurs(pair):
    y, predicted = (np.vstack([np.ones((1, 6), np.int8), a]) for a in pair)
    found = metrics(y, predicted, predicted)
    for name, score in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        assert [row[name] for row in found["pillars"].values()] == pytest.approx(
            score(y, predicted, average=None, zero_division=0).tolist()
        )
        assert found["macro"][name] == pytest.approx(score(y, predicted, average="macro", zero_division=0))
        assert found["micro"][name] == pytest.approx(score(y, predicted, average="micro", zero_division=0))
    assert found["samples"]["f1"] == pytest.approx(f1_score(y, predicted, average="samples", zero_division=1))
    assert found["exact_match"] == (y == predicted).all(1).mean()


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=1, max_size=30))
def test_average_precision_is_scikit_learns(pairs):
    y, scores = np.array([*pairs, (1, 3)]).T
    found = metrics(np.tile(y[:, None], 6), np.zeros((len(y), 6)), np.tile(scores[:, None], 6))
    assert found["pillars"]["tthc"]["average_precision"] == pytest.approx(average_precision_score(y, scores))


def test_a_false_positive_of_a_pillar_that_the_data_never_has_counts():
    y = np.array([[0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    predicted = np.array([[0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]])
    found = metrics(y, predicted, predicted)
    assert found["pillars"]["institutional"] | {"average_precision": None} == {
        "support": 0, "tp": 0, "fp": 1, "fn": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0, "average_precision": None,
    }  # fmt: skip
    assert found["micro"]["f1"] == pytest.approx(2 / 3)
    assert found["macro"]["f1"] == 0.5
    assert found["samples"]["f1"] == 0.5


def test_nothing_to_find_and_nothing_found_is_right():
    found = metrics(np.zeros((3, 6)), np.zeros((3, 6)), np.zeros((3, 6)))
    assert found["exact_match"] == found["samples"]["f1"] == found["macro"]["f1"] == found["micro"]["f1"] == 1.0


def test_evaluate_uses_the_classifiers_own_tags(small, corpus):
    found = evaluate(small, corpus.texts, corpus.y)
    tags = small.predict(corpus.texts)
    assert found["pillars"]["tthc"]["tp"] == int((tags[:, 1] & corpus.y[:, 1]).sum())
    assert found["n"] == 240


def test_cross_validation_is_worse_than_the_fit_and_better_than_chance(small, corpus):
    assert (
        0.3 < cross_validated(small, corpus.y)["macro"]["f1"] < evaluate(small, corpus.texts, corpus.y)["macro"]["f1"]
    )


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


def test_intervals_are_of_the_pillars_that_there_are():
    rng = np.random.default_rng(0)
    y = np.zeros((200, 6), int)
    y[:, 1] = rng.integers(0, 2, 200)
    predicted = y.copy()
    predicted[:, 1] ^= rng.random(200) < 0.3
    low, high = intervals(y, predicted, np.arange(200))["macro"]
    assert low < metrics(y, predicted, predicted)["macro"]["f1"] < high < 0.9
    found = paired(y, y, predicted, np.arange(200))
    assert found["low"] < found["difference"] < found["high"]


def test_thresholds_of_a_fold_are_chosen_on_the_others(small, corpus, monkeypatch):
    seen = []

    def spy(y, scores, objective, documents):
        seen.append((len(y), set(documents)))
        return np.zeros(6)

    monkeypatch.setattr("cchc_ml.learning.metrics.choose_thresholds", spy)
    cross_validated(small, corpus.y)
    for fold, (n, documents) in zip(np.unique(small.oof_folds_), seen, strict=True):
        inside = small.oof_folds_ == fold
        assert n == (~inside).sum()
        assert not documents & set(small.documents_[inside])


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


def test_agreement_is_scikit_learns_kappa():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 2, (2, 50, 6))
    found = agreement(a, b)
    for k, row in enumerate(found["pillars"].values()):
        assert row["kappa"] == pytest.approx(cohen_kappa_score(a[:, k], b[:, k]))
    assert agreement(a, a)["exact_match"] == 1.0
    assert agreement(a * 0, a * 0)["pillars"]["tthc"]["kappa"] == 1.0
