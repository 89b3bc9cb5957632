import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.model.counts import Counts
from cchc_ml.model.lexicon import Lexicon

LEXICON = Lexicon(["cửa", "hòa giải", "kỷ luật", "một", "một cửa", "thủ tục"])
TEXTS = st.lists(st.text(alphabet="một cửa. kỷ luật!", max_size=40), min_size=1, max_size=8)


@given(TEXTS, st.data())
def test_counts_index_like_an_array_of_paragraphs(texts, data):
    index = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=10))
    chosen, direct = LEXICON.count(texts)[np.array(index, int)], LEXICON.count([texts[i] for i in index])
    assert chosen.starts.tolist() == direct.starts.tolist()
    assert chosen.sentences.toarray().tolist() == direct.sentences.toarray().tolist()


@given(TEXTS)
def test_counts_come_back_from_their_ids(texts):
    counts = LEXICON.count(texts)
    again = Counts.from_ids(counts.ids(), len(LEXICON))
    assert again.starts.tolist() == counts.starts.tolist()
    assert again.sentences.toarray().tolist() == counts.sentences.toarray().tolist()


@pytest.mark.parametrize("wrong", [-1, 6, 9])
@pytest.mark.parametrize("others", [[], [0, 5]])
def test_counts_reject_an_id_that_no_term_has(wrong, others):
    with pytest.raises(ValueError, match=f"no term has the id {wrong}; the 6 terms of the lexicon have ids from 0"):
        Counts.from_ids([[others], [[*others, wrong]]], 6)
    assert Counts.from_ids([[others]], 6).shape == (1, 6)


def test_counts_are_joined_in_order():
    parts = [LEXICON.count(texts) for texts in (["Một cửa. Cửa"], [], ["", "Kỷ luật"])]
    assert list(Counts.join(parts).ids()) == [[[0, 3, 4], [0]], [], [[2]]]
