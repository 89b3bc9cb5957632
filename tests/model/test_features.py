import numpy as np
import pytest

from cchc_ml.model.features import LIST, SCALE, Features
from cchc_ml.model.lexicon import Lexicon
from cchc_ml.pillars import PILLARS

TERMS = ["cải cách thể chế", "mưa", "tài chính công", "thủ tục hành chính", "đường"]
LEXICON = Lexicon(TERMS)


def transform(text: str) -> np.ndarray:
    features = Features.learn(TERMS, LEXICON.count(["mưa", "đường mưa"]).paragraphs())
    return features.transform(LEXICON.count([text]).paragraphs()).toarray()[0]


def test_tfidf_rows_have_unit_length_and_empty_ones_are_empty():
    assert np.linalg.norm(transform("mưa đường mưa")[:5]) == pytest.approx(1)
    assert not transform("nắng").any()


def test_idf_is_scikit_learns():
    idf = Features.learn(TERMS, LEXICON.count(["mưa", "đường mưa"]).paragraphs()).idf
    assert idf[1] == pytest.approx(1.0)
    assert idf[4] == pytest.approx(np.log(3 / 2) + 1)


def test_a_name_weighs_the_same_in_a_long_text():
    short, long = transform("cải cách thể chế"), transform("cải cách thể chế " + "mưa đường " * 50)
    assert long[0] < short[0] / 2
    assert long[5:].tolist() == short[5:].tolist()


def test_a_list_of_pillars_is_told_from_one_name():
    lists = slice(-len(PILLARS), None)
    assert not transform("cải cách thể chế, tài chính công")[lists].any()
    assert LIST == 3
    listed = transform("cải cách thể chế, thủ tục hành chính, tài chính công")[lists]
    assert listed == pytest.approx(SCALE * np.array([1, 1, 0, 0, 1, 0]))
