import pickle
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.terms import Counts, Lexicon, learn_lexicon, segment

LEXICON = Lexicon(["cửa", "hòa giải", "kỷ luật", "một", "một cửa", "thủ tục"])


@pytest.mark.parametrize(
    ("sentence", "want"),
    [
        ("Một cửa", [3, 4, 0]),
        ("MỘT,CỬA", [3, 4, 0]),
        ("kỉ luật và hoà giải", [2, 1]),
        ("mộtt cửaa", []),
        ("", []),
    ],
)
def test_find(sentence, want):
    assert LEXICON.find(sentence) == want


def test_text_without_diacritics_is_found_without_them():
    lexicon = Lexicon(["dự án", "thủ tục", "du an"])
    assert lexicon.find_by_sentence("Thu tuc du an. Du an cham.") == [[1, 0], [0]]
    assert lexicon.find_by_sentence("Thu tuc dự án chậm tiến độ") == [[0]]


def test_every_occurrence_counts():
    assert LEXICON.find("một một một") == [3, 3, 3]


def test_counts_by_sentence_and_paragraph():
    counts = LEXICON.count(["Một cửa. Thủ tục một cửa.", "", "Kỷ luật."])
    assert counts.shape == (3, 6)
    assert counts.starts.tolist() == [0, 2, 2, 3]
    assert counts.sentences.toarray().tolist() == [[1, 0, 0, 1, 1, 0], [1, 0, 0, 1, 1, 1], [0, 0, 1, 0, 0, 0]]
    assert counts.paragraphs().toarray().tolist() == [[2, 0, 0, 2, 2, 1], [0] * 6, [0, 0, 1, 0, 0, 0]]


TEXTS = st.lists(st.text(alphabet="một cửa. kỷ luật!", max_size=40), min_size=1, max_size=8)


@given(TEXTS, st.data())
def test_counts_index_like_an_array_of_paragraphs(texts, data):
    index = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=10))
    chosen, direct = LEXICON.count(texts)[np.array(index, int)], LEXICON.count([texts[i] for i in index])
    assert chosen.starts.tolist() == direct.starts.tolist()
    assert chosen.sentences.toarray().tolist() == direct.sentences.toarray().tolist()


def test_counts_refuse_a_term_that_is_not_in_the_lexicon():
    with pytest.raises(ValueError, match="term number 9 is not in the lexicon of 6 terms"):
        Counts.from_ids([[[9]]], 6)


@pytest.mark.parametrize(
    ("terms", "message"),
    [(["Một"], "lexicon term 'Một' is not in lower-case NFC syllables; write it 'một'"), (["a", "a"], "names a term twice")],
)
def test_lexicon_refuses(terms, message):
    with pytest.raises(ValueError, match=message):
        Lexicon(terms)


def test_lexicon_pickles_without_its_automaton():
    LEXICON.find("x")
    assert pickle.loads(pickle.dumps(LEXICON)).find("một") == [3]


def test_learn_lexicon_finds_the_words_that_tell_pillars_apart(corpus):
    lexicon = learn_lexicon(corpus.texts, corpus.y, corpus.documents, max_terms=200)
    assert {"thủ tục hành chính", "cải cách thể chế"} <= set(lexicon.terms)
    assert "giải ngân" in lexicon.terms
    assert lexicon.terms.index("thủ tục") < lexicon.terms.index("thủ tục hành chính")
    assert learn_lexicon(corpus.texts, corpus.y, corpus.documents, max_terms=200, n_jobs=2).terms == lexicon.terms


def test_segmenting_does_not_see_decomposition():
    text = "Đề án 06 ở xã, kỷ luật hành chính, chợ đông người."
    assert segment(unicodedata.normalize("NFD", text)) == segment(text)
