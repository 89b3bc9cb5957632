"""`cchc-ml train`: train a model."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .common import (
    ColumnOption,
    ForceOption,
    JobsOption,
    check_writable,
    command,
    make_console,
    progress_bar,
)


@command
def train(
    data: Annotated[
        list[Path] | None,
        typer.Argument(
            help="CSV or JSONL of text and labels, or packed; default: the data that ships with the package."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Model file; metrics.json and README.md are written beside it."),
    ] = None,
    with_default_data: Annotated[
        bool, typer.Option("--with-default-data", help="Train on DATA and the shipped data together.")
    ] = False,
    objective: Annotated[
        str, typer.Option("--objective", help="What thresholds are chosen for: f1, or precision=0.9.")
    ] = "f1",
    text_column: ColumnOption = None,
    jobs: JobsOption = -1,
    force: ForceOption = False,
) -> None:
    """Train a model. Rows whose `split` is another than train are left out, and each such split is measured."""
    from ..files import data_path
    from ..learning.metric_tables import scores_table
    from ..learning.model_card import check_card
    from ..learning.train import train_model
    from .console import rich_table

    rebuilt = (
        out is None
        and not data
        and objective == "f1"
        and Path("models/pillars.npz").resolve() == data_path("models/pillars.npz").resolve()
    )
    if rebuilt:
        out = Path("models/pillars.npz")  # the build product of a checkout
    if out is None:
        raise ValueError(
            "with data or an objective of your own, or outside a checkout, say where the model goes: -o FOLDER/MODEL.npz"
        )
    if with_default_data and not data:
        raise ValueError(
            "--with-default-data goes with data of your own; without any, the default data is what is trained on"
        )
    if out.suffix != ".npz":
        raise ValueError(f"a model is an .npz file; found {out}")
    for path in (out, out.parent / "README.md", out.parent / "metrics.json"):
        check_writable(path, force or rebuilt)
    check_card(out.parent)
    with progress_bar("training") as progress:
        metrics_by_title = train_model(
            data or [],
            out,
            with_default_data=with_default_data,
            objective=objective,
            text_column=text_column,
            n_jobs=jobs,
            progress=progress,
        )
    for title, metrics in metrics_by_title.items():
        make_console().print(rich_table(scores_table(metrics, title)))
    print(f"wrote {out}", file=sys.stderr)
