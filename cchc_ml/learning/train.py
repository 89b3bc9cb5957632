"""Train a model from files, as `cchc-ml train` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..files import check_writable, data_path
from ..messages import message
from ..model.lexicon import Lexicon, with_codebook
from ..model.operating_points import parse_objective
from ..model.storage import write_model
from ..model.thresholds import precision_remarks
from ..pillars import CCHC, Codebook
from ..reading.dates import year_of
from ..reading.decode import read_text
from ..reading.inputs import OnNote
from ..version import __version__
from .classifier import PillarClassifier
from .corpus import Corpus, default_lexicon, hash_numbers, read_corpus
from .fitting import Progress
from .measuring import measure, measure_natural_mix, measure_real_text
from .metric_types import Metrics
from .model_card import ModelFacts, check_card, write_card
from .own_data import (
    OWN_ROWS,
    check_categories,
    check_own,
    describe_own,
    join_default,
    measure_own,
    weigh_own,
    with_own_thresholds,
)
from .stages import Stages
from .twins import separate_twins
from .validation import few_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Real text from this year on counts more in training, because there is less of it.
MODERN_YEAR = 2017
MODERN_WEIGHT = 2.0
# A row that its annotator was not sure of counts less.
UNSURE_WEIGHT = 0.5
# How often about all training rows are read by the models of the folds and the final one.
N_TRAININGS = 11


def train_model(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    with_default_data: bool = False,
    own_weight: float | None = None,
    objective: str = "f1",
    lexicon_file: str | Path | None = None,
    text_column: str | None = None,
    codebook: Codebook = CCHC,
    n_jobs: int | None = None,
    on_note: OnNote | None = None,
    progress: Progress | None = None,
) -> dict[str, Metrics]:
    """Train on labelled files. Write the model, its card and its metrics.

    Parameters
    ----------
    paths : sequence of path
        Labelled tables. If empty, the data that ships with the package.
    out : path
        The model file. ``README.md`` and ``metrics.json`` are written beside it.
    with_default_data : bool
        Train on the shipped data too. The lexicon is then the shipped one. Thresholds are chosen on own rows where
        there are enough; see `cchc_ml.learning.own_data`.
    own_weight : float, optional
        How much an own row counts beside a shipped one. By default, it is chosen by cross-validation on own rows.
    objective : str
        See `PillarClassifier`.
    lexicon_file : path, optional
        The terms to count, one per line, as `cchc_ml.learning.learn_lexicon.write_lexicon` writes them. Default: the
        shipped ones where a row is packed, otherwise they are learned; see `PillarClassifier`.
    text_column : str, optional
        The field with the text; see `cchc_ml.learning.corpus.read_corpus`.
    codebook : Codebook
        The categories that the labels name, which the model will tag. The shipped data has the six pillars only.
    n_jobs : int, optional
        Processes. The written bytes do not depend on it.
    on_note : callable, optional
        Called with sentences about rows that are left out: without labels or text, in the default data already, or with
        a text that is held out too; and about texts with contradicting labels. Without it, a row without labels or text
        is an error.
    progress : callable, optional
        Called with how many rows are done, and how many there are; rows that are trained on count each time.

    Returns
    -------
    dict of str to Metrics
        The scores by title: ``own rows, cross-validated`` (only with the shipped data), ``cross-validated``, then each
        split that was not trained on.

    Raises
    ------
    ValueError
        No row is in the split "train"; or as `read_corpus` and `PillarClassifier.fit`.
    """
    if not paths or with_default_data:
        check_categories(codebook)
    corpus = read_corpus(*paths, text_column=text_column, on_note=on_note, codebook=codebook)
    is_own: NDArray[np.bool_] | None = None
    if paths and with_default_data:
        check_own(corpus, own_weight)
        corpus, is_own = join_default(corpus, on_note)
    corpus, kept = separate_twins(corpus, on_note)
    if is_own is not None:
        is_own = is_own[kept][corpus.is_training()]
    training = corpus.training()
    if not len(training):
        raise ValueError(
            message(
                "no row to train on: every row has a `split` other than train; leave `split` empty in "
                "the rows to train on"
            )
        )
    lexicon = _lexicon(corpus, lexicon_file) or (None if is_own is None else default_lexicon())
    held_out = len(corpus) - len(training)
    stages = Stages(progress, {"train": N_TRAININGS * len(training), "measure": len(training) + held_out})
    weights, notes = row_weights(training), ""
    if is_own is not None and lexicon is not None:
        own = weigh_own(training, is_own, lexicon, weights, own_weight, n_jobs)
        weights, notes = np.where(is_own, own.value * weights, weights), describe_own(training, is_own, own)
    classifier = _fit(training, lexicon, weights, objective, n_jobs, stages.of("train"))
    metrics_by_title = {}
    if is_own is not None:
        classifier.model_ = with_own_thresholds(classifier, training, is_own)
        metrics_by_title[OWN_ROWS] = measure_own(classifier, training, is_own)
    metrics_by_title |= measure(classifier, corpus, training)
    facts: ModelFacts = {
        "name": Path(out).name,
        "version": __version__,
        "n": len(training),
        "documents": len(set(training.documents)),
        "data": training.sha256(),
        "terms": len(classifier.model_.lexicon),
    }
    macro_f1 = {title: round(table["macro"]["f1"], 4) for title, table in metrics_by_title.items()}
    info = replace(classifier.model_.info, data=facts["data"], macro_f1=macro_f1)
    write_model(replace(classifier.model_, info=info, training_hashes=training_hashes(training)), out)
    intro = ""
    if not paths:
        # How to read the scores, the limits and the experiments are those of the shipped model only.
        intro, _, notes = read_text(data_path("data/experiments.md")).partition("\n\n## ")
        notes = f"## {notes}"
    sources, mix = measure_real_text(classifier, corpus), measure_natural_mix(classifier, corpus, training)
    remarks = _remarks(classifier, training)
    write_card(Path(out).parent, facts, metrics_by_title, sources, mix, notes, intro, remarks, codebook)
    stages.of("measure")(1, 1)
    return metrics_by_title


def default_output() -> Path | None:
    """Return the path of the shipped model if the current folder is a checkout of this package, otherwise None."""
    model = Path("models/pillars.npz")
    return model if model.resolve() == data_path("models/pillars.npz").resolve() else None


def check_output(out: Path, *, overwrite: bool = False) -> None:
    """Raise if `train_model` cannot write the model file, or a file beside it. Training takes long: check before it.

    Raises
    ------
    ValueError, FileNotFoundError, FileExistsError
        `out` is not an ``.npz`` file, its folder does not exist or has a README.md that is not a model card, or one of
        the files exists and is not to be overwritten.
    """
    if out.suffix != ".npz":
        raise ValueError(message("a model is an .npz file; found {out}", out=out))
    for path in (out, out.parent / "README.md", out.parent / "metrics.json"):
        check_writable(path, overwrite)
    check_card(out.parent)


def _lexicon(corpus: Corpus, file: str | Path | None) -> Lexicon | None:
    """Return the terms to count; None if they are to be learned."""
    if file is None:
        # Packed rows hold counts of the shipped lexicon's terms only.
        return default_lexicon() if corpus.packed else None
    if corpus.packed:
        raise ValueError(
            message(
                "packed rows are counts of the shipped lexicon, not of {file}; give text, or leave out --lexicon",
                file=file,
            )
        )
    terms = [term for line in read_text(Path(file)).splitlines() if (term := line.strip())]
    try:
        return with_codebook(Lexicon(terms), corpus.codebook)
    except ValueError as error:
        raise ValueError(
            message("{file} is not a lexicon: {error}; write one with: cchc-ml lexicon", file=file, error=error)
        ) from None


def _fit(
    training: Corpus,
    lexicon: Lexicon | None,
    weights: NDArray[np.float64],
    objective: str,
    n_jobs: int | None,
    progress: Progress,
) -> PillarClassifier:
    classifier = PillarClassifier(
        lexicon=lexicon.terms if lexicon else None,
        objective=objective,
        n_jobs=n_jobs,
        codebook=None if training.codebook.is_default else training.codebook,
    )
    others = training.others(lexicon) if lexicon else None
    return classifier.fit(
        training.counts(lexicon) if lexicon else training.texts,
        training.y,
        groups=training.documents,
        progress=progress,
        sample_weight=weights,
        unlabeled=others.counts if others else None,
        unlabeled_groups=others.documents if others else None,
        drawn=training.drawn(),
    )


def row_weights(corpus: Corpus) -> NDArray[np.float64]:
    """Return how much each row counts in training.

    A row that its annotator was not sure of (``sure`` is false) counts half. A row of real text of this decade (it has
    a ``corpus``, and a ``year`` from `MODERN_YEAR` on) counts double: there is less of it than of older news.
    """
    weights = np.ones(len(corpus))
    for i, row in enumerate(corpus.rows):
        year = year_of(str(row.get("year") or ""))
        if row.get("corpus") and year and int(year) >= MODERN_YEAR:
            weights[i] *= MODERN_WEIGHT
        if row.get("sure") is False:
            weights[i] *= UNSURE_WEIGHT
    return weights


def _remarks(classifier: PillarClassifier, training: Corpus) -> list[str]:
    """Return what the card warns of: as the warnings of `PillarClassifier.fit`."""
    measure, value = parse_objective(classifier.objective)
    precise = precision_remarks(classifier.model_, value) if measure == "precision" and value else []
    return [*few_labels(training.y, classifier.documents_, training.codebook), *precise]


def training_hashes(corpus: Corpus) -> NDArray[np.uint64]:
    """Return the first 8 bytes of the SHA-256 of each text, as sorted numbers without repetition."""
    return hash_numbers(corpus.text_hashes())
