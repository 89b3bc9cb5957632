import json
from dataclasses import replace

import numpy as np
import pytest

from cchc_ml.learning import own_data
from cchc_ml.learning.classifier import PillarClassifier
from cchc_ml.learning.corpus import Corpus, default_lexicon
from cchc_ml.learning.own_data import (
    OwnWeight,
    check_own,
    describe_own,
    join_default,
    measure_own,
    own_pillars,
    weigh_own,
    with_own_thresholds,
)


@pytest.fixture
def shipped(tmp_path, corpus, monkeypatch):
    """The first 120 rows of `corpus` as the shipped data."""
    path = tmp_path / "default.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in corpus.rows[:120]), "utf8")
    monkeypatch.setattr("cchc_ml.learning.corpus.DEFAULT_DATA", (str(path),))
    return corpus.take(np.arange(120))


def test_the_own_label_of_a_text_holds(shipped):
    row = {"text": shipped.rows[3]["text"], "labels": ["apparatus"]}
    corpus, is_own = join_default(Corpus.from_rows([row]))
    assert len(corpus) == 120
    assert is_own.sum() == 1
    assert corpus.texts.count(row["text"]) == 1
    assert corpus.y[is_own].tolist() == [[0, 0, 1, 0, 0, 0]]


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_is_above_zero(corpus, weight):
    with pytest.raises(ValueError, match="want a number greater than 0"):
        check_own(corpus, weight)


def test_own_rows_to_train_on():
    with pytest.raises(ValueError, match="no row to train on"):
        check_own(Corpus.from_rows([{"text": "Xã họp.", "labels": [], "split": "validation"}]), None)


def test_the_weight_that_is_best_on_own_rows(corpus, monkeypatch):
    monkeypatch.setattr(own_data, "WEIGHTS", (1.0, 4.0))
    is_own = np.arange(240) >= 120
    # The shipped rows say the opposite of the own ones, so own rows must weigh more.
    labels = corpus.y.copy()
    labels[:120] = 1 - labels[:120]
    found = weigh_own(replace(corpus, y=labels), is_own, default_lexicon(), np.ones(240))
    assert found.value == 4
    assert found.precision[4.0] > found.precision[1.0]


def test_few_own_rows_weigh_as_usual(corpus):
    is_own = np.arange(240) >= 220
    few = weigh_own(corpus, is_own, default_lexicon(), np.ones(240))
    assert (few.value, few.precision) == (own_data.USUAL_WEIGHT, {})
    assert weigh_own(corpus, is_own, default_lexicon(), np.ones(240), 3.0) == OwnWeight(3.0, {}, given=True)


def test_pillars_with_enough_own_rows():
    documents = np.arange(60) % 12
    y = np.zeros((60, 6), np.int8)
    y[:25, 0] = y[:24, 1] = y[:, 2] = 1
    assert own_pillars(y, documents).tolist() == [True, False, False, False, False, False]
    assert not own_pillars(y, documents % 9).any()


def test_thresholds_are_those_of_own_rows(corpus, monkeypatch):
    monkeypatch.setattr(own_data, "LEAST_POSITIVE", 10)
    classifier = PillarClassifier(lexicon=default_lexicon().terms)
    classifier.fit(corpus.texts, corpus.y, groups=corpus.documents)
    is_own = np.arange(240) >= 120
    enough = own_pillars(corpus.y[is_own], corpus.documents[is_own])
    assert enough.any()
    model = with_own_thresholds(classifier, corpus, is_own)
    changed = model.thresholds != classifier.model_.thresholds
    assert changed.any()
    assert not (changed & ~enough).any()
    assert with_own_thresholds(classifier, corpus, np.arange(240) >= 235) is classifier.model_
    assert measure_own(classifier, corpus, is_own)["n"] == 120


def test_the_card_says_what_is_whose(corpus):
    is_own = np.arange(240) >= 120
    card = describe_own(corpus, is_own, OwnWeight(4.0, {1.0: 0.7, 4.0: 0.8}))
    assert "| own rows | 120 paragraphs of" in card
    assert "| shipped rows | 120 paragraphs of" in card
    assert "4 (chosen by cross-validation on own rows; mean average precision by weight: 1: 0.7000, 4: 0.8000)" in card
    assert "as given" in describe_own(corpus, is_own, OwnWeight(3.0, {}, given=True))
    assert "not chosen by cross-validation" in describe_own(corpus, is_own, OwnWeight(2.0, {}))
