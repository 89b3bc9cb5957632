"""`cchc-ml predict`: tag paragraphs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from .common import (
    ColumnOption,
    ForceOption,
    KeepBoilerplateOption,
    KeepFurnitureOption,
    ModelOption,
    check_jobs,
    check_writable,
    command,
    make_console,
    print_error,
    progress_bar,
    report_failures,
)


class Format(StrEnum):
    """How tagged paragraphs are printed."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


@command
def predict(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Articles (.txt .html .docx .pdf), tables (.jsonl .csv .tsv .xlsx .xls .ods .parquet, also .gz), "
            "folders, patterns ('*.html'), or - for standard input.",
        ),
    ],
    model: ModelOption = None,
    format: Annotated[
        Format | None,
        typer.Option(
            "--format", "-f", help="Default: by the name of -o. Without -o: table on a terminal, jsonl in a pipe."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Write to this file (.jsonl .csv .tsv .xlsx .parquet, also .gz), or .parquet files to this folder.",
        ),
    ] = None,
    text_column: ColumnOption = None,
    keep_boilerplate: KeepBoilerplateOption = False,
    keep_furniture: KeepFurnitureOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first file that cannot be read or row without text.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            callback=check_jobs,
            help="Number of processes; -1 is one per core. Useful from 10,000 paragraphs.",
        ),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option("--dask", help="Tag .parquet files on this Dask cluster (tcp://HOST:8786), or local."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Continue an interrupted run with --resume (-o FILE.jsonl or -o FOLDER)."),
    ] = False,
    review: Annotated[
        bool,
        typer.Option(
            "--review", help="Write a sheet to correct (-o FILE.xlsx or FILE.csv): suggestions, drop-downs, codebook."
        ),
    ] = False,
    force: ForceOption = False,
) -> None:
    """Tag paragraphs: for which pillars each one is evidence, how probable that is, and which sentence carries it."""
    if review:
        other = {"--format": format, "--jobs": jobs, "--dask": dask, "--resume": resume or None}
        if given := [name for name, value in other.items() if value is not None]:
            raise ValueError(f"--review does not go with {given[0]}; leave one of them out")
        _write_sheet(inputs, model, out, text_column, keep_boilerplate or keep_furniture, strict, force)
        return

    from ..model.storage import read_model
    from ..tagging.run import TagOptions, tag_inputs

    def print_table(rows: Iterable[Any], file: TextIO) -> None:
        from .console import print_tagged

        print_tagged(rows, make_console(file), text_column)

    to_stdout = out is None or str(out) == "-"
    target = sys.stdout if out is None or to_stdout else out
    if format is None and to_stdout and sys.stdout.isatty():
        format = Format.table
    options = TagOptions(
        format=format and str(format),
        text_column=text_column,
        keep_boilerplate=keep_boilerplate or keep_furniture,
        n_jobs=jobs,
        dask=dask,
        resume=resume,
        overwrite=force,
    )
    notes: list[str] = []
    with nullcontext() if to_stdout else progress_bar("tagging") as show:
        summary = tag_inputs(
            read_model(model),
            inputs,
            target,
            options,
            write=print_table if format is Format.table else None,
            on_error=None if strict else lambda file, reason: None,  # printed below, in the order of the files
            on_note=None if strict else notes.append,
            on_file=show,
            on_rows=show and (lambda done: show(done, None)),
        )
    for note in notes:
        print_error(note)
    if summary.folder:
        print(f"wrote {summary.rows} rows in {summary.written} files to {out}", file=sys.stderr)
    report_failures(summary.failures.values(), len(summary.files))


def _write_sheet(
    inputs: list[str],
    model: Path | None,
    out: Path | None,
    text_column: str | None,
    keep_boilerplate: bool,
    strict: bool,
    force: bool,
) -> None:
    """Write what the model suggests as a sheet to correct."""
    from ..model.storage import read_model
    from ..reading.inputs import expand
    from ..review.categories import categories
    from ..review.suggested import check_sheet, write_suggestions

    sheet = check_sheet(out)
    check_writable(sheet, force)
    files = [file for file in expand(inputs) if Path(file) != sheet]
    failures: dict[str, str] = {}
    notes: list[str] = []
    with progress_bar("tagging") as show:
        count = write_suggestions(
            read_model(model),
            files,
            sheet,
            categories(),
            text_column=text_column,
            keep_boilerplate=keep_boilerplate,
            on_error=failures.__setitem__ if len(files) > 1 and not strict else None,
            on_note=None if strict else notes.append,
            on_rows=lambda done: show(done, None),
        )
    for note in notes:
        print_error(note)
    repeated = f"; {count.repeated} that are there already were passed over" if count.repeated else ""
    print(
        f"wrote {count.written} paragraphs to {sheet}: suggestions, not labels{repeated}; "
        f"correct them there, then: cchc-ml review merge {sheet} -o labelled.jsonl",
        file=sys.stderr,
    )
    report_failures([failures[file] for file in files if file in failures], len(files))
