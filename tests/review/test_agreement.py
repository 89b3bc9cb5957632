import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score

from cchc_ml.review.agreement import (
    FEWEST_DOCUMENTS,
    Agreement,
    Estimate,
    cohen_kappa,
    confusion,
    krippendorff_alpha,
    measure,
)

votes_of_two = arrays(np.int8, st.tuples(st.just(2), st.integers(2, 30)), elements=st.integers(0, 1))


@given(votes_of_two)
def test_kappa_is_scikit_learns(votes):
    found = cohen_kappa(*votes)
    if len(np.unique(votes)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(cohen_kappa_score(*votes))


def test_kappa_of_a_known_table():
    # Cohen (1960): 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no give 0.4.
    first = np.repeat([1, 1, 0, 0], [20, 5, 10, 15]).astype(np.int8)
    second = np.repeat([1, 0, 1, 0], [20, 5, 10, 15]).astype(np.int8)
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    padded = [np.append(votes, extra).astype(np.int8) for votes, extra in ((first, (-1, 1)), (second, (0, -1)))]
    assert cohen_kappa(*padded) == pytest.approx(0.4)


def test_kappa_without_a_paragraph_in_common():
    assert cohen_kappa(np.array([1, -1], np.int8), np.array([-1, 0], np.int8)) is None


def test_alpha_of_a_known_table():
    # Krippendorff (2011), "Computing Krippendorff's alpha-reliability", example A: binary, two observers, no gaps.
    votes = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], np.int8)
    assert krippendorff_alpha(votes) == pytest.approx(0.095, abs=5e-4)


def test_alpha_where_it_says_nothing():
    assert krippendorff_alpha(np.array([[1, 1], [1, 1]], np.int8)) is None
    assert krippendorff_alpha(np.array([[1, -1], [-1, 0]], np.int8)) is None


def agreeing(n_documents, share=0.9, size=3):
    rng = np.random.default_rng(0)
    first = rng.integers(0, 2, n_documents * size).astype(np.int8)
    second = np.where(rng.random(len(first)) < share, first, 1 - first).astype(np.int8)
    documents = [f"d{k // size}" for k in range(len(first))]
    return np.stack([first, second]), documents


def test_intervals_hold_the_value_and_narrow_with_more_documents():
    few, many = (measure(*agreeing(n)) for n in (12, 120))
    for found in (few, many):
        for estimate in (found.kappa, found.alpha):
            assert estimate.low < estimate.value < estimate.high
    assert many.alpha.high - many.alpha.low < few.alpha.high - few.alpha.low
    assert measure(*agreeing(12)) == few


def test_no_interval_below_ten_documents():
    votes, documents = agreeing(FEWEST_DOCUMENTS - 1, size=30)
    found = measure(votes, documents)
    assert found.documents == 9
    assert found.kappa.value is not None
    assert (found.kappa.low, found.alpha.high) == (None, None)
    assert measure(*agreeing(FEWEST_DOCUMENTS)).kappa.low is not None


def test_documents_are_drawn_whole():
    votes, documents = agreeing(40, size=1)
    alone = measure(votes, documents)
    copied = measure(np.repeat(votes, 10, axis=1), np.repeat(documents, 10))
    assert copied.kappa == alone.kappa  # ten copies of a paragraph tell nothing more


def test_what_only_one_person_saw_does_not_count():
    votes, documents = agreeing(12)
    votes[1, :6] = -1
    assert measure(votes, documents).paragraphs == 30
    assert measure(votes, documents).documents == 10


def test_three_people():
    votes, documents = agreeing(12)
    found = measure(np.vstack([votes, votes[0]]), documents)
    assert isinstance(found, Agreement)
    assert found.kappa.value == pytest.approx((1 + 2 * cohen_kappa(*votes)) / 3)


def test_one_answer_only():
    found = measure(np.zeros((2, 30), np.int8), [str(n) for n in range(30)])
    assert (found.kappa, found.alpha) == (Estimate(None), Estimate(None))


def test_confusion_counts_what_was_given_instead():
    pairs = [
        (frozenset({"a", "b"}), frozenset({"a", "c"})),  # b for c
        (frozenset({"a"}), frozenset()),  # a for nothing
        (frozenset({"a"}), frozenset({"a"})),
    ]
    table = confusion(pairs, ["a", "b", "c"])
    assert (table == table.T).all()
    assert table[1, 2] == 1
    assert table[0, 3] == 1
    assert table.sum() == 4
