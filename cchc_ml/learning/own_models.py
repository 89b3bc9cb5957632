"""Models that are trained on parts of a user's own rows, to see what the others would say of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import GroupKFold

from ..model.features import Features
from ..model.lexicon import with_codebook
from ..pillars import CCHC, Codebook
from .classifier import PillarClassifier
from .corpus import default_lexicon
from .fitting import Examples, Training

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .fitting import Progress

__all__ = ["assign_folds", "score_parts"]

FOLDS = 5


def assign_folds(documents: Sequence[str], folds: int = FOLDS) -> NDArray[np.intp]:
    """Return the fold of each row. All rows of a document are in the same fold.

    Examples
    --------
    >>> folds = assign_folds(["a", "a", "b"])
    >>> bool(folds[0] == folds[1] != folds[2])
    True
    """
    numbers = np.unique(np.asarray(documents, str), return_inverse=True)[1]
    fold_of = np.zeros(len(numbers), np.intp)
    n_folds = min(folds, int(numbers.max()) + 1)
    split = GroupKFold(n_folds, shuffle=True, random_state=0).split(numbers, groups=numbers)
    for fold, (_, inside) in enumerate(split):
        fold_of[inside] = fold
    return fold_of


def score_parts(
    texts: Sequence[str],
    y: NDArray[np.int8],
    parts: Sequence[NDArray[np.intp]],
    *,
    codebook: Codebook = CCHC,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> list[NDArray[np.float64]]:
    """Train one model on each part of n rows; return its scores of all n rows, shape (n, number of categories).

    The terms are those of the shipped lexicon and of the codebook. A category that no row of a part has, or that all
    have, gets a constant score from the model of that part.

    Parameters
    ----------
    texts : sequence of n str
    y : array of shape (n, number of categories)
        0/1 labels.
    parts : sequence of arrays
        The numbers of the rows of each part.
    codebook : Codebook
        The categories.
    n_jobs : int, optional
        Processes.
    progress : callable, optional
        Called after each fit with the number done and the number of all.
    """
    lexicon = with_codebook(default_lexicon(), codebook)
    counts = lexicon.count(texts)
    settings = PillarClassifier()
    training = Training(
        examples=Examples.of(counts, Features.learn(lexicon.terms, counts.paragraphs(), codebook)),
        y=y,
        weight=np.ones(len(y)),
        others=None,
        n_terms=len(lexicon),
        C=settings.C,
        sentence_weight=settings.sentence_weight,
        rounds=settings.rounds,
        random_state=settings.random_state,
    )
    done, total = 0, len(parts) * y.shape[1]

    def step() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    models = training.fit(parts, [None] * len(parts), n_jobs, step)
    return [training.examples.scores(model) for model in models]
