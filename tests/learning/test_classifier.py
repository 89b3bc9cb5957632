import inspect
import pickle
import re

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.utils.estimator_checks import (
    check_do_not_raise_errors_in_init_or_set_params,
    check_estimator_cloneable,
    check_estimator_repr,
    check_estimator_tags_renamed,
    check_get_params_invariance,
    check_mixin_order,
    check_no_attributes_set_in_init,
    check_set_params,
)

from cchc_ml import PILLARS, Pillar, PillarClassifier
from cchc_ml.learning.classifier import positive_sentences
from cchc_ml.learning.corpus import default_lexicon
from cchc_ml.model.lexicon import Lexicon

TERMS = default_lexicon().terms


# The other checks of scikit-learn feed numbers; this estimator takes text and six labels.
@pytest.mark.parametrize(
    "check",
    [
        check_estimator_cloneable,
        check_do_not_raise_errors_in_init_or_set_params,
        check_estimator_repr,
        check_estimator_tags_renamed,
        check_get_params_invariance,
        check_mixin_order,
        check_no_attributes_set_in_init,
        check_set_params,
    ],
)
def test_scikit_learn_checks(check):
    check("PillarClassifier", PillarClassifier())


def test_docstring_names_every_parameter():
    documented = re.search(r"Parameters\n\s+-+\n(.*?)Attributes\n", PillarClassifier.__doc__, re.S)[1]
    assert re.findall(r"^    (\w+) : ", documented, re.M) == list(inspect.signature(PillarClassifier).parameters)


def test_predictions_have_six_columns_that_agree(small, corpus):
    texts = corpus.texts[:50]
    tags, distance, p = small.predict(texts), small.decision_function(texts), small.predict_proba(texts)
    assert tags.shape == distance.shape == p.shape == (50, 6)
    assert list(small.classes_) == [str(pillar) for pillar in PILLARS]
    assert np.array_equal(tags == 1, distance > 0)
    assert ((p >= 0) & (p <= 1)).all()
    for k in range(6):
        assert (np.diff(p[np.argsort(distance[:, k]), k]) >= 0).all()


def test_it_learns(small, corpus):
    assert small.score(corpus.texts, corpus.y) > 0.9
    tagged = small.tag(["Xã đơn giản hóa thủ tục hành chính, hồ sơ trả đúng hạn.", "Trận mưa lớn làm sập cầu."])
    assert tagged == [(Pillar.TTHC,), ()]


def test_fit_does_not_depend_on_the_number_of_jobs(corpus, small):
    again = PillarClassifier(lexicon=TERMS, n_jobs=2).fit(corpus.texts, corpus.y, groups=corpus.documents)
    for name in ("coef", "intercept", "thresholds", "calibration"):
        assert np.array_equal(getattr(again.model_, name), getattr(small.model_, name))


def test_counts_and_texts_give_the_same(corpus, small):
    counts = corpus.counts(default_lexicon())
    fitted = PillarClassifier(lexicon=TERMS).fit(counts, corpus.y, groups=corpus.documents)
    assert np.array_equal(fitted.model_.coef, small.model_.coef)
    assert np.array_equal(fitted.predict(counts), small.predict(corpus.texts))


def test_no_document_is_on_both_sides_of_a_fold(corpus, small):
    for document in set(corpus.documents):
        assert len(set(small.oof_folds_[corpus.documents == document])) == 1


def test_labels_may_be_sets_of_pillars(corpus, small):
    sets = [{p for p, has in zip(PILLARS, row, strict=True) if has} for row in corpus.y]
    fitted = PillarClassifier(lexicon=TERMS).fit(corpus.texts, sets, groups=corpus.documents)
    assert np.array_equal(fitted.model_.coef, small.model_.coef)


def test_the_lexicon_is_learned_where_none_is_given(corpus):
    fitted = PillarClassifier(max_terms=300, rounds=0, folds=2).fit(corpus.texts, corpus.y, groups=corpus.documents)
    assert 300 < len(fitted.model_.lexicon) < 1000
    assert fitted.score(corpus.texts, corpus.y) > 0.7


def test_scikit_learn_tools_take_it(corpus):
    quick = PillarClassifier(lexicon=TERMS, rounds=0, folds=2)
    scores = cross_val_score(quick, corpus.texts, corpus.y, cv=2, scoring="f1_macro")
    assert (scores > 0.3).all()
    search = GridSearchCV(Pipeline([("tag", quick)]), {"tag__C": [0.1, 1.0]}, cv=2, scoring="f1_micro").fit(
        corpus.texts, corpus.y
    )
    assert search.predict(corpus.texts[:3]).shape == (3, 6)
    assert set(search.best_params_) == {"tag__C"}


def test_it_survives_pickling_and_joblib(small, corpus, tmp_path):
    joblib.dump(small, tmp_path / "x.joblib")
    for copy in (pickle.loads(pickle.dumps(small)), joblib.load(tmp_path / "x.joblib")):
        assert np.array_equal(copy.decision_function(corpus.texts[:9]), small.decision_function(corpus.texts[:9]))
    assert not hasattr(clone(small), "model_")


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function", "tag", "annotate"])
def test_unfitted(method):
    with pytest.raises(NotFittedError):
        getattr(PillarClassifier(), method)(["một cửa"])


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("một cửa", TypeError, r"found one str, want a sequence of strings; put it in a list: \[text\]"),
        (b"a", TypeError, "found one bytes"),
        (3, TypeError, "found int, want a sequence of strings"),
        ([], ValueError, "found an empty sequence, want at least one string"),
        (["a", None], TypeError, r"found NoneType \(None\) at position 1, want a string"),
        (["a", 3.5], TypeError, r"found float \(3.5\) at position 1"),
        (np.zeros((2, 3)), TypeError, "found ndarray .* at position 0, want a string"),
    ],
)
def test_bad_text_is_reported(small, X, error, message):
    for method in (small.predict, small.tag):
        with pytest.raises(error, match=message):
            method(X)
    with pytest.raises(error, match=message):
        PillarClassifier(lexicon=TERMS).fit(X, [["tthc"], []])


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ("tthc", TypeError, "y is str"),
        (3, TypeError, "y is int"),
        (["tthc", ""], TypeError, r"y\[0\] is str \('tthc'\), want a collection of pillars, such as \['tthc'\]"),
        ([["tthc"], ["x"]], ValueError, "unknown pillar 'x'; the six are"),
        ([["tthc"]], ValueError, "y has 1 rows for 2 paragraphs"),
        ([[0, 1], [1, 0]], ValueError, r"y\[0\] is \[0, 1\], want six numbers 0 or 1"),
        (np.zeros((2, 2)), ValueError, r"y has shape \(2, 2\), want \(n, 6\), one column each for institutional"),
        ([["tthc", 1], []], ValueError, r"y\[0\] is \['tthc', 1\], want six numbers"),
        (np.full((2, 6), 2), ValueError, r"y holds \[2\], want only 0 and 1"),
        (
            [["tthc"], []],
            ValueError,
            "no paragraph has the pillar institutional; to learn it, give paragraphs with and without it",
        ),
        (np.ones((2, 6), int), ValueError, "every paragraph has the pillar institutional"),
    ],
)
def test_bad_labels_are_reported(y, error, message):
    with pytest.raises(error, match=message):
        PillarClassifier(lexicon=TERMS).fit(["a", "b"], y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"C": 0}, r"C must be a number greater than 0\. Got 0 instead\."),
        ({"sentence_weight": -1}, r"sentence_weight must be a number greater than 0\. Got -1 instead\."),
        ({"C": "a"}, r"C must be a number greater than 0\. Got 'a' instead\."),
        ({"folds": None}, r"folds must be a whole number of at least 2\. Got None instead\."),
        ({"folds": 1}, r"folds must be a whole number of at least 2\. Got 1 instead\."),
        ({"rounds": 0.5}, r"rounds must be a whole number of at least 0\. Got 0\.5 instead\."),
        ({"lexicon": ["Một Cửa"]}, "is not in lower-case NFC syllables"),
    ],
)
def test_bad_parameters_are_reported(corpus, parameters, message):
    with pytest.raises(ValueError, match=message):
        PillarClassifier(**{"lexicon": TERMS, **parameters}).fit(corpus.texts, corpus.y)


def test_groups_are_checked(corpus):
    clf = PillarClassifier(lexicon=TERMS)
    with pytest.raises(ValueError, match="groups has 1 entries for 240 paragraphs; give one entry for each"):
        clf.fit(corpus.texts, corpus.y, groups=["a"])
    with pytest.raises(
        ValueError, match="all paragraphs are of one document, but thresholds need at least 2 documents; give the"
    ):
        clf.fit(corpus.texts, corpus.y, groups=["a"] * 240)
    with pytest.raises(
        ValueError, match="X holds counts of terms, but `lexicon` is None; name the counted terms in `lexicon`"
    ):
        PillarClassifier().fit(corpus.counts(default_lexicon()), corpus.y)


def test_counts_of_another_lexicon_are_reported(corpus, small):
    counts = corpus.counts(default_lexicon())
    with pytest.raises(ValueError, match=rf"X counts {len(TERMS)} terms, but `lexicon` has 1; they must match"):
        PillarClassifier(lexicon=["một cửa"]).fit(counts, corpus.y)
    with pytest.raises(ValueError, match=r"X counts 1 terms, but the classifier's lexicon has .*; count with `model_"):
        small.predict(Lexicon(["một cửa"]).count(["một cửa"]))


@pytest.mark.parametrize(
    ("scores", "owner", "y", "positive"),
    [
        # The best sentence of a positive paragraph, however low its score.
        ([-2.0, -1.0], [0, 0], [1], [0, 1]),
        # And every sentence above 0.6; 0.6 itself is not above.
        ([0.61, 0.9, 0.6, 0.59], [0, 0, 0, 0], [1], [1, 1, 0, 0]),
        # No sentence of a negative paragraph, however high its score.
        ([5.0, 0.2, 0.1], [0, 1, 1], [0, 1], [0, 1, 0]),
        # One best sentence for each paragraph, also if it is its only one.
        ([0.1, 0.3, 0.2, 0.0], [0, 1, 1, 2], [1, 1, 1], [1, 1, 0, 1]),
        # Of two equal best ones, one.
        ([0.5, 0.5], [0, 0], [1], [0, 1]),
        ([], [], [1, 0], []),
    ],
)
def test_positive_sentences(scores, owner, y, positive):
    marked = positive_sentences(np.array(scores, float), np.array(owner, np.intp), np.array(y, np.int8))
    assert marked.astype(int).tolist() == positive


def test_both_telling_sentences_of_a_paragraph_are_tagged_alone(monkeypatch):
    first, second = "Tổ một cửa trả giấy hẹn đúng ngày.", "Cán bộ xã bỏ bớt bản sao khai sinh."
    others = [
        "Chợ quê họp sớm.",
        "Mưa lớn ngập đồng.",
        "Đội bóng thắng trận.",
        "Đường làng vừa trải nhựa.",
        "Cam ra hoa.",
    ]
    texts = [f"{first} {others[i % 5]} {second}" for i in range(20)]
    texts += [f"{others[i % 5]} {others[(i + 1 + i // 5) % 5]}" for i in range(20)]
    y = np.repeat([[1] * 6, [0] * 6], 20, axis=0)
    words = sorted({word for text in texts for word in text.lower().replace(".", "").split()})
    clf = PillarClassifier(lexicon=words, folds=2).fit(texts, y)
    assert clf.predict([first, second, *others]).tolist() == [[1] * 6] * 2 + [[0] * 6] * 5
    # With only the best sentence of a paragraph as an example, the other telling sentence is less sure.
    monkeypatch.setattr("cchc_ml.learning.classifier.CERTAIN_SCORE", np.inf)
    best_only = PillarClassifier(lexicon=words, folds=2).fit(texts, y)
    weaker, sure = (c.model_.score_texts([first, second]).min() for c in (best_only, clf))
    assert sure > weaker + 0.05


def test_progress_is_reported(corpus):
    seen = []
    PillarClassifier(lexicon=TERMS, rounds=0, folds=3).fit(corpus.texts, corpus.y, progress=lambda *at: seen.append(at))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
