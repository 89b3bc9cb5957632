"""`cchc-ml evaluate`: measure a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..messages import message
from .common import (
    ColumnOption,
    ForceOption,
    ModelOption,
    check_writable,
    command,
    make_console,
    open_output,
    printed_notes,
    printed_warnings,
    progress_bar,
)
from .settings import settings


@command
def evaluate(
    data: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DATA", help="Labelled tables. Default: the held-out real rows that ship with the package."
        ),
    ] = None,
    model: ModelOption = None,
    text_column: ColumnOption = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the numbers to this file (.json).")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Also write a page with tables, plots and the worst errors (.html).")
    ] = None,
    baselines: Annotated[
        list[Path] | None,
        typer.Option(
            "--baselines",
            help="Compare with usual pipelines that are trained on this labelled text. DATA must be text too.",
        ),
    ] = None,
    splits: Annotated[
        bool, typer.Option("--splits", help="Also train on the shipped data under different splits (takes minutes).")
    ] = False,
    stress: Annotated[
        bool,
        typer.Option(
            "--stress", help="Also measure other spellings and encodings of the same text. Default DATA: own-heldout."
        ),
    ] = False,
    force: ForceOption = False,
) -> None:
    """Measure a model on labelled paragraphs, with 95 % intervals, and compare it with baselines."""
    import json

    from ..evaluation.evaluate import evaluate as evaluate_model
    from ..learning.metric_tables import metric_tables
    from ..reading.names import short_names
    from .console import rich_table

    inputs = [*(data or []), *(baselines or []), *([model] if model else [])]
    for path in (json_file, report):
        if path is not None:
            check_writable(path, force, inputs)
    if json_file and report and json_file.resolve() == report.resolve():
        raise ValueError(message("{path} is given for --json and for --report; give two names", path=report))
    shipped = "own-heldout" if stress else "validation, modern_validation"
    title = ", ".join(short_names(data, data).values()) if data else shipped
    with (
        printed_notes() as on_note,
        progress_bar(message("measuring"), message("rows")) as progress,
        printed_warnings(),
    ):
        result = evaluate_model(
            data or [],
            model,
            baselines=baselines or [],
            splits=splits,
            robustness=stress,
            text_column=text_column,
            page=report is not None,
            title=title,
            language=settings.language,
            on_note=on_note,
            progress=progress,
        )
    for path, text in ((json_file, json.dumps(result.evaluation, indent=1) + "\n"), (report, result.page)):
        if path is not None:
            with open_output(path) as file:
                file.write(text)
    for table in metric_tables(result.evaluation, title):
        make_console().print(rich_table(table))
