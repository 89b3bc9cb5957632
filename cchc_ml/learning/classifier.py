"""`PillarClassifier`, the scikit-learn estimator. It learns a `Model` from labelled paragraphs."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_is_fitted

from ..messages import message
from ..model.context import ArticleContext, count_others
from ..model.counts import Counts
from ..model.explanation import Explanations, explain
from ..model.features import Features
from ..model.lexicon import Lexicon, with_codebook
from ..model.model import Annotations, Decisions, Model, Readings
from ..model.operating_points import parse_objective
from ..model.parallel import parallel_map
from ..model.storage import write_model
from ..model.thresholds import Value, choose, precision_remarks
from ..pillars import CCHC, AnyPillar, Codebook
from .corpus import hash_numbers, text_hash
from .fitting import Examples, Progress, Taught, Training, Weights
from .learn_lexicon import learn_lexicon
from .thresholds import DECIMALS, choose_thresholds, operating_points, platt
from .validation import (
    FewLabelsWarning,
    ThresholdWarning,
    check_documents,
    check_drawn,
    check_parameters,
    check_texts,
    check_weight,
    check_y,
    describe,
    few_labels,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What the share of the article's other paragraphs that carry a pillar is multiplied by.
CONTEXT_WEIGHT = 0.8
# A paragraph without labels is taught only if it has more features than this: less is a heading or a by-line.
LEAST_FEATURES = 8
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

    A paragraph is likelier evidence in an article that speaks of the pillar. If the other paragraphs of an article are
    known, the score gets a context term; see `cchc_ml.model.context.ArticleContext`. With this term, a first model
    labels the paragraphs without labels in the documents of the training paragraphs. The final model learns from these
    labels too, so it knows from the paragraph alone some of what only the article told the first one.

    Thresholds and calibration are learned from out-of-fold scores, for paragraphs that are read alone and for those in
    context. All paragraphs of a document are in the same fold. For F1, a threshold is half-way between the pillar's
    own best and the best common one.

    Parameters
    ----------
    lexicon : sequence of str, optional
        The terms to count. By default they are learned from the training texts; see
        `cchc_ml.learning.learn_lexicon.learn_lexicon`.
    max_terms : int, default=40000
        Number of syllables and pairs of syllables to learn. Long words and the codebook's terms are added to them.
    C : float, default=0.2
        Inverse strength of regularisation.
    sentence_weight : float, default=1.0
        Weight of a sentence in the fit, relative to its paragraph.
    rounds : int, default=1
        Number of further fits with sentences.
    objective : str, default="f1"
        What the thresholds are chosen for. ``"f1"`` is the highest F1. ``"precision=0.9"`` is the lowest threshold
        with that precision, at 95 % confidence; ``"recall=0.9"`` is the highest with that recall, likewise. Both hold
        for texts like the training texts. `set_thresholds` changes them without a new fit.
    folds : int, default=5
        Number of folds for thresholds and calibration. Less if there are fewer documents.
    n_jobs : int, optional
        Number of processes, as in joblib. The result does not depend on it.
    random_state : int, default=0
        Seed of the folds and of the solver.
    codebook : Codebook, optional
        The categories to learn; by default the six pillars. `cchc_ml.model.codebook.read_codebook` reads others.

    Attributes
    ----------
    classes_ : array of str
        The slugs of the pillars, in the order of all columns.
    model_ : Model
        The learned model, as plain arrays.
    oof_scores_ : array of shape (n, 6)
        The score of each training paragraph, by a model that saw no paragraph of its document.
    oof_context_scores_ : array of shape (n, 6)
        The same with the context term.
    oof_others_ : array of shape (n,)
        How many other paragraphs of its document are known.
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
        max_terms: int = 40_000,
        C: float = 0.2,
        sentence_weight: float = 1.0,
        rounds: int = 1,
        objective: str = "f1",
        folds: int = 5,
        n_jobs: int | None = None,
        random_state: int = 0,
        codebook: Codebook | None = None,
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
        self.codebook = codebook

    def fit(
        self,
        X: Sequence[str] | Counts,
        y: Any,
        groups: Sequence[Any] | NDArray[Any] | None = None,
        progress: Progress | None = None,
        *,
        sample_weight: Sequence[float] | NDArray[Any] | None = None,
        unlabeled: Sequence[str] | Counts | None = None,
        unlabeled_groups: Sequence[Any] | NDArray[Any] | None = None,
        drawn: Sequence[bool] | NDArray[Any] | None = None,
    ) -> PillarClassifier:
        """Learn from n labelled paragraphs, and from the other paragraphs of their documents if these are given.

        Parameters
        ----------
        X : sequence of n str, or Counts
            The paragraphs, or counts of the terms in `lexicon`.
        y : array of shape (n, 6), DataFrame with six columns, or sequence of n collections of pillars
            0/1 in the order of the codebook; or the pillars of each paragraph, as `Pillar` or slug. The columns of a
            DataFrame are found by name, in any order. scikit-learn's ``MultiLabelBinarizer`` sorts its columns by
            the alphabet and its arrays have no names: write ``MultiLabelBinarizer(classes=cchc_ml.PILLARS)``, or give
            the lists of pillars as they are.
        groups : sequence of n, optional
            The document of each paragraph. A document is never split between folds. By default, each paragraph is a
            document; so is one whose entry is None or NaN.
        progress : callable, optional
            Called after each fit with the number of fits done and the number of all fits.
        sample_weight : sequence of n float, optional
            How much each paragraph counts in the fit. By default, each counts 1.
        unlabeled : sequence of m str, or Counts, optional
            The paragraphs without labels of the same documents, of the same type as `X`.
        unlabeled_groups : sequence of m, optional
            The document of each of them, as in `groups`.
        drawn : sequence of n bool, optional
            Which paragraphs were drawn at random from what is published. If some are given, ``"precision=…"`` is kept
            on these too, over all pillars together; without them, it holds only for texts like the training texts.

        Returns
        -------
        self : PillarClassifier

        Raises
        ------
        ValueError, TypeError
            There are no paragraphs, a paragraph is not a string, a pillar is unknown, or every paragraph or no
            paragraph has a pillar; or paragraphs without labels are of a document that has no labelled one.
        """
        check_parameters(self.get_params(deep=False))
        parse_objective(self.objective)
        codebook = self._codebook()
        hashes = np.empty(0, np.uint64)
        if not isinstance(X, Counts):
            X = check_texts(X)
            hashes = hash_numbers(map(text_hash, X))
        y = check_y(y, len(X), codebook=codebook)
        drawn = check_drawn(drawn, len(X))
        weight = check_weight(sample_weight, len(X))
        documents, other_documents = _number_documents(groups, len(X), unlabeled, unlabeled_groups)
        for remark in few_labels(y, documents, codebook):
            warnings.warn(remark, FewLabelsWarning, stacklevel=2)
        folds = self._assign_folds(documents)
        lexicon, counts = self._count_terms(X, documents)
        if not counts.paragraphs().nnz:
            if isinstance(X, Counts):
                raise ValueError(message("no word of the lexicon is in any paragraph; is the text in another column?"))
            raise ValueError(
                message(
                    "no word of the lexicon is in any paragraph (the first is {text}); is the text in another column?",
                    text=f"{X[0]!r:.40}",
                )
            )
        features = Features.learn(lexicon.terms, counts.paragraphs(), codebook)
        others = Examples.of(_count_others(unlabeled, lexicon), features) if len(other_documents) else None
        examples = Examples.of(counts, features)
        training = Training(
            examples=examples,
            y=y,
            weight=weight,
            others=others,
            n_terms=len(lexicon),
            C=float(self.C),
            sentence_weight=float(self.sentence_weight),
            rounds=int(self.rounds),
            random_state=self.random_state,
        )
        article = _Articles(training, documents, other_documents, folds)
        full, scores, other_scores = self._fit(training, article, progress)

        self.documents_, self.oof_folds_, self.oof_scores_ = documents, folds, scores
        points, wanted = operating_points(y, scores, documents, drawn), parse_objective(self.objective)
        term, self.oof_others_ = article.context_terms(scores, other_scores, points.f1)
        self.oof_context_scores_ = scores + term
        self.model_ = Model(
            lexicon=lexicon,
            features=features,
            coef=full.coef,
            intercept=full.intercept,
            thresholds=points.at(wanted),
            calibration=_calibrate(y, scores),
            context=self._learn_context(y, points.f1, drawn),
            training_hashes=hashes,
            info=describe(self.get_params(deep=False), points, y),
            points=points,
            codebook=codebook,
        )
        self.classes_ = np.array(codebook.slugs)
        if wanted.measure == "precision":
            self._warn_of_precision(wanted.value)
        return self

    def _codebook(self) -> Codebook:
        return CCHC if self.codebook is None else self.codebook

    def _fit(
        self, training: Training, articles: _Articles, progress: Progress | None
    ) -> tuple[Weights, NDArray[np.float64], NDArray[np.float64]]:
        """Fit the models. Return the one of all documents, and out-of-fold scores of labelled and other paragraphs."""
        parts = articles.parts()
        taught: list[Taught | None] = [None] * len(parts)
        n_fits = len(parts) * training.y.shape[1] * (1 if training.others is None else 2)
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            if progress:
                progress(done, n_fits)

        models = training.fit(parts, taught, self.n_jobs, step)
        if training.others is not None:
            models = training.fit(parts, articles.teach(models), self.n_jobs, step)
        return models[-1], *articles.out_of_fold(models)

    def _learn_context(
        self, y: NDArray[np.int8], carrying_thresholds: NDArray[np.float32], drawn: NDArray[np.bool_] | None
    ) -> ArticleContext | None:
        """Choose thresholds and calibration on the paragraphs that have others; None if those are too few."""
        inside = np.flatnonzero(self.oof_others_ > 0)
        documents = self.documents_[inside]
        if len(np.unique(documents)) < 2 or (y[inside].min(axis=0) == y[inside].max(axis=0)).any():
            return None
        scores = self.oof_context_scores_[inside]
        points = operating_points(y[inside], scores, documents, None if drawn is None else drawn[inside])
        thresholds, calibration = points.at(parse_objective(self.objective)), _calibrate(y[inside], scores)
        return ArticleContext(CONTEXT_WEIGHT, thresholds, calibration, carrying_thresholds, points)

    def _assign_folds(self, documents: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the fold of each paragraph. All paragraphs of a document are in the same fold."""
        n_folds = min(int(self.folds), len(np.unique(documents)))
        if n_folds < 2:
            raise ValueError(
                message(
                    "all paragraphs are of one document, but thresholds need at least 2 documents; give the "
                    "document of each paragraph in `groups`"
                )
            )
        folds = np.empty(len(documents), np.intp)
        split = GroupKFold(n_folds, shuffle=True, random_state=self.random_state).split(documents, groups=documents)
        for fold, (_, inside) in enumerate(split):
            folds[inside] = fold
        return folds

    def _count_terms(self, X: list[str] | Counts, documents: NDArray[np.intp]) -> tuple[Lexicon, Counts]:
        """Return the lexicon, learned if none was given, and the counts of its terms."""
        if isinstance(X, Counts):
            if self.lexicon is None:
                raise ValueError(
                    message("X holds counts of terms, but `lexicon` is None; name the counted terms in `lexicon`")
                )
            lexicon, counts = Lexicon(self.lexicon), X
        else:
            if self.lexicon is None:
                lexicon = learn_lexicon(
                    X, documents, max_terms=self.max_terms, n_jobs=self.n_jobs, codebook=self._codebook()
                )
            else:
                lexicon = with_codebook(Lexicon(self.lexicon), self._codebook())
            counts = lexicon.count(X)
        if counts.shape[1] != len(lexicon):
            raise ValueError(
                message(
                    "X counts {counted} terms, but `lexicon` has {terms}; they must match",
                    counted=counts.shape[1],
                    terms=len(lexicon),
                )
            )
        return lexicon, counts

    def _decide(self, X: Sequence[str] | Counts, documents: Sequence[Hashable] | None) -> Decisions:
        check_is_fitted(self, "model_")
        model: Model = self.model_
        if not isinstance(X, Counts):
            return model.decide(self._read(X).scores, documents)
        if X.shape[1] != len(model.lexicon):
            raise ValueError(
                message(
                    "X counts {counted} terms, but the classifier's lexicon has {terms}; count with `model_.lexicon`",
                    counted=X.shape[1],
                    terms=len(model.lexicon),
                )
            )
        return model.decide(model.scores(X), documents)

    def _read(self, texts: Sequence[str]) -> Readings:
        check_is_fitted(self, "model_")
        return Readings.join(
            list(parallel_map(Model.read, self.model_, _batches(check_texts(texts)), self.n_jobs)),
            len(self.model_.codebook),
        )

    def decision_function(
        self, X: Sequence[str] | Counts, documents: Sequence[Hashable] | None = None
    ) -> NDArray[np.float64]:
        """Return each paragraph's score minus the threshold, shape (n, 6). A pillar is tagged if this is above 0.

        Parameters
        ----------
        X : sequence of n str, or Counts
        documents : sequence of n hashable, optional
            The document of each paragraph. If it is given, the paragraphs of a document are read in context. By
            default, every paragraph is read alone.
        """
        decisions = self._decide(X, documents)
        return decisions.scores - decisions.thresholds

    def predict(self, X: Sequence[str] | Counts, documents: Sequence[Hashable] | None = None) -> NDArray[np.int64]:
        """Return 0/1 for each paragraph and pillar, shape (n, 6). The columns are in the order of `classes_`.

        `documents` as in `decision_function`.
        """
        return (self.decision_function(X, documents) > 0).astype(np.int64)

    def predict_proba(
        self, X: Sequence[str] | Counts, documents: Sequence[Hashable] | None = None
    ) -> NDArray[np.float64]:
        """Return the calibrated probability of each pillar, shape (n, 6). A row does not sum to 1.

        `documents` as in `decision_function`.
        """
        return self._decide(X, documents).probabilities

    def tag(self, texts: Sequence[str], documents: Sequence[Hashable] | None = None) -> list[tuple[AnyPillar, ...]]:
        """Return the pillars of each paragraph, most probable first. The tuple is empty if no pillar is tagged.

        `documents` as in `decision_function`.
        """
        return [annotation.pillars for annotation in self.annotate(texts, documents)]

    def annotate(self, texts: Sequence[str], documents: Sequence[Hashable] | None = None) -> Annotations:
        """Return a list of the pillars, the probabilities and the evidence sentences of each paragraph.

        `documents` as in `decision_function`. A notebook shows the texts with their evidence underlined.
        """
        texts = check_texts(texts)
        readings = self._read(texts)
        annotations = self.model_.annotations(readings, documents)
        return Annotations(replace(found, text=text) for found, text in zip(annotations, texts, strict=True))

    def explain(self, text: str, context: Mapping[AnyPillar, tuple[int, int]] | None = None) -> Explanations:
        """Return a dict of each pillar's explanation: how much each place in the text adds to the decision.

        The sum is exact. A notebook shows the text with its words shaded by their weight. `context` is the `context` of
        the paragraph's annotation, if it was read in its article.
        """
        check_is_fitted(self, "model_")
        (text,) = check_texts([text])
        return explain(self.model_, text, context)

    def score(self, X: Sequence[str] | Counts, y: Any, sample_weight: Any = None) -> float:
        """Return the share of paragraphs with all labels right."""
        return float(super().score(X, check_y(y, len(X), both=False, codebook=self._codebook()), sample_weight))

    def set_thresholds(
        self, *, precision: Value | None = None, recall: Value | None = None, probability: Value | None = None
    ) -> PillarClassifier:
        """Choose other thresholds, without a new fit. Probabilities stay. Return the classifier itself.

        Give exactly one of the three, as a number for all pillars, or as a dict of pillars and numbers. Then the other
        pillars keep their thresholds.

        Parameters
        ----------
        precision : float or dict, optional
            The lowest thresholds with this precision, at 95 % confidence, on out-of-fold scores of the training
            paragraphs. A pillar that cannot reach it is never tagged; a warning names it.
        recall : float or dict, optional
            The highest thresholds with this recall, likewise.
        probability : float or dict, optional
            A pillar is tagged if its probability is greater than this.

        Raises
        ------
        ValueError
            A value is not between 0 and 1, a pillar is unknown, or an older version wrote the model.

        Examples
        --------
        >>> import cchc_ml
        >>> text = "Tỷ lệ giải ngân vốn đầu tư công quý I mới đạt 9%."
        >>> cchc_ml.load().set_thresholds(probability=0.999).tag([text])
        [()]
        >>> cchc_ml.load().set_thresholds(recall={"public_finance": 0.95}).tag([text])
        [(<Pillar.PUBLIC_FINANCE: 'public_finance'>,)]
        """
        check_is_fitted(self, "model_")
        self.model_ = choose(self.model_, precision=precision, recall=recall, probability=probability)
        if precision is not None:
            self._warn_of_precision(precision)
        return self

    def _warn_of_precision(self, precision: Any) -> None:
        for remark in precision_remarks(self.model_, precision):
            warnings.warn(remark, ThresholdWarning, stacklevel=3)

    def save(self, path: str | Path) -> None:
        """Write the model to an ``.npz`` file, which `cchc_ml.load` and ``cchc-ml --model`` read.

        A file that exists is replaced. If writing fails, it is unchanged.

        Raises
        ------
        ValueError
            The name does not end in ``.npz``.
        """
        check_is_fitted(self, "model_")
        if Path(path).suffix != ".npz":
            raise ValueError(message("a model is an .npz file; found {path}", path=path))
        write_model(self.model_, path)

    @classmethod
    def from_model(cls, model: Model) -> PillarClassifier:
        """Return a fitted classifier for `model`, with the parameters of its training. It has no out-of-fold scores."""
        known = set(cls().get_params())
        self = cls(
            **{k: v for k, v in (model.info.parameters or {}).items() if k in known},
            lexicon=model.lexicon.terms,
            codebook=None if model.codebook.is_default else model.codebook,
        )
        self.model_ = model
        self.classes_ = np.array(model.codebook.slugs)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.target_tags.multi_output = tags.target_tags.required = True
        tags.target_tags.single_output = False
        tags.classifier_tags.multi_label, tags.classifier_tags.multi_class = True, False
        return tags


class _Articles:
    """The documents that the labelled and the other paragraphs stand in, and their folds."""

    def __init__(
        self,
        training: Training,
        documents: NDArray[np.intp],
        other_documents: NDArray[np.intp],
        folds: NDArray[np.intp],
    ) -> None:
        self.training = training
        self.folds = folds
        self.documents = np.concatenate([documents, other_documents])
        fold_of = np.zeros(documents.max() + 1, np.intp)
        fold_of[documents] = folds
        self.other_folds = fold_of[other_documents]

    def parts(self) -> list[NDArray[np.intp]]:
        """Return the labelled paragraphs that each model learns from: all without one fold, then all."""
        return [np.flatnonzero(self.folds != fold) for fold in range(self.folds.max() + 1)] + [
            np.arange(len(self.folds))
        ]

    def out_of_fold(self, models: Sequence[Weights]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the scores of labelled and other paragraphs by models that did not learn from their documents."""
        scores = np.empty((len(self.folds), self.training.y.shape[1]))
        other_scores = np.empty((len(self.other_folds), self.training.y.shape[1]))
        for fold, model in enumerate(models[:-1]):
            scores[self.folds == fold] = self.training.examples.take(self.folds == fold).scores(model)
            if self.training.others is not None:
                inside = self.other_folds == fold
                other_scores[inside] = self.training.others.take(inside).scores(model)
        return scores, other_scores

    def context_terms(
        self, scores: NDArray[np.float64], other_scores: NDArray[np.float64], thresholds: NDArray[Any]
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return the context terms of the labelled paragraphs, and how many others each has."""
        terms, others = self._terms(scores, other_scores, thresholds)
        return terms[: len(scores)], others[: len(scores)]

    def _terms(
        self, scores: NDArray[np.float64], other_scores: NDArray[np.float64], thresholds: NDArray[Any]
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        carrying, others = count_others(np.concatenate([scores, other_scores]) > thresholds, self.documents)
        return CONTEXT_WEIGHT * carrying / (others[:, None] + 1), others

    def teach(self, models: Sequence[Weights]) -> list[Taught | None]:
        """Label the other paragraphs in context, by each model, for the model of the same part."""
        training = self.training
        assert training.others is not None
        scores, other_scores = self.out_of_fold(models)
        documents = self.documents[: len(scores)]
        thresholds = choose_thresholds(training.y, scores, "f1", documents)
        terms, _ = self.context_terms(scores, other_scores, thresholds)
        slope, offset = _calibrate(training.y, scores + terms).T
        rich = np.diff(training.others.paragraphs.indptr) > LEAST_FEATURES
        taught: list[Taught | None] = []
        for fold, model in enumerate(models):
            rows = np.flatnonzero(rich & (self.other_folds != fold))
            other_scores = training.others.scores(model)
            terms, _ = self._terms(training.examples.scores(model), other_scores, thresholds)
            score = other_scores[rows] + terms[len(scores) :][rows]
            probability = 1 / (1 + np.exp(-(slope * score + offset)))
            taught.append(Taught(rows, probability > 0.5, np.abs(2 * probability - 1).astype(np.float32)))
        return taught


def _calibrate(y: NDArray[np.int8], scores: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the slope and the offset of each pillar, shape (6, 2)."""
    calibration = np.array([platt(y[:, k], scores[:, k]) for k in range(y.shape[1])], np.float32)
    return calibration.round(DECIMALS)


def _number_documents(
    groups: Sequence[Any] | NDArray[Any] | None,
    n: int,
    unlabeled: Sequence[str] | Counts | None,
    unlabeled_groups: Sequence[Any] | NDArray[Any] | None,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the numbers of the documents of n labelled paragraphs, and of the other paragraphs."""
    if (unlabeled is None) != (unlabeled_groups is None) or (unlabeled is not None and groups is None):
        raise ValueError(
            message("`unlabeled` needs `groups` and `unlabeled_groups`; give the document of each paragraph")
        )
    if groups is None:
        return np.arange(n), np.empty(0, np.intp)
    numbers, number_of = _number(check_documents(groups, n))
    if unlabeled is None or not len(unlabeled):
        return numbers, np.empty(0, np.intp)
    others = check_documents(unlabeled_groups, len(unlabeled), "unlabeled_groups")
    for other in others:
        if other not in number_of:
            raise ValueError(
                message(
                    "the document {other} in unlabeled_groups has no labelled paragraph; drop it", other=repr(other)
                )
            )
    return numbers, np.array([number_of[other] for other in others], np.intp)


def _number(names: Sequence[str | None]) -> tuple[NDArray[np.intp], dict[str | None, int]]:
    """Return the number of the document of each paragraph, and the number of each name. None is always a new one."""
    number_of: dict[str | None, int] = {name: i for i, name in enumerate(sorted({*names} - {None}, key=str))}
    nameless = iter(range(len(number_of), len(number_of) + len(names)))
    return np.array([next(nameless) if name is None else number_of[name] for name in names], np.intp), number_of


def _count_others(unlabeled: Sequence[str] | Counts | None, lexicon: Lexicon) -> Counts:
    """Return the counts of the paragraphs without labels."""
    counts = unlabeled if isinstance(unlabeled, Counts) else lexicon.count(check_texts(unlabeled))
    if counts.shape[1] != len(lexicon):
        raise ValueError(
            message(
                "unlabeled counts {counted} terms, but `lexicon` has {terms}; they must match",
                counted=counts.shape[1],
                terms=len(lexicon),
            )
        )
    return counts


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield slices of texts, each for one process."""
    return (texts[i : i + TEXTS_PER_TASK] for i in range(0, len(texts), TEXTS_PER_TASK))
