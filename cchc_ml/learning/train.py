"""Training a model from files: what `cchc-ml train` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..files import data_path
from ..model.storage import write_model
from ..reading.decode import read_text
from ..version import __version__
from .classifier import PillarClassifier
from .corpus import Corpus, default_lexicon, read_corpus
from .metrics import cross_validated, evaluate
from .model_card import write_card
from .thresholds import choose_thresholds

__all__ = ["train_model"]


def train_model(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    with_default_data: bool = False,
    objective: str = "f1",
    text_column: str | None = None,
    n_jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Train on labelled files and write the model, its card and its metrics.

    Parameters
    ----------
    paths : sequence of path
        Labelled tables; none for the data that ships with the package.
    out : path
        The model file; ``README.md`` and ``metrics.json`` are written beside it.
    with_default_data : bool
        Train on the shipped data too. Its lexicon is then the shipped one.
    objective : str
        See `PillarClassifier`.
    text_column : str, optional
        The field with the text; see `cchc_ml.learning.corpus.read_corpus`.
    n_jobs : int, optional
        Processes; the bytes written do not depend on it.
    progress : callable, optional
        See `PillarClassifier.fit`.

    Returns
    -------
    dict
        What `cchc_ml.learning.metrics.metrics` returns, by title: cross-validated, and each split that was left out.
    """
    corpus = read_corpus(*paths, text_column=text_column)
    if paths and with_default_data:
        corpus = Corpus.from_rows([*read_corpus().rows, *corpus.rows])
    training = corpus.training()
    if not len(training):
        raise ValueError("every row has a `split` other than train; nothing to train on")
    # Packed rows hold counts of the shipped lexicon's terms and of no others.
    lexicon = default_lexicon() if corpus.packed else None
    classifier = PillarClassifier(lexicon=lexicon.terms if lexicon else None, objective=objective, n_jobs=n_jobs)
    X = training.counts(lexicon) if lexicon else training.texts
    classifier.fit(X, training.y, groups=training.documents, progress=progress)

    measured = {"cross-validated": cross_validated(classifier, training.y)}
    for split in sorted({str(row["split"]) for row in corpus.rows if row.get("split")} - {"train"}):
        held_out = corpus.where("split", split)
        measured[split] = evaluate(
            classifier, held_out.counts(classifier.model_.lexicon), held_out.y, held_out.documents
        )
    f1_thresholds = choose_thresholds(training.y, classifier.oof_scores_, "f1", classifier.documents_)
    facts = {
        "name": Path(out).name,
        "version": __version__,
        "n": len(training),
        "documents": len(set(training.documents)),
        "data": training.sha256(),
        "terms": len(classifier.model_.lexicon),
    }
    header = {
        "version": __version__,
        "data": facts["data"],
        "objective": objective,
        "parameters": {
            name: value for name, value in classifier.get_params().items() if name not in ("lexicon", "n_jobs")
        },
        "f1_thresholds": f1_thresholds.round(4).tolist(),
        "prevalence": training.y.mean(axis=0).round(4).tolist(),
        "macro_f1": {title: round(table["macro"]["f1"], 4) for title, table in measured.items()},
    }
    write_model(replace(classifier.model_, header=header), out)
    # What was tried and what it cannot do is told of the shipped model alone.
    notes = "" if paths else read_text(data_path("data/experiments.md"))
    write_card(Path(out).parent, facts, measured, notes)
    return measured
