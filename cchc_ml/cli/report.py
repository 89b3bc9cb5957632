"""`cchc-ml report`: write an overview page or a dossier."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..messages import message
from .common import (
    ColumnOption,
    ContextOption,
    ForceOption,
    JobsOption,
    ModelOption,
    command,
    describe_passed_over,
    print_if_nothing_is_written,
    printed_notes,
    progress_bar,
    report_failures,
    tell,
)
from .settings import say


@command
def report(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="As for predict. With --verify: reports that were written before."),
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write a page (.html) or a dossier (.docx .xlsx).")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Group by this column. Default: the outlet.")] = None,
    check: Annotated[
        bool, typer.Option("--verify", help="Check that inputs, model and report are unchanged since it was written.")
    ] = False,
    model: ModelOption = None,
    text_column: ColumnOption = None,
    context: ContextOption = None,
    unit: Annotated[str, typer.Option("--unit", help="The office that the report is from, for its head.")] = "",
    title: Annotated[str, typer.Option("--title", help="The title. Default: the usual one.")] = "",
    date: Annotated[
        str | None,
        typer.Option("--date", help="Its date, such as 2026-11-29. Default: SOURCE_DATE_EPOCH, or today."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first file that cannot be read or row without text.")
    ] = False,
    jobs: JobsOption = 1,
    force: ForceOption = False,
) -> None:
    """Write an overview of articles as one page, or their evidence as a dossier to be filed."""
    from ..model.storage import read_model
    from ..reporting.about import About, report_date
    from ..reporting.report import verify_reports, write_report
    from ..tagging.rows import tag_rows

    if check == (out is not None):
        raise ValueError(
            message("give either -o REPORT.html to write a report, or --verify and reports that were written")
        )
    if out is None:
        differences = verify_reports(inputs, model)
        for line in differences or [message("OK: inputs, model and report are unchanged")]:
            print(say(line))
        if differences:
            raise typer.Exit(1)
        return
    about = About(title=title.strip(), unit=unit.strip(), date=report_date(date))
    failures: dict[str, str] = {}
    with (
        printed_notes() as on_note,
        progress_bar(message("tagging"), message("paragraphs")) as show,
        print_if_nothing_is_written(failures),
    ):
        written = write_report(
            read_model(model),
            inputs,
            out,
            tag=partial(tag_rows, context=context, n_jobs=jobs),
            model_file=model,
            about=about,
            by=by,
            text_column=text_column,
            overwrite=force,
            on_error=None if strict else failures.__setitem__,
            on_note=None if strict else on_note,
            on_progress=show,
        )
    if written.passed_over:
        tell(describe_passed_over(written.passed_over))
    tell(message("wrote {out} ({size:,.0f} kB)", out=out, size=out.stat().st_size / 1e3))
    report_failures(written.failures.values(), len(written.files))
