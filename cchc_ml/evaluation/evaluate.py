"""The whole evaluation of a model: what `cchc-ml evaluate` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..files import require_extra
from ..learning.classifier import PillarClassifier
from ..learning.corpus import Corpus, default_lexicon, fingerprint, indicator, parse_labels, read_corpus
from ..learning.metrics import agreement, evaluate, metrics, paired
from ..model.storage import read_model
from ..pillars import PILLARS
from .baselines import codebook_baselines, text_baselines
from .html_report import evaluation_page, worst_errors
from .robustness import stress as measure_stress
from .splits import learning_curve, split_kinds

__all__ = ["Assessment", "assess"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Assessment:
    """What was measured, as JSON takes it, and the page that shows it, where one was asked for."""

    measured: dict[str, Any]
    page: str


def assess(
    paths: Sequence[str | Path],
    model: str | Path | None = None,
    *,
    baselines: Sequence[str | Path] = (),
    splits: bool = False,
    stress: bool = False,
    text_column: str | None = None,
    page: bool = False,
    title: str = "evaluation",
    progress: Progress | None = None,
) -> Assessment:
    """Evaluate a model on labelled tables; without any, on the validation rows (for stress: own-heldout) of the shipped data.

    Parameters
    ----------
    baselines : sequence of path
        Labelled text to train the usual pipelines on, to be compared on the same rows.
    splits : bool
        Train on the shipped data again, by kinds of split.
    stress : bool
        Measure ways of writing the same text.
    text_column : str, optional
        The field with the text; see `cchc_ml.learning.corpus.read_corpus`.
    page : bool
        Lay out a page, with the learning curve on the shipped data.
    """
    corpus = read_corpus(*paths, text_column=text_column)
    if not paths:
        corpus = corpus.where("split", "own-heldout" if stress else "validation")
    classifier = PillarClassifier.from_model(read_model(model))
    if not paths and corpus.packed and fingerprint(classifier.model_.lexicon) != fingerprint(default_lexicon()):
        raise ValueError(
            "this model counts terms of its own, the shipped validation rows hold counts of others; give DATA as text"
        )
    if page:
        require_extra("matplotlib", "report", "a page with plots")
    counts = corpus.counts(classifier.model_.lexicon)
    tags = classifier.predict(counts)
    measured = evaluate(classifier, counts, corpus.y, corpus.documents)
    measured |= _compare(classifier, corpus, tags, baselines, progress)
    measured |= _objective(classifier, counts, corpus, tags, measured)
    # A list may be empty; an empty cell says that nobody labelled the row twice.
    twice = [i for i, row in enumerate(corpus.rows) if row.get("second_labels") not in (None, "")]
    if twice:
        # Where two annotators differed and were adjudicated, `first_labels` keeps what the first one said.
        adjudicated = [tuple(p for p, has in zip(PILLARS, corpus.y[i], strict=True) if has) for i in twice]
        first = [
            parse_labels(corpus.rows[i]["first_labels"]) if corpus.rows[i].get("first_labels") is not None else own
            for i, own in zip(twice, adjudicated, strict=True)
        ]
        measured["agreement"] = agreement(
            indicator(first), indicator([parse_labels(corpus.rows[i]["second_labels"]) for i in twice])
        )
    if stress:
        if corpus.packed:
            raise ValueError("spelling can only be changed in text; a row is packed")
        measured["stress"] = measure_stress(classifier, corpus.texts, corpus.y)
    if splits:
        measured["splits"] = split_kinds(classifier, read_corpus().training(), progress=progress)
    html = ""
    if page:
        measured["learning_curve"] = learning_curve(classifier, read_corpus().training(), corpus, progress=progress)
        probabilities = classifier.predict_proba(counts)
        errors = worst_errors(classifier.model_, corpus, probabilities, tags)
        html = evaluation_page(title, corpus.y, probabilities, measured, errors)
    return Assessment(measured, html)


def _compare(
    classifier: PillarClassifier, corpus: Corpus, tags: Any, baselines: Sequence[str | Path], progress: Progress | None
) -> dict[str, Any]:
    """Measure the baselines and compare the model with the best of them."""
    others = codebook_baselines(corpus, classifier.model_.lexicon)
    if baselines:
        train = read_corpus(*baselines).training()
        if train.packed or corpus.packed:
            raise ValueError("baselines read text; a row is packed (give the text of both DATA and --baselines)")
        others |= text_baselines(train, corpus, progress=progress)
    scores = {}
    for name, found in {"this model": tags, **others}.items():
        measured = metrics(corpus.y, found, found)
        scores[name] = (measured["macro"]["f1"], measured["micro"]["f1"])
    best = max(others, key=lambda name: scores[name][0])
    return {
        "baselines": scores,
        "comparison": {"baseline": best} | paired(corpus.y, tags, others[best], corpus.documents),
    }


def _objective(
    classifier: PillarClassifier, counts: Any, corpus: Corpus, tags: Any, measured: dict[str, Any]
) -> dict[str, Any]:
    """Say what an objective other than F1 costs: recall, and the paragraphs that F1's thresholds alone would tag."""
    header = classifier.model_.header
    if header.get("objective", "f1") == "f1":
        return {}
    usual = classifier.model_.scores(counts) > np.array(header["f1_thresholds"], np.float32)
    at_f1 = metrics(corpus.y, usual, usual)
    review = (usual & ~tags.astype(bool)).any(axis=1).sum()
    return {
        "objective": {
            "name": header["objective"],
            "recall": measured["macro"]["recall"],
            "recall_at_f1": at_f1["macro"]["recall"],
            "precision": measured["macro"]["precision"],
            "precision_at_f1": at_f1["macro"]["precision"],
            "for_review": int(review),
        }
    }
