import numpy as np
import pytest

from cchc_ml.model.features import CODEBOOK_SCALE, LIST_MIN_PILLARS, Features
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
    assert LIST_MIN_PILLARS == 3
    listed = transform("cải cách thể chế, thủ tục hành chính, tài chính công")[lists]
    assert listed == pytest.approx(CODEBOOK_SCALE * np.array([1, 1, 0, 0, 1, 0]))


def test_the_number_of_patterns_counts_by_its_logarithm():
    features = Features.learn(terms := ["một cửa", "thủ tục", "mưa"], Lexicon(terms).count(["mưa"]).paragraphs())
    patterns = slice(-2 * len(PILLARS), -len(PILLARS))
    for text, log in [("mưa", 0), ("một cửa", np.log(2)), ("một cửa, thủ tục, thủ tục", np.log(3))]:
        row = features.transform(Lexicon(terms).count([text]).paragraphs()).toarray()[0]
        assert row[patterns] == pytest.approx(CODEBOOK_SCALE * np.array([0, log, 0, 0, 0, 0]))


def test_contributions_add_up_to_the_score():
    features = Features.learn(TERMS, LEXICON.count(["mưa", "đường mưa"]).paragraphs())
    coef = np.random.default_rng(0).normal(size=(features.n_features, len(PILLARS))).astype(np.float32)
    counts = LEXICON.count(["cải cách thể chế, thủ tục hành chính, tài chính công, mưa mưa", "đường"]).paragraphs()
    terms, codebook = features.contributions(counts, coef)
    rows = np.repeat(np.arange(2), np.diff(counts.indptr))
    total = np.stack([np.bincount(rows, column, 2) for column in (terms + codebook).T], axis=1)
    assert total == pytest.approx(features.score(counts, coef), abs=1e-6)
    assert total == pytest.approx(features.transform(counts) @ coef, abs=1e-5)
    in_codebook = (features.name_pillar >= 0) | (features.pattern_pillar >= 0)
    assert not codebook[~in_codebook[counts.indices]].any()


def test_features_are_compared_by_identity():
    one, two = (Features.learn(TERMS, LEXICON.count(["mưa"]).paragraphs()) for _ in range(2))
    assert one != two
    assert len({one, two}) == 2
