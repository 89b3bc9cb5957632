"""Cross-validate under different splits (random, document, source, time) and measure a learning curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from ..learning.classifier import PillarClassifier
from ..learning.corpus import Corpus, default_lexicon
from ..learning.fitting import Progress
from ..learning.metrics import metrics
from ..learning.stages import Stages
from ..learning.train import row_weights
from ..messages import message
from ..model.counts import Counts
from ..model.lexicon import Lexicon
from ..reading.dates import year_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..learning.metric_types import Metrics

# Numbers of training paragraphs in the learning curve. The whole training set is added to them.
CURVE_PARAGRAPHS = (500, 1000, 2000, 4000, 8000)
# Folds that a classifier chooses its thresholds on when it is trained for a measurement.
THRESHOLD_FOLDS = 3
# The share of the dated paragraphs that count as old in the split by time.
OLD_SHARE = 0.75
Fold = tuple["NDArray[np.intp]", "NDArray[np.intp]"]


def folds_by_kind(corpus: Corpus, folds: int) -> Iterator[tuple[str, list[Fold]]]:
    """Yield each kind of split that the corpus has the fields for, with its folds (training rows, test rows)."""

    def keep_together(groups: NDArray[Any]) -> list[Fold]:
        return list(GroupKFold(folds, shuffle=True, random_state=0).split(corpus.y, groups=groups))

    yield "random", keep_together(np.arange(len(corpus)))
    yield "by document", keep_together(np.unique(corpus.documents, return_inverse=True)[1])
    sources = np.unique([_source(row) for row in corpus.rows], return_inverse=True)[1]
    if sources.max() + 1 >= folds:
        yield "by corpus or run", keep_together(sources)
    years = np.array([_year(row) for row in corpus.rows])
    known = years[years > 0]
    if len(np.unique(known)) > 1:
        first_new_year = int(np.quantile(known, OLD_SHARE))
        old = years < first_new_year
        if old.any():
            name = message("by time (before {year}, and from then on)", year=str(first_new_year))
            yield name, [(np.flatnonzero(old), np.flatnonzero(~old))]


def _source(row: dict[str, Any]) -> str:
    return str(row.get("run") or row.get("corpus") or row.get("source") or "")


def _year(row: dict[str, Any]) -> int:
    """Return the year of a row; 0 if it has no date, so that it counts as old."""
    return int(year_of(str(row.get("date") or row.get("year") or "")) or 0)


def _lexicon(classifier: PillarClassifier, corpus: Corpus) -> Lexicon:
    """Return the classifier's terms; for packed rows, the terms that they were counted with."""
    return default_lexicon() if corpus.packed else Lexicon(classifier.model_.lexicon.terms)


def _fit_on(
    classifier: PillarClassifier,
    lexicon: Lexicon,
    corpus: Corpus,
    counts: Counts,
    rows: NDArray[np.intp],
    progress: Progress,
) -> PillarClassifier:
    """Return a new classifier with the same parameters, fitted on some rows of a corpus."""
    fresh: PillarClassifier = clone(classifier).set_params(lexicon=lexicon.terms, folds=THRESHOLD_FOLDS)
    part = corpus.take(rows)
    weights = row_weights(part)
    return fresh.fit(counts[rows], part.y, groups=part.documents, sample_weight=weights, progress=progress)


def split_kinds(
    classifier: PillarClassifier, corpus: Corpus, *, folds: int = 5, progress: Progress | None = None
) -> dict[str, Metrics]:
    """Cross-validate with splits that share less and less between training and test.

    The source of a row is its ``run`` (written articles), else its ``corpus``. A row without a date counts as old.

    Parameters
    ----------
    progress : callable, optional
        Called with how many rows were trained on, and on how many all models will be; see `Stages`.

    Returns
    -------
    dict of str to Metrics
        For each kind of split that the rows have the fields for.
    """
    lexicon = _lexicon(classifier, corpus)
    counts = corpus.counts(lexicon)
    kinds = list(folds_by_kind(corpus, folds))
    stages = Stages(
        progress, {f"{name} {i}": len(train) for name, split in kinds for i, (train, _) in enumerate(split)}
    )
    measured = {}
    for name, split in kinds:
        labels, tags, probabilities = [], [], []
        for i, (train, test) in enumerate(split):
            fitted = _fit_on(classifier, lexicon, corpus, counts, train, stages.of(f"{name} {i}"))
            labels.append(corpus.y[test])
            tags.append(fitted.predict(counts[test]))
            probabilities.append(fitted.predict_proba(counts[test]))
        measured[name] = metrics(np.vstack(labels), np.vstack(tags), np.vstack(probabilities), corpus.codebook)
    return measured


def learning_curve(
    classifier: PillarClassifier, train: Corpus, test: Corpus, *, progress: Progress | None = None
) -> dict[int, float]:
    """Return the macro-F1 on `test` by the number of training paragraphs, which are drawn at random.

    Each training set contains the smaller ones. For `progress`, see `split_kinds`.
    """
    lexicon = _lexicon(classifier, train)
    counts, test_counts = train.counts(lexicon), test.counts(lexicon)
    order = np.random.default_rng(0).permutation(len(train))
    sizes = curve_sizes(len(train))
    stages = Stages(progress, {str(size): size for size in sizes})
    macro_f1 = {}
    for size in sizes:
        fitted = _fit_on(classifier, lexicon, train, counts, order[:size], stages.of(str(size)))
        tags = fitted.predict(test_counts)
        macro_f1[size] = metrics(test.y, tags, tags, test.codebook)["macro"]["f1"]
    return macro_f1


def curve_sizes(n: int) -> list[int]:
    """Return the sizes of the training sets of a learning curve, of n paragraphs in all."""
    return [size for size in CURVE_PARAGRAPHS if size < n] + [n]
