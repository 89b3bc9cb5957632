"""`cchc-ml train`: train a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..messages import message
from .common import (
    CodebookOption,
    ColumnOption,
    ForceOption,
    JobsOption,
    command,
    make_console,
    printed_notes,
    printed_warnings,
    progress_bar,
    tell,
)


@command
def train(
    data: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DATA", help="Table with text and labels, or packed. Default: the data that ships with the package."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Model file (.npz). metrics.json and README.md are written beside it."),
    ] = None,
    with_default_data: Annotated[
        bool, typer.Option("--with-default-data", help="Train on DATA and the shipped data together.")
    ] = False,
    own_weight: Annotated[
        float | None,
        typer.Option(
            "--own-weight",
            help="With --with-default-data: how much a row of DATA counts beside a shipped one. Default: chosen by "
            "cross-validation on DATA.",
        ),
    ] = None,
    objective: Annotated[
        str,
        typer.Option(
            "--objective",
            help="Choose the thresholds for this: f1, precision=0.8 or recall=0.9. The last two hold at 95 % "
            "confidence, for texts like the training texts. Precision also holds for rows whose `sampling` is random.",
        ),
    ] = "f1",
    lexicon_file: Annotated[
        Path | None, typer.Option("--lexicon", help="Terms to count, one per line, as `cchc-ml lexicon` writes them.")
    ] = None,
    codebook: CodebookOption = None,
    text_column: ColumnOption = None,
    jobs: JobsOption = -1,
    force: ForceOption = False,
) -> None:
    """Train a model. Rows whose `split` is not train are not trained on: each such split is measured instead."""
    from ..learning.metric_tables import scores_table
    from ..learning.own_data import OWN_ROWS
    from ..learning.train import check_output, default_output, train_model
    from ..model.storage import codebook_of
    from .console import rich_table

    if with_default_data and not data:
        raise ValueError(
            message("--with-default-data needs DATA to add; without DATA, the default data is used anyway")
        )
    if own_weight is not None and not with_default_data:
        raise ValueError(
            message("--own-weight says how DATA weighs beside the shipped data; give --with-default-data too")
        )
    known = codebook_of(codebook)
    given = out or data or lexicon_file or codebook or objective != "f1"
    rebuilt = None if given else default_output()
    target = out or rebuilt
    if target is None:
        raise ValueError(
            message(
                "the model needs a file: give -o FOLDER/MODEL.npz "
                "(only the default data and objective, in a checkout, have a default)"
            )
        )
    check_output(target, overwrite=force or rebuilt is not None)
    with printed_notes() as on_note, progress_bar(message("training"), message("rows")) as show, printed_warnings():
        metrics_by_title = train_model(
            data or [],
            target,
            with_default_data=with_default_data,
            own_weight=own_weight,
            objective=objective,
            lexicon_file=lexicon_file,
            text_column=text_column,
            codebook=known,
            n_jobs=jobs,
            on_note=on_note,
            progress=show,
        )
    console = make_console()
    for title, metrics in metrics_by_title.items():
        console.print(rich_table(scores_table(metrics, title)))
    tell(message("wrote {out}", out=target))
    if own := metrics_by_title.get(OWN_ROWS):
        tell(
            message(
                "{rows}: macro-F1 {f1:.3f}; how they were weighed is in {card}",
                rows=OWN_ROWS,
                f1=own["macro"]["f1"],
                card=target.with_name("README.md"),
            )
        )
