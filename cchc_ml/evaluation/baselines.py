"""What a classifier has to beat: lists of the codebook's terms, and the usual pipelines on the same rows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..learning.corpus import Corpus
from ..learning.learn_lexicon import segment
from ..learning.thresholds import best_threshold
from ..model.features import Features
from ..model.lexicon import Lexicon
from ..pillars import PILLARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["TEXT_BASELINES", "codebook_baselines", "text_baselines"]

# Fit on (texts, labels), score other texts.
Scorer = Callable[["Sequence[str]", "NDArray[Any]", "Sequence[str]"], "NDArray[Any]"]


def codebook_baselines(corpus: Corpus, lexicon: Lexicon) -> dict[str, NDArray[np.int8]]:
    """Tag by the codebook's names, and by its names and patterns, wherever one occurs; shape (n, 6) each."""
    totals = corpus.counts(lexicon).paragraphs()
    book = Features.learn(lexicon.terms, totals)
    names = np.stack([totals[:, np.flatnonzero(book.names == k)].sum(axis=1) for k in range(len(PILLARS))], axis=1)
    patterns = np.stack(
        [totals[:, np.flatnonzero(book.patterns == k)].sum(axis=1) for k in range(len(PILLARS))], axis=1
    )
    return {"names list": (names > 0).astype(np.int8), "names and patterns": (names + patterns > 0).astype(np.int8)}


def _linear(tokens: Callable[[str], list[str]] | None) -> Scorer:
    def score(texts: Sequence[str], y: NDArray[Any], others: Sequence[str]) -> NDArray[Any]:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        how: dict[str, Any] = (
            {"analyzer": lambda tokens: tokens} if tokens else {"token_pattern": r"\w+", "ngram_range": (1, 2)}
        )
        pipeline = make_pipeline(
            TfidfVectorizer(min_df=2, sublinear_tf=True, **how), OneVsRestClassifier(LinearSVC(random_state=0))
        )
        prepare = (lambda rows: [tokens(text) for text in rows]) if tokens else list
        scores: NDArray[Any] = pipeline.fit(prepare(texts), y).decision_function(prepare(others))
        return scores

    return score


class _Words:
    """Words of underthesea and pairs of them, each text segmented once."""

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {}

    def __call__(self, text: str) -> list[str]:
        if text not in self.known:
            words = [word.replace(" ", "_") for run in segment(text) for word in run]
            self.known[text] = words + [f"{a} {b}" for a, b in pairwise(words)]
        return self.known[text]


def _fasttext(texts: Sequence[str], y: NDArray[Any], others: Sequence[str]) -> NDArray[Any]:
    import tempfile

    import fasttext  # of the extra `bench`

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
    scores = np.zeros((len(others), len(PILLARS)))
    for row, text in zip(scores, others, strict=True):
        # The C++ side directly: the wrapper's predict breaks with numpy 2.
        for p, label in model.f.predict(normalise(text) + "\n", -1, 0.0, "strict"):
            if not label.endswith("none"):
                row[int(label.removeprefix("__label__"))] = p
    return scores


TEXT_BASELINES: dict[str, tuple[Callable[[], Scorer], float]] = {
    "underthesea words, LinearSVC": (lambda: _linear(_Words()), 0.0),
    "syllables, LinearSVC": (lambda: _linear(None), 0.0),
    "fastText ova": (lambda: _fasttext, 0.5),
}


def text_baselines(
    train: Corpus, test: Corpus, *, folds: int = 5, progress: Callable[[int, int], None] | None = None
) -> dict[str, NDArray[np.int8]]:
    """Train the usual pipelines on text and tag other text, with their default threshold and with tuned ones; shape (n, 6) each.

    Tuned thresholds are each pillar's best for F1 on scores out of `folds` folds by document. fastText is left out where it is not
    installed.
    """
    from sklearn.model_selection import GroupKFold

    found = {}
    split = list(GroupKFold(folds, shuffle=True, random_state=0).split(train.y, groups=train.documents))
    for done, (name, (make, default)) in enumerate(TEXT_BASELINES.items()):
        if progress:
            progress(done, len(TEXT_BASELINES))
        scorer = make()
        try:
            scores = scorer(train.texts, train.y, test.texts)
        except ModuleNotFoundError:
            continue
        held_out = np.zeros(train.y.shape)
        for fit, rest in split:
            held_out[rest] = scorer(train.take(fit).texts, train.y[fit], train.take(rest).texts)
        tuned = [best_threshold(train.y[:, k], held_out[:, k]) for k in range(len(PILLARS))]
        found[name] = (scores > default).astype(np.int8)
        found[f"{name}, tuned"] = (scores > tuned).astype(np.int8)
    return found
