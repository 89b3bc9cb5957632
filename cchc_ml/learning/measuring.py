"""Measure a trained classifier: cross-validated, on held-out rows, by source, and on the natural mix of paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..messages import joined, message
from ..model.model import sigmoid
from .classifier import PillarClassifier
from .corpus import DRAWN, Corpus
from .documents import place_of
from .labels import TRAIN, split_of
from .metric_types import IN_CONTEXT, Metrics, NaturalMix, SourceScores, TaggerScore
from .metrics import average_precision, intervals, metrics, metrics_with_intervals, micro_intervals
from .thresholds import tag_out_of_fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..reading.tables import Row

# A source with fewer labels is counted among the others.
LEAST_LABELS = 20


def measure(classifier: PillarClassifier, corpus: Corpus, training: Corpus) -> dict[str, Metrics]:
    """Measure by cross-validation, and on each split that was not trained on; alone, and in context where there is one.

    Returns
    -------
    dict of str to Metrics
        The scores by title: ``cross-validated``, ``cross-validated, in context``, then each split likewise.
    """
    measured = {}
    kinds = [("", classifier.oof_scores_)]
    if classifier.model_.context is not None:
        kinds.append((IN_CONTEXT, classifier.oof_context_scores_))
    for kind, scores in kinds:
        found = tag_out_of_fold(
            training.y, scores, classifier.oof_folds_, classifier.objective, classifier.documents_, training.drawn()
        )
        measured[f"cross-validated{kind}"] = metrics(training.y, found, scores, training.codebook)
    for split in sorted({split_of(row) for row in corpus.rows} - {"", TRAIN}):
        held_out = corpus.where("split", split)
        for kind, (tags, probabilities) in tag_both_ways(classifier, held_out).items():
            measured[split + kind] = metrics_with_intervals(
                held_out.y, tags, probabilities, held_out.documents, corpus.codebook
            )
    return measured


def tag_both_ways(
    classifier: PillarClassifier, corpus: Corpus
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Return tags and probabilities of rows read alone (key ``""``) and in their articles (key `IN_CONTEXT`).

    The second is left out if no row has another paragraph beside it, or if the model reads every paragraph alone.
    """
    counts, documents = corpus.in_articles(classifier.model_.lexicon)
    own = counts[: len(corpus)]
    both = {"": (classifier.predict(own), classifier.predict_proba(own))}
    if classifier.model_.context is not None and len(set(documents)) < len(documents):
        names = documents.tolist()
        tags, probabilities = classifier.predict(counts, names), classifier.predict_proba(counts, names)
        both[IN_CONTEXT] = tags[: len(corpus)], probabilities[: len(corpus)]
    return both


def by_source(corpus: Corpus, tags_of: dict[str, NDArray[Any]]) -> list[SourceScores]:
    """Measure taggers on all rows of each split, and on its rows of each kind of source and each year.

    Parameters
    ----------
    corpus : Corpus
    tags_of : dict of str to array of shape (n, 6)
        The 0/1 tags of each tagger.

    Returns
    -------
    list of SourceScores
        A split without the fields `kind` and `year` has one entry.
    """
    scores = []
    for split in sorted({split_of(row) for row in corpus.rows}):
        of_split = np.array([split_of(row) == split for row in corpus.rows])
        name = split or message("all rows")
        groups = [(name, "macro", np.flatnonzero(of_split))]
        for name_of in (_kind, _year):
            groups += [
                (joined(", ", [name, group]), "micro", rows) for group, rows in _groups(corpus, of_split, name_of)
            ]
        for title, average, rows in groups:
            tags_of_rows = {tagger: tags[rows] for tagger, tags in tags_of.items()}
            scores.append(_source_scores(title, average, corpus.take(rows), tags_of_rows))
    return scores


def _kind(row: Row) -> str:
    return str(row.get("kind") or row.get("medium") or "")


def _year(row: Row) -> str:
    return str(row.get("year") or "")


def _groups(
    corpus: Corpus, inside: NDArray[np.bool_], name_of: Callable[[Row], str]
) -> list[tuple[str, NDArray[np.intp]]]:
    """Return the rows of each name, the most labels first, and of all names with few labels together."""
    names = np.array([name_of(row) for row in corpus.rows])
    if len(set(names[inside])) < 2:
        return []
    labels: Counter[str] = Counter()
    for name, n in zip(names[inside].tolist(), corpus.y[inside].sum(axis=1).tolist(), strict=True):
        labels[name] += n
    large = [name for name, n in labels.most_common() if n >= LEAST_LABELS and name]
    groups = [(name, np.flatnonzero(inside & (names == name))) for name in large]
    rest = np.flatnonzero(inside & ~np.isin(names, large))
    return [*groups, *([(message("other"), rest)] if corpus.y[rest].sum() >= LEAST_LABELS else [])]


def _source_scores(name: str, average: str, corpus: Corpus, tags_of: dict[str, NDArray[Any]]) -> SourceScores:
    taggers: dict[str, TaggerScore] = {}
    for tagger, tags in tags_of.items():
        measured = metrics(corpus.y, tags, tags, corpus.codebook)
        if average == "macro":
            f1, bounds = (
                measured["macro"]["f1"],
                intervals(corpus.y, tags, corpus.documents, corpus.codebook).get("macro"),
            )
        else:
            f1, bounds = measured["micro"]["f1"], micro_intervals(corpus.y, tags, corpus.documents).get("f1")
        low, high = bounds or (None, None)
        taggers[tagger] = {"f1": f1, "low": low, "high": high}
    return {
        "name": name,
        "average": average,
        "n": len(corpus),
        "documents": len(set(corpus.documents)),
        "positive": int(corpus.y.sum()),
        "taggers": taggers,
    }


def measure_real_text(classifier: PillarClassifier, corpus: Corpus) -> list[SourceScores]:
    """Measure the held-out rows of real text by source, alone and in their articles; empty if there are none."""
    real = corpus.held_out()
    real = real.take(np.flatnonzero([place_of(row) is not None for row in real.rows]))
    if not len(real):
        return []
    both = tag_both_ways(classifier, real)
    names = {"": "alone", IN_CONTEXT: "in context"}
    return by_source(real, {names[kind]: tags for kind, (tags, _) in both.items()})


def measure_natural_mix(classifier: PillarClassifier, corpus: Corpus, training: Corpus) -> dict[str, NaturalMix]:
    """Measure the rows that were drawn at random, ``alone`` and ``in context``; empty if there are none.

    Training rows are scored out of fold, held-out rows by the model.
    """
    drawn = np.flatnonzero(training.drawn())
    if not len(drawn):
        return {}
    held_out = corpus.held_out().where("sampling", DRAWN)
    rows = Corpus.from_rows([*training.take(drawn).rows, *held_out.rows])
    both = tag_both_ways(classifier, held_out) if len(held_out) else {}
    ways = {"alone": both.get("")}
    if classifier.model_.context is not None:
        ways["in context"] = both.get(IN_CONTEXT, both.get(""))
    mixes = {}
    for way, of_held_out in ways.items():
        tags, probabilities = out_of_fold(classifier, in_context=way == "in context")
        parts = [(tags[drawn], probabilities[drawn]), *([of_held_out] if of_held_out else [])]
        mixes[way] = natural_mix(rows, *(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
    return mixes


def out_of_fold(classifier: PillarClassifier, *, in_context: bool) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return the tags and probabilities of the training rows, from out-of-fold scores and the model's thresholds."""
    model = classifier.model_
    if not in_context or model.context is None:
        return classifier.oof_scores_ > model.thresholds, model.probabilities(classifier.oof_scores_)
    scores, inside = classifier.oof_context_scores_, classifier.oof_others_[:, None] > 0
    tags = scores > np.where(inside, model.context.thresholds, model.thresholds)
    return tags, np.where(inside, sigmoid(model.context.calibration, scores), model.probabilities(scores))


def natural_mix(corpus: Corpus, tags: NDArray[Any], probabilities: NDArray[np.float64]) -> NaturalMix:
    """Measure rows that were drawn at random. In them most paragraphs have no pillar, as in all that is published."""
    hits, n_tags, n_labels = int((tags * corpus.y).sum()), int(tags.sum()), int(corpus.y.sum())
    bounds = micro_intervals(corpus.y, tags, corpus.documents)
    return {
        "n": len(corpus),
        "positive": n_labels,
        "tags": n_tags,
        "precision": hits / n_tags if n_tags else None,
        "precision_interval": bounds.get("precision"),
        "recall": hits / n_labels if n_labels else None,
        "recall_interval": bounds.get("recall"),
        "average_precision": average_precision(corpus.y.ravel(), probabilities.ravel()),
        "mean_probability": float(probabilities.mean()),
        "rate": float(corpus.y.mean()),
    }
