"""`cchc-ml report`: write an overview page or a dossier."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .common import (
    ColumnOption,
    ForceOption,
    JobsOption,
    ModelOption,
    check_writable,
    command,
    open_output,
    progress_bar,
    with_progress,
)


@command
def report(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="As for predict; or with --verify, pages written before.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="A page (.html), or a dossier (.docx .xlsx).")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Group by this column; default: the outlet.")] = None,
    check: Annotated[
        bool, typer.Option("--verify", help="Say whether inputs, model and page are still what they were.")
    ] = False,
    model: ModelOption = None,
    text_column: ColumnOption = None,
    jobs: JobsOption = 1,
    force: ForceOption = False,
) -> None:
    """Write an overview of articles as one page, or their evidence as a dossier for the files."""
    from ..files import data_path
    from ..model.storage import read_model
    from ..reading.inputs import expand, read_inputs
    from ..reporting.dossier import DOSSIER_SUFFIXES, read_dossier, write_dossier
    from ..reporting.overview import gather
    from ..reporting.overview_html import render_overview
    from ..reporting.prevalence import training_prior
    from ..reporting.provenance import make_provenance, read_html_report, verify
    from ..tagging.rows import tag_rows

    if check == (out is not None):
        raise ValueError("give -o PAGE.html to write a page, or --verify and pages that were written")
    model_file = model or data_path("models/pillars.npz")
    if check:
        differences = []
        for name in expand(inputs):
            read = read_dossier if Path(name).suffix.lower() in DOSSIER_SUFFIXES else read_html_report
            provenance, content = read(Path(name))
            differences += [f"{name}: {difference}" for difference in verify(provenance, content, name, model_file)]
        print("\n".join(differences) or "OK: inputs, model and report are unchanged")
        if differences:
            raise typer.Exit(1)
        return
    assert out is not None
    check_writable(out, force)
    kind = out.suffix.lower()
    if kind not in (".html", ".htm", *DOSSIER_SUFFIXES):
        raise ValueError(f"a report is an .html, .docx or .xlsx file; found {out}")
    files = [file for file in expand(inputs) if Path(file) != out]
    if "-" in files:
        raise ValueError("a report is made of files, whose hashes it keeps; found standard input")
    trained = read_model(model)
    provenance = make_provenance(files, model_file, trained, {"by": by, "text_column": text_column})
    with progress_bar("rows") as progress:
        items = with_progress(read_inputs(files, text_column=text_column), progress)
        overview = gather(
            tag_rows(trained, items, n_jobs=jobs),
            training_prior(trained),
            by=by,
            text_column=text_column,
            provenance=provenance,
        )
    if kind in DOSSIER_SUFFIXES:
        write_dossier(overview, out)
    else:
        with open_output(out) as file:
            file.write(render_overview(overview))
    print(f"wrote {out} ({out.stat().st_size / 1e6:.1f} MB)", file=sys.stderr)
