import numpy as np
import pytest

from cchc_ml.learning.corpus import Corpus
from cchc_ml.learning.measuring import (
    IN_CONTEXT,
    by_source,
    measure,
    measure_natural_mix,
    measure_real_text,
    natural_mix,
    out_of_fold,
    tag_both_ways,
)
from cchc_ml.learning.metrics import metrics
from cchc_ml.pillars import PILLARS


def rows(*counts):
    """Rows of some splits, kinds and years; each carries one pillar or none."""
    made = []
    for split, kind, year, n in counts:
        for i in range(n):
            labels = [PILLARS[i % 7]] if i % 7 < 6 else []
            made.append({"text": "a", "labels": labels, "split": split, "kind": kind, "year": year, "document": f"{i}"})
    return Corpus.from_rows(made)


def test_scores_are_by_split_then_kind_then_year():
    corpus = rows(("a", "portal", 2024, 30), ("a", "radio", 2025, 40), ("a", "site", 2025, 3), ("b", None, None, 30))
    sources = by_source(corpus, {"right": corpus.y, "nothing": np.zeros_like(corpus.y)})
    assert [(source["name"], source["average"], source["n"]) for source in sources] == [
        ("a", "macro", 73),
        ("a, radio", "micro", 40),
        ("a, portal", "micro", 30),
        ("a, 2025", "micro", 43),
        ("a, 2024", "micro", 30),
        ("b", "macro", 30),
    ]
    for source in sources:
        right = source["taggers"]["right"]
        assert right["f1"] == right["high"] == 1.0 > right["low"] > 0.5
    assert all(source["taggers"]["nothing"]["f1"] == 0 for source in sources)
    assert sources[0]["positive"] == int(corpus.y[:73].sum())
    assert sources[0]["documents"] == 40


def test_kinds_of_few_labels_are_counted_together():
    corpus = rows(("", "portal", 2024, 30), ("", "radio", 2024, 20), ("", "site", 2024, 20))
    names = [source["name"] for source in by_source(corpus, {"right": corpus.y})]
    assert names == ["all rows", "all rows, portal", "all rows, other"]


def test_a_natural_mix_is_measured_over_all_pillars():
    corpus = rows(("a", "portal", 2024, 14))
    tags = corpus.y.copy()
    tags[0], tags[6, 0] = 0, 1  # one label is missed, one tag is wrong
    mix = natural_mix(corpus, tags, tags * 0.5)
    assert (mix["n"], mix["positive"], mix["tags"]) == (14, 12, 12)
    assert mix["precision"] == mix["recall"] == pytest.approx(11 / 12)
    assert mix["precision_interval"][0] < 11 / 12 <= mix["precision_interval"][1]
    assert mix["mean_probability"] == pytest.approx(0.5 * 12 / 84)
    assert mix["rate"] == pytest.approx(12 / 84)
    nothing = natural_mix(corpus, np.zeros_like(tags), tags * 0.5)
    assert nothing["precision"] is None
    assert nothing["recall"] == 0


def test_both_ways_are_those_of_the_classifier(small, corpus):
    both = tag_both_ways(small, corpus)
    assert np.array_equal(both[""][0], small.predict(corpus.texts))
    assert np.array_equal(both[IN_CONTEXT][0], small.predict(corpus.texts, corpus.documents.tolist()))
    assert np.array_equal(both[IN_CONTEXT][1], small.predict_proba(corpus.texts, corpus.documents.tolist()))
    one_of_each = corpus.take(np.unique(corpus.documents, return_index=True)[1])
    assert list(tag_both_ways(small, one_of_each)) == [""]


def test_out_of_fold_tags_use_the_thresholds_of_each_case(small):
    tags, p = out_of_fold(small, in_context=False)
    assert np.array_equal(tags, small.oof_scores_ > small.model_.thresholds)
    in_context, q = out_of_fold(small, in_context=True)
    inside = small.oof_others_ > 0
    assert np.array_equal(in_context[inside], small.oof_context_scores_[inside] > small.model_.context.thresholds)
    for k in range(6):
        order = np.argsort(small.oof_context_scores_[inside, k])
        assert (np.diff(q[inside][order, k]) >= 0).all()
    assert p.shape == q.shape == (240, 6)


def test_every_split_is_measured_both_ways(small, corpus):
    held_out = [row | {"split": "later"} for row in corpus.rows[:60]]
    measured = measure(small, Corpus.from_rows([*corpus.rows, *held_out]), corpus)
    assert list(measured) == ["cross-validated", "cross-validated, in context", "later", "later, in context"]
    tags = small.predict(corpus.texts[:60])
    assert measured["later"]["macro"] == metrics(corpus.y[:60], tags, tags)["macro"]
    assert {"intervals", "calibration"} <= set(measured["later, in context"])


def test_written_articles_are_neither_real_text_nor_drawn_at_random(small, corpus):
    assert measure_real_text(small, corpus) == []
    assert measure_natural_mix(small, corpus, corpus) == {}


def test_rows_that_were_drawn_are_measured_out_of_fold(small, corpus):
    marked = [row | {"sampling": "random"} if i < 50 else row for i, row in enumerate(corpus.rows)]
    drawn = Corpus(marked, corpus.y, corpus.documents)
    held_out = [row | {"sampling": "random", "split": "later"} for row in corpus.rows[60:90]]
    mixes = measure_natural_mix(small, Corpus.from_rows([*marked, *held_out]), drawn)
    assert list(mixes) == ["alone", "in context"]
    assert mixes["alone"]["n"] == 80
    tags = np.vstack([out_of_fold(small, in_context=False)[0][:50], small.predict(corpus.texts[60:90])])
    assert mixes["alone"]["tags"] == tags.sum()
    assert mixes["alone"]["positive"] == corpus.y[:50].sum() + corpus.y[60:90].sum()
