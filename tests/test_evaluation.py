import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from cchc_ml.evaluation import cross_validated, evaluate, metrics

SHAPE = st.integers(1, 12).map(lambda n: (n, 6))


@given(
    SHAPE.flatmap(
        lambda s: st.tuples(hnp.arrays(np.int8, s, elements=st.integers(0, 1)), hnp.arrays(np.int8, s, elements=st.integers(0, 1)))
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
    assert 0.3 < cross_validated(small, corpus.y)["macro"]["f1"] < evaluate(small, corpus.texts, corpus.y)["macro"]["f1"]
