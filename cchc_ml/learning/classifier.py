"""`PillarClassifier`, the scikit-learn estimator: learning a `Model` from labelled paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

from ..model.counts import Counts
from ..model.explanation import Explanation, explain
from ..model.features import Features
from ..model.lexicon import Lexicon
from ..model.model import Annotation, Model
from ..model.parallel import parallel_map
from ..pillars import PILLARS, Pillar
from .learn_lexicon import learn_lexicon
from .thresholds import choose_thresholds, parse_objective, platt
from .validation import check_texts, check_y

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PillarClassifier"]

# A sentence of a positive paragraph is positive too where the current model scores it above this.
CERTAIN = 0.6
# How far a term's TF-IDF is weighted by how unevenly it occurs with and without the pillar (0 not at all, 1 wholly).
NAIVE_BAYES = 0.3
# Learned numbers are kept to this many decimals, coarser than what may differ between processors.
DECIMALS = 4
# Paragraphs that a process takes at a time.
SLICE = 2048


class PillarClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tag Vietnamese paragraphs by pillar of administrative reform.

    One linear support vector machine a pillar over TF-IDF and codebook features, the TF-IDF weighted by naive Bayes
    log-count ratios (Wang and Manning, 2012). A sentence carries a tag, not a paragraph: after a first fit on paragraphs, the
    model picks in each positive paragraph its best sentence, and those that it is sure of, as positive, takes every
    sentence of a negative paragraph as negative, and is fitted on both (multiple-instance learning; Andrews et al., 2003).
    A paragraph's score is 0.6 of its own and 0.4 of its best sentence's. Thresholds (for F1, half-way between each pillar's
    own and a common one) and calibration come from out-of-fold scores, grouped by document.

    Parameters
    ----------
    lexicon : sequence of str, optional
        The terms to count; by default they are learned from the training texts with underthesea.
    max_terms : int, default=20000
        How many terms to learn, beside the codebook's.
    C : float, default=0.35
        Inverse strength of regularisation.
    sentence_weight : float, default=1.0
        Weight of a sentence in the fit, where a paragraph has 1.
    rounds : int, default=2
        How often sentences are picked and the model is fitted again.
    objective : str, default="f1"
        What the thresholds are chosen for: ``"f1"``, or ``"precision=0.9"`` for the lowest with that precision (95 % confidence).
    folds : int, default=5
        Folds for thresholds and calibration; fewer where there are fewer documents.
    n_jobs : int, optional
        Processes, as joblib counts them. The result does not depend on it.
    random_state : int, default=0
        Seed of the folds and of the solver.

    Attributes
    ----------
    classes_ : array of 6 str
        The slugs of the pillars, in the order of all columns.
    model_ : Model
        What was learned, as plain arrays.
    oof_scores_ : array of shape (n, 6)
        Score of each training paragraph by a model that saw no paragraph of its document.
    oof_folds_, documents_ : arrays of shape (n,)
        The fold, and the number of the document, of each training paragraph.

    See Also
    --------
    cchc_ml.load : the classifier that ships with the package, trained.

    Examples
    --------
    >>> import cchc_ml
    >>> clf = cchc_ml.load()
    >>> clf.tag(["Sở Tư pháp rà soát 120 văn bản quy phạm pháp luật, đề nghị bãi bỏ 14 văn bản."])
    [(<Pillar.INSTITUTIONAL: 'institutional'>,)]
    """

    def __init__(
        self,
        *,
        lexicon: Sequence[str] | None = None,
        max_terms: int = 20000,
        C: float = 0.35,
        sentence_weight: float = 1.0,
        rounds: int = 2,
        objective: str = "f1",
        folds: int = 5,
        n_jobs: int | None = None,
        random_state: int = 0,
    ) -> None:
        self.lexicon = lexicon
        self.max_terms = max_terms
        self.C = C
        self.sentence_weight = sentence_weight
        self.rounds = rounds
        self.objective = objective
        self.folds = folds
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(
        self,
        X: Sequence[str] | Counts,
        y: Any,
        groups: Sequence[Any] | NDArray[Any] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> PillarClassifier:
        """Learn from n labelled paragraphs.

        Parameters
        ----------
        X : sequence of n str, or Counts
            The paragraphs; counts must be of the terms in `lexicon`.
        y : array of shape (n, 6), or sequence of n collections of pillars
            0/1 in the order of `PILLARS`; or the pillars of each paragraph, as `Pillar` or slug.
        groups : sequence of n, optional
            The document of each paragraph, so that none is on both sides of a fold. By default each stands alone.
        progress : callable, optional
            Called with the number of fits done and of all.

        Returns
        -------
        self : PillarClassifier

        Raises
        ------
        ValueError, TypeError
            No paragraphs, a paragraph that is no string, an unknown pillar, a pillar that every paragraph has or none.
        """
        for name in ("C", "sentence_weight"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"{name} must be a number greater than 0. Got {value!r} instead.")
        for name, least in (("max_terms", 1), ("rounds", 0), ("folds", 2)):
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < least:
                raise ValueError(f"{name} must be a whole number of at least {least}. Got {value!r} instead.")
        parse_objective(self.objective)
        if not isinstance(X, Counts):
            X = check_texts(X)
        y = check_y(y, len(X))
        documents = (
            np.arange(len(X)) if groups is None else np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]
        )
        if len(documents) != len(X):
            raise ValueError(f"groups has {len(documents)} entries for {len(X)} paragraphs")
        folds = min(int(self.folds), len(np.unique(documents)))
        if folds < 2:
            raise ValueError("all paragraphs are of one document; thresholds need at least 2 (see `groups`)")

        if self.lexicon is not None:
            lexicon = Lexicon(self.lexicon)
        elif isinstance(X, Counts):
            raise ValueError("X is counts of terms; name the terms that were counted in `lexicon`")
        else:
            lexicon = learn_lexicon(X, y, documents, max_terms=self.max_terms, n_jobs=self.n_jobs)
        counts = X if isinstance(X, Counts) else lexicon.count(X)
        if counts.shape[1] != len(lexicon):
            raise ValueError(f"X counts {counts.shape[1]} terms, `lexicon` has {len(lexicon)}")

        self.documents_ = documents
        split = GroupKFold(folds, shuffle=True, random_state=self.random_state).split(y, groups=documents)
        self.oof_folds_ = np.empty(len(y), np.intp)
        for fold, (_, test) in enumerate(split):
            self.oof_folds_[test] = fold
        parts = [np.flatnonzero(self.oof_folds_ != fold) for fold in range(folds)] + [np.arange(len(y))]
        models = []
        fits = Parallel(n_jobs=self.n_jobs, return_as="generator")(
            delayed(self._fit_model)(lexicon, counts[part], y[part]) for part in parts
        )
        for done, model in enumerate(fits, 1):
            models.append(model)
            if progress:
                progress(done, len(parts))
        self.oof_scores_ = np.empty(y.shape)
        for fold, model in enumerate(models[:-1]):
            test = np.flatnonzero(self.oof_folds_ == fold)
            self.oof_scores_[test] = model.scores(counts[test])

        columns = range(len(PILLARS))
        final = models[-1]
        self.model_ = Model(
            lexicon=lexicon,
            features=final.features,
            coef=final.coef,
            intercept=final.intercept,
            thresholds=choose_thresholds(y, self.oof_scores_, self.objective, documents)
            .astype(np.float32)
            .round(DECIMALS),
            calibration=np.array([platt(y[:, k], self.oof_scores_[:, k]) for k in columns], np.float32).round(DECIMALS),
        )
        self.classes_ = np.array([str(p) for p in PILLARS])
        return self

    def _fit_model(self, lexicon: Lexicon, counts: Counts, y: NDArray[np.int8]) -> Model:
        """Fit the weights of every pillar; thresholds and calibration are left neutral."""
        totals = counts.paragraphs()
        features = Features.learn(lexicon.terms, totals)
        paragraphs, sentences = features.transform(totals), features.transform(counts.sentences)
        owner = np.repeat(np.arange(len(counts)), np.diff(counts.starts))
        weights = [
            self._fit_pillar(paragraphs, sentences, owner, y[:, k], n_terms=len(lexicon)) for k in range(len(PILLARS))
        ]
        return Model(
            lexicon=lexicon,
            features=features,
            coef=np.stack([coef for coef, _ in weights], axis=1).astype(np.float32).round(DECIMALS),
            intercept=np.array([intercept for _, intercept in weights], np.float32).round(DECIMALS),
            thresholds=np.zeros(len(PILLARS), np.float32),
            calibration=np.tile(np.array([1, 0], np.float32), (len(PILLARS), 1)),
        )

    def _fit_pillar(
        self,
        paragraphs: sparse.csr_array,
        sentences: sparse.csr_array,
        owner: NDArray[np.intp],
        y: NDArray[np.int8],
        n_terms: int,
    ) -> tuple[NDArray[np.float64], float]:
        """Fit one pillar by multiple-instance learning; return its weights and intercept."""
        if y.min() == y.max():  # a fold may lack a rare pillar; without positives nothing can be said for it
            return np.zeros(paragraphs.shape[1]), 2.0 * y[0] - 1
        importance = np.ones(paragraphs.shape[1], np.float32)
        importance[:n_terms] += NAIVE_BAYES * (_log_count_ratio(paragraphs[:, :n_terms], y) - 1)
        paragraphs, sentences = _scale_columns(paragraphs, importance), _scale_columns(sentences, importance)

        def fit(X: sparse.csr_array, y: NDArray[Any], weight: NDArray[np.float64]) -> LinearSVC:
            svm = LinearSVC(C=self.C, dual=True, tol=1e-3, max_iter=10_000, random_state=self.random_state)
            return svm.fit(X, y, sample_weight=weight)

        svm = fit(paragraphs, y, np.ones(len(y)))
        for _ in range(int(self.rounds)):
            scores = svm.decision_function(sentences)
            order = np.lexsort((scores, owner))
            best = np.zeros(len(scores), bool)
            best[order[np.append(np.diff(owner[order]) > 0, True)]] = True
            positive = (y[owner] == 1) & (best | (scores > CERTAIN))
            used = np.flatnonzero(positive | (y[owner] == 0))
            X = sparse.vstack([paragraphs, sentences[used]], format="csr")
            X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
            weight = np.r_[np.ones(len(y)), np.full(len(used), float(self.sentence_weight))]
            svm = fit(X, np.r_[y, positive[used]], weight)
        return svm.coef_[0] * importance, float(svm.intercept_[0])

    def _scores(self, X: Sequence[str] | Counts) -> NDArray[np.float64]:
        check_is_fitted(self, "model_")
        model: Model = self.model_
        if isinstance(X, Counts):
            if X.shape[1] != len(model.lexicon):
                raise ValueError(f"X counts {X.shape[1]} terms, the classifier's lexicon has {len(model.lexicon)}")
            return model.scores(X)
        return np.concatenate(list(parallel_map(Model.score_texts, model, _slices(check_texts(X)), self.n_jobs)))

    def decision_function(self, X: Sequence[str] | Counts) -> NDArray[np.float64]:
        """Return how far each paragraph's score lies above each pillar's threshold, shape (n, 6); tagged where positive."""
        scores = self._scores(X)
        return scores - self.model_.thresholds

    def predict(self, X: Sequence[str] | Counts) -> NDArray[np.int64]:
        """Return 0/1 for each paragraph and pillar, shape (n, 6), columns as `classes_`."""
        return (self.decision_function(X) > 0).astype(np.int64)

    def predict_proba(self, X: Sequence[str] | Counts) -> NDArray[np.float64]:
        """Return the calibrated probability of each pillar for each paragraph, shape (n, 6); a row need not sum to 1."""
        scores = self._scores(X)
        return self.model_.probabilities(scores)

    def tag(self, texts: Sequence[str]) -> list[tuple[Pillar, ...]]:
        """Return the pillars of each paragraph, most probable first; an empty tuple where it is evidence for none."""
        return [annotation.pillars for annotation in self.annotate(texts)]

    def annotate(self, texts: Sequence[str]) -> list[Annotation]:
        """Return pillars, probabilities and evidence sentences of each paragraph."""
        check_is_fitted(self, "model_")
        model: Model = self.model_
        return [
            one
            for part in parallel_map(Model.annotate, model, _slices(check_texts(texts)), self.n_jobs)
            for one in part
        ]

    def explain(self, text: str) -> Mapping[Pillar, Explanation]:
        """Take the six decisions on a paragraph apart, exactly, into the places of the text that made them."""
        check_is_fitted(self, "model_")
        (text,) = check_texts([text])
        return explain(self.model_, text)

    def score(self, X: Sequence[str] | Counts, y: Any, sample_weight: Any = None) -> float:
        """Return the share of paragraphs whose six labels are all right."""
        return float(super().score(X, check_y(y, len(X), both=False), sample_weight))

    @classmethod
    def from_model(cls, model: Model) -> PillarClassifier:
        """Return a fitted classifier around a model, with the parameters it was trained with; it has no out-of-fold scores."""
        known = set(cls().get_params())
        self = cls(
            **{k: v for k, v in model.header.get("parameters", {}).items() if k in known}, lexicon=model.lexicon.terms
        )
        self.model_ = model
        self.classes_ = np.array([str(p) for p in PILLARS])
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.target_tags.multi_output = tags.target_tags.required = True
        tags.target_tags.single_output = False
        tags.classifier_tags.multi_label, tags.classifier_tags.multi_class = True, False
        return tags


def _slices(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Part texts into what one process takes at a time."""
    return (texts[i : i + SLICE] for i in range(0, len(texts), SLICE))


def _log_count_ratio(X: sparse.csr_array, y: NDArray[np.int8]) -> NDArray[np.float32]:
    """Return how unevenly each column occurs with and without the pillar, as a multiple of the mean."""
    present = X.astype(bool).astype(np.float64)
    with_it, without = 1 + present.T @ y, 1 + present.T @ (1 - y)
    ratio = np.abs(np.log((with_it / with_it.sum()) / (without / without.sum())))
    relative: NDArray[np.float32] = (ratio / ratio.mean()).astype(np.float32).round(DECIMALS)
    return relative


def _scale_columns(X: sparse.csr_array, factor: NDArray[np.float32]) -> sparse.csr_array:
    scaled = X.copy()
    scaled.data *= factor[X.indices]
    return scaled
