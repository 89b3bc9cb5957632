"""How the score depends on what is kept apart, and on how much there is to learn from: training again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from ..learning.classifier import PillarClassifier
from ..learning.corpus import Corpus, default_lexicon
from ..learning.metrics import metrics
from ..model.counts import Counts
from ..model.lexicon import Lexicon
from ..reading.dates import year_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["learning_curve", "split_kinds"]

SIZES = (500, 1000, 2000, 4000, 8000)
Fold = tuple["NDArray[np.intp]", "NDArray[np.intp]"]
Progress = Callable[[int, int], None]


def _source(row: dict[str, Any]) -> str:
    return str(row.get("run") or row.get("corpus") or row.get("source") or "")


def _folds(corpus: Corpus, folds: int) -> Iterator[tuple[str, list[Fold]]]:
    """Yield the kinds of split that the corpus has the fields for, each with its folds."""

    def apart(groups: NDArray[Any]) -> list[Fold]:
        return list(GroupKFold(folds, shuffle=True, random_state=0).split(corpus.y, groups=groups))

    yield "random", apart(np.arange(len(corpus)))
    yield "by document", apart(np.unique(corpus.documents, return_inverse=True)[1])
    sources = np.unique([_source(row) for row in corpus.rows], return_inverse=True)[1]
    if sources.max() + 1 >= folds:
        yield "by corpus or run", apart(sources)
    years = np.array([int(year_of(str(row.get("date") or "")) or 0) for row in corpus.rows])
    dated = np.unique(years[years > 0])
    if len(dated) > 1:
        cut = int(np.quantile(years[years > 0], 0.75))
        if (years < cut).any():
            yield (
                f"by time (before {cut}, and from then on)",
                [(np.flatnonzero(years < cut), np.flatnonzero(years >= cut))],
            )


def _lexicon(classifier: PillarClassifier, corpus: Corpus) -> Lexicon:
    """Return the classifier's terms; for packed rows those they were counted with."""
    return default_lexicon() if corpus.packed else Lexicon(classifier.model_.lexicon.terms)


def _fitted(
    classifier: PillarClassifier, lexicon: Lexicon, corpus: Corpus, counts: Counts, rows: NDArray[np.intp]
) -> PillarClassifier:
    """Return a classifier like this one, fitted on some rows of a corpus."""
    fresh: PillarClassifier = clone(classifier).set_params(lexicon=lexicon.terms, folds=3)
    return fresh.fit(counts[rows], corpus.y[rows], groups=corpus.documents[rows])


def split_kinds(
    classifier: PillarClassifier, corpus: Corpus, *, folds: int = 5, progress: Progress | None = None
) -> dict[str, dict[str, Any]]:
    """Score a corpus by cross-validation with less and less in common between training and test.

    A row is of a ``run`` (written articles), else of a ``corpus``; a row without ``date`` counts as old.

    Returns
    -------
    dict
        What `metrics` returns, for each kind of split that the rows have the fields for.
    """
    lexicon = _lexicon(classifier, corpus)
    counts = corpus.counts(lexicon)
    kinds = list(_folds(corpus, folds))
    total, done, found = sum(len(f) for _, f in kinds), 0, {}
    for name, split in kinds:
        tested, tags, scores = [], [], []
        for train, test in split:
            fitted = _fitted(classifier, lexicon, corpus, counts, train)
            tested.append(corpus.y[test])
            tags.append(fitted.predict(counts[test]))
            scores.append(fitted.predict_proba(counts[test]))
            done += 1
            if progress:
                progress(done, total)
        found[name] = metrics(np.vstack(tested), np.vstack(tags), np.vstack(scores))
    return found


def learning_curve(
    classifier: PillarClassifier, train: Corpus, test: Corpus, *, progress: Progress | None = None
) -> dict[int, float]:
    """Return the macro-F1 on `test` by the number of random training paragraphs, each half of the next."""
    lexicon = _lexicon(classifier, train)
    counts, held_out = train.counts(lexicon), test.counts(lexicon)
    order = np.random.default_rng(0).permutation(len(train))
    sizes = [size for size in SIZES if size < len(train)] + [len(train)]
    found = {}
    for done, size in enumerate(sizes, 1):
        rows = order[:size]
        tags = _fitted(classifier, lexicon, train, counts, rows).predict(held_out)
        found[size] = metrics(test.y, tags, tags)["macro"]["f1"]
        if progress:
            progress(done, len(sizes))
    return found
