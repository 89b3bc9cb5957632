import inspect
import math
import pickle
import re

import joblib
import numpy as np
import pytest
from own_codebooks import own_rows
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

import cchc_ml
from cchc_ml import PILLARS, Pillar, PillarClassifier
from cchc_ml.learning.corpus import default_lexicon
from cchc_ml.learning.fitting import Training
from cchc_ml.learning.validation import FewLabelsWarning, ThresholdWarning
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


@pytest.mark.slow
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
        ({"C": math.inf}, r"C must be a number greater than 0\. Got inf instead\."),
        ({"C": True}, r"C must be a number greater than 0\. Got True instead\."),
        ({"sentence_weight": math.nan}, r"sentence_weight must be .* Got nan instead\."),
        ({"rounds": True}, r"rounds must be a whole number of at least 0\. Got True instead\."),
        ({"random_state": -1}, r"random_state must be a whole number from 0 to 4294967295\. Got -1 instead\."),
        ({"random_state": "a"}, r"random_state must be .* Got 'a' instead\."),
        ({"n_jobs": 0}, r"n_jobs must be None or a whole number that is not 0\. Got 0 instead\."),
        ({"objective": "recall=1"}, r"objective must be 'f1', or .* Got 'recall=1' instead\."),
        ({"rounds": 0.5}, r"rounds must be a whole number of at least 0\. Got 0\.5 instead\."),
        ({"lexicon": ["Một Cửa"]}, "is not in lower-case NFC syllables"),
    ],
)
def test_bad_parameters_are_reported(corpus, parameters, message):
    with pytest.raises(ValueError, match=message):
        PillarClassifier(**{"lexicon": TERMS, **parameters}).fit(corpus.texts, corpus.y)


@pytest.mark.filterwarnings("ignore::cchc_ml.learning.validation.FewLabelsWarning")
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
    monkeypatch.setattr("cchc_ml.learning.fitting.CERTAIN_SCORE", np.inf)
    best_only = PillarClassifier(lexicon=words, folds=2).fit(texts, y)
    weaker, sure = (c.model_.score_texts([first, second]).min() for c in (best_only, clf))
    assert sure > weaker + 0.05


def test_progress_is_reported(corpus):
    seen = []
    PillarClassifier(lexicon=TERMS, rounds=0, folds=3).fit(corpus.texts, corpus.y, progress=lambda *at: seen.append(at))
    assert seen == [(i, 24) for i in range(1, 25)]  # four models of six pillars
    seen.clear()
    fit_with_others(corpus, progress=lambda *at: seen.append(at))
    assert seen == [(i, 48) for i in range(1, 49)]


def fit_with_others(corpus, progress=None, **parameters):
    """Fit on two thirds of the paragraphs; the others of the same articles come without labels."""
    labelled, others = split_others(corpus)
    quick = PillarClassifier(**{"lexicon": TERMS, "folds": 3} | parameters)
    return quick.fit(
        labelled.texts,
        labelled.y,
        groups=labelled.documents,
        progress=progress,
        unlabeled=others.texts,
        unlabeled_groups=others.documents,
    )


def split_others(corpus):
    is_other = np.arange(len(corpus)) % 3 == 2
    return corpus.take(np.flatnonzero(~is_other)), corpus.take(np.flatnonzero(is_other))


def test_paragraphs_without_labels_help(corpus):
    labelled, others = split_others(corpus)
    alone = PillarClassifier(lexicon=TERMS, folds=3).fit(labelled.texts, labelled.y, groups=labelled.documents)
    taught = fit_with_others(corpus)
    assert not np.array_equal(alone.model_.coef, taught.model_.coef)
    assert np.array_equal(alone.oof_folds_, taught.oof_folds_)
    # The taught model has its own others in mind: their tags are surer.
    certainty = [np.abs(c.predict_proba(others.texts) - 0.5).mean() for c in (alone, taught)]
    assert certainty[1] > certainty[0]
    # All paragraphs of an article are counted as its context.
    assert taught.oof_others_.sum() > alone.oof_others_.sum()
    sizes = {name: int((corpus.documents == name).sum()) for name in set(corpus.documents)}
    assert taught.oof_others_.tolist() == [sizes[name] - 1 for name in labelled.documents]


def test_no_model_is_taught_about_its_own_fold(corpus, monkeypatch):
    seen = []
    fit = Training.fit

    def spy(self, parts, taught, *args):
        seen.append((parts, taught))
        return fit(self, parts, taught, *args)

    monkeypatch.setattr(Training, "fit", spy)
    clf = fit_with_others(corpus)
    labelled, others = split_others(corpus)
    fold_of = dict(zip(labelled.documents, clf.oof_folds_, strict=True))
    (_, nothing), (parts, taught) = seen
    assert nothing == [None] * 4
    for fold, (part, extra) in enumerate(zip(parts, taught, strict=True)):
        folds = {fold_of[others.documents[i]] for i in extra.rows}
        assert folds == {0, 1, 2} - {fold}
        assert fold not in set(clf.oof_folds_[part])
        assert ((extra.weight >= 0) & (extra.weight <= 1)).all()


def test_others_do_not_depend_on_jobs_or_on_their_form(corpus):
    labelled, others = split_others(corpus)
    one = fit_with_others(corpus)
    lexicon = Lexicon(TERMS)
    two = PillarClassifier(lexicon=TERMS, folds=3, n_jobs=2).fit(
        lexicon.count(labelled.texts),
        labelled.y,
        groups=labelled.documents,
        unlabeled=lexicon.count(others.texts),
        unlabeled_groups=others.documents,
    )
    for name in ("coef", "intercept", "thresholds", "calibration"):
        assert np.array_equal(getattr(one.model_, name), getattr(two.model_, name))
    assert np.array_equal(one.model_.context.thresholds, two.model_.context.thresholds)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"unlabeled": ["a"]}, "`unlabeled` needs `groups` and `unlabeled_groups`; give the document of each"),
        ({"unlabeled_groups": ["a"]}, "`unlabeled` needs `groups` and `unlabeled_groups`"),
        ({"groups": None, "unlabeled": ["a"], "unlabeled_groups": ["a"]}, "`unlabeled` needs `groups`"),
        ({"unlabeled": ["a", "b"], "unlabeled_groups": ["a"]}, "unlabeled_groups has 1 entries for 2 paragraphs; give"),
        ({"unlabeled": ["a"], "unlabeled_groups": ["no"]}, "the document 'no' in unlabeled_groups has no labelled"),
        ({"sample_weight": [1.0]}, r"sample_weight has shape \(1,\), want \(240,\), one weight for each paragraph"),
        ({"sample_weight": [0.0] * 240}, r"sample_weight holds 0\.0; want numbers greater than 0"),
        ({"sample_weight": [np.nan] * 240}, "sample_weight holds nan; want numbers greater than 0"),
    ],
)
def test_bad_fit_arguments_are_reported(corpus, parameters, message):
    with pytest.raises(ValueError, match=message):
        PillarClassifier(lexicon=TERMS).fit(corpus.texts, corpus.y, **{"groups": corpus.documents} | parameters)


def test_no_others_are_none(corpus, small):
    fitted = PillarClassifier(lexicon=TERMS).fit(
        corpus.texts, corpus.y, groups=corpus.documents, unlabeled=[], unlabeled_groups=[]
    )
    assert np.array_equal(fitted.model_.coef, small.model_.coef)


def test_a_row_of_weight_two_counts_as_two_rows(corpus):
    texts, y = corpus.texts[:120], corpus.y[:120]
    quick = PillarClassifier(lexicon=TERMS[:3000], rounds=0, folds=2)
    heavy = clone(quick).fit(texts, y, sample_weight=[2.0] * 120)
    light = clone(quick).fit(texts, y)
    assert not np.allclose(heavy.model_.coef, light.model_.coef)
    twice = clone(quick).set_params(C=quick.C * 2).fit(texts, y)
    assert np.allclose(heavy.model_.coef, twice.model_.coef, atol=2e-3)


@pytest.mark.filterwarnings("ignore::cchc_ml.learning.validation.FewLabelsWarning")
@pytest.mark.parametrize("seed", range(5))
def test_a_higher_score_is_never_a_lower_probability(seed, corpus):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, (30, 6)).astype(np.int8)  # labels at random: out of fold, scores say nothing
    documents = rng.integers(0, 6, 30)
    fitted = PillarClassifier(lexicon=TERMS[:500], rounds=0, folds=3).fit(corpus.texts[:30], y, groups=documents)
    calibrations = [fitted.model_.calibration, fitted.model_.context.calibration]
    assert (np.stack(calibrations)[:, :, 0] > 0).all()
    scores, p = fitted.decision_function(corpus.texts), fitted.predict_proba(corpus.texts)
    for k in range(6):
        assert (np.diff(p[np.argsort(scores[:, k]), k]) >= 0).all()


def test_paragraphs_of_an_article_are_read_in_context(small, corpus):
    texts, documents = corpus.texts[:60], corpus.documents[:60].tolist()
    alone, together = small.decision_function(texts), small.decision_function(texts, documents)
    tags = alone > 0
    context = small.model_.context
    for i, document in enumerate(documents):
        others = [j for j, other in enumerate(documents) if other == document and j != i]
        term = 0.8 * tags[others].sum(axis=0) / (len(others) + 1)
        assert together[i] == pytest.approx(alone[i] + small.model_.thresholds + term - context.thresholds, abs=1e-6)
    for method in ("predict", "predict_proba", "decision_function"):
        assert getattr(small, method)(texts, documents).shape == (60, 6)
    found = small.annotate(texts, documents)
    assert [annotation.pillars for annotation in found] == small.tag(texts, documents)
    assert np.array_equal(small.predict(texts, documents), together > 0)
    with pytest.raises(ValueError, match="found 59 documents for 60 paragraphs; give the document of each paragraph"):
        small.predict(texts, documents[:-1])


def test_without_articles_there_is_no_context(corpus):
    fitted = PillarClassifier(lexicon=TERMS, rounds=0, folds=2).fit(corpus.texts, corpus.y)
    assert fitted.model_.context is None
    documents = ["a"] * len(corpus)
    assert np.array_equal(fitted.predict(corpus.texts, documents), fitted.predict(corpus.texts))


@pytest.mark.parametrize("backend", ["multiprocessing", "threading", "loky"])
def test_every_backend_of_joblib_fits_the_same(corpus, backend):
    quick = PillarClassifier(lexicon=TERMS[:3000], rounds=0, folds=2, n_jobs=2)
    alone = clone(quick).set_params(n_jobs=None).fit(corpus.texts, corpus.y, groups=corpus.documents)
    with joblib.parallel_config(backend=backend):
        fitted = quick.fit(corpus.texts, corpus.y, groups=corpus.documents)
    assert np.array_equal(fitted.model_.coef, alone.model_.coef)


def test_numbers_of_numpy_are_parameters(corpus):
    quick = PillarClassifier(lexicon=TERMS, C=np.float32(0.5), sentence_weight=np.int64(1), rounds=np.int8(0), folds=2)
    fitted = quick.fit(corpus.texts, corpus.y, groups=corpus.documents)
    assert fitted.model_.info.parameters["C"] == 0.5
    assert all(type(value) in (int, float, str) for value in fitted.model_.info.parameters.values())


def test_a_paragraph_without_a_document_stands_alone(corpus):
    groups = [None if i % 2 else name for i, name in enumerate(corpus.documents)]
    fitted = PillarClassifier(lexicon=TERMS, rounds=0, folds=2).fit(corpus.texts, corpus.y, groups=iter(groups))
    assert len(set(fitted.documents_)) == 120 + len(set(groups) - {None})
    assert fitted.documents_.max() == len(set(fitted.documents_)) - 1


def test_a_saved_classifier_is_the_same(small, corpus, tmp_path):
    path = tmp_path / "mine.npz"
    small.save(path)
    loaded, texts, documents = cchc_ml.load(path), corpus.texts[:60], corpus.documents[:60].tolist()
    for documents_given in (None, documents):
        assert np.array_equal(
            loaded.decision_function(texts, documents_given), small.decision_function(texts, documents_given)
        )
        assert np.array_equal(loaded.predict_proba(texts, documents_given), small.predict_proba(texts, documents_given))
    assert len(loaded.model_.training_hashes) == len(set(corpus.texts))
    assert loaded.get_params() == small.get_params()
    # The thresholds can be set, saved and set again.
    loaded.set_thresholds(probability={"tthc": 0.9}).save(path)
    again = cchc_ml.load(path)
    assert again.model_.info.objective == "probability=tthc:0.9"
    assert np.array_equal(again.predict(texts, documents), loaded.predict(texts, documents))
    assert np.array_equal(again.predict(texts)[:, 1], small.predict_proba(texts)[:, 1] > 0.9)
    assert np.array_equal(
        again.set_thresholds(recall=0.7).predict(texts), cchc_ml.load(path).set_thresholds(recall=0.7).predict(texts)
    )


def test_a_model_is_an_npz_file(small, tmp_path):
    with pytest.raises(ValueError, match=r"a model is an \.npz file; found .*mine\.csv"):
        small.save(tmp_path / "mine.csv")
    with pytest.raises(NotFittedError):
        PillarClassifier().save(tmp_path / "mine.npz")
    with pytest.raises(NotFittedError):
        PillarClassifier().set_thresholds(recall=0.9)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("objective", ["precision=0.55", "recall=0.8"])
def test_thresholds_that_are_set_are_those_of_a_fit(corpus, objective):
    quick = PillarClassifier(lexicon=TERMS, rounds=0, folds=3)
    name, _, value = objective.partition("=")
    later = quick.fit(corpus.texts, corpus.y, groups=corpus.documents).set_thresholds(**{name: float(value)})
    now = clone(quick).set_params(objective=objective).fit(corpus.texts, corpus.y, groups=corpus.documents)
    assert np.array_equal(now.model_.thresholds, later.model_.thresholds)
    documents = corpus.documents.tolist()
    assert np.array_equal(
        now.decision_function(corpus.texts, documents), later.decision_function(corpus.texts, documents)
    )


def test_a_precision_that_is_not_reached_is_a_warning(small, corpus, tmp_path):
    small.save(tmp_path / "mine.npz")
    with pytest.warns(
        ThresholdWarning, match=r"no threshold has precision 0\.98 .* for institutional \(the most is 0\.\d+\)"
    ):
        strict = cchc_ml.load(tmp_path / "mine.npz").set_thresholds(precision=0.98)
    assert not strict.predict(corpus.texts).any()
    with pytest.warns(ThresholdWarning, match="these tags are not given"):
        PillarClassifier(lexicon=TERMS, rounds=0, folds=2, objective="precision=0.98").fit(corpus.texts, corpus.y)


def test_few_rows_are_a_warning_that_names_the_pillar(corpus):
    few = corpus.y.copy()
    few[np.flatnonzero(few[:, 5])[3:], 5] = 0
    quick = PillarClassifier(lexicon=TERMS, rounds=0, folds=2)
    documents = np.unique(corpus.documents, return_inverse=True)[1][few[:, 5] == 1]
    expected = rf"e_government: 3 positive paragraphs in {len(set(documents))} documents?; at least 10 in 5 are needed"
    with pytest.warns(FewLabelsWarning, match=expected) as warned:
        quick.fit(corpus.texts, few, groups=corpus.documents)
    assert len(warned) == 1


@pytest.mark.filterwarnings("ignore::cchc_ml.learning.validation.FewLabelsWarning")
@pytest.mark.parametrize("n", [9, 12, 20, 30])
def test_few_rows_do_not_turn_probabilities_upside_down(corpus, n):
    chosen = [int(np.flatnonzero(corpus.y[:, k])[0]) for k in range(6)]
    chosen += [i for i in range(0, 240, 7) if i not in chosen][: n - len(chosen)]
    few = corpus.take(np.array(chosen))
    fitted = PillarClassifier(lexicon=TERMS, rounds=0).fit(few.texts, few.y, groups=few.documents)
    assert (fitted.model_.calibration[:, 0] > 0).all()
    scores, p = fitted.decision_function(corpus.texts), fitted.predict_proba(corpus.texts)
    for k in range(6):
        assert (np.diff(p[np.argsort(scores[:, k]), k]) >= 0).all()
        tagged = scores[:, k] > 0
        if tagged.any() and not tagged.all():
            assert p[tagged, k].min() >= p[~tagged, k].max()
    # Not everything is tagged, as the highest F1 on a few rows would have it.
    assert (fitted.predict(corpus.texts).mean(axis=0) < 0.9).all()


def test_texts_with_the_opposite_labels_too_are_no_error(corpus):
    texts, y = corpus.texts[:80], corpus.y[:80]
    fitted = PillarClassifier(lexicon=TERMS, rounds=0, folds=2).fit(texts * 2, np.vstack([y, 1 - y]))
    assert np.isfinite(fitted.decision_function(texts)).all()


def test_numbers_are_no_text(corpus):
    with pytest.raises(ValueError, match=r"no word of the lexicon is in any paragraph \(the first is '1000'\); is the"):
        PillarClassifier(rounds=0, folds=2).fit([str(1000 + i) for i in range(240)], corpus.y)


def test_notebooks_show_the_text(small):
    text = "Chợ <b>họp</b> & sớm. Bộ phận một cửa trả hồ sơ thủ tục hành chính."
    annotations = small.annotate([text, text])
    html = annotations._repr_html_()
    assert html == 2 * annotations[0]._repr_html_()
    assert "Chợ &lt;b&gt;họp&lt;/b&gt; &amp; sớm. " in html
    assert ">Bộ phận một cửa trả hồ sơ thủ tục hành chính.</u>" in html
    assert isinstance(annotations, list)
    explained = small.explain(text)
    assert isinstance(explained, dict)
    assert explained["tthc"]._repr_html_() in explained._repr_html_().replace(
        '<p><span style="border-left:.5em solid #d55e00;padding-left:.3em">Cải cách thủ tục hành chính</span> ', "<p>"
    )


def test_the_categories_of_a_codebook_are_learned(own):
    rows = own_rows(own.n)
    texts, labels = [row["text"] for row in rows], [row["labels"] for row in rows]
    clf = clone(PillarClassifier(codebook=own.codebook, n_jobs=1))
    clf.fit(texts, labels, groups=[row["document"] for row in rows])
    assert clf.classes_.tolist() == own.codebook.slugs
    assert clf.predict(texts).shape == (len(texts), own.n)
    assert clf.tag(["Học sinh ở sân trường."])[0][0].vi == "Trường học"
    assert clf.score(texts, labels) > 0.8
    again = PillarClassifier.from_model(pickle.loads(pickle.dumps(clf.model_)))
    assert again.codebook.slugs == own.codebook.slugs
    assert (again.predict_proba(texts) == clf.predict_proba(texts)).all()
    with pytest.raises(ValueError, match=rf"y has shape .*, want \(n, {own.n}\), one column each for market, school"):
        clf.fit(texts, np.zeros((len(texts), own.n + 1), int))
    with pytest.raises(TypeError, match=r"codebook must be a Codebook, as .* Got 'mine.yaml' instead"):
        PillarClassifier(codebook="mine.yaml").fit(texts, labels)
