"""`PillarClassifier`, the scikit-learn estimator. It learns a `Model` from labelled paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
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

Progress = Callable[[int, int], None]
"""Called after each step with the number of steps done and the number of all steps."""

# A sentence of a positive paragraph counts as positive if the current model scores it above this.
CERTAIN_SCORE = 0.6
# How much the naive Bayes ratio of a term changes its TF-IDF: from 0 (not at all) to 1 (the TF-IDF is multiplied by
# it).
NAIVE_BAYES_SHARE = 0.3
# Learned numbers are rounded to this many decimals. Differences between processors are smaller.
DECIMALS = 4
# Texts that one process takes at a time.
TEXTS_PER_TASK = 2048


class PillarClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tag Vietnamese paragraphs by pillar of administrative reform.

    Each pillar has one linear support vector machine over TF-IDF and codebook features. The TF-IDF is weighted by
    naive Bayes log-count ratios (Wang and Manning, 2012).

    One sentence can be the reason for a paragraph's label. So the model is fitted several times (multiple-instance
    learning; Andrews et al., 2003). The first fit uses paragraphs. Each further fit adds sentences: in a positive
    paragraph, the best sentence and every sentence with a high score are positive; in a negative paragraph, all
    sentences are negative. A paragraph's score is 0.6 of its own score plus 0.4 of its best sentence's score.

    Thresholds and calibration are learned from out-of-fold scores. All paragraphs of a document are in the same fold.
    For F1, a threshold is half-way between the pillar's own best and the best common one.

    Parameters
    ----------
    lexicon : sequence of str, optional
        The terms to count. By default they are learned from the training texts with underthesea.
    max_terms : int, default=20000
        Number of terms to learn. The codebook's terms are added to them.
    C : float, default=0.35
        Inverse strength of regularisation.
    sentence_weight : float, default=1.0
        Weight of a sentence in the fit. A paragraph has the weight 1.
    rounds : int, default=2
        Number of further fits with sentences.
    objective : str, default="f1"
        What the thresholds are chosen for. ``"f1"`` is the highest F1. ``"precision=0.9"`` is the lowest threshold
        with that precision, at 95 % confidence.
    folds : int, default=5
        Number of folds for thresholds and calibration. Less if there are fewer documents.
    n_jobs : int, optional
        Number of processes, as in joblib. The result does not depend on it.
    random_state : int, default=0
        Seed of the folds and of the solver.

    Attributes
    ----------
    classes_ : array of 6 str
        The slugs of the pillars, in the order of all columns.
    model_ : Model
        The learned model, as plain arrays.
    oof_scores_ : array of shape (n, 6)
        The score of each training paragraph, by a model that saw no paragraph of its document.
    oof_folds_, documents_ : arrays of shape (n,)
        The fold number and the document number of each training paragraph.

    See Also
    --------
    cchc_ml.load : the trained classifier that ships with the package.

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
        progress: Progress | None = None,
    ) -> PillarClassifier:
        """Learn from n labelled paragraphs.

        Parameters
        ----------
        X : sequence of n str, or Counts
            The paragraphs, or counts of the terms in `lexicon`.
        y : array of shape (n, 6), or sequence of n collections of pillars
            0/1 in the order of `PILLARS`; or the pillars of each paragraph, as `Pillar` or slug.
        groups : sequence of n, optional
            The document of each paragraph. A document is never split between folds. By default, each paragraph is a
            document.
        progress : callable, optional
            Called after each fit with the number of fits done and the number of all fits.

        Returns
        -------
        self : PillarClassifier

        Raises
        ------
        ValueError, TypeError
            There are no paragraphs, a paragraph is not a string, a pillar is unknown, or every paragraph or no
            paragraph has a pillar.
        """
        self._check_parameters()
        if not isinstance(X, Counts):
            X = check_texts(X)
        y = check_y(y, len(X))
        documents = _number_documents(groups, len(X))
        folds = self._assign_folds(documents)
        lexicon, counts = self._count_terms(X, y, documents)
        *fold_models, full_model = self._fit_folds_and_all(lexicon, counts, y, folds, progress)
        scores = np.empty(y.shape)
        for fold, model in enumerate(fold_models):
            inside = np.flatnonzero(folds == fold)
            scores[inside] = model.scores(counts[inside])

        self.documents_, self.oof_folds_, self.oof_scores_ = documents, folds, scores
        thresholds = choose_thresholds(y, scores, self.objective, documents)
        calibration = np.array([platt(y[:, k], scores[:, k]) for k in range(len(PILLARS))], np.float32)
        self.model_ = replace(
            full_model,
            thresholds=thresholds.astype(np.float32).round(DECIMALS),
            calibration=calibration.round(DECIMALS),
        )
        self.classes_ = np.array([str(p) for p in PILLARS])
        return self

    def _check_parameters(self) -> None:
        for name in ("C", "sentence_weight"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"{name} must be a number greater than 0. Got {value!r} instead.")
        for name, least in (("max_terms", 1), ("rounds", 0), ("folds", 2)):
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < least:
                raise ValueError(f"{name} must be a whole number of at least {least}. Got {value!r} instead.")
        parse_objective(self.objective)

    def _assign_folds(self, documents: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the fold of each paragraph. All paragraphs of a document are in the same fold."""
        n_folds = min(int(self.folds), len(np.unique(documents)))
        if n_folds < 2:
            raise ValueError(
                "all paragraphs are of one document, but thresholds need at least 2 documents; "
                "give the document of each paragraph in `groups`"
            )
        folds = np.empty(len(documents), np.intp)
        split = GroupKFold(n_folds, shuffle=True, random_state=self.random_state).split(documents, groups=documents)
        for fold, (_, inside) in enumerate(split):
            folds[inside] = fold
        return folds

    def _count_terms(
        self, X: list[str] | Counts, y: NDArray[np.int8], documents: NDArray[np.intp]
    ) -> tuple[Lexicon, Counts]:
        """Return the lexicon, learned if none was given, and the counts of its terms."""
        if isinstance(X, Counts):
            if self.lexicon is None:
                raise ValueError("X holds counts of terms, but `lexicon` is None; name the counted terms in `lexicon`")
            lexicon, counts = Lexicon(self.lexicon), X
        else:
            if self.lexicon is None:
                lexicon = learn_lexicon(X, y, documents, max_terms=self.max_terms, n_jobs=self.n_jobs)
            else:
                lexicon = Lexicon(self.lexicon)
            counts = lexicon.count(X)
        if counts.shape[1] != len(lexicon):
            raise ValueError(f"X counts {counts.shape[1]} terms, but `lexicon` has {len(lexicon)}; they must match")
        return lexicon, counts

    def _fit_folds_and_all(
        self,
        lexicon: Lexicon,
        counts: Counts,
        y: NDArray[np.int8],
        folds: NDArray[np.intp],
        progress: Progress | None,
    ) -> list[Model]:
        """Fit one model without each fold, then one on all paragraphs, in parallel."""
        parts = [np.flatnonzero(folds != fold) for fold in range(folds.max() + 1)] + [np.arange(len(y))]
        fits = Parallel(n_jobs=self.n_jobs, return_as="generator")(
            delayed(self._fit_model)(lexicon, counts[part], y[part]) for part in parts
        )
        models = []
        for done, model in enumerate(fits, 1):
            models.append(model)
            if progress:
                progress(done, len(parts))
        return models

    def _fit_model(self, lexicon: Lexicon, counts: Counts, y: NDArray[np.int8]) -> Model:
        """Fit the weights of all pillars. Thresholds and calibration stay neutral."""
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
        """Fit one pillar by multiple-instance learning. Return its weights and its intercept."""
        if y.min() == y.max():
            # A fold may have no paragraph with a rare pillar, or none without it. Then the score is a constant.
            return np.zeros(paragraphs.shape[1]), 2.0 * y[0] - 1
        importance = np.ones(paragraphs.shape[1], np.float32)
        importance[:n_terms] += NAIVE_BAYES_SHARE * (_log_count_ratio(paragraphs[:, :n_terms], y) - 1)
        paragraphs, sentences = _scale_columns(paragraphs, importance), _scale_columns(sentences, importance)
        svm = self._fit_svm(paragraphs, y, np.ones(len(y)))
        for _ in range(int(self.rounds)):
            positive = positive_sentences(svm.decision_function(sentences), owner, y)
            used = np.flatnonzero(positive | (y[owner] == 0))
            X = sparse.vstack([paragraphs, sentences[used]], format="csr")
            X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
            weight = np.r_[np.ones(len(y)), np.full(len(used), float(self.sentence_weight))]
            svm = self._fit_svm(X, np.r_[y, positive[used]], weight)
        return svm.coef_[0] * importance, float(svm.intercept_[0])

    def _fit_svm(self, X: sparse.csr_array, y: NDArray[Any], weight: NDArray[np.float64]) -> LinearSVC:
        svm = LinearSVC(C=self.C, dual=True, tol=1e-3, max_iter=10_000, random_state=self.random_state)
        return svm.fit(X, y, sample_weight=weight)

    def _scores(self, X: Sequence[str] | Counts) -> NDArray[np.float64]:
        check_is_fitted(self, "model_")
        model: Model = self.model_
        if isinstance(X, Counts):
            if X.shape[1] != len(model.lexicon):
                raise ValueError(
                    f"X counts {X.shape[1]} terms, but the classifier's lexicon has {len(model.lexicon)}; "
                    "count with `model_.lexicon`"
                )
            return model.scores(X)
        return np.concatenate(list(parallel_map(Model.score_texts, model, _batches(check_texts(X)), self.n_jobs)))

    def decision_function(self, X: Sequence[str] | Counts) -> NDArray[np.float64]:
        """Return each paragraph's score minus the threshold, shape (n, 6). A pillar is tagged if this is above 0."""
        scores = self._scores(X)
        return scores - self.model_.thresholds

    def predict(self, X: Sequence[str] | Counts) -> NDArray[np.int64]:
        """Return 0/1 for each paragraph and pillar, shape (n, 6). The columns are in the order of `classes_`."""
        return (self.decision_function(X) > 0).astype(np.int64)

    def predict_proba(self, X: Sequence[str] | Counts) -> NDArray[np.float64]:
        """Return the calibrated probability of each pillar, shape (n, 6). A row does not sum to 1."""
        scores = self._scores(X)
        return self.model_.probabilities(scores)

    def tag(self, texts: Sequence[str]) -> list[tuple[Pillar, ...]]:
        """Return the pillars of each paragraph, most probable first. The tuple is empty if no pillar is tagged."""
        return [annotation.pillars for annotation in self.annotate(texts)]

    def annotate(self, texts: Sequence[str]) -> list[Annotation]:
        """Return the pillars, the probabilities and the evidence sentences of each paragraph."""
        check_is_fitted(self, "model_")
        model: Model = self.model_
        batches = parallel_map(Model.annotate, model, _batches(check_texts(texts)), self.n_jobs)
        return [annotation for batch in batches for annotation in batch]

    def explain(self, text: str) -> Mapping[Pillar, Explanation]:
        """Return, for each pillar, how much each place in the text adds to the decision. The sum is exact."""
        check_is_fitted(self, "model_")
        (text,) = check_texts([text])
        return explain(self.model_, text)

    def score(self, X: Sequence[str] | Counts, y: Any, sample_weight: Any = None) -> float:
        """Return the share of paragraphs with all six labels right."""
        return float(super().score(X, check_y(y, len(X), both=False), sample_weight))

    @classmethod
    def from_model(cls, model: Model) -> PillarClassifier:
        """Return a fitted classifier for `model`, with the parameters of its training. It has no out-of-fold scores."""
        known = set(cls().get_params())
        self = cls(
            **{k: v for k, v in (model.info.parameters or {}).items() if k in known}, lexicon=model.lexicon.terms
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


def positive_sentences(scores: NDArray[np.float64], owner: NDArray[np.intp], y: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Mark the positive sentences: in each positive paragraph, the best one and all that score above `CERTAIN_SCORE`.

    Parameters
    ----------
    scores, owner : arrays of shape (n_sentences,)
        The score of each sentence and the number of its paragraph.
    y : array of shape (n,)
        The 0/1 label of each paragraph.

    Examples
    --------
    >>> scores, owner = np.array([0.1, 0.9, 0.7, 0.2, 0.8]), np.array([0, 0, 0, 1, 2])
    >>> positive_sentences(scores, owner, np.array([1, 1, 0])).tolist()
    [False, True, True, True, False]
    """
    by_paragraph_and_score = np.lexsort((scores, owner))
    last_of_paragraph = np.ones(len(owner), bool)
    last_of_paragraph[:-1] = np.diff(owner[by_paragraph_and_score]) > 0
    best = np.zeros(len(owner), bool)
    best[by_paragraph_and_score[last_of_paragraph]] = True
    positive: NDArray[np.bool_] = (y[owner] == 1) & (best | (scores > CERTAIN_SCORE))
    return positive


def _number_documents(groups: Sequence[Any] | NDArray[Any] | None, n: int) -> NDArray[np.intp]:
    """Return the number of the document of each of n paragraphs."""
    if groups is None:
        return np.arange(n)
    numbers: NDArray[np.intp] = np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]
    if len(numbers) != n:
        raise ValueError(f"groups has {len(numbers)} entries for {n} paragraphs; give one entry for each paragraph")
    return numbers


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield slices of texts, each for one process."""
    return (texts[i : i + TEXTS_PER_TASK] for i in range(0, len(texts), TEXTS_PER_TASK))


def _log_count_ratio(X: sparse.csr_array, y: NDArray[np.int8]) -> NDArray[np.float32]:
    """Return how unevenly each column occurs in paragraphs with and without the pillar, divided by the mean."""
    present = X.astype(bool).astype(np.float64)
    with_pillar, without = 1 + present.T @ y, 1 + present.T @ (1 - y)
    ratio = np.abs(np.log((with_pillar / with_pillar.sum()) / (without / without.sum())))
    relative: NDArray[np.float32] = (ratio / ratio.mean()).astype(np.float32).round(DECIMALS)
    return relative


def _scale_columns(X: sparse.csr_array, factor: NDArray[np.float32]) -> sparse.csr_array:
    scaled = X.copy()
    scaled.data *= factor[X.indices]
    return scaled
