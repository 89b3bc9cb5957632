from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.text.near import near_duplicates

TEXT = " ".join(f"tiếng{i}" for i in range(60))


def by_comparing_all(texts, share):
    """The same, by comparing each text with each other."""
    words = [text.casefold().split() for text in texts]
    sets = [{tuple(each[i : i + 3]) for i in range(len(each) - 2)} for each in words]
    first = list(range(len(texts)))
    for i, j in combinations(range(len(texts)), 2):
        common = len(sets[i] & sets[j])
        if common and common >= share * len(sets[i] | sets[j]) - 1e-9:
            low, high = sorted((first[i], first[j]))
            first = [low if each == high else each for each in first]
    return first


@given(
    st.lists(st.lists(st.sampled_from("abcd"), max_size=12).map(" ".join), max_size=12),
    st.sampled_from([0.2, 0.5, 0.8, 1.0]),
)
def test_few_are_compared_and_none_is_missed(texts, share):
    assert near_duplicates(texts, share) == by_comparing_all(texts, share)


def test_case_and_punctuation_do_not_matter():
    assert near_duplicates([TEXT, TEXT.upper().replace(" ", ", ")], 1.0) == [0, 0]


def test_a_chain_of_near_duplicates_is_one_group():
    assert near_duplicates([TEXT, f"{TEXT} a b c d e f", f"{TEXT} a b c d e f g h i j k l"], 0.85) == [0, 0, 0]


@pytest.mark.parametrize(("least", "groups"), [(58, [0, 0]), (59, [0, 1])])
def test_short_texts_may_be_left_out(least, groups):
    assert near_duplicates([TEXT, TEXT], 1.0, least=least) == groups


def test_no_text():
    assert near_duplicates([], 0.5) == []
    assert near_duplicates(["", "a b", ""], 0.5) == [0, 1, 2]
