from dataclasses import replace

import numpy as np
import pytest

from cchc_ml.model.operating_points import TARGETS
from cchc_ml.model.storage import read_model
from cchc_ml.model.thresholds import choose, choose_objective, parse_probabilities, precision_remarks
from cchc_ml.pillars import PILLARS, Pillar


@pytest.mark.parametrize("documents", [None, "one"])
def test_a_pillar_is_tagged_where_its_probability_passes(small, corpus, documents):
    texts = corpus.texts[:80]
    names = ["a"] * 40 + ["b"] * 40 if documents else None
    probabilities = small.predict_proba(texts, names)
    model = choose(small.model_, probability=0.8)
    decisions = model.decide(small._read(texts).scores, names)
    assert np.array_equal(decisions.scores > decisions.thresholds, probabilities > 0.8)
    # Thresholds change tags only: the probabilities, and what the rest of the article adds, stay.
    assert np.array_equal(decisions.probabilities, probabilities)
    assert model.info.objective == "probability=0.8"


def test_pillars_that_are_not_named_keep_their_thresholds(small):
    for name in ("precision", "recall", "probability"):
        model = choose(small.model_, **{name: {"tthc": 0.7, Pillar.APPARATUS: 0.6}})
        changed = model.thresholds != small.model_.thresholds
        assert [str(p) for p, c in zip(PILLARS, changed, strict=True) if c] == ["tthc", "apparatus"]
        assert model.info.objective == f"{name}=tthc:0.7,apparatus:0.6"


def test_f1_is_the_way_back(small):
    model = choose_objective(choose_objective(small.model_, "recall=0.9"), "f1")
    assert np.array_equal(model.thresholds, small.model_.thresholds)
    assert np.array_equal(model.context.thresholds, small.model_.context.thresholds)


def test_more_precision_means_fewer_tags_and_more_recall_more(small):
    for name, sign in (("precision", 1), ("recall", -1)):
        thresholds = np.array([choose(small.model_, **{name: value}).thresholds for value in (0.3, 0.5, 0.7)])
        assert (sign * np.diff(thresholds, axis=0) >= 0).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "give exactly one of precision, recall and probability"),
        ({"precision": 0.9, "recall": 0.9}, "give exactly one of"),
        ({"precision": 1}, r"precision must be a number above 0 and up to 0\.99\. Got 1 instead"),
        ({"recall": 0}, "recall must be a number above 0"),
        ({"probability": 1.0}, r"probability must be a number above 0 and below 1\. Got 1\.0 instead"),
        ({"probability": "0.9"}, r"Got '0\.9' instead"),
        ({"probability": True}, "Got True instead"),
        ({"probability": float("nan")}, "Got nan instead"),
        ({"precision": {"x": 0.9}}, "unknown pillar 'x'; the six are"),
        ({"precision": {}}, "precision names no pillar"),
    ],
)
def test_bad_values_are_reported(small, values, message):
    with pytest.raises(ValueError, match=message):
        choose(small.model_, **values)


@pytest.mark.parametrize("text", ["x", "tthc=", "tthc", "tthc=0.9=0.8", "", "2", "0", "1", "nan", "tthc=-1"])
def test_bad_thresholds_are_reported(text):
    with pytest.raises(
        ValueError, match=r"found the threshold .*; want a probability above 0 and below 1, such as 0.9"
    ):
        parse_probabilities(text)


def test_a_pillar_is_named_once():
    with pytest.raises(ValueError, match="names a pillar twice"):
        parse_probabilities("tthc=0.9,TTHC=0.8")
    with pytest.raises(ValueError, match="unknown pillar 'x'"):
        parse_probabilities("x=0.9")


def test_messages_name_the_categories_of_the_codebook(own):
    book = own.codebook
    with pytest.raises(ValueError, match=r"or some by category: market=0.9,school=0.8"):
        parse_probabilities("2", book)
    with pytest.raises(ValueError, match="names a category twice"):
        parse_probabilities("market=0.9,Market=0.8", book)
    with pytest.raises(
        ValueError, match=r"precision names no category; .* numbers by category, such as {'market': 0.9}"
    ):
        choose(read_model(own.model), precision={})


def test_an_older_model_says_what_to_do(small):
    old = replace(small.model_, points=None)
    with pytest.raises(ValueError, match=r"does not hold thresholds for other objectives.*train it again with"):
        choose(old, recall=0.9)
    assert choose(old, probability=0.9).thresholds.shape == (6,)
    assert choose_objective(old, "f1") is old


def test_what_is_not_reached_is_said(small):
    reached = small.model_.points.reached()
    model = choose(small.model_, precision=0.99)
    (remark,) = precision_remarks(model, 0.99)
    assert "no threshold has precision 0.99 with 95 % confidence for" in remark
    for pillar in PILLARS:
        assert 0.3 < reached[pillar] < 0.99
        assert f"{pillar} (the most is {reached[pillar]:g})" in remark
    assert "inf" not in remark
    assert precision_remarks(choose(small.model_, precision=0.3), 0.3) == []
    shown = replace(small.model_.points, shown=np.full(len(TARGETS), 0.874))
    model = replace(choose(small.model_, precision=0.3), points=shown)
    assert precision_remarks(model, 0.3) == []
    model = replace(model, thresholds=np.zeros(6, np.float32))
    assert "too few to show more than 0.87, for all" in precision_remarks(model, 0.9)[0]
