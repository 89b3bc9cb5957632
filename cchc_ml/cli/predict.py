"""`cchc-ml predict`: tag paragraphs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from ..files import is_same_file
from ..messages import Message, joined, message, plural
from .common import (
    ColumnOption,
    ContextOption,
    ForceOption,
    KeepBoilerplateOption,
    KeepFurnitureOption,
    ModelOption,
    check_jobs,
    check_writable,
    command,
    describe_passed_over,
    make_console,
    print_if_nothing_is_written,
    print_warning,
    printed_notes,
    progress_bar,
    report_failures,
    tell,
)

if TYPE_CHECKING:
    from ..model.model import Model
    from ..tagging.run import Summary


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
            metavar="INPUT",
            help="Articles (.txt .html .mhtml .eml .docx .odt .rtf .pdf), "
            "tables (.jsonl .csv .tsv .xlsx .xls .ods .parquet, also .gz), "
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
    context: ContextOption = None,
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
        typer.Option(
            "--resume",
            help="If a run with --resume is interrupted, the same command goes on with it "
            "(-o FILE.jsonl or -o FOLDER).",
        ),
    ] = False,
    review: Annotated[
        bool,
        typer.Option(
            "--review", help="Write a sheet to correct (-o FILE.xlsx or FILE.csv): suggestions, drop-downs, codebook."
        ),
    ] = False,
    threshold: Annotated[
        str | None,
        typer.Option(
            "--threshold",
            help="Tag a pillar if its probability is greater than this, such as 0.9; or for some pillars only: "
            "tthc=0.9,apparatus=0.8.",
        ),
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            "--objective",
            help="Choose the thresholds for this: precision=0.8 or recall=0.9, at 95 % confidence for texts like the "
            "training texts; or f1. Default: what the model was trained for.",
        ),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Tag paragraphs: for which pillars each one is evidence, how probable that is, and which sentence carries it."""
    if out is not None and model is not None and is_same_file(out, model):
        raise ValueError(message("{out} is the model and the output; give the output another name", out=out))
    trained = _read_model(model, threshold, objective)
    if review:
        other = {"--format": format, "--jobs": jobs, "--dask": dask, "--resume": resume or None}
        if given := [name for name, value in other.items() if value is not None]:
            raise ValueError(message("--review does not go with {option}; leave one of them out", option=given[0]))
        _write_sheet(inputs, trained, model, out, text_column, keep_boilerplate or keep_furniture, strict, force)
        return

    from ..tagging.run import TagOptions, tag_inputs

    def print_table(rows: Iterable[Any], file: TextIO) -> None:
        from .console import print_tagged

        print_tagged(rows, make_console(file), text_column, trained.codebook)

    to_stdout = out is None or str(out) == "-"
    target = sys.stdout if out is None or to_stdout else out
    if format is None and to_stdout and sys.stdout.isatty():
        format = Format.table
    options = TagOptions(
        format=format and str(format),
        text_column=text_column,
        context=context,
        keep_boilerplate=keep_boilerplate or keep_furniture,
        n_jobs=jobs,
        dask=dask,
        resume=resume,
        overwrite=force,
    )
    with (
        printed_notes() as on_note,
        nullcontext() if to_stdout else progress_bar(message("tagging"), message("paragraphs")) as show,
    ):
        summary = tag_inputs(
            trained,
            inputs,
            target,
            options,
            write=print_table if format is Format.table else None,
            on_error=None if strict else lambda file, reason: None,  # printed below, in the order of the files
            on_note=None if strict else on_note,
            on_progress=show,
        )
    if not to_stdout or summary.passed_over:
        tell(describe(summary, None if to_stdout else out))
    report_failures(summary.failures.values(), len(summary.files))


def _read_model(path: Path | None, threshold: str | None, objective: str | None) -> Model:
    """Read a model and set its thresholds."""
    from ..model.operating_points import parse_objective
    from ..model.storage import read_model
    from ..model.thresholds import choose, choose_objective, parse_probabilities, precision_remarks

    if threshold is not None and objective is not None:
        raise ValueError(message("--threshold and --objective both choose the thresholds; give one of them"))
    model = read_model(path)
    if threshold is not None:
        return choose(model, probability=parse_probabilities(threshold, model.codebook))
    if objective is None:
        return model
    model, (measure, value) = choose_objective(model, objective), parse_objective(objective)
    if measure == "precision" and value is not None:
        for remark in precision_remarks(model, value):
            print_warning(remark)
    return model


def _write_sheet(
    inputs: list[str],
    model: Model,
    model_file: Path | None,
    out: Path | None,
    text_column: str | None,
    keep_boilerplate: bool,
    strict: bool,
    force: bool,
) -> None:
    """Write what the model suggests as a sheet to correct."""
    from ..reading.choose import choose_inputs
    from ..reading.names import quoted
    from ..reading.progress import InputProgress
    from ..review.categories import categories
    from ..review.suggested import check_sheet, write_suggestions

    sheet = check_sheet(out)
    files, passed_over = choose_inputs(inputs, sheet)
    check_writable(sheet, force)
    failures: dict[str, str] = {}
    progress = InputProgress(files)
    with (
        printed_notes() as on_note,
        progress_bar(message("tagging"), message("paragraphs")) as show,
        print_if_nothing_is_written(failures),
    ):
        counts = write_suggestions(
            model,
            files,
            sheet,
            categories(model.codebook),
            text_column=text_column,
            keep_boilerplate=keep_boilerplate,
            on_error=failures.__setitem__ if len(files) > 1 and not strict else None,
            on_note=None if strict else on_note,
            progress=progress,
            on_item=lambda done: show(done, progress.total(done)),
        )
    written = plural(
        "wrote {n:,} paragraph to {sheet}: suggestions, not labels",
        "wrote {n:,} paragraphs to {sheet}: suggestions, not labels",
        counts.written,
        sheet=sheet,
    )
    repeated = plural(
        "{n:,} that is there already was passed over", "{n:,} that are there already were passed over", counts.repeated
    )
    remedy = message(
        "correct them there, then: cchc-ml review merge {sheet} -o labelled.jsonl{own}",
        sheet=quoted(sheet),
        own="" if model.codebook.is_default else f" --codebook {quoted(model_file)}",
    )
    tell(joined("; ", [written, *[repeated] * bool(counts.repeated), remedy]))
    if passed_over:
        tell(describe_passed_over(passed_over))
    report_failures([failures[file] for file in files if file in failures], len(files))


def describe(summary: Summary, out: Path | None) -> Message:
    """Return in a line what a run did: "72 paragraphs (and 3 headings) of 12 articles, 39 with evidence → a.xlsx"."""
    from ..reading.kinds import ARTICLES

    to_folder = out is not None and out.is_dir()
    n_read = summary.written if to_folder else len(summary.files) - len(summary.failures)
    if not n_read and summary.rows:  # every file has some rows that cannot be used, and others
        n_read = len(summary.files)
    if all(Path(file).suffix.lower() in ARTICLES for file in summary.files):
        read = plural("{n:,} article", "{n:,} articles", n_read)
    else:
        read = plural("{n:,} file", "{n:,} files", n_read)
    found = plural("{n:,} paragraph", "{n:,} paragraphs", summary.paragraphs)
    if summary.uncounted:
        headings = plural("{n:,} heading", "{n:,} headings", summary.uncounted)
        found = message("{found} (and {headings})", found=found, headings=headings)
    done = message("{found} of {read}, {tagged:,} with evidence", found=found, read=read, tagged=summary.tagged)
    if out is not None and summary.written:
        done = message("{done} → {out}", done=done, out=out)
    elif out is not None:
        done = message("{done}; {out} was not written", done=done, out=out)
    return joined("; ", [done, *[describe_passed_over(summary.passed_over)] * bool(summary.passed_over)])
