"""What a classifier has to beat: the codebook's terms as a list, and common pipelines trained on the same rows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..learning.corpus import Corpus
from ..learning.fitting import Progress
from ..learning.learn_lexicon import segment
from ..learning.thresholds import best_threshold
from ..model.features import Features
from ..model.lexicon import Lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# A function of training texts, their labels and other texts. It returns the scores of the other texts, shape (n, 6).
Scorer = Callable[["Sequence[str]", "NDArray[Any]", "Sequence[str]"], "NDArray[Any]"]


def codebook_baselines(corpus: Corpus, lexicon: Lexicon) -> dict[str, NDArray[np.int8]]:
    """Tag n paragraphs by lists of terms: a pillar is tagged if one of its terms occurs.

    Returns
    -------
    dict of str to array of shape (n, 6)
        0/1 tags by the codebook's names, and by its names and patterns.
    """
    totals = corpus.counts(lexicon).paragraphs()
    book = Features.learn(lexicon.terms, totals, corpus.codebook)
    names = np.stack(
        [totals[:, np.flatnonzero(book.name_pillar == k)].sum(axis=1) for k in range(book.n_pillars)], axis=1
    )
    patterns = np.stack(
        [totals[:, np.flatnonzero(book.pattern_pillar == k)].sum(axis=1) for k in range(book.n_pillars)], axis=1
    )
    return {"names list": (names > 0).astype(np.int8), "names and patterns": (names + patterns > 0).astype(np.int8)}


def _linear(tokens: Callable[[str], list[str]] | None) -> Scorer:
    """Return a linear SVM over TF-IDF of `tokens`; by default, of syllables and pairs of them."""

    def score(texts: Sequence[str], y: NDArray[Any], others: Sequence[str]) -> NDArray[Any]:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        if tokens:
            features = TfidfVectorizer(min_df=2, sublinear_tf=True, analyzer=tokens)
        else:
            features = TfidfVectorizer(min_df=2, sublinear_tf=True, token_pattern=r"\w+", ngram_range=(1, 2))
        pipeline = make_pipeline(features, OneVsRestClassifier(LinearSVC(random_state=0)))
        scores: NDArray[Any] = pipeline.fit(texts, y).decision_function(others)
        return scores

    return score


class _Words:
    """The words of a text (of underthesea) and pairs of words. Each text is segmented only once."""

    def __init__(self) -> None:
        self.words_of: dict[str, list[str]] = {}

    def __call__(self, text: str) -> list[str]:
        if text not in self.words_of:
            words = [word.replace(" ", "_") for run in segment(text) for word in run]
            self.words_of[text] = words + [f"{a} {b}" for a, b in pairwise(words)]
        return self.words_of[text]


def _fasttext(texts: Sequence[str], y: NDArray[Any], others: Sequence[str]) -> NDArray[Any]:
    import tempfile

    import fasttext  # installed by the extra `bench`

    from ..text.normalize import normalise

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.txt"
        labels = [" ".join([f"__label__{k}" for k in np.flatnonzero(row)] or ["__label__none"]) for row in y]
        path.write_text(
            "".join(f"{label}{normalise(text)}\n" for label, text in zip(labels, texts, strict=True)), "utf8"
        )
        model = fasttext.train_supervised(
            str(path), loss="ova", wordNgrams=2, epoch=25, lr=0.5, dim=50, thread=1, seed=0, verbose=0
        )
    scores = np.zeros((len(others), y.shape[1]))
    for row, text in zip(scores, others, strict=True):
        # This calls the C++ code, because the Python function `predict` does not work with numpy 2.
        for probability, label in model.f.predict(normalise(text) + "\n", -1, 0.0, "strict"):
            if not label.endswith("none"):
                row[int(label.removeprefix("__label__"))] = probability
    return scores


# By name: how to make the scorer, and its default threshold.
TEXT_BASELINES: dict[str, tuple[Callable[[], Scorer], float]] = {
    "underthesea words, LinearSVC": (lambda: _linear(_Words()), 0.0),
    "syllables, LinearSVC": (lambda: _linear(None), 0.0),
    "fastText ova": (lambda: _fasttext, 0.5),
}


def text_baselines(
    train: Corpus, test: Corpus, *, folds: int = 5, progress: Progress | None = None
) -> dict[str, NDArray[np.int8]]:
    """Train common pipelines on text and tag other text.

    Each pipeline tags with its default threshold and with tuned thresholds: each pillar's best for F1 on out-of-fold
    scores, with `folds` folds by document. fastText is used only if it is installed. `progress` is called after each
    training with how many are done, and how many there are.

    Returns
    -------
    dict of str to array of shape (n, 6)
        0/1 tags.
    """
    from sklearn.model_selection import GroupKFold

    tags = {}
    split = list(GroupKFold(folds, shuffle=True, random_state=0).split(train.y, groups=train.documents))
    trainings = 1 + len(split)
    for number, (name, (make, default)) in enumerate(TEXT_BASELINES.items()):
        scorer = make()
        try:
            scores = scorer(train.texts, train.y, test.texts)
        except ModuleNotFoundError:
            continue
        out_of_fold = np.zeros(train.y.shape)
        for fold, (others, inside) in enumerate(split, 1):
            if progress:
                progress(number * trainings + fold, len(TEXT_BASELINES) * trainings)
            out_of_fold[inside] = scorer(train.take(others).texts, train.y[others], train.take(inside).texts)
        tuned = [best_threshold(train.y[:, k], out_of_fold[:, k]) for k in range(train.y.shape[1])]
        tags[name] = (scores > default).astype(np.int8)
        if progress:
            progress((number + 1) * trainings, len(TEXT_BASELINES) * trainings)
        tags[f"{name}, tuned"] = (scores > tuned).astype(np.int8)
    return tags
