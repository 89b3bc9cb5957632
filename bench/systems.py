"""The classifiers that are measured: each learns, stores its model in a file, and tags texts in another process."""

from __future__ import annotations

import pickle
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cchc_ml.pillars import PILLARS

Texts = Sequence[str]
# Learns from texts and labels (n, 6) into a file; None for what comes with the package.
Learn = Callable[[Texts, Any, Path], None] | None
# Loads it and returns what turns texts into labels (n, 6).
Load = Callable[[Path], Callable[[Texts], Any]]


def words(texts: Texts) -> list[str]:
    """Segment texts as underthesea's tutorials do."""
    from underthesea import word_tokenize

    return [word_tokenize(text, format="text") for text in texts]


def as_they_are(texts: Texts) -> Texts:
    """Leave texts to the vectorizer."""
    return texts


def learn_linear(prepare: Callable[[Texts], Texts], **how: Any) -> Learn:
    """TF-IDF of 1-2-grams and one linear SVM a pillar, everything else as scikit-learn sets it."""

    def learn(texts: Texts, y: Any, path: Path) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        pipeline = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), **how), OneVsRestClassifier(LinearSVC(random_state=0))
        )
        path.write_bytes(pickle.dumps(pipeline.fit(prepare(texts), y)))

    return learn


def load_linear(prepare: Callable[[Texts], Texts]) -> Load:
    """Load what `learn_linear` learned."""

    def load(path: Path) -> Callable[[Texts], Any]:
        pipeline = pickle.loads(path.read_bytes())
        return lambda texts: pipeline.predict(prepare(texts))

    return load


def learn_fasttext(texts: Texts, y: Any, path: Path) -> None:
    """FastText with one sigmoid a pillar, on normalised text."""
    import fasttext

    from cchc_ml.text.normalize import normalise

    rows = path.with_suffix(".txt")
    labels = [" ".join([f"__label__{k}" for k in np.flatnonzero(row)] or ["__label__none"]) for row in y]
    rows.write_text("".join(f"{label}{normalise(text)}\n" for label, text in zip(labels, texts, strict=True)), "utf8")
    how = {"loss": "ova", "wordNgrams": 2, "epoch": 25, "lr": 0.5, "dim": 50, "thread": 1, "seed": 0, "verbose": 0}
    fasttext.train_supervised(str(rows), **how).save_model(str(path))


def load_fasttext(path: Path) -> Callable[[Texts], Any]:
    """Load what `learn_fasttext` learned; the C++ side directly, since the wrapper breaks with numpy 2."""
    import fasttext

    from cchc_ml.text.normalize import normalise

    model = fasttext.load_model(str(path)).f

    def predict(texts: Texts) -> Any:
        y = np.zeros((len(texts), len(PILLARS)), int)
        for row, text in zip(y, texts, strict=True):
            for _, label in model.predict(normalise(text) + "\n", -1, 0.5, "strict"):
                if not label.endswith("none"):
                    row[int(label.removeprefix("__label__"))] = 1
        return y

    return predict


def learn_rust(texts: Texts, y: Any, path: Path) -> None:
    """Learn underthesea's TextClassifier: one label a text, the first of several."""
    from underthesea_core import TextClassifier

    model = TextClassifier()
    model.fit(list(texts), [str(row.argmax()) if row.any() else "none" for row in y])
    model.save(str(path))


def load_rust(path: Path) -> Callable[[Texts], Any]:
    """Load what `learn_rust` learned."""
    from underthesea_core import TextClassifier

    model = TextClassifier.load(str(path))
    return lambda texts: np.array(
        [[label == str(k) for k in range(len(PILLARS))] for label in model.predict_batch(list(texts))], int
    )


def load_shipped(path: Path) -> Callable[[Texts], Any]:
    """Load the shipped classifier."""
    import cchc_ml

    return cchc_ml.load().predict


def load_shipped_evidence(path: Path) -> Callable[[Texts], Any]:
    """Load the shipped model as the command line does, without scikit-learn; it also gives the evidence of each tag."""
    from cchc_ml.model.storage import read_model

    model = read_model()
    return lambda texts: np.array([[p in found.pillars for p in PILLARS] for found in model.annotate(texts)], int)


def load_bound(path: Path) -> Callable[[Texts], Any]:
    """Check that a text is NFC, lower-case it and find every term with an Aho-Corasick automaton; ignore the result."""
    from ahocorasick_rs import AhoCorasick, Implementation

    from cchc_ml.learning.corpus import default_lexicon

    automaton = AhoCorasick(
        [f" {term} " for term in default_lexicon().terms], implementation=Implementation.ContiguousNFA
    )

    def find(texts: Texts) -> None:
        for text in texts:
            unicodedata.is_normalized("NFC", text)
            automaton.find_matches_as_indexes(text.lower(), overlapping=True)

    return find


SYSTEMS: dict[str, tuple[Learn, Load]] = {
    "cchc_ml": (None, load_shipped),
    "cchc_ml, with evidence": (None, load_shipped_evidence),
    "underthesea words, TF-IDF, LinearSVC": (learn_linear(words), load_linear(words)),
    "syllables, TF-IDF, LinearSVC": (learn_linear(as_they_are, token_pattern=r"\w+"), load_linear(as_they_are)),
    "fastText ova": (learn_fasttext, load_fasttext),
    "underthesea TextClassifier (Rust, one label)": (learn_rust, load_rust),
    "NFC, lower case, Aho-Corasick": (None, load_bound),
}
