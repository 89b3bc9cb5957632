"""Evaluate a model, as `cchc-ml evaluate` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..files import require_extra
from ..learning.classifier import PillarClassifier
from ..learning.corpus import Corpus, default_lexicon, fingerprint, indicator, only_paragraphs, read_corpus
from ..learning.fitting import Progress
from ..learning.labels import parse_labels
from ..learning.measuring import by_source, tag_both_ways
from ..learning.metric_types import IN_CONTEXT, Agreement, Comparison, Evaluation, ObjectiveCost
from ..learning.metrics import agreement, metrics, metrics_with_intervals, paired
from ..learning.stages import Stages
from ..learning.twins import leave_out_known, without_texts_of
from ..messages import LANGUAGES, message
from ..model.storage import read_model
from ..pillars import CCHC, Codebook
from ..reading.inputs import OnNote
from .baselines import codebook_baselines, text_baselines
from .html_report import evaluation_page, worst_errors
from .robustness import measure_robustness
from .splits import CURVE_PARAGRAPHS, curve_sizes, learning_curve, split_kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..model.counts import Counts
    from ..pillars import AnyPillar

# The splits of real text that the model did not learn from, in the data that ships with the package.
REAL_SPLITS = ("validation", "modern_validation")

# The shipped data is trained on again only if so many of its rows are not measured.
MIN_TRAINING_ROWS = CURVE_PARAGRAPHS[0]
# How often about all training rows are read: by the baselines, and by the models of the kinds of splits.
N_BASELINE_TRAININGS = 15
N_SPLIT_TRAININGS = 16


@dataclass(frozen=True)
class EvaluationResult:
    """What `evaluate` returns.

    Attributes
    ----------
    evaluation : Evaluation
        The numbers, as a dict that can be written as JSON.
    page : str
        The HTML report; an empty string if it was not requested.
    """

    evaluation: Evaluation
    page: str


def evaluate(
    paths: Sequence[str | Path],
    model: str | Path | None = None,
    *,
    baselines: Sequence[str | Path] = (),
    splits: bool = False,
    robustness: bool = False,
    text_column: str | None = None,
    page: bool = False,
    title: str = "evaluation",
    language: str = LANGUAGES[0],
    on_note: OnNote | None = None,
    progress: Progress | None = None,
) -> EvaluationResult:
    """Evaluate a model on labelled tables.

    Parameters
    ----------
    paths : sequence of path
        Labelled tables. If empty, the held-out rows of real text that ship with the package; for `robustness`, the
        held-out rows of its own articles.
    model : path, optional
        The model file. By default, the shipped model.
    baselines : sequence of path
        Labelled text on which common pipelines are trained, to compare them on the same rows.
    splits : bool
        Train on the shipped data again, under different splits.
    robustness : bool
        Measure spelling variants of the same text.
    text_column : str, optional
        The field with the text; see `cchc_ml.learning.corpus.read_corpus`.
    page : bool
        Make an HTML report too. It includes the learning curve on the shipped data.
    title : str
        The title of the report.
    language : str
        The language of the report: ``"en"`` or ``"vi"``.
    on_note : callable, optional
        Called with sentences about rows that are left out: those that the model was trained on, and those of
        `read_corpus`. Without it, a row without labels or text is an error.
    progress : callable, optional
        Called with how many rows are done, and how many there are; rows that are trained on count each time.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_corpus` and `cchc_ml.model.storage.read_model`; or the rows do not fit the model or the options.
    ImportError
        A report was requested, but matplotlib is not installed.
    """
    classifier = PillarClassifier.from_model(read_model(model))
    codebook = classifier.model_.codebook
    if not paths or splits:
        _check_shipped(codebook, with_splits=bool(paths))
    corpus = read_corpus(*paths, text_column=text_column, on_note=on_note, codebook=codebook)
    if not paths:
        corpus = corpus.where("split", *(("own-heldout",) if robustness else REAL_SPLITS))
    corpus = only_paragraphs(corpus, on_note)
    corpus = leave_out_known(corpus, classifier.model_.training_hashes, on_note)
    if on_note and not corpus.y.any():
        on_note(
            message(
                "none of the {n:,} rows has a {noun}: recall and F1 are not known", n=len(corpus), noun=codebook.noun
            )
        )
    _check_rows(corpus, classifier, shipped=not paths, robustness=robustness)
    if page:
        require_extra("matplotlib", "report", message("a page with plots"))
    compared = _baseline_rows(corpus, baselines) if baselines else None
    training = None
    if (splits or page) and _has_shipped(codebook):
        training = _shipped_training(corpus, on_note, splits=splits)
    stages = _stages(progress, corpus, compared, training, splits=splits, page=page)
    counts = corpus.counts(classifier.model_.lexicon)
    both = tag_both_ways(classifier, corpus)
    tags, probabilities = both[""]
    evaluation = cast(Evaluation, metrics_with_intervals(corpus.y, tags, probabilities, corpus.documents, codebook))
    stages.of("tag")(1, 2)
    tags_of = codebook_baselines(corpus, classifier.model_.lexicon)
    if compared is not None:
        tags_of |= text_baselines(compared, corpus, progress=stages.of("baselines"))
    evaluation["baselines"], evaluation["comparison"] = _compare(corpus, tags, tags_of)
    taggers = {"alone": tags}
    if IN_CONTEXT in both:
        taggers["in context"], in_context_probabilities = both[IN_CONTEXT]
        evaluation["in_context"] = metrics_with_intervals(
            corpus.y, taggers["in context"], in_context_probabilities, corpus.documents, codebook
        )
        scores, evaluation["comparison_in_context"] = _compare(corpus, taggers["in context"], tags_of)
        evaluation["baselines"] = {f"this model{IN_CONTEXT}": scores["this model"], **evaluation["baselines"]}
    best = evaluation["comparison"]["baseline"]
    evaluation["sources"] = by_source(corpus, taggers | {best: tags_of[best]})
    stages.of("tag")(1, 1)
    if classifier.model_.info.objective not in (None, "f1") and classifier.model_.info.f1_thresholds:
        evaluation["objective"] = _objective_cost(classifier, counts, corpus.y, tags)
    if labelled_twice := _agreement(corpus):
        evaluation["agreement"] = labelled_twice
    if robustness:
        evaluation["stress"] = measure_robustness(classifier.predict, corpus.texts, corpus.y, codebook)
    if splits and training is not None:
        evaluation["splits"] = split_kinds(classifier, training, progress=stages.of("splits"))
    html = ""
    if page:
        if training is not None:  # the shipped data has the categories of this model
            evaluation["learning_curve"] = learning_curve(classifier, training, corpus, progress=stages.of("curve"))
        errors = worst_errors(classifier.model_, corpus, probabilities, tags)
        html = evaluation_page(title, corpus.y, probabilities, evaluation, errors, codebook, language)
    return EvaluationResult(evaluation, html)


def _has_shipped(codebook: Codebook) -> bool:
    """Return whether the shipped data is labelled with these categories."""
    return sorted(codebook.slugs) == sorted(CCHC.slugs)


def _check_shipped(codebook: Codebook, *, with_splits: bool) -> None:
    """Raise if the shipped data, which is used for a reason, has other categories."""
    if _has_shipped(codebook):
        return
    categories = ", ".join(codebook)
    if with_splits:
        problem = message(
            "--splits trains on the shipped data, which has the six pillars, but this model has the categories "
            "{categories}; leave out --splits",
            categories=categories,
        )
    else:
        problem = message(
            "without DATA, the model is measured on the shipped data, which has the six pillars, but this model "
            "has the categories {categories}; give DATA of your own",
            categories=categories,
        )
    raise ValueError(problem)


def _shipped_training(corpus: Corpus, on_note: OnNote | None, *, splits: bool) -> Corpus | None:
    """Return the shipped training rows whose text is not in `corpus`; None if they are too few to train on."""
    training = without_texts_of(read_corpus(codebook=corpus.codebook).training(), corpus)
    if len(training) >= MIN_TRAINING_ROWS:
        return training
    found = message(
        "only {n:,} training rows of the shipped data are not in DATA, too few to train on", n=len(training)
    )
    if splits:
        raise ValueError(message("{found}; leave out --splits", found=found))
    if on_note:
        on_note(message("{found}: the page has no learning curve", found=found))
    return None


def _check_rows(corpus: Corpus, classifier: PillarClassifier, *, shipped: bool, robustness: bool) -> None:
    """Raise if packed rows cannot be used."""
    if not corpus.packed:
        return
    if robustness:
        raise ValueError(message("spelling can only be changed in text, but a row is packed; give the text"))
    if shipped and fingerprint(classifier.model_.lexicon) != fingerprint(default_lexicon()):
        raise ValueError(
            message(
                "this model has a lexicon of its own, but the shipped rows are counts of the shipped lexicon; "
                "give DATA as text"
            )
        )


def _baseline_rows(corpus: Corpus, paths: Sequence[str | Path]) -> Corpus:
    """Return the rows that baselines are trained on."""
    train = without_texts_of(read_corpus(*paths, codebook=corpus.codebook).training(), corpus)
    if train.packed or corpus.packed:
        raise ValueError(message("baselines read text, but a row is packed; give both DATA and --baselines as text"))
    return train


def _stages(
    progress: Progress | None,
    corpus: Corpus,
    compared: Corpus | None,
    training: Corpus | None,
    *,
    splits: bool,
    page: bool,
) -> Stages:
    """Return the pieces of work of an evaluation, with the rows that each of them reads or trains on."""
    rows = {"baselines": N_BASELINE_TRAININGS * len(compared) if compared else 0, "tag": len(corpus)}
    n = len(training) if training else 0
    rows["splits"] = N_SPLIT_TRAININGS * n if splits else 0
    rows["curve"] = sum(curve_sizes(n)) if page and n else 0
    return Stages(progress, rows)


def _compare(
    corpus: Corpus, tags: NDArray[Any], tags_of: Mapping[str, NDArray[Any]]
) -> tuple[dict[str, tuple[float, float]], Comparison]:
    """Return macro-F1 and micro-F1 of the model and the baselines, and the model compared with the best of them."""
    scores = {}
    for name, its_tags in {"this model": tags, **tags_of}.items():
        its_metrics = metrics(corpus.y, its_tags, its_tags, corpus.codebook)
        scores[name] = (its_metrics["macro"]["f1"], its_metrics["micro"]["f1"])
    best = max(tags_of, key=lambda name: scores[name][0])
    difference = paired(corpus.y, tags, tags_of[best], corpus.documents, corpus.codebook)
    return scores, {"baseline": best, **difference}


def _objective_cost(classifier: PillarClassifier, counts: Counts, y: NDArray[Any], tags: NDArray[Any]) -> ObjectiveCost:
    """Measure what another objective than F1 costs."""
    model = classifier.model_
    f1_tags = model.scores(counts) > np.array(model.info.f1_thresholds, np.float32)
    macro, f1_macro = (metrics(y, found, found, model.codebook)["macro"] for found in (tags, f1_tags))
    return {
        "name": str(model.info.objective),
        "recall": macro["recall"],
        "recall_at_f1": f1_macro["recall"],
        "precision": macro["precision"] if tags.any() else None,
        "precision_at_f1": f1_macro["precision"] if f1_tags.any() else None,
        "for_review": int((f1_tags & ~tags.astype(bool)).any(axis=1).sum()),
    }


def _agreement(corpus: Corpus) -> Agreement | None:
    """Return how well two annotators agree on the rows that both labelled; None if there are none.

    The second annotator's labels are in `second_labels`. The first one's are in `first_labels`, or in `labels` if the
    two were not adjudicated.
    """
    first: list[tuple[AnyPillar, ...]] = []
    second: list[tuple[AnyPillar, ...]] = []
    for row, y in zip(corpus.rows, corpus.y, strict=True):
        # An empty list says "no pillar". An empty cell says that nobody labelled the row twice.
        if row.get("second_labels") in (None, ""):
            continue
        own = tuple(pillar for pillar, has in zip(corpus.codebook, y, strict=True) if has)
        first.append(own if row.get("first_labels") is None else parse_labels(row["first_labels"], corpus.codebook))
        second.append(parse_labels(row["second_labels"], corpus.codebook))
    if not first:
        return None
    codebook = corpus.codebook
    return agreement(indicator(first, codebook), indicator(second, codebook), codebook)
